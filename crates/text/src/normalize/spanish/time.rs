//! The time of day: "14:05", "1.00 p.m.", "20:00 GMT-3", "3 h" of the clock.

use super::super::{Hit, Place};
use super::begins;
use super::number::{self, Form};
use crate::normalize::english::pattern;

pattern!(written, r"\A([0-9]{1,2})(?:([:.])([0-9]{2}))?(?::([0-9]{2}))?");
pattern!(half_of_day, r"(?i)\A ?([ap])\.? ?m\b\.?");
pattern!(hours, r"(?i)\A ?h(?:rs?|oras)?\b\.?");
pattern!(
    zone,
    r"(?i)\A ?(gmt|utc|est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|bst|ist|art|clt|pet)\b(?:([+-])([0-9]{1,2})(?::([0-9]{2}))?)?"
);

/// A time of day.
pub(super) fn clock(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['.', ',', ':', '$', '-']) {
        return None;
    }
    let m = written().captures(rest)?;
    let (hour, minute): (u32, Option<u32>) =
        (m[1].parse().ok()?, m.get(3).and_then(|x| x.as_str().parse().ok()));
    if hour > 24 || minute.is_some_and(|n| n > 59) {
        return None;
    }
    let mut len = m[0].len();
    let half = half_of_day().captures(&rest[len..]);
    len += half.as_ref().map_or(0, |h| h[0].len());
    let mut marked = half.is_some() || m.get(2).is_some_and(|s| s.as_str() == ":");
    if half.is_none()
        && let Some(h) = hours().find(&rest[len..])
    {
        // "3 h" is a duration, "01 h" and "14.05 h" are the clock.
        if minute.is_none() && !m[1].starts_with('0') {
            return None;
        }
        marked = true;
        len += h.len();
    }
    let zone = zone().captures(&rest[len..]);
    len += zone.as_ref().map_or(0, |z| z[0].len());
    let whole = minute.is_none() && half.is_none() && zone.is_none() && !marked;
    let sure = marked || zone.is_some() || minute.is_some();
    let carried = rest[len..].starts_with(|c: char| c.is_alphanumeric() || c == '%');
    let more =
        rest[len..].strip_prefix([',', '.', ':']).is_some_and(|t| !number::run(t).is_empty());
    if whole || !sure || carried || more || (!marked && is_counted(&rest[len..])) {
        return None;
    }
    let seconds = m.get(4).map(|s| s.as_str());
    let words =
        spoken(hour, minute.unwrap_or(0), seconds, half.as_ref().map(|h| h[1].to_lowercase()));
    let zone = zone.map_or(String::new(), |z| zone_words(&z));
    Hit::new(len, format!("{words}{zone}"))
}

/// Whether a unit, sign or noun behind "1.50" says that it is no time.
fn is_counted(after: &str) -> bool {
    const NO_NOUNS: [&str; 8] = ["a", "de", "del", "en", "o", "para", "por", "y"];
    let word = after.strip_prefix(' ').unwrap_or_default();
    let word = &word[..word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len())];
    if !word.is_empty() && !NO_NOUNS.contains(&word) {
        return true;
    }
    super::measure::unit(after).is_some()
        || after.trim_start().starts_with(['€', '$', '£', '¥', '%'])
}

fn spoken(hour: u32, minute: u32, seconds: Option<&str>, half: Option<String>) -> String {
    let feminine = |n: u32| number::cardinal(&n.to_string(), Form::Feminine);
    let masculine = |n: u32| number::cardinal(&n.to_string(), Form::Masculine);
    let mut words = match seconds {
        Some(seconds) => {
            let second: u32 = seconds.parse().unwrap_or(0);
            let unit = |n: u32, one: &str, many: &str| {
                if n == 1 { one.to_string() } else { many.to_string() }
            };
            format!(
                "{} {} {} {} y {} {}",
                feminine(hour),
                unit(hour, "hora", "horas"),
                masculine(minute),
                unit(minute, "minuto", "minutos"),
                masculine(second),
                unit(second, "segundo", "segundos")
            )
        }
        None => {
            let minutes = match minute {
                0 => String::new(),
                15 => " y cuarto".into(),
                30 => " y media".into(),
                n => format!(" y {}", number::cardinal(&n.to_string(), Form::Alone)),
            };
            format!("{}{minutes}", feminine(hour))
        }
    };
    words.push_str(match (half.as_deref(), hour) {
        (None, _) => "",
        (Some("a"), 12) => " de la noche",
        (Some("a"), _) => " de la mañana",
        (Some(_), 12) => " del mediodía",
        (Some(_), 1..=7) => " de la tarde",
        (Some(_), _) => " de la noche",
    });
    words
}

/// "GMT-3" as letters and hours.
fn zone_words(zone: &regex::Captures<'_>) -> String {
    let letters: Vec<String> = zone[1].to_lowercase().chars().map(String::from).collect();
    let mut words = format!(" {}", letters.join(" "));
    if let (Some(sign), Some(hour)) = (zone.get(2), zone.get(3)) {
        let sign = if sign.as_str() == "-" { "menos" } else { "más" };
        words = format!("{words} {sign} {}", number::cardinal(hour.as_str(), Form::Alone));
        if let Some(minute) = zone.get(4) {
            words = format!("{words} {}", number::cardinal(minute.as_str(), Form::Alone));
        }
    }
    words
}
