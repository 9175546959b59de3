//! Hindi number words: cardinals with lakh and crore, digit strings, ordinals.

use crate::itn::hindi_number_name as small;
use crate::normalize::figure_value;

/// Scale words with their powers of ten, the largest first.
const SCALES: [(&str, u32); 8] = [
    ("शंख", 17),
    ("पद्म", 15),
    ("नील", 13),
    ("खरब", 11),
    ("अरब", 9),
    ("करोड़", 7),
    ("लाख", 5),
    ("हज़ार", 3),
];
/// Longer figures than this many are read one by one.
const CARDINAL_DIGITS_MAX: usize = 19;

/// Figures of either script in ASCII; other characters are left out.
pub(super) fn ascii(figures: &str) -> String {
    figures.chars().filter_map(figure_value).map(|v| char::from(b'0' + v)).collect()
}

/// Reads figures one by one: "४८२१" is "चार आठ दो एक".
pub(super) fn digits(figures: &str) -> String {
    let words: Vec<&str> =
        figures.chars().filter_map(figure_value).map(|v| small(v.into())).collect();
    words.join(" ")
}

/// Reads a whole number: "1042" is "एक हज़ार बयालीस". Figures that begin with a zero, and more than 19, are
/// read one by one.
pub(super) fn cardinal(figures: &str) -> String {
    let clean = ascii(figures);
    if clean.len() > CARDINAL_DIGITS_MAX || clean.len() > 1 && clean.starts_with('0') {
        return digits(&clean);
    }
    clean.parse().map_or_else(|_| digits(&clean), value)
}

/// The words of a number.
pub(super) fn value(n: u64) -> String {
    if n < 100 {
        return small(n as usize).to_string();
    }
    let mut words = Vec::new();
    let mut rest = n;
    for (name, power) in SCALES {
        let scale = 10u64.pow(power);
        if rest >= scale {
            words.push(value(rest / scale));
            words.push(name.to_string());
            rest %= scale;
        }
    }
    if rest >= 100 {
        words.push(small((rest / 100) as usize).to_string());
        words.push("सौ".to_string());
        rest %= 100;
    }
    if rest > 0 {
        words.push(small(rest as usize).to_string());
    }
    words.join(" ")
}

/// A year: 1999 is "उन्नीस सौ निन्यानबे", 2024 "दो हज़ार चौबीस".
pub(super) fn year(n: u64) -> String {
    if !(1100..2000).contains(&n) {
        return value(n);
    }
    let rest = n % 100;
    let century = format!("{} सौ", small((n / 100) as usize));
    if rest == 0 { century } else { format!("{century} {}", small(rest as usize)) }
}

/// A number with decimals, which are read one by one.
pub(super) fn decimal(whole: &str, part: &str) -> String {
    if part.is_empty() {
        return cardinal(whole);
    }
    let whole = ascii(whole);
    let whole = if whole.is_empty() { "0" } else { &whole };
    format!("{} दशमलव {}", cardinal(whole), digits(part))
}

/// A number in halves and quarters as it is said before a span of time: 2.5 is "ढाई".
pub(super) fn in_quarters(whole: &str, part: &str) -> Option<String> {
    let n: u64 = ascii(whole).parse().ok()?;
    Some(match (n, ascii(part).trim_end_matches('0')) {
        (0, "5") => "आधा".into(),
        (1, "5") => "डेढ़".into(),
        (2, "5") => "ढाई".into(),
        (1, "25") => "सवा".into(),
        (_, "5") if n > 2 => format!("साढ़े {}", value(n)),
        (_, "25") if n > 1 => format!("सवा {}", value(n)),
        (0, "75") => "पौन".into(),
        (_, "75") => format!("पौने {}", value(n + 1)),
        _ => return None,
    })
}

/// An ordinal with its ending as it is written: "वां", "वीं", "वें", "ला", "री".
pub(super) fn ordinal(n: u64, ending: &str) -> Option<String> {
    let vowel = if ending.ends_with(['ी', 'ं']) && ending.contains('ी') {
        'ी'
    } else if ending.contains('े') {
        'े'
    } else {
        'ा'
    };
    let irregular = match n {
        1 => "पहल",
        2 => "दूसर",
        3 => "तीसर",
        4 => "चौथ",
        6 => "छठ",
        _ => "",
    };
    if !irregular.is_empty() {
        return Some(format!("{irregular}{vowel}"));
    }
    ending.starts_with('व').then(|| {
        let stem = if (1900..2000).contains(&n) { year(n) } else { value(n) };
        format!("{stem}{ending}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_figures() {
        for (figures, words) in [
            ("0", "शून्य"),
            ("०५", "शून्य पाँच"),
            ("101", "एक सौ एक"),
            ("१,२३,४५६", "एक लाख तेईस हज़ार चार सौ छप्पन"),
            ("10000000", "एक करोड़"),
        ] {
            assert_eq!(cardinal(figures), words);
        }
        assert_eq!(year(1999), "उन्नीस सौ निन्यानबे");
        assert_eq!(in_quarters("3", "5").as_deref(), Some("साढ़े तीन"));
        assert_eq!(ordinal(6, "ठी").as_deref(), Some("छठी"));
        assert_eq!(ordinal(7, "वीं").as_deref(), Some("सातवीं"));
    }
}
