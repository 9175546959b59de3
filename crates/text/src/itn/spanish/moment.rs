//! Dates, centuries and times of day: "las dos menos cuarto" is "la 1:45".

use super::number::{Parsed, at, below_hundred, cardinal, ordinal};
use crate::itn::words::{Context, Run, Written};

const MONTHS: [&str; 13] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "setiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const ZONES: [&str; 8] = ["utc", "gmt", "est", "pst", "cst", "mst", "cet", "art"];

/// "veintiséis de octubre": the day; month and year follow as they are.
pub(super) fn date(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let day = match at(run, 0).as_str() {
        "primero" => Parsed { value: 1, words: 1 },
        _ => below_hundred(run).filter(|d| (1..=31).contains(&d.value))?,
    };
    let of = run.word(day.words).filter(|w| w.lower == "de")?;
    MONTHS.contains(&run.at(day.words + 1)).then_some(())?;
    Written::new(day.words + 1, format!("{} {}", day.value, of.lower))
}

/// "siglo diecinueve" is "siglo xix", in capitals where the number has one.
pub(super) fn century(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    if !matches!(run.at(0), "siglo" | "siglos") {
        return None;
    }
    let rest = run.from(1);
    let number = cardinal(rest)
        .or_else(|| ordinal(rest).map(|(o, _)| o))
        .filter(|n| (1..=30).contains(&n.value))?;
    let roman = roman(number.value);
    let capital = run.text(1).starts_with(char::is_uppercase);
    let roman = if capital { roman.to_uppercase() } else { roman };
    Written::new(1 + number.words, format!("{} {roman}", run.text(0)))
}

/// A number below forty in Roman letters.
fn roman(value: u128) -> String {
    let units = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    format!("{}{}", "x".repeat(value as usize / 10), units[value as usize % 10])
}

/// "doscientos tres antes de Cristo" is "203 A. C."
pub(super) fn era(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let year = cardinal(run)?;
    let short = match at(run, year.words).as_str() {
        "antes" => "a. c.",
        "despues" => "d. c.",
        _ => return None,
    };
    if !run.is(year.words + 1, "de cristo") {
        return None;
    }
    let capital = run.text(year.words + 2).starts_with(char::is_uppercase);
    let short = if capital { short.to_uppercase() } else { short.to_string() };
    Written::new(year.words + 3, format!("{} {short}", year.value))
}

/// A time of day as it was read.
struct Clock {
    hour: u128,
    minute: u128,
    words: usize,
    /// Whether minutes, "en punto" or "para" make it a time without more.
    sure: bool,
}

/// A time of day.
pub(super) fn time(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let article = usize::from(matches!(run.at(0), "la" | "las"));
    let mut clock = before_hour(run).or_else(|| hour_first(run.from(article), article))?;
    let half = half_of_day(run.from(clock.words), clock.hour);
    let alone = article == 0 && !clock.spoken_to(run);
    if half.is_none() && (alone || !clock.sure) {
        return None;
    }
    let mut text = String::new();
    if !alone {
        text.push_str(the(run.text(0), clock.hour));
    }
    text.push_str(&format!("{}:{:02}", clock.hour, clock.minute));
    if let Some((half, words)) = half {
        text.push_str(&format!(" {half}"));
        clock.words += words;
    }
    if let Some((zone, words)) = zone(run.from(clock.words)) {
        text.push_str(&format!(" {zone}"));
        clock.words += words;
    }
    Written::new(clock.words, text)
}

impl Clock {
    /// Whether it was said as "cuarto para las dos", which has its article inside.
    fn spoken_to(&self, run: Run<'_>) -> bool {
        (1..self.words).any(|i| run.at(i) == "para")
    }
}

/// The article that agrees with the hour, with the capital of the first word.
fn the(first: &str, hour: u128) -> &'static str {
    match (hour == 1, first.starts_with(char::is_uppercase)) {
        (true, false) => "la ",
        (false, false) => "las ",
        (true, true) => "La ",
        (false, true) => "Las ",
    }
}

/// "cuarto para las dos", "diez para las doce".
fn before_hour(run: Run<'_>) -> Option<Clock> {
    let minutes = match run.at(0) {
        "cuarto" => Parsed { value: 15, words: 1 },
        "un" if run.at(1) == "cuarto" => Parsed { value: 15, words: 2 },
        _ => below_hundred(run).filter(|m| (1..60).contains(&m.value))?,
    };
    let mut used = minutes.words;
    used += usize::from(matches!(run.at(used), "minuto" | "minutos"));
    if run.at(used) != "para" || !matches!(run.at(used + 1), "la" | "las") {
        return None;
    }
    let hour = hour(run.from(used + 2))?;
    let words = used + 2 + hour.words;
    Some(Clock { hour: earlier(hour.value), minute: 60 - minutes.value, words, sure: true })
}

fn hour(run: Run<'_>) -> Option<Parsed> {
    // A number of more words than the hour is something else: "las dos mil personas".
    let hour = below_hundred(run).filter(|h| h.value <= 24)?;
    (run.at(hour.words) != "mil").then_some(hour)
}

fn earlier(hour: u128) -> u128 {
    match hour {
        0 | 24 => 23,
        1 => 12,
        h => h - 1,
    }
}

/// "dos", "dos y media", "dos menos cuarto", "dos cincuenta" behind the article; `words` counts the
/// article.
fn hour_first(run: Run<'_>, article: usize) -> Option<Clock> {
    let hour = hour(run)?;
    let used = hour.words;
    let clock =
        |hour, minute, words| Some(Clock { hour, minute, words: article + words, sure: true });
    match run.at(used) {
        "y" | "con" => {
            if let Some((minute, words)) = minutes(run.from(used + 1)) {
                return clock(hour.value, minute, used + 1 + words);
            }
        }
        "menos" => {
            if let Some((minute, words)) = minutes(run.from(used + 1)).filter(|(m, _)| *m > 0) {
                return clock(earlier(hour.value), 60 - minute, used + 1 + words);
            }
        }
        "en" if run.at(used + 1) == "punto" => return clock(hour.value, 0, used + 2),
        "cero" | "oh" => {
            let minute = below_hundred(run.from(used + 1)).filter(|m| (1..10).contains(&m.value));
            if let Some(minute) = minute {
                return clock(hour.value, minute.value, used + 1 + minute.words);
            }
        }
        _ => {
            let bare = minutes(run.from(used)).filter(|(m, _)| *m >= 10);
            if let Some((minute, words)) = bare.filter(|_| !run.is(used, "cuarto")) {
                return clock(hour.value, minute, used + words);
            }
        }
    }
    Some(Clock { hour: hour.value, minute: 0, words: article + used, sure: false })
}

fn minutes(run: Run<'_>) -> Option<(u128, usize)> {
    match run.at(0) {
        "cuarto" => Some((15, 1)),
        "media" => Some((30, 1)),
        _ => {
            let minute = below_hundred(run).filter(|m| m.value < 60)?;
            let whole = cardinal(run)?;
            let unit = usize::from(matches!(run.at(minute.words), "minuto" | "minutos"));
            (whole == minute).then_some((minute.value, minute.words + unit))
        }
    }
}

/// "pe eme", "de la tarde": the half of the day and its words.
fn half_of_day(run: Run<'_>, hour: u128) -> Option<(String, usize)> {
    if hour > 12 {
        return None;
    }
    if run.at(0) == "de" && run.at(1) == "la" {
        return match run.at(2) {
            "mañana" | "madrugada" => Some(("a.m.".into(), 3)),
            // Midnight belongs to the morning.
            "noche" if hour == 12 => Some(("a.m.".into(), 3)),
            "tarde" | "noche" => Some(("p.m.".into(), 3)),
            _ => None,
        };
    }
    if run.at(0) == "del" && at(run, 1) == "mediodia" {
        return Some(("p.m.".into(), 2));
    }
    let (half, words) = match run.at(0) {
        "am" | "a.m" => ("a.m.", 1),
        "pm" | "p.m" => ("p.m.", 1),
        "a" if matches!(run.at(1), "eme" | "m") => ("a.m.", 2),
        "p" | "pe" if matches!(run.at(1), "eme" | "m") => ("p.m.", 2),
        _ => return None,
    };
    let capitals = (0..words).all(|i| run.text(i).starts_with(char::is_uppercase));
    Some((if capitals { half.to_uppercase() } else { half.into() }, words))
}

/// "u t c más cuatro" is "UTC+4".
fn zone(run: Run<'_>) -> Option<(String, usize)> {
    let (name, mut used) = if ZONES.contains(&run.at(0)) {
        (run.at(0).to_string(), 1)
    } else {
        let letter = |i: usize| Some(run.at(i)).filter(|l| l.len() == 1);
        (format!("{}{}{}", letter(0)?, letter(1)?, letter(2)?), 3)
    };
    if !ZONES.contains(&name.as_str()) {
        return None;
    }
    let mut text = name.to_uppercase();
    let sign = match at(run, used).as_str() {
        "mas" => '+',
        "menos" => '-',
        _ => return Some((text, used)),
    };
    let Some(hours) = below_hundred(run.from(used + 1)).filter(|h| h.value <= 14) else {
        return Some((text, used));
    };
    text.push_str(&format!("{sign}{}", hours.value));
    used += 1 + hours.words;
    if let Some(minutes) = below_hundred(run.from(used)).filter(|m| matches!(m.value, 15 | 30 | 45))
    {
        text.push_str(&format!(":{:02}", minutes.value));
        used += minutes.words;
    }
    Some((text, used))
}
