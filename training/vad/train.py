"""Trains the detector on endless random mixtures.

    python train.py --bank bank.npz --out run/ [--minutes 12]

Minutes are of processor time, so that a busy machine changes nothing but the waiting. Writes run/last.pt (resumed when
present; its running average of the weights can be exported at any time) and run/curve.tsv: step, loss, ROC-AUC of recent
batches, seconds.
"""

import argparse
import copy
import math
import pathlib
import time

import numpy as np
import torch

from features import LogMel
from mix import Mixer
from model import WIDTH, Detector
from score import roc_auc

SECONDS = 6.0
RANK_PAIRS = 4096
AVERAGE_RATE = 0.02


def ranking_loss(logits, labels, generator):
    """Mean softplus of how far a random non-speech frame is above a random speech frame: a soft 1 - AUC."""
    flat, truth = logits.flatten(), labels.flatten() > 0.5
    positive, negative = flat[truth], flat[~truth]
    pick = lambda values: values[torch.randint(len(values), (RANK_PAIRS,), generator=generator)]
    return torch.nn.functional.softplus(pick(negative) - pick(positive)).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)

    mixer, mel = Mixer(np.load(args.bank), SECONDS, args.seed), LogMel()
    detector = Detector()
    print("parameters", sum(p.numel() for p in detector.parameters()))
    optimizer = torch.optim.AdamW(detector.parameters(), lr=args.rate, weight_decay=1e-3)
    average = copy.deepcopy(detector)
    generator = torch.Generator().manual_seed(args.seed)
    begin, step, spent = time.process_time(), 0, 0.0
    if (args.out / "last.pt").exists():
        saved = torch.load(args.out / "last.pt")
        detector.load_state_dict(saved["model"])
        average.load_state_dict(saved.get("average", saved["model"]))
        if "optimizer" in saved:  # import_onnx.py has none to give
            optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["seconds"]
        mixer.rng = np.random.default_rng(args.seed + step)
    hidden, recent = torch.zeros(1, args.batch, WIDTH), []
    curve = open(args.out / "curve.tsv", "a", buffering=1)
    while (elapsed := spent + time.process_time() - begin) < args.minutes * 60:
        # One cycle by time, so that the run ends where its minutes end.
        done = elapsed / (args.minutes * 60)
        rate = args.rate * min(1.0, (step + 1) / 100) * max(0.02, 0.5 * (1 + math.cos(math.pi * done)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        audio, labels = map(torch.from_numpy, mixer.batch(args.batch))
        with torch.no_grad():
            features = mel(audio)
        # Calls are long: start most examples from the state that another example ended in.
        fresh = (torch.rand(args.batch, generator=generator) < 0.4).float()[None, :, None]
        logits, hidden = detector(features, hidden * (1 - fresh))
        hidden = hidden.detach()[:, torch.randperm(args.batch, generator=generator)]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
        loss = loss + 0.3 * ranking_loss(logits, labels, generator)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(detector.parameters(), 1.0)
        optimizer.step()
        follow(average, detector)
        step += 1
        recent.append((loss.item(), logits.detach().flatten()[::7], labels.flatten()[::7]))
        if step % 25 == 0:
            auc = roc_auc(torch.cat([r[2] for r in recent]).numpy(), torch.cat([r[1] for r in recent]).numpy())
            line = f"{step}\t{np.mean([r[0] for r in recent]):.4f}\t{auc:.4f}\t{elapsed:.0f}"
            print(line, flush=True)
            print(line, file=curve)
            recent = []
            save(args.out, detector, average, optimizer, step, elapsed)
    save(args.out, detector, average, optimizer, step, elapsed)


def follow(average, detector):
    """Moves the average towards the detector; batch statistics are averages already."""
    with torch.no_grad():
        for mean, now in zip(average.parameters(), detector.parameters()):
            mean.lerp_(now, AVERAGE_RATE)
        for mean, now in zip(average.buffers(), detector.buffers()):
            mean.copy_(now)


def save(folder, detector, average, optimizer, step, seconds):
    states = {"model": detector.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**states, "step": step, "seconds": seconds}, folder / "last.pt")


if __name__ == "__main__":
    main()
