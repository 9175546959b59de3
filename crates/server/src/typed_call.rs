//! A call whose caller types: what is typed takes the place of what is heard; everything behind the ear is the call's
//! own path.
//!
//! Call time stands still except while a reply is read and where the caller waits. Whoever drives it is told what
//! happens, and may answer for outside services.

use std::sync::Arc;

use hearsay_dialog::{
    Agent, Call, CallEvent, CallInfo, CallTime, Composed, Composition, EndReason, EnginePart,
    Input, IntentScore, Output, Pii, Speak, SpeechPlanned, Thought, ToolFailure, ToolRequest,
    WordTime,
};
use hearsay_engine::{ComposeJob, Models};
use hearsay_language::responder::Thread;
use hearsay_language::router::IntentSet;
use serde_json::Value;

use crate::agent_file::Documents;
use crate::agent_mind::AgentMind;
use crate::call_core::composition;
use crate::drive::agent_intents;
use crate::tools;

/// Each reply is taken as read within this much call time.
const READ_MS: u64 = 1000;

/// An agent network that takes typed calls.
pub struct TypedLine {
    agent: Arc<Agent>,
    models: Arc<Models>,
    intents: IntentSet,
    mind: AgentMind,
}

impl TypedLine {
    /// For an agent with its documents.
    ///
    /// # Errors
    /// When the intents or the documents cannot be used.
    pub fn new(
        agent: Arc<Agent>,
        models: Arc<Models>,
        documents: &Documents,
    ) -> Result<Self, String> {
        let intents = models.intents(&agent_intents(&agent)).map_err(|e| e.to_string())?;
        let mind = AgentMind::load(&models, &agent, documents)?;
        Ok(Self { agent, models, intents, mind })
    }

    /// A call that nobody has answered yet.
    pub fn call(&self, info: CallInfo) -> TypedCall<'_> {
        TypedCall {
            line: self,
            call: Call::new(self.agent.clone(), info),
            thread: Thread::default(),
            now: CallTime(0),
            is_over: false,
        }
    }
}

/// What happened in a typed call.
pub enum Told<'a> {
    /// An agent says this.
    Says(&'a str),
    /// What was said comes from these passages.
    Sources(&'a [String]),
    /// Something for the log.
    Event(&'a CallEvent),
    /// The model elsewhere did not answer, and the built-in one does.
    Elsewhere(&'a str),
    /// The caller is put through to this number or address.
    Transfer(&'a str),
    /// The call is over.
    HungUp(EndReason),
}

/// Someone who is told what happens in a typed call.
pub trait Watcher {
    /// Something happened.
    fn told(&mut self, told: Told<'_>);

    /// An answer in place of an outside service's.
    fn answer(&mut self, _request: &ToolRequest) -> Option<Result<Value, ToolFailure>> {
        None
    }
}

/// One call.
pub struct TypedCall<'a> {
    line: &'a TypedLine,
    call: Call,
    thread: Thread,
    now: CallTime,
    is_over: bool,
}

impl TypedCall<'_> {
    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// The call is answered.
    pub fn connect(&mut self, watcher: &mut dyn Watcher) {
        self.give(Input::Connected, watcher);
    }

    /// The caller says a line.
    pub fn line(&mut self, text: &str, watcher: &mut dyn Watcher) {
        let utterance = self.call.utterance();
        if let Some(threat) = self.line.mind.threat(text) {
            self.give(Input::Threat { utterance, threat }, watcher);
        }
        let text = Pii::new(text.to_owned());
        let heard = Input::Final { utterance, text, confidence: 1.0, words: vec![] };
        self.give(heard, watcher);
    }

    /// The caller presses a key.
    pub fn key(&mut self, key: char, watcher: &mut dyn Watcher) {
        self.give(Input::Digit(key), watcher);
    }

    /// The caller waits until the call does something by itself, if it ever would.
    pub fn wait(&mut self, watcher: &mut dyn Watcher) {
        if let Some(wake) = self.call.next_wake() {
            self.now = self.now.max(wake);
            self.give(Input::Wake, watcher);
        }
    }

    /// The caller hangs up.
    pub fn leave(&mut self, watcher: &mut dyn Watcher) {
        self.give(Input::CallerGone, watcher);
        self.is_over = true;
    }

    /// Tells the call something and lets everything follow from it.
    fn give(&mut self, input: Input, watcher: &mut dyn Watcher) {
        self.call.handle(self.now, input);
        while let Some(output) = self.call.poll() {
            match output {
                Output::Think(request) => {
                    let thought = self.thought(&request);
                    self.call.handle(self.now, Input::Thought(thought));
                }
                Output::Compose(request) => {
                    let job = self.line.mind.job(self.call.agent(), &request);
                    let input = match self.compose(&job, watcher) {
                        Ok(composition) => {
                            Input::Composed(Composed { think: request.think, composition })
                        }
                        Err(reason) => Input::EngineFailed { part: EnginePart::Think, reason },
                    };
                    self.call.handle(self.now, input);
                }
                Output::Speak(speak) => self.read(&speak, watcher),
                Output::Tool(request) => {
                    let answer = watcher.answer(&request);
                    let outcome = answer.unwrap_or_else(|| tools::ask(&request).outcome);
                    let tool_call = request.tool_call;
                    self.call.handle(self.now, Input::ToolDone { tool_call, outcome });
                }
                Output::Transfer { to } => watcher.told(Told::Transfer(to.expose())),
                Output::Hangup { reason } => {
                    self.is_over = true;
                    watcher.told(Told::HungUp(reason));
                }
                Output::Event(event) => watcher.told(Told::Event(&event)),
                _ => {}
            }
        }
    }

    fn thought(&self, request: &hearsay_dialog::ThinkRequest) -> Thought {
        let is_asked = |name: &str| request.intents.iter().any(|asked| asked == name);
        let router = &self.line.models.router;
        let scores = router.classify_where(&self.line.intents, request.text.expose(), is_asked);
        let intents = scores.intents.into_iter().filter(|score| is_asked(&score.name));
        let intents = intents
            .map(|score| IntentScore { name: score.name, probability: score.probability })
            .collect();
        Thought { think: request.think, intents, out_of_scope: scores.outside }
    }

    /// The model elsewhere, if the agent has one and it answers, else the built-in one.
    fn compose(
        &mut self,
        job: &ComposeJob,
        watcher: &mut dyn Watcher,
    ) -> Result<Composition, String> {
        let mind = &self.line.mind;
        let composed = match mind.has_remote().then(|| mind.ask_remote(job)) {
            Some(Ok((composed, _))) => composed,
            other => {
                if let Some(Err(why)) = other {
                    watcher.told(Told::Elsewhere(&why));
                }
                self.line.models.compose(&mut self.thread, job).map_err(|e| e.to_string())?
            }
        };
        if let hearsay_engine::Composed::Reply { sources, .. } = &composed
            && !sources.is_empty()
        {
            watcher.told(Told::Sources(sources));
        }
        Ok(composition(composed))
    }

    /// Tells a reply and takes it as heard in full.
    fn read(&mut self, speak: &Speak, watcher: &mut dyn Watcher) {
        watcher.told(Told::Says(speak.text.expose()));
        let words = speak.text.expose().split_whitespace();
        let words = words
            .map(|word| WordTime { text: word.to_string(), start_ms: 0, end_ms: READ_MS })
            .collect();
        let reply = speak.reply;
        let planned = SpeechPlanned { reply, part: 0, words, duration_ms: READ_MS };
        self.call.handle(self.now, Input::SpeechPlanned(planned));
        self.now = self.now + READ_MS;
        self.call.handle(self.now, Input::Played { reply, played_ms: READ_MS });
        self.call.handle(self.now, Input::PlaybackDone { reply });
    }
}
