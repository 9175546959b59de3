"""ROC-AUC per 10 ms frame and onset latency on held-out speakers in held-out noise, beside Silero VAD on the same audio.

    python evaluate.py --bank bank.npz --model vad.onnx --silero silero_vad.onnx --silero16 silero_vad_16k_op15.onnx

First part: each clip is 1.5 s of the condition's background, the utterance, 1.5 s of background. Noise is scaled to the
speech's active level; everything then passes the telephone band, mu-law and a level of -26 dBFS. Labels are those of
labels.py, made from the clean clip. `inner` leaves out the frames within 100 ms of a label's edge, where two people
labelling by hand would differ too. Latency counts from the first labelled frame to the end of the first audio block
whose probability exceeds 0.5, among utterances that were not already above it in the 100 ms before.

Second part: kinds of sound that are nobody speaking, against the speech frames of the clean condition: ROC-AUC, frames above
0.5, and starts of 160 ms of such frames per minute, each of which would pause an agent. Recorded kinds are ESC-10's fold 5;
made kinds have generators of other seeds, plucked strings and organ a generator that training never had.
"""

import argparse
import json

import numpy as np
import onnxruntime
import torch
from scipy.signal import lfilter, resample_poly

import sounds
from export import stream
from features import HOP_SAMPLES, SAMPLE_RATE_HZ, LogMel
from mix import Clips, gain, level, mulaw, telephone
from score import roc_auc

PAD_SAMPLES = 12_000
SILERO_SAMPLES, SILERO_CONTEXT = 256, 32
KIND_CLIPS, KIND_SAMPLES = 12, 40_000
BURST_FRAMES = 16
CONDITIONS = [("clean", None), ("20 dB", 20), ("10 dB", 10), ("5 dB", 5), ("0 dB", 0)]


def conditions(bank, count, seed):
    """Yields (name, audio, labels): the same utterances in every condition."""
    speech, noise = Clips(bank, "speech_dev"), Clips(bank, "noise_dev")
    chosen = np.random.default_rng(seed).permutation(len(speech))[:count]
    for name, snr_db in CONDITIONS:
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


def plucked(rng, samples):
    """Karplus-Strong strings over a two-part organ of modulated sines: hold music that is not the training's."""
    time, wave = np.arange(samples) / SAMPLE_RATE_HZ, np.zeros(samples)
    for start in range(0, samples, int(rng.uniform(0.18, 0.5) * SAMPLE_RATE_HZ)):
        period = int(SAMPLE_RATE_HZ / (98.0 * 2.0 ** (rng.integers(0, 30) / 12.0)))
        excite = np.zeros(samples - start)
        excite[:period] = rng.uniform(-1, 1, min(period, samples - start))
        comb = np.zeros(period + 2)
        comb[0], comb[period], comb[period + 1] = 1.0, -0.498, -0.498
        wave[start:] += lfilter([1.0], comb, excite)
    for _ in range(2):
        pitch = 130.0 * 2.0 ** (rng.integers(0, 24) / 12.0)
        wave += 0.15 * np.sin(2 * np.pi * pitch * time + rng.uniform(0.5, 3) * np.sin(2 * np.pi * pitch * 2 * time))
    return wave


def kinds(bank, seed):
    """Yields (kind, audio) of sounds without speech, 5 s each."""
    noise = Clips(bank, "noise_dev")
    for index, name in enumerate(noise.names):
        kind = str(name).split("/")[-2].split("_-_")[-1] if "esc10" in str(name) else str(name).split("/")[-1][:-5]
        audio = noise.float(index)
        for start in range(0, min(len(audio), 12 * KIND_SAMPLES), KIND_SAMPLES):
            if len(audio) - start >= 4000:
                yield kind, audio[start : start + KIND_SAMPLES]
    for kind, make in {**sounds.KINDS, "strings and organ": plucked}.items():
        rng = np.random.default_rng(seed + 100)
        for _ in range(KIND_CLIPS):
            yield f"{kind} (made)", make(rng, KIND_SAMPLES).astype(np.float32)


def ours(session, mel_net):
    def probabilities(audio):
        """(10 ms probabilities, time in ms at which each is known)."""
        mel = mel_net(torch.from_numpy(audio)[None])[0].numpy()
        p = stream(session, mel)
        # A step of two frames is known when the second one's window is complete.
        known = (np.arange(len(p)) // 2 * 2 + 1) * 10 + 25
        return p, known
    return probabilities


def silero(session, scale):
    """Silero at 8 kHz, or at 16 kHz (scale 2) on the same audio upsampled."""
    step, before = SILERO_SAMPLES * scale, SILERO_CONTEXT * scale

    def probabilities(audio):
        audio = resample_poly(audio, scale, 1).astype(np.float32) if scale > 1 else audio
        state, context = np.zeros((2, 1, 128), np.float32), np.zeros((1, before), np.float32)
        out = []
        for start in range(0, len(audio) - step + 1, step):
            block = np.concatenate([context, audio[None, start : start + step]], axis=1)
            feeds = {"input": block, "state": state, "sr": np.array(SAMPLE_RATE_HZ * scale, np.int64)}
            p, state = session.run(None, feeds)
            context = block[:, -before:]
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


def inner(labels):
    """Frames more than 100 ms away from any edge."""
    edges = np.flatnonzero(np.diff(labels.astype(int)) != 0)
    keep = np.ones(len(labels), bool)
    for edge in edges:
        keep[max(0, edge - 9) : edge + 11] = False
    return keep


def score(detect, clips):
    """(rows by condition, probabilities of the clean condition's speech frames)."""
    table = {}
    for name, audio, labels in clips:
        p, known = detect(audio)
        count = min(len(p), len(labels))
        row = table.setdefault(name, {"p": [], "y": [], "inner": [], "onset": []})
        row["p"].append(p[:count])
        row["y"].append(labels[:count])
        row["inner"].append(inner(labels[:count]))
        row["onset"].append(onset_ms(p[:count], known, labels[:count]))
    speech = np.concatenate(table["clean"]["p"])[np.concatenate(table["clean"]["y"])]
    return {name: summary(row) for name, row in table.items()}, speech


def summary(row):
    p, y, keep = (np.concatenate(row[key]) for key in ("p", "y", "inner"))
    onsets = [ms for ms in row["onset"] if ms is not None]
    return {
        "auc": round(roc_auc(y, p), 4),
        "auc_inner": round(roc_auc(y[keep], p[keep]), 4),
        "false_alarm": round(float((p[~y] > 0.5).mean()), 4),
        "miss": round(float((p[y] <= 0.5).mean()), 4),
        "onset_ms_p50": float(np.percentile(onsets, 50, method="higher")),
        "onset_ms_p95": float(np.percentile(onsets, 95, method="higher")),
        "onsets": len(onsets),
    }


def bursts(p):
    """How often BURST_FRAMES frames in a row are above 0.5, counted once a run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (p > 0.5).astype(int), [0]])))
    return int(((edges[1::2] - edges[::2]) >= BURST_FRAMES).sum())


def score_kinds(detect, clips, speech):
    table = {}
    for kind, audio in clips:
        audio = mulaw(telephone((audio / level(audio) * 0.05).astype(np.float32)))
        table.setdefault(kind, []).append(detect(audio)[0])
    for kind, parts in table.items():
        p = np.concatenate(parts)
        y = np.concatenate([np.ones(len(speech)), np.zeros(len(p))])
        yield kind, {
            "auc": round(roc_auc(y, np.concatenate([speech, p])), 4),
            "false_alarm": round(float((p > 0.5).mean()), 4),
            "pauses_per_min": round(sum(map(bursts, parts)) / (len(p) / 6000), 1),
            "seconds": round(len(p) / 100),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--silero", help="the file that takes 8 kHz")
    parser.add_argument("--silero16", help="the file for 16 kHz only")
    parser.add_argument("--utterances", type=int, default=120)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    torch.set_num_threads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = lambda path: onnxruntime.InferenceSession(path, options)
    bank = np.load(args.bank)
    clips, sounds_without = list(conditions(bank, args.utterances, args.seed)), list(kinds(bank, args.seed))
    detectors = {"ours": ours(session(args.model), LogMel())}
    if args.silero:
        detectors["silero"] = silero(session(args.silero), 1)
    if args.silero16:
        detectors["silero16"] = silero(session(args.silero16), 2)
    for model, detect in detectors.items():
        rows, speech = score(detect, clips)
        for part in (rows.items(), score_kinds(detect, sounds_without, speech)):
            for name, row in part:
                print(model, "|", name, "|", json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
