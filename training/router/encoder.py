"""The router's encoder: a weighted bag of hashed n-gram vectors, and the corruption that recognisers put on text."""

import random

import numpy as np
import torch

from features import BUCKETS, word_features, words

DIMS = 64
FILLERS = ["um", "uh", "well", "so", "okay", "hi", "hello", "please", "i", "the", "yeah", "hey", "actually"]


class Encoder(torch.nn.Module):
    """Sum of the rows of an utterance's buckets, scaled to length 1. A row's own length is the feature's weight."""

    def __init__(self, rows=None):
        super().__init__()
        rows = torch.randn(BUCKETS, DIMS) * 0.05 if rows is None else rows
        self.rows = torch.nn.EmbeddingBag.from_pretrained(rows, freeze=False, mode="sum")

    def forward(self, bags):
        """List of bucket lists -> (batch, dims)."""
        flat = torch.tensor([b for bag in bags for b in bag], dtype=torch.long)
        starts = torch.tensor([0, *np.cumsum([len(bag) for bag in bags])[:-1]], dtype=torch.long)
        return torch.nn.functional.normalize(self.rows(flat, starts), dim=1, eps=1e-6)


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


def bag(text, rng=None):
    """Buckets of an utterance, corrupted where a random source is given."""
    spoken = words(text) if rng is None or rng.random() < 0.3 else heard(text, rng)
    return word_features(spoken)


def seeded(seed):
    return random.Random(seed)
