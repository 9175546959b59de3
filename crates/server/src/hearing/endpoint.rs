//! How long a call would wait after some words: a call is asked.
//!
//! A scripted caller says the words to a real dialog at a node that waits for
//! the kind of answer in question, and is then silent. What is measured is what
//! callers meet, thresholds, rules and all; nothing of it is written here again.

use std::sync::Arc;

use hearsay_dialog::{
    Agent, Call, CallInfo, CallTime, Input, ListenCommand, Output, Pii, SpeechPlanned, WordTime,
};
use hearsay_language::turn_end::Expected;

/// Milliseconds of a frame.
const FRAME_MS: u64 = 20;
/// The caller's voice, frames: long enough to count, too short to be cut.
const VOICED_FRAMES: u64 = 20;
/// No silence is waited for longer, frames.
const SILENT_FRAMES_MAX: u64 = 500;
/// Digits that a node can ask for at most.
const DIGITS_MAX: usize = 20;

/// Asks calls, with one agent for each kind of answer.
#[derive(Default)]
pub struct Endpoints {
    agents: Vec<(Expected, Arc<Agent>)>,
}

impl Endpoints {
    /// The silence after `words` that ends a turn, ms, where `turn_end` is the
    /// probability that nothing more comes. `None` if no silence would.
    ///
    /// # Errors
    /// When no agent can wait for such an answer.
    pub fn wait_ms(
        &mut self,
        words: &str,
        expected: Expected,
        turn_end: Option<f32>,
    ) -> Result<Option<u64>, String> {
        let mut caller = Caller { call: Call::new(self.agent(expected)?, CallInfo::default()) };
        let mut now = CallTime(0);
        caller.tell(now, Input::Connected);
        for _ in 0..VOICED_FRAMES {
            now = now + FRAME_MS;
            caller.tell(now, Input::Voice { speech: 1.0 });
        }
        let text = || Pii::new(words.to_string());
        let utterance = caller.call.utterance();
        caller.tell(now, Input::Interim { utterance, text: text() });
        let stopped = now;
        for _ in 0..SILENT_FRAMES_MAX {
            now = now + FRAME_MS;
            match caller.tell(now, Input::Voice { speech: 0.0 }) {
                Some(Heeded::Preview) => {
                    let asked = turn_end.map(|p| Input::TurnEnd { utterance, probability: p });
                    let preview = Input::Preview { utterance, text: text() };
                    for input in asked.into_iter().chain([preview]) {
                        if caller.tell(now, input) == Some(Heeded::Closed) {
                            return Ok(Some(now.ms_since(stopped)));
                        }
                    }
                }
                Some(Heeded::Closed) => return Ok(Some(now.ms_since(stopped))),
                None => {}
            }
        }
        Ok(None)
    }

    fn agent(&mut self, expected: Expected) -> Result<Arc<Agent>, String> {
        if let Some((_, agent)) = self.agents.iter().find(|(known, _)| *known == expected) {
            return Ok(agent.clone());
        }
        let agent = Agent::parse(&agent_file(expected)).map_err(|e| e.to_string())?;
        let agent = Arc::new(agent);
        self.agents.push((expected, agent.clone()));
        Ok(agent)
    }
}

/// What a call wants of its ear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heeded {
    Preview,
    Closed,
}

struct Caller {
    call: Call,
}

impl Caller {
    /// Tells the call something; everything that the agent says is heard at once.
    fn tell(&mut self, now: CallTime, input: Input) -> Option<Heeded> {
        let mut heeded = None;
        self.call.handle(now, input);
        // Whatever is due without anything happening.
        self.call.handle(now, Input::Wake);
        while let Some(output) = self.call.poll() {
            match output {
                Output::Speak(speak) => self.hear(now, &speak),
                Output::Listen(ListenCommand::Preview { .. }) => heeded = Some(Heeded::Preview),
                Output::Listen(ListenCommand::Finalize { .. } | ListenCommand::Discard { .. }) => {
                    heeded = Some(Heeded::Closed)
                }
                _ => {}
            }
        }
        heeded
    }

    fn hear(&mut self, now: CallTime, speak: &hearsay_dialog::Speak) {
        let word = WordTime { text: speak.text.expose().clone(), start_ms: 0, end_ms: FRAME_MS };
        let (reply, words) = (speak.reply, vec![word]);
        let planned = SpeechPlanned { reply, part: 0, words, duration_ms: FRAME_MS };
        self.call.handle(now, Input::SpeechPlanned(planned));
        self.call.handle(now, Input::Played { reply, played_ms: FRAME_MS });
        self.call.handle(now, Input::PlaybackDone { reply });
    }
}

/// An agent that waits for this kind of answer.
fn agent_file(expected: Expected) -> String {
    let (slot, waits) = match expected {
        Expected::Anything => ("{type: free}", "ask: intents"),
        Expected::Digits { min, max } => {
            let (min, max) = (min.min(DIGITS_MAX), max.min(DIGITS_MAX));
            let slot = format!("{{type: digits, length_min: {min}, length_max: {max}}}");
            return filled_in(&slot, "collect: answer");
        }
        Expected::YesNo => ("{type: yes_no}", "ask: yes_no"),
        Expected::Date => ("{type: date}", "collect: answer"),
        Expected::Name => ("{type: name}", "collect: answer"),
        Expected::Money => ("{type: money}", "collect: answer"),
    };
    filled_in(slot, waits)
}

fn filled_in(slot: &str, waits: &str) -> String {
    let edges = match waits {
        "ask: intents" => "[{on: other, to: end}]",
        "ask: yes_no" => "[{on: \"yes\", to: end}, {on: \"no\", to: end}]",
        _ => "[{on: filled, to: end}]",
    };
    format!(
        "name: pause\n\
         agents: {{host: {{voice: any}}}}\n\
         router: {{intents: {{other: [something else]}}}}\n\
         slots: {{answer: {slot}}}\n\
         graph:\n  start: ask\n  nodes:\n    \
         ask: {{agent: host, say: Please., {waits}, edges: {edges}}}\n    \
         end: {{agent: host, say: Goodbye., end: true}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearsay_dialog::TurnTaking;

    #[test]
    fn a_call_waits_by_its_own_thresholds() {
        let rules = TurnTaking::default();
        let mut endpoints = Endpoints::default();
        let code = Expected::Digits { min: 4, max: 4 };
        for (words, expected, wanted_ms) in [
            ("yes please", Expected::YesNo, rules.endpoint_complete_ms),
            ("four two seven one", code, rules.endpoint_complete_ms),
            ("four two", code, rules.endpoint_incomplete_ms),
            ("i lost my card", Expected::Anything, rules.endpoint_ms),
            ("anna berg", Expected::Name, rules.endpoint_ms),
            ("the third of may", Expected::Date, rules.endpoint_ms),
            ("twenty dollars", Expected::Money, rules.endpoint_ms),
        ] {
            let wait_ms = endpoints.wait_ms(words, expected, None).unwrap();
            assert_eq!(wait_ms, Some(wanted_ms), "{words}");
        }
    }

    #[test]
    fn a_likely_end_is_answered_sooner() {
        let mut endpoints = Endpoints::default();
        let mut wait = |turn_end| {
            endpoints.wait_ms("i lost my card", Expected::Anything, Some(turn_end)).unwrap()
        };
        let (sure, even, doubtful) = (wait(0.99), wait(0.6), wait(0.05));
        assert!(sure < even && even < doubtful, "{sure:?} {even:?} {doubtful:?}");
    }
}
