"""Turns of the open SGD development set for `hearsay eval agent`: python build_eval.py --text DATA/text --out calls.jsonl

Every turn where the data's agent calls a service of a schema that the training has never seen (group `unseen`), or has
(group `seen`), and as many turns without a call. An argument is right in every form in which it was said, or in the data's own.
"""

import argparse
import json
import random

import schema_guided
from golden import schema as json_schema


def turns_of(spans):
    """The spans of a sample as turns."""
    out = []
    for mark, text in pairs(spans):
        if mark == "<|user|>":
            out.append({"caller": text})
        elif mark == "<|agent|>" and text:
            out.append({"agent": text})
        elif mark == "<|call|>":
            out.append({"call": json.loads(text)})
        elif mark == "<|result|>":
            out.append({"result": json.loads(text)})
    return out


def pairs(spans):
    """(mark, text that follows it or nothing)."""
    for i, (text, is_mark, _) in enumerate(spans):
        if is_mark:
            follows = spans[i + 1] if i + 1 < len(spans) else None
            yield text, follows[0] if follows and not follows[1] else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--dialogues", type=int, default=400)
    args = parser.parse_args()
    train = schema_guided.load_schema(f"{args.text}/dialogue/sgd/train")
    folder = f"{args.text}/dialogue/sgd/dev"
    schema = schema_guided.load_schema(folder)
    dialogues = list(schema_guided.load_dialogues(folder))
    rng = random.Random(7)
    rng.shuffle(dialogues)
    count = {}
    with open(args.out, "w") as out:
        for dialogue in dialogues[:args.dialogues]:
            sample, gold = schema_guided.conversation(dialogue, schema, random.Random(0), augment=False)
            tools = schema_guided.Tools(sorted({f["service"] for t in dialogue["turns"] for f in t["frames"]}), schema, random.Random(0), False).tools
            tools = [{"name": t["name"], "description": t["description"], "parameters": json_schema(t)} for t in tools]
            at = {g["at"]: g for g in gold}
            for i, (text, is_mark, _) in enumerate(sample.spans):
                if not is_mark or text != "<|agent|>":
                    continue
                g = at.get(i)
                if g is None and rng.random() > 0.25:
                    continue
                # After a result the data's agent always speaks.
                if g is None and i > 2 and sample.spans[i - 2][0] == "<|result|>":
                    continue
                unseen = any(s not in train for s in dialogue["services"]) if g is None else g["service"] not in train
                case = {"group": "unseen" if unseen else "seen", "system": sample.spans[1][0], "tools": tools, "turns": turns_of(sample.spans[:i]),
                        "expect": {"call": g["name"], "accept": g["accept"]} if g else "reply"}
                count[case["group"], bool(g)] = count.get((case["group"], bool(g)), 0) + 1
                out.write(json.dumps(case, ensure_ascii=False) + "\n")
    print(count)


if __name__ == "__main__":
    main()
