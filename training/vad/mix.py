"""Calls that never happened: speech, noise, rooms and lines mixed at random, with the speech frames known.

Everything works on 8 kHz audio. `Mixer.batch` gives training examples; `telephone` and `mulaw` also serve evaluation.
"""

import numpy as np
from scipy import fft
from scipy.special import expit

import sounds
from features import HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES


class Clips:
    """One group of the bank: clips of int16 audio, with labels per 10 ms frame where they are speech."""

    def __init__(self, bank, key):
        self.names = bank[f"{key}_names"]
        starts = np.concatenate([[0], np.cumsum(bank[f"{key}_samples"])])
        frames = np.concatenate([[0], np.cumsum(bank[f"{key}_frames"])])
        audio, labels = bank[f"{key}_audio"], bank[f"{key}_labels"]
        self.audio = [audio[a:b] for a, b in zip(starts[:-1], starts[1:])]
        self.labels = [labels[a:b] for a, b in zip(frames[:-1], frames[1:])]

    def __len__(self):
        return len(self.audio)

    def float(self, index):
        return self.audio[index].astype(np.float32) / 32768.0


def level(audio):
    """Root mean square over the parts of a clip that are not silent."""
    if len(audio) < HOP_SAMPLES:
        return 1e-5
    blocks = audio[: len(audio) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)
    power = np.square(blocks).mean(axis=1)
    loud = power[power >= 0.05 * power.max()]
    return float(np.sqrt(loud.mean()) + 1e-5)


def gain(decibels):
    return np.float32(10.0 ** (decibels / 20.0))


def shape_spectrum(audio, response):
    """Applies a zero-phase magnitude response given as a function of Hz."""
    size = fft.next_fast_len(len(audio), real=True)
    spectrum = fft.rfft(audio.astype(np.float32), size)
    hertz = fft.rfftfreq(size, np.float32(1.0 / SAMPLE_RATE_HZ)).astype(np.float32)
    return fft.irfft(spectrum * response(hertz), size)[: len(audio)]


def telephone(audio, low_hz=300.0, high_hz=3400.0):
    """The band of a telephone, with soft edges."""
    edge = lambda hz, at: expit((hz - at) / 30.0)
    return shape_spectrum(audio, lambda hz: edge(hz, low_hz) * (1.0 - edge(hz, high_hz)))


def mulaw(audio):
    """Through G.711 mu-law and back."""
    magnitude = np.log1p(255.0 * np.abs(np.clip(audio, -1, 1))) / np.log(256.0)
    code = np.round(magnitude * 127.0) / 127.0
    return (np.sign(audio) * np.expm1(code * np.log(256.0)) / 255.0).astype(np.float32)


def reverberate(audio, response):
    """Convolves with a room response whose direct path stays at time zero."""
    direct = int(np.argmax(np.abs(response)))
    response = response[direct : direct + SAMPLE_RATE_HZ // 2] / (np.abs(response[direct]) + 1e-9)
    size = fft.next_fast_len(len(audio) + len(response), real=True)
    wet = fft.irfft(fft.rfft(audio, size) * fft.rfft(response.astype(np.float32), size), size)[: len(audio)]
    return (wet * level(audio) / level(wet)).astype(np.float32)


def simulated_room(rng):
    """A direct path and an exponentially decaying noise tail, RT60 100 to 700 ms."""
    decay_s = rng.uniform(0.1, 0.7)
    time = np.arange(int(decay_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tail = rng.standard_normal(len(time)) * 10.0 ** (-3.0 * time / decay_s) * rng.uniform(0.02, 0.25)
    tail[: int(rng.uniform(0.001, 0.01) * SAMPLE_RATE_HZ)] = 0.0
    tail[0] = 1.0
    return tail.astype(np.float32)


def sounds_at_level(rng, samples):
    """One of the made sounds that are nobody speaking, active level 0.1."""
    wave = sounds.some(rng, samples).astype(np.float32)
    return (0.1 * wave / (level(wave) + 1e-9)).astype(np.float32)


def noise_share(name):
    if "speech_commands" in name:
        return 12.0
    return 2.0 if any(kind in name for kind in ("Dog", "Baby", "sneeze", "Rooster", "Clock")) else 1.0


class Mixer:
    """Random training examples of `seconds` each."""

    def __init__(self, bank, seconds, seed):
        self.speech, self.noise = Clips(bank, "speech_train"), Clips(bank, "noise_train")
        self.rooms = Clips(bank, "room")
        # Clips are drawn by corpus first, so that 2,000 half-second digits do not outweigh the sentences.
        corpora = [str(name).split("/")[0] for name in self.speech.names]
        weight = {"speechocean762": 0.55, "ljspeech": 0.15, "fsdd": 0.1, "short_phrases": 0.1, "synthetic": 0.1}
        share = np.array([weight[c] / corpora.count(c) for c in corpora])
        self.share = share / share.sum()
        # speech_commands recordings are long: each is drawn as often as a dozen short ones. What lives and what knocks
        # sounds most like speech and is drawn twice as often as rain.
        share = np.array([noise_share(str(name)) for name in self.noise.names])
        self.noise_share = share / share.sum()
        self.frames = int(seconds * SAMPLE_RATE_HZ / HOP_SAMPLES)
        self.samples = self.frames * HOP_SAMPLES + WINDOW_SAMPLES - HOP_SAMPLES
        self.rng = np.random.default_rng(seed)

    def batch(self, size):
        """(size, samples) audio and (size, frames) labels, float32."""
        examples = [self.example() for _ in range(size)]
        return np.stack([e[0] for e in examples]), np.stack([e[1] for e in examples])

    def example(self):
        rng = self.rng
        speech, labels = self.talk() if rng.random() < 0.78 else (self.silence(), np.zeros(self.frames, np.float32))
        talked = labels.any()
        reference = 0.1
        if talked:
            if rng.random() < 0.4:
                room = self.rooms.float(rng.integers(len(self.rooms))) if rng.random() < 0.4 else simulated_room(rng)
                speech = reverberate(speech, room)
            speech *= reference / level(speech)
        audio = speech
        for _ in range(rng.choice([0, 1, 2], p=[0.25, 0.6, 0.15])):
            snr_db = rng.uniform(-5, 30) if talked else rng.uniform(-10, 40)
            noise = self.some_noise()
            if talked and rng.random() < 0.25:  # dogs bark and babies cry between sentences too, and louder
                noise, snr_db = noise * self.quiet(labels), rng.uniform(-10, 15)
            audio = audio + noise * reference * gain(-snr_db)
        if rng.random() < (0.2 if talked else 0.7):
            audio = audio + self.some_sounds(labels) * gain(rng.uniform(-15, 6))
        return self.line(audio), labels

    def silence(self):
        return np.zeros(self.samples, np.float32)

    def talk(self):
        """Clips of one or more speakers with pauses between, and their labels."""
        rng, audio, labels = self.rng, self.silence(), np.zeros(self.frames, np.float32)
        pause_s = rng.choice([0.2, 0.7, 2.5])
        at = int(rng.exponential(pause_s) * 100)
        while at < self.frames - 20:
            index = rng.choice(len(self.speech), p=self.share)
            clip, label = self.speech.float(index), self.speech.labels[index]
            if rng.random() < 0.3:  # another pitch and tempo
                speed = rng.uniform(0.85, 1.2)
                count = int(len(clip) / speed)
                clip = np.interp(np.arange(count) * speed, np.arange(len(clip)), clip).astype(np.float32)
                label = label[np.minimum((np.arange(int(len(label) / speed)) * speed).astype(int), len(label) - 1)]
            clip = clip * gain(rng.uniform(-8, 0)) * 0.1 / level(clip)
            start = at * HOP_SAMPLES
            count = min(len(clip), self.samples - start)
            # A clip's own room tone fades in and out, so that its edges are no cue.
            fade = np.minimum(1.0, np.minimum(np.arange(len(clip)), np.arange(len(clip))[::-1]) / 240.0)
            audio[start : start + count] += (clip * fade)[:count]
            count = min(len(label), self.frames - at)
            labels[at : at + count] = label[:count]
            at += len(clip) // HOP_SAMPLES + 3 + int(rng.exponential(pause_s) * 100)
        return audio, labels

    def some_noise(self):
        """A stretch of one noise at level 1, sometimes with another colour."""
        rng = self.rng
        if rng.random() < 0.1:
            noise = rng.standard_normal(self.samples, np.float32)
            slope = rng.uniform(0.0, 1.2)
            noise = shape_spectrum(noise, lambda hz: (hz + 50.0) ** -slope)
        else:
            clip = self.noise.float(rng.choice(len(self.noise), p=self.noise_share))
            start = rng.integers(len(clip))
            noise = np.resize(np.concatenate([clip[start:], clip[:start]]), self.samples)
        if rng.random() < 0.3:
            tilt = rng.uniform(-1.0, 1.0)
            noise = shape_spectrum(noise, lambda hz: ((hz + 100.0) / 1000.0) ** tilt)
        if rng.random() < 0.2:  # comes or goes at once
            edge = rng.integers(self.samples)
            noise = noise * (np.arange(self.samples) < edge if rng.random() < 0.5 else np.arange(self.samples) >= edge)
        return (noise / level(noise)).astype(np.float32)

    def some_sounds(self, labels):
        """Made sounds over the whole example, or only where nobody speaks."""
        wave = sounds_at_level(self.rng, self.samples)
        if self.rng.random() < 0.6:
            wave = wave * self.quiet(labels)
        return wave

    def quiet(self, labels):
        """1 where nobody speaks, 0 where somebody does, one value a sample."""
        quiet = np.repeat(labels == 0, HOP_SAMPLES)
        return np.pad(quiet, (0, self.samples - len(quiet)), mode="edge")

    def line(self, audio):
        """What the line does: band, level, floor, gaps, companding."""
        rng = self.rng
        if rng.random() < 0.6:
            audio = telephone(audio, rng.uniform(150, 350), rng.uniform(3000, 3700))
        if rng.random() < 0.3:
            tilt = rng.uniform(-0.8, 0.8)
            audio = shape_spectrum(audio, lambda hz: ((hz + 100.0) / 1000.0) ** tilt)
        audio = audio / (np.abs(audio).max() + 1e-4) * gain(rng.uniform(-40, 3))
        if rng.random() < 0.7:
            audio = audio + rng.standard_normal(len(audio), np.float32) * gain(rng.uniform(-95, -55))
        if rng.random() < 0.1:  # lost packets of 20 ms
            lost = np.repeat(rng.random(len(audio) // 160 + 1) < rng.uniform(0.01, 0.1), 160)[: len(audio)]
            audio = audio * ~lost
        if rng.random() < 0.15:  # a line that sends digital zero for a while
            start = rng.integers(len(audio))
            audio = audio.copy()
            audio[start : start + rng.integers(800, 16000)] *= 0.0
        audio = np.clip(audio, -1.0, 1.0).astype(np.float32)
        return mulaw(audio) if rng.random() < 0.5 else np.round(audio * 32768.0).astype(np.float32) / 32768.0
