"""Trains the recogniser from nothing, for a given time, resumable.

What it is: AdamW with a schedule over wall time (the budget is time, not steps), phone CTC and
piece CTC from the first step, and augmentation eased in. Writes `last.pt` and a log line every minute.

    python train.py --shards SHARDS --human HUMAN --noise NOISE --rir RIR --lexicon cmudict.dict \
        --pieces pieces.model --out CKPT --minutes 80
"""

import argparse
import math
import os
import time

import sentencepiece
import torch
import torch.nn.functional as F

from data import Augment, Pronounce, Sampler
from model import Config, Encoder


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


WEIGHTS = {"first": 0.2, "second": 0.4, "pieces": 0.8}


def losses(model, batch, device):
    mel, lengths, tokens, phones = batch
    logits, first, second = model(mel.to(device))
    return {"first": ctc(first, phones, lengths // 3), "second": ctc(second, phones, lengths // 3), "pieces": ctc(logits.log_softmax(-1), tokens, lengths // 6)}


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


def groups(model):
    decay = [p for p in model.parameters() if p.ndim >= 2]
    rest = [p for p in model.parameters() if p.ndim < 2]
    return [{"params": decay, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0.0}]


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    processor = sentencepiece.SentencePieceProcessor(model_file=args.pieces)
    pieces = lambda text: [i + 1 for i in processor.encode(text)]
    sampler = Sampler(args.shards, args.human, Augment(args.noise, args.rir, args.seed + int(time.time())), pieces, Pronounce(args.lexicon), args.seed + int(time.time()))
    sampler.refresh()
    config = Config(vocab=processor.vocab_size())
    model = Encoder(config).to(args.device)
    optimiser = torch.optim.AdamW(groups(model), lr=args.lr, betas=(0.9, 0.98), fused=True)
    step, spent, heard = 0, 0.0, 0.0
    path = f"{args.out}/last.pt"
    if os.path.exists(path):
        state = torch.load(path, map_location=args.device, weights_only=True)
        model.load_state_dict(state["model"]); optimiser.load_state_dict(state["optimiser"])
        step, spent, heard = state["step"], state["spent"], state["heard"]
    elif args.init:
        weights = torch.load(args.init, map_location=args.device, weights_only=True)["model"]
        print(model.load_state_dict({k.removeprefix("encoder."): v for k, v in weights.items() }, strict=False))
    else:
        set_statistics(model, sampler)
    print(sum(p.numel() for p in model.parameters()), "parameters", flush=True)

    def save(name):
        state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "spent": spent, "heard": heard, "config": config.to_dict()}
        torch.save(state, f"{args.out}/{name}.part")
        os.replace(f"{args.out}/{name}.part", f"{args.out}/{name}")

    began, logged, saved, sums, counts, data_time = time.time() - spent, time.time(), time.time(), {}, {}, 0.0
    while spent < args.minutes * 60:
        t0 = time.time()
        batches = sampler.batches(args.batch_seconds, args.strength * min(1.0, 0.2 + 0.8 * step / args.ease))
        data_time += time.time() - t0
        for batch in batches:
            done = min(1.0, spent / (args.minutes * 60))
            rate = args.lr * min(1.0, (step + 1) / args.warmup) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
            for group in optimiser.param_groups:
                group["lr"] = rate
            costs = losses(model, batch, args.device)
            total = sum(WEIGHTS[k] * v for k, v in costs.items())
            optimiser.zero_grad(set_to_none=True)
            total.backward()
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            if torch.isfinite(norm):
                optimiser.step()
            step += 1
            heard += batch[1].sum().item() / 100
            spent = time.time() - began
            for k, v in costs.items():
                sums[k] = sums.get(k, 0) + v.item(); counts[k] = counts.get(k, 0) + 1
            if time.time() - logged > 45:
                logged = time.time()
                mean = " ".join(f"{k} {sums[k] / counts[k]:.3f}" for k in sums)
                shards = sampler.refresh()
                print(f"{spent / 60:.1f} min, step {step}, {heard / 3600:.2f} h heard, x{heard / spent:.0f}, data {data_time / spent:.2f}, lr {rate:.1e}, norm {norm:.2f}, shards {shards}: {mean}", flush=True)
                mel, lengths, tokens, _ = batch
                for text, ids in list(zip(greedy_ctc(model, mel[:2], lengths[:2], processor, args.device), tokens))[:2]:
                    print("   ", processor.decode([i - 1 for i in ids]), "|", text, flush=True)
                sums, counts = {}, {}
            if time.time() - saved > 180:
                saved = time.time()
                save("last.pt")
    save("last.pt")
    save("final.pt")


if __name__ == "__main__":
    main()
