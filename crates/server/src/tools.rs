//! Calls to outside services on behalf of an agent, and the tools that need none.
//!
//! One request, one JSON answer, bounded in time and size. It follows no redirect: which host is
//! asked is decided by the agent file, never by a service. It retries only what the agent file says
//! may be sent again, and only where the failure may pass; the retries carry one idempotency key.

mod built_in;
mod mcp;
#[cfg(test)]
mod tests;

pub use built_in::key_sounds;

use std::time::{Duration, Instant};

use hearsay_dialog::{HttpMethod, ToolFailure, ToolKind, ToolRequest};
use serde_json::{Value, json};

/// Longest answer read, bytes.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;
/// Wait before the first retry; each further wait is twice as long.
const RETRY_AFTER: Duration = Duration::from_millis(100);
/// Random bytes of an idempotency key.
const KEY_BYTES: usize = 16;
/// Longest text of a service's own complaint that is kept, characters.
const COMPLAINT_CHARS_MAX: usize = 200;

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
    let outcome = match &request.kind {
        ToolKind::BuiltIn(tool) => built_in::answer(*tool, request),
        ToolKind::Sample(answer) => Ok(answer.clone()),
        _ => ask_service(request, started),
    };
    ToolAnswer { outcome, took: started.elapsed() }
}

fn ask_service(request: &ToolRequest, started: Instant) -> Result<Value, ToolFailure> {
    let post = Post::new(request);
    let mut wait = RETRY_AFTER;
    let mut retries = request.retries;
    loop {
        let left = Duration::from_millis(request.timeout_ms).saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(ToolFailure::Timeout);
        }
        let outcome = match &request.kind {
            ToolKind::GraphQl(query) => post.graphql(query, left),
            ToolKind::Mcp(tool) => mcp::call(&post, tool, left),
            ToolKind::Http | ToolKind::BuiltIn(_) | ToolKind::Sample(_) => post.plain(left),
        };
        let passes = outcome.as_ref().is_err_and(may_pass);
        if !passes || retries == 0 || wait >= left {
            return outcome;
        }
        retries -= 1;
        std::thread::sleep(wait);
        wait *= 2;
    }
}

/// Whether the same request may succeed a little later.
fn may_pass(failure: &ToolFailure) -> bool {
    match failure {
        ToolFailure::Unreachable(_) => true,
        ToolFailure::Status(code) => matches!(code, 408 | 425 | 429 | 500 | 502..=504),
        _ => false,
    }
}

/// Requests to one service, all with the same headers.
struct Post<'a> {
    request: &'a ToolRequest,
    /// Sent with every try of a request that can be sent again.
    idempotency_key: Option<String>,
}

/// An answer as it came over the wire.
struct Answer {
    text: String,
    content_type: String,
    /// What an MCP server wants to be reminded of.
    session: Option<String>,
}

impl<'a> Post<'a> {
    fn new(request: &'a ToolRequest) -> Self {
        let again = request.retries > 0 && request.method != HttpMethod::Get;
        let idempotency_key = again.then(|| crate::http::random_name(KEY_BYTES)).flatten();
        Self { request, idempotency_key }
    }

    fn plain(&self, timeout: Duration) -> Result<Value, ToolFailure> {
        let body = self.request.body.as_ref().map(|body| body.expose());
        json_of(&self.send(body, &[], timeout)?.text)
    }

    fn graphql(&self, query: &str, timeout: Duration) -> Result<Value, ToolFailure> {
        let variables =
            self.request.body.as_ref().map_or_else(|| json!({}), |b| b.expose().clone());
        let body = json!({"query": query, "variables": variables});
        let answer = json_of(&self.send(Some(&body), &[], timeout)?.text)?;
        // A GraphQL service answers 200 to everything and says in the body what went wrong.
        match answer.pointer("/errors/0") {
            Some(error) => {
                let told = error.get("message").and_then(Value::as_str).unwrap_or("no message");
                Err(ToolFailure::Refused(complaint(told)))
            }
            None => Ok(answer),
        }
    }

    fn send(
        &self,
        body: Option<&Value>,
        headers: &[(&str, &str)],
        timeout: Duration,
    ) -> Result<Answer, ToolFailure> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build()
            .into();
        let mut http = ureq::http::Request::builder()
            .method(method(self.request.method))
            .uri(self.request.url.expose().as_str())
            .header("accept", "application/json, text/event-stream;q=0.5");
        for (name, value) in &self.request.headers {
            http = http.header(name, value.expose());
        }
        for (name, value) in headers {
            http = http.header(*name, *value);
        }
        if let Some(key) = &self.idempotency_key {
            http = http.header("idempotency-key", key);
        }
        let sent = match body {
            Some(body) => {
                let http = http.header("content-type", "application/json").body(body.to_string());
                agent.run(http.map_err(|e| ToolFailure::Unreachable(e.to_string()))?)
            }
            None => agent.run(http.body(()).map_err(|e| ToolFailure::Unreachable(e.to_string()))?),
        };
        let mut response = sent.map_err(failure)?;
        let status = response.status();
        if !status.is_success() {
            return Err(ToolFailure::Status(status.as_u16()));
        }
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let content_type = header("content-type").unwrap_or_default();
        let session = header("mcp-session-id");
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
        let text = body.read_to_string().map_err(failure)?;
        Ok(Answer { text, content_type, session })
    }
}

fn json_of(text: &str) -> Result<Value, ToolFailure> {
    serde_json::from_str(text).map_err(|e| ToolFailure::BadJson(e.to_string()))
}

/// A service's own words about what went wrong: one line, and not a long one.
fn complaint(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(COMPLAINT_CHARS_MAX).collect()
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
