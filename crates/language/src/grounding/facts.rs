//! Facts of an answer that can be looked up: figures in words or digits, addresses,
//! names, and whether a sentence negates.

use std::ops::Range;

use hearsay_text::normalize::{NormToken, normalize};

use super::{FactKind, Unsupported};

/// Words that numbers are said with.
const NUMBER_WORDS: [&str; 69] = [
    "zero",
    "oh",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "thirtieth",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "noon",
    "midnight",
    "percent",
    "point",
];
/// Words that make the number before them larger.
const SCALES: [&str; 4] = ["hundred", "thousand", "million", "billion"];
/// Days, which are facts by themselves.
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Words of numbers that mean something else when they stand alone.
const AMBIGUOUS: [&str; 7] = ["one", "second", "oh", "march", "point", "first", "percent"];
const NEGATIONS: [&str; 30] = [
    "no",
    "not",
    "never",
    "none",
    "cannot",
    "neither",
    "nor",
    "without",
    "dont",
    "doesnt",
    "didnt",
    "isnt",
    "arent",
    "wasnt",
    "werent",
    "cant",
    "couldnt",
    "wont",
    "wouldnt",
    "shouldnt",
    "hasnt",
    "havent",
    "hadnt",
    "aint",
    "unable",
    "unavailable",
    "prohibited",
    "forbidden",
    "nobody",
    "nothing",
];
/// Capitalised words that are no names.
const NO_NAMES: [&str; 12] =
    ["I", "I'm", "I'll", "I've", "I'd", "OK", "Ok", "Mr", "Mrs", "Ms", "Dr", "AM"];
const ASKING: [&str; 20] = [
    "what", "when", "where", "who", "how", "which", "why", "do", "does", "is", "are", "can",
    "could", "will", "would", "may", "did", "has", "have", "should",
];

/// Figures, addresses and names of an answer that no passage has.
pub(super) fn missing(answer: &str, passages: &[&str]) -> Vec<Unsupported> {
    let known: Vec<Vec<String>> = passages
        .iter()
        .map(|text| spoken(&tokens(text)).into_iter().map(|(word, _)| word).collect())
        .collect();
    let addresses = addresses(answer);
    let inside = |span: &Range<usize>| {
        addresses.iter().any(|address| span.start < address.end && address.start < span.end)
    };
    let mut found = Vec::new();
    for (run, span) in number_runs(&spoken(&tokens(answer))) {
        let stands = known.iter().any(|words| holds(words, &run));
        if !stands && !inside(&span) {
            found.push(Unsupported { kind: FactKind::Number, span });
        }
    }
    let whole = passages.join(" ").to_lowercase();
    for span in &addresses {
        let address = answer[span.clone()].to_lowercase();
        if !whole.contains(address.trim_end_matches(['.', ',', '/'])) {
            found.push(Unsupported { kind: FactKind::Address, span: span.clone() });
        }
    }
    let words: Vec<String> = super::words(&whole);
    for span in names(answer) {
        let parts = super::words(&answer[span.clone()]);
        if !inside(&span) && !parts.iter().all(|part| words.contains(part)) {
            found.push(Unsupported { kind: FactKind::Name, span });
        }
    }
    found
}

/// Spoken forms with the bytes they stand for.
fn tokens(text: &str) -> Vec<NormToken> {
    normalize(text)
}

/// Spoken words, plain, each with the bytes of its token.
fn spoken(tokens: &[NormToken]) -> Vec<(String, Range<usize>)> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    for token in tokens {
        for word in super::words(&token.spoken) {
            // "Half past nine" is the same time as "nine thirty".
            match found.as_mut_slice() {
                [.., (half, at), (past, _)]
                    if past == "past" && matches!(half.as_str(), "half" | "quarter") =>
                {
                    let minutes = if half == "half" { "thirty" } else { "fifteen" };
                    let span = at.start..token.source.end;
                    found.truncate(found.len() - 2);
                    found.push((word, span.clone()));
                    found.push((minutes.to_string(), span));
                }
                _ => found.push((word, token.source.clone())),
            }
        }
    }
    found.retain(|(word, _)| word != "and" && word != "o");
    found
}

/// Words of one number, date or time in a row, with their bytes.
fn number_runs(words: &[(String, Range<usize>)]) -> Vec<(Vec<String>, Range<usize>)> {
    let is_number = |word: &String| NUMBER_WORDS.contains(&word.as_str());
    let mut runs: Vec<(Vec<String>, Range<usize>)> = Vec::new();
    let mut open: Option<(Vec<String>, Range<usize>)> = None;
    let mut close = |run: Option<(Vec<String>, Range<usize>)>| {
        runs.extend(
            run.filter(|(words, _)| words.len() > 1 || !AMBIGUOUS.contains(&words[0].as_str())),
        );
    };
    for (word, span) in words {
        if DAYS.contains(&word.as_str()) {
            close(open.take());
            close(Some((vec![word.clone()], span.clone())));
        } else if is_number(word) {
            match &mut open {
                Some((run, whole)) => {
                    run.push(word.clone());
                    whole.end = span.end;
                }
                None => open = Some((vec![word.clone()], span.clone())),
            }
        } else {
            close(open.take());
        }
    }
    close(open);
    runs
}

/// Whether the words stand together somewhere, and are not part of a larger number there.
fn holds(words: &[String], run: &[String]) -> bool {
    let plural = |day: &String| format!("{day}s");
    words.windows(run.len()).enumerate().any(|(at, window)| {
        let same = window == run
            || (run.len() == 1 && DAYS.contains(&run[0].as_str()) && window[0] == plural(&run[0]));
        let next = words.get(at + run.len());
        let before = at.checked_sub(1).map(|before| words[before].as_str());
        let units = NUMBER_WORDS[2..11].contains(&run[0].as_str());
        let inside = before
            .is_some_and(|before| SCALES.contains(&before) || (units && before.ends_with("ty")));
        let larger = next.is_some_and(|next| SCALES.contains(&next.as_str()));
        let tens = run.last().is_some_and(|last| last.ends_with("ty"))
            && next.is_some_and(|next| NUMBER_WORDS[2..11].contains(&next.as_str()));
        same && !inside && !larger && !tens
    })
}

/// E-mail and web addresses, bytes.
fn addresses(text: &str) -> Vec<Range<usize>> {
    let start = text.as_ptr() as usize;
    text.split_whitespace()
        .filter(|token| token.contains("://") || token.starts_with("www.") || mail(token))
        .map(|token| {
            let at = token.as_ptr() as usize - start;
            at..at + token.len()
        })
        .collect()
}

fn mail(token: &str) -> bool {
    token.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

/// Capitalised words inside sentences, neighbours together, bytes.
fn names(text: &str) -> Vec<Range<usize>> {
    let start = text.as_ptr() as usize;
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut begins = true;
    for token in text.split_whitespace() {
        let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
        let at = bare.as_ptr() as usize - start;
        let name = bare.starts_with(char::is_uppercase)
            && bare.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '&'))
            && !NO_NAMES.contains(&bare)
            && !DAYS.contains(&bare.to_lowercase().as_str())
            && !NUMBER_WORDS.contains(&bare.to_lowercase().as_str());
        if name && !begins {
            let span = at..at + bare.len();
            match found.last_mut().filter(|last| text[last.end..at].trim().is_empty()) {
                Some(last) => last.end = span.end,
                None => found.push(span),
            }
        }
        begins = token.ends_with(['.', '!', '?', ':']);
    }
    found
}

/// Whether a sentence says that something is not so.
pub(super) fn negates(words: &[String]) -> bool {
    words.iter().filter(|word| NEGATIONS.contains(&word.as_str())).count() % 2 == 1
        && !words.starts_with(&["no".to_string(), "problem".to_string()])
}

/// Whether a sentence asks.
pub(super) fn asks(words: &[String]) -> bool {
    words.first().is_some_and(|word| ASKING.contains(&word.as_str()))
}
