//! Percentages and figures with units: "5%", "12kg", "2°C", "7.2-millimeter".

use super::super::{Hit, Place};
use super::{begins, figure, pattern};
use crate::number;

/// Written forms (separated by spaces; `_` stands for a space), one of it, several of it.
const UNITS: [(&str, &str, &str); 45] = [
    ("kg KG", "kilogram", "kilograms"),
    ("g", "gram", "grams"),
    ("mg", "milligram", "milligrams"),
    ("lb lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("km", "kilometer", "kilometers"),
    ("m", "meter", "meters"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("nm", "nanometer", "nanometers"),
    ("mi", "mile", "miles"),
    ("ft", "foot", "feet"),
    ("yd", "yard", "yards"),
    ("km² km2", "square kilometer", "square kilometers"),
    ("m² m2", "square meter", "square meters"),
    ("m³ m3", "cubic meter", "cubic meters"),
    ("sq_ft", "square foot", "square feet"),
    ("sq_mi", "square mile", "square miles"),
    ("km/h kph", "kilometer per hour", "kilometers per hour"),
    ("mph", "mile per hour", "miles per hour"),
    ("m/s", "meter per second", "meters per second"),
    ("mbps Mbps", "megabit per second", "megabits per second"),
    ("Gbps gbps", "gigabit per second", "gigabits per second"),
    ("kbps", "kilobit per second", "kilobits per second"),
    ("KB kB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("W", "watt", "watts"),
    ("kW", "kilowatt", "kilowatts"),
    ("MW", "megawatt", "megawatts"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("V", "volt", "volts"),
    ("mAh", "milliampere hour", "milliampere hours"),
    ("l L", "liter", "liters"),
    ("ml mL", "milliliter", "milliliters"),
    ("gal", "gallon", "gallons"),
    ("ms", "millisecond", "milliseconds"),
    ("sec secs", "second", "seconds"),
    ("min mins", "minute", "minutes"),
    ("hr hrs", "hour", "hours"),
];

pattern!(per_cent, r"\A([-−]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.([0-9]+))? ?%");
pattern!(degrees, r"\A([-−]?)([0-9]+)(?:\.([0-9]+))? ?°(?: ?([CFcf])\b)?");
pattern!(
    with_unit,
    r"\A([-−]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.([0-9]+))?( ?|-)(sq (?:ft|mi)|[A-Za-z]+(?:[²³23]|/[hs])?)"
);
pattern!(per_unit, r"\A([0-9]+)/([a-z]+)\b");

/// The unit written so: one of it, several of it.
fn unit(written: &str) -> Option<(&'static str, &'static str)> {
    let written = written.replace(' ', "_");
    let &(_, one, many) = UNITS.iter().find(|u| u.0.split(' ').any(|form| form == written))?;
    Some((one, many))
}

/// A unit that is written out, as in "7.2-millimeter".
fn spelled_unit(written: &str) -> Option<&'static str> {
    UNITS.iter().flat_map(|u| [u.1, u.2]).find(|name| *name == written)
}

/// A percentage.
pub(super) fn percent(place: Place<'_>) -> Option<Hit> {
    if !begins(place) {
        return None;
    }
    let m = per_cent().captures(place.rest())?;
    if m.get(2).is_none() && m.get(3).is_none() {
        return None;
    }
    Hit::new(m[0].len(), format!("{} percent", signed(&m)))
}

/// A figure with a unit of measurement, or a temperature.
pub(super) fn measure(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    if let Some(m) = degrees().captures(rest) {
        let scale = match m.get(4).map(|s| s.as_str()) {
            Some("C" | "c") => " Celsius",
            Some(_) => " Fahrenheit",
            None => "",
        };
        let words = signed(&m);
        let degrees = if words == "one" { "degree" } else { "degrees" };
        return Hit::new(m[0].len(), format!("{words} {degrees}{scale}"));
    }
    if let Some((m, (one, _))) = per_unit().captures(rest).and_then(|m| unit(&m[2]).map(|u| (m, u)))
    {
        return Hit::new(m[0].len(), format!("{} per {one}", number::cardinal(&m[1])));
    }
    let m = with_unit().captures(rest)?;
    if m.get(2).is_none() && m.get(3).is_none() {
        return None;
    }
    // After a space or a hyphen a single letter is seldom a unit; an "m" is.
    let loose = !m[4].is_empty() && m[5].len() == 1 && &m[5] != "m";
    if rest[m[0].len()..].starts_with(char::is_alphanumeric) || loose {
        return None;
    }
    let words = signed(&m);
    let (one, many) = unit(&m[5]).or_else(|| spelled_unit(&m[5]).map(|u| (u, u)))?;
    let name = if words == "one" || &m[4] == "-" { one } else { many };
    Hit::new(m[0].len(), format!("{words} {name}"))
}

/// Sign, whole part and decimals (groups 1 to 3) as words.
fn signed(m: &regex::Captures<'_>) -> String {
    let part = |i: usize| m.get(i).map_or("", |x| x.as_str());
    let minus = if part(1).is_empty() { "" } else { "minus " };
    format!("{minus}{}", figure::decimal_words(part(2), part(3)))
}
