"""Measures the synthesiser.

    python evaluate.py copy CHECKPOINTS VOCODER_DATA.npz [CLIPS]
        copy-synthesis of held-out human clips, beside Griffin-Lim from the same mels
    python evaluate.py prosody CHECKPOINTS DATA.npz...
        held-out human clips with their own durations: mel, F0 and duration errors
    python evaluate.py sentences LINES CMUDICT COUNT OUT.txt [OUT.phones]
        picks sentences of dictionary words; OUT.phones is input for `cargo run --example speak`
    python evaluate.py words SENTENCES.txt FOLDER...
        word error rate of each folder's NNN.wav by PocketSphinx (its own US English model)
"""

import re
import sys

import librosa
import numpy as np
import scipy.fft
import torch

import features
import phones
from features import HOP


def cepstral_distance(a, b):
    """Mel cepstral distance in dB, coefficients 1 to 24, over frames within 40 dB of the loudest."""
    n = min(len(a), len(b))
    ma, mb = features.log_mel(a[:n]), features.log_mel(b[:n])
    loud = ma.mean(axis=1) > ma.mean(axis=1).max() - 4.6
    c = [scipy.fft.dct(m[loud], norm="ortho", axis=1)[:, 1:25] / np.sqrt(features.MELS / 2) for m in (ma, mb)]
    return 10 / np.log(10) * np.sqrt(2 * ((c[0] - c[1]) ** 2).sum(axis=1)).mean()


def spectral_distance(a, b):
    from vocoder_train import distance, log_spectra

    n = min(len(a), len(b))
    x, y = (log_spectra(torch.tensor(w[None, :n])) for w in (a, b))
    return float(distance(y, x, x))


def pitch_error(a, b):
    """Cents of F0 error where both are voiced, and the share of frames whose voicing differs."""
    (fa, va), (fb, vb) = features.pitch(a), features.pitch(b)
    n = min(len(fa), len(fb))
    both = (va[:n] > 0) & (vb[:n] > 0)
    cents = 1200 * np.abs(np.log2(fa[:n][both] / fb[:n][both]))
    return np.median(cents), (va[:n] != vb[:n]).mean()


def griffin_lim(mel):
    magnitude = np.maximum(np.linalg.pinv(features.MEL_BASIS) @ np.exp(mel.T), 1e-6)
    return librosa.griffinlim(magnitude, n_iter=32, hop_length=HOP, win_length=features.WIN, n_fft=features.FFT, center=True)


def copy(checkpoints, path, clips="12"):
    from export import load
    from speak import Reference

    reference = Reference(load(checkpoints))
    data = np.load(path)
    fields = {k: data[k] for k in ("wave", "mel", "f0", "voiced")}
    rows = {"DDSP": [], "Griffin-Lim": []}
    for first, count in [r[:2] for r in data["table"] if r[3] == 1][: int(clips)]:
        part = slice(first, first + count)
        wave = fields["wave"][first * HOP : (first + count) * HOP].astype(np.float32)
        mel = fields["mel"][part].astype(np.float32)
        made = {"DDSP": reference.wave(mel, np.log(fields["f0"][part]).astype(np.float32), fields["voiced"][part]),
                "Griffin-Lim": griffin_lim(mel).astype(np.float32)}
        for name, y in made.items():
            rows[name].append((spectral_distance(wave, y), cepstral_distance(wave, y)) + pitch_error(wave, y))
    print("method, clips, multi-resolution spectral distance, mel cepstral distance (dB), F0 error (cents), voicing error")
    for name, values in rows.items():
        print(name, len(values), *np.round(np.mean(values, axis=0), 3))


@torch.no_grad()
def prosody(checkpoints, *paths):
    from export import load
    from speak import Reference
    from voices import Vectors

    reference, vectors = Reference(load(checkpoints)), Vectors(checkpoints, paths)
    rows = []
    for item in [i for i in vectors.corpus.test if i["name"] == "linda"]:
        voice = {"speaker": vectors.of("linda")[0], "style": item["style"]}
        row = torch.tensor([0])
        hidden, log_dur, f0, energy = reference.text(torch.tensor(item["ids"])[None], torch.tensor(item["place"])[None], row,
                                                     *reference.vectors(voice))
        mel, log_f0, voiced = reference.frames_for(hidden, f0[0], energy[0], item["dur"], voice)
        both = (item["voiced"] > 0) & (voiced > 0.5)
        rows.append((np.abs(mel - item["mel"])[:, : item["bands"]].mean(), 1200 / np.log(2) * np.abs(log_f0 - item["log_f0"])[both].mean(),
                     ((voiced > 0.5) != item["voiced"]).mean(), np.abs(np.exp(log_dur[0].numpy()) - item["dur"]).mean() * 10))
    print("clips, mel L1, F0 error (cents), voicing error, duration error (ms a phone)")
    print(len(rows), *np.round(np.mean(rows, axis=0), 3))


def sentences(lines, cmudict, count, out, spoken=None):
    from acoustic_data import dictionary

    words = dictionary(cmudict)
    chosen = []
    for line in open(lines):
        tokens = re.sub(r"\s+", " ", line).strip().split(" ")
        plain = [t.strip(".,?!").lower() for t in tokens]
        if 5 <= len(plain) <= 14 and all(w in words for w in plain) and line.strip()[-1] in ".?!":
            chosen.append((tokens, plain))
    chosen = chosen[: int(count)]
    with open(out, "w") as file:
        file.writelines(" ".join(t) + "\n" for t, _ in chosen)
    if spoken:
        with open(spoken, "w") as file:
            for tokens, plain in chosen:
                mark = lambda t: {",": " ,", "?": " ?", ".": " .", "!": " ."}.get(t[-1], "")
                file.write(" | ".join(f"{w}/{' '.join(words[w])}{mark(t)}" for t, w in zip(tokens, plain)) + "\n")


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def words(path, *folders):
    import pocketsphinx

    truth = [re.sub(r"[.,?!]", "", line).lower().split() for line in open(path)]
    decoder = pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")
    for folder in folders:
        wrong = total = 0
        for number, reference in enumerate(truth):
            wave = features.level(features.read(f"{folder}/{number:03d}.wav", 16000), -20)
            padded = np.pad(wave, 4800) + np.random.default_rng(number).normal(0, 3e-4, len(wave) + 9600)
            decoder.start_utt()
            decoder.process_raw((np.clip(padded, -1, 1) * 32767).astype(np.int16).tobytes(), full_utt=True)
            decoder.end_utt()
            heard = decoder.hyp().hypstr.split() if decoder.hyp() else []
            wrong, total = wrong + edits(reference, heard), total + len(reference)
        print(f"{folder}: word error rate {100 * wrong / total:.1f} % of {total} words", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"copy": copy, "prosody": prosody, "sentences": sentences, "words": words}[sys.argv[1]](*sys.argv[2:])
