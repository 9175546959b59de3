"""Golden tokens: a small byte-level vocabulary cut in four ways, and llama2.c's scored one, as the `tokenizers` library reads
them. The vocabulary is learnt from texts that are given, so that another run gives other tokens and equally good cases.

    python golden_tokenizer.py --scored ../../crates/language/tests/data/tok512.bin \
        --story ../../crates/language/tests/data/stories260K.txt --out ../../crates/language/tests/golden/tokenizer.json TEXT...
"""

import argparse
import json
import struct

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

CONTROL = ["<|user|>", "<|end|>"]
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
CASES = [
    '',
    ' ',
    'Hello',
    'Hello, how are you today?',
    '  two spaces  and a tail   ',
    'tabs\tand\nlines\r\n\r\n  after\n',
    "I'm sure they're here, we've got it; he'd say she'll come, isn't it? IT'S 'Tis 'sup",
    'Your balance is $1,234.56 on 2024-11-25 at 09:05.',
    'call 415-555-0123 ext 7',
    '1234567890',
    'a1b22c333d4444',
    'The caller said: "no, fifteen not fifty!" (twice)',
    'na\xefve caf\xe9 \u2013 Z\xfcrich\u2019s best\u2026',
    'El ni\xf1o comi\xf3 3\xbd tacos; \xbfcu\xe1nto cuesta?',
    '\u092e\u0947\u0930\u093e \u0916\u093e\u0924\u093e \u0928\u0902\u092c\u0930 \u0967\u0968\u0969\u096a \u0939\u0948, \u0915\u0943\u092a\u092f\u093e \u091c\u093e\u0901\u091a \u0915\u0930\u0947\u0902\u0964',
    '\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8\u3001\u3067\u3059\u3002',
    '\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u0661\u0662\u0663',
    'emoji \U0001f600\U0001f44d\U0001f3fd and zero\u200dwidth\u200b',
    'nb\xa0space\u2003em\u3000ideographic',
    '\u2167 \u2461 \xbd \xbe x\xb2 H\u2082O',
    'e\u0301 combining a\u0308',
    'under_score-and/slash\\back',
    '!!! ??? ... --- ###',
    '{"name":"pay_bill","arguments":{"amount":42}}',
    ' leading',
    'trailing ',
    '\n\nstart',
    'a\n \n b',
    'x  y',
    'x \n y',
    "\u0130stanbul \u017f's long s",
    '\u24b6 circled \ua66e',
    '\x00\x01control\x7f',
    '  \n',
    '      indent = 4\n\treturn x',
    'supercalifragilisticexpialidocious recognition recogniser agents',
    "don''t ''ll 'LL 'Ve",
]


def byte_level(use_regex=True):
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)


def isolated(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), byte_level(False)])


SPLITS = {
    "gpt-2": byte_level(),
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level()]),
    "llama-bpe": isolated(LLAMA3),
    "qwen2": isolated(QWEN2),
}


def learnt(paths):
    """A byte-level tokenizer of 900 tokens, and its tokens and merges as GGUF lists them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = byte_level()
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=CONTROL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    lines = [line for path in paths for line in open(path, encoding="utf-8").read().split("\n")]
    tokenizer.train_from_iterator(lines, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    return tokenizer, tokens, merges


def scored(path):
    """llama2.c's 512 tokens as merges by score."""
    data, at, names, scores = open(path, "rb").read(), 4, [], []
    while at < len(data):
        score, length = struct.unpack_from("<fi", data, at)
        names.append(data[at + 8 : at + 8 + length].decode().replace(" ", "\u2581"))
        scores.append(score)
        at += 8 + length
    names[:3] = ["<unk>", "<s>", "</s>"]
    tokens = {name: token for token, name in enumerate(names)}
    pairs = []
    for token in range(259, len(names)):
        for cut in range(1, len(names[token])):
            left, right = names[token][:cut], names[token][cut:]
            if left in tokens and right in tokens:
                pairs.append((-scores[token], tokens[left], tokens[right], (left, right)))
    merges = [pair[3] for pair in sorted(pairs)]
    tokenizer = Tokenizer(models.BPE(vocab=tokens, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    return tokenizer


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--scored", required=True)
    args.add_argument("--story", required=True)
    args.add_argument("--out", required=True)
    args.add_argument("texts", nargs="+")
    args = args.parse_args()
    tokenizer, tokens, merges = learnt(args.texts)
    golden = {"tokens": tokens, "merges": merges, "splits": {}, "cases": CASES}
    for name, split in SPLITS.items():
        tokenizer.pre_tokenizer = split
        golden["splits"][name] = [tokenizer.encode(case, add_special_tokens=False).ids for case in CASES]
    reference = scored(args.scored)
    cases = [case for case in CASES if case and len(case.encode()) < 60]
    cases.append(open(args.story, encoding="utf-8").read().rstrip("\n"))
    golden["scored"] = {"cases": cases, "ids": [reference.encode(case, add_special_tokens=False).ids for case in cases]}
    with open(args.out, "w", encoding="utf-8") as out:
        json.dump(golden, out, separators=(",", ":"))


if __name__ == "__main__":
    main()
