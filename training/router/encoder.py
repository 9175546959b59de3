"""The router's encoder, and the corruption that recognisers put on text.

An utterance is the sum of its features' rows (each word's own and its character n-grams', each pair of neighbours') and of
what a convolution over its words' vectors sees, pooled by maximum and mean; all scaled to length 1.
"""

import random

import numpy as np
import torch
from torch.nn import functional

from features import BUCKETS, pair_buckets, word_buckets, words

DIMS = 128
FILTERS = 128
# What the convolution reads is scaled up by this, so that its weights are of ordinary size.
GAIN = 3.0
WORDS_SEEN = 40
FILLERS = ["um", "uh", "well", "so", "okay", "hi", "hello", "please", "i", "the", "yeah", "hey", "actually"]


class Encoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = torch.nn.EmbeddingBag.from_pretrained(torch.randn(BUCKETS, DIMS) * 0.03, freeze=False, mode="sum")
        self.filters = torch.nn.Conv1d(DIMS, FILTERS, 3, padding=1)
        self.pooled = torch.nn.Linear(2 * FILTERS, DIMS, bias=False)
        torch.nn.init.normal_(self.pooled.weight, 0, 0.02)

    def forward(self, spoken, dropout=0.0):
        """List of word lists -> (batch, dims)."""
        distinct, ids, pairs = {}, [], []
        length = min(WORDS_SEEN, max(map(len, spoken)))
        for told in spoken:
            told = told[:WORDS_SEEN]
            ids.append([distinct.setdefault(word, len(distinct) + 1) for word in told] + [0] * (length - len(told)))
            pairs.append(pair_buckets(told))
        ids = torch.tensor(ids)
        vectors = torch.cat([torch.zeros(1, DIMS), self.sums([word_buckets(word) for word in distinct])])
        sequence = functional.embedding(ids, vectors)  # (batch, words, dims)
        there = (ids > 0).float()[:, :, None]
        seen = functional.relu(self.filters(sequence.transpose(1, 2) * GAIN).transpose(1, 2)) * there
        pooled = torch.cat([seen.amax(1), seen.sum(1) / there.sum(1).clamp(min=1)], 1)
        pooled = functional.dropout(pooled, dropout, self.training)
        return functional.normalize(sequence.sum(1) + self.sums(pairs) + self.pooled(pooled), dim=1, eps=1e-6)

    def sums(self, bags):
        """Bags of buckets -> the sums of their rows (bags, dims)."""
        flat = torch.tensor([bucket for bag in bags for bucket in bag], dtype=torch.long)
        starts = torch.tensor([0, *np.cumsum([len(bag) for bag in bags])[:-1]], dtype=torch.long)
        return self.rows(flat, starts)


def heard(text, rng, strength=1.0):
    """An utterance's words as a recogniser might return them: words lost, split, joined, misspelt, fillers added."""
    out = []
    for word in words(text):
        draw = rng.random() / strength
        if draw < 0.06:
            continue
        if draw < 0.11:
            out.append(misheard(word, rng))
        elif draw < 0.125 and len(word) > 5:
            cut = rng.randrange(2, len(word) - 2)
            out += [word[:cut], word[cut:]]
        elif draw < 0.14 and out:
            out[-1] += word
        else:
            out.append(word)
        if draw > 1.0 / strength - 0.02:
            out.append(rng.choice(FILLERS))
    if rng.random() < 0.15 * strength:
        out.insert(0, rng.choice(FILLERS))
    return out or words(text)


SOUNDS_ALIKE = [("b", "p"), ("d", "t"), ("g", "k"), ("v", "f"), ("z", "s"), ("m", "n"), ("e", "i"), ("a", "e"), ("o", "u"),
                ("c", "k"), ("l", "r"), ("ee", "ea"), ("ck", "k"), ("ph", "f"), ("tion", "shun"), ("er", "a"), ("s", "")]


def misheard(word, rng):
    """A near-sounding spelling, or one letter lost or doubled."""
    options = [pair for pair in SOUNDS_ALIKE if pair[0] in word] + [p[::-1] for p in SOUNDS_ALIKE if p[1] and p[1] in word]
    if options and rng.random() < 0.7:
        old, new = rng.choice(options)
        return word.replace(old, new, 1) or word
    at = rng.randrange(len(word))
    return (word[:at] + word[at + 1:] or word) if rng.random() < 0.5 else word[:at] + word[at] + word[at:]


def maybe_heard(text, rng, share=0.7):
    """An utterance's words, corrupted in this share of cases."""
    return heard(text, rng) if rng.random() < share else words(text)


def seeded(seed):
    return random.Random(seed)
