//! The rules of English: what dates, money, numbers, addresses and abbreviations are spoken as.
//! The order of [`RULES`] matters: the more particular rule comes first.

use super::{Hit, Place, Rule};

mod date;
mod electronic;
mod figure;
mod measure;
mod money;
mod phone;
mod time;
mod word;

/// The rules in the order in which they are tried.
pub static RULES: [Rule; 24] = [
    rule(word::phones),
    rule(electronic::address),
    rule(phone::phone),
    range(time::clock),
    range(date::date),
    range(money::money),
    rule(measure::unit_range),
    rule(figure::span),
    range(measure::percent),
    range(measure::measure),
    range(date::decade),
    rule(figure::house_number),
    rule(figure::version),
    rule(figure::ratio),
    rule(figure::code),
    rule(figure::fraction),
    rule(figure::ordinal),
    range(figure::year),
    rule(figure::decimal),
    rule(figure::cardinal),
    rule(word::roman),
    rule(word::abbreviation),
    rule(word::word),
    rule(word::symbol),
];

const fn rule(find: fn(Place<'_>) -> Option<Hit>) -> Rule {
    Rule { find, ranges: false }
}

const fn range(find: fn(Place<'_>) -> Option<Hit>) -> Rule {
    Rule { find, ranges: true }
}

/// Makes a function that gives a regular expression, compiled once.
macro_rules! pattern {
    ($name:ident, $expression:expr) => {
        fn $name() -> &'static regex::Regex {
            static COMPILED: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
                regex::Regex::new($expression).expect("a constant expression, compiled by a test")
            });
            &COMPILED
        }
    };
}
pub(crate) use pattern;

/// Whether a token may begin here: not inside a word or a number.
fn begins(place: Place<'_>) -> bool {
    !place.before().ends_with(|c: char| c.is_alphanumeric())
}

/// Whether a token may end after `len` bytes: no letter or figure follows at once, nor a point or comma
/// that carries a number on.
fn ends(rest: &str, len: usize) -> bool {
    let mut after = rest[len..].chars();
    match after.next() {
        None => true,
        Some('.' | ',') => !after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_alphanumeric(),
    }
}
