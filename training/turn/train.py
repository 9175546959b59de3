"""Trains the turn-end model.

    python train.py --corpus corpus/ --out run/ [--epochs 4]

Writes run/model.pt and run/curve.tsv: epoch, training loss, development loss, ROC-AUC, seconds of processor time.
"""

import argparse
import pathlib
import sys
import time

import numpy as np
import torch

from model import TurnEnd

sys.path.append(str(pathlib.Path(__file__).parent.parent / "vad"))
from score import roc_auc

BATCH = 512


def load(path):
    data = np.load(path)
    keys = ("deep", "dense", "wide", "truth")
    return [torch.from_numpy(data[k].astype(np.int64) if k in ("deep", "wide") else data[k]) for k in keys]


def predict(model, data):
    with torch.no_grad():
        return torch.cat([model(*(t[i : i + 8192] for t in data[:3])) for i in range(0, len(data[3]), 8192)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    args.out.mkdir(parents=True, exist_ok=True)
    train, dev = load(args.corpus / "train.npz"), load(args.corpus / "dev.npz")
    model = TurnEnd()
    # The table's rows are seen at very different rates: Adagrad for it, Adam for the rest.
    table = torch.optim.Adagrad([model.wide.weight], lr=0.05)
    rest = torch.optim.Adam([model.word.weight, *model.hidden.parameters(), *model.out.parameters()], lr=2e-3)
    count, best = len(train[3]), 1e9
    total, step = args.epochs * (count // BATCH + 1), 0
    curve = open(args.out / "curve.tsv", "w", buffering=1)
    for epoch in range(args.epochs):
        order, losses = torch.randperm(count), []
        for start in range(0, count, BATCH):
            pick = order[start : start + BATCH]
            logits = model(*(t[pick] for t in train[:3]))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, train[3][pick])
            # A little decay of the rows in use keeps rare n-grams from being learnt by heart.
            decay = 1e-5 * model.wide.weight[train[2][pick].flatten()].square().sum()
            for group in rest.param_groups:
                group["lr"] = 2e-3 * max(0.05, 1 - step / total)
            rest.zero_grad()
            table.zero_grad()
            (loss + decay).backward()
            rest.step()
            table.step()
            losses.append(loss.item())
            step += 1
        logits = predict(model, dev)
        held = torch.nn.functional.binary_cross_entropy_with_logits(logits, dev[3]).item()
        auc = roc_auc(dev[3].numpy(), logits.numpy())
        line = f"{epoch + 1}\t{np.mean(losses):.4f}\t{held:.4f}\t{auc:.4f}\t{time.process_time():.0f}"
        print(line, flush=True)
        print(line, file=curve)
        if held < best:
            best = held
            torch.save(model.state_dict(), args.out / "model.pt")


if __name__ == "__main__":
    main()
