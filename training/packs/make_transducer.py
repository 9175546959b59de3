"""Makes the model packs that the tests of the loader read, and what they must give.

    python make_transducer.py --out ../../crates/speech/tests/data/pack

Trains a tiny conformer transducer on spoken digits of flite's voices (under two minutes on one
thread), exports it beside three nets of the other signatures with seeded weights, and writes
`golden.json` by running the files with ONNX Runtime.
"""
import argparse
import json
import pathlib
import random
import subprocess
import tempfile
import time

import numpy as np
import scipy.io.wavfile
import torch
import torchaudio

from export import TAIL, Pack, export
from nets import JOIN, MELS, SILENCE, Conformer, Decoder, Joiner, Lstm, States

RATE = 16000
VOICES = ("slt", "rms", "awb", "kal16")
PIECES = {"zero": "▁ZE RO", "one": "▁ONE", "two": "▁TWO", "three": "▁THREE", "four": "▁FOUR",
          "five": "▁FI VE", "six": "▁SIX", "seven": "▁SE VEN", "eight": "▁EIGHT", "nine": "▁NI NE"}
TOKENS = ["<blk>", "<sos/eos>", "<unk>"] + sorted({p for w in PIECES.values() for p in w.split()})


def say(text, voice, stretch, folder):
    """Samples in [-1, 1] at 16 kHz."""
    path = folder / "say.wav"
    subprocess.run(["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}",
                    "-t", text, str(path)], check=True)
    rate, samples = scipy.io.wavfile.read(path)
    wave = torch.from_numpy(samples.astype(np.float32) / 32768)
    return torchaudio.functional.resample(wave, rate, RATE)


def features(wave):
    """What `audio::fbank` computes: Kaldi's filter bank as sherpa-onnx configures it."""
    return torchaudio.compliance.kaldi.fbank(
        wave[None], num_mel_bins=MELS, sample_frequency=RATE, dither=0.0, snip_edges=False,
        high_freq=-400.0)


def make_clips(count, seed, folder):
    """Clips of one to five digits: (features, token ids, wave, words)."""
    draw, clips = random.Random(seed), []
    for _ in range(count):
        words = draw.choices(list(PIECES), k=draw.randint(1, 5))
        wave = say(" ".join(words), draw.choice(VOICES), draw.uniform(0.85, 1.2), folder)
        wave = torch.cat([torch.zeros(draw.randint(0, 4000)), wave * draw.uniform(0.4, 1.2)])
        wave = (wave + 10 ** draw.uniform(-5, -3) * torch.randn(len(wave))).clamp(-1, 1)
        ids = [TOKENS.index(p) for word in words for p in PIECES[word].split()]
        clips.append((features(wave), ids, wave, words))
    return clips


def run_encoder(encoder, feats):
    """(N, frames, 80) to (N, steps, join) in chunks, as it will be run."""
    states, out = encoder.states(feats.shape[0]), []
    for start in range(0, feats.shape[1] - encoder.T + encoder.STEP, encoder.STEP):
        y, attn, conv = encoder(feats[:, start:start + encoder.T], *states)
        states = [attn, conv, states[2] + y.shape[1]]
        out.append(y)
    return torch.cat(out, 1)


def batch_of(clips, encoder):
    longest = max(len(f) for f, *_ in clips) + TAIL
    frames = -(-longest // encoder.STEP) * encoder.STEP + encoder.T - encoder.STEP
    feats = torch.full((len(clips), frames, MELS), SILENCE)
    for i, (f, *_) in enumerate(clips):
        feats[i, :len(f)] = f
    steps = torch.tensor([-(-(len(f) + TAIL) // encoder.STEP) * (encoder.STEP // 4)
                          for f, *_ in clips], dtype=torch.int32)
    width = max(len(ids) for _, ids, *_ in clips)
    ids = torch.zeros(len(clips), width, dtype=torch.int32)
    for i, (_, tokens, *_) in enumerate(clips):
        ids[i, :len(tokens)] = torch.tensor(tokens, dtype=torch.int32)
    lengths = torch.tensor([len(tokens) for _, tokens, *_ in clips], dtype=torch.int32)
    return feats, steps, ids, lengths


def losses(nets, ctc, batch):
    encoder, decoder, joiner = nets
    feats, steps, ids, lengths = batch
    encoded = run_encoder(encoder, feats)
    start = torch.full((len(ids), 1), 0)
    context = torch.cat([start - 1, start, ids.long()], 1).unfold(1, 2, 1)
    decoded = decoder(context.reshape(-1, 2)).reshape(len(ids), -1, JOIN)
    logits = joiner(encoded.unsqueeze(2), decoded.unsqueeze(1))
    main = torchaudio.functional.rnnt_loss(logits, ids, steps, lengths, blank=0)
    side = torch.nn.functional.ctc_loss(ctc(encoded).log_softmax(-1).transpose(0, 1), ids.long(),
                                        steps.long(), lengths.long(), zero_infinity=True)
    return main + side


def train(steps, folder, report):
    encoder, decoder, joiner = nets = Conformer(), Decoder(len(TOKENS)), Joiner(len(TOKENS))
    ctc = torch.nn.Linear(JOIN, len(TOKENS))
    clips = make_clips(240, 1, folder)
    modules = torch.nn.ModuleList([*nets, ctc])
    optimiser = torch.optim.AdamW(modules.parameters(), lr=4e-3, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 8e-3, total_steps=steps, pct_start=0.1)
    draw, begun, mean = random.Random(2), time.time(), None
    for step in range(steps):
        chosen = draw.sample(clips, 16)
        loss = losses(nets, ctc, batch_of(chosen, encoder))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
        optimiser.step()
        plan.step()
        mean = loss.item() if mean is None else 0.95 * mean + 0.05 * loss.item()
        if (step + 1) % report == 0:
            print(f"| {step + 1} | {mean:.3f} | {time.time() - begun:.0f} |", flush=True)
    return nets


def errors(pack, clips):
    """Wrong, missing and added words of greedy decoding, and words."""
    wrong = total = 0
    for feats, _, _, words in clips:
        said = text_of(pack.greedy(pack.encode(feats.numpy()))[0]).split()
        row = list(range(len(said) + 1))
        for i, word in enumerate(words):
            last, row = row, [i + 1]
            for j, other in enumerate(said):
                row.append(min(row[-1] + 1, last[j + 1] + 1, last[j] + (word != other)))
        wrong, total = wrong + row[-1], total + len(words)
    return wrong, total


def text_of(tokens):
    return "".join(TOKENS[t] for t, _ in tokens).replace("▁", " ").strip().lower()


def golden(pack, feats):
    """What a folder must give for these features."""
    steps = pack.encode(feats)
    tokens, lead = pack.greedy(steps)
    ids, at = [t for t, _ in tokens], [s for _, s in tokens]
    return {"tokens": ids, "steps": at, "text": text_of(tokens), "encoder_steps": len(steps),
            "first": steps[0].tolist(), "last": steps[-1].tolist(), "lead": lead}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--keep", action="store_true", help="keep the trained pack that is there")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not args.keep:
            nets = [net.eval() for net in train(args.steps, folder, 50)]
            export(args.out / "digits", "epoch-99-avg-1", *nets, TOKENS)
        tests = make_clips(40, 9, folder)
        said = "three one four seven"
        wave = say(said, "slt", 0.9, folder)
    pack = Pack(args.out / "digits")
    print("words wrong, words:", *errors(pack, tests))
    samples = (wave.clamp(-1, 1) * 32767).round().to(torch.int16).numpy()
    scipy.io.wavfile.write(args.out / "digits.wav", RATE, samples)
    feats = features(torch.from_numpy(samples.astype(np.float32) / 32768)).numpy()
    cases = {"digits": golden(pack, feats)}
    others = {"lstm": Lstm(), "zipformer": States(1), "zipformer2": States(2)}
    for name, encoder in others.items():
        decoder, joiner = Decoder(len(TOKENS), 8), Joiner(len(TOKENS))
        # Fewer blanks, so that there is something to compare.
        torch.nn.init.normal_(joiner.output.weight, std=1.0)
        with torch.no_grad():
            joiner.output.bias[1:3] = -1e4
        export(args.out / name, "epoch-99-avg-1", encoder.eval(), decoder.eval(), joiner.eval(),
               TOKENS)
        cases[name] = golden(Pack(args.out / name), feats)
    for name, case in cases.items():
        print(name, case["text"], f"least lead {case['lead']:.4f}")
    (args.out / "golden.json").write_text(json.dumps({"said": said, "cases": cases}))


if __name__ == "__main__":
    main()
