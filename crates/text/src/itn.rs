//! Spoken words back to written text: "card four eight two one" to "card 4821", "twenty dollars" to "$20".
//!
//! It rewrites what a recogniser heard for people and programs to read. The rules follow the common inverse
//! normalisation of the field: numbers up to twelve stay words unless a unit, a date or more digits surround
//! them. [`digits`] and [`number`] are for slots: they take the figures out of an utterance. Nothing here
//! guesses what a caller meant.

use crate::normalize::bounded;

mod amount;
mod code;
mod electronic;
mod moment;
mod number;
mod slot;

pub use slot::{digits, number};

/// A word with the signs around it.
#[derive(Debug, Clone)]
struct Word<'a> {
    /// White space (or the hyphen of "forty-eight") before it.
    gap: &'a str,
    /// Signs before its letters.
    lead: &'a str,
    text: &'a str,
    lower: String,
    /// Signs after its letters; they end whatever the word belongs to.
    trail: &'a str,
}

/// What a rule made of the first words it was given.
struct Written {
    words: usize,
    text: String,
}

impl Written {
    fn new(words: usize, text: impl Into<String>) -> Option<Self> {
        (words > 0).then(|| Self { words, text: text.into() })
    }
}

/// The words before a place, for rules that look back.
type Before<'a, 'b> = &'b [Word<'a>];
/// A rule looks at words without signs between them and takes some from the front.
type Rule = fn(&[Word<'_>], Before<'_, '_>) -> Option<Written>;

/// More particular rules come first.
const RULES: [Rule; 11] = [
    electronic::email,
    electronic::web,
    electronic::network,
    moment::date,
    moment::time,
    amount::money,
    amount::measure,
    code::serial,
    code::phone,
    amount::ordinal,
    amount::figure,
];

/// Rewrites numbers, dates, times, money, measures, phone numbers and addresses in figures and signs. At most
/// [`crate::normalize::TEXT_BYTES_MAX`] bytes are read.
pub fn itn(text: &str) -> String {
    let text = bounded(text);
    let words = split(text);
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < words.len() {
        let run = unbroken(&words[i..]);
        let found = RULES
            .iter()
            .find_map(|rule| rule(run, &words[..i]))
            .or_else(|| title(run, &words[..i]));
        let (count, written) =
            found.map_or((1, words[i].text.to_string()), |w| (w.words.min(run.len()), w.text));
        out.push_str(words[i].gap);
        out.push_str(words[i].lead);
        out.push_str(&written);
        out.push_str(words[i + count - 1].trail);
        i += count;
    }
    out.push_str(&text[text.trim_end().len()..]);
    out
}

/// The words up to the first sign.
fn unbroken<'a, 'b>(words: &'b [Word<'a>]) -> &'b [Word<'a>] {
    let inner = |(i, w): (usize, &Word<'_>)| {
        !w.trail.is_empty() || words.get(i + 1).is_some_and(|n| !n.lead.is_empty())
    };
    let end = words.iter().enumerate().position(inner).map_or(words.len(), |i| i + 1);
    &words[..end]
}

fn split(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        let start = rest.len() - rest.trim_start().len();
        let (gap, tail) = rest.split_at(start);
        if tail.is_empty() {
            return words;
        }
        let end = tail.find(char::is_whitespace).unwrap_or(tail.len());
        let (chunk, tail) = tail.split_at(end);
        rest = tail;
        let inner = |c: char| c.is_alphanumeric() || c == '\'' || c == '’';
        let lead_len = chunk.find(inner).unwrap_or(chunk.len());
        let (lead, core) = chunk.split_at(lead_len);
        let core_len =
            core.rfind(inner).map_or(0, |i| i + core[i..].chars().next().map_or(1, char::len_utf8));
        let (core, trail) = core.split_at(core_len);
        let parts: Vec<&str> = core.split('-').collect();
        // "forty-eight" counts as two words, "e-mail" as one.
        if parts.len() > 1 && parts.iter().all(|p| number::is_number_word(&p.to_lowercase())) {
            for (n, part) in parts.iter().enumerate() {
                words.push(Word {
                    gap: if n == 0 { gap } else { "-" },
                    lead: if n == 0 { lead } else { "" },
                    text: part,
                    lower: part.to_lowercase(),
                    trail: if n + 1 == parts.len() { trail } else { "" },
                });
            }
        } else {
            words.push(Word {
                gap,
                lead,
                text: core,
                lower: core.to_lowercase().replace('’', "'"),
                trail,
            });
        }
    }
}

/// "mister smith" is "mr. smith", with the capital as it was spoken.
fn title(run: &[Word<'_>], before: Before<'_, '_>) -> Option<Written> {
    let first = run.first()?;
    let next = run.get(1)?;
    let short = match first.lower.as_str() {
        "mister" => "mr.",
        "misses" | "missus" => "mrs.",
        "saint" => "st.",
        "doctor" => "dr.",
        _ => return None,
    };
    let article = before.last().is_some_and(|w| {
        matches!(
            w.lower.as_str(),
            "a" | "the" | "my" | "your" | "his" | "her" | "our" | "their" | "this" | "any"
        )
    });
    let verb = matches!(
        next.lower.as_str(),
        "is" | "said" | "says" | "who" | "and" | "or" | "was" | "has" | "will" | "told"
    );
    if article || verb {
        return None;
    }
    let capital = first.text.starts_with(char::is_uppercase);
    let text = if capital {
        format!("{}{}", short[..1].to_uppercase(), &short[1..])
    } else {
        short.to_string()
    };
    Written::new(1, text)
}

#[cfg(test)]
mod tests;
