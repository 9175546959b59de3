//! Who is let in to the APIs for programs, where the configuration names a file of keys.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use crate::drive::today;
use crate::http::App;
use crate::keys::{Denied, Place, Scope};
use crate::speech_api::error::ApiError;

/// What a body without a told length is taken to have, bytes.
const UNTOLD_BYTES: usize = 64 * 1024;
/// The scheme of the key in a request's header (RFC 6750), in any case of letters.
const BEARER: &str = "bearer ";

/// A place in the key's share, for what lives on after the answer: a WebSocket.
#[derive(Debug, Clone)]
pub struct Admitted(pub Arc<Place>);

/// What a path needs, if it needs a key at all.
fn scope(path: &str) -> Option<Scope> {
    match path {
        "/metrics" => Some(Scope::Metrics),
        "/v1/chat/completions" | "/waves/v1/chat/completions" => Some(Scope::Chat),
        path if path.starts_with("/v1/calls/") => Some(Scope::Control),
        path if path.starts_with("/v1/") || path.starts_with("/waves/") => Some(Scope::Speech),
        _ => None,
    }
}

/// Lets a request through that may come in.
pub async fn keep(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some((keys, scope)) = app.keys.as_ref().zip(scope(request.uri().path())) else {
        return next.run(request).await;
    };
    let (key, bytes) = (bearer(request.headers()), length(request.headers()));
    let admitted = match (keys.admit(key, scope, bytes, today(), Instant::now()), &app.shared) {
        // What this server's own limits let in is asked of all servers together.
        (Ok(place), Some(limits)) => place.shared(limits, bytes).await,
        (admitted, _) => admitted,
    };
    match admitted {
        Ok(place) => {
            tracing::debug!("{} uses {scope:?}", place.name());
            let place = Arc::new(place);
            request.extensions_mut().insert(Admitted(place.clone()));
            held(next.run(request).await, place)
        }
        Err(denied) => {
            let counter = match denied {
                Denied::TooMuch(_) => &app.metrics.too_much,
                Denied::Unknown | Denied::Scope => &app.metrics.unauthorized,
            };
            counter.fetch_add(1, Relaxed);
            refuse(request.uri().path(), denied)
        }
    }
}

/// The key that a request carries.
pub fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, key) = value.split_at_checked(BEARER.len())?;
    scheme.eq_ignore_ascii_case(BEARER.as_bytes()).then_some(key)
}

fn length(headers: &HeaderMap) -> usize {
    if let Some(told) = headers.get(header::CONTENT_LENGTH) {
        return told.to_str().ok().and_then(|told| told.parse().ok()).unwrap_or(UNTOLD_BYTES);
    }
    if headers.contains_key(header::TRANSFER_ENCODING) { UNTOLD_BYTES } else { 0 }
}

/// The place is held until the last byte of the answer is sent.
fn held(response: Response, place: Arc<Place>) -> Response {
    response.map(|body| {
        let stream = body.into_data_stream().map(move |part| {
            let _ = &place;
            part
        });
        Body::from_stream(stream)
    })
}

fn refuse(path: &str, denied: Denied) -> Response {
    let error = match denied {
        Denied::Unknown => ApiError::unauthorized(),
        Denied::Scope => ApiError::forbidden(),
        Denied::TooMuch(after) => ApiError::too_much(after),
    };
    match path {
        "/metrics" => (error.status(), error.message.clone() + "\n").into_response(),
        path if path.starts_with("/waves/") => error.waves(),
        _ => error.openai(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_door_has_its_scope() {
        for (path, wanted) in [
            ("/", None),
            ("/healthz", None),
            ("/twilio/voice", None),
            ("/plivo/media", None),
            ("/metrics", Some(Scope::Metrics)),
            ("/v1/calls/control", Some(Scope::Control)),
            ("/v1/chat/completions", Some(Scope::Chat)),
            ("/waves/v1/chat/completions", Some(Scope::Chat)),
            ("/v1/audio/speech", Some(Scope::Speech)),
            ("/waves/v1/tts/live", Some(Scope::Speech)),
        ] {
            assert_eq!(scope(path), wanted, "{path}");
        }
    }

    #[test]
    fn keys_and_lengths_are_read_from_headers() {
        let mut headers = HeaderMap::new();
        assert_eq!((bearer(&headers), length(&headers)), (None, 0));
        headers.insert(header::AUTHORIZATION, "bEARER abc".parse().unwrap());
        headers.insert(header::CONTENT_LENGTH, "12".parse().unwrap());
        assert_eq!((bearer(&headers), length(&headers)), (Some(&b"abc"[..]), 12));
        headers.insert(header::AUTHORIZATION, "Basic abc".parse().unwrap());
        headers.insert(header::CONTENT_LENGTH, "many".parse().unwrap());
        assert_eq!((bearer(&headers), length(&headers)), (None, UNTOLD_BYTES));
    }
}
