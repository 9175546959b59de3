//! One provider's media socket, from its first message to its last.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::{SinkExt, StreamExt};
use hearsay_dialog::{CallEvent, CallInfo, EventKind};
use hearsay_wire::{Codec, Inbound, Outbound, Provider};
use tokio::sync::mpsc;

use crate::call_core::{CallCore, Clock, LineCommand, LineEvent};
use crate::drive::{self, LINE_COMMANDS_MAX, LINE_EVENTS_MAX, LineEnds, Observer};
use crate::http::{App, TOKEN_PARAMETER, random_name};
use crate::recorder::Recorder;
use crate::retention::{self, OverCall};

/// A socket must send its start message within this time.
const START_WITHIN: Duration = Duration::from_secs(10);
/// A line without a message for this long is broken.
const SILENT_LINE: Duration = Duration::from_secs(30);
/// A socket that sends this many messages that cannot be understood is closed.
const BAD_MESSAGES_MAX: u32 = 20;
/// Bytes of a call's name that we give, before it is written in hex.
const NAME_BYTES: usize = 12;
/// WebSocket close code "policy violation".
const CLOSE_POLICY: u16 = 1008;
/// WebSocket close code "try again later".
const CLOSE_BUSY: u16 = 1013;

type Sender = futures_util::stream::SplitSink<WebSocket, Message>;
type Receiver = futures_util::stream::SplitStream<WebSocket>;

/// Serves one socket; what goes wrong on it ends this call alone.
pub async fn serve(app: Arc<App>, socket: WebSocket, provider: Provider) {
    let (mut sender, mut receiver) = socket.split();
    let mut codec = Codec::new(provider);
    let started = tokio::time::timeout(START_WITHIN, start(&app, &mut receiver, &mut codec)).await;
    let start = match started {
        Ok(Ok(start)) => start,
        Ok(Err(why)) => return close(&mut sender, CLOSE_POLICY, why).await,
        Err(_) => return close(&mut sender, CLOSE_POLICY, "no start message in time").await,
    };
    let Some(info) = app.use_token(&start.token) else {
        app.metrics.unauthorized.fetch_add(1, Relaxed);
        tracing::warn!("refused a media socket: its token is unknown, used or too old");
        return close(&mut sender, CLOSE_POLICY, "unknown token").await;
    };
    let (Some(_line), Ok(_shared)) = (app.line(provider), app.shared_line(provider).await) else {
        app.metrics.calls_refused.fetch_add(1, Relaxed);
        return close(&mut sender, CLOSE_BUSY, "all lines are busy").await;
    };
    app.metrics.calls.fetch_add(1, Relaxed);
    app.metrics.calls_active.fetch_add(1, Relaxed);
    let id = named(start.call_id);
    let info = CallInfo { id, ..info };
    run(&app, &mut sender, receiver, codec, info, start.rate_hz).await;
    app.metrics.calls_active.fetch_sub(1, Relaxed);
}

/// The provider's name for a call, or one of our own where it gives none.
fn named(call_id: String) -> String {
    match call_id.is_empty() {
        true => random_name(NAME_BYTES).unwrap_or_default(),
        false => call_id,
    }
}

/// What the start message tells.
struct Start {
    call_id: String,
    rate_hz: u32,
    token: String,
}

async fn start(
    app: &App,
    receiver: &mut Receiver,
    codec: &mut Codec,
) -> Result<Start, &'static str> {
    let mut bad = 0;
    while let Some(Ok(message)) = receiver.next().await {
        let Message::Text(text) = message else { continue };
        match codec.decode(text.as_str()) {
            Ok(Inbound::Start(start)) => {
                let token = start.parameters.get(TOKEN_PARAMETER).cloned().unwrap_or_default();
                let rate_hz = start.encoding.rate_hz();
                return Ok(Start { call_id: start.call_id, rate_hz, token });
            }
            Ok(_) => {}
            Err(error) => {
                bad += 1;
                app.metrics.bad_messages.fetch_add(1, Relaxed);
                tracing::warn!("a media socket before its start: {error}");
                if bad > BAD_MESSAGES_MAX {
                    return Err("too many messages that cannot be understood");
                }
            }
        }
    }
    Err("closed before its start message")
}

async fn run(
    app: &Arc<App>,
    sender: &mut Sender,
    receiver: Receiver,
    codec: Codec,
    info: CallInfo,
    rate_hz: u32,
) {
    let (call_id, caller) = (info.id.clone(), CallInfo { saved: None, ..info.clone() });
    let (sink, engine_events) = drive::engine_queue();
    let started_ms = retention::now_ms();
    let mut core = match app.board.open(info, rate_hz, Clock::Wall, sink) {
        Ok(core) => core,
        Err(error) => {
            tracing::error!("call {call_id}: {error}");
            return close(sender, CLOSE_POLICY, "the audio format is not supported").await;
        }
    };
    if app.config.store.as_ref().is_some_and(|store| store.recordings) {
        core.record(Recorder::new(rate_hz));
    }
    let control = app.control.enter(&caller);
    let (to_call, events) = mpsc::channel(LINE_EVENTS_MAX);
    let (commands, mut line) = mpsc::channel(LINE_COMMANDS_MAX);
    let encoder = codec.clone();
    let reader = tokio::spawn(read(app.clone(), receiver, codec, to_call));
    let ends = LineEnds { events, commands, control };
    let node = String::new();
    let mut observer = Log { app: app.clone(), call_id: call_id.clone(), node };
    let call = drive::run(&app.board, core, engine_events, ends, &mut observer);
    let write = async {
        while let Some(command) = line.recv().await {
            let message = match command {
                LineCommand::Audio(samples) => encoder.encode(&Outbound::Media(samples.into())),
                LineCommand::Clear => encoder.encode(&Outbound::Clear),
                LineCommand::Transfer(to) => {
                    app.note_transfer(call_id.clone(), to);
                    continue;
                }
                LineCommand::HangUp => break,
            };
            let Ok(message) = message.inspect_err(|e| tracing::error!("not sent: {e}")) else {
                break;
            };
            if sender.send(Message::Text(message.into())).await.is_err() {
                break;
            }
        }
        // Providers hang up when the media socket closes.
        let _ = sender.close().await;
    };
    // The writer ends when the call drops its end of the line.
    let (core, ()) = tokio::join!(call, write);
    reader.abort();
    app.control.leave(&call_id);
    finish(app, core, caller, started_ms);
}

async fn read(
    app: Arc<App>,
    mut receiver: Receiver,
    mut codec: Codec,
    to_call: mpsc::Sender<LineEvent>,
) {
    let mut bad = 0;
    loop {
        let message = match tokio::time::timeout(SILENT_LINE, receiver.next()).await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => {
                tracing::warn!("a media socket broke: {error}");
                break;
            }
            Ok(None) | Err(_) => break,
        };
        let Message::Text(text) = message else { continue };
        let event = match codec.decode(text.as_str()) {
            Ok(Inbound::Media(media)) => LineEvent::Audio(media.samples),
            Ok(Inbound::Dtmf(digit)) => LineEvent::Digit(digit),
            Ok(Inbound::Stop) => break,
            Ok(_) => continue,
            Err(error) => {
                app.metrics.bad_messages.fetch_add(1, Relaxed);
                bad += 1;
                if bad == 1 {
                    tracing::warn!("a media message is left out: {error}");
                }
                if bad > BAD_MESSAGES_MAX {
                    tracing::warn!("a media socket sends rubbish and is closed");
                    break;
                }
                continue;
            }
        };
        // A caller's frame that finds the queue full is lost, as on any line.
        if let Err(mpsc::error::TrySendError::Closed(_)) = to_call.try_send(event) {
            return;
        }
    }
    // The call may be over already.
    let _ = to_call.send(LineEvent::Closed).await;
}

fn finish(app: &App, core: CallCore, caller: CallInfo, started_ms: i64) {
    let (report, recorder) = core.finish();
    for latency in report.turns.iter().filter_map(|turn| turn.latency) {
        app.metrics.turn_latency_ms.observe(latency.total as u64);
    }
    for &late_ms in &report.frames.lateness {
        app.metrics.frame_late_ms.observe(late_ms as u64);
    }
    tracing::info!(
        "call ended: {} after {:.1} s, {} turns, {} frames, {} over 20 ms late",
        report.ended,
        report.duration_ms as f64 / 1000.0,
        report.turns.len(),
        report.frames.sent,
        report.frames.late_over_20_ms
    );
    if let Some(keeper) = &app.keeper {
        let (report, provider_id) = (report.clone(), caller.id);
        keeper.keep(OverCall { from: caller.from, provider_id, report, recorder, started_ms });
    }
    if let Some(reports) = &app.reports {
        // A bench that has seen enough listens no more.
        let _ = reports.send(report);
    }
}

async fn close(sender: &mut Sender, code: u16, reason: &'static str) {
    tracing::warn!("a media socket is closed: {reason}");
    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    // A peer that is gone needs no goodbye.
    let _ = sender.send(Message::Close(Some(frame))).await;
}

/// Logs what happens without a word of what is said.
struct Log {
    app: Arc<App>,
    call_id: String,
    /// Where the call was when the next event happened.
    node: String,
}

impl Log {
    /// Writes down how far the call has come, for the case that this process dies. When it is over nobody may go on with
    /// it: that is told before the line is closed, because providers ask at once.
    fn save(&self, event: &EventKind, core: &CallCore) {
        let Some(keeper) = self.app.keeper.as_ref().filter(|keeper| keeper.resumes()) else {
            return;
        };
        match event {
            EventKind::Ended { .. } => keeper.forget(&self.call_id),
            EventKind::NodeEntered { .. }
            | EventKind::SlotSet { .. }
            | EventKind::AgentSaid { .. } => {
                core.saved().iter().for_each(|saved| keeper.save(&self.call_id, saved));
            }
            _ => {}
        }
    }
}

impl Observer for Log {
    fn event(&mut self, event: &CallEvent, core: &CallCore) {
        let (at, id) = (event.at, &self.call_id);
        self.save(&event.kind, core);
        self.app.control.happened(id, event, &self.app.board.agent, &self.node);
        match &event.kind {
            EventKind::NodeEntered { agent, node } => {
                self.node.clone_from(node);
                tracing::info!("{id} {at} {agent} at {node}");
            }
            EventKind::Handoff { from, to, .. } => {
                tracing::info!("{id} {at} handoff {from} to {to}")
            }
            EventKind::AgentSaid { interrupted: true, .. } => {
                self.app.metrics.interruptions.fetch_add(1, Relaxed);
            }
            EventKind::ToolReturned { tool, outcome: Err(failure), .. } => {
                self.app.metrics.tool_failures.fetch_add(1, Relaxed);
                tracing::warn!("{id} {at} {tool} failed: {failure}");
            }
            EventKind::EngineFailed { part, reason } => {
                tracing::error!("{id} {at} engine failed ({part:?}): {reason}");
            }
            _ => {}
        }
    }
}
