//! What goes wrong with a speech request, in the shape of either API.

use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hearsay_audio::coding::CodingError;
use hearsay_engine::{EngineError, LaneFull, SpeechRequestError};
use hearsay_wire::speech::BODY_BYTES_MAX;
use hearsay_wire::{WireError, openai, waves};

/// Seconds after which a refused request is worth another try.
const RETRY_AFTER_S: u64 = 1;

/// A request that came to nothing.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    /// One word for programs.
    pub kind: &'static str,
    /// One line for people.
    pub message: String,
    /// The field concerned.
    field: Option<&'static str>,
    /// When to try again, for what is too much now, s.
    after_s: u64,
}

impl ApiError {
    pub fn unauthorized() -> Self {
        let message = "the key is missing or wrong; send it as Authorization: Bearer KEY";
        Self::plain(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    pub fn busy() -> Self {
        let message =
            "all places for speech are taken; try again after 1 s, or raise speech.requests_max";
        Self::plain(StatusCode::TOO_MANY_REQUESTS, "busy", message)
    }

    pub fn not_found(what: &str) -> Self {
        Self::plain(StatusCode::NOT_FOUND, "not_found", what)
    }

    pub fn invalid(field: &'static str, message: String) -> Self {
        let status = StatusCode::BAD_REQUEST;
        let field = Some(field);
        Self { status, kind: "invalid_request", message, field, after_s: RETRY_AFTER_S }
    }

    pub fn internal(message: &str) -> Self {
        tracing::error!("a speech request failed: {message}");
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    /// The key does not open this.
    pub fn forbidden() -> Self {
        let message = "the key does not open this; add the scope to its entry in the file of keys";
        Self::plain(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// The key has used up its share.
    pub fn too_much(after: std::time::Duration) -> Self {
        let after_s = after.as_secs() + 1;
        let message = format!("the key has used up its share; try again after {after_s} s");
        Self { after_s, ..Self::plain(StatusCode::TOO_MANY_REQUESTS, "too_much", &message) }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    fn plain(status: StatusCode, kind: &'static str, message: &str) -> Self {
        Self { status, kind, message: message.to_string(), field: None, after_s: RETRY_AFTER_S }
    }

    /// As OpenAI's API answers it.
    pub fn openai(&self) -> Response {
        let kind = match self.status {
            StatusCode::UNAUTHORIZED => "authentication_error",
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            StatusCode::INTERNAL_SERVER_ERROR => "server_error",
            _ => "invalid_request_error",
        };
        let param = self.field.map(|field| if field == "text" { "input" } else { field });
        let message = match param {
            Some("input") => self.message.replacen("text", "input", 1),
            _ => self.message.clone(),
        };
        self.answer(openai::error_body(&message, kind, param, Some(self.kind)))
    }

    /// As the Waves API answers it.
    pub fn waves(&self) -> Response {
        let field = self.field.map(|field| if field == "voice" { "voice_id" } else { field });
        self.answer(waves::error_body(self.kind, &self.message, field))
    }

    fn answer(&self, body: String) -> Response {
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            let value = header::HeaderValue::from(self.after_s);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

impl From<WireError> for ApiError {
    fn from(error: WireError) -> Self {
        let mut own = Self::invalid(error.at, error.to_string());
        own.field = openai::error_param(&error);
        own
    }
}

impl From<SpeechRequestError> for ApiError {
    fn from(error: SpeechRequestError) -> Self {
        Self::invalid(error.field(), error.to_string())
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Speech(error) => error.into(),
            other => Self::internal(&other.to_string()),
        }
    }
}

impl From<LaneFull> for ApiError {
    fn from(error: LaneFull) -> Self {
        Self::internal(&error.to_string())
    }
}

impl From<CodingError> for ApiError {
    fn from(error: CodingError) -> Self {
        Self::internal(&error.to_string())
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            let message = format!("the body is over the limit of {BODY_BYTES_MAX} bytes");
            return Self::plain(status, "too_large", &message);
        }
        Self::plain(status, "invalid_request", &rejection.body_text())
    }
}
