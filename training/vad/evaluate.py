"""ROC-AUC per 10 ms frame and onset latency on held-out speakers in held-out noise, beside Silero VAD on the same audio.

    python evaluate.py --bank bank.npz --model vad.onnx --silero silero_vad.onnx [--utterances 120]

Each clip is 1.5 s of the condition's background, the utterance, 1.5 s of background. Noise is scaled to the speech's active
level; everything then passes the telephone band, mu-law and a level of -26 dBFS. Labels are those of labels.py, made from
the clean clip. Latency counts from the first labelled frame to the end of the first audio block whose probability exceeds
0.5, among utterances that were not already above it in the 100 ms before.
"""

import argparse
import json

import numpy as np
import onnxruntime
import torch
from sklearn.metrics import roc_auc_score

from export import stream
from features import HOP_SAMPLES, SAMPLE_RATE_HZ, LogMel
from mix import Clips, gain, level, mulaw, telephone

PAD_SAMPLES = 12_000
SILERO_SAMPLES, SILERO_CONTEXT = 256, 32


def conditions(bank, count, seed):
    """Yields (name, audio, labels): the same utterances in every condition."""
    speech, noise = Clips(bank, "speech_dev"), Clips(bank, "noise_dev")
    chosen = np.random.default_rng(seed).permutation(len(speech))[:count]
    for name, snr_db in [("clean", None), ("20 dB", 20), ("10 dB", 10), ("0 dB", 0)]:
        rng = np.random.default_rng(seed + 1)
        for index in chosen:
            clip = speech.float(index)
            audio = np.pad(clip / level(clip) * 0.05, PAD_SAMPLES)
            labels = np.pad(speech.labels[index], PAD_SAMPLES // HOP_SAMPLES)
            other = noise.float(rng.integers(len(noise)))
            other = np.resize(np.roll(other, rng.integers(len(other))), len(audio))
            if snr_db is not None:
                audio = audio + other / level(other) * 0.05 * gain(-snr_db)
            yield name, mulaw(telephone(audio.astype(np.float32))), labels


def ours(session, mel_net):
    def probabilities(audio):
        """(10 ms probabilities, time in ms at which each is known)."""
        mel = mel_net(torch.from_numpy(audio)[None])[0].numpy()
        p = stream(session, mel)
        # A step of two frames is known when the second one's window is complete.
        known = (np.arange(len(p)) // 2 * 2 + 1) * 10 + 25
        return p, known
    return probabilities


def silero(session):
    def probabilities(audio):
        state, context = np.zeros((2, 1, 128), np.float32), np.zeros((1, SILERO_CONTEXT), np.float32)
        out = []
        for start in range(0, len(audio) - SILERO_SAMPLES + 1, SILERO_SAMPLES):
            block = np.concatenate([context, audio[None, start : start + SILERO_SAMPLES]], axis=1)
            feeds = {"input": block, "state": state, "sr": np.array(SAMPLE_RATE_HZ, np.int64)}
            p, state = session.run(None, feeds)
            context = block[:, -SILERO_CONTEXT:]
            out.append(float(p[0, 0]))
        # A 10 ms frame takes the probability of the block its window's middle lies in.
        block = (np.arange(len(out) * SILERO_SAMPLES // HOP_SAMPLES) * HOP_SAMPLES + 100) // SILERO_SAMPLES
        block = np.minimum(block, len(out) - 1)
        return np.array(out)[block], (block + 1) * 32
    return probabilities


def onset_ms(p, known, labels):
    """Latency of the first onset in ms; None where speech was already claimed; infinite where never."""
    true = int(np.argmax(labels))
    if (p[max(0, true - 10) : true] > 0.5).any():
        return None
    after = np.flatnonzero(p[true:] > 0.5)
    return float("inf") if len(after) == 0 else float(known[true + after[0]] - true * 10)


def score(detect, clips):
    table = {}
    for name, audio, labels in clips:
        p, known = detect(audio)
        count = min(len(p), len(labels))
        row = table.setdefault(name, {"p": [], "y": [], "onset": []})
        row["p"].append(p[:count])
        row["y"].append(labels[:count])
        row["onset"].append(onset_ms(p[:count], known, labels[:count]))
    return {name: summary(row) for name, row in table.items()}


def summary(row):
    p, y = np.concatenate(row["p"]), np.concatenate(row["y"])
    onsets = [x for x in row["onset"] if x is not None]
    return {
        "auc": round(float(roc_auc_score(y, p)), 4),
        "false_alarm_at_0.5": round(float((p[~y] > 0.5).mean()), 4),
        "miss_at_0.5": round(float((p[y] <= 0.5).mean()), 4),
        "onset_ms_p50": float(np.percentile(onsets, 50, method="higher")),
        "onset_ms_p95": float(np.percentile(onsets, 95, method="higher")),
        "onsets": len(onsets),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--silero")
    parser.add_argument("--utterances", type=int, default=120)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = lambda path: onnxruntime.InferenceSession(path, options)
    clips = list(conditions(np.load(args.bank), args.utterances, args.seed))
    detectors = {"ours": ours(session(args.model), LogMel())}
    if args.silero:
        detectors["silero"] = silero(session(args.silero))
    for model, detect in detectors.items():
        for name, row in score(detect, clips).items():
            print(model, name, json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
