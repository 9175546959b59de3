"""The log-mel front end shared by the voice activity detector and the recogniser.

8 kHz audio in [-1, 1]; frame t covers samples [80 t, 80 t + 200): a 25 ms periodic Hann window every 10 ms, FFT of 256
points, 64 HTK-mel triangles from 60 to 3800 Hz, natural logarithm of (x + 1e-6). The Rust twin is `hearsay-audio`'s mel
module. No normalisation happens here: the networks carry their own.
"""

import numpy as np
import torch

SAMPLE_RATE_HZ = 8000
WINDOW_SAMPLES = 200
HOP_SAMPLES = 80
FFT_SAMPLES = 256
MELS = 64


def mel_filters(low_hz=60.0, high_hz=3800.0):
    """(bins, mels): triangles between points equally far apart on the HTK mel scale."""
    mel = np.linspace(2595 * np.log10(1 + low_hz / 700), 2595 * np.log10(1 + high_hz / 700), MELS + 2)
    edge = 700 * (10 ** (mel / 2595) - 1)
    away = edge[None] - np.linspace(0, SAMPLE_RATE_HZ / 2, FFT_SAMPLES // 2 + 1)[:, None]
    rise, fall = -away[:, :-2] / np.diff(edge)[:-1], away[:, 2:] / np.diff(edge)[1:]
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


class LogMel(torch.nn.Module):
    """(batch, samples) -> (batch, frames, 64)."""

    def __init__(self):
        super().__init__()
        self.register_buffer("bank", torch.from_numpy(mel_filters()))
        self.register_buffer("window", torch.hann_window(WINDOW_SAMPLES, periodic=True))

    def forward(self, audio):
        frames = audio.unfold(1, WINDOW_SAMPLES, HOP_SAMPLES) * self.window
        power = torch.fft.rfft(frames, FFT_SAMPLES).abs().square()
        return torch.log(power @ self.bank + 1e-6)
