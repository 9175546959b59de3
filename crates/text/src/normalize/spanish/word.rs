//! Words, abbreviations, Roman numerals and signs: everything that is not a figure.

use super::super::{Hit, Place};
use super::number::{self, Form};
use super::{begins, fraction};
use crate::language::is_devanagari;
use crate::normalize::english::pattern;
use crate::number as english_number;

pattern!(short_form, r"\A([^\W\d_]+(?:\. ?[^\W\d_]+)*)(\.?)");
pattern!(numeral, r"\A([IVXLCDM]+|[ivxlcdm]+)\b");
pattern!(states, r"(?i)\A(ee\. ?uu\.?|e\.e\.u\.u\.)");

/// Abbreviations in small letters and what is said; they need their point.
const ABBREVIATIONS: [(&str, &str); 58] = [
    ("sr", "señor"),
    ("sra", "señora"),
    ("srta", "señorita"),
    ("sres", "señores"),
    ("sras", "señoras"),
    ("dr", "doctor"),
    ("dra", "doctora"),
    ("dres", "doctores"),
    ("d", "don"),
    ("dña", "doña"),
    ("da", "doña"),
    ("ud", "usted"),
    ("uds", "ustedes"),
    ("vd", "usted"),
    ("vds", "ustedes"),
    ("lic", "licenciado"),
    ("licda", "licenciada"),
    ("ing", "ingeniero"),
    ("arq", "arquitecto"),
    ("prof", "profesor"),
    ("profa", "profesora"),
    ("mtro", "maestro"),
    ("mtra", "maestra"),
    ("gral", "general"),
    ("cnel", "coronel"),
    ("cap", "capitán"),
    ("pdte", "presidente"),
    ("pdta", "presidenta"),
    ("gob", "gobernador"),
    ("st", "santo"),
    ("sto", "santo"),
    ("sta", "santa"),
    ("av", "avenida"),
    ("avda", "avenida"),
    ("c", "calle"),
    ("cl", "calle"),
    ("ctra", "carretera"),
    ("pza", "plaza"),
    ("plza", "plaza"),
    ("pl", "plaza"),
    ("pº", "paseo"),
    ("blvr", "bulevar"),
    ("blvd", "bulevar"),
    ("esq", "esquina"),
    ("col", "colonia"),
    ("apdo", "apartado"),
    ("dpto", "departamento"),
    ("depto", "departamento"),
    ("edo", "estado"),
    ("tel", "teléfono"),
    ("tfno", "teléfono"),
    ("ext", "extensión"),
    ("núm", "número"),
    ("nro", "número"),
    ("pág", "página"),
    ("etc", "etcétera"),
    ("aprox", "aproximadamente"),
    ("máx", "máximo"),
];
/// Abbreviations of one letter or of two that are words as well; they need a name behind them.
const BEFORE_NAMES: [&str; 8] = ["d", "da", "c", "col", "st", "cap", "cl", "gob"];
/// Abbreviations with inner points, without their points and spaces.
const DOTTED: [(&str, &str); 7] = [
    ("pej", "por ejemplo"),
    ("pe", "por ejemplo"),
    ("sa", "sociedad anónima"),
    ("sadecv", "sociedad anónima de capital variable"),
    ("cp", "código postal"),
    ("posd", "posdata"),
    ("ps", "posdata"),
];
/// Words before a Roman numeral that make it one.
const BEFORE_NUMERALS: [&str; 16] = [
    "siglo",
    "siglos",
    "capítulo",
    "tomo",
    "volumen",
    "acto",
    "parte",
    "título",
    "sección",
    "fase",
    "tipo",
    "nivel",
    "guerra",
    "juan",
    "congreso",
    "artículo",
];
/// Names of rulers and popes; an ordinal follows up to ten.
const RULERS: [&str; 20] = [
    "felipe",
    "carlos",
    "alfonso",
    "isabel",
    "fernando",
    "juan",
    "pablo",
    "enrique",
    "luis",
    "pío",
    "benedicto",
    "león",
    "pedro",
    "jorge",
    "eduardo",
    "sancho",
    "jaime",
    "ricardo",
    "francisco",
    "maría",
];

/// "siglo XX", "Felipe VI".
pub(super) fn roman(place: Place<'_>) -> Option<Hit> {
    let m = numeral().captures(place.rest()).filter(|_| begins(place))?;
    let value = english_number::roman(&m[1].to_uppercase())?;
    let word = place.previous_word().to_lowercase();
    let upper = m[1].starts_with(|c: char| c.is_ascii_uppercase());
    let figures = value.to_string();
    let words = if upper && RULERS.contains(&word.as_str()) && value <= 10 {
        let ending = if word == "isabel" || word == "maría" {
            super::ordinal::Ending::Feminine
        } else {
            super::ordinal::Ending::Masculine
        };
        super::ordinal::words(value.into(), ending)
    } else if upper && RULERS.contains(&word.as_str())
        || BEFORE_NUMERALS.contains(&word.as_str()) && (upper || word.starts_with("siglo"))
        || upper
            && m[1].len() > 2
            && !matches!(
                &m[1],
                "DIV" | "MIL" | "MIX" | "VIM" | "CIV" | "CD" | "DVI" | "LCD" | "MMX"
            )
    {
        number::cardinal(&figures, Form::Alone)
    } else {
        return None;
    };
    Hit::new(m[0].len(), words)
}

/// "Sr.", "Ud.", "EE. UU.", "pza."
pub(super) fn abbreviation(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    if !begins(place) {
        return None;
    }
    if let Some(m) = states().find(rest) {
        return Hit::new(m.len(), "Estados Unidos");
    }
    if rest.starts_with("Nº")
        || rest.starts_with("nº")
        || rest.starts_with("N.º")
        || rest.starts_with("n.º")
    {
        return Hit::new(rest.find('º')? + 'º'.len_utf8(), "número");
    }
    let m = short_form().captures(rest)?;
    if let Some((len, said)) = dotted(rest) {
        return Hit::new(len, said);
    }
    let word: &str = m[1].split('.').next()?;
    let lower = word.to_lowercase();
    let pointed = rest[word.len()..].starts_with('.');
    if lower == "ip" {
        return Hit::new(word.len(), "i p");
    }
    let (_, said) = ABBREVIATIONS.iter().find(|(a, _)| *a == lower).filter(|_| pointed)?;
    let after = rest[word.len() + 1..].trim_start();
    let name = after.starts_with(char::is_uppercase);
    let carried = rest[word.len() + 1..].starts_with(char::is_alphanumeric);
    if carried || BEFORE_NAMES.contains(&lower.as_str()) && !name {
        return None;
    }
    Hit::new(word.len() + 1, *said)
}

/// "p. ej.", "S.A. de C.V."
fn dotted(rest: &str) -> Option<(usize, &'static str)> {
    let mut key = String::new();
    let mut found = None;
    for (i, c) in rest.char_indices().take(16) {
        match c {
            '.' if !key.is_empty() => {
                let points = rest[..i].matches('.').count();
                let known = DOTTED.iter().find(|(k, _)| *k == key).filter(|_| points > 0);
                found = known.map(|(_, said)| (i + 1, *said)).or(found);
            }
            ' ' => {}
            c if c.is_alphabetic() => key.extend(c.to_lowercase()),
            _ => break,
        }
    }
    found
}

/// A word as it is written.
pub(super) fn word(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let mut len = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let joins = i > 0
            && matches!(c, '\'' | '’' | '-')
            && chars.peek().is_some_and(|(_, n)| n.is_alphabetic());
        if !is_letter(c) && !joins {
            break;
        }
        len = i + c.len_utf8();
    }
    Hit::new(len, &rest[..len])
}

fn is_letter(c: char) -> bool {
    let sign = is_devanagari(c) && !c.is_numeric();
    c.is_alphabetic() || sign || matches!(c, '\u{300}'..='\u{36f}')
}

/// A sign that is spoken, or a figure of another script.
pub(super) fn symbol(place: Place<'_>) -> Option<Hit> {
    let rest = place.rest();
    let c = rest.chars().next()?;
    let after = rest[c.len_utf8()..].chars().next();
    let figure = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let said = match c {
        '&' => "y",
        '@' => "arroba",
        '#' if figure(after) => "número",
        '%' => "por ciento",
        '+' => "más",
        '=' => "igual a",
        '−' => "menos",
        '°' => "grados",
        '×' => "por",
        '÷' => "entre",
        '©' => "copyright",
        '®' => "marca registrada",
        '™' => "marca",
        '§' => "sección",
        '$' => "dólares",
        '€' => "euros",
        '£' => "libras",
        '²' => "al cuadrado",
        '³' => "al cubo",
        '/' if letter(after) && letter(place.before().chars().next_back()) => "barra",
        c if c.is_numeric() && !c.is_alphabetic() => return other_figure(place, c),
        _ => return None,
    };
    Hit::new(c.len_utf8(), said)
}

/// A figure of another script, or the sign of a fraction inside a word.
fn other_figure(place: Place<'_>, c: char) -> Option<Hit> {
    if let Some(hit) = fraction::fraction(place) {
        return Some(hit);
    }
    crate::normalize::figure_value(c)
        .and_then(|v| Hit::new(c.len_utf8(), number::SMALL[usize::from(v)]))
}
