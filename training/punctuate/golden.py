"""Golden cases for the Rust twin: rows of words, and logits of the int8 net for a few turns.

    python golden.py --weights punctuate_en.bin --out ../../crates/language/tests/golden/punctuate.json
"""

import argparse
import json

import torch

from export import restored
from features import pairs, rows
from score import predict

TURNS = [
    "hi i lost my card can you help me",
    "um my name is john smith and i i'd like to book a flight to new york on monday the third of may",
    "yes",
    "what time do you open on saturday",
    "no thanks that's all have a great day",
    "it's four four one two",
    "okay so we moved the api over to github in march uh and it was really really slow you know",
    "i think the card is with my wife she's in london do you want me to call her",
]


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--weights", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    torch.set_num_threads(1)
    net = restored(args.weights)
    turns = []
    for text in TURNS:
        words = text.split()
        signs, cases = predict(net, [(words, [], [])])[0]
        found, two = torch.tensor([[rows(w) for w in words]]), torch.tensor([pairs(words)])
        with torch.no_grad():
            logits = [[[round(x, 4) for x in row] for row in part[0].tolist()] for part in net(found, two, torch.ones(1, len(words), 1))]
        turns.append({"text": text, "signs": signs, "cases": cases, "sign_logits": logits[0], "case_logits": logits[1]})
    words = ["card", "i'm", "a", "<digits>", "<other>", "extraordinarily"]
    json.dump({"rows": [[w, rows(w)] for w in words], "pairs": pairs(words), "turns": turns}, open(args.out, "w"))


if __name__ == "__main__":
    main()
