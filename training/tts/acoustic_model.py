"""Parallel acoustic model: a text net over symbols, a frames net over 10 ms frames, a speaker encoder.

Text net: symbols -> hidden, log duration, log F0, energy, one value a symbol, around the means that the voice's style
gives.  Frames net: hidden repeated for each frame, with prosody and place inside the symbol -> F0 and voicing, then mel.
The mel is what the net says plus the pattern of harmonics that the F0 leaves in the mel bands, so that the net only has to
know envelopes.  All are stacks of ConvNeXt blocks: a frame depends on `FramesNet.context()` frames on each side only.

A voice is a speaker vector (64, from the encoder) and a style (4): mean and spread of log F0, energy, rate.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import features
import phones
from vocoder_model import Block

SPEAKER, STYLE = 64, 4
F0_CENTRE, F0_SCALE = 5.0, 2.0
ENERGY_CENTRE, ENERGY_SCALE = -5.5, 0.7
MEL_CENTRE, MEL_SCALE = -5.5, 2.0
ENERGY_BANDS = 83  # mel bands that every recording has
ENCODER_BANDS = 64  # mel bands that a telephone leaves
PATTERNS = 192  # F0 values of the table of harmonics


def f0_unit(log_f0):
    return (log_f0 - F0_CENTRE) * F0_SCALE


def style_units(style):
    """Mean and spread of log F0, energy, rate -> about -1 to 1."""
    f0, spread, energy, rate = style.unbind(1)
    return torch.stack([f0_unit(f0), (spread - 0.2) * 5, (energy - ENERGY_CENTRE) * ENERGY_SCALE, rate * 3], dim=1)


def harmonics_table():
    """(PATTERNS, MELS): log mel of pulse trains of rising F0 beside that of white noise of the same power."""
    flat = np.log(features.MEL_BASIS.sum(axis=1) * np.sqrt((np.hanning(features.WIN) ** 2).sum()))
    rows = []
    for f0 in np.exp(np.linspace(np.log(features.F0_MIN), np.log(features.F0_MAX), PATTERNS)):
        wave = features.pulse_train(np.full(60, f0), np.ones(60))
        rows.append(features.log_mel(wave)[10:50].mean(axis=0) - flat)
    return torch.tensor(np.array(rows).astype(np.float32))


class Film(nn.Module):
    """Scale and shift of channels by the voice; the identity at first."""

    def __init__(self, width):
        super().__init__()
        self.table = nn.Linear(SPEAKER + STYLE, 2 * width)
        nn.init.zeros_(self.table.weight)
        nn.init.zeros_(self.table.bias)

    def forward(self, x, voice):
        scale, shift = self.table(voice).unsqueeze(1).chunk(2, dim=2)
        return x * (1 + scale) + shift


class Stack(nn.Module):
    """Blocks with the voice's FiLM before each; `mask` (B, N, 1) keeps padding silent."""

    def __init__(self, width, blocks, kernel=7):
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, kernel) for _ in range(blocks))
        self.films = nn.ModuleList(Film(width) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.kernel = kernel

    def context(self):
        return len(self.blocks) * (self.kernel // 2)

    def forward(self, x, voice, mask=None):
        for film, block in zip(self.films, self.blocks):
            x = film(x, voice)
            x = block(x if mask is None else x * mask)
        return self.norm(x if mask is None else x * mask)


class TextNet(nn.Module):
    """ids, place (B, P), language (B,), speaker (B, 64), style (B, 4) -> hidden (B, P, width), log frames, log F0, energy (B, P)."""

    def __init__(self, width=160, blocks=4):
        super().__init__()
        self.symbol = nn.Embedding(len(phones.SYMBOLS), width)
        self.feature = nn.Linear(len(phones.FEATURES), width, bias=False)
        nn.init.normal_(self.symbol.weight, std=0.3)
        nn.init.normal_(self.feature.weight, std=0.5)
        self.register_buffer("features", torch.tensor(phones.feature_table()), persistent=False)
        self.register_buffer("length", torch.full((len(phones.SYMBOLS),), 2.0))  # mean log frames of each symbol
        self.place = nn.Embedding(5, width)
        self.language = nn.Embedding(len(phones.LANGUAGES), width)
        self.stack = Stack(width, blocks)
        self.prosody = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 3))

    def embeddings(self):
        return self.symbol.weight + self.feature(self.features)

    def forward(self, ids, place, language, speaker, style, mask=None):
        voice = torch.cat([speaker, style_units(style)], dim=1)
        x = F.embedding(ids, self.embeddings()) + self.place(place) + self.language(language).unsqueeze(1)
        x = self.stack(x, voice, mask)
        p = self.prosody(x)
        f0, spread, energy, rate = (v.unsqueeze(1) for v in style.unbind(1))
        return x, F.embedding(ids, self.length.unsqueeze(1))[:, :, 0] + rate + p[:, :, 0], f0 + spread * p[:, :, 1], energy + p[:, :, 2]


class FramesNet(nn.Module):
    """hidden (B, T, width), controls (B, T, 4), speaker (B, 64), style (B, 4) -> mel (B, T, 96), log F0, voicing logit (B, T).

    Controls: the symbol's log F0, its energy, the place inside it (0 to 1), its log duration in frames.
    """

    def __init__(self, text_width=160, contour_width=96, contour_blocks=2, width=192, blocks=5):
        super().__init__()
        self.enter_contour = nn.Linear(text_width + 6, contour_width)
        self.contour = Stack(contour_width, contour_blocks)
        self.contour_out = nn.Linear(contour_width, 2)
        self.enter = nn.Linear(text_width + 8, width)
        self.stack = Stack(width, blocks)
        self.out = nn.Linear(width, features.MELS)
        self.register_buffer("harmonics", harmonics_table(), persistent=False)

    def context(self):
        return self.stack.context() + self.contour.context()

    def pattern(self, log_f0):
        """(B, T) -> (B, T, 96), between the rows of the table."""
        low, high = np.log(features.F0_MIN), np.log(features.F0_MAX)
        at = ((log_f0 - float(low)) * float((PATTERNS - 1) / (high - low))).clamp(0, PATTERNS - 1.001)
        row = torch.floor(at)
        part = (at - row).unsqueeze(2)
        row = row.long()
        return F.embedding(row, self.harmonics) * (1 - part) + F.embedding(row + 1, self.harmonics) * part

    def forward(self, hidden, controls, speaker, style, mask=None, truth=None):
        """`truth`: log F0 and voicing of the recording, from which the mel is then made in training."""
        voice = torch.cat([speaker, style_units(style)], dim=1)
        f0, energy, place, length = controls.unbind(2)
        place, length = place * 2 - 1, length - 2.0
        extra = torch.stack([f0_unit(f0), (energy - ENERGY_CENTRE) * ENERGY_SCALE, place, place * place, length, place * length], dim=2)
        contour = self.contour_out(self.contour(self.enter_contour(torch.cat([hidden, extra], dim=2)), voice, mask))
        log_f0, voiced = f0 + contour[:, :, 0] * 0.2, contour[:, :, 1]
        used_f0, used_voiced = truth if truth else (log_f0, (voiced > 0).float())
        known = torch.stack([f0_unit(used_f0), used_voiced], dim=2)
        out = self.out(self.stack(self.enter(torch.cat([hidden, extra, known], dim=2)), voice, mask))
        mel = out * MEL_SCALE + MEL_CENTRE + used_voiced.unsqueeze(2) * self.pattern(used_f0)
        return mel, log_f0, voiced


class SpeakerEncoder(nn.Module):
    """mel (B, T, 64), level-free -> speaker vector (B, 64) of length 8."""

    def __init__(self, width=128):
        super().__init__()
        self.one = nn.Conv1d(ENCODER_BANDS, width, 5, 2, 2)
        self.two = nn.Conv1d(width, width, 5, 2, 2)
        self.blocks = nn.ModuleList(Block(width) for _ in range(2))
        self.out = nn.Linear(2 * width, SPEAKER)

    def forward(self, mel):
        x = F.gelu(self.one(mel.transpose(1, 2)), approximate="tanh")
        x = F.gelu(self.two(x), approximate="tanh").transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        mean = x.mean(dim=1)
        spread = torch.sqrt(((x - mean.unsqueeze(1)) ** 2).mean(dim=1) + 1e-4)
        v = self.out(torch.cat([mean, spread], dim=1))
        return v / torch.sqrt((v * v).mean(dim=1, keepdim=True) + 1e-6)


def encoder_input(mel):
    """(T, 96) log mel -> (T, 64) for the encoder: the louder frames' mean is taken out, silence goes."""
    loudness = mel[:, :ENCODER_BANDS].mean(axis=1)
    loud = loudness > loudness.max() - 4.5
    kept = mel[loud][:, :ENCODER_BANDS].astype(np.float32)
    return (kept - kept.mean()) / 2.0


class Judge(nn.Module):
    """Discriminator of mel patches: (B, T, 96) -> feature maps, the last of them the verdict."""

    def __init__(self, width=32):
        super().__init__()
        from torch.nn.utils.parametrizations import weight_norm

        make = lambda i, o, k, s: weight_norm(nn.Conv2d(i, o, k, s, (k[0] // 2, k[1] // 2)))
        self.layers = nn.ModuleList([make(2, width, (3, 5), (1, 2)), make(width, width, (5, 5), (2, 2)),
                                     make(width, 2 * width, (3, 5), (2, 2)), make(2 * width, 2 * width, (3, 3), (1, 1))])
        self.out = weight_norm(nn.Conv2d(2 * width, 1, (3, 3), 1, 1))

    def forward(self, mel):
        x = (mel - MEL_CENTRE) / MEL_SCALE
        slope = F.pad(x[:, 1:] - x[:, :-1], (0, 0, 0, 1)) * 2
        x, maps = torch.stack([x, slope], dim=1), []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            maps.append(x)
        return maps + [self.out(x)]
