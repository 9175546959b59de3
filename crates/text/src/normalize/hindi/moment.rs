//! Dates, years and the time of day.

use super::super::{Hit, Place};
use super::{begins, ends, number, word_before};
use crate::normalize::english::pattern;

pattern!(
    in_figures,
    r"\A([0-9०-९]{1,2})([-/.])([0-9०-९]{1,2})(?:([-/.])([0-9०-९]{4}|[0-9०-९]{2}))?"
);
pattern!(year_first, r"\A([0-9०-९]{4})[-/]([0-9०-९]{1,2})[-/]([0-9०-९]{1,2})");
pattern!(
    named,
    r"\A([0-9०-९]{1,2}) (जनवरी|फ़रवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर),? ([0-9०-९]{4})"
);
pattern!(four, r"\A([0-9०-९]{4})(?:([-–])([0-9०-९]{4}|[0-9०-९]{2}))?");
pattern!(
    written,
    r"\A([0-9०-९]{1,2}):([0-9०-९]{2})(?::([0-9०-९]{2}))?(?: ?बजे)?(?: ?([AaPp])\.?[Mm]\b\.?)?"
);

/// The months.
const MONTHS: [&str; 12] = [
    "जनवरी",
    "फ़रवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "अक्टूबर",
    "नवंबर",
    "दिसंबर",
];
/// Words before four figures that make them a year.
const BEFORE_YEARS: [&str; 9] = ["साल", "सन", "सन्", "वर्ष", "ईस्वी", "संवत", "ई", "जनवरी", "दिसंबर"];
/// Words behind four figures that make them a year.
const BEHIND_YEARS: [&str; 16] = [
    "में",
    "से",
    "तक",
    "के",
    "की",
    "का",
    "को",
    "ई",
    "ईस्वी",
    "ईसा",
    "वाले",
    "दशक",
    "और",
    "ईसवी",
    "बैच",
    "संस्करण",
];

fn parsed(figures: &str) -> Option<u64> {
    number::ascii(figures).parse().ok()
}

fn month(n: u64) -> Option<&'static str> {
    MONTHS.get(n.checked_sub(1)? as usize).copied()
}

/// A date in figures, or with its month's name and a year.
pub(super) fn date(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['-', '/', '.']) {
        return None;
    }
    if let Some(m) = named().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let words =
            format!("{} {} {}", number::value(parsed(&m[1])?), &m[2], number::year(parsed(&m[3])?));
        return Hit::new(m[0].len(), words);
    }
    if let Some(m) = year_first().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let (day, name) = (parsed(&m[3])?, month(parsed(&m[2])?)?);
        let words = format!("{} {name} {}", number::value(day), number::year(parsed(&m[1])?));
        return (1..=31).contains(&day).then_some(words).and_then(|w| Hit::new(m[0].len(), w));
    }
    let m = in_figures().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let (first, second) = (parsed(&m[1])?, parsed(&m[3])?);
    let two = m.get(4).is_none();
    // "3/4" is a part and "3.4" a decimal; two figures each with a hyphen are a day and a month.
    let shape = if two {
        &m[2] == "-" && m[1].chars().count() == 2 && m[3].chars().count() == 2
    } else {
        m[2] == m[4]
    };
    if !shape || !(1..=31).contains(&first) || !(1..=31).contains(&second) {
        return None;
    }
    let year = match m.get(5).map(|y| y.as_str()) {
        Some(y) if y.chars().count() == 2 => format!(" {}", number::year(2000 + parsed(y)?)),
        Some(y) => format!(" {}", number::year(parsed(y)?)),
        None => String::new(),
    };
    let words = match month(second) {
        Some(name) => format!("{} {name}{year}", number::value(first)),
        // The American order.
        None => format!("{} {}{year}", month(first)?, number::value(second)),
    };
    Hit::new(m[0].len(), words)
}

/// Four figures that are a year by the words beside them, or two years with a hyphen between.
pub(super) fn year(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = four().captures(rest).filter(|m| begins(place) && ends(rest, m[0].len()))?;
    let value = parsed(&m[1]).filter(|v| (1100..2100).contains(v))?;
    let after = rest[m[0].len()..].trim_start();
    let next = after.split(|c: char| !super::in_word(c)).next().unwrap_or_default();
    let before = word_before(place);
    let asked =
        BEFORE_YEARS.contains(&before) || MONTHS.contains(&before) || BEHIND_YEARS.contains(&next);
    if place.before().ends_with(['₹', '$', '-', '/', '.', ',']) || !asked {
        return None;
    }
    let until = match m.get(3) {
        None => String::new(),
        Some(y) if y.as_str().chars().count() == 2 => {
            format!(" से {}", number::value(parsed(y.as_str())?))
        }
        Some(y) => format!(" से {}", number::year(parsed(y.as_str())?)),
    };
    Hit::new(m[0].len(), format!("{}{until}", number::year(value)))
}

/// A time of day.
pub(super) fn clock(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with([':', '.', ',']) {
        return None;
    }
    let m = written().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let (hour, minute) = (parsed(&m[1])?, parsed(&m[2])?);
    let second = m.get(3).and_then(|s| parsed(s.as_str()));
    if hour > 24 || minute > 59 || second.is_some_and(|s| s > 59) {
        return None;
    }
    let part = match (m.get(4).map(|h| h.as_str().to_lowercase()).as_deref(), hour) {
        (None, _) => "",
        (Some("a"), 12 | 1..=3) => "रात के ",
        (Some("a"), _) => "सुबह के ",
        (Some(_), 12 | 1..=3) => "दोपहर के ",
        (Some(_), 4..=6) => "शाम के ",
        (Some(_), _) => "रात के ",
    };
    let hour = number::value(hour);
    let words = match (minute, second) {
        (0, None | Some(0)) => format!("{hour} बजे"),
        (0, Some(s)) => format!("{hour} बजकर {} सेकंड", number::value(s)),
        (n, None | Some(0)) => format!("{hour} बजकर {} मिनट", number::value(n)),
        (n, Some(s)) => format!("{hour} बजकर {} मिनट {} सेकंड", number::value(n), number::value(s)),
    };
    Hit::new(m[0].len(), format!("{part}{words}"))
}
