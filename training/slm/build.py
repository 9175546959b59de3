"""Builds token shards: python build.py --text DATA/text --out shards --epochs 3 [--tokenizer tokenizer.json]

The first run trains the tokenizer (byte-level BPE, digits apart). A shard is one pass over all dialogues with fresh
augmentation; `tokens` (uint16), `weights` (uint8, tenths) and `starts` of its samples.
"""

import argparse
import glob
import json
import os
import random
import re
import zipfile

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import extraction
import facts
import places
import schema_guided
import scripts
import star
import taskmaster
from prompt import MARKS, Sample

VOCABULARY = 6144
LENGTH_MIN = 16


def podcasts(folder, rng, share):
    """Conversation about technology, in pieces of a few turns, as plain text."""
    for path in sorted(glob.glob(f"{folder}/changelog/*/*.md")):
        if rng.random() > share:
            continue
        turns = re.findall(r"\*\*[^*\n]+:\*\*\s*(.+)", open(path, encoding="utf-8").read())
        piece = ""
        for turn in turns:
            turn = re.sub(r"\\?\[[^\]]*\\?\]", "", turn).replace("*", "").strip()
            piece += turn + "\n"
            if len(piece) > rng.randint(600, 2400):
                sample = Sample()
                sample.text(piece[:4000].strip())
                yield sample
                piece = ""


def small_talk(folder, rng):
    for path in sorted(glob.glob(f"{folder}/topicalchat/*.json")):
        for talk in json.load(open(path)).values():
            sample = Sample()
            sample.system(rng.choice(["You like to chat.", "A friendly talk.", "Talk with the caller about anything."]))
            for n, turn in enumerate(talk["content"]):
                text = turn["message"].strip()
                sample.user(text) if n % 2 == 0 else sample.reply(text)
            yield sample


def one_pass(text, seed, share, talk, part=1.0):
    """All sources once, or a part of them; of the long conversations only a share, and of talk about anything another."""
    rng = random.Random(seed)
    out = []
    folder = f"{text}/dialogue/sgd/train"
    schema = schema_guided.load_schema(folder)
    dialogues = list(schema_guided.load_dialogues(folder))
    with zipfile.ZipFile(f"{text}/lm/nltk/names.zip") as archive:
        people = [n.strip() for f in ("names/male.txt", "names/female.txt") for n in archive.read(f).decode().split()]
    pool = schema_guided.entity_pool(dialogues, people)
    dialogues = rng.sample(dialogues, int(len(dialogues) * part))
    share, talk, some = share * part, talk * part, lambda count: int(count * part)
    out += extraction.samples(text, dialogues, schema, pool, rng)
    out += [schema_guided.conversation(d, schema, rng, pool) for d in dialogues if rng.random() < share / part]
    interfaces = star.load_interfaces(f"{text}/dialogue/star/apis/apis")
    out += [star.conversation(d, interfaces, rng) for d in star.load(f"{text}/dialogue/star") if rng.random() < share]
    cinema = json.load(open(f"{text}/dialogue/taskmaster/TM-3-2020/ontology/apis.json"))
    rows = taskmaster.cinema_rows(f"{text}/dialogue/taskmaster/TM-3-2020")
    out += [taskmaster.cinema(r, cinema, rng) for r in rng.sample(rows, min(len(rows), int(2000 * share)))]
    coffee = list(taskmaster.load_coffee(f"{text}/dialogue/taskmaster/TM-4-2024"))
    out += [taskmaster.coffee(d, rng) for d in rng.sample(coffee, int(1200 * share))]
    entities = facts.load(f"{text}/rag/dstc10_faq.json")
    kept = [e for e in entities if held_out(e[1]) is False and len(e[2]) > 1]
    out += [facts.conversation(rng.choice(kept), kept, rng) for _ in range(some(6000))]
    out += [places.conversation(rng) for _ in range(some(9000))]
    out += [scripts.conversation(rng) for _ in range(some(4000))]
    out += [s for s in small_talk(f"{text}/dialogue", rng) if rng.random() < talk]
    out += list(podcasts(f"{text}/lm", rng, 0.08 * talk))
    out = [s for s in out if s]
    rng.shuffle(out)
    return out


def held_out(name):
    """A tenth of the entities with facts is kept for evaluation."""
    return sum(name.encode()) % 10 == 0


def train_tokenizer(samples, path):
    tokenizer = Tokenizer(models.BPE())
    # Digits apart and the GPT-2 split: the pre-tokenizer that GGUF calls `smollm`.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                       pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=MARKS, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                  max_token_length=16, show_progress=False)
    texts = (text for s in samples for text, mark, weight in s.spans if not mark and weight > 0)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(path)
    return tokenizer


def encode(samples, tokenizer, length_max):
    marks = {m: tokenizer.token_to_id(m) for m in MARKS}
    texts = [text for s in samples for text, mark, _ in s.spans if not mark]
    encoded = iter(tokenizer.encode_batch_fast(texts, add_special_tokens=False))
    tokens, weights, starts = [], [], [0]
    dropped = 0
    for sample in samples:
        ids, given = [], []
        for text, mark, weight in sample.spans:
            new = [marks[text]] if mark else next(encoded).ids
            ids += new
            given += [weight] * len(new)
        if len(ids) > length_max:
            dropped += 1
            ids, given = ids[:length_max], given[:length_max]
        if len(ids) >= LENGTH_MIN and any(given):
            tokens += ids
            weights += given
            starts.append(len(tokens))
    print(f"{len(starts) - 1} samples, {len(tokens)} tokens, {dropped} cut at {length_max}, "
          f"learnt share {sum(w == 10 for w in weights) / len(weights):.2f}", flush=True)
    return np.array(tokens, np.uint16), np.array(weights, np.uint8), np.array(starts, np.int64)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--length", type=int, default=640, help="longest sample, tokens; longer ones are cut")
    parser.add_argument("--talk", type=float, default=1.0, help="share of small talk and podcasts")
    parser.add_argument("--part", type=float, default=1.0, help="part of everything that a shard holds")
    parser.add_argument("--share", type=float, default=1.0, help="share of the long conversations")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    path = f"{args.out}/tokenizer.json"
    for epoch in range(args.first, args.first + args.epochs):
        samples = one_pass(args.text, 1000 + epoch, args.share, args.talk, args.part)
        tokenizer = Tokenizer.from_file(path) if os.path.exists(path) else train_tokenizer(samples, path)
        tokens, weights, starts = encode(samples, tokenizer, args.length)
        np.savez(f"{args.out}/part{epoch}.npz", tokens=tokens, weights=weights, starts=starts)
        os.replace(f"{args.out}/part{epoch}.npz", f"{args.out}/shard{epoch}.npz")


if __name__ == "__main__":
    main()
