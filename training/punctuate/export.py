"""Writes the trained net as int8 for crates/language.

    python export.py --weights net.pt --corpus corpus/ --out punctuate_en.bin

Little-endian: `HPU1`; u32 word rows, affix rows, dims, pair rows, pair dims, width; a scale (f32) for each row of the table, then its
rows of dims i8; one scale for all pair rows, then these as i8; for each layer (near, wide, two memories, signs, cases) its outputs' scales and biases (f32) and weights (outputs, inputs) as i8;
then the words written in mixed case, one a line.
"""

import argparse
import json
import pathlib

import numpy as np
import torch

from features import AFFIX_ROWS, PAIR_ROWS, ROWS, WORD_ROWS
from model import DIMS, PAIR_DIMS, WIDTH, Net

MAGIC = b"HPU1"


def layers(net):
    return [net.near.map, net.wide.map, *(m.map for m in net.memories), net.signs, net.cases]


def quantised(matrix):
    """(scale a row as f32, i8 rows)."""
    matrix = matrix.detach().numpy()
    scale = np.maximum(np.abs(matrix).max(1), 1e-8).astype("<f4") / np.float32(127)
    return scale, np.clip(np.rint(matrix / scale[:, None]), -127, 127).astype(np.int8)


def write(net, mixed, path):
    scale, rows = quantised(net.table.weight)
    parts = [MAGIC, np.array([WORD_ROWS, AFFIX_ROWS, DIMS, PAIR_ROWS, PAIR_DIMS, WIDTH], "<u4").tobytes(), scale.tobytes(), rows.tobytes()]
    scale, rows = quantised(net.pairs.weight[:PAIR_ROWS].reshape(1, -1))
    parts += [scale.tobytes(), rows.tobytes()]
    for layer in layers(net):
        scale, rows = quantised(layer.weight)
        parts += [scale.tobytes(), layer.bias.detach().numpy().astype("<f4").tobytes(), rows.tobytes()]
    parts.append("\n".join(sorted(mixed.values())).encode())
    pathlib.Path(path).write_bytes(b"".join(parts))


def restored(path):
    """A net from net.pt, or from the int8 file with its numbers as the program uses them."""
    net = Net().eval()
    data = pathlib.Path(path).read_bytes()
    if not data.startswith(MAGIC):
        net.load_state_dict(torch.load(path))
        return net
    at = 28

    def take(shape, kind):
        nonlocal at
        out = np.frombuffer(data, kind, int(np.prod(shape)), at).reshape(shape)
        at += out.nbytes
        return torch.from_numpy(out.astype(np.float32))

    with torch.no_grad():
        scale = take((ROWS, 1), "<f4")
        net.table.weight.copy_(take((ROWS, DIMS), "i1") * scale)
        scale = take((1, 1), "<f4")
        net.pairs.weight[:PAIR_ROWS] = take((PAIR_ROWS, PAIR_DIMS), "i1") * scale
        for layer in layers(net):
            scale = take((layer.out_features, 1), "<f4")
            layer.bias.copy_(take((layer.out_features,), "<f4"))
            layer.weight.copy_(take((layer.out_features, layer.in_features), "i1") * scale)
    return net


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--weights", required=True)
    args.add_argument("--corpus", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    mixed = json.load(open(pathlib.Path(args.corpus) / "mixed.json"))
    write(restored(args.weights), mixed, args.out)


if __name__ == "__main__":
    main()
