"""Text to hashed n-grams and to terms: the Python twin of `crates/language/src/knowledge/terms.rs`, feature for feature."""

import functools

BUCKETS = 1 << 15
TEXT_CHARS_MAX = 4000
WORDS_MAX = 400
WORD_CHARS_MAX = 40


def fnv1a(data):
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def bucket(text):
    value = fnv1a(text.encode("utf-8"))
    return (value ^ (value >> 15)) & (BUCKETS - 1)


def is_word_char(char):
    code = ord(char)
    if code < 0x80:
        return char.isalnum()
    return not (code < 0xC0 or code in (0xD7, 0xF7) or 0x2000 <= code <= 0x2BFF or 0x3000 <= code <= 0x303F or code == 0xFEFF)


def words(text):
    """Lower-cased words; apostrophes vanish, everything else that is no letter or digit separates."""
    out, word = [], []
    for char in text[:TEXT_CHARS_MAX]:
        if char in "'\u2019":
            continue
        if is_word_char(char):
            word.extend(char.lower())
        elif word:
            out.append("".join(word[:WORD_CHARS_MAX]))
            word = []
    if word:
        out.append("".join(word[:WORD_CHARS_MAX]))
    return out[:WORDS_MAX]


def undoubled(word):
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" or word.endswith("ell") else word


@functools.lru_cache(maxsize=200_000)
def stem(word):
    """A light stem of an English word: plurals, -ing, -ed, -ment, -ation and a last e go; others stay as they are."""
    if len(word) <= 3 or not all("a" <= c <= "z" for c in word):
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "ches", "shes", "xes", "zes", "ses")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ing") and len(word) >= 6:
        word = undoubled(word[:-3])
    elif word.endswith("ed") and not word.endswith("eed") and len(word) >= 5:
        word = undoubled(word[:-2])
    elif word.endswith("ation") and len(word) >= 9:
        word = undoubled(word[:-5])
    elif word.endswith("ment") and len(word) >= 7:
        word = word[:-4]
    return word[:-1] if len(word) >= 5 and word.endswith("e") else word


@functools.lru_cache(maxsize=300_000)
def word_buckets(word):
    """Buckets of one word with its digits read as 0: itself, its stem, then its character 3-, 4- and 5-grams."""
    plain = "".join("0" if "0" <= c <= "9" else c for c in word)
    edged = f"<{plain}>"
    found = [bucket(f"w{plain}"), term_bucket(stem(plain))]
    for size in (3, 4, 5):
        found += [bucket(f"c{edged[i:i + size]}") for i in range(len(edged) - size + 1)]
    return tuple(found)


@functools.lru_cache(maxsize=300_000)
def term_bucket(term):
    return bucket(f"s{term}")


@functools.lru_cache(maxsize=1_000_000)
def pair_bucket(first, second):
    return bucket(f"b{first} {second}")


def features(spoken):
    """Buckets of a list of words, with repeats, in order: each word's, then each pair of neighbours' stems."""
    found = []
    for word in spoken:
        found += word_buckets(word)
    terms = [stem(word) for word in spoken]
    found += [pair_bucket(a, b) for a, b in zip(terms, terms[1:])]
    return found
