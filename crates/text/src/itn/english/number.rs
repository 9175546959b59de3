//! Reading English number words: cardinals, ordinals, years, and strings of digits.

use crate::itn::words::{Run, Word};
use crate::number::{SMALL, TENS};

/// A number read from the front of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::itn) struct Parsed {
    pub value: u128,
    pub words: usize,
}

/// Scale words with their powers of ten; "lakh" and "crore" are the Indian ones.
const SCALES: [(&str, u32); 9] = [
    ("thousand", 3),
    ("lakh", 5),
    ("million", 6),
    ("crore", 7),
    ("billion", 9),
    ("trillion", 12),
    ("quadrillion", 15),
    ("quintillion", 18),
    ("sextillion", 21),
];
const ORDINALS: [(&str, &str); 8] = [
    ("first", "one"),
    ("second", "two"),
    ("third", "three"),
    ("fifth", "five"),
    ("eighth", "eight"),
    ("ninth", "nine"),
    ("twelfth", "twelve"),
    ("zeroth", "zero"),
];

/// The value of "one" to "nine".
pub(in crate::itn) fn unit(word: &str) -> Option<u128> {
    SMALL[1..10].iter().position(|w| *w == word).map(|i| i as u128 + 1)
}

/// The value of "ten" to "nineteen".
pub(in crate::itn) fn teen(word: &str) -> Option<u128> {
    SMALL[10..].iter().position(|w| *w == word).map(|i| i as u128 + 10)
}

/// The value of "twenty" to "ninety".
pub(in crate::itn) fn ten(word: &str) -> Option<u128> {
    TENS[2..]
        .iter()
        .position(|w| *w == word || (*w == "forty" && word == "fourty"))
        .map(|i| (i as u128 + 2) * 10)
}

/// The digit that a word names, "oh" and "o" included.
pub(in crate::itn) fn digit(word: &str) -> Option<u8> {
    match word {
        "zero" | "oh" | "o" | "nought" => Some(0),
        "niner" => Some(9),
        _ => unit(word).map(|v| v as u8),
    }
}

pub(in crate::itn) fn scale(word: &str) -> Option<u128> {
    SCALES.iter().find(|(name, _)| *name == word).map(|&(_, power)| 10u128.pow(power))
}

/// Whether a word can be part of a number.
pub(in crate::itn) fn is_number_word(word: &str) -> bool {
    digit(word).is_some() && word != "o"
        || teen(word).is_some()
        || ten(word).is_some()
        || scale(word).is_some()
        || word == "hundred"
        || ordinal_base(word).is_some_and(|b| is_number_word(&b))
}

/// A number from 1 to 99.
pub(in crate::itn) fn below_hundred(words: Run<'_>) -> Option<Parsed> {
    let first = words.at(0);
    if let Some(value) = unit(first).or_else(|| teen(first)) {
        return Some(Parsed { value, words: 1 });
    }
    let tens = ten(first)?;
    Some(match unit(words.at(1)) {
        Some(u) => Parsed { value: tens + u, words: 2 },
        None => Parsed { value: tens, words: 1 },
    })
}

/// A number below a hundred thousand that is said without "thousand": "three hundred and five",
/// "twenty one hundred".
fn group(words: Run<'_>) -> Option<Parsed> {
    let head = if words.at(0) == "a" && (words.at(1) == "hundred" || scale(words.at(1)).is_some()) {
        Parsed { value: 1, words: 1 }
    } else {
        below_hundred(words)?
    };
    if words.at(head.words) != "hundred" {
        return Some(head);
    }
    let (value, mut used) = (head.value * 100, head.words + 1);
    let and = usize::from(words.at(used) == "and");
    let rest = below_hundred(words.from(used + and));
    let Some(rest) = rest else { return Some(Parsed { value, words: used }) };
    used += and + rest.words;
    Some(Parsed { value: value + rest.value, words: used })
}

/// A whole number: "two million three", "eleven hundred twenty one". Zero counts, too.
pub(in crate::itn) fn cardinal(words: Run<'_>) -> Option<Parsed> {
    if words.at(0) == "zero" {
        return Some(Parsed { value: 0, words: 1 });
    }
    let (mut total, mut used, mut ceiling) = (0u128, 0, u128::MAX);
    loop {
        let and = usize::from(used > 0 && words.at(used) == "and");
        let Some(part) = group(words.from(used + and)) else { break };
        let after = used + and + part.words;
        match scale(words.at(after)) {
            Some(s) if s < ceiling => {
                total += part.value.checked_mul(s)?;
                used = after + 1;
                ceiling = s;
            }
            Some(_) => break,
            None if part.value < ceiling => {
                total += part.value;
                used = after;
                break;
            }
            None => break,
        }
    }
    (used > 0).then_some(Parsed { value: total, words: used })
}

/// The cardinal behind an ordinal: "twentieth" gives "twenty".
fn ordinal_base(word: &str) -> Option<String> {
    if let Some((_, base)) = ORDINALS.iter().find(|(o, _)| *o == word) {
        return Some((*base).to_string());
    }
    let stem = word.strip_suffix("th")?;
    if let Some(tens) = stem.strip_suffix("ie").map(|s| format!("{s}y")) {
        return ten(&tens).map(|_| tens);
    }
    let known =
        unit(stem).is_some() || teen(stem).is_some() || stem == "hundred" || scale(stem).is_some();
    known.then(|| stem.to_string())
}

/// An ordinal number: "twenty fifth", "eleven hundred twenty first".
pub(in crate::itn) fn ordinal(words: Run<'_>) -> Option<Parsed> {
    let mut plain: Vec<Word> = Vec::new();
    loop {
        let mut word = words.word(plain.len())?.clone();
        if let Some(base) = ordinal_base(&word.lower) {
            word.lower = base;
            plain.push(word);
            let all = plain.len();
            return cardinal(Run::closed(&plain)).filter(|p| p.words == all);
        }
        // Only the words of a number are read, so that others need not wait for an ordinal.
        let article = plain.is_empty() && word.lower == "a";
        let and = !plain.is_empty() && word.lower == "and";
        if !(article || and || is_number_word(&word.lower)) {
            return None;
        }
        plain.push(word);
    }
}

/// A year: "nineteen seventeen", "nineteen oh five", "two thousand twelve", "twenty hundred".
pub(in crate::itn) fn year(words: Run<'_>) -> Option<Parsed> {
    if let Some(pair) = year_pair(words) {
        return Some(pair);
    }
    cardinal(words).filter(|p| (1000..3000).contains(&p.value))
}

/// A decade: "nineteen eighties".
pub(in crate::itn) fn decade(words: Run<'_>) -> Option<Parsed> {
    let century = below_hundred(words).filter(|c| (10..30).contains(&c.value) && c.words == 1)?;
    let tens = words.at(1).strip_suffix("ies").and_then(|stem| ten(&format!("{stem}y")))?;
    Some(Parsed { value: century.value * 100 + tens, words: 2 })
}

fn year_pair(words: Run<'_>) -> Option<Parsed> {
    let century = below_hundred(words).filter(|c| (10..30).contains(&c.value) && c.words == 1)?;
    let rest = words.from(century.words);
    if matches!(rest.at(0), "oh" | "o") {
        let last = unit(rest.at(1))?;
        return Some(Parsed { value: century.value * 100 + last, words: century.words + 2 });
    }
    let rest = below_hundred(rest).filter(|r| r.value >= 10)?;
    Some(Parsed { value: century.value * 100 + rest.value, words: century.words + rest.words })
}

/// Figures that are said one by one or in small groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::itn) struct DigitRun {
    pub figures: String,
    pub words: usize,
    /// How many groups were said ("four" is one, "forty eight" is one, "double oh" is one).
    pub groups: usize,
    /// Whether every group was a single digit or a repeated one.
    pub single: bool,
    /// Whether "double" or "triple" was said.
    pub repeated: bool,
}

/// Reads as many digit groups as there are at the front.
pub(in crate::itn) fn digit_run(words: Run<'_>) -> DigitRun {
    let mut run = DigitRun { single: true, ..DigitRun::default() };
    while let Some(word) = words.word(run.words) {
        let rest = words.from(run.words);
        let times = match word.lower.as_str() {
            "double" => 2,
            "triple" | "treble" => 3,
            _ => 0,
        };
        if let Some(d) = (times > 0).then(|| digit(rest.at(1))).flatten() {
            run.figures.extend(std::iter::repeat_n(char::from(b'0' + d), times));
            run.words += 2;
            run.repeated = true;
        } else if let Some(hundreds) =
            hundreds(rest).filter(|_| run.groups > 0 || two_digits(rest.from(2)))
        {
            run.figures.push_str(&hundreds.to_string());
            run.words += 2;
            run.single = false;
        } else if let Some(d) = digit(&word.lower) {
            run.figures.push(char::from(b'0' + d));
            run.words += 1;
        } else if let Some(pair) = below_hundred(rest) {
            run.figures.push_str(&pair.value.to_string());
            run.words += pair.words;
            run.single = false;
        } else {
            break;
        }
        run.groups += 1;
    }
    run
}

/// Two digits in a row, which no cardinal has: "eight hundred | five five".
fn two_digits(words: Run<'_>) -> bool {
    digit(words.at(0)).is_some() && digit(words.at(1)).is_some()
}

/// "eight hundred" before another digit.
fn hundreds(words: Run<'_>) -> Option<u128> {
    let value = unit(words.at(0)).filter(|_| words.at(1) == "hundred")?;
    words
        .word(2)
        .is_none_or(|w| digit(&w.lower).is_some() || w.lower == "double")
        .then_some(value * 100)
}
