//! Dates: "July 25, 2012", "25 July", "2006-08-05", "11/17/05", "1980s". Figures are read month first, as in
//! American English.

use super::super::{Hit, Place};
use super::{begins, ends, pattern};
use crate::number;

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

macro_rules! month {
    () => {
        concat!(
            "(january|february|march|april|may|june|july|august|september|october|november|",
            "december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
        )
    };
}

pattern!(
    month_day,
    concat!(r"(?i)\A", month!(), r"\.?[ -]([0-9]{1,2})(?:st|nd|rd|th)?(?:(,? |-)([0-9]{4}))?")
);
pattern!(
    day_month,
    concat!(
        r"(?i)\A([0-9]{1,2})(?:st|nd|rd|th)?[ -](?:of )?",
        month!(),
        r"(?:\.?(,? |-)([0-9]{4}))?"
    )
);
pattern!(month_year, concat!(r"(?i)\A", month!(), r"\.?,? ([0-9]{4})"));
pattern!(year_first, r"\A([0-9]{4})([-/.])([0-9]{1,2})([-/.])([0-9]{1,2})");
pattern!(year_last, r"\A([0-9]{1,2})([-/.])([0-9]{1,2})([-/.])([0-9]{4}|[0-9]{2})");
pattern!(day_only, r"\A([0-9]{1,2})/([0-9]{1,2})");
pattern!(decades, r"\A['’]?([0-9]{0,2}[0-9]0) ?s");
pattern!(quarter, r"\A(?:([1-4])Q|Q([1-4]))(?: ?'?([0-9]{4}|[0-9]{2}))?");
pattern!(
    weekday,
    r"\A(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)(?:\.(?:,| [0-9])|, (?:[A-Z]|[0-9])| [0-9])"
);
pattern!(
    weekdays,
    r"\A(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\.? ?[-–] ?(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\b"
);
pattern!(era, r"\A([0-9]{1,4}) ?(A\.?D|B\.?C\.?E|B\.?C|C\.?E)\b\.?");

/// The full name of a month given by its name or abbreviation.
fn month_name(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    MONTHS.into_iter().find(|m| m.starts_with(&text) || (text == "sept" && *m == "september"))
}

fn month_number(figures: &str) -> Option<&'static str> {
    MONTHS.get(figures.parse::<usize>().ok()?.checked_sub(1)?).copied()
}

/// The day of a month as an ordinal, if it is one.
fn day(figures: &str) -> Option<String> {
    let n: u32 = figures.parse().ok()?;
    (1..=31).contains(&n).then(|| number::ordinal(figures))
}

fn year(figures: &str) -> Option<String> {
    figures.parse().ok().map(number::year)
}

/// Any written date.
pub(super) fn date(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    named_month(place)
        .or_else(|| figures_only(place))
        .or_else(|| quarter_year(rest))
        .or_else(|| week_day(rest))
        .or_else(|| with_era(rest))
}

fn named_month(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if let Some(m) = month_day().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let spoken = format!("{} {}", month_name(&m[1])?, day(&m[2])?);
        return with_year(&m, spoken);
    }
    if let Some(m) = day_month().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let article = if place.previous_word().eq_ignore_ascii_case("the") { "" } else { "the " };
        let spoken = format!("{article}{} of {}", day(&m[1])?, month_name(&m[2])?);
        let mut hit = with_year(&m, spoken)?;
        let short = m[2].len() < 5 && month_name(&m[2]).is_some_and(|n| n.len() > m[2].len());
        hit.len += usize::from(short && rest[hit.len..].starts_with('.'));
        return Some(hit);
    }
    let m = month_year().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    Hit::new(m[0].len(), format!("{} {}", month_name(&m[1])?, year(&m[2])?))
}

/// Groups 3 and 4 of a named month are what stands before the year, and the year.
fn with_year(m: &regex::Captures<'_>, mut spoken: String) -> Option<Hit> {
    if let (Some(gap), Some(figures)) = (m.get(3), m.get(4)) {
        spoken.push_str(if gap.as_str().contains(',') { ", " } else { " " });
        spoken.push_str(&year(figures.as_str())?);
    }
    Hit::new(m[0].len(), spoken)
}

fn figures_only(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if let Some(m) = year_first().captures(rest).filter(|m| m[2] == m[4] && ends(rest, m[0].len()))
    {
        return Hit::new(
            m[0].len(),
            format!("{} {} {}", month_number(&m[3])?, day(&m[5])?, year(&m[1])?),
        );
    }
    if let Some(m) = year_last().captures(rest).filter(|m| m[2] == m[4] && ends(rest, m[0].len())) {
        let (month, date) = match (month_number(&m[1]), day(&m[3])) {
            (Some(month), Some(date)) => (month, date),
            _ => (month_number(&m[3])?, day(&m[1])?),
        };
        let year = if m[5].len() == 4 { year(&m[5])? } else { short_year(&m[5]) };
        return Hit::new(m[0].len(), format!("{month} {date} {year}"));
    }
    // "3/4" is a date only where the word before says so.
    let said = place.previous_word().to_lowercase();
    if !matches!(said.as_str(), "on" | "by" | "until" | "since" | "due" | "dated") {
        return None;
    }
    let m = day_only().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    Hit::new(m[0].len(), format!("{} {}", month_number(&m[1])?, day(&m[2])?))
}

/// "05" is "zero five", "22" "twenty two".
fn short_year(figures: &str) -> String {
    if figures.starts_with('0') { number::digits(figures) } else { number::cardinal(figures) }
}

fn quarter_year(rest: &str) -> Option<Hit> {
    let m = quarter().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let mut spoken = format!("the {} quarter", number::ordinal(m.get(1).or(m.get(2))?.as_str()));
    if let Some(figures) = m.get(3).map(|y| y.as_str()) {
        let year = if figures.len() == 4 { year(figures)? } else { short_year(figures) };
        spoken.push_str(&format!(" of {year}"));
    }
    Hit::new(m[0].len(), spoken)
}

fn week_day(rest: &str) -> Option<Hit> {
    if let Some(m) = weekdays().captures(rest) {
        let after = &rest[m[0].len()..];
        // Inside a sentence the point belongs to the abbreviation.
        let point = after.strip_prefix('.').is_some_and(|t| {
            t.starts_with([',', ';', ')']) || t.trim_start().starts_with(char::is_lowercase)
        });
        return Hit::new(
            m[0].len() + usize::from(point),
            format!("{} to {}", day_name(&m[1]), day_name(&m[2])),
        );
    }
    let m = weekday().captures(rest)?;
    let point = rest[m[1].len()..].starts_with('.');
    Hit::new(m[1].len() + usize::from(point), day_name(&m[1]))
}

/// The full name of a day of the week given by an abbreviation of it.
fn day_name(short: &str) -> &'static str {
    match short.get(..2).unwrap_or_default() {
        "Mo" => "Monday",
        "Tu" => "Tuesday",
        "We" => "Wednesday",
        "Th" => "Thursday",
        "Fr" => "Friday",
        "Sa" => "Saturday",
        _ => "Sunday",
    }
}

/// "340 A.D": figures of a year with the era.
fn with_era(rest: &str) -> Option<Hit> {
    let m = era().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let value: u32 = m[1].parse().ok()?;
    let words = match value {
        100..1000 if value % 100 >= 10 => {
            let (century, rest) = (value / 100, value % 100);
            format!(
                "{} {}",
                number::cardinal(&century.to_string()),
                number::cardinal(&rest.to_string())
            )
        }
        _ => number::year(value),
    };
    Hit::new(m[0].len(), format!("{words} {}", m[2].replace('.', "")))
}

/// "1980s" and "'80s".
pub(super) fn decade(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    let m = decades().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let value: u32 = m[1].parse().ok()?;
    let words = match m[1].len() {
        2 if value >= 20 => number::cardinal(&m[1]),
        4 if (1000..2100).contains(&value) => number::year(value),
        _ => return None,
    };
    let (head, last) = words.rsplit_once(' ').unwrap_or(("", &words));
    Hit::new(m[0].len(), format!("{head} {}", number::plural(last)).trim_start())
}
