"""Reads the weights of an exported recogniser back, to train on where no checkpoint was kept.

What it is: every linear layer's int8 weight times its scale, every other weight as it stands, found by the
names of the biases in the graph. The result is as exact as int8 is; training goes on from it with `--init`.

    python import_onnx.py --model crates/weights/data/asr_encoder.onnx --out init.pt
"""

import argparse

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from model import Config, Encoder


def linear_weights(graph, arrays):
    """{layer name: (out, in)} of all MatMul weights, float or dynamically quantised."""
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)

    def layer(name):
        """Follows scaling nodes to the Add of a bias."""
        for node in users.get(name, []):
            if node.op_type == "Add":
                for other in node.input:
                    if other in arrays and other.endswith(".bias"):
                        return other.removeprefix("encoder.").removesuffix(".bias")
            elif node.op_type in ("Cast", "Mul"):
                found = layer(node.output[0])
                if found:
                    return found
        return None

    out = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in arrays:
            stem = node.input[1].removesuffix("_quantized")
            weight = arrays[node.input[1]].astype(np.float32) - arrays[stem + "_zero_point"].astype(np.float32)
            out[layer(node.output[0])] = (weight * arrays[stem + "_scale"]).T
        elif node.op_type == "MatMul" and node.input[1] in arrays:
            out[layer(node.output[0])] = arrays[node.input[1]].T
    return out


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--model", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    graph = onnx.load(args.model).graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    weights = {name.removeprefix("encoder."): torch.from_numpy(a.copy()) for name, a in arrays.items() if name.startswith("encoder.")}
    weights |= {f"{name}.weight": torch.from_numpy(w.copy()) for name, w in linear_weights(graph, arrays).items() if name}
    config = Config(vocab=weights["ctc.weight"].shape[0] - 1)
    model = Encoder(config)
    have = {k: v for k, v in weights.items() if k in model.state_dict()}
    result = model.load_state_dict(have, strict=False)
    print("not in the graph:", result.missing_keys)
    torch.save({"model": {k: model.state_dict()[k] for k in have}, "config": config.to_dict()}, args.out)


if __name__ == "__main__":
    main()
