"""A word's rows in the table: two hashes of the whole word and hashes of its ends; and the row of a word with the one before.
The twin of crates/language/src/word_net/features.rs."""

import numpy as np

WORD_ROWS = 1 << 15
AFFIX_ROWS = 1 << 13
ROWS = WORD_ROWS + AFFIX_ROWS
ROWS_A_WORD = 5
PAIR_ROWS = 1 << 17  # for a word together with the one before; one row more stands for no word before

MASK = (1 << 64) - 1


def hash64(kind, data):
    """64-bit FNV-1a of a kind byte and the data, mixed so that high and low halves are independent."""
    h = 0xCBF29CE484222325
    for byte in bytes([kind]) + data:
        h = ((h ^ byte) * 0x100000001B3) & MASK
    h ^= h >> 33
    h = (h * 0xFF51AFD7ED558CCD) & MASK
    return h ^ (h >> 33)


def whole(word):
    """A word's own hash."""
    return hash64(1, word.encode())


def pair(before, here):
    """The row of two neighbours, from their hashes: Python integers, or uint64 arrays."""
    h = (before * 0x9E3779B97F4A7C15 + here) & MASK if isinstance(before, int) else before * np.uint64(0x9E3779B97F4A7C15) + here
    h = h ^ (h >> 33) if isinstance(h, int) else h ^ (h >> np.uint64(33))
    h = (h * 0xFF51AFD7ED558CCD) & MASK if isinstance(h, int) else h * np.uint64(0xFF51AFD7ED558CCD)
    return h >> 47 if isinstance(h, int) else (h >> np.uint64(47)).astype(np.int64)


def pairs(words):
    """The pair row of each word of a turn."""
    hashes = [whole(w) for w in words]
    return [PAIR_ROWS] * bool(words) + [pair(a, b) for a, b in zip(hashes, hashes[1:])]


def rows(word):
    """The five rows of a lower-case word: two of the whole, one each of its last three, last two and first three letters."""
    data, own = word.encode(), whole(word)
    affixes = [hash64(2, data[-3:]), hash64(3, data[-2:]), hash64(4, data[:3])]
    return [(own & 0xFFFFFFFF) % WORD_ROWS, (own >> 32) % WORD_ROWS] + [WORD_ROWS + h % AFFIX_ROWS for h in affixes]
