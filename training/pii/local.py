"""Sentences with personal data in Spanish and in Hindi, for the second tagger.

    python local.py --text TEXT --out CORPUS

`TEXT` holds the `rules` set unpacked, and as `names/faker/person_LOCALE.py` the lists of names of Faker (MIT), of the locales below. Files as of `corpus.py`: train.tsv of both languages together. For each language the tests are sentences kept apart,
with names that were never trained on (`spanish`, `hindi`: the rarer ones of Faker), and with common ones (`spanish_common`, `hindi_common`).
"""

import argparse
import ast
import json
import pathlib
import random
import re

import hindi
import names
import spanish
from corpus import LABELS, Filler, disturbed, tagged, write

ROWS, DEV_SENTENCES = 260_000, 2000
DICTIONARIES = {spanish: "wikipron_spa_latn_la_broad", hindi: "wikipron_hin_deva_broad"}
LOCALES = {spanish: "es_AR es_CL es_CO es_ES es_MX".split(), hindi: ["hi_IN"]}
KINDS = {"name": "name", "first": "name", "last": "name", "birth": "birth_date", "address": "address", "card": "card", "phone": "phone", "email": "email",
         "iban": "iban"}


class Local(Filler):
    """Draws names, addresses and dates of a language."""

    def __init__(self, language, lists, lexicon, apart, rng):
        super().__init__([], [], [], [], apart, rng)
        # The commonest names are always learnt: those of our own lists.
        self.given, self.surnames = ([n for n in which if (names.is_apart(n) and n not in common) == apart]
                                     for which, common in zip(lists, (language.GIVEN, language.SURNAMES)))
        self.language, self.lexicon = language, lexicon
        self.is_spanish = language is spanish
        # Common words come as often as all others together.
        self.around = lexicon + language.COMMON * (len(lexicon) // len(language.COMMON))

    def made(self, words):
        """One of these; in training often a name that is on no list, and at times any word at all: what stands around it must tell."""
        kind = self.rng.random() if self.makes else 1
        if kind < 0.05:
            return self.rng.choice(self.lexicon)
        word, other = self.rng.choice(words), self.rng.choice(words)
        if kind < 0.4 and min(len(word), len(other)) > 3:
            word = word[:self.rng.randrange(2, len(word) - 1)] + other[self.rng.randrange(2, len(other) - 1):]
        return word

    def name(self):
        kind = self.rng.random()
        if self.is_spanish and kind < 0.4:
            middle = self.rng.choice(["", "", "", "de ", "de la "])
            return f"{self.first()} {middle}{self.last()} {self.last()}" if kind < 0.3 else f"{self.first()} {self.first()} {self.last()}"
        return f"{self.first()} {self.last()}" if kind < 0.8 else self.first() if kind < 0.93 else self.last()

    def written(self, words):
        """As it is typed, or as a recogniser writes it."""
        return words.title() if self.is_spanish and self.rng.random() < 0.4 else words

    def first(self):
        return self.written(super().first())

    def last(self):
        return self.written(super().last())

    def part(self, which):
        return self.rng.choice(getattr(self.language, which).replace("\n", "").split("|"))

    def address(self):
        rng, number = self.rng, str(self.rng.randrange(1, 300))
        if rng.random() < 0.4:
            number = " ".join(rng.choice(self.language.DAYS.split()) for _ in range(rng.randrange(1, 3)))
        road = self.part("ROAD_NAMES") if rng.random() < 0.5 else self.last()
        if self.is_spanish:
            line = f"{self.part('ROADS')} {rng.choice(['', '', 'de ', 'del ', 'de la '])}{road} {rng.choice(['', '', 'número '])}{number}"
            line += rng.choice(["", "", f", piso {rng.randrange(1, 9)}", f", {rng.randrange(1, 9)} {rng.choice('abc')}", f", apartamento {rng.randrange(1, 40)}"])
        else:
            line = f"{rng.choice(['', 'मकान नंबर ', 'फ़्लैट नंबर ', 'प्लॉट '])}{number} {road} {self.part('ROADS')}"
        if rng.random() < 0.5:
            line += f", {self.part('CITIES')}" + (f" {rng.randrange(10000, 999999)}" if rng.random() < 0.4 else "")
        return line

    def day(self, year):
        rng, month, day = self.rng, self.rng.choice(self.language.MONTHS), self.rng.randrange(1, 29)
        if rng.random() < 0.2:
            return rng.choice([f"{day}/{rng.randrange(1, 13)}/{year or 2026}", f"{day}.{rng.randrange(1, 13)}.{year or 2026}"])
        if rng.random() < 0.5:
            day = self.language.DAYS.split()[day - 1]
            year = year and self.said(year)
        if self.is_spanish:
            return f"{day} de {month}" + (f"{rng.choice([' de ', ' del '])}{year}" if year else "")
        return f"{day} {month}" + (f" {year}" if year else "")

    def said(self, year):
        """A year in words; of Hindi whole tens alone."""
        tens = self.language.TENS.split()
        if self.is_spanish:
            rest = year % 100
            words = f"{tens[rest // 10]} y {self.language.DAYS.split()[rest % 10 - 1]}" if rest % 10 and rest > 29 else tens[rest // 10]
            return f"{'mil novecientos' if year < 2000 else 'dos mil'} {words}".strip()
        return f"{'उन्नीस सौ' if year < 2000 else 'दो हज़ार'} {tens[year % 100 // 10]}".strip()

    def date(self):
        return self.part("SOON") if self.rng.random() < 0.3 else self.day(self.rng.choice([None, None, 2026]))

    def draw(self, place):
        rng = self.rng
        if place == "phone":
            return f"6{self.digits(2)} {self.digits(2)} {self.digits(2)} {self.digits(2)}" if self.is_spanish else f"9{self.digits(4)} {self.digits(5)}"
        if place in ("title", "city", "time"):
            return {"title": lambda: rng.choice(self.language.TITLES.split()), "city": lambda: self.part("CITIES"), "time": lambda: str(rng.randrange(1, 13))}[place]()
        return super().draw(place)

    def template(self):
        if self.rng.random() < 0.4:
            return self.with_article(self.rng.choice(self.language.TRAIN))
        kind = self.rng.choice(["name", "name", "address", "birth"])
        before, after = (self.rng.choice(which[kind].replace("\n", "").split("|")) for which in (self.language.BEFORE, self.language.AFTER))
        return self.with_article(f"{before} {{{kind}}} {after}".strip())

    def with_article(self, template):
        """ "En la calle Mayor", as well as "en calle Mayor"."""
        article = self.is_spanish and self.rng.random() < 0.3
        return re.sub(r"\b(en|a|desde|es|de) \{address\}", rf"\1 {self.rng.choice(['la', 'el'])} {{address}}", template) if article else template

    def asked(self):
        """A question of the agent's, and an answer."""
        question, answers = self.rng.choice(self.language.QUESTIONS).split(" | ")
        return question.split()[-self.rng.randrange(3, 9):], self.rng.choice(answers.split(" / "))

    def marked(self, sentence):
        text, spans = self.fill(sentence)
        return tagged(text, [(b, e, LABELS[p]) for b, e, p in spans if p in LABELS], False)

    def some(self):
        """A few words of the dictionary: a word that nobody knows is not always a name."""
        words = [self.rng.choice(self.language.COMMON if self.rng.random() < 0.5 else self.lexicon) for _ in range(self.rng.randrange(1, 7))]
        return words, ["O"] * len(words)

    def turn(self):
        """Words and their labels: what is personal, alone, or beside turns with nothing personal, or among words drawn by lot."""
        kind = self.rng.random()
        if kind < 0.12:
            asked, sentence = self.asked()
            words, labels = self.marked(sentence)
            return asked + words, ["O"] * len(asked) + labels
        plain = lambda: self.marked(self.language.plain(self.rng))
        if kind < 0.24:
            return disturbed(*plain(), self.rng, self.around)
        parts = [disturbed(*self.marked(self.template()), self.rng, self.around)]
        if kind < 0.5:
            parts.insert(self.rng.randrange(2), plain())
        elif kind < 0.7:
            parts = [self.some(), *parts, self.some()][self.rng.randrange(2):]
        elif kind < 0.8:
            parts = [plain(), self.some(), plain()][self.rng.randrange(2):]
        return [w for words, _ in parts for w in words], [m for _, labels in parts for m in labels]


def listed(text, language):
    """Given names and surnames, ours and Faker's."""
    given, surnames = set(language.GIVEN), set(language.SURNAMES)
    for locale in LOCALES[language]:
        tree = ast.parse(open(f"{text}/names/faker/person_{locale}.py").read())
        for node in ast.walk(tree):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []:
                into = re.match(r"(first|last)_names", getattr(target, "id", ""))
                if into:
                    found = [c.value.lower() for c in ast.walk(node.value) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
                    (given if into.group(1) == "first" else surnames).update(found)
    return sorted(given), sorted(surnames)


def lexicon(path, lists):
    """Words of a dictionary that are no names here."""
    known = {names.plain(part) for which in lists for name in which for part in name.split()}
    words = {line.split("\t")[0] for line in open(path)}
    return sorted(word for word in words if len(word) > 1 and not re.search(r"[ \-A-ZÁÉÍÓÚÑ]", word) and names.plain(word) not in known)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--text", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for language, dictionary in DICTIONARIES.items():
        lists = listed(args.text, language)
        known = lexicon(f"{args.text}/rules/g2p/{dictionary}.tsv", lists)
        train = Local(language, lists, known, False, random.Random(5))
        dev = Local(language, lists, known, True, random.Random(4))
        print(f"{language.__name__}: {len(known)} words, {len(train.given)} and {len(train.surnames)} names, {len(dev.given)} and {len(dev.surnames)} apart")
        rows += [train.turn() for _ in range(ROWS)]
        common = Local(language, (language.GIVEN, language.SURNAMES), known, False, random.Random(7))
        common.makes = False
        for name, filler in ((language.__name__, dev), (f"{language.__name__}_common", common)):
            drawn = [filler.fill(filler.rng.choice(language.DEV)) for _ in range(DEV_SENTENCES)]
            marked = [tagged(text, [(b, e, LABELS[p]) for b, e, p in spans if p in LABELS], False) for text, spans in drawn]
            write(out / f"{name}.tsv", marked)
            with open(out / f"{name}.jsonl", "w") as file:
                for text, spans in drawn:
                    found = [[begin, end, KINDS[place]] for begin, end, place in spans if place in KINDS]
                    file.write(json.dumps({"text": text, "spans": found}, ensure_ascii=False) + "\n")
    random.Random(6).shuffle(rows)
    write(out / "train.tsv", rows)


if __name__ == "__main__":
    main()
