"""What callers and recognisers do to a question: fillers, false starts, frames around it, words lost or misspelt by sound."""

import re

from features import words

FRAMES = ["{}", "{}", "{}", "i was wondering {}", "can you tell me {}", "i wanted to ask {}", "hi {}", "hello yes {}", "could you please tell me {}",
          "{} please", "quick question {}", "i would like to know {}", "do you know {}", "okay and {}", "one more thing {}", "{} thanks"]
FILLERS = ["um", "uh", "well", "so", "like", "you know", "okay", "actually", "i mean"]
STARTS = ["do you", "can i", "is there", "what", "how", "i need", "are there", "when"]
SOUNDS_ALIKE = [("b", "p"), ("d", "t"), ("g", "k"), ("v", "f"), ("z", "s"), ("m", "n"), ("e", "i"), ("a", "e"), ("o", "u"), ("c", "k"),
                ("l", "r"), ("ee", "ea"), ("ck", "k"), ("ph", "f"), ("tion", "shun"), ("er", "a"), ("s", ""), ("th", "f"), ("i", "y")]
# How the same question is put otherwise.
REWORDED = [(r"^do you (have|offer|provide|serve)\b", ["is there", "are there", "do you guys have", "will i find"]),
            (r"^(is|are) there( any| a| an)?\b", ["do you have", "would there be", "do you offer"]),
            (r"^can i\b", ["am i able to", "is it possible to", "may i", "could i"]),
            (r"^do you (accept|take)\b", ["can i pay with", "is it okay to use", "will you take"]),
            (r"^what time (is|does)\b", ["when is", "when does", "at what time does"]),
            (r"^what (is|are) (the|your)\b", ["tell me about the", "i want to know the"]),
            (r"\b(permitted|allowed)\b", ["okay", "accepted", "fine"]), (r"\bavailable\b", ["offered", "there"]),
            (r"\bguests\b", ["us", "people"]), (r"\b(hotel|restaurant|location|property|site|facility)\b", ["place", "there"])]


def misheard(word, rng):
    options = [p for p in SOUNDS_ALIKE if p[0] in word] + [p[::-1] for p in SOUNDS_ALIKE if p[1] and p[1] in word]
    if options and rng.random() < 0.75:
        old, new = rng.choice(options)
        return word.replace(old, new, 1) or word
    at = rng.randrange(len(word))
    return (word[:at] + word[at + 1:] or word) if rng.random() < 0.5 else word[:at] + word[at] + word[at:]


def heard(spoken, rng, strength=1.0):
    """Words as a recogniser may return them, about one in eight changed at strength 1."""
    out = []
    for word in spoken:
        draw = rng.random() / max(strength, 1e-9)
        if draw < 0.04:
            continue
        if draw < 0.11:
            out.append(misheard(word, rng))
        elif draw < 0.125 and len(word) > 5:
            cut = rng.randrange(2, len(word) - 2)
            out += [word[:cut], word[cut:]]
        elif draw < 0.135 and out:
            out[-1] += word
        else:
            out.append(word)
    return out or list(spoken)


def disfluent(spoken, rng):
    """A filler, a repeated word or a false start here and there."""
    out = []
    if rng.random() < 0.25:
        out += rng.choice(STARTS).split() + rng.choice(["no wait", "sorry", "uh", "i mean"]).split()
    for word in spoken:
        if rng.random() < 0.06:
            out += rng.choice(FILLERS).split()
        out.append(word)
        if rng.random() < 0.03:
            out.append(word)
    return out


def reworded(question, rng):
    """The question put another way by rules, in a frame as callers use."""
    text = question.strip().rstrip("?. ").lower()
    for rule, others in rng.sample(REWORDED, len(REWORDED)):
        if rng.random() < 0.7:
            text = re.sub(rule, rng.choice(others), text, count=1)
    return rng.choice(FRAMES).format(text)


def spoken_question(question, rng, strength=1.0):
    """A question as our recogniser may give it."""
    return " ".join(heard(disfluent(words(reworded(question, rng)), rng), rng, strength))
