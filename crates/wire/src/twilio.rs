//! Twilio Media Streams, bidirectional (`<Connect><Stream>`): messages, TwiML answer, request signatures.
//!
//! What it is not: no REST calls (hang-up is done by closing the socket, because nothing follows `</Connect>`). Numbers
//! are strings in Twilio's messages; both forms are read.

pub mod peer;
mod signature;

pub use signature::{sign, validate_signature, validate_signature_with_body};

use crate::{Encoding, Inbound, Outbound, Start, WireError, WireErrorKind, field, xml};
use serde_json::{Value, json};

/// Longest name plus value of one answer parameter, in characters (Twilio's limit is "under 500").
pub const PARAMETER_CHARS_MAX: usize = 499;

/// Reads one message. `encoding` is that of the stream, once [`Inbound::Start`] has been read.
pub(crate) fn decode(text: &str, encoding: Option<Encoding>) -> Result<Inbound, WireError> {
    let message = field::object(text)?;
    let event = field::text(&message, "event")?;
    match event.as_str() {
        "connected" => Ok(Inbound::Connected),
        "start" => decode_start(&message).map(Inbound::Start),
        // Only `<Start><Stream>` sends this, and we must not hear ourselves.
        "media" if field::optional(&message, "media.track") == Some("outbound") => {
            Ok(Inbound::Ignored { event })
        }
        "media" => field::media(&message, encoding).map(Inbound::Media),
        "dtmf" => field::digit(&message, "dtmf.digit").map(Inbound::Dtmf),
        "mark" => field::text(&message, "mark.name").map(Inbound::Mark),
        "stop" => Ok(Inbound::Stop),
        _ => Ok(Inbound::Ignored { event }),
    }
}

fn decode_start(message: &Value) -> Result<Start, WireError> {
    Ok(Start {
        call_id: field::text(message, "start.callSid")?,
        stream_id: field::text(message, "start.streamSid")?,
        encoding: field::encoding(
            message,
            "start.mediaFormat.encoding",
            "start.mediaFormat.sampleRate",
        )?,
        parameters: field::pairs(message, "start.customParameters").into_iter().collect(),
    })
}

/// Writes one message for the stream.
pub(crate) fn encode(outbound: &Outbound<'_>, stream_id: &str, encoding: Encoding) -> String {
    let message = match outbound {
        Outbound::Media(samples) => {
            json!({"event": "media", "streamSid": stream_id, "media": {"payload": field::payload(samples, encoding)}})
        }
        Outbound::Mark(name) => {
            json!({"event": "mark", "streamSid": stream_id, "mark": {"name": name}})
        }
        Outbound::Clear => json!({"event": "clear", "streamSid": stream_id}),
    };
    message.to_string()
}

/// The TwiML that connects a call to our media WebSocket. `media_url` must be `wss://` (Twilio refuses `ws://`, which is
/// let through for tests on one machine) and have no query; data goes into `parameters`, which come back in
/// [`Start::parameters`]. `status_url` is told about the stream's start, stop and errors, `after_url` is asked what to do
/// once the stream has ended; without it the call ends then.
pub fn answer_xml(
    media_url: &str,
    status_url: Option<&str>,
    after_url: Option<&str>,
    parameters: &[(&str, &str)],
) -> Result<String, WireError> {
    let fail = |why, at| {
        Err(WireError::new(WireErrorKind::NotAllowed(why), at).of(crate::Provider::Twilio))
    };
    if !(media_url.starts_with("wss://") || media_url.starts_with("ws://")) {
        return fail("the media URL must start with wss://", "Stream.url");
    }
    if media_url.contains(['?', '#']) {
        return fail(
            "the media URL must have no query, because Twilio refuses it; use parameters",
            "Stream.url",
        );
    }
    let mut body = String::new();
    for (name, value) in parameters {
        if name.is_empty() || name.chars().count() + value.chars().count() > PARAMETER_CHARS_MAX {
            return fail(
                "a parameter needs a name, and name and value must be under 500 characters",
                "Parameter",
            );
        }
        body +=
            &format!(r#"<Parameter name="{}" value="{}"/>"#, xml::escape(name), xml::escape(value));
    }
    let status = status_url
        .map_or(String::new(), |url| format!(r#" statusCallback="{}""#, xml::escape(url)));
    let after = after_url.map_or(String::new(), xml::redirect);
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="{}"{status}>{body}</Stream></Connect>{after}</Response>"#,
        xml::escape(media_url)
    ))
}

/// The TwiML that puts a call through to a number or a SIP address once our stream has ended; anything else hangs up.
pub fn transfer_xml(to: Option<&str>) -> String {
    match to.and_then(xml::Destination::parse) {
        Some(xml::Destination::Number(number)) => xml::response(&format!("<Dial>{number}</Dial>")),
        Some(xml::Destination::Sip(address)) => {
            xml::response(&format!("<Dial><Sip>{}</Sip></Dial>", xml::escape(address)))
        }
        None => xml::response("<Hangup/>"),
    }
}

#[cfg(test)]
mod tests;
