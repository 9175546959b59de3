"""Does a learnable front end help? The same training twice, with fixed and with learnt filters.

What it is: an experiment, not part of the product. Both arms start from the same recogniser and hear the same
number of batches of power spectra (8 kHz, 129 bins); one arm's 64 mel filters stay as they are, the other's are weights, kept
positive by a softplus, with their own learning rate (after Zeghidour et al., LEAF, 2021, whose filters are also learnt).
Vocal-tract length is a warp of the spectrum here, for both. Afterwards both are scored on the development speakers.

    python front_end.py --init CKPT/last.pt --steps 400 ... (the folders of train.py) --test TEST
"""

import argparse
import random

import numpy as np
import scipy.fft
import soundfile
import torch
import torch.nn.functional as F
from torch import nn

from data import BANKS, FFT, HANN, HOP, WINDOW, Augment, Pronounce, Sampler
from evaluate import edits, read_tsv, best_path
from model import Config, Encoder
from pieces import Pieces
from train import WEIGHTS, ctc


def power(samples, warp=1.0):
    """(samples) -> (frames, 129) power spectrum, its frequency axis stretched by `warp`."""
    count = (len(samples) - WINDOW) // HOP + 1
    frames = np.lib.stride_tricks.as_strided(samples, (count, WINDOW), (samples.strides[0] * HOP, samples.strides[0]))
    spectrum = scipy.fft.rfft(frames * HANN, FFT, axis=1)
    out = spectrum.real**2 + spectrum.imag**2
    if warp == 1.0:
        return out.astype(np.float32)
    source = np.clip(np.arange(out.shape[1]) / warp, 0, out.shape[1] - 1)
    low = np.minimum(source.astype(int), out.shape[1] - 2)
    part = (source - low).astype(np.float32)
    return (out[:, low] * (1 - part) + out[:, low + 1] * part).astype(np.float32)


class Spectra(Augment):
    def features(self, samples, warp):
        return power(samples, warp)


class Front(nn.Module):
    """Power spectra (B,T,129) -> log filter outputs (B,T,64)."""

    def __init__(self, learnt):
        super().__init__()
        bank = torch.from_numpy(BANKS[1.0])
        raw = torch.log(torch.expm1(bank.clamp(min=1e-4)))
        self.raw = nn.Parameter(raw, requires_grad=learnt)

    def forward(self, x):
        return torch.log(x @ F.softplus(self.raw) + 1e-6)


def pad(batch):
    lengths = torch.tensor([len(x) for x, _, _ in batch])
    out = torch.zeros(len(batch), int(lengths.max()), FFT // 2 + 1)
    for i, (x, _, _) in enumerate(batch):
        out[i, : len(x)] = torch.from_numpy(x)
    return out, lengths, [t for _, t, _ in batch], [p for _, _, p in batch]


def train(args, learnt):
    random.seed(1); torch.manual_seed(1)
    pieces = Pieces(args.pieces)
    encode = lambda text: [i + 1 for i in pieces.encode(text)]
    sampler = Sampler(args.shards, args.human, Spectra(args.noise, args.rir, 5), encode, Pronounce(args.lexicon), 5, collate=pad)
    sampler.refresh()
    model, front = Encoder(Config(vocab=len(pieces))), Front(learnt)
    model.load_state_dict(torch.load(args.init, weights_only=True)["model"])
    optimiser = torch.optim.AdamW([{"params": model.parameters(), "lr": 5e-4}, {"params": front.parameters(), "lr": 3e-3}], betas=(0.9, 0.98))
    scales = [group["lr"] for group in optimiser.param_groups]
    step, recent = 0, []
    while step < args.steps:
        for spectra, lengths, tokens, phones in sampler.batches(40, 0.5):
            for group, scale in zip(optimiser.param_groups, scales):
                group["lr"] = scale * (1 - step / args.steps) + 1e-6
            logits, first, second, top = model(front(spectra))
            costs = {name: ctc(x, phones, lengths // 3) for name, x in (("first", first), ("second", second), ("top", top))}
            costs["pieces"] = ctc(logits.log_softmax(-1), tokens, lengths // 6)
            total = sum(WEIGHTS[k] * v for k, v in costs.items())
            optimiser.zero_grad()
            total.backward()
            torch.nn.utils.clip_grad_norm_(list(model.parameters()) + [p for p in front.parameters() if p.grad is not None], 2.0)
            optimiser.step()
            recent.append(costs["top"].item())
            step += 1
            if step >= args.steps:
                break
    moved = (F.softplus(front.raw) - torch.from_numpy(BANKS[1.0])).abs().sum() / BANKS[1.0].sum()
    print("learnt" if learnt else "fixed", f"filters: loss of the last 100 steps {np.mean(recent[-100:]):.3f}, filters moved by {100 * moved:.1f} %", flush=True)
    return model.eval(), front.eval()


@torch.no_grad()
def score(args, model, front):
    pronounce = Pronounce(args.lexicon)
    sums = {}
    for file, words in list(read_tsv(f"{args.test}/reference.tsv").items()):
        wanted = pronounce(words)
        if not wanted:
            continue
        samples = soundfile.read(f"{args.test}/{file}", dtype="float32")[0]
        samples = np.concatenate([samples, np.zeros(HOP * 30, np.float32)])
        x = power(samples)
        x = torch.from_numpy(x[: len(x) // 30 * 30])[None]
        path = best_path(model(front(x))[3][0])
        row = sums.setdefault(file.split("-")[0], [0, 0])
        row[0] += edits(wanted, path); row[1] += len(wanted)
    for name, (wrong, total) in sums.items():
        print(f"  {name}: phone error rate {100 * wrong / total:.2f} % of {total}", flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("shards", "human", "noise", "rir", "lexicon", "pieces", "init", "test"):
        args.add_argument(f"--{name}", required=True)
    args.add_argument("--steps", type=int, default=400)
    args = args.parse_args()
    torch.set_num_threads(1)
    for learnt in (False, True):
        score(args, *train(args, learnt))


if __name__ == "__main__":
    main()
