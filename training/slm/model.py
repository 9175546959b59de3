"""A decoder of the Llama architecture: RMSNorm, rotary positions in interleaved pairs, grouped-query attention, SwiGLU, tied embeddings."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    vocabulary: int = 6144
    width: int = 256
    layers: int = 8
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 768
    window: int = 2048
    rope_base: float = 10000.0
    epsilon: float = 1e-5

    @property
    def head_width(self):
        return self.width // self.heads


class Norm(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(config.width))
        self.epsilon = config.epsilon

    def forward(self, x):
        return F.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), self.epsilon)


def rotate(x, cos, sin):
    """x: (batch, heads, time, head width); pairs are neighbours."""
    pairs = x.unflatten(-1, (-1, 2))
    a, b = pairs[..., 0], pairs[..., 1]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


def attention(q, k, v, block=128, pointer=None):
    """Causal attention of the last queries over all keys, in blocks of queries that see no key beyond them.

    On a processor this is twice as fast as PyTorch's own, which computes what the mask then hides.
    q: (batch, heads, queries, head width); k, v: (batch, key heads, keys, head width). With a `pointer` the share of
    attention that the first head of each key head gives to its places is noted there.
    """
    batch, heads, queries, width = q.shape
    earlier = k.shape[2] - queries
    if q.is_cuda and earlier == 0:
        if pointer is None:
            k, v = (t.repeat_interleave(heads // t.shape[1], 1) for t in (k, v))
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)
        block = queries
    q = (q * width ** -0.5).unflatten(1, (k.shape[1], -1))
    out = []
    for start in range(0, queries, block):
        end = min(start + block, queries)
        seen = earlier + end
        scores = q[:, :, :, start:end].flatten(2, 3) @ k[:, :, :seen].transpose(-1, -2)
        scores = scores.unflatten(2, (-1, end - start))
        hidden = torch.ones(end - start, seen, dtype=torch.bool, device=q.device).triu(earlier + start + 1)
        mask = torch.zeros(end - start, seen, dtype=q.dtype, device=q.device).masked_fill(hidden, float("-inf"))
        shares = (scores + mask).softmax(-1)
        if pointer is not None:
            pointer.note(shares[:, :, 0], start, end)
        out.append((shares.flatten(2, 3) @ v[:, :, :seen]).unflatten(2, (-1, end - start)))
    return torch.cat(out, 3).reshape(batch, heads, queries, width)


class Pointer:
    """Teaches copying: heads of some layers are to look at the earlier places of the token that comes next.

    places: (batch, queries, keys), true where the key's token is the query's next one; wanted: (batch, queries).
    """

    def __init__(self, places, wanted):
        self.places, self.wanted, self.losses = places, wanted, []

    def note(self, shares, start, end):
        places = self.places[:, start:end, :shares.shape[-1]]
        mass = (shares * places[:, None]).sum(-1, dtype=torch.float32) + 1e-6
        wanted = self.wanted[:, start:end][:, None].expand_as(mass)
        self.losses.append((-(mass.log() * wanted).sum(), wanted.sum()))

    def loss(self):
        return sum(l for l, _ in self.losses) / sum(n for _, n in self.losses).clamp(min=1)


# Layers whose first heads are taught to point.
POINTER_LAYERS = (2, 3)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        width, kv = config.width, config.kv_heads * config.head_width
        self.attention_norm, self.feed_norm = Norm(config), Norm(config)
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(width, kv, bias=False)
        self.v = nn.Linear(width, kv, bias=False)
        self.o = nn.Linear(width, width, bias=False)
        self.gate = nn.Linear(width, config.hidden, bias=False)
        self.up = nn.Linear(width, config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, width, bias=False)

    def forward(self, x, cos, sin, cache=None, pointer=None):
        config = self.config
        y = self.attention_norm(x)
        shape = (y.shape[0], y.shape[1], -1, config.head_width)
        q, k, v = (p(y).view(shape).transpose(1, 2) for p in (self.q, self.k, self.v))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            if cache:
                k, v = torch.cat((cache[0], k), 2), torch.cat((cache[1], v), 2)
            cache[:] = [k, v]
        x = x + self.o(attention(q, k, v, pointer=pointer).transpose(1, 2).flatten(2))
        y = self.feed_norm(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Model(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = Norm(config)
        nn.init.normal_(self.embedding.weight, std=0.02)
        for block in self.blocks:
            for name in ("q", "k", "v", "gate", "up"):
                nn.init.normal_(getattr(block, name).weight, std=config.width ** -0.5)
            for layer in (block.o, block.down):
                nn.init.normal_(layer.weight, std=layer.in_features ** -0.5 / (2 * config.layers) ** 0.5)
        half = config.head_width // 2
        frequency = config.rope_base ** (-torch.arange(half, dtype=torch.float64) / half)
        angle = torch.arange(config.window, dtype=torch.float64)[:, None] * frequency
        self.register_buffer("cos", angle.cos().float(), persistent=False)
        self.register_buffer("sin", angle.sin().float(), persistent=False)

    def hidden_states(self, tokens, caches=None, start=0, pointer=None):
        x = self.embedding(tokens).to(self.blocks[0].q.weight.dtype)
        rows = slice(start, start + tokens.shape[1])
        cos, sin = self.cos[rows].to(x.dtype), self.sin[rows].to(x.dtype)
        for i, block in enumerate(self.blocks):
            x = block(x, cos, sin, None if caches is None else caches[i], pointer if i in POINTER_LAYERS else None)
        return self.norm(x)

    def logits(self, states):
        return F.linear(states, self.embedding.weight.to(states.dtype))
