"""Trains the acoustic model.

    python acoustic_train.py CHECKPOINTS --seconds 2700 DATA.npz...

L1 on mel, log F0 (voiced frames), log duration, symbol F0 and energy; cross-entropy on voicing.  The
frames net learns from random windows; the text net reads whole sentences.  Resumes from
CHECKPOINTS/acoustic.pt.
"""

import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import phones
from acoustic_model import FramesNet, TextNet

SHARES = {"linda": 0.5, "slt": 0.25, "rms": 0.25}
HELD_OUT_LINDA = 12  # each twelfth clip of the human voice, the fifth of the dozen, is never trained on


class Corpus:
    """Utterances of all voices, with prosody per symbol."""

    def __init__(self, paths, seed):
        self.items, self.test = [], []
        for path in paths:
            data = dict(np.load(path))
            for number, row in enumerate(data["table"]):
                item = self.item(data, row)
                held = number % HELD_OUT_LINDA == 5 if row[4] == 0 else number < 10
                (self.test if held else self.items).append(item)
        size = np.array([len(i["mel"]) for i in self.items], float)
        who = np.array([i["speaker"] for i in self.items])
        mass = np.zeros(len(self.items))
        for s, name in enumerate(phones.SPEAKERS):
            mass[who == s] = SHARES[name] * size[who == s] / max(1, size[who == s].sum())
        self.mass = mass / mass.sum()
        self.rng = np.random.default_rng(seed)

    @staticmethod
    def item(data, row):
        frames, symbols = slice(row[0], row[0] + row[1]), slice(row[2], row[2] + row[3])
        dur = data["dur"][symbols]
        mel = data["mel"][frames].astype(np.float32)
        log_f0 = np.log(data["f0"][frames]).astype(np.float32)
        starts = np.concatenate([[0], np.cumsum(dur)[:-1]])
        owner = np.repeat(np.arange(len(dur)), dur)
        inside = np.arange(len(owner)) - starts[owner]
        mean = lambda x: (np.add.reduceat(x, starts) / dur).astype(np.float32)
        return {"mel": mel, "log_f0": log_f0, "voiced": data["voiced"][frames].astype(np.float32),
                "ids": data["ids"][symbols], "place": data["place"][symbols], "dur": dur, "owner": owner,
                "fraction": ((inside + 0.5) / dur[owner]).astype(np.float32),
                "phone_f0": mean(log_f0), "phone_energy": mean(mel.mean(axis=1)), "speaker": int(row[4])}

    def batch(self, size, window):
        chosen = [self.items[i] for i in self.rng.choice(len(self.items), size, p=self.mass)]
        return collate(chosen, window, self.rng)


TEXT_CONTEXT = 12  # symbols on each side that the text net sees


def crop(item, window, rng):
    """A random window of frames with its symbols and those that the text net sees around them."""
    start = rng.integers(0, max(1, len(item["mel"]) - window + 1))
    frames = slice(start, start + window)
    owner = item["owner"][frames]
    first = max(0, owner[0] - TEXT_CONTEXT)
    symbols = slice(first, owner[-1] + 1 + TEXT_CONTEXT)
    out = {k: item[k][symbols] for k in ("ids", "place", "dur", "phone_f0", "phone_energy")}
    index = np.arange(len(out["ids"])) + first
    out["scored"] = ((index >= owner[0]) & (index <= owner[-1])).astype(np.float32)
    out["symbol_mask"] = np.ones(len(index), np.float32)
    out.update({k: item[k][frames] for k in ("mel", "log_f0", "voiced", "fraction")})
    out["owner"], out["mask"] = owner - first, np.ones(len(owner), np.float32)
    return out


def collate(items, window, rng):
    pieces = [crop(item, window, rng) for item in items]
    symbols = max(len(p["ids"]) for p in pieces)
    batch = {}
    for key in pieces[0]:
        size = window if key in ("mel", "log_f0", "voiced", "fraction", "owner", "mask") else symbols
        rows = [np.pad(p[key], ((0, size - len(p[key])),) + ((0, 0),) * (p[key].ndim - 1)) for p in pieces]
        batch[key] = torch.tensor(np.stack(rows))
    batch["speaker"] = torch.tensor([i["speaker"] for i in items])
    return batch


def losses(text, frames, b):
    keep, inside = b["symbol_mask"], b["mask"]
    hidden, log_dur, phone_f0, phone_energy = text(b["ids"], b["place"], b["speaker"], keep.unsqueeze(2))
    keep = b["scored"]
    owner = b["owner"]
    pick = lambda x: torch.gather(x, 1, owner)
    true_log_dur = torch.log(b["dur"].clamp(min=1).float())
    controls = torch.stack([pick(b["phone_f0"]), pick(b["phone_energy"]), b["fraction"], pick(true_log_dur)], dim=2)
    spread = torch.gather(hidden, 1, owner.unsqueeze(2).expand(-1, -1, hidden.shape[2]))
    mel, log_f0, voiced = frames(spread, controls, b["speaker"], inside.unsqueeze(2))
    mean = lambda x, m: (x * m).sum() / m.sum()
    slope = (mel[:, 1:] - mel[:, :-1]) - (b["mel"][:, 1:] - b["mel"][:, :-1])
    return {
        "mel": mean((mel - b["mel"]).abs().mean(2), inside),
        "slope": 0.5 * mean(slope.abs().mean(2), inside[:, 1:]),
        "f0": 3 * mean((log_f0 - b["log_f0"]).abs(), inside * b["voiced"] + 1e-6),
        "voiced": 0.3 * mean(F.binary_cross_entropy_with_logits(voiced, b["voiced"], reduction="none"), inside),
        "dur": 0.5 * mean((log_dur - true_log_dur).abs(), keep),
        "phone_f0": 2 * mean((phone_f0 - b["phone_f0"]).abs(), keep),
        "energy": 0.3 * mean((phone_energy - b["phone_energy"]).abs(), keep),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoints")
    parser.add_argument("data", nargs="+")
    parser.add_argument("--seconds", type=float, default=2700, help="of the whole run: the learning rate falls over them")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--window", type=int, default=128)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    nets = torch.nn.ModuleDict({"text": TextNet(), "frames": FramesNet()}).to(args.device)
    optimizer = torch.optim.AdamW(nets.parameters(), 1.5e-3, betas=(0.9, 0.98), weight_decay=0.02)
    average = {k: v.detach().clone() for k, v in nets.state_dict().items()}
    path, step, spent = os.path.join(args.checkpoints, "acoustic.pt"), 0, 0.0
    if os.path.exists(path):
        saved = torch.load(path, map_location=args.device, weights_only=False)
        nets.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step, spent = saved["average"], saved["step"], saved["spent"]
    corpus = Corpus(args.data, step)
    started, saved_at, curve = time.time() - spent, time.time(), []
    while spent < args.seconds:
        for group in optimizer.param_groups:
            group["lr"] = 1.5e-3 * min(1, (step + 1) / 100) * max(0.02, 0.5 + 0.5 * np.cos(np.pi * spent / args.seconds))
        batch = {k: v.to(args.device) for k, v in corpus.batch(args.batch, args.window).items()}
        parts = losses(nets["text"], nets["frames"], batch)
        optimizer.zero_grad()
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(nets.parameters(), 1.0)
        optimizer.step()
        step += 1
        with torch.no_grad():
            keep = min(0.998, step / (step + 20))
            for key, value in nets.state_dict().items():
                average[key].lerp_(value, 1 - keep)
        spent = time.time() - started
        curve.append([v.item() for v in parts.values()])
        if step % 50 == 0:
            recent = np.mean(curve[-50:], axis=0)
            print(f"step {step} {spent:.0f} s " + " ".join(f"{k} {v:.3f}" for k, v in zip(parts, recent)), flush=True)
        if time.time() - saved_at > 120 or spent >= args.seconds:
            saved_at = time.time()
            torch.save({"model": nets.state_dict(), "optimizer": optimizer.state_dict(), "average": average, "step": step, "spent": spent}, path + ".new")
            os.replace(path + ".new", path)


if __name__ == "__main__":
    main()
