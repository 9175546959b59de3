"""Writes what Silero's voice activity files must give for the clip of the digits.

    python golden_silero.py SILERO_FOLDER ../../crates/speech/tests/data/pack
"""
import json
import pathlib
import sys

import numpy as np
import onnxruntime
import scipy.io.wavfile


def probabilities(session, wave, rate):
    """One for each whole window of 32 ms, run with the last eighth of the window before it."""
    window, out = rate * 32 // 1000, []
    state, context = np.zeros((2, 1, 128), np.float32), np.zeros(window // 8, np.float32)
    for start in range(0, len(wave) - window + 1, window):
        samples = np.concatenate([context, wave[start:start + window]])
        speech, state = session.run(None, {"input": samples[None], "state": state,
                                           "sr": np.array(rate, np.int64)})
        context = samples[window:]
        out.append(round(float(speech[0, 0]), 6))
    return out


def main():
    folder, out = map(pathlib.Path, sys.argv[1:])
    rate, samples = scipy.io.wavfile.read(out / "digits.wav")
    wave = samples.astype(np.float32) / 32768
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    cases = []
    for name, hz in (("silero_vad.onnx", 16000), ("silero_vad.onnx", 8000),
                     ("silero_vad_16k_op15.onnx", 16000)):
        session = onnxruntime.InferenceSession(folder / name, options)
        # Every second sample is crude, but the same on both sides.
        values = probabilities(session, wave[::rate // hz], hz)
        cases.append({"file": name, "rate_hz": hz, "speech": values})
    (out / "silero.json").write_text(json.dumps(cases))


if __name__ == "__main__":
    main()
