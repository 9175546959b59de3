//! How much and which: plain figures, decimals, parts, ordinals and money.

use super::number::{self, Ending, Parsed, at, cardinal};
use crate::itn::words::{Context, Run, Written};

/// A number as it is written, before its unit.
pub(super) struct Quantity {
    /// Figures, with sign, decimals or parts: "-60,24", "2 1/2".
    pub figures: String,
    /// "millones" and the like, as it was spoken; empty without.
    pub scale: String,
    pub words: usize,
    /// The value when it is whole and has no sign.
    pub whole: Option<u128>,
}

impl Quantity {
    pub fn written(&self) -> String {
        if self.scale.is_empty() {
            self.figures.clone()
        } else {
            format!("{} {}", self.figures, self.scale)
        }
    }
}

/// A number with its sign, decimals or parts, and scale word.
pub(super) fn quantity(run: Run<'_>) -> Option<Quantity> {
    let minus = usize::from(run.at(0) == "menos");
    let sign = if minus == 1 { "-" } else { "" };
    let rest = run.from(minus);
    let mut found =
        decimal(rest).or_else(|| parts(rest)).or_else(|| scaled(rest)).or_else(|| {
            let whole = cardinal(rest)?;
            Some(Quantity {
                figures: whole.value.to_string(),
                scale: String::new(),
                words: whole.words,
                whole: Some(whole.value),
            })
        })?;
    found.figures.insert_str(0, sign);
    found.words += minus;
    found.whole = found.whole.filter(|_| minus == 0);
    Some(found)
}

/// "uno coma dos seis", "punto dos seis", "cero coma seis millones".
fn decimal(run: Run<'_>) -> Option<Quantity> {
    let whole = cardinal(run);
    let used = whole.map_or(0, |w| w.words);
    let point = match run.at(used) {
        "coma" if whole.is_some() => ',',
        "punto" => '.',
        _ => return None,
    };
    let behind = number::decimals(run.from(used + 1));
    // "punto dos" alone is a place, not a number.
    if behind.words == 0 || whole.is_none() && behind.groups < 2 {
        return None;
    }
    let words = used + 1 + behind.words;
    let scale = run.word(words).filter(|w| number::scale(&number::fold(&w.lower)).is_some());
    Some(Quantity {
        figures: format!(
            "{}{point}{}",
            whole.map_or(String::new(), |w| w.value.to_string()),
            behind.figures
        ),
        words: words + usize::from(scale.is_some()),
        scale: scale.map_or(String::new(), |w| w.text.clone()),
        whole: None,
    })
}

/// "dos millones": a round number of millions or more keeps its scale word.
fn scaled(run: Run<'_>) -> Option<Quantity> {
    let whole = cardinal(run).filter(|w| w.words >= 2)?;
    let last = run.word(whole.words - 1)?;
    let scale = number::scale(&number::fold(&last.lower))?;
    let head = cardinal(run.head(whole.words - 1)).filter(|h| h.words + 1 == whole.words)?;
    (head.value < 1_000_000 && head.value * scale == whole.value).then(|| Quantity {
        figures: head.value.to_string(),
        scale: last.text.clone(),
        words: whole.words,
        whole: None,
    })
}

/// "diez treintavos", "dos y dos tercios", "tres y medio".
fn parts(run: Run<'_>) -> Option<Quantity> {
    let first = cardinal(run)?;
    let written = |figures: String, words: usize| {
        Some(Quantity { figures, scale: String::new(), words, whole: None })
    };
    if let Some(below) = denominator(run, first) {
        return written(format!("{}/{below}", first.value), first.words + 1);
    }
    if run.at(first.words) != "y" {
        // "treinta y dos tercios": the cardinal took the numerator, as it should.
        return None;
    }
    let used = first.words + 1;
    if matches!(run.at(used), "medio" | "media") {
        return written(format!("{} 1/2", first.value), used + 1);
    }
    let above = cardinal(run.from(used))?;
    let below = denominator(run.from(used), above)?;
    written(format!("{} {}/{below}", first.value, above.value), used + above.words + 1)
}

/// The denominator behind a numerator, which it must agree with: "un tercio", "dos tercios".
fn denominator(run: Run<'_>, above: Parsed) -> Option<u128> {
    let word = at(run, above.words);
    let (below, plural) = number::part(&word)?;
    // "un cuarto" is a room or a quarter of an hour, "un quinto" a fifth place.
    let ordinal_too = above.value == 1 && (4..10).contains(&below);
    (plural == (above.value != 1) && !ordinal_too).then_some(below)
}

/// A fraction alone.
pub(super) fn fraction(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let found = quantity(run).filter(|q| q.figures.contains('/'))?;
    Written::new(found.words, found.figures)
}

/// A plain number; whole numbers up to nine stay words.
pub(super) fn figure(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let found = quantity(run)?;
    let small = found.whole.is_some_and(|v| v < 10) && found.scale.is_empty();
    // "más o menos diez" has no sign.
    let sign_alone = found.figures.starts_with('-') && matches!(context.last(), "o" | "ni");
    if small || sign_alone {
        return None;
    }
    Written::new(found.words, found.written())
}

/// "vigésimo primero"; those up to the ninth stay words.
pub(super) fn ordinal(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let (found, ending) = number::ordinal(run).filter(|(o, _)| o.value >= 10)?;
    let ending = match ending {
        Ending::Masculine => "º",
        Ending::Feminine => "ª",
        Ending::Short => "ᵉʳ",
    };
    Written::new(found.words, format!("{}.{ending}", found.value))
}

/// Spoken names without accents and signs, longer names first.
const CURRENCIES: [(&str, &str); 49] = [
    ("dolares estadounidenses", "US$"),
    ("dolar estadounidense", "US$"),
    ("dolares americanos", "US$"),
    ("dolar americano", "US$"),
    ("dolares canadienses", "CA$"),
    ("dolares australianos", "A$"),
    ("dolares de hong kong", "HK$"),
    ("dolares", "$"),
    ("dolar", "$"),
    ("pesos mexicanos", "Mex$"),
    ("peso mexicano", "Mex$"),
    ("pesos", "$"),
    ("peso", "$"),
    ("euros", "€"),
    ("euro", "€"),
    ("libras esterlinas", "£"),
    ("libra esterlina", "£"),
    ("libras", "£"),
    ("libra", "£"),
    ("yenes", "¥"),
    ("yen", "¥"),
    ("yuanes", "¥"),
    ("yuan", "¥"),
    ("wones", "₩"),
    ("won", "₩"),
    ("colones", "₡"),
    ("colon", "₡"),
    ("guaranies", "₲"),
    ("guarani", "₲"),
    ("rupias", "₹"),
    ("rupia", "₹"),
    ("reales", "R$"),
    ("real", "R$"),
    ("quetzales", "Q"),
    ("quetzal", "Q"),
    ("lempiras", "L"),
    ("lempira", "L"),
    ("cordobas", "C$"),
    ("cordoba", "C$"),
    ("balboas", "B/."),
    ("soles", "S/"),
    ("bolivares", "Bs"),
    ("bolivianos", "Bs"),
    ("rublos", "₽"),
    ("liras", "₺"),
    ("francos suizos", "CHF"),
    ("bitcoins", "₿"),
    ("bitcoin", "₿"),
    ("grivnas", "₴"),
];
/// Hundredths of a currency, with the sign when they are said alone.
const HUNDREDTHS: [(&str, &str); 11] = [
    ("centavos", "$"),
    ("centavo", "$"),
    ("centimos", "€"),
    ("centimo", "€"),
    ("peniques", "£"),
    ("penique", "£"),
    ("chones", "₩"),
    ("chon", "₩"),
    ("paisas", "₹"),
    ("sen", "¥"),
    ("kopeks", "₽"),
];

/// The entry whose name stands at the front, accents aside.
fn named(run: Run<'_>, names: &[(&str, &'static str)]) -> Option<(&'static str, usize)> {
    names.iter().find_map(|(name, sign)| {
        let is = name.split(' ').enumerate().all(|(i, word)| at(run, i) == word);
        is.then(|| (*sign, name.split(' ').count()))
    })
}

/// An amount of money.
pub(super) fn money(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let main = quantity(run).filter(|q| !q.figures.contains('/'))?;
    let mut used = main.words;
    if let Some((sign, words)) = named(run.from(used), &HUNDREDTHS) {
        let cents = main.whole.filter(|v| *v < 100)?;
        return Written::new(used + words, format!("{sign}0,{cents:02}"));
    }
    // "dos millones de dólares"
    used += usize::from(!main.scale.is_empty() && run.at(used) == "de");
    let (sign, words) = named(run.from(used), &CURRENCIES)?;
    used += words;
    let mut figures = main.figures.clone();
    if let Some((cents, words)) = hundredths(run.from(used)).filter(|_| main.whole.is_some()) {
        figures.push_str(&format!(",{cents:02}"));
        used += words;
    } else if context.options.money_cents && main.whole.is_some() && !matches!(sign, "¥" | "₩") {
        figures.push_str(",00");
    }
    let (minus, figures) = figures.strip_prefix('-').map_or(("", figures.as_str()), |f| ("-", f));
    let scale = if main.scale.is_empty() { String::new() } else { format!(" {}", main.scale) };
    Written::new(used, format!("{minus}{sign}{figures}{scale}"))
}

/// "y cinco centavos", "con cincuenta", or a bare "sesenta y tres" that ends the run.
fn hundredths(run: Run<'_>) -> Option<(u128, usize)> {
    let and = usize::from(matches!(run.at(0), "y" | "con"));
    let with = run.at(0) == "con";
    let cents = number::below_hundred(run.from(and))?;
    let used = and + cents.words;
    if let Some((_, words)) = named(run.from(used), &HUNDREDTHS) {
        return Some((cents.value, used + words));
    }
    ((and == 0 || with) && run.ends(used) && cents.value > 9).then_some((cents.value, used))
}
