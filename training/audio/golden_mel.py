"""Writes the golden log-mel frames that crates/audio/tests/golden_mel.rs is held to.

usage: python golden_mel.py crates/audio/tests/golden_mel.json

The signal is a formula (a chirp plus noise from a linear congruential generator), so no audio is needed. The frames come
from torchaudio's filters over torch.stft; librosa computes the same filters as a second opinion.
"""

import json
import math
import sys

import librosa
import numpy as np
import torch
import torchaudio

CONFIGS = {
    # name: rate, fft, window, hop, mels, low, high, power, floor kind, floor, center
    "recogniser": (8000, 256, 200, 80, 64, 60.0, 3800.0, 2.0, "add", 1e-6, False),
    "synthesiser_16k": (16000, 1024, 800, 200, 80, 0.0, 8000.0, 1.0, "max", 1e-5, True),
    "synthesiser_24k": (24000, 1024, 1024, 256, 80, 0.0, 12000.0, 1.0, "max", 1e-5, True),
}


def signal(rate: int, samples: int) -> np.ndarray:
    """Chirp from 100 Hz upwards by 1500 Hz a second at 0.4, plus noise at 0.05; float64, then float32."""
    t = np.arange(samples, dtype=np.float64) / rate
    chirp = 0.4 * np.sin(2 * math.pi * (100.0 * t + 750.0 * t * t))
    noise, state = np.empty(samples), 1
    for n in range(samples):
        state = (state * 1664525 + 1013904223) % 2**32
        noise[n] = 0.1 * ((state >> 8) / 2**24 - 0.5)
    return (chirp + noise).astype(np.float32)


def frames(x: torch.Tensor, config) -> torch.Tensor:
    rate, fft, window, hop, mels, low, high, power, kind, floor, center = config
    bank = torchaudio.functional.melscale_fbanks(fft // 2 + 1, low, high, mels, rate, norm=None, mel_scale="htk")
    second = librosa.filters.mel(sr=rate, n_fft=fft, n_mels=mels, fmin=low, fmax=high, htk=True, norm=None)
    assert np.abs(bank.numpy().T - second).max() < 1e-4, "torchaudio and librosa disagree"
    hann = torch.hann_window(window)
    if center:
        spectrum = torch.stft(x, fft, hop, window, hann, center=True, pad_mode="reflect", return_complex=True).T
    else:
        # Frame t covers [hop*t, hop*t + window); the FFT is zero-padded at its end.
        spectrum = torch.fft.rfft(x.unfold(0, window, hop) * hann, n=fft)
    bands = spectrum.abs() ** power @ bank
    return torch.log(bands + floor if kind == "add" else bands.clamp_min(floor))


def main() -> None:
    out = {"torch": torch.__version__, "torchaudio": torchaudio.__version__, "librosa": librosa.__version__, "cases": []}
    for name, config in CONFIGS.items():
        samples = config[0] // 2
        mel = frames(torch.from_numpy(signal(config[0], samples)), config)
        # Every sixth frame, both ends included, keeps the file small.
        kept = sorted(set(range(0, mel.shape[0], 6)) | {1, mel.shape[0] - 2, mel.shape[0] - 1})
        rows = {str(t): [round(float(v), 5) for v in mel[t]] for t in kept}
        out["cases"].append({"name": name, "samples": samples, "frames": mel.shape[0], "rows": rows})
    with open(sys.argv[1], "w") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
