//! What a call remembers: slots, context, variables and the transcript.

use std::collections::BTreeMap;
use std::sync::Arc;

use hearsay_text::pii::Pii;
use serde_json::{Map, Value, json};

use crate::agent::{Agent, SlotKind};
use crate::event::{Speaker, TranscriptLine};
use crate::output::Exchange;
use crate::slot;
use crate::template::Template;

/// Lines of the transcript that are passed on in a handoff.
const HANDOFF_LINES_MAX: usize = 10;

/// The shared memory of all agents of one call.
#[derive(Debug)]
pub(crate) struct Memory {
    agent: Arc<Agent>,
    slots: BTreeMap<String, Value>,
    context: Map<String, Value>,
    transcript: Vec<TranscriptLine>,
    /// The same with tools, for a language model.
    exchanges: Vec<Exchange>,
    /// How often the call has been at each node.
    visits: BTreeMap<String, u32>,
}

impl Memory {
    pub fn new(agent: Arc<Agent>) -> Self {
        let context = agent.context.clone();
        Self {
            agent,
            slots: BTreeMap::new(),
            context,
            transcript: Vec::new(),
            exchanges: Vec::new(),
            visits: BTreeMap::new(),
        }
    }

    pub fn visit(&mut self, node: &str) {
        *self.visits.entry(node.to_owned()).or_default() += 1;
    }

    pub fn visits(&self, node: &str) -> u32 {
        self.visits.get(node).copied().unwrap_or(0)
    }

    pub fn set_slot(&mut self, name: &str, value: Value) {
        self.slots.insert(name.to_owned(), value);
    }

    pub fn set_context(&mut self, name: &str, value: Value) {
        self.context.insert(name.to_owned(), value);
    }

    /// The value of a slot, a context value, a variable, or `visits` of the given node.
    pub fn value(&self, name: &str, node: &str) -> Option<Value> {
        if name == "visits" {
            return Some(json!(self.visits(node)));
        }
        let own = self.slots.get(name).or_else(|| self.context.get(name)).cloned();
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
            Some(slot::spoken(self.kind(name), &value))
        };
        template.fill(spoken).unwrap_or_default()
    }

    /// Wording with its values as they are written, for services.
    pub fn write(&self, template: &Template, escape: fn(&str) -> String) -> String {
        let written = |name: &str| {
            if let Some(var) = self.agent.vars.get(name) {
                return Some(var.clone());
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

    /// What one agent passes to the next: the context values at the top, then slots
    /// (private ones masked) and the last lines of the transcript.
    pub fn handoff(&self) -> Value {
        let mut context = self.context.clone();
        let shown = |(name, value): (&String, &Value)| {
            let private = self.agent.slots.get(name).is_some_and(|slot| slot.private);
            (name.clone(), if private { json!("[private]") } else { value.clone() })
        };
        let slots: Map<String, Value> = self.slots.iter().map(shown).collect();
        let from = self.transcript.len().saturating_sub(HANDOFF_LINES_MAX);
        let history: Vec<Value> = self.transcript[from..]
            .iter()
            .map(|line| json!({"speaker": line.speaker.as_str(), "text": line.text.expose()}))
            .collect();
        context.insert("slots".to_owned(), Value::Object(slots));
        context.insert("history".to_owned(), Value::Array(history));
        Value::Object(context)
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
