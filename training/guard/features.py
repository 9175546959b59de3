"""What the input filter sees of a text: hashed n-grams of words and of letters. The twin of crates/language/src/input_filter/features.rs."""

import re
import unicodedata

BUCKETS = 1 << 17
WORDS_MAX = 60  # a longer text is judged in windows of this many words, half overlapping
LEET = str.maketrans("0134578@$!", "oieastbasi")
WORD = re.compile(r"[a-z0-9@$!']+")
MASK = (1 << 64) - 1


def hash64(data):
    """64-bit FNV-1a, mixed."""
    h = 0xCBF29CE484222325
    for byte in data:
        h = ((h ^ byte) * 0x100000001B3) & MASK
    h ^= h >> 33
    h = (h * 0xFF51AFD7ED558CCD) & MASK
    return h ^ (h >> 33)


def plain(text):
    """Lower case without accents."""
    text = text.replace("’", "'").replace("ß", "s").lower()
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def words(text):
    """Words; figures and signs that stand for letters ("1gn0re") are read as letters, numbers as 0."""
    found = []
    for word in WORD.findall(plain(text)):
        if any("a" <= c <= "z" for c in word):
            found.append(word.rstrip("!").translate(LEET) if any(c in "0134578@$!" for c in word.rstrip("!")) else word.rstrip("!").strip("'"))
        elif any(c.isdigit() for c in word):
            found.append("0")
    return joined([w for w in found if w])


def joined(found):
    """Letters said or written one by one ("i g n o r e") as one word, from four on."""
    out, run = [], []
    for word in found + [""]:
        if len(word) == 1 and word.isalpha():
            run.append(word)
            continue
        out += ["".join(run)] if len(run) >= 4 else run
        run = []
        out.append(word)
    return out[:-1]


def grams(found):
    """Distinct buckets of a window of words."""
    buckets = set()
    padded = ["<"] + found + [">"]
    for size in (1, 2, 3):
        for i in range(len(padded) - size + 1):
            buckets.add(hash64(b"w" + " ".join(padded[i:i + size]).encode()) % BUCKETS)
    for i in range(len(padded) - 3):  # two words with another between them
        buckets.add(hash64(b"s" + f"{padded[i]} {padded[i + 2]}".encode()) % BUCKETS)
    for word in found:
        marked = f"<{word}>"
        for size in (4, 5):
            for i in range(len(marked) - size + 1):
                buckets.add(hash64(b"c" + marked[i:i + size].encode()) % BUCKETS)
    return sorted(buckets)


def windows(found):
    """A text in windows."""
    if len(found) <= WORDS_MAX:
        return [found]
    step = WORDS_MAX // 2
    return [found[i:i + WORDS_MAX] for i in range(0, len(found) - step, step)]
