"""Brings HiFi-GAN's published generators into the form of a model pack, and measures them behind our mel frames.

    python export_hifigan.py export CONFIG.json GENERATOR.pt OUT_FOLDER
    python export_hifigan.py measure OUT_FOLDER FOLDER_OF_LJ_CLIPS SENTENCES.tsv

`export` writes vocoder.onnx (opset 17, weight norm folded in), vocoder.json and golden.json. `measure` compares, on
recordings, mel frames adapted from ours with HiFi-GAN's own, and the sound that the vocoder makes of each: distance of mel
frames, and the errors of pocketsphinx in words. SENTENCES.tsv has a clip's name and its text on each line (optional). Needs torch, onnx,
onnxruntime, librosa, soundfile and pocketsphinx. The generators of https://github.com/jik876/hifi-gan are under the MIT licence.
"""
import argparse
import json
import pathlib
import re

import librosa
import numpy as np
import onnxruntime
import soundfile
import torch
from torch import nn
from torch.nn.functional import leaky_relu

from mel_adapter import HIFIGAN, adapt, hifigan_mel, our_mel

SLOPE = 0.1


class Block(nn.Module):
    """Residual dilated convolutions; type 1 follows each with an undilated one."""

    def __init__(self, channels, kernel, dilations, kind):
        super().__init__()
        conv = lambda d: nn.Conv1d(channels, channels, kernel, dilation=d, padding=d * (kernel - 1) // 2)
        if kind == "1":
            self.convs1 = nn.ModuleList(conv(d) for d in dilations)
            self.convs2 = nn.ModuleList(conv(1) for _ in dilations)
        else:
            self.convs = nn.ModuleList(conv(d) for d in dilations)
        self.kind = kind

    def forward(self, x):
        if self.kind == "1":
            for wide, narrow in zip(self.convs1, self.convs2):
                x = x + narrow(leaky_relu(wide(leaky_relu(x, SLOPE)), SLOPE))
            return x
        for conv in self.convs:
            x = x + conv(leaky_relu(x, SLOPE))
        return x


class Generator(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, kernels = config["upsample_initial_channel"], config["resblock_kernel_sizes"]
        self.conv_pre = nn.Conv1d(config["num_mels"], width, 7, padding=3)
        self.ups, self.resblocks, self.each = nn.ModuleList(), nn.ModuleList(), len(kernels)
        for rate, kernel in zip(config["upsample_rates"], config["upsample_kernel_sizes"]):
            self.ups.append(nn.ConvTranspose1d(width, width // 2, kernel, rate, (kernel - rate) // 2))
            width //= 2
            for size, dilations in zip(kernels, config["resblock_dilation_sizes"]):
                self.resblocks.append(Block(width, size, dilations, config["resblock"]))
        self.conv_post = nn.Conv1d(width, 1, 7, padding=3)

    def forward(self, mel):
        x = self.conv_pre(mel)
        for index, up in enumerate(self.ups):
            x = up(leaky_relu(x, SLOPE))
            blocks = self.resblocks[index * self.each:(index + 1) * self.each]
            x = sum(block(x) for block in blocks) / self.each
        return torch.tanh(self.conv_post(leaky_relu(x)))


def fold_weight_norm(state):
    """`weight_g` and `weight_v` to the weight that they stand for."""
    plain = {}
    for name, value in state.items():
        if name.endswith("weight_v"):
            size = value.reshape(len(value), -1).norm(dim=1).reshape(-1, 1, 1)
            plain[name[:-2]] = value * (state[name[:-1] + "g"] / size)
        elif not name.endswith("weight_g"):
            plain[name] = value
    return plain


def export(config_path, generator_path, out):
    config = json.loads(config_path.read_text())
    state = torch.load(generator_path, map_location="cpu", weights_only=True)
    generator = Generator(config)
    generator.load_state_dict(fold_weight_norm(state.get("generator", state)))
    out.mkdir(parents=True, exist_ok=True)
    mel = torch.sin(torch.arange(30 * config["num_mels"]) * 0.37).reshape(1, 30, -1).transpose(1, 2) * 3 - 5
    torch.onnx.export(generator.eval(), mel, out / "vocoder.onnx", opset_version=17, dynamo=False, input_names=["mel"],
                      output_names=["audio"], dynamic_axes={"mel": {2: "frames"}, "audio": {2: "samples"}})
    assert config["sampling_rate"] == HIFIGAN["sample_rate"] and config["fmax"] == HIFIGAN["fmax"], config
    (out / "vocoder.json").write_text(json.dumps(HIFIGAN, indent=1))
    samples = Vocoder(out)(mel[0].T.numpy())
    with torch.no_grad():
        difference = np.abs(samples - generator(mel).numpy().reshape(-1)).max()
    rows = mel[0].T.numpy().round(6).reshape(-1).tolist()
    (out / "golden.json").write_text(json.dumps({"mel": rows, "samples": samples.tolist()}))
    print(f"{(out / 'vocoder.onnx').stat().st_size} bytes; torch and ONNX Runtime differ by {difference:.1e}")


class Vocoder:
    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(folder / "vocoder.onnx"), options)

    def __call__(self, mel):
        return self.session.run(None, {"mel": mel.T[None].astype(np.float32)})[0].reshape(-1)


def words_of(text):
    return re.findall("[a-z']+", text.lower())


def edits(said, meant):
    row = list(range(len(said) + 1))
    for i, word in enumerate(meant):
        last, row = row, [i + 1]
        for j, other in enumerate(said):
            row.append(min(row[-1] + 1, last[j + 1] + 1, last[j] + (word != other)))
    return row[-1]


def hear(samples, rate):
    import pocketsphinx
    narrow = librosa.resample(samples, orig_sr=rate, target_sr=16000)
    decoder = pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw((np.clip(narrow, -1, 1) * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return words_of(found.hypstr) if found else []


def measure(folder, clips, sentences, count):
    vocoder, texts = Vocoder(folder), {}
    if sentences:
        rows = (line.rstrip("\n").split("\t") for line in sentences.read_text().splitlines())
        texts = {pathlib.Path(row[0]).stem: row[-1] for row in rows if len(row) > 1}
    paths = sorted(path for path in clips.rglob("*.flac") if not texts or path.stem in texts)[:count]
    distances, biases, again, wrong, total = [], [], {"own": [], "adapted": []}, {}, 0
    for path in paths:
        samples, rate = soundfile.read(path, dtype="float32")
        theirs = hifigan_mel(librosa.resample(samples, orig_sr=rate, target_sr=22050))
        adapted = adapt(our_mel(librosa.resample(samples, orig_sr=rate, target_sr=24000)), HIFIGAN)
        frames = min(len(theirs), len(adapted))
        loud = theirs[:frames] > -9
        error = (adapted[:frames] - theirs[:frames])[loud]
        distances.append(np.sqrt((error**2).mean()) * 8.686)
        biases.append(error.mean() * 8.686)
        made = {"recording": (samples, rate)}
        for name, mel in (("own", theirs), ("adapted", adapted)):
            made[name] = (vocoder(mel), 22050)
            back = hifigan_mel(made[name][0])[:frames]
            kept = loud[:len(back)]
            again[name].append(np.abs(back - theirs[:len(back)])[kept].mean() * 8.686)
        meant = words_of(texts.get(path.stem, ""))
        total += len(meant)
        for name, (sound, its_rate) in made.items() if meant else ():
            wrong[name] = wrong.get(name, 0) + edits(hear(sound, its_rate), meant)
    print(f"{len(paths)} clips; adapted mel against HiFi-GAN's own: {np.mean(distances):.2f} dB root mean square, "
          f"mean {np.mean(biases):+.2f} dB")
    for name, values in again.items():
        print(f"sound from {name} mel, its mel against the recording's: {np.mean(values):.2f} dB mean absolute")
    for name, errors in wrong.items():
        print(f"pocketsphinx on {name}: {errors} of {total} words wrong ({100 * errors / total:.1f} %)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("export", "measure"))
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=20)
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.what == "export":
        export(*args.paths)
    else:
        measure(args.paths[0], args.paths[1], args.paths[2] if len(args.paths) > 2 else None, args.count)


if __name__ == "__main__":
    main()
