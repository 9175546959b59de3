"""Tool calls on services never seen: python evaluate.py --model last.pt --shards DIR --text DATA/text [--dialogues 60]

At every turn of the open SGD development set where the data's agent calls a service of a schema that is not in the
training set, the model decides freely, given the true history: does it call, which tool, with which arguments.
At turns without a call the share of false calls is counted. Greedy, without the grammar (the runtime adds it).
"""

import argparse
import json
import random

import torch
from tokenizers import Tokenizer

import schema_guided
from model import Config, Model
from prompt import MARKS


class Reader:
    """The model with its cache."""

    def __init__(self, path, tokenizer):
        saved = torch.load(path)
        self.model = Model(Config(**saved["config"]))
        self.model.load_state_dict({**self.model.state_dict(), **saved["master"]})
        self.model.eval()
        self.tokenizer = Tokenizer.from_file(tokenizer)
        self.marks = {m: self.tokenizer.token_to_id(m) for m in MARKS}
        self.tokens = []
        self.caches = None

    def encode(self, spans):
        out = []
        for text, mark, _ in spans:
            out += [self.marks[text]] if mark else self.tokenizer.encode(text, add_special_tokens=False).ids
        return out

    @torch.no_grad()
    def read(self, tokens):
        """The logits after the tokens; what is cached of them is used."""
        same = 0
        while same < min(len(self.tokens), len(tokens) - 1) and self.tokens[same] == tokens[same]:
            same += 1
        if self.caches is None or same < 8:
            self.caches, same = [[] for _ in self.model.blocks], 0
        self.caches = [[c[0][:, :, :same], c[1][:, :, :same]] if same else [] for c in self.caches]
        states = self.model.hidden_states(torch.tensor([tokens[same:]]), self.caches, same)
        self.tokens = list(tokens)
        return self.model.logits(states[0, -1])

    def write(self, tokens, limit=96):
        out = []
        while len(out) < limit:
            best = int(self.read(tokens + out).argmax())
            out.append(best)
            if best == self.marks["<|end|>"]:
                break
        return out


def same(value, variants):
    plain = lambda v: str(v).strip().lower()
    return plain(value) in {plain(v) for v in variants}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--dialogues", type=int, default=60)
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    reader = Reader(args.model, f"{args.shards}/tokenizer.json")
    train = schema_guided.load_schema(f"{args.text}/dialogue/sgd/train")
    folder = f"{args.text}/dialogue/sgd/dev"
    schema = schema_guided.load_schema(folder)
    dialogues = [d for d in schema_guided.load_dialogues(folder) if any(s not in train for s in d["services"])]
    random.Random(1).shuffle(dialogues)
    calls = called = tool = slots = names = values = total = quiet = false = 0
    for dialogue in dialogues[:args.dialogues]:
        sample, gold = schema_guided.conversation(dialogue, schema, random.Random(0), augment=False)
        at = {g["at"]: g for g in gold}
        for i, (text, mark, _) in enumerate(sample.spans):
            if not (mark and text == "<|agent|>"):
                continue
            g = at.get(i)
            if g is None:
                if quiet < calls and (i == 0 or sample.spans[i - 2][0] != "<|result|>"):
                    quiet += 1
                    false += reader.marks["<|call|>"] in reader.write(reader.encode(sample.spans[:i + 1]), 24)
                continue
            if g["service"] in train:
                continue
            calls += 1
            written = reader.write(reader.encode(sample.spans[:i + 1]))
            mark_at = written.index(reader.marks["<|call|>"]) if reader.marks["<|call|>"] in written else -1
            body = {}
            if mark_at >= 0:
                called += 1
                text = reader.tokenizer.decode([t for t in written[mark_at + 1:] if t != reader.marks["<|end|>"]])
                try:
                    body = json.loads(text)
                except ValueError:
                    body = {}
            if args.show > 0:
                args.show -= 1
                print(g["name"], g["accept"], "|", reader.tokenizer.decode(written, skip_special_tokens=False))
            right = body.get("name") == g["name"]
            tool += right
            given = body.get("arguments") if isinstance(body.get("arguments"), dict) else {}
            total += len(g["accept"])
            good = sum(k in given and same(given[k], v) for k, v in g["accept"].items())
            values += good if right else 0
            names += right and set(given) == set(g["accept"])
            slots += right and set(given) == set(g["accept"]) and good == len(given)
    print(f"{calls} calls of unseen services: called {called / calls:.1%}, right tool {tool / calls:.1%}, right names {names / calls:.1%}, "
          f"all slots right {slots / calls:.1%}, slot values {values / total:.1%}; false calls {false / max(quiet, 1):.1%} of {quiet}")


if __name__ == "__main__":
    main()
