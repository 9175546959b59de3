"""Sounds of a telephone line and a desk that are nobody speaking, made from formulas at 8 kHz.

Line tones, DTMF, hold music, keyboards, coughs, breath. What recordings there are (noise/) is in the bank.
"""

import numpy as np
from scipy.signal import lfilter

from features import SAMPLE_RATE_HZ

DTMF_LOW_HZ, DTMF_HIGH_HZ = [697, 770, 852, 941], [1209, 1336, 1477, 1633]
# (frequencies in Hz, on seconds, off seconds): ringing, busy and dial tones of North America and Europe, beeps.
LINE_TONES = [
    ((440, 480), 2.0, 4.0), ((425,), 1.0, 4.0), ((480, 620), 0.5, 0.5), ((425,), 0.5, 0.5), ((350, 440), 30.0, 0.0),
    ((400, 450), 0.4, 0.2), ((950, 1400, 1800), 0.33, 0.03), ((1000,), 0.4, 5.0), ((1400,), 0.5, 15.0), ((2100,), 3.0, 1.0),
]


def seconds(samples):
    return np.arange(samples) / SAMPLE_RATE_HZ


def line_tone(rng, samples):
    time = seconds(samples)
    hertz, on_s, off_s = LINE_TONES[rng.integers(len(LINE_TONES))]
    wave = sum(np.sin(2 * np.pi * f * time) for f in hertz)
    return wave * (((time + rng.uniform(0, on_s + off_s)) % (on_s + off_s + 1e-9)) < on_s)


def dtmf(rng, samples):
    wave, step = np.zeros(samples), int(rng.uniform(0.12, 0.5) * SAMPLE_RATE_HZ)
    for start in range(0, samples, step):
        key = seconds(samples)[start : start + int(step * 0.6)]
        low, high = rng.choice(DTMF_LOW_HZ), rng.choice(DTMF_HIGH_HZ)
        wave[start : start + len(key)] = np.sin(2 * np.pi * low * key) + np.sin(2 * np.pi * high * key)
    return wave


def music(rng, samples):
    """Chords, melody and percussion; notes of a few partials, plucked, struck or bowed, sometimes with vibrato."""
    wave = np.zeros(samples)
    beat = int(rng.uniform(0.15, 0.6) * SAMPLE_RATE_HZ)
    partials = rng.integers(1, 12)
    slope, decay = rng.uniform(0.4, 1.0), rng.choice([rng.uniform(0.0, 1.0), rng.uniform(0.5, 12.0)])
    attack = rng.choice([200.0, 40.0, 12.0])
    vibrato, depth = rng.uniform(3.0, 7.0), rng.choice([0.0, 0.0, rng.uniform(0.002, 0.02)])
    for start in range(0, samples, beat):
        length = min(samples - start, int(beat * rng.uniform(0.8, 3.0)))
        time = seconds(length)
        envelope = np.exp(-decay * time) * np.minimum(1.0, time * attack) * np.minimum(1.0, time[::-1] * 100.0)
        for _ in range(rng.integers(0, 4)):
            pitch_hz = 110.0 * 2.0 ** (rng.integers(-7, 36) / 12.0)
            phase = 2 * np.pi * pitch_hz * (time + depth / vibrato * np.sin(2 * np.pi * vibrato * time))
            for k in range(1, partials + 1):
                if pitch_hz * k < 3800:
                    wave[start : start + length] += slope**k * envelope * np.sin(k * phase + k)
        if rng.random() < 0.3:
            hit = min(length, 800)
            wave[start : start + hit] += rng.standard_normal(hit) * np.exp(-np.arange(hit) / 150.0) * 0.5
    return wave


def resonance(noise, hertz, width_hz):
    """A two-pole resonance of about unit peak."""
    radius = np.exp(-np.pi * width_hz / SAMPLE_RATE_HZ)
    angle = 2 * np.pi * hertz / SAMPLE_RATE_HZ
    return lfilter([1.0 - radius], [1.0, -2 * radius * np.cos(angle), radius * radius], noise)


def keyboard(rng, samples):
    """Key presses and softer releases: a click with two resonances each, on a table that thumps."""
    hits = np.zeros(samples)
    gap_s, at = rng.uniform(0.08, 0.25), 0
    while at < samples:
        for offset_s, loud in ((0.0, 1.0), (rng.uniform(0.05, 0.12), rng.uniform(0.2, 0.6))):
            start = at + int(offset_s * SAMPLE_RATE_HZ)
            length = min(int(rng.uniform(0.002, 0.008) * SAMPLE_RATE_HZ), samples - start)
            if length > 0:
                hits[start : start + length] += rng.standard_normal(length) * loud * rng.uniform(0.4, 1.0)
        pause = rng.exponential(1.5) if rng.random() < 0.08 else rng.exponential(gap_s)
        at += int((0.04 + pause) * SAMPLE_RATE_HZ)
    click = resonance(hits, rng.uniform(1500, 3500), rng.uniform(300, 900)) * 3.0
    return click + hits * 0.3 + resonance(hits, rng.uniform(120, 500), rng.uniform(60, 200)) * rng.uniform(0.5, 4.0)


def cough(rng, samples):
    """Coughs, one to four together: a burst, a hiss, and for some a short rough voice, through a throat."""
    source, at = np.zeros(samples), int(rng.exponential(0.5) * SAMPLE_RATE_HZ)
    while at < samples:
        for _ in range(rng.integers(1, 5)):
            length = int(rng.uniform(0.18, 0.45) * SAMPLE_RATE_HZ)
            time = seconds(length)
            burst = np.exp(-time / rng.uniform(0.015, 0.04)) * 2.0
            hiss = np.exp(-((time - 0.12) ** 2) / rng.uniform(0.003, 0.012)) * rng.uniform(0.3, 0.9)
            one = rng.standard_normal(length) * (burst + hiss)
            if rng.random() < 0.5:
                glide = rng.uniform(150, 420) * np.exp(-time * rng.uniform(0.5, 3.0))
                phase = np.cumsum(glide * (1 + 0.06 * rng.standard_normal(length))) / SAMPLE_RATE_HZ
                voice = (phase % 1.0 < 0.1) * 3.0 * np.exp(-((time - rng.uniform(0.15, 0.3)) ** 2) / 0.003)
                one = one + voice
            count = max(0, min(length, samples - at))
            source[at : at + count] += one[:count] * rng.uniform(0.4, 1.0)
            at += int(length * rng.uniform(0.8, 1.3))
        at += int(rng.exponential(1.5) * SAMPLE_RATE_HZ)
    shaped = source * 0.15
    for low, high in ((400, 900), (1000, 1900), (2200, 3300)):
        shaped = shaped + resonance(source, rng.uniform(low, high), rng.uniform(100, 400)) * rng.uniform(0.3, 1.0)
    return shaped


def breath(rng, samples):
    """Breathing into the microphone: noise that swells, and now and then a thump."""
    time = seconds(samples)
    period = rng.uniform(1.2, 4.0)
    swell = np.maximum(0.0, np.sin(2 * np.pi * (time / period + rng.random()))) ** rng.uniform(1.0, 3.0)
    return resonance(rng.standard_normal(samples), rng.uniform(400, 1500), rng.uniform(500, 1500)) * swell


KINDS = {"line tone": line_tone, "dtmf": dtmf, "music": music, "keyboard": keyboard, "cough": cough, "breath": breath}
SHARES = [0.14, 0.12, 0.34, 0.16, 0.16, 0.08]


def some(rng, samples):
    """One of the kinds, peak-normalised so that its active level is about 0.1."""
    kind = list(KINDS)[rng.choice(len(KINDS), p=SHARES)]
    return KINDS[kind](rng, samples)
