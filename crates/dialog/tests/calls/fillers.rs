//! A late answer is covered by a filler, once, and ends it.

use hearsay_dialog::{Agent, Call, CallInfo, CallTime, Input, Output, Pii, Turn};
use serde_json::json;

use crate::KIOSK;
use crate::script::Script;

const LET_ME_SEE: &str = "fillers: {texts: [Let me see., One moment.]}\n";

/// The kiosk, whose tool has no words of its own.
fn bare_tool() -> String {
    KIOSK
        .replace("meanwhile: One moment please., meanwhile_after_ms: 500", "timeout_ms: 3000")
        .replacen("timeout_ms: 2000, ", "", 1)
}

fn asks(yaml: &str, think_ms: u64) -> Script {
    let script = Script::new(yaml).says(3_500, 500, "a ticket").means("a ticket", "ticket", 0.9);
    script.thinks_for(think_ms)
}

fn fillers(script: &Script) -> Vec<String> {
    let said = script.lines().iter().filter(|line| line.ends_with("(Filler)"));
    said.cloned().collect()
}

#[test]
fn a_late_answer_is_covered_once() {
    asks(KIOSK, 2_500).run_to(8_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.360 finalize
            4.400 caller: a ticket
            5.300 ava> Hmm. (Filler)
            5.660 heard: Hmm.
            6.900 node code (host)
            6.900 ava> Your four digits please. (Reply)
            "#,
    );
}

#[test]
fn an_answer_in_time_needs_none() {
    let script = asks(KIOSK, 880).run_to(6_000);
    assert_eq!(fillers(&script), Vec::<String>::new());
    script.expect_line("5.280 ava> Your four digits please. (Reply)");
}

#[test]
fn the_answer_cuts_the_filler_and_follows_at_once() {
    let yaml = format!("{KIOSK}{LET_ME_SEE}");
    let script = asks(&yaml, 1_400).run_to(8_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.360 finalize
            4.400 caller: a ticket
            5.300 ava> Let me see. (Filler)
            5.800 node code (host)
            5.800 cut filler
            5.800 heard only: Let
            5.800 ava> Your four digits please. (Reply)
            7.060 heard: Your four digits please.
            "#,
    );
    let kept: Vec<&str> =
        script.call.transcript().iter().map(|line| line.text.expose().as_str()).collect();
    assert_eq!(kept[1..], ["a ticket", "Let", "Your four digits please."]);
}

#[test]
fn a_filler_that_has_not_begun_leaves_nothing() {
    // The answer comes 40 ms after the filler was asked for: before its first sound.
    let script = asks(KIOSK, 940).run_to(7_000).expect_line("5.340 cut filler");
    let script = script.expect_line("5.340 ava> Your four digits please. (Reply)");
    let said = script.call.transcript().iter().map(|line| line.text.expose());
    assert!(said.clone().all(|text| text != "Hmm."), "{:?}", said.collect::<Vec<_>>());
}

#[test]
fn a_tool_without_words_of_its_own_is_covered() {
    asks(&bare_tool(), 20)
        .says(6_500, 1_200, "four two seven one")
        .tool("check", 1_500, Ok(json!({})))
        .run_to(9_500)
        .expect_line("7.980 tool check GET http://museum/check/4271")
        .expect_line("8.880 ava> Hmm. (Filler)")
        .expect_line("9.240 heard: Hmm.")
        .expect_line("9.480 ava> Your ticket is ready. (Reply)");
}

#[test]
fn a_tools_own_words_are_all_that_covers_it() {
    let script = asks(KIOSK, 20)
        .says(6_500, 1_200, "four two seven one")
        .tool("check", 1_900, Ok(json!({})))
        .run_to(12_000);
    assert_eq!(fillers(&script), ["8.480 ava> One moment please. (Filler)"]);
}

#[test]
fn fillers_take_turns() {
    let mut script = asks(&bare_tool(), 1_500).says(7_500, 1_200, "four two seven one");
    script = script.tool("check", 1_500, Ok(json!({}))).run_to(12_000);
    assert_eq!(fillers(&script), ["5.300 ava> Hmm. (Filler)", "9.880 ava> Let me see. (Filler)"]);
}

#[test]
fn another_call_begins_elsewhere_in_the_list() {
    // The list has four texts and the call is named by one letter.
    let wanted = ["Hmm.", "Let me see.", "One moment.", "[breath]"];
    for (id, wanted) in ["d", "e", "f", "g"].into_iter().zip(wanted) {
        assert_eq!(first_filler(id), wanted, "{id}");
    }
}

/// What covers an understanding that never comes.
fn first_filler(id: &str) -> String {
    let agent = Agent::parse(KIOSK).unwrap_or_else(|errors| panic!("{errors}"));
    let info = CallInfo { id: id.to_owned(), ..CallInfo::default() };
    let mut call = Call::new(agent.into(), info);
    let outputs = |call: &mut Call| std::iter::from_fn(|| call.poll()).collect::<Vec<_>>();
    call.handle(CallTime(0), Input::Connected);
    let spoken = outputs(&mut call).into_iter().find_map(speak_of).expect("a greeting");
    call.handle(CallTime(3_000), Input::PlaybackDone { reply: spoken.reply });
    let (utterance, text) = (call.utterance(), Pii::new("a ticket".to_owned()));
    let words = Vec::new();
    call.handle(CallTime(4_000), Input::Final { utterance, text, confidence: 0.9, words });
    assert!(matches!(call.turn(), Turn::Thinking { .. }));
    outputs(&mut call);
    assert_eq!(call.next_wake(), Some(CallTime(4_900)));
    call.handle(CallTime(4_900), Input::Wake);
    let spoken = outputs(&mut call).into_iter().find_map(speak_of).expect("a filler");
    spoken.text.expose().clone()
}

fn speak_of(output: Output) -> Option<hearsay_dialog::Speak> {
    match output {
        Output::Speak(speak) => Some(speak),
        _ => None,
    }
}

#[test]
fn a_breath_is_not_in_the_transcript() {
    let yaml = format!("{KIOSK}fillers: {{texts: [\"[breath]\", Hmm.]}}\n");
    let script = asks(&yaml, 2_500).run_to(8_000).expect_line("5.300 ava> [breath] (Filler)");
    let said = script.call.transcript().iter().map(|line| line.text.expose());
    assert!(said.clone().all(|text| !text.contains("breath")), "{:?}", said.collect::<Vec<_>>());
}

#[test]
fn off_is_off() {
    let script = asks(&format!("{KIOSK}fillers: off\n"), 2_500).run_to(8_000);
    assert_eq!(fillers(&script), Vec::<String>::new());
}

#[test]
fn the_wait_goes_on_from_understanding_to_a_tool() {
    let yaml = bare_tool().replace("{on: ticket, to: code}", "{on: ticket, to: check}");
    let yaml = yaml.replace("check/{code}", "check");
    asks(&yaml, 500)
        .tool("check", 2_000, Ok(json!({})))
        .run_to(8_000)
        .expect_line("4.900 tool check GET http://museum/check")
        .expect_line("5.300 ava> Hmm. (Filler)")
        .expect_line("6.900 ava> Your ticket is ready. (Reply)");
}

#[test]
fn a_caller_who_speaks_over_it_ends_it_and_goes_on() {
    let yaml = format!("{KIOSK}{LET_ME_SEE}");
    asks(&yaml, 2_500)
        .says(5_500, 500, "for today")
        .means("a ticket for today", "ticket", 0.9)
        .run_to(9_500)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.360 finalize
            4.400 caller: a ticket
            5.300 ava> Let me see. (Filler)
            5.660 flush
            5.660 heard only: Let
            6.360 finalize
            6.400 caller: for today
            8.900 node code (host)
            8.900 ava> Your four digits please. (Reply)
            "#,
        );
}

#[test]
fn an_understanding_that_never_comes_is_given_up_under_the_filler() {
    let long = "Let me have a good look at that for you right now please.";
    let yaml = format!("{KIOSK}fillers: {{texts: [{long}, Hmm.], after_ms: 2000}}\n");
    asks(&yaml, 60_000)
        .run_to(9_000)
        .expect_line(&format!("6.400 ava> {long} (Filler)"))
        .expect_line("7.400 engine failed: Think no understanding in time")
        .expect_line("7.400 cut filler")
        .expect_line(
            "ava> Sorry, I had a problem hearing you. Could you say that again? (Reprompt)",
        );
}
