"""Trains the tagger of personal data on one thread.

    python train.py --corpus CORPUS --out net.pt --minutes 15
"""

import argparse
import itertools
import pathlib
import random
import sys
import time

import numpy as np
import torch
from torch.nn import functional

sys.path.append(str(pathlib.Path(__file__).parent.parent / "punctuate"))
import names
from features import PAIR_ROWS, ROWS_A_WORD, pair, rows, whole
from model import Net

LABELS = "ONAB"
NOBODY_KNOWS = -100
BATCH_WORDS, WINDOW_TURNS = 3500, 8000
WORDS_LOST = 0.1
# Missing a name costs more than blotting out a word too many.
WEIGHTS = torch.tensor([1.0, 1.6, 1.6, 1.6])


def bare(word):
    """A word as the net knows it: letters without accents, hyphens and possessives."""
    word = names.plain(word).strip(".,?!;:\"()¿¡।").replace("-", "")
    word = word[:-2] if word.endswith("'s") else word
    if any(c.isdigit() for c in word):
        return "<digits>"
    return word if word and all("a" <= c <= "z" or c == "'" for c in word) else "<other>"


class TaggerNet(Net):
    """The punctuation's net with one head: the kind of personal data a word belongs to."""

    def __init__(self):
        super().__init__()
        del self.signs, self.cases
        self.kinds = torch.nn.Linear(96, len(LABELS))

    def forward(self, found, two, mask):
        batch, width, each = found.shape
        x = self.table(found.reshape(-1, each)).view(batch, width, -1)
        x = torch.cat([x, self.pairs(two)], 2) * mask
        if self.training:  # words go missing whole, so that their neighbours must do
            x = functional.dropout(x, 0.1) * (torch.rand(batch, width, 1) > WORDS_LOST)
        x = torch.relu(self.near(x)) * mask
        x = x + torch.relu(self.wide(x)) * mask
        for memory in self.memories:
            x = memory(x)
        return self.kinds(x)


def read(path):
    for line in open(path):
        words, labels = line.rstrip("\n").split("\t")
        yield [bare(w) for w in words.split(" ")], [LABELS.find(m) if m in LABELS else NOBODY_KNOWS for m in labels.split(" ")]


class Turns:
    """Turns as arrays: kinds of words, labels, where each begins."""

    def __init__(self, path):
        types, tokens, labels, offsets = {}, [], [], [0]
        for words, marks in read(path):
            tokens += [types.setdefault(w, len(types)) for w in words]
            labels += marks
            offsets.append(len(tokens))
        self.tokens, self.labels, self.offsets = np.array(tokens, np.int32), np.array(labels, np.int64), np.array(offsets)
        self.table = np.array([rows(w) for w in types], np.int32).reshape(-1, ROWS_A_WORD)
        hashes = np.array([whole(w) for w in types], np.uint64)[self.tokens]
        self.couples = np.concatenate([[PAIR_ROWS], pair(hashes[:-1], hashes[1:])])
        self.couples[self.offsets[:-1]] = PAIR_ROWS

    def batches(self, rng):
        count = len(self.offsets) - 1
        order = list(range(count))
        rng.shuffle(order)
        length = lambda i: int(self.offsets[i + 1] - self.offsets[i])
        for begin in range(0, count, WINDOW_TURNS):
            window = sorted(order[begin:begin + WINDOW_TURNS], key=length)
            groups, group = [], []
            for i in window:
                if group and (len(group) + 1) * length(i) > BATCH_WORDS:
                    groups.append(group)
                    group = []
                group.append(i)
            groups.append(group)
            rng.shuffle(groups)
            yield from map(self.batch, groups)

    def batch(self, group):
        lengths = np.array([self.offsets[i + 1] - self.offsets[i] for i in group])
        here = np.arange(lengths.max())[None] < lengths[:, None]
        flat = np.concatenate([np.arange(self.offsets[i], self.offsets[i + 1]) for i in group])
        ids, two, truth = np.zeros(here.shape, np.int64), np.full(here.shape, PAIR_ROWS), np.full(here.shape, NOBODY_KNOWS)
        ids[here], two[here], truth[here] = self.tokens[flat], self.couples[flat], self.labels[flat]
        return len(flat), torch.from_numpy(self.table[ids]), torch.from_numpy(two), torch.from_numpy(here[..., None].astype(np.float32)), torch.from_numpy(truth)


def figures(net, turns, threshold=0.5):
    """Precision and recall of words by kind; a word counts as personal when O has less than `threshold`."""
    net.eval()
    right, found, there = np.zeros(4), np.zeros(4), np.zeros(4)
    with torch.no_grad():
        for _, rows_, two, mask, truth in turns.batches(random.Random(3)):
            chance = torch.softmax(net(rows_, two, mask), 2)
            best = torch.where(chance[..., 0] >= threshold, 0, 1 + chance[..., 1:].argmax(2))
            known = truth != NOBODY_KNOWS
            for kind in range(1, 4):
                right[kind] += ((best == kind) & (truth == kind) & known).sum().item()
                found[kind] += ((best == kind) & known).sum().item()
                there[kind] += (truth == kind).sum().item()
    net.train()
    out = []
    for kind in range(1, 4):
        p, r = right[kind] / max(found[kind], 1), right[kind] / max(there[kind], 1)
        out.append(f"{LABELS[kind]} P {p:.3f} R {r:.3f} F1 {2 * p * r / max(p + r, 1e-9):.3f}")
    return ", ".join(out)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--corpus", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--minutes", type=float, default=15, help="of processor time")
    args.add_argument("--rate", type=float, default=4e-3)
    args.add_argument("--start", help="a net to go on from")
    args.add_argument("--tests", nargs="+", default=["dev", "entities_dev"], help="files of the corpus kept apart; the first is shown on the way")
    args = args.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng, folder = random.Random(1), pathlib.Path(args.corpus)
    train, *tests = (Turns(folder / f"{name}.tsv") for name in ("train", *args.tests))
    net = TaggerNet()
    if args.start:
        net.load_state_dict(torch.load(args.start))
    layers = [p for n, p in net.named_parameters() if n.split(".")[0] not in ("table", "pairs")]
    optimizers = [torch.optim.SparseAdam([net.table.weight, net.pairs.weight], lr=args.rate), torch.optim.Adam(layers, lr=args.rate, betas=(0.9, 0.98))]
    step, seen, shown, losses, begun = 0, 0, 0, [], time.process_time()
    for count, found, two, mask, truth in itertools.chain.from_iterable(train.batches(rng) for _ in itertools.count()):
        spent = (time.process_time() - begun) / 60
        left = 1 - spent / args.minutes
        if left <= 0:
            break
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = args.rate * left * min(1, (step + 1) / 50)
        loss = functional.cross_entropy(net(found, two, mask).flatten(0, 1), truth.flatten(), WEIGHTS, ignore_index=NOBODY_KNOWS)
        net.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step, seen = step + 1, seen + count
        losses.append(loss.item())
        if seen - shown >= 1_000_000:
            shown = seen
            print(f"words {seen / 1e6:.1f} M, loss {np.mean(losses):.4f}, {spent:.1f} min; {args.tests[0]} {figures(net, tests[0])}", flush=True)
            losses = []
            torch.save(net.state_dict(), args.out)
    torch.save(net.state_dict(), args.out)
    for name, test in zip(args.tests, tests):
        print(f"{name}:", figures(net, test))


if __name__ == "__main__":
    main()
