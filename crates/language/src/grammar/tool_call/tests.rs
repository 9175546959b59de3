//! Replies and calls, byte by byte.

use super::*;
use crate::grammar::{Follower, Grammar, Vocabulary};
use crate::slm::constraint::{Constraint, TokenMask};
use serde_json::json;

const CALL: u32 = 256;

fn tools() -> Vec<Tool> {
    let balance = json!({"type": "object", "properties": {"account": {"enum": ["checking", "savings"]}},
                         "required": ["account"]});
    let pay = json!({"type": "object", "properties": {"to": {"type": "string"}, "cents": {"type": "integer", "minimum": 1}},
                     "required": ["to", "cents"]});
    vec![
        Tool { name: "balance".into(), parameters: balance },
        Tool { name: "pay".into(), parameters: pay },
        Tool { name: "hang_up".into(), parameters: json!({"type": "object"}) },
    ]
}

/// Feeds text, where `@` is the call token. Gives the follower and how much was taken.
fn feed(choice: &ToolChoice, call_token: Option<u32>, text: &str) -> (Follower, usize) {
    let vocabulary = Vocabulary::of_bytes(3).unwrap();
    let mut follower = Grammar::reply(&vocabulary, &tools(), choice, call_token).unwrap().begin();
    let token = |byte: u8| if byte == b'@' { CALL } else { u32::from(byte) };
    let taken = text.bytes().take_while(|&byte| follower.accept(token(byte)).is_ok()).count();
    (follower, taken)
}

/// Whether the whole text is a complete output.
fn whole(choice: &ToolChoice, text: &str) -> bool {
    let (mut follower, taken) = feed(choice, Some(CALL), text);
    taken == text.len() && follower.can_stop()
}

#[test]
fn a_reply_is_said_or_is_a_call() {
    use ToolChoice::{Auto, None, Required};
    let named = ToolChoice::Named("pay".into());
    let said = "Sure, your balance is twelve dollars. Más, ¿verdad?";
    let call = r#"@{"name":"balance","arguments":{"account":"savings"}}"#;
    let phrase = format!("One moment.{call}");
    let pay = r#"@{"name":"pay","arguments":{"to":"Ann \"A\" Lee","cents":500}}"#;
    for (choice, text, good) in [
        (&Auto, said, true),
        (&Auto, call, true),
        (&Auto, phrase.as_str(), true),
        (&Auto, pay, true),
        (&Auto, r#"@{"name":"hang_up","arguments":{}}"#, true),
        (&Required, call, true),
        (&Required, phrase.as_str(), true),
        (&Required, said, false),
        (&None, said, true),
        (&None, call, false),
        (&None, phrase.as_str(), false),
        (&named, pay, true),
        (&named, call, false),
        // What no output may be.
        (&Auto, "", false),
        (&Auto, "  ", false),
        (&Auto, "a { b", false),
        (&Auto, "line\nline", false),
        (&Auto, "@", false),
        (&Auto, r#"@{"name":"balance","arguments":{}}"#, false),
        (&Auto, r#"@{"name":"balance","arguments":{"account":"gold"}}"#, false),
        (&Auto, r#"@{"name":"pay","arguments":{"to":"Ann","cents":0}}"#, false),
        (&Auto, r#"@{"name":"hang_up","arguments":{"now":true}}"#, false),
        (&Auto, r#"@{"name":"unknown","arguments":{}}"#, false),
        (&Auto, r#"@{ "name":"hang_up","arguments":{}}"#, false),
        (&Auto, r#"{"name":"hang_up","arguments":{}}"#, false),
    ] {
        assert_eq!(whole(choice, text), good, "{choice:?}: {text}");
    }
    // After a call nothing follows, and a call is parsed as it was meant.
    assert!(!whole(&Auto, &format!("{call} ")));
    assert_eq!(feed(&Auto, Some(CALL), &format!("{call}x")).1, call.len());
    let parsed = ToolCall::parse(&pay[1..]).unwrap();
    assert_eq!(parsed.arguments, json!({"to": "Ann \"A\" Lee", "cents": 500}));
}

#[test]
fn control_tokens_are_never_part_of_what_is_said() {
    for text in ["", "Hello", "Hello there"] {
        let (mut follower, taken) = feed(&ToolChoice::Auto, Some(CALL), text);
        let mut mask = TokenMask::new(259);
        follower.allowed(&mut mask).unwrap();
        assert_eq!(taken, text.len());
        assert!(mask.is_allowed(CALL) && !mask.is_allowed(257) && !mask.is_allowed(258), "{text}");
        assert!(!mask.is_allowed(u32::from(b'{')) && !mask.is_allowed(0xFF), "{text}");
        assert!(mask.is_allowed(u32::from(b'a')), "{text}");
    }
}

#[test]
fn the_words_before_a_call_are_few() {
    let begin = "a".repeat(PHRASE_CHARS_MAX + 1);
    assert_eq!(feed(&ToolChoice::Auto, Some(CALL), &format!("{begin}@")).1, begin.len() + 1);
    assert_eq!(feed(&ToolChoice::Auto, Some(CALL), &format!("{begin}a@")).1, begin.len() + 1);
}

#[test]
fn a_model_without_a_call_token_begins_with_the_brace() {
    let text = r#"One moment. {"name":"hang_up","arguments":{}}"#;
    let (mut follower, taken) = feed(&ToolChoice::Auto, None, text);
    assert!(taken == text.len() && follower.can_stop());
    assert!(follower.accept(u32::from(b'{')).is_err());
}

#[test]
fn sets_of_tools_that_cannot_be_are_refused_by_name() {
    let tool = |name: &str, parameters: Value| Tool { name: name.into(), parameters };
    let object = json!({"type": "object"});
    let impossible = json!({"type": "object", "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 2}}});
    for (tools, part) in [
        (vec![tool("", object.clone())], "name \"\""),
        (vec![tool("say \"hi\"", object.clone())], "letters, digits"),
        (vec![tool("a", object.clone()), tool("a", object.clone())], "twice"),
        (vec![tool("a", json!({"type": "string"}))], "type: object"),
        (vec![tool("a", json!(true))], "type: object"),
        (vec![tool("a", json!({"properties": {}}))], "type: object"),
        (vec![tool("a", impossible)], "tool a: schema at #/properties/n: nothing can satisfy it"),
        (vec![tool("a", object.clone()); TOOLS_MAX + 1], "65 tools"),
    ] {
        let error = check(&tools).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert!(check(&[tool("a", json!({}))]).is_ok());
    let vocabulary = Vocabulary::of_bytes(1).unwrap();
    let fails = |tools: &[Tool], choice| {
        Grammar::reply(&vocabulary, tools, &choice, Some(CALL)).unwrap_err().to_string()
    };
    assert!(fails(&[], ToolChoice::Required).contains("no tool"));
    assert!(fails(&tools(), ToolChoice::Named("fly".into())).contains("fly"));
    assert!(Grammar::reply(&vocabulary, &[], &ToolChoice::Auto, None).is_ok());
}

#[test]
fn what_is_no_call_is_said_to_be_none() {
    for json in [
        "",
        "{",
        "[]",
        "null",
        r#"{"name":"a"}"#,
        r#"{"name":"a","arguments":[]}"#,
        "{\"name\":3,\"arguments\":{}}",
    ] {
        assert!(matches!(ToolCall::parse(json), Err(GrammarError::Call { .. })), "{json}");
    }
}
