//! The shipped voice activity detector against its Python golden case, and on
//! input that no caller should be able to send.

use std::path::Path;

use hearsay_speech::vad::{
    MELS, SpeechDetector, SpeechDetectorConfig, SpeechEdge, VECTORS_PER_FRAME, Vad, VadError,
    VadState,
};

const FRAME: usize = VECTORS_PER_FRAME * MELS;
/// ln(1e-6): every feature of digital silence.
const SILENCE: f32 = -13.815_511;

#[derive(serde::Deserialize)]
struct Golden {
    mel: Vec<f32>,
    speech: Vec<f32>,
}

fn shipped() -> Vad {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../weights/data/vad.onnx");
    Vad::load(&std::fs::read(path).unwrap()).unwrap()
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/vad.json")).unwrap()
}

#[test]
fn probabilities_equal_the_python_model() {
    let (vad, golden) = (shipped(), golden());
    let mut state = VadState::new();
    let mut got = Vec::new();
    for frame in golden.mel.chunks(FRAME) {
        got.extend(vad.step_vectors(&mut state, frame).unwrap());
    }
    assert_eq!(got.len(), golden.speech.len());
    for (index, (got, want)) in got.iter().zip(&golden.speech).enumerate() {
        assert!((got - want).abs() < 1e-4, "vector {index}: {got} instead of {want}");
    }
}

#[test]
fn the_golden_clip_begins_after_half_a_second_of_silence() {
    let (vad, golden) = (shipped(), golden());
    let (mut state, mut detector) =
        (VadState::new(), SpeechDetector::new(SpeechDetectorConfig::default()));
    let edges: Vec<SpeechEdge> = golden
        .mel
        .chunks(FRAME)
        .filter_map(|frame| detector.push(vad.step(&mut state, frame).unwrap()))
        .collect();
    assert!(
        matches!(edges.first(), Some(&SpeechEdge::Onset { at_ms, .. }) if (480..=640).contains(&at_ms)),
        "edges: {edges:?}"
    );
}

#[test]
fn a_minute_of_digital_silence_is_silence() {
    let vad = shipped();
    let mut state = VadState::new();
    for frame in 0..3000 {
        let probability = vad.step(&mut state, &[SILENCE; FRAME]).unwrap();
        assert!(probability < 0.3, "frame {frame}: {probability}");
    }
}

#[test]
fn calls_do_not_mix_and_reset_forgets() {
    let (vad, golden) = (shipped(), golden());
    let mut first = VadState::new();
    for frame in golden.mel.chunks(FRAME) {
        vad.step(&mut first, frame).unwrap();
    }
    let mut copy = first.clone();
    let quiet = [SILENCE; FRAME];
    let going_on = vad.step(&mut first, &quiet).unwrap();
    assert_eq!(going_on, vad.step(&mut copy, &quiet).unwrap());
    first.reset();
    let fresh = vad.step(&mut first, &quiet).unwrap();
    assert_eq!(fresh, vad.step(&mut VadState::new(), &quiet).unwrap());
    assert_ne!(going_on, fresh);
}

#[test]
fn a_frame_of_another_length_is_an_error_and_changes_nothing() {
    let vad = shipped();
    let mut state = VadState::new();
    let error = vad.step(&mut state, &[0.0; 64]).unwrap_err();
    assert!(matches!(error, VadError::FrameLength { expected: 128, got: 64 }), "{error}");
    assert!(vad.step(&mut state, &[SILENCE; FRAME]).is_ok());
}

#[test]
fn bytes_that_are_no_model_are_an_error() {
    assert!(matches!(Vad::load(b"not a model"), Err(VadError::Network(_))));
}
