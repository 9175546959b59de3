//! Has the caller finished? How long a silence it takes to believe so depends on
//! what was said, on what the node asked for, and on the probability that a model
//! of turn ends gives, where there is one.
//!
//! Rules come first where they are sure: two digits of a code of four are not the
//! end, whatever a model says. Everywhere else the probability decides, and the
//! wait falls continuously with it. Pure functions: the silence itself is measured
//! by `call`, and the model is not known here.

use crate::output::Expectation;
use crate::slot;
use crate::turn::TurnTaking;

/// How finished an answer sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completeness {
    /// It is all that was asked for.
    Complete,
    /// A bare yes, no or thanks: often all there is, whatever was asked.
    Likely,
    /// Nothing speaks for or against more to come.
    Open,
    /// The last word asks for another: "my", "to", "um".
    Hanging,
    /// More must come: too few digits, or nothing but a greeting.
    Incomplete,
}

/// Words after which nobody has finished speaking.
const HANGING_WORDS: [&str; 36] = [
    "a", "an", "and", "are", "as", "at", "because", "but", "by", "can", "could", "for", "from",
    "i", "i'd", "i'm", "if", "in", "is", "like", "my", "of", "or", "our", "so", "that's", "the",
    "their", "to", "uh", "um", "was", "with", "would", "your", "er",
];

/// Words of a greeting: after nothing else, the wish is still to come.
const GREETING_WORDS: [&str; 10] =
    ["hi", "hello", "hey", "good", "morning", "afternoon", "evening", "day", "there", "yes"];
/// Words that close a turn.
const CLOSING_WORDS: [&str; 6] = ["thanks", "thank", "please", "bye", "goodbye", "okay"];
/// A bare answer has at most this many words.
const BARE_WORDS_MAX: usize = 4;
/// A greeting has one of these.
const SURE_GREETINGS: [&str; 4] = ["hi", "hello", "hey", "good"];

/// How finished `text` sounds as an answer to what was expected.
pub(crate) fn completeness(text: &str, expectation: &Expectation) -> Completeness {
    match expectation {
        Expectation::Digits { digits_min, digits_max } => {
            let said = slot::digits(text).len();
            if said > 0 && said < *digits_min {
                return Completeness::Incomplete;
            }
            // A number of open length may go on, a full one cannot.
            if said >= *digits_max {
                return Completeness::Complete;
            }
        }
        Expectation::Anything if only_greets(text) => return Completeness::Incomplete,
        Expectation::YesNo if slot::yes_no(text).is_some() && !hangs(text) => {
            return Completeness::Complete;
        }
        _ => {}
    }
    match text {
        text if hangs(text) => Completeness::Hanging,
        text if is_bare_answer(text) => Completeness::Likely,
        _ => Completeness::Open,
    }
}

/// From this probability of the end on, a turn is waited for as a complete one.
const SURE_END: f32 = 0.9;
/// At this probability the wait is the one of a turn of which nothing is known.
const EVEN: f32 = 0.6;
/// Up to this probability a turn is waited for as an incomplete one.
const SURE_PAUSE: f32 = 0.1;
/// A last word that hangs in the air halves the probability: "where is it from" ends,
/// "I come from" does not.
const HANGING_SHARE: f32 = 0.5;

/// The silence that ends a turn of this completeness, ms. `turn_end` is the
/// probability, 0 to 1, that the caller has finished, where somebody has judged it.
pub(crate) fn silence_ms(
    completeness: Completeness,
    turn_end: Option<f32>,
    thresholds: &TurnTaking,
) -> u64 {
    let turn_end = turn_end.filter(|probability| probability.is_finite());
    match (completeness, turn_end) {
        (Completeness::Complete, _) => thresholds.endpoint_complete_ms,
        (Completeness::Incomplete, _) | (Completeness::Hanging, None) => {
            thresholds.endpoint_incomplete_ms
        }
        (Completeness::Open | Completeness::Likely, None) => thresholds.endpoint_ms,
        (Completeness::Likely, Some(probability)) => wait_ms(probability.max(EVEN), thresholds),
        (Completeness::Open, Some(probability)) => wait_ms(probability, thresholds),
        (Completeness::Hanging, Some(probability)) => {
            wait_ms(probability * HANGING_SHARE, thresholds)
        }
    }
}

/// The wait for a probability: straight lines between the three endpoints, so that it
/// never jumps when the probability moves a little.
fn wait_ms(probability: f32, thresholds: &TurnTaking) -> u64 {
    let (longest, even, shortest) = (
        thresholds.endpoint_incomplete_ms,
        thresholds.endpoint_ms,
        thresholds.endpoint_complete_ms,
    );
    if probability <= EVEN {
        between(longest, even, (probability - SURE_PAUSE) / (EVEN - SURE_PAUSE))
    } else {
        between(even, shortest, (probability - EVEN) / (SURE_END - EVEN))
    }
}

/// `share` of the way from one time to another, ms; outside 0 to 1 the nearer of them.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "waits of at most a minute, never negative"
)]
fn between(from_ms: u64, to_ms: u64, share: f32) -> u64 {
    let share = share.clamp(0.0, 1.0);
    (from_ms as f32 * (1.0 - share) + to_ms as f32 * share).round() as u64
}

fn only_greets(text: &str) -> bool {
    let words = slot::words(text);
    words.iter().any(|word| SURE_GREETINGS.contains(&word.as_str()))
        && words.iter().all(|word| GREETING_WORDS.contains(&word.as_str()))
}

/// "No thank you", "yes please", "thanks bye".
fn is_bare_answer(text: &str) -> bool {
    let words = slot::words(text);
    let closes = words.iter().any(|word| CLOSING_WORDS.contains(&word.as_str()));
    words.len() <= BARE_WORDS_MAX && (closes || slot::is_plain_answer(&words) && words.len() < 3)
}

fn hangs(text: &str) -> bool {
    let last = slot::words(text).pop();
    last.is_some_and(|word| HANGING_WORDS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged_by_what_was_asked() {
        use Completeness::{Complete, Hanging, Incomplete, Likely, Open};
        let code = Expectation::Digits { digits_min: 4, digits_max: 4 };
        let phone = Expectation::Digits { digits_min: 6, digits_max: 12 };
        for (text, expectation, wanted) in [
            ("hi", &Expectation::Anything, Incomplete),
            ("good morning", &Expectation::Anything, Incomplete),
            ("hi I lost my card", &Expectation::Anything, Open),
            ("four two", &code, Incomplete),
            ("four two seven one", &code, Complete),
            ("4271", &code, Complete),
            ("I don't know it", &code, Open),
            ("one two three four five six", &phone, Open),
            ("yes", &Expectation::YesNo, Complete),
            ("no thank you", &Expectation::YesNo, Complete),
            ("yes and", &Expectation::YesNo, Hanging),
            ("I lost my card", &Expectation::Anything, Open),
            ("I lost my", &Expectation::Anything, Hanging),
            ("I'd like to, um", &Expectation::Anything, Hanging),
            ("yes", &Expectation::Anything, Likely),
            ("no thank you", &Expectation::Anything, Likely),
            ("no I", &Expectation::Anything, Hanging),
            ("no it does not work", &Expectation::Anything, Open),
            ("", &Expectation::Anything, Open),
        ] {
            assert_eq!(completeness(text, expectation), wanted, "{text}");
        }
    }

    #[test]
    fn without_a_probability_the_rules_alone_decide() {
        let thresholds = TurnTaking::default();
        let wait = |completeness| silence_ms(completeness, None, &thresholds);
        assert_eq!(wait(Completeness::Complete), 240);
        assert_eq!(wait(Completeness::Open), 360);
        assert_eq!(wait(Completeness::Hanging), 1_000);
        assert_eq!(wait(Completeness::Incomplete), 1_000);
        assert_eq!(silence_ms(Completeness::Open, Some(f32::NAN), &thresholds), 360);
    }

    #[test]
    fn the_wait_falls_with_the_probability_and_never_jumps() {
        let thresholds = TurnTaking::default();
        let wait =
            |step: u16| silence_ms(Completeness::Open, Some(f32::from(step) / 100.0), &thresholds);
        assert_eq!(wait(0), thresholds.endpoint_incomplete_ms);
        assert_eq!(wait(60), thresholds.endpoint_ms);
        assert_eq!(wait(100), thresholds.endpoint_complete_ms);
        for step in 0..100 {
            let (now, next) = (wait(step), wait(step + 1));
            assert!(now >= next && now - next <= 20, "{step}: {now} then {next}");
        }
    }

    #[test]
    fn rules_that_are_sure_win_over_the_probability() {
        let thresholds = TurnTaking::default();
        let wait = |completeness| silence_ms(completeness, Some(0.99), &thresholds);
        assert_eq!(wait(Completeness::Incomplete), 1_000);
        assert!(wait(Completeness::Hanging) > thresholds.endpoint_ms);
        assert_eq!(silence_ms(Completeness::Complete, Some(0.01), &thresholds), 240);
        assert_eq!(silence_ms(Completeness::Likely, Some(0.01), &thresholds), 360);
        assert_eq!(silence_ms(Completeness::Likely, Some(0.99), &thresholds), 240);
    }
}
