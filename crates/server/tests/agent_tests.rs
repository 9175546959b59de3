//! The tests of the examples, as their users run them.

mod common;

use common::{Scratch, example, hearsay, refuses, stdout};

#[test]
fn the_bank_passes_its_tests() {
    let report = Scratch::new("report.xml", b"");
    let output = hearsay(&["eval", "agent", &example("tests.yaml"), "--junit", report.path()]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("ok     three wrong codes end the call"), "{shown}");
    let junit = std::fs::read_to_string(report.path()).unwrap();
    assert!(junit.contains(r#"failures="0""#), "{junit}");
}

#[test]
fn the_bank_passes_its_tests_in_sound() {
    let output = hearsay(&["eval", "agent", &example("tests.yaml"), "--audio"]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("ok     a caller who knows what comes"), "{shown}");
}

#[test]
fn the_clinic_passes_its_tests() {
    let output = hearsay(&["eval", "agent", &example("../clinic/tests.yaml")]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.ends_with("24 of 24 tests passed.\n"), "{shown}");
}

#[test]
fn the_restaurant_passes_its_tests_in_both_languages() {
    let output = hearsay(&["eval", "agent", &example("../restaurant/tests.yaml")]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.ends_with("16 of 16 tests passed.\n"), "{shown}");
}

#[test]
fn nine_tenths_of_the_wordings_of_every_turn_are_understood() {
    let output = hearsay(&["eval", "agent", &example("paraphrase-tests.yaml")]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("of 50 wordings"), "{shown}");
}

#[test]
fn what_does_not_happen_is_told_with_what_did() {
    let tests = format!(
        "agent: {}\ntests:\n  - name: hours\n    turns:\n      - user: when are you open\n        \
         expect: [{{event: response, text_contains: midnight}}]\n",
        example("agent.yaml")
    );
    let file = Scratch::new("tests.yaml", tests.as_bytes());
    let output = hearsay(&["eval", "agent", file.path(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let failure = &report["tests"][0]["failures"][0];
    assert_eq!(failure["complaints"][0], "response \"midnight\" is missing", "{report}");
    assert!(failure["happened"].to_string().contains("node opening_hours"), "{report}");
}

#[test]
fn names_that_the_agent_has_not_are_refused() {
    let tests = format!(
        "agent: {}\ntests:\n  - name: a\n    turns:\n      - expect: [{{event: node, name: lok}}]\n",
        example("agent.yaml")
    );
    let file = Scratch::new("tests.yaml", tests.as_bytes());
    refuses(&["eval", "agent", file.path()], &[file.path(), "no node `lok`", "lock"]);
}

#[test]
fn simulated_callers_get_everywhere_and_every_call_ends() {
    let args = ["eval", "agent", &example("tests.yaml"), "--json"];
    let simulate = |calls, seed| {
        let output = hearsay(&[args.as_slice(), &["--simulate", calls, "--seed", seed]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
        stdout(&output)
    };
    assert_eq!(simulate("40", "7"), simulate("40", "7"));
    assert_ne!(simulate("40", "7"), simulate("40", "8"));
    let outcome: serde_json::Value = serde_json::from_str(&simulate("600", "7")).unwrap();
    assert_eq!(outcome["never_reached"], serde_json::json!([]), "{outcome}");
    let ended = outcome["ends"].as_object().unwrap().values().filter_map(|it| it.as_u64());
    assert_eq!(ended.sum::<u64>(), 600, "{outcome}");
    assert!(outcome["tool_answers"][1].as_u64() > Some(0), "{outcome}");
}

#[test]
fn a_service_that_no_test_answers_for_is_never_asked_by_simulated_callers() {
    let agent = Scratch::new(
        "asks.yaml",
        b"name: asks\nagents: {host: {persona: Answers., voice: linda}}\nrouter:\n  intents:\n    \
          book: [book a table]\n    bye: [goodbye]\ntools:\n  book: {url: 'http://192.0.2.1/book', body: {}}\n\
          graph:\n  start: hello\n  nodes:\n    hello:\n      agent: host\n      say: Hello. What can I do?\n      \
          ask: intents\n      edges: [{on: book, to: book}, {on: bye, to: bye}]\n    book:\n      agent: host\n      \
          tool: book\n      edges: [{on: done, to: booked}, {on: failed, to: bye}]\n    booked: {agent: host, say: \
          Booked., end: true}\n    bye: {agent: host, say: Goodbye., end: true}\n",
    );
    let tests = format!("agent: {}\ntests: [{{name: a, turns: [{{user: bye}}]}}]\n", agent.path());
    let tests = Scratch::new("asks-tests.yaml", tests.as_bytes());
    let output = hearsay(&["eval", "agent", tests.path(), "--simulate", "40", "--json"]);
    let outcome: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert!(outcome["tool_answers"][0].as_u64() > Some(0), "{outcome}");
    assert_eq!(outcome["tool_answers"][0], outcome["tool_answers"][1], "{outcome}");
    assert_eq!(outcome["never_reached"], serde_json::json!(["booked"]), "{outcome}");
}
