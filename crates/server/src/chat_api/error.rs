//! Why a chat is not answered, in OpenAI's shape.

use std::time::Duration;

use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hearsay_wire::chat::{ChatError, REQUEST_BYTES_MAX};
use hearsay_wire::openai;

/// Seconds after which a refused request is worth another try, where nothing else is known.
const RETRY_AFTER_S: u64 = 1;

/// A request that comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    /// One line for people.
    pub message: String,
    /// The field concerned.
    param: Option<String>,
    /// One word for programs.
    code: Option<&'static str>,
    /// When to try again, seconds.
    after_s: u64,
}

impl Refusal {
    /// The request asks for what cannot be; `param` is the field, such as `messages` or `tools[0]`.
    pub fn invalid(param: &str, message: impl Into<String>) -> Self {
        let param = Some(param.to_string());
        Self { param, ..Self::plain(StatusCode::BAD_REQUEST, message, None) }
    }

    /// The prompt is longer than the model's window.
    pub fn too_long(message: impl Into<String>) -> Self {
        let code = Some("context_length_exceeded");
        Self { code, ..Self::invalid("messages", message) }
    }

    /// All places are taken.
    pub fn busy() -> Self {
        let message = "all places for chats are taken; try again after 1 s";
        Self::plain(StatusCode::TOO_MANY_REQUESTS, message, Some("busy"))
    }

    /// The key's tokens are used up for so long.
    pub fn too_much(after: Duration) -> Self {
        let after_s = after.as_secs() + 1;
        let message = format!("the key has used up its tokens; try again after {after_s} s");
        let plain = Self::plain(StatusCode::TOO_MANY_REQUESTS, message, Some("too_much"));
        Self { after_s, ..plain }
    }

    /// The key is missing or wrong.
    pub fn unauthorized() -> Self {
        let message = "the key is missing or wrong; send it as Authorization: Bearer KEY";
        Self::plain(StatusCode::UNAUTHORIZED, message, Some("invalid_api_key"))
    }

    /// There is no such model.
    pub fn unknown_model(name: &str, known: &str) -> Self {
        let message = format!("no model {name:?} here; use {known:?}, or see /v1/models");
        let param = Some("model".to_string());
        Self { param, ..Self::plain(StatusCode::NOT_FOUND, message, Some("model_not_found")) }
    }

    /// The fault is ours.
    pub fn internal(message: &str) -> Self {
        tracing::error!("a chat failed: {message}");
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, message, None)
    }

    fn plain(status: StatusCode, message: impl Into<String>, code: Option<&'static str>) -> Self {
        Self { status, message: message.into(), param: None, code, after_s: RETRY_AFTER_S }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let kind = match self.status {
            StatusCode::UNAUTHORIZED => "authentication_error",
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            StatusCode::INTERNAL_SERVER_ERROR => "server_error",
            _ => "invalid_request_error",
        };
        let body = openai::error_body(&self.message, kind, self.param.as_deref(), self.code);
        let head = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status, head, body).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            let value = HeaderValue::from(self.after_s);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

impl From<ChatError> for Refusal {
    fn from(error: ChatError) -> Self {
        let param = error.param().map(str::to_string);
        Self { param, ..Self::plain(StatusCode::BAD_REQUEST, error.to_string(), None) }
    }
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        let status = rejection.status();
        let message = match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                format!("the body is over the limit of {REQUEST_BYTES_MAX} bytes")
            }
            _ => rejection.body_text(),
        };
        Self::plain(status, message, None)
    }
}
