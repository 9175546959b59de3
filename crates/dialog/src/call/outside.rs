//! A program outside that follows the call: what it may do, and nodes where it answers.
//!
//! At a node with `ask: outside` the caller's words are put to the program. It says something, takes
//! a drawn edge or ends the call; without an answer in time the edge `timeout` or `failed` leads on.

use hearsay_text::pii::Pii;
use serde_json::Value;

use super::Call;
use super::keys::Keys;
use super::walking::{PendingThought, Stage};
use crate::agent::{Ask, EdgeOn, NodeKind};
use crate::command::Command;
use crate::event::{EndReason, EventKind};
use crate::memory::Source;
use crate::output::SpeakKind;
use crate::slot;
use crate::time::ThinkId;
use crate::turn::Turn;
use crate::workflow;

/// Longest words of a program that are said at once, characters.
const SAY_CHARS_MAX: usize = 2_000;
/// Longest number or address to be put through to, characters.
const ADDRESS_CHARS_MAX: usize = 200;

impl Call {
    /// Does what a program outside asked for, and tells by an event whether it was done.
    pub(super) fn on_command(&mut self, request: u64, command: Command) {
        let done = match self.closing {
            Some(_) => Err("the call is saying its last words".to_owned()),
            None => self.obey(command),
        };
        self.event(EventKind::CommandDone { request, refused: done.err() });
    }

    fn obey(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Say { text, answers } => self.say_for_outside(text.expose(), answers),
            Command::Intent(intent) => self.walk_for_outside(intent),
            Command::Fill { slot, value } => self.fill_for_outside(&slot, value.expose()),
            Command::Transfer { to, say } => {
                let address = one_line(to.expose(), ADDRESS_CHARS_MAX);
                if address.is_empty() {
                    return Err("`to` is empty; name a number or a sip: address".to_owned());
                }
                self.transfer_to = Some(Pii::new(address));
                self.end_for_outside(EndReason::Transferred, say.expose());
                Ok(())
            }
            Command::HangUp { say } => {
                self.end_for_outside(EndReason::HungUp, say.expose());
                Ok(())
            }
        }
    }

    fn say_for_outside(&mut self, text: &str, answers: Option<ThinkId>) -> Result<(), String> {
        let text = one_line(text, SAY_CHARS_MAX);
        if text.is_empty() {
            return Err("`text` is empty".to_owned());
        }
        let awaited = self.asked_outside();
        if answers.is_some() && answers != awaited {
            return Err("the caller has gone on since that question".to_owned());
        }
        if awaited.is_some() {
            self.answer_came();
        }
        self.say(&text, SpeakKind::Reply);
        Ok(())
    }

    fn walk_for_outside(&mut self, intent: String) -> Result<(), String> {
        let agent = self.agent.clone();
        let (outcome, shown) = (self.outcome_of_intent(intent.clone()), intent);
        let node = agent.node(&self.node).filter(|_| self.is_waiting_for_caller());
        let node = node.ok_or("the call is not waiting for the caller")?;
        let drawn = workflow::edge_for(&agent, node, &outcome, &self.memory);
        if drawn.is_none() {
            let (node, proposed) = (self.node.clone(), shown.clone());
            self.event(EventKind::EdgeRefused { node, proposed });
            return Err(format!("node `{}` has no open edge for `{shown}`", self.node));
        }
        self.take_floor();
        self.walk(outcome);
        Ok(())
    }

    fn fill_for_outside(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let agent = self.agent.clone();
        let spec = agent.slots.get(name).ok_or_else(|| format!("there is no slot `{name}`"))?;
        let taken = slot::from_tool(spec, value, self.locale());
        let value = taken.map_err(|wanted| {
            let (slot, wanted) = (name.to_owned(), wanted.to_owned());
            self.event(EventKind::SlotRefused { slot, wanted: wanted.clone() });
            format!("the value is not {wanted}")
        })?;
        let is_collected = self.collected_slot().is_some_and(|slot| slot.name == name);
        if !is_collected || self.closing.is_some() {
            self.set_slot(name, value, Source::Outside);
            return Ok(());
        }
        self.take_floor();
        self.fill(name, value, Source::Outside);
        Ok(())
    }

    /// Last words that follow what is still to be said. Who is thinking or working is not waited for.
    fn end_for_outside(&mut self, reason: EndReason, say: &str) {
        self.take_floor();
        self.desk.forget();
        self.end_of_graph(reason, &one_line(say, SAY_CHARS_MAX));
    }

    /// The program moves the call on: what the caller is saying answers a question that is over.
    fn take_floor(&mut self) {
        self.answer_came();
        self.keys = Keys::default();
        match self.turn {
            Turn::CallerSpeaking { .. } => self.discard_utterance(),
            Turn::AgentPaused { .. } => {
                self.cut_reply();
                self.discard_utterance();
            }
            Turn::Finalising { .. } => {}
            _ => return,
        }
        self.hearing.forget_prefix();
        self.speech.cut.clear();
        self.set_turn(Turn::Listening { since: self.now });
    }

    /// What was being understood is settled by the program.
    fn answer_came(&mut self) {
        if self.thought.take().is_some() {
            self.leave_thinking();
        }
        self.reprompts = 0;
    }

    /// The question that the program has not answered yet.
    pub(super) fn asked_outside(&self) -> Option<ThinkId> {
        let asked = self.thought.as_ref().filter(|pending| pending.stage == Stage::Outside);
        asked.map(|pending| pending.think)
    }

    /// Puts the caller's words to the program.
    pub(super) fn ask_outside(&mut self, text: &str) {
        let think = self.desk.next_think();
        let since = self.now;
        let stage = Stage::Outside;
        self.thought =
            Some(PendingThought { think, text: text.to_owned(), since, fallback: None, stage });
        self.event(EventKind::OutsideAsked { think, text: Pii::new(text.to_owned()) });
        self.set_turn(Turn::Thinking { think, since });
    }

    /// The program did not answer in time.
    pub(super) fn outside_failed(&mut self) {
        self.thought = None;
        self.leave_thinking();
        let agent = self.agent.clone();
        let node = agent.node(&self.node);
        let is_outside = |kind: &NodeKind| matches!(kind, NodeKind::Ask(Ask::Outside));
        let drawn = node
            .filter(|node| is_outside(&node.kind))
            .and_then(|node| workflow::edge_for(&agent, node, &EdgeOn::Timeout, &self.memory));
        match drawn {
            Some(_) => self.walk(EdgeOn::Timeout),
            None => self.not_sure(),
        }
    }
}

/// Words without line breaks and control characters, cut to a length.
fn one_line(text: &str, chars_max: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let whole: String = text.chars().take(chars_max).map(plain).collect();
    whole.trim().to_owned()
}
