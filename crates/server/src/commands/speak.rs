//! `hearsay speak` and `hearsay voices`.

use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use hearsay_audio::g711::Law;
use hearsay_audio::{g711, l16, spectrogram, wav};
use hearsay_engine::{Engine, EngineEvent, SpeakRequest};
use hearsay_text::pii::Pii;

use super::{engine, models, write};
use crate::cli::{Encoding, SpeakArgs};

/// Rates that can be asked for.
const RATES_HZ: [u32; 3] = [8000, 16_000, 24_000];

/// Runs `speak`.
pub fn run(args: &SpeakArgs) -> Result<ExitCode, String> {
    if !RATES_HZ.contains(&args.sample_rate) {
        return Err(format!("--sample-rate {}: give 8000, 16000 or 24000", args.sample_rate));
    }
    if !(0.5..=2.0).contains(&args.speed) {
        return Err(format!("--speed {}: give a number from 0.5 to 2", args.speed));
    }
    let engine = engine(Some(1))?;
    let voice = match &args.voice {
        Some(voice) => voice.clone(),
        None => engine.models().voices().first().map(|v| v.name.clone()).unwrap_or_default(),
    };
    let samples = say(&engine, &args.text, &voice, args.speed, args.sample_rate)?.samples;
    if samples.is_empty() {
        return Err("nothing to say: the text has no words".to_string());
    }
    write(&args.out, &encode(args, &samples))?;
    if let Some(path) = &args.spectrogram {
        let picture =
            spectrogram::png(&samples, args.sample_rate, &spectrogram::Picture::default())
                .map_err(|e| e.to_string())?;
        write(path, &picture)?;
    }
    let seconds = samples.len() as f64 / f64::from(args.sample_rate);
    eprintln!("{}: {seconds:.2} s", args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// A text as speech.
pub struct Said {
    /// All of it, -1 to 1.
    pub samples: Vec<f32>,
    /// From the request to the first audio.
    pub first_after: Duration,
}

/// Says a text through the engine as a call would.
pub fn say(
    engine: &Engine,
    text: &str,
    voice: &str,
    speed: f32,
    rate_hz: u32,
) -> Result<Said, String> {
    let intents = Arc::new(engine.models().intents(&[]).map_err(|e| e.to_string())?);
    let (sender, events) = mpsc::channel();
    let sink = std::sync::Mutex::new(sender);
    let sink = move |event| {
        if let Ok(sender) = sink.lock() {
            // The receiver waits below until the reply is complete.
            let _ = sender.send(event);
        }
    };
    let call = engine.open(rate_hz, intents, Arc::new(sink)).map_err(|e| e.to_string())?;
    let (text, voice) = (Pii::new(text.to_string()), voice.to_string());
    call.speak(SpeakRequest { reply: 1, text, voice, speed }).map_err(|e| e.to_string())?;
    let mut said = Said { samples: Vec::new(), first_after: Duration::ZERO };
    for event in events {
        match event {
            EngineEvent::Audio { samples, first_after, .. } => {
                said.samples.extend(samples);
                said.first_after = first_after.unwrap_or(said.first_after);
            }
            EngineEvent::Spoken { .. } => break,
            EngineEvent::Failed { reason, .. } => return Err(reason),
            _ => {}
        }
        // Nobody listens, so nothing waits to be played.
        call.set_backlog(0);
    }
    Ok(said)
}

fn encode(args: &SpeakArgs, samples: &[f32]) -> Vec<u8> {
    let rate = args.sample_rate;
    let law = match args.encoding {
        Encoding::Pcm16 => None,
        Encoding::Mulaw => Some(Law::Mu),
        Encoding::Alaw => Some(Law::A),
    };
    let mut bytes = Vec::new();
    match (law, args.no_wav_header) {
        (None, true) => l16::encode(samples, &mut bytes),
        (None, false) => bytes = wav::write_pcm16(samples, 1, rate),
        (Some(law), true) => g711::encode(law, samples, &mut bytes),
        (Some(law), false) => bytes = wav::write_g711(law, samples, 1, rate),
    }
    bytes
}

/// Runs `voices`.
pub fn voices(json: bool) -> Result<ExitCode, String> {
    let models = models()?;
    for voice in models.voices() {
        if json {
            let line = serde_json::json!({ "name": voice.name, "description": voice.description });
            println!("{line}");
        } else {
            println!("{:12} {}", voice.name, voice.description);
        }
    }
    Ok(ExitCode::SUCCESS)
}
