//! `hearsay clone`: a voice from a recording.

use std::process::ExitCode;
use std::time::Instant;

use super::{models, read_wav};
use crate::cli::CloneArgs;
use crate::voice_store;

/// Rate at which the recording is read, Hz: the synthesiser's own.
const RATE_HZ: u32 = hearsay_speech::vocoder::SAMPLE_RATE_HZ;

/// Runs `clone`.
pub fn run(args: &CloneArgs) -> Result<ExitCode, String> {
    let samples = read_wav(&args.recording, RATE_HZ)?;
    let models = models()?;
    let started = Instant::now();
    let stored =
        voice_store::make(&models.speaker_encoder, &args.name, &args.consent, &samples, RATE_HZ)
            .map_err(|e| format!("{}: {e}", args.recording.display()))?;
    let took_ms = started.elapsed().as_millis();
    let path = voice_store::keep(&models, &stored)?;
    if args.json {
        let consent = &stored.consent;
        let line = serde_json::json!({
            "voice": stored.voice.name, "file": path, "took_ms": took_ms, "consent": consent,
        });
        println!("{line}");
    } else {
        println!("{}: voice {} in {took_ms} ms", path.display(), stored.voice.name);
        println!(
            "try it: hearsay speak \"Hello, this is my voice.\" --voice {} --out hello.wav",
            args.name
        );
    }
    Ok(ExitCode::SUCCESS)
}
