//! The machine: one call from ring to hang-up.
//!
//! `handle` is the only way in and `poll` the only way out. The state of turn-taking is
//! one [`Turn`], changed in `set_turn` alone; late events are dropped in `is_late` alone;
//! all waiting is an `Alarm`. What happens in each state is in `hearing` (the caller's
//! side), `speaking` and `filling` (the agent's side), `walking` (the graph, understanding),
//! `keys`, `services` (tools) and `talking` (what a language model proposes).

mod after;
mod alarm;
mod filling;
mod guarding;
mod hearing;
mod holding;
mod keys;
mod outside;
mod resuming;
mod services;
mod speaking;
mod talking;
mod walking;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use hearsay_text::date::Date;
use hearsay_text::language::Language;
use hearsay_text::pii::Pii;
use serde_json::{Map, Value};

use crate::agent::{Agent, Node, Phrases};
use crate::event::{CallEvent, EndReason, EventKind, TranscriptLine};
use crate::input::{EnginePart, Input};
use crate::locale::Locale;
use crate::memory::{Change, Memory};
use crate::output::{Expectation, ListenCommand, Output};
use crate::time::{CallTime, UtteranceId};
use crate::turn::{Turn, TurnTaking};
use crate::voice_activity::VoiceActivity;

use filling::Filling;
use hearing::Hearing;
use keys::Keys;
use services::ToolDesk;
use speaking::Speech;
use walking::PendingThought;

/// Most outputs waiting for [`Call::poll`]. A driver that drains after every input never
/// comes near it; one that does not loses the newest outputs.
const OUTPUTS_MAX: usize = 1_024;

/// Who is calling.
#[derive(Debug, Clone, Default)]
pub struct CallInfo {
    /// The provider's name for the call, for logs.
    pub id: String,
    /// The caller's number.
    pub from: Pii<String>,
    /// The number that was called.
    pub to: String,
    /// What the line tells about the caller; names that the agent file's `metadata` has not are ignored.
    pub metadata: Pii<Map<String, Value>>,
    /// Today, where the call is: "tomorrow" counts from it.
    pub today: Date,
    /// What [`Call::saved`] gave of an earlier line of the same call, to go on with.
    pub saved: Option<Pii<Value>>,
}

/// One call: see the crate's documentation for the contract.
pub struct Call {
    agent: Arc<Agent>,
    info: CallInfo,
    now: CallTime,
    connected_at: CallTime,
    turn: Turn,
    turns_count: u64,
    outputs: VecDeque<Output>,
    memory: Memory,
    voice: VoiceActivity,
    hearing: Hearing,
    speech: Speech,
    desk: ToolDesk,
    thought: Option<PendingThought>,
    filling: Filling,
    keys: Keys,
    node: String,
    reprompts: u32,
    engine_failures: u32,
    /// Warnings that the caller had.
    warnings: u32,
    /// The call goes on where an earlier line broke off.
    resumed: bool,
    /// Until when silence is waited out, because the caller asked for a moment.
    hold_until: Option<CallTime>,
    closing: Option<Closing>,
    /// Where the caller is put through to once the last words are said.
    transfer_to: Option<Pii<String>>,
}

/// The call is saying its last words.
#[derive(Debug, Clone, Copy)]
struct Closing {
    reason: EndReason,
    /// Hang up by then, whether the goodbye was played or not.
    deadline: CallTime,
}

/// Shows where the call is and nothing that was said.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { info, now, turn, node, .. } = self;
        f.debug_struct("Call")
            .field("id", &info.id)
            .field("now", now)
            .field("turn", turn)
            .field("node", node)
            .finish()
    }
}

impl Call {
    /// A call that is not answered yet.
    pub fn new(agent: Arc<Agent>, info: CallInfo) -> Self {
        let mut memory = Memory::new(Arc::clone(&agent), &info);
        let node =
            info.saved.as_ref().and_then(|saved| resuming::restored(saved, &agent, &mut memory));
        Self {
            resumed: node.is_some(),
            node: node.unwrap_or_else(|| agent.start().to_owned()),
            info,
            now: CallTime::default(),
            connected_at: CallTime::default(),
            turn: Turn::Idle,
            turns_count: 0,
            outputs: VecDeque::new(),
            memory,
            voice: VoiceActivity::default(),
            hearing: Hearing::default(),
            speech: Speech::default(),
            desk: ToolDesk::default(),
            thought: None,
            filling: Filling::default(),
            keys: Keys::default(),
            reprompts: 0,
            engine_failures: 0,
            warnings: 0,
            hold_until: None,
            closing: None,
            transfer_to: None,
            agent,
        }
    }

    /// Takes in something that happened. Drain [`Call::poll`] afterwards.
    ///
    /// Time never runs backwards: an earlier time than the last is taken as the last.
    pub fn handle(&mut self, now: CallTime, input: Input) {
        self.now = self.now.max(now);
        if !self.is_late(&input) {
            self.take_in(input);
        }
        self.settle();
        self.ring_alarms();
    }

    /// The next thing to do, until there is none.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When an [`Input::Wake`] is due at the latest; `None` before the call is answered and
    /// after it ended. Ask again after every [`Call::handle`].
    pub fn next_wake(&self) -> Option<CallTime> {
        self.next_alarm().map(|(at, _)| at)
    }

    /// Whose turn it is.
    pub fn turn(&self) -> Turn {
        self.turn
    }

    /// The utterance that is open now; a typed line uses it.
    pub fn utterance(&self) -> UtteranceId {
        self.hearing.utterance
    }

    /// The node of the graph the call is at.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// What was said by the caller and what was heard of the agent.
    pub fn transcript(&self) -> &[TranscriptLine] {
        self.memory.transcript()
    }

    /// Who gave which value when, the newest last; older ones than a few hundred are forgotten.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.memory.changes()
    }

    /// The agent network.
    pub fn agent(&self) -> &Agent {
        &self.agent
    }

    /// Who is calling.
    pub fn info(&self) -> &CallInfo {
        &self.info
    }

    /// Whether the call is over.
    pub fn is_ended(&self) -> bool {
        self.turn == Turn::Ended
    }

    /// Whether an input is about something that is over. The only place where late events go.
    fn is_late(&self, input: &Input) -> bool {
        if let Input::Connected | Input::CallerGone = input {
            return self.turn == Turn::Ended
                || (self.turn != Turn::Idle && matches!(input, Input::Connected));
        }
        if let Turn::Idle | Turn::Ended = self.turn {
            return true;
        }
        match input {
            Input::Interim { utterance, .. }
            | Input::Preview { utterance, .. }
            | Input::TurnEnd { utterance, .. } => *utterance != self.hearing.utterance,
            Input::Final { utterance, .. } | Input::Threat { utterance, .. } => {
                !self.is_final_wanted(*utterance)
            }
            Input::Thought(thought) => {
                self.thought.as_ref().map(|pending| pending.think) != Some(thought.think)
            }
            Input::Composed(composed) => {
                self.thought.as_ref().map(|pending| pending.think) != Some(composed.think)
            }
            Input::SpeechPlanned(planned) => self.speech.active_id() != Some(planned.reply),
            Input::Played { reply, .. } | Input::PlaybackDone { reply } => {
                self.speech.active_id() != Some(*reply)
            }
            Input::ToolDone { tool_call, .. } => self.desk.running_id() != Some(*tool_call),
            _ => false,
        }
    }

    fn take_in(&mut self, input: Input) {
        match input {
            Input::Connected => self.on_connected(),
            Input::Voice { speech } => self.on_voice(speech),
            Input::Interim { text, .. } => self.on_interim(text.expose()),
            Input::Preview { text, .. } => self.on_preview(text.expose()),
            Input::TurnEnd { probability, .. } => self.on_turn_end(probability),
            Input::Threat { threat, .. } => self.on_threat(threat),
            Input::Final { utterance, text, confidence, .. } => {
                self.on_final(utterance, text.expose(), confidence)
            }
            Input::Digit(key) => self.on_key(key),
            Input::Thought(thought) => self.on_thought(&thought),
            Input::Composed(composed) => self.on_composed(composed),
            Input::SpeechPlanned(planned) => self.on_planned(planned),
            Input::Played { played_ms, .. } => self.on_played(played_ms),
            Input::PlaybackDone { .. } => self.on_playback_done(),
            Input::ToolDone { outcome, .. } => self.on_tool_done(outcome),
            Input::Command { request, command } => self.on_command(request, command),
            Input::EngineFailed { part, reason } => self.on_engine_failed(part, reason),
            Input::Wake => {}
            Input::CallerGone => self.end(EndReason::CallerGone),
        }
    }

    fn on_connected(&mut self) {
        self.connected_at = self.now;
        self.set_turn(Turn::Listening { since: self.now });
        if self.resumed {
            return self.go_on();
        }
        let start = self.agent.start.clone();
        self.begin(&start);
    }

    fn on_engine_failed(&mut self, part: EnginePart, reason: String) {
        self.engine_failures += 1;
        self.event(EventKind::EngineFailed { part, reason });
        let too_often = self.engine_failures > self.agent.limits.engine_failures_max;
        match part {
            EnginePart::Speak if too_often => self.hang_up(EndReason::EngineFailed),
            // Nothing can be said about it: the call goes on as if it had been said.
            EnginePart::Speak => self.drop_reply(),
            EnginePart::Listen | EnginePart::Think if too_often => {
                self.close(EndReason::EngineFailed, &self.phrases().goodbye_failed);
            }
            EnginePart::Listen => self.listen_failed(),
            EnginePart::Think => self.think_failed(),
        }
    }

    /// Brings the outputs in line with the state: whoever may speak next does.
    fn settle(&mut self) {
        while let Turn::Listening { .. } | Turn::Working { .. } | Turn::AgentSpeaking { .. } =
            self.turn
        {
            if self.speech.active_id().is_some() && !self.yield_to_answer() {
                return;
            }
            if let Some(outcome) = self.desk.deferred.take() {
                self.tool_outcome(outcome);
            } else if let Some(line) = self.speech.queue.pop_front() {
                self.start_reply(line);
            } else if let Some(closing) = self.closing {
                self.hang_up(closing.reason);
            } else {
                self.wait_for_somebody();
                return;
            }
        }
    }

    /// Nobody has anything to say: the agent thinks, a tool works or the caller is listened to.
    fn wait_for_somebody(&mut self) {
        if let Some(PendingThought { think, since, .. }) = self.thought {
            return self.set_turn(Turn::Thinking { think, since });
        }
        if let Some(tool_call) = self.desk.running_id() {
            return self.set_turn(Turn::Working { tool_call });
        }
        self.filling.nothing_awaited();
        if !matches!(self.turn, Turn::Listening { .. }) {
            self.set_turn(Turn::Listening { since: self.now });
        }
    }

    /// The only place where the turn changes.
    fn set_turn(&mut self, turn: Turn) {
        debug_assert!(self.turn != Turn::Ended, "an ended call stays ended");
        self.turn = turn;
        self.filling.turn_changed(turn, self.now);
    }

    /// The graph has ended or something has failed for good: last words, then hang up.
    fn close(&mut self, reason: EndReason, last_words: &str) {
        if self.closing.is_some() || self.turn == Turn::Ended {
            return;
        }
        self.silence_everybody();
        self.say_goodbye(last_words);
        self.closing =
            Some(Closing { reason, deadline: self.now + self.agent.limits.goodbye_ms_max });
    }

    /// Stops whatever goes on, so that last words can be said.
    fn silence_everybody(&mut self) {
        self.cut_reply();
        self.speech.queue.clear();
        self.speech.cut.clear();
        self.desk.forget();
        self.thought = None;
        self.keys = Keys::default();
        self.hearing.forget_prefix();
        if let Turn::CallerSpeaking { .. } = self.turn {
            self.discard_utterance();
        }
        self.voice.clear();
        self.set_turn(Turn::Listening { since: self.now });
    }

    fn hang_up(&mut self, reason: EndReason) {
        let transfer = self.transfer_to.take().filter(|_| reason == EndReason::Transferred);
        self.end(reason);
        if let Some(to) = transfer {
            self.push(Output::Transfer { to });
        }
        self.push(Output::Hangup { reason });
    }

    fn end(&mut self, reason: EndReason) {
        if self.turn == Turn::Ended {
            return;
        }
        self.cut_reply();
        self.speech.queue.clear();
        self.desk.forget();
        self.thought = None;
        self.event(EventKind::Ended { reason });
        self.note_after(reason);
        self.set_turn(Turn::Ended);
    }

    /// The thresholds of turn-taking that hold at the node.
    fn turn_taking(&self) -> &TurnTaking {
        let own = self.current_node().and_then(|node| node.turn_taking.as_deref());
        own.unwrap_or(&self.agent.turn_taking)
    }

    /// What is said where no node has words of its own, in the language of who speaks.
    fn phrases(&self) -> Phrases {
        let persona = self.agent.persona_at(&self.node);
        persona.map_or_else(|| Phrases::of(Language::default()), |persona| persona.phrases.clone())
    }

    /// How the caller's words are read here.
    fn locale(&self) -> Locale {
        self.memory.locale()
    }

    fn current_node(&self) -> Option<&Node> {
        self.agent.node(&self.node)
    }

    fn expectation(&self) -> Expectation {
        self.current_node().map_or(Expectation::Anything, |node| self.agent.expectation(node))
    }

    fn listen(&mut self, command: ListenCommand) {
        self.push(Output::Listen(command));
    }

    fn event(&mut self, kind: EventKind) {
        self.push(Output::Event(CallEvent { at: self.now, kind }));
    }

    fn push(&mut self, output: Output) {
        if self.outputs.len() < OUTPUTS_MAX {
            self.outputs.push_back(output);
        }
    }
}
