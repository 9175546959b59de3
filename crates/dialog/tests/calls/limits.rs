//! Everything has a bound: the call, an utterance, the transcript, a caller's text.

use crate::KIOSK;
use crate::script::Script;

#[test]
fn a_call_that_reaches_its_longest_length_says_goodbye() {
    let yaml = format!("{KIOSK}limits: {{call_ms_max: 5000}}\n");
    Script::new(&yaml)
        .says(4_000, 9_000, "I will tell you the story of my life")
        .run_to(20_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            5.000 discard
            5.000 ava> We have reached the end of our time. Thank you for calling. Goodbye. (Goodbye)
            8.960 heard: We have reached the end of our time. Thank you for calling. Goodbye.
            8.960 ended call_limit
            8.960 hangup call_limit
            "#,
        );
}

#[test]
fn an_endless_utterance_is_finalised() {
    let yaml = format!("{KIOSK}limits: {{utterance_ms_max: 3000}}\n");
    let script = Script::new(&yaml).says(3_500, 30_000, "on and on").run_to(8_000);
    assert_eq!(script.time_of("finalize"), 6_520);
}

#[test]
fn the_transcript_and_the_callers_text_are_bounded() {
    let yaml = format!("{KIOSK}limits: {{transcript_lines_max: 3, caller_chars_max: 16}}\n");
    let mut script = Script::new(&yaml);
    for i in 0..4 {
        script = script.says(3_500 + i * 8_000, 1_000, "thisisaverylongwordindeed");
    }
    let script = script.run_to(40_000);
    assert!(script.call.transcript().len() <= 3);
    script.expect_line("caller: thisisaverylongw");
}
