"""Writes the encoder's golden case: vectors and rarities that the Rust twin must give from the same weight file.

    python golden.py --weights retrieval_en.bin --out ../../crates/language/tests/golden/retrieval.json
"""

import argparse
import json
import pathlib
import struct

import numpy as np

from export import IDF_STEP
from features import BUCKETS, features, stem, term_bucket, words

TEXTS = [
    "What time do you open on Saturdays?", "Cancellation is free up to 24 hours before.", "wi-fi", "no", "I don\u2019t park \u2014 really",
    "\u00bfD\u00f3nde est\u00e1 mi tarjeta?", "\u092e\u0947\u0930\u093e \u0915\u093e\u0930\u094d\u0921 \u0916\u094b \u0917\u092f\u093e", "x" * 100,
    "stopped stopping cancelled policies classes boxes reservation payment apartments close",
]


def load(path):
    data = open(path, "rb").read()
    buckets, dims, heads = struct.unpack("<III", data[4:16])
    assert data[:4] == b"HKR1" and buckets == BUCKETS
    at = 16 + 4 * (heads + 1)
    turn = np.frombuffer(data, "<f4", dims * dims, at).reshape(dims, dims)
    at += 4 * dims * dims
    idf = np.frombuffer(data, np.uint8, buckets, at)
    scale = np.frombuffer(data, "<f4", buckets, at + buckets)
    rows = np.frombuffer(data, np.int8, buckets * dims, at + 5 * buckets).reshape(buckets, dims)
    return rows * scale[:, None], turn, idf * IDF_STEP


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    rows, turn, idf = load(args.weights)
    cases = []
    for text in TEXTS:
        dense = rows[features(words(text))].sum(axis=0)
        dense /= max(np.linalg.norm(dense), 1e-6)
        passage = dense @ turn
        passage /= max(np.linalg.norm(passage), 1e-6)
        rarity = [round(float(idf[term_bucket(stem(word))]), 4) for word in words(text)]
        told = [[round(float(x), 5) for x in vector] for vector in (dense, passage)]
        cases.append({"text": text, "stems": [stem(word) for word in words(text)], "question": told[0], "passage": told[1], "rarity": rarity})
    args.out.write_text(json.dumps(cases, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
