"""The open FAQ set of hotels, restaurants and attractions: places with their docs, split by place."""

import json
import pathlib
import re
import zlib

from topics import topic


class Place:
    """A place and its docs: [(title, body, topic or None)]."""

    def __init__(self, domain, name, docs):
        self.domain, self.name = domain, name
        cut = re.compile(re.escape(name), re.IGNORECASE)
        self.docs = []
        for doc in docs:
            title, body = clean(doc["title"]), clean(doc["body"])
            if title and body:
                self.docs.append((title, body, topic(cut.sub(" ", title))))
        self.part = part(name)


def clean(text):
    text = re.sub(r"(?i)^\s*answer:\s*", "", text.replace("\u00a0", " "))
    return " ".join(text.split())


def part(name):
    """A fifth of the places for the test, a fifth to fit the heads, the rest for the encoder; by a checksum, so that it never moves."""
    share = zlib.crc32(name.lower().encode()) % 10
    return "test" if share < 2 else "dev" if share < 4 else "train"


def known_half(topic):
    """Whether an encoder that saw half of the topics saw this one: related topics (the first word) fall on the same side."""
    return topic is not None and zlib.crc32(topic.split("_")[0].encode()) % 2 == 0


def places(root):
    """Every place with a name and at least two docs."""
    raw = json.loads((pathlib.Path(root) / "rag/dstc10_faq.json").read_text())
    found = [Place(domain, p["name"].strip(), p["docs"].values()) for domain, all_of in raw.items() for p in all_of.values() if p["name"]]
    return [place for place in found if len(place.docs) >= 2]


def renamed(question, old, new):
    """The question with one place's name in place of another's."""
    return re.sub(re.escape(old), lambda _: new, question, flags=re.IGNORECASE)


def names(question, place):
    return place.name.lower() in question.lower()
