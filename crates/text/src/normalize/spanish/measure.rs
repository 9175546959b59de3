//! Measures: a number and its unit.

use super::super::{Hit, Place};
use super::number::{self, Form};
use super::{begins, ends, minus, sign_fits};
use crate::normalize::english::pattern;

pattern!(
    written,
    r"\A([\u{a0} ]?)(%|°[ ]?[CFK]?|[µμ]?[^\W\d_]+[²³23]?|[$€]?)(?:/([^\W\d_]+[²³23]?))?"
);
pattern!(negative, r"\A[-−]");

/// How a unit is written, said of one, said of several, and whether it is feminine.
const UNITS: [(&str, &str, &str, bool); 66] = [
    ("km", "kilómetro", "kilómetros", false),
    ("m", "metro", "metros", false),
    ("cm", "centímetro", "centímetros", false),
    ("mm", "milímetro", "milímetros", false),
    ("dm", "decímetro", "decímetros", false),
    ("nm", "nanómetro", "nanómetros", false),
    ("µm", "micrómetro", "micrómetros", false),
    ("m²", "metro cuadrado", "metros cuadrados", false),
    ("m2", "metro cuadrado", "metros cuadrados", false),
    ("km²", "kilómetro cuadrado", "kilómetros cuadrados", false),
    ("km2", "kilómetro cuadrado", "kilómetros cuadrados", false),
    ("cm²", "centímetro cuadrado", "centímetros cuadrados", false),
    ("m³", "metro cúbico", "metros cúbicos", false),
    ("m3", "metro cúbico", "metros cúbicos", false),
    ("cm³", "centímetro cúbico", "centímetros cúbicos", false),
    ("ha", "hectárea", "hectáreas", true),
    ("mi", "milla", "millas", true),
    ("ft", "pie", "pies", false),
    ("in", "pulgada", "pulgadas", true),
    ("yd", "yarda", "yardas", true),
    ("kg", "kilogramo", "kilogramos", false),
    ("g", "gramo", "gramos", false),
    ("gr", "gramo", "gramos", false),
    ("mg", "miligramo", "miligramos", false),
    ("lb", "libra", "libras", true),
    ("lbs", "libra", "libras", true),
    ("oz", "onza", "onzas", true),
    ("l", "litro", "litros", false),
    ("ml", "mililitro", "mililitros", false),
    ("cl", "centilitro", "centilitros", false),
    ("gal", "galón", "galones", false),
    ("h", "hora", "horas", true),
    ("hr", "hora", "horas", true),
    ("hrs", "hora", "horas", true),
    ("min", "minuto", "minutos", false),
    ("s", "segundo", "segundos", false),
    ("seg", "segundo", "segundos", false),
    ("ms", "milisegundo", "milisegundos", false),
    ("mph", "milla por hora", "millas por hora", true),
    ("kph", "kilómetro por hora", "kilómetros por hora", false),
    ("kmh", "kilómetro por hora", "kilómetros por hora", false),
    ("rpm", "revolución por minuto", "revoluciones por minuto", true),
    ("hz", "hercio", "hercios", false),
    ("khz", "kilohercio", "kilohercios", false),
    ("mhz", "megahercio", "megahercios", false),
    ("ghz", "gigahercio", "gigahercios", false),
    ("w", "vatio", "vatios", false),
    ("kw", "kilovatio", "kilovatios", false),
    ("mw", "megavatio", "megavatios", false),
    ("kwh", "kilovatio hora", "kilovatios hora", false),
    ("v", "voltio", "voltios", false),
    ("kv", "kilovoltio", "kilovoltios", false),
    ("a", "amperio", "amperios", false),
    ("kb", "kilobyte", "kilobytes", false),
    ("mb", "megabyte", "megabytes", false),
    ("gb", "gigabyte", "gigabytes", false),
    ("tb", "terabyte", "terabytes", false),
    ("mbps", "megabit por segundo", "megabits por segundo", false),
    ("cal", "caloría", "calorías", true),
    ("kcal", "kilocaloría", "kilocalorías", true),
    ("n", "newton", "newtons", false),
    ("j", "julio", "julios", false),
    ("pa", "pascal", "pascales", false),
    ("hp", "caballo de fuerza", "caballos de fuerza", false),
    ("px", "píxel", "píxeles", false),
    ("db", "decibelio", "decibelios", false),
];
/// Units that are also words; they need their figures close by and no word behind.
const WORDS: [&str; 4] = ["a", "in", "mi", "n"];

/// A unit in words.
pub(super) struct Unit {
    pub one: String,
    pub many: String,
    pub form: Form,
}

/// The unit at the front of a text (a space before it included), and its bytes.
pub(super) fn unit(text: &str) -> Option<(usize, Unit)> {
    let m = written().captures(text)?;
    let named = |key: &str| {
        let lower = key.to_lowercase().replace('μ', "µ");
        UNITS.iter().find(|(w, ..)| *w == lower)
    };
    let per = match m.get(3) {
        Some(per) => format!(" por {}", named(per.as_str())?.1),
        None => String::new(),
    };
    let key = &m[2];
    let (one, many, feminine) = match key {
        "" if per.is_empty() || !m[1].is_empty() => return None,
        "" => {
            return Some((
                m[0].len(),
                Unit { one: per[1..].into(), many: per[1..].into(), form: Form::Alone },
            ));
        }
        "%" => {
            return Some((
                m[1].len() + 1,
                Unit { one: "por ciento".into(), many: "por ciento".into(), form: Form::Alone },
            ));
        }
        "°" | "° " => ("grado", "grados", false),
        _ if key.starts_with('°') => match key.chars().next_back() {
            Some('C') => ("grado Celsius", "grados Celsius", false),
            Some('F') => ("grado Fahrenheit", "grados Fahrenheit", false),
            _ => ("grado Kelvin", "grados Kelvin", false),
        },
        _ if WORDS.contains(&key) && !m[1].is_empty() => return None,
        _ => named(key).map(|u| (u.1, u.2, u.3))?,
    };
    let form = if feminine { Form::Feminine } else { Form::Masculine };
    Some((m[0].len(), Unit { one: format!("{one}{per}"), many: format!("{many}{per}"), form }))
}

/// A number with its unit.
pub(super) fn measure(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let sign = negative().find(rest).map_or("", |m| m.as_str());
    if !begins(place) || !sign_fits(place, sign) {
        return None;
    }
    let amount = number::amount(&rest[sign.len()..], false)?;
    let at = sign.len() + amount.len;
    let (len, unit) = unit(&rest[at..])?;
    if !ends(rest, at + len) {
        return None;
    }
    let name = if amount.is_one() { &unit.one } else { &unit.many };
    Hit::new(at + len, format!("{}{} {name}", minus(sign), amount.words(unit.form)))
}
