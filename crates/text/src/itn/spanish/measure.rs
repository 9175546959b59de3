//! Numbers with units of measurement, percentages, and sums.

use super::amount::{Quantity, quantity};
use super::number::at;
use crate::itn::words::{Context, Run, Written};

/// Units in the singular without accents, longer names first.
const UNITS: [(&str, &str); 40] = [
    ("kilovatio hora", "kWh"),
    ("vatio hora", "Wh"),
    ("grado celsius", "°C"),
    ("grado centigrado", "°C"),
    ("grado fahrenheit", "°F"),
    ("caballo de fuerza", "hp"),
    ("por ciento", "%"),
    ("grado", "°"),
    ("hora", "h"),
    ("minuto", "min"),
    ("segundo", "s"),
    ("kilo", "kg"),
    ("tonelada", "t"),
    ("pie", "ft"),
    ("pulgada", "in"),
    ("milla", "mi"),
    ("yarda", "yd"),
    ("onza", "oz"),
    ("galon", "gal"),
    ("pinta", "pt"),
    ("hectarea", "ha"),
    ("acre", "ac"),
    ("kelvin", "K"),
    ("caloria", "cal"),
    ("kilocaloria", "kcal"),
    ("decibelio", "dB"),
    ("voltio", "V"),
    ("amperio", "A"),
    ("ohmio", "Ω"),
    ("julio", "J"),
    ("newton", "N"),
    ("pascal", "Pa"),
    ("lumen", "lm"),
    ("micra", "μm"),
    ("docena", "doc"),
    ("porciento", "%"),
    ("centigrado", "°C"),
    ("celsius", "°C"),
    ("fahrenheit", "°F"),
    ("kilometro por hora", "km/h"),
];
/// Units that take a prefix.
const BASES: [(&str, &str); 8] = [
    ("metro", "m"),
    ("gramo", "g"),
    ("litro", "l"),
    ("vatio", "W"),
    ("hercio", "Hz"),
    ("byte", "B"),
    ("bit", "b"),
    ("segundo", "s"),
];
const PREFIXES: [(&str, &str); 11] = [
    ("", ""),
    ("kilo", "k"),
    ("mega", "M"),
    ("giga", "G"),
    ("tera", "T"),
    ("hecto", "h"),
    ("deci", "d"),
    ("centi", "c"),
    ("mili", "m"),
    ("micro", "μ"),
    ("nano", "n"),
];

/// Whether a word is this one or its plural.
fn is(word: &str, singular: &str) -> bool {
    word.strip_prefix(singular).is_some_and(|end| matches!(end, "" | "s" | "es"))
}

/// One unit: its sign and words.
fn simple(run: Run<'_>) -> Option<(String, usize)> {
    let named = UNITS.iter().find_map(|(name, sign)| {
        let fits = name.split(' ').enumerate().all(|(i, part)| is(&at(run, i), part));
        fits.then(|| ((*sign).to_string(), name.split(' ').count()))
    });
    let (sign, words) = named.or_else(|| {
        let word = at(run, 0);
        PREFIXES.iter().find_map(|(prefix, short)| {
            let rest = word.strip_prefix(prefix)?;
            let (_, sign) = BASES.iter().find(|(base, _)| is(rest, base))?;
            Some((format!("{short}{sign}"), 1))
        })
    })?;
    let power = match at(run, words).trim_end_matches('s').trim_end_matches(['o', 'a']) {
        "cuadrad" => "²",
        "cubic" => "³",
        _ => return Some((sign, words)),
    };
    Some((format!("{sign}{power}"), words + 1))
}

/// A unit, perhaps of one thing by another: "millas por hora".
fn unit(run: Run<'_>) -> Option<(String, usize)> {
    let (sign, words) = simple(run)?;
    if run.at(words) != "por" {
        return Some((sign, words));
    }
    let Some((under, more)) = simple(run.from(words + 1)).filter(|(u, _)| u != "%") else {
        return Some((sign, words));
    };
    let used = words + 1 + more;
    Some((
        if sign == "mi" && under == "h" { "mph".into() } else { format!("{sign}/{under}") },
        used,
    ))
}

/// A number with a unit of measurement or a percentage.
pub(super) fn measure(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let number = quantity(run)?;
    let parts = number.figures.contains('/');
    // "tres quintos de metro", "dos millones de kilómetros"
    let of = (parts || !number.scale.is_empty()) && run.at(number.words) == "de";
    let start = number.words + usize::from(of);
    if run.at(start) == "por" {
        let under = simple(run.from(start + 1)).filter(|(u, _)| u != "%");
        if let Some((under, words)) = under {
            return Written::new(start + 1 + words, format!("{} /{under}", number.written()));
        }
    }
    let (sign, words) = unit(run.from(start))?;
    let mut used = start + words;
    // "un momento, un segundo": one second within a text is seldom a measure.
    let moment = number.whole == Some(1) && matches!(sign.as_str(), "s" | "min");
    if moment && !(context.before.is_empty() && run.ends(used)) {
        return None;
    }
    let mut figures = number.written();
    if half(run.from(used), &number) {
        figures.push_str(" 1/2");
        used += 2;
    }
    Written::new(used, format!("{figures} {sign}"))
}

/// "dos metros y medio"
fn half(run: Run<'_>, number: &Quantity) -> bool {
    let whole = number.scale.is_empty() && !number.figures.contains(['/', ',', '.']);
    whole && run.at(0) == "y" && matches!(run.at(1), "medio" | "media")
}

/// A sum with its result: "dos más dos es igual a cuatro".
pub(super) fn sum(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let first = quantity(run)?;
    let (mut text, mut used) = (first.written(), first.words);
    let mut terms = 1;
    while let Some((sign, words)) = operator(run.from(used)) {
        let Some(next) = quantity(run.from(used + words)) else { break };
        text.push_str(&format!(" {sign} {}", next.written()));
        used += words + next.words;
        terms += 1;
    }
    let is = usize::from(matches!(run.at(used), "es" | "son"));
    if terms < 2 || !run.is(used + is, "igual a") {
        return None;
    }
    let result = quantity(run.from(used + is + 2))?;
    Written::new(used + is + 2 + result.words, format!("{text} = {}", result.written()))
}

fn operator(run: Run<'_>) -> Option<(char, usize)> {
    match at(run, 0).as_str() {
        "mas" => Some(('+', 1)),
        "menos" => Some(('-', 1)),
        "por" => Some(('×', 1)),
        "entre" => Some(('÷', 1)),
        "dividido" if matches!(run.at(1), "entre" | "por") => Some(('÷', 2)),
        _ => None,
    }
}
