"""Reference synthesis in PyTorch, sample for sample what the Rust synthesiser does (but all at once).

    python speak.py CHECKPOINTS VOICES.json CMUDICT OUT.wav VOICE "HELLO WORLD"
"""

import sys

import numpy as np
import torch

import features
import phones
from features import HOP
from vocoder_model import synthesise

LEADING_FRAMES, SYMBOL_FRAMES_MAX, LIMIT_KNEE = 3, 80.0, 0.7


def xorshift_noise(count, seed=1):
    """The Rust noise source."""
    mask = (1 << 64) - 1
    state = (seed * 0x9E3779B97F4A7C15 & mask) | 1
    out = np.empty(count, np.float32)
    for i in range(count):
        state ^= (state << 13) & mask
        state ^= state >> 7
        state ^= (state << 17) & mask
        total = sum((state >> (16 * k)) & 0xFFFF for k in range(4))
        out[i] = (total / 65536.0 - 2.0) * 3.0**0.5
    return out


def limit(x):
    over, room = np.abs(x) - LIMIT_KNEE, 0.99 - LIMIT_KNEE
    return np.where(over <= 0, x, np.sign(x) * (LIMIT_KNEE + room * np.tanh(np.maximum(over, 0) / room)))


def symbols(words):
    """[(phones, pause symbol or None)] -> ids, places, pause flags."""
    ids, place = [phones.ID["sil"]], [phones.PAUSE]
    for number, (spoken, pause) in enumerate(words):
        ids += [phones.ID[phones.canonical(p)] for p in spoken]
        place += phones.places(len(spoken))
        if pause or number + 1 == len(words):
            ids.append(phones.ID[pause or "period"])
            place.append(phones.PAUSE)
    return np.array(ids), np.array(place)


def lengths_of(log_frames, speed=1.0):
    carry, out = 0.0, []
    for i, log in enumerate(log_frames):
        if i == 0:
            out.append(LEADING_FRAMES)
            continue
        wanted = min(max(np.exp(log) / speed, 1.0), SYMBOL_FRAMES_MAX) + carry
        whole = max(1.0, np.floor(wanted + 0.5))
        carry = min(max(wanted - whole, -0.5), 0.5)
        out.append(int(whole))
    return np.array(out)


class Reference:
    """All nets and the signal processing around them; a voice is an entry of `voices.py`'s output."""

    def __init__(self, nets):
        self.vocoder, self.text, self.frames, self.encoder = nets

    @staticmethod
    def vectors(voice):
        return torch.tensor(voice["speaker"])[None], torch.tensor(voice["style"])[None]

    @torch.no_grad()
    def acoustic(self, ids, place, voice, language="en", speed=1.0):
        row = torch.tensor([phones.LANGUAGES.index(language)])
        hidden, log_frames, f0, energy = self.text(torch.tensor(ids)[None], torch.tensor(place)[None], row, *self.vectors(voice))
        count = lengths_of(log_frames[0].numpy(), speed)
        return self.frames_for(hidden, f0[0], energy[0], count, voice) + (count, log_frames[0].numpy(), f0[0].numpy())

    @torch.no_grad()
    def frames_for(self, hidden, f0, energy, count, voice):
        owner = np.repeat(np.arange(len(count)), count)
        starts = np.concatenate([[0], np.cumsum(count)[:-1]])
        place = (np.arange(len(owner)) - starts[owner] + 0.5) / count[owner]
        controls = torch.stack([f0[owner], energy[owner], torch.tensor(place, dtype=torch.float32),
                                torch.log(torch.tensor(count[owner], dtype=torch.float32))], dim=1)[None]
        mel, log_f0, voiced = self.frames(hidden[:, owner], controls, *self.vectors(voice))
        return mel[0].numpy(), log_f0[0].numpy(), voiced[0].numpy()

    @torch.no_grad()
    def wave(self, mel, log_f0, voiced, noise=None):
        hard = (voiced > 0.5).astype(np.float32)
        pulses = features.pulse_train(np.exp(log_f0), hard)
        noise = np.random.default_rng(0).standard_normal(len(mel) * HOP).astype(np.float32) if noise is None else noise
        filters = self.vocoder(torch.tensor(mel)[None], torch.tensor(log_f0, dtype=torch.float32)[None], torch.tensor(hard)[None])
        return synthesise(filters, torch.tensor(pulses)[None], [torch.tensor(noise)[None]])[0][0].numpy()

    def say(self, words, voice, noise=None, language="en"):
        ids, place = symbols(words)
        mel, log_f0, voiced, *_ = self.acoustic(ids, place, voice, language)
        return limit(self.wave(mel, log_f0, voiced, noise) * voice["gain"]).astype(np.float32)


def words_of(sentence, dictionary):
    """A plain sentence of dictionary words -> words for `Reference.say`."""
    out = []
    for token in sentence.split():
        word = token.strip(".,?!").lower()
        tail = token[-1]
        out.append((dictionary[word], {",": "comma", "?": "question", ".": "period", "!": "period"}.get(tail)))
    return out


def main():
    import json

    import soundfile
    from acoustic_data import dictionary
    from export import load

    checkpoints, voices, cmudict, path, name, sentence = sys.argv[1:7]
    voice = next(v for v in json.load(open(voices)) if v["name"] == name)
    wave = Reference(load(checkpoints)).say(words_of(sentence, dictionary(cmudict)), voice)
    soundfile.write(path, wave, features.RATE)


if __name__ == "__main__":
    main()
