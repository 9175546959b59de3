//! Plivo Audio Streaming, bidirectional: messages, XML answer, request signatures (V3).
//!
//! What it is not: no REST calls. Numbers are numbers in Plivo's messages, timestamps are strings; both forms are read.
//! Its L16 is little-endian.

pub mod peer;
mod signature;

pub use signature::{Method, sign_v3, validate_signature_v3};

use crate::{Encoding, Inbound, Outbound, Provider, Start, WireError, WireErrorKind, field, xml};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Longest URL that Plivo takes, in bytes.
pub const URL_BYTES_MAX: usize = 2048;
/// Longest `extraHeaders` that Plivo takes, in bytes.
pub const EXTRA_HEADERS_BYTES_MAX: usize = 512;

/// Reads one message. `encoding` is that of the stream, once [`Inbound::Start`] has been read.
pub(crate) fn decode(text: &str, encoding: Option<Encoding>) -> Result<Inbound, WireError> {
    let message = field::object(text)?;
    let event = field::text(&message, "event")?;
    match event.as_str() {
        "start" => decode_start(&message).map(Inbound::Start),
        // `audioTrack="both"` would send this, and we must not hear ourselves.
        "media" if field::optional(&message, "media.track") == Some("outbound") => {
            Ok(Inbound::Ignored { event })
        }
        "media" => field::media(&message, encoding).map(Inbound::Media),
        "dtmf" => field::digit(&message, "dtmf.digit").map(Inbound::Dtmf),
        "playedStream" => field::text(&message, "name").map(Inbound::Mark),
        "clearedAudio" => Ok(Inbound::Cleared),
        // Not in the documentation, but sent to others.
        "stop" => Ok(Inbound::Stop),
        _ => Ok(Inbound::Ignored { event }),
    }
}

fn decode_start(message: &Value) -> Result<Start, WireError> {
    Ok(Start {
        call_id: field::text(message, "start.callId")?,
        stream_id: field::text(message, "start.streamId")?,
        encoding: field::encoding(
            message,
            "start.mediaFormat.encoding",
            "start.mediaFormat.sampleRate",
        )?,
        parameters: extra_headers(message),
    })
}

/// `name=value;name=value`, or an object, which some versions send.
fn extra_headers(message: &Value) -> BTreeMap<String, String> {
    let Some(text) = field::optional(message, "extra_headers") else {
        return field::pairs(message, "extra_headers").into_iter().collect();
    };
    let parts = text.split(';').filter_map(|part| part.split_once('='));
    parts.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// Writes one message for the stream.
pub(crate) fn encode(outbound: &Outbound<'_>, stream_id: &str, encoding: Encoding) -> String {
    let message = match outbound {
        Outbound::Media(samples) => json!({"event": "playAudio", "media": {
            "contentType": encoding.content_type(), "sampleRate": encoding.rate_hz(),
            "payload": field::payload(samples, encoding),
        }}),
        Outbound::Mark(name) => json!({"event": "checkpoint", "streamId": stream_id, "name": name}),
        Outbound::Clear => json!({"event": "clearAudio", "streamId": stream_id}),
    };
    message.to_string()
}

/// The XML that connects a call to our media WebSocket. `encoding` is what we ask for, both ways: mu-law or L16.
/// `extra_headers` come back in [`Start::parameters`]. `status_url` is told about the stream's start, stop and errors,
/// `after_url` is asked what to do once the stream has ended; without it the call ends then.
pub fn answer_xml(
    media_url: &str,
    encoding: Encoding,
    status_url: Option<&str>,
    after_url: Option<&str>,
    extra_headers: &[(&str, &str)],
) -> Result<String, WireError> {
    let fail =
        |why, at| Err(WireError::new(WireErrorKind::NotAllowed(why), at).of(Provider::Plivo));
    if !(media_url.starts_with("wss://") || media_url.starts_with("ws://"))
        || media_url.len() > URL_BYTES_MAX
    {
        return fail("the media URL must start with wss:// and be at most 2048 bytes", "Stream");
    }
    if encoding == Encoding::Alaw8k {
        return fail("Plivo streams mu-law or L16, not A-law", "Stream.contentType");
    }
    let clean = |text: &str| !text.is_empty() && !text.contains([';', '=', ',', '\r', '\n']);
    if !extra_headers.iter().all(|(name, value)| clean(name) && clean(value)) {
        return fail(
            "names and values must not be empty and have no ; = or ,",
            "Stream.extraHeaders",
        );
    }
    let headers = extra_headers
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join(";");
    if headers.len() > EXTRA_HEADERS_BYTES_MAX {
        return fail("at most 512 bytes in all", "Stream.extraHeaders");
    }
    let attribute = |name, value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            format!(r#" {name}="{}""#, xml::escape(value))
        }
    };
    Ok(format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Stream bidirectional="true" keepCallAlive="true" audioTrack="inbound""#,
            r#" contentType="{};rate={}" streamTimeout="86400"{}{}>{}</Stream>{}</Response>"#
        ),
        encoding.content_type(),
        encoding.rate_hz(),
        attribute("statusCallbackUrl", status_url.unwrap_or_default()),
        attribute("extraHeaders", &headers),
        xml::escape(media_url),
        after_url.map_or(String::new(), xml::redirect)
    ))
}

/// The XML that puts a call through to a number or a SIP address once our stream has ended; anything else hangs up.
pub fn transfer_xml(to: Option<&str>) -> String {
    match to.and_then(xml::Destination::parse) {
        Some(xml::Destination::Number(number)) => {
            xml::response(&format!("<Dial><Number>{number}</Number></Dial>"))
        }
        Some(xml::Destination::Sip(address)) => {
            xml::response(&format!("<Dial><User>{}</User></Dial>", xml::escape(address)))
        }
        None => xml::response("<Hangup/>"),
    }
}

#[cfg(test)]
mod tests;
