//! Answers as our server writes them: one object, or a stream of chunks.

use serde_json::{Value, json};

use super::request::call_json;
use super::{Finish, ToolCall, Usage};

/// The event that ends a stream.
pub const DONE_EVENT: &str = "data: [DONE]\n\n";

/// What every part of one answer repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerHead {
    /// The answer's name, such as `chatcmpl-` and random digits.
    pub id: String,
    /// When it was begun, in seconds since 1970.
    pub created_s: u64,
    /// The model that answers.
    pub model: String,
}

/// A whole answer, `chat.completion`.
pub fn completion_body(
    head: &AnswerHead,
    content: &str,
    calls: &[ToolCall],
    finish: Finish,
    usage: Usage,
) -> String {
    let said = if content.is_empty() && !calls.is_empty() { Value::Null } else { content.into() };
    let mut message = json!({"role": "assistant", "content": said, "refusal": null});
    if !calls.is_empty() {
        message["tool_calls"] = calls.iter().map(call_json).collect::<Vec<_>>().into();
    }
    json!({
        "id": head.id,
        "object": "chat.completion",
        "created": head.created_s,
        "model": head.model,
        "choices": [{
            "index": 0,
            "message": message,
            "logprobs": null,
            "finish_reason": finish.name(),
        }],
        "usage": usage.to_json(),
    })
    .to_string()
}

/// Writes the events of one streamed answer: [`Chunks::begin`], then what is said and called, [`Chunks::finish`], the
/// usage where it was asked for, and [`DONE_EVENT`].
#[derive(Debug, Clone)]
pub struct Chunks {
    head: AnswerHead,
    with_usage: bool,
}

impl Chunks {
    /// For an answer; `with_usage` as the request's `stream_options.include_usage`.
    pub fn new(head: AnswerHead, with_usage: bool) -> Self {
        Self { head, with_usage }
    }

    /// The first event: who speaks.
    pub fn begin(&self) -> String {
        self.delta(&json!({"role": "assistant", "content": "", "refusal": null}), None)
    }

    /// Something said.
    pub fn content(&self, text: &str) -> String {
        self.delta(&json!({"content": text}), None)
    }

    /// A call begins; calls are numbered from 0.
    pub fn call(&self, index: usize, id: &str, name: &str) -> String {
        let function = json!({"name": name, "arguments": ""});
        let call = json!({"index": index, "id": id, "type": "function", "function": function});
        self.delta(&json!({"tool_calls": [call]}), None)
    }

    /// A piece of a call's arguments.
    pub fn arguments(&self, index: usize, piece: &str) -> String {
        let call = json!({"index": index, "function": {"arguments": piece}});
        self.delta(&json!({"tool_calls": [call]}), None)
    }

    /// Why the answer ends.
    pub fn finish(&self, finish: Finish) -> String {
        self.delta(&json!({}), Some(finish))
    }

    /// The tokens, after [`Chunks::finish`]; nothing where they were not asked for.
    pub fn usage(&self, usage: Usage) -> String {
        if !self.with_usage {
            return String::new();
        }
        self.event(&json!([]), usage.to_json())
    }

    /// An error after the stream has begun, in OpenAI's shape.
    pub fn error(&self, message: &str) -> String {
        format!("data: {}\n\n", crate::openai::error_body(message, "server_error", None, None))
    }

    fn delta(&self, delta: &Value, finish: Option<Finish>) -> String {
        let finish = finish.map(Finish::name);
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish});
        self.event(&json!([choice]), Value::Null)
    }

    fn event(&self, choices: &Value, usage: Value) -> String {
        let mut chunk = json!({
            "id": self.head.id,
            "object": "chat.completion.chunk",
            "created": self.head.created_s,
            "model": self.head.model,
            "choices": choices,
        });
        if self.with_usage {
            chunk["usage"] = usage;
        }
        format!("data: {chunk}\n\n")
    }
}
