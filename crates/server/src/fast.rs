//! Drives a call as fast as the machine computes: call time advances 20 ms at
//! a time and stands still while models or services work, so the same audio
//! always gives the same call.

use std::sync::mpsc;
use std::time::Duration;

use hearsay_dialog::{CallInfo, CallTime};

use crate::call_core::{Action, CallCore, Clock, LineCommand, LineEvent};
use crate::drive::{Observer, Switchboard};
use crate::recorded_caller::{CallerFrame, FRAME_MS, LineCaller};
use crate::recorder::Recorder;
use crate::tools::{self, ToolAnswer};

/// Longest call placed this way.
const CALL_MS_MAX: u64 = 60 * 60 * 1000;

/// Runs a call to its end.
///
/// # Errors
/// When the engine cannot work at the line's rate.
pub fn run(
    board: &Switchboard,
    info: CallInfo,
    rate_hz: u32,
    caller: &mut dyn LineCaller,
    observer: &mut dyn Observer,
) -> Result<CallCore, hearsay_engine::EngineError> {
    let (sender, events) = mpsc::channel();
    // The receiver outlives the call; a late event after its end is dropped.
    let sink = std::sync::Mutex::new(sender);
    let mut core = board.open(info, rate_hz, Clock::Virtual, move |event| {
        if let Ok(sender) = sink.lock() {
            let _ = sender.send(event);
        }
    })?;
    core.record(Recorder::new(rate_hz));
    core.connected(CallTime(0));
    let mut now = CallTime(0);
    while now.0 < CALL_MS_MAX {
        settle(&mut core, now, &events, observer);
        if core.is_over() {
            break;
        }
        core.caller_stopped_at(caller.stopped_at_ms());
        match caller.next_frame(now.0, core.agent_audible(now)) {
            CallerFrame::Audio(samples) => core.line(now, LineEvent::Audio(samples)),
            CallerFrame::Key(key) => core.line(now, LineEvent::Digit(key)),
            CallerFrame::HangUp => core.line(now, LineEvent::Closed),
        }
        now = now + FRAME_MS;
        settle(&mut core, now, &events, observer);
        core.tick(now);
    }
    settle(&mut core, now, &events, observer);
    Ok(core)
}

/// Lets everything happen that follows at this call time.
fn settle(
    core: &mut CallCore,
    now: CallTime,
    events: &mpsc::Receiver<hearsay_engine::EngineEvent>,
    observer: &mut dyn Observer,
) {
    loop {
        core.engine_call().wait_idle();
        let mut quiet = true;
        while let Ok(event) = events.try_recv() {
            core.engine(now, event);
            quiet = false;
        }
        while let Some(action) = core.take_action() {
            quiet = false;
            match action {
                Action::Line(LineCommand::Transfer(to)) => {
                    observer.transferred(to.expose());
                }
                Action::Line(LineCommand::Audio(_) | LineCommand::Clear | LineCommand::HangUp) => {}
                Action::Tool(request) => {
                    let took = Duration::ZERO;
                    let answer =
                        observer.answer(&request).map(|outcome| ToolAnswer { outcome, took });
                    let answer = answer.unwrap_or_else(|| tools::ask(&request));
                    core.tool(now, request.tool_call, answer);
                }
                Action::Remote(think, job) => {
                    let answer = core.mind().ask_remote(&job);
                    core.remote(now, think, *job, answer);
                }
                Action::Event(event) => observer.event(&event, core),
            }
        }
        if quiet {
            return;
        }
    }
}
