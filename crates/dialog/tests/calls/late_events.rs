//! News about what is over is dropped.

use hearsay_dialog::{
    CallTime, Input, IntentScore, Pii, ReplyId, SpeechPlanned, ThinkId, Thought, ToolCallId, Turn,
    UtteranceId,
};

use crate::KIOSK;
use crate::script::Script;

#[test]
fn nothing_about_the_past_or_the_future_changes_the_call() {
    let text = || Pii::new("a ticket".to_owned());
    let far = 999;
    let late = vec![
        Input::Interim { utterance: UtteranceId(far), text: text() },
        Input::Preview { utterance: UtteranceId(far), text: text() },
        Input::TurnEnd { utterance: UtteranceId(far), probability: 0.99 },
        Input::Final {
            utterance: UtteranceId(far),
            text: text(),
            confidence: 1.0,
            words: Vec::new(),
        },
        Input::Thought(Thought {
            think: ThinkId(far),
            intents: vec![IntentScore { name: "ticket".to_owned(), probability: 1.0 }],
            out_of_scope: 0.0,
        }),
        Input::SpeechPlanned(SpeechPlanned {
            reply: ReplyId(far),
            part: 0,
            words: Vec::new(),
            duration_ms: 10,
        }),
        Input::Played { reply: ReplyId(far), played_ms: 1_000 },
        Input::PlaybackDone { reply: ReplyId(far) },
        Input::ToolDone { tool_call: ToolCallId(far), outcome: Ok(serde_json::json!({})) },
        Input::Connected,
    ];
    let mut script = Script::new(KIOSK).run_to(1_000);
    for input in late {
        script.call.handle(CallTime(1_000), input);
        assert!(script.call.poll().is_none());
        assert!(matches!(script.call.turn(), Turn::AgentSpeaking { .. }));
    }
}

#[test]
fn a_reply_that_was_cut_cannot_end_the_next_one() {
    let mut script = Script::new(KIOSK)
        .says(1_000, 1_200, "when do you open")
        .means("when do you open", "hours", 0.9)
        .run_to(3_000);
    assert_eq!(script.call.turn(), Turn::AgentSpeaking { reply: ReplyId(2) });
    script.call.handle(CallTime(3_000), Input::PlaybackDone { reply: ReplyId(1) });
    assert_eq!(script.call.turn(), Turn::AgentSpeaking { reply: ReplyId(2) });
}

#[test]
fn nothing_happens_before_the_call_is_answered_or_after_its_end() {
    let mut script = Script::new(KIOSK);
    script.call.handle(CallTime(0), Input::Voice { speech: 1.0 });
    script.call.handle(CallTime(10), Input::Digit('1'));
    assert!(script.call.poll().is_none() && script.call.next_wake().is_none());
    script.call.handle(CallTime(20), Input::CallerGone);
    while script.call.poll().is_some() {}
    script.call.handle(CallTime(30), Input::Connected);
    assert!(script.call.poll().is_none() && script.call.next_wake().is_none());
}
