//! Cloning over HTTP: a multipart form with a name, the speaker's consent and a WAV recording.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use crate::http::App;
use crate::voice_store;

/// Largest recording, bytes: a minute at 48 kHz in stereo.
pub const RECORDING_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Bytes of a text field.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// What the form holds.
#[derive(Default)]
struct Form {
    name: Option<String>,
    consent: Option<String>,
    recording: Option<Vec<u8>>,
}

/// `POST /v1/audio/voices` and `POST /waves/v1/voice-cloning`.
pub async fn clone_voice(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    create(&app, &headers, form).await.unwrap_or_else(|error| error.openai())
}

async fn create(
    app: &Arc<App>,
    headers: &HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, ApiError> {
    app.speech.admit(headers)?;
    let form =
        form.map_err(|e| ApiError::invalid("body", format!("body: {e}; send a multipart form")))?;
    let form = read(form).await?;
    let missing =
        |field: &'static str| ApiError::invalid(field, format!("{field} is missing from the form"));
    let name = form.name.ok_or_else(|| missing("name"))?;
    let consent = form.consent.ok_or_else(|| missing("consent"))?;
    let recording = form.recording.ok_or_else(|| missing("file"))?;
    let permit = app.speech_permit()?;
    let app = app.clone();
    let made = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let wav = hearsay_audio::wav::read(&recording)
            .map_err(|e| format!("file: {e}; send a WAV file"))?;
        let models = app.board.engine.models();
        let stored =
            voice_store::make(&models.speaker_encoder, &name, &consent, &wav.mono(), wav.rate_hz)?;
        voice_store::keep(models, &stored)?;
        Ok(stored)
    });
    let stored = made
        .await
        .map_err(|_| ApiError::internal("cloning stopped"))?
        .map_err(|what: String| ApiError::invalid("file", what))?;
    let body = serde_json::json!({
        "id": stored.voice.name, "voice_id": stored.voice.name, "object": "audio.voice",
        "created_at": stored.consent.given_at_unix_s,
    });
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((StatusCode::CREATED, json, body.to_string()).into_response())
}

/// Reads the fields; names of both APIs are known.
async fn read(mut form: Multipart) -> Result<Form, ApiError> {
    let broken = |e: axum::extract::multipart::MultipartError| {
        ApiError::invalid("body", format!("body: {e}"))
    };
    let mut out = Form::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_string();
        let bytes = field.bytes().await.map_err(broken)?;
        match name.as_str() {
            "name" | "displayName" | "display_name" => out.name = Some(text("name", &bytes)?),
            "consent" | "consent_statement" => out.consent = Some(text("consent", &bytes)?),
            "file" | "audio_sample" | "audio" => out.recording = Some(bytes.to_vec()),
            _ => {}
        }
    }
    Ok(out)
}

fn text(field: &'static str, bytes: &[u8]) -> Result<String, ApiError> {
    let short = bytes.len() <= TEXT_BYTES_MAX;
    let text = std::str::from_utf8(bytes).ok().filter(|_| short);
    text.map(str::to_string).ok_or_else(|| {
        ApiError::invalid(
            field,
            format!("{field} is not UTF-8 text of at most {TEXT_BYTES_MAX} bytes"),
        )
    })
}
