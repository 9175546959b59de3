//! The recogniser as shipped: against its golden case, and how a stream behaves.

use std::sync::Arc;

use hearsay_speech::recogniser::{
    Bias, CHUNK_FRAMES, LANGUAGE_WEIGHT, MELS, Recogniser, RecogniserError, UTTERANCE_FRAMES_MAX,
};
use serde::Deserialize;

/// Made by `training/asr/golden.py`; the voice is flite's slt, whose licence allows it.
#[derive(Deserialize)]
struct Golden {
    said: String,
    /// (frames, 64), flattened.
    mel: Vec<f32>,
    greedy: String,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/asr.json")).expect("the golden case")
}

fn data(name: &str) -> Vec<u8> {
    let path = format!("{}/../weights/data/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn tokens() -> String {
    String::from_utf8(data("asr_tokens.txt")).expect("UTF-8")
}

fn plain() -> Recogniser {
    Recogniser::load(&data("asr_encoder.onnx"), &tokens()).expect("the shipped recogniser")
}

fn shipped() -> Recogniser {
    plain()
        .with_language_model(&data("asr_lm.bin"), LANGUAGE_WEIGHT)
        .expect("the shipped language model")
}

#[test]
fn hears_the_golden_sentence_chunk_by_chunk() {
    let (recogniser, golden) = (shipped(), golden());
    let mut stream = recogniser.stream(None);
    let mut interims = Vec::new();
    for packet in golden.mel.chunks(2 * MELS) {
        interims.extend(stream.push(&recogniser, packet).expect("push"));
    }
    let transcript = stream.finish(&recogniser).expect("finish");
    assert_eq!(transcript.text, golden.said);
    assert!(
        interims
            .windows(2)
            .all(|pair| pair[0].text != pair[1].text && pair[0].end_ms < pair[1].end_ms)
    );
    let times: Vec<u64> = transcript.words.iter().flat_map(|w| [w.start_ms, w.end_ms]).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.last().is_some_and(|&end| end <= (golden.mel.len() / MELS) as u64 * 10));
    assert!(transcript.words.iter().all(|w| w.confidence > 0.0 && w.confidence <= 1.0));
}

#[test]
fn without_a_language_model_it_follows_the_likeliest_pieces() {
    let (recogniser, golden) = (plain(), golden());
    let mut stream = recogniser.stream(None);
    stream.push(&recogniser, &golden.mel).expect("push");
    assert_eq!(stream.finish(&recogniser).expect("finish").text, golden.greedy);
}

#[test]
fn packet_sizes_do_not_matter() {
    let (recogniser, golden) = (shipped(), golden());
    let hear = |frames: usize| {
        let mut stream = recogniser.stream(None);
        for packet in golden.mel.chunks(frames * MELS) {
            stream.push(&recogniser, packet).expect("push");
        }
        stream.finish(&recogniser).expect("finish")
    };
    let whole = hear(golden.mel.len() / MELS);
    assert_eq!(hear(1), whole);
    assert_eq!(hear(7), whole);
}

#[test]
fn a_clone_previews_the_end_and_finish_starts_anew() {
    let (recogniser, golden) = (shipped(), golden());
    let mut stream = recogniser.stream(None);
    stream.push(&recogniser, &golden.mel).expect("push");
    let preview = stream.clone().finish(&recogniser).expect("preview");
    assert_eq!(stream.finish(&recogniser).expect("finish"), preview);
    assert_eq!(stream.frames_heard(), 0);
    stream.push(&recogniser, &golden.mel).expect("push");
    assert_eq!(
        stream.finish(&recogniser).expect("finish"),
        preview,
        "nothing is left of the utterance before"
    );
}

#[test]
fn nothing_heard_is_no_words() {
    let recogniser = shipped();
    let mut stream = recogniser.stream(None);
    assert!(stream.finish(&recogniser).expect("finish").words.is_empty());
}

#[test]
fn a_favoured_phrase_wins_where_it_is_near() {
    let (recogniser, golden) = (shipped(), golden());
    let mut stream = recogniser.stream(Some(Arc::new(Bias::new(["my car was stolen"], 20.0))));
    stream.push(&recogniser, &golden.mel).expect("push");
    let forced = stream.finish(&recogniser).expect("finish").text;
    let mut stream = recogniser.stream(Some(Arc::new(Bias::new([&golden.said], 0.5))));
    stream.push(&recogniser, &golden.mel).expect("push");
    assert_eq!(stream.finish(&recogniser).expect("finish").text, golden.said);
    assert_ne!(forced, golden.said, "an absurd boost is heard");
}

#[test]
fn bad_input_is_refused_and_harmless() {
    let recogniser = plain();
    let mut stream = recogniser.stream(None);
    assert!(matches!(stream.push(&recogniser, &[0.0; 65]), Err(RecogniserError::PartialFrame(65))));
    let long = vec![0.0; (UTTERANCE_FRAMES_MAX + 1) * MELS];
    assert!(matches!(stream.push(&recogniser, &long), Err(RecogniserError::TooLong)));
    assert_eq!(stream.frames_heard(), 0);
    stream.push(&recogniser, &vec![f32::NAN; CHUNK_FRAMES * MELS]).expect("no panic on NaN");
    stream.finish(&recogniser).expect("no panic on NaN");
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let short = tokens().lines().take(40).collect::<Vec<_>>().join("\n");
    assert!(matches!(
        Recogniser::load(&data("asr_encoder.onnx"), &short),
        Err(RecogniserError::Shape { .. })
    ));
    assert!(matches!(Recogniser::load(b"not onnx", &tokens()), Err(RecogniserError::Network(_))));
    let damaged = plain().with_language_model(&data("asr_lm.bin")[..1000], LANGUAGE_WEIGHT);
    assert!(matches!(damaged, Err(RecogniserError::LanguageModel(_))));
}
