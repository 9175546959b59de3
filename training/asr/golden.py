"""The recogniser's golden case: what the Rust side must give for one sentence.

What it is: features of a sentence spoken by flite (its licence allows it), to one decimal, and what
onnxruntime makes of them with the shipped int8 encoder: some piece log-probabilities, the words
of the greedy path. Written to crates/speech/tests/golden/asr.json.

    python golden.py --models crates/weights/data --out crates/speech/tests/golden/asr.json
"""

import argparse
import json

import numpy as np

from data import log_mel
from export import Onnx
from model import Config
from synth import Flite, to_8k


class Fixed:
    """A stand-in for random.Random: the middle of every range."""

    def uniform(self, low, high):
        return (low + high) / 2


def greedy(log_probs, pieces):
    best = log_probs.argmax(-1).tolist()
    kept = [b for a, b in zip([0, *best], best) if b and b != a]
    return "".join(pieces[i] for i in kept).replace("\u2581", " ").strip()


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--models", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("--words", default="my card was stolen")
    args = args.parse_args()
    pieces = [line.rstrip("\n") for line in open(f"{args.models}/asr_tokens.txt", encoding="utf-8") if not line.startswith("#state")]
    samples = to_8k(*Flite().speak("slt", args.words, Fixed())) * 0.5
    samples = np.concatenate([np.zeros(1600, np.float32), samples, np.zeros(4000, np.float32)])
    mel = np.round(log_mel(samples), 1)
    mel = mel[: len(mel) // 30 * 30]
    log_probs = Onnx(f"{args.models}/asr_encoder.onnx", Config())(mel)[0]
    case = {"said": args.words, "mels": 64, "mel": [float(f"{v:.1f}") for v in mel.ravel()], "pieces": 8, "log_probs": [float(f"{v:.3f}") for v in log_probs[:, :8].ravel()], "greedy": greedy(log_probs, pieces)}
    with open(args.out, "w") as out:
        json.dump(case, out, separators=(",", ":"))
    print(len(mel), "frames:", case["greedy"])


if __name__ == "__main__":
    main()
