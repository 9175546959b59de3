//! Telephone keys, and digits that come in pieces.

use std::sync::Arc;

use hearsay_text::pii::Pii;

use super::Call;
use crate::agent::{NodeKind, SlotKind, SlotSpec};
use crate::event::EventKind;
use crate::memory::Source;
use crate::slot::{self, Heard};
use crate::time::CallTime;
use crate::turn::Turn;

/// Longest number that can be typed.
const NUMBER_DIGITS_MAX: usize = 12;

/// Digits typed or said so far for the slot that is being collected.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub digits: String,
    pub deadline: Option<CallTime>,
    pub typed: bool,
}

impl Call {
    pub(super) fn on_key(&mut self, key: char) {
        if !self.is_waiting_for_caller() {
            return;
        }
        match self.collected_slot().map(|slot| slot.kind) {
            Some(SlotKind::Digits { digits_max, .. }) => self.on_digit(key, digits_max),
            Some(SlotKind::Number) => self.on_digit(key, NUMBER_DIGITS_MAX),
            _ => self.on_menu_key(key),
        }
    }

    /// One of the keys that lead along an edge; the others mean nothing here.
    fn on_menu_key(&mut self, key: char) {
        let agent = Arc::clone(&self.agent);
        let edges = agent.node(&self.node).map(|node| node.edges.as_slice()).unwrap_or_default();
        let Some(edge) = edges.iter().find(|edge| edge.key == Some(key)) else { return };
        self.make_room_for_keys();
        self.desk.calls_by_model = 0;
        self.speech.caller_was_heard();
        self.event(EventKind::CallerPressed { digits: Pii::new(key.to_string()) });
        self.walk(edge.on.clone());
    }

    fn on_digit(&mut self, key: char, digits_max: usize) {
        self.make_room_for_keys();
        match key {
            '#' => return self.submit_keys(),
            '*' => self.keys = Keys::default(),
            '0'..='9' => self.keys.digits.push(key),
            _ => return,
        }
        self.keys.typed = true;
        self.keys.deadline = Some(self.now + self.agent.limits.key_ms_max);
        if self.keys.digits.len() >= digits_max {
            self.submit_keys();
        }
    }

    /// Keys interrupt everybody: the agent and the caller's own voice.
    fn make_room_for_keys(&mut self) {
        self.cut_reply();
        self.speech.queue.clear();
        self.speech.cut.clear();
        self.thought = None;
        self.hearing.forget_prefix();
        if let Turn::CallerSpeaking { .. } | Turn::AgentPaused { .. } = self.turn {
            self.discard_utterance();
        }
        if !self.keys.typed {
            self.keys = Keys::default();
        }
        self.set_turn(Turn::Listening { since: self.now });
    }

    pub(super) fn collected_slot(&self) -> Option<&SlotSpec> {
        let NodeKind::Collect(slot) = &self.current_node()?.kind else { return None };
        self.agent.slots.get(slot)
    }

    pub(super) fn submit_keys(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        self.set_turn(Turn::Listening { since: self.now });
        if keys.typed {
            self.event(EventKind::CallerPressed { digits: Pii::new(keys.digits.clone()) });
        }
        let Some(spec) = self.collected_slot() else { return };
        let (slot, heard) = (spec.name.clone(), slot::heard(spec, &keys.digits, self.locale()));
        match heard {
            Heard::Value(value) => self.fill(&slot, value, Source::Caller),
            Heard::Wrong(wanted) => self.refuse_value(&slot, wanted),
            Heard::Nothing => self.not_understood(),
        }
    }
}
