//! Phone numbers, card numbers, IP addresses: figures in groups, read one by one.

use super::super::{Hit, Place};
use super::begins;
use super::number::{self, Form};
use crate::normalize::english::pattern;

pattern!(
    international,
    r"\A\+([0-9]{1,3})[ -]?((?:\([0-9]{1,4}\)[ -]?)?[0-9]{1,4}(?:[ .-][0-9]{2,4}){1,4}|[0-9]{6,12})"
);
pattern!(bare, r"\A((?:\([0-9]{2,4}\) ?|[0-9]{2,4}[-.])[0-9]{3,4}[-. ][0-9]{4})(-[0-9]{1,3}\b)?");
pattern!(
    spaced,
    r"\A([6-9][0-9]{2} [0-9]{3} [0-9]{3}|[6-9][0-9]{2} [0-9]{2} [0-9]{2} [0-9]{2}|[0-9]{2,3} [0-9]{3,4} [0-9]{4})\b"
);
pattern!(extension, r"(?i)\A(?:,? ?ext(?:ensión|\.)? ?|-)([0-9]{1,5})\b");
pattern!(card, r"\A([0-9]{4})[ -]([0-9]{4})[ -]([0-9]{4})[ -]([0-9]{4})\b");
pattern!(internet, r"\A([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\b");

/// A number of that kind.
pub(super) fn phone(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['-', '.', ',', '/', '$', '€']) {
        return None;
    }
    if let Some(m) = internet().captures(rest).filter(|m| is_internet(&m[0])) {
        let parts: Vec<String> =
            m.iter().skip(1).flatten().map(|p| number::digits(p.as_str())).collect();
        return Hit::new(m[0].len(), parts.join(" punto "));
    }
    if let Some(m) = card().captures(rest) {
        let parts: Vec<String> =
            m.iter().skip(1).flatten().map(|p| number::digits(p.as_str())).collect();
        return Hit::new(m[0].len(), parts.join(", "));
    }
    if let Some(m) = international().captures(rest) {
        // Country codes of two figures are said as a number.
        let code = &m[1];
        let code = if code.len() == 2 {
            number::cardinal(code, Form::Alone)
        } else {
            number::digits(code)
        };
        // Two figures behind a whole number are an extension.
        let main = m[2].rsplit_once('-').filter(|(main, last)| {
            last.len() < 3 && main.bytes().filter(u8::is_ascii_digit).count() > 9
        });
        let main = main.map_or(&m[2], |(main, _)| main);
        let len = m.get(2)?.start() + main.len();
        return with_extension(rest, len, format!("más {code} {}", number::digits(main)));
    }
    let m = bare().captures(rest).or_else(|| spaced().captures(rest))?;
    let main = m.get(1)?;
    // Round groups are a number: "600 000 000".
    if main.as_str().ends_with("000 000") {
        return None;
    }
    with_extension(rest, main.end(), number::digits(main.as_str()))
}

/// Whether four numbers are an address of a machine and not one number with its thousands apart.
fn is_internet(written: &str) -> bool {
    let parts: Vec<&str> = written.split('.').collect();
    let octet = |p: &&str| p.parse::<u8>().is_ok() && (p.len() == 1 || !p.starts_with('0'));
    parts.iter().all(octet) && !parts[1..].iter().all(|p| p.len() == 3)
}

fn with_extension(rest: &str, len: usize, spoken: String) -> Option<Hit> {
    if rest[len..].starts_with(char::is_alphanumeric) {
        return None;
    }
    match extension().captures(&rest[len..]) {
        Some(m) => {
            Hit::new(len + m[0].len(), format!("{spoken} extensión {}", number::digits(&m[1])))
        }
        None => Hit::new(len, spoken),
    }
}
