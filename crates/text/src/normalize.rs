//! Written text to the words that a voice says: "$20 on 3 May" to "twenty dollars on the third of May".
//!
//! Every [`NormToken`] remembers which bytes of the input it speaks for, so that the time of a spoken word
//! leads back to the written one. This module holds the scanner, which is the same for every language; the
//! rules of a language are a table of functions, tried in order at each place ([`english::RULES`]). It does
//! not know how words sound; that is [`crate::g2p`].

use std::ops::Range;

pub mod english;

/// Input beyond this many bytes is not read; a reply that long is split into sentences first.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;

/// The silence that punctuation asks for after a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pause {
    /// The next word follows at once.
    #[default]
    None,
    /// A phrase ends: comma, semicolon, colon, dash, bracket.
    Comma,
    /// A sentence ends.
    Period,
    /// A question ends.
    Question,
    /// An exclamation ends.
    Exclamation,
}

/// Some written characters and the words they are spoken as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormToken {
    /// One or more words, separated by single spaces; a comma after a word asks for a short pause.
    pub spoken: String,
    /// The bytes of the input that are spoken so.
    pub source: Range<usize>,
    /// The silence after the last of the words.
    pub pause_after: Pause,
}

/// What a rule found at a place: how many bytes it covers and how they are spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Bytes covered, from the place on; at least one.
    pub len: usize,
    /// The words.
    pub spoken: String,
}

impl Hit {
    /// `len` bytes are spoken as `spoken`.
    pub fn new(len: usize, spoken: impl Into<String>) -> Option<Self> {
        (len > 0).then(|| Self { len, spoken: spoken.into() })
    }
}

/// A place in the text where a token may begin.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The byte where the token would begin.
    pub at: usize,
}

impl<'a> Place<'a> {
    /// The text from here on.
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The text before here.
    pub fn before(&self) -> &'a str {
        &self.text[..self.at]
    }

    /// The word before here (letters only), when nothing but spaces and `:`, `#` stands between.
    pub fn previous_word(&self) -> &'a str {
        let before = self.before().trim_end_matches([' ', ':', '#', '\n']);
        before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default()
    }
}

/// A rule of a language, and whether two of its hits around a hyphen make a range ("5pm-7pm").
pub struct Rule {
    /// Looks for its kind of token at a place.
    pub find: fn(Place<'_>) -> Option<Hit>,
    /// Whether "A-B" is spoken "A to B".
    pub ranges: bool,
}

/// Splits written text into tokens with their spoken words. At most [`TEXT_BYTES_MAX`] bytes are read.
pub fn normalize(text: &str) -> Vec<NormToken> {
    let text = bounded(text);
    let mut tokens: Vec<NormToken> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let found = english::RULES.iter().find_map(|r| Some(((r.find)(Place { text, at })?, r)));
        let Some((hit, rule)) = found else {
            at += c.len_utf8();
            continue;
        };
        at = push(&mut tokens, at, hit);
        if rule.ranges
            && let Some((mark, hit)) = range_end(Place { text, at }, rule)
        {
            tokens.push(NormToken {
                spoken: "to".into(),
                source: mark.clone(),
                pause_after: Pause::None,
            });
            at = push(&mut tokens, mark.end, hit);
        }
    }
    set_pauses(text, &mut tokens);
    tokens
}

/// The spoken form of a text as one line; punctuation and spacing between tokens stay as they were.
pub fn normalize_text(text: &str) -> String {
    let text = bounded(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for token in normalize(text) {
        push_gap(&mut out, text, at..token.source.start);
        out.push_str(&token.spoken);
        at = token.source.end;
    }
    push_gap(&mut out, text, at..text.len());
    out
}

/// Copies what stands between two tokens: quotation marks in one form, figures' hyphens set apart.
fn push_gap(out: &mut String, text: &str, gap: Range<usize>) {
    let digit = |c: char| c.is_ascii_digit();
    let signs = &text[gap.clone()];
    if signs == "-" && text[..gap.start].ends_with(digit) && text[gap.end..].starts_with(digit) {
        out.push_str(" - ");
    } else if signs.is_empty() && gap.start > 0 && gap.end < text.len() && !out.ends_with(' ') {
        out.push(' ');
    } else {
        out.extend(signs.replace("``", "\"").chars().filter(|c| !c.is_numeric()));
    }
}

/// The longest beginning of `text` that is within [`TEXT_BYTES_MAX`].
pub(crate) fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

fn push(tokens: &mut Vec<NormToken>, at: usize, hit: Hit) -> usize {
    let end = at + hit.len;
    tokens.push(NormToken { spoken: hit.spoken, source: at..end, pause_after: Pause::None });
    end
}

/// A hyphen or dash here and another hit of the same rule behind it.
fn range_end(place: Place<'_>, rule: &Rule) -> Option<(Range<usize>, Hit)> {
    let rest = place.rest();
    let mark = rest.trim_start_matches(' ').strip_prefix(['-', '–'])?.trim_start_matches(' ');
    let at = place.text.len() - mark.len();
    let hit = (rule.find)(Place { text: place.text, at })?;
    Some((place.at..at, hit))
}

fn set_pauses(text: &str, tokens: &mut [NormToken]) {
    let starts: Vec<usize> =
        tokens.iter().skip(1).map(|t| t.source.start).chain([text.len()]).collect();
    for (token, next) in tokens.iter_mut().zip(starts) {
        token.pause_after = pause_in(&text[token.source.end..next]);
    }
}

/// The strongest pause that the characters between two tokens ask for.
fn pause_in(gap: &str) -> Pause {
    let spaced = gap.starts_with(char::is_whitespace);
    gap.chars()
        .map(|c| match c {
            '?' => Pause::Question,
            '!' => Pause::Exclamation,
            '.' | '…' | '\n' | '।' => Pause::Period,
            ',' | ';' | ':' | '—' | '(' | ')' => Pause::Comma,
            '-' | '–' if spaced => Pause::Comma,
            _ => Pause::None,
        })
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
