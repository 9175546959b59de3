//! Percentages and figures with units: "5%", "12kg", "2°C", "7.2-millimeter".

use super::super::{Hit, Place};
use super::{begins, figure, pattern};
use crate::number;

/// Written forms (separated by spaces; `_` stands for a space), one of it, several of it.
const UNITS: [(&str, &str, &str); 46] = [
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
    ("yr yrs", "year", "years"),
];

pattern!(per_cent, r"\A([-−]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.([0-9]+))? ?%");
pattern!(degrees, r"\A([-−]?)([0-9]+)(?:\.([0-9]+))? ?°(?: ?([CFcf])\b)?");
pattern!(
    with_unit,
    r"\A([-−]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.([0-9]+))?( ?|-)(sq (?:ft|mi)|[A-Za-z]+(?:[²³23]|/[hs])?)"
);
pattern!(per_unit, r"\A([0-9]+)/([a-z]+)\b");

pattern!(
    between,
    r"\A([0-9]{1,4}(?:\.[0-9]+)?) ?[-–] ?([0-9]{1,4}(?:\.[0-9]+)?)( ?|-)(sq (?:ft|mi)|[A-Za-z]+(?:[²³23]|/[hs])?)"
);
pattern!(degrees_between, r"\A([0-9]{1,3})[-–]([0-9]{1,3}) ?°(?: ?([CFcf])\b)?");
pattern!(
    quotient,
    r"\A([-−]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.([0-9]+))? ?([A-Za-z]{1,4})/([A-Za-z]{1,3})\b"
);
pattern!(height, r#"\A([0-9]{1,2})['’′] ?([0-9]{1,2})(?:["”″]|'')"#);
pattern!(inches, r#"\A([0-9]{1,3})(?:\.([0-9]+))?["″]"#);

/// Short units below a fraction bar.
const PER: [(&str, &str); 5] =
    [("s", "second"), ("h", "hour"), ("d", "day"), ("dl", "deciliter"), ("wk", "week")];

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

/// "10-15 min" and "5–7kg": from one figure to another, of a unit.
pub(super) fn unit_range(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) || place.before().ends_with(['-', '/', '.', ',']) {
        return None;
    }
    if let Some(m) = degrees_between().captures(rest) {
        let scale = match m.get(3).map(|s| s.as_str()) {
            Some("C" | "c") => " Celsius",
            Some(_) => " Fahrenheit",
            None => "",
        };
        let (from, to) = (number::cardinal(&m[1]), number::cardinal(&m[2]));
        return Hit::new(m[0].len(), format!("{from} to {to} degrees{scale}"));
    }
    let m = between().captures(rest)?;
    let (from, to): (f64, f64) = (m[1].parse().ok()?, m[2].parse().ok()?);
    let loose = !m[3].is_empty() && m[4].len() == 1 && &m[4] != "m";
    if from >= to || loose || rest[m[0].len()..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let (one, many) = unit(&m[4])?;
    let words = |figures: &str| {
        let (whole, part) = figures.split_once('.').unwrap_or((figures, ""));
        figure::decimal_words(whole, part)
    };
    let name = if &m[3] == "-" { one } else { many };
    Hit::new(m[0].len(), format!("{} to {} {name}", words(&m[1]), words(&m[2])))
}

/// "5'10"" and "12"": feet and inches. A quotation mark that closes a quotation is no inch.
fn feet_and_inches(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let count = |figures: &str, one: &str, many: &str| {
        let words = number::cardinal(figures);
        let name = if words == "one" { one } else { many };
        format!("{words} {name}")
    };
    if let Some(m) = height().captures(rest) {
        let feet = count(&m[1], "foot", "feet");
        return Hit::new(m[0].len(), format!("{feet} {}", count(&m[2], "inch", "inches")));
    }
    let m = inches().captures(rest)?;
    let quoted = place.before().matches('"').count() % 2 == 1;
    if quoted && m[0].ends_with('"') {
        return None;
    }
    let words = figure::decimal_words(&m[1], m.get(2).map_or("", |x| x.as_str()));
    let name = if words == "one" { "inch" } else { "inches" };
    Hit::new(m[0].len(), format!("{words} {name}"))
}

/// "80 mg/dl" and "3 cc/s": one unit by another. Letters that are no unit are read as they stand.
fn divided(rest: &str) -> Option<Hit> {
    let m = quotient().captures(rest)?;
    if m.get(2).is_none() && m.get(3).is_none() {
        return None;
    }
    let words = signed(&m);
    let spoken = match unit(&m[4]) {
        _ if &m[4] == "y" && &m[5] == "o" => format!("{words} years old"),
        Some((one, many)) => {
            let under = PER.iter().find(|p| p.0 == &m[5]).map(|p| p.1);
            let under = under.or_else(|| unit(&m[5]).map(|u| u.0))?;
            format!("{words} {} per {under}", if words == "one" { one } else { many })
        }
        None if m[4].len() <= 3 && m[5].len() == 1 => format!("{words} {} per {}", &m[4], &m[5]),
        None => return None,
    };
    Hit::new(m[0].len(), spoken)
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
    if let Some(hit) = feet_and_inches(place).or_else(|| divided(rest)) {
        return Some(hit);
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
