//! What a call remembers: slots, context, variables and the transcript.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use hearsay_text::language::Language;
use hearsay_text::pii::Pii;
use serde_json::{Map, Value, json};

use crate::agent::{Agent, SlotKind};
use crate::call::CallInfo;
use crate::event::{Speaker, TranscriptLine};
use crate::locale::Locale;
use crate::output::Exchange;
use crate::slot;
use crate::template::Template;
use crate::time::CallTime;

/// What every call has a value for: who calls, who is called, the call's name at the line, and, once
/// it is over, why it ended and how it turned out.
pub(crate) const CALL_VALUES: [&str; 5] =
    ["caller_number", "called_number", "call_id", "ended", "disposition"];
/// What the call itself counts, for conditions: how often it has been at the node, and which tool
/// was asked last.
pub(crate) const COUNTED: [&str; 2] = ["visits", "last_tool"];
/// Longest text of a value that the line tells about a caller, characters.
const METADATA_CHARS_MAX: usize = 500;
/// Changes of slots and context values that are remembered; the oldest go first.
const CHANGES_MAX: usize = 256;
/// Lines of the transcript that are passed on in a handoff.
const HANDOFF_LINES_MAX: usize = 10;

/// Who gave a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The caller, by voice or by keys.
    Caller,
    /// A tool's answer.
    Tool(String),
    /// The language model, in a call of a tool that it proposed.
    Model,
    /// A program outside.
    Outside,
    /// An edge that leads away from this node.
    Edge(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller => f.write_str("caller"),
            Self::Tool(tool) => write!(f, "tool {tool}"),
            Self::Model => f.write_str("model"),
            Self::Outside => f.write_str("outside"),
            Self::Edge(node) => write!(f, "node {node}"),
        }
    }
}

/// A value that was given during the call.
#[derive(Debug, Clone)]
pub struct Change {
    /// When.
    pub at: CallTime,
    /// The slot or context value.
    pub name: String,
    /// Its value from then on.
    pub value: Pii<Value>,
    /// Who gave it.
    pub by: Source,
}

/// The shared memory of all agents of one call.
#[derive(Debug)]
pub(crate) struct Memory {
    agent: Arc<Agent>,
    slots: BTreeMap<String, Value>,
    context: Map<String, Value>,
    /// What the line told about the caller, and what every call has.
    metadata: Map<String, Value>,
    changes: VecDeque<Change>,
    transcript: Vec<TranscriptLine>,
    /// The same with tools, for a language model.
    exchanges: Vec<Exchange>,
    /// How often the call has been at each node.
    visits: BTreeMap<String, u32>,
    last_tool: Option<String>,
    locale: Locale,
}

impl Memory {
    pub fn new(agent: Arc<Agent>, info: &CallInfo) -> Self {
        let language =
            agent.persona_at(agent.start()).map_or_else(Language::default, |it| it.language);
        let context = agent.context.clone();
        let metadata = metadata(&agent, info);
        Self {
            agent,
            slots: BTreeMap::new(),
            context,
            metadata,
            changes: VecDeque::new(),
            transcript: Vec::new(),
            exchanges: Vec::new(),
            visits: BTreeMap::new(),
            last_tool: None,
            locale: Locale { language, today: info.today },
        }
    }

    /// The language of who speaks, and the day of the call.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// Notes what is known at the end of the call only.
    pub fn note_end(&mut self, name: &'static str, text: &str) {
        self.metadata.insert(name.to_owned(), json!(text));
    }

    pub fn visit(&mut self, node: &str) {
        if let Some(persona) = self.agent.persona_at(node) {
            self.locale.language = persona.language;
        }
        *self.visits.entry(node.to_owned()).or_default() += 1;
    }

    pub fn visits(&self, node: &str) -> u32 {
        self.visits.get(node).copied().unwrap_or(0)
    }

    pub fn set_slot(&mut self, at: CallTime, name: &str, value: Value, by: Source) {
        self.note_change(at, name, &value, by);
        self.slots.insert(name.to_owned(), value);
    }

    pub fn set_context(&mut self, at: CallTime, name: &str, value: Value, by: Source) {
        self.note_change(at, name, &value, by);
        self.context.insert(name.to_owned(), value);
    }

    fn note_change(&mut self, at: CallTime, name: &str, value: &Value, by: Source) {
        if self.changes.len() >= CHANGES_MAX {
            self.changes.pop_front();
        }
        let value = Pii::new(value.clone());
        self.changes.push_back(Change { at, name: name.to_owned(), value, by });
    }

    /// Who gave which value when, the newest last.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter()
    }

    /// A tool is asked.
    pub fn note_tool(&mut self, name: &str) {
        self.last_tool = Some(name.to_owned());
    }

    /// The value of a slot, a context value, metadata, a variable, or what is counted at the given
    /// node.
    pub fn value(&self, name: &str, node: &str) -> Option<Value> {
        match name {
            "visits" => return Some(json!(self.visits(node))),
            "last_tool" => return self.last_tool.clone().map(Value::String),
            _ => {}
        }
        let own = self.slots.get(name).or_else(|| self.context.get(name));
        let own = own.or_else(|| self.metadata.get(name)).cloned();
        own.or_else(|| self.agent.vars.get(name).cloned().map(Value::String))
    }

    fn kind(&self, name: &str) -> Option<SlotKind> {
        self.agent.slots.get(name).map(|slot| slot.kind)
    }

    /// Wording with its values as they are said; a value that is missing leaves a gap,
    /// which the checks of the agent file rule out for slots.
    pub fn say(&self, template: &Template) -> String {
        let spoken = |name: &str| {
            let value = self.value(name, "").unwrap_or(Value::Null);
            Some(slot::spoken(self.kind(name), &value, self.locale))
        };
        template.fill(spoken).unwrap_or_default()
    }

    /// Wording with its values as they are written, for services.
    pub fn write(&self, template: &Template, escape: fn(&str) -> String) -> String {
        let written = |name: &str| {
            if let Some(var) = self.agent.vars.get(name) {
                return Some(var.clone());
            }
            if let Some(secret) = self.agent.secrets.get(name) {
                return Some(secret.value.expose().clone());
            }
            Some(match self.value(name, "").unwrap_or(Value::Null) {
                Value::String(text) => escape(&text),
                Value::Null => String::new(),
                other => escape(&other.to_string()),
            })
        };
        template.fill(written).unwrap_or_default()
    }

    /// A JSON body with its placeholders filled in; a string that is one placeholder takes
    /// the value with its type.
    pub fn fill_json(&self, body: &Value) -> Value {
        match body {
            Value::String(text) => {
                let Ok(template) = Template::parse(text) else { return body.clone() };
                match template.single_name() {
                    Some(name) => self.value(name, "").unwrap_or(Value::Null),
                    None => Value::String(self.write(&template, str::to_owned)),
                }
            }
            Value::Array(items) => items.iter().map(|item| self.fill_json(item)).collect(),
            Value::Object(entries) => {
                entries.iter().map(|(key, value)| (key.clone(), self.fill_json(value))).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => body.clone(),
        }
    }

    /// What one agent passes to the next: what edges have set, what is known of the caller, the
    /// slots with who filled them (private ones masked), and the last lines of the transcript.
    pub fn handoff(&self) -> Value {
        let detail = |(name, value): (&String, &Value)| {
            let private = self.agent.slots.get(name).is_some_and(|slot| slot.private);
            let value = if private { json!("[private]") } else { value.clone() };
            let change = self.changes.iter().rfind(|change| change.name == *name);
            let by = change.map(|change| change.by.to_string());
            (name.clone(), json!({"value": value, "by": by}))
        };
        let slots: Map<String, Value> = self.slots.iter().map(detail).collect();
        let from = self.transcript.len().saturating_sub(HANDOFF_LINES_MAX);
        let history: Vec<Value> = self.transcript[from..]
            .iter()
            .map(|line| json!({"speaker": line.speaker.as_str(), "text": line.text.expose()}))
            .collect();
        json!({
            "context": self.context,
            "user_profile": self.metadata,
            "slot_details": slots,
            "conversation_history": history,
        })
    }

    /// What another call needs to remember the same.
    pub fn saved(&self) -> Value {
        let told = self.exchanges.iter().map(|exchange| match exchange {
            Exchange::Caller(text) => json!({"caller": text.expose()}),
            Exchange::Agent(text) => json!({"agent": text.expose()}),
            Exchange::Call { tool, arguments } => {
                json!({"tool": tool, "arguments": arguments.expose()})
            }
            Exchange::Result(result) => json!({"result": result.expose()}),
        });
        json!({
            "slots": self.slots, "context": self.context, "visits": self.visits,
            "last_tool": self.last_tool, "exchanges": told.collect::<Vec<_>>(),
        })
    }

    /// Remembers what [`Self::saved`] gave, at this node; false when it is not that. Names that the agent file has not
    /// are left out.
    pub fn restore(&mut self, saved: &Value, node: &str) -> bool {
        let (Some(slots), Some(context)) =
            (saved["slots"].as_object(), saved["context"].as_object())
        else {
            return false;
        };
        let known = slots.iter().filter(|(name, _)| self.agent.slots.contains_key(*name));
        self.slots = known.map(|(name, value)| (name.clone(), value.clone())).collect();
        for (name, value) in context {
            if let Some(own) = self.context.get_mut(name) {
                own.clone_from(value);
            }
        }
        self.last_tool = saved["last_tool"].as_str().map(str::to_owned);
        let visits = saved["visits"].as_object().into_iter().flatten();
        let count = |value: &Value| value.as_u64().and_then(|count| u32::try_from(count).ok());
        self.visits = visits.filter_map(|(name, n)| Some((name.clone(), count(n)?))).collect();
        for exchange in saved["exchanges"].as_array().into_iter().flatten() {
            self.restore_exchange(exchange);
        }
        if let Some(persona) = self.agent.persona_at(node) {
            self.locale.language = persona.language;
        }
        true
    }

    fn restore_exchange(&mut self, saved: &Value) {
        let text = |name: &str| saved[name].as_str().map(|text| Pii::new(text.to_owned()));
        let line = |speaker, text| TranscriptLine {
            at: CallTime::default(),
            speaker,
            agent: String::new(),
            text,
            interrupted: false,
        };
        if let Some(text) = text("caller") {
            self.note(line(Speaker::Caller, text));
        } else if let Some(text) = text("agent") {
            self.note(line(Speaker::Agent, text));
        } else if let Some(tool) = saved["tool"].as_str() {
            let (tool, arguments) = (tool.to_owned(), Pii::new(saved["arguments"].clone()));
            self.note_exchange(Exchange::Call { tool, arguments });
        } else if let Some(result) = saved.get("result") {
            self.note_exchange(Exchange::Result(Pii::new(result.clone())));
        }
    }

    pub fn transcript(&self) -> &[TranscriptLine] {
        &self.transcript
    }

    /// What was said and done, the newest last.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Notes what a tool was asked or answered.
    pub fn note_exchange(&mut self, exchange: Exchange) {
        if self.exchanges.len() >= self.agent.limits.transcript_lines_max {
            self.exchanges.remove(0);
        }
        self.exchanges.push(exchange);
    }

    /// Slots with a value that may be told, as they are said.
    pub fn slots_to_tell(&self) -> Vec<(String, Pii<String>)> {
        let told = self.slots.iter().filter(|(name, value)| {
            !value.is_null() && self.agent.slots.get(*name).is_some_and(|slot| !slot.private)
        });
        told.map(|(name, value)| (name.clone(), Pii::new(slot::written(value)))).collect()
    }

    pub fn note(&mut self, line: TranscriptLine) {
        self.note_exchange(match line.speaker {
            Speaker::Caller => Exchange::Caller(line.text.clone()),
            Speaker::Agent => Exchange::Agent(line.text.clone()),
        });
        if self.transcript.len() >= self.agent.limits.transcript_lines_max {
            self.transcript.remove(0);
        }
        self.transcript.push(line);
    }
}

/// What the line told, where the agent file asks for it and it is of a kind and length to be kept.
fn metadata(agent: &Agent, info: &CallInfo) -> Map<String, Value> {
    let fits = |value: &&Value| match value {
        Value::String(text) => text.chars().count() <= METADATA_CHARS_MAX,
        Value::Array(_) | Value::Object(_) => false,
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    };
    let told = agent.metadata.iter().map(|(name, other)| {
        let told = info.metadata.expose().get(name).filter(fits);
        (name.clone(), told.unwrap_or(other).clone())
    });
    let own = [info.from.expose().as_str(), &info.to, &info.id, "", ""].map(|value| json!(value));
    told.chain(CALL_VALUES.map(str::to_owned).into_iter().zip(own)).collect()
}
