//! Against a peer on this machine that plays a script.

use super::*;
use hearsay_wire::chat::{Finish, Message, Role, Usage};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

const STREAM_HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// A peer that reads one request, then does as told. Gives its address and what it read.
fn peer(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/", listener.local_addr().unwrap());
    let service = std::thread::spawn(move || {
        let (mut line, _) = listener.accept().unwrap();
        let request = read_request(&mut line);
        answer(&mut line);
        request
    });
    (url, service)
}

/// The head and the whole body.
fn read_request(line: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = line.read(&mut buffer).unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) || read == 0 {
            return text.into_owned();
        }
    }
}

/// Until the client hangs up.
fn wait_for_the_end(line: &mut TcpStream) {
    let mut buffer = [0; 256];
    while line.read(&mut buffer).is_ok_and(|read| read > 0) {}
}

fn patience() -> Patience {
    let ms = Duration::from_millis;
    Patience { connect: ms(10_000), first_token: ms(30_000), total: ms(60_000) }
}

fn request() -> ChatRequest {
    let messages = vec![Message::new(Role::User, "Hi.")];
    ChatRequest { messages, tokens_max: Some(40), ..ChatRequest::default() }
}

fn ask(url: &str, patience: Patience) -> (Result<Reply, RemoteFailure>, Vec<Event>) {
    let model = RemoteModel::new(url, "small", None, patience).unwrap();
    let mut events = Vec::new();
    let reply = model.reply(&request(), &mut |event| {
        events.push(event.clone());
        ControlFlow::Continue(())
    });
    (reply, events)
}

fn said(text: &str) -> String {
    format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n")
}

#[test]
fn a_streamed_answer_comes_as_it_is_made() {
    let key = std::env::temp_dir().join(format!("hearsay-key-{}", std::process::id()));
    std::fs::write(&key, "sk-test\n").unwrap();
    let (url, service) = peer(|line| {
        let usage =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n";
        let end = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        let whole =
            format!("{STREAM_HEAD}{}{}{end}{usage}data: [DONE]\n\n", said("Good "), said("day."));
        whole.as_bytes().chunks(11).for_each(|piece| line.write_all(piece).unwrap());
    });
    let model =
        RemoteModel::new(&url, "small", Some(&KeySource::File(key.clone())), patience()).unwrap();
    let mut events = Vec::new();
    let reply = model.reply(&request(), &mut |event| {
        events.push(event.clone());
        ControlFlow::Continue(())
    });
    std::fs::remove_file(key).unwrap();
    let reply = reply.unwrap();
    assert_eq!((reply.content.as_str(), reply.finish), ("Good day.", Some(Finish::Stop)));
    assert_eq!(reply.usage, Some(Usage { prompt_tokens: 5, completion_tokens: 2 }));
    assert_eq!(events[0], Event::Content("Good ".into()));
    assert_eq!(events[2], Event::Finish(Finish::Stop));
    let asked = service.join().unwrap();
    assert!(asked.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("authorization: bearer sk-test"), "{asked}");
    assert!(asked.contains("\"model\":\"small\"") && asked.contains("\"stream\":true"), "{asked}");
    assert!(!format!("{model:?}").contains("sk-test"));
}

#[test]
fn an_endpoint_that_does_not_stream_is_read_whole() {
    let body = r#"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"c","function":{"name":"pay","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#;
    let (url, service) = peer(move |line| {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        line.write_all(format!("{head}{body}").as_bytes()).unwrap();
    });
    let (reply, events) = ask(&url, patience());
    assert_eq!(reply.unwrap().calls[0].name, "pay");
    assert_eq!(events.first(), Some(&Event::Call { index: 0, name: "pay".into() }));
    service.join().unwrap();
}

#[test]
fn a_caller_who_breaks_off_keeps_what_came() {
    let (url, service) = peer(|line| {
        line.write_all(format!("{STREAM_HEAD}{}", said("One.")).as_bytes()).unwrap();
        wait_for_the_end(line);
    });
    let brief = Patience { total: Duration::from_millis(3000), ..patience() };
    let model = RemoteModel::new(&url, "small", None, brief).unwrap();
    let reply = model.reply(&request(), &mut |_| ControlFlow::Break(())).unwrap();
    assert_eq!((reply.content.as_str(), reply.finish), ("One.", None));
    service.join().unwrap();
}

#[test]
fn failures_say_why_and_how_far_it_came() {
    let refused = "HTTP/1.1 401 No\r\ncontent-type: application/json\r\ncontent-length: 45\r\n\r\n{\"error\":{\"message\":\"bad key\",\"type\":\"auth\"}}";
    let broken = format!("{STREAM_HEAD}{}", said("One."));
    let error = format!("{STREAM_HEAD}data: {{\"error\":{{\"message\":\"overloaded\"}}}}\n\n");
    let nonsense = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    for (answer, part, began) in [
        (refused.to_string(), "status 401", false),
        ("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n".to_string(), "status 503", false),
        (moved.to_string(), "status 302", false),
        (broken, "cut off", true),
        (error, "overloaded", false),
        (nonsense.to_string(), "cannot be read", false),
        ("220 smtp.example.org\r\n".to_string(), "unreachable", false),
    ] {
        let (url, service) = peer(move |line| line.write_all(answer.as_bytes()).unwrap());
        let failure = ask(&url, patience()).0.unwrap_err();
        assert!(failure.to_string().contains(part), "{failure}: {part}");
        assert!(failure.to_string().starts_with("model small: "), "{failure}");
        assert_eq!(failure.began, began, "{failure}");
        service.join().unwrap();
    }
    let failure = ask("http://127.0.0.1:1/v1", patience()).0.unwrap_err();
    assert!(matches!(failure.kind, FailureKind::Unreachable(_)), "{failure}");
}

#[test]
fn patience_ends_before_and_after_the_first_words() {
    let ms = Duration::from_millis;
    let hasty = Patience { connect: ms(10_000), first_token: ms(500), total: ms(20_000) };
    let (url, service) = peer(|line| {
        line.write_all(format!("{STREAM_HEAD}: still thinking\n\n").as_bytes()).unwrap();
        wait_for_the_end(line);
    });
    let failure = ask(&url, hasty).0.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout { what: "first token", limit: ms(500) });
    assert!(!failure.began);
    service.join().unwrap();
    // Long enough for the words to come on a busy machine.
    let unhurried = Patience { first_token: ms(5000), total: ms(3000), ..hasty };
    let (url, service) = peer(|line| {
        line.write_all(format!("{STREAM_HEAD}{}", said("One.")).as_bytes()).unwrap();
        wait_for_the_end(line);
    });
    let failure = ask(&url, unhurried).0.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Timeout { what: "end of the answer", limit: ms(3000) });
    assert!(failure.began);
    service.join().unwrap();
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let new = |url: &str, model: &str, key: Option<KeySource>| {
        RemoteModel::new(url, model, key.as_ref(), Patience::default()).map(drop)
    };
    assert!(new("localhost:8080", "m", None).unwrap_err().contains("base_url"));
    assert!(new("http://local host", "m", None).unwrap_err().contains("base_url"));
    assert!(new("http://x/v1", "", None).unwrap_err().contains("model"));
    let unset = KeySource::Variable("HEARSAY_NO_SUCH_KEY".into());
    assert!(new("http://x/v1", "m", Some(unset)).unwrap_err().contains("HEARSAY_NO_SUCH_KEY"));
    let missing = KeySource::File("/nonexistent/key".into());
    assert!(new("http://x/v1", "m", Some(missing)).unwrap_err().contains("/nonexistent/key"));
}
