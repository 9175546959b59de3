"""Fits the scorer's 13 numbers on episodes of intents the encoder never saw, and writes the weight file.

    python calibrate.py --encoder run/encoder.pt --scorer held/encoder.pt --held held/held.json --corpora corpora.json --out router_en.bin

--scorer is the encoder trained with --hold-out: a user's own intents are unseen ones, so the scorer must learn on unseen
ones (HWU64, which that encoder left out). --encoder is the one whose rows are written.
"""

import argparse
import json
import pathlib

import numpy as np
import torch

from encoder import bag, seeded
from runtime import EVIDENCE, OUTSIDE, Intents, Weights, idf_codes, outside_features, quantise

EPISODES = 160
QUERIES = 40
# How often a caller's answer is outside the intents that the node expects: the prior of the calibrated probability.
OUTSIDE_SHARE = 0.25


def read(path, score=None, outside=None):
    state = torch.load(path)
    rows, scale = quantise(state["rows"].numpy())
    score = np.array([1, 1, 1, 1, 10.0]) if score is None else score
    outside = np.zeros(OUTSIDE) if outside is None else outside
    return Weights(rows, scale, idf_codes(state["frequency"].numpy()), score, outside)


def episode(weights, corpus, strangers, rng):
    """A random user's intents: evidence for texts inside and outside them. Half of all texts are as a recogniser hears."""
    names = rng.sample(sorted(corpus), rng.choice([2, 3, 5, 8, 12, 20]))
    shots = rng.choice([2, 3, 5, 8, 12])
    examples, owner, queries, truth = [], [], [], []
    for number, name in enumerate(names):
        texts = rng.sample(corpus[name], min(len(corpus[name]), shots + 4))
        examples += texts[:-4]
        owner += [number] * len(texts[:-4])
        queries += texts[-4:]
        truth += [number] * 4
    others = [name for name in corpus if name not in names]
    for _ in range(len(queries) // 2):
        text = rng.choice(strangers) if rng.random() < 0.5 else rng.choice(corpus[rng.choice(others)])
        queries.append(text)
        truth.append(-1)
    chosen = rng.sample(range(len(queries)), min(QUERIES, len(queries)))
    intents = Intents(*weights.encode(examples), owner)
    bags = [bag(queries[i], rng if rng.random() < 0.5 else None) or [0] for i in chosen]
    return intents, intents.evidence(*weights.encode(bags)), np.array([truth[i] for i in chosen])


def fit(weights, corpus, strangers, seed):
    """Minimises the cross-entropy of the right intent, then of in or out of scope."""
    rng = seeded(seed)
    episodes = [episode(weights, corpus, strangers, rng) for _ in range(EPISODES)]
    score = torch.nn.Parameter(torch.full((EVIDENCE,), 5.0))
    inside = [(torch.tensor(e[t >= 0]), torch.tensor(t[t >= 0])) for _, e, t in episodes if (t >= 0).any()]
    def score_loss():
        total = sum(torch.nn.functional.cross_entropy(e @ score, t, reduction="sum") for e, t in inside)
        return total / sum(len(t) for _, t in inside) + 1e-4 * score.square().sum()
    minimise([score], score_loss)
    values = score.detach().numpy()
    scale = float(np.abs(values).max())
    fitted = np.append(values / scale, scale)
    known = [outside_features(e, e @ values, i.shots) for i, e, _ in episodes]
    x = torch.tensor(np.concatenate(known), dtype=torch.float32)
    y = torch.tensor(np.concatenate([t < 0 for _, _, t in episodes]), dtype=torch.float32)
    outside = torch.nn.Parameter(torch.zeros(OUTSIDE))
    weight = torch.where(y > 0, OUTSIDE_SHARE / y.mean(), (1 - OUTSIDE_SHARE) / (1 - y.mean()))
    loss = lambda: torch.nn.functional.binary_cross_entropy_with_logits(x @ outside, y, weight) + 1e-4 * outside.square().sum()
    minimise([outside], loss)
    print("score", np.round(fitted, 3), "outside", np.round(outside.detach().numpy(), 3), "loss", loss().item())
    return fitted, outside.detach().numpy()


def minimise(parameters, loss):
    optimizer = torch.optim.LBFGS(parameters, max_iter=100, line_search_fn="strong_wolfe")
    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value
    optimizer.step(closure)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("encoder", "scorer", "held", "corpora", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    everything, held = json.loads(args.corpora.read_text()), json.loads(args.held.read_text())
    corpus = {name: texts for name, texts in held["hwu"].items() if len(texts) >= 20}
    strangers = everything["oos_train"] + [a for a, _ in everything["pairs"][:3000] if len(a) > 15]
    score, outside = fit(read(args.scorer), corpus, strangers, 21)
    read(args.encoder, score, outside).save(args.out)


if __name__ == "__main__":
    main()
