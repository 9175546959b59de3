"""Fits the heads of the weight file on what the program itself computes, and says how good they are.

    python fit.py rank       --dev rank.jsonl --unseen rank_half.jsonl --sets dev.jsonl --heads heads.json
    python fit.py answerable --dev features.jsonl --unseen features_half.jsonl --sets dev.jsonl --heads heads.json
    python fit.py grounds    --text DATA/text --features begin.jsonl --heads heads.json
    python fit.py write      --encoder encoder.pt --heads heads.json --out retrieval_en.bin
    python fit.py lines      --sets dev.jsonl --out lines.jsonl [--rank]     # input of the features program
    python fit.py begin      --text DATA/text --out lines.jsonl             # the same for grounding
    python fit.py figures    --dev features.jsonl --sets test.jsonl [--threshold 0.45]
"""

import argparse
import csv
import json
import pathlib

import numpy as np
import torch

import export
from faq import known_half

CONFIDENCE_PRIOR = [0.9, 0.12]  # of the mean and the least log-probability of a token; no labelled set has them


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def gold_passages(places, gold):
    """Numbers of the passages that hold the gold entries: each entry is in the last passage that begins at or before it."""
    return {max(i for i, begin in enumerate(places) if begin <= at) for at in gold}


def fit_rank(args):
    """Softmax over a knowledge's passages: the gold ones together against the rest."""
    cases = []
    both = [(pair, False) for pair in zip(rows(args.dev), rows(args.sets))] + [(pair, True) for pair in zip(rows(args.unseen), rows(args.sets))]
    for (told, line), unseen in both:
        for features, meta in zip(told["asked"], line["meta"]):
            if meta["gold"] and not (unseen and known_half(meta["topic"])):
                mask = np.zeros(len(features), bool)
                mask[list(gold_passages(told["places"], meta["gold"]))] = True
                if not mask.all():
                    cases.append((np.array(features, np.float32), mask))
    most = max(len(f) for f, _ in cases)
    x = torch.zeros(len(cases), most, export.RANK)
    real, gold = torch.zeros(len(cases), most, dtype=torch.bool), torch.zeros(len(cases), most, dtype=torch.bool)
    for i, (features, mask) in enumerate(cases):
        x[i, : len(features)] = torch.from_numpy(features)
        real[i, : len(features)], gold[i, : len(features)] = True, torch.from_numpy(mask)
    weights = torch.tensor(export.PLAIN_RANK, requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=0.05)
    for step in range(400):
        scores = (x @ weights).masked_fill(~real, -1e4)
        loss = (torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~gold, -1e4), 1)).mean() + 1e-3 * (weights**2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"{len(cases)} questions, loss {loss.item():.4f}, weights {weights.detach().numpy().round(3)}")
    return [float(w) for w in weights.detach()]


def answerable_rows(features, sets, unseen=False):
    """Evidence, truth, kind, form, place and noise of every question; of topics that the half encoder did not see, if `unseen`."""
    x, y, kind, form, place, noisy = [], [], [], [], [], []
    for told, line in zip(rows(features), rows(sets)):
        for asked, meta in zip(told["asked"], line["meta"]):
            if unseen and known_half(meta["topic"]):
                continue
            x.append(asked["evidence"])
            y.append(bool(meta["gold"]))
            kind.append(meta["kind"])
            form.append(line["form"])
            place.append(line["place"])
            noisy.append(meta["noisy"])
    return np.array(x, np.float32), np.array(y), np.array(kind), np.array(form), np.array(place), np.array(noisy)


class Net(torch.nn.Module):
    def __init__(self, mean, scale):
        super().__init__()
        self.mean, self.scale = torch.tensor(mean), torch.tensor(scale)
        self.hidden, self.out = torch.nn.Linear(export.ANSWERABLE, export.HIDDEN), torch.nn.Linear(export.HIDDEN, 1)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden((x - self.mean) * self.scale))).squeeze(1)

    def flat(self):
        hidden = torch.cat([self.hidden.weight, self.hidden.bias[:, None]], 1).flatten()
        parts = [self.mean, self.scale, hidden, self.out.weight.flatten(), self.out.bias]
        return [float(v) for part in parts for v in part.detach()]


def train_net(x, y, weight, seed=0, steps=1500):
    torch.manual_seed(seed)
    scale = 1.0 / np.maximum(x.std(0), 1e-3)
    net = Net(x.mean(0), scale.astype(np.float32))
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01, weight_decay=0.05)
    x, y, weight = torch.from_numpy(x), torch.from_numpy(y.astype(np.float32)), torch.from_numpy(weight.astype(np.float32))
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 0.01 * max(0.02, 1.0 - step / steps)
        chosen = torch.randint(0, len(x), (2048,))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x[chosen]), y[chosen], weight[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net


def weights_of(y, kind):
    """Answerable and not in equal parts, and each kind of the latter as much as the others."""
    weight = np.ones(len(y))
    for name in set(kind):
        mine = (kind == name) & ~y
        if mine.any():
            weight[mine] = y.sum() / mine.sum() / len({k for k, v in zip(kind, y) if not v})
    return weight


def table(score, y, kind, form, noisy, threshold):
    """Share abstained by kind and form at a threshold."""
    for name in ["own", "twin", "foreign", "stranger", "absent", "removed", "neighbour"]:
        cells = []
        for one in ["answers", "faq", "prose"]:
            for loud in (False, True):
                mine = (kind == name) & (form == one) & (noisy == loud)
                cells.append(f"{100 * (score[mine] < threshold).mean():5.1f}" if mine.any() else "    -")
        print(f"  {name:9}", " ".join(cells))
    print(f"  all: wrong abstentions {100 * (score[y] < threshold).mean():.1f} %, right ones {100 * (score[~y] < threshold).mean():.1f} %")


def fit_answerable(args):
    seen, unseen = answerable_rows(args.dev, args.sets), answerable_rows(args.unseen, args.sets, True)
    x, y, kind, form, place, noisy = (np.concatenate(pair) for pair in zip(seen, unseen))
    strange = np.arange(len(y)) >= len(seen[1])
    weight = weights_of(y, kind) * np.where(strange, 2.0 * (~strange).sum() / strange.sum(), 1.0)
    names = sorted(set(place))
    fold = np.array([names.index(p) % 5 for p in place])
    score = np.zeros(len(y))
    for held in range(5):
        net = train_net(x[fold != held], y[fold != held], weight[fold != held], held)
        score[fold == held] = torch.sigmoid(net(torch.from_numpy(x[fold == held]))).detach().numpy()
    print(f"{len(y)} questions, 5 folds by place; abstained % (answers clean, noisy; faq clean, noisy; prose clean, noisy)")
    for name, mine in (("topics the encoder knows", ~strange), ("topics it never saw", strange)):
        for lost in (0.05, 0.1):
            threshold = np.quantile(score[mine & y], lost)
            print(f" {name}, threshold {threshold:.3f}, AUC {auc(score[mine], y[mine]):.4f}")
            table(score[mine], y[mine], kind[mine], form[mine], noisy[mine], threshold)
    net = train_net(x, y, weight)
    return net.flat()


def figures(args):
    """How often a right passage is found, and what is refused: of a part that nothing was fitted on."""
    ranks = {}
    for told, line in zip(rows(args.dev), rows(args.sets)):
        for asked, meta in zip(told["asked"], line["meta"]):
            if meta["gold"]:
                right = {told["places"][i] for i in gold_passages(told["places"], meta["gold"])}
                for way in ("terms", "vectors", "hybrid"):
                    rank = next((i + 1 for i, at in enumerate(asked[way]) if at in right), 0)
                    ranks.setdefault((line["form"], meta["kind"], "noisy" if meta["noisy"] else "clean", way), []).append(rank)
    for name, found in sorted(ranks.items()):
        found = np.array(found)
        print(f"{' '.join(name):30} {len(found):5} R@1 {100 * (found == 1).mean():.1f} R@3 {100 * ((found > 0) & (found <= 3)).mean():.1f} "
              f"MRR {np.where(found > 0, 1 / np.maximum(found, 1), 0).mean():.3f}")
    _, y, kind, form, _, noisy = answerable_rows(args.dev, args.sets)
    score = np.array([asked["answerable"] for told in rows(args.dev) for asked in told["asked"]])
    print(f"abstained % at {args.threshold} (answers clean, noisy; faq clean, noisy; prose clean, noisy), AUC {auc(score, y):.4f}")
    table(score, y, kind, form, noisy, args.threshold)
    best = np.quantile(score[y], 0.0999)
    print(f"at {best:.3f}")
    table(score, y, kind, form, noisy, best)


BEGIN_FILES = {"wow": "wow/begin_dev_wow.tsv", "cmu": "cmu-dog/begin_dev_cmu.tsv", "tc": "topicalchat/begin_dev_tc.tsv"}


def begin(text):
    found = []
    for source, name in BEGIN_FILES.items():
        with open(text / "rag/begin" / name, encoding="utf-8") as lines:
            found += [(source, row) for row in csv.DictReader(lines, delimiter="\t")]
    return found


def auc(score, y):
    order = np.argsort(score, kind="stable")
    rank = np.empty(len(score))
    rank[order] = np.arange(1, len(score) + 1)
    for value in np.unique(score):
        rank[score == value] = rank[score == value].mean()
    return (rank[y].sum() - y.sum() * (y.sum() + 1) / 2) / (y.sum() * (~y).sum())


def logistic(x, y, decay=0.02):
    mean, scale = x.mean(0), 1.0 / np.maximum(x.std(0), 1e-3)
    z = torch.from_numpy(((x - mean) * scale).astype(np.float32))
    target = torch.from_numpy(y.astype(np.float32))
    weights = torch.zeros(x.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    balance = torch.where(target > 0, (1 - target.mean()) / target.mean(), torch.tensor(1.0))
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=200)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z @ weights + bias, target, balance) + decay * (weights**2).mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    raw = weights.detach().numpy() * scale
    return raw, float(bias.detach()) - float((raw * mean).sum())


def fit_grounds(args):
    """Fully attributable against the rest; generic answers, which claim nothing about the knowledge, are told apart."""
    data, told = begin(args.text), rows(args.features)
    x = np.array([t["features"] for t in told])
    label = np.array([row["begin_label"] for _, row in data])
    source = np.array([s for s, _ in data])
    keep = label != "Generic"
    y = label == "Fully attributable"
    print(f"{len(y)} answers: {y.sum()} fully attributable, {(~keep).sum()} generic")
    for held in BEGIN_FILES:
        train, test = (source != held) & keep, (source == held) & keep
        w, b = logistic(x[train], y[train])
        score = 1 / (1 + np.exp(-(x @ w + b)))
        part, truth = score[test], y[test]
        balanced = ((part[truth] > 0.5).mean() + (part[~truth] <= 0.5).mean()) / 2
        generic = score[(source == held) & ~keep]
        covered = auc(x[test][:, 0], truth)
        print(f" held out {held}: AUC {auc(part, truth):.3f} (covered words alone {covered:.3f}), accuracy {((part > 0.5) == truth).mean():.3f}, "
              f"balanced {balanced:.3f}, most frequent label {max(truth.mean(), 1 - truth.mean()):.3f}, generic over 0.5 {(generic > 0.5).mean() if len(generic) else 0:.2f}")
    w, b = logistic(x[keep], y[keep])
    w[12:14] = CONFIDENCE_PRIOR
    print(w.round(2), round(b, 2))
    return [*map(float, w), float(b)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["rank", "answerable", "grounds", "write", "lines", "begin", "figures"])
    for name in ("--dev", "--unseen", "--sets", "--text", "--features", "--encoder", "--heads", "--out"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--rank", action="store_true")
    parser.add_argument("--threshold", type=float, default=0.45)
    args = parser.parse_args()
    torch.set_num_threads(1)
    heads = json.loads(args.heads.read_text()) if args.heads and args.heads.exists() else {}
    if args.what == "lines":
        kept = [{k: line[k] for k in ("files", "questions")} | {"rank": args.rank} for line in rows(args.sets)]
        args.out.write_text("".join(json.dumps(line) + "\n" for line in kept))
    elif args.what == "begin":
        lines = [{"answer": row["response"], "passages": [row["knowledge"]]} for _, row in begin(args.text)]
        args.out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    elif args.what == "figures":
        figures(args)
    elif args.what == "write":
        export.write(args.out, export.load_state(args.encoder), **heads)
    else:
        heads[args.what] = {"rank": fit_rank, "answerable": fit_answerable, "grounds": fit_grounds}[args.what](args)
        args.heads.write_text(json.dumps(heads))


if __name__ == "__main__":
    main()
