"""Parallel acoustic model: a text net over symbols and a frames net over 10 ms frames.

Text net: symbols -> hidden, log duration, log F0, energy, one value a symbol.  Frames net: hidden
repeated for each frame, with prosody and place inside the symbol -> mel, log F0, voicing.  Both are
stacks of ConvNeXt blocks, so a frame depends on `FramesNet.context()` frames on each side only.
"""

import torch
from torch import nn

import phones
from vocoder_model import Block

F0_CENTRE, F0_SCALE = 5.0, 2.0
ENERGY_CENTRE, ENERGY_SCALE = -5.5, 0.7
MEL_CENTRE, MEL_SCALE = -5.5, 2.0


def f0_unit(log_f0):
    return (log_f0 - F0_CENTRE) * F0_SCALE


class Film(nn.Module):
    """Scale and shift of channels by speaker; the identity at first."""

    def __init__(self, speakers, width):
        super().__init__()
        self.table = nn.Embedding(speakers, 2 * width)
        nn.init.zeros_(self.table.weight)

    def forward(self, x, speaker):
        scale, shift = self.table(speaker).unsqueeze(1).chunk(2, dim=2)
        return x * (1 + scale) + shift


class Stack(nn.Module):
    """Blocks with a speaker's FiLM before each; `mask` (B, N, 1) keeps padding silent."""

    def __init__(self, width, blocks, speakers, kernel=7):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, kernel) for _ in range(blocks))
        self.films = nn.ModuleList(Film(speakers, width) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.kernel = kernel

    def context(self):
        return len(self.blocks) * (self.kernel // 2)

    def forward(self, x, speaker, mask=None):
        for film, block in zip(self.films, self.blocks):
            x = film(x, speaker)
            x = block(x if mask is None else x * mask)
        return self.norm(x if mask is None else x * mask)


class TextNet(nn.Module):
    """ids, place (B, P), speaker (B,) -> hidden (B, P, width), log frames, log F0, energy (B, P)."""

    def __init__(self, width=160, blocks=4, speakers=len(phones.SPEAKERS)):
        super().__init__()
        self.symbol = nn.Embedding(len(phones.SYMBOLS), width)
        self.place = nn.Embedding(5, width)
        self.stack = Stack(width, blocks, speakers)
        self.prosody = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 3))

    def forward(self, ids, place, speaker, mask=None):
        x = self.stack(self.symbol(ids) + self.place(place), speaker, mask)
        p = self.prosody(x)
        return x, p[:, :, 0] + 2.0, p[:, :, 1] / F0_SCALE + F0_CENTRE, p[:, :, 2] / ENERGY_SCALE + ENERGY_CENTRE


class FramesNet(nn.Module):
    """hidden (B, T, width), controls (B, T, 4), speaker (B,) -> mel (B, T, 80), log F0, voicing logit (B, T).

    Controls: the symbol's log F0, its energy, the place inside it (0 to 1), its log duration in frames.
    """

    def __init__(self, width=160, blocks=5, speakers=len(phones.SPEAKERS)):
        super().__init__()
        self.enter = nn.Linear(width + 6, width)
        self.stack = Stack(width, blocks, speakers)
        self.out = nn.Linear(width, 82)

    def context(self):
        return self.stack.context()

    def forward(self, hidden, controls, speaker, mask=None):
        f0, energy, place, length = controls.unbind(2)
        place, length = place * 2 - 1, length - 2.0
        extra = [f0_unit(f0), (energy - ENERGY_CENTRE) * ENERGY_SCALE, place, place * place, length, place * length]
        x = self.enter(torch.cat([hidden, torch.stack(extra, dim=2)], dim=2))
        out = self.out(self.stack(x, speaker, mask))
        mel = out[:, :, :80] * MEL_SCALE + MEL_CENTRE
        return mel, f0 + out[:, :, 80] * 0.2, out[:, :, 81]
