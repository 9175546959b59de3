//! Recognises WAV files (8 or 16 kHz, mono) chunk by chunk, as a call would.
//!
//! ```text
//! cargo run -p hearsay-speech --example recognise -- MODEL_DIR FILE.wav ... [--lm-weight 0.4] [--bias "okafor,visa card"]
//! ```
//! The n-gram model `asr_lm.bin` takes part where the folder has it. Prints each file's transcript, and to stderr the time taken and the audio's length.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use hearsay_audio::mel::{LogMel, MelConfig};
use hearsay_audio::resample::resample;
use hearsay_audio::wav;
use hearsay_speech::recogniser::{Bias, LANGUAGE_WEIGHT, Recogniser};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder =
        arguments.next().ok_or("usage: recognise MODEL_DIR FILE.wav ... [--bias PHRASE,...]")?;
    let mut files: Vec<String> = arguments.collect();
    let bias = files.iter().position(|a| a == "--bias").map(|at| files.split_off(at));
    let bias =
        bias.and_then(|b| b.get(1).cloned()).map(|list| Arc::new(Bias::new(list.split(','), 0.5)));
    let weight = files.iter().position(|a| a == "--lm-weight").map(|at| files.split_off(at));
    let weight = weight.and_then(|w| w.get(1)?.parse().ok()).unwrap_or(LANGUAGE_WEIGHT);
    let read = |name: &str| std::fs::read(format!("{folder}/{name}"));
    let tokens = std::fs::read_to_string(format!("{folder}/asr_tokens.txt"))?;
    let recogniser = Recogniser::load(&read("asr_encoder.onnx")?, &tokens)?;
    let recogniser = match read("asr_lm.bin") {
        Ok(model) => recogniser.with_language_model(&model, weight)?,
        Err(_) => recogniser,
    };
    let (mut audio_s, mut spent_s) = (0.0, 0.0);
    for file in &files {
        let samples = samples_8k(file)?;
        audio_s += samples.len() as f64 / 8000.0;
        let began = Instant::now();
        let mut front = LogMel::new(MelConfig::recogniser())?;
        let mut stream = recogniser.stream(bias.clone());
        for packet in samples.chunks(160) {
            let mut mel = Vec::new();
            front.push(packet, &mut mel);
            stream.push(&recogniser, &mel)?;
        }
        let transcript = stream.finish(&recogniser)?;
        spent_s += began.elapsed().as_secs_f64();
        println!("{file}\t{}", transcript.text);
    }
    eprintln!(
        "{audio_s:.1} s of audio in {spent_s:.2} s: real-time factor {:.4}",
        spent_s / audio_s
    );
    Ok(())
}

/// The file's samples at 8 kHz.
fn samples_8k(file: &str) -> Result<Vec<f32>, Box<dyn Error>> {
    let wav = wav::read(&std::fs::read(file)?)?;
    Ok(resample(&wav.mono(), wav.rate_hz, 8000)?)
}
