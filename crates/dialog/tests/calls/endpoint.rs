//! When has the caller finished? It depends on what was asked and on what was said.

use crate::KIOSK;
use crate::script::Script;

/// Silence before the utterance was finalised, when the caller stops at `stop`.
fn silence_before_final(script: &Script, stop: u64) -> u64 {
    script.time_of("finalize") - stop
}

#[test]
fn a_wish_ends_after_the_usual_silence() {
    let script = Script::new(KIOSK).says(3_500, 1_000, "when do you open").run_to(6_000);
    assert_eq!(silence_before_final(&script, 4_500), 360);
}

#[test]
fn an_unfinished_sentence_is_waited_for() {
    let script = Script::new(KIOSK)
        .says(3_500, 600, "I would like to")
        .says(4_900, 600, "have a ticket")
        .means("I would like to have a ticket", "ticket", 0.9)
        .run_to(7_000)
        .expect_line("caller: I would like to have a ticket")
        .expect_line("node code (host)");
    assert_eq!(silence_before_final(&script, 5_500), 360);
}

fn at_the_code(script: Script) -> Script {
    script.says(3_500, 500, "a ticket").means("a ticket", "ticket", 0.9)
}

#[test]
fn four_digits_are_complete() {
    let script =
        at_the_code(Script::new(KIOSK)).says(6_500, 1_600, "four two seven one").run_to(9_000);
    let lines = script.lines();
    let last = lines.iter().rfind(|line| line.ends_with("finalize")).expect("finalised");
    assert!(last.starts_with("8.340"), "{last}");
    script.expect_line("slot code = \"4271\"");
}

#[test]
fn a_pause_between_digits_is_no_end() {
    at_the_code(Script::new(KIOSK))
        .says(6_500, 800, "four two")
        .says(8_000, 800, "seven one")
        .run_to(10_000)
        .expect_line("caller: four two seven one")
        .expect_line("slot code = \"4271\"");
}

#[test]
fn digits_in_two_turns_are_put_together() {
    at_the_code(Script::new(KIOSK))
        .says(6_500, 800, "four two")
        .says(9_000, 800, "seven one")
        .run_to(11_000)
        .expect_line("caller: four two")
        .expect_line("caller: seven one")
        .expect_line("slot code = \"4271\"");
}

#[test]
fn a_number_that_stays_too_short_is_asked_for_again() {
    at_the_code(Script::new(KIOSK))
        .says(6_500, 800, "four two")
        .run_to(12_000)
        .expect_line("ava> Sorry, I did not get that. Your four digits please. (Reprompt)");
}

#[test]
fn the_caller_who_goes_on_while_being_understood_is_heard_whole() {
    // The second half begins after the endpoint and before the answer.
    Script::new(KIOSK)
        .thinks_for(300)
        .says(3_500, 600, "I want")
        .says(4_560, 600, "a ticket")
        .means("I want", "hours", 0.9)
        .means("I want a ticket", "ticket", 0.9)
        .run_to(6_400)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.460 finalize
            4.500 caller: I want
            5.520 finalize
            5.560 caller: a ticket
            5.860 node code (host)
            5.860 ava> Your four digits please. (Reply)
            "#,
        );
}

#[test]
fn a_sure_end_is_not_waited_for_and_a_likely_pause_is() {
    for (probability, wanted) in [(0.99, 240), (0.6, 360), (0.35, 680), (0.02, 1_000)] {
        let script = Script::new(KIOSK)
            .turn_end("you open", probability)
            .says(3_500, 1_000, "when do you open")
            .run_to(6_500);
        assert_eq!(silence_before_final(&script, 4_500), wanted, "{probability}");
    }
}

#[test]
fn a_judgement_from_before_the_last_voice_is_forgotten() {
    // The first half is waited for; the whole has no judgement and goes by the rules.
    let script = Script::new(KIOSK)
        .turn_end("I want a", 0.0)
        .says(3_500, 600, "I want a")
        .says(4_700, 600, "ticket")
        .means("I want a ticket", "ticket", 0.9)
        .run_to(7_000)
        .expect_line("caller: I want a ticket");
    assert_eq!(silence_before_final(&script, 5_300), 360);
}

#[test]
fn too_few_digits_are_no_end_whatever_a_model_says() {
    at_the_code(Script::new(KIOSK))
        .turn_end("four two", 0.99)
        .says(6_500, 800, "four two")
        .says(8_000, 800, "seven one")
        .run_to(10_000)
        .expect_line("caller: four two seven one");
}
