//! Numbers with units of measurement, percentages, and "two by two".

use std::collections::HashMap;
use std::sync::OnceLock;

use super::amount::quantity;
use super::number::{Names, at, fold};
use crate::itn::words::{Context, Run, Written};

/// Units and signs, longer names first.
const UNITS: [(&str, &str); 53] = [
    ("डिग्री सेल्सियस", "°C"),
    ("डिग्री फारेनहाइट", "°F"),
    ("डिग्री फ़ैरनहाइट", "°F"),
    ("किलोवाट घंटा", "kWh"),
    ("मीट्रिक टन", "t"),
    ("मेट्रिक टन", "t"),
    ("वर्ष", "yr"),
    ("साल", "yr"),
    ("सालों", "yr"),
    ("महीना", "mo"),
    ("महीने", "mo"),
    ("महीनों", "mo"),
    ("माह", "mo"),
    ("सेल्सियस", "°C"),
    ("फारेनहाइट", "°F"),
    ("फ़ैरनहाइट", "°F"),
    ("केल्विन", "K"),
    ("कैल्विन", "K"),
    ("डिग्री", "°"),
    ("प्रतिशत", "%"),
    ("फ़ीसदी", "%"),
    ("परसेंट", "%"),
    ("माइक्रॉन", "µm"),
    ("इंच", "in"),
    ("फुट", "ft"),
    ("फीट", "ft"),
    ("यार्ड", "yd"),
    ("गज", "yd"),
    ("मील", "mi"),
    ("एकड़", "ac"),
    ("हेक्टेयर", "ha"),
    ("गैलन", "gal"),
    ("पिंट", "pt"),
    ("क्वार्ट", "qt"),
    ("आउंस", "oz"),
    ("आउन्स", "oz"),
    ("औंस", "oz"),
    ("टन", "t"),
    ("क्विंटल", "q"),
    ("दर्जन", "doz"),
    ("किलो", "kg"),
    ("घंटा", "h"),
    ("घंटे", "h"),
    ("घंटों", "h"),
    ("मिनट", "min"),
    ("मिनटों", "min"),
    ("अश्वशक्ति", "hp"),
    ("हॉर्सपावर", "hp"),
    ("डेसिबल", "dB"),
    ("कैलोरी", "cal"),
    ("किलोकैलोरी", "kcal"),
    ("कैरेट", "ct"),
    ("बैरल", "bbl"),
];
/// Units that take a prefix.
const BASES: [(&str, &str); 15] = [
    ("मीटर", "m"),
    ("ग्राम", "g"),
    ("लीटर", "L"),
    ("लिटर", "L"),
    ("वाट", "W"),
    ("वॉट", "W"),
    ("हर्ट्ज़", "Hz"),
    ("बाइट", "B"),
    ("बिट", "b"),
    ("सेकंड", "s"),
    ("सेकेंड", "s"),
    ("वोल्ट", "V"),
    ("जूल", "J"),
    ("पास्कल", "Pa"),
    ("न्यूटन", "N"),
];
const PREFIXES: [(&str, &str); 14] = [
    ("", ""),
    ("किलो", "k"),
    ("मिलि", "m"),
    ("सेंटी", "c"),
    ("सेन्टी", "c"),
    ("डेसी", "d"),
    ("डेका", "da"),
    ("हेक्टो", "h"),
    ("माइक्रो", "µ"),
    ("नैनो", "n"),
    ("मेगा", "M"),
    ("गीगा", "G"),
    ("टेरा", "T"),
    ("पिको", "p"),
];

/// One unit, perhaps squared or cubed: its sign and words.
fn simple(run: Run<'_>) -> Option<(String, usize)> {
    let power = match at(run, 0).as_str() {
        "बरग" | "सकबेयर" => "²",
        "घन" | "कयुबिक" => "³",
        _ => "",
    };
    let start = usize::from(!power.is_empty());
    let rest = run.from(start);
    // "वर्गसेंटीमीटर" in one word
    if let Some(power) = [("बरग", "²"), ("घन", "³")].iter().find_map(|(name, power)| {
        let base = at(run, 0).strip_prefix(name).and_then(prefixed)?;
        Some((format!("{base}{power}"), 1))
    }) {
        return Some(power);
    }
    let (sign, words) = named(rest)
        .map(|(sign, n)| (sign.to_string(), n))
        .or_else(|| prefixed(&at(rest, 0)).map(|sign| (sign, 1)))?;
    Some((format!("{sign}{power}"), start + words))
}

/// The sign of a folded word that is a unit with or without its prefix.
fn prefixed(word: &str) -> Option<String> {
    static FOLDED: OnceLock<HashMap<String, String>> = OnceLock::new();
    let table = FOLDED.get_or_init(|| {
        let pairs = PREFIXES.iter().flat_map(|prefix| BASES.iter().map(move |base| (prefix, base)));
        let row = |((prefix, short), (base, sign)): (&(&str, &str), &(&str, &str))| {
            // Litres are small behind a prefix.
            let sign = if *sign == "L" && !short.is_empty() { "l" } else { sign };
            (format!("{}{}", fold(prefix), fold(base)), format!("{short}{sign}"))
        };
        pairs.map(row).collect()
    });
    table.get(word).cloned()
}

fn named(run: Run<'_>) -> Option<(&'static str, usize)> {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| Names::new(&UNITS)).find(run)
}

/// A number with a unit, perhaps of one thing by another: "दो सौ किलोमीटर प्रति घंटा".
pub(super) fn measure(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let number = quantity(run)?;
    let (text, words) = unit(run.from(number.words))?;
    Written::new(number.words + words, format!("{} {text}", number.figures))
}

fn unit(run: Run<'_>) -> Option<(String, usize)> {
    let (sign, words) = simple(run)?;
    if at(run, words) == "परति"
        && let Some((under, more)) = simple(run.from(words + 1))
    {
        return Some((format!("{sign}/{under}"), words + 1 + more));
    }
    Some((sign, words))
}

/// "बाईस बाई पाँच घन फीट" is "22x5 ft³".
pub(super) fn product(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let first = quantity(run)?;
    let (mut text, mut used) = (first.figures, first.words);
    let mut sides = 1;
    while at(run, used) == "बाइ" {
        let Some(next) = quantity(run.from(used + 1)) else { break };
        text.push_str(&format!("x{}", next.figures));
        used += 1 + next.words;
        sides += 1;
    }
    if sides < 2 {
        return None;
    }
    if let Some((sign, words)) = unit(run.from(used)) {
        text.push_str(&format!(" {sign}"));
        used += words;
    }
    Written::new(used, text)
}
