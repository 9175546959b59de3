//! The answer in a passage, as one would say it: for agents without a model that
//! writes, and for the times when the model's own words are not supported.
//!
//! The sentence that fits the question best, with the next where it only goes on
//! with it, without what only a screen can show. No word is made up: what is said
//! stands in the passage.

use hearsay_text::sentence;

use super::Passage;
use super::encoder::{Encoder, dot};
use super::query::Query;
use super::terms::{terms, words};

/// Words of an answer.
pub const ANSWER_WORDS_MAX: usize = 30;

/// What only a screen can do; a clause with one is left out.
const FOR_SCREENS: [&str; 12] = [
    "click",
    "tap here",
    "see below",
    "see above",
    "shown above",
    "shown below",
    "scroll",
    "log in to view",
    "http://",
    "https://",
    "www.",
    "screenshot",
];
/// Openings that say nothing to a caller.
const OPENINGS: [&str; 5] =
    ["please note that ", "note that ", "note: ", "please be aware that ", "important: "];
/// Words that begin a sentence which goes on with the one before.
const GOES_ON: [&str; 12] = [
    "it",
    "this",
    "that",
    "these",
    "those",
    "they",
    "if",
    "otherwise",
    "however",
    "then",
    "also",
    "but",
];

/// What a sentence gains that has the kind of thing that is asked for.
const KIND_GAIN: f32 = 0.4;

/// What kind of thing a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Amount,
    Time,
    Place,
    Anything,
}

impl Asked {
    fn of(words: &[String]) -> Self {
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        let begins =
            |two: [&str; 2]| words.windows(2).any(|pair| pair[0] == two[0] && pair[1] == two[1]);
        if begins(["how", "much"]) || has(&["cost", "costs", "price", "fee", "fees", "charge"]) {
            Self::Amount
        } else if begins(["what", "time"]) || has(&["when", "hours", "open", "close"]) {
            Self::Time
        } else if has(&["where", "address"]) {
            Self::Place
        } else {
            Self::Anything
        }
    }

    /// Whether a sentence has such a thing.
    fn is_in(self, sentence: &str) -> bool {
        let lower = sentence.to_lowercase();
        let has = |known: &[&str]| {
            lower.split(|c: char| !c.is_alphanumeric()).any(|word| known.contains(&word))
        };
        let has_digit = sentence.contains(|c: char| c.is_ascii_digit());
        match self {
            Self::Amount => {
                let money = ["pounds", "dollars", "euros", "pence", "cents", "free", "percent"];
                (has_digit && lower.contains(['£', '$', '€', '%'])) || has(&money)
            }
            Self::Time => {
                let days =
                    ["monday", "saturday", "sunday", "weekdays", "daily", "noon", "pm", "am"];
                (has_digit && lower.contains(':')) || has(&days)
            }
            Self::Place => {
                let ways =
                    ["street", "road", "avenue", "lane", "square", "floor", "opposite", "corner"];
                has(&ways)
            }
            Self::Anything => false,
        }
    }
}

/// The passage's answer to a question; `None` where nothing in it can be said.
pub(super) fn answer(encoder: &Encoder, query: &Query, passage: &Passage) -> Option<String> {
    let sentences: Vec<String> =
        sentence::split(&passage.text).iter().filter_map(|s| sayable(&s.text)).collect();
    let best = choose(encoder, query, passage, &sentences)?;
    let mut said = sentences[best].clone();
    let mut next = best + 1;
    // A bare yes or no needs what it is about.
    let bare = |text: &str| text.split_whitespace().count() <= 2;
    while let Some(more) = sentences.get(next) {
        let goes_on = words(more).first().is_some_and(|word| GOES_ON.contains(&word.as_str()));
        let fits = count(&said) + count(more) <= ANSWER_WORDS_MAX;
        // A FAQ's answer is one thing; a paragraph's next sentence may be another.
        if !fits || !(goes_on || bare(&said) || passage.question.is_some()) {
            break;
        }
        said.push(' ');
        said.push_str(more);
        next += 1;
    }
    Some(shortened(&said))
}

/// Which sentence fits best: near in meaning, and with the question's words.
fn choose(
    encoder: &Encoder,
    query: &Query,
    passage: &Passage,
    sentences: &[String],
) -> Option<usize> {
    if sentences.is_empty() {
        return None;
    }
    // An answer to a question begins with what was asked.
    if passage.question.is_some() && count(&passage.text) <= 2 * ANSWER_WORDS_MAX {
        return Some(0);
    }
    let (asked, kind) = (terms(&query.words), Asked::of(&query.words));
    let score = |text: &String| {
        let own = words(text);
        let has = terms(&own);
        let shared = asked.iter().filter(|term| has.contains(term));
        let weight: f32 = shared.map(|term| encoder.rarity(term)).sum();
        let all: f32 = asked.iter().map(|term| encoder.rarity(term)).sum();
        let gain = if kind.is_in(text) { KIND_GAIN } else { 0.0 };
        dot(&query.dense, &encoder.passage(&own)) + weight / all.max(1e-6) + gain
    };
    let scores: Vec<f32> = sentences.iter().map(score).collect();
    (0..scores.len()).reduce(|best, at| if scores[at] > scores[best] { at } else { best })
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// A sentence without brackets, addresses and clauses for screens.
fn sayable(text: &str) -> Option<String> {
    let mut text = unbracketed(text);
    let lower = text.to_lowercase();
    if let Some(opening) = OPENINGS.iter().find(|opening| lower.starts_with(**opening)) {
        text = capital(&text[opening.len()..]);
    }
    let for_screens = |clause: &str| {
        let clause = clause.to_lowercase();
        FOR_SCREENS.iter().any(|mark| clause.contains(mark))
    };
    if for_screens(&text) {
        let kept: Vec<&str> = text.split(", ").filter(|clause| !for_screens(clause)).collect();
        text = kept.join(", ");
        if !text.ends_with(['.', '!', '?']) && !text.is_empty() {
            text.push('.');
        }
    }
    text.contains(char::is_alphanumeric).then(|| capital(text.trim()))
}

fn unbracketed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for char in text.chars() {
        match char {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(char),
            _ => {}
        }
    }
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    out.replace(" .", ".").replace(" ,", ",")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// At most [`ANSWER_WORDS_MAX`] words, cut at a clause where there is one.
fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= ANSWER_WORDS_MAX {
        return text.to_string();
    }
    let ends = |word: &&str| word.ends_with(['.', ',', ';', ':', '!', '?']);
    let kept = &words[..ANSWER_WORDS_MAX];
    let cut = kept.iter().rposition(ends).filter(|at| *at >= ANSWER_WORDS_MAX / 3);
    let mut said = kept[..=cut.unwrap_or(ANSWER_WORDS_MAX - 1)].join(" ");
    while said.ends_with([',', ';', ':', '.', '!', '?']) {
        said.pop();
    }
    said.push('.');
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_asks_for_a_kind_of_thing() {
        let asked = |text: &str| Asked::of(&words(text));
        assert_eq!(asked("how much is the premium account"), Asked::Amount);
        assert_eq!(asked("What time do you open?"), Asked::Time);
        assert_eq!(asked("where are you"), Asked::Place);
        assert_eq!(asked("can i pay by card"), Asked::Anything);
        assert!(Asked::Amount.is_in("It costs £3.") && Asked::Amount.is_in("That is free."));
        assert!(!Asked::Amount.is_in("There are 3 of them."));
        assert!(Asked::Time.is_in("From 9:30 on.") && !Asked::Time.is_in("At the door."));
        assert!(Asked::Place.is_in("It is at 12 Quay Street.") && !Asked::Anything.is_in("£3"));
    }
}
