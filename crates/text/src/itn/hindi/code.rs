//! Strings of digits: phone numbers, codes, numbers of houses.

use super::number::{Groups, at, digit_run};
use crate::itn::words::{Context, Run, Written};
use crate::itn::{Language, english, phone as plan};

/// Words before two digits that say that they are one number.
const BEFORE_NUMBER: [&str; 10] =
    ["नबर", "नमबर", "मकान", "पलॉट", "फलैट", "कमरा", "सेकटर", "बलॉक", "कोड", "पिन"];
/// Words behind a number and a name that make an address.
const STREETS: [&str; 12] = [
    "सटरिट",
    "एबेनयु",
    "एबेनयू",
    "रोड",
    "लेन",
    "मारग",
    "डराइब",
    "पथ",
    "बाजार",
    "मारकेट",
    "नगर",
    "कॉलोनि",
];

/// Digits said one by one, three or more; pairs that make ten or eleven figures; a country code
/// behind "प्लस".
pub(super) fn phone(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let plus = usize::from(at(run, 0) == "पलस");
    let rest = run.from(plus);
    let mut digits = digit_run(rest, false);
    if digits.groups < 8 {
        let pairs = digit_run(rest, true);
        if pairs.groups >= 5 && (10..=12).contains(&pairs.figures.len()) {
            digits = pairs;
        }
    }
    if digits.groups == 0 && context.options.second != Some(Language::English) {
        digits = english_digits(rest);
    }
    let n = digits.figures.len();
    if plus == 1 && (9..=15).contains(&n) {
        let (country, local) = digits.figures.split_at(plan::country_digits(&digits.figures));
        return Written::new(1 + digits.words, format!("+{country} {local}"));
    }
    (plus == 0 && digits.groups >= 3 && !joins(rest, &digits))
        .then(|| Written::new(digits.words, digits.figures))?
}

/// Seven or more English digits within Hindi.
fn english_digits(run: Run<'_>) -> Groups {
    let digits = english::number::digit_run(run);
    if digits.figures.len() < 7 || !digits.single {
        return Groups::default();
    }
    Groups {
        figures: digits.figures,
        words: digits.words,
        groups: digits.groups,
        single: digits.single,
    }
}

/// Whether "हाइफ़न" or "बटा" carries the number on.
fn joins(run: Run<'_>, digits: &Groups) -> bool {
    matches!(at(run, digits.words).as_str(), "हाइफन" | "डैश" | "बटा" | "बटे")
}

/// The number of a house, of two digits or with signs: "छह छह हाइफ़न चार" is "66-4".
pub(super) fn address(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let digits = digit_run(run, false);
    let (mut text, mut used) = (digits.figures.clone(), digits.words);
    if digits.groups == 0 {
        return None;
    }
    let mut signs = 0;
    loop {
        let sign = match at(run, used).as_str() {
            "हाइफन" | "डैश" => '-',
            "बटा" | "बटे" => '/',
            _ => break,
        };
        let next = digit_run(run.from(used + 1), false);
        if next.groups == 0 {
            break;
        }
        text.push(sign);
        text.push_str(&next.figures);
        used += 1 + next.words;
        signs += 1;
    }
    let dash = text.contains('-');
    let named = BEFORE_NUMBER.contains(&super::number::fold(context.last()).as_str());
    let two = digits.groups >= 2 && (signs > 0 || named || street(run, used));
    (two || dash).then(|| Written::new(used, text))?
}

/// Whether a street's name follows.
fn street(run: Run<'_>, used: usize) -> bool {
    (used + 1..used + 3).any(|i| STREETS.contains(&at(run, i).as_str()))
}
