"""Discriminators of the vocoder's training: narrow convolutions over spectrograms of several resolutions.

Each sees the square-root-compressed complex spectrum and, beside it, the log magnitude, without which it does not learn.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

RESOLUTIONS = ((2048, 480), (1024, 240), (512, 120), (256, 60))


def spectrogram(wave, size, hop):
    """(B, samples) -> (B, 3, frames, bins): compressed real and imaginary parts, log magnitude."""
    s = torch.stft(wave, size, hop, size, torch.hann_window(size, device=wave.device), return_complex=True)
    s = s / float((size * 0.375) ** 0.5)
    magnitude = torch.sqrt(s.real**2 + s.imag**2 + 1e-9)
    squeezed = torch.stack([s.real, s.imag], dim=1) / torch.sqrt(magnitude).unsqueeze(1)
    return torch.cat([squeezed * 2, (torch.log(magnitude).unsqueeze(1) + 5.0) / 3.0], dim=1).transpose(2, 3)


class Judge(nn.Module):
    """One resolution: (B, samples) -> list of feature maps, the last of them the verdict."""

    def __init__(self, size, hop, width=24):
        super().__init__()
        self.size, self.hop = size, hop
        make = lambda i, o, k, s, d=1: weight_norm(nn.Conv2d(i, o, k, s, ((k[0] // 2) * d, k[1] // 2), dilation=(d, 1)))
        self.layers = nn.ModuleList([
            make(3, width, (3, 9), (1, 2)), make(width, width, (3, 9), (1, 2)), make(width, width, (3, 9), (1, 2), 2),
            make(width, width, (3, 3), (1, 1), 2)])
        self.out = weight_norm(nn.Conv2d(width, 1, (3, 3), 1, 1))

    def forward(self, wave):
        x, maps = spectrogram(wave, self.size, self.hop), []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            maps.append(x)
        return maps + [self.out(x)]


def judges():
    return nn.ModuleList(Judge(*r) for r in RESOLUTIONS)


def judge_loss(real, made):
    """Least squares: recordings are one, made sound is zero."""
    return ((real[-1] - 1) ** 2).mean() + (made[-1] ** 2).mean()


def maker_loss(real, made):
    """Verdict on made sound, and the distance of feature maps from the recording's."""
    verdict = ((made[-1] - 1) ** 2).mean()
    return verdict, sum((a.detach() - b).abs().mean() for a, b in zip(real[:-1], made[:-1])) / (len(real) - 1)
