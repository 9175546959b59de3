"""How well is the end of a turn told from a pause, and what does a caller notice of it?

    python evaluate.py --corpus corpus/ --run run/ [--cases ../../crates/language/tests/data/turn.jsonl]

First table: ROC-AUC of P(end) by kind of turn, on conversations kept apart. Second table: the whole endpoint (rules,
probability, waits, as in crates/dialog/src/endpoint.rs) and fixed silences, over the same turns. A turn's end costs the
wait; a pause inside a turn is a false cut-off when it is longer than the wait.

Pauses are log-normal with median 345 ms and a deviation of 0.88 of the logarithm. That curve is fitted to the published
cut-offs of a plain voice-activity endpoint on LiveKit's eot-bench, English: 55.6 % at 300 ms, 21.7 % at 600 ms, 5 % at 1600 ms.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch
from scipy.stats import norm

from features import digits, examine, expectation, words
from model import TurnEnd, arrays, quantised

sys.path.append(str(pathlib.Path(__file__).parent.parent / "vad"))
from score import roc_auc

MEDIAN_MS, SPREAD = 345.0, 0.88
COMPLETE_MS, EVEN_MS, INCOMPLETE_MS = 240.0, 360.0, 1000.0
SURE_PAUSE, EVEN, SURE_END, HANGING_SHARE = 0.1, 0.6, 0.9, 0.5
HANGING = set("a an and are as at because but by can could for from i i'd i'm if in is like my of or our so that's the their to uh um "
              "was with would your er".split())
YES_NO = set("yes yeah yep yup no nope nah sure correct right okay ok absolutely".split())
CLOSING = set("thanks thank please bye goodbye okay".split())
PLAIN = set("yes yeah yep yup no nope nah sure".split())
GREETING = set("hi hello hey good morning afternoon evening day there yes".split())


def longer(wait_ms):
    """Share of pauses longer than this."""
    return norm.sf(np.log(np.asarray(wait_ms) / MEDIAN_MS) / SPREAD)


def by_rule(case):
    """"complete", "incomplete", "likely", "hanging" or "open", as the dialog's rules see it."""
    said, (kind, low, high) = words(case["text"]), expectation(case["expect"])
    hangs = bool(said) and said[-1] in HANGING
    if kind == "digits" and high:
        count = digits(said)
        if 0 < count < low:
            return "incomplete"
        if count >= high:
            return "complete"
    if kind == "any" and said and set(said) <= GREETING and set(said) & {"hi", "hello", "hey", "good"}:
        return "incomplete"
    if kind == "yes_no" and said and said[0] in YES_NO and not hangs:
        return "complete"
    bare = len(said) <= 4 and (set(said) & CLOSING or (len(said) < 3 and said[:1] and said[0] in PLAIN))
    return "hanging" if hangs else "likely" if bare else "open"


def wait(rule, p):
    """Silence to wait in ms; p None: the rules alone."""
    if rule in ("complete", "incomplete"):
        return COMPLETE_MS if rule == "complete" else INCOMPLETE_MS
    if p is None:
        return INCOMPLETE_MS if rule == "hanging" else EVEN_MS
    p = p * HANGING_SHARE if rule == "hanging" else max(p, EVEN) if rule == "likely" else p
    return float(np.interp(p, [SURE_PAUSE, EVEN, SURE_END], [INCOMPLETE_MS, EVEN_MS, COMPLETE_MS]))


def probabilities(model, cases):
    found = []
    with torch.no_grad():
        for start in range(0, len(cases), 4096):
            part = [examine(case["text"], case["expect"]) for case in cases[start : start + 4096]]
            found.append(torch.sigmoid(model(*arrays(part))).numpy())
    return np.concatenate(found)


def line(name, waits, truth):
    """A row of the second table: mean and 90th percentile of the wait at ends, share of pauses cut off."""
    ends, pauses = waits[truth], longer(waits[~truth])
    return f"| {name} | {ends.mean():.0f} ms | {np.percentile(ends, 90):.0f} ms | {pauses.mean() * 100:.1f} % |"


def same_delay(waits, truth):
    """The fixed silence with the same mean wait, and its share of cut-offs."""
    mean = waits[truth].mean()
    return mean, longer(mean) * 100


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=pathlib.Path, required=True)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--cases", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = TurnEnd().eval()
    model.load_state_dict(torch.load(args.run / "model.pt"))
    model = quantised(model)
    sets = {"kept apart": args.corpus / "test.jsonl", "own cases": args.cases}
    for title, path in sets.items():
        if path is None:
            continue
        cases = [json.loads(row) for row in open(path, encoding="utf-8")]
        truth, p = np.array([c["complete"] for c in cases]), probabilities(model, cases)
        rules = [by_rule(case) for case in cases]
        print(f"\n{title}: {len(cases)} cases, {truth.sum()} ends\n\n| turns | cases | ROC-AUC |\n|---|---|---|")
        group = np.array([c.get("source", c["expect"].split(":")[0]) for c in cases])
        for name in ["all", *sorted(set(group))]:
            mask = group == name if name != "all" else np.ones(len(cases), bool)
            print(f"| {name} | {mask.sum()} | {roc_auc(truth[mask], p[mask]):.3f} |")
        print("\n| endpoint | mean wait at an end | 90 % of ends within | pauses cut off |\n|---|---|---|---|")
        for fixed in (240, 360, 500, 700, 1000):
            print(line(f"fixed {fixed} ms", np.full(len(cases), float(fixed)), truth))
        print(line("rules alone", np.array([wait(rule, None) for rule in rules]), truth))
        waits = np.array([wait(rule, value) for rule, value in zip(rules, p)])
        print(line("rules and probability", waits, truth))
        mean, cut = same_delay(waits, truth)
        print(f"\nA fixed silence of the same mean wait ({mean:.0f} ms) cuts off {cut:.1f} %.")


if __name__ == "__main__":
    main()
