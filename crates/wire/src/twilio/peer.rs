//! Twilio's side of the conversation, for tests and load generators: writes what Twilio writes, reads what we write.
//!
//! What it is not: a model of Twilio's playback; whoever uses it decides when a mark comes back.

use crate::{Encoding, Outbound, Start, WireError, WireErrorKind, field};
use serde_json::{Value, json};

/// Twilio's end of one stream: numbers its messages and its sound as Twilio does.
#[derive(Debug, Clone)]
pub struct Peer {
    start: Start,
    sequence: u64,
    chunk: u64,
    sent_samples: u64,
}

impl Peer {
    /// A peer that will announce this stream. Twilio itself knows mu-law only.
    pub fn new(start: Start) -> Peer {
        Peer { start, sequence: 0, chunk: 0, sent_samples: 0 }
    }

    fn write(&mut self, event: &str, name: &str, body: Value) -> String {
        self.sequence += 1;
        let sequence = self.sequence.to_string();
        json!({"event": event, "sequenceNumber": sequence, "streamSid": self.start.stream_id, name: body}).to_string()
    }

    /// The first message on a socket.
    pub fn connected(&mut self) -> String {
        json!({"event": "connected", "protocol": "Call", "version": "1.0.0"}).to_string()
    }

    /// The second message: the stream begins.
    pub fn start(&mut self) -> String {
        let start = self.start.clone();
        let format = json!({"encoding": start.encoding.content_type(), "sampleRate": start.encoding.rate_hz(), "channels": 1});
        let body = json!({
            "accountSid": "AC00000000000000000000000000000000", "streamSid": start.stream_id, "callSid": start.call_id,
            "tracks": ["inbound"], "mediaFormat": format, "customParameters": start.parameters,
        });
        self.write("start", "start", body)
    }

    /// The caller's sound, at the stream's rate.
    pub fn media(&mut self, samples: &[f32]) -> String {
        self.chunk += 1;
        let timestamp_ms = self.sent_samples * 1000 / u64::from(self.start.encoding.rate_hz());
        self.sent_samples += samples.len() as u64;
        let body = json!({
            "track": "inbound", "chunk": self.chunk.to_string(), "timestamp": timestamp_ms.to_string(),
            "payload": field::payload(samples, self.start.encoding),
        });
        self.write("media", "media", body)
    }

    /// The caller presses a key.
    pub fn dtmf(&mut self, key: char) -> String {
        self.write("dtmf", "dtmf", json!({"track": "inbound_track", "digit": key.to_string()}))
    }

    /// A mark comes back: its sound has been played, or was thrown away by a clear.
    pub fn mark(&mut self, name: &str) -> String {
        self.write("mark", "mark", json!({"name": name}))
    }

    /// The stream ends.
    pub fn stop(&mut self) -> String {
        let body = json!({"accountSid": "AC00000000000000000000000000000000", "callSid": self.start.call_id});
        self.write("stop", "stop", body)
    }

    /// Reads what we send to Twilio, as strictly as Twilio: an unknown event or a wrong stream is an error.
    pub fn decode(&self, text: &str) -> Result<Outbound<'static>, WireError> {
        decode(text, &self.start.stream_id, self.start.encoding)
    }
}

fn decode(text: &str, stream_id: &str, encoding: Encoding) -> Result<Outbound<'static>, WireError> {
    let message = field::object(text)?;
    if field::text(&message, "streamSid")? != stream_id {
        return Err(WireError::new(WireErrorKind::NotAllowed("names another stream"), "streamSid"));
    }
    match field::text(&message, "event")?.as_str() {
        "media" => Ok(Outbound::Media(field::samples(&message, "media.payload", encoding)?.into())),
        "mark" => Ok(Outbound::Mark(field::text(&message, "mark.name")?.into())),
        "clear" => Ok(Outbound::Clear),
        _ => Err(WireError::new(
            WireErrorKind::NotAllowed("Twilio knows media, mark and clear (error 31924)"),
            "event",
        )),
    }
}
