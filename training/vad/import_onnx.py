"""Reads the exported streaming detector back into the training form, so that training can go on from it.

    python import_onnx.py --model vad.onnx --bank bank.npz --out run/

The export folds batch normalisation into the layers around it. What folding threw away is put back from statistics of
fresh mixtures: each norm gets the mean and variance that its layer's output has, and the scale and shift that undo
them, so that the function is the same and training in batch mode starts near it. The script ends with the largest difference
between the file and the model over a noisy mixture, and fails where it is above 1e-4. Writes run/last.pt as train.py does.
"""

import argparse
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch

from export import stream
from features import LogMel
from mix import Mixer
from model import Detector

BATCHES = 6


def tensors(path):
    """Name -> array of every initialiser; the unnamed ones of the last taps in order as `now.0`, `now.1`, ..."""
    found, now = {}, []
    for item in onnx.load(path).graph.initializer:
        array = onnx.numpy_helper.to_array(item).copy()
        if item.name.startswith("onnx::Mul_"):
            now.append((int(item.name.rsplit("_", 1)[1]), array))
        else:
            found[item.name] = torch.from_numpy(array)
    for index, (_, array) in enumerate(sorted(now, key=lambda pair: pair[0])):
        found[f"now.{index}"] = torch.from_numpy(array)
    return found


def identity(norm, shift):
    """y = x + shift."""
    torch.nn.init.ones_(norm.weight)
    norm.running_mean.zero_()
    norm.running_var.fill_(1.0 - norm.eps)
    norm.bias.copy_(shift)


def measured(norm, x):
    """Keeps y = x + bias and takes the statistics of x, (batch, width, steps), into the running ones."""
    mean, variance = x.mean((0, 2)), x.var((0, 2))
    norm.bias.add_(mean)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_(torch.sqrt(variance + norm.eps))


def rebuild(weights):
    detector = Detector().eval()
    detector.front.weight.copy_(weights["front"].T)
    identity(detector.front_norm, weights["front_shift"][0])
    for index, block in enumerate(detector.blocks):
        taps = weights["taps"][index]
        block.depthwise.weight[:, 0] = torch.stack([taps[0], taps[1], weights[f"now.{index}"][0]], dim=1)
        identity(block.depthwise_norm, weights["shifts"][index])
        block.pointwise.weight[:, :, 0] = weights[f"pointwise.{index}"].T
        identity(block.pointwise_norm, weights[f"pointwise_shift.{index}"][0])
    gru = detector.gru
    gru.weight_ih_l0.copy_(weights["gru_in"].T)
    gru.bias_ih_l0.copy_(weights["gru_in_bias"][0])
    gru.weight_hh_l0.copy_(weights["gru_back"].T)
    gru.bias_hh_l0.copy_(weights["gru_back_bias"][0])
    detector.head.weight.copy_(weights["head"].T)
    detector.head.bias.copy_(weights["head_bias"][0])
    return detector


def calibrate(detector, mel):
    """Puts the statistics of (batch, frames, 64) into every norm; each norm's own hook runs before it is applied."""
    hooks = []
    for module in detector.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            hooks.append(module.register_forward_pre_hook(lambda norm, inputs: measured(norm, inputs[0])))
    detector(mel)
    for hook in hooks:
        hook.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--bank", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    mixer, mel_net = Mixer(np.load(args.bank), 6.0, 5), LogMel()
    with torch.no_grad():
        detector = rebuild(tensors(args.model))
        mel = torch.cat([mel_net(torch.from_numpy(mixer.batch(8)[0])) for _ in range(BATCHES)])
        calibrate(detector, mel)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(args.model, options)
        worst = 0.0
        for one in mel_net(torch.from_numpy(mixer.batch(8)[0])):
            whole = torch.sigmoid(detector(one[None])[0])[0].numpy()
            worst = max(worst, float(np.abs(whole - stream(session, one.numpy())).max()))
    print(f"largest difference {worst:.2e}")
    assert worst < 1e-4
    args.out.mkdir(parents=True, exist_ok=True)
    state = detector.state_dict()
    torch.save({"model": state, "average": state, "step": 0, "seconds": 0.0}, args.out / "last.pt")


if __name__ == "__main__":
    main()
