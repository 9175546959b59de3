//! Fractions: "2/5", "2 2/1000", "⅖", and fractions of a unit: "1 1/2 mph".

use super::super::{Hit, Place};
use super::number::{self, Form, SMALL, TENS};
use super::ordinal::{self, Ending};
use super::{begins, ends, measure, minus, sign_fits};
use crate::normalize::english::pattern;

pattern!(
    part_of,
    r"\A([-−]?)(?:([0-9]{1,6}) )?([0-9]{1,6}) ?[/⁄] ?([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,7})"
);
pattern!(sign, r"\A([0-9]{1,6})? ?([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒])");

/// Signs of fractions with their two numbers.
const SIGNS: [(&str, u64, u64); 18] = [
    ("½", 1, 2),
    ("⅓", 1, 3),
    ("⅔", 2, 3),
    ("¼", 1, 4),
    ("¾", 3, 4),
    ("⅕", 1, 5),
    ("⅖", 2, 5),
    ("⅗", 3, 5),
    ("⅘", 4, 5),
    ("⅙", 1, 6),
    ("⅚", 5, 6),
    ("⅛", 1, 8),
    ("⅜", 3, 8),
    ("⅝", 5, 8),
    ("⅞", 7, 8),
    ("⅐", 1, 7),
    ("⅑", 1, 9),
    ("⅒", 1, 10),
];

/// A fraction as it stands in the text.
struct Found<'a> {
    len: usize,
    minus: &'static str,
    whole: Option<&'a str>,
    over: u64,
    under: u64,
}

fn find(place: Place<'_>) -> Option<Found<'_>> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with('/') {
        return None;
    }
    if let Some(m) = sign().captures(rest) {
        let (_, over, under) = *SIGNS.iter().find(|(s, _, _)| *s == &m[2])?;
        return Some(Found {
            len: m[0].len(),
            minus: "",
            whole: m.get(1).map(|w| w.as_str()),
            over,
            under,
        });
    }
    let m = part_of().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    if rest[m[0].len()..].starts_with(['/', '-']) || !sign_fits(place, &m[1]) {
        return None;
    }
    Some(Found {
        len: m[0].len(),
        minus: minus(m.get(1)?.as_str()),
        whole: m.get(2).map(|w| w.as_str()),
        over: m[3].parse().ok()?,
        under: m[4].replace('.', "").parse().ok()?,
    })
}

/// A fraction on its own.
pub(super) fn fraction(place: Place<'_>) -> Option<Hit> {
    let found = find(place)?;
    let whole =
        found.whole.map_or(String::new(), |w| format!("{} y ", number::cardinal(w, Form::Alone)));
    let over = found.over.to_string();
    let words = match name(found.under) {
        Some(name) if found.over == 1 && found.under == 2 && found.whole.is_some() => name,
        Some(name) => {
            let plural = if found.over == 1 { "" } else { "s" };
            format!("{} {name}{plural}", number::cardinal(&over, Form::Masculine))
        }
        None => {
            let under = number::cardinal(&found.under.to_string(), Form::Alone);
            format!("{} sobre {under}", number::cardinal(&over, Form::Alone))
        }
    };
    Hit::new(found.len, format!("{}{whole}{words}", found.minus))
}

/// A fraction of a unit.
pub(super) fn measured(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let found = find(place)?;
    let (unit_len, unit) = measure::unit(&rest[found.len..])?;
    let len = found.len + unit_len;
    if !ends(rest, len) {
        return None;
    }
    if let (Some(whole), 1, 2) = (found.whole, found.over, found.under) {
        let half = if unit.form == Form::Feminine { "media" } else { "medio" };
        let name = if whole == "1" { &unit.one } else { &unit.many };
        let whole = number::cardinal(whole, unit.form);
        return Hit::new(len, format!("{}{whole} y {half} {name}", found.minus));
    }
    let spoken = fraction(place)?.spoken;
    Hit::new(len, format!("{spoken} de {}", unit.one))
}

/// The name of a part, in the singular; `None` when it is said with "sobre".
fn name(under: u64) -> Option<String> {
    Some(match under {
        2 => "medio".into(),
        3 => "tercio".into(),
        4..=10 => ordinal::words(under, Ending::Masculine),
        11..=99 => {
            let stem = match under {
                11..=29 => SMALL[under as usize].replace('é', "e").replace('ó', "o"),
                _ if under.is_multiple_of(10) => TENS[under as usize / 10].to_string(),
                _ => format!("{}i{}", TENS[under as usize / 10], SMALL[under as usize % 10]),
            };
            let stem = stem.strip_suffix("uno").map(|s| format!("{s}un")).unwrap_or(stem);
            format!("{}avo", stem.strip_suffix('a').unwrap_or(&stem))
        }
        100..=999 if under.is_multiple_of(100) => ordinal::words(under, Ending::Masculine),
        1000 => "milésimo".into(),
        1_000_000 => "millonésimo".into(),
        1001..=999_999 if under.is_multiple_of(1000) => {
            format!("{}milésimo", ordinal::fused(under / 1000))
        }
        _ => return None,
    })
}
