"""Callers' turns from the dialogue sets and the podcasts, as a recogniser would write them, whole and cut.

A turn is (group, text with signs, expectation); `whole_and_cut` gives (words, expectation, complete). Groups are whole
dialogues and episodes, so that what is kept apart shares no conversation with what is trained on.
"""

import csv
import glob
import json
import re
import zlib

UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
FILLERS = ["um", "uh", "er", "well", "like", "so", "you know", "let me see", "let me think", "uh um", "hmm"]
SLIPPERY = set("a an the to of and or but for in on at with from by my your his her our is are was i'd i'm i i'll it's that's "
               "if because would can could about as so this these then".split())
ASKS_YES_NO = re.compile(r"\b(do|does|is|are|was|would|should|shall|can|could|will|did|have|right|correct)\b[^.?!]*\?\s*$", re.I)


def spell(match):
    """A number of a text as words; long ones digit by digit."""
    digits = match.group(0)
    if len(digits) > 4 or digits[0] == "0":
        return " ".join(UNITS[int(d)] for d in digits)
    value = int(digits)
    if len(digits) == 4 and value % 100 and not 2000 <= value < 2010:
        return f"{below_hundred(value // 100)} {below_hundred(value % 100) if value % 100 > 9 else 'oh ' + UNITS[value % 100]}"
    thousands, rest = divmod(value, 1000)
    parts = [UNITS[thousands], "thousand"] if thousands else []
    parts += [UNITS[rest // 100], "hundred"] if rest >= 100 else []
    parts += [below_hundred(rest % 100)] if rest % 100 or not parts else []
    return " ".join(parts)


def below_hundred(value):
    if value < 20:
        return UNITS[value]
    return TENS[value // 10] + (f" {UNITS[value % 10]}" if value % 10 else "")


def spoken(text):
    """A written turn with its signs and its numbers as words."""
    text = re.sub(r"\$\s?([\d,.]*\d)", r"\1 dollars", text)
    text = re.sub(r"(\d)[,](\d{3})", r"\1\2", text)
    text = re.sub(r"(\d{1,2}):(\d\d)", r"\1 \2", text)
    text = re.sub(r"(\d)\s?(am|pm)\b", r"\1 \2", text, flags=re.I)
    text = text.replace("@", " at ").replace("%", " percent ").replace("&", " and ")
    text = re.sub(r"(?<=\w)\.(?=\w)", " dot ", text)
    text = re.sub(r"(\d+)(st|nd|rd|th)\b", r"\1", text)
    return re.sub(r"\d+", lambda match: f" {spell(match)} ", text)


def asked(utterance, slots=()):
    """What a caller is expected to say after the agent's words."""
    for slot in slots:
        if "date" in slot or slot.endswith("day"):
            return "date"
        if "name" in slot and "city" not in slot:
            return "name"
        if "price" in slot or "amount" in slot or "balance" in slot:
            return "money"
        if "phone" in slot:
            return "digits:7-12"
    return "yes_no" if ASKS_YES_NO.search(utterance) else "any"


def alternating(group, pairs):
    """Callers' turns of (is the caller, text) in order."""
    before = ""
    for caller, text in pairs:
        if caller and text.strip():
            yield group, text, asked(before)
        before = "" if caller else text


def dialogue_turns(root):
    for part in ("train", "dev"):
        for path in sorted(glob.glob(f"{root}/sgd/{part}/dialogues_*.json")):
            for talk in json.load(open(path)):
                before, slots = "", []
                for turn in talk["turns"]:
                    if turn["speaker"] == "USER":
                        yield f"sgd {part} {talk['dialogue_id']}", turn["utterance"], asked(before, slots)
                    else:
                        before = turn["utterance"]
                        slots = [a["slot"] for f in turn["frames"] for a in f["actions"] if a["act"] == "REQUEST"]
    for path in sorted(glob.glob(f"{root}/multidogo/paper_splits/splits_annotated_at_turn_level/*/train.tsv")):
        for row in csv.DictReader(open(path), delimiter="\t", quoting=csv.QUOTE_NONE):
            yield f"multidogo {row['conversationId']}", row["utterance"] or "", "any"
    for path in sorted(glob.glob(f"{root}/taskmaster/TM-4-2024/data/*.json")):
        for talk in json.load(open(path)):
            pairs = [(str(t.get("speaker", "")).lower().startswith(("user", "customer")), t["text"]) for t in talk["utterances"]]
            yield from alternating(f"taskmaster {talk['conversation_id']}", pairs)
    for path in sorted(glob.glob(f"{root}/taskmaster/TM-3-2020/reward/*.json")):
        for talk in json.load(open(path)):
            try:
                parts = [t for t in json.loads(talk["context"]) if t.get("text")]
            except (KeyError, ValueError, TypeError):
                continue
            yield from alternating(f"taskmaster {talk['conversation_id']}", [(t["role"] == "user", t["text"]) for t in parts])
    for path in sorted(glob.glob(f"{root}/star/dialogues/*.json")):
        events = [e for e in json.load(open(path))["Events"] if e.get("Agent") in ("User", "Wizard") and e.get("Text")]
        yield from alternating(f"star {path[-12:]}", [(e["Agent"] == "User", e["Text"]) for e in events])


def podcast_turns(folder, words_max=45):
    """Short turns of talk among several people."""
    for path in sorted(glob.glob(f"{folder}/*/*.md")):
        for line in open(path, encoding="utf-8"):
            head = re.match(r"\*\*[^*]{1,60}:\*\*\s*", line.strip())
            if not head:
                continue
            text = re.sub(r"\\?\[[^\]]*\]|\([^)]*\)|[*_]", " ", line.strip()[head.end():])
            if 0 < len(text.split()) <= words_max and text.rstrip().endswith((".", "?", "!")):
                yield f"changelog {path[-28:]}", text, "any"


def part(group):
    """"train", "dev" or "test" of a conversation."""
    if group.startswith("sgd dev"):
        return "test"
    return ("test", "dev")[number] if (number := zlib.crc32(group.encode()) % 16) < 2 else "train"


def boundaries(text):
    """(words, weight of a pause after each word but the last, from signs and words)."""
    pieces = re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*|[.?!,;:\u2026\u2014-]+", spoken(text).lower())
    words, weight = [], []
    for piece in pieces:
        if piece[0].isalnum():
            words.append(piece.replace("\u2019", "'"))
            weight.append(2.0 if words[-1] in SLIPPERY else 6.0 if words[-1] in ("um", "uh", "er") else 0.6)
        elif weight:
            weight[-1] = max(weight[-1], 1.6 if piece[0] in ".?!" else 2.5)
    return words, weight[:-1]


def whole_and_cut(text, expect, rng, cuts=2, uniform=False):
    """The whole turn, and the same turn at pauses inside it; some pauses have a filler or a repeated word before them."""
    words, weight = boundaries(text)
    if not words or len(words) > 60:
        return
    yield " ".join(words), expect, True
    if len(words) < 2:
        return
    weight = [1.0] * len(weight) if uniform else weight
    for at in set(rng.choices(range(1, len(words)), weight, k=min(cuts, len(words) - 1))):
        said, luck = words[:at], rng.random()
        if not uniform and luck < 0.2:
            said = said + [rng.choice(FILLERS)]
        elif not uniform and luck < 0.25:
            said = said + said[-1:]
        yield " ".join(said), expect, False
