//! A call that goes on after its line broke off: when the process died, another takes it up by its name.
//!
//! What is saved is where the call was and what it remembers, each time the caller is waited for: never in the middle of
//! a tool, so that none is asked twice without the caller's word.

use std::sync::Arc;

use hearsay_text::pii::Pii;
use serde_json::{Value, json};

use super::Call;
use super::walking::waits_for_caller;
use crate::agent::Agent;
use crate::event::EventKind;
use crate::memory::Memory;
use crate::output::SpeakKind;

impl Call {
    /// What another call needs to go on with this one, in [`super::CallInfo::saved`]; `None` while the caller is not
    /// waited for.
    pub fn saved(&self) -> Option<Pii<Value>> {
        let ready =
            self.is_waiting_for_caller() && self.desk.running_id().is_none() && !self.is_ended();
        ready.then(|| {
            Pii::new(json!({
                "agent": self.agent.name(), "node": self.node, "memory": self.memory.saved(),
            }))
        })
    }

    /// The caller is told that the line broke, and asked again what was open.
    pub(super) fn go_on(&mut self) {
        let agent = Arc::clone(&self.agent);
        let Some(node) = agent.node(&self.node) else { return };
        self.event(EventKind::Resumed);
        self.event(EventKind::NodeEntered { agent: node.agent.clone(), node: node.name.clone() });
        self.expect_answer(node);
        self.say(&self.phrases().cut_off, SpeakKind::Reply);
        let question = self.question_again(node);
        self.say(&question, SpeakKind::Reprompt);
    }
}

/// Puts what was saved into the memory; gives the node that the call was at. What another agent saved, or an
/// older file of this one, is not gone on with.
pub(super) fn restored(saved: &Pii<Value>, agent: &Agent, memory: &mut Memory) -> Option<String> {
    let saved = saved.expose();
    let node = saved["node"].as_str().and_then(|name| agent.node(name))?;
    let fits = saved["agent"] == agent.name() && waits_for_caller(node);
    (fits && memory.restore(&saved["memory"], &node.name)).then(|| node.name.clone())
}
