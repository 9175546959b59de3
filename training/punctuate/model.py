"""The net: hashed rows of words and of pairs of words, two convolutions that see two words ahead each, two light recurrent layers, two heads."""

import torch
from torch import nn
from torch.nn import functional

from features import PAIR_ROWS, ROWS

DIMS = 48  # numbers a row
PAIR_DIMS = 4  # numbers of a pair's row
WIDTH = 96  # channels
REACH = 2  # words that each convolution sees to either side; two of them: four words of look-ahead
SIGNS, CASES = 4, 3


class Taps(nn.Module):
    """Convolution over time as one matrix product: (batch, time, in) -> (batch, time, out)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.map = nn.Linear(inputs * (2 * REACH + 1), outputs)

    def forward(self, x):
        time = x.shape[1]
        wide = functional.pad(x, (0, 0, REACH, REACH))
        return self.map(torch.cat([wide[:, i:i + time] for i in range(2 * REACH + 1)], 2))


class Memory(nn.Module):
    """Light recurrent layer: a gated running mean, mixed with its input. No matrix inside the loop over time."""

    def __init__(self):
        super().__init__()
        self.map = nn.Linear(WIDTH, 3 * WIDTH)

    def forward(self, x):
        forget, new, out = self.map(x).chunk(3, 2)
        forget, new, out = torch.sigmoid(forget), torch.tanh(new), torch.sigmoid(out)
        step = (1 - forget) * new
        state, states = torch.zeros_like(x[:, 0]), []
        for keep, add in zip(forget.unbind(1), step.unbind(1)):
            state = keep * state + add
            states.append(state)
        return out * torch.stack(states, 1) + (1 - out) * x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.EmbeddingBag(ROWS, DIMS, mode="sum", sparse=True)
        nn.init.normal_(self.table.weight, std=0.1)
        self.pairs = nn.Embedding(PAIR_ROWS + 1, PAIR_DIMS, sparse=True, padding_idx=PAIR_ROWS)
        nn.init.zeros_(self.pairs.weight)
        self.near, self.wide = Taps(DIMS + PAIR_DIMS, WIDTH), Taps(WIDTH, WIDTH)
        self.memories = nn.ModuleList([Memory(), Memory()])
        self.signs = nn.Linear(WIDTH, SIGNS)
        self.cases = nn.Linear(WIDTH, CASES)
        for memory in self.memories:
            nn.init.constant_(memory.map.bias[:WIDTH], 1.0)  # remember from the start

    def forward(self, rows, pairs, mask):
        """rows (batch, time, 5) of words, pairs (batch, time), mask (batch, time, 1) is 1 where there is a word; logits of signs and cases."""
        batch, time, each = rows.shape
        x = self.table(rows.reshape(-1, each)).view(batch, time, DIMS)
        x = torch.cat([x, self.pairs(pairs)], 2) * mask
        x = torch.relu(self.near(x)) * mask
        x = x + torch.relu(self.wide(x)) * mask
        for memory in self.memories:
            x = memory(x)
        return self.signs(x), self.cases(x)
