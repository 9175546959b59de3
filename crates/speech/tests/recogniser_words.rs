//! The recogniser as shipped, with its words: what a stream says while it goes on and at its end.

use std::sync::Arc;

use hearsay_speech::recogniser::{
    Bias, CHUNK_FRAMES, Interim, MELS, Recogniser, RecogniserError, Transcript,
    UTTERANCE_FRAMES_MAX,
};
use serde::Deserialize;

/// Made by `training/asr/golden.py`; the voice is flite's slt, whose licence allows it.
#[derive(Deserialize)]
struct Golden {
    said: String,
    /// (frames, 64), flattened.
    mel: Vec<f32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/asr.json")).expect("the golden case")
}

fn data(name: &str) -> Vec<u8> {
    let path = format!("{}/../weights/data/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn plain() -> Recogniser {
    let tokens = String::from_utf8(data("asr_tokens.txt")).expect("UTF-8");
    Recogniser::load(&data("asr_encoder.onnx"), &tokens).expect("the shipped recogniser")
}

fn shipped() -> Recogniser {
    plain().with_words(&data("asr_words.bin")).expect("the shipped words")
}

fn hear(
    recogniser: &Recogniser,
    bias: Option<Bias>,
    mel: &[f32],
    frames: usize,
) -> (Vec<Interim>, Transcript) {
    let mut stream = recogniser.stream(bias.map(Arc::new));
    let mut interims = Vec::new();
    for packet in mel.chunks(frames * MELS) {
        interims.extend(stream.push(recogniser, packet).expect("push"));
    }
    (interims, stream.finish(recogniser).expect("finish"))
}

#[test]
fn hears_the_golden_sentence() {
    let (recogniser, golden) = (shipped(), golden());
    let (interims, transcript) = hear(&recogniser, None, &golden.mel, 2);
    let said: Vec<&str> = golden.said.split(' ').collect();
    let right = said.iter().filter(|w| transcript.words.iter().any(|got| got.text == **w)).count();
    assert!(4 * right >= 3 * said.len(), "{} for {}", transcript.text, golden.said);
    assert!(transcript.words.len() <= said.len() + 1, "{}", transcript.text);
    assert!(interims.windows(2).all(|pair| pair[0].end_ms < pair[1].end_ms));
    let times: Vec<u64> = transcript.words.iter().flat_map(|w| [w.start_ms, w.end_ms]).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.last().is_some_and(|&end| end <= (golden.mel.len() / MELS) as u64 * 10));
    assert!(transcript.words.iter().all(|w| w.confidence > 0.0 && w.confidence <= 1.0));
}

#[test]
fn what_is_stable_stays() {
    let (recogniser, golden) = (shipped(), golden());
    let twice = [golden.mel.as_slice(), &golden.mel].concat();
    let (interims, transcript) = hear(&recogniser, None, &twice, 3);
    let texts = interims.iter().map(|i| i.text.as_str()).chain([transcript.text.as_str()]);
    for (before, after) in interims.iter().zip(texts.skip(1)) {
        let stable = &before.text[..before.stable_chars];
        assert!(after.starts_with(stable), "{stable:?} was stable, then {after:?}");
    }
    let longest = interims.iter().map(|i| i.stable_chars).max().unwrap_or(0);
    assert!(longest > golden.said.len() / 2, "{longest} bytes became stable");
}

#[test]
fn packets_clones_and_repetition_do_not_matter() {
    let (recogniser, golden) = (shipped(), golden());
    let (_, whole) = hear(&recogniser, None, &golden.mel, golden.mel.len() / MELS);
    assert_eq!(hear(&recogniser, None, &golden.mel, 7).1, whole);
    let mut stream = recogniser.stream(None);
    stream.push(&recogniser, &golden.mel).expect("push");
    assert_eq!(stream.clone().finish(&recogniser).expect("preview"), whole);
    assert_eq!(stream.finish(&recogniser).expect("finish"), whole);
    stream.push(&recogniser, &golden.mel).expect("push");
    assert_eq!(stream.finish(&recogniser).expect("finish"), whole, "a second utterance");
}

#[test]
fn values_that_are_no_numbers_harm_no_more_than_silence() {
    let (recogniser, golden) = (shipped(), golden());
    let silence = (1e-6f32).ln();
    let after = |first: &[f32]| {
        let before: Vec<f32> = first.iter().copied().cycle().take(CHUNK_FRAMES * MELS).collect();
        hear(&recogniser, None, &[before, golden.mel.clone()].concat(), 10).1
    };
    let quiet = after(&[silence]);
    assert!(!quiet.words.is_empty());
    assert_eq!(after(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]).text, quiet.text);
}

#[test]
fn nothing_silence_and_noise_make_no_sentences() {
    let recogniser = shipped();
    assert_eq!(hear(&recogniser, None, &[], 1).1, Transcript::default());
    let silence = vec![(1e-6f32).ln(); 300 * MELS];
    assert_eq!(hear(&recogniser, None, &silence, 10).1.text, "");
}

#[test]
fn ninety_seconds_are_heard_to_the_end() {
    let (recogniser, golden) = (shipped(), golden());
    let frames = UTTERANCE_FRAMES_MAX * MELS;
    let mel: Vec<f32> = golden.mel.iter().copied().cycle().take(frames).collect();
    let mut stream = recogniser.stream(None);
    stream.push(&recogniser, &mel).expect("push");
    assert!(matches!(stream.push(&recogniser, &mel[..MELS]), Err(RecogniserError::TooLong)));
    let transcript = stream.finish(&recogniser).expect("finish");
    assert!(transcript.words.last().is_some_and(|w| w.end_ms > 80_000), "{}", transcript.text);
}

#[test]
fn favoured_words_may_be_anything() {
    let (recogniser, golden) = (shipped(), golden());
    let (_, plain) = hear(&recogniser, None, &golden.mel, 10);
    let odd = ["", "42", "q'x", "Nguyễn", "xyzzy plugh", "a", "ааа", &"long ".repeat(500)];
    let bias = Bias::new(odd, 0.5).expecting_digits(true);
    let (_, biased) = hear(&recogniser, Some(bias), &golden.mel, 10);
    assert!(!biased.text.is_empty());
    let none = Bias::new(Vec::<String>::new(), 0.5);
    assert_eq!(hear(&recogniser, Some(none), &golden.mel, 10).1, plain);
    let own = Bias::new([&golden.said], 0.5);
    assert_eq!(hear(&recogniser, Some(own), &golden.mel, 10).1.text, golden.said);
}

#[test]
fn damaged_words_are_refused() {
    let words = data("asr_words.bin");
    let refused = |bytes: &[u8]| match plain().with_words(bytes) {
        Err(RecogniserError::Words(why)) => !why.is_empty(),
        _ => false,
    };
    assert!(refused(b"") && refused(b"HSWL") && refused(&words[..words.len() - 1]));
    let mut seed = 7u64;
    for _ in 0..4 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut bad = words.clone();
        let bit = (seed >> 16) as usize % (bad.len() * 8);
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(refused(&bad), "bit {bit}");
    }
}
