"""Makes the examples of one part once and keeps them as arrays.

    python corpus.py --text DATA/text --out corpus/ [--turns 120000]

Writes train.npz, dev.npz and test.jsonl (one line a case: text, expect, complete, group's corpus).
"""

import argparse
import json
import pathlib
import random

import numpy as np

from dictated import case
from features import WIDE_BITS, WIDE_MAX, examine
from turns import dialogue_turns, part, podcast_turns, whole_and_cut


def collect(text, limit, rng):
    """Part -> [(source, words, expectation, complete)] ."""
    found = {"train": [], "dev": [], "test": []}
    turns, seen = list(dialogue_turns(text / "dialogue")), {}
    talk = list(podcast_turns(text / "lm/changelog"))
    rng.shuffle(turns)
    rng.shuffle(talk)
    print(f"{len(turns)} dialogue turns, {len(talk)} podcast turns")
    for group, words, expect in turns[:limit] + talk[: limit // 2]:
        # One collection tells a dialogue again after every turn, and tasks repeat sentences: a long turn counts three
        # times at most. A bare "yes" or "no thanks" is as frequent as callers make it, within bounds.
        known = words.lower()
        limit_of = 3 if len(known.split()) > 4 else 150
        if (group, known) in seen or seen.setdefault(known, 0) >= limit_of:
            continue
        seen[known] += 1
        seen[group, known] = 1
        if rng.random() < 0.25:
            expect = "any"
        for example in whole_and_cut(words, expect, rng):
            found[part(group)].append((group.split()[0], *example))
    for name, count in (("train", limit // 2), ("dev", limit // 40), ("test", limit // 40)):
        found[name] += [("dictated", *case(rng)) for _ in range(count)]
    return found


def arrays(examples):
    deep, dense, wide, truth = [], [], np.full((len(examples), WIDE_MAX), 1 << WIDE_BITS, np.int32), []
    for row, (_, words, expect, complete) in zip(wide, examples):
        tail, state, buckets = examine(words, expect)
        row[: len(buckets)] = buckets
        deep.append(tail)
        dense.append(state)
        truth.append(complete)
    return {"deep": np.array(deep, np.int16), "dense": np.array(dense, np.float32), "wide": wide, "truth": np.array(truth, np.float32)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--turns", type=int, default=120_000)
    args = parser.parse_args()
    rng = random.Random(7)
    args.out.mkdir(parents=True, exist_ok=True)
    found = collect(args.text, args.turns, rng)
    for name, examples in found.items():
        print(name, len(examples), "examples,", sum(e[3] for e in examples), "complete", flush=True)
    with open(args.out / "test.jsonl", "w", encoding="utf-8") as out:
        for source, words, expect, complete in found["test"]:
            print(json.dumps({"text": words, "expect": expect, "complete": complete, "source": source}), file=out)
    for name in ("dev", "train"):
        np.savez(args.out / f"{name}.npz", **arrays(found[name]))


if __name__ == "__main__":
    main()
