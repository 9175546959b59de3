//! Reading fields of a JSON message, tolerant of numbers written as strings and of strings written as numbers.

use crate::{Encoding, MESSAGE_BYTES_MAX, Media, WireError, WireErrorKind};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Longest piece of a bad value that is repeated in an error, in characters.
const SHOWN_CHARS_MAX: usize = 40;

/// Parses a text frame, within the length bound, as a JSON object.
pub(crate) fn object(text: &str) -> Result<Value, WireError> {
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(WireError::new(WireErrorKind::TooLong { bytes: text.len() }, "message"));
    }
    body(text.as_bytes())
}

/// Parses bytes whose length somebody has bounded as a JSON object.
pub(crate) fn body(bytes: &[u8]) -> Result<Value, WireError> {
    let fail = |kind| Err(WireError::new(kind, "message"));
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(value) => fail(WireErrorKind::NotJson(format!("it is {}", shown(&value)))),
        Err(error) => fail(WireErrorKind::NotJson(error.to_string())),
    }
}

/// The value at a path such as `media.payload`; null counts as absent.
fn find<'a>(message: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(message, |value, key| value.get(key)).filter(|value| !value.is_null())
}

fn shown(value: &Value) -> String {
    shortened(&value.to_string())
}

fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    if out.len() < text.len() {
        out.push_str("...");
    }
    out
}

pub(crate) fn bad(at: &'static str, expected: &'static str, value: &Value) -> WireError {
    WireError::new(WireErrorKind::Bad { expected, found: shown(value) }, at)
}

/// A string that must be there; a number is taken as its digits.
pub(crate) fn text(message: &Value, at: &'static str) -> Result<String, WireError> {
    match find(message, at) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(other) => Err(bad(at, "a string", other)),
        None => Err(WireError::new(WireErrorKind::Missing, at)),
    }
}

/// A whole number that may be absent (0) and may be written as a string.
pub(crate) fn number(message: &Value, at: &'static str) -> Result<u64, WireError> {
    let Some(value) = find(message, at) else { return Ok(0) };
    let number =
        value.as_u64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    number.ok_or_else(|| bad(at, "a whole number", value))
}

/// One DTMF key.
pub(crate) fn digit(message: &Value, at: &'static str) -> Result<char, WireError> {
    let digits = text(message, at)?;
    let mut chars = digits.chars();
    match (chars.next(), chars.next()) {
        (Some(key @ ('0'..='9' | '*' | '#' | 'A'..='D')), None) => Ok(key),
        (Some(key @ 'a'..='d'), None) => Ok(key.to_ascii_uppercase()),
        _ => Err(bad(at, "one key of 0-9, *, #, A-D", &Value::String(digits))),
    }
}

/// Name-value pairs of an object; values that are not strings are taken as JSON text.
pub(crate) fn pairs(message: &Value, at: &'static str) -> Vec<(String, String)> {
    let Some(Value::Object(map)) = find(message, at) else { return Vec::new() };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    map.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The field as a string, if it is one.
pub(crate) fn optional<'a>(message: &'a Value, path: &str) -> Option<&'a str> {
    find(message, path).and_then(Value::as_str)
}

/// A string that may be absent or empty (`None`); anything else is an error.
pub(crate) fn text_if_any(message: &Value, at: &'static str) -> Result<Option<String>, WireError> {
    match find(message, at) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(other) => Err(bad(at, "a string", other)),
    }
}

/// A number that may be absent and may be written as a string.
pub(crate) fn decimal_if_any(message: &Value, at: &'static str) -> Result<Option<f64>, WireError> {
    let Some(value) = find(message, at) else { return Ok(None) };
    let number =
        value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    number.map(Some).ok_or_else(|| bad(at, "a number", value))
}

/// A whole number that may be absent and may be written as a string.
pub(crate) fn whole_if_any(message: &Value, at: &'static str) -> Result<Option<u32>, WireError> {
    let Some(value) = find(message, at) else { return Ok(None) };
    let number = value
        .as_u64()
        .and_then(|number| u32::try_from(number).ok())
        .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    number.map(Some).ok_or_else(|| bad(at, "a whole number", value))
}

/// True or false, as such or as a word, that may be absent.
pub(crate) fn flag_if_any(message: &Value, at: &'static str) -> Result<Option<bool>, WireError> {
    match find(message, at) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(word)) if word == "true" => Ok(Some(true)),
        Some(Value::String(word)) if word == "false" => Ok(Some(false)),
        Some(other) => Err(bad(at, "true or false", other)),
    }
}

/// A list of strings that may be absent (empty).
pub(crate) fn list(message: &Value, at: &'static str) -> Result<Vec<String>, WireError> {
    let Some(value) = find(message, at) else { return Ok(Vec::new()) };
    let texts = value.as_array().map(|items| {
        items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    });
    texts.flatten().ok_or_else(|| bad(at, "a list of strings", value))
}

/// The stream's encoding from a media type (which may carry `;rate=`) and a rate.
pub(crate) fn encoding(
    message: &Value,
    type_at: &'static str,
    rate_at: &'static str,
) -> Result<Encoding, WireError> {
    let content_type = text(message, type_at)?;
    let rate_hz = number(message, rate_at)?;
    let (name, suffix) = content_type.split_once(';').unwrap_or((&content_type, ""));
    let rate_hz = match suffix.trim().strip_prefix("rate=").and_then(|rate| rate.parse().ok()) {
        Some(rate) => rate,
        None if rate_hz == 0 => 8000,
        None => rate_hz,
    };
    Encoding::from_content_type(name.trim(), rate_hz).ok_or_else(|| {
        let found = format!("{} at {rate_hz} Hz", shortened(name));
        WireError::new(WireErrorKind::UnsupportedEncoding(found), type_at)
    })
}

/// Decodes base64 sound.
pub(crate) fn samples(
    message: &Value,
    at: &'static str,
    encoding: Encoding,
) -> Result<Vec<f32>, WireError> {
    let Some(value) = find(message, at) else {
        return Err(WireError::new(WireErrorKind::Missing, at));
    };
    let payload = value.as_str().ok_or_else(|| bad(at, "a base64 string", value))?;
    let bytes = STANDARD
        .decode(payload)
        .map_err(|error| WireError::new(WireErrorKind::NotBase64(error.to_string()), at))?;
    encoding.decode(&bytes).map_err(|odd| WireError::new(odd.into(), at))
}

/// The `media` object that Twilio and Plivo share.
pub(crate) fn media(message: &Value, encoding: Option<Encoding>) -> Result<Media, WireError> {
    let encoding = encoding.ok_or_else(|| WireError::new(WireErrorKind::NotStarted, "media"))?;
    Ok(Media {
        chunk: number(message, "media.chunk")?,
        timestamp_ms: number(message, "media.timestamp")?,
        rate_hz: encoding.rate_hz(),
        samples: samples(message, "media.payload", encoding)?,
    })
}

/// Encodes sound as base64.
pub(crate) fn payload(samples: &[f32], encoding: Encoding) -> String {
    STANDARD.encode(encoding.encode(samples))
}
