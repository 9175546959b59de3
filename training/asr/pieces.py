"""The recogniser's word pieces: a unigram segmentation over the list in `asr_tokens.txt`.

What it is: Viterbi segmentation with one cost a piece, the costs found by expectation maximisation over
the best segmentations (Kudo 2018, with hard counts). The list of pieces is fixed: it is the network's output layer.

    python pieces.py --tokens crates/weights/data/asr_tokens.txt --texts texts.txt --out pieces.tsv
"""

import argparse
import collections
import math

MARK = "\u2581"


class Pieces:
    def __init__(self, path):
        """A file of `piece<TAB>cost` lines; the index of a piece is its line, from 0."""
        rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
        self.list = [piece for piece, _ in rows]
        self.cost = {piece: float(cost) for piece, cost in rows}
        self.index = {piece: i for i, piece in enumerate(self.list)}
        self.longest = max(map(len, self.list))
        self.known = {}

    def __len__(self):
        return len(self.list)

    def word(self, word):
        """Pieces of one word; a letter that no piece has is left out."""
        if word in self.known:
            return self.known[word]
        text = MARK + word
        best = [(0.0, 0, None)] + [(math.inf, 0, None)] * len(text)
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - self.longest), end):
                piece = text[start:end]
                cost = best[start][0] + self.cost.get(piece, math.inf)
                if cost < best[end][0]:
                    best[end] = (cost, start, piece)
            if best[end][0] == math.inf:
                best[end] = (best[end - 1][0] + 50, end - 1, None)
        out, at = [], len(text)
        while at:
            _, at, piece = best[at]
            if piece:
                out.append(piece)
        self.known[word] = out[::-1]
        return self.known[word]

    def encode(self, text):
        return [self.index[piece] for word in text.split() for piece in self.word(word)]

    def decode(self, ids):
        return "".join(self.list[i] for i in ids).replace(MARK, " ").strip()


def fit(tokens, words, rounds):
    """Costs in nats after some rounds, from `words`, {word: count}."""
    pieces = Pieces.__new__(Pieces)
    pieces.list, pieces.index = tokens, {p: i for i, p in enumerate(tokens)}
    pieces.longest = max(map(len, tokens))
    pieces.cost = {p: 5.0 for p in tokens}
    for _ in range(rounds):
        pieces.known, counts = {}, collections.Counter(dict.fromkeys(tokens, 0.5))
        for word, count in words.items():
            for piece in pieces.word(word):
                counts[piece] += count
        total = sum(counts.values())
        pieces.cost = {p: -math.log(counts[p] / total) for p in tokens}
    return pieces


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--tokens", required=True)
    args.add_argument("--texts", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    lines = [line.rstrip("\n") for line in open(args.tokens, encoding="utf-8")]
    tokens = [line for line in lines if not line.startswith("#state")][1:]
    words = collections.Counter(w for line in open(args.texts) for w in line.split())
    pieces = fit(tokens, words, 6)
    with open(args.out, "w", encoding="utf-8") as f:
        for piece in pieces.list:
            f.write(f"{piece}\t{pieces.cost[piece]:.4f}\n")
    print({w: pieces.word(w) for w in ("card", "seventeen", "okafor", "mississippi")})


if __name__ == "__main__":
    main()
