//! The synthesiser on its shipped weights: against the PyTorch reference, in
//! chunks against at once, and its word times, prosody and errors.

use std::path::PathBuf;

use hearsay_audio::pitch;
use hearsay_speech::cloning::{SpeakerEncoder, similarity};
use hearsay_speech::emotion::Emotion;
use hearsay_speech::synthesiser::{
    Pause, Prosody, SpokenWord, Synthesiser, SynthesiserError, Utterance,
};
use hearsay_speech::vocoder::SAMPLE_RATE_HZ;
use hearsay_text::language::Language;
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
            language: Language::English,
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
            (2880..=4800).contains(&chunks[0].len()),
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
        language: Language::English,
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

/// Mean F0 in semitones, its spread, loudness in dBFS and length in ms of a sentence.
fn measured(synthesiser: &Synthesiser, prosody: &Prosody) -> [f32; 4] {
    let mut utterance = synthesiser.begin(&words(&golden()), prosody).unwrap();
    let length = utterance.total_ms() as f32;
    let wave = utterance.rest(synthesiser).unwrap();
    let f0 = pitch::track(&wave, SAMPLE_RATE_HZ);
    let (mean, spread) = pitch::log_median_and_spread(&f0).unwrap();
    let semitones = 12.0 / std::f32::consts::LN_2;
    [mean * semitones, spread * semitones, 20.0 * rms(&wave).log10(), length]
}

#[test]
fn emotions_are_heard_in_pitch_range_loudness_and_rate() {
    let synthesiser = synthesiser();
    for voice in ["linda", "rms"] {
        let with = |emotion| measured(&synthesiser, &Prosody { emotion, ..Prosody::plain(voice) });
        let (plain, happy) = (with(Emotion::Neutral), with(Emotion::Happy));
        let (calm, sad) = (with(Emotion::Calm), with(Emotion::Sad));
        assert!(happy[0] > plain[0] + 1.0, "{voice}: happy is higher: {happy:?} {plain:?}");
        assert!(
            sad[0] < plain[0] - 0.7 && sad[1] < plain[1],
            "{voice}: sad is low and flat: {sad:?} {plain:?}"
        );
        assert!(happy[1] > sad[1], "{voice}: {happy:?} {sad:?}");
        assert!(happy[3] < plain[3] && plain[3] < calm[3] && calm[3] < sad[3], "{voice}: rate");
        assert!(
            happy[2] > plain[2] && plain[2] > calm[2] && calm[2] > sad[2],
            "{voice}: loudness: {happy:?} {plain:?} {calm:?} {sad:?}"
        );
    }
}

#[test]
fn a_clone_of_our_own_voices_is_told_apart_and_speaks() {
    let data = file("../weights/data/tts_speaker.onnx");
    let encoder = SpeakerEncoder::load(&data).unwrap();
    let synthesiser = synthesiser();
    let clip = |voice: &str| {
        let slow = Prosody { speed: 0.6, ..Prosody::plain(voice) };
        synthesiser.begin(&words(&golden()), &slow).unwrap().rest(&synthesiser).unwrap()
    };
    let copy = |voice: &str| {
        let mut voice = encoder.clone_voice("copy", &clip(voice), SAMPLE_RATE_HZ).unwrap();
        voice.name = "copy".into();
        voice
    };
    let (woman, man) = (copy("linda"), copy("rms"));
    let semitones = (woman.style[0] - man.style[0]) * 12.0 / std::f32::consts::LN_2;
    assert!(semitones > 5.0, "the woman's clone is higher: {semitones} semitones");
    let built_in = synthesiser.voices();
    let vector = |name: &str| &built_in.iter().find(|v| v.name == name).unwrap().speaker;
    for (copy, own, other) in [(&woman, "linda", "rms"), (&man, "rms", "linda")] {
        let (near, far) =
            (similarity(&copy.speaker, vector(own)), similarity(&copy.speaker, vector(other)));
        assert!(near > far + 0.1, "{own}: {near} against {far}");
    }
    synthesiser.add_voice(man).unwrap();
    let [pitch, ..] = measured(&synthesiser, &Prosody::plain("copy"));
    let [high, ..] = measured(&synthesiser, &Prosody::plain("linda"));
    assert!(pitch + 4.0 < high, "{pitch} {high}");
    assert!(synthesiser.remove_voice("copy") && !synthesiser.remove_voice("copy"));
}

#[test]
fn clips_that_hold_no_voice_are_refused() {
    let encoder = SpeakerEncoder::load(&file("../weights/data/tts_speaker.onnx")).unwrap();
    let refusal =
        |samples: &[f32]| encoder.clone_voice("x", samples, 16_000).unwrap_err().to_string();
    assert!(refusal(&[0.1; 16_000]).contains("1000 ms"));
    let hum: Vec<f32> =
        (0..160_000).map(|i| if i < 8000 { (i as f32 * 0.06).sin() * 0.3 } else { 0.0 }).collect();
    assert!(refusal(&hum).contains("s of speech"), "{}", refusal(&hum));
}

#[test]
fn every_language_is_spoken_by_every_voice() {
    let synthesiser = synthesiser();
    let word = |language, phones: &[&str]| SpokenWord {
        text: "x".into(),
        phones: phones.iter().map(|p| (*p).to_owned()).collect(),
        language,
        after: None,
    };
    let spanish = word(Language::Spanish, &["G", "ɾ", "a1", "S", "Y", "a0", "S"]);
    let hindi = word(Language::Hindi, &["d", "ʱ", "AH0", "N", "Y", "AH0", "ʋ", "a1", "d"]);
    for voice in synthesiser.voices().iter().take(3) {
        for word in [&spanish, &hindi] {
            let mut said = synthesiser
                .begin(std::slice::from_ref(word), &Prosody::plain(&voice.name))
                .unwrap();
            let wave = said.rest(&synthesiser).unwrap();
            assert!(rms(&wave) > 0.02 && wave.len() > 7200, "{}: {:?}", voice.name, word.language);
        }
    }
}
