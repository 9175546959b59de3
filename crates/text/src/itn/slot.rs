//! Figures taken out of an utterance, for slots: all digits of a card number, or the one number
//! that was said. In a row of digits a recogniser's slips ("to", "for", "ate") count as the digits
//! they sound like.

use super::english::is_number_word;
use super::english::number::{self, Parsed};
use super::words::{Run, Word, split};
use super::{ItnOptions, Language, itn_with, spanish};
use crate::normalize::bounded;

/// Sounds and words between digits that mean nothing.
const FILLERS: [&str; 24] = [
    "uh", "um", "uhm", "er", "erm", "ah", "hmm", "mm", "mhm", "dash", "hyphen", "space", "then",
    "and", "comma", "well", "like", "let's", "see", "so", "okay", "ok", "yeah", "again",
];
/// Words behind which a look-alike may begin a row of digits.
const INTRODUCTIONS: [&str; 14] = [
    "is", "it's", "its", "that's", "are", "number", "digits", "code", "in", "pin", "was", "be",
    "card", "account",
];
/// Words after which a row of digits has ended for good.
const FAREWELLS: [&str; 8] = ["please", "thanks", "thank", "right", "correct", "okay", "ok", "yes"];

/// The digit that a word sounds like.
fn sounds_like(word: &str) -> Option<u8> {
    Some(match word {
        "to" | "too" => 2,
        "for" | "fore" => 4,
        "ate" => 8,
        "won" => 1,
        "tree" | "free" => 3,
        "fife" | "fives" => 5,
        "sex" | "sicks" => 6,
        "nein" => 9,
        "oh" | "o" => 0,
        _ => return None,
    })
}

/// What one place of the utterance is.
enum Token {
    /// Figures for certain.
    Figures(String),
    /// A digit if its neighbours are; the bool says that "oh" is meant, which needs only one of
    /// them.
    Maybe(char, bool),
    /// A sound between digits.
    Filler,
    /// Any other word, and whether it introduces digits or says farewell.
    Other { introduces: bool, farewell: bool },
}

/// All digits that are spoken or written in an utterance, in order: "it's forty-eight, uh, double
/// one oh" is "48110". Other words are ignored. At most [`crate::normalize::TEXT_BYTES_MAX`] bytes
/// are read.
pub fn digits(text: &str) -> String {
    let words = split(bounded(text), is_number_word);
    let tokens = tokens(&words);
    let mut out = String::new();
    for (i, token) in tokens.iter().enumerate() {
        match token {
            Token::Figures(figures) => out.push_str(figures),
            Token::Maybe(c, zero) => {
                if counts(&tokens, i, *zero) {
                    out.push(*c);
                }
            }
            Token::Filler | Token::Other { .. } => {}
        }
    }
    out
}

/// As [`digits`], in any of the languages. In Spanish and Hindi a single digit beside other words counts too.
pub fn digits_in(text: &str, language: Language) -> String {
    if language == Language::English {
        return digits(text);
    }
    let written = itn_with(text, &ItnOptions::new(language).native_digits(false));
    let mut out = String::new();
    for word in written.split_whitespace() {
        let figures = word.chars().filter(char::is_ascii_digit);
        match spanish::digit_word(bare(word)).filter(|_| language == Language::Spanish) {
            Some(digit) => out.push(char::from(b'0' + digit)),
            None => out.extend(figures),
        }
    }
    out
}

/// As [`number`], in any of the languages. "Una" counts only where little else is said.
pub fn number_in(text: &str, language: Language) -> Option<f64> {
    const ARTICLE_WORDS_MAX: usize = 3;
    if language == Language::English {
        return number(text);
    }
    let is_spanish = language == Language::Spanish;
    let written = itn_with(text, &ItnOptions::new(language).native_digits(false));
    let value = |word: &str| {
        let figures = bare(word).replace(',', ".");
        let named = spanish::digit_word(bare(word)).filter(|_| is_spanish);
        named.map(f64::from).or_else(|| figures.parse().ok().filter(|n: &f64| n.is_finite()))
    };
    let is_one = |word: &str| matches!(bare(word).to_lowercase().as_str(), "un" | "una");
    let mut words = written.split_whitespace();
    let is_short = words.clone().count() <= ARTICLE_WORDS_MAX;
    let one = (is_spanish && is_short && words.clone().any(is_one)).then_some(1.0);
    words.find_map(value).or(one)
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn tokens(words: &[Word]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let rest = &words[i..];
        let word = &words[i];
        let written: String = word.text.chars().filter(char::is_ascii_digit).collect();
        if is_figure_of_speech(words, i) {
            tokens.push(Token::Other { introduces: false, farewell: false });
            i += 1;
        } else if !written.is_empty() {
            tokens.push(Token::Figures(written));
            i += 1;
        } else if let Some((figures, used)) = spoken(rest) {
            tokens.push(Token::Figures(figures));
            i += used;
        } else {
            tokens.push(other(word));
            i += 1;
        }
    }
    tokens
}

/// "the last four", "sixteen digits", "this one", "one moment": number words that are no digits of
/// anything.
fn is_figure_of_speech(words: &[Word], i: usize) -> bool {
    let at = |j: usize| words.get(j).map_or("", |w| w.lower.as_str());
    let (before, here, after) = (at(i.wrapping_sub(1)), at(i), at(i + 1));
    let counted = matches!(after, "digit" | "digits" | "numbers" | "figures");
    let last = matches!(before, "last" | "first" | "final")
        && (number::unit(here).is_some() || here == "4")
        && matches!(after, "is" | "are" | "of" | "on" | "is:" | "" | "were" | "being");
    let one = here == "one"
        && (matches!(
            before,
            "the"
                | "this"
                | "that"
                | "which"
                | "another"
                | "other"
                | "every"
                | "no"
                | "any"
                | "wrong"
                | "right"
        ) || matches!(after, "moment" | "second" | "minute" | "sec" | "of" | "more" | "thing"))
        && number::digit(after).is_none();
    counted || last || one
}

fn other(word: &Word) -> Token {
    let lower = word.lower.as_str();
    if let Some(d) = sounds_like(lower) {
        let zero = d == 0;
        // "Oh, ..." with a comma is an interjection.
        if !zero || word.trail.is_empty() {
            return Token::Maybe(char::from(b'0' + d), zero);
        }
    }
    if FILLERS.contains(&lower) || lower.is_empty() {
        return Token::Filler;
    }
    Token::Other {
        introduces: INTRODUCTIONS.contains(&lower),
        farewell: FAREWELLS.contains(&lower),
    }
}

/// The figures of the number words at the front.
fn spoken(words: &[Word]) -> Option<(String, usize)> {
    let first = words.first()?.lower.as_str();
    let times = match first {
        "double" => 2,
        "triple" | "treble" => 3,
        _ => 0,
    };
    if times > 0 {
        let next = &words.get(1)?.lower;
        let d = number::digit(next).or_else(|| sounds_like(next))?;
        return Some((char::from(b'0' + d).to_string().repeat(times), 2));
    }
    if first == "a" || matches!(first, "oh" | "o") {
        return None;
    }
    if let Some(d) = number::digit(first).filter(|_| !is_multiplied(words)) {
        return Some((d.to_string(), 1));
    }
    let parsed = in_a_row(words)?;
    Some((parsed.value.to_string(), parsed.words))
}

fn is_multiplied(words: &[Word]) -> bool {
    words.get(1).is_some_and(|w| w.lower == "hundred" || number::scale(&w.lower).is_some())
}

/// A cardinal, unless it swallowed the first of several single digits ("eight hundred | five five
/// five").
fn in_a_row(words: &[Word]) -> Option<Parsed> {
    let whole = number::cardinal(Run::closed(words))?;
    let last = words.get(whole.words - 1)?;
    let digit_follows = words
        .get(whole.words)
        .is_some_and(|w| number::digit(&w.lower).is_some() || w.lower == "double");
    let after_hundred = whole.words >= 2
        && (words[whole.words - 2].lower == "hundred"
            || number::scale(&words[whole.words - 2].lower).is_some());
    if digit_follows && after_hundred && number::unit(&last.lower).is_some() {
        return number::cardinal(Run::closed(&words[..whole.words - 1]));
    }
    Some(whole)
}

/// Whether a look-alike stands among digits.
fn counts(tokens: &[Token], i: usize, zero: bool) -> bool {
    let digit = |t: &Token| matches!(t, Token::Figures(_) | Token::Maybe(..));
    let before = tokens[..i].iter().rev().find(|t| !matches!(t, Token::Filler));
    let after = tokens[i + 1..].iter().find(|t| !matches!(t, Token::Filler));
    let (left, right) = (before.is_some_and(digit), after.is_some_and(digit));
    if !anchored(tokens, i) {
        return false;
    }
    match (left, right) {
        (true, true) => true,
        (true, false) => {
            zero || after.is_none_or(|t| matches!(t, Token::Other { farewell: true, .. }))
        }
        (false, true) => {
            zero || before.is_none_or(|t| matches!(t, Token::Other { introduces: true, .. }))
        }
        (false, false) => false,
    }
}

/// Whether there is a sure digit anywhere, or enough look-alikes in a row: "to for" alone are
/// words.
fn anchored(tokens: &[Token], i: usize) -> bool {
    let row = |t: &&Token| matches!(t, Token::Maybe(..) | Token::Filler);
    let ahead = tokens[i..].iter().take_while(row).count();
    let behind = tokens[..i].iter().rev().take_while(row).count();
    tokens.iter().any(|t| matches!(t, Token::Figures(_))) || ahead + behind >= 4
}

/// The first number in an utterance, spoken or in figures: "minus two point five" is -2.5, "$1,200"
/// is 1200.
pub fn number(text: &str) -> Option<f64> {
    let words = split(bounded(text), is_number_word);
    (0..words.len()).find_map(|i| figure_at(&words[i]).or_else(|| spoken_at(&words, i)))
}

fn figure_at(word: &Word) -> Option<f64> {
    let clean = word.text.replace(',', "");
    let value: f64 =
        clean.parse().ok().filter(|_| clean.starts_with(|c: char| c.is_ascii_digit()))?;
    let negative = word.lead.ends_with('-') || word.lead.ends_with('−');
    Some(if negative { -value } else { value })
}

fn spoken_at(words: &[Word], i: usize) -> Option<f64> {
    let negative = matches!(words[i].lower.as_str(), "minus" | "negative");
    let rest = &words[i + usize::from(negative)..];
    let whole = number::cardinal(Run::closed(rest));
    let used = whole.map_or(0, |w| w.words);
    let mut value = whole.map_or(0.0, |w| w.value as f64);
    let mut found = whole.is_some();
    if rest.get(used).is_some_and(|w| w.lower == "point") {
        let part = number::digit_run(Run::closed(&rest[used + 1..]));
        if let Ok(decimals) = format!("0.{}", part.figures).parse::<f64>()
            && part.words > 0
        {
            value += decimals;
            found = true;
            let scale = rest.get(used + 1 + part.words).and_then(|w| number::scale(&w.lower));
            value *= scale.unwrap_or(1) as f64;
        }
    } else if found && is_half(&rest[used..]) {
        value += 0.5;
    }
    found.then_some(if negative { -value } else { value })
}

/// "and a half".
fn is_half(words: &[Word]) -> bool {
    let lower: Vec<&str> = words.iter().take(3).map(|w| w.lower.as_str()).collect();
    lower == ["and", "a", "half"]
}
