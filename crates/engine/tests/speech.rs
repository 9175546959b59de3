//! Speech without a call: text that arrives in pieces, times on one axis, and everything that is refused.

use std::sync::{Arc, OnceLock, mpsc};

use hearsay_engine::{
    Engine, EngineError, Models, RATES_HZ, SpeechOptions, SpeechPiece, SpeechRequestError,
    SpeechStream, TEXT_CHARS_MAX, WordTime,
};
use hearsay_text::g2p::dictionary::PronunciationDictionary;

fn models() -> Arc<Models> {
    static MODELS: OnceLock<Arc<Models>> = OnceLock::new();
    MODELS.get_or_init(|| Arc::new(Models::load().unwrap())).clone()
}

fn options() -> SpeechOptions {
    SpeechOptions { sample_rate_hz: 8000, ..SpeechOptions::of(&models()) }
}

fn rest(stream: &mut SpeechStream) -> Vec<SpeechPiece> {
    std::iter::from_fn(|| stream.next_piece().unwrap()).collect()
}

fn said(options: SpeechOptions, text: &str) -> (Vec<f32>, Vec<WordTime>) {
    let mut stream = SpeechStream::new(models(), options).unwrap();
    stream.push_text(text).unwrap();
    stream.finish_text();
    joined(rest(&mut stream))
}

fn joined(pieces: Vec<SpeechPiece>) -> (Vec<f32>, Vec<WordTime>) {
    let words = pieces.iter().flat_map(|piece| piece.words.clone()).collect();
    (pieces.into_iter().flat_map(|piece| piece.samples).collect(), words)
}

/// The loudest sample of a time, in ms at 8 kHz.
fn peak(samples: &[f32], from_ms: u64, to_ms: u64) -> f32 {
    let at = |ms: u64| (ms as usize * 8).min(samples.len());
    samples[at(from_ms)..at(to_ms)].iter().fold(0.0, |peak, x| x.abs().max(peak))
}

#[test]
fn words_come_as_written_and_where_they_sound() {
    let text = "Your fee is $20 - really.  Ok?";
    let (samples, words) = said(options(), text);
    let written: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(written, text.split_whitespace().collect::<Vec<_>>());
    let mut before = 0;
    for word in &words {
        assert!(word.start_ms >= before && word.end_ms >= word.start_ms, "{words:?}");
        before = word.end_ms;
        let sounds = word.text == "-" || peak(&samples, word.start_ms, word.end_ms) > 0.05;
        assert!(sounds, "{word:?} is not heard");
    }
    assert!(before as usize * 8 <= samples.len(), "{before} ms in {} samples", samples.len());
}

#[test]
fn text_in_pieces_gives_the_same_sound_and_sooner() {
    let text = "Thank you for calling. Your card is locked now, and a new one is on its way.";
    let whole = said(options(), text);
    let mut stream = SpeechStream::new(models(), options()).unwrap();
    let mut pieces = Vec::new();
    let mut at_first_sound = None;
    for (n, c) in text.char_indices() {
        stream.push_text(c.encode_utf8(&mut [0; 4])).unwrap();
        while let Some(piece) = stream.next_piece().unwrap() {
            at_first_sound.get_or_insert(n);
            pieces.push(piece);
        }
    }
    stream.finish_text();
    pieces.extend(rest(&mut stream));
    assert!(at_first_sound.unwrap() < 24, "spoken before the second sentence has come");
    assert!(joined(pieces) == whole, "the same samples and words");
}

#[test]
fn a_flush_does_not_wait_for_the_end_of_a_sentence() {
    let mut stream = SpeechStream::new(models(), options()).unwrap();
    stream.push_text("One moment").unwrap();
    assert!(stream.next_piece().unwrap().is_none() && !stream.has_work());
    stream.flush_text();
    assert!(stream.has_work());
    let (samples, words) = joined(rest(&mut stream));
    assert!(peak(&samples, 0, 1000) > 0.05 && words.len() == 2);
    stream.push_text(" please.").unwrap();
    stream.finish_text();
    let (_, later) = joined(rest(&mut stream));
    assert_eq!(later[0].text, "please.");
    assert!(later[0].start_ms >= words[1].end_ms, "one axis: {words:?} {later:?}");
    assert!(matches!(
        stream.push_text("more"),
        Err(EngineError::Speech(SpeechRequestError::Finished))
    ));
}

#[test]
fn every_rate_gives_the_same_length() {
    for rate_hz in RATES_HZ {
        let (samples, words) =
            said(SpeechOptions { sample_rate_hz: rate_hz, ..options() }, "Good morning.");
        let length_ms = samples.len() as f64 * 1000.0 / f64::from(rate_hz);
        let end_ms = words[1].end_ms as f64;
        assert!(length_ms >= end_ms && length_ms < end_ms + 600.0, "{rate_hz}: {length_ms}");
    }
}

#[test]
fn speed_shortens() {
    let length = |speed| said(SpeechOptions { speed, ..options() }, "Good morning to you.").0.len();
    assert!(length(2.0) * 3 < length(1.0) * 2 && length(1.0) * 3 < length(0.5) * 2);
}

#[test]
fn a_dictionary_changes_a_word_alone() {
    let said_as = [("Hearsay", "HH IY1 R Z EY2 K AA1 R P AH0 R EY2 SH AH0 N")];
    let name = PronunciationDictionary::from_pairs(said_as).unwrap();
    let dictionary = Some(Arc::new(name));
    let plain = said(options(), "This is hearsay.").1;
    let own = said(SpeechOptions { dictionary, ..options() }, "This is Hearsay.").1;
    let length = |words: &[WordTime]| words[2].end_ms - words[2].start_ms;
    assert_eq!(own[2].text, "Hearsay.");
    assert!(length(&own) > length(&plain) + 200, "{plain:?} {own:?}");
}

#[test]
fn what_cannot_be_done_is_refused_with_field_value_and_range() {
    let base = options();
    let cases = [
        (SpeechOptions { speed: 3.0, ..base.clone() }, "speed", "speed 3 is outside 0.5 to 2.0"),
        (SpeechOptions { speed: f32::NAN, ..base.clone() }, "speed", "NaN"),
        (SpeechOptions { voice: "nobody".into(), ..base.clone() }, "voice", "the voices are "),
        (SpeechOptions { sample_rate_hz: 11_025, ..base.clone() }, "sample_rate", "11025"),
        (
            SpeechOptions { language_code: Some("tlh".into()), ..base.clone() },
            "language",
            "en, es, hi",
        ),
        (SpeechOptions { language_code: Some("en-".into()), ..base.clone() }, "language", "en-"),
    ];
    for (options, field, part) in cases {
        let Err(EngineError::Speech(error)) = SpeechStream::new(models(), options).map(drop) else {
            panic!("{field} was let through");
        };
        assert_eq!(error.field(), field);
        assert!(error.to_string().contains(part), "{error}");
    }
    for code in ["en", "EN", "en-US", "en_GB"] {
        let options = SpeechOptions { language_code: Some(code.into()), ..base.clone() };
        assert!(SpeechStream::new(models(), options).is_ok(), "{code}");
    }
}

#[test]
fn text_without_words_and_text_without_end_are_refused() {
    for (text, wanted) in
        [("", SpeechRequestError::Empty), ("... --- !!!", SpeechRequestError::NothingSpeakable)]
    {
        let mut stream = SpeechStream::new(models(), options()).unwrap();
        stream.push_text(text).unwrap();
        stream.finish_text();
        assert!(matches!(stream.next_piece(), Err(EngineError::Speech(have)) if have == wanted));
    }
    let mut stream = SpeechStream::new(models(), options()).unwrap();
    stream.push_text(&"a".repeat(TEXT_CHARS_MAX)).unwrap();
    let error = stream.push_text("a").unwrap_err().to_string();
    assert_eq!(error, "text of 100001 characters is over the limit of 100000");
}

#[test]
fn a_number_of_any_length_is_spoken() {
    let number = "9".repeat(290);
    let (samples, words) = said(options(), &format!("It is {number}."));
    // A clause has a bound, so that the number may come in pieces; nothing of it is lost.
    let written: String = words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(written, format!("Itis{number}."));
    assert!(samples.len() > 8000 * 20, "{} samples", samples.len());
    let end = words[words.len() - 1].end_ms;
    assert!(words.iter().all(|word| word.start_ms <= word.end_ms && word.end_ms <= end));
}

#[test]
fn the_engines_threads_make_the_same() {
    let engine = Engine::start(models(), 1).unwrap();
    let lane = engine.speech_lane();
    let mut stream = Box::new(SpeechStream::new(models(), options()).unwrap());
    stream.push_text("Good morning.").unwrap();
    stream.finish_text();
    let mut pieces = Vec::new();
    loop {
        let (send, receive) = mpsc::channel();
        lane.step(stream, move |stream, piece| send.send((stream, piece)).unwrap()).unwrap();
        let (back, piece) = receive.recv().unwrap();
        stream = back;
        match piece.unwrap() {
            Some(piece) => pieces.push(piece),
            None => break,
        }
    }
    assert!(joined(pieces) == said(options(), "Good morning."));
}
