//! Figures in postal addresses, which are read one by one: "११ जंगल रोड", "सेक्टर 10", "मुंबई 400001".

use super::super::{Hit, Place};
use super::{begins, is_figure, number};
use crate::normalize::english::pattern;

pattern!(written, r"\A[0-9०-९]+(?:[-/–][0-9०-९]+)*");

/// Words that make a text an address.
const ADDRESS_WORDS: [&str; 30] = [
    "रोड",
    "मार्ग",
    "गली",
    "सेक्टर",
    "स्ट्रीट",
    "एवेन्यू",
    "फ्लोर",
    "फ़्लोर",
    "मंज़िल",
    "मंजिल",
    "नगर",
    "कॉलोनी",
    "कालोनी",
    "ब्लॉक",
    "फ्लैट",
    "फ़्लैट",
    "मकान",
    "शॉप",
    "प्लॉट",
    "अपार्टमेंट",
    "बिल्डिंग",
    "टावर",
    "लेन",
    "चौक",
    "मोहल्ला",
    "विहार",
    "ड्राइव",
    "पार्क",
    "हाउस",
    "हाईवे",
];
/// Words that say that the figures before them count something.
const COUNTED: [&str; 14] = [
    "रुपए",
    "रुपये",
    "किलोमीटर",
    "मीटर",
    "लोग",
    "साल",
    "दिन",
    "बजे",
    "मिनट",
    "घंटे",
    "लाख",
    "हज़ार",
    "करोड़",
    "बार",
];
/// How many words before or behind make the neighbourhood.
const NEAR_WORDS: usize = 10;
/// Figures of a postal code.
const POSTAL_FIGURES: usize = 6;

/// Figures in an address.
pub(super) fn in_address(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['₹', '$', '.', '-', '/']) {
        return None;
    }
    let m = written().find(rest)?;
    let after = &rest[m.len()..];
    let decimal = after.starts_with('.') && after[1..].starts_with(is_figure);
    if after.starts_with(super::in_word) || after.starts_with(['%', ':', '/']) || decimal {
        return None;
    }
    let next = after.trim_start().split(|c: char| !super::in_word(c)).next().unwrap_or_default();
    if COUNTED.contains(&next) || !(is_near(place, after) || is_postal(place, m.as_str(), after)) {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    for c in m.as_str().chars() {
        words.push(match c {
            '/' => "बटा".to_string(),
            '-' | '–' => "हाइफ़न".to_string(),
            figure => number::digits(&figure.to_string()),
        });
    }
    Hit::new(m.len(), words.join(" "))
}

/// Whether a word of addresses stands in the same sentence and close by.
fn is_near(place: Place<'_>, after: &str) -> bool {
    let end = |c: char| matches!(c, '।' | '?' | '!' | '\n');
    let before = place.before().rsplit(end).next().unwrap_or_default();
    let after = after.split(end).next().unwrap_or_default();
    let words = |text: &str, back: bool| {
        let mut all: Vec<&str> =
            text.split(|c: char| !super::in_word(c)).filter(|w| !w.is_empty()).collect();
        if back {
            all.reverse();
        }
        all.into_iter().take(NEAR_WORDS).any(|w| ADDRESS_WORDS.contains(&w))
    };
    words(before, true)
        || words(after, false)
        || after.contains(" आर डी")
        || place.before().contains(" आर डी,")
}

/// Six figures at the end, behind the name of a place.
fn is_postal(place: Place<'_>, figures: &str, after: &str) -> bool {
    let plain = figures.chars().all(is_figure) && figures.chars().count() == POSTAL_FIGURES;
    let ends = after.trim().is_empty() || after.trim_start().starts_with(['।', ',', '\n']);
    let before = place.before().trim_end();
    let named =
        before.ends_with(|c: char| crate::language::is_devanagari(c)) || before.ends_with(',');
    plain && ends && named && !number::ascii(figures).ends_with("000")
}
