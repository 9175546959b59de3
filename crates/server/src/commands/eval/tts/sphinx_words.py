"""Words of WAV files by PocketSphinx's English model.

Reads paths as JSON strings, one a line, and answers each with one JSON line. The files are 16 kHz, 16-bit, mono.
Each sentence is decoded from the model's first state, so that the order of the files does not matter.
"""

import json
import re
import sys
import wave

try:
    import pocketsphinx
except ImportError:
    print(json.dumps({"missing": "pocketsphinx"}), flush=True)
    sys.exit(0)


def words(path):
    with wave.open(path) as file:
        samples = file.readframes(file.getnframes())
    decoder = pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()
    heard = decoder.hyp()
    # "(2)" marks a second pronunciation.
    return re.sub(r"\(\d+\)", "", heard.hypstr) if heard else ""


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    try:
        answer = {"words": words(json.loads(line))}
    except Exception as error:  # the caller says which file it was
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
