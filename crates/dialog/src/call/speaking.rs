//! The agent's side: what is said, what was heard of it, last words.

use std::collections::VecDeque;

use super::Call;
use hearsay_text::pii::Pii;

use crate::event::{EventKind, Speaker, TranscriptLine};
use crate::input::SpeechPlanned;
use crate::output::{Output, Speak, SpeakKind};
use crate::reply::{Line, Reply};
use crate::time::ReplyId;
use crate::turn::Turn;

/// Most lines waiting to be said; the graph bounds them already.
const LINES_MAX: usize = 64;

/// What is being said and what is still to be said.
#[derive(Debug)]
pub(super) struct Speech {
    pub active: Option<Reply>,
    pub queue: VecDeque<Line>,
    /// What an interruption left unsaid, until the caller's words come.
    pub cut: Vec<Line>,
    next_id: ReplyId,
    pub greeted: bool,
    /// What was said since the caller was last understood.
    said: Vec<String>,
    /// The caller was understood since: what is said next begins a new turn.
    is_new_turn: bool,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            active: None,
            queue: VecDeque::new(),
            cut: Vec::new(),
            next_id: ReplyId::FIRST,
            greeted: false,
            said: Vec::new(),
            is_new_turn: false,
        }
    }
}

impl Speech {
    pub fn active_id(&self) -> Option<ReplyId> {
        self.active.as_ref().map(|reply| reply.id)
    }

    /// The caller was heard and is answered next.
    pub fn caller_was_heard(&mut self) {
        self.is_new_turn = true;
    }

    /// What the agent said in its last turn, whole.
    pub fn said_last(&self) -> String {
        self.said.join(" ")
    }

    /// The caller speaks: what waits to be said is put off until their words have come, except last
    /// words, which nothing the caller says can take back.
    pub fn put_off(&mut self) {
        let queued = std::mem::take(&mut self.queue);
        for line in queued.into_iter().filter(|line| !line.is_filler()) {
            match line.kind {
                SpeakKind::Goodbye => self.queue.push_back(line),
                _ => self.cut.push(line),
            }
        }
    }

    fn note_said(&mut self, line: &Line) {
        if line.is_filler() {
            return;
        }
        let (last, is_new) = (self.said_last(), std::mem::take(&mut self.is_new_turn));
        if is_new && !last.is_empty() && line.text.ends_with(&last) {
            // The same again: "Of course." before it is not repeated next time.
            return;
        }
        if is_new {
            self.said.clear();
        }
        if self.said.len() < LINES_MAX {
            self.said.push(line.text.clone());
        }
    }
}

impl Call {
    /// Puts words in the mouth of the agent who is at the node.
    pub(super) fn say(&mut self, text: &str, kind: SpeakKind) {
        let interruptible = self.current_node().is_none_or(|node| node.interruptible);
        self.enqueue(text, kind, interruptible && kind != SpeakKind::Goodbye);
    }

    pub(super) fn say_goodbye(&mut self, text: &str) {
        self.enqueue(text, SpeakKind::Goodbye, false);
    }

    fn enqueue(&mut self, text: &str, kind: SpeakKind, interruptible: bool) {
        if text.is_empty() || self.speech.queue.len() >= LINES_MAX {
            return;
        }
        let Some(node) = self.current_node() else { return };
        let first = !self.speech.greeted && kind == SpeakKind::Reply;
        let kind = if first { SpeakKind::Greeting } else { kind };
        let (text, agent) = (text.to_owned(), node.agent.clone());
        let line = Line { text, agent, kind, interruptible, yields: false };
        self.speech.greeted = true;
        match self.speech.queue.back_mut() {
            Some(last) if last.joins(&line) => last.join(line),
            _ => self.speech.queue.push_back(line),
        }
    }

    pub(super) fn start_reply(&mut self, line: Line) {
        let reply = self.speech.next_id;
        self.speech.next_id = reply.next();
        let Some(persona) = self.agent.personas.get(&line.agent) else { return };
        let speak = Speak {
            reply,
            text: Pii::new(line.text.clone()),
            voice: persona.voice.clone(),
            speed: persona.speed,
            style: persona.style.clone(),
            kind: line.kind,
        };
        self.filling.begun(&line);
        self.speech.note_said(&line);
        if !line.yields {
            self.turns_count += 1;
            self.event(EventKind::TurnStarted { turn: self.turns_count, speaker: Speaker::Agent });
        }
        self.push(Output::Speak(speak));
        self.speech.active = Some(Reply::new(reply, line, self.now));
        self.set_turn(Turn::AgentSpeaking { reply });
    }

    pub(super) fn on_planned(&mut self, planned: SpeechPlanned) {
        let now = self.now;
        if let Some(reply) = &mut self.speech.active {
            reply.plan(planned, now);
        }
    }

    pub(super) fn on_played(&mut self, played_ms: u64) {
        let now = self.now;
        if let Some(reply) = &mut self.speech.active {
            reply.played(played_ms, now);
        }
    }

    pub(super) fn on_playback_done(&mut self) {
        let Some(reply) = self.speech.active.take() else { return };
        let text = reply.line.written().to_owned();
        self.note_agent(&reply, text, false);
        let onset_ms = self.turn_taking().onset_ms_min;
        let caller_speaks = self.voice.burst_of(onset_ms).is_some() && self.closing.is_none();
        if reply.line.yields {
            if caller_speaks {
                self.speaks_over_filler();
            }
            return;
        }
        let paused = matches!(self.turn, Turn::AgentPaused { .. });
        // The caller came in as the agent finished: the sound is an answer, not an interruption.
        if paused || (caller_speaks && self.speech.queue.is_empty()) {
            self.speech.cut.clear();
            self.speech.put_off();
            self.hearing.began_over_agent = true;
            return self.start_caller_turn();
        }
        if self.speech.queue.is_empty() {
            self.discard_if_touched();
        }
    }

    /// Stops the reply that is being said, if any; what was not heard of it comes back,
    /// except a filler.
    pub(super) fn cut_reply(&mut self) -> Option<Line> {
        let reply = self.speech.active.take()?;
        self.push(Output::Flush { reply: reply.id });
        let heard = reply.heard();
        self.note_agent(&reply, heard, true);
        reply.unheard().filter(|line| !line.is_filler())
    }

    /// The reply could not be said: the call goes on as if it had been.
    pub(super) fn drop_reply(&mut self) {
        self.cut_reply();
        if let Turn::AgentPaused { .. } = self.turn {
            self.start_caller_turn();
        }
    }

    pub(super) fn note_agent(&mut self, reply: &Reply, text: String, interrupted: bool) {
        let text = Pii::new(text);
        let kind = reply.line.kind;
        self.event(EventKind::AgentSaid { reply: reply.id, text: text.clone(), interrupted, kind });
        if text.expose().is_empty() {
            return;
        }
        let agent = reply.line.agent.clone();
        self.memory.note(TranscriptLine {
            at: self.now,
            speaker: Speaker::Agent,
            agent,
            text,
            interrupted,
        });
    }
}
