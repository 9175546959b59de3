//! `hearsay bench`: speed, latency and many calls at once.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use hearsay_audio::mel::{LogMel, MelConfig};

use super::{engine, models, read_wav};
use crate::bench_calls;
use crate::cli::BenchCommand;
use crate::report::Percentiles;

/// Sentences of the synthesis bench, as an agent would say them.
const SENTENCES: [&str; 5] = [
    "Hello, this is Harbour Bank. How can I help you today?",
    "Please tell me the four digits of your security code.",
    "Thank you. I have locked your card.",
    "Your new card will arrive in five days.",
    "Is there anything else that I can do for you?",
];
/// How often each sentence is spoken.
const ROUNDS: usize = 10;

/// Runs the command.
pub fn run(what: &BenchCommand) -> Result<ExitCode, String> {
    match what {
        BenchCommand::Calls(args) => bench_calls::run(args),
        BenchCommand::Asr { audio } => asr(&read_wav(audio, 8000)?),
        BenchCommand::Tts => tts(),
    }
}

/// Recognition of all the audio as one utterance stream, on one thread.
fn asr(samples: &[f32]) -> Result<ExitCode, String> {
    let models = models()?;
    let mut mel = LogMel::new(MelConfig::recogniser()).map_err(|e| e.to_string())?;
    let mut features = Vec::new();
    let started = Instant::now();
    mel.push(samples, &mut features);
    let features_took = started.elapsed();
    let chunk = 30 * 64;
    let (mut chunks, mut finals) = (Vec::new(), Vec::new());
    for utterance in features.chunks(chunk * 20) {
        let mut stream = models.recogniser.stream(None);
        for part in utterance.chunks(chunk) {
            chunks.push(timed(|| stream.push(&models.recogniser, part).map(drop))?);
        }
        finals.push(timed(|| stream.finish(&models.recogniser).map(drop))?);
    }
    let seconds = samples.len() as f64 / 8000.0;
    let total: f64 = chunks.iter().chain(&finals).sum::<f64>() / 1000.0;
    println!("audio                {seconds:.2} s");
    println!("features RTF         {:.4}", features_took.as_secs_f64() / seconds);
    println!("recognition RTF      {:.4} (one thread)", total / seconds);
    show("chunk of 300 ms", chunks);
    show("final", finals);
    Ok(ExitCode::SUCCESS)
}

fn timed<E: std::fmt::Display>(work: impl FnOnce() -> Result<(), E>) -> Result<f64, String> {
    let started = Instant::now();
    work().map_err(|e| e.to_string())?;
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

fn show(what: &str, values: Vec<f64>) {
    let p = Percentiles::of(values);
    println!(
        "{what:20} p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms ({})",
        p.p50, p.p95, p.p99, p.count
    );
}

/// Synthesis through the engine with one worker, at the telephone's rate.
fn tts() -> Result<ExitCode, String> {
    let engine = engine(Some(1))?;
    let voice = engine.models().voices().first().map(|v| v.name.clone()).unwrap_or_default();
    let (mut first, mut took, mut audio) = (Vec::new(), Duration::ZERO, 0.0);
    for sentence in SENTENCES.iter().cycle().take(SENTENCES.len() * ROUNDS) {
        let started = Instant::now();
        let said = super::speak::say(&engine, sentence, &voice, 1.0, 8000)?;
        took += started.elapsed();
        audio += said.samples.len() as f64 / 8000.0;
        first.push(said.first_after.as_secs_f64() * 1000.0);
    }
    println!("audio                {audio:.2} s");
    println!("synthesis RTF        {:.4} (one thread)", took.as_secs_f64() / audio);
    show("text to first audio", first);
    Ok(ExitCode::SUCCESS)
}
