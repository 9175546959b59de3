//! Amounts of money: "₹123.57", "$5", "रु. 500", "₹ 2.5 लाख", "100 INR".

use super::super::{Hit, Place};
use super::figure::{minus, sign_fits};
use super::{begins, ends, number};
use crate::normalize::english::pattern;

pattern!(
    sign_first,
    r"(?i)\A([-−]?)(US\$|[₹$€£¥₩₺₦₽฿₪₫₴₱]|Rs\.?|रु\.|रू\.|INR|USD|EUR|GBP|AED) ?([-−]?)([0-9०-९]{1,3}(?:,[0-9०-९]{2,3})+|[0-9०-९]+)(?:\.([0-9०-९]+))?(?: ?(हज़ार|हजार|लाख|करोड़|अरब|खरब|मिलियन|बिलियन|lakhs?|crores?|k|million|billion)(?:\b|$|[ ।,]))?"
);
pattern!(
    sign_last,
    r"(?i)\A([-−]?)([0-9०-९]{1,3}(?:,[0-9०-९]{2,3})+|[0-9०-९]+)(?:\.([0-9०-९]+))? ?(₹|€|£|रु\.|रू\.|INR\b|USD\b|EUR\b|GBP\b|AED\b)(?:/-)?"
);

/// A currency: its sign in small letters, its name, and its hundredth's.
const CURRENCIES: [(&str, &str, &str); 24] = [
    ("₹", "रुपए", "पैसे"),
    ("rs.", "रुपए", "पैसे"),
    ("rs", "रुपए", "पैसे"),
    ("रु.", "रुपए", "पैसे"),
    ("रू.", "रुपए", "पैसे"),
    ("inr", "रुपए", "पैसे"),
    ("$", "डॉलर", "सेंट"),
    ("us$", "अमेरिकी डॉलर", "सेंट"),
    ("usd", "अमेरिकी डॉलर", "सेंट"),
    ("€", "यूरो", "सेंट"),
    ("eur", "यूरो", "सेंट"),
    ("£", "पाउंड", "पेंस"),
    ("gbp", "पाउंड", "पेंस"),
    ("¥", "येन", "सेन"),
    ("₩", "वॉन", "जिओन"),
    ("₺", "लीरा", "कुरस"),
    ("₦", "नाइरा", "कोबो"),
    ("₽", "रूबल", "कोपेक"),
    ("฿", "बाट", "सतांग"),
    ("₪", "शेकेल", "अगोरा"),
    ("₫", "डोंग", "शू"),
    ("₴", "रिव्निया", "कोपेक"),
    ("₱", "पेसो", "सेंटावो"),
    ("aed", "दिरहम", "फिल्स"),
];

/// An amount with its currency.
pub(super) fn money(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    if let Some(m) = sign_first().captures(rest).filter(|m| sign_fits(place, &m[1])) {
        let part = m.get(5).map_or("", |p| p.as_str());
        let scale = m.get(6);
        let len = scale.or(m.get(5)).or(m.get(4))?.end();
        let sign = if m[1].is_empty() { &m[3] } else { &m[1] };
        let words = amount(&m[2], &m[4], part, scale.map(|s| s.as_str()))?;
        let len = len + if rest[len..].starts_with("/-") { 2 } else { 0 };
        return ends(rest, len)
            .then(|| format!("{}{words}", minus(sign)))
            .and_then(|w| Hit::new(len, w));
    }
    let m =
        sign_last().captures(rest).filter(|m| sign_fits(place, &m[1]) && ends(rest, m[0].len()))?;
    let words = amount(&m[4], &m[2], m.get(3).map_or("", |p| p.as_str()), None)?;
    Hit::new(m[0].len(), format!("{}{words}", minus(&m[1])))
}

fn amount(sign: &str, whole: &str, part: &str, scale: Option<&str>) -> Option<String> {
    let key = sign.to_lowercase();
    let (_, unit, hundredth) = *CURRENCIES.iter().find(|c| c.0 == key)?;
    if let Some(scale) = scale {
        let scale = match scale.to_lowercase().trim_end_matches('s') {
            "lakh" => "लाख",
            "crore" => "करोड़",
            "k" | "हजार" => "हज़ार",
            "million" => "मिलियन",
            "billion" => "बिलियन",
            _ => scale,
        };
        return Some(format!("{} {scale} {unit}", number::decimal(whole, part)));
    }
    let figures = number::ascii(part);
    let hundredths = match figures.len() {
        1 => format!("{figures}0"),
        2 => figures,
        0 => "00".into(),
        _ => return Some(format!("{} {unit}", number::decimal(whole, part))),
    };
    let hundredths: u64 = hundredths.parse().ok()?;
    let value = number::ascii(whole);
    let trimmed = value.trim_start_matches('0');
    let figures = if trimmed.is_empty() { "0" } else { trimmed };
    let whole = format!("{} {unit}", number::cardinal(figures));
    if hundredths == 0 {
        return Some(whole);
    }
    let small = format!("{} {hundredth}", number::value(hundredths));
    Some(if value.bytes().all(|b| b == b'0') { small } else { format!("{whole} {small}") })
}
