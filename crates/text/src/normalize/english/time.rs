//! Times of day and durations: "1:59 p.m.", "5 pm", "14:30", "1:01:01".

use super::super::{Hit, Place};
use super::{begins, pattern};
use crate::number;

pattern!(with_half, r"(?i)\A(1[0-2]|0?[1-9])(?:[:.]([0-5][0-9]))? ?([ap])(?:\.m\.?|m\b)");
pattern!(plain, r"\A([01]?[0-9]|2[0-4]):([0-5][0-9])\b");
pattern!(with_seconds, r"\A([01]?[0-9]|2[0-4]):([0-5][0-9]):([0-5][0-9])\b");
pattern!(
    zone,
    r"(?i)\A ?(e\.?s\.?t|e\.?d\.?t|p\.?s\.?t|p\.?d\.?t|c\.?s\.?t|m\.?s\.?t|g\.?m\.?t|u\.?t\.?c|e\.?t|p\.?t)\b"
);

/// A clock time, with its half of the day and its zone where they are written.
pub(super) fn clock(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(m) = with_seconds().captures(rest) {
        let spoken = format!(
            "{} {} and {}",
            unit(&m[1], "hour"),
            unit(&m[2], "minute"),
            unit(&m[3], "second")
        );
        return Hit::new(m[0].len(), spoken);
    }
    if let Some(m) = with_half().captures(rest) {
        return half_day(rest, &m);
    }
    let m = plain().captures(rest)?;
    // "1:30:5" would be something else.
    if rest[m[0].len()..].starts_with([':', '/']) {
        return None;
    }
    let hour = number::cardinal(&m[1]);
    let spoken = match (&m[2], m[1].parse::<u8>().ok()?) {
        ("00", 0) => "midnight".to_string(),
        ("00", 13..) => format!("{hour} hundred"),
        ("00", _) => format!("{hour} o'clock"),
        (minutes, _) => format!("{hour} {}", minutes_past(minutes)),
    };
    with_zone(rest, m[0].len(), spoken)
}

fn half_day(rest: &str, m: &regex::Captures<'_>) -> Option<Hit> {
    let mut spoken = number::cardinal(&m[1]);
    if let Some(minutes) = m.get(2).map(|x| x.as_str()).filter(|x| *x != "00") {
        spoken = format!("{spoken} {}", minutes_past(minutes));
    }
    spoken.push_str(if m[3].eq_ignore_ascii_case("a") { " AM" } else { " PM" });
    // The last point of "p.m." also ends a sentence when a new one follows.
    let mut len = m[0].len();
    let after = rest[len..].trim_start();
    let over = after.starts_with(char::is_uppercase) && zone_here(&rest[len..]).is_none();
    if m[0].ends_with('.') && over {
        len -= 1;
    }
    with_zone(rest, len, spoken)
}

fn zone_here(rest: &str) -> Option<(usize, String)> {
    let m = zone().captures(rest)?;
    let name = m[1].replace('.', "").to_uppercase();
    // A lower-case "et" or "pt" is more likely something else.
    let sure = name.len() == 3 || m[1].starts_with(char::is_uppercase);
    sure.then(|| (m[0].len(), name))
}

fn with_zone(rest: &str, len: usize, mut spoken: String) -> Option<Hit> {
    let Some((zone_len, name)) = zone_here(&rest[len..]) else { return Hit::new(len, spoken) };
    spoken.push(' ');
    spoken.push_str(&name);
    Hit::new(len + zone_len, spoken)
}

fn minutes_past(figures: &str) -> String {
    match figures.strip_prefix('0') {
        Some(last) => format!("oh {}", number::cardinal(last)),
        None => number::cardinal(figures),
    }
}

fn unit(figures: &str, name: &str) -> String {
    let words = number::cardinal(figures);
    if words == "one" { format!("one {name}") } else { format!("{words} {name}s") }
}
