"""Turns of the corpora as recogniser words with their signs and cases; whole episodes and dialogues kept apart.

    python corpus.py --text TEXT_DIR --out corpus/

Writes train.npz (flat arrays, turns in random order), types.json, mixed.json and dev/test sets as JSON lines.
A test turn is a speaker's whole turn as it is; training turns are also cut into pieces as a caller's turns are, some
broken off, and most get fillers, repeated words and recogniser-like errors.
"""

import argparse
import collections
import csv
import glob
import json
import pathlib
import random
import re
import time
import zlib

import numpy as np

from spoken import CAPITAL, CAPS, COMMA, LOWER, NONE, PERIOD, QUESTION, digits, label

WORDS_MAX = 96  # of a training turn
DROPPABLE = set("a the to of is and i in it that you for on at do are".split())
ALWAYS = {"i", "i'm", "i'll", "i've", "i'd"}  # capitals wherever they stand


def changelog(folder, share):
    """(episode, text of one speaker's turn) of the podcasts."""
    for path in sorted(glob.glob(f"{folder}/*/*.md")):
        episode, turn = path[len(folder) + 1:], []
        if zlib.crc32(episode.encode()) % 100 >= share * 100:
            continue
        for line in open(path, encoding="utf-8"):
            line = line.strip()
            head = re.match(r"\*\*[^*]{1,60}:\*\*\s*", line)
            if head or line.startswith("**") or line.startswith("#"):
                if turn:
                    yield episode, " ".join(turn)
                turn, line = [], line[head.end():] if head else ""
            if "unintelligible" in line:  # words are missing there
                line = ""
            line = re.sub(r"\\?\[\\?(?:[\d:.]+|\w+( \w+)?)\\?\]", " ", line)
            line = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line)
            if line:
                turn.append(line)
        if turn:
            yield episode, " ".join(turn)


def dialogues(root):
    """(set, dialogue, text) of the customer dialogues: only turns written with capitals and signs."""
    for part in ("train", "dev"):
        for path in sorted(glob.glob(f"{root}/sgd/{part}/dialogues_*.json")):
            for d in json.load(open(path)):
                for t in d["turns"]:
                    yield f"sgd_{part}_{t['speaker'].lower()}", d["dialogue_id"], t["utterance"]
        for path in sorted(glob.glob(f"{root}/multidogo/paper_splits/splits_annotated_at_turn_level/*/{part}.tsv")):
            for row in csv.DictReader(open(path), delimiter="\t", quoting=csv.QUOTE_NONE):
                yield f"multidogo_{part}", row["conversationId"], row["utterance"] or ""
    for path in sorted(glob.glob(f"{root}/taskmaster/TM-4-2024/data/*.json")):
        for d in json.load(open(path)):
            for t in d["utterances"]:
                yield "taskmaster4", d["conversation_id"], t["text"]
    for path in sorted(glob.glob(f"{root}/taskmaster/TM-3-2020/reward/*.json")):
        for d in json.load(open(path)):
            try:
                turns = json.loads(d["context"])
            except (KeyError, ValueError, TypeError):
                continue
            for t in turns:
                yield "taskmaster3", d["conversation_id"], t.get("text") or ""
    for path in sorted(glob.glob(f"{root}/star/dialogues/*.json")):
        for e in json.load(open(path))["Events"]:
            if e.get("Agent") in ("User", "Wizard"):
                yield "star", path, e.get("Text") or ""
    for path in sorted(glob.glob(f"{root}/topicalchat/*.json")):
        for key, d in json.load(open(path)).items():
            for t in d["content"]:
                yield "topicalchat", key, t["message"]


def proper_turn(text):
    """Whether a turn is written with care: begins with a capital, ends with a sign."""
    return len(text) > 1 and (text[0].isupper() or text[0].isdigit()) and text.rstrip("\"')").endswith((".", "?", "!"))


def dictated(rng, names):
    """What callers say that no corpus has: yes and no, names and digits, with signs."""
    first, last = (rng.choice(n).capitalize() for n in names)
    said = digits(rng)
    lead = rng.choice(["", "Yes, ", "Sure, ", "Okay, ", "Um, ", "Yeah, ", "No, ", "Hi, "])
    body = rng.choice([
        f"it's {said}.", f"my number is {said}.", f"my account number is {said}.", f"the last four digits are {said}.", f"that's {said}.",
        f"my name is {first} {last}.", f"this is {first} {last}.", f"I'm {first}.", f"it's {first} {last}.", f"my last name is {last}, {' '.join(last.upper())}.",
        f"{said}.", "please.", "thank you.", "thanks.", "that's right.", "that's correct.", "that's all.", "that is all, thank you.", "I do.", "I don't.",
        f"I'd like to speak to {first}.", f"is {first} {last} there?", "can you help me?", "I lost my card.", "my card was stolen, what should I do?",
        f"my email is {first} dot {last} at gmail dot com.", "hold on a second.", "go ahead.", "sorry, can you repeat that?", "what did you say?"])
    text = lead + body
    return text[0].upper() + text[1:]


def cut(words, signs, cases, rng):
    """A long turn as pieces that begin with a sentence, of lengths as callers' turns have."""
    ends = [i + 1 for i, s in enumerate(signs) if s in (PERIOD, QUESTION)]
    begin, aim = 0, rng.choice([4, 8, 15, 25, 40, 60, 80])
    for k, end in enumerate(ends):
        longer = ends[k + 1] - begin if k + 1 < len(ends) else 0
        if end - begin >= aim or longer > WORDS_MAX or k + 1 == len(ends):
            if end - begin <= WORDS_MAX:
                yield words[begin:end], signs[begin:end], cases[begin:end]
            begin, aim = end, rng.choice([4, 8, 15, 25, 40, 60, 80])


def disturb(words, signs, cases, rng, proper, unigrams):
    """Fillers, repeated words and recogniser-like errors put in, labels kept right."""
    out, begins = [], True
    for word, sign, case in zip(words, signs, cases):
        keeps = word in ALWAYS or word in proper or case == CAPS
        r = rng.random()
        if r < 0.02:
            out.append([rng.choice(["um", "uh", "um", "uh", "er", "hmm", "mm"]), COMMA, CAPITAL if begins else LOWER])
            if not begins and len(out) > 1 and out[-2][1] == NONE and rng.random() < 0.5:
                out[-2][1] = COMMA
            case = case if keeps else LOWER
            begins = False
        elif r < 0.032 and word not in ("very", "really"):
            out.append([word, COMMA, case])
            case = case if keeps else LOWER
        elif r < 0.036 and len(out) and out[-1][1] == NONE and not begins:
            out[-1][1] = NONE
            again = [out[-1][0], NONE, out[-1][2] if out[-1][0] in ALWAYS or out[-1][0] in proper else LOWER]
            out.append([word, COMMA, case])
            out.append(again)
        if 0.04 < r < 0.052 and case == LOWER:
            word = rng.choice(unigrams)
        if r > 0.98 and word in DROPPABLE and not begins:
            if out and out[-1][1] == NONE:
                out[-1][1] = sign
        else:
            out.append([word, sign, case])
        begins = sign in (PERIOD, QUESTION)
    return [list(x) for x in zip(*out)]


def broken_off(words, signs, cases, rng):
    """A turn cut in the middle of a sentence, where no sign belongs."""
    at = rng.randrange(2, len(words))
    if signs[at - 1] in (PERIOD, QUESTION):
        return words, signs, cases
    return words[:at], signs[:at - 1] + [NONE], cases[:at]


def read(args, rng):
    """(train turns, kept-apart sets), each turn (words, signs, cases); and the mixed-case spellings seen."""
    train, apart = [], collections.defaultdict(list)
    mixed = collections.defaultdict(collections.Counter)
    counts = collections.Counter()

    def spellings(text):
        for word in re.findall(r"[A-Za-z']+", text):
            if not word.islower():
                mixed[word.lower()][word] += 1

    for episode, text in changelog(f"{args.text}/lm/changelog", args.share):
        found = label(text, rng)
        bucket = zlib.crc32(episode.encode()) % 100
        counts["changelog dropped" if not found else "changelog"] += 1
        if not found or found[1][-1] not in (PERIOD, QUESTION):
            continue
        if bucket < 2:
            apart["dev" if bucket == 0 else "test"].append(found)
        else:
            spellings(text)
            train.append(found)
    for name, dialogue, text in dialogues(f"{args.text}/dialogue"):
        text = text.strip()
        if "_dev" not in name and zlib.crc32(dialogue.encode()) % 100 >= args.share * 100:
            continue
        if not proper_turn(text):
            counts[name + " untidy"] += 1
            continue
        found = label(text, rng)
        counts[name if found else name + " dropped"] += 1
        if not found:
            continue
        if "_dev" in name:
            apart[name].append(found)
        elif name != "sgd_train_system" or rng.random() < 0.4:
            train.append(found)
    print(dict(counts))
    return train, apart, mixed


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--text", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--share", type=float, default=1.0, help="of the episodes and dialogues to read")
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    rng, begin = random.Random(args.seed), time.time()
    train, apart, mixed = read(args, rng)
    print(f"{len(train)} turns, {sum(len(t[0]) for t in train)} words in {time.time() - begin:.0f} s")
    big = {low: top[0] for low, c in mixed.items() for top in c.most_common(1) if top[1] >= 8 and top[1] * 2 > sum(c.values())
           and re.search(r"[a-z].*[A-Z]|[A-Z].*[A-Z].*[a-z]", top[0]) and low.replace("'", "").isalpha()}
    json.dump(big, open(out / "mixed.json", "w"), indent=0, sort_keys=True)

    upper, seen, unigrams = collections.Counter(), collections.Counter(), []
    for words, signs, cases in train:
        for i, word in enumerate(words):
            if i and signs[i - 1] in (NONE, COMMA):
                seen[word] += 1
                upper[word] += cases[i] != LOWER
        unigrams += rng.sample(words, 1)
    proper = {w for w, n in upper.items() if n * 2 > seen[w]}
    names = [[w for w in proper if w.isalpha() and len(w) > 2 and upper[w] >= 5]] * 2
    train += [label(dictated(rng, names), rng) for _ in range(int(40000 * args.share))]

    types, tokens, labels, offsets = {}, [], [], [0]
    turns = [piece for turn in train for piece in ([turn] if len(turn[0]) <= 40 else cut(*turn, rng))]
    rng.shuffle(turns)
    for turn in turns:
        if len(turn[0]) > 4 and rng.random() < 0.04:
            turn = broken_off(*turn, rng)
        if rng.random() < 0.6:
            turn = disturb(*turn, rng, proper, unigrams)
        for word, sign, case in zip(*turn):
            tokens.append(types.setdefault(word, len(types)))
            labels.append(sign * 3 + case)
        offsets.append(len(tokens))
    np.savez(out / "train.npz", tokens=np.array(tokens, np.int32), labels=np.array(labels, np.uint8), offsets=np.array(offsets, np.int64))
    json.dump(list(types), open(out / "types.json", "w"))
    apart["test_disturbed"] = [tuple(disturb(*t, rng, proper, unigrams)) for t in apart["test"]]
    for name, kept in apart.items():
        with open(out / f"{name}.jsonl", "w") as file:
            for turn in kept:
                file.write(json.dumps(turn) + "\n")
        print(name, len(kept), "turns", sum(len(t[0]) for t in kept), "words")
    print(f"train: {len(turns)} turns, {len(tokens)} words, {len(types)} types; {time.time() - begin:.0f} s")
    print("signs x cases", np.bincount(labels, minlength=12).reshape(4, 3).tolist())


if __name__ == "__main__":
    main()
