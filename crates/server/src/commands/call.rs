//! `hearsay call`: one call to an agent from recorded audio.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use hearsay_dialog::{CallEvent, CallInfo, EndReason, EventKind};
use tokio::sync::mpsc;

use super::{engine, read_wav, runtime, write};
use crate::agent_file;
use crate::call_core::{CallCore, Clock, LineCommand, LineEvent};
use crate::cli::CallArgs;
use crate::drive::{
    self, LINE_COMMANDS_MAX, LINE_EVENTS_MAX, LineEnds, Observer, Switchboard, today,
};
use crate::recorded_caller::{CallerFrame, FRAME_MS, Pace, RecordedCaller};
use crate::recorder::Recorder;
use crate::report::{CallReport, StageLatency, TurnReport};

/// The telephone's rate.
const LINE_HZ: u32 = 8000;

/// Runs the command.
pub fn run(args: &CallArgs) -> Result<ExitCode, String> {
    let agent = agent_file::read(Some(&args.agent))?;
    let documents = agent_file::documents(Some(&args.agent), &agent)?;
    let samples = read_wav(&args.audio, LINE_HZ)?;
    let pace = if args.realtime { Pace::AsRecorded } else { Pace::TurnByTurn };
    let mut caller = RecordedCaller::new(samples, LINE_HZ, pace);
    if caller.turns() == 0 {
        return Err(format!(
            "{}: no speech in it; give a recording of the caller's turns",
            args.audio.display()
        ));
    }
    let runtime = runtime()?;
    let ready = runtime.block_on(agent_file::with_demo(agent))?;
    let board = Switchboard::new(engine(None)?, Arc::new(ready.agent), &documents)
        .map_err(|e| format!("{}: {e}", args.agent.display()))?;
    println!("{} answers {} ({} turns).", board.agent.name(), args.audio.display(), caller.turns());
    let metadata = super::metadata(&args.metadata)?;
    let info = CallInfo { metadata, today: today(), ..CallInfo::default() };
    let core = if args.fast {
        crate::fast::run(&board, info, LINE_HZ, &mut caller, &mut Console::default())
            .map_err(|e| e.to_string())?
    } else {
        runtime.block_on(by_the_clock(&board, info, caller))?
    };
    let (report, recorder) = core.finish();
    if let (Some(path), Some(recorder)) = (&args.out, &recorder) {
        write(path, &recorder.wav())?;
    }
    if let Some(path) = &args.report {
        let json = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
        write(path, json.as_bytes())?;
    }
    summary(&report);
    let completed = report.ended == EndReason::Completed.to_string();
    Ok(if completed { ExitCode::SUCCESS } else { ExitCode::from(super::FOUND_PROBLEM) })
}

/// What the recorded caller and the call tell each other about.
#[derive(Default)]
struct Shared {
    agent_audible: AtomicBool,
    /// One more than the call time at which the caller stopped; 0 is never.
    stopped_at_ms: AtomicU64,
}

async fn by_the_clock(
    board: &Switchboard,
    info: CallInfo,
    caller: RecordedCaller,
) -> Result<CallCore, String> {
    let (sink, engine_events) = drive::engine_queue();
    let opened = board.open(info, LINE_HZ, Clock::Wall, sink);
    let mut core = opened.map_err(|e| e.to_string())?;
    core.record(Recorder::new(LINE_HZ));
    let (to_call, events) = mpsc::channel(LINE_EVENTS_MAX);
    let (commands, line) = mpsc::channel(LINE_COMMANDS_MAX);
    let shared = Arc::new(Shared::default());
    tokio::spawn(play(caller, to_call, line, shared.clone()));
    let mut console = Console { shared: Some(shared), ..Console::default() };
    let ends = LineEnds { events, commands, control: drive::no_control() };
    Ok(drive::run(board, core, engine_events, ends, &mut console).await)
}

/// The caller's side of the line: a frame every 20 ms.
async fn play(
    mut caller: RecordedCaller,
    to_call: mpsc::Sender<LineEvent>,
    mut line: mpsc::Receiver<LineCommand>,
    shared: Arc<Shared>,
) {
    let mut ticks = tokio::time::interval(Duration::from_millis(FRAME_MS));
    let mut now_ms = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let audible = shared.agent_audible.load(Relaxed);
                let event = match caller.next_frame(now_ms, audible) {
                    CallerFrame::Audio(samples) => LineEvent::Audio(samples),
                    CallerFrame::Key(key) => LineEvent::Digit(key),
                    CallerFrame::HangUp => LineEvent::Closed,
                };
                let stopped = caller.stopped_at_ms().map_or(0, |ms| ms + 1);
                shared.stopped_at_ms.store(stopped, Relaxed);
                let closed = event == LineEvent::Closed;
                if to_call.send(event).await.is_err() || closed {
                    return;
                }
                now_ms += FRAME_MS;
            }
            command = line.recv() => match command {
                Some(LineCommand::HangUp) | None => return,
                Some(LineCommand::Transfer(to)) => println!("           -> transfer to {}", to.expose()),
                Some(LineCommand::Audio(_) | LineCommand::Clear) => {}
            },
        }
    }
}

/// Prints the conversation as it happens.
#[derive(Default)]
struct Console {
    printed: usize,
    shared: Option<Arc<Shared>>,
}

impl Observer for Console {
    fn transferred(&mut self, to: &str) {
        println!("           -> transfer to {to}");
    }

    fn event(&mut self, event: &CallEvent, core: &CallCore) {
        for turn in &core.reporter().turns()[self.printed..] {
            print_turn(turn);
        }
        self.printed = core.reporter().turns().len();
        match &event.kind {
            EventKind::Handoff { from, to, context, .. } => {
                println!("           -> handoff {from} to {to} with {}", context.expose());
            }
            EventKind::ToolReturned { tool, outcome, took_ms, .. } => {
                let outcome = match outcome {
                    Ok(value) => value.expose().to_string(),
                    Err(failure) => failure.to_string(),
                };
                println!("           -> {tool} answered {outcome} after {took_ms} ms");
            }
            EventKind::Noted { disposition, fields } => {
                let fields = serde_json::Value::Object(fields.expose().clone());
                println!("           -> after the call: {disposition} {fields}");
            }
            EventKind::SlotRefused { slot, wanted } => {
                println!("           -> refused: {slot} must be {wanted}");
            }
            EventKind::EdgeRefused { node, proposed } => {
                println!("           -> refused: {proposed} at {node}");
            }
            EventKind::EngineFailed { part, reason } => {
                println!("           -> engine failed ({part:?}): {reason}");
            }
            EventKind::OnHold => println!("           -> on hold, waiting"),
            EventKind::Voicemail => println!("           -> an answering machine"),
            EventKind::BackChannel { .. } => println!("           -> back-channel, going on"),
            _ => {}
        }
    }

    fn caller_stopped_at_ms(&self) -> Option<u64> {
        let shared = self.shared.as_ref()?;
        shared.stopped_at_ms.load(Relaxed).checked_sub(1)
    }

    fn agent_audible(&mut self, audible: bool) {
        if let Some(shared) = &self.shared {
            shared.agent_audible.store(audible, Relaxed);
        }
    }
}

/// One turn as a line, with the latency that led to it.
pub fn print_turn(turn: &TurnReport) {
    let at = turn.at_ms as f64 / 1000.0;
    let cut = if turn.interrupted { " [cut off]" } else { "" };
    let (name, end) = if std::io::stdout().is_terminal() {
        let colour = if turn.speaker == "caller" { "\x1b[36m" } else { "\x1b[32m" };
        (format!("{colour}{}", turn.speaker), "\x1b[0m")
    } else {
        (turn.speaker.clone(), "")
    };
    println!("[{at:7.2} s] {name}{end}: {}{cut}", turn.text);
    if let Some(latency) = &turn.latency {
        println!("           {}", stages(latency));
    }
}

fn stages(latency: &StageLatency) -> String {
    format!(
        "answered after {:.0} ms: endpoint {:.0}, recognise {:.1}, think {:.1}, tool {:.1}, \
         speak {:.1}",
        latency.total,
        latency.endpoint,
        latency.recognise,
        latency.think,
        latency.tool,
        latency.speak
    )
}

fn summary(report: &CallReport) {
    let latency = &report.turn_latency_ms;
    let lateness = &report.frames.lateness_ms;
    println!(
        "\n{} after {:.1} s, {} turns.",
        report.ended,
        report.duration_ms as f64 / 1000.0,
        report.turns.len()
    );
    println!(
        "Caller stops to agent speaks: p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms ({} answers).",
        latency.p50, latency.p95, latency.p99, latency.count
    );
    println!(
        "Frames: {} sent, {} over 20 ms late; lateness p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms.",
        report.frames.sent, report.frames.late_over_20_ms, lateness.p50, lateness.p95, lateness.p99
    );
}
