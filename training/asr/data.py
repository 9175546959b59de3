"""Batches of augmented log-mel features for the recogniser.

What it is: shards in memory maps, sampled by source, augmented on the fly in one process and
turned into the shared front-end's features (8 kHz, 25 ms periodic Hann, 10 ms hop, 64 HTK mel
filters 60..3800 Hz, ln(x + 1e-6)). Speed, room and equaliser are one pass through the
frequency domain, vocal-tract length is a warped filterbank: about 1 ms a second of audio.
"""

import glob
import json
import os
import random
import re

import numpy as np
import scipy.fft
import soundfile
import torch

from human import load
from texts import load_lexicon

RATE, HOP, WINDOW, FFT, MELS = 8000, 80, 200, 256, 64
CHUNK = 30  # mel frames
HANN = torch.hann_window(WINDOW, periodic=True).numpy()
FLOOR = float(np.log(1e-6))
PHONES = "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
DIGITS = "zero one two three four five six seven eight nine".split()


def mel_filters(low=60.0, high=3800.0):
    """(bins, mels): triangles between points equally far apart on the HTK mel scale."""
    mel = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), MELS + 2)
    edge = 700 * (10 ** (mel / 2595) - 1)
    away = edge[None] - np.linspace(0, RATE / 2, FFT // 2 + 1)[:, None]
    rise, fall = -away[:, :-2] / np.diff(edge)[:-1], away[:, 2:] / np.diff(edge)[1:]
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


def filterbank(warp):
    """(bins, mels); warp > 1 moves formants up, as a shorter vocal tract does."""
    base = mel_filters()
    if warp == 1.0:
        return base
    bins = np.arange(FFT // 2 + 1, dtype=np.float64)
    knee = 100.0  # of 128: above it the warp bends back to the end of the band
    source = np.where(bins <= knee, bins * warp, knee * warp + (bins - knee) * (128 - knee * warp) / (128 - knee))
    source = np.clip(source, 0, 128)
    out = np.stack([np.interp(source, bins, base[:, m]) for m in range(MELS)], 1)
    return out.astype(np.float32)


WARPS = [0.82, 0.86, 0.9, 0.94, 0.97, 1.0, 1.03, 1.06, 1.1, 1.15, 1.2]
BANKS = {w: filterbank(w).astype(np.float32) for w in WARPS}


def log_mel(samples, bank=None):
    """(samples) in [-1, 1] -> (frames, 64)."""
    count = (len(samples) - WINDOW) // HOP + 1
    if count <= 0:
        return np.zeros((0, MELS), np.float32)
    frames = np.lib.stride_tricks.as_strided(samples, (count, WINDOW), (samples.strides[0] * HOP, samples.strides[0]))
    spectrum = scipy.fft.rfft(frames * HANN, FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.log(power @ (BANKS[1.0] if bank is None else bank) + 1e-6).astype(np.float32)


def mu_law(samples):
    x = np.clip(samples, -1, 1)
    y = np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256.0)
    y = np.round(y * 127.5) / 127.5
    return (np.sign(y) * (256.0 ** np.abs(y) - 1) / 255).astype(np.float32)


def lose_packets(y, rng):
    """Some 20 ms packets never came: silence, or the last one again but fainter, as phones conceal it."""
    packet = RATE // 50
    again = rng.random() < 0.5
    for at in range(packet, len(y) - packet, packet):
        if rng.random() < 0.03:
            y[at : at + packet] = y[at - packet : at] * 0.7 if again else 0.0


def readable(paths):
    """The files libsndfile can decode: a few of the noise clips are cut short."""
    bad = 0
    for path in paths:
        try:
            yield load(path)
        except soundfile.LibsndfileError:
            bad += 1
    print(len(paths) - bad, "noise files,", bad, "unreadable", flush=True)


def image_room(rng, images=9):
    """A shoebox room's response by the image method (Allen and Berkley 1979), its straight sound at time zero."""
    size = rng.uniform([2.5, 2.5, 2.3], [9.0, 7.0, 3.6])
    mouth = rng.uniform(0.3, size - 0.3)
    ear = np.clip(mouth + rng.uniform(-1.2, 1.2, 3), 0.2, size - 0.2)
    walls = rng.uniform(0.35, 0.93)  # what a wall gives back
    order = np.arange(-images, images + 1)
    power, distance = 0.0, 0.0
    for axis in range(3):
        straight, mirrored = mouth[axis] + 2 * order * size[axis], -mouth[axis] + 2 * order * size[axis]
        offset = np.concatenate([straight, mirrored]) - ear[axis]
        bounces = np.concatenate([np.abs(2 * order), np.abs(2 * order - 1)])
        shape = [1, 1, 1]
        shape[axis] = len(offset)
        distance = distance + offset.reshape(shape) ** 2
        power = power + bounces.reshape(shape)
    distance = np.sqrt(distance).ravel()
    at = (distance - distance.min()) / 343.0 * RATE
    out = np.zeros(ROOM_SAMPLES, np.float32)
    inside = at < ROOM_SAMPLES - 1
    np.add.at(out, np.round(at[inside]).astype(int), (walls ** power.ravel()[inside] / np.maximum(distance[inside], 0.1)).astype(np.float32))
    return out / np.sqrt((out**2).sum())


ROOM_SAMPLES = 3000
ROOMS_MADE = 80


class Augment:
    """Other speakers out of few: speed and vocal-tract length, always. Rooms, noises, codecs: `strength` in 0..1 eases them in."""

    def __init__(self, noise_dir, rir_dir, seed):
        self.rng = random.Random(seed)
        self.voices = []
        self.noise = list(readable(sorted(glob.glob(f"{noise_dir}/**/*.opus", recursive=True))))
        self.noise = [n for n in self.noise if len(n) > RATE // 2 and np.abs(n).max() > 1e-3]
        self.rooms = []
        for path in sorted(glob.glob(f"{rir_dir}/*.flac")):
            room = load(path)[: RATE // 2]
            at = int(np.abs(room).argmax())
            self.rooms.append(room[at : at + ROOM_SAMPLES] / np.sqrt((room**2).sum()))
        maker = np.random.default_rng(seed)
        self.made = [image_room(maker) for _ in range(ROOMS_MADE)]

    def room(self, normal):
        rng = self.rng
        kind = rng.random()
        if kind < 0.7:
            return rng.choice(self.rooms if kind < 0.35 else self.made)
        length = 4000
        decay = np.exp(-np.arange(length) / RATE * 6.9 / rng.uniform(0.1, 0.7))
        tail = normal(length) * decay
        far = rng.random() < 0.2  # more comes from the walls than straight from the mouth
        tail *= (rng.uniform(0.8, 1.5) if far else rng.uniform(0.1, 0.7)) / np.sqrt((tail**2).sum())
        tail[0] = 1.0
        return tail.astype(np.float32)

    def shape(self, x, strength, normal):
        """Speed, room and equaliser in one pass."""
        rng = self.rng
        speed = rng.uniform(0.84, 1.2) if rng.random() < 0.8 else 1.0
        size = scipy.fft.next_fast_len(len(x) + 1600, real=True)
        spectrum = scipy.fft.rfft(x, size)
        bins = len(spectrum)
        if rng.random() < 0.3 * strength:
            spectrum = spectrum * scipy.fft.rfft(self.room(normal), size)
        if rng.random() < 0.6:  # a few broad bumps, and often the telephone's band edges
            points = np.array([rng.uniform(-6, 6) * strength for _ in range(7)])
            gain = np.interp(np.linspace(0, 6, bins), np.arange(7), points)
            if rng.random() < 0.5:
                hertz = np.linspace(0, 4000, bins)
                low, high = rng.uniform(100, 320), rng.uniform(3100, 3800)
                gain = gain - 24 * np.clip((low - hertz) / low, 0, 1) - 30 * np.clip((hertz - high) / 300, 0, 1)
            spectrum = spectrum * (10 ** (gain / 20)).astype(np.float32)
        out_size = scipy.fft.next_fast_len(int(size / speed), real=True)
        keep = min(bins, out_size // 2 + 1)
        y = scipy.fft.irfft(spectrum[:keep], out_size) * (out_size / size)
        return y[: int((len(x) + 800) * out_size / size)].astype(np.float32)

    def __call__(self, x, strength):
        """(samples) in [-1, 1] -> (frames, 64), frames a multiple of 30."""
        rng = self.rng
        numpy_rng = np.random.default_rng(rng.getrandbits(32))
        normal = lambda n: numpy_rng.standard_normal(n, dtype=np.float32)
        x = self.shape(x, strength, normal)
        lead, tail = int(rng.uniform(0.05, 0.6) * RATE), int(rng.uniform(0.05, 0.7) * RATE)
        count = -(-(lead + len(x) + tail) // (HOP * CHUNK)) * CHUNK
        y = np.zeros(count * HOP + WINDOW - HOP, np.float32)
        y[lead : lead + len(x)] = x[: len(y) - lead]
        y *= 10 ** (rng.uniform(-30 * strength - 2, 2) / 20) / max(np.abs(y).max(), 1e-4)
        level = np.sqrt((y**2).mean())
        r = rng.random()
        if r < 0.5 * strength:
            noise = self.babble(len(y)) if r < 0.12 * strength and self.voices else self.stretch(rng.choice(self.noise), len(y))
            snr = rng.uniform(3, 30)
            y += noise * (level / (np.sqrt((noise**2).mean()) + 1e-6) * 10 ** (-snr / 20))
        elif r < 0.75:
            y += normal(len(y)) * level * 10 ** (-rng.uniform(20, 55) / 20)
        self.remember(x)
        if rng.random() < 0.06 * strength:
            y = np.clip(y, -1, 1) * 10 ** (rng.uniform(3, 12) / 20)
        if rng.random() < 0.5:
            y = mu_law(np.clip(y, -1, 1))
        if rng.random() < 0.08 * strength:
            lose_packets(y, rng)
        return self.features(np.clip(y, -1, 1), rng.choice(WARPS) if rng.random() < 0.75 else 1.0)

    def features(self, samples, warp):
        return log_mel(samples, BANKS[warp])

    def stretch(self, noise, length):
        """`length` samples of the noise, from anywhere in it, over and over."""
        at = self.rng.randrange(len(noise))
        return np.resize(np.roll(noise, -at), length)

    def remember(self, x):
        """Keeps some utterances as the voices of babble."""
        if len(x) > RATE:
            self.voices.append(x / max(np.sqrt((x**2).mean()), 1e-4))
            del self.voices[:-40]

    def babble(self, length):
        """Two to six other voices at once."""
        voices = self.rng.choices(self.voices, k=self.rng.randint(2, 6))
        return sum(self.stretch(v, length) * self.rng.uniform(0.4, 1.0) for v in voices)


class Shard:
    """Memory-mapped utterances of one shard file pair."""

    def __init__(self, path):
        self.index = json.load(open(path))
        self.samples = np.load(path[:-5] + ".npy", mmap_mode="r")

    def __len__(self):
        return len(self.index)

    def __getitem__(self, i):
        start, length, words, voice = self.index[i]
        return self.samples[start : start + length].astype(np.float32) / 32768, words, voice


class Pronounce:
    """Words to phone indices; None where a word is not in the lexicon."""

    def __init__(self, path):
        self.lexicon = load_lexicon(path)
        self.number = {p: i + 1 for i, p in enumerate(PHONES)}  # 0 is the CTC blank

    def __call__(self, text):
        out = []
        for word in text.split():
            phones = self.lexicon.get(word) or self.lexicon.get(re.sub(r"'s$", "", word))
            if phones is None:
                return None
            out += [self.number[p] for p in phones]
        return out


# Share of sampled utterances by source.
MIX = {"synthetic": 0.32, "so_train": 0.5, "fsdd_train": 0.05, "lj_train": 0.1, "phrases_train": 0.03}


class Sampler:
    def __init__(self, shards, human, augment, pieces, pronounce, seed, mix=None, collate=None):
        self.dir, self.augment, self.pieces, self.pronounce = shards, augment, pieces, pronounce
        self.rng = random.Random(seed)
        self.human = {name: Shard(f"{human}/{name}.json") for name in MIX if name != "synthetic"}
        self.by_digit = {}
        for i, (_, _, word, voice) in enumerate(self.human["fsdd_train"].index):
            self.by_digit.setdefault(voice, {}).setdefault(word, []).append(i)
        self.mix, self.collate = mix or MIX, collate or to_batch
        self.shards, self.known = [], set()

    def refresh(self):
        for path in sorted(glob.glob(f"{self.dir}/*.json")):
            if path not in self.known:
                self.known.add(path)
                self.shards.append(Shard(path))
        return len(self.shards)

    def digit_string(self):
        rng, shard = self.rng, self.human["fsdd_train"]
        voice = rng.choice(list(self.by_digit))
        count = rng.choice([1, 2, 3, 4, 4, 4, 5, 6, 7, 8, 10])
        clips, names = [], []
        pace = rng.uniform(0, 0.25)
        for _ in range(count):
            name = rng.choice(DIGITS)
            clip = shard[rng.choice(self.by_digit[voice][name])][0]
            clips += [clip, np.zeros(int(rng.uniform(0, pace) * RATE), np.float32)]
            names.append(name)
        return np.concatenate(clips), " ".join(names)

    def utterance(self):
        kind = self.rng.choices(list(self.mix), list(self.mix.values()))[0]
        if kind == "fsdd_train":
            return self.digit_string()
        shard = self.rng.choice(self.shards) if kind == "synthetic" else self.human[kind]
        samples, words, voice = shard[self.rng.randrange(len(shard))]
        return samples, words

    def sample(self):
        x, words = self.utterance()
        if len(x) < 3 * RATE and self.rng.random() < 0.08:
            other, more = self.utterance()
            if len(other) < 6 * RATE:
                x = np.concatenate([x, np.zeros(int(self.rng.uniform(0.05, 0.6) * RATE), np.float32), other])
                words = words + " " + more
        return x, words

    def batches(self, seconds, strength, group=256):
        """A shuffled group of batches sorted by length: [(mel (B,T,64), lengths, tokens, phones)]."""
        items = []
        while len(items) < group:
            x, words = self.sample()
            if len(x) > 13 * RATE:
                continue
            mel = self.augment(x, strength)
            tokens, phones = self.pieces(words), self.pronounce(words)
            if len(tokens) * 6 > len(mel) or (phones and len(phones) * 3.3 > len(mel)):
                continue
            items.append((mel, tokens, phones))
        items.sort(key=lambda item: len(item[0]))
        out, batch = [], []
        for item in items:
            if batch and (len(batch) + 1) * len(item[0]) > seconds * 100:
                out.append(batch)
                batch = []
            batch.append(item)
        out.append(batch)
        self.rng.shuffle(out)
        return [self.collate(b) for b in out]


def mask(mel, rng):
    """A copy with bands and stretches of time taken out: SpecAugment (Park et al. 2019)."""
    mel, fill = mel.copy(), mel.mean()
    for _ in range(2):
        if rng.random() < 0.6:
            width, at = rng.randint(1, 12), rng.randrange(52)
            mel[:, at : at + width] = fill
    for _ in range(1 + len(mel) // 110):
        if rng.random() < 0.8:
            width = rng.randint(2, 25)
            at = rng.randrange(max(1, len(mel) - width))
            mel[at : at + width] = fill
    return mel


VIEWS = 2


def to_batch(batch, rng=random):
    """Every utterance twice under different masks, the second copies behind the first: (2n,T,64), lengths, tokens, phones."""
    views = [(mask(m, rng), t, p) for _ in range(VIEWS) for m, t, p in batch]
    lengths = torch.tensor([len(m) for m, _, _ in views])
    mel = torch.full((len(views), int(lengths.max()), MELS), FLOOR)
    for i, (m, _, _) in enumerate(views):
        mel[i, : len(m)] = torch.from_numpy(m)
    return mel, lengths, [t for _, t, _ in views], [p for _, _, p in views]
