//! Whole models: documented text, a reference's logits, and outputs that never
//! depend on how they were computed.

pub(crate) mod files;
mod generation;
mod loading;
mod sessions;

use std::sync::Arc;

use super::generate::{Generation, Options};
use super::kv::{Precision, Session};
use super::llama2c::{self, Weights};
use super::*;

pub(crate) const STORIES: &[u8] = include_bytes!("../../tests/data/stories260K.bin");
pub(crate) const STORIES_TOKENS: &[u8] = include_bytes!("../../tests/data/tok512.bin");

pub(crate) fn stories(weights: Weights) -> Arc<Model> {
    Arc::new(llama2c::model(STORIES, weights).unwrap())
}

pub(crate) fn stories_tokenizer() -> Tokenizer {
    llama2c::tokenizer(STORIES_TOKENS, 512).unwrap()
}

/// The tokens of a whole output.
pub(crate) fn collect(mut generation: Generation<'_>) -> Vec<u32> {
    let mut out = Vec::new();
    while let Some(step) = generation.step().unwrap() {
        assert!(step.log_probability <= 1e-4, "{step:?}");
        out.push(step.token);
    }
    out
}

/// The story that a model tells from the begin token on.
fn story(model: &Arc<Model>, precision: Precision) -> String {
    let mut session = Session::new(model, precision);
    let options = Options { tokens_max: 256, stop: vec![1], ..Options::default() };
    let tokens = collect(Generation::new(&mut session, &[1], options).unwrap());
    stories_tokenizer().decode(&tokens)
}

fn documented() -> &'static str {
    include_str!("../../tests/data/stories260K.txt").trim_end_matches('\n')
}

fn characters_alike(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

#[test]
fn the_documented_story_comes_out() {
    let model = stories(Weights::Float);
    assert_eq!(story(&model, Precision::Float), documented());
    assert_eq!(story(&model, Precision::Half), documented());
}

/// Calls run on many threads over one model, and what a caller said is not printed.
#[test]
fn models_are_shared_and_sessions_tell_nothing() {
    let model = stories(Weights::EightBits);
    let tell = |_| {
        let model = model.clone();
        std::thread::spawn(move || story(&model, Precision::Half))
    };
    let threads: Vec<_> = (0..3).map(tell).collect();
    let alone = story(&model, Precision::Half);
    threads.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), alone));
    let mut session = Session::new(&model, Precision::Half);
    session.push(&[444, 445]).unwrap();
    assert_eq!(format!("{session:?}"), "Session(2 of 512 tokens)");
}

#[test]
fn in_eight_bits_the_story_begins_as_documented() {
    let model = stories(Weights::EightBits);
    let found = story(&model, Precision::Half);
    let alike = characters_alike(&found, documented());
    println!("{alike} of {} characters: {found}", documented().len());
    // It goes on otherwise then, and as well.
    assert!(alike >= 400, "{alike}");
    assert!(model.bytes() * 3 < stories(Weights::Float).bytes());
}

#[derive(serde::Deserialize)]
struct Reference {
    prompt: Vec<u32>,
    logits: Vec<f32>,
    greedy: Vec<u32>,
}

#[test]
fn three_architectures_give_the_references_logits_and_text() {
    let golden: std::collections::HashMap<String, Reference> =
        serde_json::from_str(include_str!("../../tests/golden/slm.json")).unwrap();
    for (name, file) in [
        ("llama", &include_bytes!("../../tests/data/tiny_llama.gguf")[..]),
        ("qwen2", include_bytes!("../../tests/data/tiny_qwen2.gguf")),
        ("qwen3", include_bytes!("../../tests/data/tiny_qwen3.gguf")),
    ] {
        let reference = &golden[name];
        let Slm { model, tokenizer } = load(file).unwrap();
        assert_eq!(model.config().architecture, name);
        assert_eq!(tokenizer.special("<|end|>"), Some(1));
        let mut session = Session::new(&model, Precision::Float);
        let logits = session.read(&reference.prompt, 1, |logits| logits.to_vec()).unwrap();
        assert_eq!(logits.len(), model.config().vocabulary);
        for (found, expected) in logits.iter().zip(&reference.logits) {
            assert!((found - expected).abs() < 2e-3, "{name}: {found} and {expected}");
        }
        let options = Options { tokens_max: reference.greedy.len(), ..Options::default() };
        let found = collect(Generation::new(&mut session, &reference.prompt, options).unwrap());
        assert_eq!(found, reference.greedy, "{name}");
    }
}

/// One pass over many tokens, token by token, and in odd parts, after a prefix or not.
#[test]
fn logits_do_not_depend_on_how_tokens_are_read() {
    let tokens: Vec<u32> = (0..150).map(|n| 3 + n * 37 % 500).collect();
    for weights in [Weights::Float, Weights::EightBits] {
        for precision in [Precision::Float, Precision::Half] {
            let model = stories(weights);
            let read = |parts: &[usize], prefix: usize| {
                let mut session = Session::new(&model, precision);
                if prefix > 0 {
                    let prefix = kv::Prefix::new(&model, &tokens[..prefix], precision).unwrap();
                    session = Session::after(&prefix);
                }
                let (mut begin, mut last) = (prefix, Vec::new());
                for &length in parts {
                    let part = &tokens[begin..begin + length];
                    last = session.read(part, length.min(3), |logits| logits.to_vec()).unwrap();
                    begin += length;
                }
                assert_eq!(session.tokens(), tokens);
                last.split_off(last.len() - 512)
            };
            let once = read(&[150], 0);
            assert_eq!(once, read(&[1; 150], 0), "token by token");
            assert_eq!(once, read(&[7, 64, 65, 14], 0), "in parts");
            assert_eq!(once, read(&[50, 2], 98), "after a prefix");
        }
    }
}
