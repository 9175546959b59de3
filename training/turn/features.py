"""What the turn-end model sees of a caller's words and of what the agent asked for.

The exact twin of `crates/language/src/turn_end.rs`; a golden case holds the two together. Words are lower case without
signs, apostrophes stay, every digit is a word of its own. A feature is a text hashed by FNV-1a 32.
"""

import functools

WIDE_BITS, WORD_BITS = 17, 13
TAIL_WORDS = 6  # of the deep part
WORDS_MAX = 200
NEAR_WORDS = 12  # that the wide part looks at
EXPECTATIONS = ["any", "digits", "yes_no", "date", "name", "money"]
DENSE = len(EXPECTATIONS) + 4 + 2
WIDE_MAX = NEAR_WORDS + 16

DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ONE_DIGIT = {*DIGITS, "oh", "o"}
TWO_DIGITS = {"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
TENS = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
REPEATS = {"double": 1, "triple": 2}


def is_letter(char):
    """A rule simple enough to be the same in every language and Unicode version."""
    code = ord(char)
    if code < 0x80:
        return char.isalpha()
    return not (code < 0xC0 or code in (0xD7, 0xF7, 0xFEFF) or 0x2000 <= code <= 0x2BFF or 0x3000 <= code <= 0x303F)


def words(text):
    """Lower-case words, the last 200; digits are spelt one by one."""
    found, word = [], ""
    for char in text.replace("\u2019", "'") + " ":
        if char in "0123456789":
            found += [word] if word else []
            found.append(DIGITS[int(char)])
            word = ""
        elif char == "'" or is_letter(char):
            word += char.lower()
        else:
            found += [word] if word else []
            word = ""
    return [w for w in (w.strip("'") for w in found) if w][-WORDS_MAX:]


def digits(tokens):
    """How many digits the words say, roughly: "twenty one" two, "double five" two."""
    count, after_tens = 0, False
    for word in tokens:
        if word in TENS or word in TWO_DIGITS:
            count += 2
        elif word in ONE_DIGIT:
            count += 0 if after_tens and word not in ("zero", "oh", "o") else 1
        else:
            count += REPEATS.get(word, 0)
        after_tens = word in TENS
    return count


@functools.lru_cache(maxsize=2_000_000)
def fnv(text, bits):
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return (value ^ (value >> bits)) & ((1 << bits) - 1)


def state(kind, count, low, high):
    """0 no digits, 1 too few, 2 may be more, 3 full; without a wanted number 1 is any digits."""
    if count == 0:
        return 0
    if kind != "digits" or count < low:
        return 1
    return 3 if count >= high else 2


def expectation(text):
    """ "digits:4", "digits:6-12", "yes_no" -> (kind, low, high)."""
    kind, _, span = text.partition(":")
    low, _, high = span.partition("-")
    return (kind, int(low), int(high or low)) if low else (kind, 0, 0)


def examine(text, expect):
    """(word buckets (6), dense (12), wide buckets) of words so far and an expectation as text."""
    kind, low, high = expectation(expect)
    if kind == "digits" and high == 0:
        low, high = 1, 16
    said = words(text)
    count = digits(said)
    step = state(kind, count, low, high)
    tail = ["<"] * TAIL_WORDS + said
    deep = [fnv(word, WORD_BITS) for word in tail[-TAIL_WORDS:]]
    dense = [float(kind == k) for k in EXPECTATIONS] + [float(step == s) for s in range(4)]
    dense += [min(len(said), 12) / 12, min(count, 16) / 16]
    last = tail[-1]
    length = min(len(said), 9)
    left = min(max(high - count, 0), 9)
    found = [f"a {last}", f"b {tail[-2]} {last}", f"c {tail[-3]} {tail[-2]} {last}", f"d {' '.join(tail[-4:])}"]
    found += [f"e {tail[-3]} {last}", f"f {last[-3:]}", f"g {length}", f"h {kind} {last}", f"i {kind} {tail[-2]} {last}"]
    found += [f"j {kind} {length}", f"k {kind} {step} {left}", f"l {step} {last}", f"m {count if count < 20 else 20}"]
    found += [f"n {' '.join(said[:1])} {last}", f"o {' '.join(said[:2])}", f"p {length} {last}"]
    found += [f"q {word}" for word in said[-NEAR_WORDS:]]
    return deep, dense, [fnv(f, WIDE_BITS) for f in found]
