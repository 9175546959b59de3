"""Trains the retrieval encoder: questions against their answers, replies, paraphrases; a weighted bag of hashed n-gram vectors.

    python train.py --text DATA/text --out encoder.pt [--steps 4000] [--half]

Questions of the FAQ set are told from the other docs of the same place, which is what an agent's knowledge looks like. Places
of the other parts are left out.
"""

import argparse
import csv
import json
import math
import pathlib
import random
import time
from collections import defaultdict

import numpy as np
import torch

from faq import known_half, places, renamed
from features import BUCKETS, features, stem, term_bucket, words
from noise import disfluent, heard, reworded

SHARES = {"faq": 0.4, "reply": 0.2, "paraphrase": 0.25, "disfluent": 0.05, "chat": 0.1}


class Encoder(torch.nn.Module):
    """Sum of the rows of a text's buckets, length 1. `turn` maps the side of an answer to the side of a question."""

    def __init__(self, dims):
        super().__init__()
        self.rows = torch.nn.EmbeddingBag.from_pretrained(torch.randn(BUCKETS, dims) * 0.05, freeze=False, mode="sum")
        self.turn = torch.nn.Parameter(torch.eye(dims))

    def questions(self, bags):
        flat = torch.from_numpy(np.concatenate([np.asarray(bag, np.int64) for bag in bags]))
        starts = torch.from_numpy(np.concatenate([[0], np.cumsum([len(bag) for bag in bags])[:-1]]).astype(np.int64))
        return torch.nn.functional.normalize(self.rows(flat, starts), dim=1, eps=1e-6)

    def answers(self, bags):
        return torch.nn.functional.normalize(self.questions(bags) @ self.turn, dim=1, eps=1e-6)


def bag(text, rng, noise=0.5):
    spoken = words(text)
    if rng.random() < noise:
        spoken = heard(spoken, rng)
    if rng.random() < noise * 0.5:
        spoken = disfluent(spoken, rng)
    return features(spoken) or [0]


def sgd_turns(root):
    for path in sorted((root / "dialogue/sgd").glob("*/dialogues_*.json")):
        for dialogue in json.loads(path.read_text()):
            yield [turn["utterance"] for turn in dialogue["turns"]]


def taskmaster_turns(root):
    for path in sorted((root / "dialogue/taskmaster").rglob("data_*.json")):
        for dialogue in json.loads(path.read_text()):
            yield [turn["text"] for turn in dialogue["utterances"]]


def star_turns(root):
    for path in sorted((root / "dialogue/star/dialogues").glob("*.json"))[:3000]:
        events = json.loads(path.read_text())["Events"]
        yield [e["Text"] for e in events if e.get("Text") and e.get("Agent") in ("User", "Wizard")]


def multidogo_turns(root):
    for path in sorted((root / "dialogue/multidogo/paper_splits/splits_annotated_at_turn_level").glob("*/train.tsv")):
        turns, last = [], None
        with open(path, encoding="utf-8") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["conversationId"] != last and turns:
                    yield turns
                    turns = []
                last = row["conversationId"]
                turns.append(row["utterance"])
        yield turns


def topical_turns(root):
    for path in sorted((root / "dialogue/topicalchat").glob("*.json")):
        for dialogue in json.loads(path.read_text()).values():
            yield [turn["message"] for turn in dialogue["content"]]


def podcast_lines(root, limit, rng):
    """Turns of podcasts, cut to the length of a caller's turn: what is common in speech whatever it is about."""
    found = []
    for path in sorted((root / "lm/changelog").rglob("*.md"))[::7]:
        for line in path.read_text(encoding="utf-8").splitlines():
            found += [part for part in line.partition(":** ")[2].split(". ") if part]
    rng.shuffle(found)
    return found[:limit]


def pairs_of(dialogues, limit, rng):
    found = [(a, b) for turns in dialogues for a, b in zip(turns, turns[1:]) if len(a.split()) > 2 and len(b.split()) > 2]
    rng.shuffle(found)
    return found[:limit]


def intents(root):
    """{corpus and intent: utterances} of the intent sets, as paraphrases."""
    found = defaultdict(list)
    with open(root / "intents/banking77/train.csv", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            found["banking " + row["category"]].append(" ".join(row["text"].split()))
    for text, intent in json.loads((root / "intents/clinc150/train_val.json").read_text())["train"]:
        found["clinc " + intent].append(text)
    folder = root / "intents/fewshot/HWU64/train"
    for text, intent in zip((folder / "seq.in").read_text().splitlines(), (folder / "label").read_text().splitlines()):
        found["hwu " + intent].append(text)
    return {name: texts for name, texts in found.items() if len(texts) >= 5}


def faq_batch(encoder, train, by_topic, rng, size=14):
    """Each question against all docs of its place, by heading and by body; another place's question of the topic stands in at times."""
    chosen = rng.sample(train, size)
    questions, heads, bodies, owner = [], [], [], []
    for number, place in enumerate(chosen):
        for title, body, topic in place.docs[:30]:
            question = title
            if topic and rng.random() < 0.4:
                other, asked = rng.choice(by_topic[topic])
                question = renamed(asked, other, place.name)
            question = reworded(question, rng) if rng.random() < 0.4 else question
            questions.append(bag(question, rng))
            heads.append(bag(title, rng, 0.2))
            bodies.append(bag(body, rng, 0.2))
            owner.append((number, topic))
    topics = [topic for _, topic in owner]
    # Another doc of the same topic may answer too; so it is neither right nor wrong.
    unsure = torch.tensor([[i != j and topics[i] is not None and topics[i] == topics[j] for j in range(len(owner))] for i in range(len(owner))])
    asked = encoder.questions(questions)
    target = torch.arange(len(owner))
    loss = 0.0
    for side, weight in ((encoder.answers(bodies), 1.0), (encoder.questions(heads), 0.6)):
        scores = (asked @ side.T / 0.07).masked_fill(unsure, -1e4)
        loss = loss + weight * torch.nn.functional.cross_entropy(scores, target)
    return loss


def pair_batch(encoder, pairs, rng, mapped, size=160):
    chosen = [pairs[rng.randrange(len(pairs))] for _ in range(size)]
    left = encoder.questions([bag(a, rng) for a, _ in chosen])
    right = [bag(b, rng, 0.3) for _, b in chosen]
    right = encoder.answers(right) if mapped else encoder.questions(right)
    scores = left @ right.T / 0.07
    target = torch.arange(size)
    return torch.nn.functional.cross_entropy(scores, target) + torch.nn.functional.cross_entropy(scores.T, target)


def paraphrase_batch(encoder, groups, names, rng, size=120):
    chosen = rng.sample(names, size)
    pairs = [rng.sample(groups[name], 2) for name in chosen]
    left, right = encoder.questions([bag(a, rng) for a, _ in pairs]), encoder.questions([bag(b, rng) for _, b in pairs])
    return 2 * torch.nn.functional.cross_entropy(left @ right.T / 0.07, torch.arange(size))


def document_frequency(texts):
    """How many texts hold each term, by bucket, and how many texts there are."""
    counts, total = np.zeros(BUCKETS), 0
    for text in texts:
        total += 1
        counts[list({term_bucket(stem(word)) for word in words(text)})] += 1
    return counts, total


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--dims", type=int, default=64)
    parser.add_argument("--half", action="store_true", help="leave out every doc of half of the topics, and those without one")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    rng, begin = random.Random(3), time.monotonic()
    train = [place for place in places(args.text) if place.part == "train"]
    if args.half:
        for place in train:
            place.docs = [doc for doc in place.docs if known_half(doc[2])]
        train = [place for place in train if len(place.docs) >= 2]
    by_topic = defaultdict(list)
    for place in train:
        for title, _, topic in place.docs:
            by_topic[topic].append((place.name, title))
    reply = pairs_of((t for turns in (sgd_turns, taskmaster_turns, star_turns, multidogo_turns) for t in turns(args.text)), 200_000, rng)
    chat = pairs_of(topical_turns(args.text), 30_000, rng)
    groups = intents(args.text)
    fluent = [(v["disfluent"], v["original"]) for v in json.loads((args.text / "rag/disflqa/train.json").read_text()).values()]
    names = list(groups)
    print(f"{len(train)} places, {len(reply)} replies, {len(chat)} chat, {len(groups)} intents, {time.monotonic() - begin:.0f} s", flush=True)
    told = [a for a, _ in reply[:40_000]] + [b for _, b in reply[40_000:60_000]] + [t for texts in groups.values() for t in texts[:60]]
    told += [b for _, b in fluent] + [a for a, _ in chat[:20_000]] + podcast_lines(args.text, 60_000, rng)
    counts, total = document_frequency(told)
    encoder = Encoder(args.dims)
    optimizer = torch.optim.Adam([{"params": encoder.rows.parameters()}, {"params": [encoder.turn]}], lr=3e-3)
    batches = {"faq": lambda: faq_batch(encoder, train, by_topic, rng), "reply": lambda: pair_batch(encoder, reply, rng, True),
               "chat": lambda: pair_batch(encoder, chat, rng, True), "disfluent": lambda: pair_batch(encoder, fluent, rng, False),
               "paraphrase": lambda: paraphrase_batch(encoder, groups, names, rng)}
    sums = defaultdict(list)
    for step in range(args.steps):
        kind = rng.choices(list(SHARES), SHARES.values())[0]
        loss = batches[kind]()
        rate = max(0.02, 1.0 - step / args.steps) * min(1.0, (step + 1) / 50)
        for group, top in zip(optimizer.param_groups, (3e-3, 1e-3)):
            group["lr"] = top * rate
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        sums[kind].append(loss.item())
        if step % 200 == 199:
            shown = " ".join(f"{kind} {np.mean(values):.3f}" for kind, values in sorted(sums.items()))
            print(f"{step + 1} {shown} {time.monotonic() - begin:.0f} s", flush=True)
            sums.clear()
            save(args.out, encoder, counts, total)
    save(args.out, encoder, counts, total)


def save(path, encoder, counts, total):
    state = {"rows": encoder.rows.weight.detach(), "turn": encoder.turn.detach(), "counts": counts, "total": math.log(total)}
    torch.save(state, path)


if __name__ == "__main__":
    main()
