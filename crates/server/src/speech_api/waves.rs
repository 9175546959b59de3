//! The HTTP routes of the Waves API.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hearsay_wire::waves;

use super::error::ApiError;
use super::synthesis::Synthesis;
use crate::http::App;

type Answer = Result<Response, ApiError>;
type Received = Result<Bytes, BytesRejection>;

/// The client's own names for a request and its session, given back.
const EXTERNAL_REQUEST_ID: HeaderName = HeaderName::from_static("x-external-request-id");
const EXTERNAL_SESSION_ID: HeaderName = HeaderName::from_static("x-external-session-id");
/// The rate of a body that does not say it itself, in Hz.
const SAMPLE_RATE: HeaderName = HeaderName::from_static("x-sample-rate");

/// Speech as bytes.
pub async fn speech(State(app): State<Arc<App>>, headers: HeaderMap, body: Received) -> Response {
    synthesize(&app, &headers, body, false).await.unwrap_or_else(|error| error.waves())
}

/// Speech as server-sent events.
pub async fn events(State(app): State<Arc<App>>, headers: HeaderMap, body: Received) -> Response {
    synthesize(&app, &headers, body, true).await.unwrap_or_else(|error| error.waves())
}

async fn synthesize(app: &App, headers: &HeaderMap, body: Received, events: bool) -> Answer {
    app.speech.admit(headers)?;
    let asked = waves::synthesis(&body?)?;
    let request = asked.speech;
    let (first, synthesis) = Synthesis::begin(app, &request).await?;
    let mut response = if events {
        let dress = |sound: Vec<u8>| waves::audio_event(&sound).into_bytes();
        let body = synthesis.body(first, dress, Some(waves::done_event()));
        ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
    } else {
        let media_type = request.coding.media_type(request.wav_header);
        let body = synthesis.body(first, |sound| sound, None);
        ([(header::CONTENT_TYPE, media_type)], body).into_response()
    };
    let own = response.headers_mut();
    own.insert(SAMPLE_RATE, HeaderValue::from(request.rate_hz()));
    for (name, id) in
        [(EXTERNAL_REQUEST_ID, asked.request_id), (EXTERNAL_SESSION_ID, asked.session_id)]
    {
        // The ids hold nothing that a header may not.
        if let Some(value) = id.and_then(|id| HeaderValue::from_str(&id).ok()) {
            own.insert(name, value);
        }
    }
    Ok(response)
}

/// The voices, for any model.
pub async fn voices(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    answer(&app, &headers, || Ok(waves::voices_body(&app.voice_entries())))
}

pub async fn list_dictionaries(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    answer(&app, &headers, || Ok(waves::dictionaries_body(&app.speech.dictionaries.all())))
}

pub async fn show_dictionary(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(&app, &headers, || Ok(app.speech.dictionaries.get(&id)?.body()))
}

pub async fn add_dictionary(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Received,
) -> Response {
    answer(&app, &headers, || {
        let items = waves::dictionary_items(&body?)?;
        Ok(app.speech.dictionaries.add(items)?.body())
    })
}

pub async fn change_dictionary(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Received,
) -> Response {
    answer(&app, &headers, || {
        let body = body?;
        let (id, items) = (waves::dictionary_id(&body)?, waves::dictionary_items(&body)?);
        Ok(app.speech.dictionaries.change(&id, items)?.body())
    })
}

pub async fn remove_dictionary(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Received,
) -> Response {
    answer(&app, &headers, || {
        let id = waves::dictionary_id(&body?)?;
        app.speech.dictionaries.remove(&id)?;
        Ok(waves::dictionary_deleted_body(&id))
    })
}

pub async fn remove_named_dictionary(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    answer(&app, &headers, || {
        app.speech.dictionaries.remove(&id)?;
        Ok(waves::dictionary_deleted_body(&id))
    })
}

/// JSON for who may have it.
fn answer(
    app: &App,
    headers: &HeaderMap,
    body: impl FnOnce() -> Result<String, ApiError>,
) -> Response {
    match app.speech.admit(headers).and_then(|()| body()) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => error.waves(),
    }
}
