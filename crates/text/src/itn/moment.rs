//! Dates and times of day: "july twenty fifth twenty twelve" is "july 25 2012", "half past three" is "03:30".

use super::number::{self, below_hundred};
use super::{Before, Word, Written};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const ZONES: [&str; 13] =
    ["gmt", "est", "edt", "pst", "pdt", "cst", "cdt", "mst", "mdt", "utc", "ist", "bst", "cet"];
/// Words before a bare "eight fifty" that make it a time.
const BEFORE_TIME: [&str; 12] = [
    "at", "by", "around", "about", "until", "till", "before", "after", "from", "to", "since", "is",
];

fn is_month(word: &Word<'_>) -> bool {
    MONTHS.contains(&word.lower.as_str())
}

/// A date with a month, or a quarter of a year.
pub(super) fn date(run: &[Word<'_>], _: Before<'_, '_>) -> Option<Written> {
    if is_month(run.first()?) {
        return month_first(run);
    }
    let the = usize::from(run[0].lower == "the");
    let day = number::ordinal(&run[the..]).filter(|d| (1..=31).contains(&d.value))?;
    let mut used = the + day.words;
    if run.get(used).is_some_and(|w| w.lower == "quarter") && day.value < 5 {
        let year = run
            .get(used + 1)
            .filter(|w| w.lower == "of")
            .and_then(|_| number::year(&run[used + 2..]))?;
        return Written::new(used + 2 + year.words, format!("Q{} {}", day.value, year.value));
    }
    used += usize::from(run.get(used).is_some_and(|w| w.lower == "of"));
    let month = run.get(used).filter(|w| is_month(w))?;
    used += 1;
    let mut text = format!("{} {}", day.value, month.text);
    if let Some(year) = number::year(&run[used..]) {
        text.push_str(&format!(" {}", year.value));
        used += year.words;
    }
    Written::new(used, text)
}

fn month_first(run: &[Word<'_>]) -> Option<Written> {
    let month = &run[0];
    let rest = &run[1..];
    // "march" and "may" are also words, so a bare cardinal behind them is not enough.
    let word_too = matches!(month.lower.as_str(), "march" | "may");
    if let Some(year) = number::year(rest) {
        return Written::new(1 + year.words, format!("{} {}", month.text, year.value));
    }
    let day = number::ordinal(rest).or_else(|| below_hundred(rest).filter(|_| !word_too));
    let day = day.filter(|d| (1..=31).contains(&d.value))?;
    let mut text = format!("{} {}", month.text, day.value);
    let mut used = 1 + day.words;
    if let Some(year) = number::year(&run[used..]) {
        text.push_str(&format!(" {}", year.value));
        used += year.words;
    }
    Written::new(used, text)
}

/// A time of day.
pub(super) fn time(run: &[Word<'_>], before: Before<'_, '_>) -> Option<Written> {
    let (hour, minute, mut used) = past_or_to(run).or_else(|| hour_minute(run, before))?;
    let mut text = format!("{hour:02}:{minute:02}");
    if let Some((half, words)) = half_of_day(&run[used..]) {
        text.push_str(&format!(" {half}"));
        used += words;
    }
    if let Some((zone, words)) = zone(&run[used..]) {
        text.push_str(&format!(" {zone}"));
        used += words;
    }
    Written::new(used, text)
}

/// "quarter past one", "ten to eleven", "one minute to one": hour, minute, words.
fn past_or_to(run: &[Word<'_>]) -> Option<(u128, u128, usize)> {
    let a =
        usize::from(run.first()?.lower == "a" && run.get(1).is_some_and(|w| w.lower == "quarter"));
    let (minutes, mut used, named) = match run.get(a)?.lower.as_str() {
        "quarter" => (15, a + 1, true),
        "half" => (30, 1, true),
        _ => below_hundred(run).filter(|m| m.value < 60).map(|m| (m.value, m.words, false))?,
    };
    let unit = matches!(run.get(used)?.lower.as_str(), "minute" | "minutes" | "min" | "mins");
    used += usize::from(unit);
    let past = match run.get(used)?.lower.as_str() {
        "past" => true,
        "to" | "till" if minutes != 30 => false,
        _ => return None,
    };
    used += 1;
    let hour = below_hundred(&run[used..]).filter(|h| (1..=12).contains(&h.value))?;
    used += hour.words;
    // "two to three" is a range unless minutes, a half or a quarter are named, or the half of the day.
    if !(named || unit || past && minutes % 5 == 0 || half_of_day(&run[used..]).is_some()) {
        return None;
    }
    Some(match past {
        true => (hour.value, minutes, used),
        false => ((hour.value + 10) % 12 + 1, 60 - minutes, used),
    })
}

fn hour_minute(run: &[Word<'_>], before: Before<'_, '_>) -> Option<(u128, u128, usize)> {
    let hour = below_hundred(run).filter(|h| (1..=24).contains(&h.value))?;
    let rest = &run[hour.words..];
    let first = rest.first().map_or("", |w| w.lower.as_str());
    if matches!(first, "o'clock" | "oclock") {
        return Some((hour.value, 0, hour.words + 1));
    }
    if half_of_day(rest).is_some() && hour.value <= 12 {
        return Some((hour.value, 0, hour.words));
    }
    let (minute, words) = if matches!(first, "oh" | "o") {
        (number::unit(&rest.get(1)?.lower)?, 2)
    } else {
        below_hundred(rest).filter(|m| (10..60).contains(&m.value)).map(|m| (m.value, m.words))?
    };
    let used = hour.words + words;
    let after = &run[used..];
    if hour.value <= 12 && half_of_day(after).is_some() {
        return Some((hour.value, minute, used));
    }
    // Bare "eight fifty one": a time when the whole utterance, or where a word before says so.
    let introduced = before.last().is_some_and(|w| BEFORE_TIME.contains(&w.lower.as_str()));
    let alone = before.is_empty() && after.is_empty();
    (hour.value < 10 && (alone || introduced) && !carries_on(after))
        .then_some((hour.value, minute, used))
}

/// Whether a unit or more digits follow, so that the words before were no time.
fn carries_on(after: &[Word<'_>]) -> bool {
    after.first().is_some_and(|w| {
        number::is_number_word(&w.lower)
            || w.lower == "point"
            || matches!(
                w.lower.as_str(),
                "dollars" | "percent" | "cents" | "euros" | "pounds" | "miles" | "double"
            )
    })
}

/// "a m", "pm" and their like, in the case they were spoken in.
fn half_of_day(words: &[Word<'_>]) -> Option<(String, usize)> {
    let first = words.first()?;
    let (text, used) = match first.lower.as_str() {
        "am" | "pm" => (first.text.to_string(), 1),
        "a" | "p" if words.get(1).is_some_and(|w| w.lower == "m") => {
            (format!("{}{}", first.text, words[1].text), 2)
        }
        _ => return None,
    };
    Some((format!("{}.{}.", &text[..1], &text[1..]), used))
}

/// A time zone, spelled ("g m t") or as one word.
fn zone(words: &[Word<'_>]) -> Option<(String, usize)> {
    let first = words.first()?;
    if ZONES.contains(&first.lower.as_str()) {
        return Some((first.text.to_string(), 1));
    }
    let spelled: String =
        words.get(..3)?.iter().filter(|w| w.text.len() == 1).map(|w| w.text).collect();
    ZONES.contains(&spelled.to_lowercase().as_str()).then_some((spelled, 3))
}
