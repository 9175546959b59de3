//! The rules of Hindi: what dates, money, numbers, addresses and abbreviations are spoken as.
//!
//! Figures may be Devanagari ("५") or not ("5"); a comma parts lakhs and thousands, a point decimals. Latin
//! words stay as they are, but for units, addresses of the net and "4th". The order of [`RULES`] matters: the
//! more particular rule comes first.

use super::{Hit, Place, Rule};

mod electronic;
mod figure;
mod latin;
mod measure;
mod moment;
mod money;
mod number;
mod place;
mod word;

/// The rules in the order in which they are tried.
pub static RULES: [Rule; 17] = [
    rule(electronic::address),
    rule(figure::phone),
    rule(moment::date),
    rule(moment::clock),
    range(money::money),
    rule(place::in_address),
    rule(figure::ordinal),
    rule(measure::times),
    range(measure::measure),
    rule(figure::fraction),
    rule(moment::year),
    rule(figure::code),
    range(figure::decimal),
    range(figure::cardinal),
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

/// Whether a character is a figure of either script.
fn is_figure(c: char) -> bool {
    c.is_ascii_digit() || ('०'..='९').contains(&c)
}

/// Whether a character belongs to a word: letters, figures and the signs on letters.
fn in_word(c: char) -> bool {
    c.is_alphanumeric() || crate::language::is_devanagari(c) && !matches!(c, '।' | '॥' | '॰')
}

/// Whether a token may begin here: not inside a word or a number.
fn begins(place: Place<'_>) -> bool {
    !place.before().ends_with(in_word)
}

/// Whether a token may end after `len` bytes: no letter or figure follows at once, nor a point or comma that
/// carries a number on.
fn ends(rest: &str, len: usize) -> bool {
    let mut after = rest[len..].chars();
    match after.next() {
        None => true,
        Some('.' | ',') => !after.next().is_some_and(is_figure),
        Some(c) => !in_word(c),
    }
}

/// The word that ends before the place, with nothing but spaces and a few signs between; signs on letters
/// belong to it.
fn word_before(place: Place<'_>) -> &str {
    let before = place.before().trim_end_matches([' ', ':', '#', '-', '.']);
    before.rsplit(|c: char| !in_word(c)).next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
