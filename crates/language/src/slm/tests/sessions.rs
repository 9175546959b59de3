//! Sharing, going back, and forgetting, each the same as reading afresh.

use super::super::kv::{Precision, Prefix, Session};
use super::*;

fn tokens(count: u32, step: u32) -> Vec<u32> {
    (0..count).map(|n| 3 + n * step % 509).collect()
}

/// The logits after one more token.
fn after(session: &mut Session) -> Vec<f32> {
    session.read(&[300], 1, |logits| logits.to_vec()).unwrap()
}

fn afresh(model: &Arc<Model>, tokens: &[u32]) -> Vec<f32> {
    let mut session = Session::new(model, Precision::Half);
    session.push(tokens).unwrap();
    after(&mut session)
}

#[test]
fn a_session_keeps_what_two_texts_share() {
    let model = stories(Weights::EightBits);
    let prefix = Prefix::new(&model, &tokens(40, 7), Precision::Half).unwrap();
    let mut session = Session::after(&prefix);
    assert_eq!(session.bytes() / 4, 40, "a session begins without numbers of its own");
    let mut text = tokens(40, 7);
    text.extend(tokens(20, 11));
    assert_eq!(session.sync(&text).unwrap(), 40);
    text.truncate(50);
    text.extend([9, 8, 7]);
    assert_eq!(session.sync(&text).unwrap(), 50, "the caller's words changed");
    assert_eq!(after(&mut session.clone()), afresh(&model, &text));
    assert_eq!(session.sync(&text).unwrap(), 53);
    // Even into the prefix, which stays whole for others.
    text.truncate(30);
    text.push(5);
    assert_eq!(session.sync(&text).unwrap(), 30);
    assert_eq!(after(&mut session), afresh(&model, &text));
    assert_eq!(after(&mut Session::after(&prefix)), afresh(&model, &tokens(40, 7)));
    assert_eq!(session.sync(&[]).unwrap(), 0);
    assert!(session.tokens().is_empty());
}

#[test]
fn memory_is_what_half_floats_need() {
    let model = stories(Weights::Float);
    let each = |precision| {
        let mut session = Session::new(&model, precision);
        session.push(&tokens(256, 7)).unwrap();
        session.bytes()
    };
    // Five layers of keys and values, four heads of eight each, and up to 64 rows to spare.
    let needed = 256 * 5 * 2 * 32 * 2;
    assert!((needed..needed * 3 / 2).contains(&each(Precision::Half)), "{}", each(Precision::Half));
    assert!(each(Precision::Float) > needed * 2);
    let prefix = Prefix::new(&model, &tokens(256, 7), Precision::Half).unwrap();
    assert_eq!(prefix.bytes(), needed);
}

#[test]
fn a_full_window_drops_the_oldest_turns() {
    let model = stories(Weights::EightBits);
    let prefix = Prefix::new(&model, &tokens(30, 7), Precision::Half).unwrap();
    let mut session = Session::after(&prefix).with_window(120);
    session.push(&tokens(10, 13)).unwrap();
    session.keep_state(30..40);
    for turn in 0..4 {
        session.begin_turn();
        session.push(&tokens(20, 17 + turn)).unwrap();
    }
    assert_eq!(session.make_room(0).unwrap(), 0);
    // 30 and 10 and 2 turns and 10 is 90, three quarters of the window.
    assert_eq!(session.make_room(10).unwrap(), 40);
    let kept = [tokens(30, 7), tokens(10, 13), tokens(20, 19), tokens(20, 20)].concat();
    assert_eq!(session.tokens(), kept);
    assert_eq!(after(&mut session.clone()), afresh(&model, &kept));
    assert_eq!(session.make_room(40).unwrap(), 0, "there is room");
    assert_eq!(session.make_room(60).unwrap(), 20, "turns are known at their new places");
    let kept = [tokens(30, 7), tokens(10, 13), tokens(20, 20)].concat();
    assert_eq!(session.tokens(), kept);
    let error = session.make_room(61).unwrap_err();
    assert_eq!(error, SlmError::Window { tokens: 121, window: 120 });
    assert_eq!(session.tokens(), kept, "nothing is lost for nothing");
}

#[test]
fn what_does_not_fit_is_an_error_with_both_numbers() {
    let model = stories(Weights::Float);
    assert_eq!(model.config().window, 512);
    let long = tokens(513, 7);
    let expected = SlmError::Window { tokens: 513, window: 512 };
    assert_eq!(Prefix::new(&model, &long, Precision::Half).unwrap_err(), expected);
    let mut session = Session::new(&model, Precision::Half);
    assert_eq!(session.push(&long).unwrap_err(), expected);
    assert!(expected.to_string().contains("513") && expected.to_string().contains("512"));
    let error = Generation::new(&mut session, &long, Options::default()).map(|_| ()).unwrap_err();
    assert_eq!(error, expected);
    session.push(&long[..512]).unwrap();
    assert!(session.push(&[3]).is_err());
    let empty = Generation::new(&mut session, &[], Options::default()).map(|_| ()).unwrap_err();
    assert_eq!(empty, SlmError::EmptyPrompt);
    assert_eq!(Prefix::new(&model, &[], Precision::Half).unwrap_err(), SlmError::EmptyPrompt);
    let mut session = Session::new(&model, Precision::Half);
    let outside = SlmError::Token { token: 512, vocabulary: 512 };
    assert_eq!(session.push(&[4, 512]).unwrap_err(), outside);
    assert!(session.tokens().is_empty());
}
