"""Writes the filter bank that `audio::fbank` must give.

    python golden_fbank.py ../../crates/audio/tests/golden_fbank.json
"""
import json
import sys

import torch
import torchaudio

ICEFALL = {"sample_rate_hz": 16000, "mels": 80, "low_hz": 20.0, "high_hz": -400.0, "scale": 1.0,
           "snip_edges": False}
CASES = {
    "icefall": {},
    "16-bit numbers": {"scale": 32768.0},
    "whole frames only": {"snip_edges": True, "high_hz": 0.0},
    "eight kilohertz": {"sample_rate_hz": 8000, "mels": 40, "high_hz": 3800.0},
    "another rate": {"sample_rate_hz": 22100, "mels": 23, "low_hz": 64.0},
}
# One value in so many is kept; a number without common factors with the numbers of bands.
EVERY = 7


def main():
    torch.manual_seed(1)
    time = torch.arange(2901) / 16000
    wave = 0.3 * torch.sin(2 * torch.pi * (200 + 2500 * time) * time) + 0.02 * torch.randn(2901)
    wave[1500:2000] *= 0.01
    pcm = (wave.clamp(-1, 1) * 32767).round().to(torch.int16)
    cases = []
    for name, changes in CASES.items():
        case = {"name": name, **ICEFALL, **changes}
        frames = torchaudio.compliance.kaldi.fbank(
            pcm.float()[None] / 32768 * case["scale"], dither=0.0, num_mel_bins=case["mels"],
            sample_frequency=float(case["sample_rate_hz"]), low_freq=case["low_hz"],
            high_freq=case["high_hz"], snip_edges=case["snip_edges"])
        values = [round(x, 5) for x in frames.flatten()[::EVERY].tolist()]
        cases.append(case | {"frames": len(frames), "every": EVERY, "values": values})
    with open(sys.argv[1], "w") as out:
        json.dump({"pcm16": pcm.tolist(), "cases": cases}, out)


if __name__ == "__main__":
    main()
