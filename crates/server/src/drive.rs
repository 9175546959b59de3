//! Drives a call by the wall clock: one task a call, every queue bounded.

use std::sync::Arc;
use std::time::Duration;

use hearsay_dialog::{
    Agent, CallEvent, CallInfo, CallTime, Date, Persona, ThinkId, ToolCallId, ToolFailure,
    ToolRequest,
};
use hearsay_engine::{ComposeJob, Composed, Engine, EngineEvent, FillerWish, Formatting};
use hearsay_language::router::IntentSet;
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};

use crate::agent_file::Documents;
use crate::agent_mind::AgentMind;
use crate::call_core::{Action, CallCore, Clock, LineCommand, LineEvent};
use crate::tools::{self, ToolAnswer};
use crate::transcripts::Transcripts;

/// Engine events that wait for the call: seconds of a busy machine.
const ENGINE_EVENTS_MAX: usize = 1024;
/// Caller frames that wait for the call: five seconds.
pub const LINE_EVENTS_MAX: usize = 256;
/// Frames that wait for the line: more than the pacing ever sends ahead.
pub const LINE_COMMANDS_MAX: usize = 64;
/// Requests to outside services at once, over all calls.
const TOOLS_AT_ONCE: usize = 64;
/// Answers of a model elsewhere that wait for the call.
const MODEL_ANSWERS_MAX: usize = 8;
/// Rate of telephone lines: fillers are ready for them before the first call.
const TELEPHONE_HZ: u32 = 8000;
/// A line that takes nothing for this long is broken.
const LINE_STALL: Duration = Duration::from_secs(5);

/// What all calls share.
#[derive(Clone)]
pub struct Switchboard {
    /// The models and their threads.
    pub engine: Arc<Engine>,
    /// The agent network that answers.
    pub agent: Arc<Agent>,
    /// Its intents, ready for the router.
    pub intents: Arc<IntentSet>,
    /// What its language model goes by.
    pub mind: Arc<AgentMind>,
    /// How transcripts are written.
    formatting: Formatting,
    tools: Arc<Semaphore>,
}

impl Switchboard {
    /// A switchboard for one agent network.
    ///
    /// # Errors
    /// When the agent names a voice that there is not, or its intents cannot
    /// be used.
    pub fn new(
        engine: Arc<Engine>,
        agent: Arc<Agent>,
        documents: &Documents,
    ) -> Result<Self, String> {
        let voices = engine.models().voices();
        let voices: Vec<&str> = voices.iter().map(|v| v.name.as_str()).collect();
        if let Some(missing) = agent.voices().into_iter().find(|voice| !voices.contains(voice)) {
            let there = voices.join(", ");
            return Err(format!(
                "agent {}: no voice `{missing}`; use one of {there}",
                agent.name()
            ));
        }
        let intents = engine.models().intents(&agent_intents(&agent)).map_err(|e| e.to_string())?;
        let intents = Arc::new(intents);
        let formatting = Transcripts::default().formatting(agent.language());
        let mind = Arc::new(AgentMind::load(engine.models(), &agent, documents)?);
        let tools = Arc::new(Semaphore::new(TOOLS_AT_ONCE));
        engine.prepare_fillers(&fillers(&agent), TELEPHONE_HZ);
        Ok(Self { engine, agent, intents, mind, formatting, tools })
    }

    /// The same, with transcripts written as a configuration asks for.
    #[must_use]
    pub fn with_transcripts(mut self, transcripts: &Transcripts) -> Self {
        self.formatting = transcripts.formatting(self.agent.language());
        self
    }

    /// Opens a call's core; its engine events go to `events`.
    ///
    /// # Errors
    /// When the engine cannot work at the line's rate.
    pub fn open(
        &self,
        info: CallInfo,
        rate_hz: u32,
        clock: Clock,
        events: impl Fn(EngineEvent) + Send + Sync + 'static,
    ) -> Result<CallCore, hearsay_engine::EngineError> {
        // Of a rate that calls have had before, they are there.
        self.engine.prepare_fillers(&fillers(&self.agent), rate_hz);
        let engine = self.engine.open(rate_hz, self.intents.clone(), Arc::new(events))?;
        // The lane of a call that begins is empty: there is room.
        engine.set_formatting(self.formatting.clone())?;
        let (agent, mind) = (self.agent.clone(), self.mind.clone());
        Ok(CallCore::new(agent, mind, info, engine, rate_hz, clock))
    }
}

/// The day of a call that begins now, in the time zone of this machine (`TZ`).
pub fn today() -> Date {
    jiff::Zoned::now().date()
}

/// What each voice of the network may have to say while an answer is late.
fn fillers(agent: &Agent) -> Vec<FillerWish> {
    let wish = |persona: &Persona, text: &String| FillerWish {
        voice: persona.voice.clone(),
        speed: persona.speed,
        text: text.clone(),
    };
    let of = |persona: &'_ Persona| {
        let texts = persona.fillers.iter().flat_map(|fillers| &fillers.texts);
        texts.map(|text| wish(persona, text)).collect::<Vec<_>>()
    };
    agent.personas().flat_map(of).collect()
}

/// The agent file's intents as the router takes them.
pub fn agent_intents(agent: &Agent) -> Vec<hearsay_language::router::IntentExamples> {
    let named = agent.intents().iter();
    named
        .map(|intent| hearsay_language::router::IntentExamples {
            name: intent.name.clone(),
            examples: intent.examples.clone(),
        })
        .collect()
}

/// The call's end of a line.
pub struct LineEnds {
    /// What comes over the line.
    pub events: mpsc::Receiver<LineEvent>,
    /// What goes over it.
    pub commands: mpsc::Sender<LineCommand>,
    /// What a program outside wants done.
    pub control: mpsc::Receiver<ControlCommand>,
}

/// What a program outside wants done in a call, with its number.
pub type ControlCommand = (u64, hearsay_dialog::Command);

/// The control of a call that nobody controls.
pub fn no_control() -> mpsc::Receiver<ControlCommand> {
    mpsc::channel(1).1
}

/// Someone who is told what happens in a call.
pub trait Observer: Send {
    /// Something happened.
    fn event(&mut self, event: &CallEvent, core: &CallCore);
    /// Asked before each step: when the caller last stopped speaking, ms of
    /// call time, if this observer knows better than the ear.
    fn caller_stopped_at_ms(&self) -> Option<u64> {
        None
    }
    /// An answer in place of an outside service's; asked by [`crate::fast`] only.
    fn answer(&mut self, _request: &ToolRequest) -> Option<Result<Value, ToolFailure>> {
        None
    }
    /// The caller is put through; told by [`crate::fast`] only.
    fn transferred(&mut self, _to: &str) {}
    /// Told after each step whether the caller hears the agent.
    fn agent_audible(&mut self, _audible: bool) {}
}

/// Runs a call to its end and gives back its core for the report.
pub async fn run(
    board: &Switchboard,
    mut core: CallCore,
    mut engine_events: mpsc::Receiver<EngineEvent>,
    mut line: LineEnds,
    observer: &mut dyn Observer,
) -> CallCore {
    let start = Instant::now();
    let now = || CallTime(start.elapsed().as_millis() as u64);
    let (tool_sender, mut tool_answers) = mpsc::channel(TOOLS_AT_ONCE);
    let (mind_sender, mut mind_answers) = mpsc::channel(MODEL_ANSWERS_MAX);
    core.connected(now());
    loop {
        let mut asked_last = None;
        while let Some(action) = core.take_action() {
            let sent = match action {
                Action::Line(command) => send(&line.commands, command).await,
                Action::Tool(request) => {
                    asked_last = Some((request.tool_call, request.timeout_ms));
                    ask(board.tools.clone(), request, tool_sender.clone());
                    true
                }
                Action::Remote(think, job) => {
                    ask_model(board.tools.clone(), core.mind(), think, *job, mind_sender.clone());
                    true
                }
                Action::Event(event) => {
                    observer.event(&event, &core);
                    true
                }
            };
            if !sent {
                core.line(now(), LineEvent::Closed);
            }
        }
        if core.is_over() {
            if let Some((id, within_ms)) = asked_last.filter(|_| core.has_after_call_tool()) {
                answered(&mut tool_answers, id, within_ms).await;
            }
            return core;
        }
        observer.agent_audible(core.agent_audible(now()));
        core.caller_stopped_at(observer.caller_stopped_at_ms());
        let wake = core.next_wake(now()).map_or(1000, |wake| wake.0);
        let wake = start + Duration::from_millis(wake);
        tokio::select! {
            biased;
            Some(event) = engine_events.recv() => core.engine(now(), event),
            event = line.events.recv() => {
                core.line(now(), event.unwrap_or(LineEvent::Closed));
            }
            Some((id, answer)) = tool_answers.recv() => core.tool(now(), id, answer),
            Some((request, command)) = line.control.recv() => core.command(now(), request, command),
            Some((think, job, answer)) = mind_answers.recv() => core.remote(now(), think, job, answer),
            () = sleep_until(wake) => core.tick(now()),
        }
    }
}

/// A queue for a call's engine events. Events of a call that has fallen too
/// far behind are lost, to its own harm only.
pub fn engine_queue() -> (impl Fn(EngineEvent) + Send + Sync + 'static, mpsc::Receiver<EngineEvent>)
{
    let (sender, receiver) = mpsc::channel(ENGINE_EVENTS_MAX);
    let sink = move |event| {
        if let Err(mpsc::error::TrySendError::Full(_)) = sender.try_send(event) {
            tracing::warn!("a call is too far behind: an engine event is lost");
        }
    };
    (sink, receiver)
}

/// Waits for the answer of the tool that passes on what is noted of a call, so that a program that ends
/// with the call does not cut it off.
async fn answered(
    answers: &mut mpsc::Receiver<(ToolCallId, ToolAnswer)>,
    wanted: ToolCallId,
    within_ms: u64,
) {
    let came = async {
        while let Some((id, answer)) = answers.recv().await {
            if id == wanted {
                return answer.outcome.err();
            }
        }
        None
    };
    match tokio::time::timeout(Duration::from_millis(within_ms), came).await {
        Ok(None) => {}
        Ok(Some(failure)) => tracing::warn!("the tool of after_call failed: {failure}"),
        Err(_) => tracing::warn!("the tool of after_call did not answer in {within_ms} ms"),
    }
}

/// False when the line takes no more.
async fn send(line: &mpsc::Sender<LineCommand>, command: LineCommand) -> bool {
    matches!(tokio::time::timeout(LINE_STALL, line.send(command)).await, Ok(Ok(())))
}

fn ask(
    permits: Arc<Semaphore>,
    request: ToolRequest,
    answers: mpsc::Sender<(ToolCallId, ToolAnswer)>,
) {
    tokio::spawn(async move {
        // The semaphore is never closed.
        let Ok(_permit) = permits.acquire_owned().await else { return };
        let id = request.tool_call;
        let answer = tokio::task::spawn_blocking(move || tools::ask(&request)).await;
        if let Ok(answer) = answer {
            // A call that is over does not wait for its answers.
            let _ = answers.send((id, answer)).await;
        }
    });
}

/// What a model elsewhere said to a request, or why it said nothing.
type ModelAnswer = (ThinkId, ComposeJob, Result<(Composed, Duration), String>);

fn ask_model(
    permits: Arc<Semaphore>,
    mind: Arc<AgentMind>,
    think: ThinkId,
    job: ComposeJob,
    answers: mpsc::Sender<ModelAnswer>,
) {
    tokio::spawn(async move {
        // The semaphore is never closed.
        let Ok(_permit) = permits.acquire_owned().await else { return };
        let asked = tokio::task::spawn_blocking(move || {
            let answer = mind.ask_remote(&job);
            (think, job, answer)
        });
        if let Ok(answer) = asked.await {
            // A call that is over does not wait for its answers.
            let _ = answers.send(answer).await;
        }
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn agents_and_engine_name_a_breath_alike() {
        assert_eq!(hearsay_dialog::BREATH, hearsay_engine::BREATH);
    }
}
