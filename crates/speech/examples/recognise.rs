//! Recognises WAV files (8 or 16 kHz, mono) chunk by chunk, as a call would.
//!
//! ```text
//! cargo run -p hearsay-speech --example recognise -- MODEL_DIR FILE.wav ... [--words FILE]
//!     [--bias "okafor,visa card"] [--digits] [--set language=0.8,word=0.5] [--stream]
//!     [--lm-weight 0.4]
//! ```
//! The folder's `asr_words.bin` (or `--words`) is searched; without one the pieces are, with
//! `asr_lm.bin` where there is one. `--words none` does without. `--set` changes the word search's
//! tuning. `--stream` shows the text growing, what will not change any more before a bar. Prints
//! each file's transcript, and to stderr the time taken and the audio's length.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use hearsay_audio::mel::{LogMel, MelConfig};
use hearsay_audio::resample::resample;
use hearsay_audio::wav;
use hearsay_speech::recogniser::{Bias, LANGUAGE_WEIGHT, Recogniser, WordTuning};

const USAGE: &str = "usage: recognise MODEL_DIR FILE.wav ... [--words FILE] [--bias PHRASE,...] \
     [--digits] [--set NAME=VALUE,...] [--lm-weight W] [--stream]";

/// The command line.
#[derive(Default)]
struct Options {
    folder: String,
    files: Vec<String>,
    words: Option<String>,
    bias: Vec<String>,
    digits: bool,
    stream: bool,
    tuning: WordTuning,
    lm_weight: Option<f32>,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut out = Options::default();
    let mut arguments = std::env::args().skip(1);
    out.folder = arguments.next().ok_or(USAGE)?;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--digits" => out.digits = true,
            "--stream" => out.stream = true,
            "--words" => out.words = arguments.next(),
            "--lm-weight" => out.lm_weight = Some(arguments.next().ok_or(USAGE)?.parse()?),
            "--bias" => {
                out.bias = arguments.next().ok_or(USAGE)?.split(',').map(str::to_owned).collect();
            }
            "--set" => {
                for pair in arguments.next().ok_or(USAGE)?.split(',') {
                    set(&mut out.tuning, pair)?;
                }
            }
            _ => out.files.push(argument),
        }
    }
    Ok(out)
}

fn set(tuning: &mut WordTuning, pair: &str) -> Result<(), Box<dyn Error>> {
    let (name, value) = pair.split_once('=').ok_or("--set takes NAME=VALUE")?;
    match name {
        "language" => tuning.language = value.parse()?,
        "word" => tuning.word = value.parse()?,
        "blank" => tuning.blank = value.parse()?,
        "margin" => tuning.margin = value.parse()?,
        "phone_margin" => tuning.phone_margin = value.parse()?,
        "hypotheses_max" => tuning.hypotheses_max = value.parse()?,
        _ => return Err(format!("no tuning named {name}").into()),
    }
    Ok(())
}

fn load(options: &Options) -> Result<Recogniser, Box<dyn Error>> {
    let folder = &options.folder;
    let read = |name: &str| std::fs::read(format!("{folder}/{name}"));
    let tokens = std::fs::read_to_string(format!("{folder}/asr_tokens.txt"))?;
    let recogniser = Recogniser::load(&read("asr_encoder.onnx")?, &tokens)?;
    let words = match options.words.as_deref() {
        Some("none") => None,
        Some(path) => Some(std::fs::read(path)?),
        None => read("asr_words.bin").ok(),
    };
    if let Some(words) = words {
        return Ok(recogniser.with_words_tuned(&words, options.tuning)?);
    }
    Ok(match read("asr_lm.bin") {
        Ok(model) => {
            recogniser.with_language_model(&model, options.lm_weight.unwrap_or(LANGUAGE_WEIGHT))?
        }
        Err(_) => recogniser,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let recogniser = load(&options)?;
    let bias = (!options.bias.is_empty() || options.digits)
        .then(|| Arc::new(Bias::new(&options.bias, 0.5).expecting_digits(options.digits)));
    let (mut audio_s, mut spent_s) = (0.0, 0.0);
    for file in &options.files {
        let samples = samples_8k(file)?;
        audio_s += samples.len() as f64 / 8000.0;
        let began = Instant::now();
        let mut front = LogMel::new(MelConfig::recogniser())?;
        let mut stream = recogniser.stream(bias.clone());
        for packet in samples.chunks(160) {
            let mut mel = Vec::new();
            front.push(packet, &mut mel);
            let interim = stream.push(&recogniser, &mel)?;
            if let Some(interim) = interim.filter(|_| options.stream) {
                let (stable, rest) = interim.text.split_at(interim.stable_chars);
                println!("{:6} ms  {stable}|{rest}", interim.end_ms);
            }
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
