//! A caller who wants a moment, music on the line, an answering machine.

use crate::KIOSK;
use crate::script::Script;

#[test]
fn a_caller_who_wants_a_moment_gets_one() {
    let script = Script::new(KIOSK)
        .says(3_500, 900, "hold on a second")
        .says(50_000, 1_000, "a ticket please")
        .means("a ticket please", "ticket", 0.9);
    script.run_to(52_500).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.760 finalize
            4.800 caller: hold on a second
            4.800 ava> Take your time. (Reply)
            5.760 heard: Take your time.
            51.360 finalize
            51.400 caller: a ticket please
            51.420 node code (host)
            51.420 ava> Your four digits please. (Reply)
            "#,
    );
}

#[test]
fn a_moment_has_an_end() {
    let script = Script::new(KIOSK).says(3_500, 900, "hold on a second").run_to(80_000);
    script.expect_line(
        "64.800 ava> Are you still there? Welcome to the museum. What can I do for you? (Reprompt)",
    );
}

#[test]
fn music_is_waited_out_once() {
    let script = Script::new(KIOSK)
        .says(3_500, 15_000, "")
        .says(40_000, 1_000, "a ticket please")
        .means("a ticket please", "ticket", 0.9);
    script.run_to(42_500).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            18.860 discard
            41.360 finalize
            41.400 caller: a ticket please
            41.420 node code (host)
            41.420 ava> Your four digits please. (Reply)
            "#,
    );
}

const GREETING: &str = "you have reached tom please leave a message after the tone";

#[test]
fn an_answering_machine_gets_a_message_after_its_tone() {
    let yaml =
        KIOSK.replace("graph:", "everywhere: [{on: voicemail, to: message}]\ngraph:").replace(
            "    bye:",
            "    message: {agent: host, say: Your ticket is ready. Goodbye., end: true}\n    bye:",
        );
    let script = Script::new(&yaml).says(500, 4_000, GREETING);
    script.run_to(20_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            0.660 pause
            1.080 flush
            1.080 heard only: Welcome to
            6.500 finalize
            6.540 caller: you have reached tom please leave a message after the tone
            6.540 node message (host)
            6.540 ava> Your ticket is ready. Goodbye. (Goodbye)
            8.100 heard: Your ticket is ready. Goodbye.
            8.100 ended completed
            8.100 hangup completed
            "#,
    );
}

#[test]
fn without_an_edge_nothing_is_left_on_a_machine() {
    let script = Script::new(KIOSK).says(3_500, 4_000, GREETING);
    script.run_to(20_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            9.500 finalize
            9.540 caller: you have reached tom please leave a message after the tone
            9.540 ended voicemail
            9.540 hangup voicemail
            "#,
    );
}

#[test]
fn the_same_words_later_are_a_callers() {
    let script = Script::new(KIOSK)
        .says(3_500, 900, "hold on a second")
        .says(50_000, 4_000, GREETING)
        .run_to(60_000);
    script.expect_line(
        "Sorry, I did not get that. Welcome to the museum. What can I do for you? (Reprompt)",
    );
}
