"""Questions with what should be found for them, or with nothing to be found: from the open FAQ set, built by rules.

    python sets.py --text DATA/text --part dev --out dev.jsonl

Each line is one place's knowledge (`files`), its questions, and for each question a `meta` of kind and gold entries. Forms of
knowledge: `answers` (each answer a passage of its own, no question in the index), `faq` (questions and answers), `prose` (all
answers run together on one page). Kinds of question:

- `own`: the question that was written for the answer (never in the form `faq`, where it would stand in the index)
- `twin`: the question that was written for another place about the same topic, with the name changed
- `removed`: a twin whose topic's docs were all taken out of this knowledge: a near miss, since everything else is there
- `absent`: a topic that this place has no doc of, asked as at another place of its kind: a near miss
- `neighbour`: as the last two, where a doc that is left shares a telling word with the question: the nearest misses
- `stranger`: a topic that is answered here, asked about a place that is not in this knowledge: a near miss
- `foreign`: questions of other worlds (encyclopedia questions, a bank's callers, requests to an assistant)

Half of the questions of every kind are as a recogniser would give them (reworded, disfluent, words lost or misspelt): `noisy`.
"""

import argparse
import csv
import json
import pathlib
import random
from collections import Counter, defaultdict

from faq import names, places, renamed
from features import stem, words
from noise import spoken_question
from topics import may_answer

FOREIGN_EACH = 6


def foreign(root, rng):
    """Questions that no place can answer; those of development and test come from different rows."""
    fluent = [v["original"] for v in json.loads((root / "rag/disflqa/dev.json").read_text()).values()]
    with open(root / "intents/banking77/train.csv", encoding="utf-8") as rows:
        bank = [row["text"] for row in csv.DictReader(rows)]
    clinc = json.loads((root / "intents/clinc150/train_val.json").read_text())
    assistant = [text for text, _ in clinc["val"]] + [text for text, _ in clinc["oos_val"]]
    pools = [fluent, bank, assistant]
    for pool in pools:
        rng.shuffle(pool)
    return pools


def terms(text):
    return [stem(word) for word in words(text)]


def knowledge(form, place, docs):
    """The place's files and, for each doc, where its passage begins."""
    if form == "prose":
        text = f"# {place.name}\n\n" + "".join(f"- {body}\n" for _, body, _ in docs)
        return [["place.md", text]], [number + 3 for number in range(len(docs))]
    entries = [{"question": title if form == "faq" else "", "answer": body} for title, body, _ in docs]
    return [["place.json", json.dumps([{"name": place.name, "entries": entries}])]], list(range(1, len(docs) + 1))


class Builder:
    def __init__(self, part, rng):
        self.rng, self.part = rng, part
        self.by_topic = defaultdict(list)
        titles = [set(terms(title)) for place in part for title, _, _ in place.docs]
        self.common = {term for term, times in Counter(t for title in titles for t in title).items() if times > 0.025 * len(titles)}
        for place in part:
            for title, _, topic in place.docs:
                if topic:
                    self.by_topic[place.domain, topic].append((place, title))

    def twin(self, place, topic):
        """Another place's question of the topic, asked about this one; None where there is none."""
        others = [(other, title) for other, title in self.by_topic[place.domain, topic] if other is not place]
        if not others:
            return None
        other, title = self.rng.choice(others)
        return renamed(title, other.name, place.name)

    def kind(self, kind, question, place, docs):
        """The kind, or `neighbour` where a doc has a word of the question that not every question has."""
        telling = set(terms(question)) - self.common - set(terms(place.name))
        return "neighbour" if any(telling & set(terms(f"{title} {body}")) for title, body, _ in docs) else kind

    def noisy(self, question):
        noisy = self.rng.random() < 0.5
        return (spoken_question(question, self.rng) if noisy else question), noisy

    def place(self, place, form, pools):
        """Lines for one place: the whole knowledge with what it answers, and one knowledge for each topic taken out."""
        rng, lines, meta, questions = self.rng, [], [], []
        files, at = knowledge(form, place, place.docs)

        def ask(question, kind, gold, topic=None):
            text, noisy = self.noisy(question)
            questions.append(text)
            meta.append({"kind": kind, "gold": gold, "noisy": noisy, "question": question, "topic": topic})

        topics = sorted({topic for _, _, topic in place.docs if topic})
        for number, (title, body, topic) in enumerate(place.docs):
            same = [at[i] for i, (t, b, _) in enumerate(place.docs) if b == body or (topic and may_answer(topic, t, b))]
            if form != "faq":
                ask(title, "own", same + [at[number]], topic)
            twin = topic and self.twin(place, topic)
            if twin and rng.random() < (1.0 if form == "faq" else 0.5):
                ask(twin, "twin", same + [at[number]], topic)
        absent = [t for d, t in self.by_topic if d == place.domain and not any(may_answer(t, title, body) for title, body, _ in place.docs)]
        for topic in rng.sample(absent, min(len(absent), 6)):
            asked = self.twin(place, topic)
            ask(asked, self.kind("absent", asked, place, place.docs), [], topic)
        for topic in rng.sample(topics, min(len(topics), 3)):
            named = [(o, t) for o, t in self.by_topic[place.domain, topic] if o is not place and names(t, o)]
            if named:
                ask(rng.choice(named)[1], "stranger", [], topic)
        for pool in pools:
            for _ in range(FOREIGN_EACH // len(pools)):
                ask(rng.choice(pool), "foreign", [])
        lines.append({"files": files, "questions": questions, "meta": meta, "form": form, "place": place.name})
        for topic in rng.sample(topics, min(len(topics), 6)):
            kept = [doc for doc in place.docs if not may_answer(topic, doc[0], doc[1])]
            asked = self.twin(place, topic)
            own = [t for t, _, top in place.docs if top == topic]
            if len(kept) < 2 or not asked:
                continue
            questions, meta = [], []
            for question in (asked, rng.choice(own)):
                ask(question, self.kind("removed", question, place, kept), [], topic)
            lines.append({"files": knowledge(form, place, kept)[0], "questions": questions, "meta": meta, "form": form, "place": place.name})
        return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=pathlib.Path, required=True)
    parser.add_argument("--part", choices=["train", "dev", "test"], required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    rng = random.Random({"train": 1, "dev": 2, "test": 3}[args.part])
    part = [place for place in places(args.text) if place.part == args.part and len(place.docs) >= 6]
    pools = [pool[::2] if args.part == "test" else pool[1::2] for pool in foreign(args.text, random.Random(9))]
    builder = Builder(part, rng)
    lines = [line for place in part for form in ("answers", "faq", "prose") for line in builder.place(place, form, pools)]
    for line in lines:  # a question that lost its words asks nothing
        kept = [i for i, q in enumerate(line["questions"]) if q.strip()]
        line["questions"], line["meta"] = [line["questions"][i] for i in kept], [line["meta"][i] for i in kept]
    args.out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    counts = defaultdict(int)
    for line in lines:
        for meta in line["meta"]:
            counts[line["form"], meta["kind"]] += 1
    print(len(part), "places,", dict(counts))


if __name__ == "__main__":
    main()
