"""Collects sentences for the synthetic part of the acoustic model's data: what phone agents say.

    python texts.py TEXT_FOLDER COUNT > lines.txt

Two thirds are agent turns of the dialogue sets (SGD, STAR, topical chat), the rest are made here:
numbers, money, dates, times, names, letters.
"""

import glob
import json
import random
import re
import sys


def split(turn):
    return [s.strip() for s in re.split(r"(?<=[.?!])\s+", turn) if s.strip()]


def agent_turns(folder):
    for path in sorted(glob.glob(f"{folder}/dialogue/sgd/train/dialogues_0*.json"))[:40]:
        for dialogue in json.load(open(path)):
            for turn in dialogue["turns"]:
                if turn["speaker"] == "SYSTEM":
                    yield from split(turn["utterance"])
    for path in sorted(glob.glob(f"{folder}/dialogue/star/dialogues/*.json"))[:1500]:
        for event in json.load(open(path))["Events"]:
            if event.get("Agent") == "Wizard" and event.get("Text"):
                yield from split(event["Text"])
    for path in glob.glob(f"{folder}/dialogue/topicalchat/*.json"):
        for conversation in json.load(open(path)).values():
            for turn in conversation["content"]:
                yield from split(turn["message"])


def made(rng, names):
    digits = lambda n: ", ".join(" ".join(rng.choice("0123456789") for _ in range(3)) for _ in range(n))
    name = lambda: rng.choice(names)
    letters = lambda: " ".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + "." for _ in range(rng.randint(2, 5)))
    month = lambda: rng.choice("January February March April May June July August September October November December".split())
    kinds = (
        lambda: f"Your account number is {digits(3)}.",
        lambda: f"Your balance is {rng.randint(1, 9999)} dollars and {rng.randint(1, 99)} cents.",
        lambda: f"Thank you, {name()}. One moment, please.",
        lambda: f"Your appointment is on {month()} {rng.randint(1, 28)} at {rng.randint(1, 12)}:{rng.randint(10, 59)}.",
        lambda: f"Did you say {letters()}?",
        lambda: f"Am I speaking with {name()} {name()}?",
        lambda: f"The last payment of ${rng.randint(1, 900)}.{rng.randint(10, 99)} went to {name()}.",
        lambda: f"Please say your {rng.randint(3, 12)} digit number, or press {rng.randint(1, 9)}.",
        lambda: rng.choice(("Yes.", "No.", "Okay.", "Sure.", "Of course.", "Let me check.", "One moment.", "Thank you.", "Goodbye!",
                            "Hello!", "Hello, how can I help you?", "Could you repeat that, please?", "Is that right?",
                            "I'm sorry, I didn't catch that.", "Right away.", "Anything else?", "Got it.", "All right.")),
        lambda: f"Okay, {rng.choice(('so', 'and', 'then'))} that is {rng.randint(1, 2000)} at {rng.randint(1, 20)} percent.",
        lambda: f"{name()}, {name()}, and {name()} live at {rng.randint(1, 999)} {name()} Street.",
    )
    return rng.choice(kinds)()


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    rng = random.Random(7)
    lists = glob.glob(f"{folder}/pii/lists/**/*", recursive=True)
    words = []
    for path in lists:
        if "name" in path.lower() and path.endswith((".txt", ".csv")):
            words += [w.strip().strip('"').split(",")[0] for w in open(path, errors="ignore")]
    names = [w for w in words if re.fullmatch(r"[A-Z][a-z]{2,9}", w)] or ["Maria", "James", "Linda", "Peter", "Susan"]
    turns = sorted({t for t in agent_turns(folder) if re.fullmatch(r"[A-Za-z0-9 ,.'?!$:;%&-]{6,130}", t)})
    rng.shuffle(turns)
    lines = turns[: count * 2 // 3]
    print(len(turns), len(names), file=sys.stderr)
    lines += [made(rng, names) for _ in range(count - len(lines))]
    rng.shuffle(lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
