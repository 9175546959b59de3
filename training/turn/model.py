"""P(the caller has finished | words so far, expectation): a wide part of hashed n-grams and a deep part of the last words.

    logit = sum of wide weights + w2 . relu(W1 [six word vectors, dense features] + b1) + b2

What ships is int8: one scale for the wide weights, one for the word vectors; W1, b1, w2 and b2 stay float32.
"""

import struct

import numpy as np
import torch
from torch import nn

from features import DENSE, TAIL_WORDS, WIDE_BITS, WORD_BITS

VECTOR, HIDDEN = 8, 32
MAGIC = b"HTE1"


class TurnEnd(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.EmbeddingBag((1 << WIDE_BITS) + 1, 1, mode="sum", padding_idx=1 << WIDE_BITS)
        self.word = nn.Embedding(1 << WORD_BITS, VECTOR)
        self.hidden = nn.Linear(TAIL_WORDS * VECTOR + DENSE, HIDDEN)
        self.out = nn.Linear(HIDDEN, 1)
        nn.init.zeros_(self.wide.weight)
        nn.init.normal_(self.word.weight, std=0.1)

    def forward(self, deep, dense, wide):
        """deep (batch, 6), dense (batch, 12), wide (batch, 28) padded with 2^17 -> logits (batch)."""
        vectors = self.word(deep).flatten(1)
        inner = torch.relu(self.hidden(torch.cat([vectors, dense], dim=1)))
        return self.out(inner)[:, 0] + self.wide(wide)[:, 0]


def steps(weights):
    """A tensor as (scale, int8 array)."""
    array = weights.detach().numpy()
    # A few far values would make every step coarse: they are cut at the 99.99th percentile.
    scale = max(float(np.quantile(np.abs(array), 0.9999)) / 127.0, 1e-8)
    return scale, np.clip(np.round(array / scale), -127, 127).astype(np.int8)


def pack(model):
    """The file's bytes: HTE1, u32 wide bits, word bits, vector, hidden, tail words, dense; two scales; int8s; float32s."""
    wide_scale, wide = steps(model.wide.weight[:-1, 0])
    word_scale, word = steps(model.word.weight)
    head = MAGIC + struct.pack("<6I2f", WIDE_BITS, WORD_BITS, VECTOR, HIDDEN, TAIL_WORDS, DENSE, wide_scale, word_scale)
    floats = [model.hidden.weight, model.hidden.bias, model.out.weight, model.out.bias]
    return head + wide.tobytes() + word.tobytes() + b"".join(t.detach().numpy().astype("<f4").tobytes() for t in floats)


def quantised(model):
    """The model with the values that the file will hold."""
    with torch.no_grad():
        scale, wide = steps(model.wide.weight[:-1, 0])
        model.wide.weight[:-1, 0] = torch.from_numpy(wide * np.float32(scale))
        scale, word = steps(model.word.weight)
        model.word.weight.copy_(torch.from_numpy(word * np.float32(scale)))
    return model


def arrays(examined):
    """(deep, dense, wide) of `features.examine` as tensors."""
    from features import WIDE_MAX

    deep = torch.tensor([e[0] for e in examined])
    dense = torch.tensor([e[1] for e in examined])
    wide = torch.full((len(examined), WIDE_MAX), 1 << WIDE_BITS, dtype=torch.long)
    for row, (_, _, buckets) in zip(wide, examined):
        row[: len(buckets)] = torch.tensor(buckets)
    return deep, dense, wide
