//! Measures: a number and its unit; sizes such as "200x10".

use super::super::{Hit, Place};
use super::figure::{minus, sign_fits};
use super::{begins, ends, is_figure, number};
use crate::normalize::english::pattern;

pattern!(
    written,
    r"\A([-−]?)([0-9०-९]{1,3}(?:,[0-9०-९]{2,3})+|[0-9०-९]+)(?:\.([0-9०-९]+))?( ?)(%|°[CFK]?|[µμ]?[A-Za-z]+[²³23]?(?:/[a-z]+[²³]?)?|किमी|किग्रा|मिमी|सेमी|मिली|ग्रा)"
);
pattern!(size, r"\A([0-9०-९]+)(?:\.([0-9०-९]+))? ?[xX×] ?([0-9०-९]+)(?:\.([0-9०-९]+))?");

/// Units and their names.
const UNITS: [(&str, &str); 92] = [
    ("%", "प्रतिशत"),
    ("°", "डिग्री"),
    ("°C", "डिग्री सेल्सियस"),
    ("°F", "डिग्री फारेनहाइट"),
    ("°K", "डिग्री केल्विन"),
    ("K", "केल्विन"),
    ("km", "किलोमीटर"),
    ("hm", "हेक्टोमीटर"),
    ("dam", "डेकामीटर"),
    ("m", "मीटर"),
    ("dm", "डेसीमीटर"),
    ("cm", "सेंटीमीटर"),
    ("mm", "मिलीमीटर"),
    ("µm", "माइक्रोमीटर"),
    ("nm", "नैनोमीटर"),
    ("m²", "वर्ग मीटर"),
    ("km²", "वर्ग किलोमीटर"),
    ("cm²", "वर्ग सेंटीमीटर"),
    ("mm²", "वर्ग मिलीमीटर"),
    ("ft²", "वर्ग फीट"),
    ("in²", "वर्ग इंच"),
    ("yd²", "वर्ग यार्ड"),
    ("mi²", "वर्ग मील"),
    ("m2", "वर्ग मीटर"),
    ("km2", "वर्ग किलोमीटर"),
    ("m³", "घन मीटर"),
    ("cm³", "घन सेंटीमीटर"),
    ("km³", "घन किलोमीटर"),
    ("mm³", "घन मिलीमीटर"),
    ("ft³", "घन फीट"),
    ("in³", "घन इंच"),
    ("ha", "हेक्टेयर"),
    ("ac", "एकड़"),
    ("in", "इंच"),
    ("ft", "फीट"),
    ("yd", "यार्ड"),
    ("mi", "मील"),
    ("nmi", "समुद्री मील"),
    ("km/h", "किलोमीटर प्रति घंटा"),
    ("km/hr", "किलोमीटर प्रति घंटा"),
    ("kmph", "किलोमीटर प्रति घंटा"),
    ("mi/h", "मील प्रति घंटा"),
    ("mi/hr", "मील प्रति घंटा"),
    ("mph", "मील प्रति घंटा"),
    ("m/s", "मीटर प्रति सेकंड"),
    ("m/hr", "मीटर प्रति घंटा"),
    ("km/s", "किलोमीटर प्रति सेकंड"),
    ("kl", "किलोलीटर"),
    ("kL", "किलोलीटर"),
    ("L", "लीटर"),
    ("l", "लीटर"),
    ("dl", "डेसीलीटर"),
    ("dL", "डेसीलीटर"),
    ("cl", "सेंटीलीटर"),
    ("cL", "सेंटीलीटर"),
    ("ml", "मिलीलीटर"),
    ("mL", "मिलीलीटर"),
    ("qt", "क्वार्ट"),
    ("gal", "गैलन"),
    ("pt", "पिंट"),
    ("cup", "कप"),
    ("kg", "किलोग्राम"),
    ("hg", "हेक्टोग्राम"),
    ("dag", "डेकाग्राम"),
    ("g", "ग्राम"),
    ("gm", "ग्राम"),
    ("dg", "डेसीग्राम"),
    ("cg", "सेंटीग्राम"),
    ("mg", "मिलीग्राम"),
    ("oz", "आउन्स"),
    ("lb", "पाउंड"),
    ("lbs", "पाउंड"),
    ("t", "टन"),
    ("q", "क्विंटल"),
    ("hr", "घंटा"),
    ("h", "घंटा"),
    ("min", "मिनट"),
    ("s", "सेकंड"),
    ("sec", "सेकंड"),
    ("ms", "मिलीसेकंड"),
    ("yr", "साल"),
    ("wk", "सप्ताह"),
    ("GB", "जीबी"),
    ("MB", "एमबी"),
    ("kW", "किलोवाट"),
    ("W", "वाट"),
    ("V", "वोल्ट"),
    ("Hz", "हर्ट्ज़"),
    ("किमी", "किलोमीटर"),
    ("किग्रा", "किलोग्राम"),
    ("सेमी", "सेंटीमीटर"),
    ("मिमी", "मिलीमीटर"),
];
/// Units of time, whose halves have words of their own, with their plural.
const SPANS: [(&str, &str); 7] = [
    ("hr", "घंटे"),
    ("h", "घंटे"),
    ("min", "मिनट"),
    ("yr", "साल"),
    ("wk", "सप्ताह"),
    ("s", "सेकंड"),
    ("sec", "सेकंड"),
];
/// From this many years on they are "वर्ष".
const YEARS_FORMAL_MIN: u64 = 100;

/// A number with its unit.
pub(super) fn measure(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = written().captures(rest).filter(|m| begins(place) && sign_fits(place, &m[1]))?;
    let unit = m[5].replace('μ', "µ");
    let name = UNITS.iter().find(|(u, _)| *u == unit)?.1;
    if !ends(rest, m[0].len()) {
        return None;
    }
    let (whole, part) = (&m[2], m.get(3).map_or("", |p| p.as_str()));
    let span = SPANS.iter().find(|(u, _)| *u == unit).map(|(_, plural)| *plural);
    let value: u64 = number::ascii(whole).parse().unwrap_or(u64::MAX);
    let name = match span {
        _ if unit == "yr" && value >= YEARS_FORMAL_MIN => "वर्ष",
        Some(plural) if value > 1 || !part.is_empty() => plural,
        _ => name,
    };
    let words = span
        .filter(|_| !part.is_empty())
        .and_then(|_| number::in_quarters(whole, part))
        .unwrap_or_else(|| number::decimal(whole, part));
    Hit::new(m[0].len(), format!("{}{words} {name}", minus(&m[1])))
}

/// "200x10": so much by so much.
pub(super) fn times(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let m = size().captures(rest).filter(|_| begins(place))?;
    if rest[m[0].len()..].starts_with(is_figure) || !ends(rest, m[0].len()) {
        return None;
    }
    let group = |i: usize| m.get(i).map_or("", |g| g.as_str());
    let (first, second) =
        (number::decimal(group(1), group(2)), number::decimal(group(3), group(4)));
    Hit::new(m[0].len(), format!("{first} बाई {second}"))
}
