//! English: the list of its rules, and its titles.

use super::words::{Context, Rule, Run, Written};

mod amount;
mod code;
mod electronic;
mod moment;
pub(super) mod number;

pub(super) use number::is_number_word;

/// More particular rules come first.
pub(super) const RULES: [Rule; 12] = [
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
    title,
];

/// "mister smith" is "mr. smith", with the capital as it was spoken.
fn title(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let first = run.word(0)?;
    let short = match first.lower.as_str() {
        "mister" => "mr.",
        "misses" | "missus" => "mrs.",
        "saint" => "st.",
        "doctor" => "dr.",
        _ => return None,
    };
    let article = matches!(
        context.last(),
        "a" | "the" | "my" | "your" | "his" | "her" | "our" | "their" | "this" | "any"
    );
    let next = run.word(1)?;
    let verb = matches!(
        next.lower.as_str(),
        "is" | "said" | "says" | "who" | "and" | "or" | "was" | "has" | "will" | "told"
    );
    // "a good doctor for you": the word is a title only where it or the name shows a capital.
    let capital = first.text.starts_with(char::is_uppercase);
    let noun = short == "dr." && !capital && !next.text.starts_with(char::is_uppercase);
    if article || verb || noun {
        return None;
    }
    let text = if capital {
        format!("{}{}", short[..1].to_uppercase(), &short[1..])
    } else {
        short.to_string()
    };
    Written::new(1, text)
}
