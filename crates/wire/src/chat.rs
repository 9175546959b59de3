//! OpenAI's chat completions, both ways: requests that our server reads and our client writes, answers that our server
//! writes and our client reads, whole or as a stream of server-sent events.
//!
//! Text and tool calls only: pictures, sound, several choices and the older `functions` are refused by name; fields that
//! change nothing here are read past. What it is not: there is no socket, no clock and no model in here, and whether a
//! tool's schema can be enforced is known elsewhere. Every length that a peer decides is bounded.

mod answer;
mod events;
mod reply;
mod request;

use serde_json::{Value, json};
use thiserror::Error;

pub use answer::{AnswerHead, Chunks, DONE_EVENT, completion_body};
pub use events::{EVENT_BYTES_MAX, EventReader};
pub use reply::{CALLS_MAX, Event, Reply, ReplyReader, TEXT_BYTES_MAX, error_of_body};
pub use request::{
    ChatRequest, MESSAGES_MAX, REQUEST_BYTES_MAX, STOPS_MAX, TOOLS_MAX, parse_request,
};

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions; `developer` is read as this.
    System,
    /// The caller.
    User,
    /// The model.
    Assistant,
    /// What a tool answered.
    Tool,
}

impl Role {
    /// Its name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
        }
    }
}

/// A call of a tool by the model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ToolCall {
    /// The call's name, to which the tool's answer refers.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// Its arguments, as JSON text.
    pub arguments: String,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said; empty where an assistant only calls tools.
    pub content: String,
    /// The calls of an assistant.
    pub tool_calls: Vec<ToolCall>,
    /// For a tool's answer: the call that it answers.
    pub tool_call_id: Option<String>,
}

impl Message {
    /// A message of plain text.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), tool_calls: Vec::new(), tool_call_id: None }
    }
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does, for the model.
    pub description: Option<String>,
    /// The JSON Schema of its arguments.
    pub parameters: Value,
}

/// Whether the model is to call a tool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ToolChoice {
    /// As it likes.
    #[default]
    Auto,
    /// No.
    None,
    /// Yes, any.
    Required,
    /// Yes, this one.
    Named(String),
}

/// The form of what the model says.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ResponseFormat {
    /// Text.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON by a schema.
    JsonSchema {
        /// The schema's name.
        name: String,
        /// The schema itself.
        schema: Value,
    },
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It was complete, or a stop text came.
    Stop,
    /// The most tokens were reached.
    Length,
    /// With calls of tools.
    ToolCalls,
    /// The other side held it back.
    ContentFilter,
}

impl Finish {
    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Finish::Stop => "stop",
            Finish::Length => "length",
            Finish::ToolCalls => "tool_calls",
            Finish::ContentFilter => "content_filter",
        }
    }

    /// The reason of a name; one that is not known counts as a plain end.
    fn from_name(name: &str) -> Finish {
        match name {
            "length" => Finish::Length,
            "tool_calls" | "function_call" => Finish::ToolCalls,
            "content_filter" => Finish::ContentFilter,
            _ => Finish::Stop,
        }
    }
}

/// Tokens read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Of the prompt.
    pub prompt_tokens: u64,
    /// Of the answer.
    pub completion_tokens: u64,
}

impl Usage {
    fn to_json(self) -> Value {
        json!({
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens.saturating_add(self.completion_tokens),
        })
    }
}

/// A request that cannot be read, or an answer that cannot.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChatError {
    /// A field of a request is missing or cannot be what it is.
    #[error("{at}: {what}")]
    Field {
        /// The field, such as `messages[2].content`; `body` for the whole.
        at: String,
        /// What is wrong, and the cure.
        what: String,
    },
    /// The other side answered with an error of its own.
    #[error("the model's server says: {message}")]
    Remote {
        /// Its message, shortened.
        message: String,
        /// Its kind, such as `invalid_request_error`, where it gave one.
        kind: Option<String>,
    },
    /// An answer that is no chat completion.
    #[error("the model's answer cannot be read: {0}")]
    Unreadable(String),
    /// An answer, or a part of it, over a bound.
    #[error("the model's answer is too long: {what} over {bytes_max} bytes")]
    TooLong {
        /// Which part.
        what: &'static str,
        /// The bound.
        bytes_max: usize,
    },
    /// A stream ended before the answer did.
    #[error("the model's answer was cut off")]
    CutOff,
}

impl ChatError {
    fn field(at: impl Into<String>, what: impl Into<String>) -> Self {
        ChatError::Field { at: at.into(), what: what.into() }
    }

    /// The field concerned, as `param` of an error in OpenAI's shape.
    pub fn param(&self) -> Option<&str> {
        match self {
            ChatError::Field { at, .. } if at != "body" => Some(at),
            _ => None,
        }
    }

    /// The error in OpenAI's shape, for the one who sent a request.
    pub fn body(&self) -> String {
        crate::openai::error_body(&self.to_string(), "invalid_request_error", self.param(), None)
    }
}

/// The start of a value, to show in an error.
fn shown(text: &str) -> String {
    /// Longest piece that is shown, in characters.
    const CHARS_MAX: usize = 60;
    let mut out: String = text.chars().take(CHARS_MAX).collect();
    if out.len() < text.len() {
        out.push_str("...");
    }
    out
}

#[cfg(test)]
mod tests;
