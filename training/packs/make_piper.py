"""Makes the Piper voices that the tests load: networks with Piper's interface and nothing to say.

    python make_piper.py --out ../../crates/speech/tests/data/voice

Each symbol lasts `ceil(exp(w) * length_scale)` frames and is a short buzz of its own; `noise_scale` adds noise, `noise_w`
varies the lengths. Names, types and shapes are those of the files that Piper exports; the operators that VITS uses to lay
lengths out in time (CumSum, Ceil, RandomNormalLike, ConvTranspose, Range, Less, ...) are in it. ONNX Runtime writes what must
come out. Needs torch, onnx and onnxruntime.
"""
import argparse
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

HOP, RATE, DIM = 64, 16000, 4
LETTERS = "_^$ !'(),-.:;?abcdefhijklmnopqrstuvwxyzæçðøŋœɐɑɔɕɖəɚɛɜɟɡɣɪɲɳɹɽɾʃʈʊʋʌʒʝʔˈˌːβθ\u0303\u032aʰ"
# What the tests say: words, and the symbols that they must become.
CASES = {
    "en-us": ("HH AH0 L OW1|W ER1 L D", "həlˈoʊ wˈɜːld."),
    "es-419": ("a1 ɣ W a0|N i1 ɲ a0", "ˈaɣwa nˈiɲa."),
}


class Voice(nn.Module):
    def __init__(self, speakers):
        super().__init__()
        self.symbols = nn.Embedding(len(LETTERS), DIM)
        self.width = nn.Linear(DIM, 1)
        self.speakers = nn.Embedding(speakers, DIM) if speakers > 1 else None
        self.up = nn.ConvTranspose1d(DIM, 2, 2 * HOP, HOP, HOP // 2)
        self.out = nn.Conv1d(2, 1, 7, padding=3)

    def forward(self, input, input_lengths, scales, sid=None):
        x = self.symbols(input).transpose(1, 2)
        place = torch.arange(input.shape[1], device=input.device)
        mask = (place[None] < input_lengths[:, None]).unsqueeze(1).to(x.dtype)
        if self.speakers is not None:
            x = x + self.speakers(sid).unsqueeze(-1)
        log_w = self.width(x.transpose(1, 2)).transpose(1, 2)
        log_w = log_w + torch.randn_like(log_w) * scales[2]
        widths = torch.ceil(torch.exp(log_w) * mask * scales[1])
        ends = torch.cumsum(widths, 2)
        frames = torch.clamp_min(widths.sum([1, 2]), 1).long().max()
        at = torch.arange(frames, device=input.device)[None, :, None].to(x.dtype)
        path = ((at < ends) & (at >= ends - widths)).to(x.dtype)
        z = torch.matmul(x, path.transpose(1, 2))
        z = z + torch.randn_like(z) * scales[0]
        return torch.tanh(self.out(nn.functional.leaky_relu(self.up(z), 0.1))).unsqueeze(1)


def export(path, speakers):
    voice = Voice(speakers).eval()
    with torch.no_grad():
        voice.symbols.weight.mul_(0.7)
        voice.width.weight.mul_(0.5)
    ids, names = torch.ones(1, 9, dtype=torch.int64), ["input", "input_lengths", "scales"]
    args = [ids, torch.tensor([9]), torch.tensor([0.667, 1.0, 0.8])]
    if speakers > 1:
        names, args = names + ["sid"], args + [torch.tensor([0])]
    torch.onnx.export(
        voice, tuple(args), path, opset_version=15, input_names=names, output_names=["output"],
        dynamo=False, dynamic_axes={"input": {0: "batch_size", 1: "phonemes"},
                                    "input_lengths": {0: "batch_size"},
                                    "output": {0: "batch_size", 3: "time"}})
    model = onnx.load(path)
    for node in model.graph.node:
        node.ClearField("doc_string")
    onnx.save(model, path)


def describe(path, espeak, speakers):
    ids = {letter: [number] for number, letter in enumerate(LETTERS)}
    named = {f"speaker{n}": n for n in range(speakers)} if speakers > 1 else {}
    path.write_text(json.dumps({
        "audio": {"sample_rate": RATE, "quality": "test"}, "espeak": {"voice": espeak},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak", "phoneme_map": {}, "phoneme_id_map": ids,
        "num_symbols": len(LETTERS), "num_speakers": speakers, "speaker_id_map": named,
        "dataset": path.name.split("-")[1]}, ensure_ascii=False, indent=0))


def ids_of(symbols):
    """As Piper puts them: begin, pad, each symbol with a pad behind it, end."""
    row = [LETTERS.index("^"), 0]
    for symbol in symbols:
        row += [LETTERS.index(symbol), 0]
    return row + [LETTERS.index("$")]


def golden(path, symbols, speaker, speed):
    session = onnxruntime.InferenceSession(str(path))
    ids = np.array([ids_of(symbols)], np.int64)
    feed = {"input": ids, "input_lengths": np.array([ids.shape[1]], np.int64),
            "scales": np.array([0, 1 / speed, 0], np.float32)}
    if speaker is not None:
        feed["sid"] = np.array([speaker], np.int64)
    samples = session.run(None, feed)[0].reshape(-1)
    return {"symbols": symbols, "ids": ids[0].tolist(), "speed": speed, "samples": len(samples),
            "first": samples[:40].tolist(), "last": samples[-40:].tolist()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    out = parser.parse_args().out
    torch.manual_seed(5)
    torch.set_num_threads(1)
    cases = {}
    for folder, name, espeak, speakers in (("piper", "xx_XX-buzz-low", "en-us", 1),
                                           ("piper_two", "xx_XX-pair-low", "es-419", 2)):
        (out / folder).mkdir(parents=True, exist_ok=True)
        path = out / folder / f"{name}.onnx"
        export(path, speakers)
        describe(path.with_name(path.name + ".json"), espeak, speakers)
        phones, symbols = CASES[espeak]
        speaker = 1 if speakers > 1 else None
        cases[folder] = {"phones": phones, "slow": golden(path, symbols, speaker, 0.8),
                         "plain": golden(path, symbols, speaker, 1.0)}
        print(path, path.stat().st_size, "bytes", sorted({n.op_type for n in onnx.load(path).graph.node}))
    (out / "piper.json").write_text(json.dumps(cases, ensure_ascii=False))


if __name__ == "__main__":
    main()
