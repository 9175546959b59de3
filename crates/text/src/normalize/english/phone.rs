//! Telephone numbers, social security numbers, card numbers in groups and network addresses: figures that
//! are read one by one, with a short pause between the written groups.

use super::super::{Hit, Place};
use super::{begins, ends, figure, pattern};
use crate::number;

pattern!(
    north_american,
    r"\A(?:(\+?)([0-9]{1,3})[-. ]?)?(?:\(([0-9]{3})\)[-. ]?|([0-9]{3})[-. ])([0-9]{3})[-. ]([0-9]{4})(?:-([0-9]))?"
);
pattern!(international, r"\A\+([0-9]{1,3})((?:[-. ][0-9]{2,5}){2,5})");
pattern!(short_local, r"\A([0-9]{3})-([0-9]{4})");
pattern!(lettered, r"\A1-([0-9]{3})-([A-Z0-9]+(?:-[A-Z0-9]+)+|[A-Z]{4,10})");
pattern!(social, r"\A([0-9]{3})-([0-9]{2})-([0-9]{4})");
pattern!(card, r"\A([0-9]{4})[- ]([0-9]{4,6})[- ]([0-9]{4,5})(?:[- ]([0-9]{4}))?");
pattern!(network, r"\A([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})");
pattern!(plus_long, r"\A\+([0-9]{8,15})");

/// Figures in groups that are dialled, typed or looked up rather than counted.
pub(super) fn phone(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || !rest.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '(') {
        return None;
    }
    dialled(rest)
        .or_else(|| grouped(rest, social(), ", "))
        .or_else(|| grouped(rest, card(), ", "))
        .or_else(|| grouped(rest, network(), " dot "))
        .or_else(|| with_letters(rest))
        .or_else(|| grouped(rest, short_local(), ", "))
}

fn dialled(rest: &str) -> Option<Hit> {
    if let Some(m) = north_american().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let mut groups = Vec::new();
        if let Some(country) = m.get(2) {
            let plus = if m[1].is_empty() { "" } else { "plus " };
            groups.push(format!("{plus}{}", number::digits(country.as_str())));
        }
        groups.extend((3..8).filter_map(|i| m.get(i)).map(|g| group(g.as_str())));
        return Hit::new(m[0].len(), groups.join(", "));
    }
    if let Some(m) = international().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let mut groups = vec![format!("plus {}", number::digits(&m[1]))];
        groups.extend(m[2].split(['-', '.', ' ']).filter(|g| !g.is_empty()).map(number::digits));
        return Hit::new(m[0].len(), groups.join(", "));
    }
    let m = plus_long().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let groups: Vec<String> =
        m[1].as_bytes().chunks(3).map(|c| number::digits(&String::from_utf8_lossy(c))).collect();
    Hit::new(m[0].len(), format!("plus {}", groups.join(", ")))
}

/// "800" is said "eight hundred", any other group figure by figure.
fn group(figures: &str) -> String {
    if figures == "800" { "eight hundred".into() } else { number::digits(figures) }
}

fn grouped(rest: &str, pattern: &regex::Regex, separator: &str) -> Option<Hit> {
    let m = pattern.captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let groups: Vec<String> =
        m.iter().skip(1).flatten().map(|g| number::digits(g.as_str())).collect();
    Hit::new(m[0].len(), groups.join(separator))
}

/// "1-800-GO-U-HAUL".
fn with_letters(rest: &str) -> Option<Hit> {
    let m = lettered().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    if !m[2].contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let words: Vec<String> = m[2].split('-').map(figure::serial).collect();
    Hit::new(m[0].len(), format!("one, {}, {}", group(&m[1]), words.join(" ")))
}
