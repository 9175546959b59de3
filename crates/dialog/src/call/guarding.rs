//! Threats in what the caller says: an edge that is drawn for one is taken; else the `guard` section says
//! what is done.

use std::sync::Arc;

use super::Call;
use crate::agent::EdgeOn;
use crate::event::{EndReason, EventKind};
use crate::guard::{GuardAction, Threat};
use crate::output::{Exchange, SpeakKind};
use crate::workflow;

impl Call {
    /// The words of this utterance, whose transcript comes next, are a threat.
    pub(super) fn on_threat(&mut self, threat: Threat) {
        let action = self.agent.guard.action(threat);
        if action != GuardAction::Off || self.draws(threat) {
            self.hearing.threat = Some(threat);
        }
    }

    fn draws(&self, threat: Threat) -> bool {
        let agent = Arc::clone(&self.agent);
        let node = agent.node(&self.node);
        node.is_some_and(|node| {
            workflow::edge_for(&agent, node, &EdgeOn::Threat(threat), &self.memory).is_some()
        })
    }

    /// Sees to a threat; the words are not understood otherwise.
    pub(super) fn guard(&mut self, threat: Threat) {
        let drawn = self.draws(threat);
        let action = self.agent.guard.action(threat);
        self.event(EventKind::Guarded { threat, warnings: self.warnings });
        // During a tool or the last words the caller is heard and nothing is changed by it.
        if !self.is_waiting_for_caller() {
            return;
        }
        self.cancel_tool();
        self.speech.caller_was_heard();
        let phrases = self.phrases();
        match action {
            _ if drawn => self.walk(EdgeOn::Threat(threat)),
            GuardAction::Off | GuardAction::Ignore => {}
            GuardAction::Steer if threat == Threat::SelfHarm => {
                self.say_and_ask(&phrases.self_harm)
            }
            GuardAction::Steer => self.say_and_ask(&phrases.off_limits),
            GuardAction::Warn if self.warnings >= self.agent.guard.warnings_max => {
                self.close(EndReason::Guarded, &phrases.goodbye_warned);
            }
            GuardAction::Warn => {
                self.warnings += 1;
                self.say_and_ask(&phrases.warning);
            }
        }
    }

    /// Says something and puts the open question again; no try is counted for it.
    fn say_and_ask(&mut self, words: &str) {
        self.say(words, SpeakKind::Reply);
        if self.talk().is_none() {
            let node = self.current_node();
            let question = node.map(|node| self.question_again(node)).unwrap_or_default();
            self.say(&question, SpeakKind::Reprompt);
        }
    }

    /// Whether a reply of a language model may be spoken; if not, that is told.
    pub(super) fn may_say(&mut self, reply: &str) -> bool {
        let told = self.memory.exchanges().iter().map(|exchange| match exchange {
            Exchange::Caller(text) | Exchange::Agent(text) => text.expose().clone(),
            Exchange::Call { arguments, .. } => arguments.expose().to_string(),
            Exchange::Result(result) => result.expose().to_string(),
        });
        let facts = self.agent.vars.values().cloned();
        let slots = self.memory.slots_to_tell().into_iter().map(|(_, value)| value.into_exposed());
        let secrets = self.agent.secrets.values().map(|secret| secret.value.expose().as_str());
        let told: Vec<String> = told.chain(facts).chain(slots).collect();
        let told = self.agent.knowledge.is_empty().then_some(told);
        let refused = self.agent.guard.refuses(reply, self.locale().language, secrets, told);
        if let Some(why) = refused {
            self.event(EventKind::ReplyRefused { why });
        }
        refused.is_none()
    }
}
