//! Plivo's side of the conversation, for tests and load generators: writes what Plivo writes, reads what we write.
//!
//! What it is not: a model of Plivo's playback; whoever uses it decides when a checkpoint is reached.

use crate::{Encoding, Outbound, Start, WireError, WireErrorKind, field};
use serde_json::{Value, json};

/// Plivo's end of one stream: numbers its messages and its sound as Plivo does.
#[derive(Debug, Clone)]
pub struct Peer {
    start: Start,
    sequence: u64,
    chunk: u64,
    sent_samples: u64,
}

impl Peer {
    /// A peer that will announce this stream.
    pub fn new(start: Start) -> Peer {
        Peer { start, sequence: 0, chunk: 0, sent_samples: 0 }
    }

    fn write(&mut self, mut message: Value) -> String {
        self.sequence += 1;
        message["sequenceNumber"] = self.sequence.into();
        message.to_string()
    }

    fn headers(&self) -> String {
        let pairs: Vec<String> =
            self.start.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join(";")
    }

    /// The first message: the stream begins.
    pub fn start(&mut self) -> String {
        let start = self.start.clone();
        let format = json!({"encoding": start.encoding.content_type(), "sampleRate": start.encoding.rate_hz()});
        let headers = self.headers();
        self.write(json!({"event": "start", "extra_headers": headers, "start": {
            "callId": start.call_id, "streamId": start.stream_id, "accountId": "MA0000000000000000",
            "tracks": ["inbound"], "mediaFormat": format,
        }}))
    }

    /// The caller's sound, at the stream's rate.
    pub fn media(&mut self, samples: &[f32]) -> String {
        self.chunk += 1;
        let timestamp_ms = self.sent_samples * 1000 / u64::from(self.start.encoding.rate_hz());
        self.sent_samples += samples.len() as u64;
        let payload = field::payload(samples, self.start.encoding);
        let media = json!({
            "track": "inbound", "timestamp": timestamp_ms.to_string(), "chunk": self.chunk, "payload": payload,
        });
        let headers = self.headers();
        let stream_id = self.start.stream_id.clone();
        self.write(json!({"event": "media", "streamId": stream_id, "media": media, "extra_headers": headers}))
    }

    /// The caller presses a key.
    pub fn dtmf(&mut self, key: char) -> String {
        let stream_id = self.start.stream_id.clone();
        let dtmf = json!({"track": "inbound", "digit": key.to_string(), "timestamp": "0"});
        self.write(json!({"event": "dtmf", "streamId": stream_id, "dtmf": dtmf}))
    }

    /// The sound before a checkpoint has been played. Plivo never sends this for sound that a clear threw away.
    pub fn played(&mut self, name: &str) -> String {
        let stream_id = self.start.stream_id.clone();
        self.write(json!({"event": "playedStream", "streamId": stream_id, "name": name}))
    }

    /// A clear has been carried out.
    pub fn cleared(&mut self) -> String {
        let stream_id = self.start.stream_id.clone();
        self.write(json!({"event": "clearedAudio", "streamId": stream_id}))
    }

    /// The stream ends.
    pub fn stop(&mut self) -> String {
        let stream_id = self.start.stream_id.clone();
        self.write(json!({"event": "stop", "streamId": stream_id}))
    }

    /// Reads what we send to Plivo: an unknown event, a wrong stream or a wrong format is an error.
    pub fn decode(&self, text: &str) -> Result<Outbound<'static>, WireError> {
        decode(text, &self.start.stream_id, self.start.encoding)
    }
}

fn decode(text: &str, stream_id: &str, encoding: Encoding) -> Result<Outbound<'static>, WireError> {
    let message = field::object(text)?;
    let event = field::text(&message, "event")?;
    if event == "playAudio" {
        if field::encoding(&message, "media.contentType", "media.sampleRate")? != encoding {
            return Err(WireError::new(
                WireErrorKind::NotAllowed("is not the stream's format"),
                "media.contentType",
            ));
        }
        return Ok(Outbound::Media(field::samples(&message, "media.payload", encoding)?.into()));
    }
    if field::text(&message, "streamId")? != stream_id {
        return Err(WireError::new(WireErrorKind::NotAllowed("names another stream"), "streamId"));
    }
    match event.as_str() {
        "checkpoint" => Ok(Outbound::Mark(field::text(&message, "name")?.into())),
        "clearAudio" => Ok(Outbound::Clear),
        _ => Err(WireError::new(
            WireErrorKind::NotAllowed("Plivo knows playAudio, checkpoint and clearAudio"),
            "event",
        )),
    }
}
