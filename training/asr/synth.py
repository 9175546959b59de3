"""Synthetic speech for the recogniser: flite, festival, RHVoice and espeak-ng voices, 8 kHz, in shards.

What it is: one process that speaks sentences with randomly varied voices until told to stop.
Each shard is `NAME.npy` (int16 samples of all utterances, joined) and `NAME.json`
(list of [start, length, words, voice]). Not an augmenter: rooms, noise and codecs are put in
while training (data.py). The voice of SVOX Pico is held out for tests and never used here.

    python synth.py --texts texts.txt --out SHARDS --hours 20
"""

import argparse
import ctypes
import io
import json
import os
import random
import subprocess
import time

import numpy as np
import soundfile
from scipy.signal import resample_poly

RATE = 8000


class _Wave(ctypes.Structure):
    _fields_ = [("type", ctypes.c_char_p), ("sample_rate", ctypes.c_int), ("num_samples", ctypes.c_int), ("num_channels", ctypes.c_int), ("samples", ctypes.POINTER(ctypes.c_short))]


class _Voice(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


class Flite:
    """The five general voices of the flite library, called in-process (70 times faster than real time)."""

    def __init__(self):
        self.lib = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
        for name in ("usenglish", "cmulex"):
            ctypes.CDLL(f"libflite_{name}.so.1", mode=ctypes.RTLD_GLOBAL)
        self.lib.flite_init()
        self.lib.flite_text_to_wave.restype = ctypes.POINTER(_Wave)
        self.lib.feat_set_float.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float]
        self.voices = {}
        for name in ("slt", "rms", "awb", "kal16", "kal"):
            lib = ctypes.CDLL(f"libflite_cmu_us_{name}.so.1", mode=ctypes.RTLD_GLOBAL)
            register = getattr(lib, f"register_cmu_us_{name}")
            register.restype = ctypes.POINTER(_Voice)
            self.voices[name] = register(None)

    def speak(self, name, text, rng):
        voice = self.voices[name]
        features = voice.contents.features
        self.lib.feat_set_float(features, b"duration_stretch", rng.uniform(0.75, 1.35))
        if name in ("slt", "awb", "rms"):
            self.lib.feat_set_float(features, b"f0_shift", rng.uniform(0.75, 1.35))
        else:
            self.lib.feat_set_float(features, b"int_f0_target_mean", rng.uniform(75.0, 170.0))
        wave = self.lib.flite_text_to_wave(text.encode(), voice)
        w = wave.contents
        samples = np.ctypeslib.as_array(w.samples, (w.num_samples,)).astype(np.float32) / 32768
        rate = w.sample_rate
        self.lib.delete_wave(wave)
        return samples, rate


ESPEAK = ["en-us", "en-us", "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-us-nyc", "en-029"]
VARIANTS = ["", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5", "+Andy", "+Annie", "+Gene", "+Jacky", "+Lee", "+Mario", "+linda", "+steph", "+Denis", "+Henrique"]


def espeak(text, rng):
    voice = rng.choice(ESPEAK) + rng.choice(VARIANTS)
    command = ["espeak-ng", "-v", voice, "-s", str(rng.randint(125, 215)), "-p", str(rng.randint(25, 75)), "--stdout", text]
    out = subprocess.run(command, capture_output=True, check=True).stdout
    samples, rate = soundfile.read(io.BytesIO(out[:4] + b"\xff\xff\xff\x7f" + out[8:]) if out[4:8] == b"\0\0\0\0" else io.BytesIO(out), dtype="float32")
    return samples, rate, voice


RHVOICE = ["bdl", "clb", "alan", "slt"]


def rhvoice(text, rng, scratch):
    voice, path = rng.choice(RHVOICE), f"{scratch}/r.wav"
    command = ["RHVoice-test", "-p", voice, "-o", path, "-r", str(rng.randint(70, 140)), "-t", str(rng.randint(75, 130))]
    subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return *soundfile.read(path, dtype="float32"), "rhvoice-" + voice


def festival(texts, rng, scratch):
    """Many sentences with one start of the program: returns (samples, rate) each."""
    voice = rng.choice(["cmu_us_slt_arctic_hts", "ked_diphone", "kal_diphone"])
    lines = [f"(voice_{voice})", f"(Parameter.set 'Duration_Stretch {rng.uniform(0.8, 1.3):.2f})"]
    paths = [f"{scratch}/f{i}.wav" for i in range(len(texts))]
    for text, path in zip(texts, paths):
        lines.append(f'(utt.save.wave (utt.synth (Utterance Text "{text}")) "{path}" \'riff)')
    script = f"{scratch}/f.scm"
    with open(script, "w") as f:
        f.write("\n".join(lines))
    subprocess.run(["festival", "--batch", script], capture_output=True, check=True)
    return [soundfile.read(p, dtype="float32") for p in paths], voice


def to_8k(samples, rate):
    if rate == RATE:
        return samples
    up = {16000: (1, 2), 22050: (160, 441), 24000: (1, 3), 32000: (1, 4)}[rate]
    return resample_poly(samples, *up).astype(np.float32)


def trim(samples):
    """Cuts silence at both ends to about 50 ms: training puts its own in."""
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    return samples[max(0, loud[0] - 400) : loud[-1] + 600] if len(loud) else samples[:0]


def write_shard(out, name, items):
    start, index = 0, []
    for samples, words, voice in items:
        index.append([start, len(samples), words, voice])
        start += len(samples)
    np.save(f"{out}/{name}.npy", np.concatenate([s for s, _, _ in items]))
    with open(f"{out}/{name}.json.part", "w") as f:
        json.dump(index, f)
    os.rename(f"{out}/{name}.json.part", f"{out}/{name}.json")


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--texts", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--hours", type=float, default=20)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    rng = random.Random(args.seed)
    texts = [line.strip() for line in open(args.texts)]
    rng.shuffle(texts)
    scratch = f"{args.out}/scratch{args.seed}"
    os.makedirs(scratch, exist_ok=True)
    flite = Flite()
    began, total, shard, at = time.time(), 0.0, 0, 0
    while total < args.hours * 3600:
        items, seconds = [], 0.0
        while seconds < 900:
            if at + 20 > len(texts):
                rng.shuffle(texts); at = 0
            r = rng.random()
            batch = texts[at : at + (20 if r > 0.985 else 1)]
            at += len(batch)
            try:
                if r > 0.985:  # 20 at once, so about a fifth of the sentences
                    waves, voice = festival(batch, rng, scratch)
                    spoken_by = [(*w, "festival-" + voice) for w in waves]
                elif r > 0.86:
                    spoken_by = [espeak(batch[0], rng)]
                elif r > 0.62:
                    spoken_by = [rhvoice(batch[0], rng, scratch)]
                else:
                    name = rng.choices(["slt", "rms", "awb", "kal16", "kal"], [3, 3, 3, 1, 0.5])[0]
                    spoken_by = [(*flite.speak(name, batch[0], rng), "flite-" + name)]
            except (subprocess.CalledProcessError, soundfile.LibsndfileError, OSError) as error:
                print("skipped:", error, flush=True)
                continue
            for words, (samples, rate, voice) in zip(batch, spoken_by):
                clip = trim(to_8k(samples, rate))
                if not 0.15 * RATE < len(clip) < 14 * RATE:
                    continue
                clip = np.clip(clip / np.abs(clip).max() * 0.7 * 32767, -32768, 32767).astype(np.int16)
                items.append((clip, words, voice))
                seconds += len(clip) / RATE
        rng.shuffle(items)
        write_shard(args.out, f"s{args.seed}_{shard:04d}", items)
        shard += 1
        total += seconds
        print(f"{total / 3600:.2f} h, {total / (time.time() - began):.0f} times real time", flush=True)


if __name__ == "__main__":
    main()
