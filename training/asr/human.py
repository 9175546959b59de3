"""Human speech for the recogniser: the same shard files as synth.py, cut into training and test speakers.

What it is: a one-off conversion to 8 kHz. Held out, never in a training shard: twelve
speechocean762 speakers (their prompts are partly read by others in training too:
prompts repeat), the fsdd speaker `lucas`, the last 20 LJ clips.

    python human.py --speech SPEECH_DIR --out HUMAN_DIR
"""

import argparse
import csv
import glob
import os
import random
import re

import numpy as np
import soundfile
from scipy.signal import resample_poly

from synth import RATE, write_shard

HELD_OUT_DIGITS = "lucas"


def load(path):
    """A file as float32 mono at 8 kHz."""
    samples, rate = soundfile.read(path, dtype="float32")
    if samples.ndim > 1:
        samples = samples[:, 0]
    return resample_poly(samples, RATE, rate).astype(np.float32) if rate != RATE else samples


def words(text):
    """A transcript as lower-case words."""
    text = text.lower().replace("\u2019", "'")
    return " ".join(w for w in re.sub(r"[^a-z' ]+", " ", text).replace("' ", " ").split() if w.strip("'"))


def voiced(samples, margin=0.2):
    """Cuts what lies more than `margin` seconds before or after the voice: training puts its own silence in."""
    count = len(samples) // 80
    level = 10 * np.log10((samples[: count * 80].reshape(count, 80) ** 2).mean(1) + 1e-9)
    low, high = np.percentile(level, [10, 97])
    loud = np.flatnonzero(level > low + 0.4 * (high - low))
    edge = int(margin * RATE)
    return samples[max(0, loud[0] * 80 - edge) : (loud[-1] + 1) * 80 + edge]


def item(path, text, voice):
    samples = load(path)
    if not voice.startswith("fsdd"):
        samples = voiced(samples)
    peak = np.abs(samples).max()
    return (samples / max(peak, 1e-4) * 0.7 * 32767).astype(np.int16), text, voice


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--speech", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    os.makedirs(args.out, exist_ok=True)
    root = args.speech

    def rows(folder):
        return list(csv.DictReader(open(f"{root}/{folder}/transcripts.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE))

    so = rows("speechocean762")
    speakers = sorted({r["speaker"] for r in so})
    held = set(random.Random(7).sample(speakers, 12))
    parts = {"so_train": [], "dev_so": [], "lj_train": [], "dev_lj": [], "fsdd_train": [], "dev_fsdd": [], "phrases_train": []}
    for r in so:
        parts["dev_so" if r["speaker"] in held else "so_train"].append(item(f"{root}/speechocean762/{r['file']}", words(r["text"]), "so-" + r["speaker"]))
    lj = sorted(rows("ljspeech"), key=lambda r: r["file"])
    test_prompts = {r["file"].split(".")[0] for r in lj[-20:]}
    for r in lj:
        part = "dev_lj" if r["file"].split(".")[0] in test_prompts else "lj_train"
        parts[part].append(item(f"{root}/ljspeech/{r['file']}", words(r.get("normalized") or r["text"]), "lj"))
    for r in rows("male_reader_lj_prompts"):
        if r["file"].split(".")[0] not in test_prompts:
            parts["lj_train"].append(item(f"{root}/male_reader_lj_prompts/{r['file']}", words(r["text"]), "male"))
    for r in rows("fsdd"):
        part = "dev_fsdd" if r["speaker"] == HELD_OUT_DIGITS else "fsdd_train"
        parts[part].append(item(f"{root}/fsdd/{r['file']}", r["text"], "fsdd-" + r["speaker"]))
    for path in glob.glob(f"{root}/short_phrases/*/*.opus"):
        parts["phrases_train"].append(item(path, os.path.basename(os.path.dirname(path)).replace("_", " "), "phrase"))
    for name, items in parts.items():
        write_shard(args.out, name, items)
        print(name, len(items), f"{sum(len(s) for s, _, _ in items) / RATE / 3600:.2f} h")


if __name__ == "__main__":
    main()
