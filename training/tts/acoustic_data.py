"""Prepares the acoustic model's data.

    python acoustic_data.py flite FOLDER SEGMENTS.tsv SPEAKER OUT.npz [--limit N]
    python acoustic_data.py human LIST.tsv CMUDICT SEGMENTS.tsv OUT.npz
    python acoustic_data.py phones LIST.tsv PHONES.txt LANGUAGE OUT.npz

`flite`: audio with exact phone times.  `human`: English recordings (LIST: path, speaker, text a line) with phones but
no times yet (align.py finds them); SEGMENTS is flite_dump's output for the texts, used for words and for what CMUdict lacks.
`phones`: the same for any language, with phones by `hearsay text phonemize`.
One npz holds: mel (frames, 96), f0, voiced, table of utterances (first frame, frames, first symbol, symbols, speaker,
own mel bands, language), speakers, ids, place, dur (0 where unknown).
"""

import argparse
import os

import numpy as np
import soundfile

import features
import phones

MEL_FLOOR = -10.0
SECONDS_MAX = 14


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
    count, seen = {}, {}
    for _, _, _, word, _, _ in segments:
        count[word] = count.get(word, 0) + 1
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


def pitch_of(wave):
    """F0 searched twice: the second time within an octave and a half around the speaker's median."""
    f0, voiced = features.pitch(wave, 60, 500)
    if voiced.sum() < 10:
        return f0, voiced
    median = float(np.median(f0[voiced > 0]))
    return features.pitch(wave, max(60.0, median * 0.55), min(500.0, median * 1.9))


class Store:
    """Collects utterances and writes them."""

    def __init__(self, language="en"):
        self.parts = {k: [] for k in ("mel", "f0", "voiced", "ids", "place", "dur")}
        self.table, self.names, self.speakers = [], [], []
        self.frames = self.symbols = 0
        self.language = phones.LANGUAGES.index(language)

    def add(self, path, symbols, place, ends, speaker):
        """One recording; `ends` in seconds, or None where no times are known."""
        native = soundfile.info(path).samplerate
        wave = features.level(features.read(path))
        if len(wave) > SECONDS_MAX * features.RATE or any(s not in phones.ID for s in symbols):
            return
        mel = np.maximum(features.log_mel(wave), MEL_FLOOR)
        f0, voiced = pitch_of(wave)
        n = len(mel)
        dur = np.zeros(len(symbols), int)
        if ends is not None:
            edges = np.round(np.array(ends) * 100).astype(int)
            for i in range(1, len(edges)):
                edges[i] = max(edges[i], edges[i - 1] + 1)
            dur = np.diff(np.concatenate([[0], edges]))
            if abs(dur.sum() - n) > 3:
                return
            dur[-1] += n - dur.sum()
            if dur.min() < 1:
                return
        for key, value in (("mel", mel.astype(np.float16)), ("f0", f0), ("voiced", voiced), ("dur", dur),
                           ("ids", np.array([phones.ID[s] for s in symbols])), ("place", np.array(place))):
            self.parts[key].append(value)
        if speaker not in self.speakers:
            self.speakers.append(speaker)
        self.table.append((self.frames, n, self.symbols, len(symbols), self.speakers.index(speaker), features.bands_of(native), self.language))
        self.names.append(path)
        self.frames, self.symbols = self.frames + n, self.symbols + len(symbols)

    def save(self, path):
        np.savez(path, table=np.array(self.table), names=np.array(self.names), speakers=np.array(self.speakers),
                 **{k: np.concatenate(v) for k, v in self.parts.items()})
        print(len(self.table), "utterances", len(self.speakers), "speakers", self.frames / 360000, "hours")


def flite(args):
    store = Store()
    for number, segments in list(utterances(args.segments).items())[: args.limit]:
        path = f"{args.folder}/{number:05d}.wav"
        if os.path.exists(path):
            store.add(path, *symbols_of(segments), args.speaker)
    store.save(args.out)


def dictionary(path):
    words = {}
    for line in open(path, encoding="utf-8"):
        cells = line.split("#")[0].split()
        if cells and "(" not in cells[0]:
            words[cells[0].lower()] = cells[1:]
    return words


def rows(path):
    return [row.rstrip("\n").split("\t") for row in open(path, encoding="utf-8")]


def human(args):
    from vocoder_data import clipped

    words, listing = dictionary(args.cmudict), rows(args.list)
    store = Store()
    for number, segments in utterances(args.segments).items():
        path, speaker, _ = listing[number]
        if not os.path.exists(path) or (speaker == "linda" and clipped(path)):
            continue
        symbols, place = ["sil"], [phones.PAUSE]
        for w in sorted({s[3] for s in segments if s[3] >= 0}):
            own = [s for s in segments if s[3] == w]
            spoken = words.get(own[0][4].lower())
            spoken = [phones.canonical(p) for p in spoken] if spoken else [phones.from_flite(s[0], s[2]) for s in own]
            symbols += spoken
            place += phones.places(len(spoken))
            # A pause may follow each word: align.py keeps those that are there.
            symbols.append(phones.pause_for(own[0][5]))
            place.append(phones.PAUSE)
        if symbols[-1] == "comma" and "," not in segments[-1][5]:
            symbols[-1] = "period"
        store.add(path, symbols, place, None, speaker)
    store.save(args.out)


def phones_of(text, line):
    """A text and its line of `hearsay text phonemize` -> symbols and places, with a pause that may follow each word."""
    written, spoken = [w for w in text.split() if any(c.isalpha() for c in w)], line.split("  ")
    if len(written) != len(spoken):
        return None
    symbols, place = ["sil"], [phones.PAUSE]
    for word, own in zip(written, spoken):
        own = [phones.canonical(p) for p in own.split()]
        symbols += own + [phones.pause_for(word[-1])]
        place += phones.places(len(own)) + [phones.PAUSE]
    if symbols[-1] == "comma":
        symbols[-1] = "period"
    return symbols, place


def any_language(args):
    store = Store(args.language)
    for row, line in zip(rows(args.list), open(args.phones, encoding="utf-8")):
        made = phones_of(row[2], line.rstrip("\n"))
        if made and os.path.exists(row[0]):
            store.add(row[0], *made, None, row[1])
    store.save(args.out)


def main():
    parser = argparse.ArgumentParser()
    kinds = parser.add_subparsers(dest="kind", required=True)
    for name, arguments, run in (("flite", "folder segments speaker out", flite), ("human", "list cmudict segments out", human),
                                 ("phones", "list phones language out", any_language)):
        kind = kinds.add_parser(name)
        for argument in arguments.split():
            kind.add_argument(argument)
        kind.add_argument("--limit", type=int, default=100000)
        kind.set_defaults(run=run)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
