//! Ordinals: "1.º", "2.ª", "3.ᵉʳ", "1ro".

use super::super::{Hit, Place};
use super::begins;
use super::number::{self, Form};
use crate::normalize::english::pattern;

pattern!(
    marked,
    r"\A(?:\.(º|ª|ᵉʳ|o\b|a\b|er\b)|(º|ª|°|ᵉʳ|ros?\b|ras?\b|ero\b|er\b|dos?\b|das?\b|tos?\b|tas?\b|vos?\b|vas?\b|nos?\b|nas?\b|mos?\b|mas?\b))"
);

/// The ordinal words of 1 to 9 without their ending.
const UNITS: [&str; 10] =
    ["", "primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven"];
/// The ordinal words of the tens without their ending.
const TENS: [&str; 10] = [
    "",
    "décim",
    "vigésim",
    "trigésim",
    "cuadragésim",
    "quincuagésim",
    "sexagésim",
    "septuagésim",
    "octogésim",
    "nonagésim",
];
/// The ordinal words of the hundreds without their ending.
const HUNDREDS: [&str; 10] = [
    "",
    "centésim",
    "ducentésim",
    "tricentésim",
    "cuadringentésim",
    "quingentésim",
    "sexcentésim",
    "septingentésim",
    "octingentésim",
    "noningentésim",
];

/// "o", "a", or nothing behind "primer" and "tercer".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// "primero"
    Masculine,
    /// "primera"
    Feminine,
    /// "primer"
    Short,
}

/// The ordinal word of a number below a billion.
pub(super) fn words(value: u64, ending: Ending) -> String {
    let letter = if ending == Ending::Feminine { 'a' } else { 'o' };
    let mut words = Vec::new();
    if value >= 1000 {
        words.push(match value / 1000 {
            1 => format!("milésim{letter}"),
            1000 => format!("millonésim{letter}"),
            n => format!("{}milésim{letter}", fused(n)),
        });
    }
    let hundreds = HUNDREDS[(value / 100 % 10) as usize];
    if !hundreds.is_empty() {
        words.push(format!("{hundreds}{letter}"));
    }
    let last = below_hundred((value % 100) as usize, letter);
    if !last.is_empty() {
        words.push(last);
    }
    let mut said = words.join(" ");
    if ending == Ending::Short && (said.ends_with("primero") || said.ends_with("tercero")) {
        said.pop();
    }
    said
}

/// A cardinal written as one word: "dos", "cien", "quinientos".
pub(super) fn fused(value: u64) -> String {
    number::cardinal(&value.to_string(), Form::Masculine).replace(" y ", "i").replace(' ', "")
}

fn below_hundred(value: usize, letter: char) -> String {
    match (value / 10, value % 10) {
        (0, 0) => String::new(),
        (0, unit) => format!("{}{letter}", UNITS[unit]),
        (1, 1) => format!("undécim{letter}"),
        (1, 2) => format!("duodécim{letter}"),
        (tens, 0) => format!("{}{letter}", TENS[tens]),
        (1, unit) => fuse("decimo", unit, letter),
        (2, unit) => fuse("vigesimo", unit, letter),
        (tens, unit) => format!("{}{letter} {}{letter}", TENS[tens], UNITS[unit]),
    }
}

/// "decimoséptimo", "vigesimoctavo".
fn fuse(tens: &str, unit: usize, letter: char) -> String {
    let tens = if unit == 8 { tens.trim_end_matches('o') } else { tens };
    format!("{tens}{}{letter}", UNITS[unit])
}

/// A number with the sign or ending of an ordinal.
pub(super) fn ordinal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let amount = number::amount(rest, false).filter(|a| begins(place) && a.part.is_empty())?;
    let m = marked().captures(&rest[amount.len..])?;
    let value: u64 = amount.whole.parse().ok().filter(|v| (1..=1_000_000).contains(v))?;
    let mark = m.get(1).or(m.get(2))?.as_str();
    let ending = match mark {
        "ᵉʳ" | "er" => Ending::Short,
        // A temperature is no ordinal: "20°", "5 °C".
        "°" if value > 9 || rest[amount.len + m[0].len()..].starts_with(char::is_alphanumeric) => {
            return None;
        }
        m if m.contains(['ª', 'a']) => Ending::Feminine,
        _ => Ending::Masculine,
    };
    let plural = if mark.len() > 2 && mark.ends_with('s') { "s" } else { "" };
    Hit::new(amount.len + m[0].len(), format!("{}{plural}", words(value, ending)))
}
