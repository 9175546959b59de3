//! The rules of Spanish: what dates, money, numbers, addresses and abbreviations are spoken as.
//!
//! Figures are read as they are written in Spain and most of America: a point or space parts thousands and a
//! comma decimals; a point before one or two figures is a decimal point, and behind a peso or dollar sign a
//! comma before three figures parts thousands, as in Mexico. The order of [`RULES`] matters: the more
//! particular rule comes first.

use super::{Hit, Place, Rule};

mod date;
mod electronic;
mod figure;
mod fraction;
mod measure;
mod money;
mod number;
mod ordinal;
mod phone;
mod time;
mod word;

/// The rules in the order in which they are tried.
pub static RULES: [Rule; 18] = [
    rule(electronic::address),
    rule(phone::phone),
    range(date::date),
    range(time::clock),
    range(money::money),
    rule(ordinal::ordinal),
    rule(fraction::measured),
    range(measure::measure),
    rule(fraction::fraction),
    rule(figure::code),
    range(figure::decimal),
    range(figure::cardinal),
    rule(date::era),
    rule(word::roman),
    rule(word::abbreviation),
    rule(figure::serial),
    rule(word::word),
    rule(word::symbol),
];

const fn rule(find: fn(Place<'_>) -> Option<Hit>) -> Rule {
    Rule { find, ranges: false }
}

const fn range(find: fn(Place<'_>) -> Option<Hit>) -> Rule {
    Rule { find, ranges: true }
}

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

/// Whether a minus sign may stand here: after a space or an opening sign, not inside a word.
fn sign_fits(place: Place<'_>, sign: &str) -> bool {
    sign.is_empty()
        || !place.before().ends_with(|c: char| !c.is_whitespace() && !"([=$\"¿¡".contains(c))
}

/// The spoken minus sign, if there is one.
fn minus(sign: &str) -> &'static str {
    if sign.is_empty() { "" } else { "menos " }
}

#[cfg(test)]
mod tests;
