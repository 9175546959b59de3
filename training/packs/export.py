"""Writes a transducer as the files that icefall writes, and reads them back with ONNX Runtime."""
import numpy as np
import onnx
import onnxruntime
import torch

from nets import MELS, SILENCE

OPSET = 13
# Frames of silence given after the last, so that the last words come out.
TAIL = 30


def attach(path, entries):
    """Adds the metadata; leaves out what only says where in the source a node came from."""
    model = onnx.load(path)
    for node in model.graph.node:
        node.ClearField("doc_string")
        node.ClearField("name")
    for key, value in entries.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.save(model, path)


def export(folder, suffix, encoder, decoder, joiner, tokens):
    """Writes encoder, decoder, joiner and tokens.txt into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    names, renewed = encoder.names
    new = getattr(encoder, "new_names", None) or [f"new_{name}" for name in renewed]
    axes = encoder.batch_axes()
    dynamic = {"x": {0: "N"}, "encoder_out": {0: "N"}}
    dynamic |= {name: {axis: "N"} for name, axis in axes.items()}
    path = folder / f"encoder-{suffix}.onnx"
    torch.onnx.export(encoder, (torch.zeros(1, encoder.T, MELS), *encoder.states()), path,
                      opset_version=OPSET, input_names=["x", *names], dynamo=False,
                      output_names=["encoder_out", *new], dynamic_axes=dynamic)
    attach(path, encoder.metadata())
    path = folder / f"decoder-{suffix}.onnx"
    torch.onnx.export(decoder, torch.zeros(1, decoder.CONTEXT, dtype=torch.int64), path,
                      opset_version=OPSET, input_names=["y"], output_names=["decoder_out"],
                      dynamic_axes={"y": {0: "N"}, "decoder_out": {0: "N"}}, dynamo=False)
    attach(path, {"context_size": decoder.CONTEXT, "vocab_size": len(tokens)})
    path = folder / f"joiner-{suffix}.onnx"
    dim = decoder.proj.out_features
    torch.onnx.export(joiner, (torch.zeros(1, dim), torch.zeros(1, dim)), path,
                      opset_version=OPSET, input_names=["encoder_out", "decoder_out"],
                      output_names=["logit"], dynamo=False,
                      dynamic_axes={n: {0: "N"} for n in ("encoder_out", "decoder_out", "logit")})
    attach(path, {"joiner_dim": dim})
    lines = "".join(f"{token} {i}\n" for i, token in enumerate(tokens))
    (folder / "tokens.txt").write_text(lines)


class Pack:
    """The files of one folder on ONNX Runtime."""

    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        load = lambda kind: onnxruntime.InferenceSession(
            next(iter(sorted(folder.glob(f"{kind}-*.onnx")))), options)
        self.encoder, self.decoder, self.joiner = map(load, ("encoder", "decoder", "joiner"))
        self.meta = self.encoder.get_modelmeta().custom_metadata_map

    def encode(self, features):
        """(frames, 80) to (steps, join), chunk by chunk with TAIL frames of silence behind."""
        span, step = int(self.meta["T"]), int(self.meta["decode_chunk_len"])
        types = {"tensor(float)": np.float32, "tensor(int64)": np.int64}
        states = {port.name: np.zeros([s if isinstance(s, int) else 1 for s in port.shape],
                                      types[port.type]) for port in self.encoder.get_inputs()[1:]}
        outputs = [port.name for port in self.encoder.get_outputs()]
        end, out = len(features) + TAIL, []
        silence = np.full((end + span, MELS), SILENCE, np.float32)
        padded = np.concatenate([features, silence])
        for start in range(0, end, step):
            chunk = padded[None, start:start + span]
            results = self.encoder.run(None, {"x": chunk, **states})
            out.append(results[0][0])
            kept = [name for name in states if name != "processed_lens" or len(outputs) > 3]
            states |= dict(zip(kept, results[1:]))
            if "processed_lens" not in kept and "processed_lens" in states:
                states["processed_lens"] = states["processed_lens"] + len(out[-1])
        return np.concatenate(out)

    def greedy(self, steps):
        """The likeliest tokens, at most one a step, as (token, step), and the smallest lead over
        the second best."""
        context, out, lead = [-1, 0], [], np.inf
        for at, step in enumerate(steps):
            decoded, = self.decoder.run(None, {"y": np.array([context], np.int64)})
            logit, = self.joiner.run(None, {"encoder_out": step[None], "decoder_out": decoded})
            best = np.sort(logit[0])
            lead = min(lead, float(best[-1] - best[-2]))
            token = int(logit[0].argmax())
            if token not in (0, 2):
                out.append((token, at))
                context = [context[1], token]
        return out, lead
