"""Makes typed turns look like a recogniser's transcript of speech."""

import random
import re

# Words that recognisers confuse on the telephone; each group is interchangeable.
CONFUSED = [g.split() for g in """
to two too|for four|fifteen fifty|thirteen thirty|fourteen forty|sixteen sixty|seventeen seventy|eighteen eighty|nineteen ninety
their there|your you're|its it's|know no|right write|by buy bye|hear here|our are|then than|want won't|can can't|where were wear
a the|in and|is as|this these|on an|of off|with what|from for|need knead|book look|date day|time dime|sell cell|week weak|meet meat
one won|eight ate|see sea|be bee|would wood|hour our|new knew|son sun|be me|have half|card car|pay play|said set|than that""".strip()
            .replace("\n", "|").split("|")]
NEAR = {}
for group in CONFUSED:
    for word in group:
        NEAR.setdefault(word, []).extend(w for w in group if w != word)
FILLERS = ["um", "uh", "er", "like", "you know", "i mean", "well", "so", "hmm"]
UNIT = "zero one two three four five six seven eight nine".split()


def plain(text):
    """No capitals, no signs that are not spoken."""
    text = re.sub(r"[,.!?;\"()]+(?=\s|$)", "", text)
    return re.sub(r"\s+", " ", text).strip().lower()


def noisy(text, rate, rng, keep=()):
    """Words lost, confused or repeated, fillers put in; words that occur in `keep` (lower case) are left."""
    kept = set()
    for value in keep:
        kept.update(plain(value).split())
    out = []
    for word in text.split():
        bare = word.lower().strip(".,!?")
        if bare not in kept and rng.random() < rate:
            dice = rng.random()
            if dice < 0.3:
                continue
            if dice < 0.75 and bare in NEAR:
                out.append(rng.choice(NEAR[bare]))
                continue
            if dice < 0.85:
                out += [word, word]
                continue
            if dice < 0.95 and len(bare) > 4:
                i = rng.randrange(1, len(bare) - 1)
                out.append(bare[:i] + rng.choice("aeioulnrst") + bare[i + 1:])
                continue
            out += [rng.choice(FILLERS), word]
            continue
        out.append(word)
    return " ".join(out) or text


class Transcriber:
    """One call's recogniser: the same manner for the whole call."""

    def __init__(self, rng: random.Random):
        dice = rng.random()
        self.rng = rng
        self.plain = dice > 0.45
        self.rate = 0.0 if dice < 0.3 or 0.45 < dice < 0.65 else rng.choice([0.04, 0.08, 0.14])

    def __call__(self, text, keep=()):
        if self.rate:
            text = noisy(text, self.rate, self.rng, keep)
        return plain(text) or text if self.plain else text
