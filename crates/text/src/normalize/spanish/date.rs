//! Dates in figures or with the month's name, years in Roman numerals, eras.

use super::super::{Hit, Place};
use super::number::{self, Form};
use super::{begins, ends};
use crate::normalize::english::pattern;
use crate::number as english_number;

pattern!(day_first, r"\A([0-9]{1,2})([-/.])([0-9]{1,2})([-/.])([0-9]{4}|[0-9]{2})\b");
pattern!(year_first, r"\A([0-9]{4})([-/.])([0-9]{1,2})([-/.])([0-9]{1,2})\b");
pattern!(
    day_month,
    r"(?i)\A([0-9]{1,2})(?:\.?[ºo°])?(?: de | |-|/)([^\W\d_]+)\.?(?:(?: de | del |,? |-|/)([0-9]{4})\b)?"
);
pattern!(month_day, r"(?i)\A([^\W\d_]+)\.? ([0-9]{1,2})(?:,? (?:de |del )?([0-9]{4})\b)?");
pattern!(short, r"\A([0-9]{1,2})/([0-9]{1,2})\b");
pattern!(
    era_sign,
    r"(?i)\A(a\. ?(?:de )?c\.?|d\. ?(?:de )?c\.?|a\. ?e\. ?c\.?|aec\b|e\. ?c\.|ec\b)"
);
pattern!(roman_year, r"(?i)\Aaño ([mdclxvi]+)\b");

/// The months.
const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// The month of a name or its first three letters, and whether it is whole.
fn month(name: &str) -> Option<(usize, bool)> {
    let lower = name.to_lowercase();
    if lower == "setiembre" || lower == "sept" {
        return Some((8, lower.len() > 4));
    }
    MONTHS
        .iter()
        .position(|m| *m == lower || lower.len() == 3 && m.starts_with(&lower))
        .map(|i| (i, lower.len() > 3))
}

fn day_words(day: &str) -> Option<String> {
    let value: u32 = day.parse().ok().filter(|d| (1..=31).contains(d))?;
    Some(if value == 1 { "primero".into() } else { number::cardinal(day, Form::Alone) })
}

fn spoken(day: &str, month: usize, year: Option<&str>) -> Option<String> {
    let month = MONTHS.get(month)?;
    let year = year.map_or(String::new(), |y| format!(" de {}", number::cardinal(y, Form::Alone)));
    Some(format!("{} de {month}{year}", day_words(day)?))
}

/// A date.
pub(super) fn date(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['/', '-', '.']) {
        return None;
    }
    if let Some(m) = roman_year().captures(rest) {
        let year = english_number::roman(&m[1].to_uppercase())?;
        return Hit::new(
            m[0].len(),
            format!("año {}", number::cardinal(&year.to_string(), Form::Alone)),
        );
    }
    in_figures(rest).or_else(|| named(place))
}

fn in_figures(rest: &str) -> Option<Hit> {
    if let Some(m) = year_first().captures(rest).filter(|m| m[2] == m[4] && ends(rest, m[0].len()))
    {
        let month: usize = m[3].parse().ok()?;
        return Hit::new(m[0].len(), spoken(&m[5], month.checked_sub(1)?, Some(&m[1]))?);
    }
    if let Some(m) = day_first().captures(rest).filter(|m| m[2] == m[4] && ends(rest, m[0].len())) {
        let (mut day, mut month): (usize, usize) = (m[1].parse().ok()?, m[3].parse().ok()?);
        if month > 12 && day <= 12 {
            (day, month) = (month, day);
        }
        let year = if m[5].len() == 2 { format!("20{}", &m[5]) } else { m[5].to_string() };
        return Hit::new(m[0].len(), spoken(&day.to_string(), month.checked_sub(1)?, Some(&year))?);
    }
    None
}

fn named(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if let Some(m) = day_month().captures(rest)
        && let Some((month, whole)) = month(&m[2])
    {
        // "3 mar" is a date only with its year: "mar" is a word.
        let year = m.get(3).map(|y| y.as_str());
        let len = if year.is_none() { m.get(2)?.end() } else { m[0].len() };
        if whole || year.is_some() {
            return ends(rest, len)
                .then(|| spoken(&m[1], month, year))
                .flatten()
                .and_then(|w| Hit::new(len, w));
        }
    }
    if let Some(m) = month_day().captures(rest)
        && let Some((month, true)) = month(&m[1])
        && ends(rest, m[0].len())
    {
        return Hit::new(m[0].len(), spoken(&m[2], month, m.get(3).map(|y| y.as_str()))?);
    }
    // "15/03" behind a word that asks for a day.
    let m = short().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let asked = matches!(
        place.previous_word().to_lowercase().as_str(),
        "el" | "día" | "fecha" | "al" | "desde" | "hasta" | "del" | "vence"
    );
    let month: usize = m[2].parse().ok()?;
    let words = spoken(&m[1], month.checked_sub(1)?, None)
        .filter(|_| asked && !rest[m[0].len()..].starts_with('/'))?;
    Hit::new(m[0].len(), words)
}

/// "a. C.", "d. C.", "EC" behind a year or century.
pub(super) fn era(place: Place<'_>) -> Option<Hit> {
    let m = era_sign().captures(place.rest()).filter(|_| begins(place))?;
    let before = place.before().trim_end();
    let numeral = before
        .rsplit(' ')
        .next()
        .is_some_and(|w| english_number::roman(&w.to_uppercase()).is_some());
    if !before.ends_with(|c: char| c.is_ascii_digit()) && !numeral {
        return None;
    }
    let key: String = m[1].to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let words = match key.as_str() {
        "ac" | "adec" => "antes de Cristo",
        "dc" | "ddec" => "después de Cristo",
        "aec" => "antes de la era común",
        _ => "era común",
    };
    Hit::new(m[0].len(), words)
}
