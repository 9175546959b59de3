"""The detector: a causal dilated convolution network and a GRU over log-mel, one step every 20 ms.

`Detector` is the training form over whole sequences. `StreamingDetector` is the same function one step at a time, with
its past as explicit tensors and batch normalisation folded away: this is what is exported.
"""

import torch
from torch import nn

from features import MELS

WIDTH = 48
DILATIONS = [1, 2, 4, 8, 16, 1, 2, 4]  # taps at 0, d and 2d: 77 steps of 20 ms, 1.54 s
PAST_STEPS = 2 * sum(DILATIONS)
FRAMES_PER_STEP = 2
TAIL_FRAMES = 2
# ln(1e-6) is digital silence in the front end: the scaled features, and so every zero state, mean silence.
SILENCE_LOG = -13.815511
LOG_SCALE = 4.0


class Block(nn.Module):
    """x + pointwise(relu(depthwise dilated (x))), each normalised."""

    def __init__(self, dilation):
        super().__init__()
        self.dilation = dilation
        self.depthwise = nn.Conv1d(WIDTH, WIDTH, 3, dilation=dilation, groups=WIDTH, bias=False)
        self.depthwise_norm = nn.BatchNorm1d(WIDTH)
        self.pointwise = nn.Conv1d(WIDTH, WIDTH, 1, bias=False)
        self.pointwise_norm = nn.BatchNorm1d(WIDTH)

    def forward(self, x):
        """(batch, width, steps) -> the same."""
        past = nn.functional.pad(x, (2 * self.dilation, 0))
        inner = torch.relu(self.depthwise_norm(self.depthwise(past)))
        return torch.relu(x + self.pointwise_norm(self.pointwise(inner)))


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.front = nn.Linear((TAIL_FRAMES + FRAMES_PER_STEP) * MELS, WIDTH, bias=False)
        self.front_norm = nn.BatchNorm1d(WIDTH)
        self.blocks = nn.ModuleList(Block(d) for d in DILATIONS)
        self.gru = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.head = nn.Linear(WIDTH, FRAMES_PER_STEP)

    def forward(self, mel, hidden=None):
        """mel (batch, frames, 64), an even number of frames -> logits (batch, frames), hidden (1, batch, width)."""
        scaled = (mel - SILENCE_LOG) / LOG_SCALE
        scaled = nn.functional.pad(scaled, (0, 0, TAIL_FRAMES, 0))
        steps = scaled.unfold(1, TAIL_FRAMES + FRAMES_PER_STEP, FRAMES_PER_STEP)  # (batch, steps, mels, 4)
        steps = steps.transpose(2, 3).flatten(2)
        x = torch.relu(self.front_norm(self.front(steps).transpose(1, 2)))
        for block in self.blocks:
            x = block(x)
        y, hidden = self.gru(x.transpose(1, 2), hidden)
        return self.head(y).flatten(1), hidden


def folded(norm):
    """Batch normalisation as y = scale x + shift."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return scale.detach(), (norm.bias - norm.running_mean * scale).detach()


class StreamingDetector(nn.Module):
    """mel (1, 2, 64), tail (1, 2, 64), past (76, 48), hidden (1, 48) -> speech (1, 2), then the three new states.

    `past` holds for each block its last 2d inputs, oldest first, one block after another. All zeros is the start of a call.
    """

    def __init__(self, detector):
        super().__init__()
        scale, shift = folded(detector.front_norm)
        # The front's scaling of log-mel is folded too: tail keeps scaled features, so that zero is silence.
        self.register_buffer("front", (detector.front.weight * scale[:, None]).T.detach().contiguous())
        self.register_buffer("front_shift", shift[None])
        taps, now, shifts, self.pointwise, self.pointwise_shift = [], [], [], nn.ParameterList(), nn.ParameterList()
        for block in detector.blocks:
            scale, shift = folded(block.depthwise_norm)
            weight = block.depthwise.weight[:, 0, :].detach() * scale[:, None]  # (width, 3)
            taps += [weight[:, 0], weight[:, 1]]
            now.append(weight[:, 2])
            shifts.append(shift)
            scale, shift = folded(block.pointwise_norm)
            self.pointwise.append((block.pointwise.weight[:, :, 0] * scale[:, None]).T.detach().contiguous())
            self.pointwise_shift.append(shift[None])
        self.register_buffer("taps", torch.stack(taps).reshape(len(DILATIONS), 2, WIDTH))
        self.register_buffer("now", torch.stack(now)[:, None])
        self.register_buffer("shifts", torch.stack(shifts))
        gru = detector.gru
        self.register_buffer("gru_in", gru.weight_ih_l0.T.detach().contiguous())
        self.register_buffer("gru_in_bias", gru.bias_ih_l0.detach()[None])
        self.register_buffer("gru_back", gru.weight_hh_l0.T.detach().contiguous())
        self.register_buffer("gru_back_bias", gru.bias_hh_l0.detach()[None])
        self.register_buffer("head", detector.head.weight.T.detach().contiguous())
        self.register_buffer("head_bias", detector.head.bias.detach()[None])
        tap_rows, kept, start = [], [], 0
        for index, dilation in enumerate(DILATIONS):
            tap_rows += [start, start + dilation]
            kept += [*range(start + 1, start + 2 * dilation), PAST_STEPS + index]
            start += 2 * dilation
        self.register_buffer("tap_rows", torch.tensor(tap_rows))
        self.register_buffer("kept", torch.tensor(kept))

    def forward(self, mel, tail, past, hidden):
        scaled = (mel - SILENCE_LOG) / LOG_SCALE
        window = torch.cat([tail, scaled], dim=1).reshape(1, -1)
        x = torch.relu(torch.addmm(self.front_shift, window, self.front))
        # What the past adds to every block's depthwise convolution, for all blocks at once: (blocks, width).
        seen = past.index_select(0, self.tap_rows).reshape(len(DILATIONS), 2, WIDTH)
        seen = (seen * self.taps).sum(1) + self.shifts
        inputs = []
        for index, before in enumerate(seen.split(1)):
            inputs.append(x)
            inner = torch.relu(before + self.now[index] * x)
            x = torch.relu(x + torch.addmm(self.pointwise_shift[index], inner, self.pointwise[index]))
        new_past = torch.cat([past, *inputs]).index_select(0, self.kept)
        a = torch.addmm(self.gru_in_bias, x, self.gru_in)
        b = torch.addmm(self.gru_back_bias, hidden, self.gru_back)
        (ar, az, an), (br, bz, bn) = a.split(WIDTH, 1), b.split(WIDTH, 1)
        reset, update = torch.sigmoid(ar + br), torch.sigmoid(az + bz)
        fresh = torch.tanh(an + reset * bn)
        new_hidden = fresh + update * (hidden - fresh)
        speech = torch.sigmoid(torch.addmm(self.head_bias, new_hidden, self.head))
        return speech, scaled, new_past, new_hidden
