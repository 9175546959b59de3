"""Sentences with personal data for the tagger: templates filled with names and addresses, names put into real turns, and entity corpora.

    python corpus.py --text TEXT --out CORPUS

`TEXT` holds the `pii` and `dialogue` sets unpacked and NLTK's `names` (male.txt, female.txt). Each line of train.tsv and dev.tsv is the words
of a turn, a tab, and a label for each: O, N(ame), A(ddress), B(irth date), or - where nobody knows. `sentences.jsonl` and `spoken_digits.jsonl` are
the tests of the whole redaction: templates and names kept apart, and secret numbers said aloud; `{"text", "spans": [[begin, end, kind]]}`.
"""

import argparse
import glob
import json
import pathlib
import random
import re
import string
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "turn"))
import names
import templates
from turns import spoken

MONTHS = "january february march april may june july august september october november december".split()
ORDINALS = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
            "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
            "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first").split()
DIGITS = "zero one two three four five six seven eight nine".split()
TITLES = "mr mrs ms miss doctor dr mister professor".split()
PLACE = re.compile(r"\{(\w+)\}")
TRAIN_TEMPLATES, PLANTED, MIXED_TURNS, ANSWERS, DEV_SENTENCES = 260_000, 60_000, 120_000, 40_000, 4000


class Filler:
    """Draws what goes into the places, from the names of one side."""

    def __init__(self, given, surnames, streets, companies, apart, rng):
        side = [name for name in given if names.is_apart(name) == apart], [name for name in surnames if names.is_apart(name) == apart]
        self.given, self.surnames = side
        self.streets = [s for s in streets if names.is_apart(s) == apart]
        self.companies, self.rng, self.makes = companies, rng, not apart

    def made(self, words):
        """One of these, or, in training, the beginning of one with the end of another: a name that is on no list."""
        word, other = self.rng.choice(words), self.rng.choice(words)
        if self.makes and self.rng.random() < 0.25 and min(len(word), len(other)) > 3:
            word = word[:self.rng.randrange(2, len(word) - 1)] + other[self.rng.randrange(2, len(other) - 1):].lower()
        return word

    def first(self):
        return self.made(self.given)

    def last(self):
        return self.made(self.surnames)

    def name(self):
        kind = self.rng.random()
        if kind < 0.62:
            return f"{self.first()} {self.last()}"
        if kind < 0.7:
            return f"{self.first()} {self.rng.choice(string.ascii_uppercase)} {self.last()}"
        if kind < 0.76:
            return f"{self.first()} {self.first()} {self.last()}"
        if kind < 0.8:
            return f"{self.first()} {self.last()} {self.last()}"
        return self.first() if kind < 0.93 else self.last()

    def address(self):
        pick, rng = self.rng.choice, self.rng
        if rng.random() < 0.15 and self.streets:
            line = pick(self.streets)
        elif rng.random() < 0.08:
            line = f"{pick(['Calle', 'Avenida', 'Plaza', 'Paseo'])} {pick(['', 'de ', 'del ', 'de la '])}{self.last()} {rng.randrange(1, 200)}"
        else:
            street = pick(names.STREETS) if rng.random() < 0.6 else self.last()
            kind = pick(names.KINDS)
            if rng.random() < 0.2:
                kind = names.SHORT_KINDS.get(kind, kind)
            number = rng.choice([rng.randrange(1, 100), rng.randrange(1, 1000), rng.randrange(100, 10000)])
            line = f"{number} {pick(['', '', '', 'north ', 'west '])}{street} {kind}"
        if rng.random() < 0.2:
            line += f", {pick(['apartment', 'apt', 'flat', 'unit', 'suite'])} {rng.randrange(1, 60)}{pick(['', '', 'b', 'c'])}"
        if rng.random() < 0.5:
            line += f", {pick(names.CITIES)}"
            if rng.random() < 0.4:
                line += f", {pick(names.STATES)}"
            if rng.random() < 0.5:
                line += f" {rng.randrange(10000, 99999)}"
        return line

    def day(self, year):
        month, day = self.rng.randrange(12), self.rng.randrange(1, 29)
        kind = self.rng.random()
        if kind < 0.3:
            text = f"{MONTHS[month]} {self.rng.choice([ORDINALS[day - 1], str(day), f'{day}th'])}"
            return text + (f" {year}" if year else "")
        if kind < 0.6:
            text = f"the {ORDINALS[day - 1]} of {MONTHS[month]}"
            return text + (f" {year}" if year else "")
        if kind < 0.75:
            return f"{day} {MONTHS[month]}" + (f" {year}" if year else "")
        return self.rng.choice([f"{month + 1}/{day}/{year or 2026}", f"{year or 2026}-{month + 1:02}-{day:02}", f"{day}.{month + 1}.{year or 2026}"])

    def birth(self):
        year = self.rng.randrange(1930, 2024)
        return self.day(year if self.rng.random() < 0.85 else None)

    def date(self):
        if self.rng.random() < 0.3:
            return self.rng.choice("tomorrow|next tuesday|monday|friday afternoon|the day after tomorrow|this weekend".split("|"))
        return self.day(self.rng.choice([None, None, 2026]))

    def digits(self, count):
        return "".join(str(self.rng.randrange(10)) for _ in range(count))

    def card(self):
        number = self.rng.choice(["4", "51", "55", "37", "6011"])
        number += self.digits((15 if number == "37" else 16) - len(number) - 1)
        doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(number))]
        number += str(-sum(d // 10 + d % 10 for d in doubled) % 10)
        return " ".join(number[i:i + 4] for i in range(0, len(number), 4)) if self.rng.random() < 0.5 else number

    def iban(self):
        country, body = self.rng.choice([("GB", "NWBK" + self.digits(14)), ("DE", self.digits(18)), ("ES", self.digits(20))])
        number = int("".join(str(int(c, 36)) for c in body + country + "00"))
        text = f"{country}{98 - number % 97:02}{body}"
        return " ".join(text[i:i + 4] for i in range(0, len(text), 4)) if self.rng.random() < 0.5 else text

    def email(self):
        first, last = (re.sub(r"[^a-z]", "", names.plain(n)) for n in (self.first(), self.last()))
        return f"{first}{self.rng.choice(['.', '_', ''])}{last}@{self.rng.choice(['gmail.com', 'example.org', 'mail.example.co.uk'])}"

    def draw(self, place):
        rng = self.rng
        simple = {
            "title": lambda: rng.choice(TITLES), "city": lambda: rng.choice(names.CITIES), "company": lambda: rng.choice(self.companies),
            "number": lambda: str(rng.randrange(5, 900)), "time": lambda: rng.choice([f"{rng.randrange(1, 12)} pm", f"{rng.randrange(8, 18)}:30", "noon"]),
            "ssn": lambda: f"{rng.randrange(100, 665)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}",
            "phone": lambda: rng.choice([f"+1 202 555 0{self.digits(3)}", f"(415) 555-0{self.digits(3)}", f"020 7946 0{self.digits(3)}", f"212-555-0{self.digits(3)}"]),
            "account": lambda: self.digits(rng.randrange(8, 12)), "pin": lambda: self.digits(4),
            "ip": lambda: ".".join(str(rng.randrange(1, 255)) for _ in range(4)),
            "passport": lambda: rng.choice([rng.choice("ABCDEXYZ") + self.digits(8), rng.choice(string.ascii_uppercase) + rng.choice(string.ascii_uppercase) + self.digits(7)]),
        }
        return simple[place]() if place in simple else getattr(self, place)()

    def fill(self, template):
        """(text, [(begin, end, place)])."""
        text, spans, at = "", [], 0
        for place in PLACE.finditer(template):
            text += template[at:place.start()]
            value = self.draw(place.group(1))
            spans.append((len(text), len(text) + len(value), place.group(1)))
            text, at = text + value, place.end()
        return text + template[at:], spans


LABELS = {"name": "N", "first": "N", "last": "N", "address": "A", "birth": "B"}


def tagged(text, spans, say):
    """(words, labels); with `say` numbers become words, as a recogniser writes them."""
    words, labels, at = [], [], 0
    for begin, end, label in [*spans, (len(text), len(text), "O")]:
        for part, mark in ((text[at:begin], "O"), (text[begin:end], label)):
            part = spoken(part) if say else part
            found = [w for w in re.split(r"[\s,]+", part.replace("-", " ")) if w.strip(".,?!;:")]
            words += found
            labels += [mark] * len(found)
        at = end
    return words, labels


def template(rng):
    """A whole sentence, or a beginning and an end put together; about names most often."""
    if rng.random() < 0.5:
        return rng.choice(templates.TRAIN)
    kind = rng.choice(["name", "name", "address", "birth"])
    return f"{rng.choice(templates.BEFORE[kind])} {{{kind}}} {rng.choice(templates.AFTER[kind])}".strip()


def disturbed(words, labels, rng, vocabulary):
    """Words around what is personal lost or replaced by others, so that no sentence is learnt by heart."""
    if rng.random() < 0.3:
        return words, labels
    kept = [(rng.choice(vocabulary) if m == "O" and rng.random() < 0.1 else w, m) for w, m in zip(words, labels) if m != "O" or rng.random() > 0.06]
    return [w for w, _ in kept], [m for _, m in kept]


def planted(turns, filler, rng, count):
    """Real turns with something personal at any place in them: what it is must show by itself."""
    for text, spans in rng.sample(turns, min(count, len(turns))):
        words, labels = tagged(text, spans, rng.random() < 0.6)
        kind = rng.choice(["address", "address", "name", "both"])
        for what in ["name", "address"] if kind == "both" else [kind]:
            at = rng.randrange(len(words) + 1)
            lead = rng.choice(templates.BEFORE[what]).split() if rng.random() < 0.6 else []
            found, marks = tagged(*(lambda t, s: (t, [(b, e, LABELS[p]) for b, e, p in s]))(*filler.fill(f"{{{what}}}")), rng.random() < 0.6)
            inside = 0 < at < len(words) and labels[at - 1] != "O" and labels[at] != "O"
            if not inside:
                words[at:at], labels[at:at] = lead + found, ["O"] * len(lead) + marks
        if words:
            yield words, labels


def from_templates(filler, rng, count):
    for _ in range(count):
        text, spans = filler.fill(template(rng))
        if rng.random() < 0.15:
            more, others = filler.fill(template(rng))
            spans += [(begin + len(text) + 2, end + len(text) + 2, place) for begin, end, place in others]
            text = f"{text}. {more}"
        spans = [(begin, end, LABELS[place]) for begin, end, place in spans if place in LABELS]
        yield tagged(text, spans, rng.random() < 0.6)


def answers(filler, rng, count):
    """A question of the agent's and the answer to it: the question tells what a bare date or word is."""
    for _ in range(count):
        question, answer = rng.choice(templates.QUESTIONS)
        text, spans = filler.fill(rng.choice(answer.split(" / ")))
        words, labels = tagged(text, [(begin, end, LABELS[place]) for begin, end, place in spans if place in LABELS], rng.random() < 0.6)
        asked = question.split()[-rng.randrange(3, 9):]
        yield asked + words, ["O"] * len(asked) + labels


def said_digits(digits, rng):
    """A row of digits as people say it."""
    zero = rng.choice(["zero", "oh"])
    pairs, doubles, words, at = rng.random() < 0.2, rng.random() < 0.3, [], 0
    while at < len(digits):
        two = digits[at:at + 2]
        if pairs and len(two) == 2 and two[0] not in "01":
            words.append(spoken(two).replace("-", " ").strip())
            at += 2
        elif doubles and len(two) == 2 and two[0] == two[1] and two != "00":
            words.append(f"double {DIGITS[int(two[0])]}")
            at += 2
        else:
            words.append(zero if digits[at] == "0" else DIGITS[int(digits[at])])
            at += 1
            if at in (3, 4, 6, 8, 12) and rng.random() < 0.08:
                words.append(rng.choice(["uh", "um", "and", "dash"]))
    return " ".join(words)


def said_secrets(filler, rng, count):
    """(text, spans) of secret numbers said aloud."""
    for _ in range(count):
        template = rng.choice(templates.SPOKEN)
        place = PLACE.search(template)
        kind = place.group(1)
        drawn = filler.digits(rng.choice([3, 3, 4])) if kind == "code" else filler.draw(kind)
        digits = re.sub(r"\D", "", drawn)
        said = said_digits(digits, rng)
        yield template.replace(place.group(0), said), [(place.start(), place.start() + len(said), kind)]


def sgd(root):
    """Turns with their annotated addresses; names of artists and dentists are for nobody to learn."""
    people = {"directed_by", "dentist_name", "stylist_name", "artist", "actors", "starring", "attraction_name", "therapist_name", "doctor_name"}
    for path in sorted(glob.glob(f"{root}/dialogue/sgd/train/dialogues_*.json")):
        for talk in json.load(open(path)):
            for turn in talk["turns"]:
                spans = []
                for slot in (s for frame in turn["frames"] for s in frame.get("slots", []) if "start" in s):
                    kind = "A" if "address" in slot["slot"] else "-" if slot["slot"] in people else None
                    if kind:
                        spans.append((slot["start"], slot["exclusive_end"], kind))
                spans = [s for i, s in enumerate(sorted(set(spans))) if i == 0 or s[0] >= sorted(set(spans))[i - 1][1]]
                yield turn["utterance"], spans


def in_turns(turns, known, filler, rng, count):
    """Real turns, some of which begin or end with a name; capitalised words that could be names are for nobody to learn."""
    for text, spans in rng.sample(turns, min(count, len(turns))):
        words, labels = tagged(text, spans, rng.random() < 0.6)
        for i, word in enumerate(words):
            if labels[i] == "O" and word[:1].isupper() and i > 0 and names.plain(word).strip(".,?!'s") in known:
                labels[i] = "-"
            elif labels[i] == "O" and len(word) > 5 and rng.random() < 0.02:
                other = rng.choice(words)  # a word that nobody knows is not always a name
                words[i] = word[:rng.randrange(3, len(word))] + other[len(other) // 2:]
        before, after = [], []
        if rng.random() < 0.25:
            name = filler.name().split()
            lead = rng.choice(["this is", "it's", "hi i'm", "my name is", "hello", "hi", "thanks", "okay", "yes"]).split()
            before = [(w, "O") for w in lead] + [(w, "N") for w in name]
        elif rng.random() < 0.15:
            lead = rng.choice(["thanks", "thank you", "and my name is", "for", "it's for", "please"]).split()
            after = [(w, "O") for w in lead] + [(w, "N") for w in filler.name().split()]
        pairs = before + list(zip(words, labels)) + after
        if pairs:
            yield [w for w, _ in pairs], [m for _, m in pairs]


def entities(root):
    """Wikigold, BTC, SEC filings and WNUT: people are names, places are for nobody to learn."""
    paths = [f"{root}/pii/wikigold/CONLL-format/data/wikigold.conll.txt", f"{root}/pii/wnut17/wnut17train.conll"]
    paths += sorted(glob.glob(f"{root}/pii/BTC/CONLL-format/data/*.conll")) + sorted(glob.glob(f"{root}/pii/SEC-filings/CONLL-format/data/*/*.txt"))
    for path in paths:
        words, labels = [], []
        for line in open(path, encoding="utf-8", errors="replace"):
            parts = line.split()
            if len(parts) < 2 or parts[0] == "-DOCSTART-":
                if words:
                    yield words, labels
                words, labels = [], []
                continue
            mark = parts[-1].split("-")[-1].lower()
            label = "N" if mark in ("per", "person") else "-" if mark in ("loc", "location") else "O"
            if re.search(r"\w", parts[0]):
                if parts[0].startswith("'") and words:
                    words[-1] += parts[0]
                    continue
                words.append(parts[0])
                labels.append(label)
        if words:
            yield words, labels


def write(path, rows):
    count = 0
    with open(path, "w") as file:
        for words, labels in rows:
            words = [w.replace("\t", "") for w in words]
            if words and len(words) == len(labels):
                file.write(" ".join(words[:80]) + "\t" + " ".join(labels[:80]) + "\n")
                count += 1
    print(f"{path}: {count} turns")


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--text", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    given, surnames, streets = names.read(args.text)
    companies = [line.strip() for line in open(f"{args.text}/pii/lists/companies_and_organizations.csv", encoding="utf-8-sig")][1:]
    rng = random.Random(1)
    train = Filler(given, surnames, streets, companies, False, rng)
    dev = Filler(given, surnames, streets, companies, True, random.Random(2))
    known = {names.plain(n) for n in given + surnames}
    turns = list(sgd(args.text))
    print(f"{len(given)} given names, {len(surnames)} surnames, {len(turns)} turns")
    vocabulary = [w for text, _ in rng.sample(turns, 20_000) for w in text.lower().split() if w.strip(".,?!'") and not any(c.isdigit() for c in w)]
    vocabulary = [w for w in vocabulary if names.plain(w).strip(".,?!'") not in known]
    rows = [disturbed(words, labels, rng, vocabulary) for words, labels in from_templates(train, rng, TRAIN_TEMPLATES)]
    rows += list(planted(turns, train, rng, PLANTED)) + list(in_turns(turns, known, train, rng, MIXED_TURNS))
    rows += answers(train, rng, ANSWERS)
    corpora = list(entities(args.text))
    rng.shuffle(corpora)
    held = len(corpora) // 20
    rows += corpora[held:] * 3
    rng.shuffle(rows)
    write(out / "train.tsv", rows)
    drawn = [dev.fill(rng.choice(templates.DEV)) for _ in range(DEV_SENTENCES)]
    rows = [tagged(text, [(b, e, LABELS[p]) for b, e, p in spans if p in LABELS], False) for text, spans in drawn]
    write(out / "dev.tsv", rows)
    write(out / "entities_dev.tsv", corpora[:held])
    kinds = {"name": "name", "first": "name", "last": "name", "title": None, "city": None, "company": None, "number": None, "time": None, "date": None,
             "birth": "birth_date", "account": "number", "code": "cvv"}
    for name, sentences in (("sentences", drawn), ("spoken_digits", said_secrets(dev, random.Random(3), DEV_SENTENCES // 2))):
        with open(out / f"{name}.jsonl", "w") as file:
            for text, spans in sentences:
                found = [[begin, end, kinds.get(place, place)] for begin, end, place in spans if kinds.get(place, place)]
                file.write(json.dumps({"text": text, "spans": found}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
