"""Writes the trained detector as a streaming ONNX file, and a golden case for the Rust tests.

    python export.py --run run/ --clip LJ001-0002.flac --out vad.onnx --golden vad.json

The golden case is half a second of silence, then a public-domain LJ clip: log-mel in, probabilities out.
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch

from bank import read_8k
from features import MELS, LogMel
from model import FRAMES_PER_STEP, PAST_STEPS, TAIL_FRAMES, WIDTH, Detector, StreamingDetector

INPUTS = ["mel", "tail", "past", "hidden"]
OUTPUTS = ["speech", "tail_next", "past_next", "hidden_next"]
GOLDEN_STEPS = 60


def load(run):
    detector = Detector()
    detector.load_state_dict(torch.load(run / "last.pt")["average"])
    return detector.eval()


def zero_states():
    return [torch.zeros(1, TAIL_FRAMES, MELS), torch.zeros(PAST_STEPS, WIDTH), torch.zeros(1, WIDTH)]


def stream(session, mel):
    """(frames, 64) -> (frames,) probabilities, from the ONNX file step by step."""
    states, out = [s.numpy() for s in zero_states()], []
    for start in range(0, len(mel) - 1, FRAMES_PER_STEP):
        feeds = dict(zip(INPUTS, [mel[None, start : start + FRAMES_PER_STEP], *states]))
        speech, *states = session.run(OUTPUTS, feeds)
        out.append(speech[0])
    return np.concatenate(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("--clip", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--golden", type=pathlib.Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    detector = load(args.run)
    streaming = StreamingDetector(detector).eval()
    example = (torch.zeros(1, FRAMES_PER_STEP, MELS), *zero_states())
    torch.onnx.export(
        streaming, example, str(args.out), opset_version=17, input_names=INPUTS, output_names=OUTPUTS, dynamo=False
    )
    onnx.checker.check_model(onnx.load(args.out))

    audio = np.concatenate([np.zeros(4000, np.float32), read_8k(args.clip)])
    mel = LogMel()(torch.from_numpy(audio)[None])[0, : GOLDEN_STEPS * FRAMES_PER_STEP].numpy().round(3)
    session = onnxruntime.InferenceSession(str(args.out))
    streamed = stream(session, mel)
    with torch.no_grad():
        whole = torch.sigmoid(detector(torch.from_numpy(mel)[None])[0])[0].numpy()
    print("operators", len(onnx.load(args.out).graph.node), "largest difference", np.abs(whole - streamed).max())
    assert np.abs(whole - streamed).max() < 1e-4
    golden = {
        "source": f"digital silence for 500 ms, then LJ Speech {args.clip.stem} (public domain) at 8 kHz",
        "mel": [round(float(x), 3) for x in mel.flatten()],
        "speech": [round(float(x), 6) for x in whole],
    }
    args.golden.parent.mkdir(parents=True, exist_ok=True)
    args.golden.write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
