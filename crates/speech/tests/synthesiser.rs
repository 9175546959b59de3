//! The synthesiser on its shipped weights: against the PyTorch reference, in
//! chunks against at once, and its word times, prosody and errors.

use std::path::PathBuf;

use hearsay_speech::synthesiser::{
    Pause, Prosody, SpokenWord, Synthesiser, SynthesiserError, Utterance,
};
use serde::Deserialize;

fn file(path: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn synthesiser() -> Synthesiser {
    let data = |name: &str| file(&format!("../weights/data/{name}"));
    let description = String::from_utf8(data("tts_meta.json")).unwrap();
    Synthesiser::load(
        &data("tts_text.onnx"),
        &data("tts_frames.onnx"),
        &data("tts_vocoder.onnx"),
        &description,
    )
    .unwrap()
}

#[derive(Deserialize)]
struct GoldenWord {
    text: String,
    phones: Vec<String>,
    after: Option<String>,
}

/// Written by `training/tts/golden.py`.
#[derive(Deserialize)]
struct Golden {
    voice: String,
    words: Vec<GoldenWord>,
    lengths: Vec<usize>,
    samples: usize,
    wave_stride: usize,
    wave: Vec<f32>,
}

fn golden() -> Golden {
    serde_json::from_slice(&file("tests/golden/tts.json")).unwrap()
}

fn words(golden: &Golden) -> Vec<SpokenWord> {
    let pause = |name: &str| match name {
        "comma" => Pause::Comma,
        "question" => Pause::Question,
        _ => Pause::Period,
    };
    golden
        .words
        .iter()
        .map(|w| SpokenWord {
            text: w.text.clone(),
            phones: w.phones.clone(),
            after: w.after.as_deref().map(pause),
        })
        .collect()
}

fn drain(utterance: &mut Utterance, synthesiser: &Synthesiser) -> Vec<Vec<f32>> {
    let mut chunks = Vec::new();
    while let Some(chunk) = utterance.next_chunk(synthesiser).unwrap() {
        chunks.push(chunk);
    }
    chunks
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|x| x * x).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

#[test]
fn equals_the_pytorch_reference() {
    let (golden, synthesiser) = (golden(), synthesiser());
    let mut utterance = synthesiser.begin(&words(&golden), &Prosody::plain(&golden.voice)).unwrap();
    assert_eq!(utterance.total_samples(), golden.samples);
    assert_eq!(utterance.total_ms(), golden.lengths.iter().sum::<usize>() * 10);
    let wave = utterance.rest(&synthesiser).unwrap();
    assert_eq!(wave.len(), golden.samples);
    let ours: Vec<f32> = wave.iter().step_by(golden.wave_stride).copied().collect();
    let error: Vec<f32> = ours.iter().zip(&golden.wave).map(|(a, b)| a - b).collect();
    // Phase integration rounds differently in the two languages: -46 dB of the signal is allowed.
    assert!(
        rms(&error) < 0.005 * rms(&golden.wave),
        "error {} of {}",
        rms(&error),
        rms(&golden.wave)
    );
}

#[test]
fn chunks_equal_one_shot() {
    let (golden, synthesiser) = (golden(), synthesiser());
    for voice in synthesiser.voices() {
        let prosody = Prosody { speed: 0.8, ..Prosody::plain(&voice.name) };
        let begun = synthesiser.begin(&words(&golden), &prosody).unwrap();
        let whole = begun.clone().rest(&synthesiser).unwrap();
        let chunks = drain(&mut begun.clone(), &synthesiser);
        assert!(chunks.len() > 3, "{} chunks", chunks.len());
        assert!(
            (1920..=3200).contains(&chunks[0].len()),
            "first chunk of {} samples is not 120 to 200 ms",
            chunks[0].len()
        );
        let joined = chunks.concat();
        assert_eq!(joined.len(), whole.len());
        let worst = joined.iter().zip(&whole).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-3, "{}: chunked and one-shot sound differ by {worst}", voice.name);
    }
}

#[test]
fn word_times_are_ordered_and_inside() {
    let (golden, synthesiser) = (golden(), synthesiser());
    let utterance = synthesiser.begin(&words(&golden), &Prosody::plain(&golden.voice)).unwrap();
    let times = utterance.words();
    assert_eq!(
        times.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(),
        ["hello", "how", "can", "I", "help", "you"]
    );
    assert!(times.iter().all(|w| w.start_ms < w.end_ms));
    assert!(times.windows(2).all(|w| w[0].end_ms <= w[1].start_ms));
    assert!(times[0].end_ms < times[1].start_ms, "the comma is a pause");
    assert!(times[5].end_ms <= utterance.total_ms());
}

#[test]
fn speed_changes_length_and_pitch_does_not() {
    let (golden, synthesiser) = (golden(), synthesiser());
    let words = words(&golden);
    let plain = Prosody::plain(&golden.voice);
    let total = |p: &Prosody| synthesiser.begin(&words, p).unwrap().total_ms() as f32;
    let fast = total(&Prosody { speed: 2.0, ..plain.clone() }) / total(&plain);
    let slow = total(&Prosody { speed: 0.5, ..plain.clone() }) / total(&plain);
    assert!((0.45..0.6).contains(&fast), "{fast}");
    assert!((1.7..2.1).contains(&slow), "{slow}");
    assert!(
        (total(&Prosody { pitch_semitones: 4.0, ..plain.clone() }) - total(&plain)).abs()
            < f32::EPSILON
    );
}

#[test]
fn level_is_right_and_never_clips() {
    let (golden, synthesiser) = (golden(), synthesiser());
    for voice in synthesiser.voices() {
        let say = |energy_db| {
            let prosody = Prosody { energy_db, ..Prosody::plain(&voice.name) };
            synthesiser.begin(&words(&golden), &prosody).unwrap().rest(&synthesiser).unwrap()
        };
        let wave = say(0.0);
        let dbfs = 20.0 * rms(&wave).log10();
        assert!((-26.0..-16.0).contains(&dbfs), "{}: {dbfs} dBFS", voice.name);
        assert!(say(6.0).iter().all(|x| x.abs() < 1.0));
        assert!(rms(&say(-12.0)) < 0.3 * rms(&wave));
    }
}

#[test]
fn bad_requests_are_errors() {
    let (golden, synthesiser) = (golden(), synthesiser());
    let plain = Prosody::plain(&golden.voice);
    let begin = |words: &[SpokenWord], prosody: &Prosody| {
        synthesiser.begin(words, prosody).map(|_| ()).unwrap_err()
    };
    let word = |phones: &[&str]| SpokenWord {
        text: "x".into(),
        phones: phones.iter().map(|p| (*p).to_owned()).collect(),
        after: None,
    };
    assert!(matches!(begin(&[], &plain), SynthesiserError::Empty(_)));
    assert!(matches!(begin(&[word(&[])], &plain), SynthesiserError::Empty(_)));
    assert!(matches!(begin(&[word(&["QQ"])], &plain), SynthesiserError::UnknownPhone { .. }));
    assert!(matches!(begin(&vec![word(&["AA1"]); 500], &plain), SynthesiserError::TooLong { .. }));
    assert!(matches!(
        begin(&[word(&["AA1"])], &Prosody::plain("nobody")),
        SynthesiserError::UnknownVoice { .. }
    ));
    let odd = Prosody { speed: f32::NAN, ..plain };
    assert!(matches!(
        begin(&[word(&["AA1"])], &odd),
        SynthesiserError::Prosody { field: "speed", .. }
    ));
    assert!(Synthesiser::load(b"no", b"no", b"no", "{}").is_err());
}
