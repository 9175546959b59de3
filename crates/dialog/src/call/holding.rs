//! What is on the line beside a caller who talks: one who wants a moment, music, an answering machine.

use std::sync::Arc;

use super::Call;
use crate::agent::EdgeOn;
use crate::event::{EndReason, EventKind};
use crate::line;
use crate::output::SpeakKind;
use crate::workflow;

/// Machines answer at once: later in a call the same words are a caller's, ms.
const MACHINE_MS_MAX: u64 = 45_000;

impl Call {
    /// Silence is waited out from now on, until the caller has words; with `asked` the caller is told so.
    pub(super) fn hold(&mut self, asked: bool) {
        self.event(EventKind::OnHold);
        self.hold_until = Some(self.now + self.agent.limits.hold_ms_max);
        if asked {
            self.speech.caller_was_heard();
            self.say(&self.phrases().take_your_time, SpeakKind::Reply);
        }
    }

    /// Whether these words of the caller's are a machine's.
    pub(super) fn is_machine(&self, text: &str) -> bool {
        let early = self.now.ms_since(self.connected_at) <= MACHINE_MS_MAX;
        early && self.is_waiting_for_caller() && line::is_voicemail(text)
    }

    /// A machine has said its words. Without an edge for it nothing is left on it.
    pub(super) fn voicemail(&mut self) {
        self.event(EventKind::Voicemail);
        let agent = Arc::clone(&self.agent);
        let drawn = agent.node(&self.node).is_some_and(|node| {
            workflow::edge_for(&agent, node, &EdgeOn::Voicemail, &self.memory).is_some()
        });
        if drawn {
            self.speech.caller_was_heard();
            return self.walk(EdgeOn::Voicemail);
        }
        self.silence_everybody();
        self.hang_up(EndReason::Voicemail);
    }
}
