"""Measures the watermark of synthetic speech: how often it is found, how often wrongly, how soft it is.

    cargo build --release -p hearsay-audio --example watermark
    python watermark_trial.py found  WATERMARK FOLDER_OF_SPEECH
    python watermark_trial.py false  WATERMARK FOLDER_OF_SPEECH ...

WATERMARK is the program above. `found` marks recordings, cuts pieces of 2 to 30 s out of them, sends them through each
condition and prints the rate of detection and of payloads read. `false` looks for the mark, with the usual key and with
others, in speech that carries none. Needs numpy, scipy and soundfile (with MP3 and Opus).
"""
import argparse
import io
import pathlib
import random
import subprocess
import tempfile

import numpy as np
import scipy.signal
import soundfile

RATE = 24000
LENGTHS = (2, 5, 10, 30)
PAYLOAD = 0xBEEF


def read(path):
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(1), rate


def resample(samples, rate, to):
    divisor = np.gcd(rate, to)
    return samples if rate == to else scipy.signal.resample_poly(
        samples, to // divisor, rate // divisor).astype(np.float32)


def mulaw(samples, rate):
    narrow = np.clip(resample(samples, rate, 8000), -1, 1)
    code = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    code = np.round(code * 127) / 127
    return np.sign(code) * (256.0 ** np.abs(code) - 1) / 255, 8000


def coded(kind, subtype, level, to):
    def run(samples, rate):
        packed = io.BytesIO()
        soundfile.write(packed, resample(samples, rate, to), to, format=kind, subtype=subtype,
                        compression_level=level)
        run.kbps.append(packed.tell() * 8e-3 / (len(samples) / rate))
        packed.seek(0)
        out, out_rate = soundfile.read(packed, dtype="float32")
        return out, out_rate
    run.kbps = []
    return run


def noisy(samples, rate):
    draw = np.random.default_rng(len(samples))
    level = np.sqrt(np.mean(samples**2)) * 10**(-40 / 20)
    return samples + level * draw.standard_normal(len(samples)), rate


def line(samples, rate):
    """Softer, mu-law at 8 kHz, up to 16 kHz, with noise."""
    narrow, low = mulaw(0.4 * samples, rate)
    return noisy(resample(narrow.astype(np.float32), low, 16000), 16000)


CONDITIONS = {
    "as made": lambda samples, rate: (samples, rate),
    "mu-law, 8 kHz": mulaw,
    "24 > 8 > 16 kHz": lambda x, rate: (resample(resample(x, rate, 8000), 8000, 16000), 16000),
    "-12 dB": lambda samples, rate: (0.25 * samples, rate),
    "noise at -40 dB": noisy,
    "-8 dB, mu-law, 16 kHz, noise": line,
    "MP3": coded("MP3", "MPEG_LAYER_III", 0.5, 24000),
    "MP3, low": coded("MP3", "MPEG_LAYER_III", 0.95, 24000),
    "Opus": coded("OGG", "OPUS", 0.9, 24000),
    "Opus, lower": coded("OGG", "OPUS", 0.95, 24000),
    "Opus, lowest": coded("OGG", "OPUS", 1.0, 16000),
}


def mark(program, samples, payload):
    packed = io.BytesIO()
    soundfile.write(packed, samples, RATE, format="WAV", subtype="FLOAT")
    command = [program, "mark"] + ([str(payload)] if payload is not None else [])
    out = subprocess.run(command, input=packed.getvalue(), capture_output=True, check=True).stdout
    return soundfile.read(io.BytesIO(out), dtype="float32")[0]


def detect(program, paths, key=None):
    command = [program, "detect"] + ([str(key)] if key is not None else [])
    text = "".join(f"{path}\n" for path in paths)
    out = subprocess.run(command, input=text, capture_output=True, check=True, text=True).stdout
    rows = [row.split(" ", 4) for row in out.splitlines()]
    return [(float(s), float(t), p == "true", value) for s, t, p, value, _ in rows]


def loudness_of_the_mark(clean, marked):
    """Signal to mark in dB, mean and 5th percentile of 20 ms frames within 40 dB of the loudest; distance of log spectra in
    dB, root mean square over bins of 32 ms frames."""
    size = RATE // 50
    rows = len(clean) // size
    power = (clean[:rows * size].reshape(rows, size)**2).sum(1)
    added = ((marked - clean)[:rows * size].reshape(rows, size)**2).sum(1)
    kept = power > power.max() * 1e-4
    ratio = 10 * np.log10(power[kept] / (added[kept] + 1e-20))
    spectra = [np.abs(scipy.signal.stft(x, RATE, nperseg=768)[2])**2 for x in (clean, marked)]
    loud = spectra[0].sum(0) > spectra[0].sum(0).max() * 1e-4
    floor = spectra[0].max() * 1e-9
    logs = [10 * np.log10(s[:, loud] + floor) for s in spectra]
    return ratio.mean(), np.percentile(ratio, 5), np.sqrt(((logs[0] - logs[1])**2).mean(0)).mean()


def pieces(folder, count):
    """Recordings of at least 31 s, joined from clips where they are short."""
    paths = sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix in (".flac", ".wav", ".opus"))
    random.Random(1).shuffle(paths)
    made, joined = [], np.zeros(0, np.float32)
    for path in paths:
        samples, rate = read(path)
        joined = np.concatenate([joined, resample(samples, rate, RATE)])
        if len(joined) > 31 * RATE:
            made.append(joined[:31 * RATE])
            joined = np.zeros(0, np.float32)
        if len(made) == count:
            break
    return made


def found(program, folder, count):
    recordings = pieces(folder, count)
    print(f"{len(recordings)} recordings of 31 s from {folder}")
    with tempfile.TemporaryDirectory() as name:
        for payload in (None, PAYLOAD):
            marked = [mark(program, clean, payload) for clean in recordings]
            ratios = [loudness_of_the_mark(c, m) for c, m in zip(recordings, marked)]
            mean, low, distance = np.mean(ratios, 0)
            print(f"payload {payload}: segmental {mean:.1f} dB (5th percentile {low:.1f} dB), "
                  f"log-spectral distance {distance:.2f} dB")
            for condition, change in CONDITIONS.items():
                cells = [one_cell(program, pathlib.Path(name), marked, change, seconds, payload)
                         for seconds in LENGTHS]
                kbps = getattr(change, "kbps", None)
                rate = f" ({np.mean(kbps):.0f} kbit/s)" if kbps else ""
                print(f"| {condition}{rate} | " + " | ".join(cells) + " |", flush=True)


def one_cell(program, folder, marked, change, seconds, payload):
    """Pieces at uneven offsets, two a recording (one of 30 s)."""
    draw, paths = random.Random(seconds), []
    for number, samples in enumerate(marked):
        for turn in range(1 if seconds == 30 else 2):
            start = draw.randrange(len(samples) - seconds * RATE)
            piece, rate = change(samples[start:start + seconds * RATE], RATE)
            paths.append(folder / f"{number}-{turn}.wav")
            soundfile.write(paths[-1], piece, rate, subtype="FLOAT")
    rows = detect(program, paths)
    cell = f"{100 * np.mean([r[2] for r in rows]):.0f} % ({np.median([r[0] for r in rows]):.1f})"
    if payload is not None:
        right = np.mean([r[3] == str(payload) for r in rows])
        wrong = sum(r[3] not in ("-", str(payload)) for r in rows)
        cell += f", read {100 * right:.0f} %, wrong {wrong}"
    return cell


def false(program, folders, keys):
    paths = sorted(p for folder in folders for p in pathlib.Path(folder).rglob("*")
                   if p.suffix in (".flac", ".wav", ".opus"))
    with tempfile.TemporaryDirectory() as name:
        wavs = []
        for number, path in enumerate(paths):
            samples, rate = read(path)
            wavs.append(pathlib.Path(name) / f"{number}.wav")
            soundfile.write(wavs[-1], samples, rate, subtype="FLOAT")
        scores = []
        for key in [None] + list(range(1, keys)):
            rows = detect(program, wavs, key)
            scores += rows
            best = sorted((r[0] for r in rows), reverse=True)[:3]
            print(f"key {key}: {len(rows)} recordings, {sum(r[2] for r in rows)} taken for marked, "
                  f"highest {best}", flush=True)
    values = np.array([r[0] for r in scores])
    print(f"{len(values)} trials, {sum(r[2] for r in scores)} false; "
          f"scores: mean {values.mean():.2f}, deviation {values.std():.2f}, percentiles "
          + ", ".join(f"{p}: {np.percentile(values, p):.2f}" for p in (50, 90, 99, 99.9, 99.99))
          + f", thresholds {min(r[1] for r in scores):.2f} to {max(r[1] for r in scores):.2f}")
    for limit in np.arange(4.0, 6.1, 0.25):
        print(f"above {limit:.2f}: {np.mean(values > limit):.2e}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("found", "false"))
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--count", type=int, default=30, help="recordings for `found`")
    parser.add_argument("--keys", type=int, default=4, help="keys for `false`")
    args = parser.parse_args()
    if args.what == "found":
        found(args.program, args.folders[0], args.count)
    else:
        false(args.program, args.folders, args.keys)


if __name__ == "__main__":
    main()
