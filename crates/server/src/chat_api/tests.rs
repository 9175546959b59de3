//! The route over a model that plays a script.

use super::*;
use axum::http::StatusCode;
use hearsay_wire::chat::{Reply, ReplyReader};
use std::io::{Read, Write};
use std::net::TcpStream;

/// Answers each request with these steps.
struct Scripted(Vec<Result<Step, Refusal>>);

struct Script {
    steps: std::vec::IntoIter<Result<Step, Refusal>>,
    taken: u64,
}

impl ChatModel for Scripted {
    fn name(&self) -> String {
        "scripted".to_string()
    }

    fn begin(&self, request: &ChatRequest) -> Result<Box<dyn Completion>, Refusal> {
        if request.messages.iter().any(|message| message.content.len() > 100) {
            return Err(Refusal::too_long("101 tokens; the window has 100"));
        }
        Ok(Box::new(Script { steps: self.0.clone().into_iter(), taken: 0 }))
    }
}

impl Completion for Script {
    fn step(&mut self) -> Result<Step, Refusal> {
        self.taken += 1;
        self.steps.next().expect("nothing is asked after the end")
    }

    fn close(&mut self) {
        self.taken += 100;
    }

    fn usage(&self) -> Usage {
        Usage { prompt_tokens: 3, completion_tokens: self.taken }
    }
}

fn said(text: &str) -> Result<Step, Refusal> {
    Ok(Step::Said(text.into()))
}

fn end(finish: Finish) -> Result<Step, Refusal> {
    Ok(Step::End(finish))
}

/// Sends a body to a desk on a port of this machine; gives the status, the head and the body.
fn ask(desk: ChatDesk, key: &str, body: &str) -> (u16, String, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let client = std::thread::spawn(move || {
        let mut line = TcpStream::connect(address).unwrap();
        line.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        answer
    });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let waiter = std::thread::spawn(move || {
        let answer = client.join();
        drop(stop);
        answer.unwrap()
    });
    let app: Router = routes(Arc::new(desk));
    runtime.block_on(async {
        let serve = axum::serve(listener, app);
        serve.with_graceful_shutdown(async { drop(stopped.await) }).await.unwrap();
    });
    let answer = waiter.join().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), unchunked(head, body))
}

/// The body without the lengths of its chunks.
fn unchunked(head: &str, body: &str) -> String {
    if !head.to_lowercase().contains("transfer-encoding: chunked") {
        return body.to_string();
    }
    let (mut out, mut rest) = (String::new(), body);
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        out.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    out
}

fn desk(steps: Vec<Result<Step, Refusal>>) -> ChatDesk {
    ChatDesk::new(Arc::new(Scripted(steps)), 2, None)
}

fn call() -> Vec<Result<Step, Refusal>> {
    let piece = |text: &str| Ok(Step::Arguments(text.into()));
    vec![
        said("One moment."),
        Ok(Step::Call("pay".into())),
        piece("{\"cents\":"),
        piece("5}"),
        end(Finish::ToolCalls),
    ]
}

const ASKED: &str = r#"{"messages":[{"role":"user","content":"Pay Ann."}]}"#;
const STREAMED: &str = r#"{"messages":[{"role":"user","content":"Pay Ann."}],"stream":true,"stream_options":{"include_usage":true},"stop":"END"}"#;

fn streamed(body: &str) -> Result<Reply, hearsay_wire::chat::ChatError> {
    let mut reader = ReplyReader::new();
    reader.feed(body.as_bytes())?;
    reader.end()?;
    Ok(reader.into_reply())
}

#[test]
fn answers_are_the_same_whole_and_streamed() {
    let (status, head, body) = ask(desk(call()), "", ASKED);
    assert_eq!((status, head.contains("application/json")), (200, true), "{body}");
    let whole = Reply::parse(body.as_bytes()).unwrap();
    let (status, head, body) = ask(desk(call()), "", STREAMED);
    assert_eq!((status, head.contains("text/event-stream")), (200, true), "{body}");
    assert!(body.ends_with(DONE_EVENT) && body.contains("\"model\":\"scripted\""), "{body}");
    let reply = streamed(&body).unwrap();
    for reply in [&whole, &reply] {
        assert_eq!(
            (reply.content.as_str(), reply.finish),
            ("One moment.", Some(Finish::ToolCalls))
        );
        assert_eq!(
            (reply.calls[0].name.as_str(), reply.calls[0].arguments.as_str()),
            ("pay", "{\"cents\":5}")
        );
        assert!(reply.calls[0].id.starts_with("call_"));
        assert_eq!(reply.usage, Some(Usage { prompt_tokens: 3, completion_tokens: 5 }));
    }
}

#[test]
fn a_stop_text_ends_the_answer_and_the_model_is_not_asked_again() {
    let (_, _, body) = ask(desk(vec![said("So it is. E"), said("ND of it")]), "", STREAMED);
    let reply = streamed(&body).unwrap();
    assert_eq!((reply.content.as_str(), reply.finish), ("So it is. ", Some(Finish::Stop)));
    assert_eq!(
        reply.usage,
        Some(Usage { prompt_tokens: 3, completion_tokens: 102 }),
        "closed once"
    );
}

#[test]
fn no_answer_begins_with_a_space() {
    let steps = || vec![said(" "), said(" So it"), said(" is."), end(Finish::Stop)];
    let (_, _, body) = ask(desk(steps()), "", STREAMED);
    assert_eq!(streamed(&body).unwrap().content, "So it is.");
    let (_, _, body) = ask(desk(steps()), "", ASKED);
    assert_eq!(Reply::parse(body.as_bytes()).unwrap().content, "So it is.");
}

#[test]
fn what_cannot_be_answered_has_its_status() {
    let long = ASKED.replace("Pay Ann.", &"x".repeat(101));
    let keyed = || {
        let key = Secret::for_tests("sesame");
        ChatDesk::new(Arc::new(Scripted(call())), 2, Some(key))
    };
    let broken = || desk(vec![Err(Refusal::internal("it broke"))]);
    let full = ChatDesk::new(Arc::new(Scripted(call())), 0, None);
    for (desk, key, body, expected, part) in [
        (desk(call()), "", "{", StatusCode::BAD_REQUEST, "not a JSON object"),
        (desk(call()), "", "{}", StatusCode::BAD_REQUEST, "\"param\":\"messages\""),
        (desk(call()), "", long.as_str(), StatusCode::BAD_REQUEST, "context_length_exceeded"),
        (keyed(), "wrong", ASKED, StatusCode::UNAUTHORIZED, "authentication_error"),
        (keyed(), "sesame", ASKED, StatusCode::OK, "chat.completion"),
        (full, "", ASKED, StatusCode::TOO_MANY_REQUESTS, "rate_limit_error"),
        (broken(), "", ASKED, StatusCode::INTERNAL_SERVER_ERROR, "it broke"),
        (broken(), "", STREAMED, StatusCode::INTERNAL_SERVER_ERROR, "it broke"),
    ] {
        let (status, _, answer) = ask(desk, key, body);
        assert_eq!(status, expected.as_u16(), "{answer}");
        assert!(answer.contains(part), "{answer}: {part}");
    }
}

#[test]
fn an_error_after_the_beginning_is_told_in_the_stream() {
    let (status, _, body) =
        ask(desk(vec![said("One"), Err(Refusal::internal("it broke"))]), "", STREAMED);
    assert_eq!(status, 200);
    assert!(streamed(&body).unwrap_err().to_string().contains("it broke"), "{body}");
}
