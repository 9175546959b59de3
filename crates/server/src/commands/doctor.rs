//! `hearsay doctor`: what this machine has and lacks, and what a recording says of its making.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hearsay_audio::watermark::{self, Detection};
use serde_json::json;

use super::models;
use crate::agent_file;

/// Runs the command; exit code 1 when something needed is missing.
pub fn run(json: bool) -> Result<ExitCode, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let models = models();
    let load_ms = started.elapsed().as_millis();
    let agent = agent_file::read(None);
    let port = std::net::TcpListener::bind("127.0.0.1:8080");
    let good = models.is_ok() && agent.is_ok();
    let weights: Vec<_> = hearsay_weights::ALL
        .iter()
        .map(|w| json!({ "name": w.name, "bytes": w.bytes.len(), "sha256": w.sha256 }))
        .collect();
    if json {
        let report = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "cores": cores,
            "simd": simd(),
            "runtime": hearsay_nn::runtime().to_string(),
            "models_load_ms": models.is_ok().then_some(load_ms),
            "models_error": models.as_ref().err(),
            "bank_error": agent.as_ref().err(),
            "port_8080_free": port.is_ok(),
            "weights": weights,
        });
        println!("{report}");
    } else {
        println!("hearsay {}", env!("CARGO_PKG_VERSION"));
        println!("cores           {cores}");
        println!("vector units    {}", simd().join(", "));
        println!("model runtime   {}", hearsay_nn::runtime());
        match &models {
            Ok(models) => println!(
                "models          good, loaded in {load_ms} ms, {} voices",
                models.voices().len()
            ),
            Err(error) => println!("models          {error}"),
        }
        match &agent {
            Ok(agent) => println!("built-in agent  good ({})", agent.name()),
            Err(error) => println!("built-in agent  {error}"),
        }
        match &port {
            Ok(_) => println!("port 8080       free"),
            Err(e) => println!("port 8080       {e}; use `hearsay serve --listen 127.0.0.1:0`"),
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(super::FOUND_PROBLEM) })
}

/// Says whether a recording carries the mark of synthetic speech, channel by channel; exit code 1
/// when none does.
pub fn recording(path: &Path, json: bool) -> Result<ExitCode, String> {
    let shown = path.display();
    let wav = super::load_wav(path)?;
    let mut present = false;
    let mut channels = Vec::new();
    for channel in 0..wav.channels {
        let samples = wav.channel(channel).unwrap_or_default();
        let found =
            watermark::detect(&samples, wav.rate_hz).map_err(|e| format!("{shown}: {e}"))?;
        present |= found.present;
        channels.push(found);
    }
    if json {
        let rows: Vec<_> = channels.iter().map(as_json).collect();
        println!("{}", json!({ "file": shown.to_string(), "present": present, "channels": rows }));
    } else {
        for (channel, found) in channels.iter().enumerate() {
            let name = match (wav.channels, channel) {
                (1, _) => String::new(),
                (_, 0) => " (left)".to_string(),
                _ => " (right)".to_string(),
            };
            println!("{shown}{name}: {}", in_words(found));
        }
    }
    Ok(if present { ExitCode::SUCCESS } else { ExitCode::from(super::FOUND_PROBLEM) })
}

fn as_json(found: &Detection) -> serde_json::Value {
    json!({ "present": found.present, "score": found.score, "threshold": found.threshold,
        "payload": found.payload, "start_ms": found.start_ms, "end_ms": found.end_ms })
}

fn in_words(found: &Detection) -> String {
    let Detection { score, threshold, .. } = found;
    if !found.present {
        return format!(
            "no watermark of synthetic speech found (score {score:.1}, found from {threshold:.1} \
             on); a mark in a few words or after a low-rate codec can be missed"
        );
    }
    let payload = found.payload.map_or(String::new(), |bits| format!(", payload {bits:#06x}"));
    format!(
        "carries the watermark of synthetic speech (score {score:.1}, found from {threshold:.1} \
         on; {:.1} to {:.1} s{payload})",
        found.start_ms as f64 / 1000.0,
        found.end_ms as f64 / 1000.0
    )
}

/// The vector instructions that the model runtime can use here.
fn simd() -> Vec<&'static str> {
    let mut found = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        let checks = [
            ("AVX2", is_x86_feature_detected!("avx2")),
            ("FMA", is_x86_feature_detected!("fma")),
            ("AVX-512", is_x86_feature_detected!("avx512f")),
            ("AVX-512-VNNI", is_x86_feature_detected!("avx512vnni")),
        ];
        found.extend(checks.iter().filter(|(_, has)| *has).map(|(name, _)| *name));
    }
    #[cfg(target_arch = "aarch64")]
    found.push("NEON");
    found
}
