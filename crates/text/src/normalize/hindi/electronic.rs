//! E-mail addresses, web addresses, paths of files: spelled but for names that everyone says.

use super::super::{Hit, Place};
use super::{begins, latin, number};
use crate::normalize::english::pattern;

pattern!(
    address_like,
    r"(?i)\A(?:https?://[^\s,;]+|ftp://[^\s,;]+|www\.[^\s,;]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z]:\\[^\s,;]*|@[a-z0-9_]+|(?:[a-z0-9_-]+\.)+(?:com|net|org|edu|gov|info|io|in|co|ai|app|dev|me|us|uk|pdf|docx?|xlsx?|pptx?|txt|jpe?g|png|gif|html?|php|zip|csv|mp3|mp4)\b(?:[/:][^\s,;]*)?)"
);

/// An address or path.
pub(super) fn address(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['@', '/', '.', '\\']) {
        return None;
    }
    let m = address_like().find(rest)?;
    let written = m.as_str().trim_end_matches(['.', '!', '?', ')', ':', '"', '\'', '।']);
    let carried = rest[written.len()..].starts_with(super::in_word);
    let named = written.contains(|c: char| c.is_ascii_alphabetic());
    (!carried && named).then(|| spelled(written)).and_then(|w| Hit::new(written.len(), w))
}

/// Letters, figures and signs one by one; words of the net whole.
pub(super) fn spelled(written: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        if letters > 0 {
            let (run, tail) = rest.split_at(letters);
            rest = tail;
            match latin::word(run) {
                Some(word) => words.push(word.into()),
                None => words.extend(run.chars().filter_map(latin::letter).map(String::from)),
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match sign(c) {
            Some(name) => words.push(name.into()),
            None if super::is_figure(c) => words.push(number::digits(&c.to_string())),
            None if c.is_alphabetic() => words.push(c.to_string()),
            None => {}
        }
    }
    words.join(" ")
}

/// The name of a sign.
fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '.' => "डॉट",
        '@' => "एट",
        '/' => "फॉरवर्ड स्लैश",
        '\\' => "बैकवर्ड स्लैश",
        ':' => "कोलन",
        '-' => "हाइफ़न",
        '_' => "अंडरस्कोर",
        '#' => "हैश",
        '%' => "प्रतिशत",
        '&' => "एम्परसैंड",
        '?' => "क्वेश्चन मार्क",
        '=' => "इक्वल्स",
        '+' => "प्लस",
        '*' => "एस्टेरिस्क",
        '~' => "टिल्डे",
        '!' => "एक्सक्लेमेशन मार्क",
        _ => return None,
    })
}
