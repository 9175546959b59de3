"""The weight file: writes it, and puts fitted heads into it. See `crates/language/src/knowledge/encoder.rs` for the layout."""

import struct

import numpy as np
import torch

from features import BUCKETS

RANK, ANSWERABLE, HIDDEN, GROUNDS = 5, 22, 12, 14
ANSWERABLE_FLOATS = 2 * ANSWERABLE + HIDDEN * (ANSWERABLE + 1) + HIDDEN + 1
HEADS = RANK + ANSWERABLE_FLOATS + GROUNDS + 1
IDF_STEP = 0.05
# Before anything is fitted: terms and vectors in equal parts.
PLAIN_RANK = [4.0, 1.0, 2.0, 0.0, 0.0]


def write(path, state, rank=None, answerable=None, grounds=None):
    """state: rows, turn, counts, total as train.py saves; the heads as flat lists, plain ones where they are None."""
    rows, turn = state["rows"].numpy(), state["turn"].numpy()
    scale = np.maximum(np.abs(rows).max(axis=1) / 127.0, 1e-8).astype("<f4")
    idf = state["total"] - np.log(state["counts"] + 1.0)
    codes = np.clip(np.round(idf / IDF_STEP), 0, 255).astype(np.uint8)
    heads = np.zeros(HEADS, "<f4")
    heads[:RANK] = PLAIN_RANK if rank is None else rank
    if answerable is not None:
        heads[RANK : RANK + ANSWERABLE_FLOATS] = answerable
    if grounds is not None:
        heads[RANK + ANSWERABLE_FLOATS :] = grounds
    with open(path, "wb") as out:
        out.write(b"HKR1" + struct.pack("<III", BUCKETS, rows.shape[1], HEADS))
        out.write(heads.tobytes() + struct.pack("<f", state["total"]) + turn.astype("<f4").tobytes())
        out.write(codes.tobytes() + scale.tobytes() + np.round(rows / scale[:, None]).astype(np.int8).tobytes())


def load_state(path):
    return torch.load(path, weights_only=False)
