//! `hearsay bench calls`: a phone provider's side of many calls at once, in
//! real time, over real sockets.
//!
//! Each caller asks the webhook where the media goes, opens that socket and
//! speaks the provider's protocol: 20 ms of a recording every 20 ms, and a
//! playback that obeys `clear`. Latency is taken here, where the caller is;
//! the lateness of frames is the server's own account.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hearsay_wire::{Encoding, Outbound, Start, plivo, twilio};
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::Message;

use crate::agent_file;
use crate::cli::{BenchCallsArgs, Provider};
use crate::commands;
use crate::config::Config;
use crate::drive::Switchboard;
use crate::http::{self, App};
use crate::listen::Door;
use crate::recorded_caller::{CallerFrame, FRAME_MS, Pace, RecordedCaller};
use crate::report::{CallReport, Percentiles};

/// The telephone's rate.
const LINE_HZ: u32 = 8000;
/// Calls at once that this bench can place.
const CALLS_MAX: usize = 500;
/// Callers begin this far apart, as callers do.
const STAGGER: Duration = Duration::from_millis(137);
/// A call that takes longer has failed.
const CALL_MAX: Duration = Duration::from_secs(240);

/// Runs the bench.
pub fn run(args: &BenchCallsArgs) -> Result<ExitCode, String> {
    if args.calls == 0 || args.calls > CALLS_MAX {
        return Err(format!("--calls {}: give a number from 1 to {CALLS_MAX}", args.calls));
    }
    let samples = commands::read_wav(&args.audio, LINE_HZ)?;
    let runtime = commands::runtime()?;
    runtime.block_on(async {
        let (server, reports) = match &args.server {
            Some(server) => (server.trim_end_matches('/').to_string(), None),
            None => own_server(args.calls).await.map(|(url, reports)| (url, Some(reports)))?,
        };
        let mut calls = Vec::new();
        for number in 0..args.calls {
            let mut caller = RecordedCaller::new(samples.clone(), LINE_HZ, Pace::TurnByTurn);
            if let Some(turn) = args.interrupt {
                caller = caller.interrupting(turn);
            }
            let (server, provider) = (server.clone(), args.provider);
            calls.push(tokio::spawn(async move {
                tokio::time::sleep(STAGGER * number as u32).await;
                let call = place(&server, provider, number, caller);
                match tokio::time::timeout(CALL_MAX, call).await {
                    Ok(result) => result,
                    Err(_) => Err("the call did not end in time".to_string()),
                }
            }));
        }
        let mut heard = Vec::new();
        for call in calls {
            match call.await.map_err(|e| e.to_string()).and_then(|result| result) {
                Ok(call) => heard.push(call),
                Err(error) => eprintln!("hearsay: a call failed: {error}"),
            }
        }
        // Reports of calls whose sockets have closed arrive within moments.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let reports = reports.map(|reports| reports.try_iter().collect::<Vec<_>>());
        Ok(show(args, &heard, reports.as_deref()))
    })
}

/// Starts a server in this process on a free port.
async fn own_server(calls: usize) -> Result<(String, mpsc::Receiver<CallReport>), String> {
    let mut config = Config::load(None).map_err(|e| e.to_string())?;
    config.calls_max = config.calls_max.max(calls);
    let agent = agent_file::read(None)?;
    let documents = agent_file::documents(None, &agent)?;
    let ready = agent_file::with_demo(agent).await?;
    let engine = commands::engine(None)?;
    let board = Switchboard::new(engine, Arc::new(ready.agent), &documents)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
    let url = format!("http://{}", listener.local_addr().map_err(|e| e.to_string())?);
    let mut app = App::new(config, board, url.clone());
    let (sender, reports) = mpsc::channel();
    app.reports = Some(sender);
    let demo = ready.demo;
    tokio::spawn(async move {
        let _lives_as_long_as_the_server = demo;
        let metrics = app.metrics.clone();
        let per_second = app.config.connections_per_second;
        let door = Door::new(http::routes(Arc::new(app)), None, metrics, per_second);
        door.serve(listener, std::future::pending()).await;
    });
    Ok((url, reports))
}

/// What one caller's side saw.
#[derive(Debug, Default)]
struct Heard {
    /// Caller stops to the next agent frame, ms.
    latencies: Vec<f64>,
    /// Onset of an interrupting turn to `clear`, ms.
    barge_ins: Vec<f64>,
    frames: u64,
}

/// The provider's side of one stream.
enum Peer {
    Twilio(twilio::peer::Peer),
    Plivo(plivo::peer::Peer),
}

impl Peer {
    fn new(provider: Provider, number: usize, token: &str) -> Self {
        let start = Start {
            call_id: format!("bench-{number}"),
            stream_id: format!("stream-{number}"),
            encoding: Encoding::Mulaw8k,
            parameters: BTreeMap::from([(http::TOKEN_PARAMETER.to_string(), token.to_string())]),
        };
        match provider {
            Provider::Twilio => Self::Twilio(twilio::peer::Peer::new(start)),
            Provider::Plivo => Self::Plivo(plivo::peer::Peer::new(start)),
        }
    }

    fn hello(&mut self) -> Vec<String> {
        match self {
            Self::Twilio(peer) => vec![peer.connected(), peer.start()],
            Self::Plivo(peer) => vec![peer.start()],
        }
    }

    fn media(&mut self, samples: &[f32]) -> String {
        match self {
            Self::Twilio(peer) => peer.media(samples),
            Self::Plivo(peer) => peer.media(samples),
        }
    }

    fn stop(&mut self) -> String {
        match self {
            Self::Twilio(peer) => peer.stop(),
            Self::Plivo(peer) => peer.stop(),
        }
    }

    fn decode(&self, text: &str) -> Result<Outbound<'static>, String> {
        let decoded = match self {
            Self::Twilio(peer) => peer.decode(text),
            Self::Plivo(peer) => peer.decode(text),
        };
        decoded.map_err(|e| e.to_string())
    }
}

/// Places one call and stays on the line until it ends.
async fn place(
    server: &str,
    provider: Provider,
    number: usize,
    mut caller: RecordedCaller,
) -> Result<Heard, String> {
    let (url, token) = ask_webhook(server, provider).await?;
    let (socket, _) =
        tokio_tungstenite::connect_async(&url).await.map_err(|e| format!("{url}: {e}"))?;
    let (mut sender, mut receiver) = socket.split();
    let mut peer = Peer::new(provider, number, &token);
    for message in peer.hello() {
        sender.send(Message::text(message)).await.map_err(|e| e.to_string())?;
    }
    let mut heard = Heard::default();
    let begun = Instant::now();
    let now_ms = || begun.elapsed().as_millis() as u64;
    let mut plays_until_ms = 0;
    let (mut answered_ms, mut interrupted_ms) = (None, None);
    let mut ticks = interval(Duration::from_millis(FRAME_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let now = now_ms();
                let message = match caller.next_frame(now, now < plays_until_ms) {
                    CallerFrame::Audio(samples) => peer.media(&samples),
                    // Recordings press none.
                    CallerFrame::Key(_) => continue,
                    CallerFrame::HangUp => peer.stop(),
                };
                // A closed socket is seen by the receiving half.
                let _ = sender.send(Message::text(message)).await;
            }
            message = receiver.next() => {
                let Some(Ok(message)) = message else { return Ok(heard) };
                let Message::Text(text) = message else { continue };
                let now = now_ms();
                match peer.decode(text.as_str())? {
                    Outbound::Media(samples) => {
                        let stopped = caller.stopped_at_ms();
                        if let Some(stopped_ms) = stopped.filter(|_| stopped != answered_ms) {
                            // Over an agent that speaks already there is no answer to time.
                            if plays_until_ms <= stopped_ms {
                                heard.latencies.push(now.saturating_sub(stopped_ms) as f64);
                            }
                            answered_ms = stopped;
                        }
                        let length_ms = samples.len() as u64 * 1000 / u64::from(LINE_HZ);
                        plays_until_ms = plays_until_ms.max(now) + length_ms;
                        heard.frames += 1;
                    }
                    Outbound::Clear => {
                        plays_until_ms = now;
                        let onset = caller.interrupted_at_ms();
                        if let Some(onset_ms) = onset.filter(|_| onset != interrupted_ms) {
                            heard.barge_ins.push(now.saturating_sub(onset_ms) as f64);
                            interrupted_ms = onset;
                        }
                    }
                    Outbound::Mark(_) => {}
                }
            }
        }
    }
}

/// Calls the webhook as the provider does; gives the media address and token.
async fn ask_webhook(server: &str, provider: Provider) -> Result<(String, String), String> {
    let path = match provider {
        Provider::Twilio => "/twilio/voice",
        Provider::Plivo => "/plivo/answer",
    };
    let url = format!("{server}{path}");
    let answer = tokio::task::spawn_blocking(move || {
        let form = [("CallSid", "bench"), ("From", "+15550100"), ("To", "+15550199")];
        let mut response = ureq::post(&url).send_form(form).map_err(|e| format!("{url}: {e}"))?;
        response.body_mut().read_to_string().map_err(|e| format!("{url}: {e}"))
    });
    let xml = answer.await.map_err(|e| e.to_string())??;
    let between = |from: &str, to: &str| {
        let (_, rest) = xml.split_once(from)?;
        rest.split_once(to).map(|(value, _)| value.to_string())
    };
    let found = match provider {
        Provider::Twilio => between("url=\"", "\"").zip(between("value=\"", "\"")),
        Provider::Plivo => between("\">", "</Stream>").zip(between("token=", "\"")),
    };
    found.ok_or_else(|| format!("the webhook's answer names no stream: {xml}"))
}

fn show(args: &BenchCallsArgs, heard: &[Heard], reports: Option<&[CallReport]>) -> ExitCode {
    let latency = Percentiles::of(heard.iter().flat_map(|h| h.latencies.clone()).collect());
    let barge_in = Percentiles::of(heard.iter().flat_map(|h| h.barge_ins.clone()).collect());
    let frames: u64 = heard.iter().map(|h| h.frames).sum();
    let reports = reports.unwrap_or_default();
    let lateness: Vec<f64> = reports.iter().flat_map(|r| r.frames.lateness.clone()).collect();
    let late = lateness.iter().filter(|&&ms| ms > 20.0).count();
    let lateness = Percentiles::of(lateness);
    let completed = reports.iter().filter(|report| report.ended == "completed").count();
    let cut: Vec<&str> = reports
        .iter()
        .flat_map(|report| report.turns.iter().filter(|turn| turn.interrupted))
        .map(|turn| turn.text.as_str())
        .collect();
    if args.json {
        let summary = json!({
            "calls": args.calls, "ended": heard.len(), "completed": completed,
            "frames": frames, "frames_late_over_20_ms": late, "lateness_ms": lateness,
            "turn_latency_ms": latency, "barge_in_ms": barge_in, "interrupted": cut,
            "reports": reports,
        });
        println!("{summary}");
    } else {
        println!(
            "calls                  {} ({} ended, {completed} completed)",
            args.calls,
            heard.len()
        );
        println!("frames to callers      {frames}, {late} over 20 ms behind schedule");
        let line = |what: &str, p: &Percentiles| {
            println!(
                "{what:22} p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms ({})",
                p.p50, p.p95, p.p99, p.count
            );
        };
        line("lateness", &lateness);
        line("caller stops to agent", &latency);
        line("barge-in to clear", &barge_in);
        for text in cut {
            println!("cut off after          {text}");
        }
    }
    let good = heard.len() == args.calls;
    if good { ExitCode::SUCCESS } else { ExitCode::from(commands::FOUND_PROBLEM) }
}
