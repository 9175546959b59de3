"""Trains the acoustic model and its speaker encoder.

    python acoustic_train.py CHECKPOINTS --seconds 2700 [--shares linda=0.5,rms=0.2] DATA.npz...

L1 on mel, log F0 (voiced frames), log duration, symbol F0 and energy; cross-entropy on voicing; a contrast between
speakers on the encoder; from --adversarial of the steps on, a discriminator of mel patches.  The voice of a window is
encoded from another recording of the speaker.  Half of the windows are warped along the mel axis (with their reference),
which makes speakers that nobody recorded.  Resumes from CHECKPOINTS/acoustic.pt.

With --polish the named speakers' windows are mostly left as they are and get the mean of their vectors, as the shipped
voices do (a second run, with a short schedule of its own; the steps count on).
"""

import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import phones
from acoustic_model import ENERGY_BANDS, FramesNet, Judge, SpeakerEncoder, TextNet, encoder_input
from features import MELS, MEL_BASIS
from vocoder_judge import judge_loss, maker_loss

SHARES = {"linda": 0.27, "male": 0.06, "slt": 0.11, "rms": 0.13, "awb": 0.07, "pico_es": 0.1, "nsk_hi": 0.08, "espeak_es": 0.01,
          "espeak_es_f": 0.01, "espeak_hi": 0.02, "espeak_hi_f": 0.02}  # the others share the rest by their length
HELD_OUT = 12  # each twelfth clip of `linda`, the fifth of the dozen, and the first five of other voices are never trained on
TEXT_CONTEXT = 12  # symbols on each side that the text net sees
REFERENCE_FRAMES = 240
WARPS = np.exp(np.linspace(-0.17, 0.17, 35))


def warp_matrices():
    """(warps, MELS, MELS): log mel -> log mel with all frequencies multiplied."""
    centre = (MEL_BASIS * np.arange(MEL_BASIS.shape[1])).sum(axis=1) / MEL_BASIS.sum(axis=1)
    out = np.zeros((len(WARPS), MELS, MELS), np.float32)
    for i, warp in enumerate(WARPS):
        at = np.interp(centre / warp, centre, np.arange(MELS))
        low = np.minimum(at.astype(int), MELS - 2)
        out[i, low, np.arange(MELS)] = 1 - (at - low)
        out[i, low + 1, np.arange(MELS)] += at - low
    return out


class Corpus:
    """Utterances of all voices, with prosody per symbol."""

    def __init__(self, paths, shares, seed):
        self.items, self.test, self.by_speaker = [], [], {}
        for path in paths:
            data = dict(np.load(path))
            counts = {}
            for row, path in zip(data["table"], data["names"]):
                name = str(data["speakers"][row[4]])
                number = counts[name] = counts.get(name, -1) + 1
                item = self.item(data, row, name)
                item["path"] = str(path)
                held = number % HELD_OUT == 5 if name == "linda" else number < 5 and not name.startswith("so")
                (self.test if held else self.items).append(item)
        for i, item in enumerate(self.items):
            self.by_speaker.setdefault(item["name"], []).append(i)
        size = np.array([len(i["mel"]) for i in self.items], float)
        who = np.array([i["name"] for i in self.items])
        mass, rest = np.zeros(len(self.items)), 1.0
        for name, share in shares.items():
            if (who == name).any():
                mass[who == name] = share * size[who == name] / size[who == name].sum()
                rest -= share
        other = ~np.isin(who, list(shares))
        mass[other] = max(0.0, rest) * size[other] / max(1.0, size[other].sum())
        self.mass = mass / mass.sum()
        self.rng = np.random.default_rng(seed)
        self.means = {}  # speakers to polish, with their mean vectors
        self.warps = warp_matrices()

    def lengths(self):
        """Mean log frames of each symbol."""
        total, count = np.zeros(len(phones.SYMBOLS)), np.zeros(len(phones.SYMBOLS))
        for item in self.items:
            np.add.at(total, item["ids"], np.log(item["dur"]))
            np.add.at(count, item["ids"], 1)
        return ((total + 2.0 * 5) / (count + 5)).astype(np.float32)

    @staticmethod
    def item(data, row, name):
        frames, symbols = slice(row[0], row[0] + row[1]), slice(row[2], row[2] + row[3])
        dur = data["dur"][symbols]
        mel = data["mel"][frames]
        log_f0 = np.log(data["f0"][frames]).astype(np.float32)
        starts = np.concatenate([[0], np.cumsum(dur)[:-1]])
        owner = np.repeat(np.arange(len(dur)), dur)
        inside = np.arange(len(owner)) - starts[owner]
        mean = lambda x: (np.add.reduceat(x, starts) / dur).astype(np.float32)
        item = {"mel": mel, "log_f0": log_f0, "voiced": data["voiced"][frames].astype(np.float32),
                "ids": data["ids"][symbols], "place": data["place"][symbols], "dur": dur, "owner": owner,
                "fraction": ((inside + 0.5) / dur[owner]).astype(np.float32), "phone_f0": mean(log_f0),
                "phone_energy": mean(mel[:, :ENERGY_BANDS].astype(np.float32).mean(axis=1)), "bands": int(row[5]),
                "language": int(row[6]), "name": name}
        item["reference"] = encoder_input(mel)
        return item

    def set_styles(self, lengths):
        """Mean and spread of log F0, energy and rate of each utterance."""
        for item in self.items + self.test:
            spoken = item["ids"] > len(phones.PAUSES)
            voiced = item["voiced"] > 0
            f0 = item["log_f0"][voiced] if voiced.sum() > 5 else item["log_f0"]
            rate = (np.log(item["dur"]) - lengths[item["ids"]])[spoken].mean()
            item["style"] = np.array([f0.mean(), max(0.05, f0.std()), item["phone_energy"][spoken].mean(), rate], np.float32)

    def batch(self, size, window):
        chosen = self.rng.choice(len(self.items), size, p=self.mass)
        pieces = []
        for i in chosen:
            item = self.items[i]
            others = self.by_speaker[item["name"]]
            twin = self.items[others[self.rng.integers(len(others))]]
            pieces.append(self.piece(item, twin, window))
        batch = collate(pieces, window)
        batch["group"] = torch.tensor([hash((self.items[i]["name"], int(p["warp"]))) % (1 << 30) for i, p in zip(chosen, pieces)])
        return batch

    def piece(self, item, twin, window):
        """A random window of an utterance with references of its voice, both warped alike."""
        out = crop(item, window, self.rng)
        mean = self.means.get(item["name"]) if self.rng.random() < 0.85 else None
        out["fixed"] = np.array(mean is not None)
        out["vector"] = np.zeros(64, np.float32) if mean is None else mean
        warp = int(self.rng.integers(len(WARPS))) if mean is None and self.rng.random() < 0.5 else len(WARPS) // 2
        out["warp"] = np.array(warp)
        references = [self.reference(item), self.reference(twin)]
        if warp != len(WARPS) // 2:
            matrix, shift = self.warps[warp], np.float32(np.log(WARPS[warp]))
            out["mel"] = out["mel"] @ matrix
            references = [r @ matrix[:64, :64] for r in references]
            out["log_f0"] = out["log_f0"] + shift
            out["phone_f0"] = out["phone_f0"] + shift
            out["style"] = out["style"] + np.array([shift, 0, 0, 0], np.float32)
        out["references"] = np.stack(references)
        return out

    @torch.no_grad()
    def polish(self, names, encoder):
        """Takes the mean vectors of these speakers from now on."""
        for name in names:
            items = [self.items[i] for i in self.by_speaker[name]][:60]
            vector = np.mean([encoder(torch.tensor(i["reference"])[None])[0].cpu().numpy() for i in items], axis=0)
            self.means[name] = (vector * np.sqrt(len(vector)) / np.linalg.norm(vector)).astype(np.float32)

    def reference(self, item):
        r = item["reference"]
        at = self.rng.integers(0, max(1, len(r) - REFERENCE_FRAMES + 1))
        return np.resize(r[at : at + REFERENCE_FRAMES], (REFERENCE_FRAMES, r.shape[1]))


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
    out.update({k: item[k][frames] for k in ("log_f0", "voiced", "fraction")})
    out["mel"] = item["mel"][frames].astype(np.float32)
    out["owner"], out["mask"] = owner - first, np.ones(len(owner), np.float32)
    out["band_mask"] = (np.arange(MELS) < item["bands"]).astype(np.float32)
    out["style"], out["language"] = item["style"], np.array(item["language"])
    return out


FRAME_FIELDS = ("mel", "log_f0", "voiced", "fraction", "owner", "mask")
WHOLE_FIELDS = ("band_mask", "style", "language", "references", "fixed", "vector")


def collate(pieces, window):
    symbols = max(len(p["ids"]) for p in pieces)
    batch = {}
    for key in pieces[0]:
        if key == "warp":
            continue
        if key in WHOLE_FIELDS:
            batch[key] = torch.tensor(np.stack([p[key] for p in pieces]))
            continue
        size = window if key in FRAME_FIELDS else symbols
        rows = [np.pad(p[key], ((0, size - len(p[key])),) + ((0, 0),) * (p[key].ndim - 1)) for p in pieces]
        batch[key] = torch.tensor(np.stack(rows))
    return batch


def contrast(a, b, group):
    """Each voice's two references are nearer to each other than to other voices'."""
    logits = (a @ b.T) / a.shape[1] * 10
    same = (group.unsqueeze(0) == group.unsqueeze(1)) & ~torch.eye(len(group), dtype=torch.bool, device=group.device)
    return F.cross_entropy(logits.masked_fill(same, -1e4), torch.arange(len(group), device=group.device))


def losses(nets, b):
    keep, inside = b["symbol_mask"], b["mask"]
    count = len(b["ids"])
    vectors = nets["encoder"](b["references"].reshape(2 * count, *b["references"].shape[2:])).view(count, 2, -1)
    style = b["style"]
    speaker = torch.where(b["fixed"].unsqueeze(1), b["vector"], vectors[:, 1])
    hidden, log_dur, phone_f0, phone_energy = nets["text"](b["ids"], b["place"], b["language"], speaker, style, keep.unsqueeze(2))
    keep = b["scored"]
    owner = b["owner"]
    pick = lambda x: torch.gather(x, 1, owner)
    true_log_dur = torch.log(b["dur"].clamp(min=1).float())
    controls = torch.stack([pick(b["phone_f0"]), pick(b["phone_energy"]), b["fraction"], pick(true_log_dur)], dim=2)
    spread = torch.gather(hidden, 1, owner.unsqueeze(2).expand(-1, -1, hidden.shape[2]))
    mel, log_f0, voiced = nets["frames"](spread, controls, speaker, style, inside.unsqueeze(2), (b["log_f0"], b["voiced"]))
    mean = lambda x, m: (x * m).sum() / (m.sum() + 1e-6)
    cells = inside.unsqueeze(2) * b["band_mask"].unsqueeze(1)
    slope = (mel[:, 1:] - mel[:, :-1]) - (b["mel"][:, 1:] - b["mel"][:, :-1])
    unit_f0 = (phone_f0 - b["phone_f0"]).abs() / style[:, 1:2]
    parts = {
        "mel": mean((mel - b["mel"]).abs(), cells),
        "slope": 0.5 * mean(slope.abs(), cells[:, 1:]),
        "f0": 3 * mean((log_f0 - b["log_f0"]).abs(), inside * b["voiced"]),
        "voiced": 0.3 * mean(F.binary_cross_entropy_with_logits(voiced, b["voiced"], reduction="none"), inside),
        "dur": 0.5 * mean((log_dur - true_log_dur).abs(), keep),
        "phone_f0": 0.4 * mean(unit_f0, keep),
        "energy": 0.3 * mean((phone_energy - b["phone_energy"]).abs(), keep),
        "contrast": 0.05 * contrast(vectors[:, 0], vectors[:, 1], b["group"]),
    }
    return parts, mel * cells, b["mel"] * cells


class Contest:
    """The discriminator with its optimiser."""

    def __init__(self, device, rate=4e-4):
        self.judge = Judge().to(device)
        self.optimizer = torch.optim.AdamW(self.judge.parameters(), rate, betas=(0.8, 0.99), weight_decay=0.01)
        self.steps = 0

    def learn(self, made, real):
        """One step of the discriminator; returns its loss and the maker's two losses."""
        own = judge_loss(self.judge(real), self.judge(made.detach()))
        self.optimizer.zero_grad()
        own.backward()
        self.optimizer.step()
        self.steps += 1
        with torch.no_grad():
            reference = self.judge(real)
        verdict, maps = maker_loss(reference, self.judge(made))
        strength = min(1.0, self.steps / 500)
        return {"judge": own.detach(), "verdict": 0.15 * strength * verdict, "maps": 0.5 * strength * maps}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoints")
    parser.add_argument("data", nargs="+")
    parser.add_argument("--seconds", type=float, default=2700, help="of this run")
    parser.add_argument("--steps", type=int, default=12000, help="length of the learning-rate schedule")
    parser.add_argument("--adversarial", type=int, default=7000, help="the step from which on a discriminator judges")
    parser.add_argument("--shares", default="", help="NAME=SHARE,... of the batches instead of the built-in ones")
    parser.add_argument("--polish", default="", help="NAME,... of speakers whose mean vector is to be learnt")
    parser.add_argument("--start", type=int, default=0, help="the step at which this run's schedule began")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--window", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def save(path, nets, optimizer, average, step, contest):
    state = {"model": nets.state_dict(), "optimizer": optimizer.state_dict(), "average": average, "step": step,
             "judge": contest.judge.state_dict(), "judge_optimizer": contest.optimizer.state_dict(), "judge_steps": contest.steps}
    torch.save(state, path + ".new")
    os.replace(path + ".new", path)


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    nets = torch.nn.ModuleDict({"text": TextNet(), "frames": FramesNet(), "encoder": SpeakerEncoder()}).to(args.device)
    optimizer = torch.optim.AdamW(nets.parameters(), args.rate, betas=(0.9, 0.98), weight_decay=0.02)
    average = {k: v.detach().clone() for k, v in nets.state_dict().items()}
    contest = Contest(args.device)
    path, step = os.path.join(args.checkpoints, "acoustic.pt"), 0
    if os.path.exists(path):
        saved = torch.load(path, map_location=args.device, weights_only=False)
        nets.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step = saved["average"], saved["step"]
        contest.judge.load_state_dict(saved["judge"])
        contest.optimizer.load_state_dict(saved["judge_optimizer"])
        contest.steps = saved["judge_steps"]
    shares = {k: float(v) for k, v in (pair.split("=") for pair in args.shares.split(","))} if args.shares else SHARES
    corpus = Corpus(args.data, shares, step)
    if step == 0:
        nets["text"].length.copy_(torch.tensor(corpus.lengths()))
        average["text.length"].copy_(nets["text"].length)
    corpus.set_styles(nets["text"].length.cpu().numpy())
    if args.polish:
        corpus.polish(args.polish.split(","), nets["encoder"])
    torch.manual_seed(step)
    started, saved_at, curve = time.time(), time.time(), []
    while time.time() - started < args.seconds and step < args.steps:
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 100) * max(0.02, 0.5 + 0.5 * np.cos(np.pi * (step - args.start) / (args.steps - args.start)))
        batch = {k: v.to(args.device) for k, v in corpus.batch(args.batch, args.window).items()}
        parts, made, real = losses(nets, batch)
        if step >= args.adversarial:
            parts.update(contest.learn(made, real))
        optimizer.zero_grad()
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(nets.parameters(), 1.0)
        optimizer.step()
        step += 1
        with torch.no_grad():
            keep = min(0.998, step / (step + 20))
            for key, value in nets.state_dict().items():
                average[key].lerp_(value, 1 - keep)
        curve.append({k: v.item() for k, v in parts.items()})
        if step % 50 == 0:
            recent = {k: np.mean([c[k] for c in curve[-50:] if k in c]) for k in parts}
            print(f"step {step} {time.time() - started:.0f} s " + " ".join(f"{k} {v:.3f}" for k, v in recent.items()), flush=True)
        if time.time() - saved_at > 120 or step == args.steps or time.time() - started >= args.seconds:
            saved_at = time.time()
            save(path, nets, optimizer, average, step, contest)


if __name__ == "__main__":
    main()
