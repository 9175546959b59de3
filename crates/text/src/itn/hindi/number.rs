//! Reading Hindi number words in Devanagari, however they are spelled.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::itn::words::Run;

/// The words for 0 to 99 as they are often written; [`fold`] takes care of most other spellings.
const SMALL: [&str; 100] = [
    "शून्य ज़ीरो सिफ़र",
    "एक",
    "दो",
    "तीन",
    "चार",
    "पाँच",
    "छह छः छे छै",
    "सात",
    "आठ",
    "नौ",
    "दस",
    "ग्यारह",
    "बारह",
    "तेरह",
    "चौदह",
    "पंद्रह पन्द्रह",
    "सोलह",
    "सत्रह",
    "अठारह अठाहर",
    "उन्नीस",
    "बीस",
    "इक्कीस",
    "बाईस",
    "तेईस",
    "चौबीस",
    "पच्चीस",
    "छब्बीस",
    "सत्ताईस",
    "अट्ठाईस",
    "उनतीस",
    "तीस",
    "इकतीस इकत्तीस",
    "बत्तीस",
    "तैंतीस तेंतीस",
    "चौंतीस",
    "पैंतीस",
    "छत्तीस",
    "सैंतीस",
    "अड़तीस",
    "उनतालीस",
    "चालीस",
    "इकतालीस",
    "बयालीस बियालीस",
    "तैंतालीस तेंतालीस तिरालीस",
    "चौवालीस चवालीस चौआलीस",
    "पैंतालीस",
    "छियालीस छयालीस",
    "सैंतालीस",
    "अड़तालीस",
    "उनचास",
    "पचास",
    "इक्यावन",
    "बावन",
    "तिरेपन तिरपन",
    "चौवन चव्वन",
    "पचपन",
    "छप्पन",
    "सत्तावन",
    "अट्ठावन",
    "उनसठ",
    "साठ",
    "इकसठ",
    "बासठ",
    "तिरसठ तिरेसठ",
    "चौंसठ",
    "पैंसठ",
    "छियासठ छयासठ",
    "सड़सठ सरसठ",
    "अड़सठ",
    "उनहत्तर",
    "सत्तर",
    "इकहत्तर इखत्तर",
    "बहत्तर",
    "तिहत्तर",
    "चौहत्तर",
    "पचहत्तर पिचहत्तर पिछत्तर पछत्तर",
    "छिहत्तर",
    "सतहत्तर",
    "अठहत्तर",
    "उनासी उन्यासी उनयासी",
    "अस्सी",
    "इक्यासी",
    "बयासी बियासी",
    "तिरासी",
    "चौरासी",
    "पचासी पिचासी",
    "छियासी छयासी",
    "सत्तासी",
    "अट्ठासी",
    "नवासी",
    "नब्बे",
    "इक्यानबे",
    "बानबे बयानबे",
    "तिरानबे",
    "चौरानबे",
    "पंचानबे पिचानबे पिंचानबे पचानबे",
    "छियानबे छयानबे",
    "सत्तानबे",
    "अट्ठानबे",
    "निन्यानबे निन्नानबे",
];
/// The word for a number from 0 to 99, in its common spelling; larger ones wrap.
pub(crate) fn name(value: usize) -> &'static str {
    SMALL[value % SMALL.len()].split(' ').next().unwrap_or_default()
}

/// Scale words with their powers of ten.
const SCALES: [(&str, u32); 8] = [
    ("हज़ार", 3),
    ("लाख", 5),
    ("करोड़", 7),
    ("अरब", 9),
    ("खरब", 11),
    ("नील", 13),
    ("पद्म", 15),
    ("शंख", 17),
];

/// A spelling without what writers differ in: the dots below, the signs of a nasal or breath, the
/// length of i and u, doubled consonants, and v against b.
pub(super) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let c = match c {
            // Dot below, nasal signs, breath, virama, joiners.
            '\u{93c}' | '\u{901}'..='\u{903}' | '\u{94d}' | '\u{200c}' | '\u{200d}' => continue,
            'ी' => 'ि',
            'ू' => 'ु',
            'ई' => 'इ',
            'ऊ' => 'उ',
            'व' => 'ब',
            // Letters with their dot in one sign.
            '\u{95b}' => 'ज',
            '\u{95c}' => 'ड',
            '\u{95d}' => 'ढ',
            '\u{95e}' => 'फ',
            c => c,
        };
        match (out.chars().next_back(), c) {
            (Some(last), c) if last == c && c.is_alphabetic() => {}
            (Some('ट'), 'ठ') | (Some('च'), 'छ') | (Some('क'), 'ख') | (Some('त'), 'थ') =>
            {
                out.pop();
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// The folded word at a place; empty past the end.
pub(super) fn at(run: Run<'_>, i: usize) -> String {
    fold(run.at(i))
}

/// The value of a folded word for 0 to 99.
pub(super) fn small(word: &str) -> Option<u128> {
    static FOLDED: OnceLock<HashMap<String, u128>> = OnceLock::new();
    let table = FOLDED.get_or_init(|| {
        let rows = SMALL.iter().zip(0u128..);
        rows.flat_map(|(names, v)| names.split(' ').map(move |n| (fold(n), v))).collect()
    });
    table.get(word).copied()
}

/// Names of one or more words with what they stand for, folded once. A name that begins with
/// another goes first.
pub(super) struct Names {
    rows: Vec<(Vec<String>, &'static str)>,
}

impl Names {
    /// Folds the words of a table.
    pub fn new(table: &[(&str, &'static str)]) -> Self {
        let words = |name: &str| name.split(' ').map(fold).collect();
        Self { rows: table.iter().map(|(name, sign)| (words(name), *sign)).collect() }
    }

    /// What the name at the front stands for, and its words.
    pub fn find(&self, run: Run<'_>) -> Option<(&'static str, usize)> {
        let first = at(run, 0);
        let fits = |words: &[String]| {
            words[0] == first && words.iter().enumerate().skip(1).all(|(i, w)| at(run, i) == *w)
        };
        self.rows.iter().find(|(words, _)| fits(words)).map(|(words, sign)| (*sign, words.len()))
    }
}

/// The power of ten of a folded scale word.
fn scale(word: &str) -> Option<u128> {
    static FOLDED: OnceLock<HashMap<String, u128>> = OnceLock::new();
    let rows = || SCALES.iter().map(|&(name, power)| (fold(name), 10u128.pow(power)));
    FOLDED.get_or_init(|| rows().collect()).get(word).copied()
}

/// A number in quarters, as Hindi counts: "ढाई" is ten quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parsed {
    pub quarters: u128,
    pub words: usize,
}

impl Parsed {
    /// The value when it is whole.
    pub fn whole(self) -> Option<u128> {
        self.quarters.is_multiple_of(4).then_some(self.quarters / 4)
    }

    /// As a decimal: "2.5".
    pub fn decimal(self) -> String {
        let part = ["", ".25", ".5", ".75"][(self.quarters % 4) as usize];
        format!("{}{part}", self.quarters / 4)
    }

    /// As a mixed number: "2 1/2".
    pub fn mixed(self) -> String {
        let part = ["", "1/4", "1/2", "3/4"][(self.quarters % 4) as usize];
        match self.quarters / 4 {
            0 => part.into(),
            whole => format!("{whole} {part}").trim_end().into(),
        }
    }
}

/// "सात", "साढ़े सात", "ढाई": what stands before "सौ", "हज़ार", a unit, or alone.
fn head(run: Run<'_>) -> Option<Parsed> {
    let first = at(run, 0);
    let shift: i8 = match first.as_str() {
        "डेढ" => return Some(Parsed { quarters: 6, words: 1 }),
        "ढाइ" | "अढाइ" => return Some(Parsed { quarters: 10, words: 1 }),
        "सबा" => 1,
        "साढे" | "साडे" => 2,
        "पौने" | "पौन" | "पौना" => -1,
        _ => return small(&first).map(|v| Parsed { quarters: v * 4, words: 1 }),
    };
    let next = at(run, 1);
    match small(&next).filter(|v| *v > 0) {
        Some(v) => Some(Parsed { quarters: (v * 4).checked_add_signed(shift.into())?, words: 2 }),
        // "सवा लाख" is one and a quarter; "पौन लाख" three quarters.
        None if next == "सौ" || scale(&next).is_some() => {
            let quarters = if shift < 0 { 3 } else { 4 + shift.unsigned_abs() };
            Some(Parsed { quarters: quarters.into(), words: 1 })
        }
        None => None,
    }
}

/// A number said without "हज़ार": "पच्चीस सौ", "साढ़े सोलह सौ", "एक सौ तेईस", "सौ".
fn group(run: Run<'_>) -> Option<Parsed> {
    let first =
        if at(run, 0) == "सौ" { Some(Parsed { quarters: 4, words: 0 }) } else { head(run) };
    let first = first?;
    if at(run, first.words) != "सौ" {
        return Some(first);
    }
    let hundreds = Parsed { quarters: first.quarters * 100, words: first.words + 1 };
    let rest = small(&at(run, hundreds.words)).filter(|v| *v > 0 && first.quarters % 4 == 0);
    // "सात सौ | सात हज़ार" is two numbers, but "पाँच सौ दो लाख" is not said.
    match rest.filter(|_| scale(&at(run, hundreds.words + 1)).is_none()) {
        Some(v) => Some(Parsed { quarters: hundreds.quarters + v * 4, words: hundreds.words + 1 }),
        None => Some(hundreds),
    }
}

/// A number with its quarters: "एक करोड़ इक्कीस लाख दो सौ बारह", "साढ़े छः लाख", "ढाई".
pub(super) fn cardinal(run: Run<'_>) -> Option<Parsed> {
    let (mut total, mut used, mut ceiling) = (0u128, 0, u128::MAX);
    loop {
        let rest = run.from(used);
        let bare = used == 0 && scale(&at(rest, 0)).is_some();
        let part = if bare { Some(Parsed { quarters: 4, words: 0 }) } else { group(rest) };
        let Some(part) = part.filter(|p| used == 0 || p.quarters > 0) else { break };
        let (mut quarters, mut after, mut factor) = (part.quarters, used + part.words, 1u128);
        // "दो लाख करोड़"
        while let Some(s) = scale(&at(run, after)).filter(|s| *s > factor || factor == 1) {
            let Some(product) = quarters.checked_mul(s).filter(|p| *p < 10u128.pow(30)) else {
                break;
            };
            quarters = product;
            factor = factor.saturating_mul(s);
            after += 1;
        }
        if factor >= ceiling || factor == 1 && quarters >= ceiling.saturating_mul(4) {
            break;
        }
        total += quarters;
        used = after;
        // Nothing follows the last hundreds, a zero, or quarters of a scale.
        if factor == 1 || part.quarters == 0 || part.quarters % 4 != 0 {
            break;
        }
        ceiling = factor;
    }
    (used > 0).then_some(Parsed { quarters: total, words: used })
}

/// A whole number from 1 to 99 of one word.
pub(super) fn below_hundred(run: Run<'_>) -> Option<u128> {
    small(&at(run, 0)).filter(|v| *v > 0)
}

/// Figures said in groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    pub figures: String,
    pub words: usize,
    pub groups: usize,
    /// Whether every group was one digit, or one repeated.
    pub single: bool,
}

/// Digits and pairs of them at the front, "डबल" and "ट्रिपल" included; with `pairs` off, digits
/// alone.
pub(super) fn digit_run(run: Run<'_>, pairs: bool) -> Groups {
    let mut all = Groups { single: true, ..Groups::default() };
    loop {
        let times = match at(run, all.words).as_str() {
            "डबल" => 2,
            "टरिपल" | "तिगुना" => 3,
            _ => 1,
        };
        let word = all.words + usize::from(times > 1);
        let Some(value) = small(&at(run, word)).filter(|v| *v < 10 || pairs && times == 1) else {
            return all;
        };
        // The multiplier of a cardinal is no digit.
        let next = at(run, word + 1);
        if next == "सौ" || scale(&next).is_some() {
            return all;
        }
        for _ in 0..times {
            all.figures.push_str(&value.to_string());
        }
        all.words = word + 1;
        all.groups += 1;
        all.single &= value < 10;
    }
}

/// An ordinal: its value, its suffix as it was spoken ("वां"), and its words.
pub(super) fn ordinal(run: Run<'_>) -> Option<(u128, &str, usize)> {
    let mut plain = Vec::new();
    loop {
        let mut word = run.word(plain.len())?.clone();
        let folded = fold(&word.lower);
        if small(&folded).is_some() || folded == "सौ" || scale(&folded).is_some() {
            plain.push(word);
            continue;
        }
        let text = &run.word(plain.len())?.text;
        let suffix = ["वां", "वाँ", "वीं", "वें", "वा", "वी"].iter().find(|s| text.ends_with(**s))?;
        let stem = text.strip_suffix(suffix)?;
        word.lower = stem.into();
        if !stem.is_empty() {
            plain.push(word);
        }
        let count = plain.len() + usize::from(stem.is_empty());
        let number = cardinal(Run::closed(&plain)).filter(|n| n.words == plain.len())?;
        return Some((number.whole()?, suffix, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_numbers_fold_alike() {
        for (names, value) in SMALL.iter().zip(0u128..) {
            for name in names.split(' ') {
                assert_eq!(small(&fold(name)), Some(value), "{name}");
            }
        }
    }
}
