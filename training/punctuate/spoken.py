"""Written text to what a recogniser writes, word by word, with what was lost: the sign after each word and its case.

What it is: a tokeniser that spells out numbers as people say them (with training/asr/texts.py). Not a normaliser: a turn
with a word it cannot say is dropped.
"""

import functools
import pathlib
import random
import re
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "asr"))
from texts import ONES, cardinal, clock, digits, ordinal, year  # noqa: E402, F401

NONE, COMMA, PERIOD, QUESTION = range(4)  # signs
LOWER, CAPITAL, CAPS = range(3)  # cases
DIGITS = "<digits>"  # a token with digits, as some recognisers write them
OTHER = "<other>"  # a token of other letters than a to z

SIGN = {",": COMMA, ";": COMMA, ":": COMMA, "-": COMMA, ".": PERIOD, "!": PERIOD, "?": QUESTION}
UNITS = {"%": "percent", "k": "k", "m": "million", "x": "x", "am": "a m", "pm": "p m", "gb": "gigabytes", "mb": "megabytes",
         "ms": "milliseconds", "kb": "kilobytes", "d": "d", "s": "s", "th": "th", "g": "g", "km": "kilometers", "hz": "hertz"}
WORDS = {"&": "and", "@": "at", "%": "percent", "+": "plus", "#": "hash", "$": "dollar", "=": "equals", "a.m": "a m",
         "p.m": "p m", "a.k.a": "a k a", "c++": "c plus plus", "c#": "c sharp", "f#": "f sharp", "u.s": "u s", "etc": "et cetera",
         "vs": "versus", "dr": "doctor", "mr": "mister", "mrs": "missus", "ok": "okay", "e.g": "e g", "i.e": "i e"}
ABBREVIATIONS = {"a.m", "p.m", "mr", "mrs", "dr", "vs", "e.g", "i.e", "st", "ms", "a.k.a", "u.s"}
PLAIN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*'?$")
NUMBER = re.compile(r"(\$?)(\d[\d,]*)(?:\.(\d+))?([A-Za-z%]*)$")
TIME = re.compile(r"(\d{1,2}):(\d\d)([AaPp])?[Mm]?$")


def number(match, rng):
    """Spoken words of a written number, or None."""
    money, whole, part, unit = match[1], match[2].replace(",", ""), match[3], match[4].lower()
    if len(whole) > 9:
        words = " ".join(ONES[int(d)] for d in whole)
    elif unit in ("st", "nd", "rd", "th") and 0 < int(whole) < 100:
        return ordinal(int(whole))
    elif unit == "s" and whole[-1] == "0" and 20 <= int(whole) < 100:
        return cardinal(int(whole))[:-1] + "ies"
    elif len(whole) == 4 and whole[:2] in ("19", "20") and not part and not money and not unit:
        words = year(int(whole), rng)
    elif whole[0] == "0" and len(whole) > 1 or (len(whole) in (3, 4) and rng.random() < 0.3 and not money and "," not in match[2]):
        words = " ".join(ONES[int(d)] for d in whole)
    else:
        words = cardinal(int(whole), rng)
    if money and part and len(part) == 2:
        return words + " dollars and " + cardinal(int(part), rng) + " cents"
    if part:
        words += " point " + " ".join(ONES[int(d)] for d in part)
    if unit:
        if unit not in UNITS:
            return None
        words += " " + UNITS[unit]
    return words + (" dollars" if money else "")


def spell(core, rng):
    """(words, case of each) of one written word without its signs, or None where it cannot be said."""
    low = core.lower()
    if low in WORDS:
        words = WORDS[low].split()
        case = CAPITAL if core[0].isupper() else LOWER
        return words, [CAPS if len(w) == 1 and core.isupper() else case if i == 0 else LOWER for i, w in enumerate(words)]
    if PLAIN.match(core):
        letters = core.rstrip("'")
        if len(letters) == 1:
            return [low.rstrip("'")], [CAPITAL if core.isupper() else LOWER]
        stem = letters[:-1] if letters.endswith("s") else letters
        if stem.replace("'", "").isupper() and len(stem) > 1:
            stem = stem.rstrip("'")
            if len(stem) <= 5 and rng.random() < 0.5:
                spoken = [*stem[:-1].lower(), stem[-1].lower() + low[len(stem):].rstrip("'")]
                return spoken, [CAPITAL] * len(spoken)
            return [low.rstrip("'")], [CAPS]
        return [low.rstrip("'")], [CAPITAL if core[0].isupper() or any(c.isupper() for c in core[1:]) else LOWER]
    match = NUMBER.match(core)
    if match:
        if rng.random() < 0.1:
            return [DIGITS], [LOWER]
        words = number(match, rng)
        return (words.split(), None) if words else None
    match = TIME.match(core)
    if match and 1 <= int(match[1]) <= 12 and int(match[2]) < 60:
        words = clock(int(match[1]), int(match[2]), rng)
        return words.split(), None
    if re.fullmatch(r"[^\W\d_]+(?:'[^\W\d_]+)*", core):
        return [OTHER], [CAPITAL if core[0].isupper() else LOWER]
    return None


TOKEN = re.compile(r"([\"(\[]*)(.*?)([.,;:!?\")\]'…]*)$", re.S)


def pieces(text):
    """(word as written, its sign) of a text; dashes and ellipses are already signs of the word before."""
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("\u201c", '"').replace("\u201d", '"').replace("…", "...")
    text = re.sub(r"\s+(?:-+|–|—|--)\s+|—|--|–", " - ", text)
    text = re.sub(r"\b(\d{3})-(\d{4})\b", lambda m: " ".join(m[1] + m[2]), text)
    text = re.sub(r"\b(\d+)-(\d+)\b(?!-)", r"\1 to \2", text)
    text = re.sub(r"(?<=\w)[-/_](?=\w)", " ", text)
    out = []
    for token in text.split():
        if token.isalpha():
            out.append([token, NONE])
            continue
        if token[-1] in ",?" and token[:-1].isalpha():
            out.append([token[:-1], SIGN[token[-1]]])
            continue
        if token == "-":
            if out and out[-1][1] == NONE:
                out[-1][1] = COMMA
            continue
        _, core, tail = TOKEN.match(token).groups()
        if not core:
            if out and tail.strip("\"')("):
                out[-1][1] = SIGN.get(tail.strip("\"')(")[0], out[-1][1])
            continue
        core = core.strip("*`\"()[]{}<>~^|\\-_/'" if not core.endswith("'") else "*`\"()[]{}<>~^|\\-_/")
        if not core:
            continue
        marks = tail.replace('"', "").replace(")", "").replace("'", "").replace("]", "")
        if "?" in marks:
            sign = QUESTION
        elif marks.startswith(".."):
            sign = None  # an ellipsis: what follows decides
        elif marks.startswith(".") and core.lower() in ABBREVIATIONS and len(marks) == 1:
            sign = -1  # a full stop only at the end
        else:
            sign = SIGN.get(marks[0], NONE) if marks else NONE
        out.append([core, sign])
    for i, (_, sign) in enumerate(out):
        if sign is None or sign == -1:
            following = out[i + 1][0] if i + 1 < len(out) else None
            new = following is None or (following[0].isupper() and following not in ("I", "I'm", "I'll", "I've", "I'd"))
            out[i][1] = (PERIOD if new else COMMA) if sign is None else (PERIOD if following is None else NONE)
    return out


@functools.lru_cache(maxsize=200_000)
def plain(core):
    """What spell gives for a word of letters that can be said in one way, else None."""
    low = core.lower()
    if low not in WORDS and PLAIN.match(core) and (low == core or core[1:].islower()):
        return [low.rstrip("'")], [LOWER if low == core else CAPITAL]
    return None


def label(text, rng):
    """(words, signs, cases) of a written turn, or None where a word cannot be said."""
    words, signs, cases, begins = [], [], [], True
    for core, sign in pieces(text):
        spoken = plain(core) or spell(core, rng)
        if spoken is None:
            if len(core) == 1 and not core.isalnum():
                continue
            return None
        said, case = spoken
        if case is None:  # a number: capital where a sentence begins
            case = [CAPITAL if begins else LOWER] + [LOWER] * (len(said) - 1)
        words += said
        cases += case
        signs += [NONE] * (len(said) - 1) + [sign]
        begins = sign in (PERIOD, QUESTION)
    return (words, signs, cases) if words else None


if __name__ == "__main__":
    for line in sys.stdin:
        found = label(line, random.Random(1))
        print(found and " ".join([w, w.capitalize(), w.upper()][c] + " ,.?"[s].strip() for w, s, c in zip(*found)))
