"""Trains the recogniser from nothing, for a given time, resumable.

What it is: Muon and AdamW with a schedule over wall time (the budget is time, not steps), phone CTC and
piece CTC from the first step, and augmentation eased in. Writes `last.pt` and a log line every minute.

    python train.py --shards SHARDS --human HUMAN --noise NOISE --rir RIR --lexicon cmudict.dict \
        --pieces pieces.tsv --out CKPT --minutes 80
"""

import argparse
import glob
import math
import os
import time

import torch
import torch.nn.functional as F

from data import Augment, Pronounce, Sampler
from model import Config, Encoder
from muon import Muon
from pieces import Pieces


def arguments():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("shards", "human", "noise", "rir", "lexicon", "pieces", "out"):
        args.add_argument(f"--{name}", required=True)
    args.add_argument("--minutes", type=float, default=80)
    args.add_argument("--batch-seconds", type=float, default=28)
    args.add_argument("--lr", type=float, default=2e-3)
    args.add_argument("--warmup", type=int, default=200, help="steps")
    args.add_argument("--ease", type=int, default=2000, help="steps until --strength is reached")
    args.add_argument("--strength", type=float, default=1.0, help="of the augmentation, at most 1")
    args.add_argument("--init", help="checkpoint whose weights to begin with; the schedule starts anew")
    args.add_argument("--average", type=float, default=0, help="every so many seconds take the mean of all workers' weights: run the same command again with another --worker")
    args.add_argument("--worker", type=int, default=0)
    args.add_argument("--device", default="cpu")
    args.add_argument("--threads", type=int, default=1)
    args.add_argument("--seed", type=int, default=0)
    return args.parse_args()


def ctc(log_probs, targets, frames):
    """Mean over utterances of the cost a label; rows whose target is None are left out."""
    rows = [i for i, t in enumerate(targets) if t]
    if not rows:
        return log_probs.sum() * 0
    labels = torch.tensor([len(targets[i]) for i in rows])
    flat = torch.cat([torch.tensor(targets[i]) for i in rows])
    cost = F.ctc_loss(log_probs[rows].transpose(0, 1).float().cpu(), flat, frames[rows], labels, reduction="none", zero_infinity=True)
    return cost.sum() / labels.sum()


def disagreement(log_probs, targets, frames):
    """How far apart the two masked views of each utterance are, a label: CR-CTC (Yao et al. 2024), each view the other's teacher."""
    one, two = log_probs.float().chunk(2)
    inside = torch.arange(one.shape[1])[None] < frames[: len(one), None]
    both = 0.5 * ((two.exp().detach() * (two.detach() - one)).sum(-1) + (one.exp().detach() * (one.detach() - two)).sum(-1))
    return (both * inside.to(both.device)).sum() / max(1, sum(len(t) for t in targets[: len(one)] if t))


WEIGHTS = {"first": 0.1, "second": 0.25, "top": 0.9, "pieces": 0.2, "apart": 0.2}


def losses(model, batch, device):
    mel, lengths, tokens, phones = batch
    with torch.autocast(torch.device(device).type, torch.bfloat16):
        logits, first, second, top = model(mel.to(device))
    phone_costs = {name: ctc(x, phones, lengths // 3) for name, x in (("first", first), ("second", second), ("top", top))}
    return {**phone_costs, "apart": disagreement(top, phones, lengths // 3), "pieces": ctc(logits.float().log_softmax(-1), tokens, lengths // 6)}


@torch.no_grad()
def greedy_ctc(model, mel, lengths, pieces, device):
    logits = model(mel.to(device))[0]
    texts = []
    for row, n in zip(logits.argmax(-1).cpu(), lengths // 6):
        ids = torch.unique_consecutive(row[:n]).tolist()
        texts.append(pieces.decode([i - 1 for i in ids if i]))
    return texts


def set_statistics(model, sampler):
    mel, lengths, _, _ = sampler.batches(600, 0.5, group=100)[0]
    frames = torch.cat([m[:n] for m, n in zip(mel, lengths)])
    model.mean.copy_(frames.mean(0))
    model.scale.copy_(1 / frames.std(0))


def average(model, folder, worker, seconds):
    """Local SGD (Stich 2019) over a folder: leaves these weights there and takes the mean with what the other workers left of late."""
    mine = f"{folder}/worker{worker}.pt"
    torch.save(model.state_dict(), mine + ".part")
    os.replace(mine + ".part", mine)
    states = [model.state_dict()]
    for path in glob.glob(f"{folder}/worker*.pt"):
        if path != mine and time.time() - os.path.getmtime(path) < 2.5 * seconds:
            states.append(torch.load(path, weights_only=True))
    if len(states) > 1:
        model.load_state_dict({k: torch.stack([s[k].float() for s in states]).mean(0) for k in states[0]})
    return len(states)


HEADS = ("phone.", "phone_middle.", "phone_top.", "ctc.")


def optimisers(model, rate):
    """Muon for the matrices inside, AdamW for heads, norms, biases and depthwise filters."""
    inside = {n for n, p in model.named_parameters() if p.ndim == 2 and not n.startswith(HEADS)}
    rest = [p for n, p in model.named_parameters() if n not in inside]
    return [Muon([p for n, p in model.named_parameters() if n in inside], rate), torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)]


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    processor = Pieces(args.pieces)
    pieces = lambda text: [i + 1 for i in processor.encode(text)]
    sampler = Sampler(args.shards, args.human, Augment(args.noise, args.rir, args.seed + int(time.time())), pieces, Pronounce(args.lexicon), args.seed + int(time.time()))
    sampler.refresh()
    config = Config(vocab=len(processor))
    model = Encoder(config).to(args.device)
    steppers = optimisers(model, args.lr)
    step, spent, heard = 0, 0.0, 0.0
    path = f"{args.out}/last{args.worker or ''}.pt"
    if os.path.exists(path):
        state = torch.load(path, map_location=args.device, weights_only=True)
        model.load_state_dict(state["model"])
        if "steppers" in state:
            for stepper, saved_state in zip(steppers, state["steppers"]):
                stepper.load_state_dict(saved_state)
        step, spent, heard = state["step"], state["spent"], state["heard"]
    elif args.init:
        weights = torch.load(args.init, map_location=args.device, weights_only=True)["model"]
        print(model.load_state_dict({k.removeprefix("encoder."): v for k, v in weights.items() }, strict=False))
    else:
        set_statistics(model, sampler)
    print(sum(p.numel() for p in model.parameters()), "parameters", flush=True)

    def save(name):
        state = {"model": model.state_dict(), "steppers": [s.state_dict() for s in steppers], "step": step, "spent": spent, "heard": heard, "config": config.to_dict()}
        torch.save(state, f"{args.out}/{name}.part")
        os.replace(f"{args.out}/{name}.part", f"{args.out}/{name}")

    averaged, workers = time.time(), 1
    began, logged, saved, sums, counts, data_time = time.time() - spent, time.time(), time.time(), {}, {}, 0.0
    while spent < args.minutes * 60:
        t0 = time.time()
        batches = sampler.batches(args.batch_seconds, args.strength * min(1.0, 0.2 + 0.8 * step / args.ease))
        data_time += time.time() - t0
        for batch in batches:
            done = min(1.0, spent / (args.minutes * 60))
            rate = args.lr * min(1.0, (step + 1) / args.warmup) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
            for group in (g for s in steppers for g in s.param_groups):
                group["lr"] = rate
            costs = losses(model, batch, args.device)
            total = sum(WEIGHTS[k] * v for k, v in costs.items())
            model.zero_grad(set_to_none=True)
            total.backward()
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            if torch.isfinite(norm):
                for stepper in steppers:
                    stepper.step()
            step += 1
            heard += batch[1].sum().item() / 100
            spent = time.time() - began
            for k, v in costs.items():
                sums[k] = sums.get(k, 0) + v.item(); counts[k] = counts.get(k, 0) + 1
            if args.average and time.time() - averaged > args.average:
                averaged = time.time()
                workers = average(model, args.out, args.worker, args.average)
            if time.time() - logged > 45:
                logged = time.time()
                mean = " ".join(f"{k} {sums[k] / counts[k]:.3f}" for k in sums)
                shards = sampler.refresh()
                print(f"{spent / 60:.1f} min, step {step}, {heard / 3600:.2f} h heard, x{heard / spent:.0f}, data {data_time / spent:.2f}, lr {rate:.1e}, norm {norm:.2f}, shards {shards}, workers {workers}: {mean}", flush=True)
                mel, lengths, tokens, _ = batch
                for text, ids in list(zip(greedy_ctc(model, mel[:2], lengths[:2], processor, args.device), tokens))[:2]:
                    print("   ", processor.decode([i - 1 for i in ids]), "|", text, flush=True)
                sums, counts = {}, {}
            if time.time() - saved > 180:
                saved = time.time()
                save(os.path.basename(path))
    save(os.path.basename(path))
    save(f"final{args.worker or ''}.pt")


if __name__ == "__main__":
    main()
