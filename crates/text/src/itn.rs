//! Spoken words back to written text: "card four eight two one" to "card 4821", "twenty dollars" to
//! "$20".
//!
//! It rewrites what a recogniser heard for people and programs to read, in [`Language::English`],
//! Spanish and Hindi, whole ([`itn_with`]) or word by word while a caller still speaks
//! ([`ItnStream`]). The rules follow the common inverse normalisation of the field: English numbers
//! up to twelve and Spanish ones up to nine stay words unless a unit, a date or more digits
//! surround them. [`digits`] and [`number`] are for slots: they take the figures out of an English
//! utterance. Nothing here guesses what a caller meant.
//!
//! Every language is a list of rules, the more particular ones first. A rule looks at words without
//! signs between them and takes some from the front; what no rule takes stays as it is.

use crate::normalize::bounded;

mod address;
mod english;
mod hindi;
mod phone;
mod slot;
mod spanish;
mod stream;
mod words;

pub use crate::language::Language;
pub(crate) use hindi::number_name as hindi_number_name;
pub use slot::{digits, digits_in, number, number_in};
pub use stream::ItnStream;

use words::{Context, Rule, Word, Written};

/// The most words that one rule may take; more words of one number are written as two.
pub const RUN_WORDS_MAX: usize = 48;
/// How many words a rule may look back.
const BEFORE_WORDS_MAX: usize = 4;

/// Whether a word in lower case is a number below a hundred, in Spanish or Hindi.
pub(crate) fn is_small_number(word: &str, language: Language) -> bool {
    match language {
        Language::English => false,
        Language::Spanish => spanish::is_small_number(word),
        Language::Hindi => hindi::is_small_number(word),
    }
}

/// The rules of a language.
fn rules_of(language: Language) -> &'static [Rule] {
    match language {
        Language::English => &english::RULES,
        Language::Spanish => &spanish::RULES,
        Language::Hindi => &hindi::RULES,
    }
}

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ItnOptions {
    /// The language that was spoken.
    pub language: Language,
    /// A second language whose words are mixed in; its rules get what those of the first leave.
    /// `None` by default.
    pub second: Option<Language>,
    /// Whether a whole amount gets its cents: "five dollars" is "$5.00" and not "$5". Off by
    /// default; currencies without a hundredth (yen, won) and amounts with a scale ("$5 million")
    /// never get them.
    pub money_cents: bool,
    /// Whether Hindi is written in Devanagari figures ("५") and not in "5". On by default.
    pub native_digits: bool,
}

impl Default for ItnOptions {
    fn default() -> Self {
        Self { language: Language::English, second: None, money_cents: false, native_digits: true }
    }
}

impl ItnOptions {
    /// The defaults of a language.
    pub fn new(language: Language) -> Self {
        Self { language, ..Self::default() }
    }

    /// With `money_cents` set.
    pub fn money_cents(self, money_cents: bool) -> Self {
        Self { money_cents, ..self }
    }

    /// With `native_digits` set.
    pub fn native_digits(self, native_digits: bool) -> Self {
        Self { native_digits, ..self }
    }

    /// With a second language mixed in.
    pub fn second(self, second: Option<Language>) -> Self {
        Self { second, ..self }
    }

    fn split(&self, text: &str) -> Vec<Word> {
        words::split(text, english::is_number_word)
    }
}

/// Rewrites English numbers, dates, times, money, measures, phone numbers and addresses in figures
/// and signs. At most [`crate::normalize::TEXT_BYTES_MAX`] bytes are read.
pub fn itn(text: &str) -> String {
    itn_with(text, &ItnOptions::default())
}

/// As [`itn`], in any of the languages and with settings.
pub fn itn_with(text: &str, options: &ItnOptions) -> String {
    let text = bounded(text);
    let words = options.split(text);
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < words.len() {
        let before = &words[i.saturating_sub(BEFORE_WORDS_MAX)..i];
        let run = words::unbroken(&words[i..], None);
        let written = rewrite(run, Context { before, options });
        i += put(&mut out, &words[i..], written);
    }
    out.push_str(&text[text.trim_end().len()..]);
    out
}

/// What the first rule that fits makes of the front of a run.
fn rewrite(run: words::Run<'_>, context: Context<'_>) -> Option<Written> {
    let second = context.options.second.map_or(&[][..], rules_of);
    let mut rules = rules_of(context.options.language).iter().chain(second);
    rules.find_map(|rule| rule(run, context)).filter(|w| w.words > 0)
}

/// Writes what became of the first words, with the signs around them; returns how many words that
/// were.
fn put(out: &mut String, words: &[Word], written: Option<Written>) -> usize {
    let Some(first) = words.first() else { return 0 };
    let count = written.as_ref().map_or(1, |w| w.words.min(words.len()));
    out.push_str(&first.gap);
    out.push_str(&first.lead);
    out.push_str(written.as_ref().map_or(&first.text, |w| &w.text));
    out.push_str(&words[count - 1].trail);
    count
}

#[cfg(test)]
mod tests;
