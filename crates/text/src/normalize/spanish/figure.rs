//! Plain figures: cardinals, decimals, codes that are read figure by figure, letters mixed with figures.

use super::super::{Hit, Place};
use super::number::{self, Form};
use super::{begins, ends, minus, sign_fits};
use crate::normalize::english::pattern;

pattern!(negative, r"\A[-−]");
pattern!(letters_figures, r"\A(?:[^\W\d_]+[0-9]|[0-9]+[^\W\d_])[^\W_]*");
pattern!(scaled, r"(?i)\A[ \u{a0}]?(mill[oó]n(?:es)?|bill[oó]n(?:es)?|trill[oó]n(?:es)?|mil)\b");

/// Words after which figures are a code, not a quantity.
const CODE_WORDS: [&str; 28] = [
    "clave",
    "código",
    "codigo",
    "confirmación",
    "contraseña",
    "cp",
    "cuenta",
    "dni",
    "expediente",
    "ext",
    "extensión",
    "factura",
    "folio",
    "guía",
    "ine",
    "matrícula",
    "nip",
    "nif",
    "otp",
    "pasaporte",
    "pedido",
    "pin",
    "póliza",
    "postal",
    "referencia",
    "seguimiento",
    "terminación",
    "vuelo",
];
/// Words that make a code of figures together with the one behind them: "terminada en", "tarjeta número".
const CODE_CONTEXT: [&str; 12] = [
    "acaba",
    "caso",
    "cuenta",
    "orden",
    "pedido",
    "tarjeta",
    "teléfono",
    "termina",
    "terminada",
    "terminado",
    "vuelo",
    "póliza",
];
/// Plain figures from this many on are read one by one, unless round.
const DIGITS_READ_MIN: usize = 10;

/// Nouns in -a that are masculine, and words in -a that are no nouns.
const NOT_FEMININE: [&str; 30] = [
    "a",
    "ahora",
    "da",
    "día",
    "días",
    "dólar",
    "era",
    "fuera",
    "gramas",
    "ha",
    "hacia",
    "hasta",
    "idiomas",
    "kilogramas",
    "la",
    "las",
    "mapa",
    "mapas",
    "mañana",
    "para",
    "problema",
    "problemas",
    "programa",
    "programas",
    "sistema",
    "sistemas",
    "tema",
    "temas",
    "ya",
    "va",
];
/// Words behind a number that it does not count.
const NOT_COUNTED: [&str; 34] = [
    "al", "antes", "coma", "como", "con", "cuando", "de", "del", "desde", "después", "donde", "el",
    "en", "entonces", "entre", "es", "esq", "ese", "este", "les", "los", "más", "menos", "nos",
    "o", "pero", "por", "porque", "que", "se", "si", "sobre", "son", "y",
];

/// The word behind some bytes, in small letters.
fn next_word(rest: &str, len: usize) -> String {
    let after = rest[len..].strip_prefix([' ', '\u{a0}']).unwrap_or_default();
    after[..after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len())].to_lowercase()
}

/// The form of a number before the word that follows.
fn form_before(rest: &str, len: usize) -> Form {
    let word = next_word(rest, len);
    if word.len() < 2 || NOT_COUNTED.contains(&word.as_str()) {
        return Form::Alone;
    }
    let feminine = (word.ends_with('a') || word.ends_with("as")) || word.ends_with("ciones");
    if feminine && !NOT_FEMININE.contains(&word.as_str()) {
        return Form::Feminine;
    }
    if word.ends_with('s') || word.ends_with('o') || word.starts_with("día") {
        Form::Masculine
    } else {
        Form::Alone
    }
}

/// "3,5", "2,3 millones", "5.000 millones".
pub(super) fn decimal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let sign = negative().find(rest).map_or("", |m| m.as_str());
    if !begins(place) || !sign_fits(place, sign) {
        return None;
    }
    let amount = number::amount(&rest[sign.len()..], false)?;
    let len = sign.len() + amount.len;
    if let Some(m) = scaled().captures(&rest[len..]) {
        let scale = m.get(1)?.as_str().to_lowercase();
        let words = format!("{}{} {scale}", minus(sign), amount.words(Form::Masculine));
        return Hit::new(len + m[0].len(), words);
    }
    if amount.part.is_empty() || !ends(rest, len) {
        return None;
    }
    let form = form_before(rest, len);
    Hit::new(len, format!("{}{}", minus(sign), amount.words(form)))
}

/// Figures that are a code by the word before them, by their length or by a leading zero.
pub(super) fn code(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let figures = number::run(rest);
    let len = figures.len();
    if !begins(place)
        || len < 2
        || !ends(rest, len)
        || place.before().ends_with(['.', ',', '$', '€'])
    {
        return None;
    }
    let long = len >= DIGITS_READ_MIN && !figures.ends_with("000");
    let code = len > 2 && is_named(place) || figures.starts_with('0') || long;
    code.then(|| number::digits(figures)).and_then(|w| Hit::new(len, w))
}

fn is_named(place: Place<'_>) -> bool {
    let mut before = place
        .before()
        .rsplit(|c: char| !c.is_alphabetic())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .filter(|w| !matches!(w.as_str(), "es" | "el" | "la" | "de" | "su" | "tu" | "núm"));
    let Some(last) = before.next() else { return false };
    CODE_WORDS.contains(&last.as_str())
        || matches!(last.as_str(), "en" | "número" | "numero" | "no" | "dígitos" | "con")
            && before
                .take(2)
                .any(|w| CODE_CONTEXT.contains(&w.as_str()) || CODE_WORDS.contains(&w.as_str()))
}

/// A whole number.
pub(super) fn cardinal(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        let figures = number::run(rest);
        return Hit::new(figures.len(), number::digits(figures));
    }
    let sign = negative().find(rest).map_or("", |m| m.as_str());
    if !sign_fits(place, sign) || letters_figures().is_match(rest) {
        return None;
    }
    let amount = number::amount(&rest[sign.len()..], false)?;
    let len = sign.len() + amount.len;
    let form = form_before(rest, len);
    Hit::new(len, format!("{}{}", minus(sign), amount.words(form)))
}

/// Letters and figures run together: each run of letters a word, short runs of figures a number.
pub(super) fn serial(place: Place<'_>) -> Option<Hit> {
    let m = letters_figures().find(place.rest()).filter(|_| begins(place))?;
    let mut words = Vec::new();
    let mut rest = m.as_str();
    while let Some(first) = rest.chars().next() {
        let digit = first.is_ascii_digit();
        let len = rest.find(|c: char| c.is_ascii_digit() != digit).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(len);
        rest = tail;
        words.push(match (digit, run.len()) {
            (false, _) => run.to_string(),
            (true, 1 | 2) if !run.starts_with('0') => number::cardinal(run, Form::Alone),
            (true, _) => number::digits(run),
        });
    }
    Hit::new(m.len(), words.join(" "))
}
