"""Measures how much too smooth the acoustic model's mels are, for export.py to undo.

    python spread.py CHECKPOINTS DATA.npz...

Writes CHECKPOINTS/spread.npz: per voice and band the mean of predicted mels and the ratio of natural to
predicted deviation in speech, limited to 1 to 1.3, and the gain to -20 dBFS.
"""

import sys

import numpy as np
import torch

import phones
from acoustic_train import Corpus
from speak import Reference

CLIPS = 30
STRENGTH, RATIO_MAX = 0.8, 1.3
TARGET_RMS = 0.1  # -20 dBFS


def level_gain(reference, corpus, speaker, centre, ratio):
    """Gain that brings what the model says of unseen clips to TARGET_RMS."""
    power = []
    for item in [i for i in corpus.test if i["speaker"] == speaker][:6]:
        mel, log_f0, voiced, *_ = reference.acoustic(item["ids"], item["place"], speaker)
        wave = reference.wave((centre + (mel - centre) * ratio).astype(np.float32), log_f0, voiced)
        power.append((wave**2).mean())
    return TARGET_RMS / np.sqrt(np.mean(power))


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    checkpoints = sys.argv[1]
    reference = Reference(checkpoints)
    reference.frames.spread.fill_(1.0)
    corpus = Corpus(sys.argv[2:], 0)
    centre = np.full((len(phones.SPEAKERS), 80), -5.5, np.float32)
    ratio = np.ones_like(centre)
    gain = np.ones(len(phones.SPEAKERS))
    for speaker in range(len(phones.SPEAKERS)):
        made, natural = [], []
        for item in [i for i in corpus.items if i["speaker"] == speaker][:CLIPS]:
            who = torch.tensor([speaker])
            hidden, *_ = reference.text(torch.tensor(item["ids"])[None], torch.tensor(item["place"])[None], who)
            mel, *_ = reference.frames_for(hidden, torch.tensor(item["phone_f0"]), torch.tensor(item["phone_energy"]), item["dur"], who)
            spoken = item["ids"][item["owner"]] > len(phones.PAUSES)
            made.append(mel[spoken])
            natural.append(item["mel"][spoken])
        made, natural = np.concatenate(made), np.concatenate(natural)
        centre[speaker] = made.mean(axis=0)
        ratio[speaker] = np.clip(natural.std(axis=0) / made.std(axis=0), 1, RATIO_MAX) ** STRENGTH
        gain[speaker] = level_gain(reference, corpus, speaker, centre[speaker], ratio[speaker])
        print(phones.SPEAKERS[speaker], "ratio", ratio[speaker][::10].round(3), "gain", gain[speaker].round(3))
    np.savez(f"{checkpoints}/spread.npz", centre=centre, spread=ratio, gain=gain)


if __name__ == "__main__":
    main()
