"""The lexicon and word trigram of the recogniser's search.

What it is: five kinds of text (caller turns, transcripts of human training speech, dialogue,
podcasts, prose) are counted apart, each gives an interpolated modified Kneser-Ney trigram, and
the five are mixed with weights found on sentences kept apart (half read sentences, half caller
turns), pruned, and written with every pronunciation of every word.

    python wordlm.py --text TEXT --callers lmtexts.txt --human HUMAN --exclude bank_turns.txt \
                     --out asr_words.bin

File, little-endian: `HSWL`, u32 version 1, u64 FNV-1a of all that follows, then
    u32 words V, bigrams B, trigrams T, bytes of word text X, bytes of pronunciations Y
    X   the words, each ended by a line feed: `<s>` (the start, and as a prediction the end),
        `<unk>` (any word outside), then the others in rising order
    Y   by word: u8 pronunciations, each u8 phones then the phones (1..39 as in data.PHONES)
    V   u8 unigram log-probabilities; V u8 back-off weights
    V+1 u32 where each word's bigrams begin
    B   u16 second words, rising within a first word; B u8 log-probabilities; B u8 back-offs
    B   u16 how many trigrams each bigram has
    T   u16 third words, rising within a bigram; T u8 log-probabilities
A log-probability is -q/15 nats, a back-off weight (32 - q)/16 nats.
"""

import argparse
import collections
import csv
import glob
import json
import math
import os
import random
import re
import struct
import zipfile

import numpy as np

from data import PHONES
from texts import normalise, read_sources

START, UNKNOWN = 0, 1
SHIFT = 20  # bits of a word in a packed n-gram
MASK = (1 << SHIFT) - 1


class Everything:
    """A lexicon that has every word, for texts.normalise."""

    def __contains__(self, word):
        return True


PLAIN = re.compile(r"[^a-z' ]+")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)*'?$")


def words_of(text, rng):
    """Lower-case words; what is no word becomes `<unk>`."""
    text = text.lower().replace("\u2019", "'")
    if re.search(r"[\d$%&]", text):
        text = normalise(text, Everything(), rng) or ""
    else:
        text = re.sub(r"[-/,.;:!?\"()\u2013\u2014\u2026*_\[\]\\]+", " ", text)
    out = [w.strip("'") if w.startswith("'") or w.endswith("'") else w for w in text.split()]
    return [w if WORD.match(w) else "<unk>" for w in out if w]


def sentences(text):
    return [s for s in re.split(r"(?<=[.!?])\s+|\n+", text) if s]


def podcasts(root):
    for path in sorted(glob.glob(f"{root}/lm/changelog/*/*.md")):
        text = open(path, encoding="utf-8", errors="replace").read()
        text = re.sub(r"^\*\*.*?\*\*:?", "", text, flags=re.M)
        text = re.sub(r"\\\[.*?\\\]|`[^`]*`", " ", text)
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        yield from sentences(text)


def prose(root):
    for name in ("inaugural", "state_union", "genesis", "movie_reviews"):
        with zipfile.ZipFile(f"{root}/lm/nltk/{name}.zip") as z:
            for entry in z.namelist():
                if entry.endswith(".txt") and ("genesis/" not in entry or "english" in entry):
                    text = z.read(entry).decode("utf-8", "replace")
                    yield from sentences(text if name == "movie_reviews" else re.sub(r"\s*\n\s*", " ", text))
    with zipfile.ZipFile(f"{root}/lm/nltk/masc_tagged.zip") as z:
        for entry in z.namelist():
            if entry.endswith(".txt") and "categories" not in entry:
                text = re.sub(r"_[A-Z$.,:'`#()-]+(?=\s|$)", "", z.read(entry).decode("utf-8", "replace"))
                yield from sentences(re.sub(r" ('s|'re|'m|'ll|'d|'ve|n't)\b", r"\1", text).replace("\n", " "))
    for path in glob.glob(f"{root}/lm/spacelog/*/transcripts/*"):
        if os.path.isfile(path) and "_meta" not in path:
            for line in open(path, encoding="utf-8", errors="replace"):
                if re.match(r"[A-Z0-9/ ]+: ", line):
                    yield from sentences(line.split(": ", 1)[1])


def dialogue(root):
    for sentence in (s for turns in read_sources(root).values() for t in turns for s in sentences(t)):
        yield sentence
    for path in glob.glob(f"{root}/dialogue/sgd/train/dialogues_*.json"):
        for talk in json.load(open(path)):
            yield from (s for t in talk["turns"] if t["speaker"] != "USER" for s in sentences(t["utterance"]))
    for path in glob.glob(f"{root}/dialogue/topicalchat/*.json"):
        for talk in json.load(open(path)).values():
            yield from (s for t in talk["content"] for s in sentences(t["message"]))
    for path in glob.glob(f"{root}/rag/disflqa/*.json"):
        for row in json.load(open(path)).values():
            yield from row.values()


def read_all(args):
    """{kind: list of word lists}, the excluded sentences left out."""
    rng = random.Random(2)
    held_out = {tuple(line.split()) for line in open(args.exclude) if len(line.split()) > 3}
    for path in glob.glob(f"{args.human}/dev_*.json"):
        held_out |= {tuple(row[2].split()) for row in json.load(open(path))}
    human = [row[2].split() for part in ("so", "lj") for row in json.load(open(f"{args.human}/{part}_train.json"))]
    out = {"callers": [line.split() for line in open(args.callers)], "human": human}
    for name, source in (("dialogue", dialogue), ("podcasts", podcasts), ("prose", prose)):
        out[name] = [words_of(s, rng) for s in source(args.text)]
    for name in out:
        out[name] = [w for w in out[name] if w and tuple(w) not in held_out]
        print(name, len(out[name]), "sentences", sum(map(len, out[name])), "words", flush=True)
    return out


def load_lexicon(path):
    """Word -> its pronunciations as phone numbers, stress dropped, each once."""
    number = {p: i + 1 for i, p in enumerate(PHONES)}
    out = collections.defaultdict(list)
    for line in open(path, encoding="utf-8"):
        word, *phones = line.split("#")[0].split()
        word = re.sub(r"\(\d+\)$", "", word)
        if re.fullmatch(r"[a-z]+(?:'[a-z]+)*'?", word):
            pronunciation = tuple(number[re.sub(r"\d", "", p)] for p in phones)
            if pronunciation not in out[word]:
                out[word].append(pronunciation)
    return out


WEIGHT = {"callers": 1.0, "human": 30.0, "dialogue": 1.0, "podcasts": 0.5, "prose": 1.0}


def choose_words(texts, lexicon, size, names):
    """The words worth having, most frequent first, with all letters and names."""
    count = collections.Counter()
    for kind, lines in texts.items():
        own = collections.Counter(w for line in lines for w in line)
        for word, n in own.items():
            count[word] += n * WEIGHT[kind]
    for word in list("abcdefghijklmnopqrstuvwxyz") + sorted(names):
        count[word] += 5
    ranked = [w for w, _ in count.most_common() if w in lexicon]
    return ["<s>", "<unk>"] + sorted(ranked[: size - 2])


def encode(lines, index):
    """Word numbers of all lines in one array, `START` before and after each line."""
    out = [START]
    for line in lines:
        out += [index.get(w, UNKNOWN) for w in line]
        out.append(START)
    return np.array(out, np.uint64)


def discounts(counts):
    """Modified Kneser-Ney discounts for counts 1, 2 and 3 or more."""
    n = [max(1, int((counts == i).sum())) for i in range(1, 5)]
    y = n[0] / (n[0] + 2 * n[1])
    return np.clip([1 - 2 * y * n[1] / n[0], 2 - 3 * y * n[2] / n[1], 3 - 4 * y * n[3] / n[2]], 0.1, 2.9)


class Source:
    """One kind of text: an interpolated modified Kneser-Ney trigram, every n-gram kept."""

    def __init__(self, ids, vocabulary):
        shift = np.uint64(SHIFT)
        pairs = ids[:-1] << shift | ids[1:]
        triples = pairs[:-1] << shift | ids[2:]
        inside = ids[1:-1] != START  # a trigram does not reach over a sentence's end
        self.three, self.count3 = np.unique(triples[inside], return_counts=True)
        two, raw2 = np.unique(pairs, return_counts=True)
        first = two >> shift
        left = np.unique(self.three & np.uint64(MASK << SHIFT | MASK), return_counts=True)
        at = np.minimum(np.searchsorted(left[0], two), len(left[0]) - 1)
        kinds = np.where(left[0][at] == two, left[1][at], 0)
        self.two, self.count2 = two, np.where(first == START, raw2, np.maximum(kinds, 1))
        self.raw2 = raw2
        one = np.bincount((two & np.uint64(MASK)).astype(np.int64), minlength=vocabulary).astype(float)
        self.one = (one + 0.01) / (one + 0.01).sum()
        self.tokens = len(ids)
        self.history1 = self.totals(self.two >> shift, self.count2, discounts(self.count2))
        self.history2 = self.totals(self.three >> shift, self.count3, discounts(self.count3))

    @staticmethod
    def totals(history, counts, discount):
        """Sorted histories with their count and the mass the discounts free, and the discounts."""
        keys, start = np.unique(history, return_index=True)
        total = np.add.reduceat(counts, start).astype(float)
        freed = np.add.reduceat(discount[np.minimum(counts, 3) - 1], start)
        return keys, total, freed, discount

    @staticmethod
    def interpolated(keys, counts, gram, level, lower):
        histories, total, freed, discount = level
        history = gram >> np.uint64(SHIFT)
        at = np.minimum(np.searchsorted(keys, gram), len(keys) - 1)
        count = np.where(keys[at] == gram, counts[at], 0)
        at = np.minimum(np.searchsorted(histories, history), len(histories) - 1)
        known = histories[at] == history
        seen = np.maximum(0, count - np.where(count > 0, discount[np.clip(count, 1, 3) - 1], 0))
        return np.where(known, (seen + freed[at] * lower) / total[at], lower)

    def p1(self, word):
        return self.one[word.astype(np.int64)]

    def p2(self, gram):
        return self.interpolated(self.two, self.count2, gram, self.history1, self.p1(gram & np.uint64(MASK)))

    def p3(self, gram):
        lower = self.p2(gram & np.uint64(MASK << SHIFT | MASK))
        return self.interpolated(self.three, self.count3, gram, self.history2, lower)

    def share2(self, gram):
        """How often the pair comes among all words."""
        at = np.minimum(np.searchsorted(self.two, gram), len(self.two) - 1)
        return np.where(self.two[at] == gram, self.raw2[at], 0) / self.tokens


def mixture(sources, held, rounds=30):
    """Weights by expectation maximisation on each set kept apart, then their mean."""
    out = []
    for name, ids in held.items():
        p = np.stack([s.p3(g) if len(g) else 0 for s in sources for g in [trigrams(ids)]])
        weight = np.full(len(sources), 1 / len(sources))
        for _ in range(rounds):
            share = weight[:, None] * p
            weight = (share / share.sum(0)).mean(1)
        print(name, "alone", weight.round(3), "perplexity", round(math.exp(-np.log(weight @ p).mean()), 1))
        out.append((weight, p))
    mean = np.mean([w for w, _ in out], 0)
    for name, (_, p) in zip(held, out):
        print(name, "mixed, nothing pruned: perplexity", round(math.exp(-np.log(mean @ p).mean()), 1))
    return mean


def trigrams(ids):
    """Every word with two before it; a sentence's first word has the start twice."""
    before = np.concatenate([[START], ids[:-2]]).astype(np.uint64)
    before = np.where(ids[:-1] == START, START, before).astype(np.uint64)
    shift = np.uint64(SHIFT)
    return (before << shift | ids[:-1]) << shift | ids[1:]


def union(arrays, counts, least):
    return np.unique(np.concatenate([a[c >= n] for a, c, n in zip(arrays, counts, least)]))


def groups(keys):
    """For sorted n-grams: the index of each one's history among the distinct histories."""
    history = keys >> np.uint64(SHIFT)
    distinct, start, inverse = np.unique(history, return_index=True, return_inverse=True)
    return distinct, start, inverse


def back_offs(keys, p, lower):
    """Histories and the weight their lower order gets."""
    distinct, start, inverse = groups(keys)
    rest = np.maximum(1e-6, 1 - np.add.reduceat(p, start))
    below = np.maximum(1e-6, 1 - np.add.reduceat(lower, start))
    return distinct, rest / below, inverse


def position(keys, wanted):
    return np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)


class Model:
    """The mixture, pruned to a table with back-off."""

    def __init__(self, sources, weight, vocabulary, least2, least3, keep2, keep3):
        self.sources, self.weight = sources, weight
        low = np.uint64(MASK << SHIFT | MASK)
        three = union([s.three for s in sources], [s.count3 for s in sources], least3)
        two = union([s.two for s in sources], [s.raw2 for s in sources], least2)
        two = np.unique(np.concatenate([two, three >> np.uint64(SHIFT), three & low]))
        two = two[two != 0]
        self.one = self.mixed("p1", np.arange(vocabulary).astype(np.uint64))
        p2 = self.mixed("p2", two)
        gain2 = self.gain(two, p2, self.one[(two & np.uint64(MASK)).astype(np.int64)], self.one)
        p3 = self.mixed("p3", three)
        share = self.mixed("share2", three >> np.uint64(SHIFT))
        lower = p2[position(two, three & low)]
        histories, weight3, inverse = back_offs(three, p3, lower)
        gain3 = share * p3 * np.log(p3 / (weight3[inverse] * lower))
        kept = np.sort(np.argsort(-gain3)[:keep3])
        three, p3 = three[kept], p3[kept]
        gain2[np.isin(two, three >> np.uint64(SHIFT))] = np.inf
        kept = np.sort(np.argsort(-gain2)[:keep2])
        self.two, self.p2 = two[kept], p2[kept]
        inside = np.isin(three >> np.uint64(SHIFT), self.two)
        self.three, self.p3 = three[inside], p3[inside]
        self.finish(vocabulary)

    def mixed(self, order, grams):
        return sum(w * getattr(s, order)(grams) for w, s in zip(self.weight, self.sources))

    def gain(self, keys, p, lower, one):
        _, weight, inverse = back_offs(keys, p, lower)
        share = one[(keys >> np.uint64(SHIFT)).astype(np.int64)]
        return share * p * np.log(p / (weight[inverse] * lower))

    def finish(self, vocabulary):
        """Back-off weights of what was kept, the lower order by the table itself."""
        self.back1, self.back2 = np.ones(vocabulary), np.ones(len(self.two))
        histories, weight, _ = back_offs(self.two, self.p2, self.one[(self.two & np.uint64(MASK)).astype(np.int64)])
        self.back1[histories.astype(np.int64)] = weight
        lower = self.bigram(self.three & np.uint64(MASK << SHIFT | MASK))
        histories, weight, _ = back_offs(self.three, self.p3, lower)
        self.back2[position(self.two, histories)] = weight

    def bigram(self, gram):
        at = position(self.two, gram)
        word, first = (gram & np.uint64(MASK)).astype(np.int64), (gram >> np.uint64(SHIFT)).astype(np.int64)
        return np.where(self.two[at] == gram, self.p2[at], self.back1[first] * self.one[word])

    def trigram(self, gram):
        at = position(self.three, gram)
        history, low = gram >> np.uint64(SHIFT), gram & np.uint64(MASK << SHIFT | MASK)
        row = position(self.two, history)
        weight = np.where(self.two[row] == history, self.back2[row], 1.0)
        return np.where(self.three[at] == gram, self.p3[at], weight * self.bigram(low))


def quantised(p):
    return np.clip(np.round(-np.log(p) * 15), 0, 255).astype("u1")


def quantised_back_off(weight):
    return np.clip(np.round(32 - 16 * np.log(weight)), 0, 255).astype("u1")


def fnv(data):
    """FNV-1a over eight bytes at a time, the tail padded with zeros."""
    out = 0xCBF29CE484222325
    for value in np.frombuffer(data + b"\0" * (-len(data) % 8), "<u8").tolist():
        out = ((out ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return out


def write(path, model, words, lexicon):
    text = "".join(w + "\n" for w in words).encode()
    said = bytearray()
    for word in words:
        ways = [p for p in lexicon.get(word, []) if p][:8]
        said.append(len(ways))
        for way in ways:
            said += bytes([len(way), *way])
    first = (model.two >> np.uint64(SHIFT)).astype(np.int64)
    begins = np.searchsorted(first, np.arange(len(words) + 1)).astype("<u4")
    row = position(model.two, model.three >> np.uint64(SHIFT))
    fans = np.bincount(row, minlength=len(model.two)).astype("<u2")
    last = lambda keys: (keys & np.uint64(MASK)).astype("<u2").tobytes()
    body = struct.pack("<IIIII", len(words), len(model.two), len(model.three), len(text), len(said))
    body += text + bytes(said) + quantised(model.one).tobytes() + quantised_back_off(model.back1).tobytes()
    body += begins.tobytes() + last(model.two) + quantised(model.p2).tobytes() + quantised_back_off(model.back2).tobytes()
    body += fans.tobytes() + last(model.three) + quantised(model.p3).tobytes()
    with open(path, "wb") as f:
        f.write(b"HSWL" + struct.pack("<IQ", 1, fnv(body)) + body)
    print(path, os.path.getsize(path), "bytes:", len(words), "words,", len(model.two), "bigrams,", len(model.three), "trigrams")


def keep_apart(texts):
    """Takes the sentences for tuning out of every kind of text."""
    rng = random.Random(4)
    pick = {"read": rng.sample(texts["human"], len(texts["human"]) // 10)}
    distinct = sorted({tuple(line) for line in texts["callers"] if len(line) > 3})
    pick["callers"] = rng.sample(distinct, 1500)
    gone = {tuple(line) for lines in pick.values() for line in lines}
    for kind in texts:
        texts[kind] = [line for line in texts[kind] if tuple(line) not in gone]
    return pick


def person_names(root):
    rows = csv.DictReader(open(f"{root}/pii/lists/FakeNameGenerator.com_3000.csv", encoding="utf-8-sig"))
    kinds = ("American", "England/Wales", "Hispanic", "Australian", "Scottish")
    out = {r[k].lower() for r in rows if r["NameSet"] in kinds for k in ("GivenName", "Surname")}
    with zipfile.ZipFile(f"{root}/lm/nltk/names.zip") as z:
        for name in ("names/male.txt", "names/female.txt"):
            out |= {line.strip().lower() for line in z.read(name).decode().splitlines()}
    return out


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--text", required=True)
    args.add_argument("--callers", required=True, help="caller turns, as texts.py writes them")
    args.add_argument("--human", required=True)
    args.add_argument("--exclude", required=True, help="test sentences never to count")
    args.add_argument("--words", type=int, default=50000)
    args.add_argument("--bigrams", type=int, default=700_000)
    args.add_argument("--trigrams", type=int, default=1_400_000)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    texts = read_all(args)
    held = keep_apart(texts)
    lexicon = load_lexicon(f"{args.text}/rules/g2p/cmudict.dict")
    words = choose_words(texts, lexicon, args.words, person_names(args.text) & lexicon.keys())
    index = {w: i for i, w in enumerate(words)}
    for name, lines in held.items():
        lost = [w for line in lines for w in line if w not in index]
        print(name, "kept apart:", len(lines), "lines,", len(lost), "words not in the vocabulary:", lost[:12])
    sources = [Source(encode(texts.pop(kind), index), len(words)) for kind in list(texts)]
    weight = mixture(sources, {name: encode(lines, index) for name, lines in held.items()})
    model = Model(sources, weight, len(words), (1, 1, 1, 2, 2), (1, 1, 2, 3, 2), args.bigrams, args.trigrams)
    for name, lines in held.items():
        p = model.trigram(trigrams(encode(lines, index)))
        print(name, "as written: perplexity", round(math.exp(-np.log(p).mean()), 1))
    write(args.out, model, words, lexicon)


if __name__ == "__main__":
    main()
