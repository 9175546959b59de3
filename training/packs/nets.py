"""Small streaming transducers with the inputs, outputs and metadata of icefall's exports.

`Conformer` can be trained; `Lstm` and `States` (the signatures of zipformer and zipformer2) are for
tests of a loader and keep their seeded weights.
"""
import torch
from torch import nn

MELS, JOIN, BANDS = 80, 32, 10
# Floor of a log-mel feature: ln of the smallest float step, what digital silence gives.
SILENCE = -15.942385


def scaled(x):
    """Log-mels of a signal in [-1, 1], about centred."""
    return (x + 9.0) / 4.0


def bands(x):
    """(..., 80) to (..., 10): eight neighbours averaged, to keep the untrained files small."""
    return scaled(x).reshape(*x.shape[:-1], BANDS, MELS // BANDS).mean(-1)


class Subsample(nn.Module):
    """(N, 4n + 11, 80) to (N, n, dim); the two frames at each end only give context."""

    def __init__(self, dim):
        super().__init__()
        self.first = nn.Conv1d(MELS, dim, 3, stride=2)
        self.second = nn.Conv1d(dim, dim, 3, stride=2)

    def forward(self, x):
        x = torch.relu(self.first(scaled(x).transpose(1, 2)))
        return torch.relu(self.second(x)).transpose(1, 2)[:, 1:-1]


class Layer(nn.Module):
    """Attention over a cache of inputs, causal depthwise convolution, feed-forward."""

    def __init__(self, dim, kernel):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(3))
        self.query, self.key, self.value = (nn.Linear(dim, dim) for _ in range(3))
        self.conv = nn.Conv1d(dim, dim, kernel, groups=dim)
        self.mix = nn.Linear(dim, dim)
        self.wide, self.narrow = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)
        self.dim = dim

    def forward(self, x, attn, conv, hidden):
        # x (N, chunk, dim), attn (left, N, dim), conv (kernel - 1, N, dim), hidden (N, left + chunk)
        y = self.norms[0](x)
        past = torch.cat([attn, y.transpose(0, 1)])
        keys, values = self.key(past).transpose(0, 1), self.value(past).transpose(0, 1)
        scores = self.query(y) @ keys.transpose(1, 2) / self.dim**0.5
        scores = scores.masked_fill(hidden.unsqueeze(1), -1e4)
        x = x + torch.softmax(scores, -1) @ values
        y = torch.cat([conv, self.norms[1](x).transpose(0, 1)])
        mixed = self.conv(y.permute(1, 2, 0)).transpose(1, 2)
        x = x + self.mix(torch.relu(mixed))
        x = x + self.narrow(torch.relu(self.wide(self.norms[2](x))))
        return x, past[-attn.shape[0]:], y[-conv.shape[0]:]


class Conformer(nn.Module):
    """`model_type` conformer: cached_attn, cached_conv and the frames done, which it only reads."""

    LAYERS, LEFT, KERNEL, CHUNK = 2, 16, 7, 8
    T, STEP = 4 * CHUNK + 11, 4 * CHUNK

    def __init__(self, dim=32):
        super().__init__()
        self.embed = Subsample(dim)
        self.layers = nn.ModuleList(Layer(dim, self.KERNEL) for _ in range(self.LAYERS))
        self.proj = nn.Linear(dim, JOIN)
        self.dim = dim

    def states(self, n=1):
        attn = torch.zeros(self.LAYERS, self.LEFT, n, self.dim)
        conv = torch.zeros(self.LAYERS, self.KERNEL - 1, n, self.dim)
        return [attn, conv, torch.zeros(n, dtype=torch.int64)]

    def forward(self, x, cached_attn, cached_conv, processed_lens):
        x = self.embed(x)
        place = torch.arange(self.LEFT).unsqueeze(0)
        empty = place < (self.LEFT - processed_lens).unsqueeze(1)
        hidden = torch.cat([empty, torch.zeros_like(x[:, :, 0]) > 0], 1)
        attns, convs = [], []
        for i, layer in enumerate(self.layers):
            x, attn, conv = layer(x, cached_attn[i], cached_conv[i], hidden)
            attns.append(attn)
            convs.append(conv)
        return self.proj(x), torch.stack(attns), torch.stack(convs)

    @property
    def names(self):
        return ["cached_attn", "cached_conv", "processed_lens"], ["cached_attn", "cached_conv"]

    def batch_axes(self):
        return {"cached_attn": 2, "cached_conv": 2, "processed_lens": 0}

    def metadata(self):
        return {"model_type": "conformer", "num_encoder_layers": self.LAYERS, "T": self.T,
                "decode_chunk_len": self.STEP, "left_context": self.LEFT, "encoder_dim": self.dim,
                "pad_length": 11, "cnn_module_kernel": self.KERNEL}


class Lstm(nn.Module):
    """`model_type` lstm: one chunk is one step of the recurrence, as in icefall."""

    T, STEP = 9 + 4, 4 * 2

    def __init__(self, dim=12):
        super().__init__()
        self.embed = nn.Conv1d(BANDS, dim, 5, stride=4)
        self.lstm = nn.LSTM(dim, dim, 2, batch_first=True)
        self.proj = nn.Linear(dim, JOIN)
        # Loud enough that the words depend on what is heard.
        nn.init.normal_(self.proj.weight, std=4.0)
        self.dim = dim

    def states(self, n=1):
        return [torch.zeros(2, n, self.dim), torch.zeros(2, n, self.dim)]

    def forward(self, x, h0, c0):
        x = torch.relu(self.embed(bands(x).transpose(1, 2))).transpose(1, 2)[:, :2]
        x, (h, c) = self.lstm(x, (h0, c0))
        return self.proj(x), h, c

    @property
    def names(self):
        return ["h0", "c0"], None

    new_names = ["next_h0", "next_c0"]

    def batch_axes(self):
        return {"h0": 1, "c0": 1}

    def metadata(self):
        return {"model_type": "lstm", "num_encoder_layers": 2, "T": self.T,
                "decode_chunk_len": self.STEP, "d_model": self.dim,
                "rnn_hidden_size": self.dim}


class States(nn.Module):
    """The state lists of zipformer (1) and zipformer2 around a net that reads every one of them."""

    T, STEP, DIM, LEFT, KERNEL = 39, 32, 8, 4, 5

    def __init__(self, version):
        super().__init__()
        self.version = version
        self.listed = self.list_one() if version == 1 else self.list_two()
        self.weights = nn.ParameterList(
            nn.Parameter(0.5 * torch.randn(BANDS, 4)) for _ in self.listed)
        self.proj = nn.Linear(BANDS, JOIN)
        self.leak = nn.Parameter(torch.linspace(0.2, 0.8, len(self.listed)))

    def list_one(self):
        """Kind by kind, stack by stack; (name, shape, batch axis, type)."""
        out, layers, f = [], (2, 1), torch.float32
        kinds = [("len", lambda n: (n, 1), torch.int64), ("avg", lambda n: (n, 1, self.DIM), f),
                 ("key", lambda n: (n, self.LEFT, 1, 6), f),
                 ("val", lambda n: (n, self.LEFT, 1, 3), f),
                 ("val2", lambda n: (n, self.LEFT, 1, 3), f),
                 ("conv1", lambda n: (n, 1, self.DIM, self.KERNEL - 1), f),
                 ("conv2", lambda n: (n, 1, self.DIM, self.KERNEL - 1), f)]
        for kind, shape, dtype in kinds:
            axis = 2 if kind in ("key", "val", "val2") else 1
            out += [(f"cached_{kind}_{i}", shape(n), axis, dtype) for i, n in enumerate(layers)]
        return out

    def list_two(self):
        out, f = [], torch.float32
        for i in range(2):
            out += [(f"cached_key_{i}", (self.LEFT, 1, 6), 1, f),
                    (f"cached_nonlin_attn_{i}", (1, 1, self.LEFT, 6), 1, f),
                    (f"cached_val1_{i}", (self.LEFT, 1, 4), 1, f),
                    (f"cached_val2_{i}", (self.LEFT, 1, 4), 1, f),
                    (f"cached_conv1_{i}", (1, self.DIM, self.KERNEL // 2), 0, f),
                    (f"cached_conv2_{i}", (1, self.DIM, self.KERNEL // 2), 0, f)]
        out.append(("embed_states", (1, 4, 3, 19), 0, f))
        out.append(("processed_lens", (1,), 0, torch.int64))
        return out

    def states(self, n=1):
        assert n == 1
        return [torch.zeros(shape, dtype=dtype) for _, shape, _, dtype in self.listed]

    def forward(self, x, *states):
        # Frames 3.. in groups of four, each group averaged: (N, 8, 10).
        grouped = bands(x)[:, 3:35].reshape(x.shape[0], 8, 4, BANDS).mean(2)
        mean = grouped.mean(1)
        total, new = torch.zeros_like(grouped), []
        for i, (state, (_, shape, axis, dtype)) in enumerate(zip(states, self.listed)):
            if dtype == torch.int64:
                total = total + torch.sin(0.1 * state.to(torch.float32).sum() + i)
                new.append(state + 8)
                continue
            drive = torch.tanh(mean @ self.weights[i]).mean()
            ramp = torch.linspace(-1, 1, state.numel()).reshape(shape)
            new.append(torch.tanh(state * self.leak[i] + drive * ramp + 0.1 * drive))
            total = total + (state * ramp).sum() / (1 + i)
        return (self.proj(torch.tanh(grouped + 0.1 * total)), *new)

    @property
    def names(self):
        return [name for name, *_ in self.listed], None

    @property
    def new_names(self):
        return [f"new_{name}" for name, *_ in self.listed]

    def batch_axes(self):
        return {name: axis for name, _, axis, _ in self.listed}

    def metadata(self):
        common = {"T": self.T, "decode_chunk_len": self.STEP}
        if self.version == 1:
            return {"model_type": "zipformer", "encoder_dims": "8,8", "attention_dims": "6,6",
                    "num_encoder_layers": "2,1", "cnn_module_kernels": "5,5",
                    "left_context_len": "4,4", **common}
        return {"model_type": "zipformer2", "encoder_dims": "8,8", "query_head_dims": "3,3",
                "value_head_dims": "2,2", "num_heads": "2,2", "num_encoder_layers": "1,1",
                "cnn_module_kernels": "5,5", "left_context_len": "4,4", **common}


class Decoder(nn.Module):
    """The stateless predictor: the last two tokens, embedded and mixed."""

    CONTEXT = 2

    def __init__(self, vocab, dim=24):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim)
        self.conv = nn.Conv1d(dim, dim, self.CONTEXT)
        self.proj = nn.Linear(dim, JOIN)

    def forward(self, y):
        seen = self.embedding(y.clamp(min=0)) * (y >= 0).unsqueeze(-1)
        return self.proj(torch.relu(self.conv(seen.transpose(1, 2)).squeeze(2)))


class Joiner(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.output = nn.Linear(JOIN, vocab)

    def forward(self, encoder_out, decoder_out):
        return self.output(torch.tanh(encoder_out + decoder_out))
