"""A predictor for `hearsay eval tts`: the mean opinion score of WAV files by DistillMOS, 1 (bad) to 5 (excellent).

Prints one number a file, in order. Needs `pip install distillmos soundfile scipy`. Loading the model takes longer than one
sentence, so let it have many at once:

    hearsay eval tts sentences.txt --predictor "python3 examples/eval/distillmos_score.py" --predictor-files 100
"""

import contextlib
import math
import sys
import warnings

warnings.filterwarnings("ignore")

import distillmos  # noqa: E402
import numpy as np  # noqa: E402
import soundfile  # noqa: E402
import torch  # noqa: E402
from scipy.signal import resample_poly  # noqa: E402

RATE_HZ = 16000
RMS = 0.05  # -26 dBFS: the score must not depend on loudness


def read(path):
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    samples = samples.mean(axis=1)
    if rate_hz != RATE_HZ:
        common = math.gcd(rate_hz, RATE_HZ)
        samples = resample_poly(samples, RATE_HZ // common, rate_hz // common)
    rms = np.sqrt(np.mean(samples**2) + 1e-9)
    return torch.tensor(samples * RMS / rms, dtype=torch.float32)[None]


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: distillmos_score.py FILE.wav...")
    torch.set_num_threads(1)
    # It says where its weights are; the standard output is for numbers alone.
    with contextlib.redirect_stdout(sys.stderr):
        model = distillmos.ConvTransformerSQAModel().eval()
    for path in sys.argv[1:]:
        with torch.no_grad():
            print(f"{model(read(path)).item():.3f}", flush=True)


main()
