//! Model packs in the layouts of icefall and sherpa-onnx: what loads, what is heard, what is
//! refused. `training/packs/make_transducer.py` made the networks and, with ONNX Runtime, the
//! numbers.

use std::path::{Path, PathBuf};

use hearsay_speech::pack::{Pack, PackErrorKind, SpeechToText};
use hearsay_speech::transducer::{
    SearchMethod, Transducer, TransducerError, TransducerFiles, UTTERANCE_FRAMES_MAX,
};

#[derive(serde::Deserialize)]
struct Golden {
    said: String,
    cases: std::collections::BTreeMap<String, Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    steps: Vec<u64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("data/pack/golden.json")).expect("the golden cases")
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pack")
}

fn clip() -> Vec<f32> {
    hearsay_audio::wav::read(include_bytes!("data/pack/digits.wav")).expect("a clip").samples
}

fn digits() -> Transducer {
    Pack::open(&data().join("digits")).expect("the pack").transducer.expect("a transducer")
}

/// The files of a pack, to be changed before they are loaded.
struct Files {
    encoder: Vec<u8>,
    decoder: Vec<u8>,
    joiner: Vec<u8>,
    tokens: String,
    method: SearchMethod,
}

impl Files {
    fn of(name: &str) -> Self {
        let part = |part: &str| {
            let path = data().join(name).join(format!("{part}-epoch-99-avg-1.onnx"));
            std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        };
        let tokens = std::fs::read_to_string(data().join(name).join("tokens.txt"));
        Self {
            encoder: part("encoder"),
            decoder: part("decoder"),
            joiner: part("joiner"),
            tokens: tokens.expect("tokens.txt"),
            method: SearchMethod::Greedy,
        }
    }

    fn load(&self) -> Result<Transducer, TransducerError> {
        Transducer::load(&TransducerFiles {
            encoder: &self.encoder,
            decoder: &self.decoder,
            joiner: &self.joiner,
            tokens: &self.tokens,
            method: self.method,
            sample_scale: 1.0,
        })
    }
}

#[test]
fn a_trained_pack_hears_the_digits() {
    let golden = golden();
    let transducer = digits();
    assert_eq!(transducer.model_type(), "conformer");
    let mut stream = transducer.stream();
    let mut interims = Vec::new();
    for packet in clip().chunks(320) {
        interims.extend(stream.push(packet).expect("push"));
    }
    let transcript = stream.finish().expect("finish");
    assert_eq!(transcript.text, golden.said);
    assert_eq!(transcript.text, golden.cases["digits"].text);
    assert!(interims.len() >= 3, "{interims:?}");
    for interim in &interims {
        let stable = &interim.text[..interim.stable_chars];
        assert!(transcript.text.starts_with(stable), "{stable:?}");
    }
    assert!(interims.last().is_some_and(|last| last.stable_chars > 0));
}

#[test]
fn words_have_the_times_of_their_frames() {
    let steps = &golden().cases["digits"].steps;
    let mut stream = digits().stream();
    stream.push(&clip()).expect("push");
    let words = stream.finish().expect("finish").words;
    assert_eq!(words.first().map(|word| word.start_ms), steps.first().map(|step| step * 40));
    assert_eq!(words.last().map(|word| word.end_ms), steps.last().map(|step| (step + 1) * 40));
    let times: Vec<u64> = words.iter().flat_map(|w| [w.start_ms, w.end_ms]).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(words.iter().all(|word| word.confidence > 0.3 && word.confidence <= 1.0), "{words:?}");
}

#[test]
fn every_layout_of_states_gives_what_onnx_runtime_gives() {
    for (name, case) in golden().cases {
        let pack = Pack::open(&data().join(&name)).unwrap_or_else(|error| panic!("{error}"));
        let transducer = pack.transducer.expect("a transducer");
        let mut stream = transducer.stream();
        stream.push(&clip()).expect("push");
        let transcript = stream.finish().expect("finish");
        assert_eq!(transcript.text, case.text, "{name}");
        assert!(!transcript.text.is_empty(), "{name}");
    }
}

#[test]
fn the_beam_hears_the_digits_too() {
    let files = Files { method: SearchMethod::Beam, ..Files::of("digits") };
    let mut stream = files.load().expect("the pack").stream();
    let mut stable = String::new();
    for packet in clip().chunks(1_600) {
        if let Some(interim) = stream.push(packet).expect("push") {
            let now = &interim.text[..interim.stable_chars];
            assert!(now.starts_with(&stable), "{stable:?} became {now:?}");
            stable = now.to_string();
        }
    }
    let transcript = stream.finish().expect("finish");
    assert_eq!(transcript.text, golden().said);
    assert!(!stable.is_empty() && transcript.text.starts_with(&stable), "{stable:?}");
}

#[test]
fn packets_do_not_matter_and_a_clone_previews_the_end() {
    let transducer = digits();
    let samples = clip();
    let mut stream = transducer.stream();
    stream.push(&samples).expect("push");
    let preview = stream.clone().finish().expect("preview");
    assert_eq!(stream.finish().expect("finish"), preview);
    assert_eq!(stream.heard_ms(), 0);
    for packet in [13, 160, 4_001] {
        for part in samples.chunks(packet) {
            stream.push(part).expect("push");
        }
        assert_eq!(stream.finish().expect("finish"), preview, "packets of {packet}");
    }
    let face: &dyn SpeechToText = &transducer;
    let mut stream = face.stream();
    assert_eq!(face.sample_rate_hz(), 16_000);
    stream.push(&samples).expect("push");
    assert_eq!(stream.snapshot().finish().expect("preview"), preview);
    assert_eq!(stream.heard_ms() / 100, samples.len() as u64 / 1_600);
}

#[test]
fn bad_audio_is_no_words_and_no_panic() {
    let transducer = digits();
    let mut stream = transducer.stream();
    assert!(stream.finish().expect("finish").words.is_empty(), "nothing heard");
    for value in [0.0, f32::NAN, f32::INFINITY, 1e30] {
        stream.push(&[value; 16_000]).expect("push");
        let said = stream.finish().expect("finish").text;
        assert!(value != 0.0 || said.is_empty(), "silence is heard as {said:?}");
    }
    let long = vec![0.0; (UTTERANCE_FRAMES_MAX + 1) * 160];
    assert!(matches!(stream.push(&long), Err(TransducerError::TooLong)));
    assert_eq!(stream.heard_ms(), 0, "nothing of it is taken");
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let files = Files::of("digits");
    let short: String = files.tokens.lines().take(9).map(|line| format!("{line}\n")).collect();
    let error = Files { tokens: short, ..Files::of("digits") }.load().expect_err("short");
    assert!(error.to_string().contains("token 9 is missing"), "{error}");
    let longer = format!("{}\u{2581}MORE 999\n", files.tokens);
    let error = Files { tokens: longer, ..Files::of("digits") }.load().expect_err("long");
    assert!(matches!(error, TransducerError::Tokens { .. }), "{error}");
    let swapped = Files { joiner: Files::of("digits").decoder, ..Files::of("digits") };
    assert!(swapped.load().is_err());
    let offline = Files { encoder: files.decoder.clone(), ..Files::of("digits") };
    assert!(offline.load().is_err());
    let error = Files { encoder: b"not onnx".to_vec(), ..files }.load().expect_err("no model");
    assert!(matches!(error, TransducerError::Network { part: "encoder", .. }), "{error}");
}

#[test]
fn an_encoder_of_another_kind_is_named() {
    // The metadata stand in the file as they are written; names of the same length keep its form.
    let replace = |bytes: Vec<u8>, from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let at = bytes.windows(from.len()).position(|window| window == from.as_bytes());
        let at = at.unwrap_or_else(|| panic!("no {from}"));
        let mut bytes = bytes;
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    let files = Files::of("zipformer2");
    let encoder = replace(files.encoder, "zipformer2", "paraformer");
    let error = Files { encoder, ..Files::of("zipformer2") }.load().expect_err("another type");
    assert!(matches!(&error, TransducerError::UnknownType(name) if name == "paraformer"));
    let encoder = replace(Files::of("lstm").encoder, "decode_chunk_len", "decode_chunk_lex");
    let error = Files { encoder, ..Files::of("lstm") }.load().expect_err("no chunk length");
    assert!(matches!(error, TransducerError::NotStreaming(_)), "{error}");
}

#[test]
fn folders_without_a_whole_model_say_what_is_missing() {
    let error = Pack::open(&data().join("no such folder")).expect_err("nothing");
    assert!(matches!(error.kind, PackErrorKind::Read(_)), "{error}");
    let error = Pack::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).expect_err("code");
    assert!(matches!(error.kind, PackErrorKind::Empty), "{error}");
    let folder = std::env::temp_dir().join(format!("hearsay-pack-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let copy = |part: &str| {
        std::fs::copy(data().join("digits").join(part), folder.join(part)).expect("a copy");
    };
    copy("encoder-epoch-99-avg-1.onnx");
    copy("decoder-epoch-99-avg-1.onnx");
    let error = Pack::open(&folder).expect_err("no joiner");
    assert!(matches!(error.kind, PackErrorKind::Missing { part: "joiner", .. }), "{error}");
    copy("joiner-epoch-99-avg-1.onnx");
    let error = Pack::open(&folder).expect_err("no tokens");
    assert!(matches!(error.kind, PackErrorKind::Missing { part: "tokens", .. }), "{error}");
    copy("tokens.txt");
    std::fs::write(folder.join("pack.yaml"), "name: Digits\nsearch: beam\n").expect("settings");
    let pack = Pack::open(&folder).expect("now whole");
    assert_eq!(pack.name, "Digits");
    assert!(pack.vad.is_none() && pack.transducer.is_some());
    std::fs::write(folder.join("pack.yaml"), "search: quick\n").expect("settings");
    let error = Pack::open(&folder).expect_err("a wrong setting");
    assert!(matches!(error.kind, PackErrorKind::Settings { line: 1, .. }), "{error}");
    std::fs::remove_dir_all(&folder).expect("clean up");
}

#[test]
fn a_folder_may_hold_a_voice_or_a_vocoder() {
    let voice = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/voice");
    let pack = Pack::open(&voice.join("piper")).expect("a Piper voice");
    assert!(pack.piper.is_some() && pack.vocoder.is_none() && pack.transducer.is_none());
    let pack = Pack::open(&voice.join("vocoder")).expect("a vocoder");
    assert!(pack.vocoder.is_some() && pack.piper.is_none());
    let parts = std::env::temp_dir().join(format!("hearsay-voice-pack-{}", std::process::id()));
    std::fs::create_dir_all(&parts).expect("a folder");
    let put =
        |from: &str, name: &str| std::fs::copy(voice.join(from), parts.join(name)).expect("a copy");
    put("piper/xx_XX-buzz-low.onnx.json", "a.onnx.json");
    let lone = Pack::open(&parts).expect_err("no network").to_string();
    put("vocoder/vocoder.onnx", "a.onnx");
    let wrong = Pack::open(&parts).expect_err("another network").to_string();
    put("piper/xx_XX-buzz-low.onnx", "a.onnx");
    put("vocoder/vocoder.onnx", "vocoder.onnx");
    let bare = Pack::open(&parts).expect_err("no description").to_string();
    put("vocoder/vocoder.json", "vocoder.json");
    let both = Pack::open(&parts);
    std::fs::remove_dir_all(&parts).expect("removed");
    assert!(lone.contains("NAME.onnx"), "{lone}");
    assert!(wrong.contains("a.onnx: Piper voice: it takes mel"), "{wrong}");
    assert!(bare.contains("vocoder*.json"), "{bare}");
    assert!(both.is_ok_and(|pack| pack.piper.is_some() && pack.vocoder.is_some()));
}
