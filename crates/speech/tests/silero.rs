//! Silero's real files against what ONNX Runtime gives in Python; `training/packs/golden_silero.py`
//! made the numbers.
//!
//! The files are not ours and not in the repository. Put `silero_vad.onnx` and
//! `silero_vad_16k_op15.onnx` into a folder and name it in `HEARSAY_TEST_MODELS` (default:
//! `../shared/models` beside the repository); what is not there is skipped aloud.

use std::path::PathBuf;

use hearsay_speech::silero::{SileroError, SileroVad};

fn folder() -> PathBuf {
    std::env::var_os("HEARSAY_TEST_MODELS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/models"),
        PathBuf::from,
    )
}

fn model(name: &str) -> Option<Vec<u8>> {
    let path = folder().join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: no {}; set HEARSAY_TEST_MODELS to a folder with it", path.display());
    }
    bytes
}

/// The clip of the digits at 16 kHz, or every second sample of it.
fn clip(rate_hz: u32) -> Vec<f32> {
    let wav = hearsay_audio::wav::read(include_bytes!("data/pack/digits.wav")).expect("a clip");
    wav.samples.into_iter().step_by(16_000 / rate_hz as usize).collect()
}

#[derive(serde::Deserialize)]
struct Case {
    file: String,
    rate_hz: u32,
    speech: Vec<f32>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("data/pack/silero.json")).expect("the golden cases")
}

#[test]
fn probabilities_equal_python() {
    for case in cases() {
        let Some(bytes) = model(&case.file) else { continue };
        let vad = SileroVad::load(&bytes).unwrap_or_else(|e| panic!("{}: {e}", case.file));
        let mut state = vad.state(case.rate_hz).expect("the rate");
        let samples = clip(case.rate_hz);
        let windows = samples.chunks_exact(state.rate().window());
        assert_eq!(windows.len(), case.speech.len());
        for (index, (window, want)) in windows.zip(&case.speech).enumerate() {
            let got = vad.step(&mut state, window).expect("a window");
            let name = &case.file;
            assert!((got - want).abs() < 1e-3, "{name} window {index}: {got}, {want}");
        }
    }
}

#[test]
fn every_20_ms_has_a_probability_whatever_the_packets() {
    let Some(bytes) = model("silero_vad.onnx") else { return };
    let vad = SileroVad::load(&bytes).expect("the real file");
    let samples = clip(8_000);
    let hear = |packet: usize| {
        let mut state = vad.state(8_000).expect("8 kHz");
        let mut voiced = Vec::new();
        for part in samples.chunks(packet) {
            voiced.extend(vad.push(&mut state, part).expect("samples"));
        }
        voiced
    };
    let frames = hear(160);
    assert_eq!(frames.len(), samples.len() / 160);
    assert!(frames.iter().any(|p| *p > 0.9) && frames.iter().any(|p| *p < 0.1));
    assert_eq!(hear(7), frames);
    assert_eq!(hear(samples.len()), frames);
}

#[test]
fn a_file_for_wide_band_refuses_telephone_band() {
    if let Some(bytes) = model("silero_vad_16k_op15.onnx") {
        let vad = SileroVad::load(&bytes).expect("the real file");
        assert!(vad.state(16_000).is_ok());
        assert!(matches!(vad.state(8_000), Err(SileroError::Rate { rate_hz: 8_000, .. })));
    }
    if let Some(bytes) = model("silero_vad.onnx") {
        let vad = SileroVad::load(&bytes).expect("the real file");
        assert!(vad.state(8_000).is_ok());
        assert!(matches!(vad.state(44_100), Err(SileroError::Rate { .. })));
        let mut state = vad.state(16_000).expect("16 kHz");
        let error = vad.step(&mut state, &[0.0; 256]).expect_err("half a window");
        assert!(matches!(error, SileroError::Window { expected: 512, got: 256 }), "{error}");
        assert!(vad.step(&mut state, &[f32::NAN; 512]).is_ok_and(f32::is_finite));
    }
}

#[test]
fn other_networks_are_refused() {
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/../weights/data/vad.onnx");
    let bytes = std::fs::read(ours).expect("our own detector");
    let error = SileroVad::load(&bytes).expect_err("it is not Silero's");
    assert!(matches!(error, SileroError::Signature(_)), "{error}");
    assert!(SileroVad::load(b"not a model").is_err());
}
