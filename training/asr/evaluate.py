"""Test sets for the recogniser, and word error rates.

What it is: `prepare` writes 8 kHz WAV files of the held-out sets with 300 ms before and 500 ms
after each, as the call's segmenter cuts them; `score` reads `FILE<TAB>WORDS` lines, as the Rust
example `recognise` prints them; `greedy` is a quick look at a checkpoint. Human sets: `so`
(12 held-out speakers of speechocean762), `lj` (20 clips of a reader who is in training), `digits`
(strings joined from the single digits of a held-out fsdd speaker). `pico` is synthetic and says
only that the bank call can be tested with a voice never heard.

    python evaluate.py prepare --human HUMAN --turns bank_turns.txt --out TEST
    cargo run --release -p hearsay-speech --example recognise -- MODEL_DIR TEST/*.wav > out.tsv
    python evaluate.py score --test TEST --result out.tsv
"""

import argparse
import collections
import os
import random
import subprocess

import numpy as np
import soundfile

from data import RATE, Shard, log_mel


def pad(samples, rng):
    """300 ms before, 500 ms after, over a faint noise floor."""
    y = np.concatenate([np.zeros(2400, np.float32), samples * 0.5, np.zeros(4000, np.float32)])
    return y + rng.standard_normal(len(y)).astype(np.float32) * 1e-4


def digit_strings(shard, rng, count):
    by_word = collections.defaultdict(list)
    for i, row in enumerate(shard.index):
        by_word[row[2]].append(i)
    for _ in range(count):
        names = [rng.choice(sorted(by_word)) for _ in range(rng.choice([4, 4, 6, 10]))]
        clips = []
        for name in names:
            clips += [shard[rng.choice(by_word[name])][0], np.zeros(int(rng.uniform(0.0, 0.15) * RATE), np.float32)]
        yield np.concatenate(clips), " ".join(names)


def pico(turns, scratch):
    from human import load

    for text in turns:
        path = f"{scratch}/pico.wav"
        subprocess.run(["pico2wave", "-l", "en-US", "-w", path, text], check=True)
        yield load(path), text


def prepare(args):
    os.makedirs(args.out, exist_ok=True)
    rng, noise = random.Random(3), np.random.default_rng(3)
    dev = {name: Shard(f"{args.human}/dev_{name}.json") for name in ("so", "lj", "fsdd")}
    sets = {
        "so": [dev["so"][i][:2] for i in range(len(dev["so"]))],
        "lj": [dev["lj"][i][:2] for i in range(len(dev["lj"]))],
        "digits": list(digit_strings(dev["fsdd"], rng, 60)),
        "pico": list(pico([line.strip() for line in open(args.turns)], args.out)),
    }
    os.remove(f"{args.out}/pico.wav")
    with open(f"{args.out}/reference.tsv", "w") as out:
        for name, items in sets.items():
            for i, (samples, words) in enumerate(items):
                file = f"{name}-{i:03}.wav"
                soundfile.write(f"{args.out}/{file}", pad(samples, noise), RATE, subtype="PCM_16")
                out.write(f"{file}\t{words}\n")


def edits(reference, hypothesis):
    row = list(range(len(hypothesis) + 1))
    for i, r in enumerate(reference, 1):
        last, row[0] = row[0], i
        for j, h in enumerate(hypothesis, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (r != h))
    return row[-1]


def report(pairs, show):
    """pairs: {set: [(reference, hypothesis)]}."""
    for name, rows in pairs.items():
        wrong = sum(edits(r.split(), h.split()) for r, h in rows)
        total = sum(len(r.split()) for r, _ in rows)
        right = sum(r == h for r, h in rows)
        print(f"{name}: WER {100 * wrong / total:.1f} % of {total} words; {right} of {len(rows)} whole")
        for r, h in rows[:show]:
            print(f"    {r} | {h}")


def read_tsv(path):
    rows = (line.rstrip("\n").split("\t") for line in open(path))
    return {os.path.basename(r[0]): r[1] if len(r) > 1 else "" for r in rows}


def score(args):
    reference, result = read_tsv(f"{args.test}/reference.tsv"), read_tsv(args.result)
    pairs = collections.defaultdict(list)
    for file, words in reference.items():
        if file in result:
            pairs[file.split("-")[0]].append((words, result[file]))
    report(pairs, args.show)


def phone_errors(model, mel, phones):
    """(errors, phones) of the last phone head's best path."""
    return edits(phones, best_path(model(mel)[3][0])), len(phones)


def best_path(log_probs):
    """(frames, labels) -> the labels of the likeliest path, repeats and blanks taken out."""
    import torch

    return [label for label in torch.unique_consecutive(log_probs.argmax(-1)).tolist() if label]


def greedy(args):
    """Best paths without a language model: word errors of the pieces, phone error rate of the phones."""
    import torch

    from data import Pronounce
    from export import load_model
    from pieces import Pieces

    torch.set_num_threads(1)
    model, pieces = load_model(args.checkpoint), Pieces(args.pieces)
    pronounce = Pronounce(args.lexicon)
    pairs, phones = collections.defaultdict(list), collections.defaultdict(lambda: [0, 0])
    for file, words in list(read_tsv(f"{args.test}/reference.tsv").items())[:: args.every]:
        mel = log_mel(soundfile.read(f"{args.test}/{file}", dtype="float32")[0])
        mel = torch.from_numpy(np.concatenate([mel, np.repeat(mel[-1:], -len(mel) % 30, 0)]))[None]
        with torch.no_grad():
            ids = best_path(model(mel)[0][0])
            pairs[file.split("-")[0]].append((words, pieces.decode([i - 1 for i in ids])))
            wanted = pronounce(words)
            if wanted:
                for i, n in enumerate(phone_errors(model, mel, wanted)):
                    phones[file.split("-")[0]][i] += n
    report(pairs, args.show)
    for name, (wrong, total) in phones.items():
        print(f"{name}: phone error rate {100 * wrong / total:.1f} % of {total}")


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("what", choices=["prepare", "score", "greedy"])
    args.add_argument("--human")
    args.add_argument("--turns")
    args.add_argument("--out")
    args.add_argument("--test")
    args.add_argument("--result")
    args.add_argument("--checkpoint")
    args.add_argument("--pieces")
    args.add_argument("--lexicon", help="cmudict.dict, for `greedy`")
    args.add_argument("--show", type=int, default=0, help="examples a set")
    args.add_argument("--every", type=int, default=1)
    args = args.parse_args()
    {"prepare": prepare, "score": score, "greedy": greedy}[args.what](args)


if __name__ == "__main__":
    main()
