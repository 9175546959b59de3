"""Trains the model: python train.py --shards DIR --minutes 100 [--threads 1] [--start stable.pt] [--device cuda --batch 65536]

Muon for the matrices, AdamW for the rest; bfloat16 with float32 masters. The learning rate is a function of the share of the
minutes that have passed: warm-up, level, then linear decay. `last.pt` is written every few minutes and continued with if
the command is given again; `stable.pt` is the state before the decay, from which a longer run can go on.
"""

import argparse
import glob
import os
import queue
import random
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F

from model import Config, Model, Pointer
from prompt import MARKS

# Samples that are sorted by length together.
POOL = 6000
DECAY = 0.4


class Muon:
    """Momentum, made orthogonal by five Newton-Schulz steps (Jordan et al. 2024)."""

    def __init__(self, parameters, momentum=0.95, decay=0.02):
        self.parameters, self.momentum, self.decay = parameters, momentum, decay
        self.buffers = [torch.zeros_like(p) for p in parameters]

    def step(self, grads, rate):
        of_shape = {}
        for one in zip(self.parameters, grads, self.buffers):
            of_shape.setdefault(one[0].shape, []).append(one)
        for shape, alike in of_shape.items():
            for _, g, b in alike:
                b.lerp_(g, 1 - self.momentum)
            updates = orthogonal(torch.stack([g.lerp(b, self.momentum).bfloat16() for _, g, b in alike]))
            for (p, _, _), update in zip(alike, updates.float()):
                p.mul_(1 - rate * self.decay)
                p.add_(update, alpha=-rate * max(1.0, shape[0] / shape[1]) ** 0.5)


def orthogonal(g):
    """Of a stack of matrices of one shape."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (g.norm(dim=(1, 2), keepdim=True) + 1e-7)
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    for _ in range(5):
        s = x @ x.mT
        x = a * x + (b * s + c * s @ s) @ x
    return x.mT if tall else x


class Shards:
    """Batches of samples of like length; each shard is one pass. Shards that appear in the folder meanwhile are used before
    any is used again."""

    def __init__(self, folder, seed, batch_tokens, passes=0):
        self.folder, self.rng, self.batch_tokens = folder, random.Random(seed), batch_tokens
        self.used = {path: 1 for path in self.paths()[:passes]}

    def paths(self):
        return sorted(glob.glob(f"{self.folder}/shard*.npz"), key=lambda p: int("".join(filter(str.isdigit, os.path.basename(p)))))

    def __iter__(self):
        while True:
            path = min(self.paths(), key=lambda p: self.used.get(p, 0))
            self.used[path] = self.used.get(path, 0) + 1
            print("reads", path, flush=True)
            shard = np.load(path)
            tokens, weights, starts = shard["tokens"], shard["weights"], shard["starts"]
            order = list(range(len(starts) - 1))
            self.rng.shuffle(order)
            length = np.diff(starts)
            for first in range(0, len(order), POOL):
                chunk = sorted(order[first:first + POOL], key=lambda i: length[i])
                batches, batch = [], []
                for i in chunk:
                    if batch and (len(batch) + 1) * length[i] > self.batch_tokens:
                        batches.append(batch)
                        batch = []
                    batch.append(i)
                batches.append(batch)
                self.rng.shuffle(batches)
                for batch in batches:
                    yield collate(tokens, weights, starts, batch)


def ahead(batches, device, depth=8):
    """The batches on the device, made by a thread of their own."""
    ready = queue.Queue(depth)

    def fill():
        for x, w in batches:
            ready.put((x.to(device), w.to(device)))

    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield ready.get()


def collate(tokens, weights, starts, batch):
    longest = max(starts[i + 1] - starts[i] for i in batch)
    x, w = np.zeros((len(batch), longest), np.int64), np.zeros((len(batch), longest), np.float32)
    for row, i in enumerate(batch):
        n = starts[i + 1] - starts[i]
        x[row, :n], w[row, :n] = tokens[starts[i]:starts[i + 1]], weights[starts[i]:starts[i + 1]] / 10
        begun = np.cumsum(x[row] == CALL) - np.cumsum(x[row] == RESULT)
        w[row] *= np.where((begun > 0) & (w[row] > 0.9), CALL_WEIGHT, 1.0)
    return torch.from_numpy(x), torch.from_numpy(w)


# A call's tokens count more than those of a reply: each of them must be right.
CALL, RESULT = MARKS.index("<|call|>"), MARKS.index("<|result|>")
CALL_WEIGHT = 2.0
# Weight of the pointing heads' loss, and how often a token may have come before to be worth pointing at.
POINTING = 0.3
POINTED_MAX = 8


def pointer_of(x, y, w):
    """What the pointing heads are taught on: tokens of replies and calls that were said before."""
    length = x.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=x.device).tril()
    places = (x[:, None, :] == y[:, :, None]) & causal
    count = places.sum(-1)
    return Pointer(places, (count > 0) & (count <= POINTED_MAX) & (w > 0.9))


def losses(model, x, w):
    """Weighted mean loss, of the replies and calls alone (weight 1), and of pointing."""
    w, y, x = w[:, 1:], x[:, 1:], x[:, :-1]
    pointer = pointer_of(x, y, w)
    states = model.hidden_states(x, pointer=pointer)
    keep = w > 0
    each = F.cross_entropy(model.logits(states[keep]).float(), y[keep], reduction="none")
    w = w[keep]
    return (each * w).sum() / w.sum(), each[w > 0.9].mean().detach(), pointer.loss()


def rate_at(share):
    if share < 0.01:
        return max(share / 0.01, 0.02)
    return min(1.0, max((1 - share) / DECAY, 0.0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shards", required=True)
    parser.add_argument("--out", default=None)
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=6144, help="tokens")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many, to time them")
    parser.add_argument("--start")
    parser.add_argument("--passes", type=int, default=0, help="shards to leave out")
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--heads", type=int, default=6)
    parser.add_argument("--hidden", type=int, default=1024)
    parser.add_argument("--matrix-rate", type=float, default=0.01)
    parser.add_argument("--other-rate", type=float, default=2e-3)
    args = parser.parse_args()
    out = args.out or args.shards
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)

    config = Config(width=args.width, layers=args.layers, heads=args.heads, hidden=args.hidden)
    model = Model(config).to(args.device)
    matrices = [n for n, p in model.named_parameters() if p.ndim == 2 and not n.startswith("embedding")]
    master = {n: p.detach().clone() for n, p in model.named_parameters()}
    for n, p in model.named_parameters():
        if n in matrices:
            p.data = p.data.bfloat16()
    muon = Muon([master[n] for n in matrices])
    others = [n for n in master if n not in matrices]
    adam = torch.optim.AdamW([{"params": [master[n]], "weight_decay": 0.0} for n in others], lr=args.other_rate, betas=(0.9, 0.97))
    if args.compile:
        for block in model.blocks:
            block.compile(dynamic=True)
    state = {"used": 0.0, "step": 0, "tokens": 0}
    start = f"{out}/last.pt" if os.path.exists(f"{out}/last.pt") else args.start
    if start:
        saved = torch.load(start, map_location=args.device)
        for n in master:
            master[n].copy_(saved["master"][n])
        for b, s in zip(muon.buffers, saved["muon"]):
            b.copy_(s)
        adam.load_state_dict(saved["adam"])
        if start.endswith("last.pt"):
            state = saved["state"]
        print("from", start, state, flush=True)
    shards = Shards(args.shards, state["step"], args.batch, args.passes)
    parameters = dict(model.named_parameters())
    sum_loss, sum_learnt, sum_pointing, count, began, saved_at, stable = 0.0, 0.0, 0.0, 0, time.time(), time.time(), state["used"] / args.minutes > 1 - DECAY
    used_before = state["used"]

    def save(name):
        torch.save({"master": master, "muon": muon.buffers, "adam": adam.state_dict(), "state": state, "config": vars(config)}, f"{out}/{name}.tmp")
        os.replace(f"{out}/{name}.tmp", f"{out}/{name}")

    for x, w in ahead(shards, args.device):
        state["used"] = used_before + (time.time() - began) / 60
        share = state["used"] / args.minutes
        if not stable and share > 1 - DECAY:
            stable = True
            save("stable.pt")
        if share >= 1 or args.steps and state["step"] >= args.steps:
            break
        for n, p in parameters.items():
            p.data.copy_(master[n])
            p.grad = None
        loss, learnt, pointing = losses(model, x, w)
        (loss + POINTING * pointing).backward()
        grads = {n: p.grad.float() for n, p in parameters.items()}
        norm = torch.stack(torch._foreach_norm(list(grads.values()))).norm()
        scale = (1.0 / (norm + 1e-6)).clamp(max=1.0)
        rate = rate_at(share)
        for group, n in zip(adam.param_groups, others):
            group["lr"] = args.other_rate * rate
            master[n].grad = grads[n] * scale
        adam.step()
        muon.step([grads[n] for n in matrices], args.matrix_rate * rate)
        state["step"] += 1
        state["tokens"] += x.numel()
        sum_loss, sum_learnt, sum_pointing, count = sum_loss + loss.detach(), sum_learnt + learnt, sum_pointing + pointing.detach(), count + 1
        if state["step"] % 20 == 0:
            print(f"{state['used']:.2f} min step {state['step']} {state['tokens'] / 1e6:.2f} M tokens loss {sum_loss / count:.3f} "
                  f"reply {sum_learnt / count:.3f} pointing {sum_pointing / count:.3f} rate {rate:.2f} norm {norm:.2f}", flush=True)
            sum_loss = sum_learnt = sum_pointing = count = 0
        if time.time() - saved_at > 240:
            saved_at = time.time()
            save("last.pt")
    save("final.pt")
    save("last.pt")


if __name__ == "__main__":
    main()
