//! Dates and times of day: "july twenty fifth twenty twelve" is "july 25 2012", "half past three"
//! is "03:30".

use super::number::{self, below_hundred};
use crate::itn::Language;
use crate::itn::words::{Context, Run, Word, Written};

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

fn is_month(word: &Word) -> bool {
    MONTHS.contains(&word.lower.as_str())
}

/// A date with a month, or a quarter of a year.
pub(super) fn date(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    if is_month(run.word(0)?) {
        return month_first(run, comma(context));
    }
    if let Some(decade) = number::decade(run) {
        return Written::new(decade.words, format!("{}s", decade.value));
    }
    let the = usize::from(run.at(0) == "the");
    let day = number::ordinal(run.from(the)).filter(|d| (1..=31).contains(&d.value))?;
    let mut used = the + day.words;
    if run.word(used).is_some_and(|w| w.lower == "quarter") && day.value < 5 {
        let year = run
            .word(used + 1)
            .filter(|w| w.lower == "of")
            .and_then(|_| number::year(run.from(used + 2)))?;
        return Written::new(used + 2 + year.words, format!("Q{} {}", day.value, year.value));
    }
    used += usize::from(run.word(used).is_some_and(|w| w.lower == "of"));
    let month = run.word(used).filter(|w| is_month(w))?;
    used += 1;
    let comma = comma(context);
    let mut text = format!("{} {}", day.value, month.text);
    if let Some(year) = number::year(run.from(used)) {
        text.push_str(&format!("{comma} {}", year.value));
        used += year.words;
    }
    Written::new(used, text)
}

/// What stands before a year: English has nothing there, but text that is mixed with Hindi writes
/// all dates alike.
fn comma(context: Context<'_>) -> &'static str {
    if context.options.language == Language::Hindi { "," } else { "" }
}

fn month_first(run: Run<'_>, comma: &str) -> Option<Written> {
    let month = run.word(0)?;
    let rest = run.from(1);
    // "march" and "may" are also words, so a bare cardinal behind them is not enough.
    let word_too = matches!(month.lower.as_str(), "march" | "may");
    if let Some(year) = number::year(rest) {
        return Written::new(1 + year.words, format!("{} {}", month.text, year.value));
    }
    let day = number::ordinal(rest).or_else(|| below_hundred(rest).filter(|_| !word_too));
    let day = day.filter(|d| (1..=31).contains(&d.value))?;
    let mut text = format!("{} {}", month.text, day.value);
    let mut used = 1 + day.words;
    if let Some(year) = number::year(run.from(used)) {
        text.push_str(&format!("{comma} {}", year.value));
        used += year.words;
    }
    Written::new(used, text)
}

/// A time of day.
pub(super) fn time(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let (hour, minute, mut used) = past_or_to(run).or_else(|| hour_minute(run, context))?;
    let mut text = format!("{hour:02}:{minute:02}");
    if let Some((half, words)) = half_of_day(run.from(used)) {
        text.push_str(&format!(" {half}"));
        used += words;
    }
    if let Some((zone, words)) = zone(run.from(used)) {
        text.push_str(&format!(" {zone}"));
        used += words;
    }
    Written::new(used, text)
}

/// "quarter past one", "ten to eleven", "one minute to one": hour, minute, words.
fn past_or_to(run: Run<'_>) -> Option<(u128, u128, usize)> {
    let a = usize::from(run.at(0) == "a" && run.word(1).is_some_and(|w| w.lower == "quarter"));
    let (minutes, mut used, named) = match run.at(a) {
        "quarter" => (15, a + 1, true),
        "half" => (30, 1, true),
        _ => below_hundred(run).filter(|m| m.value < 60).map(|m| (m.value, m.words, false))?,
    };
    let unit = matches!(run.at(used), "minute" | "minutes" | "min" | "mins");
    used += usize::from(unit);
    let past = match run.at(used) {
        "past" => true,
        "to" | "till" if minutes != 30 => false,
        _ => return None,
    };
    used += 1;
    let hour = below_hundred(run.from(used)).filter(|h| (1..=12).contains(&h.value))?;
    used += hour.words;
    // "two to three" is a range unless minutes, a half or a quarter are named, or the half of the
    // day.
    if !(named || unit || past && minutes % 5 == 0 || half_of_day(run.from(used)).is_some()) {
        return None;
    }
    Some(match past {
        true => (hour.value, minutes, used),
        false => ((hour.value + 10) % 12 + 1, 60 - minutes, used),
    })
}

fn hour_minute(run: Run<'_>, context: Context<'_>) -> Option<(u128, u128, usize)> {
    let hour = below_hundred(run).filter(|h| (1..=24).contains(&h.value))?;
    let rest = run.from(hour.words);
    let first = rest.word(0).map_or("", |w| w.lower.as_str());
    if matches!(first, "o'clock" | "oclock") {
        return Some((hour.value, 0, hour.words + 1));
    }
    if half_of_day(rest).is_some() && hour.value <= 12 {
        return Some((hour.value, 0, hour.words));
    }
    let (minute, words) = if matches!(first, "oh" | "o") {
        (number::unit(rest.at(1))?, 2)
    } else {
        below_hundred(rest).filter(|m| (10..60).contains(&m.value)).map(|m| (m.value, m.words))?
    };
    let used = hour.words + words;
    let after = run.from(used);
    if hour.value <= 12 && half_of_day(after).is_some() {
        return Some((hour.value, minute, used));
    }
    // Bare "eight fifty one": a time when the whole utterance, or where a word before says so.
    let introduced = BEFORE_TIME.contains(&context.last());
    let hours = matches!(context.last(), "at" | "by" | "around" | "until" | "till");
    let part = after.is(0, "in the morning")
        || after.is(0, "in the afternoon")
        || after.is(0, "in the evening")
        || after.is(0, "at night");
    let fits = hour.value < 10 && introduced || hour.value <= 12 && (hours || part);
    // Whether the text ends here is asked last, so that nothing waits for it in vain.
    let alone = || hour.value < 10 && context.before.is_empty() && after.ends(0);
    ((fits || alone()) && !carries_on(after)).then_some((hour.value, minute, used))
}

/// Whether a unit or more digits follow, so that the words before were no time.
fn carries_on(after: Run<'_>) -> bool {
    after.word(0).is_some_and(|w| {
        number::is_number_word(&w.lower)
            || w.lower == "point"
            || matches!(
                w.lower.as_str(),
                "dollars" | "percent" | "cents" | "euros" | "pounds" | "miles" | "double"
            )
    })
}

/// "a m", "pm" and their like, in the case they were spoken in.
fn half_of_day(words: Run<'_>) -> Option<(String, usize)> {
    let first = words.word(0)?;
    let (text, used) = match first.lower.as_str() {
        "am" | "pm" => (first.text.to_string(), 1),
        "a" | "p" if words.word(1).is_some_and(|w| w.lower == "m") => {
            (format!("{}{}", first.text, words.text(1)), 2)
        }
        _ => return None,
    };
    Some((format!("{}.{}.", &text[..1], &text[1..]), used))
}

/// A time zone, spelled ("g m t") or as one word.
fn zone(words: Run<'_>) -> Option<(String, usize)> {
    let first = words.word(0)?;
    if ZONES.contains(&first.lower.as_str()) {
        return Some((first.text.to_string(), 1));
    }
    let spelled: String = (0..3)
        .map_while(|i| words.word(i).filter(|w| w.text.len() == 1))
        .map(|w| w.text.as_str())
        .collect();
    ZONES.contains(&spelled.to_lowercase().as_str()).then_some((spelled, 3))
}
