"""Makes the file of questions for `hearsay eval knowledge` from the open FAQ set: the places of the test part, by `sets.py`.

    python sets.py --text DATA/text --part test --out test.jsonl
    python build_eval.py --sets test.jsonl --out questions.json
    hearsay eval knowledge questions.json

    python build_eval.py --text DATA/text --whole answers --out whole.json   # one knowledge of all 12,001 answers
"""

import argparse
import json
import pathlib
import random

from faq import names, places
from noise import spoken_question


def by_place(path, form):
    """One set a knowledge; the group names form, kind and noise."""
    sets = []
    with open(path, encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if form and line["form"] != form:
                continue
            bodies = bodies_of(line["files"][0])
            questions = [
                {
                    "question": text,
                    "passage": sorted({bodies[at] for at in meta["gold"]}) or "none",
                    "group": f"{line['form']} {meta['kind']} {'noisy' if meta['noisy'] else 'clean'}",
                }
                for text, meta in zip(line["questions"], line["meta"])
            ]
            sets.append({"files": line["files"], "questions": questions})
    return sets


def bodies_of(file):
    """Text of each entry or line by its number."""
    name, text = file
    if name.endswith(".json"):
        return {number + 1: entry["answer"] for number, entry in enumerate(json.loads(text)[0]["entries"])}
    return {number + 1: line.removeprefix("- ") for number, line in enumerate(text.splitlines())}


def whole(text, form, limit):
    """All places in one knowledge; questions of test places that name theirs, clean and as a recogniser would give them."""
    rng, everything, questions = random.Random(4), [], []
    for place in places(text):
        entries = [{"question": title if form == "faq" else "", "answer": body} for title, body, _ in place.docs]
        everything.append({"name": place.name, "entries": entries})
        if place.part == "test":
            for title, body, _ in place.docs:
                named = title if names(title, place) else f"{title.rstrip('? .')} at {place.name}?"
                for kind, asked in (("clean", named), ("noisy", spoken_question(named, rng))):
                    questions.append({"question": asked, "passage": body, "group": f"whole {form} {kind}"})
    rng.shuffle(questions)
    return [{"files": [["whole.json", json.dumps(everything)]], "questions": questions[:limit]}]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=pathlib.Path, help="what sets.py wrote")
    parser.add_argument("--form", choices=["answers", "faq", "prose"], help="only this form of knowledge")
    parser.add_argument("--text", type=pathlib.Path)
    parser.add_argument("--whole", choices=["answers", "faq"])
    parser.add_argument("--limit", type=int, default=2000)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    sets = whole(args.text, args.whole, args.limit) if args.whole else by_place(args.sets, args.form)
    args.out.write_text(json.dumps(sets))
    print(len(sets), "knowledges,", sum(len(s["questions"]) for s in sets), "questions")


if __name__ == "__main__":
    main()
