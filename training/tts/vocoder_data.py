"""Prepares the vocoder's data: human speech only, with a few speed-shifted copies for breadth.

    python vocoder_data.py SPEECH_FOLDER OUT.npz

Clips with more than a few clipped samples are left out; each twelfth LJ clip is held out under `test`.
"""

import argparse
import os

import librosa
import numpy as np
import soundfile

import features


CLIPPED_SAMPLES_MAX = 12


def clipped(path):
    wave, _ = soundfile.read(path, dtype="float32")
    return (np.abs(wave) >= 0.999).sum() > CLIPPED_SAMPLES_MAX


def listing(folder, suffix):
    return sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith(suffix))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("speech")
    parser.add_argument("out")
    parser.add_argument("--speechocean", type=int, default=400)
    args = parser.parse_args()
    clips = []  # (part, source, wave)

    def add(part, source, wave, speeds):
        for speed in speeds:
            shifted = wave if speed == 1 else librosa.resample(wave, orig_sr=int(features.RATE * speed), target_sr=features.RATE)
            clips.append((part, source, features.level(shifted)))

    lj = [p for p in listing(f"{args.speech}/ljspeech", ".flac") if not clipped(p)]
    for i, path in enumerate(lj):
        test = i % 12 == 5
        add("test" if test else "train", "lj", features.read(path), (1,) if test else (1, 0.9, 1.1))
    for path in listing(f"{args.speech}/male_reader_lj_prompts", ".opus"):
        add("train", "male", features.read(path), (1, 0.92))
    other = listing(f"{args.speech}/speechocean762", ".opus")
    for path in other[:: max(1, len(other) // args.speechocean)]:
        add("train", "many", features.read(path), (1,))
    fields = {}
    start = 0
    for key in ("wave", "mel", "f0", "voiced", "pulse"):
        fields[key] = []
    table = []
    rng = np.random.default_rng(1)
    for part, source, wave in clips:
        wave = wave[: len(wave) // features.HOP * features.HOP].astype(np.float32)
        f0, voiced = features.pitch(wave)
        fields["wave"].append(wave.astype(np.float16))
        fields["mel"].append(features.log_mel(wave).astype(np.float16))
        fields["f0"].append(f0)
        fields["voiced"].append(voiced)
        fields["pulse"].append(features.pulse_train(f0, voiced, rng.random()).astype(np.float16))
        table.append((start, len(f0), {"lj": 0, "male": 1, "many": 2}[source], int(part == "test")))
        start += len(f0)
    arrays = {k: np.concatenate(v) for k, v in fields.items()}
    np.savez(args.out, table=np.array(table), **arrays)
    print(len(table), "clips", start / 360000, "hours")


if __name__ == "__main__":
    main()
