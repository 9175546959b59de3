//! Personal data written in figures and signs.

use super::cues::{Before, kind_of_digits};
use super::{PiiKind, PiiSpan, iban, ssn};
use crate::normalize::english::pattern;

pattern!(email, r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+");
pattern!(account, r"(?i)\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}(?: ?[A-Z0-9]{1,3})?\b");
pattern!(social, r"\b[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}\b");
pattern!(
    phone,
    r"(?:\+[0-9]{1,3}[-. ]?|\b1[-. ])?(?:\([0-9]{3}\) ?|\b[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}\b|\b[0-9]{3}-[0-9]{4}\b|\b[6-9][0-9]{4}[ -][0-9]{5}\b|\+[0-9]{1,3}(?:[-. ]?[0-9]{2,5}){2,5}\b"
);
pattern!(
    network,
    r"\b(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}\b|(?i)\b[0-9a-f]{1,4}(?:::?[0-9a-f]{1,4}){3,7}\b"
);
// PAN, DNI and NIE, National Insurance.
pattern!(
    person,
    r"\b[A-Z]{5}[0-9]{4}[A-Z]\b|\b(?:[XYZ][0-9]{7}|[0-9]{8})[- ]?[A-Z]\b|\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b"
);
pattern!(document, r"(?i)\b[A-Z]{1,2}[0-9]{6,8}\b");
pattern!(row, r"\b[0-9](?:[ -]?[0-9])+\b");
pattern!(
    date,
    r"\b(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4})\b"
);

/// Everything that one of the patterns finds and its check does not refuse.
pub(super) fn find(text: &str) -> Vec<PiiSpan> {
    let mut spans: Vec<PiiSpan> = Vec::new();
    let mut add = |kind, range: std::ops::Range<usize>| {
        if !spans.iter().any(|s: &PiiSpan| s.range.start < range.end && range.start < s.range.end) {
            spans.push(PiiSpan { kind, range });
        }
    };
    for m in email().find_iter(text) {
        add(PiiKind::Email, m.range());
    }
    for m in account().find_iter(text) {
        if let Some(end) = iban_end(m.as_str()) {
            add(PiiKind::Iban, m.start()..m.start() + end);
        }
    }
    for m in social().find_iter(text).filter(|m| ssn(m.as_str())) {
        add(PiiKind::Ssn, m.range());
    }
    for m in network().find_iter(text).filter(|m| !m.as_str().starts_with("0.")) {
        add(PiiKind::Ip, m.range());
    }
    let named = |at: usize| Before::new(&text[..at]).national();
    for m in person().find_iter(text).filter(|m| is_national(m.as_str()) || named(m.start())) {
        add(PiiKind::NationalId, m.range());
    }
    for m in document().find_iter(text) {
        let before = Before::new(&text[..m.start()]);
        if before.passport() {
            add(PiiKind::Passport, m.range());
        } else if m.len() >= 9 || before.national() {
            add(PiiKind::Number, m.range());
        }
    }
    let dates: Vec<_> = date().find_iter(text).map(|m| m.range()).collect();
    let mut numbers = Vec::new();
    for m in row().find_iter(text) {
        let inside = |d: &std::ops::Range<usize>| d.start < m.end() && m.start() < d.end;
        let figures: String = m.as_str().chars().filter(char::is_ascii_digit).collect();
        let before = &text[..m.start()];
        if dates.iter().any(inside) || is_amount(before, &text[m.end()..], m.as_str()) {
            continue;
        }
        match kind_of_digits(&figures, before) {
            Some(kind @ (PiiKind::Number | PiiKind::Phone)) => numbers.push((kind, m.range())),
            Some(kind) => add(kind, m.range()),
            None => {}
        }
    }
    // Phones before plain rows of digits, but after cards, which some phone patterns would cut in half.
    for m in phone().find_iter(text) {
        if !numbers.iter().any(|(_, r)| r.start < m.start() && m.end() < r.end) {
            add(PiiKind::Phone, m.range());
        }
    }
    for (kind, range) in numbers {
        add(kind, range);
    }
    spans
}

/// Whether what looks like a national number is one: a Spanish one must have its check letter.
fn is_national(text: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let bytes = text.as_bytes();
    let figures: String = text.chars().filter(char::is_ascii_digit).collect();
    let first = match bytes[0] {
        b'X' => "0",
        b'Y' => "1",
        b'Z' => "2",
        b'0'..=b'9' => "",
        _ => return true,
    };
    if figures.len() != 7 + usize::from(first.is_empty()) {
        return true;
    }
    let number: usize = format!("{first}{figures}").parse().unwrap_or(0);
    bytes.last() == Some(&LETTERS[number % LETTERS.len()])
}

/// The longest beginning that is a valid IBAN, cut at a space if need be.
fn iban_end(text: &str) -> Option<usize> {
    let spaces = text.char_indices().filter(|(_, c)| *c == ' ').map(|(i, _)| i);
    let ends: Vec<usize> = spaces.chain([text.len()]).collect();
    ends.into_iter().rev().find(|&end| iban(&text[..end]))
}

/// Whether figures are an amount of money or a decimal rather than a row of digits.
fn is_amount(before: &str, after: &str, row: &str) -> bool {
    let plain = !row.contains([' ', '-']);
    plain
        && (before.ends_with(['$', '€', '£', '₹', '¥', ','])
            || before.ends_with('.')
                && before[..before.len() - 1].ends_with(|c: char| c.is_ascii_digit())
            || after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit()))
        && row.len() < 13
}
