//! Tools of Model Context Protocol servers over streamable HTTP (revision 2025-06-18).
//!
//! Each call is a short session of its own: initialize, initialized, tools/call. A server that keeps
//! no state answers the last alone; one that does gives a session to come back with.

use std::time::{Duration, Instant};

use hearsay_dialog::ToolFailure;
use serde_json::{Value, json};

use super::{Answer, Post, complaint, json_of};

const REVISION: &str = "2025-06-18";

/// Calls a tool of the server; its structured content is the answer, else the JSON of its text,
/// else the text as `{"text": ...}`.
pub(super) fn call(post: &Post<'_>, tool: &str, timeout: Duration) -> Result<Value, ToolFailure> {
    let until = Instant::now() + timeout;
    let left = || match until.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(ToolFailure::Timeout),
        left => Ok(left),
    };
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": REVISION,
        "capabilities": {},
        "clientInfo": {"name": "hearsay", "version": env!("CARGO_PKG_VERSION")},
    }});
    let answer = post.send(Some(&hello), &[], left()?)?;
    let session = answer.session.clone();
    let agreed = result_of(&answer, 0)?;
    let revision = agreed.get("protocolVersion").and_then(Value::as_str).unwrap_or(REVISION);
    let mut headers = vec![("mcp-protocol-version", revision)];
    headers.extend(session.as_deref().map(|session| ("mcp-session-id", session)));
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    post.send(Some(&ready), &headers, left()?)?;
    let arguments = post.request.body.as_ref().map_or_else(|| json!({}), |b| b.expose().clone());
    let ask = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments}});
    let answer = post.send(Some(&ask), &headers, left()?)?;
    content(&result_of(&answer, 1)?)
}

/// The result of the request with this id, from a JSON body or from a stream of events.
fn result_of(answer: &Answer, id: u64) -> Result<Value, ToolFailure> {
    let messages: Vec<Value> = if answer.content_type.starts_with("text/event-stream") {
        events(&answer.text).map(|data| json_of(&data)).collect::<Result<_, _>>()?
    } else {
        vec![json_of(&answer.text)?]
    };
    let ours = messages.into_iter().find(|message| message.get("id") == Some(&json!(id)));
    let mut ours = ours.ok_or_else(|| {
        ToolFailure::BadJson("no message of the server answers the request".to_owned())
    })?;
    if let Some(error) = ours.get("error") {
        let told = error.get("message").and_then(Value::as_str).unwrap_or("no message");
        return Err(ToolFailure::Refused(complaint(told)));
    }
    let result = ours.get_mut("result").map(Value::take);
    result.ok_or_else(|| ToolFailure::BadJson("the answer has no result".to_owned()))
}

/// The data of each event of a `text/event-stream`.
fn events(text: &str) -> impl Iterator<Item = String> {
    let text = text.replace("\r\n", "\n");
    let data = |event: &str| {
        let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    };
    let all: Vec<String> = text.split("\n\n").map(data).filter(|data| !data.is_empty()).collect();
    all.into_iter()
}

fn content(result: &Value) -> Result<Value, ToolFailure> {
    let texts = result.get("content").and_then(Value::as_array).into_iter().flatten();
    let texts = texts.filter_map(|item| item.get("text").and_then(Value::as_str));
    let text = texts.collect::<Vec<_>>().join("\n");
    if result.get("isError") == Some(&Value::Bool(true)) {
        return Err(ToolFailure::Refused(complaint(&text)));
    }
    if let Some(structured) = result.get("structuredContent").filter(|it| it.is_object()) {
        return Ok(structured.clone());
    }
    Ok(serde_json::from_str(&text).unwrap_or_else(|_| json!({"text": text})))
}
