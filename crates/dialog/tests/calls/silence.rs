//! Nobody speaks: the question is put again, and in the end the agent says goodbye.

use crate::KIOSK;
use crate::script::Script;

#[test]
fn two_reprompts_then_goodbye_then_hangup() {
    Script::new(KIOSK).run_to(60_000).expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            10.060 ava> Are you still there? Welcome to the museum. What can I do for you? (Reprompt)
            14.320 heard: Are you still there? Welcome to the museum. What can I do for you?
            21.320 ava> Are you still there? Welcome to the museum. What can I do for you? (Reprompt)
            25.580 heard: Are you still there? Welcome to the museum. What can I do for you?
            32.580 ava> I can't hear you, so I will hang up now. Goodbye. (Goodbye)
            35.940 heard: I can't hear you, so I will hang up now. Goodbye.
            35.940 ended silence
            35.940 hangup silence
            "#,
        );
}

#[test]
fn silence_can_have_its_own_edge_and_words() {
    let yaml = KIOSK
        .replace("say: Welcome", "reprompt: Hello?\n      max_reprompts: 1\n      say: Welcome")
        .replace(
            "- {on: ticket, to: code}",
            "- {on: ticket, to: code}\n        - {on: silence, to: bye}",
        );
    Script::new(&yaml).run_to(60_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            10.060 ava> Hello? (Reprompt)
            10.420 heard: Hello?
            17.420 node bye (host)
            17.420 ava> Goodbye. (Goodbye)
            17.780 heard: Goodbye.
            17.780 ended completed
            17.780 hangup completed
            "#,
    );
}

#[test]
fn music_without_words_is_not_understood_and_cannot_hold_the_line() {
    let script = Script::new(KIOSK).says(3_500, 600_000, "").run_to(600_000);
    assert!(script.call.is_ended());
    script.expect_line("ended not_understood");
}
