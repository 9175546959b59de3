//! `hearsay bench`: speed, latency and many calls at once.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use hearsay_audio::mel::{LogMel, MelConfig};
use hearsay_engine::{Engine, SpeechOptions, SpeechStream};

use super::{models, read_wav};
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
        BenchCommand::Flood(args) => super::bench_flood::run(args),
        BenchCommand::Asr { audio } => asr(&read_wav(audio, 8000)?),
        BenchCommand::Guard { json } => super::bench_guard::run(*json),
        BenchCommand::Tts { streams } => {
            tts()?;
            streams.map_or(Ok(ExitCode::SUCCESS), tts_streams)
        }
        BenchCommand::Handoff { json } => super::bench_handoff::run(*json),
        BenchCommand::Slm { model, json } => super::bench_slm::run(model.as_deref(), *json),
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

/// Streams at once that can be asked for.
const STREAMS_MAX: usize = 500;
/// Sentences that each stream speaks.
const SENTENCES_A_STREAM: usize = 4;
/// A stream computes no further than this ahead of its listener.
const AHEAD: Duration = Duration::from_secs(2);

/// Many streams at once, each heard in real time by somebody who hangs on the first sound.
fn tts_streams(streams: usize) -> Result<ExitCode, String> {
    if !(1..=STREAMS_MAX).contains(&streams) {
        return Err(format!("--streams {streams}: give a number from 1 to {STREAMS_MAX}"));
    }
    let engine = super::engine(None)?;
    let listeners: Vec<_> = (0..streams)
        .map(|number| {
            let engine = engine.clone();
            std::thread::spawn(move || listener(&engine, number))
        })
        .collect();
    let mut first = Vec::new();
    for listener in listeners {
        first.extend(listener.join().map_err(|_| "a listener stopped".to_string())??);
    }
    show(&format!("first of {streams} streams"), first);
    Ok(ExitCode::SUCCESS)
}

/// One stream after another, played as fast as it sounds; the waits for their first sounds, ms.
fn listener(engine: &Engine, number: usize) -> Result<Vec<f64>, String> {
    // Spread over a second, as callers come.
    std::thread::sleep(Duration::from_millis(number as u64 * 997 % 1000));
    let mut waits = Vec::new();
    for round in 0..SENTENCES_A_STREAM {
        let (asked, lane) = (Instant::now(), engine.speech_lane());
        let models = engine.models().clone();
        let options = SpeechOptions { sample_rate_hz: 8000, ..SpeechOptions::of(&models) };
        let mut stream = SpeechStream::new(models, options).map_err(|e| e.to_string())?;
        stream
            .push_text(SENTENCES[(number + round) % SENTENCES.len()])
            .map_err(|e| e.to_string())?;
        stream.finish_text();
        let mut held = Box::new(stream);
        let mut made = Duration::ZERO;
        loop {
            let (send, receive) = std::sync::mpsc::channel();
            let done = move |stream, piece| {
                // The receiver waits below.
                let _ = send.send((stream, piece));
            };
            lane.step(held, done).map_err(|e| e.to_string())?;
            let (stream, piece) = receive.recv().map_err(|e| e.to_string())?;
            held = stream;
            let Some(piece) = piece.map_err(|e| e.to_string())? else { break };
            if made.is_zero() {
                waits.push(asked.elapsed().as_secs_f64() * 1000.0);
            }
            made += Duration::from_secs_f64(piece.samples.len() as f64 / 8000.0);
            std::thread::sleep(made.saturating_sub(asked.elapsed() + AHEAD));
        }
        std::thread::sleep(made.saturating_sub(asked.elapsed()));
    }
    Ok(waits)
}

/// Synthesis on one thread, at the telephone's rate.
fn tts() -> Result<ExitCode, String> {
    let models = super::models()?;
    let (mut first, mut took, mut audio) = (Vec::new(), Duration::ZERO, 0.0);
    for sentence in SENTENCES.iter().cycle().take(SENTENCES.len() * ROUNDS) {
        let started = Instant::now();
        let said = hearsay_nn::on_worker(|| super::speak::say(&models, sentence, 8000))?;
        took += started.elapsed();
        audio += said.samples.len() as f64 / 8000.0;
        first.push(said.first_after.as_secs_f64() * 1000.0);
    }
    println!("audio                {audio:.2} s");
    println!("synthesis RTF        {:.4} (one thread)", took.as_secs_f64() / audio);
    show("text to first audio", first);
    Ok(ExitCode::SUCCESS)
}
