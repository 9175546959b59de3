//! The networks and the golden values are from `training/packs/make_vocoder.py` and `mel_adapter.py`.

use super::adapter::tests::ours_again;
use super::*;

const NETWORK: &[u8] = include_bytes!("../../tests/data/voice/vocoder/vocoder.onnx");
const TURNED: &[u8] = include_bytes!("../../tests/data/voice/vocoder_frames_first/vocoder.onnx");
const JSON: &str = include_str!("../../tests/data/voice/vocoder/vocoder.json");

#[derive(Deserialize)]
struct Golden {
    mel: Vec<f32>,
    samples: Vec<f32>,
}

#[derive(Deserialize)]
struct Adapted {
    geometry: MelGeometry,
    ours: Vec<f32>,
    theirs: Vec<f32>,
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Frames of ours that move.
fn frames(count: usize) -> Vec<f32> {
    let value =
        |index: usize| -4.0 + 3.0 * (index as f32 * 0.013).sin() + (index as f32 * 0.37).cos();
    (0..count * MELS).map(value).collect()
}

#[test]
fn both_layouts_make_what_onnx_runtime_makes() {
    let cases: std::collections::BTreeMap<String, Golden> =
        serde_json::from_str(include_str!("../../tests/data/voice/vocoder.json")).unwrap();
    for (name, network, layout) in [
        ("vocoder", NETWORK, MelLayout::MelsFirst),
        ("vocoder_frames_first", TURNED, MelLayout::FramesFirst),
    ] {
        let vocoder = MelVocoder::load(network, JSON).unwrap();
        assert_eq!((vocoder.layout(), vocoder.sample_rate_hz()), (layout, 8000));
        let samples = vocoder.run(&cases[name].mel).unwrap();
        let apart = largest_difference(&samples, &cases[name].samples);
        assert!(apart < 1e-4, "{name}: {apart}");
    }
}

#[test]
fn chunks_make_the_same_sound() {
    let vocoder = MelVocoder::load(NETWORK, JSON).unwrap();
    let ours = frames(61);
    let mut stream = vocoder.stream();
    let mut whole = stream.push(&ours).unwrap();
    whole.extend(stream.finish().unwrap());
    assert_eq!(whole.len(), 61 * 80);
    assert!(whole.iter().any(|sample| sample.abs() > 0.01));
    for size in [1, 7, 20] {
        let (mut stream, mut parts) = (vocoder.stream(), Vec::new());
        for chunk in ours.chunks(size * MELS) {
            parts.extend(stream.push(chunk).unwrap());
        }
        parts.extend(stream.finish().unwrap());
        let apart = largest_difference(&parts, &whole);
        assert!(apart < 1e-4, "chunks of {size} frames: {apart}");
    }
    assert!(vocoder.stream().finish().unwrap().is_empty());
}

#[test]
fn frames_are_adapted_as_in_training() {
    let golden: Adapted =
        serde_json::from_str(include_str!("../../tests/data/voice/adapter.json")).unwrap();
    let theirs = MelAdapter::new(golden.geometry).adapt(&golden.ours);
    let apart = largest_difference(&theirs, &golden.theirs);
    assert!(apart < 2e-3, "{apart}");
}

#[test]
fn what_does_not_fit_is_named() {
    let told =
        |network: &[u8], json: &str| MelVocoder::load(network, json).unwrap_err().to_string();
    for (from, to, part) in [
        ("\"mels\": 20", "\"mels\": 21", "21 mels"),
        ("\"hop\": 80", "\"hop\": 81", "8 frames of hop 81 gave 640"),
        ("\"hop\": 80,", "", "hop"),
        ("natural", "binary", "binary"),
        ("\"fmax\": 3800", "\"fmax\": 5000", "fmax"),
        ("\"floor\": 1e-05", "\"floor\": 0", "floor"),
    ] {
        let json = JSON.replace(from, to);
        assert_ne!(json, JSON, "{from}");
        let error = told(NETWORK, &json);
        assert!(error.contains(part) && error.starts_with("vocoder: "), "{from}: {error}");
    }
    let piper = include_bytes!("../../tests/data/voice/piper/xx_XX-buzz-low.onnx");
    assert!(told(piper, JSON).contains("3 inputs"));
    assert!(told(b"nothing", JSON).contains("ONNX"));
    let mut stream = MelVocoder::load(NETWORK, JSON).unwrap().stream();
    assert!(stream.push(&[0.0; 95]).unwrap_err().to_string().contains("whole frames"));
    assert!(stream.push(&vec![0.0; (FRAMES_MAX + 1) * MELS]).is_err());
    // Values that are no numbers make no noise.
    let samples = stream.push(&[f32::NAN; 40 * MELS]).unwrap();
    assert!(samples.iter().all(|sample| sample.is_finite()));
}

#[test]
fn an_open_layout_needs_a_word() {
    let geometry = ours_again();
    assert!(layout(&[None, None, None], &geometry).unwrap_err().contains("layout"));
    let said = MelGeometry { layout: Some(MelLayout::FramesFirst), ..geometry.clone() };
    assert_eq!(layout(&[None, None, None], &said), Ok(MelLayout::FramesFirst));
    assert_eq!(layout(&[Some(1), Some(96), None], &geometry), Ok(MelLayout::MelsFirst));
    assert_eq!(layout(&[Some(1), None, Some(96)], &geometry), Ok(MelLayout::FramesFirst));
    assert!(layout(&[Some(1), Some(80), None], &geometry).is_err());
    assert!(layout(&[Some(1), Some(96), None], &said).is_err());
    assert!(layout(&[None], &geometry).is_err());
}

/// Runs HiFi-GAN itself where `training/packs/export_hifigan.py export` has put it.
#[test]
fn hifigan_makes_what_onnx_runtime_makes() {
    let Some(folder) = std::env::var_os("HEARSAY_TEST_VOCODER").map(std::path::PathBuf::from)
    else {
        eprintln!("skipped: HEARSAY_TEST_VOCODER names no folder of export_hifigan.py");
        return;
    };
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let network = std::fs::read(folder.join("vocoder.onnx")).unwrap();
    let golden: Golden = serde_json::from_str(&text("golden.json")).unwrap();
    let vocoder = MelVocoder::load(&network, &text("vocoder.json")).unwrap();
    let apart = largest_difference(&vocoder.run(&golden.mel).unwrap(), &golden.samples);
    assert!(apart < 1e-3, "{apart}");
    let ours = frames(80);
    let mut stream = vocoder.stream();
    let mut whole = stream.push(&ours).unwrap();
    whole.extend(stream.finish().unwrap());
    let (mut stream, mut parts) = (vocoder.stream(), Vec::new());
    for chunk in ours.chunks(20 * MELS) {
        parts.extend(stream.push(chunk).unwrap());
    }
    parts.extend(stream.finish().unwrap());
    let chunked = largest_difference(&parts, &whole);
    assert!(chunked < 1e-4, "{chunked}");
    eprintln!("HiFi-GAN: {apart:.1e} from ONNX Runtime, chunks {chunked:.1e} from the whole");
}
