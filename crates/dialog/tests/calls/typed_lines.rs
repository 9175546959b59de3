//! The same call in text: no voice, no recogniser, no playback times.

use std::sync::Arc;

use hearsay_dialog::{Agent, Call, CallInfo, CallTime, Input, Output, SpeakKind};

use crate::KIOSK;

/// What the agent says until it waits again; each reply counts as heard at once.
fn replies(call: &mut Call, now: CallTime) -> Vec<String> {
    let mut said = Vec::new();
    while let Some(output) = call.poll() {
        if let Output::Speak(speak) = output {
            said.push(speak.text.into_exposed());
            call.handle(now, Input::PlaybackDone { reply: speak.reply });
            assert_ne!(speak.kind, SpeakKind::Filler);
        }
    }
    said
}

#[test]
fn a_conversation_by_keyboard() {
    let agent = Agent::parse(&KIOSK.replace("start: hello", "start: hours").replace(
        "- {on: \"no\", to: bye}",
        "- {on: \"no\", to: bye}\n        - {on: ticket, to: hello}",
    ));
    let mut call =
        Call::new(Arc::new(agent.unwrap_or_else(|errors| panic!("{errors}"))), CallInfo::default());
    call.handle(CallTime(0), Input::Connected);
    assert_eq!(
        replies(&mut call, CallTime(0)),
        ["We open at nine in the morning. Do you want a ticket?"]
    );
    let typed = |call: &mut Call, at, text: &str| {
        let utterance = call.utterance();
        let text = text.to_owned().into();
        call.handle(
            CallTime(at),
            Input::Final { utterance, text, confidence: 1.0, words: Vec::new() },
        );
        replies(call, CallTime(at))
    };
    assert_eq!(typed(&mut call, 1_000, ""), Vec::<String>::new());
    assert_eq!(typed(&mut call, 2_000, "yes"), ["Your four digits please."]);
    assert_eq!(
        typed(&mut call, 3_000, "what"),
        ["Sorry, I did not get that. Your four digits please."]
    );
    typed(&mut call, 4_000, "4271");
    assert_eq!(call.node(), "check");
}
