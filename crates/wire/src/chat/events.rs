//! Server-sent events (HTML Living Standard, section 9.2) from bytes that arrive in any pieces.
//!
//! Only the data of events is kept. Two things are taken that the standard has not: a second line of data after one that
//! is complete JSON begins a new event (some servers leave out the empty line), and data at the end of the stream counts
//! without one.

use std::collections::VecDeque;

use super::ChatError;

/// Longest line, and longest data of one event, in bytes.
pub const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// Collects bytes and gives out the data of whole events.
#[derive(Debug, Default)]
pub struct EventReader {
    line: Vec<u8>,
    data: Option<String>,
    ready: VecDeque<String>,
    /// The last byte was a carriage return, so that a line feed belongs to it.
    after_return: bool,
    /// A first line has been seen, before which a byte order mark may stand.
    begun: bool,
}

impl EventReader {
    /// A reader at the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// For a line or an event over [`EVENT_BYTES_MAX`], and for data that is not UTF-8. Nothing can be read after one.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        let mut rest = bytes;
        if std::mem::take(&mut self.after_return) {
            match rest.first() {
                Some(b'\n') => rest = &rest[1..],
                Some(_) => {}
                None => self.after_return = true,
            }
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.extend_line(&rest[..end])?;
            self.end_line()?;
            let returned = rest[end] == b'\r';
            rest = &rest[end + 1..];
            match rest.first() {
                Some(b'\n') if returned => rest = &rest[1..],
                None => self.after_return = returned,
                _ => {}
            }
        }
        self.extend_line(rest)
    }

    /// The stream has ended: what is left counts as a last event.
    ///
    /// # Errors
    /// As [`EventReader::feed`].
    pub fn end(&mut self) -> Result<(), ChatError> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        self.ready.extend(self.data.take());
        Ok(())
    }

    /// The data of the next event, if a whole one has arrived.
    pub fn next_event(&mut self) -> Option<String> {
        self.ready.pop_front()
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        if self.line.len() + bytes.len() > EVENT_BYTES_MAX {
            return Err(ChatError::TooLong { what: "a line", bytes_max: EVENT_BYTES_MAX });
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), ChatError> {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.begun, true) && line.starts_with("\u{FEFF}".as_bytes()) {
            line.drain(.."\u{FEFF}".len());
        }
        if line.is_empty() {
            self.ready.extend(self.data.take());
            return Ok(());
        }
        // Comments begin with a colon; names of events, ids and times to wait are no concern of ours.
        let Some(value) = line.strip_prefix(b"data") else { return Ok(()) };
        let value = match value {
            [] => value,
            [b':', b' ', value @ ..] | [b':', value @ ..] => value,
            _ => return Ok(()),
        };
        let text = std::str::from_utf8(value)
            .map_err(|_| ChatError::Unreadable("data that is not UTF-8".to_string()))?;
        self.add_data(text)
    }

    fn add_data(&mut self, text: &str) -> Result<(), ChatError> {
        if let Some(before) = self.data.take_if(|before| is_whole(before)) {
            self.ready.push_back(before);
        }
        match &mut self.data {
            None => self.data = Some(text.to_string()),
            Some(data) if data.len() + 1 + text.len() <= EVENT_BYTES_MAX => {
                data.push('\n');
                data.push_str(text);
            }
            Some(_) => {
                return Err(ChatError::TooLong { what: "an event", bytes_max: EVENT_BYTES_MAX });
            }
        }
        Ok(())
    }
}

/// Whether data is an event by itself: the mark of the end, or JSON that ends where it ends.
fn is_whole(data: &str) -> bool {
    data == "[DONE]"
        || (data.ends_with('}') && serde_json::from_str::<serde_json::Value>(data).is_ok())
}
