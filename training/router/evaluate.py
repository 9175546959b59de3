"""Figures of the router, beside a linear classifier on the same hashed n-grams.

    python evaluate.py --weights held.bin --held held/held.json --corpora corpora.json

The weights must come from an encoder trained with --hold-out. "heard" repeats the test with recogniser-like corruption.
"""

import argparse
import json
import pathlib
import time

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC

from corpora import split
from encoder import bag, seeded
from runtime import Intents, Weights, decide
from train import SPLIT_SEED


def cut(corpus, shots, seed=3, tests_max=60):
    """(examples, owner, test texts, test truth) with `shots` examples an intent."""
    rng, examples, owner, tests, truth = seeded(seed), [], [], [], []
    for number, name in enumerate(sorted(corpus)):
        texts = rng.sample(corpus[name], len(corpus[name]))
        examples += texts[:shots]
        owner += [number] * len(texts[:shots])
        tests += texts[shots : shots + tests_max]
        truth += [number] * len(texts[shots : shots + tests_max])
    return examples, owner, tests, truth


def report(name, weights, task, strangers=None, heard=False):
    examples, owner, tests, truth = task
    rng = seeded(9)
    bags = [bag(t, rng if heard else None) or [0] for t in tests]
    dense, lexical = weights.encode(examples)
    intents = Intents(dense, lexical, owner)
    test_dense, test_lexical = weights.encode(bags)
    share, none = decide(weights, intents, test_dense, test_lexical)
    row = {"accuracy": np.mean(share.argmax(1) == truth)}
    linear = LinearSVC(C=1.0).fit(lexical, owner)
    margins = linear.decision_function(test_lexical)
    predicted = margins.argmax(1) if margins.ndim > 1 else (margins > 0).astype(int)
    row["linear_accuracy"] = np.mean(predicted == truth)
    proto = (test_dense @ intents.mean_dense.T).argmax(1)
    row["dense_prototypes_only"] = np.mean(proto == truth)
    if strangers:
        far_dense, far_lexical = weights.encode(strangers)
        far_none = decide(weights, intents, far_dense, far_lexical)[1]
        label = np.r_[np.zeros(len(none)), np.ones(len(far_none))]
        row["oos_auroc"] = roc_auc_score(label, np.r_[none, far_none])
        row["oos_auroc_linear"] = roc_auc_score(label, -np.r_[margins.max(1), linear.decision_function(far_lexical).max(1)])
        row["oos_recall_at_0.5"] = np.mean(far_none > 0.5)
        row["rejected_in_scope_at_0.5"] = np.mean(none > 0.5)
    print(name, {k: round(float(v), 4) for k, v in row.items()}, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("weights", "held", "corpora"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--full", action="store_true", help="also with every training example of banking77 and clinc150")
    args = parser.parse_args()
    weights = Weights.load(args.weights)
    everything, held = json.loads(args.corpora.read_text()), json.loads(args.held.read_text())
    unseen, oos = held["clinc_unseen"], held["oos_val"]
    for shots in (3, 5, 10):
        report(f"clinc150, 30 unseen intents, {shots}-shot", weights, cut(unseen, shots), oos)
    report("  the same 10-shot, heard", weights, cut(unseen, 10), oos, heard=True)
    some = {name: unseen[name] for name in seeded(4).sample(sorted(unseen), 6)}
    strangers = [t for name in sorted(unseen) if name not in some for t in unseen[name][:8]]
    report("clinc150, 6 unseen intents, 5-shot, the 24 others as strangers", weights, cut(some, 5), strangers)
    if args.full:
        full(weights, everything, held, oos)
    begin, texts = time.perf_counter(), everything["oos_train"] * 5
    weights.encode(texts)
    print(f"encoding in Python: {(time.perf_counter() - begin) / len(texts) * 1e6:.0f} us an utterance")


def full(weights, everything, held, oos):
    names = sorted(everything["corpora"]["banking"])
    rows = [(split(everything["corpora"]["banking"][n], 0.1, SPLIT_SEED), i) for i, n in enumerate(names)]
    examples = [(t, i) for (rest, _), i in rows for t in rest]
    tests = [(t, i) for (_, out), i in rows for t in out]
    report("banking77, 77 intents, 90/10 split", weights, (*zip(*examples), *zip(*tests)))
    kept = sorted(set(everything["corpora"]["clinc"]) - set(held["clinc_intents"]))
    for label, names in (("120 trained intents", kept), ("150 intents, 30 of them unseen", sorted(everything["corpora"]["clinc"]))):
        number = {name: i for i, name in enumerate(names)}
        examples = [(t, number[n]) for n in names for t in everything["corpora"]["clinc"][n]]
        tests = [(t, number[n]) for t, n in held["clinc_val"] if n in number]
        report(f"clinc150, {label}, official validation", weights, (*zip(*examples), *zip(*tests)), oos)


if __name__ == "__main__":
    main()
