"""Writes the trained model as the file that the language crate loads, and its golden cases.

    python export.py --run run/ --out turn_en.bin --golden golden.json
"""

import argparse
import json
import pathlib

import torch

from features import examine
from model import TurnEnd, arrays, pack, quantised

CASES = [
    ("", "any"), ("I lost my card.", "any"), ("i lost my", "any"), ("my number is five five five", "digits:10"),
    ("five five five two oh one three four nine eight", "digits:10"), ("42", "digits:4"), ("4271", "digits:4"),
    ("it costs twenty", "money"), ("it costs twenty dollars", "money"), ("yes", "yes_no"), ("yes but", "yes_no"),
    ("the fifth of", "date"), ("the fifth of june", "date"), ("my name is", "name"), ("laura dot chen at gmail dot com", "any"),
    ("laura dot chen at", "any"), ("I\u2019d like to, um", "any"), ("\u00bfd\u00f3nde est\u00e1 mi tarjeta?", "any"),
    ("one two three four five six seven", "digits:6-12"), ("well " * 300, "any"), ("double five triple nine", "digits"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--golden", type=pathlib.Path, required=True)
    args = parser.parse_args()
    model = TurnEnd().eval()
    model.load_state_dict(torch.load(args.run / "model.pt"))
    data = pack(model)
    args.out.write_bytes(data)
    with torch.no_grad():
        p = torch.sigmoid(quantised(model)(*arrays([examine(*case) for case in CASES])))
    cases = [{"text": text, "expect": expect, "probability": round(float(x), 6)} for (text, expect), x in zip(CASES, p)]
    args.golden.write_text(json.dumps(cases, indent=1) + "\n")
    print(f"{len(data)} bytes, {len(cases)} cases")


if __name__ == "__main__":
    main()
