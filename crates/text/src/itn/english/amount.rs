//! How much and which: plain figures, decimals, ordinals, money, percentages and units of
//! measurement.

use std::sync::OnceLock;

use super::number::{self, Parsed};
use crate::itn::words::{Context, Run, Written};

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

/// A number with its sign, decimals and scale word.
fn quantity(run: Run<'_>) -> Option<Quantity> {
    let minus = usize::from(matches!(run.at(0), "minus" | "negative"));
    let sign = if minus == 1 { "-" } else { "" };
    let words = run.from(minus);
    let whole = number::cardinal(words);
    let used = whole.map_or(0, |w| w.words);
    if words.at(used) == "point" {
        let part = number::digit_run(words.from(used + 1));
        if part.words > 0 {
            let whole = whole.map_or(String::new(), |w| w.value.to_string());
            let mut quantity = Quantity {
                figures: format!("{sign}{whole}.{}", part.figures),
                scale: String::new(),
                words: minus + used + 1 + part.words,
                whole: None,
            };
            if let Some(scale) =
                run.word(quantity.words).filter(|w| number::scale(&w.lower).is_some())
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
fn scaled(words: Run<'_>, whole: Parsed, minus: usize) -> Option<Quantity> {
    let last = words.word(whole.words - 1)?;
    let scale = number::scale(&last.lower).filter(|s| *s >= 1_000_000 && last.lower != "crore")?;
    // "a million" counts one.
    let one = Parsed { value: 1, words: 1 };
    let head = number::cardinal(words.head(whole.words - 1))
        .or_else(|| (words.at(0) == "a").then_some(one))
        .filter(|h| h.words == whole.words - 1 && h.value < 1000)?;
    (head.value * scale == whole.value).then(|| Quantity {
        figures: format!("{}{}", if minus == 1 { "-" } else { "" }, head.value),
        scale: last.text.to_string(),
        words: minus + whole.words,
        whole: None,
    })
}

/// A plain number; whole numbers up to twelve stay words.
pub(super) fn figure(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let quantity = quantity(run)?;
    // "a hundred" and "a thousand" alone stay as they are, too.
    let article = run.at(0) == "a" && quantity.words == 2;
    let small = quantity.whole.is_some_and(|v| v <= 12) && quantity.scale.is_empty();
    // "plus minus" and "the minus" are words.
    let sign_alone = quantity.figures.starts_with('-') && context.last() == "plus";
    if small || article || sign_alone {
        return None;
    }
    Written::new(quantity.words, quantity.written())
}

/// "twenty third"; "first" and "second" inside a sentence stay words.
pub(super) fn ordinal(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let parsed = number::ordinal(run)?;
    let alone = context.before.is_empty() && run.ends(parsed.words);
    if parsed.words == 1 && matches!(run.at(0), "first" | "second") && !alone {
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
    ("united states dollars", "$"),
    ("united states dollar", "$"),
    ("us dollars", "$"),
    ("us dollar", "$"),
    ("pounds sterling", "£"),
    ("pound sterling", "£"),
    ("dollars", "$"),
    ("dollar", "$"),
    ("bucks", "$"),
    ("euros", "€"),
    ("euro", "€"),
    ("pounds", "£"),
    ("pound", "£"),
    ("yen", "¥"),
    ("won", "₩"),
    ("rupees", "₹"),
    ("rupee", "₹"),
    ("yuan", ""),
];

/// An amount of money.
pub(super) fn money(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let main = quantity(run)?;
    let used = main.words;
    if matches!(run.at(used), "cent" | "cents") {
        let cents = main.whole.filter(|v| *v < 100)?;
        return Written::new(used + 1, format!("$0.{cents:02}"));
    }
    let (sign, unit_words) = currency(run.from(used))?;
    // "one dollars" was misheard, or is no amount.
    if main.whole == Some(1) && run.at(used + unit_words - 1).ends_with("rs") {
        return None;
    }
    if sign.is_empty() {
        return Written::new(used, main.written());
    }
    let mut used = used + unit_words;
    let mut figures = main.figures.clone();
    if let Some((cents, words)) = hundredths(run.from(used)).filter(|_| main.whole.is_some()) {
        figures.push_str(&format!(".{cents:02}"));
        used += words;
    } else if context.options.money_cents && main.whole.is_some() && !matches!(sign, "¥" | "₩") {
        figures.push_str(".00");
    }
    let (minus, figures) = figures.strip_prefix('-').map_or(("", figures.as_str()), |f| ("-", f));
    let scale = if main.scale.is_empty() { String::new() } else { format!(" {}", main.scale) };
    Written::new(used, format!("{minus}{sign}{figures}{scale}"))
}

fn currency(words: Run<'_>) -> Option<(&'static str, usize)> {
    words.find(0, &CURRENCIES).map(|(sign, n)| (*sign, n))
}

/// "and sixty nine cents", or a bare "sixty three" that ends the run.
fn hundredths(words: Run<'_>) -> Option<(u128, usize)> {
    let and = usize::from(words.at(0) == "and");
    let cents = number::below_hundred(words.from(and))?;
    let used = and + cents.words;
    if matches!(words.at(used), "cent" | "cents" | "pence" | "penny" | "paise") {
        return Some((cents.value, used + 1));
    }
    (and == 0 && words.ends(used) && cents.value > 9).then_some((cents.value, used))
}

/// Unit in the singular, its words run together, and its sign.
const UNITS: [(&str, &str); 36] = [
    ("percent", "%"),
    ("inche", "in"),
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
pub(super) fn measure(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let quantity = quantity(run)?;
    let rest = run.from(quantity.words);
    if rest.is(0, "per cent") {
        return Written::new(quantity.words + 2, format!("{} %", quantity.written()));
    }
    if rest.at(0) == "per" {
        let (sign, words) = unit(rest.from(1))?;
        return Written::new(quantity.words + 1 + words, format!("{} /{sign}", quantity.written()));
    }
    let (mut sign, mut words) = seconds(rest, &quantity).or_else(|| unit(rest))?;
    // "give me one second": one second within a text is seldom a measure.
    let moment = quantity.whole == Some(1) && matches!(sign.as_str(), "s" | "min");
    if moment && !(context.before.is_empty() && rest.ends(words)) {
        return None;
    }
    if rest.at(words) == "per"
        && let Some((under, more)) = unit(rest.from(words + 1))
    {
        sign = format!("{sign}/{under}");
        words += 1 + more;
    }
    Written::new(quantity.words + words, format!("{} {sign}", quantity.written()))
}

/// "forty seconds" is a time, "forty second" the beginning of an ordinal.
fn seconds(words: Run<'_>, quantity: &Quantity) -> Option<(String, usize)> {
    let one = quantity.whole == Some(1);
    (words.at(0) == "seconds" || one && words.at(0) == "second").then(|| ("s".to_string(), 1))
}

/// The sign of the longest unit at the front, and its words.
fn unit(words: Run<'_>) -> Option<(String, usize)> {
    let (mut joined, mut best) = (String::new(), None);
    for n in 0..UNIT_WORDS_MAX {
        let Some(word) = words.word(n) else { break };
        joined.push_str(word.lower.strip_suffix('s').unwrap_or(&word.lower));
        let from = units().partition_point(|(name, _)| *name < joined);
        let longer = match units().get(from) {
            Some((name, sign)) if *name == joined => {
                best = Some((sign.clone(), n + 1));
                from + 1
            }
            _ => from,
        };
        // Only a longer name is worth another word.
        if !units().get(longer).is_some_and(|(name, _)| name.starts_with(&joined)) {
            break;
        }
    }
    best
}

/// All units with their prefixes and powers: name run together, sign.
fn units() -> &'static [(String, String)] {
    static UNITS_ALL: OnceLock<Vec<(String, String)>> = OnceLock::new();
    UNITS_ALL.get_or_init(|| {
        let mut all: Vec<(String, String)> =
            UNITS.iter().map(|(name, sign)| ((*name).into(), (*sign).into())).collect();
        for (power, raised) in [("", ""), ("square", "²"), ("cubic", "³")] {
            for (prefix, short) in PREFIXES {
                all.extend(BASES.iter().map(|(base, sign)| {
                    (format!("{power}{prefix}{base}"), format!("{short}{sign}{raised}"))
                }));
            }
        }
        // Sorted, so that names with the same beginning lie together; the first of two alike
        // counts.
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|a, b| a.0 == b.0);
        all
    })
}
