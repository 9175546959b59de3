"""Writes the trained tagger as int8 for crates/language, and what it says of some turns for the test that both agree.

    python export.py --weights net.pt --out pii_en.bin --golden ../../crates/language/tests/golden/personal_data.json
"""

import argparse
import json

import torch
from train import TaggerNet, bare  # first: it puts the punctuation's folder on the path

import int8
from features import PAIR_ROWS, pair, rows, whole

MAGIC = b"HPI1"
TURNS = {
    "en": [
        "this is mary o'neill speaking",
        "my name is jose garcia-lopez and i was born on may fifth nineteen eighty",
        "please send it to 24 north maple street, apartment 7, san jose",
        "I'd like to book a table for four next tuesday",
        "Zoë",
        "may i ask dr. patel's office about the rate",
    ],
    "es_hi": [
        "me llamo josé garcía muñoz y vivo en la calle mayor 12",
        "¿Está la señora Peñalver?",
        "मेरा नाम राहुल शर्मा है और मेरा कार्ड खो गया है।",
        "ज़ोया खान फ़्लैट नंबर 12 गांधी रोड दिल्ली में रहती हैं",
    ],
}


def logits(net, words):
    hashes = [whole(w) for w in words]
    two = [PAIR_ROWS] + [int(pair(a, b)) for a, b in zip(hashes, hashes[1:])]
    with torch.no_grad():
        found = net(torch.tensor([[rows(w) for w in words]]), torch.tensor([two]), torch.ones(1, len(words), 1))
    return [[round(x, 4) for x in row] for row in found[0].tolist()]


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--weights", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--golden", required=True)
    args.add_argument("--languages", choices=TURNS, default="en")
    args = args.parse_args()
    net = TaggerNet()
    int8.write(args.out, MAGIC, int8.restore(args.weights, MAGIC, net, [net.kinds]), [net.kinds])
    net = int8.restore(args.out, MAGIC, net, [net.kinds])
    golden = []
    for text in TURNS[args.languages]:
        words = [bare(w) for w in text.replace("-", " ").replace(",", " ").split()]
        golden.append({"text": text, "words": words, "logits": logits(net, words)})
    json.dump(golden, open(args.golden, "w"), ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
