//! What happened in a call, turn by turn, with the latency of each stage.

use std::time::Duration;

use hearsay_dialog::{CallEvent, EventKind, Pii, SpeakKind};
use serde::Serialize;
use serde_json::Value;

/// Most turns kept in a report; a call of an hour has a few hundred.
const TURNS_MAX: usize = 2000;
/// Most lateness values kept for the percentiles: an hour of frames.
const LATENESS_MAX: usize = 180_000;

/// A whole call.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CallReport {
    /// The agent network's name.
    pub agent: String,
    /// Why the call ended.
    pub ended: String,
    /// Length of the call, ms.
    pub duration_ms: u64,
    /// The turns in order.
    pub turns: Vec<TurnReport>,
    /// Caller stops to agent speaks, over the turns.
    pub turn_latency_ms: Percentiles,
    /// Outbound frames.
    pub frames: FrameReport,
    /// What the agent file's `after_call` wants noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_call: Option<AfterCallReport>,
}

/// What is noted of a call that is over.
#[derive(Debug, Clone, Serialize)]
pub struct AfterCallReport {
    /// How it turned out.
    pub disposition: String,
    /// Slots with their values.
    pub fields: serde_json::Map<String, Value>,
}

/// One turn of either side.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TurnReport {
    /// `caller` or the speaking agent's name.
    pub speaker: String,
    /// Call time at which the turn was complete, ms.
    pub at_ms: u64,
    /// What the recogniser understood, or what the caller heard of the reply.
    pub text: String,
    /// A caller's turn as it is written for reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// The recogniser's confidence, for a caller's turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
    /// The intent that was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// The node of the graph at the end of the turn.
    pub node: String,
    /// Whether the caller cut it short.
    pub interrupted: bool,
    /// Handoffs that followed from the turn: from, to and the context passed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handoffs: Vec<Value>,
    /// Slots that the turn filled.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub slots: serde_json::Map<String, Value>,
    /// Tools that were asked since the turn before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<ToolReport>,
    /// Whether it answered a question for a secret.
    #[serde(skip)]
    pub private: bool,
    /// Where the time went between the caller's last sound and the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<StageLatency>,
}

/// One request to an outside service.
#[derive(Debug, Clone, Serialize)]
pub struct ToolReport {
    /// Its name in the agent file.
    pub tool: String,
    /// What was sent.
    pub arguments: Value,
    /// What came back, or the failure.
    pub outcome: Value,
    /// Milliseconds.
    pub took_ms: u64,
}

/// The stages of one answer, ms.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct StageLatency {
    /// Silence waited for before the turn was taken to be over.
    pub endpoint: f64,
    /// Closing the transcript.
    pub recognise: f64,
    /// Understanding.
    pub think: f64,
    /// Asking outside services before the first word of the answer.
    pub tool: f64,
    /// Text to the first audio.
    pub speak: f64,
    /// The caller's last sound to the agent's first frame sent.
    pub total: f64,
}

/// Outbound audio frames.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FrameReport {
    /// Frames sent.
    pub sent: u64,
    /// Frames that left over 20 ms behind their schedule.
    pub late_over_20_ms: u64,
    /// Lateness, ms.
    pub lateness_ms: Percentiles,
    /// Every frame's lateness in the order sent, ms.
    #[serde(skip)]
    pub lateness: Vec<f64>,
}

/// Percentiles by nearest rank; zeros without values.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Percentiles {
    /// How many values.
    pub count: usize,
    /// Median.
    pub p50: f64,
    /// 95th.
    pub p95: f64,
    /// 99th.
    pub p99: f64,
}

impl Percentiles {
    /// Of any values.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let rank = |p: f64| match values.len() {
            0 => 0.0,
            n => values[((p * n as f64).ceil() as usize).clamp(1, n) - 1],
        };
        Self { count: values.len(), p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) }
    }
}

/// Collects a report while the call goes on.
#[derive(Debug, Default)]
pub struct Reporter {
    report: CallReport,
    node: String,
    speaker: String,
    intent: Option<String>,
    tools: Vec<ToolReport>,
    pending_arguments: Vec<(u64, Value)>,
    stages: StageLatency,
    /// The node the caller answers asks for a secret.
    asks_secret: bool,
    /// The transcript that is being taken in, as written for reading.
    formatted: Option<Pii<String>>,
}

impl Reporter {
    /// A report of a call to the agent network of that name.
    pub fn new(agent: &str) -> Self {
        let report = CallReport { agent: agent.to_string(), ..CallReport::default() };
        Self { report, ..Self::default() }
    }

    /// The turns reported so far.
    pub fn turns(&self) -> &[TurnReport] {
        &self.report.turns
    }

    /// Takes in one event; true when it added a turn.
    pub fn event(&mut self, event: &CallEvent) -> bool {
        let at_ms = event.at.0;
        self.report.duration_ms = self.report.duration_ms.max(at_ms);
        match &event.kind {
            EventKind::CallerStopped { last_voice, .. } => {
                self.stages = StageLatency::default();
                self.stages.endpoint = event.at.ms_since(*last_voice) as f64;
            }
            EventKind::CallerSaid { text, confidence } => {
                let confidence = Some(*confidence);
                let added = self.caller_turn(at_ms, text.expose().clone(), confidence);
                let formatted = self.formatted.take().map(|text| text.expose().clone());
                if let Some(turn) = self.report.turns.last_mut().filter(|_| added) {
                    turn.formatted = formatted;
                }
                return added;
            }
            EventKind::CallerPressed { digits } => {
                return self.caller_turn(at_ms, format!("[keys {}]", digits.expose()), None);
            }
            EventKind::AgentSaid { text, interrupted, kind: SpeakKind::Filler, .. } => {
                return self.filler(at_ms, text.expose().clone(), *interrupted);
            }
            EventKind::AgentSaid { text, interrupted, .. } => {
                return self.agent_turn(at_ms, text.expose().clone(), *interrupted);
            }
            EventKind::Understood { intent, .. } => {
                let turn = self.report.turns.iter_mut().rev().find(|t| t.speaker == "caller");
                if let Some(turn) = turn {
                    turn.intent.clone_from(intent);
                }
                self.intent.clone_from(intent);
            }
            EventKind::NodeEntered { agent, node } => {
                self.speaker.clone_from(agent);
                self.node.clone_from(node);
            }
            EventKind::Handoff { from, to, reason, context } => {
                let handoff = serde_json::json!(
                    { "from": from, "to": to, "reason": reason, "context": context.expose() });
                if let Some(turn) = self.report.turns.last_mut() {
                    turn.handoffs.push(handoff);
                }
            }
            EventKind::SlotSet { slot, value } => {
                if let Some(turn) = self.report.turns.last_mut() {
                    turn.slots.insert(slot.clone(), value.expose().clone());
                }
            }
            EventKind::ToolCalled { tool_call, arguments, .. } => {
                self.pending_arguments.push((tool_call.0, arguments.expose().clone()));
            }
            EventKind::ToolReturned { tool_call, tool, outcome, took_ms } => {
                self.tool_returned(tool_call.0, tool, outcome, *took_ms);
            }
            EventKind::Ended { reason } => self.report.ended = reason.to_string(),
            EventKind::Noted { disposition, fields } => {
                let (disposition, fields) = (disposition.clone(), fields.expose().clone());
                self.report.after_call = Some(AfterCallReport { disposition, fields });
            }
            _ => {}
        }
        false
    }

    fn caller_turn(&mut self, at_ms: u64, text: String, confidence: Option<f32>) -> bool {
        let private = std::mem::take(&mut self.asks_secret);
        self.push(TurnReport {
            speaker: "caller".to_string(),
            at_ms,
            text,
            confidence,
            node: self.node.clone(),
            private,
            ..TurnReport::default()
        })
    }

    fn agent_turn(&mut self, at_ms: u64, text: String, interrupted: bool) -> bool {
        let latency = (self.stages.total > 0.0).then(|| std::mem::take(&mut self.stages));
        let turn = TurnReport {
            speaker: self.speaker.clone(),
            at_ms,
            text,
            node: self.node.clone(),
            interrupted,
            tools: std::mem::take(&mut self.tools),
            latency,
            ..TurnReport::default()
        };
        self.push(turn)
    }

    /// A filler answers nothing: the tools and the latency are its answer's. One of which no word
    /// was heard is not reported.
    fn filler(&mut self, at_ms: u64, text: String, interrupted: bool) -> bool {
        let (speaker, node) = (self.speaker.clone(), self.node.clone());
        let turn = TurnReport { speaker, at_ms, text, node, interrupted, ..TurnReport::default() };
        !turn.text.is_empty() && self.push(turn)
    }

    fn push(&mut self, turn: TurnReport) -> bool {
        let room = self.report.turns.len() < TURNS_MAX;
        if room {
            self.report.turns.push(turn);
        }
        room
    }

    fn tool_returned(
        &mut self,
        tool_call: u64,
        tool: &str,
        outcome: &Result<hearsay_dialog::Pii<Value>, hearsay_dialog::ToolFailure>,
        took_ms: u64,
    ) {
        let found = self.pending_arguments.iter().position(|(id, _)| *id == tool_call);
        let arguments = found.map(|index| self.pending_arguments.swap_remove(index).1);
        let outcome = match outcome {
            Ok(value) => value.expose().clone(),
            Err(failure) => serde_json::json!({ "error": failure.to_string() }),
        };
        let arguments = arguments.unwrap_or(Value::Null);
        self.tools.push(ToolReport { tool: tool.to_string(), arguments, outcome, took_ms });
    }

    /// The transcript that follows is written this way for reading.
    pub fn formatted(&mut self, text: Option<Pii<String>>) {
        self.formatted = text;
    }

    /// What the caller says or presses next answers a question for a secret.
    pub fn asks_secret(&mut self, secret: bool) {
        self.asks_secret |= secret;
    }

    /// Closing the transcript took this long.
    pub fn recognised(&mut self, took: Duration) {
        self.stages.recognise = ms(took);
    }

    /// Understanding took this long.
    pub fn thought(&mut self, took: Duration) {
        self.stages.think += ms(took);
    }

    /// The language model took this long.
    pub fn composed(&mut self, took: Duration) {
        self.stages.think += ms(took);
    }

    /// An outside service took this long.
    pub fn tool_took(&mut self, took: Duration) {
        if self.stages.total == 0.0 {
            self.stages.tool += ms(took);
        }
    }

    /// The first audio of a reply took this long.
    pub fn first_audio(&mut self, took: Duration) {
        if self.stages.total == 0.0 {
            self.stages.speak = ms(took);
        }
    }

    /// The first frame of an answer left `after_ms` after the caller's last
    /// sound; `None` takes the sum of the stages, for calls whose clock is not
    /// the wall's.
    pub fn answered(&mut self, after_ms: Option<f64>) {
        let stages = &mut self.stages;
        if stages.total > 0.0 || stages.endpoint == 0.0 {
            return;
        }
        let sum = stages.endpoint + stages.recognise + stages.think + stages.tool + stages.speak;
        stages.total = after_ms.unwrap_or(sum);
    }

    /// A frame left this far behind its schedule.
    pub fn frame_sent(&mut self, late_ms: f64) {
        self.report.frames.sent += 1;
        self.report.frames.late_over_20_ms += u64::from(late_ms > 20.0);
        if self.report.frames.lateness.len() < LATENESS_MAX {
            self.report.frames.lateness.push(late_ms);
        }
    }

    /// The finished report.
    pub fn finish(mut self) -> CallReport {
        let latencies = self.report.turns.iter().filter_map(|turn| turn.latency);
        self.report.turn_latency_ms = Percentiles::of(latencies.map(|l| l.total).collect());
        self.report.frames.lateness_ms = Percentiles::of(self.report.frames.lateness.clone());
        self.report
    }
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e5).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_rank() {
        let p = Percentiles::of((1..=200).map(f64::from).collect());
        assert_eq!((p.count, p.p50, p.p95, p.p99), (200, 100.0, 190.0, 198.0));
        assert_eq!(Percentiles::of(Vec::new()).p99, 0.0);
    }
}
