"""Trains the router's encoder: first on dialogue (an utterance against its reply), then on intents (supervised contrast).

    python train.py --corpora corpora.json --out run/ [--hold-out] [--pair-steps 1500] [--intent-steps 1500]

With --hold-out, 30 clinc150 intents, a tenth of each other clinc150 and banking77 intent and all of HWU64 are left out,
for evaluate.py; without it everything is used, which is what ships.
"""

import argparse
import json
import pathlib
import time

import torch

from corpora import HELD_OUT_CLINC, split
from encoder import Encoder, bag, seeded
from features import BUCKETS

CORPUS_SHARE = {"clinc": 0.34, "banking": 0.26, "hwu": 0.14, "sgd": 0.12, "multidogo": 0.09, "snips": 0.05}
SPLIT_SEED = 7


def training_intents(everything, hold_out):
    """The corpora as trained on, and what was held out of them."""
    corpora, clinc_val = everything["corpora"], everything["clinc_val"]
    oos_train, oos_val = everything["oos_train"], everything["oos_val"]
    held = {"clinc_intents": [], "clinc_val": clinc_val, "oos_val": oos_val, "banking": {}}
    if not hold_out:
        corpora["clinc"] = {k: v + [t for t, i in clinc_val if i == k] for k, v in corpora["clinc"].items()}
        return corpora, oos_train + oos_val, held
    kept, gone = split(sorted(corpora["clinc"]), HELD_OUT_CLINC / 150, SPLIT_SEED)
    held["clinc_intents"] = sorted(gone)
    held["clinc_unseen"] = {k: corpora["clinc"][k] for k in sorted(gone)}
    corpora["clinc"] = {k: corpora["clinc"][k] for k in sorted(kept)}
    for intent, texts in corpora["banking"].items():
        corpora["banking"][intent], held["banking"][intent] = split(texts, 0.1, SPLIT_SEED)
    held["hwu"] = corpora.pop("hwu")
    return corpora, oos_train, held


def document_frequency(texts):
    """How many utterances each bucket occurs in: (buckets,)."""
    counts = torch.zeros(BUCKETS)
    for text in texts:
        counts[list(set(bag(text)))] += 1
    return counts


def train_pairs(encoder, pairs, steps, rng, batch=192):
    """In-batch softmax: each utterance must find its reply."""
    turn = torch.nn.Parameter(torch.eye(encoder.rows.weight.shape[1]))  # a reply is no paraphrase: a linear map between
    optimizer = torch.optim.Adam([{"params": encoder.parameters(), "lr": 3e-3}, {"params": [turn], "lr": 1e-3}])
    for step in range(steps):
        chosen = [pairs[rng.randrange(len(pairs))] for _ in range(batch)]
        left, right = encoder([bag(a, rng) or [0] for a, _ in chosen]), encoder([bag(b, rng) or [0] for _, b in chosen])
        right = torch.nn.functional.normalize(right @ turn, dim=1)
        scores = left @ right.T / 0.07
        target = torch.arange(batch)
        loss = torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)
        update(optimizer, loss, step, steps, [3e-3, 1e-3])
        if step % 100 == 0:
            print(f"pairs {step} {loss.item():.3f} {time.process_time():.0f} s", flush=True)


def update(optimizer, loss, step, steps, rates):
    for group, rate in zip(optimizer.param_groups, rates):
        group["lr"] = rate * max(0.02, 1.0 - step / steps)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def intent_batch(corpora, oos, rng, intents_max=48, shots=5):
    """Utterances of some intents of one corpus with their class, and out-of-scope ones as classes of their own."""
    names = [name for name in CORPUS_SHARE if name in corpora]
    corpus = rng.choices(names, [CORPUS_SHARE[name] for name in names])[0]
    intents = list(corpora[corpus])
    chosen = rng.sample(intents, min(intents_max, len(intents)))
    bags, classes = [], []
    for number, intent in enumerate(chosen):
        for text in rng.sample(corpora[corpus][intent], min(shots, len(corpora[corpus][intent]))):
            bags.append(bag(text, rng) or [0])
            classes.append(number)
    for extra in range(16):
        bags.append(bag(rng.choice(oos), rng) or [0])
        classes.append(len(chosen) + extra)
    return bags, torch.tensor(classes)


def contrast(vectors, classes, temperature=0.1):
    """Supervised contrast plus leave-one-out prototypes: each utterance is drawn to its class's mean of the others."""
    same = (classes[:, None] == classes[None, :]).float()
    same.fill_diagonal_(0)
    scores = vectors @ vectors.T / temperature
    scores = scores.masked_fill(torch.eye(len(classes), dtype=torch.bool), -1e4)
    log_share = scores - torch.logsumexp(scores, 1, keepdim=True)
    has = same.sum(1) > 0
    pairwise = -((same * log_share).sum(1)[has] / same.sum(1)[has]).mean()
    member = torch.nn.functional.one_hot(classes).float()  # (batch, classes)
    sums = member.T @ vectors
    own = member @ sums - vectors
    means = torch.nn.functional.normalize(sums, dim=1)
    to_means = vectors @ means.T / temperature
    to_own = (vectors * torch.nn.functional.normalize(own, dim=1)).sum(1) / temperature
    to_means = torch.where(member.bool(), to_own[:, None], to_means)
    prototype = torch.nn.functional.cross_entropy(to_means[has], classes[has])
    return pairwise + prototype


def train_intents(encoder, corpora, oos, steps, rng):
    optimizer = torch.optim.Adam(encoder.parameters(), lr=2e-3)
    for step in range(steps):
        bags, classes = intent_batch(corpora, oos, rng)
        loss = contrast(encoder(bags), classes)
        update(optimizer, loss, step, steps, [2e-3])
        if step % 100 == 0:
            print(f"intents {step} {loss.item():.3f} {time.process_time():.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--hold-out", action="store_true")
    parser.add_argument("--pair-steps", type=int, default=1500)
    parser.add_argument("--intent-steps", type=int, default=1500)
    parser.add_argument("--start", help="an encoder.pt whose dialogue stage is reused")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    args.out.mkdir(parents=True, exist_ok=True)
    rng, begin = seeded(3), time.monotonic()
    everything = json.loads(args.corpora.read_text())
    corpora, oos, held = training_intents(everything, args.hold_out)
    print({name: (len(c), sum(map(len, c.values()))) for name, c in corpora.items()})
    if args.start:
        state = torch.load(args.start)
        encoder, frequency = Encoder(state["after_pairs"]), state["frequency"]
    else:
        pairs = everything["pairs"]
        told = [text for corpus in corpora.values() for texts in corpus.values() for text in texts[:25]]
        frequency = document_frequency([a for a, _ in pairs[:12_000]] + told)
        print(f"corpora read, {time.monotonic() - begin:.0f} s", flush=True)
        encoder = Encoder()
        train_pairs(encoder, pairs, args.pair_steps, rng)
    after_pairs = encoder.rows.weight.detach().clone()
    train_intents(encoder, corpora, oos, args.intent_steps, rng)
    rows = encoder.rows.weight.detach()
    torch.save({"rows": rows, "after_pairs": after_pairs, "frequency": frequency}, args.out / "encoder.pt")
    (args.out / "held.json").write_text(json.dumps(held))
    print(f"{time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
