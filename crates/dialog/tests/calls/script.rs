//! A scripted call in virtual time: a caller with a timetable, and an engine that answers
//! with fixed delays. What happens is kept as a log of readable lines.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;

use hearsay_dialog::{
    Agent, Call, CallInfo, CallTime, ComposeRequest, Composed, Composition, EventKind, Exchange,
    Input, IntentScore, ListenCommand, Output, Pii, ReplyId, Speak, SpeechPlanned, Thought,
    ToolFailure, ToolRequest, UtteranceId, WordTime,
};
use serde_json::Value;

/// Every word of the agent takes this long.
pub const WORD_MS: u64 = 300;
/// From `Speak` to the first sample.
const SYNTHESIS_MS: u64 = 60;
/// From a recogniser's command to its answer.
const RECOGNITION_MS: u64 = 40;
/// How far the running transcript is behind the voice.
const INTERIM_LAG_MS: u64 = 200;
const FRAME_MS: u64 = 20;

/// What the caller does and when.
struct Utterance {
    from: u64,
    to: u64,
    text: String,
}

/// The reply being played.
struct Playing {
    reply: ReplyId,
    duration_ms: u64,
    played_ms: u64,
    starts: u64,
    paused: bool,
}

struct ToolAnswer {
    tool: &'static str,
    after_ms: u64,
    outcome: Result<Value, ToolFailure>,
}

pub struct Script {
    pub call: Call,
    pub now: u64,
    log: Vec<String>,
    caller: Vec<Utterance>,
    /// Audio before this time belongs to closed utterances.
    utterance_from: u64,
    interim: String,
    playing: Option<Playing>,
    due: Vec<(u64, Input)>,
    tools: VecDeque<ToolAnswer>,
    meanings: Vec<(String, String, f32)>,
    compositions: VecDeque<Composition>,
    /// Whether reading ahead is logged.
    shows_reading: bool,
    connected: bool,
    think_ms: u64,
    /// Probabilities that a model of turn ends gives to texts that end like this.
    turn_ends: Vec<(&'static str, f32)>,
}

impl Script {
    pub fn new(yaml: &str) -> Self {
        let agent = Agent::parse(yaml).unwrap_or_else(|errors| panic!("{errors}"));
        Self::with_agent(agent)
    }

    pub fn with_agent(agent: Agent) -> Self {
        Self::of_caller(agent, CallInfo::default())
    }

    pub fn of_caller(agent: Agent, info: CallInfo) -> Self {
        Self {
            call: Call::new(Arc::new(agent), info),
            now: 0,
            log: Vec::new(),
            caller: Vec::new(),
            utterance_from: 0,
            interim: String::new(),
            playing: None,
            due: Vec::new(),
            tools: VecDeque::new(),
            meanings: Vec::new(),
            compositions: VecDeque::new(),
            shows_reading: false,
            connected: false,
            think_ms: 20,
            turn_ends: Vec::new(),
        }
    }

    /// From `at` the caller speaks for `ms`; the recogniser hears `text` (empty: a noise).
    pub fn says(mut self, at: u64, ms: u64, text: &str) -> Self {
        self.caller.push(Utterance { from: at, to: at + ms, text: text.to_owned() });
        self
    }

    /// The understanding finds this intent in this text.
    pub fn means(mut self, text: &str, intent: &str, probability: f32) -> Self {
        self.meanings.push((text.to_owned(), intent.to_owned(), probability));
        self
    }

    /// Logs what the language model reads ahead.
    pub fn shows_reading(mut self) -> Self {
        self.shows_reading = true;
        self
    }

    /// The language model's next proposal is to say this.
    pub fn composes(mut self, text: &str) -> Self {
        self.compositions.push_back(Composition::Reply { text: Pii::new(text.to_owned()) });
        self
    }

    /// The language model's next proposal is to call a tool.
    pub fn proposes(mut self, phrase: &str, tool: &str, arguments: Value) -> Self {
        self.compositions.push_back(Composition::Call {
            phrase: Pii::new(phrase.to_owned()),
            tool: tool.to_owned(),
            arguments: Pii::new(arguments),
        });
        self
    }

    /// A model of turn ends gives this probability to a preview that ends like this.
    pub fn turn_end(mut self, ending: &'static str, probability: f32) -> Self {
        self.turn_ends.push((ending, probability));
        self
    }

    /// How long the understanding takes, ms.
    pub fn thinks_for(mut self, think_ms: u64) -> Self {
        self.think_ms = think_ms;
        self
    }

    /// The next call of this tool is answered after `after_ms`.
    pub fn tool(
        mut self,
        tool: &'static str,
        after_ms: u64,
        outcome: Result<Value, ToolFailure>,
    ) -> Self {
        self.tools.push_back(ToolAnswer { tool, after_ms, outcome });
        self
    }

    /// Something else happens at a time.
    pub fn at(mut self, at: u64, input: Input) -> Self {
        self.due.push((at, input));
        self
    }

    /// Lets time pass.
    pub fn run_to(mut self, end: u64) -> Self {
        if !self.connected {
            self.connected = true;
            self.give(Input::Connected);
        }
        while self.now < end && !self.call.is_ended() {
            self.now += FRAME_MS;
            self.deliver_due();
            self.play();
            self.hear();
            if self.call.next_wake().is_some_and(|at| at.0 <= self.now) {
                self.give(Input::Wake);
            }
        }
        self
    }

    /// The log must be exactly these lines; leading blanks do not count.
    #[track_caller]
    pub fn expect(self, wanted: &str) -> Self {
        let wanted: Vec<&str> =
            wanted.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let found: Vec<&str> = self.log.iter().map(String::as_str).collect();
        assert!(found == wanted, "found:\n{}\n", found.join("\n"));
        self
    }

    /// The log must hold a line that ends like this.
    #[track_caller]
    pub fn expect_line(self, wanted: &str) -> Self {
        assert!(
            self.log.iter().any(|line| line.ends_with(wanted)),
            "no {wanted} in\n{}\n",
            self.log.join("\n")
        );
        self
    }

    /// When the first line that ends like this was logged, ms.
    #[track_caller]
    pub fn time_of(&self, wanted: &str) -> u64 {
        let line = self.log.iter().find(|line| line.ends_with(wanted));
        let line = line.unwrap_or_else(|| panic!("no {wanted} in\n{}\n", self.log.join("\n")));
        let stamp = line.split_whitespace().next().unwrap_or_default();
        stamp.replace('.', "").parse().expect("a line begins with its time")
    }

    pub fn lines(&self) -> &[String] {
        &self.log
    }

    fn give(&mut self, input: Input) {
        self.call.handle(CallTime(self.now), input);
        while let Some(output) = self.call.poll() {
            self.obey(output);
        }
    }

    fn deliver_due(&mut self) {
        // Answers to one moment come in the order in which they were asked for.
        while let Some(index) = self.due.iter().position(|(at, _)| *at <= self.now) {
            let (_, input) = self.due.remove(index);
            self.give(input);
        }
    }

    fn play(&mut self) {
        let Some(playing) = &mut self.playing else { return };
        if playing.paused || playing.starts >= self.now {
            return;
        }
        playing.played_ms += FRAME_MS;
        let (reply, played_ms) = (playing.reply, playing.played_ms);
        let done = played_ms >= playing.duration_ms;
        self.give(Input::Played { reply, played_ms });
        if done
            && self
                .playing
                .as_ref()
                .is_some_and(|playing| playing.reply == reply && !playing.paused)
        {
            self.playing = None;
            self.give(Input::PlaybackDone { reply });
        }
    }

    fn hear(&mut self) {
        let voiced =
            self.caller.iter().any(|said| (said.from..said.to).contains(&(self.now - FRAME_MS)));
        self.give(Input::Voice { speech: if voiced { 0.95 } else { 0.04 } });
        let interim = self.words_until(self.now.saturating_sub(INTERIM_LAG_MS));
        if interim != self.interim {
            self.interim.clone_from(&interim);
            self.give(Input::Interim { utterance: self.call.utterance(), text: Pii::new(interim) });
        }
    }

    /// The words of the open utterance whose sound was over by then.
    fn words_until(&self, time: u64) -> String {
        let mut words = Vec::new();
        for said in self.caller.iter().filter(|said| said.from >= self.utterance_from) {
            let all: Vec<&str> = said.text.split_whitespace().collect();
            let each = (said.to - said.from) / (all.len() as u64).max(1);
            let spoken =
                all.iter().enumerate().filter(|(i, _)| said.from + each * (*i as u64 + 1) <= time);
            words.extend(spoken.map(|(_, word)| *word));
        }
        words.join(" ")
    }

    fn obey(&mut self, output: Output) {
        match output {
            Output::Listen(command) => self.recognise(&command),
            Output::Think(request) => {
                let text = request.text.expose().clone();
                let found = self.meanings.iter().filter(|(said, ..)| *said == text);
                let intents: Vec<IntentScore> = found
                    .map(|(_, name, probability)| IntentScore {
                        name: name.clone(),
                        probability: *probability,
                    })
                    .collect();
                let out_of_scope = if intents.is_empty() { 0.9 } else { 0.1 };
                let thought = Thought { think: request.think, intents, out_of_scope };
                self.due.push((self.now + self.think_ms, Input::Thought(thought)));
            }
            Output::Compose(request) => self.compose(&request),
            Output::Ponder(request) if self.shows_reading => {
                self.note(&format!("reads ahead: {}", request.question()));
            }
            Output::Ponder(_) => {}
            Output::Speak(speak) => self.speak(&speak),
            Output::Flush { reply } => self.stop(reply, "flush"),
            Output::CutFiller { reply } => self.stop(reply, "cut filler"),
            Output::Pause { reply } => self.pause(reply, true),
            Output::Resume { reply } => self.pause(reply, false),
            Output::Tool(request) => self.use_tool(&request),
            Output::Transfer { to } => self.note(&format!("transfer to {}", to.expose())),
            Output::Hangup { reason } => self.note(&format!("hangup {reason}")),
            Output::Event(event) => self.note_event(&event.kind),
        }
    }

    /// The language model answers with what the script has for it; it reads the last thing.
    fn compose(&mut self, request: &ComposeRequest) {
        let read = match request.history.last() {
            Some(Exchange::Caller(text) | Exchange::Agent(text)) => text.expose().clone(),
            Some(Exchange::Call { tool, .. }) => tool.clone(),
            Some(Exchange::Result(answer)) => answer.expose().to_string(),
            None => String::new(),
        };
        self.note(&format!("model reads: {read}"));
        let composition = self.compositions.pop_front().unwrap_or(Composition::Unsure);
        let composed = Composed { think: request.think, composition };
        self.due.push((self.now + self.think_ms, Input::Composed(composed)));
    }

    fn recognise(&mut self, command: &ListenCommand) {
        let text = Pii::new(self.words_until(self.now));
        match command {
            ListenCommand::Preview { utterance } => {
                let judged = self.turn_ends.iter().find(|(end, _)| text.expose().ends_with(end));
                if let Some(&(_, probability)) = judged {
                    let input = Input::TurnEnd { utterance: *utterance, probability };
                    self.due.push((self.now + RECOGNITION_MS, input));
                }
                self.due.push((
                    self.now + RECOGNITION_MS,
                    Input::Preview { utterance: *utterance, text },
                ));
            }
            ListenCommand::Finalize { utterance } => {
                self.note("finalize");
                let input = Input::Final {
                    utterance: *utterance,
                    text,
                    confidence: 0.9,
                    words: Vec::new(),
                };
                self.due.push((self.now + RECOGNITION_MS, input));
                self.close_utterance(*utterance);
            }
            ListenCommand::Discard { utterance } => {
                self.note("discard");
                self.close_utterance(*utterance);
            }
            ListenCommand::Expect { .. } => {}
        }
    }

    fn close_utterance(&mut self, _utterance: UtteranceId) {
        self.utterance_from = self.now;
        self.interim.clear();
    }

    fn speak(&mut self, speak: &Speak) {
        assert!(self.playing.is_none(), "two replies at once");
        let text = speak.text.expose();
        self.note(&format!("{}> {text} ({:?})", speak.voice, speak.kind));
        let words: Vec<WordTime> = (0u64..)
            .zip(text.split_whitespace())
            .map(|(i, word)| WordTime {
                text: word.to_owned(),
                start_ms: i * WORD_MS,
                end_ms: (i + 1) * WORD_MS,
            })
            .collect();
        let duration_ms = words.len() as u64 * WORD_MS;
        let starts = self.now + SYNTHESIS_MS;
        self.playing =
            Some(Playing { reply: speak.reply, duration_ms, played_ms: 0, starts, paused: false });
        let planned = SpeechPlanned { reply: speak.reply, part: 0, words, duration_ms };
        self.due.push((starts, Input::SpeechPlanned(planned)));
    }

    fn stop(&mut self, reply: ReplyId, how: &str) {
        let stopped = self.playing.take().is_some_and(|playing| playing.reply == reply);
        assert!(stopped, "{how} of what plays");
        self.note(how);
    }

    fn pause(&mut self, reply: ReplyId, paused: bool) {
        let playing = self.playing.as_mut().expect("something plays");
        assert_eq!(playing.reply, reply);
        assert_ne!(playing.paused, paused);
        playing.paused = paused;
        self.note(if paused { "pause" } else { "resume" });
    }

    fn use_tool(&mut self, request: &ToolRequest) {
        let body =
            request.body.as_ref().map(|body| format!(" {}", body.expose())).unwrap_or_default();
        self.note(&format!(
            "tool {} {} {}{body}",
            request.tool,
            request.method.as_str(),
            request.url.expose()
        ));
        let tool_call = request.tool_call;
        let index = self.tools.iter().position(|answer| answer.tool == request.tool);
        let (after_ms, outcome) = match index.and_then(|index| self.tools.remove(index)) {
            Some(answer) => (answer.after_ms, answer.outcome),
            None => (request.timeout_ms, Err(ToolFailure::Timeout)),
        };
        self.due.push((self.now + after_ms, Input::ToolDone { tool_call, outcome }));
    }

    fn note(&mut self, line: &str) {
        let stamp = CallTime(self.now);
        self.log.push(format!("{stamp} {line}"));
    }

    fn note_event(&mut self, event: &EventKind) {
        let mut line = String::new();
        let written = match event {
            EventKind::CallerSaid { text, .. } => write!(line, "caller: {}", text.expose()),
            EventKind::CallerPressed { digits } => write!(line, "keys: {}", digits.expose()),
            EventKind::AgentSaid { text, interrupted: false, .. } => {
                write!(line, "heard: {}", text.expose())
            }
            EventKind::AgentSaid { text, .. } => write!(line, "heard only: {}", text.expose()),
            EventKind::BackChannel { .. } => write!(line, "back-channel"),
            EventKind::NodeEntered { agent, node } => write!(line, "node {node} ({agent})"),
            EventKind::Handoff { from, to, reason, context } => {
                let context = context.expose();
                let slots = context["slot_details"].as_object().expect("slots").iter();
                let slots = slots.map(|(name, slot)| {
                    format!(" {name}={} by {}", slot["value"], slot["by"].as_str().unwrap_or("?"))
                });
                let slots: String = slots.collect();
                write!(line, "handoff {from} -> {to} for {reason} {}{slots}", context["context"])
            }
            EventKind::SlotSet { slot, value } => write!(line, "slot {slot} = {}", value.expose()),
            EventKind::SlotRefused { slot, wanted } => {
                write!(line, "slot {slot} must be {wanted}")
            }
            EventKind::EdgeRefused { node, proposed } => {
                write!(line, "refused {proposed} at {node}")
            }
            EventKind::ToolReturned { tool, outcome: Ok(_), took_ms, .. } => {
                write!(line, "tool {tool} answered in {took_ms} ms")
            }
            EventKind::ToolReturned { tool, outcome: Err(why), .. } => {
                write!(line, "tool {tool} failed: {why}")
            }
            EventKind::OutsideAsked { text, .. } => write!(line, "outside? {}", text.expose()),
            EventKind::CommandDone { request, refused: None } => write!(line, "done {request}"),
            EventKind::CommandDone { request, refused: Some(why) } => {
                write!(line, "not done {request}: {why}")
            }
            EventKind::EngineFailed { part, reason } => {
                write!(line, "engine failed: {part:?} {reason}")
            }
            EventKind::Noted { disposition, fields } => {
                let fields = Value::Object(fields.expose().clone());
                write!(line, "noted {disposition} {fields}")
            }
            EventKind::Ended { reason } => write!(line, "ended {reason}"),
            _ => return,
        };
        written.expect("a string takes every line");
        self.note(&line);
    }
}
