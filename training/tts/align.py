"""Finds when each phone of the human recordings is spoken: a small frame classifier and Viterbi.

    python align.py IN.npz OUT.npz TIMED.npz... [--rounds 3] [--weight 1.5]

The classifier learns phones from recordings whose times are known (the synthetic voices', or human ones aligned
before), aligns the new ones, then learns from both and aligns again.  Pauses between words are optional.  Symbols
that English lacks are first taken for the nearest English one.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import phones

BASE_ID = np.array([phones.BASE.index(phones.base(s)) for s in phones.SYMBOLS])
ENGLISH_ID = np.array([phones.BASE.index(phones.NEAR_ENGLISH.get(phones.base(s), phones.base(s))) for s in phones.SYMBOLS])
BANDS = 80  # mel bands that every recording has


SHORT = [phones.ID[s] for s in ("ʰ", "ʱ", "ɾ", "ɽ")]


class Classifier(nn.Module):
    """(B, T, BANDS) mel -> (B, T, phones)."""

    def __init__(self, width=128):
        super().__init__()
        self.one = nn.Conv1d(BANDS, width, 5, padding=2)
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
    mel = mel[:, :BANDS].astype(np.float32)
    loud = mel.mean(axis=1) > mel.mean() - 1.5
    return (mel - mel[loud].mean(axis=0)) / 2.0


def warp(mel, rng):
    """Stretches the mel axis a little (vocal tract length) and tilts it (channel)."""
    at = np.clip(np.arange(BANDS) * rng.uniform(0.9, 1.12), 0, BANDS - 1)
    low = at.astype(int)
    high, part = np.minimum(low + 1, BANDS - 1), (at - low).astype(np.float32)
    tilt = np.linspace(-1, 1, BANDS, dtype=np.float32) * rng.uniform(-0.4, 0.4)
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


def viterbi(scores, ids, classes):
    """Frame scores (T, phones) and symbols -> frames of each symbol; pauses may get none."""
    pause = ids <= len(phones.PAUSES)
    least = np.where(pause, 4, np.where(np.isin(ids, SHORT), 1, 2))
    owner = np.repeat(np.arange(len(ids)), least)
    first = np.concatenate([[0], np.cumsum(least)[:-1]])
    last = np.cumsum(least) - 1
    states, frames = len(owner), len(scores)
    emit = scores[:, classes[ids][owner]]
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


def align(model, data, prior, classes):
    model.eval()
    found = []
    for row in data["table"]:
        mel = normal(data["mel"][row[0] : row[0] + row[1]])
        ids = data["ids"][row[2] : row[2] + row[3]]
        if np.where(ids <= len(phones.PAUSES), 0, 2).sum() >= len(mel):
            found.append(np.zeros(len(ids), int))
            continue
        with torch.no_grad():
            scores = F.log_softmax(model(torch.tensor(mel)[None])[0], 1).numpy() - 0.7 * prior
        found.append(viterbi(scores.astype(np.float64), ids, classes))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("timed", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--weight", type=float, default=1.5, help="of the new recordings beside the timed ones in later rounds")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    rng = np.random.default_rng(3)
    new = dict(np.load(args.data))
    timed = []
    for path in args.timed:
        data = np.load(path)
        data = {k: data[k] for k in ("mel", "ids", "dur", "table")}
        timed += [clip_of(data, r, data["dur"][r[2] : r[2] + r[3]], 1.0) for r in data["table"][:500]]
    labels = np.concatenate([c[1] for c in timed])
    prior = np.log(np.bincount(labels, minlength=len(phones.BASE)) / len(labels) + 3e-3)
    model = Classifier()
    train(model, timed, 600, rng)
    classes = BASE_ID if new["table"][:, 6].max() == 0 else ENGLISH_ID
    found = None
    for turn in range(args.rounds):
        before, found = found, align(model, new, prior, classes)
        if before is not None:
            moved = np.concatenate([np.abs(np.cumsum(a) - np.cumsum(b)) for a, b in zip(before, found)])
            print(f"round {turn}: boundaries moved by {moved.mean():.2f} frames, {np.mean(moved > 3):.3f} by more than 3", flush=True)
        if turn + 1 < args.rounds:
            own = [clip_of(new, r, d, args.weight * len(timed) / len(found)) for r, d in zip(new["table"], found) if d.sum()]
            train(model, timed + own, 500, rng)
            classes = BASE_ID
    write(new, found, args.out)


def write(human, found, path):
    """Drops pauses that were not spoken and stores the durations."""
    keep_ids, keep_place, keep_dur, table, names = [], [], [], [], []
    at = 0
    for row, dur, name in zip(human["table"], found, human["names"]):
        if not dur.sum():
            continue
        spoken = dur > 0
        part = slice(row[2], row[2] + row[3])
        keep_ids.append(human["ids"][part][spoken])
        keep_place.append(human["place"][part][spoken])
        keep_dur.append(dur[spoken])
        table.append((row[0], row[1], at, spoken.sum(), *row[4:]))
        names.append(name)
        at += spoken.sum()
    human.update(ids=np.concatenate(keep_ids), place=np.concatenate(keep_place), dur=np.concatenate(keep_dur), table=np.array(table), names=np.array(names))
    vowel = np.array(["vowel" in phones.features_of(s) for s in phones.SYMBOLS])
    label = np.concatenate([np.repeat(i, d) for i, d in zip(keep_ids, keep_dur)])
    voiced = np.concatenate([human["voiced"][r[0] : r[0] + r[1]] for r in table])
    print(f"{len(table)} clips; vowel frames voiced {voiced[vowel[label]].mean():.3f}, others {voiced[~vowel[label]].mean():.3f}")
    np.savez(path, **human)


if __name__ == "__main__":
    main()
