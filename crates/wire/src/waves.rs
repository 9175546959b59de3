//! The Waves speech API: `POST /waves/v1/tts` and its live twin, voices and pronunciation dictionaries.
//!
//! [`live`] is the WebSocket; the rest is HTTP. What it is not: fields that have no meaning here (`model`, `consistency`,
//! `similarity`, ...) are read past, so that every client of the API can stay as it is.

pub mod live;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hearsay_audio::coding::Coding;
use serde_json::{Value, json};

use crate::speech::{SpeechRequest, VoiceEntry};
use crate::{WireError, field};

/// Longest id that a client may give, in characters.
const ID_CHARS_MAX: usize = 128;
/// Most dictionaries that one request may name.
const DICTIONARIES_MAX: usize = 16;
/// What `encoding` may be.
const CODINGS: &str = "one of pcm_s16le, pcm_mulaw, pcm_alaw, opus, mp3";
/// What `output_format` may be.
const FORMATS: &str = "one of pcm, wav, mp3, opus, ulaw, alaw";

/// What `POST /waves/v1/tts` and `POST /waves/v1/tts/live` ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Synthesis {
    /// The speech itself.
    pub speech: SpeechRequest,
    /// The client's own name for the request, given back in a header.
    pub request_id: Option<String>,
    /// The client's own name for its session, given back in a header.
    pub session_id: Option<String>,
}

/// Reads the body of a request for speech.
///
/// # Errors
/// For a body that is no JSON object, and for a field of the wrong kind.
pub fn synthesis(body: &[u8]) -> Result<Synthesis, WireError> {
    let message = field::body(body)?;
    Ok(Synthesis {
        speech: speech(&message, field::text(&message, "text")?)?,
        request_id: id(&message, "request_id")?,
        session_id: id(&message, "session_id")?,
    })
}

/// All fields but the text.
fn speech(message: &Value, text: String) -> Result<SpeechRequest, WireError> {
    let (coding, wav_header) = coding(message)?;
    let language = match field::text_if_any(message, "language")? {
        Some(language) => Some(language),
        None => field::text_if_any(message, "language_code")?,
    };
    let dictionaries = field::list(message, "pronunciation_dicts")?;
    if dictionaries.len() > DICTIONARIES_MAX {
        let count = json!(dictionaries.len());
        return Err(field::bad("pronunciation_dicts", "at most 16 ids", &count));
    }
    Ok(SpeechRequest {
        text,
        voice: field::text_if_any(message, "voice_id")?,
        speed: field::decimal_if_any(message, "speed")?.map(|speed| speed as f32),
        sample_rate_hz: field::whole_if_any(message, "sample_rate")?,
        coding,
        wav_header,
        emotion: field::text_if_any(message, "emotion")?,
        // "auto" asks for what the voice and the text say themselves.
        language: language.filter(|language| !matches!(language.as_str(), "auto" | "multi")),
        dictionaries,
    })
}

/// The coding and whether a WAV header goes before it, from `encoding`, `output_format` and `add_wav_header`.
fn coding(message: &Value) -> Result<(Coding, bool), WireError> {
    let parse = |at, expected, name: &str| {
        name.parse::<Coding>().map_err(|_| field::bad(at, expected, &name.into()))
    };
    let encoding = field::text_if_any(message, "encoding")?
        .map(|name| parse("encoding", CODINGS, &name))
        .transpose()?;
    let format = field::text_if_any(message, "output_format")?;
    let (format, wav) = match format.as_deref() {
        Some("wav") => (encoding, true),
        Some(name) => (Some(parse("output_format", FORMATS, name)?), false),
        None => (None, false),
    };
    if let (Some(coding), Some(format)) = (encoding, format)
        && coding != format
    {
        return Err(field::bad("output_format", "the same as encoding", &format.name().into()));
    }
    let coding = encoding.or(format).unwrap_or_default();
    let wav_header = field::flag_if_any(message, "add_wav_header")?.unwrap_or(wav);
    if wav_header && coding.wav_format().is_none() {
        let at = if wav { "output_format" } else { "add_wav_header" };
        return Err(field::bad(at, "left out with opus and mp3", &json!(true)));
    }
    Ok((coding, wav_header))
}

/// An id that a client gave: letters, digits, hyphens, underscores and dots.
fn id(message: &Value, at: &'static str) -> Result<Option<String>, WireError> {
    let Some(id) = field::text_if_any(message, at)? else { return Ok(None) };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.len() > ID_CHARS_MAX || !id.chars().all(allowed) {
        let expected = "at most 128 letters, digits, hyphens, underscores and dots";
        return Err(field::bad(at, expected, &id.into()));
    }
    Ok(Some(id))
}

/// One event of `POST /waves/v1/tts/live`, with coded sound.
pub fn audio_event(sound: &[u8]) -> String {
    format!("event: audio\ndata: {}\n\n", json!({"audio": STANDARD.encode(sound)}))
}

/// The event that ends `POST /waves/v1/tts/live`.
pub fn done_event() -> String {
    format!("data: {}\n\n", json!({"done": true}))
}

/// An error. `kind` is one word such as `invalid_request`; `field` is the field concerned.
pub fn error_body(kind: &str, message: &str, field: Option<&str>) -> String {
    let mut error = json!({"status": "error", "error": kind, "message": message});
    if let Some(field) = field {
        error["field"] = field.into();
    }
    error.to_string()
}

/// The body of `GET /waves/v1/{model}/get_voices`.
pub fn voices_body(voices: &[VoiceEntry]) -> String {
    let entry = |voice: &VoiceEntry| {
        json!({
            "voiceId": voice.id,
            "displayName": voice.id,
            "tags": {
                "language": [language_name(&voice.language)],
                "accent": "",
                "gender": voice.gender,
                "age": "",
                "emotions": ["neutral", "happy", "calm", "sad"],
                "usecases": ["conversational"],
            },
            "description": voice.description,
        })
    };
    json!({"voices": voices.iter().map(entry).collect::<Vec<_>>()}).to_string()
}

/// A language as the API writes it in tags.
fn language_name(code: &str) -> &str {
    match code.split(['-', '_']).next() {
        Some("en") => "english",
        Some("es") => "spanish",
        Some("hi") => "hindi",
        _ => code,
    }
}

/// A pronunciation dictionary as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dictionary {
    /// Its id.
    pub id: String,
    /// Words and how they are said.
    pub items: Vec<(String, String)>,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

/// Reads the items of a new or changed dictionary: `{"items": [{"word", "pronunciation"}]}`.
///
/// # Errors
/// When they are no such list.
pub fn dictionary_items(body: &[u8]) -> Result<Vec<(String, String)>, WireError> {
    let message = field::body(body)?;
    let expected = "a list of {\"word\": ..., \"pronunciation\": ...}";
    let found = message.get("items").unwrap_or(&Value::Null);
    let items = found.as_array().ok_or_else(|| field::bad("items", expected, found))?;
    let pair = |item: &Value| {
        let part = |name| item.get(name).and_then(Value::as_str).map(str::to_owned);
        part("word").zip(part("pronunciation")).ok_or_else(|| field::bad("items", expected, item))
    };
    items.iter().map(pair).collect()
}

/// Reads the id of the dictionary that a body is about.
///
/// # Errors
/// When there is none.
pub fn dictionary_id(body: &[u8]) -> Result<String, WireError> {
    field::text(&field::body(body)?, "id")
}

impl Dictionary {
    /// As the API shows it.
    pub fn body(&self) -> String {
        self.value().to_string()
    }

    fn value(&self) -> Value {
        let item = |(word, pronunciation): &(String, String)| json!({"word": word, "pronunciation": pronunciation});
        let items: Vec<Value> = self.items.iter().map(item).collect();
        json!({"id": self.id, "items": items, "createdAt": self.created_at})
    }
}

/// All dictionaries as the API lists them.
pub fn dictionaries_body(dictionaries: &[Dictionary]) -> String {
    Value::Array(dictionaries.iter().map(Dictionary::value).collect()).to_string()
}

/// The answer to a dictionary's removal.
pub fn dictionary_deleted_body(id: &str) -> String {
    json!({"id": id, "deleted": true}).to_string()
}

#[cfg(test)]
pub(crate) mod tests;
