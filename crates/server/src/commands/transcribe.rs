//! `hearsay transcribe`: recognition of whole recordings, utterance by
//! utterance.

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, mpsc};

use hearsay_engine::{EngineCall, EngineEvent, HearCommand};
use serde_json::{Value, json};

use super::{engine, read_wav};
use crate::cli::TranscribeArgs;

/// The recogniser's rate.
const RATE_HZ: u32 = 8000;
/// Samples of one frame.
const FRAME: usize = 160;
/// Milliseconds of one frame.
const FRAME_MS: u64 = 20;
/// A frame is voiced from this probability.
const VOICED_MIN: f32 = 0.5;
/// Silence that ends an utterance.
const ENDPOINT_MS: u64 = 600;
/// Longest utterance.
const UTTERANCE_MS_MAX: u64 = 20_000;

/// Runs the command. A file that cannot be read does not stop the others.
pub fn run(args: &TranscribeArgs) -> Result<ExitCode, String> {
    let engine = engine(None)?;
    let intents = Arc::new(engine.models().intents(&[]).map_err(|e| e.to_string())?);
    let mut code = ExitCode::SUCCESS;
    for file in &args.files {
        let (sender, events) = mpsc::channel();
        let sink = Mutex::new(sender);
        let call = engine.open(
            RATE_HZ,
            intents.clone(),
            Arc::new(move |event| {
                if let Ok(sender) = sink.lock() {
                    // Nobody waits for events after the end of the file.
                    let _ = sender.send(event);
                }
            }),
        );
        let call = call.map_err(|e| e.to_string())?;
        match read_wav(file, RATE_HZ) {
            Ok(samples) => transcribe(&call, &events, &samples, file, args)?,
            Err(error) => {
                eprintln!("hearsay: {error}");
                code = ExitCode::from(super::BAD_INPUT);
            }
        }
    }
    Ok(code)
}

/// The utterance being heard.
struct Progress {
    utterance: u64,
    now_ms: u64,
    /// When its voice was last heard.
    voiced_at_ms: Option<u64>,
    started_ms: u64,
    finals: Vec<Value>,
}

fn transcribe(
    call: &EngineCall,
    events: &mpsc::Receiver<EngineEvent>,
    samples: &[f32],
    file: &Path,
    args: &TranscribeArgs,
) -> Result<(), String> {
    let mut progress =
        Progress { utterance: 1, now_ms: 0, voiced_at_ms: None, started_ms: 0, finals: Vec::new() };
    for frame in samples.chunks(FRAME) {
        call.hear(frame.to_vec()).map_err(|e| e.to_string())?;
        call.wait_idle();
        progress.now_ms += FRAME_MS;
        take(&mut progress, events, args)?;
        let silent_ms = progress.voiced_at_ms.map_or(0, |at| progress.now_ms - at);
        let long = progress.voiced_at_ms.is_some()
            && progress.now_ms - progress.started_ms >= UTTERANCE_MS_MAX;
        if silent_ms >= ENDPOINT_MS || long {
            close(call, &mut progress, events, args)?;
        }
    }
    if progress.voiced_at_ms.is_some() {
        close(call, &mut progress, events, args)?;
    }
    let texts: Vec<&str> = progress.finals.iter().filter_map(|f| f["text"].as_str()).collect();
    if args.json && !args.stream {
        println!(
            "{}",
            json!({ "file": file, "text": texts.join(" "), "utterances": progress.finals })
        );
    } else if !args.stream {
        let many = args.files.len() > 1;
        let prefix = if many { format!("{}: ", file.display()) } else { String::new() };
        println!("{prefix}{}", texts.join(" "));
    }
    Ok(())
}

fn close(
    call: &EngineCall,
    progress: &mut Progress,
    events: &mpsc::Receiver<EngineEvent>,
    args: &TranscribeArgs,
) -> Result<(), String> {
    call.command(HearCommand::Finalize, progress.utterance).map_err(|e| e.to_string())?;
    call.wait_idle();
    take(progress, events, args)?;
    progress.utterance += 1;
    progress.voiced_at_ms = None;
    Ok(())
}

fn take(
    progress: &mut Progress,
    events: &mpsc::Receiver<EngineEvent>,
    args: &TranscribeArgs,
) -> Result<(), String> {
    for event in events.try_iter() {
        match event {
            EngineEvent::Voice { speech } if speech >= VOICED_MIN => {
                if progress.voiced_at_ms.is_none() {
                    progress.started_ms = progress.now_ms;
                }
                progress.voiced_at_ms = Some(progress.now_ms);
            }
            EngineEvent::Interim { text, .. } if args.stream => {
                let event = json!({ "text": text.expose(), "is_final": false });
                show(progress.now_ms, event, args);
            }
            EngineEvent::Final { transcript, .. } => {
                let start_ms = progress.started_ms;
                let words: Vec<Value> = transcript
                    .words
                    .iter()
                    .map(|w| {
                        json!({ "word": w.text.expose(), "start_ms": w.start_ms,
                        "end_ms": w.end_ms, "confidence": w.confidence })
                    })
                    .collect();
                let event = json!({ "text": transcript.text.expose(), "is_final": true,
                    "start_ms": start_ms, "end_ms": progress.now_ms,
                    "confidence": transcript.confidence, "words": words });
                if args.stream {
                    show(progress.now_ms, event.clone(), args);
                }
                if !transcript.text.expose().is_empty() {
                    progress.finals.push(event);
                }
            }
            EngineEvent::Failed { reason, .. } => return Err(reason),
            _ => {}
        }
    }
    Ok(())
}

fn show(now_ms: u64, mut event: Value, args: &TranscribeArgs) {
    if args.json {
        event["at_ms"] = json!(now_ms);
        println!("{event}");
        return;
    }
    let kind = if event["is_final"] == json!(true) { "final  " } else { "interim" };
    let text = event["text"].as_str().unwrap_or_default();
    println!("[{:7.2} s] {kind} {text}", now_ms as f64 / 1000.0);
}
