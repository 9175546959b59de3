//! Reading Spanish number words: cardinals on the long scale, ordinals, parts, and strings of
//! digits.

use crate::itn::words::Run;

/// A number read from the front of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parsed {
    pub value: u128,
    pub words: usize,
}

/// The words for 0 to 29, without accents; "un" and "una" are read apart.
const SMALL: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciseis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidos",
    "veintitres",
    "veinticuatro",
    "veinticinco",
    "veintiseis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
/// The words for 30, 40 and on.
const TENS: [&str; 7] =
    ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
/// The words for 100, 200 and on, without their plural ending.
const HUNDREDS: [&str; 9] = [
    "cient",
    "doscient",
    "trescient",
    "cuatrocient",
    "quinient",
    "seiscient",
    "setecient",
    "ochocient",
    "novecient",
];
/// Scale words in singular and plural with their powers of ten.
const SCALES: [(&str, &str, u32); 6] = [
    ("millon", "millones", 6),
    ("millardo", "millardos", 9),
    ("billon", "billones", 12),
    ("trillon", "trillones", 18),
    ("cuatrillon", "cuatrillones", 24),
    ("quintillon", "quintillones", 30),
];

/// A word in lower case without its accents; "ñ" stays.
pub(super) fn fold(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            c => c,
        })
        .collect()
}

/// The word at a place without accents; empty past the end.
pub(super) fn at(run: Run<'_>, i: usize) -> String {
    fold(run.at(i))
}

/// The power of ten of "millón", "billones" and the like.
pub(super) fn scale(word: &str) -> Option<u128> {
    let found = SCALES.iter().find(|(one, many, _)| *one == word || *many == word);
    found.map(|&(_, _, power)| 10u128.pow(power))
}

/// The value of a word for 0 to 29.
fn small(word: &str) -> Option<u128> {
    match word {
        "un" | "una" => Some(1),
        "veintiun" | "veintiuna" => Some(21),
        _ => SMALL.iter().position(|w| *w == word).map(|i| i as u128),
    }
}

/// Whether a word without accents is a number from 0 to 99.
pub(super) fn is_below_hundred(word: &str) -> bool {
    small(word).is_some() || TENS.contains(&word)
}

/// The digit that a word names.
pub(super) fn digit(word: &str) -> Option<u8> {
    small(word).filter(|v| *v < 10).map(|v| v as u8)
}

/// A number from 0 to 99.
pub(super) fn below_hundred(run: Run<'_>) -> Option<Parsed> {
    let first = at(run, 0);
    if let Some(value) = small(&first) {
        return Some(Parsed { value, words: 1 });
    }
    let tens = TENS.iter().position(|w| *w == first).map(|i| (i as u128 + 3) * 10)?;
    if run.at(1) == "y"
        && let Some(unit) = digit(&at(run, 2)).filter(|d| *d > 0)
    {
        return Some(Parsed { value: tens + u128::from(unit), words: 3 });
    }
    Some(Parsed { value: tens, words: 1 })
}

/// A number from 0 to 999.
pub(super) fn below_thousand(run: Run<'_>) -> Option<Parsed> {
    let first = at(run, 0);
    if first == "cien" {
        return Some(Parsed { value: 100, words: 1 });
    }
    let stem = first.trim_end_matches(['o', 'a', 's']);
    let Some(hundreds) = HUNDREDS.iter().position(|h| *h == stem && first.len() > h.len()) else {
        return below_hundred(run);
    };
    let value = (hundreds as u128 + 1) * 100;
    match below_hundred(run.from(1)).filter(|r| r.value > 0) {
        Some(rest) => Some(Parsed { value: value + rest.value, words: 1 + rest.words }),
        None => Some(Parsed { value, words: 1 }),
    }
}

/// A number from 0 to 999,999; "mil y uno" is 1001.
fn below_million(run: Run<'_>) -> Option<Parsed> {
    let (thousands, used) = if run.at(0) == "mil" {
        (1, 1)
    } else {
        let head = below_thousand(run)?;
        if run.at(head.words) != "mil" || head.value < 2 {
            return Some(head);
        }
        (head.value, head.words + 1)
    };
    let and = usize::from(run.at(used) == "y");
    match below_thousand(run.from(used + and)).filter(|r| r.value > 0) {
        Some(rest) if run.at(used + and + rest.words) != "mil" => {
            Some(Parsed { value: thousands * 1000 + rest.value, words: used + and + rest.words })
        }
        _ => Some(Parsed { value: thousands * 1000, words: used }),
    }
}

/// A whole number: "diez mil diez billones diez millones cien mil diez".
pub(super) fn cardinal(run: Run<'_>) -> Option<Parsed> {
    let (mut total, mut used, mut ceiling) = (0u128, 0, u128::MAX);
    while let Some(part) = below_million(run.from(used)).filter(|p| used == 0 || p.value > 0) {
        let after = used + part.words;
        match scale(&at(run, after)).filter(|_| part.value > 0) {
            Some(s) if s < ceiling => {
                total += part.value * s;
                used = after + 1;
                ceiling = s;
            }
            Some(_) => break,
            None => {
                if part.value < ceiling {
                    total += part.value;
                    used = after;
                }
                break;
            }
        }
    }
    (used > 0).then_some(Parsed { value: total, words: used })
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

/// Digits behind "coma": groups below a thousand, "cero" at the front of any.
pub(super) fn decimals(run: Run<'_>) -> Groups {
    groups(run, below_thousand)
}

/// Digits of a phone number or code: single ones, pairs, "doble" and "triple".
pub(super) fn digit_run(run: Run<'_>) -> Groups {
    groups(run, below_hundred)
}

fn groups(run: Run<'_>, group: fn(Run<'_>) -> Option<Parsed>) -> Groups {
    let mut all = Groups { single: true, ..Groups::default() };
    loop {
        let times = match run.at(all.words) {
            "doble" => 2,
            "triple" => 3,
            _ => 1,
        };
        let rest = run.from(all.words + usize::from(times > 1));
        let Some(part) = group(rest).filter(|p| times == 1 || p.value < 10) else { return all };
        // "un" and "una" are articles, not digits; "dos puntos" is a colon.
        let word = rest.at(0);
        if matches!(word, "un" | "una") || word == "dos" && rest.at(1) == "puntos" {
            return all;
        }
        for _ in 0..times {
            all.figures.push_str(&part.value.to_string());
        }
        all.words += part.words + usize::from(times > 1);
        all.groups += 1;
        all.single &= part.value < 10;
    }
}

/// What the last word of an ordinal ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// "décimo"
    Masculine,
    /// "décima"
    Feminine,
    /// "primer", "tercer" before a noun
    Short,
}

const ORDINAL_UNITS: [&str; 9] =
    ["primer", "segund", "tercer", "cuart", "quint", "sext", "septim", "octav", "noven"];
const ORDINAL_TENS: [&str; 9] = [
    "decim",
    "vigesim",
    "trigesim",
    "cuadragesim",
    "quincuagesim",
    "sexagesim",
    "septuagesim",
    "octogesim",
    "nonagesim",
];
const ORDINAL_HUNDREDS: [&str; 9] = [
    "centesim",
    "ducentesim",
    "tricentesim",
    "cuadringentesim",
    "quingentesim",
    "sexcentesim",
    "septingentesim",
    "octingentesim",
    "noningentesim",
];

/// The value of one ordinal word without its ending: "vigesimosegund" is 22.
fn ordinal_stem(stem: &str) -> Option<u128> {
    let place = |list: &[&str]| list.iter().position(|s| *s == stem).map(|i| i as u128 + 1);
    match stem {
        "undecim" => return Some(11),
        "duodecim" => return Some(12),
        "milesim" => return Some(1000),
        "septim" | "setim" => return Some(7),
        _ => {}
    }
    if let Some(value) = place(&ORDINAL_UNITS)
        .or_else(|| place(&ORDINAL_TENS).map(|v| v * 10))
        .or_else(|| place(&ORDINAL_HUNDREDS).map(|v| v * 100))
    {
        return Some(value);
    }
    ORDINAL_TENS.iter().zip(1u128..).find_map(|(tens, n)| {
        let rest = stem.strip_prefix(tens)?;
        // "vigesimoctavo" has one o between the two.
        let unit = ORDINAL_UNITS
            .iter()
            .position(|u| rest.strip_prefix('o') == Some(u) || rest == *u && u.starts_with('o'))?;
        Some(n * 10 + unit as u128 + 1)
    })
}

fn ordinal_word(word: &str) -> Option<(u128, Ending)> {
    if let Some(stem) = word.strip_suffix('o') {
        ordinal_stem(stem).map(|v| (v, Ending::Masculine))
    } else if let Some(stem) = word.strip_suffix('a') {
        ordinal_stem(stem).map(|v| (v, Ending::Feminine))
    } else {
        let short = word.ends_with("primer") || word.ends_with("tercer");
        ordinal_stem(word).filter(|_| short).map(|v| (v, Ending::Short))
    }
}

/// An ordinal: "vigésimo primero", "centésima trigésima cuarta", "decimotercer".
pub(super) fn ordinal(run: Run<'_>) -> Option<(Parsed, Ending)> {
    let (mut value, mut ending) = ordinal_word(&at(run, 0))?;
    let mut used = 1;
    // Each word is smaller than the lowest place of those before.
    let mut place = if value.is_multiple_of(100) { 100 } else { 10 };
    while value.is_multiple_of(place) && place > 1 {
        let Some((next, end)) = ordinal_word(&at(run, used)).filter(|(v, _)| *v < place) else {
            break;
        };
        value += next;
        ending = end;
        used += 1;
        place = if next >= 10 { 10 } else { 1 };
    }
    Some((Parsed { value, words: used }, ending))
}

/// A part of a whole, as in "dos tercios": its denominator, and whether the word is plural.
pub(super) fn part(word: &str) -> Option<(u128, bool)> {
    let (one, plural) = word.strip_suffix('s').map_or((word, false), |w| (w, true));
    let value = match one {
        "medio" | "media" => 2,
        "tercio" => 3,
        "centesimo" => 100,
        "milesimo" => 1000,
        "diezmilesimo" => 10_000,
        "millonesimo" => 1_000_000,
        _ => match one.strip_suffix('o').and_then(ordinal_stem) {
            Some(value) if value > 3 => value,
            Some(_) => return None,
            None => fused(one.strip_suffix("avo")?)?,
        },
    };
    Some((value, plural))
}

/// A cardinal run together as in "cuarentaiunavos": "cuarentaiun" is 41.
fn fused(stem: &str) -> Option<u128> {
    let below_hundred = |stem: &str| {
        (1..100u128).find(|&v| {
            let name = match v {
                1..30 => SMALL[v as usize].to_string(),
                v if v % 10 == 0 => TENS[v as usize / 10 - 3].to_string(),
                v => format!("{}i{}", TENS[v as usize / 10 - 3], SMALL[v as usize % 10]),
            };
            // "cuarentaiun", "cuarentiun"
            stem == name
                || Some(stem) == name.strip_suffix(['a', 'e', 'o'])
                || stem.replacen("ti", "tai", 1) == name.trim_end_matches('o')
        })
    };
    let hundreds = HUNDREDS.iter().zip(1u128..).find_map(|(name, n)| {
        let rest = stem.strip_prefix(name)?;
        let rest = rest.strip_prefix('o').unwrap_or(rest);
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        if rest.is_empty() { Some(n * 100) } else { below_hundred(rest).map(|v| n * 100 + v) }
    });
    hundreds.or_else(|| below_hundred(stem).filter(|v| *v > 10))
}
