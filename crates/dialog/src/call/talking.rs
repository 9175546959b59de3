//! Talking by a language model: what it is asked, and what comes of what it proposes.
//!
//! The model proposes; nothing of it happens that is not allowed here. It can say words, and
//! at a node that names tools it can ask for one of them with values for its slots, which the
//! slots' own rules take or refuse. It sets no slot otherwise and moves along no edge.

use std::sync::Arc;

use hearsay_text::pii::Pii;
use serde_json::{Value, json};

use super::Call;
use super::walking::{Fallback, PendingThought, Stage};
use crate::agent::{Agent, Ask, EdgeOn, Node, NodeKind, Talk};
use crate::event::EventKind;
use crate::input::{Composed, Composition, ToolFailure};
use crate::memory::Source;
use crate::output::{Aim, ComposeRequest, Exchange, Output, SpeakKind};
use crate::slot;
use crate::time::ThinkId;
use crate::turn::Turn;
use crate::workflow;

/// Calls of tools that a model may make without a word from the caller.
const CALLS_MAX: u32 = 4;
/// What a model is shown of the call: the newest exchanges.
const HISTORY_MAX: usize = 40;
/// Longest words of a model that are said, characters: half a minute of speech.
const REPLY_CHARS_MAX: usize = 500;

impl Call {
    /// The talk of the node the call is at, if it is one.
    pub(super) fn talk(&self) -> Option<&Talk> {
        match &self.current_node()?.kind {
            NodeKind::Talk(talk) => Some(talk),
            _ => None,
        }
    }

    /// What a language model could do here: talk, or answer from the agent's knowledge.
    fn aim(&self) -> Option<Aim> {
        if let Some(talk) = self.talk() {
            return Some(Aim::Talk { goal: talk.goal.clone(), tools: talk.tools.clone() });
        }
        let answers = self.is_waiting_for_caller() && !self.agent.knowledge.is_empty();
        answers.then_some(Aim::Answer)
    }

    /// Asks the language model, where the node has a use for it; false where it has none.
    pub(super) fn compose(&mut self, text: &str, fallback: Option<Fallback>) -> bool {
        let Some(aim) = self.aim() else { return false };
        let think = self.desk.next_think();
        let since = self.now;
        let request = self.compose_request(think, aim, self.memory.exchanges().to_vec());
        let stage = Stage::Composing;
        self.thought =
            Some(PendingThought { think, text: text.to_owned(), since, fallback, stage });
        self.push(Output::Compose(request));
        // What is still to be said is said meanwhile.
        if self.speech.active.is_none() && self.speech.queue.is_empty() {
            self.set_turn(Turn::Thinking { think, since });
        }
        true
    }

    fn compose_request(
        &self,
        think: ThinkId,
        aim: Aim,
        mut history: Vec<Exchange>,
    ) -> ComposeRequest {
        history.drain(..history.len().saturating_sub(HISTORY_MAX));
        let agent = self.current_node().map(|node| node.agent.clone()).unwrap_or_default();
        ComposeRequest { think, agent, aim, slots: self.memory.slots_to_tell(), history }
    }

    /// Lets the model read ahead while the caller speaks: these words, and what came before.
    pub(super) fn ponder(&mut self, words: &str) {
        let Turn::CallerSpeaking { .. } = self.turn else { return };
        let Some(aim) = self.aim().filter(|_| !words.is_empty()) else { return };
        let mut history = self.memory.exchanges().to_vec();
        history.push(Exchange::Caller(Pii::new(words.to_owned())));
        let request = self.compose_request(self.desk.peek_think(), aim, history);
        self.push(Output::Ponder(request));
    }

    pub(super) fn on_composed(&mut self, composed: Composed) {
        let Some(pending) = self.thought.take() else { return };
        self.leave_thinking();
        match (composed.composition, pending.fallback) {
            (Composition::Reply { text }, _) if !text.expose().trim().is_empty() => {
                let words: String = text.expose().trim().chars().take(REPLY_CHARS_MAX).collect();
                if !self.may_say(&words) {
                    return self.not_sure();
                }
                self.reprompts = 0;
                self.say(&words, SpeakKind::Reply);
                self.put_open_question();
            }
            (Composition::Call { phrase, tool, arguments }, _) if self.talk().is_some() => {
                self.on_proposed_call(phrase.expose(), &tool, arguments.expose());
            }
            (_, Some(fallback)) => self.fall_back(fallback),
            (_, None) if self.talk().is_some() => self.not_sure(),
            (_, None) => self.not_understood(),
        }
    }

    /// After an answer beside the graph, what the node asks for is asked again; a node that asks for nothing in particular
    /// has its answer in the words of the reply.
    fn put_open_question(&mut self) {
        let agent = Arc::clone(&self.agent);
        let Some(node) = agent.node(&self.node) else { return };
        if matches!(node.kind, NodeKind::Collect(_) | NodeKind::Ask(Ask::YesNo)) {
            self.say(&self.question_again(node), SpeakKind::Reply);
        }
    }

    /// How a node's question is put a second time.
    pub(super) fn question_again(&self, node: &Node) -> String {
        match node.reprompt.first() {
            Some(reprompt) => self.memory.say(reprompt),
            None => self.wording(node),
        }
    }

    /// The model, or the check of its answer, is not sure: that is said, not covered up.
    pub(super) fn not_sure(&mut self) {
        if self.gives_up() {
            return self.walk(EdgeOn::Unknown);
        }
        self.say(&self.phrases().not_sure, SpeakKind::Reprompt);
    }

    fn on_proposed_call(&mut self, phrase: &str, tool: &str, arguments: &Value) {
        let agent = Arc::clone(&self.agent);
        let exchange =
            Exchange::Call { tool: tool.to_owned(), arguments: Pii::new(arguments.clone()) };
        self.memory.note_exchange(exchange);
        self.desk.calls_by_model += 1;
        let too_many = self.desk.calls_by_model > CALLS_MAX;
        match self.values_of_call(&agent, tool, arguments) {
            Ok(values) if !too_many => {
                for (name, value) in values {
                    self.set_slot(&name, value, Source::Model);
                }
                if !phrase.trim().is_empty() {
                    self.say(phrase.trim(), SpeakKind::Filler);
                }
                self.call_tool(tool);
            }
            Ok(_) => self.not_sure(),
            Err(why) => {
                let node = self.node.clone();
                self.event(EventKind::EdgeRefused { node, proposed: tool.to_owned() });
                self.memory.note_exchange(Exchange::Result(Pii::new(json!({"error": why}))));
                if too_many || !self.compose("", None) {
                    self.not_sure();
                }
            }
        }
    }

    /// The values for the slots of a proposed call; the error says what is wrong with it.
    fn values_of_call(
        &self,
        agent: &Agent,
        tool: &str,
        arguments: &Value,
    ) -> Result<Vec<(String, Value)>, String> {
        let allowed = self.talk().is_some_and(|talk| talk.tools.iter().any(|name| name == tool));
        let spec = agent.tools.get(tool).filter(|_| allowed);
        let spec = spec.ok_or_else(|| format!("there is no tool {tool} here"))?;
        let mut values = Vec::new();
        for slot in agent.parameters(spec) {
            let known = self.memory.value(&slot.name, "").is_some_and(|value| !value.is_null());
            match arguments.get(&slot.name) {
                Some(value) => {
                    let taken = slot::proposed(slot, value, self.locale());
                    let taken = taken.ok_or_else(|| format!("{} cannot be {value}", slot.name))?;
                    values.push((slot.name.clone(), taken));
                }
                None if known => {}
                None => return Err(format!("{} is missing", slot.name)),
            }
        }
        Ok(values)
    }

    /// A tool has answered or failed: the graph leads on, or the model says what came of it.
    pub(super) fn tool_outcome(&mut self, on: EdgeOn) {
        let agent = Arc::clone(&self.agent);
        let node = agent.node(&self.node);
        let drawn = node.and_then(|node| workflow::edge_for(&agent, node, &on, &self.memory));
        if self.talk().is_none() || drawn.is_some() {
            return self.walk(on);
        }
        if !self.compose("", None) {
            self.not_sure();
        }
    }

    /// Notes a tool's answer where a model will read it.
    pub(super) fn note_answer(&mut self, answer: &Result<Value, ToolFailure>) {
        let told = match answer {
            Ok(value) => value.clone(),
            Err(failure) => json!({"error": failure.to_string()}),
        };
        self.memory.note_exchange(Exchange::Result(Pii::new(told)));
    }

    /// Whether the call waits for the language model.
    pub(super) fn is_composing(&self) -> bool {
        self.thought.as_ref().is_some_and(|thought| thought.stage == Stage::Composing)
    }
}
