//! Fillers: the short sound that covers a late answer.
//!
//! One is due when neither side has made a sound for the agent's `after_ms` while something
//! is being understood or a tool without words of its own runs. It is no answer and no turn:
//! it ends at once when there is something to say, or when the caller speaks.

use super::Call;
use crate::agent::Fillers;
use crate::output::{Output, SpeakKind};
use crate::reply::Line;
use crate::time::CallTime;
use crate::turn::Turn;

/// What is known about the wait for an answer.
#[derive(Debug, Default)]
pub(super) struct Filling {
    /// Since when nobody has made a sound while an answer is being made.
    silent_since: Option<CallTime>,
    /// One has been said since the last answer.
    said: bool,
    /// The last one's text, of the agent's list or a tool's own.
    last: String,
    /// How many of the agent's list have been said.
    count: usize,
}

impl Filling {
    /// Follows the turn: a wait goes on from understanding to a tool.
    pub fn turn_changed(&mut self, turn: Turn, now: CallTime) {
        match turn {
            Turn::Thinking { .. } | Turn::Working { .. } => {
                self.silent_since.get_or_insert(now);
            }
            // Passed through between the two.
            Turn::Listening { .. } => {}
            _ => self.silent_since = None,
        }
    }

    /// Nothing is being made any more: it is the caller who is waited for.
    pub fn nothing_awaited(&mut self) {
        self.silent_since = None;
    }

    /// The agent begins to say this.
    pub fn begun(&mut self, line: &Line) {
        self.said = line.is_filler();
        if self.said {
            self.last.clone_from(&line.text);
        }
    }
}

impl Call {
    /// When a filler of the agent's list is due.
    pub(super) fn filler_due(&self) -> Option<CallTime> {
        let fillers = self.fillers()?;
        let covered = match self.turn {
            Turn::Thinking { .. } => false,
            Turn::Working { .. } => self.desk.has_own_filler(),
            _ => return None,
        };
        let unwanted = covered || self.filling.said || !self.speech.greeted;
        self.filling.silent_since.filter(|_| !unwanted).map(|since| since + fillers.after_ms)
    }

    fn fillers(&self) -> Option<&Fillers> {
        self.agent.persona_at(&self.node)?.fillers.as_ref()
    }

    /// Says the next filler of the agent's list.
    pub(super) fn say_late_filler(&mut self) {
        let Some(text) = self.next_filler() else { return };
        let Some(agent) = self.current_node().map(|node| node.agent.clone()) else { return };
        self.filling.count += 1;
        let kind = SpeakKind::Filler;
        self.start_reply(Line { text, agent, kind, interruptible: true, yields: true });
    }

    /// In turn from a place that the call's name gives, and never the one said last.
    fn next_filler(&self) -> Option<String> {
        let texts = &self.fillers()?.texts;
        let first = self.info.id.bytes().map(usize::from).sum::<usize>() + self.filling.count;
        let in_turn = (0..texts.len()).map(|i| &texts[(first + i) % texts.len()]);
        in_turn.into_iter().find(|text| **text != self.filling.last).cloned()
    }

    /// Ends a filler that covers nothing any more, because what it covered can be said. True
    /// when there was one.
    pub(super) fn yield_to_answer(&mut self) -> bool {
        let answered = self.speech.queue.iter().any(|line| !line.is_filler());
        let covering = |line: &Line| line.yields && answered;
        let Some(reply) = self.speech.active.take_if(|reply| covering(&reply.line)) else {
            return false;
        };
        self.push(Output::CutFiller { reply: reply.id });
        self.note_agent(&reply, reply.heard(), true);
        true
    }

    /// Whether what is being said gives way to every sound of the caller.
    pub(super) fn is_filling(&self) -> bool {
        self.speech.active.as_ref().is_some_and(|reply| reply.line.yields)
    }

    /// The caller speaks over a filler, or as it ends: it is never gone on with.
    pub(super) fn speaks_over_filler(&mut self) {
        self.cut_reply();
        // At most a tool's own filler: an answer would have ended this one.
        self.speech.queue.clear();
        if self.thought.is_some() { self.caller_goes_on() } else { self.start_caller_turn() }
    }

    /// What was being understood is over; a filler sounds on until there is something to say.
    pub(super) fn leave_thinking(&mut self) {
        if self.speech.active.is_none() {
            self.set_turn(Turn::Listening { since: self.now });
        }
    }
}
