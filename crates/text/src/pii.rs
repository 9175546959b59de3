//! Personal data: a wrapper that never prints it, and the finding and blotting out of numbers and addresses.
//!
//! [`redact`] knows what has a shape and mostly a check digit: cards (Luhn), bank accounts (IBAN, mod 97), social
//! security numbers, phone numbers, e-mail addresses and long rows of digits, written or spoken. Names have no
//! shape; they are found by a model elsewhere. Missing one costs more than blotting out one too many.

use std::fmt;
use std::ops::Range;

mod spoken;
mod written;

/// A value that must not reach logs: its `Debug` and `Display` print `[redacted]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for those who may see it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Unwraps the value.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What kind of personal data a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PiiKind {
    /// A payment card number whose check digit is right.
    Card,
    /// A card's three or four digit security code.
    SecurityCode,
    /// A secret number: PIN, passcode, one-time code.
    Pin,
    /// A United States social security number.
    Ssn,
    /// An international bank account number whose check digits are right.
    Iban,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Any other row of six or more digits, such as an account number.
    Number,
}

impl PiiKind {
    /// What stands in place of the data.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Card => "[CARD_REDACTED]",
            Self::SecurityCode => "[CVV_REDACTED]",
            Self::Pin => "[PIN_REDACTED]",
            Self::Ssn => "[SSN_REDACTED]",
            Self::Iban => "[IBAN_REDACTED]",
            Self::Phone => "[PHONE_REDACTED]",
            Self::Email => "[EMAIL_REDACTED]",
            Self::Number => "[NUMBER_REDACTED]",
        }
    }
}

/// A span of personal data in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PiiSpan {
    /// What it is.
    pub kind: PiiKind,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// Text is looked at in pieces of this many bytes at most, so that no input is too long.
const PIECE_BYTES_MAX: usize = 8 * 1024;

/// Finds personal data, in order and without overlaps. Texts of any length are searched whole.
pub fn find(text: &str) -> Vec<PiiSpan> {
    let mut spans = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = piece_end(text, start);
        let piece = &text[start..end];
        let mut found = written::find(piece);
        found.extend(spoken::find(piece));
        let moved = without_overlaps(found).into_iter();
        spans.extend(
            moved.map(|s| PiiSpan {
                kind: s.kind,
                range: s.range.start + start..s.range.end + start,
            }),
        );
        start = end;
    }
    spans
}

/// Replaces personal data by tags such as `[CARD_REDACTED]`; the rest of the text stays as it is.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in find(text) {
        out.push_str(&text[at..span.range.start]);
        out.push_str(span.kind.tag());
        at = span.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Where a piece that begins at `start` may end: at a line's or sentence's end, else at a space.
fn piece_end(text: &str, start: usize) -> usize {
    let limit = text.floor_char_boundary(start + PIECE_BYTES_MAX);
    if limit == text.len() {
        return limit;
    }
    let piece = &text[start..limit];
    let cut = piece.rfind('\n').or_else(|| piece.rfind(". ")).or_else(|| piece.rfind(' '));
    cut.filter(|&c| c > 0).map_or(limit.max(start + 1), |c| start + c + 1)
}

/// Sorted spans; where two overlap, both are covered by one of the first found kind.
fn without_overlaps(mut spans: Vec<PiiSpan>) -> Vec<PiiSpan> {
    spans.sort_by_key(|s| (s.range.start, std::cmp::Reverse(s.range.end)));
    let mut kept: Vec<PiiSpan> = Vec::new();
    for span in spans {
        match kept.last_mut() {
            Some(last) if span.range.start < last.range.end => {
                last.range.end = last.range.end.max(span.range.end)
            }
            _ => kept.push(span),
        }
    }
    kept
}

/// Whether a row of digits has the right check digit of a payment card (Luhn's formula).
pub fn luhn(figures: &str) -> bool {
    let digits: Vec<u32> = figures.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { d })
        .sum();
    digits.len() > 1 && sum.is_multiple_of(10) && digits.iter().any(|&d| d > 0)
}

/// Whether letters and digits are an IBAN: its form, and a remainder of 1 when divided by 97.
pub fn iban(text: &str) -> bool {
    let clean: Vec<u8> =
        text.bytes().filter(|b| !b.is_ascii_whitespace()).map(|b| b.to_ascii_uppercase()).collect();
    let form = (15..=34).contains(&clean.len())
        && clean.iter().all(u8::is_ascii_alphanumeric)
        && clean[..2].iter().all(u8::is_ascii_alphabetic)
        && clean[2..4].iter().all(u8::is_ascii_digit);
    if !form {
        return false;
    }
    let moved = clean[4..].iter().chain(&clean[..4]);
    let remainder = moved.fold(0u32, |r, &b| match b {
        b'0'..=b'9' => (r * 10 + u32::from(b - b'0')) % 97,
        _ => (r * 100 + u32::from(b - b'A') + 10) % 97,
    });
    remainder == 1
}

/// Whether nine digits can be a social security number: no part is zero, and the area was given out.
pub fn ssn(figures: &str) -> bool {
    let clean: String = figures.chars().filter(char::is_ascii_digit).collect();
    clean.len() == 9
        && !matches!(&clean[..3], "000" | "666")
        && !clean.starts_with('9')
        && &clean[3..5] != "00"
        && &clean[5..] != "0000"
}

/// What a row of digits is, by its length, its check digit and the words before it.
fn kind_of_digits(figures: &str, before: &str) -> Option<PiiKind> {
    let context = before.to_lowercase();
    let last: Vec<&str> = context
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .rev()
        .take(7)
        .collect();
    let said = |words: &[&str]| last.iter().any(|w| words.contains(w));
    let n = figures.len();
    if (13..=19).contains(&n) && luhn(figures) {
        return Some(PiiKind::Card);
    }
    if n == 9 && said(&["ssn", "social", "security"]) && ssn(figures) {
        return Some(PiiKind::Ssn);
    }
    if (3..=4).contains(&n)
        && (said(&["cvv", "cvc", "cv2", "cvv2"]) || said(&["security"]) && said(&["code"]))
    {
        return Some(PiiKind::SecurityCode);
    }
    if (4..=8).contains(&n) && said(&["pin", "passcode", "otp", "password"]) {
        return Some(PiiKind::Pin);
    }
    if (7..=15).contains(&n)
        && said(&["phone", "call", "mobile", "cell", "telephone", "fax", "callback", "reach"])
    {
        return Some(PiiKind::Phone);
    }
    (n >= 6).then_some(PiiKind::Number)
}

#[cfg(test)]
mod tests;
