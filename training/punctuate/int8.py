"""A word net as int8 for crates/language (`word_net`).

Little-endian: a magic of four bytes; u32 word rows, affix rows, dims, pair rows, pair dims, width; a scale (f32) for each row of the table,
then its rows of dims i8; one scale for all pair rows, then these as i8; for each layer (near, wide, two memories, the heads) its outputs'
scales and biases (f32) and weights (outputs, inputs) as i8; then what the caller adds.
"""

import pathlib

import numpy as np
import torch

from features import AFFIX_ROWS, PAIR_ROWS, ROWS, WORD_ROWS
from model import DIMS, PAIR_DIMS, WIDTH


def layers(net, heads):
    return [net.near.map, net.wide.map, *(m.map for m in net.memories), *heads]


def quantised(matrix):
    """(scale a row as f32, i8 rows)."""
    matrix = matrix.detach().numpy()
    scale = np.maximum(np.abs(matrix).max(1), 1e-8).astype("<f4") / np.float32(127)
    return scale, np.clip(np.rint(matrix / scale[:, None]), -127, 127).astype(np.int8)


def write(path, magic, net, heads, tail=b""):
    scale, rows = quantised(net.table.weight)
    parts = [magic, np.array([WORD_ROWS, AFFIX_ROWS, DIMS, PAIR_ROWS, PAIR_DIMS, WIDTH], "<u4").tobytes(), scale.tobytes(), rows.tobytes()]
    scale, rows = quantised(net.pairs.weight[:PAIR_ROWS].reshape(1, -1))
    parts += [scale.tobytes(), rows.tobytes()]
    for layer in layers(net, heads):
        scale, rows = quantised(layer.weight)
        parts += [scale.tobytes(), layer.bias.detach().numpy().astype("<f4").tobytes(), rows.tobytes()]
    pathlib.Path(path).write_bytes(b"".join([*parts, tail]))


def restore(path, magic, net, heads):
    """Fills a net from net.pt, or from the int8 file with its numbers as the program uses them."""
    data = pathlib.Path(path).read_bytes()
    if not data.startswith(magic):
        net.load_state_dict(torch.load(path))
        return net.eval()
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
        for layer in layers(net, heads):
            scale = take((layer.out_features, 1), "<f4")
            layer.bias.copy_(take((layer.out_features,), "<f4"))
            layer.weight.copy_(take((layer.out_features, layer.in_features), "i1") * scale)
    return net.eval()
