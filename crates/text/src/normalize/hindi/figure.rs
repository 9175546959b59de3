//! Plain figures: cardinals, decimals, fractions, ordinals, phone numbers, codes that are read one by one.

use super::super::{Hit, Place};
use super::{begins, ends, latin, number, word_before};
use crate::normalize::english::pattern;

pattern!(whole, r"\A([-−]?)([0-9०-९]{1,3}(?:,[0-9०-९]{2,3})+|[0-9०-९]+)");
pattern!(point, r"\A([-−]?)([0-9०-९]{1,3}(?:,[0-9०-९]{2,3})+|[0-9०-९]+)?\.([0-9०-९]+)");
pattern!(
    nth,
    r"\A([0-9०-९]{1,3}(?:,[0-9०-९]{2,3})+|[0-9०-९]+)(वां|वाँ|वीं|वें|वा|वी|ला|ली|ले|रा|री|रे|था|थी|थे|ठा|ठी|ठे|ठवां|ठवीं)"
);
pattern!(english_nth, r"(?i)\A([0-9०-९]{1,2})(?:st|nd|rd|th)\b");
pattern!(part_of, r"\A([-−]?)(?:([0-9०-९]+) )?([0-9०-९]+) ?/ ?([0-9०-९]+)");
pattern!(sign, r"\A([0-9०-९]+)? ?([½¼¾⅓⅔⅕⅖⅗⅘⅛⅜⅝⅞])");
pattern!(international, r"\A\+([0-9०-९]{1,3})[ -]?([0-9०-९][0-9०-९ -]{5,14}[0-9०-९])");
pattern!(area, r"\A\(([0-9०-९]{2,5})\)[ -]?([0-9०-९]{5,8})");
pattern!(parted, r"\A(0?[0-9०-९]{3,7})[-. ]([0-9०-९]{4,8})");
pattern!(grouped, r"\A[0-9०-९]{4}(?:[ -][0-9०-९]{4}){2,3}");
pattern!(mobile, r"\A[6-9६-९][0-9०-९]{9}");
pattern!(internet, r"\A([0-9०-९]{1,3})\.([0-9०-९]{1,3})\.([0-9०-९]{1,3})\.([0-9०-९]{1,3})");

/// Words after which, or close before which, figures are a code.
const CODE_WORDS: [&str; 32] = [
    "पिन",
    "कोड",
    "ओटीपी",
    "खाता",
    "खाते",
    "अकाउंट",
    "कार्ड",
    "नंबर",
    "नम्बर",
    "संख्या",
    "फ़ोन",
    "फोन",
    "मोबाइल",
    "क्रमांक",
    "ऑर्डर",
    "पासवर्ड",
    "पॉलिसी",
    "टिकट",
    "कॉल",
    "संदर्भ",
    "otp",
    "pin",
    "code",
    "account",
    "card",
    "number",
    "order",
    "id",
    "pnr",
    "ticket",
    "mobile",
    "phone",
];

/// Phone and card numbers, addresses of machines.
pub(super) fn phone(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['.', ',', '-', '/', '₹', '$']) {
        return None;
    }
    if let Some(m) = internet().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let parts: Vec<String> =
            m.iter().skip(1).flatten().map(|p| number::digits(p.as_str())).collect();
        return Hit::new(m[0].len(), parts.join(" डॉट "));
    }
    if let Some(m) = grouped().find(rest).filter(|m| ends(rest, m.len())) {
        let groups: Vec<String> = m.as_str().split([' ', '-']).map(number::digits).collect();
        return Hit::new(m.len(), groups.join(", "));
    }
    if let Some(m) = international().captures(rest).filter(|m| ends(rest, m[0].len())) {
        let words = format!("प्लस {} {}", number::digits(&m[1]), number::digits(&m[2]));
        return Hit::new(m[0].len(), words);
    }
    if let Some(m) = area().captures(rest).filter(|m| ends(rest, m[0].len())) {
        return Hit::new(m[0].len(), number::digits(&m[0]));
    }
    let m = parted().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let (first, figures) = (number::ascii(&m[1]), number::ascii(&m[0]));
    let called = is_named(place, 4);
    if !(10..=12).contains(&figures.len()) || !(first.starts_with('0') || called) {
        return None;
    }
    // An area code is said with its zero.
    let zero = if first.starts_with('0') || figures.len() > 10 || first.len() == 5 {
        ""
    } else {
        "शून्य "
    };
    Hit::new(m[0].len(), format!("{zero}{}", number::digits(&figures)))
}

/// Figures that are a code by the words near them or by their length.
pub(super) fn code(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let len = rest.find(|c| !super::is_figure(c)).unwrap_or(rest.len());
    let count = rest[..len].chars().count();
    if !begins(place)
        || !ends(rest, len)
        || place.before().ends_with(['.', ',', '₹', '$', '-', '−'])
    {
        return None;
    }
    let named = count > 2 && is_named(place, 2);
    let long = mobile().is_match(rest) && count == 10;
    (named || long).then(|| number::digits(&rest[..len])).and_then(|w| Hit::new(len, w))
}

/// Whether one of so many words before the place names a code.
fn is_named(place: Place<'_>, words: usize) -> bool {
    let before = place.before().split(|c: char| !super::in_word(c)).filter(|w| !w.is_empty());
    let last: Vec<&str> = before.collect();
    last.iter().rev().take(words).any(|w| CODE_WORDS.contains(&w.to_lowercase().as_str()))
}

/// "1/2", "2 1/2", "31/17".
pub(super) fn fraction(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with('/') {
        return None;
    }
    if let Some(m) = sign().captures(rest) {
        let words = sign_words(m.get(1).map(|w| w.as_str()), &m[2])?;
        return Hit::new(m[0].len(), words);
    }
    let m = part_of().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    if rest[m[0].len()..].starts_with(['/', '-']) || !sign_fits(place, &m[1]) {
        return None;
    }
    let whole = m.get(2).map_or(String::new(), |w| format!("{} और ", number::cardinal(w.as_str())));
    let words = format!("{whole}{} बटा {}", number::cardinal(&m[3]), number::cardinal(&m[4]));
    Hit::new(m[0].len(), format!("{}{words}", minus(&m[1])))
}

/// "½", "2½".
fn sign_words(whole: Option<&str>, sign: &str) -> Option<String> {
    let part = match sign {
        "½" => "5",
        "¼" => "25",
        "¾" => "75",
        _ => {
            let (over, under) = match sign {
                "⅓" => (1, 3),
                "⅔" => (2, 3),
                "⅕" => (1, 5),
                "⅖" => (2, 5),
                "⅗" => (3, 5),
                "⅘" => (4, 5),
                "⅛" => (1, 8),
                "⅜" => (3, 8),
                "⅝" => (5, 8),
                _ => (7, 8),
            };
            let whole = whole.map_or(String::new(), |w| format!("{} और ", number::cardinal(w)));
            return Some(format!("{whole}{} बटा {}", number::value(over), number::value(under)));
        }
    };
    number::in_quarters(whole.unwrap_or("0"), part).or_else(|| Some("एक चौथाई".into()))
}

/// "7वीं", "1ली", "4th".
pub(super) fn ordinal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    if let Some(m) = english_nth().captures(rest) {
        let n: usize = number::ascii(&m[1]).parse().ok()?;
        return Hit::new(m[0].len(), latin::ordinal(n)?);
    }
    let m = nth().captures(rest).filter(|m| ends(rest, m[0].len()))?;
    let n: u64 = number::ascii(&m[1]).parse().ok().filter(|n| *n > 0)?;
    Hit::new(m[0].len(), number::ordinal(n, &m[2])?)
}

/// "3.5", "-0.25".
pub(super) fn decimal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = point().captures(rest).filter(|m| begins(place) && sign_fits(place, &m[1]))?;
    if m.get(2).is_none() && place.before().ends_with(|c: char| !c.is_whitespace() && c != '(') {
        return None;
    }
    let words = number::decimal(m.get(2).map_or("", |w| w.as_str()), &m[3]);
    Hit::new(m[0].len(), format!("{}{words}", minus(&m[1])))
}

/// A whole number; figures inside a word are read one by one.
pub(super) fn cardinal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        let len = rest.find(|c| !super::is_figure(c)).unwrap_or(rest.len());
        return Hit::new(len, number::digits(&rest[..len]));
    }
    let m = whole().captures(rest).filter(|m| sign_fits(place, &m[1]))?;
    Hit::new(m[0].len(), format!("{}{}", minus(&m[1]), number::cardinal(&m[2])))
}

/// Whether a minus sign may stand here.
pub(super) fn sign_fits(place: Place<'_>, sign: &str) -> bool {
    sign.is_empty()
        || !place.before().ends_with(|c: char| !c.is_whitespace() && !"([=$\"".contains(c))
            && !word_before(place).ends_with(super::is_figure)
}

/// The spoken minus sign, if there is one.
pub(super) fn minus(sign: &str) -> &'static str {
    if sign.is_empty() { "" } else { "माइनस " }
}
