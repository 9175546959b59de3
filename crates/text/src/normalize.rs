//! Written text to the words that a voice says: "$20 on 3 May" to "twenty dollars on the third of May".
//!
//! Every [`NormToken`] remembers which bytes of the input it speaks for, so that the time of a spoken word
//! leads back to the written one. This module holds the scanner, which is the same for every language; the
//! rules of a language are a table of functions, tried in order at each place ([`english::RULES`],
//! [`spanish::RULES`], [`hindi::RULES`]). It does
//! not know how words sound; that is [`crate::g2p`].

use std::ops::Range;

use crate::language::Language;
use crate::plain::{self, Plain};

pub mod english;
pub mod hindi;
pub mod spanish;

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

/// Splits written English into tokens with their spoken words. At most [`TEXT_BYTES_MAX`] bytes are read.
pub fn normalize(text: &str) -> Vec<NormToken> {
    normalize_in(text, Language::English)
}

/// As [`normalize`], in any of the languages; the whole text is taken to be in it.
pub fn normalize_in(text: &str, language: Language) -> Vec<NormToken> {
    let spans = [(0..bounded(text).len(), language)];
    normalize_spans(text, &spans).into_iter().map(|(token, _)| token).collect()
}

/// As [`normalize`], each part in its language; the parts come from [`crate::language::spans`].
pub fn normalize_spans(
    text: &str,
    spans: &[(Range<usize>, Language)],
) -> Vec<(NormToken, Language)> {
    normalize_spans_with(text, spans, &|_| None)
}

/// Looks for a token at a place before all rules of the language.
pub(crate) type FirstRule<'a> = &'a dyn Fn(Place<'_>) -> Option<Hit>;

/// As [`normalize_spans`], with a rule that comes before all others.
pub(crate) fn normalize_spans_with(
    text: &str,
    spans: &[(Range<usize>, Language)],
    first: FirstRule<'_>,
) -> Vec<(NormToken, Language)> {
    let text = bounded(text);
    let mut tokens: Vec<NormToken> = Vec::new();
    let mut languages = Vec::new();
    for (range, language) in spans {
        scan(text.get(..range.end).unwrap_or(text), range.start, *language, first, &mut tokens);
        languages.resize(tokens.len(), *language);
    }
    set_pauses(text, &mut tokens);
    tokens.into_iter().zip(languages).collect()
}

/// The rules of a language, and how it says "5-7".
fn rules_of(language: Language) -> (&'static [Rule], &'static str) {
    match language {
        Language::English => (&english::RULES, "to"),
        Language::Spanish => (&spanish::RULES, "a"),
        Language::Hindi => (&hindi::RULES, "से"),
    }
}

/// Reads a text from a place on to its end.
fn scan(
    text: &str,
    mut at: usize,
    language: Language,
    first: FirstRule<'_>,
    tokens: &mut Vec<NormToken>,
) {
    let (rules, between) = rules_of(language);
    while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        if let Some(hit) = first(Place { text, at }) {
            at = push(tokens, at, hit);
            continue;
        }
        // A tag that nobody knows is part of the gap between two words.
        if let Some(len) = plain::opaque_tag(&text[at..]) {
            at += len;
            continue;
        }
        let found = rules.iter().find_map(|r| Some(((r.find)(Place { text, at })?, r)));
        let Some((hit, rule)) = found else {
            at += c.len_utf8();
            continue;
        };
        at = push(tokens, at, hit);
        if rule.ranges
            && let Some((mark, hit)) = range_end(Place { text, at }, rule)
        {
            tokens.push(NormToken {
                spoken: between.into(),
                source: mark.clone(),
                pause_after: Pause::None,
            });
            at = push(tokens, mark.end, hit);
        }
    }
}

/// The spoken form of a text, made plain ([`Plain`]) first, as one line; punctuation and spacing between
/// tokens stay as they were.
pub fn normalize_text(text: &str) -> String {
    normalize_text_in(text, Language::English)
}

/// As [`normalize_text`], in any of the languages.
pub fn normalize_text_in(text: &str, language: Language) -> String {
    let plain = Plain::new(text);
    let text = bounded(plain.text());
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for token in normalize_in(text, language) {
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
        let signs = signs.replace("``", "\"");
        let mut rest = signs.as_str();
        while let Some(c) = rest.chars().next() {
            let tag = plain::opaque_tag(rest);
            let len = tag.unwrap_or(c.len_utf8());
            if tag.is_some() || !c.is_numeric() {
                out.push_str(&rest[..len]);
            }
            rest = &rest[len..];
        }
    }
}

/// The longest beginning of `text` that is within [`TEXT_BYTES_MAX`].
pub(crate) fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

/// The value of a decimal digit of the scripts that callers' texts are likely to hold.
fn figure_value(c: char) -> Option<u8> {
    const ZEROS: [char; 9] = ['0', '٠', '۰', '०', '০', '੦', '૦', '௦', '０'];
    let value = ZEROS.iter().find_map(|&z| (c as u32).checked_sub(z as u32).filter(|d| *d < 10))?;
    u8::try_from(value).ok()
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
