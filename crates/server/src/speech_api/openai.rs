//! OpenAI's routes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use hearsay_wire::openai;

use super::error::ApiError;
use super::synthesis::Synthesis;
use crate::http::App;

type Answer = Result<Response, ApiError>;

pub async fn speech(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    create(&app, &headers, body).await.unwrap_or_else(|error| error.openai())
}

async fn create(app: &App, headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Answer {
    app.speech.admit(headers)?;
    let asked = openai::create_speech(&body?)?;
    let mut request = asked.speech;
    if let Some(name) = &request.voice
        && let Some(own) = openai::resolve_voice(name, &app.voice_entries())
    {
        request.voice = Some(own.to_string());
    }
    let (first, synthesis) = Synthesis::begin(app, &request).await?;
    if asked.events {
        let dress = |sound: Vec<u8>| openai::delta_event(&sound).into_bytes();
        let body = synthesis.body(first, dress, Some(openai::done_event()));
        return Ok(([(header::CONTENT_TYPE, "text/event-stream")], body).into_response());
    }
    let media_type = request.coding.media_type(request.wav_header);
    let body = synthesis.body(first, |sound| sound, None);
    Ok(([(header::CONTENT_TYPE, media_type)], body).into_response())
}

pub async fn voices(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    listed(&app, &headers, openai::voices_body(&app.voice_entries()))
}

pub async fn models(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    listed(&app, &headers, openai::models_body())
}

pub async fn model(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    match openai::model_body(&id) {
        Some(body) => listed(&app, &headers, body),
        None => ApiError::not_found("no such model; see /v1/models").openai(),
    }
}

fn listed(app: &App, headers: &HeaderMap, body: String) -> Response {
    match app.speech.admit(headers) {
        Ok(()) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => error.openai(),
    }
}
