//! What programs are told of a call's events. Values of private slots are never in it.

use hearsay_dialog::{Agent, CallEvent, EventKind, NodeKind, SpeakKind};
use serde_json::{Value, json};

/// In place of what is private.
const MASK: &str = "[private]";

/// An event as programs see it; `None` for those that say nothing to them.
pub(super) fn shown(call_id: &str, event: &CallEvent, agent: &Agent, node: &str) -> Option<Value> {
    let is_private = |slot: &str| agent.slots().any(|spec| spec.name == slot && spec.private);
    // Where a private value is asked for, what is said may be one.
    let asks_private = agent
        .node(node)
        .is_some_and(|node| matches!(&node.kind, NodeKind::Collect(slot) if is_private(slot)));
    let words = |text: &str| if asks_private { MASK.to_owned() } else { text.to_owned() };
    let mut json = match &event.kind {
        EventKind::CallerSaid { text, confidence } => json!({
            "event": "caller_said", "text": words(text.expose()), "confidence": confidence,
            "node": node,
        }),
        EventKind::CallerPressed { digits } => json!({
            "event": "caller_pressed", "digits": words(digits.expose()), "node": node,
        }),
        EventKind::AgentSaid { text, interrupted, kind, .. } => json!({
            "event": "agent_said", "text": text.expose(), "interrupted": interrupted,
            "filler": *kind == SpeakKind::Filler, "node": node,
        }),
        EventKind::Understood { intent, probability } => json!({
            "event": "intent", "intent": intent, "probability": probability,
        }),
        EventKind::NodeEntered { agent, node } => json!({
            "event": "node", "node": node, "agent": agent,
        }),
        EventKind::Handoff { from, to, reason, .. } => json!({
            "event": "handoff", "from": from, "to": to, "reason": reason,
        }),
        EventKind::SlotSet { slot, value } => json!({
            "event": "slot", "slot": slot,
            "value": if is_private(slot) { json!(MASK) } else { value.expose().clone() },
        }),
        EventKind::SlotRefused { slot, wanted } => json!({
            "event": "slot_refused", "slot": slot, "wanted": wanted,
        }),
        EventKind::EdgeRefused { node, proposed } => json!({
            "event": "edge_refused", "node": node, "proposed": proposed,
        }),
        EventKind::Guarded { threat, warnings } => json!({
            "event": "guarded", "threat": threat.as_str(), "warnings": warnings,
        }),
        EventKind::Resumed => json!({"event": "resumed"}),
        EventKind::OnHold => json!({"event": "on_hold"}),
        EventKind::Voicemail => json!({"event": "voicemail"}),
        EventKind::ReplyRefused { why } => json!({"event": "reply_refused", "why": why}),
        EventKind::OutsideAsked { think, text } => json!({
            "event": "answer_wanted", "answers": think.0, "text": text.expose(), "node": node,
        }),
        EventKind::ToolCalled { tool, .. } => json!({"event": "tool_called", "tool": tool}),
        EventKind::ToolReturned { tool, outcome, took_ms, .. } => json!({
            "event": "tool_returned", "tool": tool, "took_ms": took_ms,
            "failure": outcome.as_ref().err().map(ToString::to_string),
        }),
        EventKind::EngineFailed { part, reason } => json!({
            "event": "engine_failed", "part": format!("{part:?}").to_lowercase(), "reason": reason,
        }),
        EventKind::Ended { reason } => json!({
            "event": "call_ended", "reason": reason.to_string(),
        }),
        EventKind::Noted { disposition, fields } => {
            let fields = fields.expose().iter().map(|(slot, value)| {
                let hide = is_private(slot) && !value.is_null();
                (slot.clone(), if hide { json!(MASK) } else { value.clone() })
            });
            let fields: serde_json::Map<String, Value> = fields.collect();
            json!({"event": "after_call", "disposition": disposition, "fields": fields})
        }
        _ => return None,
    };
    json["call_id"] = json!(call_id);
    json["at_ms"] = json!(event.at.0);
    Some(json)
}
