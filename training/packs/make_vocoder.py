"""Makes the mel vocoders that the tests load: HiFi-GAN's interface and layers in a few KB, with seeded weights.

    python make_vocoder.py --out ../../crates/speech/tests/data/voice

One takes (1, mels, frames), one (1, frames, mels). ONNX Runtime writes what must come out. Needs torch, onnx and
onnxruntime.
"""
import argparse
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

MELS, HOP, RATE = 20, 80, 8000


class Vocoder(nn.Module):
    """Each frame depends on five frames on either side: three before, two after the upsampling."""

    def __init__(self, frames_first):
        super().__init__()
        self.frames_first = frames_first
        self.before = nn.Conv1d(MELS, 8, 7, padding=3)
        self.up = nn.ModuleList([nn.ConvTranspose1d(8, 6, 16, 8, 4), nn.ConvTranspose1d(6, 4, 20, 10, 5)])
        self.mix = nn.ModuleList([nn.Conv1d(6, 6, 3, padding=3, dilation=3), nn.Conv1d(4, 4, 3, padding=1)])
        self.after = nn.Conv1d(4, 1, 7, padding=3)

    def forward(self, mel):
        x = self.before((mel.transpose(1, 2) if self.frames_first else mel) * 0.2)
        for up, mix in zip(self.up, self.mix):
            x = up(nn.functional.leaky_relu(x, 0.1))
            x = x + mix(nn.functional.leaky_relu(x, 0.1))
        return torch.tanh(self.after(nn.functional.leaky_relu(x)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    out = parser.parse_args().out
    torch.manual_seed(6)
    torch.set_num_threads(1)
    cases = {}
    for folder, frames_first in (("vocoder", False), ("vocoder_frames_first", True)):
        (out / folder).mkdir(parents=True, exist_ok=True)
        path = out / folder / "vocoder.onnx"
        mel = torch.linspace(-9, 1, 11 * MELS).sin() * 4 - 4
        mel = mel.reshape(1, 11, MELS) if frames_first else mel.reshape(1, 11, MELS).transpose(1, 2)
        open_axis = {1: "frames"} if frames_first else {2: "frames"}
        torch.onnx.export(Vocoder(frames_first).eval(), mel, path, opset_version=17, dynamo=False,
                          input_names=["mel"], output_names=["audio"],
                          dynamic_axes={"mel": open_axis, "audio": {2: "samples"}})
        model = onnx.load(path)
        for node in model.graph.node:
            node.ClearField("doc_string")
        onnx.save(model, path)
        (out / folder / "vocoder.json").write_text(json.dumps({
            "name": "buzz", "sample_rate": RATE, "hop": HOP, "n_fft": 512, "window": 320, "mels": MELS, "fmin": 50,
            "fmax": 3800, "log": "natural", "floor": 1e-5, "spectrum": "magnitude", "norm": "slaney",
            "context_frames": 6}, indent=0))
        samples = onnxruntime.InferenceSession(str(path)).run(None, {"mel": mel.numpy()})[0].reshape(-1)
        rows = mel.numpy()[0] if frames_first else mel.numpy()[0].T
        cases[folder] = {"mel": np.round(rows, 6).reshape(-1).tolist(), "samples": samples.tolist()}
        print(path, path.stat().st_size, "bytes")
    (out / "vocoder.json").write_text(json.dumps(cases))


if __name__ == "__main__":
    main()
