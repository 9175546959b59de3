"""Trains the punctuation net on one thread.

    python train.py --corpus corpus/ --out net.pt [--epochs 2] [--minutes 40] [--start net.pt]

The table begins with what counting tells of each word (how often each sign follows it, stands before it, ends its
sentence; its case), which saves most of the training. The learning rate falls linearly over the words or the minutes,
whichever is further on; at the end comes the dev figure.
"""

import argparse
import itertools
import json
import pathlib
import random
import time

import numpy as np
import torch
from torch.nn import functional

from features import PAIR_ROWS, ROWS_A_WORD, pair, rows, whole
from model import Net
from score import load, report, score
from spoken import COMMA, PERIOD, QUESTION

BATCH_WORDS = 3500
WINDOW_TURNS = 8000  # sorted by length within a window, so that a batch has little padding


def odds_of(events, places, rows):
    """(rows, events) log-odds of each event in a row against its odds anywhere; rows seldom seen near 0."""
    count, out = np.bincount(places, minlength=rows), []
    for event in events:
        rate = event.mean()
        share = np.minimum((np.bincount(places[event], minlength=rows) + 4 * rate) / (count + 4), 0.999)
        out.append(np.log(share / (1 - share)) - np.log(rate / (1 - rate)))
    return torch.from_numpy(0.5 * np.stack(out, 1).astype(np.float32)), count


def counted(net, table, couples, tokens, labels, offsets):
    """Puts the log-odds of signs and cases that counting gives into the first numbers of each word's first row (the
    commonest word's, where several share it) and into the pairs' rows."""
    kinds, signs, cases = len(table), labels // 3, labels % 3
    final = np.isin(signs, (PERIOD, QUESTION))
    stops = final.copy()
    stops[offsets[1:] - 1] = True
    ends = np.flatnonzero(stops)
    asks = signs[ends[np.searchsorted(ends, np.arange(len(tokens)))]] == QUESTION
    before = np.concatenate([[PERIOD], signs[:-1]])
    before[offsets[:-1]] = PERIOD
    inside = ~np.isin(before, (PERIOD, QUESTION))
    events = [signs == COMMA, signs == PERIOD, signs == QUESTION, before == COMMA, ~inside, asks, inside & (cases == 1), cases == 2]
    odds, count = odds_of(events, tokens, kinds)
    first = torch.from_numpy(table[:, 0].astype(np.int64))
    order = np.argsort(count, kind="stable")  # rare first: the commonest word writes last
    with torch.no_grad():
        net.table.weight[:, :odds.shape[1]] *= 0.1
        order = torch.from_numpy(order[count[order] > 1])
        net.table.weight.numpy()[first[order].numpy(), :odds.shape[1]] = odds[order].numpy()
        odds, _ = odds_of([before == COMMA, ~inside, signs == COMMA, final], couples, PAIR_ROWS + 1)
        net.pairs.weight[:PAIR_ROWS] = odds[:PAIR_ROWS]


def batches(offsets, tokens, labels, table, couples, rng):
    """(words, rows (b, t, 5), pairs (b, t), mask (b, t, 1), labels (b, t)) of about BATCH_WORDS positions, in a random order of turns."""
    count = len(offsets) - 1
    for begin in range(0, count, WINDOW_TURNS):
        window = list(range(begin, min(count, begin + WINDOW_TURNS)))
        window.sort(key=lambda i: int(offsets[i + 1] - offsets[i]))
        groups, group = [], []
        for i in window:
            if group and (len(group) + 1) * int(offsets[i + 1] - offsets[i]) > BATCH_WORDS:
                groups.append(group)
                group = []
            group.append(i)
        groups.append(group)
        rng.shuffle(groups)
        for group in groups:
            lengths = np.array([offsets[i + 1] - offsets[i] for i in group])
            here = np.arange(lengths.max())[None] < lengths[:, None]
            flat = np.concatenate([np.arange(offsets[i], offsets[i + 1]) for i in group])
            ids, two, truth = np.zeros(here.shape, np.int64), np.full(here.shape, PAIR_ROWS), np.zeros(here.shape, np.int64)
            ids[here], two[here], truth[here] = tokens[flat], couples[flat], labels[flat]
            yield len(flat), torch.from_numpy(table[ids]), torch.from_numpy(two), torch.from_numpy(here[..., None].astype(np.float32)), torch.from_numpy(truth)


def loss_of(net, found, two, mask, truth):
    """Cross entropy of signs; of cases inside sentences; at their beginning only capitals against all capitals."""
    signs, cases = net(found, two, mask)
    here = mask[..., 0] > 0
    sign, case = truth // 3, truth % 3
    final = (sign == PERIOD) | (sign == QUESTION)
    begins = torch.cat([torch.ones_like(final[:, :1]), final[:, :-1]], 1)
    inside, first = here & ~begins, here & begins
    logp = torch.log_softmax(cases, 2)
    binary = torch.stack([torch.logsumexp(logp[..., :2], 2), logp[..., 2]], 2)
    total = functional.cross_entropy(signs[here], sign[here], reduction="sum")
    total = total + functional.nll_loss(logp[inside], case[inside], reduction="sum")
    total = total + functional.nll_loss(binary[first], (case[first] == 2).long(), reduction="sum")
    return total / here.sum()


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--corpus", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--words", type=int, default=10**9)
    args.add_argument("--epochs", type=int, default=2)
    args.add_argument("--minutes", type=float, default=40, help="of processor time")
    args.add_argument("--wall-minutes", type=float, default=1e9, help="of the clock, where the machine is shared")
    args.add_argument("--rate", type=float, default=4e-3)
    args.add_argument("--start", help="a net to go on from")
    args.add_argument("--dev-turns", type=int, default=300, help="for the figures on the way")
    args = args.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = random.Random(1)
    folder = pathlib.Path(args.corpus)
    types = json.load(open(folder / "types.json"))
    table = np.array([rows(w) for w in types], np.int32).reshape(-1, ROWS_A_WORD)
    data = np.load(folder / "train.npz")
    tokens, labels, offsets = data["tokens"], data["labels"], data["offsets"]
    hashes = np.array([whole(w) for w in types], np.uint64)[tokens]
    couples = np.concatenate([[PAIR_ROWS], pair(hashes[:-1], hashes[1:])])
    couples[offsets[:-1]] = PAIR_ROWS
    del hashes
    goal = min(args.words, len(tokens) * args.epochs)
    net = Net()
    if args.start:
        net.load_state_dict(torch.load(args.start))
    else:
        counted(net, table, couples, tokens, labels, offsets)
    layers = [p for n, p in net.named_parameters() if n.split(".")[0] not in ("table", "pairs")]
    optimizers = [torch.optim.SparseAdam([net.table.weight, net.pairs.weight], lr=args.rate), torch.optim.Adam(layers, lr=args.rate, betas=(0.9, 0.98))]
    dev = load(folder / "dev.jsonl")[:args.dev_turns]
    step, seen, shown, running, begin, clock = 0, 0, 0, [], time.process_time(), time.monotonic()
    everything = itertools.chain.from_iterable(batches(offsets, tokens, labels, table, couples, rng) for _ in range(args.epochs))
    for count, found, two, mask, truth in everything:
        spent = (time.process_time() - begin) / 60
        left = 1 - max(seen / goal, spent / args.minutes, (time.monotonic() - clock) / 60 / args.wall_minutes)
        if left <= 0:
            break
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = args.rate * left * min(1, (step + 1) / 50)
        loss = loss_of(net, found, two, mask, truth)
        net.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        for optimizer in optimizers:
            optimizer.step()
        step, seen = step + 1, seen + count
        running.append(loss.item())
        if seen - shown >= 400_000:
            shown = seen
            print(f"words {seen / 1e6:.1f} M, loss {np.mean(running):.4f}, {spent:.1f} min, rate {left:.2f}, dev {report(score(net.eval(), dev))}", flush=True)
            running = []
            net.train()
            torch.save(net.state_dict(), args.out)
    torch.save(net.state_dict(), args.out)
    print("dev, all:", report(score(net.eval(), load(folder / "dev.jsonl"))))


if __name__ == "__main__":
    main()
