"""Exports the trained nets to ONNX with the description that the Rust side reads.

    python export.py CHECKPOINTS OUT [--random] [--float] [--spread linda=1.1,...]

OUT gets tts_text.onnx, tts_frames.onnx, tts_vocoder.onnx and tts_meta.json.
"""

import argparse
import json
import os

import numpy as np
import torch
from torch import nn

import features
import phones
from acoustic_model import FramesNet, TextNet
from vocoder_model import OFFSET, Vocoder

VOICES = {
    "linda": ("female", "US English, from 0.2 hours of the public-domain LJ Speech recordings"),
    "slt": ("female", "US English, learnt from the flite voice slt (CMU ARCTIC)"),
    "rms": ("male", "US English, learnt from the flite voice rms (CMU ARCTIC)"),
}


class VocoderFilters(nn.Module):
    """The vocoder's network without the minimum phase, which Rust computes by FFT."""

    def __init__(self, vocoder):
        super().__init__()
        self.vocoder = vocoder
        vocoder.hilbert.zero_()

    def forward(self, mel, log_f0, voiced):
        return self.vocoder.filters(mel, log_f0, voiced)


class SpreadFrames(nn.Module):
    """The frames net with each voice's spectral contrast restored: an L1 loss leaves mels too smooth.

    mel -> centre + (mel - centre) * spread, per voice and band; voicing becomes a probability.
    """

    def __init__(self, frames, centre, spread):
        super().__init__()
        self.frames = frames
        self.register_buffer("centre", torch.tensor(centre, dtype=torch.float32))
        self.register_buffer("spread", torch.tensor(spread, dtype=torch.float32))

    def forward(self, hidden, controls, speaker):
        mel, log_f0, voiced = self.frames(hidden, controls, speaker)
        centre, spread = self.centre[speaker].unsqueeze(1), self.spread[speaker].unsqueeze(1)
        return centre + (mel - centre) * spread, log_f0, torch.sigmoid(voiced)


def load(checkpoints, random):
    torch.manual_seed(5)
    vocoder, text, frames = Vocoder(), TextNet(), FramesNet()
    centre = np.full((len(phones.SPEAKERS), 80), -5.5, np.float32)
    spread = np.ones_like(centre)
    gain = np.full(len(phones.SPEAKERS), 1.41)
    if not random:
        vocoder.load_state_dict(torch.load(f"{checkpoints}/vocoder.pt", weights_only=False, map_location="cpu")["average"])
        average = torch.load(f"{checkpoints}/acoustic.pt", weights_only=False, map_location="cpu")["average"]
        text.load_state_dict({k[5:]: v for k, v in average.items() if k.startswith("text.")})
        frames.load_state_dict({k[7:]: v for k, v in average.items() if k.startswith("frames.")})
        if os.path.exists(f"{checkpoints}/spread.npz"):
            stored = np.load(f"{checkpoints}/spread.npz")
            centre, spread, gain = stored["centre"], stored["spread"], stored["gain"]
    return vocoder.eval(), text.eval(), SpreadFrames(frames, centre, spread).eval(), gain.round(3)


def save(net, inputs, names, outputs, axes, path):
    torch.onnx.export(net, inputs, path, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False)


def quantise(path):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(path, path + ".q", weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"])
    os.replace(path + ".q", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoints")
    parser.add_argument("out")
    parser.add_argument("--random", action="store_true", help="untrained nets, to test the software")
    parser.add_argument("--int8", default="", help="comma-separated nets to quantise: text, frames, vocoder")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    vocoder, text, frames, gain = load(args.checkpoints, args.random)
    width = text.symbol.embedding_dim
    ids = torch.arange(1, 8)[None]
    speaker = torch.zeros(1, dtype=torch.long)
    save(text, (ids, ids % 5, speaker), ["ids", "place", "speaker"], ["hidden", "log_frames", "log_f0", "energy"],
         {"ids": {1: "P"}, "place": {1: "P"}}, f"{args.out}/tts_text.onnx")
    save(frames, (torch.zeros(1, 40, width), torch.zeros(1, 40, 4), speaker), ["hidden", "controls", "speaker"],
         ["mel", "log_f0", "voiced"], {"hidden": {1: "T"}, "controls": {1: "T"}}, f"{args.out}/tts_frames.onnx")
    flat = torch.zeros(1, 40)
    save(VocoderFilters(vocoder), (torch.zeros(1, 40, 80), flat + 5, flat), ["mel", "log_f0", "voiced"], ["pulse", "phase", "noise"],
         {"mel": {1: "T"}, "log_f0": {1: "T"}, "voiced": {1: "T"}}, f"{args.out}/tts_vocoder.onnx")
    for name in filter(None, args.int8.split(",")):
        quantise(f"{args.out}/tts_{name}.onnx")
    meta = {
        "rate": features.RATE, "hop": features.HOP, "window": features.WIN, "fft": features.FFT, "offset": OFFSET,
        "mels": features.MELS, "width": width, "frames_context": frames.frames.context(), "vocoder_context": vocoder.context(),
        "symbols": phones.SYMBOLS,
        "voices": [{"name": n, "gender": VOICES[n][0], "language": "en", "description": VOICES[n][1], "gain": float(g)}
                   for n, g in zip(phones.SPEAKERS, gain)],
    }
    json.dump(meta, open(f"{args.out}/tts_meta.json", "w"), indent=1)
    for name in ("text", "frames", "vocoder"):
        print(name, os.path.getsize(f"{args.out}/tts_{name}.onnx"))


if __name__ == "__main__":
    main()
