//! Sounds over the agent as people make them, each with what it is.

use super::Place::{LastSentence, MidSentence, SentenceEnd};
use super::Verdict::{GoOn, Interruption};
use super::*;

/// A sound that is over and whose words are all known.
fn finished(text: &str, voiced_ms: u64, place: Place, agreements: u32) -> Sound<'_> {
    Sound { text, text_is_final: true, voiced_ms, silence_ms: 240, place, agreements }
}

#[track_caller]
fn check(cases: &[(&str, u64, Place, Verdict)], expectation: &Expectation) {
    for &(text, voiced_ms, place, wanted) in cases {
        let sound = finished(text, voiced_ms, place, 0);
        let found = judge(sound, expectation, &TurnTaking::default());
        assert_eq!(found, wanted, "{text:?} of {voiced_ms} ms, {place:?}, {expectation:?}");
    }
}

#[test]
fn listeners_are_not_interrupting() {
    check(
        &[
            ("", 200, MidSentence, GoOn),
            ("", 480, SentenceEnd, GoOn),
            ("Mhm.", 300, SentenceEnd, GoOn),
            ("mhm", 900, MidSentence, GoOn),
            ("mm hmm", 700, SentenceEnd, GoOn),
            ("uh huh", 420, MidSentence, GoOn),
            ("uh huh uh huh", 1_100, MidSentence, GoOn),
            ("okay", 300, SentenceEnd, GoOn),
            ("Okay.", 520, MidSentence, GoOn),
            ("okay, right", 700, SentenceEnd, GoOn),
            ("yeah", 260, MidSentence, GoOn),
            ("yeah yeah", 500, MidSentence, GoOn),
            ("yes", 280, MidSentence, GoOn),
            ("right", 320, MidSentence, GoOn),
            ("I see", 460, SentenceEnd, GoOn),
            ("oh I see", 640, SentenceEnd, GoOn),
            ("got it", 400, SentenceEnd, GoOn),
            ("okay got it", 640, SentenceEnd, GoOn),
            ("all right", 420, MidSentence, GoOn),
            ("sure", 340, SentenceEnd, GoOn),
            ("great", 360, SentenceEnd, GoOn),
            ("wow", 500, MidSentence, GoOn),
            ("um", 300, MidSentence, GoOn),
            ("makes sense", 540, SentenceEnd, GoOn),
            ("of course", 500, MidSentence, GoOn),
        ],
        &Expectation::Anything,
    );
}

#[test]
fn those_who_want_the_turn_get_it() {
    check(
        &[
            ("wait", 260, MidSentence, Interruption),
            ("stop", 280, MidSentence, Interruption),
            ("no", 200, MidSentence, Interruption),
            ("no no no", 600, SentenceEnd, Interruption),
            ("hold on", 400, MidSentence, Interruption),
            ("sorry", 380, MidSentence, Interruption),
            ("excuse me", 500, SentenceEnd, Interruption),
            ("okay but", 480, SentenceEnd, Interruption),
            ("yeah I know", 580, MidSentence, Interruption),
            ("right but how much is it", 590, SentenceEnd, Interruption),
            ("um can I", 500, MidSentence, Interruption),
            ("uh what", 420, MidSentence, Interruption),
            ("what", 240, MidSentence, Interruption),
            ("hello", 360, MidSentence, Interruption),
            ("I lost my card", 590, MidSentence, Interruption),
            ("four two seven one", 590, MidSentence, Interruption),
            ("agent please", 560, SentenceEnd, Interruption),
            ("yeah yeah yeah", 590, MidSentence, Interruption),
            ("okay okay okay okay", 590, SentenceEnd, Interruption),
            ("", 620, MidSentence, Interruption),
            ("okay", 640, MidSentence, Interruption),
        ],
        &Expectation::Anything,
    );
}

#[test]
fn an_answer_counts_once_its_question_has_been_asked() {
    check(
        &[
            ("yeah", 260, LastSentence, Interruption),
            ("yes", 260, LastSentence, Interruption),
            ("yes please", 480, LastSentence, Interruption),
            ("no", 220, LastSentence, Interruption),
            ("no thank you", 560, LastSentence, Interruption),
            ("sure", 320, LastSentence, Interruption),
            ("correct", 420, LastSentence, Interruption),
            ("of course", 460, LastSentence, Interruption),
            ("yeah", 260, MidSentence, GoOn),
            ("yes", 260, SentenceEnd, GoOn),
            ("sure", 320, MidSentence, GoOn),
            ("mhm", 300, LastSentence, GoOn),
            ("okay", 320, LastSentence, GoOn),
            ("uh huh", 420, LastSentence, GoOn),
        ],
        &Expectation::YesNo,
    );
    let code = Expectation::Digits { digits_min: 4, digits_max: 4 };
    check(
        &[
            ("yeah", 260, LastSentence, GoOn),
            ("okay", 300, LastSentence, GoOn),
            ("four", 300, LastSentence, Interruption),
            ("okay four two", 590, LastSentence, Interruption),
        ],
        &code,
    );
}

#[test]
fn a_third_agreement_inside_a_sentence_wants_the_turn() {
    let judged = |text, place, agreements| {
        judge(
            finished(text, 300, place, agreements),
            &Expectation::Anything,
            &TurnTaking::default(),
        )
    };
    assert_eq!(judged("okay", MidSentence, 1), GoOn);
    assert_eq!(judged("okay", MidSentence, 2), Interruption);
    assert_eq!(judged("okay", SentenceEnd, 2), GoOn);
    assert_eq!(judged("mhm", MidSentence, 9), GoOn);
}

#[test]
fn nothing_is_decided_before_it_can_be() {
    let mut sound = finished("", 200, MidSentence, 0);
    let judged = |sound| judge(sound, &Expectation::Anything, &TurnTaking::default());
    sound.text_is_final = false;
    assert_eq!(judged(sound), Verdict::Wait);
    sound.silence_ms = 600;
    assert_eq!(judged(sound), GoOn);
    sound.silence_ms = 0;
    sound.text = "okay";
    assert_eq!(judged(sound), Verdict::Wait);
    sound.text = "okay I";
    assert_eq!(judged(sound), Interruption);
}

#[test]
fn an_author_may_ask_for_more_words() {
    let thresholds = TurnTaking { interruption_words_min: 2, ..TurnTaking::default() };
    let judged = |text, voiced_ms| {
        let sound = finished(text, voiced_ms, MidSentence, 0);
        judge(sound, &Expectation::Anything, &thresholds)
    };
    assert_eq!(judged("tickets", 300), GoOn);
    assert_eq!(judged("tickets", 700), Interruption);
    assert_eq!(judged("two tickets", 300), Interruption);
    assert_eq!(judged("okay tickets", 300), GoOn);
    assert_eq!(judged("stop", 300), Interruption);
}

#[test]
fn the_agents_place_is_found_from_what_was_heard() {
    let of = |heard, unheard| Place::of(heard, unheard, false);
    assert_eq!(of("We open at", "nine. Do you want a ticket?"), MidSentence);
    assert_eq!(of("We open at nine.", "Do you want a ticket?"), LastSentence);
    assert_eq!(of("We open at nine. Closed", "on Mondays. Do you want a ticket?"), SentenceEnd);
    assert_eq!(of("", "Welcome. What can I do?"), SentenceEnd);
    assert_eq!(of("All of it.", ""), LastSentence);
    assert_eq!(Place::of("One moment", "please.", true), MidSentence);
}

#[test]
fn what_was_heard_over_the_agent_is_kept_only_when_it_says_something() {
    let thresholds = TurnTaking::default();
    let is = |text, asked| is_back_channel(text, &Expectation::YesNo, asked, &thresholds);
    assert!(!is("yeah", true));
    assert!(is("yeah", false));
    assert!(is("mhm", true));
    assert!(is("okay", true));
    assert!(!is("wait", false));
    assert!(is_agreement("okay", &thresholds));
    assert!(!is_agreement("mhm", &thresholds));
    assert!(!is_agreement("", &thresholds));
}
