//! Strings of digits and letters that name something: phone numbers, social security numbers,
//! codes, serials.

use super::number::{self, digit_run};
use crate::itn::words::{Context, Run, Word, Written};

/// Letters that are also words; they need more company to count as letters.
const LETTER_WORDS: [&str; 3] = ["a", "i", "o"];

/// Three or more digits said one by one ("four eight two one"), or groups that no cardinal is made
/// of ("forty eight twenty one"); ten digits get the form of a phone number.
pub(super) fn phone(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let plus = usize::from(run.at(0) == "plus");
    let digits = digit_run(run.from(plus));
    if plus == 1 && digits.figures.len() < 7 {
        return None;
    }
    let cardinal = number::cardinal(run.from(plus)).map_or(0, |c| c.words);
    let spelled =
        digits.single && (digits.groups >= 3 || (digits.repeated && digits.figures.len() >= 2));
    let grouped = digits.groups >= 2
        && digits.words > cardinal
        && digits.figures.len() >= 3
        && !digits.single;
    if !(spelled || grouped || plus == 1) {
        return None;
    }
    let text = written(&digits.figures, plus == 1, is_social(context));
    Written::new(plus + digits.words, text)
}

fn is_social(context: Context<'_>) -> bool {
    context.before.iter().rev().take(4).any(|w| matches!(w.lower.as_str(), "ssn" | "social"))
}

fn written(figures: &str, plus: bool, social: bool) -> String {
    let n = figures.len();
    let sign = if plus { "+" } else { "" };
    match n {
        9 if social => format!("{}-{}-{}", &figures[..3], &figures[3..5], &figures[5..]),
        // Payment cards, in the groups that are printed on them.
        14 if !plus => format!("{} {} {}", &figures[..4], &figures[4..10], &figures[10..]),
        15 if !plus => format!("{} {} {}", &figures[..4], &figures[4..10], &figures[10..]),
        16 if !plus => figures
            .as_bytes()
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group))
            .collect::<Vec<_>>()
            .join(" "),
        10..=13 if n == 10 || plus || n == 11 => {
            let (country, local) = figures.split_at(n - 10);
            let local = format!("{}-{}-{}", &local[..3], &local[3..6], &local[6..]);
            if country.is_empty() { local } else { format!("{sign}{country} {local}") }
        }
        _ => format!("{sign}{figures}"),
    }
}

/// Letters and digits said one by one and mixed: "a b nine" is "ab9", "x eighty six" is "x86".
pub(super) fn serial(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let (mut text, mut used, mut items) = (String::new(), 0, 0);
    let (mut letters, mut figures) = (0, 0);
    while let Some(word) = run.word(used) {
        if is_letter(word) && !(word.lower == "o" && figures > 0) {
            text.push_str(&word.text);
            letters += 1;
            used += 1;
        } else {
            // Digit by digit within the serial; a two-digit group counts as one.
            let Some((group, words)) = figure_group(run.from(used)) else { break };
            text.push_str(&group);
            figures += 1;
            used += words;
        }
        items += 1;
    }
    let first = run.word(0)?;
    let article = LETTER_WORDS.contains(&first.lower.as_str()) && letters == 1;
    let enough = items >= 3 || (items == 2 && letters == 1 && is_letter(first));
    (letters > 0 && figures > 0 && enough && !article)
        .then_some(())
        .and_then(|()| Written::new(used, text))
}

fn is_letter(word: &Word) -> bool {
    word.text.len() == 1 && word.text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn figure_group(words: Run<'_>) -> Option<(String, usize)> {
    if let Some(d) = number::digit(words.at(0)) {
        return Some((d.to_string(), 1));
    }
    number::below_hundred(words).map(|p| (p.value.to_string(), p.words))
}
