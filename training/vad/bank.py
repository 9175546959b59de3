"""Decodes the speech, noise and room corpora once into one file of 8 kHz clips with frame labels.

    python bank.py --speech DATA/speech --text DATA/sentences.txt --out bank.npz [--flite flite --espeak espeak-ng]

Held out for evaluation, never trained on: every tenth speechocean762 speaker, the fsdd speaker lucas, 20 LJ clips, fold 5
of ESC-10 and one speech_commands noise. Synthetic speech (flite, espeak-ng) is a small part and only ever trained on.
"""

import argparse
import csv
import pathlib
import subprocess
import tempfile

import numpy as np
import soundfile
from scipy.signal import resample_poly

from features import SAMPLE_RATE_HZ
from labels import speech_frames

NOISE_HELD_OUT = {"running_tap"}
FLITE_VOICES = ["kal16", "awb", "rms", "slt"]
ESPEAK_VOICES = ["en-us", "en-gb", "en-us+f2", "en-gb+f4", "en-us+m3", "en-gb-scotland"]


def read_8k(path):
    """A file's first channel at 8 kHz, float32."""
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    audio = audio[:, 0]
    if rate != SAMPLE_RATE_HZ:
        audio = resample_poly(audio, SAMPLE_RATE_HZ, rate).astype(np.float32)
    return audio


def human_clips(root):
    """(path, held out) of every human recording."""
    with open(root / "speechocean762/transcripts.tsv", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    held = set(sorted({row["speaker"] for row in rows})[5::10])
    for row in rows:
        yield root / "speechocean762" / row["file"], row["speaker"] in held
    lj = sorted((root / "ljspeech").glob("*.flac"))
    for index, path in enumerate(lj):
        yield path, index % 9 == 4 and index < 180
    for path in sorted((root / "fsdd").glob("*.opus")):
        if "lucas" not in path.name:
            yield path, False
    for path in sorted((root / "short_phrases").rglob("*.opus")):
        yield path, False


def synthetic_clips(sentences, flite, espeak, folder):
    """Paths of sentences spoken by flite and espeak-ng, voices in turn."""
    for index, sentence in enumerate(sentences):
        path = f"{folder}/{index}.wav"
        if index % 2:
            voice = FLITE_VOICES[index // 2 % len(FLITE_VOICES)]
            command = [flite, "-voice", voice, "-t", sentence, "-o", path]
        else:
            voice = ESPEAK_VOICES[index // 2 % len(ESPEAK_VOICES)]
            command = [espeak, "-v", voice, "-s", str(130 + index % 70), "-w", path, sentence]
        subprocess.run(command, check=True, capture_output=True)
        yield path


def noise_clips(root):
    """(path, held out) of every noise recording."""
    for path in sorted((root / "noise/esc10").rglob("*.opus")):
        yield path, path.name.startswith("5-")
    for path in sorted((root / "noise/speech_commands").glob("*.opus")):
        yield path, path.stem in NOISE_HELD_OUT


class Group:
    """Clips of one kind laid end to end, as 16-bit samples."""

    def __init__(self):
        self.audio, self.labels, self.names = [], [], []

    def add(self, name, audio, labelled):
        if len(audio) < 800:
            return
        self.audio.append(np.round(np.clip(audio, -1, 1) * 32767).astype(np.int16))
        self.labels.append(speech_frames(audio) if labelled else np.zeros(0, bool))
        self.names.append(str(name))

    def save(self, into, key):
        if not self.audio:
            return
        into[f"{key}_audio"] = np.concatenate(self.audio)
        into[f"{key}_labels"] = np.concatenate(self.labels)
        into[f"{key}_samples"] = np.array([len(a) for a in self.audio])
        into[f"{key}_frames"] = np.array([len(l) for l in self.labels])
        into[f"{key}_names"] = np.array(self.names)
        print(f"{key}: {len(self.audio)} clips, {sum(map(len, self.audio)) / SAMPLE_RATE_HZ / 60:.1f} min")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=pathlib.Path, required=True)
    parser.add_argument("--text", type=pathlib.Path, help="one sentence a line, for the synthesisers")
    parser.add_argument("--sentences", type=int, default=600)
    parser.add_argument("--flite", default="flite")
    parser.add_argument("--espeak", default="espeak-ng")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--held-out-only", action="store_true", help="only what evaluate.py needs")
    args = parser.parse_args()

    keys = ["speech_train", "speech_dev", "noise_train", "noise_dev", "room"]
    groups = {key: Group() for key in keys}
    for path, held in human_clips(args.speech):
        if args.held_out_only and not held:
            continue
        groups["speech_dev" if held else "speech_train"].add(path.relative_to(args.speech), read_8k(path), True)
    unreadable = 0
    for path, held in noise_clips(args.speech):
        if args.held_out_only and not held:
            continue
        try:
            audio = read_8k(path)
        except soundfile.LibsndfileError:  # libsndfile refuses some Opus files that other decoders read
            unreadable += 1
            continue
        groups["noise_dev" if held else "noise_train"].add(path.relative_to(args.speech), audio, False)
    print(f"noise files left out as unreadable: {unreadable}")
    for path in sorted((args.speech / "rir").glob("*.flac")):
        groups["room"].add(path.name, read_8k(path), False)
    lines = [] if args.held_out_only else args.text.read_text(encoding="utf-8").splitlines()
    sentences = lines[: args.sentences]
    with tempfile.TemporaryDirectory() as folder:
        for path in synthetic_clips(sentences, args.flite, args.espeak, folder):
            groups["speech_train"].add("synthetic", read_8k(path), True)
    arrays = {}
    for key, group in groups.items():
        group.save(arrays, key)
    np.savez(args.out, **arrays)


if __name__ == "__main__":
    main()
