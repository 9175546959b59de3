"""The streaming recogniser network: a chunked conformer with CTC heads for phones and for pieces.

What it is: the modules and their training-time (whole utterance, masked) forward. One chunk is
30 mel frames = 300 ms. What it is not: the streaming graph; export.py builds that from the
same weights and proves both equal.

    mel (B,T,64) -> 10 frames a chunk (30 ms) -> 2 layers -> phone CTC (39 + blank)
        -> pairs joined: 5 frames a chunk (60 ms) -> 4 layers -> phone CTC -> 3 layers -> phone CTC, piece CTC

The last phone head is what the search over words reads; each 60 ms frame tells the phones of its two halves. The
first two are dense supervision half-way (inter-CTC, Lee and Watanabe 2021), fed back into the layers above.
"""

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn


DROPOUT = 0.1


@dataclass
class Config:
    mels: int = 64
    front: int = 128
    front_layers: int = 2
    dim: int = 176
    layers: int = 7
    heads: int = 4
    kernel: int = 9
    front_left: int = 60
    """Left context of attention, in 30 ms frames."""
    left: int = 60
    """Left context of attention, in 60 ms frames."""
    middle: int = 3
    """After this layer the second phone head."""
    phones: int = 40
    vocab: int = 256
    """Pieces without the blank; the blank is index 0 of vocab + 1."""

    def to_dict(self):
        return asdict(self)


def slopes(heads):
    """Distance penalty a 60 ms frame, by head: from very local to none."""
    return torch.tensor([0.4, 0.1, 0.025, 0.0][:heads])


def attention_bias(frames, chunk, left, scale, heads):
    """(heads, T, T): a query sees its own chunk and `left` frames before the chunk."""
    at = torch.arange(frames)
    start = at // chunk * chunk
    seen = (at[None, :] < (start + chunk)[:, None]) & (at[None, :] >= (start - left)[:, None])
    distance = (at[None, :] - at[:, None]).abs().float() * scale
    bias = -slopes(heads)[:, None, None] * distance
    return bias.masked_fill(~seen, float("-inf"))


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x, bias):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return self.out(y.transpose(1, 2).reshape(b, t, d))


class Convolution(nn.Module):
    """Gated, causal and depthwise."""

    def __init__(self, dim, kernel):
        super().__init__()
        self.kernel = kernel
        self.inner = nn.Linear(dim, 2 * dim)
        self.depth = nn.Parameter(torch.randn(dim, 1, kernel) / math.sqrt(kernel))
        self.depth_bias = nn.Parameter(torch.zeros(dim))
        self.out = nn.Linear(dim, dim)

    def gate(self, x):
        return F.glu(self.inner(x), -1)

    def mix(self, padded):
        """(B, kernel-1 + T, d) -> (B, T, d)."""
        x = padded.transpose(1, 2)[:, :, None]
        y = F.conv2d(x, self.depth[:, :, None], self.depth_bias, groups=x.shape[1])
        return self.out(F.silu(y[:, :, 0].transpose(1, 2)))

    def forward(self, x):
        return self.mix(F.pad(self.gate(x), (0, 0, self.kernel - 1, 0)))


class Layer(nn.Module):
    def __init__(self, dim, heads, kernel):
        super().__init__()
        self.norm_attention, self.attention = nn.LayerNorm(dim), Attention(dim, heads)
        self.norm_convolution, self.convolution = nn.LayerNorm(dim), Convolution(dim, kernel)
        self.norm_feed, self.feed = nn.LayerNorm(dim), nn.Sequential(nn.Linear(dim, 3 * dim), nn.SiLU(), nn.Linear(3 * dim, dim))

    def forward(self, x, bias):
        x = x + self.drop(self.attention(self.norm_attention(x), bias))
        x = x + self.drop(self.convolution(self.norm_convolution(x)))
        return x + self.drop(self.feed(self.norm_feed(x)))

    def drop(self, x):
        """Keeps the net from learning the few human speakers by heart."""
        return F.dropout(x, DROPOUT, self.training)


class Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = c = config
        self.register_buffer("mean", torch.zeros(c.mels))
        self.register_buffer("scale", torch.ones(c.mels))
        self.conv1 = nn.Linear(5 * c.mels, c.front)
        self.conv2 = nn.Linear(3 * c.front, c.front)
        self.front = nn.ModuleList(Layer(c.front, c.heads, c.kernel) for _ in range(c.front_layers))
        self.phone_norm = nn.LayerNorm(c.front)
        self.phone = nn.Linear(c.front, c.phones)
        self.phone_back = nn.Linear(c.phones, c.front)
        self.join_pairs = nn.Linear(2 * c.front, c.dim)
        self.layers = nn.ModuleList(Layer(c.dim, c.heads, c.kernel) for _ in range(c.layers))
        self.norm = nn.LayerNorm(c.dim)
        self.phone_middle = nn.Linear(c.dim, 2 * c.phones)
        self.phone_middle_back = nn.Linear(2 * c.phones, c.dim)
        self.phone_top = nn.Linear(c.dim, 2 * c.phones)
        self.ctc = nn.Linear(c.dim, c.vocab + 1)
        for layer in (*self.front, *self.layers):
            for last in (layer.attention.out, layer.convolution.out, layer.feed[2]):
                nn.init.normal_(last.weight, std=0.5 / math.sqrt(last.in_features * (c.layers + 2)))

    def stem1(self, x):
        """(B, 2 + 3n, 64) normalised -> (B, n, front)."""
        n = (x.shape[1] - 2) // 3
        return F.silu(self.conv1(torch.cat([x[:, k : k + 3 * n - 2 : 3] for k in range(5)], -1)))

    def stem2(self, x):
        """(B, 2 + n, front) -> (B, n, front)."""
        n = x.shape[1] - 2
        return self.conv2(torch.cat([x[:, k : k + n] for k in range(3)], -1))

    def phones(self, x):
        """Phone log-probabilities, and x with the phone posteriors put back in."""
        log_probs = self.phone(self.phone_norm(x)).log_softmax(-1)
        return log_probs, x + self.phone_back(log_probs.exp())

    def phones_again(self, x):
        """The same half-way up: each 60 ms frame tells the phones of its two halves."""
        b, t, _ = x.shape
        log_probs = self.phone_middle(x).reshape(b, 2 * t, -1).log_softmax(-1)
        return log_probs, x + self.phone_middle_back(log_probs.exp().reshape(b, t, -1))

    def heads(self, x):
        """(B,n,d) of the last layer -> piece logits (B,n,vocab+1), phone log-probs (B,2n,40)."""
        x = self.norm(x)
        return self.ctc(x), self.phone_top(x).reshape(x.shape[0], 2 * x.shape[1], -1).log_softmax(-1)

    def forward(self, mel):
        """(B,T,64), T a multiple of 30 -> piece logits (B,T/6,vocab+1), phone log-probs (B,T/3,40) of the first, the second and the last head."""
        c = self.config
        x = (mel - self.mean) * self.scale
        x = self.stem2(F.pad(self.stem1(F.pad(x, (0, 0, 2, 0))), (0, 0, 2, 0)))
        bias = attention_bias(x.shape[1], 10, c.front_left, 0.5, c.heads).to(x)
        for layer in self.front:
            x = layer(x, bias)
        phones, x = self.phones(x)
        b, t, d = x.shape
        x = self.join_pairs(x.reshape(b, t // 2, 2 * d))
        bias = attention_bias(x.shape[1], 5, c.left, 1.0, c.heads).to(x)
        for i, layer in enumerate(self.layers):
            x = layer(x, bias)
            if i == c.middle:
                phones_again, x = self.phones_again(x)
        pieces, phones_top = self.heads(x)
        return pieces, phones, phones_again, phones_top
