//! E-mail, web and network addresses: "juan arroba ejemplo punto com" is "juan@ejemplo.com".

use super::number::{at, digit, digit_run};
use crate::itn::address::{self, Speech};
use crate::itn::words::{Context, Run, Written};

/// How Spanish says the parts of an address.
const SPEECH: Speech = Speech {
    sign,
    item,
    not_local: &["a", "y", "o", "e", "u"],
    not_inside: &[
        "es", "son", "el", "la", "los", "las", "de", "del", "que", "en", "con", "por", "para",
        "mi", "su", "tu", "un", "una", "al", "se", "me", "lo", "le", "favor", "gracias", "no",
        "sí", "si", "está", "pero", "como",
    ],
};

fn sign(run: Run<'_>, i: usize) -> Option<(char, usize)> {
    Some(match at(run, i).as_str() {
        "punto" => ('.', 1),
        "arroba" => ('@', 1),
        "barra" if run.at(i + 1) == "baja" => ('_', 2),
        "barra" => ('/', 1),
        "guion" if run.at(i + 1) == "bajo" => ('_', 2),
        "guion" => ('-', 1),
        "dos" if run.at(i + 1) == "puntos" => (':', 2),
        _ => return None,
    })
}

/// A letter or figures that were said alone; "doble ve" is w.
fn item(run: Run<'_>, i: usize) -> Option<(String, usize)> {
    let word = run.word(i)?;
    if word.text.chars().count() == 1 {
        return word.text.is_ascii().then(|| (word.text.clone(), 1));
    }
    let name = match word.lower.as_str() {
        "doble" if matches!(run.at(i + 1), "ve" | "u" | "uve") => "w",
        "uve" | "ve" if run.at(i + 1) == "doble" => "w",
        "triple" if run.is(i + 1, "doble ve") || run.is(i + 1, "doble u") => {
            return Some(("www".into(), 3));
        }
        "i" if run.at(i + 1) == "griega" => "y",
        _ => return digit(&at(run, i)).map(|d| (d.to_string(), 1)),
    };
    Some((name.into(), 2))
}

/// An e-mail address.
pub(super) fn email(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    address::email(run, &SPEECH)
}

/// A web address.
pub(super) fn web(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    address::web(run, &SPEECH)
}

/// Four numbers with dots between them.
pub(super) fn network(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    address::network(run, &SPEECH, |rest| {
        let digits = digit_run(rest);
        (digits.figures, digits.words)
    })
}
