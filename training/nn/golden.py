"""Writes a tiny streaming network and what ONNX Runtime says it computes.

    python golden.py ../../crates/nn/tests/golden

y = tanh(x W + state), state_next = state + ids (cast to float): two inputs types, one state.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def main(folder):
    rng = np.random.default_rng(7)
    weight = rng.normal(size=(4, 3)).astype(np.float32)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["xw"]),
            helper.make_node("Add", ["xw", "state"], ["sum"]),
            helper.make_node("Tanh", ["sum"], ["y"]),
            helper.make_node("Cast", ["ids"], ["step"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["state", "step"], ["state_next"]),
        ],
        "tiny",
        [value("x", TensorProto.FLOAT, [2, 4]), value("state", TensorProto.FLOAT, [2, 3]), value("ids", TensorProto.INT64, [2, 3])],
        [value("y", TensorProto.FLOAT, [2, 3]), value("state_next", TensorProto.FLOAT, [2, 3])],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, Path(folder) / "tiny.onnx")
    session = onnxruntime.InferenceSession(model.SerializeToString())
    state = np.zeros((2, 3), np.float32)
    steps = []
    for _ in range(3):
        x = rng.normal(size=(2, 4)).astype(np.float32)
        ids = rng.integers(-2, 3, size=(2, 3))
        y, state = session.run(["y", "state_next"], {"x": x, "state": state, "ids": ids})
        steps.append({"x": x.ravel().tolist(), "ids": ids.ravel().tolist(), "y": y.ravel().tolist()})
    (Path(folder) / "tiny.json").write_text(json.dumps(steps) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
