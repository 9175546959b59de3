"""The voices that ship: who they are made of, and their vectors.

    python voices.py CHECKPOINTS OUT.json DATA.npz...

A voice is a mean of the speaker encoder's vectors over recordings of its sources, with their mean style.  A source may be
warped along the frequency axis (with its F0), which gives a speaker that nobody recorded.
"""

import json
import sys

import numpy as np
import torch

from acoustic_model import SpeakerEncoder
from acoustic_train import Corpus, WARPS, warp_matrices

# name: gender, category, sources (speaker, warp, share), semitones and factor on the spread of F0, rate, description
PRESETS = {
    "sara": ("female", "professional", (("linda", 0.95, 0.7), ("slt", 0.95, 0.3)), 0.0, 0.95, 0.1,
             "US English, low and even, between the LJ reader and the flite voice slt, both warped"),
    "linda": ("female", "narrative", (("linda", 1.0, 1.0),), 0.0, 1.0, 0.15,
              "US English, from 0.3 hours of the public-domain LJ Speech recordings"),
    "emily_en_us": ("female", "conversational", (("linda", 1.0, 0.65), ("slt", 1.0, 0.35)), 0.5, 1.15, 0.1,
                    "US English, lively, between the LJ reader and the flite voice slt"),
    "slt": ("female", "professional", (("slt", 1.0, 1.0),), 0.0, 1.0, 0.0, "US English, learnt from the flite voice slt (CMU ARCTIC)"),
    "rms": ("male", "professional", (("rms", 1.0, 1.0),), 0.0, 1.0, 0.0, "US English, learnt from the flite voice rms (CMU ARCTIC)"),
    "james_v2": ("male", "conversational", (("rms", 1.06, 0.75), ("awb", 1.0, 0.25)), 0.0, 1.2, 0.0,
                 "English, between the flite voices rms (warped) and awb"),
    "lucia": ("female", "professional", (("pico_es", 1.0, 0.6), ("linda", 1.0, 0.4)), 0.0, 1.0, 0.1,
              "Spanish, between SVOX Pico's Spanish voice and the LJ reader"),
}


class Vectors:
    """Vectors and styles of the speakers of a corpus."""

    def __init__(self, checkpoints, paths):
        average = torch.load(f"{checkpoints}/acoustic.pt", weights_only=False, map_location="cpu")["average"]
        self.encoder = SpeakerEncoder().eval()
        self.encoder.load_state_dict({k[8:]: v for k, v in average.items() if k.startswith("encoder.")})
        self.corpus = Corpus(paths, {}, 0)
        self.corpus.set_styles(average["text.length"].numpy())
        self.warps = warp_matrices()

    @torch.no_grad()
    def of(self, name, warp=1.0, clips=60):
        """Speaker vector and style of a speaker, warped."""
        items = [self.corpus.items[i] for i in self.corpus.by_speaker[name]][:clips]
        row = int(np.abs(np.log(WARPS) - np.log(warp)).argmin())
        matrix = self.warps[row][:64, :64] if row != len(WARPS) // 2 else np.eye(64, dtype=np.float32)
        vectors = [self.encoder(torch.tensor(i["reference"] @ matrix)[None])[0].numpy() for i in items]
        style = np.median([i["style"] for i in items], axis=0)
        mean = np.mean(vectors, axis=0)
        return mean * np.sqrt(len(mean)) / np.linalg.norm(mean), style + np.array([np.log(WARPS[row]), 0, 0, 0])


def preset(vectors, name):
    gender, category, sources, semitones, spread, rate, description = PRESETS[name]
    parts = [(share, *vectors.of(who, warp)) for who, warp, share in sources]
    speaker = sum(share * v for share, v, _ in parts)
    speaker *= np.sqrt(len(speaker)) / np.linalg.norm(speaker)
    style = sum(share * s for share, _, s in parts)
    style = style + np.array([semitones * np.log(2) / 12, 0, 0, rate])
    style[1] *= spread
    return {"name": name, "gender": gender, "language": "es" if name == "lucia" else "en", "category": category, "variant": "high-fidelity",
            "description": description, "gain": 1.41, "tilt_db": 0.0, "speaker": [round(float(x), 4) for x in speaker],
            "style": [round(float(x), 4) for x in style]}


def main():
    vectors = Vectors(sys.argv[1], sys.argv[3:])
    voices = [preset(vectors, name) for name in PRESETS if all(s[0] in vectors.corpus.by_speaker for s in PRESETS[name][2])]
    json.dump(voices, open(sys.argv[2], "w"), indent=1)
    print(*(f"{v['name']} {v['style']}" for v in voices), sep="\n")


if __name__ == "__main__":
    main()
