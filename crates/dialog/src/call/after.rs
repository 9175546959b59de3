//! What is noted of a call when it has ended: how it turned out, and the values that were asked for.

use hearsay_text::pii::Pii;
use serde_json::{Map, Value};

use super::Call;
use crate::agent::{SlotCheck, SlotKind, SlotSpec};
use crate::event::{EndReason, EventKind, Speaker};
use crate::memory::Source;
use crate::output::Output;
use crate::slot;
use crate::tool;

impl Call {
    /// Notes it and asks the tool that passes it on; nobody waits for that tool's answer.
    pub(super) fn note_after(&mut self, reason: EndReason) {
        let agent = self.agent.clone();
        self.memory.note_end("ended", &reason.to_string());
        let Some(after) = &agent.after_call else { return };
        let here = |name: &str| self.memory.value(name, &self.node);
        let holds = |when: &crate::condition::Condition| when.holds(here);
        let mut fitting = after.dispositions.iter();
        let fitting = fitting.find(|way| way.when.as_ref().is_none_or(holds));
        let disposition = fitting.map(|way| way.name.clone()).unwrap_or_default();
        self.memory.note_end("disposition", &disposition);
        let specs = after.fields.iter().filter_map(|name| agent.slots.get(name));
        let fields: Map<String, Value> =
            specs.map(|spec| (spec.name.clone(), self.field(spec))).collect();
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            if self.memory.value(name, "").is_none_or(|known| known.is_null()) {
                self.memory.set_slot(self.now, name, value.clone(), Source::Caller);
            }
        }
        let fields = Pii::new(fields);
        self.event(EventKind::Noted { disposition, fields });
        if let Some(spec) = after.tool.as_ref().and_then(|name| agent.tools.get(name)) {
            let id = self.desk.next_call();
            let request = tool::request(id, spec, &self.memory);
            let arguments = request.body.clone().unwrap_or_else(|| Pii::new(Value::Null));
            let tool = spec.name.clone();
            self.event(EventKind::ToolCalled { tool_call: id, tool, arguments });
            self.push(Output::Tool(request));
        }
    }

    /// A slot's value, or what the caller said that fits it, the newest first; else null.
    fn field(&self, spec: &SlotSpec) -> Value {
        if let Some(value) = self.memory.value(&spec.name, "").filter(|value| !value.is_null()) {
            return value;
        }
        // Any words would do for these: that is no finding.
        let is_open = matches!(spec.kind, SlotKind::Name | SlotKind::Free | SlotKind::YesNo);
        if is_open && matches!(spec.check, SlotCheck::Any) {
            return Value::Null;
        }
        let lines = self.memory.transcript().iter().rev();
        let mut said = lines.filter(|line| line.speaker == Speaker::Caller);
        let found =
            said.find_map(|line| slot::heard(spec, line.text.expose(), self.locale()).value());
        found.unwrap_or(Value::Null)
    }
}
