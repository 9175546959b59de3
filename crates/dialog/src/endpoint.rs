//! Has the caller finished? How long a silence it takes to believe so depends on
//! what was said and on what the node asked for.
//!
//! Pure functions: the silence itself is measured by `call`.

use crate::output::Expectation;
use crate::slot;
use crate::turn::TurnTaking;

/// How finished an answer sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completeness {
    /// It is all that was asked for.
    Complete,
    /// Nothing speaks for or against more to come.
    Open,
    /// More must come: too few digits, or a sentence that hangs in the air.
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
    if hangs(text) { Completeness::Incomplete } else { Completeness::Open }
}

/// The silence that ends a turn of this completeness, ms.
pub(crate) fn silence_ms(completeness: Completeness, thresholds: &TurnTaking) -> u64 {
    match completeness {
        Completeness::Complete => thresholds.endpoint_complete_ms,
        Completeness::Open => thresholds.endpoint_ms,
        Completeness::Incomplete => thresholds.endpoint_incomplete_ms,
    }
}

fn only_greets(text: &str) -> bool {
    let words = slot::words(text);
    words.iter().any(|word| SURE_GREETINGS.contains(&word.as_str()))
        && words.iter().all(|word| GREETING_WORDS.contains(&word.as_str()))
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
        use Completeness::{Complete, Incomplete, Open};
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
            ("yes and", &Expectation::YesNo, Incomplete),
            ("I lost my card", &Expectation::Anything, Open),
            ("I lost my", &Expectation::Anything, Incomplete),
            ("I'd like to, um", &Expectation::Anything, Incomplete),
            ("", &Expectation::Anything, Open),
        ] {
            assert_eq!(completeness(text, expectation), wanted, "{text}");
        }
    }
}
