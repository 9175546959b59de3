"""Writes the trained net as int8 for crates/language.

    python export.py --weights net.pt --corpus corpus/ --out punctuate_en.bin

The file of int8.py with the heads for signs and cases, then the words written in mixed case, one a line.
"""

import argparse
import json
import pathlib

import int8
from model import Net

MAGIC = b"HPU1"


def restored(path):
    """A net from net.pt, or from the int8 file with its numbers as the program uses them."""
    net = Net()
    return int8.restore(path, MAGIC, net, [net.signs, net.cases])


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--weights", required=True)
    args.add_argument("--corpus", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    mixed = json.load(open(pathlib.Path(args.corpus) / "mixed.json"))
    net = restored(args.weights)
    int8.write(args.out, MAGIC, net, [net.signs, net.cases], "\n".join(sorted(mixed.values())).encode())


if __name__ == "__main__":
    main()
