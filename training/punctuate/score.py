"""Precision, recall and F1 of the signs, and of the cases, on turns kept apart.

    python score.py --weights net.pt --corpus corpus/ dev test test_disturbed sgd_dev_user multidogo_dev

`inner` leaves out the last word of each turn, whose sign is easy. Case is right where the word is cased as written.
"""

import argparse
import json
import pathlib

import numpy as np
import torch

from features import PAIR_ROWS, pairs, rows
from spoken import CAPITAL, PERIOD, QUESTION

ALWAYS = {"i", "i'm", "i'll", "i've", "i'd"}


def load(path):
    """Turns (words, signs, cases) of a JSON-lines file."""
    return [json.loads(line) for line in open(path)]


def decide(signs, cases, words):
    """(signs, cases) of a turn from its logits: a sentence begins with a capital, and so does "I"."""
    signs, cases, begins = signs.argmax(1).tolist(), cases.argmax(1).tolist(), True
    for i, word in enumerate(words):
        if begins or word in ALWAYS:
            cases[i] = max(cases[i], CAPITAL)
        begins = signs[i] in (PERIOD, QUESTION)
    return signs, cases


def predict(net, turns, known={}):
    """The net's (signs, cases) of each turn."""
    out = [None] * len(turns)
    order = sorted(range(len(turns)), key=lambda i: len(turns[i][0]))
    with torch.no_grad():
        for begin in range(0, len(order), 64):
            group = order[begin:begin + 64]
            longest = max(len(turns[i][0]) for i in group)
            found, mask = torch.zeros(len(group), longest, 5, dtype=torch.int64), torch.zeros(len(group), longest, 1)
            two = torch.full((len(group), longest), PAIR_ROWS)
            for n, i in enumerate(group):
                words = turns[i][0]
                found[n, :len(words)] = torch.tensor([known.setdefault(w, rows(w)) for w in words])
                mask[n, :len(words)] = 1
                two[n, :len(words)] = torch.tensor(pairs(words))
            signs, cases = net(found, two, mask)
            for n, i in enumerate(group):
                words = turns[i][0]
                out[i] = decide(signs[n, :len(words)], cases[n, :len(words)], words)
    return out


def score(net, turns):
    """Counts over the turns: (kind, [right, said, true]) of each sign, and (right, all) cases."""
    tally = np.zeros((2, 4, 3), int)
    cases = np.zeros((2, 2), int)
    for (words, signs, truth), (said, cased) in zip(turns, predict(net, turns)):
        for i in range(len(words)):
            for part in (0, 1) if i + 1 < len(words) else (0,):
                tally[part, said[i], 1] += 1
                tally[part, signs[i], 2] += 1
                tally[part, signs[i], 0] += said[i] == signs[i]
            upper = int(truth[i] > 0 or cased[i] > 0)
            cases[0] += cased[i] == truth[i], 1
            cases[1] += (cased[i] == truth[i]) * upper, upper
    return tally, cases


def prf(right, said, true):
    p, r = right / max(said, 1), right / max(true, 1)
    return 100 * p, 100 * r, 200 * p * r / max(p + r, 1e-9)


def report(counts):
    """One line: micro F1, inner micro F1, each sign's P/R/F1, case accuracy."""
    tally, cases = counts
    micro, inner = (prf(*tally[part, 1:].sum(0))[2] for part in (0, 1))
    each = ", ".join(f"{name} " + "/".join(f"{x:.1f}" for x in prf(*tally[0, i])) for i, name in ((1, "comma"), (2, "period"), (3, "question")))
    return f"F1 {micro:.1f} (inner {inner:.1f}); {each}; case {100 * cases[0, 0] / cases[0, 1]:.2f} % (capitals {100 * cases[1, 0] / max(1, cases[1, 1]):.1f} %)"


def main():
    from export import restored
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--weights", required=True, help="net.pt, or the exported punctuate_en.bin")
    args.add_argument("--corpus", required=True)
    args.add_argument("sets", nargs="+")
    args = args.parse_args()
    torch.set_num_threads(1)
    net = restored(args.weights)
    for name in args.sets:
        turns = load(pathlib.Path(args.corpus) / f"{name}.jsonl")
        print(f"{name}: {len(turns)} turns, {sum(len(t[0]) for t in turns)} words: {report(score(net, turns))}")


if __name__ == "__main__":
    main()
