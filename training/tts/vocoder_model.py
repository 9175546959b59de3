"""DDSP vocoder: a ConvNeXt trunk over mel, log F0 and voicing predicts one filter for a pulse train and
one for white noise; both are applied frame by frame in the Fourier domain and overlap-added.

The network stops at filter values (log magnitude and phase); sources, FFTs and overlap-add are plain
signal processing, done here for training and in `crates/speech/src/vocoder.rs` for use.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import features
from features import BINS, FFT, HOP, LOG_FLOOR, MELS, WIN

OFFSET = 96  # the window's place inside the FFT frame; 480 samples behind it hold the filter's tail
TAPS = FFT // HOP + 1  # hops that one FFT frame reaches over, rounded up
LOG_MIN, LOG_MAX = -14.0, 3.0  # natural-log limits of filter magnitudes


class Block(nn.Module):
    """ConvNeXt block on (batch, frames, channels)."""

    def __init__(self, width, kernel=7, expand=3):
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, width * expand)
        self.down = nn.Linear(width * expand, width)
        nn.init.zeros_(self.down.weight)
        nn.init.zeros_(self.down.bias)

    def forward(self, x):
        y = self.depthwise(x.transpose(1, 2)).transpose(1, 2)
        return x + self.down(F.gelu(self.up(self.norm(y)), approximate="tanh"))


def envelope_matrix():
    """(MELS, BINS): linear interpolation of the mel bands' values onto FFT bins, in the log domain."""
    basis = features.MEL_BASIS
    centre = basis.argmax(axis=1)
    matrix = np.zeros((MELS, BINS), np.float32)
    for bin_ in range(BINS):
        right = int(np.searchsorted(centre, bin_))
        if right == 0 or right >= MELS:
            matrix[min(right, MELS - 1), bin_] = 1
            continue
        span = max(1, centre[right] - centre[right - 1])
        w = (bin_ - centre[right - 1]) / span
        matrix[right - 1, bin_], matrix[right, bin_] = 1 - w, w
    return torch.tensor(matrix)


def minimum_phase(log_magnitude):
    """(..., BINS) natural-log magnitudes -> the phase in radians of the minimum-phase filter that has them."""
    cepstrum = torch.fft.irfft(log_magnitude, FFT, dim=-1)
    fold = torch.zeros(FFT, device=log_magnitude.device)
    fold[1 : FFT // 2] = 2
    return torch.fft.rfft(cepstrum * fold, FFT, dim=-1).imag


class Vocoder(nn.Module):
    """mel (B, T, 96), log F0 (B, T), voicing (B, T) -> log magnitude of the pulse filter, its phase,
    log magnitude of the noise filter; each (B, T, 769)."""

    def __init__(self, width=192, blocks=5, kernel=7):
        super().__init__()
        self.kernel, self.count = kernel, blocks
        self.register_buffer("envelope", envelope_matrix(), persistent=False)
        # Band gain: a mel value is a weighted sum over a band, a filter value is one bin's.
        gain = np.log(features.MEL_BASIS.sum(axis=1) * np.sqrt((np.hanning(WIN) ** 2).sum()))
        self.register_buffer("gain", torch.tensor(gain.astype(np.float32)), persistent=False)
        self.enter = nn.Conv1d(MELS + 2, width, kernel, padding=kernel // 2)
        self.blocks = nn.ModuleList(Block(width, kernel) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.pulse = nn.Linear(width, BINS)
        self.phase = nn.Linear(width, BINS)
        self.noise = nn.Linear(width, BINS)
        for head, bias in ((self.pulse, -0.3), (self.phase, 0.0), (self.noise, -1.0)):
            nn.init.normal_(head.weight, std=0.01)
            nn.init.constant_(head.bias, bias)

    def context(self):
        """Frames on each side that an output frame depends on."""
        return (self.count + 1) * (self.kernel // 2)

    def filters(self, mel, log_f0, voiced):
        """As `forward`, with the phase still without its minimum-phase part: what the exported network gives."""
        skip = torch.matmul(mel - self.gain, self.envelope)
        x = torch.cat([(mel + 5.0) / 2.5, ((log_f0 - 5.0) * 2.0).unsqueeze(2), voiced.unsqueeze(2)], dim=2)
        x = self.enter(x.transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        pulse = torch.clamp(skip + self.pulse(x), LOG_MIN, LOG_MAX)
        noise = torch.clamp(skip + self.noise(x), LOG_MIN, LOG_MAX)
        return pulse, self.phase(x), noise

    def forward(self, mel, log_f0, voiced):
        pulse, phase, noise = self.filters(mel, log_f0, voiced)
        return pulse, minimum_phase(pulse) + phase, noise


def _spectra(source, frames):
    """(B, frames * 240) source -> (B, frames, 769) spectra of its windowed frames."""
    window = torch.hann_window(WIN, device=source.device)
    padded = F.pad(source, (WIN // 2, WIN // 2))
    pieces = padded.unfold(1, WIN, HOP)[:, :frames] * window
    return torch.fft.rfft(F.pad(pieces, (OFFSET, FFT - WIN - OFFSET)), dim=2)


def synthesise(filters, pulse_source, noise_sources):
    """Filters (three of (B, T, 769)), a pulse source (B, T * 240) and a list of noise sources of that
    shape -> one (B, T * 240) wave per noise source."""
    pulse, phase, noise = filters
    frames = pulse.shape[1]
    voiced = _spectra(pulse_source, frames) * torch.polar(torch.exp(pulse), phase)
    gain = torch.exp(noise)
    return [_overlap_add(voiced + _spectra(source, frames) * gain) for source in noise_sources]


def _overlap_add(spectrum):
    """(B, T, 769) spectra -> (B, T * 240) samples."""
    frames = spectrum.shape[1]
    pieces = torch.fft.irfft(spectrum, FFT, dim=2)  # (B, T, 1536)
    pieces = F.pad(pieces, (0, TAPS * HOP - FFT)).view(pieces.shape[0], frames, TAPS, HOP)
    # Hop h of the output is the sum of piece t's part k over t + k = h.
    out = sum(F.pad(pieces[:, :, k], (0, 0, k, TAPS - 1 - k)) for k in range(TAPS))
    start = OFFSET + WIN // 2
    # A Hann window of four hops overlap-adds to two.
    return out.reshape(out.shape[0], -1)[:, start : start + frames * HOP] / 2.0
