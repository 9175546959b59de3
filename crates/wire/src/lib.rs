//! Bytes to typed messages and back: the media WebSockets of phone providers, the requests of speech and chat APIs, and
//! what programs that drive calls say.
//!
//! One module per provider knows its JSON, its answer document and its signature. [`Codec`] hides which one it is: text
//! frames in become [`Inbound`], [`Outbound`] becomes text frames. What it is not: there is no socket, no clock, no task
//! and no call logic in here, and nothing in a provider's message is trusted: lengths are bounded, unknown events are
//! [`Inbound::Ignored`], and what cannot be read is a [`WireError`] that names the field.
//!
//! What a mark means differs. Twilio echoes a mark when its sound has been played **or** when `clear` threw it away; Plivo
//! answers only for sound that was played. After an [`Outbound::Clear`] a [`Inbound::Mark`] of earlier sound therefore
//! proves nothing: what the caller heard comes from `hearsay_audio::pacer`.

pub mod chat;
pub mod control;
mod error;
mod field;
pub mod openai;
pub mod plivo;
pub mod speech;
pub mod twilio;
mod url;
pub mod waves;
mod xml;

pub use error::{WireError, WireErrorKind};

use hearsay_audio::{g711, l16};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Longest text frame read or written, in bytes. Plivo's own limit; Twilio's messages are far shorter.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// How a provider carries sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// G.711 mu-law at 8 kHz.
    Mulaw8k,
    /// G.711 A-law at 8 kHz.
    Alaw8k,
    /// 16-bit little-endian linear PCM at 8 kHz.
    L16At8k,
    /// 16-bit little-endian linear PCM at 16 kHz.
    L16At16k,
}

impl Encoding {
    /// Samples a second, in Hz.
    pub fn rate_hz(self) -> u32 {
        match self {
            Encoding::L16At16k => 16_000,
            _ => 8000,
        }
    }

    /// Media type as the providers write it, without the rate.
    pub fn content_type(self) -> &'static str {
        match self {
            Encoding::Mulaw8k => "audio/x-mulaw",
            Encoding::Alaw8k => "audio/x-alaw",
            Encoding::L16At8k | Encoding::L16At16k => "audio/x-l16",
        }
    }

    /// Finds the encoding of a media type and a rate; `None` if it is not carried here.
    pub fn from_content_type(content_type: &str, rate_hz: u64) -> Option<Encoding> {
        match (content_type, rate_hz) {
            ("audio/x-mulaw", 8000) => Some(Encoding::Mulaw8k),
            ("audio/x-alaw", 8000) => Some(Encoding::Alaw8k),
            ("audio/x-l16", 8000) => Some(Encoding::L16At8k),
            ("audio/x-l16", 16_000) => Some(Encoding::L16At16k),
            _ => None,
        }
    }

    /// Decodes bytes to samples in [-1, 1].
    pub fn decode(self, bytes: &[u8]) -> Result<Vec<f32>, l16::OddLength> {
        let mut out = Vec::with_capacity(bytes.len());
        match self {
            Encoding::Mulaw8k => g711::decode(g711::Law::Mu, bytes, &mut out),
            Encoding::Alaw8k => g711::decode(g711::Law::A, bytes, &mut out),
            Encoding::L16At8k | Encoding::L16At16k => l16::decode(bytes, &mut out)?,
        }
        Ok(out)
    }

    /// Encodes samples, clipped to [-1, 1].
    pub fn encode(self, samples: &[f32]) -> Vec<u8> {
        let mut out = Vec::with_capacity(samples.len() * 2);
        match self {
            Encoding::Mulaw8k => g711::encode(g711::Law::Mu, samples, &mut out),
            Encoding::Alaw8k => g711::encode(g711::Law::A, samples, &mut out),
            Encoding::L16At8k | Encoding::L16At16k => l16::encode(samples, &mut out),
        }
        out
    }
}

/// The beginning of a call's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The provider's name for the call.
    pub call_id: String,
    /// The provider's name for this stream.
    pub stream_id: String,
    /// How sound is carried, both ways.
    pub encoding: Encoding,
    /// What our answer document asked the provider to hand on (for example a single-use token).
    pub parameters: BTreeMap<String, String>,
}

/// A piece of the caller's sound, usually 20 ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// The provider's running number of this piece, 0 if it gave none.
    pub chunk: u64,
    /// The provider's time of this piece since the start of the stream, in ms, 0 if it gave none.
    pub timestamp_ms: u64,
    /// Rate of `samples` in Hz.
    pub rate_hz: u32,
    /// Mono PCM in [-1, 1].
    pub samples: Vec<f32>,
}

/// What a provider says to us.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Inbound {
    /// The socket is up; nothing is known of the call yet (Twilio only).
    Connected,
    /// The stream begins.
    Start(Start),
    /// The caller's sound.
    Media(Media),
    /// The caller pressed a key: 0-9, `*`, `#` or A-D.
    Dtmf(char),
    /// A mark that we set came back. See the crate's page for what that proves.
    Mark(String),
    /// Our [`Outbound::Clear`] has been carried out (Plivo only).
    Cleared,
    /// The stream has ended.
    Stop,
    /// An event that is no concern of ours.
    Ignored {
        /// Its name.
        event: String,
    },
}

/// What we say to a provider. Only after [`Inbound::Start`].
#[derive(Debug, Clone, PartialEq)]
pub enum Outbound<'a> {
    /// Sound at the rate of the stream's [`Encoding`], usually 20 ms.
    Media(Cow<'a, [f32]>),
    /// Come back with this name when all sound so far has been played.
    Mark(Cow<'a, str>),
    /// Throw away all sound that has not been played.
    Clear,
}

/// The phone providers spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Twilio Media Streams.
    Twilio,
    /// Plivo Audio Streaming.
    Plivo,
}

impl Provider {
    /// Name in lower case, as in URLs and logs.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Twilio => "twilio",
            Provider::Plivo => "plivo",
        }
    }
}

/// The two ends of one stream's conversation: remembers the stream's id and encoding.
#[derive(Debug, Clone)]
pub struct Codec {
    provider: Provider,
    stream: Option<Stream>,
}

#[derive(Debug, Clone)]
struct Stream {
    id: String,
    encoding: Encoding,
}

impl Codec {
    /// A codec for a socket on which nothing has been said.
    pub fn new(provider: Provider) -> Codec {
        Codec { provider, stream: None }
    }

    /// The provider given to [`Codec::new`].
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The stream's encoding, once it has started.
    pub fn encoding(&self) -> Option<Encoding> {
        self.stream.as_ref().map(|stream| stream.encoding)
    }

    /// Reads one text frame. After an error the codec goes on with the next frame.
    pub fn decode(&mut self, text: &str) -> Result<Inbound, WireError> {
        let encoding = self.encoding();
        let inbound = match self.provider {
            Provider::Twilio => twilio::decode(text, encoding),
            Provider::Plivo => plivo::decode(text, encoding),
        }
        .map_err(|error| error.of(self.provider))?;
        if let Inbound::Start(start) = &inbound {
            self.stream = Some(Stream { id: start.stream_id.clone(), encoding: start.encoding });
        }
        Ok(inbound)
    }

    /// Writes one text frame.
    pub fn encode(&self, outbound: &Outbound<'_>) -> Result<String, WireError> {
        let fail = |error: WireError| error.of(self.provider);
        let stream = self
            .stream
            .as_ref()
            .ok_or_else(|| fail(WireError::new(WireErrorKind::NotStarted, "event")))?;
        let text = match self.provider {
            Provider::Twilio => twilio::encode(outbound, &stream.id, stream.encoding),
            Provider::Plivo => plivo::encode(outbound, &stream.id, stream.encoding),
        };
        if text.len() > MESSAGE_BYTES_MAX {
            return Err(fail(WireError::new(
                WireErrorKind::TooLong { bytes: text.len() },
                "message",
            )));
        }
        Ok(text)
    }
}
