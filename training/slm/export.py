"""Writes the model as GGUF: python export.py --model final.pt --tokenizer tokenizer.json --out slm_en.gguf [--type q8_0]

Architecture `llama`, tokenizer `gpt2` with the pre-tokenizer `smollm`; the marks of the prompt format are control tokens.
"""

import argparse
import json

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type

from model import Config
from prompt import MARKS

NAMES = {"attention_norm": "attn_norm", "feed_norm": "ffn_norm", "q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output",
         "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down"}


def tensor_name(name):
    if name == "embedding.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, number, part, _ = name.split(".")
    return f"blk.{number}.{NAMES[part]}.weight"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--type", default="q8_0", choices=["q8_0", "f16", "f32"])
    args = parser.parse_args()
    saved = torch.load(args.model)
    config = Config(**saved["config"])
    kind = {"q8_0": Type.Q8_0, "f16": Type.F16, "f32": Type.F32}[args.type]

    writer = gguf.GGUFWriter(args.out, "llama")
    writer.add_name("hearsay")
    writer.add_license("Apache-2.0")
    writer.add_context_length(config.window)
    writer.add_embedding_length(config.width)
    writer.add_block_count(config.layers)
    writer.add_feed_forward_length(config.hidden)
    writer.add_head_count(config.heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_rope_dimension_count(config.head_width)
    writer.add_rope_freq_base(config.rope_base)
    writer.add_layer_norm_rms_eps(config.epsilon)
    writer.add_vocab_size(config.vocabulary)

    body = json.load(open(args.tokenizer))["model"]
    pieces = [None] * config.vocabulary
    for piece, number in body["vocab"].items():
        pieces[number] = piece
    merges = [m if isinstance(m, str) else " ".join(m) for m in body["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(pieces)
    writer.add_token_types([gguf.TokenType.CONTROL if p in MARKS else gguf.TokenType.NORMAL for p in pieces])
    writer.add_token_merges(merges)
    writer.add_eos_token_id(pieces.index("<|end|>"))
    writer.add_bos_token_id(pieces.index("<|system|>"))
    writer.add_pad_token_id(pieces.index("<|pad|>"))
    writer.add_add_bos_token(False)

    for name, value in saved["master"].items():
        array = value.float().numpy()
        if array.ndim == 1:
            writer.add_tensor(tensor_name(name), array.astype(np.float32))
        else:
            writer.add_tensor(tensor_name(name), gguf.quants.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
