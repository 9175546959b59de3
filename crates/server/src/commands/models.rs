//! `hearsay models`: what is built in, and what a folder of other models holds.

use std::path::Path;
use std::process::ExitCode;

use hearsay_speech::mel_vocoder::MelVocoder;
use hearsay_speech::pack::Pack;
use hearsay_speech::piper::PiperVoice;
use hearsay_weights::{ALL, Weight};
use serde_json::json;

use crate::cli::ModelsCommand;

/// Runs the command.
pub fn run(what: &ModelsCommand) -> Result<ExitCode, String> {
    match what {
        ModelsCommand::List { json } => list(*json),
        ModelsCommand::Check { folder } => check(folder)?,
        ModelsCommand::Show { name, json } => show(name, *json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(json: bool) {
    for weight in ALL {
        if json {
            println!("{}", as_json(weight));
        } else {
            let bytes = weight.bytes.len();
            println!("{:18} {:>7.2} MB  {}", weight.name, bytes as f64 / 1e6, title(weight));
        }
    }
}

fn show(name: &str, json: bool) -> Result<(), String> {
    let weight = ALL.iter().find(|weight| weight.name == name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|weight| weight.name).collect();
        format!("no model `{name}`; use one of {}", names.join(", "))
    })?;
    if json {
        let mut whole = as_json(weight);
        whole["card"] = json!(weight.card);
        println!("{whole}");
    } else {
        println!("{}, {} bytes, SHA-256 {}\n", weight.name, weight.bytes.len(), weight.sha256);
        println!("{}", weight.card.trim_end());
    }
    Ok(())
}

/// What is in a model pack.
fn check(folder: &Path) -> Result<(), String> {
    let pack = Pack::open(folder).map_err(|e| e.to_string())?;
    let licence = pack.licence.as_deref().unwrap_or("licence not stated");
    println!("{}: good: {} ({licence})", folder.display(), pack.name);
    if let Some(transducer) = &pack.transducer {
        println!(
            "recogniser       {} transducer, {} tokens, {} ms a chunk",
            transducer.model_type(),
            transducer.vocabulary(),
            transducer.chunk_ms()
        );
    }
    if pack.vad.is_some() {
        println!("voice activity   Silero");
    }
    if let Some(voice) = &pack.piper {
        println!("voice            {}", voice_in_words(voice));
    }
    if let Some(vocoder) = &pack.vocoder {
        println!("vocoder          {}", vocoder_in_words(vocoder));
    }
    Ok(())
}

fn voice_in_words(voice: &PiperVoice) -> String {
    let times = if voice.exact_times() { "exact" } else { "estimated" };
    let language = if voice.language().is_empty() { "not stated" } else { voice.language() };
    let speakers = match voice.speaker_count() {
        1 => "1 speaker".to_string(),
        many => format!("{many} speakers"),
    };
    format!(
        "Piper, language {language}, {speakers}, {} Hz, word times {times}",
        voice.sample_rate_hz()
    )
}

fn vocoder_in_words(vocoder: &MelVocoder) -> String {
    let geometry = vocoder.geometry();
    let name = geometry.name.as_deref().unwrap_or("mel frames to sound");
    format!(
        "{name}, {} Hz, {} mels from {} to {} Hz, {:.1} ms a frame",
        geometry.sample_rate,
        geometry.mels,
        geometry.fmin,
        geometry.fmax,
        geometry.hop as f32 * 1000.0 / geometry.sample_rate as f32
    )
}

fn as_json(weight: &Weight) -> serde_json::Value {
    json!({ "name": weight.name, "bytes": weight.bytes.len(), "sha256": weight.sha256,
        "title": title(weight) })
}

/// The first heading of a model's card.
fn title(weight: &Weight) -> &'static str {
    let heading = weight.card.lines().find_map(|line| line.strip_prefix("# "));
    heading.unwrap_or_default().trim()
}
