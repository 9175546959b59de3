"""The intent corpora and dialogue pairs the router learns from, as plain Python lists.

    python corpora.py --text DATA/text --out corpora.json
"""

import argparse
import csv
import json
import pathlib
import random
from collections import defaultdict

HELD_OUT_CLINC = 30


def load_intents(root):
    """{corpus: {intent: [utterance]}} from the unpacked intent and dialogue texts, and clinc150's own splits.

    Returns (corpora, clinc validation pairs, out-of-scope train, out-of-scope validation)."""
    root = pathlib.Path(root)
    corpora = {"banking": by_intent(banking(root)), "snips": by_intent(snips(root))}
    clinc = json.loads((root / "intents/clinc150/train_val.json").read_text())
    corpora["clinc"] = by_intent((text, intent) for text, intent in clinc["train"])
    folder = root / "intents/fewshot/HWU64/train"
    corpora["hwu"] = by_intent(zip(lines(folder / "seq.in"), lines(folder / "label")))
    corpora["sgd"] = by_intent(sgd_intents(root))
    corpora["multidogo"] = by_intent(multidogo_intents(root))
    oos = [[text for text, _ in clinc[key]] for key in ("oos_train", "oos_val")]
    return corpora, [tuple(pair) for pair in clinc["val"]], oos[0], oos[1]


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def by_intent(pairs):
    """{intent: unique utterances}, intents with fewer than five left out."""
    grouped = defaultdict(dict)
    for text, intent in pairs:
        if text.strip():
            grouped[intent][text.strip()] = None
    return {intent: list(texts) for intent, texts in sorted(grouped.items()) if len(texts) >= 5}


def banking(root):
    with open(root / "intents/banking77/train.csv", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            yield " ".join(row["text"].split()), row["category"]


def snips(root):
    for path in sorted((root / "intents/snips").glob("train_*_full.json")):
        for intent, items in json.loads(path.read_text(encoding="utf-8", errors="replace")).items():
            for item in items:
                yield "".join(part["text"] for part in item["data"]), intent


def sgd_dialogues(root):
    for path in sorted((pathlib.Path(root) / "dialogue/sgd").glob("*/dialogues_*.json")):
        yield from json.loads(path.read_text())


def sgd_intents(root):
    """User turns that announce an intent."""
    for dialogue in sgd_dialogues(root):
        for turn in dialogue["turns"]:
            for frame in turn["frames"]:
                for action in frame["actions"]:
                    if turn["speaker"] == "USER" and action["act"] == "INFORM_INTENT":
                        yield turn["utterance"], f"{action['values'][0]}"


def multidogo_intents(root):
    for path in sorted((root / "dialogue/multidogo/paper_splits/splits_annotated_at_sentence_level").glob("*/train.tsv")):
        with open(path, encoding="utf-8") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                intent = row.get("intent") or ""
                if intent and intent not in ("contentonly", "outofdomain"):
                    yield row["utterance"], intent


def dialogues(root):
    """Turns of the dialogues with replies: Schema-Guided Dialogue, Taskmaster-4, STAR and the callers of MultiDoGO."""
    root = pathlib.Path(root) / "dialogue"
    for dialogue in sgd_dialogues(root.parent):
        yield "sgd", [turn["utterance"] for turn in dialogue["turns"]]
    for path in sorted((root / "taskmaster/TM-4-2024/data").glob("data_*.json")):
        for dialogue in json.loads(path.read_text()):
            yield "taskmaster", [turn["text"] for turn in dialogue["utterances"]]
    for path in sorted((root / "star/dialogues").glob("*.json")):
        spoken = ("utter", "pick_suggestion")
        events = json.loads(path.read_text())["Events"]
        yield "star", [e["Text"] for e in events if e["Agent"] in ("User", "Wizard") and e["Action"] in spoken and e.get("Text")]
    for path in sorted((root / "multidogo/paper_splits/splits_annotated_at_turn_level").glob("*/train.tsv")):
        turns = defaultdict(list)
        with open(path, encoding="utf-8") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                turns[row["conversationId"]].append(row["utterance"] or "")
        for told in turns.values():
            yield "multidogo", told


def questions(root):
    """(question, answer) of the frequently asked questions of DSTC10, each once."""
    found, open_nodes = {}, [json.loads((pathlib.Path(root) / "rag/dstc10_faq.json").read_text())]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, dict) and "title" in node and "body" in node:
            found[node["title"], node["body"]] = None
        elif isinstance(node, dict):
            open_nodes += node.values()
    return sorted(found)


def reply_pairs(root, limit, seed):
    """{source: [(utterance, what follows it)]}: the next turn, a question's answer, or (`same`) a paraphrase."""
    pairs = defaultdict(list)
    for source, turns in dialogues(root):
        pairs[source] += zip(turns, turns[1:])
    pairs["faq"] = questions(root)
    folder = pathlib.Path(root) / "intents/fewshot/CLINC150/train"
    pairs["same"] = [pair for pair in zip(lines(folder / "para.in"), lines(folder / "seq.in")) if pair[0] != pair[1]]
    for source in pairs:
        random.Random(seed).shuffle(pairs[source])
        pairs[source] = pairs[source][:limit]
    return pairs


def split(items, share, seed):
    """A repeatable split: (rest, held out)."""
    items = list(items)
    random.Random(seed).shuffle(items)
    cut = int(len(items) * share)
    return items[cut:], items[:cut]


def main():
    parser = argparse.ArgumentParser(description="Reads the corpora once and writes them as one compact JSON file.")
    parser.add_argument("--text", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--pairs", type=int, default=120_000)
    args = parser.parse_args()
    corpora, clinc_val, oos_train, oos_val = load_intents(args.text)
    everything = {
        "corpora": corpora,
        "clinc_val": clinc_val,
        "oos_train": oos_train,
        "oos_val": oos_val,
        "pairs": reply_pairs(args.text, args.pairs, 5),
    }
    args.out.write_text(json.dumps(everything))


if __name__ == "__main__":
    main()
