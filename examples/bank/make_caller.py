"""Makes lost-card.wav, the caller of the bank example.

The sentences are spoken by SVOX Pico (`pico2wave`, Apache-2.0, Debian package
libttspico-utils), a synthesiser that no model of this project was trained on.
The four digits are human: recordings of the speaker `lucas` of the Free Spoken
Digit Dataset (CC BY-SA 4.0), who is kept out of all training. The result is
8 kHz, 16-bit, mono, one turn after another with silence between.

    python make_caller.py FSDD_FOLDER lost-card.wav
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

RATE_HZ = 8000
TURNS = ["Hi. I lost my card.", "digits:4729", "Yes please.", "No thank you. That's all."]
GAP_S = 1.2
DIGIT_GAP_S = 0.12
FIRST_TAKE = 4
LINE_NOISE = 5e-4  # a quiet telephone line, -66 dBFS


def level(samples, rms=0.06):
    return samples * rms / max(1e-9, np.sqrt(np.mean(samples**2)))


def trimmed(samples, floor=0.01):
    loud = np.flatnonzero(np.abs(samples) > floor * np.abs(samples).max())
    return samples[loud[0] : loud[-1] + 1]


def sentence(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "turn.wav"
        subprocess.run(["pico2wave", "-l", "en-US", "-w", path, text], check=True)
        samples, rate = soundfile.read(path)
    return level(trimmed(resample_poly(samples, RATE_HZ, rate)))


def digits(text, folder):
    parts = []
    for n, digit in enumerate(text):
        samples, rate = soundfile.read(folder / f"{digit}_lucas_{FIRST_TAKE + n}.opus")
        parts.append(level(trimmed(resample_poly(samples, RATE_HZ, rate), 0.03)))
        parts.append(np.zeros(int(DIGIT_GAP_S * RATE_HZ)))
    return np.concatenate(parts[:-1])


def main(fsdd, out):
    gap = np.zeros(int(GAP_S * RATE_HZ))
    parts = [gap]
    for turn in TURNS:
        kind, _, value = turn.partition("digits:")
        parts += [digits(value, Path(fsdd)) if value else sentence(turn), gap]
    call = np.concatenate(parts)
    call += LINE_NOISE * np.random.default_rng(1).normal(size=len(call))
    soundfile.write(out, call, RATE_HZ, subtype="PCM_16")


if __name__ == "__main__":
    main(*sys.argv[1:])
