"""Trains the DDSP vocoder.

    python vocoder_train.py CHECKPOINTS DATA.npz... --seconds 2400

Loss: log-magnitude L1 plus spectral convergence at four resolutions, as an energy distance over two
noise draws y, y' of one input: d(y, x) + d(y', x) - d(y, y').  From --adversarial of the steps on, discriminators
(`vocoder_judge.py`) judge the sound as well.  Resumes from CHECKPOINTS/vocoder.pt.
"""

import argparse
import os
import time

import numpy as np
import torch

from features import HOP, LOG_FLOOR
from vocoder_judge import judge_loss, judges, maker_loss
from vocoder_model import Vocoder, synthesise

RESOLUTIONS = ((2048, 512), (1024, 256), (512, 128), (256, 64))
EDGE = 6  # frames of real context on both sides of the scored segment


class Batches:
    """Random segments of the training clips: mel, log F0, voicing, pulse source, wave."""

    def __init__(self, path, frames, weights, seed):
        data = np.load(path)
        self.fields = {k: data[k] for k in ("wave", "mel", "f0", "voiced", "pulse")}
        table = data["table"]
        self.table = table[(table[:, 3] == 0) & (table[:, 1] > frames + 2 * EDGE + 2)]
        self.test = table[table[:, 3] == 1]
        mass = np.array([weights[s] for s in self.table[:, 2]]) * self.table[:, 1]
        # Mass per source first, then by length inside it.
        for s in range(3):
            inside = self.table[:, 2] == s
            mass[inside] *= weights[s] / max(1e-9, mass[inside].sum())
        self.cdf = np.cumsum(mass / mass.sum())
        self.frames, self.rng = frames, np.random.default_rng(seed)

    def slice(self, first, count):
        f = self.fields
        frames, samples = slice(first, first + count), slice(first * HOP, (first + count) * HOP)
        return (f["mel"][frames].astype(np.float32), np.log(f["f0"][frames]).astype(np.float32), f["voiced"][frames],
                f["pulse"][samples].astype(np.float32), f["wave"][samples].astype(np.float32))

    def batch(self, size, device):
        rows = []
        count = self.frames + 2 * EDGE
        while len(rows) < size:
            clip = self.table[min(np.searchsorted(self.cdf, self.rng.random()), len(self.table) - 1)]
            mel, f0, voiced, pulse, wave = self.slice(clip[0] + self.rng.integers(0, clip[1] - count), count)
            gain = float(np.exp(self.rng.uniform(-0.7, 0.5)))
            rows.append((np.maximum(mel + np.float32(np.log(gain)), np.float32(LOG_FLOOR)), f0, voiced, pulse, wave * gain))
        return [torch.tensor(np.stack(column)).to(device) for column in zip(*rows)]


def log_spectra(wave, resolutions=RESOLUTIONS):
    """One log-magnitude and one magnitude spectrogram per resolution."""
    out = []
    for size, hop in resolutions:
        s = torch.stft(wave, size, hop, size, torch.hann_window(size, device=wave.device), return_complex=True)
        power = s.real**2 + s.imag**2
        scale = float(np.sqrt(size * 0.375))
        magnitude = torch.sqrt(power + 1e-9 * size) / scale
        out.append((torch.log(magnitude + 1e-5), magnitude))
    return out


def distance(a, b, reference):
    """Log L1 plus spectral convergence, with the norm of `reference`."""
    total = 0.0
    for (la, ma), (lb, mb), (_, mr) in zip(a, b, reference):
        total = total + (la - lb).abs().mean() + (ma - mb).norm() / (mr.norm() + 1e-3)
    return total / len(a)


def step_loss(model, batch, generator):
    mel, f0, voiced, pulse, wave = batch
    filters = model(mel, f0, voiced)
    inner = slice(EDGE * HOP, -EDGE * HOP)
    # Both draws share filters and pulses; only the noise differs.
    noises = [torch.randn(wave.shape, generator=generator, device=wave.device) for _ in range(2)]
    made = [y[:, inner] for y in synthesise(filters, pulse, noises)]
    # Two of the four resolutions at a step: half the work, the same expectation.
    chosen = [RESOLUTIONS[i] for i in torch.randperm(len(RESOLUTIONS))[:2].tolist()]
    spectra = log_spectra(torch.cat(made + [wave[:, inner]]), chosen)
    n = len(wave)
    y, y2, x = ([(l[i * n : (i + 1) * n], m[i * n : (i + 1) * n]) for l, m in spectra] for i in range(3))
    near = distance(y, x, x)
    return near + distance(y2, x, x) - distance(y, y2, x), near.detach(), made[0], wave[:, inner]


class Contest:
    """The discriminators with their optimiser; one of them, drawn at random, judges each step."""

    def __init__(self, device, rate):
        self.judges = judges().to(device)
        self.optimizer = torch.optim.AdamW(self.judges.parameters(), rate, betas=(0.8, 0.99), weight_decay=0.01)
        self.rate, self.steps = rate, 0

    def learn(self, made, real):
        """One step of a discriminator; returns what the vocoder is to lose to it."""
        judge = self.judges[int(torch.randint(len(self.judges), (1,)))]
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * min(1, (self.steps + 1) / 200)
        self.steps += 1
        own = judge_loss(judge(real), judge(made.detach()))
        self.optimizer.zero_grad()
        own.backward()
        self.optimizer.step()
        with torch.no_grad():
            reference = judge(real)
        verdict, maps = maker_loss(reference, judge(made))
        return own.item(), verdict, maps

    def state(self):
        return {"judges": self.judges.state_dict(), "optimizer": self.optimizer.state_dict(), "steps": self.steps}

    def load(self, saved):
        self.judges.load_state_dict(saved["judges"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.steps = saved["steps"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoints")
    parser.add_argument("data", nargs="+")
    parser.add_argument("--seconds", type=float, default=2400)
    parser.add_argument("--steps", type=int, default=6000, help="length of the learning-rate schedule")
    parser.add_argument("--adversarial", type=int, default=3000, help="the step from which on discriminators judge")
    parser.add_argument("--start", type=int, default=0, help="the step at which this run's schedule began")
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=56)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def main():
    args = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = Vocoder(args.width).to(args.device)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    contest = Contest(args.device, 1e-3)
    path, step = os.path.join(args.checkpoints, "vocoder.pt"), 0
    if os.path.exists(path):
        saved = torch.load(path, map_location=args.device, weights_only=False)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step = saved["average"], saved["step"]
        contest.load(saved["contest"])
    torch.manual_seed(step)
    sources = [Batches(path, args.frames, (0.5, 0.3, 0.2), step + i) for i, path in enumerate(args.data)]
    generator = torch.Generator(args.device).manual_seed(step)
    started, saved_at, curve = time.time(), time.time(), []
    while time.time() - started < args.seconds and step < args.steps:
        for group in optimizer.param_groups:
            done = (step - args.start) / (args.steps - args.start)
            group["lr"] = args.rate * min(1, (step + 1 - args.start) / 100) * max(0.03, 0.5 + 0.5 * np.cos(np.pi * done))
        loss, near, made, real = step_loss(model, sources[step % len(sources)].batch(args.batch, args.device), generator)
        judged = (0.0, 0.0, 0.0)
        if step >= args.adversarial:
            own, verdict, maps = contest.learn(made, real)
            strength = min(1.0, contest.steps / 400)
            loss = loss + strength * (0.3 * verdict + maps)
            judged = (own, verdict.item(), maps.item())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        with torch.no_grad():
            keep = min(0.998, step / (step + 20))
            for key, value in model.state_dict().items():
                average[key].lerp_(value, 1 - keep)
        curve.append((loss.item(), near.item(), *judged))
        if step % 50 == 0:
            recent = np.mean(curve[-50:], axis=0)
            print(f"step {step} loss {recent[0]:.4f} d {recent[1]:.4f} judge {recent[2]:.3f} {recent[3]:.3f} "
                  f"{recent[4]:.3f} {time.time() - started:.0f} s", flush=True)
        if time.time() - saved_at > 120 or step == args.steps or time.time() - started >= args.seconds:
            saved_at = time.time()
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "average": average,
                     "step": step, "width": args.width, "contest": contest.state()}
            torch.save(state, path + ".new")
            os.replace(path + ".new", path)


if __name__ == "__main__":
    main()
