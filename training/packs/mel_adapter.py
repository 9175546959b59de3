"""What crates/speech/src/mel_vocoder/adapter.rs computes, in NumPy, and the mel frames on both sides of it.

    python mel_adapter.py ../../crates/speech/tests/data/voice/adapter.json      # the golden values of its test
"""
import json
import sys

import librosa
import numpy as np

RATE, HOP, WINDOW, FFT, MELS, HIGH, FLOOR = 24000, 240, 960, 1536, 96, 12000.0, 1e-5
HIFIGAN = {"name": "HiFi-GAN V2, LJ Speech", "sample_rate": 22050, "hop": 256, "n_fft": 1024, "window": 1024,
           "mels": 80, "fmin": 0, "fmax": 8000, "log": "natural", "floor": 1e-5, "spectrum": "magnitude",
           "norm": "slaney", "context_frames": 16}


def our_mel(samples):
    """(frames, 96) of samples at 24 kHz."""
    spectrum = np.abs(librosa.stft(samples, n_fft=FFT, hop_length=HOP, win_length=WINDOW))
    bank = librosa.filters.mel(sr=RATE, n_fft=FFT, n_mels=MELS, fmin=0, fmax=HIGH)
    return np.log(np.maximum(bank @ spectrum, FLOOR)).T


def hifigan_mel(samples):
    """(frames, 80) of samples at 22.05 kHz, as HiFi-GAN was trained on them."""
    pad = (HIFIGAN["n_fft"] - HIFIGAN["hop"]) // 2
    padded = np.pad(samples, pad, mode="reflect")
    spectrum = np.abs(librosa.stft(padded, n_fft=1024, hop_length=256, win_length=1024, center=False))
    bank = librosa.filters.mel(sr=22050, n_fft=1024, n_mels=80, fmin=0, fmax=8000)
    return np.log(np.maximum(bank @ np.sqrt(spectrum**2 + 1e-9), 1e-5)).T


def adapt(mel, to):
    """Our frames to those of a vocoder with natural log of Slaney's magnitudes."""
    bank = librosa.filters.mel(sr=RATE, n_fft=FFT, n_mels=MELS, fmin=0, fmax=HIGH)
    gain = np.sqrt(RATE * WINDOW) / np.sqrt(to["sample_rate"] * to["window"])
    centres = librosa.mel_frequencies(MELS + 2, fmin=0, fmax=HIGH)[1:-1]
    bins = np.arange(to["n_fft"] // 2 + 1) * to["sample_rate"] / to["n_fft"]
    target = librosa.filters.mel(sr=to["sample_rate"], n_fft=to["n_fft"], n_mels=to["mels"], fmin=to["fmin"],
                                 fmax=to["fmax"])
    count = -(-(len(mel) * to["sample_rate"] // 100) // to["hop"])
    middle = 0 if to.get("center") else to["hop"] / 2
    times = (np.arange(count) * to["hop"] + middle) / to["sample_rate"] * 100
    low = np.minimum(times.astype(int), len(mel) - 1)
    high, share = np.minimum(low + 1, len(mel) - 1), (times - times.astype(int))[:, None]
    between = np.maximum(mel[low] + share * (mel[high] - mel[low]), np.log(FLOOR))
    envelope = between - np.log(bank.sum(1) * gain)
    spectra = np.exp(np.stack([np.interp(bins, centres, row) for row in envelope]))
    return np.log(np.maximum(spectra @ target.T, to["floor"]))


def main():
    draw = np.random.default_rng(4)
    ours = (np.cumsum(draw.normal(0, 0.3, (6, MELS)), 1) - 4).astype(np.float32).round(4)
    theirs = adapt(ours.astype(float), HIFIGAN)
    with open(sys.argv[1], "w") as file:
        json.dump({"geometry": HIFIGAN, "ours": ours.reshape(-1).tolist(), "theirs": theirs.round(5).reshape(-1).tolist()},
                  file)


if __name__ == "__main__":
    main()
