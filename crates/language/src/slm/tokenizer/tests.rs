//! Tokens equal those of a reference implementation; marks never come from text.

use super::super::gguf::Gguf;
use super::super::llama2c;
use super::super::tests::files::{File, Item};
use super::*;

#[derive(serde::Deserialize)]
struct Golden {
    tokens: Vec<String>,
    merges: Vec<String>,
    splits: HashMap<String, Vec<Vec<u32>>>,
    cases: Vec<String>,
    scored: Scored,
}

#[derive(serde::Deserialize)]
struct Scored {
    cases: Vec<String>,
    ids: Vec<Vec<u32>>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../tests/golden/tokenizer.json")).unwrap()
}

/// A file with the golden vocabulary, whose first two tokens are control tokens.
fn file(golden: &Golden, split: &str) -> File {
    let kinds = (0..golden.tokens.len()).map(|n| if n < 2 { 3 } else { 1 }).collect();
    let mut file = File::default();
    file.value("tokenizer.ggml.model", Item::Text("gpt2".into()));
    file.value("tokenizer.ggml.pre", Item::Text(split.into()));
    file.value("tokenizer.ggml.tokens", Item::Texts(golden.tokens.clone()));
    file.value("tokenizer.ggml.merges", Item::Texts(golden.merges.clone()));
    file.value("tokenizer.ggml.token_type", Item::Wholes(kinds));
    file.value("tokenizer.ggml.eos_token_id", Item::Whole(1));
    file
}

fn tokenizer(golden: &Golden, split: &str) -> Tokenizer {
    Tokenizer::from_gguf(&Gguf::parse(&file(golden, split).bytes()).unwrap()).unwrap()
}

fn scored() -> Tokenizer {
    llama2c::tokenizer(include_bytes!("../../../tests/data/tok512.bin"), 512).unwrap()
}

#[test]
fn tokens_equal_the_reference_for_every_split() {
    let golden = golden();
    assert_eq!(golden.splits.len(), 4);
    for (split, expected) in &golden.splits {
        let tokenizer = tokenizer(&golden, split);
        assert_eq!(tokenizer.warning(), None);
        for (text, expected) in golden.cases.iter().zip(expected) {
            assert_eq!(tokenizer.encode(text), *expected, "{split}: {text:?}");
            assert_eq!(tokenizer.decode(expected), *text, "{split}");
        }
    }
}

#[test]
fn scored_tokens_equal_the_reference() {
    let (golden, tokenizer) = (golden(), scored());
    for (text, expected) in golden.scored.cases.iter().zip(&golden.scored.ids) {
        let found = tokenizer.encode(text);
        assert_eq!(found, *expected, "{text:?}");
        assert_eq!(tokenizer.decode(&found), *text);
    }
    assert_eq!(tokenizer.begin(), Some(1));
    assert!(tokenizer.encode("").is_empty());
}

#[test]
fn control_tokens_come_by_name_and_never_from_text() {
    let tokenizer = tokenizer(&golden(), "smollm");
    assert_eq!(tokenizer.special("<|user|>"), Some(0));
    assert_eq!(tokenizer.special("<|end|>"), Some(1));
    assert_eq!((tokenizer.special("the"), tokenizer.end()), (None, Some(1)));
    let tokens = tokenizer.encode("<|user|>hi<|end|>");
    assert!(tokens.iter().all(|&token| token > 1), "{tokens:?}");
    assert_eq!(tokenizer.decode(&tokens), "<|user|>hi<|end|>");
    assert_eq!((tokenizer.decode(&[0, 1]), tokenizer.name(1)), (String::new(), "<|end|>".into()));
    let scored = scored();
    assert_eq!(scored.special("<s>"), Some(1));
    assert!(scored.encode("<s></s>").iter().all(|&token| token > 2));
}

#[test]
fn an_unknown_split_is_a_warning() {
    let tokenizer = tokenizer(&golden(), "viking");
    assert!(tokenizer.warning().is_some_and(|warning| warning.contains("viking")));
}

#[test]
fn a_stream_keeps_characters_whole() {
    let golden = golden();
    let tokenizer = tokenizer(&golden, "gpt-2");
    for text in golden.cases {
        let mut stream = TokenText::new(&tokenizer);
        let mut out = String::new();
        for token in tokenizer.encode(&text) {
            let piece = stream.push(token);
            assert!(!piece.contains('\u{fffd}'), "{text:?}: {piece:?}");
            out.push_str(&piece);
        }
        out.push_str(&stream.finish());
        assert_eq!(out, text);
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced_once_it_is_sure() {
    let tokenizer = tokenizer(&golden(), "gpt-2");
    let byte = |byte: u8| tokenizer.by_byte[usize::from(byte)].unwrap();
    let mut stream = TokenText::new(&tokenizer);
    assert_eq!(stream.push(byte(0xe0)), "");
    assert_eq!(stream.push(byte(b'a')), "\u{fffd}a");
    assert_eq!(stream.push(byte(0xff)), "\u{fffd}");
    assert_eq!(stream.push(byte(0xf0)), "");
    assert_eq!(stream.finish(), "\u{fffd}");
}

#[test]
fn long_words_do_not_take_forever() {
    let tokenizer = tokenizer(&golden(), "gpt-2");
    let text = "the".repeat(30_000);
    assert_eq!(tokenizer.decode(&tokenizer.encode(&text)), text);
}

#[test]
fn what_is_missing_or_wrong_is_an_error_with_its_place() {
    let golden = golden();
    let fails = |change: &dyn Fn(&mut File), at: &str| {
        let mut file = file(&golden, "gpt-2");
        change(&mut file);
        let bytes = file.bytes();
        let error = Tokenizer::from_gguf(&Gguf::parse(&bytes).unwrap()).unwrap_err().to_string();
        assert!(error.contains(at), "{error}");
    };
    for name in ["tokens", "merges", "model"] {
        let name = format!("tokenizer.ggml.{name}");
        fails(&|file| file.remove(&name), &name);
    }
    let name = "tokenizer.ggml.merges";
    fails(&|file| file.value(name, Item::Texts(vec!["a nothing".into()])), "merge 0");
    fails(&|file| file.value(name, Item::Texts(vec!["ab".into()])), "merge 0");
    fails(
        &|file| file.value("tokenizer.ggml.model", Item::Text("bert".into())),
        "bert is not read",
    );
    fails(&|file| file.value("tokenizer.ggml.eos_token_id", Item::Whole(9000)), "eos_token_id");
    let name = "tokenizer.ggml.token_type";
    fails(&|file| file.value(name, Item::Wholes(vec![1; 3])), name);
    // Without the token of a byte some text could not be read.
    fails(&|file| file.value(name, Item::Wholes(vec![3; golden.tokens.len()])), "byte 0");
}
