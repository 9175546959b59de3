//! How much and which: plain figures, decimals, ordinals, money, percentages and units of measurement.

use super::number::{self, Parsed};
use super::{Before, Word, Written};

/// A number as it is written, before its unit.
struct Quantity {
    /// Figures, with sign and decimals: "-60.2400".
    figures: String,
    /// "million" and the like, as it was spoken; empty without.
    scale: String,
    words: usize,
    /// The value when it is whole and has no sign.
    whole: Option<u128>,
}

impl Quantity {
    fn written(&self) -> String {
        if self.scale.is_empty() {
            self.figures.clone()
        } else {
            format!("{} {}", self.figures, self.scale)
        }
    }
}

fn at<'a>(words: &'a [Word<'_>], i: usize) -> &'a str {
    words.get(i).map_or("", |w| w.lower.as_str())
}

/// A number with its sign, decimals and scale word.
fn quantity(run: &[Word<'_>]) -> Option<Quantity> {
    let minus = usize::from(matches!(at(run, 0), "minus" | "negative"));
    let sign = if minus == 1 { "-" } else { "" };
    let words = &run[minus..];
    let whole = number::cardinal(words);
    let used = whole.map_or(0, |w| w.words);
    if at(words, used) == "point" {
        let part = number::digit_run(&words[used + 1..]);
        if part.words > 0 {
            let whole = whole.map_or(String::new(), |w| w.value.to_string());
            let mut quantity = Quantity {
                figures: format!("{sign}{whole}.{}", part.figures),
                scale: String::new(),
                words: minus + used + 1 + part.words,
                whole: None,
            };
            if let Some(scale) =
                run.get(quantity.words).filter(|w| number::scale(&w.lower).is_some())
            {
                quantity.scale = scale.text.to_string();
                quantity.words += 1;
            }
            return Some(quantity);
        }
    }
    let whole = whole?;
    Some(scaled(words, whole, minus).unwrap_or(Quantity {
        figures: format!("{sign}{}", whole.value),
        scale: String::new(),
        words: minus + whole.words,
        whole: (minus == 0).then_some(whole.value),
    }))
}

/// "four hundred million": a round number of millions or more keeps its scale word.
fn scaled(words: &[Word<'_>], whole: Parsed, minus: usize) -> Option<Quantity> {
    let last = &words[whole.words - 1];
    let scale = number::scale(&last.lower).filter(|s| *s >= 1_000_000 && last.lower != "crore")?;
    let head = number::cardinal(&words[..whole.words - 1])
        .filter(|h| h.words == whole.words - 1 && h.value < 1000)?;
    (head.value * scale == whole.value).then(|| Quantity {
        figures: format!("{}{}", if minus == 1 { "-" } else { "" }, head.value),
        scale: last.text.to_string(),
        words: minus + whole.words,
        whole: None,
    })
}

/// A plain number; whole numbers up to twelve stay words.
pub(super) fn figure(run: &[Word<'_>], before: Before<'_, '_>) -> Option<Written> {
    let quantity = quantity(run)?;
    // "a hundred" and "a thousand" alone stay as they are, too.
    let article = at(run, 0) == "a" && quantity.words == 2;
    let small = quantity.whole.is_some_and(|v| v <= 12) && quantity.scale.is_empty();
    // "plus minus" and "the minus" are words.
    let sign_alone =
        quantity.figures.starts_with('-') && before.last().is_some_and(|w| w.lower == "plus");
    if small || article || sign_alone {
        return None;
    }
    Written::new(quantity.words, quantity.written())
}

/// "twenty third"; "first" and "second" inside a sentence stay words.
pub(super) fn ordinal(run: &[Word<'_>], before: Before<'_, '_>) -> Option<Written> {
    let parsed = number::ordinal(run)?;
    let alone = before.is_empty() && run.len() == parsed.words;
    if parsed.words == 1 && matches!(at(run, 0), "first" | "second") && !alone {
        return None;
    }
    let ending = match (parsed.value % 100, parsed.value % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    Written::new(parsed.words, format!("{}{ending}", parsed.value))
}

/// Spoken unit, sign before the number (or word behind it, when `sign` is empty).
const CURRENCIES: [(&str, &str); 18] = [
    ("dollar", "$"),
    ("dollars", "$"),
    ("us dollars", "$"),
    ("united states dollars", "$"),
    ("bucks", "$"),
    ("euro", "€"),
    ("euros", "€"),
    ("pound sterling", "£"),
    ("pounds", "£"),
    ("pound", "£"),
    ("yen", "¥"),
    ("won", "₩"),
    ("rupee", "₹"),
    ("rupees", "₹"),
    ("us dollar", "$"),
    ("pounds sterling", "£"),
    ("united states dollar", "$"),
    ("yuan", ""),
];

/// An amount of money.
pub(super) fn money(run: &[Word<'_>], _: Before<'_, '_>) -> Option<Written> {
    let main = quantity(run)?;
    let used = main.words;
    if matches!(at(run, used), "cent" | "cents") {
        let cents = main.whole.filter(|v| *v < 100)?;
        return Written::new(used + 1, format!("$0.{cents:02}"));
    }
    let (sign, unit_words) = currency(&run[used..])?;
    if sign.is_empty() {
        return Written::new(used, main.written());
    }
    let mut used = used + unit_words;
    let mut figures = main.figures.clone();
    if let Some((cents, words)) = hundredths(&run[used..]).filter(|_| main.whole.is_some()) {
        figures.push_str(&format!(".{cents:02}"));
        used += words;
    }
    let (minus, figures) = figures.strip_prefix('-').map_or(("", figures.as_str()), |f| ("-", f));
    let scale = if main.scale.is_empty() { String::new() } else { format!(" {}", main.scale) };
    Written::new(used, format!("{minus}{sign}{figures}{scale}"))
}

fn currency(words: &[Word<'_>]) -> Option<(&'static str, usize)> {
    (1..=3).rev().filter(|&n| n <= words.len()).find_map(|n| {
        let name = words[..n].iter().map(|w| w.lower.as_str()).collect::<Vec<_>>().join(" ");
        CURRENCIES.iter().find(|(unit, _)| *unit == name).map(|&(_, sign)| (sign, n))
    })
}

/// "and sixty nine cents", or a bare "sixty three" that ends the run.
fn hundredths(words: &[Word<'_>]) -> Option<(u128, usize)> {
    let and = usize::from(at(words, 0) == "and");
    let cents = words.get(and..).and_then(number::below_hundred)?;
    let used = and + cents.words;
    if matches!(at(words, used), "cent" | "cents" | "pence" | "penny" | "paise") {
        return Some((cents.value, used + 1));
    }
    (and == 0 && words.len() == used && cents.value > 9).then_some((cents.value, used))
}

/// Unit in the singular, its words run together, and its sign.
const UNITS: [(&str, &str); 35] = [
    ("percent", "%"),
    ("foot", "ft"),
    ("feet", "ft"),
    ("mile", "mi"),
    ("inch", "in"),
    ("yard", "yd"),
    ("hour", "h"),
    ("minute", "min"),
    ("horsepower", "hp"),
    ("hectare", "ha"),
    ("astronomicalunit", "au"),
    ("ounce", "oz"),
    ("cc", "cc"),
    ("degreecelsiu", "°C"),
    ("degreefahrenheit", "°F"),
    ("degreescelsiu", "°C"),
    ("mileperhour", "mph"),
    ("kilometerperhour", "km/h"),
    ("meterpersecond", "m/s"),
    ("kilogramforce", "kgf"),
    ("squaremile", "sq mi"),
    ("squarefoot", "sq ft"),
    ("squarefeet", "sq ft"),
    ("gigabitpersecond", "gbps"),
    ("megabitpersecond", "mbps"),
    ("kilobitpersecond", "kbps"),
    ("acre", "ac"),
    ("gallon", "gal"),
    ("pint", "pt"),
    ("quart", "qt"),
    ("micrometer", "μm"),
    ("decibel", "db"),
    ("calorie", "cal"),
    ("kilocalorie", "kcal"),
    ("celsiu", "°C"),
];
/// Units that take a prefix, with their signs.
const BASES: [(&str, &str); 18] = [
    ("watthour", "Wh"),
    ("meter", "m"),
    ("metre", "m"),
    ("gram", "g"),
    ("liter", "l"),
    ("litre", "l"),
    ("watt", "W"),
    ("hertz", "hz"),
    ("byte", "b"),
    ("bit", "b"),
    ("volt", "v"),
    ("ampere", "a"),
    ("siemen", "s"),
    ("pascal", "pa"),
    ("lumen", "lm"),
    ("joule", "j"),
    ("newton", "n"),
    ("ohm", "Ω"),
];
const PREFIXES: [(&str, &str); 11] = [
    ("kilo", "k"),
    ("mega", "m"),
    ("giga", "g"),
    ("tera", "t"),
    ("peta", "p"),
    ("milli", "m"),
    ("micro", "μ"),
    ("nano", "n"),
    ("centi", "c"),
    ("deci", "d"),
    ("", ""),
];
/// Most words that one unit has.
const UNIT_WORDS_MAX: usize = 5;

/// A number with a unit of measurement or a percentage.
pub(super) fn measure(run: &[Word<'_>], _: Before<'_, '_>) -> Option<Written> {
    let quantity = quantity(run)?;
    let rest = &run[quantity.words..];
    if at(rest, 0) == "per" {
        let (sign, words) = unit(&rest[1..])?;
        return Written::new(quantity.words + 1 + words, format!("{} /{sign}", quantity.written()));
    }
    let (mut sign, mut words) = seconds(rest, &quantity).or_else(|| unit(rest))?;
    if at(rest, words) == "per"
        && let Some((under, more)) = unit(&rest[words + 1..])
    {
        sign = format!("{sign}/{under}");
        words += 1 + more;
    }
    Written::new(quantity.words + words, format!("{} {sign}", quantity.written()))
}

/// "forty seconds" is a time, "forty second" the beginning of an ordinal.
fn seconds(words: &[Word<'_>], quantity: &Quantity) -> Option<(String, usize)> {
    let one = quantity.whole == Some(1);
    (at(words, 0) == "seconds" || one && at(words, 0) == "second").then(|| ("s".to_string(), 1))
}

fn unit(words: &[Word<'_>]) -> Option<(String, usize)> {
    let squared = match at(words, 0) {
        "square" => "²",
        "cubic" => "³",
        _ => "",
    };
    (1..=UNIT_WORDS_MAX.min(words.len())).rev().find_map(|n| {
        let joined: String =
            words[..n].iter().map(|w| w.lower.strip_suffix('s').unwrap_or(&w.lower)).collect();
        if let Some((_, sign)) = UNITS.iter().find(|(name, _)| *name == joined) {
            return Some(((*sign).to_string(), n));
        }
        let plain = joined
            .strip_prefix("square")
            .or(joined.strip_prefix("cubic"))
            .filter(|_| !squared.is_empty());
        prefixed(plain.unwrap_or(&joined)).map(|sign| (format!("{sign}{squared}"), n))
    })
}

fn prefixed(name: &str) -> Option<String> {
    PREFIXES.iter().find_map(|(prefix, short)| {
        let base = name.strip_prefix(prefix)?;
        BASES
            .iter()
            .find(|(b, _)| *b == base || *b == base.trim_end_matches('s'))
            .map(|(_, sign)| format!("{short}{sign}"))
    })
}
