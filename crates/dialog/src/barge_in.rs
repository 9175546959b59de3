//! The caller made a sound while the agent spoke: an interruption, or only "mhm"?
//!
//! Pure functions: pausing and resuming the agent is done by `call`.

use crate::output::Expectation;
use crate::slot;
use crate::turn::TurnTaking;

/// What a sound over the agent was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not known yet.
    Wait,
    /// The caller agrees, coughs or hums: the agent goes on.
    GoOn,
    /// The caller wants to speak: the agent stops.
    Interruption,
}

/// What is known about a sound over the agent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sound<'a> {
    /// The words so far, empty when there are none.
    pub text: &'a str,
    /// Whether the words are all there are: the recogniser was asked after the silence.
    pub text_is_final: bool,
    /// Voiced time, ms.
    pub voiced_ms: u64,
    /// Silence since the last voiced frame, ms.
    pub silence_ms: u64,
}

/// Judges a sound over the agent.
pub(crate) fn judge(
    sound: Sound<'_>,
    expectation: &Expectation,
    thresholds: &TurnTaking,
) -> Verdict {
    if !is_back_channel(sound.text, expectation, thresholds) {
        return Verdict::Interruption;
    }
    if sound.voiced_ms >= thresholds.interruption_ms_min {
        return Verdict::Interruption;
    }
    let heard_out = sound.text_is_final && sound.silence_ms >= thresholds.judge_silence_ms;
    if heard_out || sound.silence_ms >= thresholds.judge_ms_max {
        return Verdict::GoOn;
    }
    Verdict::Wait
}

/// Whether the words only say "go on"; no words say it too. When the question is yes
/// or no, a "yeah" is an answer.
pub(crate) fn is_back_channel(
    text: &str,
    expectation: &Expectation,
    thresholds: &TurnTaking,
) -> bool {
    let words = slot::words(text);
    if *expectation == Expectation::YesNo && slot::is_plain_answer(&words) {
        return false;
    }
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let matched = thresholds.back_channels.iter().map(|phrase| starts_with(rest, phrase)).max();
        match matched {
            Some(count) if count > 0 => rest = &rest[count..],
            _ => return false,
        }
    }
    true
}

/// How many words the phrase takes from the start of `words`; 0 when it is not there.
fn starts_with(words: &[String], phrase: &str) -> usize {
    let count = phrase.split_whitespace().count();
    let there = words.len() >= count
        && phrase.split_whitespace().zip(words).all(|(want, word)| want == word);
    if there { count } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_channels_are_told_from_words() {
        let thresholds = TurnTaking::default();
        let is = |text| is_back_channel(text, &Expectation::Anything, &thresholds);
        for text in ["", "Mhm.", "uh huh", "okay, right", "Yeah yeah", "I see"] {
            assert!(is(text), "{text}");
        }
        for text in ["wait", "okay but", "no", "stop", "yeah I know"] {
            assert!(!is(text), "{text}");
        }
        assert!(!is_back_channel("yeah", &Expectation::YesNo, &thresholds));
        assert!(is_back_channel("mhm", &Expectation::YesNo, &thresholds));
        assert!(is_back_channel("okay", &Expectation::YesNo, &thresholds));
    }
}
