//! Files: good ones in several formats, and broken ones of every kind.

use candle_core::quantized::GgmlDType;

use super::files::{File, Item};
use super::*;

/// The stories' model and tokenizer as a GGUF file.
fn stories_file(kind: GgmlDType) -> File {
    let mut numbers = STORIES[28..].as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four));
    let mut take = |count: usize| numbers.by_ref().take(count).collect::<Vec<f32>>();
    let mut file = File::default();
    let (width, wide, layers, row) = (64, 172, 5, 32);
    // Blocks of 32 do not divide 172; zeros up to 192 change nothing.
    let whole = 192;
    file.tensor("token_embd.weight", &[512, width], kind, &take(512 * width));
    let name = |n: usize, end: &str| format!("blk.{n}.{end}.weight");
    let square = [("attn_norm", 0), ("attn_q", width), ("attn_k", row), ("attn_v", row)];
    let rest = [("attn_output", width), ("ffn_norm", 0), ("ffn_gate", wide)];
    let ends = [("ffn_down", wide), ("ffn_up", wide)];
    for (end, rows) in square.into_iter().chain(rest).chain(ends) {
        for n in 0..layers {
            let mut weights = take(rows.max(1) * width);
            match (end, rows) {
                (_, 0) => file.tensor(&name(n, end), &[width], GgmlDType::F32, &weights),
                ("ffn_down", _) => {
                    let rows = weights.chunks_exact(wide);
                    let fill = [0.0; 20];
                    let padded: Vec<f32> = rows.flat_map(|row| [row, &fill].concat()).collect();
                    file.tensor(&name(n, end), &[width, whole], kind, &padded);
                }
                ("ffn_gate" | "ffn_up", _) => {
                    weights.resize(whole * width, 0.0);
                    file.tensor(&name(n, end), &[whole, width], kind, &weights);
                }
                _ => file.tensor(&name(n, end), &[rows, width], kind, &weights),
            }
        }
    }
    file.tensor("output_norm.weight", &[width], GgmlDType::F32, &take(width));
    for (name, number) in [
        ("context_length", 512),
        ("embedding_length", 64),
        ("block_count", 5),
        ("feed_forward_length", 192),
        ("attention.head_count", 8),
        ("attention.head_count_kv", 4),
    ] {
        file.value(&format!("llama.{name}"), Item::Whole(number));
    }
    file.value("general.architecture", Item::Text("llama".into()));
    file.value("llama.attention.layer_norm_rms_epsilon", Item::Float(1e-5));
    tokens(&mut file);
    file
}

fn tokens(file: &mut File) {
    let (mut names, mut scores, mut rest) = (Vec::new(), Vec::new(), &STORIES_TOKENS[4..]);
    while let Some((head, after)) = rest.split_at_checked(8) {
        scores.push(f32::from_le_bytes(head[..4].try_into().unwrap()));
        let length = u32::from_le_bytes(head[4..].try_into().unwrap()) as usize;
        names.push(String::from_utf8(after[..length].to_vec()).unwrap().replace(' ', "\u{2581}"));
        rest = &after[length..];
    }
    let kinds = (0..512).map(|n| [2, 3, 3].get(n).copied().unwrap_or(if n < 259 { 6 } else { 1 }));
    file.value("tokenizer.ggml.model", Item::Text("llama".into()));
    file.value("tokenizer.ggml.tokens", Item::Texts(names));
    file.value("tokenizer.ggml.scores", Item::Floats(scores));
    file.value("tokenizer.ggml.token_type", Item::Wholes(kinds.collect()));
    file.value("tokenizer.ggml.bos_token_id", Item::Whole(1));
}

#[test]
fn a_gguf_file_tells_the_same_story() {
    let float = load(&stories_file(GgmlDType::F32).bytes()).unwrap();
    assert_eq!(story(&float.model, Precision::Half), documented());
    let text = "Lily's mom said: <s> 42 é";
    assert_eq!(float.tokenizer.encode(text), stories_tokenizer().encode(text));
    assert_eq!(float.tokenizer.begin(), Some(1));
    let eight = load(&stories_file(GgmlDType::Q8_0).bytes()).unwrap();
    let expected = story(&stories(Weights::EightBits), Precision::Half);
    assert_eq!(story(&eight.model, Precision::Half), expected);
    for kind in [GgmlDType::F16, GgmlDType::Q5_0, GgmlDType::Q4_0] {
        let found = story(&load(&stories_file(kind).bytes()).unwrap().model, Precision::Half);
        println!("{kind:?}: {}", characters_alike(&found, documented()));
        assert!(characters_alike(&found, documented()) >= 80, "{kind:?}: {found}");
    }
}

#[test]
fn what_is_missing_or_not_done_is_one_clear_line() {
    let good = stories_file(GgmlDType::Q8_0);
    let fails = |change: &dyn Fn(&mut File), parts: [&str; 2]| {
        let mut file = good.clone();
        change(&mut file);
        let error = load(&file.bytes()).unwrap_err().to_string();
        assert!(parts.iter().all(|part| error.contains(part)) && !error.contains('\n'), "{error}");
    };
    for name in [
        "general.architecture",
        "llama.block_count",
        "llama.embedding_length",
        "llama.context_length",
        "llama.feed_forward_length",
        "llama.attention.head_count",
        "token_embd.weight",
        "output_norm.weight",
        "blk.4.ffn_down.weight",
    ] {
        fails(&|file| file.remove(name), [name, "missing"]);
    }
    fails(&|file| file.remove("tokenizer.ggml.scores"), ["ggml.scores", "512 floats is needed"]);
    let text = |text: &str| Item::Text(text.into());
    fails(&|file| file.value("general.architecture", text("mamba")), ["mamba", "qwen3"]);
    fails(&|file| file.value("general.architecture", text("qwen2")), ["qwen2.", "needed"]);
    fails(&|file| file.value("llama.rope.scaling.type", text("yarn")), ["yarn", "not run"]);
    fails(&|file| file.value("llama.expert_count", Item::Whole(8)), ["expert_count", "not run"]);
    fails(&|file| file.value("llama.block_count", Item::Whole(6)), ["blk.5.", "missing"]);
    fails(&|file| file.value("llama.block_count", Item::Whole(9999)), ["9999", "256"]);
    fails(&|file| file.value("llama.attention.head_count", Item::Whole(6)), ["6 heads", "4"]);
    fails(&|file| file.value("llama.attention.key_length", Item::Whole(3)), ["heads of 3", "even"]);
    fails(&|file| file.value("llama.embedding_length", Item::Whole(96)), ["shape", "96"]);
    fails(&|file| file.value("llama.rope.dimension_count", Item::Whole(4)), ["size", "8"]);
    fails(&|file| file.value("general.alignment", Item::Whole(0)), ["general.alignment", "0"]);
    fails(&|file| file.value("llama.context_length", Item::Float(0.5)), ["0.5", "whole number"]);
}

#[test]
fn truncated_files_are_errors_wherever_they_end() {
    let file = include_bytes!("../../../tests/data/tiny_qwen3.gguf");
    for length in (0..file.len()).step_by(61).chain(0..200).chain([file.len() - 1]) {
        assert!(load(&file[..length]).is_err(), "{length}");
    }
    for length in (0..STORIES.len()).step_by(40_009).chain(0..40).chain([STORIES.len() - 1]) {
        assert!(llama2c::model(&STORIES[..length], Weights::Float).is_err(), "{length}");
    }
    for length in 0..STORIES_TOKENS.len() {
        assert!(llama2c::tokenizer(&STORIES_TOKENS[..length], 512).is_err(), "{length}");
    }
}

/// Nothing in a file makes the program panic or ask for memory that the file has not.
#[test]
fn arbitrary_bytes_do_no_harm() {
    let mut state = 2_463_534_242_u32;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    let good = include_bytes!("../../../tests/data/tiny_llama.gguf");
    for _ in 0..400 {
        let mut file = good.to_vec();
        for _ in 0..=next() % 6 {
            // Most of the directory is at the beginning.
            let at = next() as usize % if next() % 4 == 0 { file.len() } else { 9000 };
            file[at] = if next() % 3 == 0 { 255 } else { next() as u8 };
        }
        if let Ok(Slm { model, tokenizer }) = load(&file) {
            let mut session = Session::new(&model, Precision::Half);
            let tokens = tokenizer.encode("a <|end|> é");
            let _ = session.push(&tokens);
        }
    }
    for length in 0..300 {
        let mut file: Vec<u8> = (0..length).map(|_| next() as u8).collect();
        let _ = llama2c::tokenizer(&file, 512);
        let _ = llama2c::model(&file, Weights::EightBits);
        file.splice(0..0, *b"GGUF\x03\0\0\0");
        assert!(load(&file).is_err());
    }
}
