//! The caller says "mhm" over the agent: the agent goes on from the same place.

use crate::KIOSK;
use crate::script::Script;

#[test]
fn the_agent_goes_on_after_mhm() {
    Script::new(KIOSK).says(1_000, 300, "mhm").run_to(5_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            1.160 pause
            1.540 resume
            1.540 back-channel
            1.540 discard
            3.420 heard: Welcome to the museum. What can I do for you?
            "#,
    );
}

#[test]
fn okay_right_is_no_answer_to_an_open_question() {
    Script::new(KIOSK)
        .says(1_000, 240, "okay")
        .says(1_900, 400, "yeah right")
        .run_to(5_500)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            1.160 pause
            1.480 resume
            1.480 back-channel
            1.480 discard
            2.060 pause
            2.540 resume
            2.540 back-channel
            2.540 discard
            3.820 heard: Welcome to the museum. What can I do for you?
            "#,
        );
}

#[test]
fn yeah_answers_a_yes_no_question_before_its_end() {
    Script::new(KIOSK)
        .says(3_500, 1_000, "when do you open")
        .means("when do you open", "hours", 0.9)
        .says(8_000, 300, "yeah")
        .run_to(9_500)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.860 finalize
            4.900 caller: when do you open
            4.920 node hours (host)
            4.920 ava> We open at nine in the morning. Do you want a ticket? (Reply)
            8.160 pause
            8.500 flush
            8.500 heard only: We open at nine in the morning. Do you want
            8.540 finalize
            8.580 caller: yeah
            8.580 node code (host)
            8.580 ava> Your four digits please. (Reply)
            "#,
        );
}

#[test]
fn mhm_at_the_very_end_of_a_question_is_no_answer_either() {
    Script::new(KIOSK).says(2_900, 300, "mhm").run_to(6_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            3.560 finalize
            "#,
    );
}

#[test]
fn yeah_before_the_question_is_no_answer_to_it() {
    // "We open at nine" is being said; the question comes after it.
    Script::new(KIOSK)
        .says(3_500, 1_000, "when do you open")
        .means("when do you open", "hours", 0.9)
        .says(5_700, 300, "yeah")
        .run_to(9_500)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.860 finalize
            4.900 caller: when do you open
            4.920 node hours (host)
            4.920 ava> We open at nine in the morning. Do you want a ticket? (Reply)
            5.860 pause
            6.240 resume
            6.240 back-channel
            6.240 discard
            8.940 heard: We open at nine in the morning. Do you want a ticket?
            "#,
        );
}

#[test]
fn a_third_okay_inside_a_sentence_stops_the_agent() {
    let script = Script::new(KIOSK)
        .says(3_500, 1_000, "when do you open")
        .means("when do you open", "hours", 0.9)
        .says(5_300, 260, "okay")
        .says(6_000, 260, "okay")
        .says(6_700, 260, "okay")
        .run_to(7_600);
    let count = |what: &str| script.lines().iter().filter(|line| line.ends_with(what)).count();
    assert_eq!((count("back-channel"), count("flush")), (2, 1), "{:#?}", script.lines());
}
