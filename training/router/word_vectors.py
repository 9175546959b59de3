"""Word vectors from open text, the rows' first values: positive pointwise mutual information, truncated SVD.

    python word_vectors.py --text DATA/text --out words.npz

About 25 million words: the dialogues and their replies, frequently asked questions, and the Changelog's transcripts.
"""

import argparse
import pathlib
import re

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from corpora import dialogues, questions
from features import words

WORDS = 24_000
COUNT_MIN = 4
WINDOW = 5
DIMS = 160
SMOOTHING = 0.75


def texts(root):
    for _, turns in dialogues(root):
        yield from turns
    for question, answer in questions(root):
        yield question
        yield answer
    for path in sorted((pathlib.Path(root) / "lm/changelog").rglob("*.md")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            yield re.sub(r"\(http[^)]*\)|\*\*[^*]*:\*\*", "", line)


def numbered(root):
    """(every word's number in running text with -1 after each utterance, the words by number)."""
    numbers, flat = {}, []
    for text in texts(root):
        flat.append(np.array([numbers.setdefault(word, len(numbers)) for word in words(text)] + [-1], np.int32))
    return np.concatenate(flat), list(numbers)


def cooccurrence(flat, kept, known):
    """(words, words): how often two words are within the window, near ones counting more. Rare words keep their place."""
    place = np.full(known + 1, -1, np.int64)
    place[kept] = np.arange(len(kept))
    text, utterance = np.where(flat >= 0, place[flat], -1), np.cumsum(flat < 0)
    total = sparse.csr_matrix((len(kept), len(kept)), dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        left, right = text[:-distance], text[distance:]
        together = (left >= 0) & (right >= 0) & (utterance[:-distance] == utterance[distance:])
        keys = np.sort(left[together] * len(kept) + right[together])
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        counts = np.diff(np.r_[starts, len(keys)]).astype(np.float32) / distance
        total = total + sparse.csr_matrix((counts, np.divmod(keys[starts], len(kept))), total.shape)
    return (total + total.T).tocoo()


def positive_information(counts):
    own = np.asarray(counts.tocsr().sum(axis=1)).ravel()
    smooth = own**SMOOTHING / (own**SMOOTHING).sum()
    value = np.log(counts.data / (own[counts.row] * smooth[counts.col]))
    return sparse.csr_matrix((value[value > 0], (counts.row[value > 0], counts.col[value > 0])), counts.shape, dtype=np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    flat, vocabulary = numbered(args.text)
    count = np.bincount(flat[flat >= 0], minlength=len(vocabulary))
    kept = np.argsort(-count, kind="stable")[:WORDS]
    kept = kept[count[kept] >= COUNT_MIN]
    information = positive_information(cooccurrence(flat, kept, len(vocabulary)))
    left, strength, _ = randomized_svd(information, DIMS, n_iter=3, random_state=0)
    vectors = (left * np.sqrt(strength)).astype(np.float32)
    np.savez(args.out, vectors=vectors, words=np.array([vocabulary[i] for i in kept]), count=count[kept])
    print(f"{(flat >= 0).sum()} words in all, {len(kept)} with a vector")


if __name__ == "__main__":
    main()
