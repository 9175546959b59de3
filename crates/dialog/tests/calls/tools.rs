//! Tools that are slow, late, wrong or nonsense.

use std::sync::Arc;

use hearsay_dialog::{Agent, Call, CallInfo, CallTime, Input, Output, Pii, ToolFailure};
use serde_json::json;

use crate::KIOSK;
use crate::script::Script;

fn code_given(yaml: &str) -> Script {
    Script::new(yaml).says(3_500, 500, "a ticket").means("a ticket", "ticket", 0.9).says(
        6_500,
        1_200,
        "four two seven one",
    )
}

#[test]
fn a_slow_tool_is_covered_by_its_filler_and_never_cuts_it() {
    // The answer comes in the middle of the filler.
    code_given(KIOSK).tool("check", 900, Ok(json!({}))).run_to(14_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.360 finalize
            4.400 caller: a ticket
            4.420 node code (host)
            4.420 ava> Your four digits please. (Reply)
            5.680 heard: Your four digits please.
            7.940 finalize
            7.980 caller: four two seven one
            7.980 slot code = "4271"
            7.980 node check (host)
            7.980 tool check GET http://museum/check/4271
            8.480 ava> One moment please. (Filler)
            8.880 tool check answered in 900 ms
            8.880 node bye (host)
            9.440 heard: One moment please.
            9.440 ava> Your ticket is ready. (Reply)
            10.700 heard: Your ticket is ready.
            10.700 ava> Goodbye. (Goodbye)
            11.060 heard: Goodbye.
            11.060 ended completed
            11.060 hangup completed
            "#,
    );
}

#[test]
fn a_quick_tool_needs_no_filler() {
    let script = code_given(KIOSK).tool("check", 200, Ok(json!({}))).run_to(9_000);
    assert!(!script.lines().iter().any(|line| line.contains("Filler")));
    script.expect_line("ava> Your ticket is ready. (Reply)");
}

#[test]
fn each_failure_has_its_words() {
    let failures = [
        (Err(ToolFailure::Timeout), "tool check failed: no answer in time", "asleep"),
        (Err(ToolFailure::Status(500)), "tool check failed: HTTP status 500", "closed"),
        (
            Err(ToolFailure::BadJson("line 1".into())),
            "tool check failed: the answer is not JSON: line 1",
            "closed",
        ),
    ];
    for (outcome, logged, said) in failures {
        code_given(KIOSK)
            .tool("check", 100, outcome)
            .run_to(12_000)
            .expect_line(logged)
            .expect_line(&format!("heard: The ticket desk is {said}."));
    }
}

#[test]
fn a_tool_that_is_never_heard_of_again_has_timed_out() {
    // Not even the driver's timeout comes.
    code_given(KIOSK)
        .tool("check", 1_000_000, Ok(json!({})))
        .run_to(14_000)
        .expect_line("tool check failed: no answer in time")
        .expect_line("heard: The ticket desk is asleep.");
}

#[test]
fn an_answer_that_breaks_its_schema_is_a_failure() {
    let yaml = KIOSK
        .replace("timeout_ms: 2000", "answer: {type: object, required: [ok]}, timeout_ms: 2000");
    code_given(&yaml)
        .tool("check", 100, Ok(json!([1, 2])))
        .run_to(12_000)
        .expect_line("tool check failed: the answer does not fit its schema: the answer is not of type object")
        .expect_line("heard: The ticket desk is closed.");
}

#[test]
fn a_caller_who_speaks_while_the_tool_works_is_not_spoken_over() {
    code_given(KIOSK)
        .says(8_200, 1_000, "are you still there")
        .tool("check", 700, Ok(json!({})))
        .run_to(13_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.360 finalize
            4.400 caller: a ticket
            4.420 node code (host)
            4.420 ava> Your four digits please. (Reply)
            5.680 heard: Your four digits please.
            7.940 finalize
            7.980 caller: four two seven one
            7.980 slot code = "4271"
            7.980 node check (host)
            7.980 tool check GET http://museum/check/4271
            8.680 tool check answered in 700 ms
            9.560 finalize
            9.600 caller: are you still there
            9.600 node bye (host)
            9.600 ava> Your ticket is ready. (Reply)
            10.860 heard: Your ticket is ready.
            10.860 ava> Goodbye. (Goodbye)
            11.220 heard: Goodbye.
            11.220 ended completed
            11.220 hangup completed
            "#,
        );
}

#[test]
fn secrets_are_for_headers_alone() {
    let yaml = KIOSK
        .replace("{on: ticket, to", "{on: ticket, key: 9, to")
        .replace("tools:\n", "secrets: {ticket_key: TICKET_KEY}\ntools:\n")
        .replace(
            "timeout_ms: 2000,",
            "timeout_ms: 2000, headers: {Authorization: \"Bearer {ticket_key}\"},",
        );
    let agent = Agent::parse(&yaml).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(agent.secrets().collect::<Vec<_>>(), [("ticket_key", "TICKET_KEY")]);
    assert!(agent.clone().with_secret("other", Pii::new(String::new())).is_none());
    let agent = agent.with_secret("ticket_key", Pii::new("s3cret".into())).expect("a secret");
    let mut call = Call::new(Arc::new(agent), CallInfo::default());
    let mut headers = Vec::new();
    call.handle(CallTime(0), Input::Connected);
    for input in "91234".chars().map(Input::Digit) {
        call.handle(CallTime(0), input);
        while let Some(output) = call.poll() {
            if let Output::Tool(request) = output {
                headers = request.headers;
            }
        }
    }
    let (name, value) = &headers[0];
    assert_eq!((name.as_str(), value.expose().as_str()), ("Authorization", "Bearer s3cret"));
    let spoken = yaml.replace("We open at nine", "Our key is {ticket_key}, we open at nine");
    let problems = Agent::parse(&spoken).expect_err("a secret is said").to_string();
    assert!(problems.contains("a secret may stand in `headers` only"), "{problems}");
}

#[test]
fn which_host_is_asked_is_the_authors_choice() {
    for (url, is_fixed) in [
        ("http://museum/check/{code}", true),
        ("http://museum/check?to={code}", true),
        ("http://{code}.museum/check", false),
        ("{code}/check", false),
        ("http://museum{code}", false),
        ("http://{code}@museum/", false),
    ] {
        let yaml = KIOSK.replace("http://museum/check/{code}", url);
        let problems = Agent::parse(&yaml).err().map(|problems| problems.to_string());
        let refused = problems.is_some_and(|text| text.contains("which host is asked"));
        assert_eq!(refused, !is_fixed, "{url}");
    }
}
