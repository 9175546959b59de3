//! Services that answer well, badly, late, or not at all.

use super::*;
use hearsay_dialog::{BuiltIn, Pii, ToolCallId};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

/// A service that answers each connection with the next of its answers and then goes away; an empty
/// answer keeps the line open and says nothing. It gives back what it was asked.
struct Service {
    address: SocketAddr,
    thread: JoinHandle<Vec<String>>,
}

impl Service {
    fn answering(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = move |bytes: Vec<u8>| {
            let (mut line, _) = listener.accept().unwrap();
            let asked = request_on(&mut line);
            // A client that has seen enough hangs up.
            let _ = line.write_all(&bytes);
            let mut rest = [0; 512];
            // Until the client gives up.
            while bytes.is_empty() && line.read(&mut rest).is_ok_and(|read| read > 0) {}
            asked
        };
        let thread = std::thread::spawn(move || answers.into_iter().map(answer).collect());
        Self { address, thread }
    }

    fn asked(self) -> Vec<String> {
        self.thread.join().unwrap()
    }
}

/// A whole request: its head, and as much of a body as it announces.
fn request_on(line: &mut TcpStream) -> String {
    let (mut request, mut bytes) = (Vec::new(), [0; 4096]);
    loop {
        let read = line.read(&mut bytes).unwrap();
        request.extend_from_slice(&bytes[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if read == 0 || body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}

fn answer_of(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn ok(body: &str) -> Vec<u8> {
    answer_of("200 OK", "content-type: application/json\r\n", body)
}

fn order(url: String) -> ToolRequest {
    ToolRequest {
        tool_call: ToolCallId::FIRST,
        tool: "order".to_string(),
        kind: ToolKind::Http,
        method: HttpMethod::Post,
        url: Pii::new(url),
        headers: Vec::new(),
        body: Some(Pii::new(json!({ "card": "3310" }))),
        timeout_ms: 30_000,
        retries: 0,
    }
}

fn ask_one_that_answers(answer: &[u8]) -> Result<Value, ToolFailure> {
    let service = Service::answering(vec![answer.to_vec()]);
    let url = format!("http://{}/order", service.address);
    // Only silence is waited for to its end.
    let timeout_ms = if answer.is_empty() { 300 } else { 30_000 };
    let answer = ask(&ToolRequest { timeout_ms, ..order(url) });
    assert!(service.asked()[0].starts_with("POST /order HTTP/1.1"));
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
    let request = ToolRequest { body: None, ..order("http://127.0.0.1:1/".to_string()) };
    assert!(matches!(ask(&request).outcome, Err(ToolFailure::Unreachable(_))));
}

/// A service that redirects into the private network learns nothing about it.
#[test]
fn redirects_are_not_followed() {
    let inside = TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let to = format!("location: http://{}/admin\r\n", inside.local_addr().unwrap());
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let code = status[..3].parse().unwrap();
        assert_eq!(
            ask_one_that_answers(&answer_of(status, &to, "")),
            Err(ToolFailure::Status(code))
        );
    }
    assert!(inside.accept().is_err(), "nobody has come");
}

#[test]
fn answers_without_end_are_cut() {
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(ANSWER_BYTES_MAX as usize));
    assert_eq!(ask_one_that_answers(&ok(&long)), Err(ToolFailure::TooLarge));
    let deep = "[".repeat(100_000);
    assert!(matches!(ask_one_that_answers(&ok(&deep)), Err(ToolFailure::BadJson(_))));
}

#[test]
fn what_may_pass_is_tried_again_under_one_key() {
    let busy = || answer_of("503 Busy", "", "");
    let service = Service::answering(vec![busy(), busy(), ok("{\"ok\":true}")]);
    let request = ToolRequest { retries: 2, ..order(format!("http://{}/order", service.address)) };
    assert_eq!(ask(&request).outcome, Ok(json!({"ok": true})));
    let asked = service.asked();
    let key = |text: &String| {
        text.lines().find_map(|line| line.strip_prefix("idempotency-key: ").map(str::to_owned))
    };
    let keys: Vec<Option<String>> = asked.iter().map(key).collect();
    assert!(keys[0].as_ref().is_some_and(|key| key.len() == 32), "{asked:?}");
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    for (retries, status) in [(0, "503 Busy"), (3, "404 Gone"), (3, "401 No")] {
        let service = Service::answering(vec![answer_of(status, "", "")]);
        let url = format!("http://{}/order", service.address);
        let outcome = ask(&ToolRequest { retries, ..order(url) }).outcome;
        assert_eq!(outcome, Err(ToolFailure::Status(status[..3].parse().unwrap())));
        assert_eq!(service.asked().len(), 1);
    }
}

#[test]
fn graphql_sends_variables_and_says_what_went_wrong() {
    let query = "query($id: ID!) { order(id: $id) { state } }";
    let ask_for = |body: &str| {
        let service = Service::answering(vec![ok(body)]);
        let kind = ToolKind::GraphQl(query.to_owned());
        let url = format!("http://{}/graphql", service.address);
        let body = Some(Pii::new(json!({"id": "7"})));
        let outcome = ask(&ToolRequest { kind, body, ..order(url) }).outcome;
        (outcome, service.asked().remove(0))
    };
    let (outcome, asked) = ask_for(r#"{"data": {"order": {"state": "sent"}}}"#);
    assert_eq!(outcome.unwrap().pointer("/data/order/state"), Some(&json!("sent")));
    let sent: Value = serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(sent, json!({"query": query, "variables": {"id": "7"}}));
    let (outcome, _) = ask_for(r#"{"data": null, "errors": [{"message": "no such\norder"}]}"#);
    assert_eq!(outcome, Err(ToolFailure::Refused("no such\norder".replace('\n', ""))));
}

fn hello(headers: &str) -> Vec<u8> {
    let body =
        r#"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-03-26","capabilities":{}}}"#;
    answer_of("200 OK", &format!("content-type: application/json\r\n{headers}"), body)
}

fn ask_mcp(answers: Vec<Vec<u8>>) -> (Result<Value, ToolFailure>, Vec<String>) {
    let service = Service::answering(answers);
    let kind = ToolKind::Mcp("find_order".to_owned());
    let url = format!("http://{}/mcp", service.address);
    let outcome = ask(&ToolRequest { kind, ..order(url) }).outcome;
    (outcome, service.asked())
}

#[test]
fn mcp_servers_are_greeted_asked_and_understood() {
    let noted = || answer_of("202 Accepted", "", "");
    let structured =
        r#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"days":3}}}"#;
    let session = hello("mcp-session-id: s-1\r\n");
    let (outcome, asked) = ask_mcp(vec![session, noted(), ok(structured)]);
    assert_eq!(outcome, Ok(json!({"days": 3})));
    assert!(
        asked[0].contains(r#""method":"initialize""#)
            && asked[1].contains("notifications/initialized")
    );
    let call = r#""params":{"arguments":{"card":"3310"},"name":"find_order"}"#;
    let last = asked[2].to_lowercase();
    assert!(asked[2].contains(call) || asked[2].contains(r#""name":"find_order""#), "{}", asked[2]);
    assert!(
        last.contains("mcp-session-id: s-1") && last.contains("mcp-protocol-version: 2025-03-26")
    );
    let event = "event: message\r\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\r\n\r\n\
        data: {\"jsonrpc\":\"2.0\",\"id\":1,\ndata: \"result\":{\"content\":[{\"type\":\"text\",\"text\":\"sent today\"}]}}\n\n";
    let stream = answer_of("200 OK", "content-type: text/event-stream\r\n", event);
    let (outcome, _) = ask_mcp(vec![hello(""), noted(), stream]);
    assert_eq!(outcome, Ok(json!({"text": "sent today"})));
}

#[test]
fn mcp_servers_that_fail_are_failures() {
    let noted = || answer_of("202 Accepted", "", "");
    let failed = r#"{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"no order"}]}}"#;
    let unknown = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"unknown tool"}}"#;
    for (answer, why) in [(failed, "no order"), (unknown, "unknown tool")] {
        let (outcome, _) = ask_mcp(vec![hello(""), noted(), ok(answer)]);
        assert_eq!(outcome, Err(ToolFailure::Refused(why.to_owned())));
    }
    let other = r#"{"jsonrpc":"2.0","id":99,"result":{}}"#;
    let (outcome, _) = ask_mcp(vec![hello(""), noted(), ok(other)]);
    assert!(matches!(outcome, Err(ToolFailure::BadJson(_))));
    let (outcome, _) = ask_mcp(vec![answer_of("401 No", "", "")]);
    assert_eq!(outcome, Err(ToolFailure::Status(401)));
}

#[test]
fn built_in_tools_need_no_service() {
    let built_in = |tool: BuiltIn, body: Value| {
        let kind = ToolKind::BuiltIn(tool);
        ask(&ToolRequest { kind, body: Some(Pii::new(body)), ..order(String::new()) }).outcome
    };
    let value = built_in(BuiltIn::Calculate, json!({"expression": "3 * 4.50"}));
    assert_eq!(value, Ok(json!({"value": 13.5})));
    assert_eq!(built_in(BuiltIn::Calculate, json!({"expression": 4})), Ok(json!({"value": 4})));
    let wrong = built_in(BuiltIn::Calculate, json!({"expression": "three"}));
    assert!(matches!(wrong, Err(ToolFailure::Refused(_))));
    assert_eq!(built_in(BuiltIn::Signal, json!({})), Ok(json!({})));
    let today = built_in(BuiltIn::Today, json!({"utc_offset_minutes": 60})).unwrap();
    assert_eq!(today["date"].as_str().map(str::len), Some("2026-01-31".len()));
}
