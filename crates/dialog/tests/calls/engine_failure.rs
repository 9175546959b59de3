//! Parts of the engine fail: the caller hears about it and the call goes on or ends.

use hearsay_dialog::{EnginePart, Input};

use crate::KIOSK;
use crate::script::Script;

fn fails(part: EnginePart) -> Input {
    Input::EngineFailed { part, reason: "it broke".to_owned() }
}

#[test]
fn a_failed_recogniser_asks_to_say_it_again() {
    Script::new(KIOSK)
        .says(3_500, 600, "a ticket")
        .at(3_900, fails(EnginePart::Listen))
        .run_to(4_300)
        .expect_line(
            "ava> Sorry, I had a problem hearing you. Could you say that again? (Reprompt)",
        );
}

#[test]
fn a_failed_voice_skips_the_reply_and_the_question_comes_again() {
    Script::new(KIOSK).at(500, fails(EnginePart::Speak)).run_to(8_000).expect_line("(Reprompt)");
}

#[test]
fn a_playback_that_stands_still_does_not_hold_the_line() {
    let mut script = Script::new(KIOSK);
    script.call.handle(hearsay_dialog::CallTime(0), Input::Connected);
    while script.call.poll().is_some() {}
    let mut wakes = 0;
    while let Some(at) = script.call.next_wake() {
        script.call.handle(at, Input::Wake);
        while script.call.poll().is_some() {}
        wakes += 1;
        assert!(wakes < 1_000);
    }
    assert!(script.call.is_ended());
}

#[test]
fn too_many_failures_end_the_call_with_a_word() {
    let mut script = Script::new(KIOSK);
    for at in [3_500, 3_600, 3_700, 3_800] {
        script = script.at(at, fails(EnginePart::Think));
    }
    script
        .run_to(30_000)
        .expect_line("heard: I am sorry, something went wrong on our side. Please call again later. Goodbye.")
        .expect_line("hangup engine_failed");
}
