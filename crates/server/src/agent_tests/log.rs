//! What happened in a turn, and whether that is what was expected.

use std::fmt;

use hearsay_dialog::{EventKind, ToolRequest};
use serde_json::{Map, Value};

use super::file::{EventName, Expectation};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// The agent said this.
    Response(String),
    /// The caller was understood to say this.
    Heard(String),
    /// A tool was asked and sent this.
    FunctionCall(String, Value),
    /// A tool answered.
    FunctionCallStopped(String),
    /// A tool failed, and why.
    FunctionCallFailed(String, String),
    /// The call came to a node.
    Node(String),
    /// From one agent to another.
    Handoff(String, String),
    /// A slot got a value.
    Slot(String, Value),
    /// A transition or value was refused.
    Refused(String),
    /// The caller's words were taken for this threat.
    Guarded(String),
    /// The likeliest intent in what the caller said, and its probability.
    Intent(String, f32),
    /// The caller was put through to this number or address.
    Transfer(String),
    /// The call ended, and why.
    Ended(String),
    /// What is noted of the call: its disposition and fields.
    AfterCall(String, Value),
}

impl Happened {
    /// What tests can expect of an event.
    pub fn of(event: &EventKind) -> Option<Self> {
        Some(match event {
            EventKind::CallerSaid { text, .. } => Self::Heard(text.expose().clone()),
            EventKind::ToolReturned { tool, outcome: Ok(_), .. } => {
                Self::FunctionCallStopped(tool.clone())
            }
            EventKind::ToolReturned { tool, outcome: Err(why), .. } => {
                Self::FunctionCallFailed(tool.clone(), why.to_string())
            }
            EventKind::Understood { intent, probability } => {
                Self::Intent(intent.clone().unwrap_or_default(), *probability)
            }
            EventKind::NodeEntered { node, .. } => Self::Node(node.clone()),
            EventKind::Handoff { from, to, .. } => Self::Handoff(from.clone(), to.clone()),
            EventKind::SlotSet { slot, value } => Self::Slot(slot.clone(), value.expose().clone()),
            EventKind::SlotRefused { slot, .. } => Self::Refused(slot.clone()),
            EventKind::EdgeRefused { proposed, .. } => Self::Refused(proposed.clone()),
            EventKind::Guarded { threat, .. } => Self::Guarded(threat.as_str().to_owned()),
            EventKind::ReplyRefused { why } => Self::Refused((*why).to_owned()),
            EventKind::Ended { reason } => Self::Ended(reason.to_string()),
            EventKind::Noted { disposition, fields } => {
                Self::AfterCall(disposition.clone(), Value::Object(fields.expose().clone()))
            }
            _ => return None,
        })
    }

    /// That a tool was asked.
    pub fn asked(request: &ToolRequest) -> Self {
        let body = request.body.as_ref().map(|body| body.expose().clone());
        Self::FunctionCall(request.tool.clone(), body.unwrap_or(Value::Object(Map::new())))
    }

    fn event(&self) -> EventName {
        match self {
            Self::Response(_) => EventName::Response,
            Self::Heard(_) => EventName::Heard,
            Self::FunctionCall(..) => EventName::FunctionCall,
            Self::FunctionCallStopped(_) => EventName::FunctionCallStopped,
            Self::FunctionCallFailed(..) => EventName::FunctionCallFailed,
            Self::Node(_) => EventName::Node,
            Self::Handoff(..) => EventName::Handoff,
            Self::Slot(..) => EventName::Slot,
            Self::Refused(_) => EventName::Refused,
            Self::Guarded(_) => EventName::Guarded,
            Self::Intent(..) => EventName::Intent,
            Self::Transfer(_) => EventName::Transfer,
            Self::Ended(_) => EventName::Ended,
            Self::AfterCall(..) => EventName::AfterCall,
        }
    }

    /// The name that an expectation gives with `name`, or with `to`.
    fn name(&self) -> &str {
        match self {
            Self::Response(_) | Self::Heard(_) => "",
            Self::Handoff(_, to) => to,
            Self::FunctionCall(name, _)
            | Self::FunctionCallStopped(name)
            | Self::FunctionCallFailed(name, _)
            | Self::Node(name)
            | Self::Slot(name, _)
            | Self::Refused(name)
            | Self::Guarded(name)
            | Self::Intent(name, _)
            | Self::Transfer(name)
            | Self::AfterCall(name, _)
            | Self::Ended(name) => name,
        }
    }
}

impl fmt::Display for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(text) => write!(f, "response {text:?}"),
            Self::Heard(text) => write!(f, "heard {text:?}"),
            Self::FunctionCall(tool, sent) => write!(f, "function_call {tool} {sent}"),
            Self::FunctionCallStopped(tool) => write!(f, "function_call_stopped {tool}"),
            Self::FunctionCallFailed(tool, why) => write!(f, "function_call_failed {tool} ({why})"),
            Self::Node(node) => write!(f, "node {node}"),
            Self::Handoff(from, to) => write!(f, "handoff from {from} to {to}"),
            Self::Slot(slot, value) => write!(f, "slot {slot} = {value}"),
            Self::Refused(what) => write!(f, "refused {what}"),
            Self::Guarded(threat) => write!(f, "guarded {threat}"),
            Self::Intent(name, probability) => write!(f, "intent {name} ({probability:.2})"),
            Self::Transfer(to) => write!(f, "transfer to {to}"),
            Self::Ended(reason) => write!(f, "ended {reason}"),
            Self::AfterCall(name, fields) => write!(f, "after_call {name} {fields}"),
        }
    }
}

/// Everything of one turn.
#[derive(Debug, Default)]
pub struct TurnLog {
    /// What happened, in its order.
    pub happened: Vec<Happened>,
    /// How long it took, ms of the wall clock.
    pub took_ms: u64,
}

impl TurnLog {
    /// What is wrong with an expectation; `None` when it is met.
    pub fn complaint(&self, expected: &Expectation) -> Option<String> {
        let is_met = self.holds(expected);
        if expected.absent {
            return is_met.then(|| format!("{} must not happen", Shown(expected)));
        }
        if !is_met {
            return Some(format!("{} is missing", Shown(expected)));
        }
        let limit = expected.within_ms.filter(|limit| self.took_ms > *limit)?;
        Some(format!("{} took {} ms, more than {limit}", Shown(expected), self.took_ms))
    }

    fn holds(&self, expected: &Expectation) -> bool {
        let of_kind = || self.happened.iter().filter(|it| it.event() == expected.event);
        if let EventName::Response | EventName::Heard = expected.event {
            let said: Vec<&str> = of_kind()
                .filter_map(|it| match it {
                    Happened::Response(text) | Happened::Heard(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let all = said.join(" ").to_lowercase();
            let is_said = |part: &String| all.contains(&part.to_lowercase());
            return !said.is_empty() && expected.text_contains.texts.iter().all(is_said);
        }
        let calls = || of_kind().filter_map(|it| sent(it));
        let is_called = |call: &super::file::ExpectedCall| {
            calls().any(|(name, sent)| name == call.name && holds_fields(sent, &call.args))
        };
        let fits = |it: &Happened| {
            let named = expected.name.iter().chain(&expected.to).all(|name| it.name() == name);
            let with_args = expected
                .args
                .as_ref()
                .is_none_or(|args| sent(it).is_some_and(|(_, sent)| holds_fields(sent, args)));
            let with_value = expected.value.as_ref().is_none_or(
                |value| matches!(it, Happened::Slot(_, found) if is_same(found, value)),
            );
            named && with_args && with_value
        };
        match expected.calls.is_empty() {
            true => of_kind().any(fits),
            false => expected.calls.iter().all(is_called),
        }
    }
}

fn sent(happened: &Happened) -> Option<(&str, &Value)> {
    match happened {
        Happened::FunctionCall(name, sent) | Happened::AfterCall(name, sent) => Some((name, sent)),
        _ => None,
    }
}

fn holds_fields(sent: &Value, wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(key, value)| sent.get(key).is_some_and(|found| is_same(found, value)))
}

/// Equal, where YAML's 4271 is as good as "4271", and text in any case of letters.
fn is_same(found: &Value, wanted: &Value) -> bool {
    let plain = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    found == wanted || plain(found) == plain(wanted)
}

/// An expectation as a line.
struct Shown<'a>(&'a Expectation);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Expectation { event, text_contains, name, args, value, to, calls, .. } = self.0;
        let event = match event {
            EventName::Response => "response",
            EventName::Heard => "heard",
            EventName::FunctionCall => "function_call",
            EventName::FunctionCallStopped => "function_call_stopped",
            EventName::FunctionCallFailed => "function_call_failed",
            EventName::Node => "node",
            EventName::Handoff => "handoff",
            EventName::Slot => "slot",
            EventName::Refused => "refused",
            EventName::Guarded => "guarded",
            EventName::Intent => "intent",
            EventName::Transfer => "transfer",
            EventName::Ended => "ended",
            EventName::AfterCall => "after_call",
        };
        f.write_str(event)?;
        name.iter().chain(to).try_for_each(|name| write!(f, " {name}"))?;
        args.iter().try_for_each(|args| write!(f, " {}", Value::Object(args.clone())))?;
        value.iter().try_for_each(|value| write!(f, " = {value}"))?;
        text_contains.texts.iter().try_for_each(|part| write!(f, " {part:?}"))?;
        calls
            .iter()
            .try_for_each(|call| write!(f, " {} {}", call.name, Value::Object(call.args.clone())))
    }
}
