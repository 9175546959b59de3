"""Exports the recogniser as streaming ONNX, int8, and proves it equal to the training forward.

What it is: the same weights in a graph that takes 30 mel frames and explicit caches. The float
graph must match the masked whole-utterance forward to 1e-4; the int8 graph is dynamic, per
channel, on the MatMuls.

    python export.py --checkpoint final.pt --pieces pieces.tsv --out crates/weights/data
"""

import argparse
import os

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from model import Config, Encoder, slopes
from pieces import Pieces


def state_shapes(c):
    """The encoder's caches in order: all start as zeros."""
    k = c.kernel - 1
    return {
        "mel_cache": (1, 2, c.mels),
        "stem_cache": (1, 2, c.front),
        "front_keys": (c.front_layers, c.front_left, c.front),
        "front_values": (c.front_layers, c.front_left, c.front),
        "front_conv": (c.front_layers, k, c.front),
        "front_seen": (1, c.front_left),
        "keys": (c.layers, c.left, c.dim),
        "values": (c.layers, c.left, c.dim),
        "conv": (c.layers, k, c.dim),
        "seen": (1, c.left),
    }


def chunk_bias(chunk, left, scale, heads):
    """(heads, chunk, left + chunk)."""
    distance = (torch.arange(left + chunk)[None] - left - torch.arange(chunk)[:, None]).abs().float() * scale
    return -slopes(heads)[:, None, None] * distance


class Streaming(nn.Module):
    """One chunk of the encoder. `mel_cache` holds normalised frames, so zeros mean the average."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = e = encoder
        c = e.config
        self.register_buffer("front_bias", chunk_bias(10, c.front_left, 0.5, c.heads))
        self.register_buffer("bias", chunk_bias(5, c.left, 1.0, c.heads))

    def attend(self, attention, x, keys, values, bias):
        """x (1,T,d), keys and values (left,d) -> (1,T,d) and the new caches."""
        t, d, h = x.shape[1], x.shape[2], attention.heads
        q, k, v = attention.qkv(x).split(d, -1)
        keys, values = torch.cat([keys, k[0]]), torch.cat([values, v[0]])
        total = keys.shape[0]
        q = q.reshape(t, h, d // h).transpose(0, 1)
        k = keys.reshape(total, h, d // h).permute(1, 2, 0)
        v = values.reshape(total, h, d // h).transpose(0, 1)
        weights = torch.softmax(q @ k * (d // h) ** -0.5 + bias, -1)
        y = (weights @ v).transpose(0, 1).reshape(1, t, d)
        return attention.out(y), keys[t:], values[t:]

    def convolve(self, conv, x, cache):
        first, second = conv.inner(x).chunk(2, -1)
        padded = torch.cat([cache[None], first * torch.sigmoid(second)], 1)
        y = F.conv1d(padded.transpose(1, 2), conv.depth, conv.depth_bias, groups=padded.shape[2])
        return conv.out(F.silu(y.transpose(1, 2))), padded[0, -(conv.kernel - 1) :]

    def stack(self, layers, x, keys, values, conv, seen, bias):
        t = x.shape[1]
        seen = torch.cat([seen, torch.ones(1, t)], 1)
        bias = bias + (seen - 1.0) * 1e4
        out = [], [], []
        for i, layer in enumerate(layers):
            y, k, v = self.attend(layer.attention, layer.norm_attention(x), keys[i], values[i], bias)
            x = x + y
            y, c = self.convolve(layer.convolution, layer.norm_convolution(x), conv[i])
            x = x + y
            x = x + layer.feed(layer.norm_feed(x))
            for rows, row in zip(out, (k, v, c)):
                rows.append(row)
        return x, *(torch.stack(rows) for rows in out), seen[:, t:]

    def forward(self, mel, mel_cache, stem_cache, front_keys, front_values, front_conv, front_seen, keys, values, conv, seen):
        e = self.encoder
        padded = torch.cat([mel_cache, (mel - e.mean) * e.scale], 1)
        stem = torch.cat([stem_cache, e.stem1(padded)], 1)
        x = e.stem2(stem)
        x, fk, fv, fc, fs = self.stack(e.front, x, front_keys, front_values, front_conv, front_seen, self.front_bias)
        _, x = e.phones(x)
        x = e.join_pairs(x.reshape(1, 5, -1))
        below, above = e.layers[: e.config.middle + 1], e.layers[e.config.middle + 1 :]
        n = len(below)
        x, *first, _ = self.stack(below, x, keys[:n], values[:n], conv[:n], seen, self.bias)
        _, x = e.phones_again(x)
        x, *second, s = self.stack(above, x, keys[n:], values[n:], conv[n:], seen, self.bias)
        k, v, c = (torch.cat(pair) for pair in zip(first, second))
        pieces, phones = e.heads(x)
        return pieces.log_softmax(-1), phones, padded[:, -2:], stem[:, -2:], fk, fv, fc, fs, k, v, c, s


def load_model(path):
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Encoder(Config(**state["config"]))
    model.load_state_dict(state["model"])
    return model.eval()


class Onnx:
    """The exported encoder in onnxruntime, chunk by chunk."""

    def __init__(self, path, config):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.shapes = state_shapes(config)

    def __call__(self, mel):
        """(T,64), T a multiple of 30 -> piece log-probs (T/6,vocab+1), phone log-probs (T/3,40)."""
        state = [np.zeros(s, np.float32) for s in self.shapes.values()]
        outs = []
        for at in range(0, len(mel), 30):
            feed = dict(zip(self.shapes, state), mel=mel[None, at : at + 30])
            result = self.session.run(None, feed)
            outs.append(result[:2])
            state = result[2:]
        return [np.concatenate([o[i][0] for o in outs]) for i in range(2)]


def export(model, out):
    """Writes asr_encoder.float.onnx and asr_encoder.onnx (int8); returns their paths."""
    shapes = state_shapes(model.config)
    example = (torch.zeros(1, 30, model.config.mels), *(torch.zeros(s) for s in shapes.values()))
    plain, small = f"{out}/asr_encoder.float.onnx", f"{out}/asr_encoder.onnx"
    names = ["mel", *shapes], ["pieces", "phones", *(f"{n}_out" for n in shapes)]
    torch.onnx.export(Streaming(model).eval(), example, plain, input_names=names[0], output_names=names[1], opset_version=17, dynamo=False)
    quantize_dynamic(plain, small, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"])
    return plain, small


def check(model, plain, quantised):
    """The float graph must equal the training forward; says how far int8 is from it."""
    torch.manual_seed(1)
    mel = torch.randn(1, 30 * 20, model.config.mels) * 2 + model.mean
    with torch.no_grad():
        pieces, _, _, phones = model(mel)
    want = pieces.log_softmax(-1)[0].numpy(), phones[0].numpy()
    got = Onnx(plain, model.config)(mel[0].numpy())
    worst = max(float(np.abs(a - b).max()) for a, b in zip(want, got))
    print(f"float streaming against masked forward: {worst:.1e}")
    assert worst < 1e-4 * max(1.0, float(np.abs(want[0]).max())), worst
    small = Onnx(quantised, model.config)(mel[0].numpy())
    print("int8 against float, mean absolute:", [f"{np.abs(a - b).mean():.3f}" for a, b in zip(want, small)])


def write_tokens(path, config, pieces):
    """State shapes as `#state` lines, then one piece a line; the first is the blank."""
    with open(path, "w", encoding="utf-8") as f:
        for name, shape in state_shapes(config).items():
            f.write(f"#state {name} {' '.join(map(str, shape))}\n")
        f.write("<blank>\n")
        for piece in pieces.list:
            f.write(piece + "\n")


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--checkpoint", required=True)
    args.add_argument("--pieces", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--keep-float", action="store_true")
    args = args.parse_args()
    os.makedirs(args.out, exist_ok=True)
    torch.set_num_threads(1)
    model = load_model(args.checkpoint)
    plain, small = export(model, args.out)
    check(model, plain, small)
    if not args.keep_float:
        os.remove(plain)
    write_tokens(f"{args.out}/asr_tokens.txt", model.config, Pieces(args.pieces))
    onnx.checker.check_model(small)
    print(small, os.path.getsize(small) // 1024, "KiB")


if __name__ == "__main__":
    main()
