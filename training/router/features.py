"""Text to hashed n-grams: the Python twin of `crates/language/src/features.rs`, feature for feature.

Lower-cased words without punctuation; word 1-2-grams with the utterance's edges, and character 3-5-grams inside each
word with the word's edges. Each feature's bytes are hashed by FNV-1a 32 and folded to 15 bits.
"""

import functools

BUCKETS = 1 << 15
UTTERANCE_CHARS_MAX = 2000
WORDS_MAX = 200
WORD_CHARS_MAX = 40


def fnv1a(data):
    """FNV-1a, 32 bits, over bytes."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def bucket(text):
    value = fnv1a(text.encode("utf-8"))
    return (value ^ (value >> 15)) & (BUCKETS - 1)


def is_word_char(char):
    """Letters, digits and marks of any script: what is not ASCII punctuation, a space or a Unicode symbol block."""
    code = ord(char)
    if code < 0x80:
        return char.isalnum()
    return not (code < 0xC0 or code in (0xD7, 0xF7) or 0x2000 <= code <= 0x2BFF or 0x3000 <= code <= 0x303F or code == 0xFEFF)


def words(text):
    """Lower-cased words; apostrophes vanish ("don't" is "dont"), ASCII digits all read 0."""
    out, word = [], []
    for char in text[:UTTERANCE_CHARS_MAX]:
        if char in "'\u2019":
            continue
        if is_word_char(char):
            for lower in char.lower():
                word.append("0" if "0" <= lower <= "9" else lower)
        elif word:
            out.append("".join(word[:WORD_CHARS_MAX]))
            word = []
    if word:
        out.append("".join(word[:WORD_CHARS_MAX]))
    return out[:WORDS_MAX]


@functools.lru_cache(maxsize=200_000)
def word_buckets(word):
    """Buckets of one word: itself, then its character 3-, 4- and 5-grams."""
    edged = f"<{word}>"
    found = [bucket(f"w{word}")]
    for size in (3, 4, 5):
        found += [bucket(f"c{edged[i:i + size]}") for i in range(len(edged) - size + 1)]
    return tuple(found)


@functools.lru_cache(maxsize=500_000)
def pair_bucket(first, second):
    return bucket(f"b{first} {second}")


def pair_buckets(spoken):
    """Buckets of each two neighbours, the utterance's edges being `^` and `$`."""
    edged = ["^", *spoken, "$"]
    return [pair_bucket(a, b) for a, b in zip(edged, edged[1:])]


def features(text):
    """Buckets of an utterance, with repeats, in order; empty where it has no word."""
    return word_features(words(text))


def word_features(spoken):
    if not spoken:
        return []
    found = []
    for word in spoken:
        found += word_buckets(word)
    return found + pair_buckets(spoken)
