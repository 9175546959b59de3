//! Answers as our client reads them: a stream of deltas, put together, or one whole object.
//!
//! Servers differ in what they send, so this is lenient where nothing is lost by it: an index or an id of a call may be
//! missing, a call's name may come twice, arguments may come as an object, and a stream may end without `[DONE]` once a
//! reason for its end was given.

use std::collections::VecDeque;

use serde_json::Value;

use super::{ChatError, EventReader, Finish, ToolCall, Usage, shown};

/// Calls in one answer.
pub const CALLS_MAX: usize = 64;
/// What is said in one answer, and the arguments of one call, in bytes.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Longest message of the other side that is repeated, in characters.
const REMOTE_CHARS_MAX: usize = 300;

/// One thing that a stream brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// More of what is said.
    Content(String),
    /// A call begins; its id and name may still be empty where a server sends them later.
    Call {
        /// Its place among the calls of [`Reply::calls`].
        index: usize,
        /// The tool's name.
        name: String,
    },
    /// More of a call's arguments.
    Arguments {
        /// The call's place.
        index: usize,
        /// JSON text.
        piece: String,
    },
    /// Why the answer ends.
    Finish(Finish),
}

/// An answer, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// What is said.
    pub content: String,
    /// The calls of tools.
    pub calls: Vec<ToolCall>,
    /// Why it ended; `None` while it goes on.
    pub finish: Option<Finish>,
    /// The tokens, where they were counted.
    pub usage: Option<Usage>,
}

impl Reply {
    /// Reads a whole answer, `chat.completion`, as servers send it that do not stream.
    ///
    /// # Errors
    /// For an error of the other side, and for anything that is no answer.
    pub fn parse(body: &[u8]) -> Result<Self, ChatError> {
        let value = object(body)?;
        let choice = value.pointer("/choices/0");
        let choice = choice.ok_or_else(|| unreadable("no choices", &value))?;
        let mut reader = ReplyReader::new();
        reader.take_delta(choice.get("message").unwrap_or(&Value::Null))?;
        let finish = choice.get("finish_reason").and_then(Value::as_str);
        reader.reply.finish = Some(Finish::from_name(finish.unwrap_or("stop")));
        reader.reply.usage = usage(&value);
        Ok(reader.reply)
    }
}

/// Reads a streamed answer from bytes in any pieces.
#[derive(Debug, Default)]
pub struct ReplyReader {
    events: EventReader,
    reply: Reply,
    /// For each call, the index that the server gives it.
    indices: Vec<Option<u64>>,
    ready: VecDeque<Event>,
    done: bool,
}

impl ReplyReader {
    /// A reader at the beginning of an answer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes; what they bring waits in [`ReplyReader::next_event`].
    ///
    /// # Errors
    /// For an error of the other side, and for anything that is no answer. What came before stays readable.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        // What follows the end is no concern of ours.
        if self.done {
            return Ok(());
        }
        let fed = self.events.feed(bytes);
        self.take_events()?;
        if self.done { Ok(()) } else { fed }
    }

    /// The connection has ended.
    ///
    /// # Errors
    /// When the answer had not.
    pub fn end(&mut self) -> Result<(), ChatError> {
        if !self.done {
            let ended = self.events.end();
            self.take_events()?;
            if !self.done {
                ended?;
            }
        }
        if self.done || self.reply.finish.is_some() { Ok(()) } else { Err(ChatError::CutOff) }
    }

    /// The next thing that has come.
    pub fn next_event(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    /// Whether the answer has ended.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The answer so far.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// The answer so far, for good.
    pub fn into_reply(self) -> Reply {
        self.reply
    }

    fn take_events(&mut self) -> Result<(), ChatError> {
        while let Some(data) = self.events.next_event() {
            if self.done {
                break;
            }
            if data.trim() == "[DONE]" {
                self.done = true;
            } else {
                self.take_chunk(&object(data.as_bytes())?)?;
            }
        }
        Ok(())
    }

    fn take_chunk(&mut self, chunk: &Value) -> Result<(), ChatError> {
        self.reply.usage = usage(chunk).or(self.reply.usage);
        // The last chunk, with the usage, has no choice.
        let Some(choice) = chunk.pointer("/choices/0") else { return Ok(()) };
        self.take_delta(choice.get("delta").unwrap_or(&Value::Null))?;
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str) {
            let finish = Finish::from_name(reason);
            self.reply.finish = Some(finish);
            self.ready.push_back(Event::Finish(finish));
        }
        Ok(())
    }

    fn take_delta(&mut self, delta: &Value) -> Result<(), ChatError> {
        if let Some(text) = delta.get("content").and_then(Value::as_str).filter(|t| !t.is_empty()) {
            append(&mut self.reply.content, text, "what is said")?;
            self.ready.push_back(Event::Content(text.to_string()));
        }
        let calls = delta.get("tool_calls").and_then(Value::as_array);
        calls.into_iter().flatten().try_for_each(|call| self.take_call(call))
    }

    fn take_call(&mut self, delta: &Value) -> Result<(), ChatError> {
        let text = |value: Option<&Value>| {
            value.and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
        };
        let (id, name) = (text(delta.get("id")), text(delta.pointer("/function/name")));
        let place = self.place(delta.get("index").and_then(Value::as_u64), &id)?;
        let call = &mut self.reply.calls[place];
        if call.id.is_empty() {
            call.id = id;
        }
        if call.name.is_empty() && !name.is_empty() {
            call.name.clone_from(&name);
            self.ready.push_back(Event::Call { index: place, name });
        }
        let piece = match delta.pointer("/function/arguments") {
            Some(Value::String(text)) => text.clone(),
            Some(object @ Value::Object(_)) => object.to_string(),
            _ => String::new(),
        };
        if !piece.is_empty() {
            append(&mut call.arguments, &piece, "the arguments of a call")?;
            self.ready.push_back(Event::Arguments { index: place, piece });
        }
        Ok(())
    }

    /// Which call a delta belongs to: by its index, else by its id, else the last one.
    fn place(&mut self, index: Option<u64>, id: &str) -> Result<usize, ChatError> {
        let same_id = |call: &ToolCall| !id.is_empty() && call.id == id;
        let found = match index {
            Some(_) => self.indices.iter().position(|known| *known == index),
            None if id.is_empty() => self.reply.calls.len().checked_sub(1),
            None => self.reply.calls.iter().position(same_id),
        };
        if let Some(place) = found {
            return Ok(place);
        }
        if self.reply.calls.len() >= CALLS_MAX {
            return Err(ChatError::Unreadable(format!("more than {CALLS_MAX} calls")));
        }
        self.indices.push(index);
        self.reply.calls.push(ToolCall::default());
        Ok(self.reply.calls.len() - 1)
    }
}

fn append(text: &mut String, piece: &str, what: &'static str) -> Result<(), ChatError> {
    if text.len() + piece.len() > TEXT_BYTES_MAX {
        return Err(ChatError::TooLong { what, bytes_max: TEXT_BYTES_MAX });
    }
    text.push_str(piece);
    Ok(())
}

/// A JSON object that is no error of the other side.
fn object(bytes: &[u8]) -> Result<Value, ChatError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let text = String::from_utf8_lossy(bytes);
        ChatError::Unreadable(format!("{error} in {:?}", shown(&text)))
    })?;
    if !value.is_object() {
        return Err(unreadable("no object", &value));
    }
    match value.get("error").filter(|error| !error.is_null()) {
        Some(error) => Err(remote_error(error)),
        None => Ok(value),
    }
}

fn unreadable(what: &str, value: &Value) -> ChatError {
    ChatError::Unreadable(format!("{what} in {:?}", shown(&value.to_string())))
}

/// An error as servers write it: an object with a message, or only a text.
fn remote_error(error: &Value) -> ChatError {
    let message = error.get("message").unwrap_or(error);
    let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
    let message: String = message.chars().take(REMOTE_CHARS_MAX).collect();
    let kind = error.get("type").and_then(Value::as_str).map(shown);
    ChatError::Remote { message, kind }
}

fn usage(value: &Value) -> Option<Usage> {
    let count = |key: &str| value.get("usage")?.get(key)?.as_u64();
    let prompt_tokens = count("prompt_tokens")?;
    Some(Usage { prompt_tokens, completion_tokens: count("completion_tokens").unwrap_or(0) })
}

/// The message of an error that came with an HTTP status, where the body holds one in any usual shape.
pub fn error_of_body(body: &[u8]) -> Option<ChatError> {
    let value: Value = serde_json::from_slice(body).ok()?;
    value.get("error").or_else(|| value.get("message")).filter(|e| !e.is_null()).map(remote_error)
}
