//! Sets the mark of synthetic speech and looks for it: what `training/audio/watermark_trial.py` runs.
//!
//! `watermark mark [PAYLOAD] <in.wav >out.wav` marks; `watermark detect [KEY] <list` reads names of WAV files, one a line,
//! and prints `score threshold present payload name` for each.

use std::io::{BufRead, Read, Write};

use hearsay_audio::watermark::{DEFAULT_KEY, Detector, Watermarker};
use hearsay_audio::wav;

type Failed = Box<dyn std::error::Error>;

fn mark(payload: Option<u16>) -> Result<(), Failed> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let recording = wav::read(&bytes)?;
    let mut marker = Watermarker::new(DEFAULT_KEY, recording.rate_hz)?;
    if let Some(payload) = payload {
        marker = marker.with_payload(payload);
    }
    let mut samples = recording.mono();
    marker.mark(&mut samples);
    std::io::stdout().write_all(&wav::write_pcm16(&samples, 1, recording.rate_hz))?;
    Ok(())
}

fn detect(key: u64) -> Result<(), Failed> {
    let detector = Detector::new(key);
    for name in std::io::stdin().lock().lines() {
        let name = name?;
        let recording = wav::read(&std::fs::read(&name)?)?;
        let found = detector.detect(&recording.mono(), recording.rate_hz)?;
        let payload = found.payload.map_or("-".to_string(), |payload| payload.to_string());
        println!("{} {} {} {payload} {name}", found.score, found.threshold, found.present);
    }
    Ok(())
}

fn main() -> Result<(), Failed> {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("mark"), payload) => mark(payload.map(|value| value.parse()).transpose()?),
        (Some("detect"), key) => detect(key.map_or(Ok(DEFAULT_KEY), |value| value.parse())?),
        _ => Err("say `mark` or `detect`".into()),
    }
}
