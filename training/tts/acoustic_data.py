"""Prepares the acoustic model's data.

    python acoustic_data.py flite FOLDER SEGMENTS.tsv SPEAKER OUT.npz [--limit N]
    python acoustic_data.py lj SPEECH_FOLDER CMUDICT LJ_SEGMENTS.tsv OUT.npz

`flite`: audio and exact phone times from flite_dump.  `lj`: audio with phones but no times yet (align.py
finds them); LJ_SEGMENTS.tsv is flite_dump's output for the transcripts, used for words and for what CMUdict lacks.
One npz holds: mel (frames, 80), f0, voiced, table of utterances (first frame, frames, first symbol, symbols, speaker),
ids, place, dur (0 where unknown).
"""

import argparse
import os

import numpy as np

import features
import phones

MEL_FLOOR = -10.0


def utterances(path):
    """flite_dump's table -> per line a list of (name, end, stress, word, text, punctuation)."""
    lines = {}
    for row in open(path, encoding="utf-8", errors="replace"):
        cells = row.rstrip("\n").split("\t")
        if len(cells) == 7:
            lines.setdefault(int(cells[0]), []).append((cells[1], float(cells[2]), cells[3], int(cells[4]), cells[5], cells[6]))
    return lines


def symbols_of(segments):
    """Segments of one utterance -> symbols, places, ends in seconds."""
    symbols, place, ends = [], [], []
    previous = ""
    count = {}
    for _, _, _, word, _, _ in segments:
        count[word] = count.get(word, 0) + 1
    seen = {}
    for name, end, stress, word, _, punctuation in segments:
        if name == "pau":
            symbols.append(phones.pause_for(previous) if symbols else "sil")
            place.append(phones.PAUSE)
        else:
            symbols.append(phones.from_flite(name, stress))
            place.append(phones.places(count[word])[seen.get(word, 0)])
            seen[word] = seen.get(word, 0) + 1
            previous = punctuation
        ends.append(end)
    return symbols, place, ends


class Store:
    """Collects utterances and writes them."""

    def __init__(self):
        self.parts = {k: [] for k in ("mel", "f0", "voiced", "ids", "place", "dur")}
        self.table, self.names = [], []
        self.frames = self.symbols = 0

    def add(self, name, wave, symbols, place, dur, speaker):
        mel = np.maximum(features.log_mel(wave), MEL_FLOOR)
        low, high = (60, 260) if speaker == "rms" else (90, 420)
        f0, voiced = features.pitch(wave, low, high)
        n = len(mel)
        if dur is None:
            dur = np.zeros(len(symbols), int)
        elif abs(dur.sum() - n) > 3:
            return
        else:
            dur[-1] += n - dur.sum()
            if dur.min() < 1:
                return
        for key, value in (("mel", mel.astype(np.float16)), ("f0", f0), ("voiced", voiced), ("dur", dur),
                           ("ids", np.array([phones.ID[s] for s in symbols])), ("place", np.array(place))):
            self.parts[key].append(value)
        self.table.append((self.frames, n, self.symbols, len(symbols), phones.SPEAKERS.index(speaker)))
        self.names.append(name)
        self.frames, self.symbols = self.frames + n, self.symbols + len(symbols)

    def save(self, path):
        np.savez(path, table=np.array(self.table), names=np.array(self.names), **{k: np.concatenate(v) for k, v in self.parts.items()})
        print(len(self.table), "utterances", self.frames / 360000, "hours")


def flite(args):
    store = Store()
    for number, segments in list(utterances(args.segments).items())[: args.limit]:
        path = f"{args.folder}/{number:05d}.wav"
        symbols, place, ends = symbols_of(segments)
        if not os.path.exists(path) or any(s not in phones.ID for s in symbols) or ends[-1] > 12:
            continue
        edges = np.round(np.array(ends) * 100).astype(int)
        for i in range(1, len(edges)):
            edges[i] = max(edges[i], edges[i - 1] + 1)
        store.add(path, features.level(features.read(path)), symbols, place, np.diff(np.concatenate([[0], edges])), args.speaker)
    store.save(args.out)


def dictionary(path):
    words = {}
    for line in open(path, encoding="utf-8"):
        cells = line.split("#")[0].split()
        if cells and "(" not in cells[0]:
            words[cells[0].lower()] = cells[1:]
    return words


def lj(args):
    from vocoder_data import clipped

    words = dictionary(args.cmudict)
    store = Store()
    names = [row.split("\t")[0] for row in open(f"{args.folder}/ljspeech/transcripts.tsv", encoding="utf-8")][1:]
    for number, segments in utterances(args.segments).items():
        path = f"{args.folder}/ljspeech/{names[number]}"
        if not os.path.exists(path) or clipped(path):
            continue
        symbols, place = ["sil"], [phones.PAUSE]
        order = sorted({s[3] for s in segments if s[3] >= 0})
        for w in order:
            own = [s for s in segments if s[3] == w]
            spoken = words.get(own[0][4].lower())
            spoken = [phones.canonical(p) for p in spoken] if spoken else [phones.from_flite(s[0], s[2]) for s in own]
            symbols += spoken
            place += phones.places(len(spoken))
            # A pause may follow each word: align.py keeps those that are there.
            symbols.append(phones.pause_for(own[0][5]) if w != order[-1] else phones.pause_for("." if own[0][5] == "-" else own[0][5]))
            place.append(phones.PAUSE)
        store.add(names[number], features.level(features.read(path)), symbols, place, None, "linda")
    store.save(args.out)


def main():
    parser = argparse.ArgumentParser()
    kinds = parser.add_subparsers(dest="kind", required=True)
    one = kinds.add_parser("flite")
    for name in ("folder", "segments", "speaker", "out"):
        one.add_argument(name)
    one.add_argument("--limit", type=int, default=100000)
    two = kinds.add_parser("lj")
    for name in ("folder", "cmudict", "segments", "out"):
        two.add_argument(name)
    args = parser.parse_args()
    flite(args) if args.kind == "flite" else lj(args)


if __name__ == "__main__":
    main()
