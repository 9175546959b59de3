"""Exports the trained nets to ONNX with the description that the Rust side reads.

    python export.py CHECKPOINTS VOICES.json OUT [--random]

OUT gets tts_text.onnx, tts_frames.onnx, tts_vocoder.onnx, tts_speaker.onnx and tts_meta.json.  Gains are set so that every
voice speaks at -20 dBFS; each voice also gets a telephone variant with a brighter spectrum.
"""

import argparse
import json
import os

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d
from torch import nn

import features
import phones
from acoustic_model import ENCODER_BANDS, SPEAKER, STYLE, FramesNet, SpeakerEncoder, TextNet
from vocoder_model import OFFSET, Vocoder

TELEPHONE_TILT_DB = 4.0
LEVEL_DBFS = -20.0
# DistillMOS and words that PocketSphinx mishears, `linda`: 1.0 2.9 and 22 %, 1.2 3.4 and 23 %, 1.4 more than 30 %.
CONTRAST, CONTRAST_BANDS = 1.2, 25.0
MEL_FLOOR = -10.0


class VocoderFilters(nn.Module):
    """The vocoder's network without the minimum phase, which Rust computes by FFT."""

    def __init__(self, vocoder):
        super().__init__()
        self.vocoder = vocoder

    def forward(self, mel, log_f0, voiced):
        return self.vocoder.filters(mel, log_f0, voiced)


class Frames(nn.Module):
    """The frames net with voicing as a probability and the spectral contrast that its losses smooth away.

    Each frame's distance from its own smooth spectrum (a Gaussian over bands) is widened; bands that no recording of a voice
    reached are silent.
    """

    def __init__(self, frames):
        super().__init__()
        self.frames = frames
        smooth = gaussian_filter1d(np.eye(features.MELS), CONTRAST_BANDS, axis=1).T
        contrast = (1 - CONTRAST) * smooth + CONTRAST * np.eye(features.MELS)
        self.register_buffer("contrast", torch.tensor(contrast.T.astype(np.float32)), persistent=False)
        reached = np.arange(features.MELS) < features.bands_of(22050)
        self.register_buffer("reached", torch.tensor(reached.astype(np.float32)), persistent=False)

    def forward(self, hidden, controls, speaker, style):
        mel, log_f0, voiced = self.frames(hidden, controls, speaker, style)
        mel = mel * self.reached + MEL_FLOOR * (1 - self.reached)
        return torch.matmul(mel, self.contrast), log_f0, torch.sigmoid(voiced)


def load(checkpoints, random=False):
    """The nets with their averaged weights: vocoder, text, frames, encoder."""
    torch.manual_seed(5)
    vocoder, text, frames, encoder = Vocoder(), TextNet(), FramesNet(), SpeakerEncoder()
    if not random:
        vocoder.load_state_dict(torch.load(f"{checkpoints}/vocoder.pt", weights_only=False, map_location="cpu")["average"])
        average = torch.load(f"{checkpoints}/acoustic.pt", weights_only=False, map_location="cpu")["average"]
        for name, net in (("text", text), ("frames", frames), ("encoder", encoder)):
            net.load_state_dict({k[len(name) + 1 :]: v for k, v in average.items() if k.startswith(name + ".")})
    return vocoder.eval(), text.eval(), Frames(frames).eval(), encoder.eval()


def save(net, inputs, names, outputs, moving, path):
    axes = {name: {1: "N"} for name in moving}
    torch.onnx.export(net, inputs, path, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False)


def save_nets(nets, out):
    vocoder, text, frames, encoder = nets
    width = text.symbol.embedding_dim
    ids, flat = torch.arange(1, 8)[None], torch.zeros(1, 40)
    speaker, style = torch.zeros(1, SPEAKER), torch.zeros(1, STYLE)
    # One table of embeddings instead of two tables and a product.
    text.symbol.weight.data = text.embeddings().data
    text.feature.weight.data.zero_()
    save(text, (ids, ids % 5, torch.zeros(1, dtype=torch.long), speaker, style), ["ids", "place", "language", "speaker", "style"],
         ["hidden", "log_frames", "log_f0", "energy"], ["ids", "place"], f"{out}/tts_text.onnx")
    save(frames, (torch.zeros(1, 40, width), torch.zeros(1, 40, 4) + 5, speaker, style), ["hidden", "controls", "speaker", "style"],
         ["mel", "log_f0", "voiced"], ["hidden", "controls"], f"{out}/tts_frames.onnx")
    save(VocoderFilters(vocoder), (torch.zeros(1, 40, features.MELS), flat + 5, flat), ["mel", "log_f0", "voiced"],
         ["pulse", "phase", "noise"], ["mel", "log_f0", "voiced"], f"{out}/tts_vocoder.onnx")
    save(encoder, (torch.zeros(1, 200, ENCODER_BANDS),), ["mel"], ["speaker"], ["mel"], f"{out}/tts_speaker.onnx")


def with_gains(voices, nets):
    """The voices with their gains, and after each its telephone variant."""
    from golden import TEXT, WORDS
    from speak import Reference

    reference, out = Reference(nets), []
    for voice in voices:
        wave = reference.say(WORDS, voice | {"gain": 1.0})
        rms = np.sqrt((wave**2).mean())
        voice = voice | {"gain": round(float(10 ** (LEVEL_DBFS / 20) / rms), 3)}
        telephone = {"name": voice["name"] + "_phone", "variant": "telephony", "tilt_db": TELEPHONE_TILT_DB,
                     "description": voice["description"] + "; brighter, for telephone lines"}
        out += [voice, voice | telephone]
    return [v for v in out if v["variant"] == "high-fidelity"] + [v for v in out if v["variant"] == "telephony"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoints")
    parser.add_argument("voices")
    parser.add_argument("out")
    parser.add_argument("--random", action="store_true", help="untrained nets, to test the software")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    nets = load(args.checkpoints, args.random)
    voices = with_gains(json.load(open(args.voices)), nets)
    save_nets(nets, args.out)
    meta = {
        "rate": features.RATE, "hop": features.HOP, "window": features.WIN, "fft": features.FFT, "offset": OFFSET,
        "mels": features.MELS, "width": nets[1].symbol.embedding_dim, "frames_context": nets[2].frames.context(),
        "vocoder_context": nets[0].context(), "symbols": phones.SYMBOLS, "voices": voices,
    }
    lines = json.dumps(meta, ensure_ascii=False, indent=1)
    open(f"{args.out}/tts_meta.json", "w", encoding="utf-8").write(lines)
    for name in ("text", "frames", "vocoder", "speaker"):
        print(name, os.path.getsize(f"{args.out}/tts_{name}.onnx"))


if __name__ == "__main__":
    main()
