//! The shipped punctuation: what callers say reads as they would write it, and
//! no input does harm.

use std::path::Path;

use hearsay_language::punctuate::{LOOK_AHEAD_WORDS, Punctuator, WINDOW_WORDS_MAX};

fn shipped() -> Punctuator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weights/data/punctuate_en.bin");
    Punctuator::load(&std::fs::read(path).unwrap()).unwrap()
}

fn written(punctuator: &Punctuator, text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    punctuator.restore(&words).join(" ")
}

#[test]
fn what_callers_say_reads_as_written() {
    let punctuator = shipped();
    for expected in [
        "Yes.",
        "No, thank you.",
        "What time do you open?",
        "Can you help me?",
        "I lost my card.",
        "I want to go to New York on Monday.",
        "Yes, please.",
    ] {
        let spoken = expected.replace(['.', ',', '?'], "").to_lowercase();
        assert_eq!(written(&punctuator, &spoken), expected);
    }
}

#[test]
fn a_stream_gives_the_same_and_changes_nothing() {
    let punctuator = shipped();
    let text = "hi um i lost my card yesterday can you send me a new one i live in boston";
    let words: Vec<&str> = text.split(' ').collect();
    let mut stream = punctuator.stream();
    let mut certain = Vec::new();
    for (n, word) in words.iter().enumerate() {
        certain.extend(stream.push(word));
        assert_eq!(certain.len(), (n + 1).saturating_sub(LOOK_AHEAD_WORDS));
        let mut so_far = certain.clone();
        so_far.extend(stream.clone().finish());
        assert_eq!(so_far, punctuator.restore(&words[..=n]), "as if it ended here");
    }
    certain.extend(stream.finish());
    assert_eq!(certain, punctuator.restore(&words));
}

#[test]
fn every_word_gives_one_word_and_keeps_its_letters() {
    let punctuator = shipped();
    let words =
        ["", "4412", "Zürich", "iPhone", "नमस्ते", "card,", "a b", "'", "’", "ok?", "\0", "um"];
    let out = punctuator.restore(&words);
    assert_eq!(out.len(), words.len());
    for (word, written) in words.iter().zip(&out) {
        let letters = written.strip_suffix(['.', ',', '?']).unwrap_or(written);
        let kept = if word.ends_with([',', '?']) { written.as_str() } else { letters };
        assert!(kept.eq_ignore_ascii_case(word), "{word:?} became {written:?}");
        let changed = kept != *word;
        assert!(!changed || word.bytes().all(|b| b.is_ascii_lowercase()), "{word:?}: {written:?}");
    }
    assert_eq!(out[0], "", "nothing is put on nothing");
    assert!(punctuator.restore(&[]).is_empty());
    assert!(punctuator.stream().finish().is_empty());
}

#[test]
fn a_capital_follows_a_sentence_and_i_is_one() {
    let punctuator = shipped();
    let text = "i'm in a hurry i think i've lost it what can i do is there a way i'd like to know";
    let words: Vec<&str> = text.split(' ').collect();
    let out = punctuator.restore(&words);
    let mut begins = true;
    for (word, written) in words.iter().zip(&out) {
        let capital = written.starts_with(|c: char| c.is_ascii_uppercase());
        assert!(capital || !(begins || word.starts_with("i'") || *word == "i"), "{out:?}");
        begins = written.ends_with(['.', '?']);
    }
    assert!(out.iter().any(|word| word.ends_with('?')), "{out:?}");
}

#[test]
fn a_long_turn_is_the_same_in_windows() {
    let punctuator = shipped();
    let words: Vec<&str> =
        "so i called them and they said it was fine but it wasn't".split(' ').collect();
    let long: Vec<&str> = words.iter().copied().cycle().take(2 * WINDOW_WORDS_MAX + 7).collect();
    let mut stream = punctuator.stream();
    let mut one_by_one: Vec<String> = long.iter().flat_map(|word| stream.push(word)).collect();
    one_by_one.extend(stream.finish());
    assert_eq!(punctuator.restore(&long), one_by_one);
}
