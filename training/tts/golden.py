"""Writes the golden case that `crates/speech/tests/synthesiser.rs` compares with.

    python golden.py CHECKPOINTS TTS_META.json OUT.json
"""

import json
import sys

import numpy as np

from features import HOP
from speak import Reference, limit, symbols, xorshift_noise

WORDS = [(["HH", "AH0", "L", "OW1"], "comma"), (["HH", "AW1"], None), (["K", "AE1", "N"], None), (["AY1"], None),
         (["HH", "EH1", "L", "P"], None), (["Y", "UW1"], "question")]
TEXT = ["hello", "how", "can", "I", "help", "you"]


def main():
    from export import load

    reference = Reference(load(sys.argv[1]))
    voice = json.load(open(sys.argv[2]))["voices"][0]
    ids, place = symbols(WORDS)
    mel, log_f0, voiced, lengths, log_frames, phone_f0 = reference.acoustic(ids, place, voice)
    raw = reference.wave(mel, log_f0, voiced, xorshift_noise(len(mel) * HOP))
    wave = limit(raw * voice["gain"])
    short = lambda x, n: [round(float(v), n) for v in x]
    case = {
        "voice": voice["name"],
        "words": [{"text": t, "phones": p, "after": a} for t, (p, a) in zip(TEXT, WORDS)],
        "log_frames": short(log_frames, 5), "phone_log_f0": short(phone_f0, 5), "lengths": [int(n) for n in lengths],
        "mel_frame": 30, "mel": short(mel[30], 4), "log_f0": short(log_f0, 5), "voiced": short(voiced, 4),
        "samples": len(wave), "wave_stride": 5, "wave": short(wave[::5], 5),
    }
    json.dump(case, open(sys.argv[3], "w"))
    print(len(wave), "samples, rms", np.sqrt((wave**2).mean()))


if __name__ == "__main__":
    main()
