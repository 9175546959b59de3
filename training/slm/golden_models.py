"""Golden models: tiny random ones in three architectures as GGUF files, with the logits and greedy tokens that `transformers`
gives for them. Needs the tokens of golden_tokenizer.py, and the packages gguf, torch and transformers.

    python golden_models.py --tokenizer ../../crates/language/tests/golden/tokenizer.json \
        --models ../../crates/language/tests/data --out ../../crates/language/tests/golden/slm.json
"""

import argparse
import json

import gguf
import numpy as np
import torch
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

VOCABULARY, WIDTH, WIDE, LAYERS, HEADS, KEY_HEADS, WINDOW = 280, 32, 64, 2, 4, 2, 128
PROMPT = [72, 75, 78, 30, 12, 200, 259, 262, 5, 44, 90, 91]
# Name, classes, whether the embedding is the output too, the rotations' base, components of a head.
KINDS = [
    ("llama", LlamaConfig, LlamaForCausalLM, False, 500_000.0, 8),
    ("qwen2", Qwen2Config, Qwen2ForCausalLM, True, 1_000_000.0, 8),
    ("qwen3", Qwen3Config, Qwen3ForCausalLM, True, 1_000_000.0, 12),
]
PARTS = {
    "input_layernorm.weight": "attn_norm.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.q_proj.bias": "attn_q.bias",
    "self_attn.k_proj.bias": "attn_k.bias",
    "self_attn.v_proj.bias": "attn_v.bias",
    "self_attn.q_norm.weight": "attn_q_norm.weight",
    "self_attn.k_norm.weight": "attn_k_norm.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
}


def random_model(config_class, model_class, tied, base, head):
    """A model whose weights are half floats, so that the file holds them exactly."""
    torch.manual_seed(5)
    extra = {"head_dim": head} if model_class is not Qwen2ForCausalLM else {}
    config = config_class(
        vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=WIDE, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, num_key_value_heads=KEY_HEADS, max_position_embeddings=WINDOW, rms_norm_eps=1e-6,
        initializer_range=0.3, tie_word_embeddings=tied, rope_theta=base, **extra,
    )
    model = model_class(config).eval()
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if name.endswith("bias"):
                weights.normal_(0, 0.3)
            if "norm" in name:
                weights.copy_(1 + torch.randn_like(weights) * 0.2)
            weights.copy_(weights.half().float())
    return model


def neighbours(weights, heads):
    """Rows whose halves rotate together, put side by side, as GGUF's llama has them."""
    return weights.reshape(heads, 2, -1, weights.shape[-1]).swapaxes(1, 2).reshape(weights.shape)


def write(path, name, model, base, head, tokens, merges):
    file = gguf.GGUFWriter(path, name)
    file.add_block_count(LAYERS)
    file.add_context_length(WINDOW)
    file.add_embedding_length(WIDTH)
    file.add_feed_forward_length(WIDE)
    file.add_head_count(HEADS)
    file.add_head_count_kv(KEY_HEADS)
    file.add_layer_norm_rms_eps(1e-6)
    file.add_rope_freq_base(base)
    if head * HEADS != WIDTH:
        file.add_key_length(head)
        file.add_value_length(head)
    file.add_tokenizer_model("gpt2")
    file.add_tokenizer_pre("smollm" if name == "llama" else "qwen2")
    file.add_token_list(tokens)
    file.add_token_types([3, 3] + [1] * (VOCABULARY - 2))
    file.add_token_merges(merges)
    file.add_bos_token_id(0)
    file.add_eos_token_id(1)
    file.add_add_bos_token(False)

    def put(name, weights):
        file.add_tensor(name, weights.numpy().astype(np.float16 if weights.ndim == 2 else np.float32))

    weights = model.state_dict()
    put("token_embd.weight", weights["model.embed_tokens.weight"])
    put("output_norm.weight", weights["model.norm.weight"])
    if not model.config.tie_word_embeddings:
        put("output.weight", weights["lm_head.weight"])
    for layer in range(LAYERS):
        for theirs, ours in PARTS.items():
            part = weights.get(f"model.layers.{layer}.{theirs}")
            if part is None:
                continue
            heads = {"attn_q.weight": HEADS, "attn_k.weight": KEY_HEADS}.get(ours)
            put(f"blk.{layer}.{ours}", neighbours(part, heads) if heads and name == "llama" else part)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--tokenizer", required=True)
    args.add_argument("--models", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    with open(args.tokenizer, encoding="utf-8") as file:
        tokenizer = json.load(file)
    # Control tokens and bytes come first, then what merges make, in order.
    tokens, merges = tokenizer["tokens"][:VOCABULARY], tokenizer["merges"][: VOCABULARY - 258]
    golden = {}
    for name, config_class, model_class, tied, base, head in KINDS:
        model = random_model(config_class, model_class, tied, base, head)
        write(f"{args.models}/tiny_{name}.gguf", name, model, base, head, tokens, merges)
        with torch.no_grad():
            text, logits = list(PROMPT), model(torch.tensor([PROMPT])).logits[0, -1]
            for _ in range(24):
                text.append(int(model(torch.tensor([text])).logits[0, -1].argmax()))
        logits = [round(float(logit), 4) for logit in logits[:40]]
        golden[name] = {"prompt": PROMPT, "logits": logits, "greedy": text[len(PROMPT) :]}
    with open(args.out, "w", encoding="utf-8") as out:
        json.dump(golden, out, separators=(",", ":"))


if __name__ == "__main__":
    main()
