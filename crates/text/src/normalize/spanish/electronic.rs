//! E-mail addresses, web addresses and account names, spelled but for names that everyone says.

use super::super::{Hit, Place};
use super::begins;
use super::number::SMALL;
use crate::normalize::english::pattern;

pattern!(
    address_like,
    r"(?i)\A(?:https?://[^\s,;]+|www\.[^\s,;]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|@[a-z0-9_]+(?:\.[a-z0-9_]+)*|(?:[a-z0-9-]+\.)+(?:com|net|org|edu|gob|gov|info|io|es|mx|ar|co|cl|pe|ai|app|dev|tv|me|us|uk)(?:\b|_)(?:[/:][^\s,;]*)?)"
);

/// Names and endings said as words.
const SAID: [&str; 24] = [
    "com",
    "gmail",
    "hotmail",
    "outlook",
    "yahoo",
    "live",
    "icloud",
    "nvidia",
    "google",
    "facebook",
    "twitter",
    "instagram",
    "youtube",
    "amazon",
    "apple",
    "microsoft",
    "wikipedia",
    "netflix",
    "paypal",
    "linkedin",
    "org",
    "net",
    "info",
    "correo",
];

/// An address.
pub(super) fn address(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['@', '/', '.']) {
        return None;
    }
    let m = address_like().find(rest)?;
    let written = m.as_str().trim_end_matches(['.', '!', '?', ')', ':', '"', '\'', '»']);
    let carried = rest[written.len()..].starts_with(char::is_alphanumeric);
    (!carried && written.len() > 1)
        .then(|| spelled(written))
        .and_then(|w| Hit::new(written.len(), w))
}

fn spelled(written: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if letters > 0 {
            let (run, tail) = rest.split_at(letters);
            rest = tail;
            if SAID.contains(&run.to_lowercase().as_str()) {
                words.push(run.to_string());
            } else {
                words.extend(run.chars().map(String::from));
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        words.push(match c {
            '0'..='9' => SMALL[(c as u8 - b'0') as usize].to_string(),
            other => sign(other).unwrap_or_default().to_string(),
        });
    }
    words.retain(|w| !w.is_empty());
    words.join(" ")
}

/// The name of a sign.
pub(super) fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '.' => "punto",
        '@' => "arroba",
        '/' => "barra",
        '\\' => "barra invertida",
        ':' => "dos puntos",
        '-' => "guion",
        '_' => "guion bajo",
        '|' => "barra vertical",
        '^' => "acento circunflejo",
        '~' => "virgulilla",
        '#' => "numeral",
        '%' => "porcentaje",
        '&' => "et",
        '?' => "signo de interrogación",
        '=' => "igual",
        '+' => "más",
        '*' => "asterisco",
        '!' => "signo de exclamación",
        '$' => "dólar",
        _ => return None,
    })
}
