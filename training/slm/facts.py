"""Questions answered from given passages, or not answered because they do not hold the answer."""

import json
import random
import re

from prompt import Sample
from schema_guided import AGENTS, swap, wordish
from spoken import Transcriber

ABSTAIN = [
    "I'm not sure about that. Would you like to talk to a person?", "I don't have that information. Shall I connect you to someone?",
    "I'm not sure about that detail. Let me connect you to a person, if you like.", "Sorry, I don't know that. Shall I put you through to a colleague?",
    "I can't find that, sorry. Would you like me to connect you to someone who knows?",
]
RULES = ["Answer only from the facts.", "If the facts do not say it, say that you do not know.", "Use the facts; do not guess.", "Be brief and honest."]
OPENERS = ["", "", "", "Hi, ", "Hello. ", "Okay, ", "And ", "One question: ", "Could you tell me, ", "I'd like to know, "]
ACKNOWLEDGE = ["", "", "", "", "Sure. ", "Good question. ", "Of course. ", "Okay. "]


def load(path):
    """[(domain, entity name, [(question, answer)])]."""
    out = []
    for domain, entities in json.load(open(path)).items():
        for entity in entities.values():
            docs = [(d["title"], d["body"]) for d in entity["docs"].values()]
            out.append((domain, entity["name"] or f"the {domain} service", docs))
    return out


def short(body, words=32):
    """The first sentences of an answer, as many as can be said in one breath."""
    out = ""
    for sentence in re.split(r"(?<=[.!?])\s+", body.strip()):
        if out and len((out + " " + sentence).split()) > words:
            break
        out = f"{out} {sentence}".strip()
    return out if out[-1:] in ".!?" else out + "."


def question(title, rng):
    opener = rng.choice(OPENERS)
    text = title.strip()
    return opener + (text[:1].lower() + text[1:] if opener and not text.startswith("I ") else text)


def conversation(entity, entities, rng: random.Random):
    domain, name, docs = entity
    table = {}
    if rng.random() < 0.4 and len(name) > 3:
        table = {name: " ".join(wordish(rng) for _ in name.split()[:3])}
        table[name.title()] = table[name]
    sample, heard = Sample(), Transcriber(rng)
    who = swap(name, table)
    sample.system(rng.choice(["You are the phone agent of {w}. {r}", "You are {a} from {w}. {r}", "You answer calls for {w}. {r}"])
                  .format(w=who, a=rng.choice(AGENTS), r=rng.choice(RULES)))
    picked = rng.sample(docs, min(len(docs), rng.choice([1, 2, 2, 3])))
    for title, body in picked:
        sample.user(heard(swap(question(title, rng), table)))
        others = [d for d in docs if d[0] != title]
        wrong = rng.sample(others, min(len(others), rng.choice([0, 1, 2])))
        known = rng.random() > 0.35
        if not known and not wrong or rng.random() < 0.15:
            wrong += rng.sample(rng.choice(entities)[2], 1)
        facts = wrong + ([(title, body)] if known else [])
        rng.shuffle(facts)
        with_title = rng.random() < 0.5
        shown = [swap((f"{t} {b}" if with_title else b).replace("\n", " "), table)[:400] for t, b in facts]
        sample.context(facts=shown)
        sample.reply(rng.choice(ACKNOWLEDGE) + swap(short(body), table) if known else rng.choice(ABSTAIN))
    return sample
