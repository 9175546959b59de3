"""Writes the router's golden case: features, vectors, and probabilities of a small bank's intents.

    python golden.py --weights router_en.bin --out router.json
"""

import argparse
import json
import pathlib

from features import features
from runtime import Intents, Weights, decide

TEXTS = [
    "I've lost my card!", "what's my balance", "send 50 dollars to my sister", "no", "I don\u2019t think so \u2014 really",
    "\u00bfD\u00f3nde est\u00e1 mi tarjeta?", "\u092e\u0947\u0930\u093e \u0915\u093e\u0930\u094d\u0921 \u0916\u094b \u0917\u092f\u093e",
    "uh the the thing you know with the the app", "how tall is the eiffel tower", "a" * 100,
]
INTENTS = {
    "lost_card": ["i lost my card", "my card was stolen", "block my card please"],
    "balance": ["what is my balance", "how much money do i have"],
    "transfer": ["i want to send money", "transfer money to another account", "pay a friend"],
    "tarjeta": ["perd\u00ed mi tarjeta", "me robaron la tarjeta"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    weights = Weights.load(args.weights)
    examples = [(t, i) for i, texts in enumerate(INTENTS.values()) for t in texts]
    intents = Intents(*weights.encode([t for t, _ in examples]), [i for _, i in examples])
    dense, lexical = weights.encode(TEXTS)
    share, none = decide(weights, intents, dense, lexical)
    cases = [
        {"text": t, "probabilities": [round(float(p), 6) for p in row], "outside": round(float(n), 6)}
        for t, row, n in zip(TEXTS, share, none)
    ]
    golden = {"features": [[t, features(t)] for t in TEXTS], "intents": list(INTENTS.items()), "cases": cases}
    golden["vectors"] = [[text, [round(float(x), 6) for x in vector]] for text, vector in zip(TEXTS, dense)][:4]
    args.out.write_text(json.dumps(golden, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
