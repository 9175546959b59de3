//! Speaks English lines with a Piper voice and our own pronunciation, and measures it.
//!
//! ```text
//! cargo run --release -p hearsay-speech --example piper -- WEIGHTS VOICE.onnx OUT_FOLDER < lines.txt
//! ```
//!
//! WEIGHTS is `crates/weights/data`. Writes `NNN.wav` at the voice's rate; prints the time that each line took, its length,
//! and when its words sound.

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use hearsay_speech::piper::PiperVoice;
use hearsay_speech::synthesiser::{Pause, SpokenWord};
use hearsay_text::g2p::G2p;
use hearsay_text::normalize;

fn pause(pause: normalize::Pause) -> Option<Pause> {
    match pause {
        normalize::Pause::None => None,
        normalize::Pause::Comma => Some(Pause::Comma),
        normalize::Pause::Question => Some(Pause::Question),
        _ => Some(Pause::Period),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, weights, voice, out] = args.as_slice() else {
        return Err("usage: piper WEIGHTS VOICE.onnx OUT_FOLDER < lines.txt".into());
    };
    let read = |name: &str| std::fs::read(Path::new(weights).join(name));
    let g2p = G2p::load(&read("lexicon_en.bin")?, &read("g2p_en.bin")?)?;
    let json = std::fs::read_to_string(format!("{voice}.json"))?;
    let started = Instant::now();
    let voice = PiperVoice::load(&std::fs::read(voice)?, &json)?;
    eprintln!("{voice:?} on {}, loaded in {:?}", hearsay_nn::runtime(), started.elapsed());
    std::fs::create_dir_all(out)?;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let words: Vec<SpokenWord> = g2p
            .phonemize(&line?)
            .into_iter()
            .map(|word| SpokenWord {
                language: word.language,
                text: word.text,
                phones: word.phones.iter().map(ToString::to_string).collect(),
                after: pause(word.pause_after),
            })
            .collect();
        let started = Instant::now();
        let mut utterance = voice.begin(&words, 1.0)?;
        let took = started.elapsed();
        let words =
            utterance.words().iter().map(|w| format!("{} {}-{}", w.text, w.start_ms, w.end_ms));
        let words = words.collect::<Vec<_>>().join(", ");
        let rate = voice.sample_rate_hz();
        let seconds = utterance.total_samples() as f32 / rate as f32;
        let samples = utterance.next_chunk(usize::MAX).unwrap_or_default();
        let wav = hearsay_audio::wav::write_pcm16(samples, 1, rate);
        std::fs::write(Path::new(out).join(format!("{number:03}.wav")), wav)?;
        println!("{number:03}: {seconds:.2} s in {took:.2?}: {words}");
    }
    Ok(())
}
