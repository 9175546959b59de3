//! Dates, years and times of day: "ढाई बजे" is "2:30".

use std::sync::OnceLock;

use super::number::{Parsed, at, below_hundred, cardinal, fold};
use crate::itn::words::{Context, Run, Written};

const MONTHS: [&str; 17] = [
    "जनवरी",
    "फ़रवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "सितम्बर",
    "अक्टूबर",
    "अक्तूबर",
    "अक्टोबर",
    "नवंबर",
    "नवम्बर",
    "दिसंबर",
    "दिसम्बर",
];
const MONTHS_ENGLISH: [&str; 12] = [
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

fn is_month(run: Run<'_>, i: usize) -> bool {
    let word = at(run, i);
    // "नंबर" is spelled like November but for its v, which the folding takes away.
    let number = word == "नबर" && !run.at(i).contains('व');
    static FOLDED: OnceLock<Vec<String>> = OnceLock::new();
    let months = FOLDED.get_or_init(|| MONTHS.iter().map(|m| fold(m)).collect());
    months.contains(&word) && !number || MONTHS_ENGLISH.contains(&run.at(i))
}

/// A day and month in either order, with a year; a year with its era; years from and to.
pub(super) fn date(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    if is_month(run, 0) {
        let of = usize::from(at(run, 1) == "कि");
        let day = day(run.from(1 + of))?;
        let (year, words) = year_behind(run.from(2 + of));
        return Written::new(2 + of + words, format!("{} {day}{year}", run.text(0)));
    }
    if let Some(day) = day(run).filter(|_| is_month(run, 1)) {
        let (year, words) = year_behind(run.from(2));
        return Written::new(2 + words, format!("{day} {}{year}", run.text(1)));
    }
    years(run)
}

/// A day of the month; a number of more words is none.
fn day(run: Run<'_>) -> Option<u128> {
    let day = below_hundred(run).filter(|d| *d <= 31)?;
    (cardinal(run)?.words == 1).then_some(day)
}

/// ", 1990" with its era, where a year follows.
fn year_behind(run: Run<'_>) -> (String, usize) {
    let comma = usize::from(at(run, 0) == "सन");
    let Some(year) = year(run.from(comma)) else { return (String::new(), 0) };
    let used = comma + year.words;
    let (era, words) = era(run.from(used)).unwrap_or(("", 0));
    (format!(", {}{era}", year.quarters / 4), used + words)
}

fn year(run: Run<'_>) -> Option<Parsed> {
    cardinal(run).filter(|y| y.whole().is_some_and(|v| (1000..2100).contains(&v)))
}

/// "ईसवी" and "ईसा पूर्व".
fn era(run: Run<'_>) -> Option<(&'static str, usize)> {
    match at(run, 0).as_str() {
        "इसबि" | "इसबिं" => Some((" ई.", 1)),
        "इसा" if at(run, 1) == "पुरब" => Some((" ई.पू.", 2)),
        _ => None,
    }
}

/// "उन्नीस सौ बीस से छब्बीस तक" is "1920-26 तक", "दो हज़ार पाँच से दो हज़ार दस" is "2005-2010",
/// "चार सौ बीस ईसवी" is "420 ई."
fn years(run: Run<'_>) -> Option<Written> {
    let first = cardinal(run)?;
    let value = first.whole()?;
    if let Some((era, words)) = era(run.from(first.words)) {
        return Written::new(first.words + words, format!("{value}{era}"));
    }
    year(run)?;
    if at(run, first.words) != "से" {
        return None;
    }
    let last = cardinal(run.from(first.words + 1))?;
    let end = last.whole().filter(|v| *v < 100 || (1000..2100).contains(v))?;
    let used = first.words + 1 + last.words;
    // Round thousands are more often amounts: "एक हज़ार से दो हज़ार".
    let both = end >= 1000 && value < end && (value % 100 != 0 || end % 100 != 0);
    (both || at(run, used) == "तक").then(|| Written::new(used, format!("{value}-{end:02}")))?
}

/// A time of day or a span in hours, minutes and seconds.
pub(super) fn time(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let first = cardinal(run)?;
    let word = at(run, first.words);
    let used = first.words + 1;
    match word.as_str() {
        "बजे" | "बजकर" | "बजके" => clock(run, first, used),
        "बजने" if at(run, used) == "मे" => before_hour(run, first, used + 1),
        "घटा" | "घटे" => span(run, first, used),
        "मिनट" => {
            let (minutes, (seconds, words)) = (small(first)?, seconds(run.from(used))?);
            Written::new(used + words, format!("00:{minutes:02}:{seconds:02}"))
        }
        _ => bare(run, context),
    }
}

fn small(number: Parsed) -> Option<u128> {
    number.whole().filter(|v| *v < 60)
}

/// Hour and minute of a number of hours: "ढाई" is 2:30.
fn hour_minute(hours: Parsed) -> Option<(u128, u128)> {
    (hours.quarters <= 4 * 24 && hours.words < 3)
        .then_some((hours.quarters / 4, hours.quarters % 4 * 15))
}

/// "दो बजकर ग्यारह मिनट", "चार बजे पाँच सेकंड", "ढाई बजे".
fn clock(run: Run<'_>, hours: Parsed, used: usize) -> Option<Written> {
    let (hour, minute) = hour_minute(hours)?;
    let mut text = format!("{hour}:{minute:02}");
    if minute > 0 {
        return Written::new(used, text);
    }
    let (more, words) = minutes_seconds(run.from(used));
    if words > 0 {
        text = format!("{hour}:{more}");
    }
    Written::new(used + words, text)
}

/// "दो घंटे दस मिनट", "नौ घंटा दो सेकंड", "डेढ़ घंटा"; whole hours alone are a measure.
fn span(run: Run<'_>, hours: Parsed, used: usize) -> Option<Written> {
    let (hour, minute) = hour_minute(hours)?;
    if minute > 0 {
        return Written::new(used, format!("{hour}:{minute:02}"));
    }
    let (more, words) = minutes_seconds(run.from(used));
    (words > 0).then(|| Written::new(used + words, format!("{hour}:{more}")))?
}

/// "11", "10:02" or "00:05" of minutes and seconds at the front, and their words.
fn minutes_seconds(run: Run<'_>) -> (String, usize) {
    if let Some((seconds, words)) = seconds(run) {
        return (format!("00:{seconds:02}"), words);
    }
    let minute = below_hundred(run).filter(|m| *m < 60 && at(run, 1) == "मिनट");
    let Some(minute) = minute else { return (String::new(), 0) };
    match seconds(run.from(2)) {
        Some((seconds, words)) => (format!("{minute:02}:{seconds:02}"), 2 + words),
        None => (format!("{minute:02}"), 2),
    }
}

fn seconds(run: Run<'_>) -> Option<(u128, usize)> {
    let value = below_hundred(run).filter(|s| *s < 60)?;
    matches!(at(run, 1).as_str(), "सेकड" | "सेकेड").then_some((value, 2))
}

/// "दो बजने में दस मिनट" is "1:50".
fn before_hour(run: Run<'_>, hours: Parsed, used: usize) -> Option<Written> {
    let (hour, _) = hour_minute(hours).filter(|(h, m)| *m == 0 && *h > 0)?;
    let minutes = below_hundred(run.from(used)).filter(|m| *m < 60)?;
    if at(run, used + 1) != "मिनट" {
        return None;
    }
    let hour = if hour == 1 { 12 } else { hour - 1 };
    Written::new(used + 2, format!("{hour}:{:02}", 60 - minutes))
}

/// "दस अठारह" as the whole text is a time of day.
fn bare(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    if !context.before.is_empty() {
        return None;
    }
    let hour = below_hundred(run).filter(|h| *h <= 12)?;
    let minute = below_hundred(run.from(1)).filter(|m| (10..60).contains(m))?;
    run.ends(2).then(|| Written::new(2, format!("{hour}:{minute:02}")))?
}
