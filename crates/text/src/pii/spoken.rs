//! Personal data in words: "four one one one ..." and "john at example dot com".

use super::{PiiKind, PiiSpan, kind_of_digits};
use crate::itn::digits;
use crate::normalize::english::pattern;

pattern!(
    address,
    r"(?i)\b(?:[a-z0-9]+|(?:[a-z0-9] )+[a-z0-9]*)(?: (?:dot|underscore|dash|hyphen) (?:[a-z0-9] )*[a-z0-9]+)* at (?:[a-z0-9] )*[a-z0-9]+(?:(?: dash| hyphen) [a-z0-9]+)*(?: dot (?:(?:[a-z] )+[a-z]\b|[a-z0-9]+))+"
);
pattern!(word, r"[A-Za-z0-9']+");

/// Words that carry a digit for certain.
const SURE: [&str; 34] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "double",
    "triple",
    "niner",
    "treble",
];
/// Words that may stand between digits without ending the row.
const BETWEEN: [&str; 17] = [
    "oh", "o", "uh", "um", "er", "dash", "to", "too", "for", "ate", "won", "tree", "fife", "and",
    "then", "hyphen", "space",
];
/// The fewest words of digits that are looked at.
const WORDS_MIN: usize = 3;

/// Spoken e-mail addresses and rows of digit words.
pub(super) fn find(text: &str) -> Vec<PiiSpan> {
    let mut spans: Vec<PiiSpan> = address()
        .find_iter(text)
        .map(|m| PiiSpan { kind: PiiKind::Email, range: m.range() })
        .collect();
    spans.extend(rows(text));
    spans
}

fn rows(text: &str) -> Vec<PiiSpan> {
    let words: Vec<(std::ops::Range<usize>, String)> =
        word().find_iter(text).map(|m| (m.range(), m.as_str().to_lowercase())).collect();
    let sure = |w: &str| SURE.contains(&w) || w.bytes().all(|b| b.is_ascii_digit());
    let mut spans = Vec::new();
    let mut i = 0;
    while i < words.len() {
        if !sure(&words[i].1) && !matches!(words[i].1.as_str(), "oh" | "o") {
            i += 1;
            continue;
        }
        let mut end = i;
        let (mut last, mut spelled) = (i, 0);
        while end < words.len() && (sure(&words[end].1) || BETWEEN.contains(&words[end].1.as_str()))
        {
            if sure(&words[end].1) || matches!(words[end].1.as_str(), "oh" | "o") {
                last = end;
                spelled += usize::from(words[end].1.bytes().all(|b| b.is_ascii_alphabetic()));
            }
            end += 1;
        }
        let range = words[i].0.start..words[last].0.end;
        let figures = digits(&text[range.clone()]);
        // Rows written in figures alone are found elsewhere; sums like "two hundred thousand" are no secret.
        let counted = words[i..=last].iter().any(|(_, w)| w == "thousand")
            || words[i..=last].iter().filter(|(_, w)| w == "hundred").count() > 1;
        if spelled >= WORDS_MIN
            && !counted
            && let Some(kind) = kind_of_digits(&figures, &text[..range.start])
        {
            spans.push(PiiSpan { kind: phone_by_length(kind, figures.len()), range });
        }
        i = end;
    }
    spans
}

/// Ten spoken digits are a phone number unless something else is known.
fn phone_by_length(kind: PiiKind, figures: usize) -> PiiKind {
    if kind == PiiKind::Number && figures == 10 { PiiKind::Phone } else { kind }
}
