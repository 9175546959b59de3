"""Fits the decision's 26 numbers on episodes of users' intents, and writes the weight file.

    python calibrate.py --encoder final.pt --unseen held.pt --seen fold0.pt --corpora corpora.json --out router_en.bin
    python calibrate.py --encoder fold0.pt --like router_en.bin --out fold0.bin

--unseen is the encoder that was trained without HWU64: a user's own intents are unseen ones, so most episodes are of HWU64
under that encoder. Some more are of banking77 under the encoder of `train.py --fold 0`, which has seen the intents but not the
texts asked about: they shape the choice between intents, not the one between inside and outside. --like takes the numbers
from another weight file instead.
"""

import argparse
import json
import pathlib

import numpy as np
import torch

from encoder import maybe_heard, seeded
from features import words
from runtime import EVIDENCE, OUTSIDE, Intents, Weights, outside_features, score_weights
from train import fold_of, training_intents

UNSEEN_EPISODES, SEEN_EPISODES = 140, 60
QUERIES = 60
INTENTS = [2, 3, 5, 8, 12, 20, 30, 64, 77]
SHOTS = [1, 2, 3, 5, 8, 12, 25, 60, 100]
# Bound of one episode's examples.
EXAMPLES_MAX = 3000
# How often a caller's answer is outside the intents that the node expects: the prior of the calibrated probability.
OUTSIDE_SHARE = 0.25


def episode(weights, corpus, asked, strangers, rng):
    """A random user's intents: evidence for texts inside and outside them. Half of all texts are as a recogniser hears.

    `asked` has the intents' texts to ask about; where it is the corpus itself, they are not among the examples."""
    shots = rng.choice(SHOTS)
    names = rng.sample(sorted(corpus), rng.choice([n for n in INTENTS if n * shots <= EXAMPLES_MAX and n <= len(corpus)]))
    examples, owner, queries = [], [], []
    for number, name in enumerate(names):
        drawn = rng.sample(asked[name], min(4, len(asked[name])))
        left = [text for text in corpus[name] if text not in drawn]
        given = rng.sample(left, min(len(left), shots))
        examples += given
        owner += [number] * len(given)
        queries += [(text, number) for text in drawn]
    others = [name for name in corpus if name not in names] or [None]
    for _ in range(len(queries) // 2):
        other = rng.choice(others)
        queries.append((rng.choice(strangers) if rng.random() < 0.5 or other is None else rng.choice(corpus[other]), -1))
    chosen = rng.sample(queries, min(QUERIES, len(queries)))
    intents = Intents(*weights.encode(examples), owner)
    told = [maybe_heard(text, rng, 0.35) for text, _ in chosen]
    return intents, intents.evidence(*weights.encode(told)), np.array([number for _, number in chosen])


def fit(unseen, seen):
    """Minimises the cross-entropy of the right intent, then of in or out of scope."""
    score = torch.nn.Parameter(torch.cat([torch.full((EVIDENCE,), 3.0), torch.zeros(2 * EVIDENCE)]))
    inside = [(i, torch.tensor(e[t >= 0]), torch.tensor(t[t >= 0])) for i, e, t in unseen + 2 * seen if (t >= 0).any()]
    # Growth is below one and trust a difference of a tenth or so: their weights are large ones.
    penalty = torch.tensor([1e-5, 1e-6, 1e-8]).repeat_interleave(EVIDENCE)

    def score_loss():
        total = sum(
            torch.nn.functional.cross_entropy(e @ score_weights(score, s), t, reduction="sum") for s, e, t in inside
        )
        return total / sum(len(t) for _, _, t in inside) + (penalty * score.square()).sum()

    minimise([score], score_loss)
    values = score.detach().numpy()
    known = [outside_features(e, e @ score_weights(values, i), i.log_shots) for i, e, _ in unseen]
    x = torch.tensor(np.concatenate(known), dtype=torch.float32)
    y = torch.tensor(np.concatenate([t < 0 for _, _, t in unseen]), dtype=torch.float32)
    outside = torch.nn.Parameter(torch.zeros(OUTSIDE))
    weight = torch.where(y > 0, OUTSIDE_SHARE / y.mean(), (1 - OUTSIDE_SHARE) / (1 - y.mean()))
    loss = lambda: torch.nn.functional.binary_cross_entropy_with_logits(x @ outside, y, weight) + 1e-4 * outside.square().sum()
    minimise([outside], loss)
    right = np.mean(np.concatenate([(e @ score_weights(values, s)).argmax(1) == t.numpy() for s, e, t in
                                    ((s, e.numpy(), t) for s, e, t in inside)]))
    print("score", np.round(values, 2), "outside", np.round(outside.detach().numpy(), 2))
    print(f"right intent {right:.4f}; outside: loss {loss().item():.4f}")
    return np.concatenate([values, outside.detach().numpy()])


def minimise(parameters, loss):
    optimizer = torch.optim.LBFGS(parameters, max_iter=300, line_search_fn="strong_wolfe")
    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value
    optimizer.step(closure)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("encoder", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("unseen", "seen", "corpora", "like"):
        parser.add_argument(f"--{name}", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    final = Weights.trained(torch.load(args.encoder))
    final.decision = Weights.load(args.like).decision if args.like else calibrated(args)
    final.save(args.out)


def calibrated(args):
    everything, rng = json.loads(args.corpora.read_text()), seeded(21)
    corpus = {name: texts for name, texts in everything["corpora"]["hwu"].items() if len(texts) >= 20}
    asked = {name: [t for i, t in enumerate(texts) if fold_of(i) == 0] for name, texts in everything["corpora"]["banking"].items()}
    dialogue = [a for a, _ in everything["pairs"]["sgd"][:3000] if len(words(a)) > 2]
    strangers = everything["oos_train"] + dialogue
    unseen, seen = (Weights.trained(torch.load(path)) for path in (args.unseen, args.seen))
    unseen_episodes = [episode(unseen, corpus, corpus, strangers, rng) for _ in range(UNSEEN_EPISODES)]
    given = training_intents(everything, None, 0)["banking"]
    seen_episodes = [episode(seen, given, asked, strangers, rng) for _ in range(SEEN_EPISODES)]
    return fit(unseen_episodes, seen_episodes).astype(np.float32)


if __name__ == "__main__":
    main()
