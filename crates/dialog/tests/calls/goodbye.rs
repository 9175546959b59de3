//! The line is cut only after the goodbye was heard, and never later than a bound.

use hearsay_dialog::{CallTime, Input, Output};

use crate::KIOSK;
use crate::script::Script;

fn typed(text: &str, at: u64, script: &mut Script) {
    let input = Input::Final {
        utterance: script.call.utterance(),
        text: text.to_owned().into(),
        confidence: 1.0,
        words: Vec::new(),
    };
    script.call.handle(CallTime(at), input);
}

#[test]
fn hangup_follows_the_last_sample_of_the_goodbye() {
    Script::new(KIOSK)
        .says(3_500, 600, "opening hours")
        .means("opening hours", "hours", 0.9)
        .says(8_500, 300, "no")
        .run_to(20_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.460 finalize
            4.500 caller: opening hours
            4.520 node hours (host)
            4.520 ava> We open at nine in the morning. Do you want a ticket? (Reply)
            8.180 heard: We open at nine in the morning. Do you want a ticket?
            9.040 finalize
            9.080 caller: no
            9.080 node bye (host)
            9.080 ava> Goodbye. (Goodbye)
            9.440 heard: Goodbye.
            9.440 ended completed
            9.440 hangup completed
            "#,
        );
}

#[test]
fn the_caller_cannot_keep_the_line_by_speaking_over_the_goodbye() {
    Script::new(KIOSK)
        .says(3_500, 600, "opening hours")
        .means("opening hours", "hours", 0.9)
        .says(8_500, 300, "no")
        .says(9_300, 30_000, "wait wait wait")
        .run_to(20_000)
        .expect_line("heard: Goodbye.")
        .expect_line("hangup completed");
}

#[test]
fn a_goodbye_that_is_never_played_does_not_hold_the_line() {
    let mut script = Script::new(&KIOSK.replace("start: hello", "start: hours").replace(
        "- {on: \"no\", to: bye}",
        "- {on: \"no\", to: bye}\n        - {on: hours, to: hello}",
    ));
    let drain = |script: &mut Script| {
        let mut last = None;
        while let Some(output) = script.call.poll() {
            if let Output::Speak(speak) = &output {
                last = Some(speak.reply);
            }
        }
        last
    };
    script.call.handle(CallTime(0), Input::Connected);
    let question = drain(&mut script).expect("a question");
    script.call.handle(CallTime(100), Input::PlaybackDone { reply: question });
    typed("no", 200, &mut script);
    let goodbye = drain(&mut script).expect("a goodbye");
    for at in (220..40_000).step_by(20) {
        script.call.handle(CallTime(at), Input::Played { reply: goodbye, played_ms: at });
        script.call.handle(CallTime(at), Input::Wake);
        if script.call.is_ended() {
            assert!(at <= 200 + 15_000 + 20, "{at}");
            return;
        }
    }
    panic!("the line was held");
}

#[test]
fn the_caller_who_hangs_up_ends_everything() {
    Script::new(KIOSK).at(1_000, Input::CallerGone).run_to(3_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            1.000 flush
            1.000 heard only: Welcome to the
            1.000 ended caller_gone
            "#,
    );
}
