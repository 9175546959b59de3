//! Personal data: a wrapper that never prints it, and the finding and blotting out of numbers and addresses.
//!
//! [`find`] knows what has a shape and mostly a check digit: cards (Luhn), bank accounts (IBAN, mod 97), social
//! security and other national numbers, phone numbers, e-mail and network addresses, passports and long rows of
//! digits, written or spoken in English, Spanish or Hindi. Names, postal addresses and dates of birth have no
//! shape; they are found by a model elsewhere, whose spans [`merged`] puts together with these. Missing one
//! costs more than blotting out one too many.

use std::fmt;
use std::ops::Range;

mod cues;
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
    /// Another state's number of a person: Aadhaar, PAN, DNI, NIE, National Insurance.
    NationalId,
    /// A passport number.
    Passport,
    /// An international bank account number whose check digits are right.
    Iban,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An address in a computer network, IPv4 or IPv6.
    Ip,
    /// Any other row of six or more digits, such as an account number.
    Number,
    /// A person's name.
    Name,
    /// A postal address.
    Address,
    /// A date of birth.
    BirthDate,
}

impl PiiKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Card,
        Self::SecurityCode,
        Self::Pin,
        Self::Ssn,
        Self::NationalId,
        Self::Passport,
        Self::Iban,
        Self::Phone,
        Self::Email,
        Self::Ip,
        Self::Number,
        Self::Name,
        Self::Address,
        Self::BirthDate,
    ];

    /// Its name in files and labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::SecurityCode => "cvv",
            Self::Pin => "pin",
            Self::Ssn => "ssn",
            Self::NationalId => "national_id",
            Self::Passport => "passport",
            Self::Iban => "iban",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Ip => "ip",
            Self::Number => "number",
            Self::Name => "name",
            Self::Address => "address",
            Self::BirthDate => "birth_date",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What stands in place of the data, such as `[CARD_REDACTED]`.
    pub fn tag(self) -> String {
        format!("[{}_REDACTED]", self.name().to_ascii_uppercase())
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
        let moved = merged(found).into_iter();
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
    replace(text, &find(text), PiiKind::tag)
}

/// Replaces spans, which are in order and do not overlap, by what `label` says for their kind.
pub fn replace(text: &str, spans: &[PiiSpan], label: impl Fn(PiiKind) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.range.start]);
        out.push_str(&label(span.kind));
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

/// Sorted spans without overlaps: where two overlap, all that they cover is one of the longer one's kind.
pub fn merged(mut spans: Vec<PiiSpan>) -> Vec<PiiSpan> {
    spans.sort_by_key(|s| (s.range.start, std::cmp::Reverse(s.range.end)));
    let mut kept: Vec<PiiSpan> = Vec::new();
    for span in spans {
        match kept.last_mut() {
            Some(last) if span.range.start < last.range.end => {
                if span.range.len() > last.range.len() {
                    last.kind = span.kind;
                }
                last.range.end = last.range.end.max(span.range.end);
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

#[cfg(test)]
mod tests;
