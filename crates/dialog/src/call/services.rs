//! Outside services: asked one at a time, covered while they work, held to their schemas.

use std::sync::Arc;

use hearsay_text::pii::Pii;
use serde_json::{Value, json};

use super::Call;
use crate::agent::EdgeOn;
use crate::event::EventKind;
use crate::input::ToolFailure;
use crate::memory::Source;
use crate::output::{Output, SpeakKind};
use crate::time::{CallTime, ThinkId, ToolCallId};
use crate::tool;
use crate::turn::Turn;

/// The tool that runs, if any, and where its outcome waits while the caller speaks.
#[derive(Debug)]
pub(super) struct ToolDesk {
    running: Option<RunningTool>,
    pub deferred: Option<EdgeOn>,
    next_id: ToolCallId,
    next_think: ThinkId,
    /// Tools called by the language model since the caller last spoke.
    pub calls_by_model: u32,
}

#[derive(Debug)]
struct RunningTool {
    id: ToolCallId,
    name: String,
    since: CallTime,
    deadline: CallTime,
    /// When to say its own filler, until it is said.
    filler_at: Option<CallTime>,
    /// Whether it has words of its own to be covered with.
    has_own_filler: bool,
}

impl Default for ToolDesk {
    fn default() -> Self {
        Self {
            running: None,
            deferred: None,
            next_id: ToolCallId::FIRST,
            next_think: ThinkId::FIRST,
            calls_by_model: 0,
        }
    }
}

impl ToolDesk {
    pub fn next_call(&mut self) -> ToolCallId {
        let id = self.next_id;
        self.next_id = id.next();
        id
    }

    pub fn next_think(&mut self) -> ThinkId {
        let think = self.next_think;
        self.next_think = think.next();
        think
    }

    /// The identifier that the next request will have.
    pub fn peek_think(&self) -> ThinkId {
        self.next_think
    }

    pub fn running_id(&self) -> Option<ToolCallId> {
        self.running.as_ref().map(|tool| tool.id)
    }

    pub fn filler_at(&self) -> Option<CallTime> {
        self.running.as_ref().and_then(|tool| tool.filler_at)
    }

    pub fn has_own_filler(&self) -> bool {
        self.running.as_ref().is_some_and(|tool| tool.has_own_filler)
    }

    pub fn deadline(&self) -> Option<CallTime> {
        self.running.as_ref().map(|tool| tool.deadline)
    }

    pub fn forget(&mut self) {
        self.running = None;
        self.deferred = None;
    }
}

impl Call {
    pub(super) fn call_tool(&mut self, name: &str) {
        let agent = Arc::clone(&self.agent);
        let Some(spec) = agent.tools.get(name) else { return };
        let id = self.desk.next_call();
        self.memory.note_tool(name);
        let request = tool::request(id, spec, &self.memory);
        let arguments = request.body.clone().unwrap_or_else(|| Pii::new(json!({})));
        self.event(EventKind::ToolCalled { tool_call: id, tool: name.to_owned(), arguments });
        self.push(Output::Tool(request));
        self.desk.running = Some(RunningTool {
            id,
            name: name.to_owned(),
            since: self.now,
            deadline: self.now + spec.timeout_ms,
            filler_at: spec.meanwhile.as_ref().map(|_| self.now + spec.meanwhile_after_ms),
            has_own_filler: spec.meanwhile.is_some(),
        });
        if spec.meanwhile_after_ms == 0 {
            self.say_filler();
        }
    }

    pub(super) fn say_filler(&mut self) {
        let agent = Arc::clone(&self.agent);
        let Some(running) = &mut self.desk.running else { return };
        running.filler_at = None;
        let spec = agent.tools.get(&running.name);
        if let Some(template) = spec.and_then(|spec| spec.meanwhile.as_ref()) {
            let text = self.memory.say(template);
            self.say(&text, SpeakKind::Filler);
        }
    }

    pub(super) fn on_tool_done(&mut self, outcome: Result<Value, ToolFailure>) {
        let agent = Arc::clone(&self.agent);
        let Some(running) = self.desk.running.take() else { return };
        let Some(spec) = agent.tools.get(&running.name) else { return };
        let took_ms = self.now.ms_since(running.since);
        if self.talk().is_some() {
            self.note_answer(&outcome);
        }
        let checked = outcome.and_then(|answer| {
            let saved =
                tool::saved(spec, &answer, self.locale(), |name| agent.slots.get(name).cloned())?;
            Ok((answer, saved))
        });
        let (reported, saved, on) = match checked {
            Ok((answer, saved)) => (Ok(Pii::new(answer)), saved, EdgeOn::Done),
            Err(ToolFailure::Timeout) => (Err(ToolFailure::Timeout), Vec::new(), EdgeOn::Timeout),
            Err(failure) => (Err(failure), Vec::new(), EdgeOn::Failed),
        };
        let (tool_call, tool) = (running.id, running.name);
        let name = tool.clone();
        self.event(EventKind::ToolReturned { tool_call, tool: name, outcome: reported, took_ms });
        for (name, value) in saved {
            self.set_slot(&name, value, Source::Tool(tool.clone()));
        }
        match self.turn {
            // The caller is not spoken over; the answer waits for the end of their turn.
            Turn::CallerSpeaking { .. } | Turn::Finalising { .. } | Turn::AgentPaused { .. } => {
                self.desk.deferred = Some(on);
            }
            _ => self.tool_outcome(on),
        }
    }

    /// The caller has said something else: what a model had asked a service for is not wanted any
    /// more, where the agent file says that it can be dropped. Its answer will be late.
    pub(super) fn cancel_tool(&mut self) {
        let agent = Arc::clone(&self.agent);
        let running = self.desk.running.as_ref().map(|running| running.name.clone());
        let spec = running.and_then(|name| agent.tools.get(&name));
        if self.talk().is_none() || !spec.is_some_and(|spec| spec.cancel_on_interruption) {
            return;
        }
        let Some(running) = self.desk.running.take() else { return };
        let cancelled = Err(ToolFailure::Cancelled);
        self.note_answer(&cancelled);
        let took_ms = self.now.ms_since(running.since);
        let (tool_call, tool) = (running.id, running.name);
        let outcome = Err(ToolFailure::Cancelled);
        self.event(EventKind::ToolReturned { tool_call, tool, outcome, took_ms });
    }
}
