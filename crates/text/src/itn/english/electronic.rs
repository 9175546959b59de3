//! E-mail, web and network addresses: "john at example dot com" is "john@example.com".

use super::number;
use crate::itn::address::{self, Speech};
use crate::itn::words::{Context, Run, Written};

/// How English says the parts of an address.
const SPEECH: Speech = Speech { sign, item, not_local: &NOT_LOCAL, not_inside: &NOT_INSIDE };
/// Small words that end a row of letters and digits.
const NOT_INSIDE: [&str; 46] = [
    "is", "are", "was", "were", "be", "am", "the", "an", "this", "that", "these", "those", "it",
    "its", "you", "he", "she", "we", "they", "my", "your", "his", "her", "our", "their", "and",
    "or", "but", "if", "to", "of", "for", "with", "from", "on", "in", "by", "as", "please",
    "thanks", "yes", "no", "not", "will", "can", "have",
];
/// Words before "at" that are no part of an address.
const NOT_LOCAL: [&str; 26] = [
    "look",
    "me",
    "us",
    "it",
    "shop",
    "visit",
    "available",
    "is",
    "here",
    "go",
    "online",
    "address",
    "email",
    "mail",
    "site",
    "website",
    "him",
    "her",
    "them",
    "book",
    "order",
    "out",
    "reach",
    "dot",
    "a",
    "i",
];

fn sign(run: Run<'_>, i: usize) -> Option<(char, usize)> {
    Some(match run.at(i) {
        "dot" => ('.', 1),
        "at" => ('@', 1),
        "dash" | "hyphen" => ('-', 1),
        "underscore" => ('_', 1),
        "slash" => ('/', 1),
        "colon" => (':', 1),
        _ => return None,
    })
}

/// The character or figure that a single spoken item stands for.
fn item(run: Run<'_>, i: usize) -> Option<(String, usize)> {
    let word = run.word(i)?;
    if word.text.len() == 1 && word.text.is_ascii() {
        return Some((word.text.clone(), 1));
    }
    if word.lower == "double" && run.at(i + 1) == "u" {
        return Some(("w".into(), 2));
    }
    number::digit(&word.lower).map(|d| (d.to_string(), 1))
}

/// An e-mail address.
pub(super) fn email(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    address::email(run, &SPEECH)
}

/// A web address.
pub(super) fn web(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    address::web(run, &SPEECH)
}

/// "one two three dot one two three dot o dot four o".
pub(super) fn network(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    address::network(run, &SPEECH, |rest| {
        let digits = number::digit_run(rest);
        (digits.figures, digits.words)
    })
}
