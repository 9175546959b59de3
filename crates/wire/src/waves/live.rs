//! The Waves WebSocket: text in as it is written, sound and word times out.
//!
//! A *segment* is one utterance in pieces: all messages with the same `context_id` (or, without one, the same
//! `request_id`, or neither). Its options are those of its first message. It grows while `continue` is true and ends with
//! a message in which it is false or left out. What it is not: nothing is buffered here and no time is kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{id, speech};
use crate::speech::SpeechRequest;
use crate::{WireError, field};

/// Longest that text may be held back for the end of a sentence, in ms.
pub const BUFFER_MS_MAX: u32 = 10_000;

/// What a message wants of its segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing: it keeps the socket open.
    KeepAlive,
    /// Take the text; more will come.
    Continue,
    /// Take the text and say all of it now; more may come.
    Flush,
    /// Take the text; it is the last.
    Finish,
    /// Forget the segment.
    Cancel,
}

/// One message of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveMessage {
    /// Which segment it belongs to; empty for the one without a name.
    pub segment: String,
    /// What it wants.
    pub action: Action,
    /// The text and, for a segment's first message, how it is spoken.
    pub speech: SpeechRequest,
    /// Word times are wanted.
    pub word_timestamps: bool,
    /// Text is held back for the end of a sentence at most this long, in ms; `None` is without end.
    pub buffer_ms: Option<u32>,
    /// The client's own names, given back with every frame.
    pub context_id: Option<String>,
    /// As `context_id`.
    pub request_id: Option<String>,
    /// As `context_id`.
    pub session_id: Option<String>,
}

/// Reads one text frame.
///
/// # Errors
/// For a frame that is no JSON object, and for a field of the wrong kind.
pub fn message(text: &str) -> Result<LiveMessage, WireError> {
    let message = field::object(text)?;
    let words = field::text_if_any(&message, "text")?.unwrap_or_default();
    let context_id = id(&message, "context_id")?;
    let request_id = id(&message, "request_id")?;
    let buffer_ms = match field::whole_if_any(&message, "max_buffer_delay_ms")? {
        Some(ms) => Some(ms),
        None => field::whole_if_any(&message, "max_buffer_flush_ms")?,
    };
    Ok(LiveMessage {
        segment: context_id.clone().or_else(|| request_id.clone()).unwrap_or_default(),
        action: action(&message, &words)?,
        speech: speech(&message, words)?,
        word_timestamps: field::flag_if_any(&message, "word_timestamps")?.unwrap_or(false),
        buffer_ms: buffer_ms.filter(|ms| *ms > 0).map(|ms| ms.min(BUFFER_MS_MAX)),
        context_id,
        request_id,
        session_id: id(&message, "session_id")?,
    })
}

fn action(message: &Value, text: &str) -> Result<Action, WireError> {
    let going_on = field::flag_if_any(message, "continue")?;
    let flush = field::flag_if_any(message, "flush")?;
    if field::flag_if_any(message, "cancel_request")? == Some(true) {
        return Ok(Action::Cancel);
    }
    let blank = !text.is_empty() && text.trim().is_empty();
    Ok(match (going_on, flush) {
        (None, None) if blank => Action::KeepAlive,
        (Some(true), Some(true)) => Action::Flush,
        (Some(true), _) => Action::Continue,
        _ => Action::Finish,
    })
}

/// The names that stand in every frame about one segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrameIds {
    /// Ours for the socket.
    pub session_id: String,
    /// Ours for the segment.
    pub request_id: String,
    /// The client's for its session.
    pub external_session_id: Option<String>,
    /// The client's for its request.
    pub external_request_id: Option<String>,
    /// The client's for its context.
    pub context_id: Option<String>,
}

impl FrameIds {
    /// Coded sound.
    pub fn chunk(&self, sound: &[u8]) -> String {
        self.frame("chunk", Some(json!({"audio": STANDARD.encode(sound)})))
    }

    /// When the written word number `id` (from 0) sounds, in ms from the segment's first sample.
    pub fn word_timestamp(&self, id: usize, word: &str, start_ms: u64, end_ms: u64) -> String {
        let seconds = |ms: u64| ms as f64 / 1000.0;
        let data = json!({
            "id": id, "word": word, "start": seconds(start_ms), "end": seconds(end_ms),
        });
        self.frame("word_timestamp", Some(data))
    }

    /// Nothing more comes of this segment.
    pub fn complete(&self) -> String {
        self.frame("complete", None)
    }

    /// The segment, or a message that belongs to none, came to nothing.
    pub fn error(&self, kind: &str, message: &str) -> String {
        let mut frame = self.value("error");
        frame["message"] = message.into();
        frame["error"] = json!({"code": kind, "message": message});
        frame.to_string()
    }

    fn frame(&self, status: &str, data: Option<Value>) -> String {
        let mut frame = self.value(status);
        if let Some(data) = data {
            frame["data"] = data;
        }
        if status == "complete" {
            frame["done"] = true.into();
        }
        frame.to_string()
    }

    fn value(&self, status: &str) -> Value {
        let mut frame = json!({"session_id": self.session_id, "status": status});
        let names = [
            ("request_id", Some(&self.request_id).filter(|id| !id.is_empty())),
            ("external_session_id", self.external_session_id.as_ref()),
            ("external_request_id", self.external_request_id.as_ref()),
            ("context_id", self.context_id.as_ref()),
        ];
        for (name, id) in names {
            if let Some(id) = id {
                frame[name] = id.as_str().into();
            }
        }
        frame
    }
}
