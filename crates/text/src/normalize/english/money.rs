//! Amounts of money: "$1,925.21", "£5", "$2.5 million", "20 USD".

use super::super::{Hit, Place};
use super::{begins, ends, figure, pattern};
use crate::number;

/// How a currency is written and said.
struct Currency {
    sign: &'static str,
    unit: &'static str,
    units: &'static str,
    part: &'static str,
    parts: &'static str,
}

const fn currency(
    sign: &'static str,
    unit: &'static str,
    units: &'static str,
    part: &'static str,
    parts: &'static str,
) -> Currency {
    Currency { sign, unit, units, part, parts }
}

const CURRENCIES: [Currency; 13] = [
    currency("$", "dollar", "dollars", "cent", "cents"),
    currency("US$", "US dollar", "US dollars", "cent", "cents"),
    currency("£", "pound", "pounds", "penny", "pence"),
    currency("€", "euro", "euros", "cent", "cents"),
    currency("₹", "rupee", "rupees", "paisa", "paise"),
    currency("¥", "yen", "yen", "sen", "sen"),
    currency("₩", "won", "won", "jeon", "jeon"),
    currency("USD", "US dollar", "US dollars", "cent", "cents"),
    currency("EUR", "euro", "euros", "cent", "cents"),
    currency("GBP", "pound", "pounds", "penny", "pence"),
    currency("INR", "rupee", "rupees", "paisa", "paise"),
    currency("CAD", "Canadian dollar", "Canadian dollars", "cent", "cents"),
    currency("Rs.", "rupee", "rupees", "paisa", "paise"),
];

pattern!(
    sign_first,
    r"\A([-−]?)(US\$|\$|£|€|₹|¥|₩|USD ?|EUR ?|GBP ?|INR ?|CAD ?|Rs\. ?)([-−]?)([0-9]{1,3}(?:,[0-9]{2,3})+|[0-9]+)?(?:\.([0-9]+))?(?: ?(thousand|million|billion|trillion|lakh|crore|bn|mn|[kKMmBb])\b)?"
);
pattern!(
    sign_last,
    r"\A([0-9]{1,3}(?:,[0-9]{2,3})+|[0-9]+)(?:\.([0-9]+))? ?(€|£|USD|EUR|GBP|INR|CAD)"
);
pattern!(cents_only, r"\A([0-9]{1,2}) ?¢");
pattern!(rate, r"\A/ ?(hour|hr|h|day|d|week|wk|month|mo|year|yr|y|person|unit|user|minute|min)\b");

pattern!(decimal_comma, r"\A([-−]?)(€|EUR ?)([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]{2})");
pattern!(comma_last, r"\A([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]{2}) ?(€|EUR)");
pattern!(
    between,
    r"\A(US\$|\$|£|€|₹)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+) ?[-–] ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?: ?(thousand|million|billion|[kKMB])\b)?"
);

/// "€3,50" as it is written in Europe, and "$10-15".
fn comma_or_range(rest: &str) -> Option<(usize, String)> {
    if let Some(m) = decimal_comma().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let minus = if m[1].is_empty() { "" } else { "minus " };
        let words = amount(m[2].trim_end(), &m[3], &m[4], None)?;
        return Some((m[0].len(), format!("{minus}{words}")));
    }
    if let Some(m) = comma_last().captures(rest).filter(|m| ends(rest, m[0].len())) {
        return Some((m[0].len(), amount(&m[3], &m[1], &m[2], None)?));
    }
    let m = between().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let c = CURRENCIES.iter().find(|c| c.sign == &m[1])?;
    let scale = match m.get(4) {
        Some(scale) => format!(" {}", figure::scale_word(scale.as_str())?),
        None => String::new(),
    };
    let (from, to) = (number::cardinal(&m[2]), number::cardinal(&m[3]));
    Some((m[0].len(), format!("{from} to {to}{scale} {}", c.units)))
}

/// An amount with its currency.
pub(super) fn money(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    if let Some(m) = cents_only().captures(rest) {
        let unit = if &m[1] == "1" { "cent" } else { "cents" };
        return Hit::new(m[0].len(), format!("{} {unit}", number::cardinal(&m[1])));
    }
    if let Some((len, words)) = comma_or_range(rest) {
        return with_rate(rest, len, words);
    }
    let group = |m: &regex::Captures<'_>, i: usize| {
        m.get(i).map_or(String::new(), |x| x.as_str().to_string())
    };
    if let Some(m) = sign_first().captures(rest) {
        let (whole, part) = (group(&m, 4), group(&m, 5));
        if (whole.is_empty() && part.is_empty()) || !ends(rest, m[0].len()) {
            return None;
        }
        let minus = if m[1].is_empty() && m[3].is_empty() { "" } else { "minus " };
        let words = amount(m[2].trim_end(), &whole, &part, m.get(6).map(|x| x.as_str()))?;
        return with_rate(rest, m[0].len(), format!("{minus}{words}"));
    }
    let m = sign_last().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    with_rate(rest, m[0].len(), amount(&m[3], &m[1], &group(&m, 2), None)?)
}

fn amount(sign: &str, whole: &str, part: &str, scale: Option<&str>) -> Option<String> {
    let c = CURRENCIES.iter().find(|c| c.sign == sign)?;
    if let Some(scale) = scale {
        let scale = figure::scale_word(scale)?;
        return Some(format!("{} {scale} {}", scaled_words(whole, part), c.units));
    }
    let words = number::cardinal(whole);
    let unit = if words == "one" { c.unit } else { c.units };
    // Two places, or more that end in zeros, are the hundredth part; others are read as a decimal.
    let cents = part.get(..2).filter(|_| part[2..].bytes().all(|b| b == b'0'));
    Some(match cents {
        None if part.is_empty() => format!("{words} {unit}"),
        None => format!("{} {}", figure::decimal_words(whole, part), c.units),
        Some("00") => format!("{words} {unit}"),
        Some(cents) => {
            let small = if cents == "01" { c.part } else { c.parts };
            let cents = format!("{} {small}", number::cardinal(cents));
            if words == "zero" { cents } else { format!("{words} {unit} {cents}") }
        }
    })
}

/// The number before "million" and its like.
fn scaled_words(whole: &str, part: &str) -> String {
    if part.is_empty() { number::cardinal_plain(whole) } else { figure::decimal_words(whole, part) }
}

/// Adds "per day" for "/d" and its like.
fn with_rate(rest: &str, len: usize, spoken: String) -> Option<Hit> {
    let Some(m) = rate().captures(&rest[len..]) else { return Hit::new(len, spoken) };
    let unit = match &m[1] {
        "hr" | "h" => "hour",
        "d" => "day",
        "wk" => "week",
        "mo" => "month",
        "yr" | "y" => "year",
        "min" => "minute",
        other => other,
    };
    Hit::new(len + m[0].len(), format!("{spoken} per {unit}"))
}
