//! The agent network as the call uses it: read, checked and immutable.

use std::collections::BTreeMap;

use hearsay_text::clock::Time;
use hearsay_text::date::Date;
use hearsay_text::language::Language;
use hearsay_text::pii::Pii;
use regex::Regex;
use serde_json::{Map, Value};

use super::fillers::Fillers;
use super::phrases::Phrases;
use super::read_after::AfterCall;
use crate::condition::Condition;
use crate::guard::{Guard, Threat};
use crate::output::Expectation;
use crate::template::{self, Template};
use crate::turn::TurnTaking;

/// One agent file, checked: every name in it leads somewhere.
#[derive(Debug, Clone)]
pub struct Agent {
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) personas: BTreeMap<String, Persona>,
    pub(crate) router: Router,
    pub(crate) slots: BTreeMap<String, SlotSpec>,
    pub(crate) tools: BTreeMap<String, ToolSpec>,
    pub(crate) knowledge: Vec<String>,
    pub(crate) model: Option<RemoteModel>,
    pub(crate) vars: BTreeMap<String, String>,
    pub(crate) secrets: BTreeMap<String, Secret>,
    pub(crate) context: Map<String, Value>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) phrases_to_favour: Vec<String>,
    pub(crate) start: String,
    pub(crate) nodes: BTreeMap<String, Node>,
    pub(crate) limits: Limits,
    pub(crate) turn_taking: TurnTaking,
    pub(crate) after_call: Option<AfterCall>,
    pub(crate) guard: Guard,
}

/// A value that only headers of requests may hold.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    /// The environment variable it comes from.
    pub env: String,
    /// Empty until [`Agent::with_secret`] gives it.
    pub value: Pii<String>,
}

/// One of the agents of the network: who speaks at some of the nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Persona {
    /// Its name.
    pub name: String,
    /// Who it is and how it speaks, in prose.
    pub persona: String,
    /// Its voice.
    pub voice: String,
    /// Its speed, 0.5 to 2.0, 1.0 is normal.
    pub speed: f32,
    /// Its style, empty for neutral.
    pub style: String,
    /// The language in which it listens and speaks.
    pub language: Language,
    /// What it says where no node has words of its own.
    pub phrases: Phrases,
    /// What covers its late answers; `None` where that is off.
    pub fillers: Option<Fillers>,
}

/// What the callers can want.
#[derive(Debug, Clone, Default)]
pub struct Router {
    /// The intents.
    pub intents: Vec<Intent>,
    /// An intent counts from this probability, 0 to 1.
    pub probability_min: f32,
}

/// One thing that a caller can want.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// Its name.
    pub name: String,
    /// Sentences that mean it.
    pub examples: Vec<String>,
}

/// A language model elsewhere that speaks for the agents in place of the built-in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteModel {
    /// Address of an OpenAI-compatible service, up to and with `/v1`.
    pub base_url: String,
    /// The model's name there.
    pub name: String,
    /// The environment variable that holds the key; empty for none.
    pub api_key_env: String,
    /// Give up without a first token after this long, ms; the built-in model answers then.
    pub first_token_ms: u64,
    /// Give up on the whole answer after this long, ms.
    pub timeout_ms: u64,
}

/// A value that the call collects.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotSpec {
    /// Its name.
    pub name: String,
    /// What it means, for the language model; may be empty.
    pub description: String,
    /// What it holds.
    pub kind: SlotKind,
    /// What its value must be, beside of its kind.
    pub check: SlotCheck,
    /// Whether its value is masked in handoffs and logs.
    pub private: bool,
}

/// What a value must be before an edge can open for it, whoever gives it: the caller, a tool or a model.
#[derive(Debug, Clone)]
pub enum SlotCheck {
    /// Anything of the slot's kind.
    Any,
    /// One of these.
    Values(Vec<String>),
    /// Text of this shape, from its beginning to its end.
    Pattern(Regex),
    /// Digits of which the last is Luhn's check digit, as those of payment cards.
    Luhn,
    /// A number from the first to the second.
    Range(f64, f64),
    /// A date on this side of today.
    Day(DayRule),
    /// A time of day from the first to the second.
    Hours(Time, Time),
}

/// On which side of today a date has to be. It also says which year a date without one is meant to be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayRule {
    /// Today or before.
    Past,
    /// Today or after.
    Future,
    /// A date of birth: before today, with its year, of a living person.
    Birth,
}

impl DayRule {
    /// Oldest people, years.
    const AGE_YEARS_MAX: i16 = 125;

    pub(crate) fn allows(self, day: Date, today: Date) -> bool {
        match self {
            Self::Past => day <= today,
            Self::Future => day >= today,
            Self::Birth => day <= today && day.year() >= today.year() - Self::AGE_YEARS_MAX,
        }
    }
}

impl PartialEq for SlotCheck {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, Self::Any) | (Self::Luhn, Self::Luhn) => true,
            (Self::Values(a), Self::Values(b)) => a == b,
            (Self::Pattern(a), Self::Pattern(b)) => a.as_str() == b.as_str(),
            (Self::Range(a, b), Self::Range(c, d)) => (a, b) == (c, d),
            (Self::Day(a), Self::Day(b)) => a == b,
            (Self::Hours(a, b), Self::Hours(c, d)) => (a, b) == (c, d),
            _ => false,
        }
    }
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// Digits, spoken or typed on the telephone's keys.
    Digits {
        /// Fewest.
        digits_min: usize,
        /// Most.
        digits_max: usize,
    },
    /// Yes or no.
    YesNo,
    /// A calendar date, kept as ISO 8601 writes it.
    Date,
    /// A time of day, kept as `19:30`.
    Time,
    /// A person's name.
    Name,
    /// An amount of money.
    Money,
    /// An e-mail address.
    Email,
    /// Whatever the caller says.
    Free,
    /// A number.
    Number,
    /// True or false, from a tool.
    Flag,
}

/// An outside service.
#[derive(Debug, Clone)]
pub struct ToolSpec {
    /// Its name.
    pub name: String,
    /// What it does, for the language model; may be empty.
    pub description: String,
    /// How it is asked.
    pub kind: ToolKind,
    /// HTTP method.
    pub method: HttpMethod,
    /// Its address, with placeholders.
    pub url: Template,
    /// Header names and values, with placeholders.
    pub headers: Vec<(String, Template)>,
    /// JSON to send; its strings may hold placeholders.
    pub body: Option<Value>,
    /// Give up after this long, ms.
    pub timeout_ms: u64,
    /// How often a request is sent again when it failed in a way that may pass.
    pub retries: u32,
    /// Whether the caller's next words cancel it, where a model had called it.
    pub cancel_on_interruption: bool,
    /// What to say while it runs.
    pub meanwhile: Option<Template>,
    /// Say it after this long, ms; 0 is at once.
    pub meanwhile_after_ms: u64,
    /// What its answer must look like: a JSON Schema of which `type`, `required`,
    /// `properties`, `items` and `enum` are checked.
    pub answer: Option<Value>,
    /// Which parts of its answer go to which slot: slot name and JSON pointer.
    pub save: Vec<(String, String)>,
}

/// How a tool is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolKind {
    /// Over HTTP, JSON in and out.
    Http,
    /// Over HTTP with this GraphQL query; the body holds its variables.
    GraphQl(String),
    /// A Model Context Protocol server over HTTP: this tool there, the body holds its arguments.
    Mcp(String),
    /// In this program.
    BuiltIn(BuiltIn),
    /// Nobody is asked: this is the answer, until there is a service. Its strings may hold placeholders.
    Sample(Value),
}

/// Tools that need no service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// Today's date and the time of day.
    Today,
    /// The value of the body's `expression`.
    Calculate,
    /// Nothing: that a model calls it is what counts.
    Signal,
    /// The keys of the body's `keys` are pressed: their sounds go to the caller's side.
    SendDtmf,
}

/// The method of an HTTP request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl HttpMethod {
    /// The method as it is written on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A place in the graph.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Who speaks there.
    pub agent: String,
    /// What is said on the first, second, ... visit; the last repeats.
    pub say: Vec<Template>,
    /// What happens there.
    pub kind: NodeKind,
    /// Whether the caller can interrupt what is said there.
    pub interruptible: bool,
    /// What is said when the caller was silent or not understood; the last repeats.
    pub reprompt: Vec<Template>,
    /// How often to reprompt before giving up.
    pub reprompts_max: u32,
    /// Thresholds of turn-taking that hold here in place of the network's.
    pub turn_taking: Option<Box<TurnTaking>>,
    /// Longest silence before a reprompt here, ms, in place of the network's.
    pub silence_ms_max: Option<u64>,
    /// What must hold to come here at all, whatever edge leads here.
    pub requires: Option<Condition>,
    /// The ways on, tried in order.
    pub edges: Vec<Edge>,
}

/// What happens at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    /// The language model talks with the caller until an edge leads on.
    Talk(Talk),
    /// Something is said and the call goes on by its `done` edge.
    Say,
    /// The caller is asked for a slot's value.
    Collect(String),
    /// The caller is asked what they want, or yes or no.
    Ask(Ask),
    /// A tool is asked.
    Tool(String),
    /// The caller is put through to this number or address, and the call ends here.
    Transfer(Template),
    /// The call ends.
    End,
}

/// What the language model is to do at a node, and what it may propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// The aim, in a few words.
    pub goal: String,
    /// The tools that it may propose to call.
    pub tools: Vec<String>,
}

/// What kind of answer a node asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// One of the intents of the node's edges.
    Intents,
    /// Yes or no.
    YesNo,
    /// Whatever a program outside makes of the caller's words.
    Outside,
}

/// A way from one node to another. What is not drawn cannot happen.
#[derive(Debug, Clone)]
pub struct Edge {
    /// What leads this way.
    pub on: EdgeOn,
    /// What must also hold.
    pub when: Option<Condition>,
    /// Context values to set on the way.
    pub set: Vec<(String, Value)>,
    /// The telephone key that leads this way too.
    pub key: Option<char>,
    /// The node it leads to; the node itself where the call stays.
    pub to: String,
    /// What is said to a caller with whom the call stays; `None` leads to `to`.
    pub stay: Option<Stay>,
    /// What is said on the way, by the agent who is left.
    pub say: Option<Template>,
}

/// How a call stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// The question is put again.
    AskAgain,
    /// What was said last is said again.
    Repeat,
}

/// What leads along an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeOn {
    /// The caller agreed.
    Yes,
    /// The caller declined.
    No,
    /// The slot has its value.
    Filled,
    /// The tool answered, or what there was to say is said.
    Done,
    /// The tool failed.
    Failed,
    /// The tool gave no answer in time; `failed` where no `timeout` is drawn.
    Timeout,
    /// The caller stayed silent through the reprompts.
    Silence,
    /// The caller was not understood through the reprompts.
    Unknown,
    /// An answering machine took the call.
    Voicemail,
    /// The caller's words are a threat.
    Threat(Threat),
    /// The caller meant this intent.
    Intent(String),
}

/// Bounds of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Longest call, ms.
    pub call_ms_max: u64,
    /// Longest silence before a reprompt, ms.
    pub silence_ms_max: u64,
    /// Longest silence after the caller has asked for a moment, ms.
    pub hold_ms_max: u64,
    /// Longest utterance before it is finalised anyway, ms.
    pub utterance_ms_max: u64,
    /// Longest wait between two telephone keys, ms.
    pub key_ms_max: u64,
    /// Longest wait for the rest of a number after the caller stopped in the middle, ms.
    pub digits_ms_max: u64,
    /// Longest time for the goodbye to be played, ms.
    pub goodbye_ms_max: u64,
    /// Longest wait for a transcript, ms.
    pub final_ms_max: u64,
    /// Longest wait for the understanding, ms.
    pub think_ms_max: u64,
    /// Longest wait for the answer of a program outside, ms.
    pub outside_ms_max: u64,
    /// Longest time without progress of the playback, ms.
    pub playback_stall_ms_max: u64,
    /// Longest text of one caller's turn, characters; the rest is cut.
    pub caller_chars_max: usize,
    /// Most lines of transcript kept; the oldest go first.
    pub transcript_lines_max: usize,
    /// Failures of the engine before the call gives up.
    pub engine_failures_max: u32,
    /// Node changes without a word from the caller or a tool.
    pub hops_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            call_ms_max: 15 * 60_000,
            silence_ms_max: 7_000,
            hold_ms_max: 60_000,
            utterance_ms_max: 20_000,
            key_ms_max: 4_000,
            digits_ms_max: 1_500,
            goodbye_ms_max: 15_000,
            final_ms_max: 2_500,
            think_ms_max: 3_000,
            outside_ms_max: 8_000,
            playback_stall_ms_max: 5_000,
            caller_chars_max: 1_000,
            transcript_lines_max: 400,
            engine_failures_max: 3,
            hops_max: 16,
        }
    }
}

impl Agent {
    /// The network's name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Its language, such as `en`.
    pub fn language(&self) -> &str {
        &self.language
    }
    /// The agents of the network.
    pub fn personas(&self) -> impl Iterator<Item = &Persona> {
        self.personas.values()
    }
    /// The names of the voices it speaks with, each once.
    pub fn voices(&self) -> Vec<&str> {
        let mut voices: Vec<&str> =
            self.personas.values().map(|persona| persona.voice.as_str()).collect();
        voices.sort_unstable();
        voices.dedup();
        voices
    }
    /// What callers can want.
    pub fn intents(&self) -> &[Intent] {
        &self.router.intents
    }
    /// The router.
    pub fn router(&self) -> &Router {
        &self.router
    }
    /// The outside services.
    pub fn tools(&self) -> impl Iterator<Item = &ToolSpec> {
        self.tools.values()
    }
    /// The files that questions are answered from, as the agent file names them.
    pub fn knowledge(&self) -> &[String] {
        &self.knowledge
    }
    /// The model elsewhere, where the file names one.
    pub fn remote_model(&self) -> Option<&RemoteModel> {
        self.model.as_ref()
    }
    /// A tool by its name.
    pub fn tool(&self, name: &str) -> Option<&ToolSpec> {
        self.tools.get(name)
    }
    /// The slots.
    pub fn slots(&self) -> impl Iterator<Item = &SlotSpec> {
        self.slots.values()
    }
    /// The nodes of the graph.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }
    /// One node by its name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.get(name)
    }
    /// What a caller has to say before a tool can be called: the slots that its request names
    /// and that callers can fill, each once, in the order of the request.
    pub fn parameters(&self, tool: &ToolSpec) -> Vec<&SlotSpec> {
        let mut names: Vec<String> = tool.url.names().map(str::to_owned).collect();
        let headers = tool.headers.iter().flat_map(|(_, value)| value.names());
        names.extend(headers.map(str::to_owned));
        tool.body.iter().for_each(|body| template::names_in_json(body, &mut names));
        let mut slots: Vec<&SlotSpec> = Vec::new();
        for slot in names.iter().filter_map(|name| self.slots.get(name)) {
            let from_caller = slot.kind != SlotKind::Flag;
            if from_caller && !slots.iter().any(|known| known.name == slot.name) {
                slots.push(slot);
            }
        }
        slots
    }
    /// The node where a call begins.
    pub fn start(&self) -> &str {
        &self.start
    }
    /// The bounds of a call.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
    /// The thresholds of turn-taking.
    pub fn turn_taking(&self) -> &TurnTaking {
        &self.turn_taking
    }
    /// Who speaks at a node.
    pub(crate) fn persona_at(&self, node: &str) -> Option<&Persona> {
        self.personas.get(&self.nodes.get(node)?.agent)
    }
    /// What is noted of a call when it has ended, where the file says so.
    pub fn after_call(&self) -> Option<&AfterCall> {
        self.after_call.as_ref()
    }
    /// What is done about threats, and what no reply may hold.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }
    /// The variables of the file, such as addresses of services.
    pub fn vars(&self) -> &BTreeMap<String, String> {
        &self.vars
    }

    /// What is told about a caller when the call begins, with what holds where it is not told.
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// The secrets of the file, each with the environment variable that holds it.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret.env.as_str()))
    }

    /// The same agent with a secret's value; `None` when the file has no such secret.
    #[must_use]
    pub fn with_secret(mut self, name: &str, value: Pii<String>) -> Option<Self> {
        self.secrets.get_mut(name)?.value = value;
        Some(self)
    }

    /// The same agent with another value for a variable; `None` when the file has no such variable.
    #[must_use]
    pub fn with_var(mut self, name: &str, value: &str) -> Option<Self> {
        *self.vars.get_mut(name)? = value.to_owned();
        Some(self)
    }

    /// Words and names worth favouring by the recogniser at a node.
    pub fn bias_phrases(&self, node: &str) -> Vec<String> {
        const PHRASES_MAX: usize = 200;
        let edges = self.nodes.get(node).map(|node| node.edges.as_slice()).unwrap_or_default();
        let intents = edges.iter().filter_map(|edge| match &edge.on {
            EdgeOn::Intent(name) => self.router.intents.iter().find(|intent| intent.name == *name),
            _ => None,
        });
        let examples = intents.flat_map(|intent| &intent.examples);
        self.phrases_to_favour.iter().chain(examples).take(PHRASES_MAX).cloned().collect()
    }

    /// The kind of answer that a node waits for.
    pub(crate) fn expectation(&self, node: &Node) -> Expectation {
        match &node.kind {
            NodeKind::Ask(Ask::YesNo) => Expectation::YesNo,
            NodeKind::Collect(slot) => match self.slots.get(slot).map(|slot| slot.kind) {
                Some(SlotKind::Digits { digits_min, digits_max }) => {
                    Expectation::Digits { digits_min, digits_max }
                }
                Some(SlotKind::YesNo) => Expectation::YesNo,
                Some(SlotKind::Date) => Expectation::Date,
                Some(SlotKind::Name) => Expectation::Name,
                Some(SlotKind::Money) => Expectation::Money,
                _ => Expectation::Anything,
            },
            _ => Expectation::Anything,
        }
    }

    /// Every fixed sentence the agent can say with its voice, for making them ready ahead of time.
    /// Sentences with placeholders are left out.
    pub fn fixed_sentences(&self) -> Vec<(&str, String)> {
        let mut sentences = Vec::new();
        for node in self.nodes.values() {
            let Some(persona) = self.personas.get(&node.agent) else { continue };
            let on_edges = node.edges.iter().filter_map(|edge| edge.say.as_ref());
            for template in node.say.iter().chain(&node.reprompt).chain(on_edges) {
                if let Ok(text) = template.fill(|_| None) {
                    sentences.push((persona.voice.as_str(), text));
                }
            }
        }
        sentences.dedup();
        sentences
    }
}
