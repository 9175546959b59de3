//! The networks and the golden values are from `training/packs/make_piper.py`.

use super::*;
use crate::synthesiser::Pause;

const NETWORK: &[u8] = include_bytes!("../../tests/data/voice/piper/xx_XX-buzz-low.onnx");
const JSON: &str = include_str!("../../tests/data/voice/piper/xx_XX-buzz-low.onnx.json");
const PAIR: &[u8] = include_bytes!("../../tests/data/voice/piper_two/xx_XX-pair-low.onnx");
const PAIR_JSON: &str = include_str!("../../tests/data/voice/piper_two/xx_XX-pair-low.onnx.json");

#[derive(Deserialize)]
struct Case {
    phones: String,
    plain: Golden,
    slow: Golden,
}

#[derive(Deserialize)]
struct Golden {
    symbols: String,
    ids: Vec<i32>,
    speed: f32,
    samples: usize,
    first: Vec<f32>,
    last: Vec<f32>,
}

fn golden() -> BTreeMap<String, Case> {
    serde_json::from_str(include_str!("../../tests/data/voice/piper.json")).unwrap()
}

/// Words by their phones, such as `"HH AH0 L OW1|W ER1 L D"`; each is called `w0`, `w1` and so on.
fn words(phones: &str) -> Vec<SpokenWord> {
    let word = |(number, phones): (usize, &str)| SpokenWord {
        language: hearsay_text::language::Language::English,
        text: format!("w{number}"),
        phones: phones.split(' ').map(str::to_string).collect(),
        after: None,
    };
    phones.split('|').enumerate().map(word).collect()
}

fn written(words: &[SpokenWord], habit: Habit) -> String {
    symbols::sentence(words, habit).unwrap().into_iter().map(|(symbol, _)| symbol).collect()
}

fn all(mut utterance: PiperUtterance) -> Vec<f32> {
    let mut samples = Vec::new();
    while let Some(chunk) = utterance.next_chunk(333) {
        samples.extend_from_slice(chunk);
    }
    samples
}

#[test]
fn a_voice_says_what_it_says_on_onnx_runtime() {
    let cases = golden();
    let one = PiperVoice::load(NETWORK, JSON).unwrap().with_noise(0.0, 0.0);
    let pair = PiperVoice::load(PAIR, PAIR_JSON).unwrap().with_noise(0.0, 0.0);
    let second = pair.with_speaker("speaker1").unwrap();
    for (name, voice) in [("piper", &one), ("piper_two", &second)] {
        let case = &cases[name];
        let words = words(&case.phones);
        for golden in [&case.plain, &case.slow] {
            assert_eq!(written(&words, voice.habit), golden.symbols);
            assert_eq!(voice.ids(&words).unwrap().ids, golden.ids, "{name}");
            let samples = all(voice.begin(&words, golden.speed).unwrap());
            assert_eq!(samples.len(), golden.samples, "{name}");
            let ends = samples[..40].iter().chain(&samples[samples.len() - 40..]);
            for (sample, wanted) in ends.zip(golden.first.iter().chain(&golden.last)) {
                assert!((sample - wanted).abs() < 1e-4, "{name}: {sample} {wanted}");
            }
        }
        assert!(case.slow.samples > case.plain.samples);
    }
    let (first, second) = (pair.begin(&words("a0"), 1.0), second.begin(&words("a0"), 1.0));
    assert_ne!(all(first.unwrap()), all(second.unwrap()), "the speakers differ");
    assert_eq!((one.sample_rate_hz(), one.language(), pair.speaker_count()), (16_000, "en-us", 2));
}

#[test]
fn words_have_times_in_order() {
    let voice = PiperVoice::load(NETWORK, JSON).unwrap().with_noise(0.0, 0.0);
    let words = words("HH AH0 L OW1|W ER1 L D|K AE1 T");
    let utterance = voice.begin(&words, 1.0).unwrap();
    let total_ms = utterance.total_samples() * 1000 / 16_000;
    let times = utterance.words();
    assert_eq!(times.len(), 3);
    assert!(times[0].start_ms > 0 && times[2].end_ms < total_ms, "{times:?} of {total_ms}");
    assert!(times.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms), "{times:?}");
    assert!(times.iter().all(|time| time.start_ms < time.end_ms), "{times:?}");
    // Without the network's lengths, by share of the symbols.
    let owners = voice.ids(&words).unwrap().owners;
    let guessed = voice.word_times(&words, &owners, None, owners.len() * 160);
    assert_eq!((guessed[0].start_ms, guessed[0].end_ms), (20, 20 + 12 * 10));
}

#[test]
fn lengths_are_the_networks_own_on_rten() {
    let voice = PiperVoice::load(NETWORK, JSON).unwrap();
    let rten = hearsay_nn::runtime().engine == hearsay_nn::Engine::Rten;
    assert_eq!(voice.exact_times(), rten);
    // Noise makes two of the same differ.
    let said = words("S EH1 V AH0 N");
    let twice = [voice.begin(&said, 1.0), voice.begin(&said, 1.0)].map(|u| all(u.unwrap()));
    assert_ne!(twice[0], twice[1]);
}

#[test]
fn english_is_written_as_espeak_writes_it() {
    // The right side is what `espeak-ng -v en-us --ipa` printed for the words.
    for (phones, wanted) in [
        ("B AA1 T AH0 L", "bˈɑːɾəl."),
        ("M EH1 ZH ER0", "mˈɛʒɚ."),
        ("JH AH1 JH M AH0 N T", "dʒˈʌdʒmənt."),
        ("TH IH1 NG", "θˈɪŋ."),
        ("S OW1 F AH0", "sˈoʊfə."),
        ("HH OW0 T EH1 L", "hoʊtˈɛl."),
        ("K AA1 R", "kˈɑːɹ."),
        ("T W EH1 N T IY0", "twˈɛnti."),
    ] {
        assert_eq!(written(&words(phones), Habit::English), wanted);
    }
    let mut sentence = words("IH1 T|IH1 Z|R EH1 D IY0|Y EH1 S");
    for (word, text) in sentence.iter_mut().zip(["It", "is", "ready", "yes"]) {
        word.text = text.to_string();
    }
    sentence[2].after = Some(Pause::Comma);
    sentence[3].after = Some(Pause::Question);
    assert_eq!(written(&sentence, Habit::English), "ɪt ɪz ɹˈɛdi, jˈɛs?");
}

#[test]
fn spanish_and_hindi_have_their_own_habits() {
    let spanish = "a1 ɣ W a0|S Y u0 DH a1 DH|p e1 r o0";
    assert_eq!(written(&words(spanish), Habit::of("es-419")), "ˈaɣwa sjuðˈað pˈero.");
    let mut article = words("e1 L|S o1 L");
    article[0].text = "El".to_string();
    assert_eq!(written(&article, Habit::of("es")), "el sˈol.");
    let hindi = "G ʱ AH1 ɾ|k a1 tɕ ʰ|HH EH~|B AH1 ɽ a0";
    assert_eq!(written(&words(hindi), Habit::of("hi")), "ɡʰˈʌɾ kˈaːcʰ hɛ\u{303}ː bˈʌɽaː.");
    let pair = PiperVoice::load(PAIR, PAIR_JSON).unwrap();
    let missing = pair.begin(&words("a1|ʈ ʱ ʋ"), 1.0);
    // ʱ and ʋ stand as ʰ and v, which the map has.
    assert!(missing.is_ok());
}

#[test]
fn what_cannot_be_said_is_named() {
    let voice = PiperVoice::load(NETWORK, JSON).unwrap();
    let told = |words: &[SpokenWord], speed| voice.begin(words, speed).unwrap_err().to_string();
    assert!(told(&[], 1.0).contains("nothing to say"));
    assert!(told(&words("K AE1 T"), 9.0).contains("speed 9"));
    assert!(told(&words("K AE1 T"), f32::NAN).contains("speed"));
    let error = told(&words("K AE1 T|QQ"), 1.0);
    assert!(error.contains("w1") && error.contains("QQ"), "{error}");
    let long = vec![words("K AE1 T").remove(0); IDS_MAX];
    assert!(told(&long, 1.0).contains("too long"));
    let error = voice.with_speaker("nobody").unwrap_err().to_string();
    assert!(error.contains("nobody"), "{error}");
}

#[test]
fn files_that_do_not_fit_are_named() {
    let told = |onnx: &[u8], json: &str| PiperVoice::load(onnx, json).unwrap_err().to_string();
    for (from, to, part) in [
        ("16000", "16", "sample_rate"),
        ("\"phoneme_type\": \"espeak\"", "\"phoneme_type\": \"pinyin\"", "pinyin"),
        ("\"^\"", "\"^^\"", "\"^\""),
        ("\"num_speakers\": 1", "\"num_speakers\": 3", "num_speakers"),
        ("0.667", "-1", "scale"),
        ("\"audio\"", "\"video\"", "audio"),
    ] {
        let json = JSON.replace(from, to);
        assert_ne!(json, JSON, "{from}");
        let error = told(NETWORK, &json);
        assert!(error.contains(part) && error.contains("Piper voice"), "{from}: {error}");
    }
    let vocoder = include_bytes!("../../tests/data/voice/vocoder/vocoder.onnx");
    assert!(told(vocoder, JSON).contains("takes mel"));
    assert!(told(b"", JSON).contains("ONNX"));
    for end in (0..NETWORK.len()).step_by(97) {
        let _ = PiperVoice::load(&NETWORK[..end], JSON);
    }
    for end in (0..JSON.len()).filter(|end| JSON.is_char_boundary(*end)).step_by(11) {
        assert!(PiperVoice::load(NETWORK, &JSON[..end]).is_err());
    }
}

/// Speaks with a real voice where a folder names one: NAME.onnx with NAME.onnx.json beside it.
#[test]
fn a_real_voice_speaks() {
    let Some(path) = std::env::var_os("HEARSAY_TEST_PIPER").map(std::path::PathBuf::from) else {
        eprintln!("skipped: HEARSAY_TEST_PIPER names no .onnx of a Piper voice");
        return;
    };
    let json = std::fs::read_to_string(path.with_extension("onnx.json")).unwrap();
    let voice = PiperVoice::load(&std::fs::read(&path).unwrap(), &json).unwrap();
    let mut said = words("HH AH0 L OW1|W ER1 L D|DH IH1 S|IH1 Z|AH0|T EH1 S T");
    for (word, text) in said.iter_mut().zip(["hello", "world", "this", "is", "a", "test"]) {
        word.text = text.to_string();
    }
    said[1].after = Some(Pause::Comma);
    let utterance = voice.begin(&said, 1.0).unwrap();
    let seconds = utterance.total_samples() as f32 / voice.sample_rate_hz() as f32;
    eprintln!(
        "{voice:?}, exact times {}: {seconds:.2} s, {:?}",
        voice.exact_times(),
        utterance.words()
    );
    assert!((1.0..4.0).contains(&seconds), "{seconds}");
    let samples = all(utterance);
    assert!(samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32 > 1e-4);
}
