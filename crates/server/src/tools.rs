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

#[cfg(test)]
mod tests {
    use super::*;
    use hearsay_dialog::{Pii, ToolCallId};
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Asks a service that answers each connection with `answer`; an empty one
    /// keeps the line open and says nothing.
    fn ask_one_that_answers(answer: &'static [u8]) -> Result<Value, ToolFailure> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/order", listener.local_addr().unwrap());
        let service = std::thread::spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let read = line.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"POST /order HTTP/1.1"));
            // A client that has seen enough hangs up.
            let _ = line.write_all(answer);
            // Until the client gives up.
            while answer.is_empty() && line.read(&mut request).is_ok_and(|read| read > 0) {}
        });
        let answer = ask(&ToolRequest {
            tool_call: ToolCallId::FIRST,
            tool: "order".to_string(),
            method: HttpMethod::Post,
            url: Pii::new(url),
            headers: Vec::new(),
            body: Some(Pii::new(serde_json::json!({ "card": "3310" }))),
            timeout_ms: 300,
        });
        service.join().unwrap();
        answer.outcome
    }

    #[test]
    fn answers_and_failures_are_told_apart() {
        let good = b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"ok\":true}";
        assert_eq!(ask_one_that_answers(good), Ok(serde_json::json!({ "ok": true })));
        let nonsense = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        assert!(matches!(ask_one_that_answers(nonsense), Err(ToolFailure::BadJson(_))));
        let broken = b"HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(ask_one_that_answers(broken), Err(ToolFailure::Status(503)));
        let no_http = b"220 smtp.example.org ready\r\n";
        assert!(matches!(ask_one_that_answers(no_http), Err(ToolFailure::Unreachable(_))));
        assert_eq!(ask_one_that_answers(b""), Err(ToolFailure::Timeout));
    }

    #[test]
    fn a_service_that_is_not_there_is_unreachable() {
        let request = ToolRequest {
            tool_call: ToolCallId::FIRST,
            tool: "order".to_string(),
            method: HttpMethod::Get,
            url: Pii::new("http://127.0.0.1:1/".to_string()),
            headers: Vec::new(),
            body: None,
            timeout_ms: 1000,
        };
        assert!(matches!(ask(&request).outcome, Err(ToolFailure::Unreachable(_))));
    }
}
