"""Trains the router's encoder: word vectors, then dialogue (an utterance finds what follows it), then intents.

    python train.py dialogue --corpora corpora.json --words words.npz --out dialogue.pt
    python train.py intents --corpora corpora.json --start dialogue.pt --out encoder.pt [--without banking | --fold 0]

`--without` leaves a corpus out; `--fold` leaves out the test part of that one of five parts of banking77, cut as
`hearsay eval router` does. The validation parts of clinc150 are never trained on.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional

from encoder import DIMS, Encoder, maybe_heard, seeded
from features import BUCKETS, features, word_buckets, words

PAIR_SHARE = {"sgd": 0.3, "star": 0.15, "multidogo": 0.1, "taskmaster": 0.05, "faq": 0.15, "same": 0.25}
CORPUS_SHARE = {"clinc": 0.32, "banking": 0.28, "hwu": 0.16, "sgd": 0.1, "multidogo": 0.08, "snips": 0.06}
FOLDS = 5
INTENTS_IN_BATCH = 48
TEXTS_OF_INTENT = 5
STRANGERS_IN_BATCH = 16


def update(optimizer, loss, step, steps):
    for group in optimizer.param_groups:
        group["lr"] = group["initial"] * max(0.02, 1.0 - step / steps)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def adam(parameters, rate):
    return torch.optim.Adam([{"params": list(parameters), "lr": rate, "initial": rate}], fused=True)


def begin_with_words(encoder, path, steps=500):
    """The rows of a word and of its parts sum to its vector, frequent words being shorter."""
    known = np.load(path)
    vectors, count = known["vectors"][:, :DIMS], known["count"].astype(float)
    share = count / count.sum()
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    vectors = 0.5 * vectors / length * (1e-3 / (1e-3 + share))[:, None]
    target = torch.tensor(vectors, dtype=torch.float32)
    bags = [word_buckets(str(word)) for word in known["words"]]
    odds = np.cumsum(count**0.4) / (count**0.4).sum()
    optimizer, rng = adam([encoder.rows.weight], 5e-3), np.random.default_rng(0)
    for step in range(steps):
        chosen = np.minimum(np.searchsorted(odds, rng.random(2048)), len(bags) - 1)
        loss = (encoder.sums([bags[i] for i in chosen]) - target[chosen]).square().sum(1).mean()
        update(optimizer, loss, step, steps)
    print(f"words: {loss.item():.4f} of {target.square().sum(1).mean():.4f} unexplained", flush=True)


def train_dialogue(encoder, pairs, steps, rng, batch=256):
    """In-batch softmax: each utterance must find what follows it; a paraphrase is found without the map between them."""
    turn = torch.nn.Parameter(torch.eye(DIMS))
    optimizer, begin = adam([*encoder.parameters(), turn], 2e-3), time.monotonic()
    for step in range(steps):
        source = rng.choices(list(PAIR_SHARE), list(PAIR_SHARE.values()))[0]
        chosen = [(words(a)[:30], words(b)[:30]) for a, b in rng.sample(pairs[source], batch)]
        chosen = [(a, b) for a, b in chosen if a and b]
        left = encoder([maybe_heard(" ".join(a), rng, 0.3) for a, _ in chosen])
        right = encoder([b for _, b in chosen])
        if source != "same":
            right = functional.normalize(right @ turn, dim=1)
        scores, target = left @ right.T / 0.06, torch.arange(len(chosen))
        loss = functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)
        update(optimizer, loss, step, steps)
        if step % 100 == 0:
            print(f"dialogue {step} {source} {loss.item():.3f} {time.monotonic() - begin:.0f} s", flush=True)


def fold_of(number):
    """Which part the number-th example of an intent belongs to."""
    return number % FOLDS


def training_intents(everything, without, fold):
    corpora = {name: corpus for name, corpus in everything["corpora"].items() if name != without}
    if fold is not None:
        corpora["banking"] = {
            intent: [text for number, text in enumerate(texts) if fold_of(number) != fold]
            for intent, texts in corpora["banking"].items()
        }
    return corpora


def intent_batch(corpora, strangers, rng):
    """(corpus, word lists, intents' numbers); STRANGERS_IN_BATCH out-of-scope utterances come last, without a number."""
    names = [name for name in CORPUS_SHARE if name in corpora]
    name = rng.choices(names, [CORPUS_SHARE[name] for name in names])[0]
    intents = list(corpora[name].values())
    chosen = rng.sample(range(len(intents)), min(INTENTS_IN_BATCH, len(intents)))
    each = TEXTS_OF_INTENT if len(chosen) >= 30 else max(TEXTS_OF_INTENT, 200 // len(chosen))
    told = [(text, number) for number in chosen for text in rng.sample(intents[number], min(each, len(intents[number])))]
    spoken = [maybe_heard(text, rng, 0.5) for text, _ in told]
    spoken += [maybe_heard(text, rng) for text in rng.sample(strangers, STRANGERS_IN_BATCH)]
    return name, spoken, torch.tensor([number for _, number in told])


def contrast(vectors, classes, temperature=0.1):
    """Supervised contrast plus leave-one-out prototypes: each utterance is drawn to its class's mean of the others."""
    same = (classes[:, None] == classes[None, :]).float()
    same.fill_diagonal_(0)
    scores = vectors @ vectors.T / temperature
    scores = scores.masked_fill(torch.eye(len(classes), dtype=torch.bool), -1e4)
    log_share = scores - torch.logsumexp(scores, 1, keepdim=True)
    has = same.sum(1) > 0
    pairwise = -((same * log_share).sum(1)[has] / same.sum(1)[has]).mean()
    member = functional.one_hot(classes).float()  # (batch, classes)
    sums = member.T @ vectors
    own = member @ sums - vectors
    to_means = vectors @ functional.normalize(sums, dim=1).T / temperature
    to_own = (vectors * functional.normalize(own, dim=1)).sum(1) / temperature
    to_means = torch.where(member.bool(), to_own[:, None], to_means)
    return pairwise + functional.cross_entropy(to_means[has], classes[has])


def train_intents(encoder, corpora, strangers, steps, rng):
    """Each corpus's own classes by a head that is thrown away, and contrast within the batch."""
    heads = torch.nn.ParameterDict({n: torch.nn.Parameter(torch.randn(len(c), DIMS) * 0.1) for n, c in corpora.items()})
    optimizer, begin = adam([*encoder.parameters(), *heads.parameters()], 2e-3), time.monotonic()
    encoder.train()
    for step in range(steps):
        name, spoken, numbers = intent_batch(corpora, strangers, rng)
        vectors = encoder(spoken, dropout=0.2)
        logits = vectors[:-STRANGERS_IN_BATCH] @ functional.normalize(heads[name], dim=1).T / 0.07
        classes = torch.unique(numbers, return_inverse=True)[1]
        classes = torch.cat([classes, classes.max() + 1 + torch.arange(STRANGERS_IN_BATCH)])
        loss = functional.cross_entropy(logits, numbers, label_smoothing=0.05) + contrast(vectors, classes)
        update(optimizer, loss, step, steps)
        if step % 100 == 0:
            print(f"intents {step} {name} {loss.item():.3f} {time.monotonic() - begin:.0f} s", flush=True)
    encoder.eval()


def document_frequency(corpora, pairs):
    """How many utterances each bucket occurs in: (buckets,). The largest count stands for all."""
    counts = torch.zeros(BUCKETS)
    told = [text for corpus in corpora.values() for texts in corpus.values() for text in texts[:40]]
    for text in told + [a for source in pairs.values() for a, _ in source[:3000]]:
        counts[list(set(features(text)))] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=["dialogue", "intents"])
    parser.add_argument("--corpora", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--words", type=pathlib.Path, help="word vectors, for the dialogue stage")
    parser.add_argument("--start", type=pathlib.Path, help="what the dialogue stage wrote, for the intent stage")
    parser.add_argument("--without", help="a corpus to leave out")
    parser.add_argument("--fold", type=int, help="the part of banking77 to leave out")
    parser.add_argument("--steps", type=int, default=2500)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    rng, encoder, everything = seeded(3), Encoder(), json.loads(args.corpora.read_text())
    if args.stage == "dialogue":
        begin_with_words(encoder, args.words)
        train_dialogue(encoder, everything["pairs"], args.steps, rng)
    else:
        encoder.load_state_dict(torch.load(args.start)["encoder"])
        corpora = training_intents(everything, args.without, args.fold)
        dialogue = [a for a, _ in everything["pairs"]["star"] + everything["pairs"]["sgd"][:2000] if len(words(a)) > 5]
        strangers = everything["oos_train"] + seeded(4).sample(dialogue, 400)
        train_intents(encoder, corpora, strangers, args.steps, rng)
    told = training_intents(everything, args.without, args.fold)
    torch.save({"encoder": encoder.state_dict(), "frequency": document_frequency(told, everything["pairs"])}, args.out)


if __name__ == "__main__":
    main()
