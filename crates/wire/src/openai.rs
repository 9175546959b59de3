//! OpenAI's speech API: `POST /v1/audio/speech`, the lists of models and voices, and its errors.
//!
//! What it is not: fields that have no meaning here (`model`) are read past; a field of our own, `emotion`, `language` or
//! `sample_rate`, is read where a client gives it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hearsay_audio::coding::Coding;
use serde_json::{Value, json};

use crate::speech::{SpeechRequest, VoiceEntry};
use crate::{WireError, WireErrorKind, field};

/// The models that are listed. Any name is taken in a request.
pub const MODELS: [&str; 3] = ["hearsay", "tts-1", "tts-1-hd"];
/// Emotions that are found by their name in `instructions`.
const EMOTIONS: [&str; 4] = ["neutral", "happy", "calm", "sad"];
/// OpenAI's voices and the gender that they are heard as.
pub const VOICES: [(&str, &str); 13] = [
    ("alloy", "female"),
    ("ash", "male"),
    ("ballad", "male"),
    ("cedar", "male"),
    ("coral", "female"),
    ("echo", "male"),
    ("fable", "male"),
    ("marin", "female"),
    ("nova", "female"),
    ("onyx", "male"),
    ("sage", "female"),
    ("shimmer", "female"),
    ("verse", "male"),
];
/// The formats of a response that are made here.
const FORMATS: &str = "one of mp3, opus, wav, pcm (aac and flac are not made here)";

/// What `POST /v1/audio/speech` asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateSpeech {
    /// The speech itself.
    pub speech: SpeechRequest,
    /// As server-sent events rather than as bytes.
    pub events: bool,
}

/// Reads the body of `POST /v1/audio/speech`.
///
/// # Errors
/// For a body that is no JSON object, and for a field of the wrong kind.
pub fn create_speech(body: &[u8]) -> Result<CreateSpeech, WireError> {
    let message = field::body(body)?;
    let format = field::text_if_any(&message, "response_format")?;
    let (coding, wav_header) = match format.as_deref() {
        None | Some("mp3") => (Coding::Mp3, false),
        Some("opus") => (Coding::Opus, false),
        Some("wav") => (Coding::PcmS16le, true),
        Some("pcm") => (Coding::PcmS16le, false),
        Some(other) => return Err(field::bad("response_format", FORMATS, &other.into())),
    };
    let events = match field::text_if_any(&message, "stream_format")?.as_deref() {
        None | Some("audio") => false,
        Some("sse") => true,
        Some(other) => return Err(field::bad("stream_format", "audio or sse", &other.into())),
    };
    let instructions = field::text_if_any(&message, "instructions")?;
    let emotion = field::text_if_any(&message, "emotion")?;
    let speech = SpeechRequest {
        text: field::text(&message, "input")?,
        voice: voice(&message)?,
        speed: field::decimal_if_any(&message, "speed")?.map(|speed| speed as f32),
        sample_rate_hz: field::whole_if_any(&message, "sample_rate")?,
        coding,
        wav_header,
        emotion: emotion.or_else(|| emotion_named(&instructions.unwrap_or_default())),
        language: field::text_if_any(&message, "language")?,
        dictionaries: Vec::new(),
    };
    Ok(CreateSpeech { speech, events })
}

/// A voice is a name, or an object with an `id`.
fn voice(message: &Value) -> Result<Option<String>, WireError> {
    match message.get("voice") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.clone())),
        Some(Value::Object(_)) => field::text(message, "voice.id").map(Some),
        Some(other) => Err(field::bad("voice", "a name or {\"id\": name}", other)),
    }
}

/// The first emotion that instructions for speaking name as a word of its own.
fn emotion_named(instructions: &str) -> Option<String> {
    let words = instructions.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    words.into_iter().find(|word| EMOTIONS.contains(&word.as_str()))
}

/// The voice for a name: one of ours, or for one of OpenAI's the one that takes its place, by gender; their voices of a
/// gender are spread over ours in order. `None` for any other name.
pub fn resolve_voice<'v>(name: &str, voices: &'v [VoiceEntry]) -> Option<&'v str> {
    if let Some(own) = voices.iter().find(|voice| voice.id == name) {
        return Some(&own.id);
    }
    let (_, gender) = VOICES.iter().find(|(theirs, _)| *theirs == name)?;
    let place =
        VOICES.iter().filter(|(_, g)| g == gender).position(|(theirs, _)| *theirs == name)?;
    let of_gender: Vec<&VoiceEntry> = voices.iter().filter(|v| v.gender == *gender).collect();
    match of_gender.len() {
        0 => voices.first().map(|voice| voice.id.as_str()),
        count => Some(&of_gender[place % count].id),
    }
}

/// One `speech.audio.delta` event of a stream, with coded sound.
pub fn delta_event(sound: &[u8]) -> String {
    let event = json!({"type": "speech.audio.delta", "audio": STANDARD.encode(sound)});
    format!("data: {event}\n\n")
}

/// The `speech.audio.done` event that ends a stream. Nothing is metered here, so its counts are zero.
pub fn done_event() -> String {
    let usage = json!({"input_tokens": 0, "output_tokens": 0, "total_tokens": 0});
    format!("data: {}\n\n", json!({"type": "speech.audio.done", "usage": usage}))
}

/// An error in OpenAI's shape. `kind` is such as `invalid_request_error`; `param` is the field concerned.
pub fn error_body(message: &str, kind: &str, param: Option<&str>, code: Option<&str>) -> String {
    json!({"error": {"message": message, "type": kind, "param": param, "code": code}}).to_string()
}

/// The field of a request that an error of [`create_speech`] is about.
pub fn error_param(error: &WireError) -> Option<&'static str> {
    let whole = matches!(error.kind, WireErrorKind::NotJson(_));
    (!whole).then_some(error.at)
}

/// The body of `GET /v1/models`.
pub fn models_body() -> String {
    let model =
        |id: &&str| json!({"id": id, "object": "model", "created": 0, "owned_by": "hearsay"});
    json!({"object": "list", "data": MODELS.iter().map(model).collect::<Vec<_>>()}).to_string()
}

/// One model of `GET /v1/models`, or `None` when it is not listed.
pub fn model_body(id: &str) -> Option<String> {
    let known = MODELS.contains(&id);
    let body = || json!({"id": id, "object": "model", "created": 0, "owned_by": "hearsay"});
    known.then(|| body().to_string())
}

/// The body of `GET /v1/audio/voices`: our voices.
pub fn voices_body(voices: &[VoiceEntry]) -> String {
    let entry = |voice: &VoiceEntry| {
        json!({
            "id": voice.id,
            "name": voice.id,
            "gender": voice.gender,
            "language": voice.language,
            "description": voice.description,
        })
    };
    json!({"voices": voices.iter().map(entry).collect::<Vec<_>>()}).to_string()
}

#[cfg(test)]
mod tests;
