//! Requests and answers as OpenAI's clients and other servers write them, and everything else.

use super::*;
use serde_json::json;

fn request(body: &Value) -> Result<ChatRequest, ChatError> {
    parse_request(body.to_string().as_bytes())
}

/// A call that two answers claim.
fn answered_twice() -> Value {
    let mut body = full();
    let answer = body["messages"][3].clone();
    body["messages"].as_array_mut().unwrap().push(answer);
    body
}

/// A request with everything in it.
fn full() -> Value {
    json!({
        "model": "hearsay",
        "messages": [
            {"role": "developer", "content": "You answer the phone."},
            {"role": "user", "name": "ann", "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "my balance?"}]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "balance", "arguments": "{\"account\":\"savings\"}"}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "12"},
        ],
        "tools": [
            {"type": "function", "function": {"name": "balance", "description": "Says it.", "strict": true,
                "parameters": {"type": "object", "properties": {"account": {"type": "string"}}}}},
            {"type": "function", "function": {"name": "hang_up"}},
        ],
        "tool_choice": {"type": "function", "function": {"name": "balance"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}},
        "stream": true,
        "stream_options": {"include_usage": true},
        "max_completion_tokens": 64,
        "max_tokens": 10,
        "temperature": 0.2,
        "top_p": 1,
        "seed": -7,
        "stop": ["\n", "END"],
        "n": 1,
        "user": "someone", "logit_bias": {}, "parallel_tool_calls": false,
    })
}

#[test]
fn a_full_request_is_read_as_written() {
    let asked = request(&full()).unwrap();
    assert_eq!(asked.model, "hearsay");
    assert_eq!(asked.messages[0], Message::new(Role::System, "You answer the phone."));
    assert_eq!(asked.messages[1], Message::new(Role::User, "What is my balance?"));
    let call = ToolCall {
        id: "call_1".into(),
        name: "balance".into(),
        arguments: r#"{"account":"savings"}"#.into(),
    };
    assert_eq!(
        (asked.messages[2].content.as_str(), &asked.messages[2].tool_calls[..]),
        ("", &[call][..])
    );
    assert_eq!(asked.messages[3].tool_call_id.as_deref(), Some("call_1"));
    assert_eq!((asked.tools.len(), asked.tools[0].description.as_deref()), (2, Some("Says it.")));
    assert_eq!(asked.tools[1].parameters, json!({"type": "object", "properties": {}}));
    assert_eq!(asked.tool_choice, ToolChoice::Named("balance".into()));
    assert!(
        matches!(&asked.response_format, ResponseFormat::JsonSchema { name, .. } if name == "answer")
    );
    assert!(asked.stream && asked.include_usage);
    assert_eq!(
        (asked.tokens_max, asked.temperature, asked.top_p),
        (Some(64), Some(0.2), Some(1.0))
    );
    assert_eq!((asked.seed, &asked.stop[..]), (Some(-7), &["\n".to_string(), "END".into()][..]));
    // The least that a request can be.
    let least =
        request(&json!({"messages": [{"role": "user", "content": "Hi."}], "temperature": null}))
            .unwrap();
    assert_eq!(
        least,
        ChatRequest { messages: vec![Message::new(Role::User, "Hi.")], ..Default::default() }
    );
}

#[test]
fn what_a_client_writes_a_server_reads_the_same() {
    let mut asked = request(&full()).unwrap();
    assert_eq!(parse_request(asked.body().as_bytes()).unwrap(), asked);
    assert!(asked.body().contains(r#""temperature":0.2,"#), "{}", asked.body());
    asked.response_format = ResponseFormat::JsonObject;
    asked.stream = false;
    asked.include_usage = false;
    for choice in [ToolChoice::Auto, ToolChoice::None, ToolChoice::Required] {
        asked.tool_choice = choice;
        assert_eq!(parse_request(asked.body().as_bytes()).unwrap(), asked);
    }
}

/// A request with one value changed.
fn change(pointer: &str, value: Value) -> Value {
    let mut body = full();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

fn assert_named(body: &Value, at: &str, part: &str) {
    let error = request(body).unwrap_err();
    let ChatError::Field { at: found, what } = &error else { panic!("{error:?}") };
    assert!(found == at && what.contains(part), "{error} is not about {at}: {part}");
    let shape: Value = serde_json::from_str(&error.body()).unwrap();
    assert_eq!(shape["error"]["type"], "invalid_request_error");
    assert_eq!(shape["error"]["param"].as_str(), (at != "body").then_some(at), "{error}");
}

#[test]
fn mistakes_in_messages_are_named_with_their_field() {
    for (body, at, part) in [
        (json!([]), "body", "not a JSON object"),
        (json!({}), "messages", "missing"),
        (change("/messages", json!([])), "messages", "at least one"),
        (change("/messages", json!({})), "messages", "a list"),
        (change("/messages/1", json!("hi")), "messages[1]", "an object"),
        (change("/messages/0/role", json!("robot")), "messages[0].role", "developer"),
        (change("/messages/0/content", json!(null)), "messages[0].content", "missing"),
        (
            change("/messages/1/content/0", json!({"type": "image_url"})),
            "messages[1].content[0].type",
            "pictures",
        ),
        (
            change("/messages/2/tool_calls/0/id", json!(3)),
            "messages[2].tool_calls[0].id",
            "a string",
        ),
        (
            change("/messages/2/tool_calls/0/function", json!(null)),
            "messages[2].tool_calls[0].function",
            "missing",
        ),
        (change("/messages/3/tool_call_id", json!("")), "messages[3].tool_call_id", "a string"),
        (
            change("/messages/3/tool_call_id", json!("call_2")),
            "messages[3].tool_call_id",
            "no call",
        ),
        (answered_twice(), "messages[4].tool_call_id", "still open"),
    ] {
        assert_named(&body, at, part);
    }
    assert!(parse_request(b"{").unwrap_err().to_string().contains("not a JSON object"));
    assert!(parse_request(&vec![b' '; REQUEST_BYTES_MAX + 1]).is_err());
}

#[test]
fn mistakes_in_options_are_named_with_their_field() {
    for (body, at, part) in [
        (change("/logit_bias", json!({"50256": -100})), "logit_bias", "not done"),
        (change("/tools/0/type", json!("web_search")), "tools[0].type", "function"),
        (
            change("/tools/1/function/name", json!("balance")),
            "tools[1].function.name",
            "no other tool",
        ),
        (
            change("/tools/0/function/parameters", json!("x")),
            "tools[0].function.parameters",
            "a JSON Schema",
        ),
        (change("/tool_choice", json!("always")), "tool_choice", "required"),
        (change("/tool_choice/function/name", json!("fly")), "tool_choice", "in tools"),
        (change("/response_format", json!({"type": "xml"})), "response_format.type", "json_schema"),
        (
            change("/response_format/json_schema", json!({})),
            "response_format.json_schema.schema",
            "missing",
        ),
        (change("/stream", json!("yes")), "stream", "true or false"),
        (change("/max_completion_tokens", json!(0)), "max_completion_tokens", "from 1"),
        (change("/temperature", json!(2.5)), "temperature", "0 to 2"),
        (change("/top_p", json!(0)), "top_p", "above 0"),
        (change("/seed", json!(1.5)), "seed", "whole"),
        (change("/stop", json!(["a", "b", "c", "d", "e"])), "stop", "at most 4"),
        (change("/stop", json!([""])), "stop", "empty"),
        (change("/n", json!(2)), "n", "must be 1, but is 2"),
        (json!({"functions": []}), "functions", "use tools"),
    ] {
        assert_named(&body, at, part);
    }
}

fn head() -> AnswerHead {
    AnswerHead { id: "chatcmpl-1".into(), created_s: 1_700_000_000, model: "hearsay".into() }
}

/// The stream of an answer that says something and calls two tools.
fn stream() -> String {
    let chunks = Chunks::new(head(), true);
    let usage = Usage { prompt_tokens: 20, completion_tokens: 9 };
    [
        chunks.begin(),
        chunks.content("One moment,"),
        chunks.content(" José. 🐲"),
        chunks.call(0, "call_a", "balance"),
        chunks.arguments(0, "{\"account\":"),
        chunks.arguments(0, "\"savings\"}"),
        chunks.call(1, "call_b", "hang_up"),
        chunks.arguments(1, "{}"),
        chunks.finish(Finish::ToolCalls),
        chunks.usage(usage),
        DONE_EVENT.to_string(),
    ]
    .concat()
}

fn expected() -> Reply {
    let call = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.into(),
        name: name.into(),
        arguments: arguments.into(),
    };
    Reply {
        content: "One moment, José. 🐲".into(),
        calls: vec![
            call("call_a", "balance", r#"{"account":"savings"}"#),
            call("call_b", "hang_up", "{}"),
        ],
        finish: Some(Finish::ToolCalls),
        usage: Some(Usage { prompt_tokens: 20, completion_tokens: 9 }),
    }
}

/// Reads a stream in the given pieces.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<(Reply, Vec<Event>), ChatError> {
    let mut reader = ReplyReader::new();
    let mut events = Vec::new();
    for piece in pieces {
        reader.feed(piece)?;
        events.extend(std::iter::from_fn(|| reader.next_event()));
    }
    reader.end()?;
    events.extend(std::iter::from_fn(|| reader.next_event()));
    Ok((reader.into_reply(), events))
}

#[test]
fn a_stream_reads_the_same_however_it_is_split() {
    for text in [stream(), stream().replace("\n", "\r\n"), stream().replace("\n", "\r")] {
        let bytes = text.as_bytes();
        let (whole, events) = read([bytes]).unwrap();
        assert_eq!(whole, expected());
        assert_eq!(events[0], Event::Content("One moment,".into()));
        assert_eq!(events[2], Event::Call { index: 0, name: "balance".into() });
        assert_eq!(events.last(), Some(&Event::Finish(Finish::ToolCalls)));
        for size in [1, 2, 3, 7, 64] {
            assert_eq!(
                read(bytes.chunks(size)).unwrap(),
                (whole.clone(), events.clone()),
                "{size}"
            );
        }
        for cut in (0..bytes.len()).step_by(3) {
            let halves = [&bytes[..cut], &bytes[cut..]];
            assert_eq!(read(halves).unwrap(), (whole.clone(), events.clone()), "cut at {cut}");
        }
    }
}

#[test]
fn other_servers_are_read_as_well() {
    let said = |text: &str| read([text.as_bytes()]).map(|(reply, _)| reply.content);
    // Comments, other fields, no space, a byte order mark, several lines of data, no empty line, no [DONE].
    for text in [
        ": hello\n\nevent: message\nid: 7\ndata:{\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata:[DONE]\n\n",
        "\u{FEFF}data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]",
        "data: {\"choices\":[{\"delta\":{\"content\":\"H\"}}]}\ndata: {\"choices\":[{\"delta\":{\"content\":\"i\"}}]}\ndata: [DONE]\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"eos\"}]}",
    ] {
        assert_eq!(said(text).as_deref(), Ok("Hi"), "{text}");
    }
    // Calls without an index, with a repeated name, with arguments as an object.
    let text = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"x\",\"arguments\":\"{\"}}]}}]}\n\n\
                data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"x\",\"arguments\":\"}\"}}]}}]}\n\n\
                data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"y\",\"arguments\":{\"k\":1}}}]},\"finish_reason\":\"tool_calls\"}]}\n\n";
    let (reply, _) = read([text.as_bytes()]).unwrap();
    let calls: Vec<_> = reply
        .calls
        .iter()
        .map(|c| (c.id.as_str(), c.name.as_str(), c.arguments.as_str()))
        .collect();
    assert_eq!(calls, [("a", "x", "{}"), ("b", "y", "{\"k\":1}")]);
}

#[test]
fn streams_that_go_wrong_say_how() {
    let fails = |text: &str| read([text.as_bytes()]).unwrap_err();
    let good = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    assert_eq!(fails(good), ChatError::CutOff);
    assert_eq!(fails(""), ChatError::CutOff);
    let error =
        fails("data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n");
    assert_eq!(
        error,
        ChatError::Remote { message: "overloaded".into(), kind: Some("server_error".into()) }
    );
    assert!(
        matches!(fails("data: {\"error\":\"no\"}\n\n"), ChatError::Remote { message, .. } if message == "no")
    );
    assert!(matches!(fails("data: {nonsense}\n\n"), ChatError::Unreadable(_)));
    assert!(matches!(fails("data: 7\n\n"), ChatError::Unreadable(_)));
    assert!(matches!(read([&b"data: \xFF\n\n"[..]]), Err(ChatError::Unreadable(_))));
    let long = vec![b'x'; EVENT_BYTES_MAX];
    assert!(matches!(read([&long[..], &long[..]]), Err(ChatError::TooLong { .. })));
    let mut lines = b"data: ".to_vec();
    lines.extend_from_slice(&long[..EVENT_BYTES_MAX / 2]);
    lines.push(b'\n');
    assert!(matches!(read([&lines[..], &lines[..], &lines[..]]), Err(ChatError::TooLong { .. })));
    let many: String = (0..=CALLS_MAX)
        .map(|index| format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index}}}]}}}}]}}\n\n"))
        .collect();
    assert!(fails(&many).to_string().contains("more than 64 calls"));
    // What came before an error is kept, and what comes after the end is not read.
    let mut reader = ReplyReader::new();
    assert!(reader.feed(format!("{good}data: x\n\n").as_bytes()).is_err());
    assert_eq!(reader.next_event(), Some(Event::Content("Hi".into())));
    let after = format!("{good}data: [DONE]\n\ndata: nonsense\n\n");
    assert_eq!(read([after.as_bytes(), b"more nonsense"]).unwrap().0.content, "Hi");
}

#[test]
fn whole_answers_are_written_and_read() {
    let usage = Usage { prompt_tokens: 20, completion_tokens: 9 };
    let reply = expected();
    let body = completion_body(&head(), &reply.content, &reply.calls, Finish::ToolCalls, usage);
    assert_eq!(Reply::parse(body.as_bytes()).unwrap(), reply);
    let value: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&value["object"], &value["usage"]["total_tokens"]),
        (&json!("chat.completion"), &json!(29))
    );
    let body = completion_body(&head(), "", &reply.calls, Finish::ToolCalls, usage);
    let value: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(value.pointer("/choices/0/message/content"), Some(&Value::Null));
    let body = completion_body(&head(), "Hi.", &[], Finish::Length, usage);
    let value: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(value.pointer("/choices/0/finish_reason"), Some(&json!("length")));
    assert_eq!(value.pointer("/choices/0/message/tool_calls"), None);
    assert!(Reply::parse(b"{}").unwrap_err().to_string().contains("no choices"));
    assert!(matches!(
        Reply::parse(b"{\"error\":{\"message\":\"no\"}}"),
        Err(ChatError::Remote { .. })
    ));
    assert_eq!(error_of_body(b"<html>"), None);
    assert!(
        matches!(error_of_body(b"{\"message\":\"gone\"}"), Some(ChatError::Remote { message, .. }) if message == "gone")
    );
}

#[test]
fn chunks_have_the_usual_shape() {
    let data = |event: &str| -> Value {
        serde_json::from_str(event.strip_prefix("data: ").unwrap().strip_suffix("\n\n").unwrap())
            .unwrap()
    };
    let chunks = Chunks::new(head(), true);
    let begin = data(&chunks.begin());
    assert_eq!(begin["object"], "chat.completion.chunk");
    assert_eq!(begin.pointer("/choices/0/delta/role"), Some(&json!("assistant")));
    assert_eq!(begin.get("usage"), Some(&Value::Null));
    let usage = data(&chunks.usage(Usage { prompt_tokens: 3, completion_tokens: 4 }));
    assert_eq!((&usage["choices"], &usage["usage"]["total_tokens"]), (&json!([]), &json!(7)));
    let plain = Chunks::new(head(), false);
    assert_eq!(
        data(&plain.finish(Finish::Stop)).pointer("/choices/0/finish_reason"),
        Some(&json!("stop"))
    );
    assert!(
        plain.usage(Usage::default()).is_empty() && data(&plain.begin()).get("usage").is_none()
    );
    assert!(
        matches!(read([plain.error("it broke").as_bytes()]), Err(ChatError::Remote { message, .. }) if message == "it broke")
    );
}

#[test]
fn arbitrary_bytes_are_read_or_refused() {
    crate::waves::tests::with_damaged_bodies(full().to_string().as_bytes(), |bytes| {
        drop(parse_request(bytes))
    });
    crate::waves::tests::with_damaged_bodies(stream().as_bytes(), |bytes| {
        let whole = read([bytes]);
        let pieces = read(bytes.chunks(5));
        assert_eq!(whole.is_ok(), pieces.is_ok());
        if let (Ok(whole), Ok(pieces)) = (whole, pieces) {
            assert_eq!(whole, pieces);
        }
        drop(Reply::parse(bytes));
        drop(error_of_body(bytes));
    });
}
