//! Calls to outside services on behalf of an agent.
//!
//! One request, one JSON answer, bounded in time and size. It follows no
//! redirect and retries nothing: an order that is sent twice may be carried
//! out twice, so only the graph decides what happens after a failure.

use std::time::{Duration, Instant};

use hearsay_dialog::{HttpMethod, ToolFailure, ToolRequest};
use serde_json::Value;

/// Longest answer read, bytes.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// What came back, and how long it took.
#[derive(Debug)]
pub struct ToolAnswer {
    /// The JSON answer, or why there is none.
    pub outcome: Result<Value, ToolFailure>,
    /// Wall time of the request.
    pub took: Duration,
}

/// Sends one request and waits for the answer; blocks at most the tool's
/// timeout.
pub fn ask(request: &ToolRequest) -> ToolAnswer {
    let started = Instant::now();
    let outcome = send(request);
    ToolAnswer { outcome, took: started.elapsed() }
}

fn send(request: &ToolRequest) -> Result<Value, ToolFailure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_millis(request.timeout_ms)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .build()
        .into();
    let mut http = ureq::http::Request::builder()
        .method(method(request.method))
        .uri(request.url.expose().as_str())
        .header("accept", "application/json");
    for (name, value) in &request.headers {
        http = http.header(name, value.expose());
    }
    let sent = match &request.body {
        Some(body) => {
            let bytes = body.expose().to_string();
            let http = http.header("content-type", "application/json").body(bytes);
            agent.run(http.map_err(|e| ToolFailure::Unreachable(e.to_string()))?)
        }
        None => agent.run(http.body(()).map_err(|e| ToolFailure::Unreachable(e.to_string()))?),
    };
    let mut response = sent.map_err(failure)?;
    let status = response.status();
    if !status.is_success() {
        return Err(ToolFailure::Status(status.as_u16()));
    }
    let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
    let text = body.read_to_string().map_err(failure)?;
    serde_json::from_str(&text).map_err(|e| ToolFailure::BadJson(e.to_string()))
}

fn method(method: HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
    }
}

fn failure(error: ureq::Error) -> ToolFailure {
    match error {
        ureq::Error::Timeout(_) => ToolFailure::Timeout,
        ureq::Error::BodyExceedsLimit(_) => ToolFailure::TooLarge,
        other => ToolFailure::Unreachable(other.to_string()),
    }
}
