"""Finds when each phone of the human recordings is spoken: a small frame classifier and Viterbi.

    python align.py LJ.npz OUT.npz FLITE.npz...

The classifier learns phones from the synthetic voices, whose times are exact, aligns the human
recordings, then learns from both and aligns again (three rounds).  Pauses between words are optional.
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import phones

BASE_ID = np.array([phones.BASE.index(phones.base(s)) for s in phones.SYMBOLS])


class Classifier(nn.Module):
    """(B, T, 80) mel -> (B, T, phones)."""

    def __init__(self, width=128):
        super().__init__()
        self.one = nn.Conv1d(80, width, 5, padding=2)
        self.two = nn.Conv1d(width, width, 5, padding=2)
        self.three = nn.Conv1d(width, width, 3, padding=1)
        self.out = nn.Conv1d(width, len(phones.BASE), 1)

    def forward(self, x):
        x = F.relu(self.one(x.transpose(1, 2)))
        x = F.dropout(x, 0.1, self.training)
        x = x + F.relu(self.two(x))
        x = x + F.relu(self.three(x))
        return self.out(x).transpose(1, 2)


def normal(mel):
    mel = mel.astype(np.float32)
    loud = mel.mean(axis=1) > mel.mean() - 1.5
    return (mel - mel[loud].mean(axis=0)) / 2.0


def warp(mel, rng):
    """Stretches the mel axis a little (vocal tract length) and tilts it (channel)."""
    at = np.clip(np.arange(80) * rng.uniform(0.9, 1.12), 0, 79)
    low = at.astype(int)
    high, part = np.minimum(low + 1, 79), (at - low).astype(np.float32)
    tilt = np.linspace(-1, 1, 80, dtype=np.float32) * rng.uniform(-0.4, 0.4)
    return mel[:, low] * (1 - part) + mel[:, high] * part + tilt


def train(model, clips, steps, rng):
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    model.train()
    weight = np.array([c[2] for c in clips])
    weight = weight / weight.sum()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * (1 - step / steps) + 1e-5
        xs, ys = [], []
        for i in rng.choice(len(clips), 16, p=weight):
            mel, label, _ = clips[i]
            start = rng.integers(0, max(1, len(mel) - 160))
            piece, target = warp(mel[start : start + 160], rng), label[start : start + 160]
            short = 160 - len(piece)
            xs.append(np.pad(piece, ((0, short), (0, 0))))
            ys.append(np.pad(target, (0, short), constant_values=-1))
        logits = model(torch.tensor(np.stack(xs)))
        target = torch.tensor(np.stack(ys))
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[2]), target.reshape(-1).long(), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    right = (logits.argmax(2) == target).sum() / (target >= 0).sum()
    print(f"classifier loss {loss.item():.3f} accuracy {right.item():.3f}", flush=True)


def viterbi(scores, ids):
    """Frame scores (T, phones) and symbols -> frames of each symbol; pauses may get none."""
    pause = ids <= len(phones.PAUSES)
    least = np.where(pause, 4, 2)
    owner = np.repeat(np.arange(len(ids)), least)
    first = np.concatenate([[0], np.cumsum(least)[:-1]])
    last = np.cumsum(least) - 1
    states, frames = len(owner), len(scores)
    emit = scores[:, BASE_ID[ids][owner]]
    skip = np.full(states, -1)
    for i in range(2, len(ids)):
        if pause[i - 1]:
            skip[first[i]] = last[i - 2]
    loop = np.zeros(states, bool)
    loop[last] = True
    best = np.full(states, -1e30)
    best[0] = emit[0, 0]
    if pause[0]:
        best[first[1]] = emit[0, first[1]]
    back = np.zeros((frames, states), np.int32)
    here = np.arange(states)
    for t in range(1, frames):
        options = np.stack([np.where(loop, best, -1e30), np.concatenate([[-1e30], best[:-1]]),
                            np.where(skip >= 0, best[skip], -1e30)])
        choice = options.argmax(axis=0)
        best = options[choice, here] + emit[t]
        back[t] = np.where(choice == 0, here, np.where(choice == 1, here - 1, skip))
    state = states - 1
    if pause[-1] and best[last[-2]] > best[state]:
        state = last[-2]
    path = np.empty(frames, int)
    for t in range(frames - 1, -1, -1):
        path[t] = owner[state]
        state = back[t][state]
    return np.bincount(path, minlength=len(ids))


def clip_of(data, row, dur, weight):
    mel = normal(data["mel"][row[0] : row[0] + row[1]])
    ids = data["ids"][row[2] : row[2] + row[3]]
    return mel, np.repeat(BASE_ID[ids], dur)[: len(mel)], weight


def align(model, data, prior):
    model.eval()
    found = []
    for row in data["table"]:
        mel = normal(data["mel"][row[0] : row[0] + row[1]])
        with torch.no_grad():
            scores = F.log_softmax(model(torch.tensor(mel)[None])[0], 1).numpy() - 0.7 * prior
        found.append(viterbi(scores.astype(np.float64), data["ids"][row[2] : row[2] + row[3]]))
    return found


def main():
    torch.set_num_threads(1)
    rng = np.random.default_rng(3)
    human = dict(np.load(sys.argv[1]))
    synthetic = []
    for path in sys.argv[3:]:
        data = np.load(path)
        data = {k: data[k] for k in ("mel", "ids", "dur", "table")}
        synthetic += [clip_of(data, r, data["dur"][r[2] : r[2] + r[3]], 1.0) for r in data["table"][:500]]
    labels = np.concatenate([c[1] for c in synthetic])
    prior = np.log(np.bincount(labels, minlength=len(phones.BASE)) / len(labels) + 1e-4)
    model = Classifier()
    train(model, synthetic, 500, rng)
    for turn in range(3):
        before = None if turn == 0 else found
        found = align(model, human, prior)
        if before is not None:
            moved = np.concatenate([np.abs(np.cumsum(a) - np.cumsum(b)) for a, b in zip(before, found)])
            print(f"round {turn}: boundaries moved by {moved.mean():.2f} frames, {np.mean(moved > 3):.3f} by more than 3")
        if turn < 2:
            own = [clip_of(human, r, d, 6.0) for r, d in zip(human["table"], found)]
            train(model, synthetic + own, 250, rng)
    write(human, found, sys.argv[2])


def write(human, found, path):
    """Drops pauses that were not spoken and stores the durations."""
    keep_ids, keep_place, keep_dur, table = [], [], [], []
    at = 0
    for row, dur in zip(human["table"], found):
        spoken = dur > 0
        part = slice(row[2], row[2] + row[3])
        keep_ids.append(human["ids"][part][spoken])
        keep_place.append(human["place"][part][spoken])
        keep_dur.append(dur[spoken])
        table.append((row[0], row[1], at, spoken.sum(), row[4]))
        at += spoken.sum()
    human.update(ids=np.concatenate(keep_ids), place=np.concatenate(keep_place), dur=np.concatenate(keep_dur), table=np.array(table))
    voiced = {phones.ID[v + s] for v in phones.VOWELS for s in "01"}
    label = np.concatenate([np.repeat(i, d) for i, d in zip(keep_ids, keep_dur)])
    vowel = np.isin(label, list(voiced))
    print(f"{len(table)} clips; vowel frames voiced {human['voiced'][vowel].mean():.3f}, others {human['voiced'][~vowel].mean():.3f}")
    np.savez(path, **human)


if __name__ == "__main__":
    main()
