"""A small n-gram model over the recogniser's pieces, for the beam search.

What it is: Witten-Bell interpolated n-grams of order 4 of the training sentences (caller turns,
generated turns, training transcripts), pruned by count, in one sorted table. The blank's
index 0 stands for both ends of a sentence.

File: `HSLM`, u32 version 1, u32 order, u32 count, then `count` u64 keys in rising order, `count`
i16 log-probabilities and `count` i16 back-off weights (both in 1/1000 nat).
A key holds the pieces of an n-gram, oldest first, as (index + 1) in 16 bits each.

    python lm.py --texts texts.txt --human HUMAN --pieces pieces.tsv --out asr_lm.bin
"""

import argparse
import collections
import json
import math
import struct

import numpy as np

from pieces import Pieces

ORDER = 4


def count_ngrams(sentences):
    counts = [collections.Counter() for _ in range(ORDER)]
    for pieces in sentences:
        padded = (0,) * (ORDER - 1) + tuple(pieces) + (0,)
        for i in range(ORDER - 1, len(padded)):
            for n in range(ORDER):
                counts[n][padded[i - n : i + 1]] += 1
    return counts


def estimate(counts, least, vocabulary):
    """{ngram: [log p, log back-off]}; the back-off weight of h belongs to the n-gram h itself."""
    total = sum(counts[0].values())
    probability = {(w,): (counts[0].get((w,), 0) + 0.5) / (total + 0.5 * vocabulary) for w in range(vocabulary)}
    backoff = {}
    for n in range(1, ORDER):
        followers, seen, kept = collections.Counter(), collections.Counter(), {}
        for gram, c in counts[n].items():
            followers[gram[:-1]] += 1
            seen[gram[:-1]] += c
            if c >= least[n]:
                kept[gram] = c
        mass = collections.Counter()
        lower_mass = collections.Counter()
        for gram, c in kept.items():
            history = gram[:-1]
            if history not in probability and n > 1:
                continue
            lower = lookup(probability, backoff, gram[1:])
            p = (c + followers[history] * lower) / (seen[history] + followers[history])
            probability[gram] = p
            mass[history] += p
            lower_mass[history] += lower
        for history in mass:
            backoff[history] = max(1e-4, 1 - mass[history]) / max(1e-4, 1 - lower_mass[history])
    return probability, backoff


def lookup(probability, backoff, gram):
    weight = 1.0
    while gram not in probability:
        weight *= backoff.get(gram[:-1], 1.0)
        gram = gram[1:]
    return weight * probability[gram]


def key(gram):
    out = 0
    for piece in gram:
        out = out << 16 | (piece + 1)
    return out


def write(path, probability, backoff):
    # A history may end in an n-gram of its own that was never predicted, such as the start: give it a row.
    grams = sorted(set(probability) | set(backoff), key=key)
    milli = lambda x: max(-32000, min(32000, round(1000 * math.log(x))))
    with open(path, "wb") as f:
        f.write(b"HSLM" + struct.pack("<III", 1, ORDER, len(grams)))
        f.write(np.array([key(g) for g in grams], "<u8").tobytes())
        f.write(np.array([milli(lookup(probability, backoff, g)) for g in grams], "<i2").tobytes())
        f.write(np.array([milli(backoff.get(g, 1.0)) for g in grams], "<i2").tobytes())
    print(len(grams), "n-grams")


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--texts", required=True)
    args.add_argument("--human", required=True)
    args.add_argument("--pieces", required=True)
    args.add_argument("--least", default="1,1,2,3", help="least count kept, by order")
    args.add_argument("--out", required=True)
    args = args.parse_args()
    processor = Pieces(args.pieces)
    texts = [line.strip() for line in open(args.texts)]
    for part in ("so_train", "lj_train"):
        texts += [row[2] for row in json.load(open(f"{args.human}/{part}.json"))]
    sentences = [[i + 1 for i in ids] for ids in map(processor.encode, texts)]
    held, sentences = sentences[::200], [s for i, s in enumerate(sentences) if i % 200]
    probability, backoff = estimate(count_ngrams(sentences), [int(x) for x in args.least.split(",")], len(processor) + 1)
    cost = pieces = 0
    for s in held:
        padded = (0,) * (ORDER - 1) + tuple(s) + (0,)
        for i in range(ORDER - 1, len(padded)):
            cost -= math.log(lookup(probability, backoff, padded[i - ORDER + 1 : i + 1]))
            pieces += 1
    print(f"perplexity {math.exp(cost / pieces):.1f} a piece on every 200th line")
    write(args.out, probability, backoff)


if __name__ == "__main__":
    main()
