//! The caller speaks over the agent and means it: the agent stops, and the transcript
//! keeps only the words that were heard.

use hearsay_dialog::Speaker;

use crate::KIOSK;
use crate::script::Script;

#[test]
fn the_agent_stops_and_the_transcript_keeps_what_was_heard() {
    let script = Script::new(KIOSK)
        .says(1_000, 1_200, "when do you open")
        .means("when do you open", "hours", 0.9)
        .run_to(4_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            1.160 pause
            1.500 flush
            1.500 heard only: Welcome to the
            2.560 finalize
            2.600 caller: when do you open
            2.620 node hours (host)
            2.620 ava> We open at nine in the morning. Do you want a ticket? (Reply)
            "#,
        );
    let first = &script.call.transcript()[0];
    assert_eq!(
        (first.speaker, first.text.expose().as_str(), first.interrupted),
        (Speaker::Agent, "Welcome to the", true)
    );
}

#[test]
fn the_agent_is_silent_soon_after_the_caller_begins() {
    let script = Script::new(KIOSK).says(1_000, 1_200, "when do you open").run_to(3_000);
    let silent_after = script.time_of("pause") - 1_000;
    assert!(silent_after <= 200, "{silent_after} ms");
}

#[test]
fn an_uninterruptible_reply_is_said_to_its_end() {
    let yaml = KIOSK.replace("say: Welcome to", "interruptible: false\n      say: Welcome to");
    Script::new(&yaml).says(1_000, 800, "wait a moment").run_to(4_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            3.060 discard
            "#,
    );
}
