//! One call's glue: the dialog, its ear and mouth, the pacing of its audio.
//!
//! It holds no clock and no socket: drivers tell it the call time, hand it
//! what the line, the engine and the outside services said, and carry out the
//! [`Action`]s it asks for. [`crate::drive`] drives it by the wall clock,
//! [`crate::fast`] as fast as the machine computes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use hearsay_dialog::{
    Agent, BuiltIn, Call, CallEvent, CallInfo, CallTime, Command, Composition, EnginePart,
    EventKind, Expectation, Input, IntentScore, ListenCommand, NodeKind, Output, Pii, ReplyId,
    Speak, SpeakKind, SpeechPlanned, SpokenWord, ThinkId, Thought, ToolCallId, ToolKind,
    ToolRequest, UtteranceId, WordTime,
};
use hearsay_engine::{
    ComposeJob, Composed, EngineCall, EngineEvent, HearCommand, Heard, Organ, SpeakRequest,
};
use hearsay_language::turn_end::Expected;
use serde_json::{Value, json};

use crate::agent_mind::AgentMind;
use crate::playout::{FRAME_MS, Playout};
use crate::recorder::Recorder;
use crate::report::{CallReport, Reporter};
use crate::tools::{self, ToolAnswer};

/// A known end of the caller's turn is believed this near to the ear's.
const KNOWN_STOP_MS_MAX: u64 = 500;
/// What the playout calls sounds that belong to no reply; replies are counted from 1.
const NO_REPLY: u64 = 0;

/// What came over the line.
#[derive(Debug, Clone, PartialEq)]
pub enum LineEvent {
    /// Caller audio at the line's rate, usually 20 ms.
    Audio(Vec<f32>),
    /// A telephone key.
    Digit(char),
    /// The caller hung up or the line broke.
    Closed,
}

/// What goes over the line.
#[derive(Debug, Clone, PartialEq)]
pub enum LineCommand {
    /// 20 ms of the agent's audio.
    Audio(Vec<f32>),
    /// Forget the audio that was sent and not yet played.
    Clear,
    /// Put the caller through to this number or address when the line has hung up.
    Transfer(Pii<String>),
    /// End the call.
    HangUp,
}

/// What a driver has to do.
#[derive(Debug)]
pub enum Action {
    /// Send this over the line.
    Line(LineCommand),
    /// Ask an outside service.
    Tool(ToolRequest),
    /// Ask the language model elsewhere; its answer goes to [`CallCore::remote`].
    Remote(ThinkId, Box<ComposeJob>),
    /// Show or log this.
    Event(CallEvent),
}

/// How the latency of an answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Call time is wall time: latency is measured on it.
    Wall,
    /// Call time stands still while models compute: latency is the sum of the
    /// stages.
    Virtual,
}

/// One call between its line, its engine handle and its dialog.
pub struct CallCore {
    dialog: Call,
    engine: EngineCall,
    mind: Arc<AgentMind>,
    playout: Playout,
    recorder: Option<Recorder>,
    reporter: Reporter,
    clock: Clock,
    actions: VecDeque<Action>,
    /// The end of the caller's last sound, ms, until it is answered.
    unanswered_since_ms: Option<u64>,
    /// A driver that knows better when the caller stopped.
    known_stop_ms: Option<u64>,
    speaking: Option<ReplyId>,
    /// What is being said is a filler, which answers nothing.
    filling: bool,
    played_ms: u64,
    rate_hz: u32,
    pressing: Option<Pressing>,
    over: bool,
}

/// A tool that presses telephone keys.
struct Pressing {
    tool_call: ToolCallId,
    /// Until they are played.
    sounds: Option<Vec<f32>>,
}

impl CallCore {
    /// A call to `agent` whose audio runs at `rate_hz` both ways.
    pub fn new(
        agent: Arc<Agent>,
        mind: Arc<AgentMind>,
        info: CallInfo,
        engine: EngineCall,
        rate_hz: u32,
        clock: Clock,
    ) -> Self {
        let reporter = Reporter::new(agent.name());
        Self {
            dialog: Call::new(agent, info),
            engine,
            mind,
            playout: Playout::new(rate_hz),
            recorder: None,
            reporter,
            clock,
            actions: VecDeque::new(),
            unanswered_since_ms: None,
            known_stop_ms: None,
            speaking: None,
            filling: false,
            played_ms: 0,
            rate_hz,
            pressing: None,
            over: false,
        }
    }

    /// Keeps both sides' audio in memory for [`CallCore::finish`].
    pub fn record(&mut self, recorder: Recorder) {
        self.recorder = Some(recorder);
    }

    /// The call is answered.
    pub fn connected(&mut self, now: CallTime) {
        self.input(now, Input::Connected);
    }

    /// Takes in what came over the line.
    pub fn line(&mut self, now: CallTime, event: LineEvent) {
        match event {
            LineEvent::Audio(samples) => {
                if let Some(recorder) = &mut self.recorder {
                    recorder.caller(&samples);
                }
                if let Err(full) = self.engine.hear(samples) {
                    self.failed(now, EnginePart::Listen, full.to_string());
                }
            }
            LineEvent::Digit(digit) => {
                self.reporter.asks_secret(self.asks_secret());
                if let Some(recorder) = &mut self.recorder {
                    recorder.key(now.0);
                }
                self.input(now, Input::Digit(digit));
            }
            LineEvent::Closed => self.input(now, Input::CallerGone),
        }
    }

    /// Takes in what a program outside wants done.
    pub fn command(&mut self, now: CallTime, request: u64, command: Command) {
        self.input(now, Input::Command { request, command });
        self.tick(now);
    }

    /// What another process needs to go on with the call; `None` while the caller is not waited for.
    pub fn saved(&self) -> Option<Pii<Value>> {
        self.dialog.saved()
    }

    /// Whether a tool is asked when the call is over.
    pub fn has_after_call_tool(&self) -> bool {
        self.dialog.agent().after_call().is_some_and(|after| after.tool.is_some())
    }

    /// Takes in what the models found or made.
    pub fn engine(&mut self, now: CallTime, event: EngineEvent) {
        match event {
            EngineEvent::Voice { speech } => self.input(now, Input::Voice { speech }),
            EngineEvent::Interim { utterance, text, .. } => {
                self.input(now, Input::Interim { utterance: UtteranceId(utterance), text });
            }
            EngineEvent::Preview { utterance, text, turn_end } => {
                let utterance = UtteranceId(utterance);
                if let Some(probability) = turn_end {
                    self.input(now, Input::TurnEnd { utterance, probability });
                }
                self.input(now, Input::Preview { utterance, text });
            }
            EngineEvent::Final { utterance, transcript, took } => {
                self.reporter.recognised(took);
                self.reporter.formatted(Some(transcript.formatted.clone()));
                self.note_words(&transcript);
                if let Some(threat) = self.mind.threat(transcript.text.expose()) {
                    self.input(now, Input::Threat { utterance: UtteranceId(utterance), threat });
                }
                self.input(now, final_input(utterance, transcript));
                // A final that the dialog did not want is not the next one's.
                self.reporter.formatted(None);
            }
            EngineEvent::Thought { think, intents, out_of_scope, took } => {
                self.reporter.thought(took);
                let score = |(name, probability)| IntentScore { name, probability };
                let intents = intents.into_iter().map(score).collect();
                let thought = Thought { think: ThinkId(think), intents, out_of_scope };
                self.input(now, Input::Thought(thought));
            }
            EngineEvent::Composed { think, composed, took } => {
                self.reporter.composed(took);
                self.composed(now, ThinkId(think), composed);
            }
            EngineEvent::Planned { reply, part, words, duration_ms } => {
                let word = |(text, start_ms, end_ms)| WordTime { text, start_ms, end_ms };
                let words: Vec<WordTime> = words.into_iter().map(word).collect();
                let reply = ReplyId(reply);
                if let Some(recorder) = &mut self.recorder
                    && self.speaking == Some(reply)
                {
                    recorder.planned(&words, duration_ms);
                }
                let planned = SpeechPlanned { reply, part, words, duration_ms };
                self.input(now, Input::SpeechPlanned(planned));
            }
            EngineEvent::Audio { reply, samples, first_after } => {
                if self.speaking == Some(ReplyId(reply)) {
                    if let Some(took) = first_after.filter(|_| !self.filling) {
                        self.reporter.first_audio(took);
                    }
                    if !self.playout.push(now.0, &samples) {
                        let reason = "a reply is too long to be played".to_string();
                        self.failed(now, EnginePart::Speak, reason);
                    }
                }
            }
            EngineEvent::Spoken { reply } => {
                if self.speaking == Some(ReplyId(reply)) {
                    self.playout.end(now.0);
                }
            }
            EngineEvent::Failed { organ, reason } => self.failed(now, part(organ), reason),
        }
        self.tick(now);
    }

    /// Whether the question that is open asks for a secret.
    fn asks_secret(&self) -> bool {
        let agent = self.dialog.agent();
        agent.node(self.dialog.node()).is_some_and(|node| match &node.kind {
            NodeKind::Collect(asked) => {
                agent.slots().any(|slot| slot.name == *asked && slot.private)
            }
            _ => false,
        })
    }

    /// Notes when each word was said, so that it can be masked.
    fn note_words(&mut self, heard: &Heard) {
        let secret = self.asks_secret();
        self.reporter.asks_secret(secret);
        let Some(recorder) = &mut self.recorder else { return };
        let word = |word: &hearsay_engine::HeardWord| WordTime {
            text: word.text.expose().clone(),
            start_ms: word.start_ms,
            end_ms: word.end_ms,
        };
        recorder.heard(heard.words.iter().map(word).collect(), secret);
    }

    /// Takes in the answer of an outside service.
    pub fn tool(&mut self, now: CallTime, tool_call: ToolCallId, answer: ToolAnswer) {
        self.reporter.tool_took(answer.took);
        self.input(now, Input::ToolDone { tool_call, outcome: answer.outcome });
    }

    /// Takes in what the model elsewhere answered; without an answer the built-in one is asked.
    pub fn remote(
        &mut self,
        now: CallTime,
        think: ThinkId,
        job: ComposeJob,
        answer: Result<(Composed, Duration), String>,
    ) {
        match answer {
            Ok((composed, took)) => {
                self.reporter.composed(took);
                self.composed(now, think, composed);
            }
            Err(why) => {
                tracing::warn!("{why}; the built-in model answers");
                self.compose(now, think, job);
            }
        }
    }

    fn composed(&mut self, now: CallTime, think: ThinkId, composed: Composed) {
        let composition = composition(composed);
        self.input(now, Input::Composed(hearsay_dialog::Composed { think, composition }));
    }

    fn compose(&mut self, now: CallTime, think: ThinkId, job: ComposeJob) {
        if let Err(full) = self.engine.compose(think.0, job) {
            self.failed(now, EnginePart::Think, full.to_string());
        }
    }

    /// Lets time pass: audio that is due goes out, timers fire.
    pub fn tick(&mut self, now: CallTime) {
        self.send_due(now);
        self.report_playback(now);
        self.press_keys(now);
        if self.dialog.next_wake().is_some_and(|wake| wake <= now) {
            self.input(now, Input::Wake);
        }
        if self.speaking.is_some() {
            self.engine.set_backlog(self.playout.backlog_ms(now.0));
        }
    }

    /// When [`CallCore::tick`] is needed next, if nothing happens before.
    pub fn next_wake(&self, now: CallTime) -> Option<CallTime> {
        let playout = self.playout.next_wake_ms(now.0).map(CallTime);
        [playout, self.dialog.next_wake()].into_iter().flatten().min()
    }

    /// What is to be done now, in order.
    pub fn take_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The call has ended; its last actions may still wait.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Whether the caller hears the agent at this moment.
    pub fn agent_audible(&self, now: CallTime) -> bool {
        self.playout.is_audible(now.0)
    }

    /// The driver knows that the caller's last turn ended at this time.
    pub fn caller_stopped_at(&mut self, stop_ms: Option<u64>) {
        self.known_stop_ms = stop_ms;
    }

    /// What the agent's language model goes by.
    pub fn mind(&self) -> Arc<AgentMind> {
        self.mind.clone()
    }

    /// The engine handle, for drivers that wait for it.
    pub fn engine_call(&self) -> &EngineCall {
        &self.engine
    }

    /// The turns so far.
    pub fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    /// The report and the recording.
    pub fn finish(self) -> (CallReport, Option<Recorder>) {
        (self.reporter.finish(), self.recorder)
    }

    fn send_due(&mut self, now: CallTime) {
        while let Some(frame) = self.playout.pop_due(now.0) {
            if !self.filling {
                self.answered(now);
            }
            // A gap in mid-reply is the synthesiser's lateness, and as audible.
            let (late_ms, gap_ms) = (frame.late_ms, frame.gap_ms);
            self.reporter.frame_sent((late_ms + gap_ms) as f64);
            if late_ms + gap_ms > FRAME_MS {
                tracing::debug!("{now} a frame is {late_ms} ms late after a gap of {gap_ms} ms");
            }
            if let Some(recorder) = &mut self.recorder {
                recorder.agent(frame.plays_at_ms, &frame.frame);
            }
            self.actions.push_back(Action::Line(LineCommand::Audio(frame.frame)));
        }
    }

    fn failed(&mut self, now: CallTime, part: EnginePart, reason: String) {
        self.input(now, Input::EngineFailed { part, reason });
    }

    fn input(&mut self, now: CallTime, input: Input) {
        self.dialog.handle(now, input);
        while let Some(output) = self.dialog.poll() {
            self.output(now, output);
        }
    }

    fn output(&mut self, now: CallTime, output: Output) {
        match output {
            Output::Listen(command) => self.listen(now, &command),
            Output::Think(request) => {
                let think = request.think.0;
                let asked = self.engine.understand(think, request.text, request.intents);
                if let Err(full) = asked {
                    self.failed(now, EnginePart::Think, full.to_string());
                }
            }
            Output::Compose(request) => {
                let job = self.mind.job(self.dialog.agent(), &request);
                if self.mind.has_remote() {
                    self.actions.push_back(Action::Remote(request.think, Box::new(job)));
                } else {
                    self.compose(now, request.think, job);
                }
            }
            Output::Ponder(request) if self.mind.has_remote() => drop(request),
            Output::Ponder(request) => {
                let job = self.mind.job(self.dialog.agent(), &request);
                // Reading ahead only saves time.
                let _ = self.engine.read_ahead(job);
            }
            Output::Speak(speak) => self.speak(now, speak),
            Output::Flush { reply } => {
                self.stop_audio(now, reply);
                self.speaking = None;
                self.playout.clear(now.0);
                // A mouth too busy to be told goes on in vain: its audio is
                // dropped because `speaking` is no longer this reply.
                let _ = self.engine.cancel(reply.0);
            }
            Output::CutFiller { reply } => self.cut_filler(now, reply),
            Output::Pause { reply } => {
                self.stop_audio(now, reply);
            }
            Output::Resume { reply } => {
                if self.speaking == Some(reply) {
                    self.playout.resume(now.0);
                }
            }
            Output::Tool(request) if request.kind == ToolKind::BuiltIn(BuiltIn::SendDtmf) => {
                self.press(now, &request);
            }
            Output::Tool(request) => self.actions.push_back(Action::Tool(request)),
            Output::Transfer { to } => {
                self.actions.push_back(Action::Line(LineCommand::Transfer(to)));
            }
            Output::Hangup { .. } => {
                self.over = true;
                self.actions.push_back(Action::Line(LineCommand::HangUp));
            }
            Output::Event(event) => self.event(event),
        }
    }

    fn event(&mut self, event: CallEvent) {
        if let EventKind::CallerStopped { last_voice, .. } = &event.kind {
            // A stop far from what the ear heard belongs to another turn: the
            // caller paused in this one and was answered.
            let near = |stop_ms: &u64| stop_ms.abs_diff(last_voice.0) <= KNOWN_STOP_MS_MAX;
            let stop_ms = self.known_stop_ms.filter(near).unwrap_or(last_voice.0);
            self.unanswered_since_ms = Some(stop_ms);
        }
        if matches!(event.kind, EventKind::Ended { .. }) {
            self.over = true;
        }
        self.reporter.event(&event);
        self.actions.push_back(Action::Event(event));
    }

    fn listen(&mut self, now: CallTime, command: &ListenCommand) {
        let (command, utterance) = match command {
            ListenCommand::Preview { utterance } => (HearCommand::Preview, utterance),
            ListenCommand::Finalize { utterance } => (HearCommand::Finalize, utterance),
            ListenCommand::Discard { utterance } => (HearCommand::Discard, utterance),
            ListenCommand::Expect { phrases, expectation } => {
                if let Err(full) = self.engine.favour(phrases, expected(expectation)) {
                    self.failed(now, EnginePart::Listen, full.to_string());
                }
                return;
            }
        };
        if let Err(full) = self.engine.command(command, utterance.0) {
            self.failed(now, EnginePart::Listen, full.to_string());
        }
    }

    fn speak(&mut self, now: CallTime, speak: Speak) {
        self.speaking = Some(speak.reply);
        self.filling = speak.kind == SpeakKind::Filler;
        self.played_ms = 0;
        self.playout.begin(now.0, speak.reply.0);
        if let Some(recorder) = &mut self.recorder {
            recorder.reply_begins();
        }
        let request = SpeakRequest {
            reply: speak.reply.0,
            text: speak.text,
            voice: speak.voice,
            speed: speak.speed,
        };
        if let Err(error) = self.engine.speak(request) {
            self.failed(now, EnginePart::Speak, error.to_string());
        }
    }

    /// Presses keys: their sounds are played when nothing is being said, and then the tool has answered.
    fn press(&mut self, now: CallTime, request: &ToolRequest) {
        let tool_call = request.tool_call;
        match tools::key_sounds(request, self.rate_hz) {
            Ok(sounds) => {
                self.pressing = Some(Pressing { tool_call, sounds: Some(sounds) });
                self.press_keys(now);
            }
            Err(why) => self.input(now, Input::ToolDone { tool_call, outcome: Err(why) }),
        }
    }

    /// Plays the sounds of keys once nothing is being said; tells when they were heard, or something was said over them.
    fn press_keys(&mut self, now: CallTime) {
        let Some(pressing) = &mut self.pressing else { return };
        if pressing.sounds.is_some() && self.speaking.is_some() {
            return;
        }
        if let Some(sounds) = pressing.sounds.take() {
            self.playout.begin(now.0, NO_REPLY);
            if let Some(recorder) = &mut self.recorder {
                recorder.reply_begins();
            }
            self.playout.push(now.0, &sounds);
            self.playout.end(now.0);
        } else if self.speaking.is_some() || self.playout.is_finished(now.0) {
            let tool_call = pressing.tool_call;
            self.pressing = None;
            self.input(now, Input::ToolDone { tool_call, outcome: Ok(json!({})) });
        }
    }

    /// Silences a reply at once: what was sent and not heard is kept for a
    /// resume and cleared on the wire.
    fn stop_audio(&mut self, now: CallTime, reply: ReplyId) {
        if self.speaking != Some(reply) {
            return;
        }
        if self.playout.pause(now.0) {
            self.actions.push_back(Action::Line(LineCommand::Clear));
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.cut_agent(now.0);
        }
    }

    /// Ends a filler softly: its last frame goes out before anything of the answer.
    fn cut_filler(&mut self, now: CallTime, reply: ReplyId) {
        if self.speaking == Some(reply) {
            if self.playout.fade_out(now.0) {
                self.actions.push_back(Action::Line(LineCommand::Clear));
            }
            if let Some(recorder) = &mut self.recorder {
                recorder.cut_agent(now.0);
            }
            self.send_due(now);
            self.speaking = None;
        }
        // As with a flush: a mouth too busy to be told goes on in vain.
        let _ = self.engine.cancel(reply.0);
    }

    fn answered(&mut self, now: CallTime) {
        if let Some(since_ms) = self.unanswered_since_ms.take() {
            let after_ms = match self.clock {
                Clock::Wall => Some(now.0.saturating_sub(since_ms) as f64),
                Clock::Virtual => None,
            };
            self.reporter.answered(after_ms);
        }
    }

    fn report_playback(&mut self, now: CallTime) {
        let Some(reply) = self.speaking else { return };
        let played_ms = self.playout.played_ms(now.0);
        if played_ms > self.played_ms {
            self.played_ms = played_ms;
            self.input(now, Input::Played { reply, played_ms });
        }
        if self.speaking == Some(reply) && self.playout.is_finished(now.0) {
            self.speaking = None;
            self.input(now, Input::PlaybackDone { reply });
        }
    }
}

fn part(organ: Organ) -> EnginePart {
    match organ {
        Organ::Ear => EnginePart::Listen,
        Organ::Mind => EnginePart::Think,
        Organ::Mouth => EnginePart::Speak,
    }
}

fn expected(expectation: &Expectation) -> Expected {
    match expectation {
        Expectation::Anything => Expected::Anything,
        Expectation::Digits { digits_min, digits_max } => {
            Expected::Digits { min: *digits_min, max: *digits_max }
        }
        Expectation::YesNo => Expected::YesNo,
        Expectation::Date => Expected::Date,
        Expectation::Name => Expected::Name,
        Expectation::Money => Expected::Money,
    }
}

fn final_input(utterance: u64, heard: Heard) -> Input {
    let word = |word: hearsay_engine::HeardWord| SpokenWord {
        text: word.text,
        start_ms: word.start_ms,
        end_ms: word.end_ms,
        confidence: word.confidence,
    };
    Input::Final {
        utterance: UtteranceId(utterance),
        text: heard.text,
        confidence: heard.confidence,
        words: heard.words.into_iter().map(word).collect(),
    }
}

/// What a model proposes, as the dialog takes it.
pub fn composition(composed: Composed) -> Composition {
    match composed {
        Composed::Reply { text, .. } => Composition::Reply { text },
        Composed::Call { phrase, tool, arguments } => Composition::Call { phrase, tool, arguments },
        Composed::Unsure => Composition::Unsure,
    }
}
