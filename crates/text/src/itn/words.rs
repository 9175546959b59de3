//! Words with the signs around them, and the view of them that rules have.

use std::cell::Cell;

use super::ItnOptions;

/// A word with the signs around it.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// White space (or the hyphen of "forty-eight") before it.
    pub gap: String,
    /// Signs before its letters.
    pub lead: String,
    /// Its letters as they were spoken.
    pub text: String,
    /// Its letters in lower case, with straight apostrophes.
    pub lower: String,
    /// Signs after its letters; they end whatever the word belongs to.
    pub trail: String,
}

/// What a rule made of the first words it was given.
pub(super) struct Written {
    pub words: usize,
    pub text: String,
}

impl Written {
    pub fn new(words: usize, text: impl Into<String>) -> Option<Self> {
        (words > 0).then(|| Self { words, text: text.into() })
    }
}

/// What surrounds the words that a rule looks at.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// The words before, at most [`super::BEFORE_WORDS_MAX`]; empty only at the start of the text.
    pub before: &'a [Word],
    pub options: &'a ItnOptions,
}

impl<'a> Context<'a> {
    /// The word just before, in lower case; empty at the start.
    pub fn last(&self) -> &'a str {
        self.before.last().map_or("", |w| w.lower.as_str())
    }
}

/// A rule takes some words from the front of a run of words without signs between them.
pub(super) type Rule = fn(Run<'_>, Context<'_>) -> Option<Written>;

/// Words without signs between them. While text still arrives, it notes when a rule asked for a
/// word that is not there yet: then the rule's answer may change, and nothing may be committed.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    words: &'a [Word],
    /// Where to note that more was asked for; `None` when nothing can follow.
    missed: Option<&'a Cell<bool>>,
}

impl<'a> Run<'a> {
    /// Words that nothing follows.
    pub fn closed(words: &'a [Word]) -> Self {
        Self { words, missed: None }
    }

    /// Words that may go on; `missed` is set when a rule looks past their end.
    pub fn open(words: &'a [Word], missed: &'a Cell<bool>) -> Self {
        Self { words, missed: Some(missed) }
    }

    /// The word at a place.
    pub fn word(&self, i: usize) -> Option<&'a Word> {
        let word = self.words.get(i);
        if let (None, Some(missed)) = (word, self.missed) {
            missed.set(true);
        }
        word
    }

    /// The word at a place in lower case; empty past the end.
    pub fn at(&self, i: usize) -> &'a str {
        self.word(i).map_or("", |w| w.lower.as_str())
    }

    /// The words as they were spoken at a place; empty past the end.
    pub fn text(&self, i: usize) -> &'a str {
        self.word(i).map_or("", |w| w.text.as_str())
    }

    /// Whether the run ends before this place.
    pub fn ends(&self, i: usize) -> bool {
        self.word(i).is_none()
    }

    /// The words from a place on.
    pub fn from(&self, i: usize) -> Self {
        Self { words: self.words.get(i..).unwrap_or(&[]), missed: self.missed }
    }

    /// The first words alone, as if nothing followed. Only for words that were looked at already.
    pub fn head(&self, count: usize) -> Self {
        Self::closed(&self.words[..count.min(self.words.len())])
    }

    /// Whether the words at a place are these, in lower case.
    pub fn is(&self, i: usize, phrase: &str) -> bool {
        phrase.split(' ').enumerate().all(|(n, word)| self.at(i + n) == word)
    }

    /// How many words the first phrase of these takes that stands at a place. Longer phrases go
    /// first in the list.
    pub fn find<'p, T>(&self, i: usize, phrases: &'p [(&str, T)]) -> Option<(&'p T, usize)> {
        phrases
            .iter()
            .find(|(phrase, _)| self.is(i, phrase))
            .map(|(phrase, value)| (value, phrase.split(' ').count()))
    }
}

/// The words up to the first sign, at most [`super::RUN_WORDS_MAX`] of them. When they end where
/// the text so far ends,
/// `missed` tells whether more was asked for.
pub(super) fn unbroken<'a>(words: &'a [Word], missed: Option<&'a Cell<bool>>) -> Run<'a> {
    let limit = words.len().min(super::RUN_WORDS_MAX);
    let breaks = |i: usize| {
        !words[i].trail.is_empty() || words.get(i + 1).is_some_and(|n| !n.lead.is_empty())
    };
    let broken = (0..limit).find(|&i| breaks(i));
    let end = broken.map_or(limit, |i| i + 1);
    match missed {
        Some(missed) if broken.is_none() && end < super::RUN_WORDS_MAX => {
            Run::open(&words[..end], missed)
        }
        _ => Run::closed(&words[..end]),
    }
}

/// Splits text at white space; `is_number` says which parts of hyphened words are words of their
/// own.
pub(super) fn split(text: &str, is_number: fn(&str) -> bool) -> Vec<Word> {
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
        push(&mut words, gap, chunk, is_number);
    }
}

/// Whether a sign is part of the word. Devanagari vowel signs and the virama are marks, not
/// letters.
fn inner(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '\u{900}'..='\u{963}')
}

fn push(words: &mut Vec<Word>, gap: &str, chunk: &str, is_number: fn(&str) -> bool) {
    let lead_len = chunk.find(inner).unwrap_or(chunk.len());
    let (lead, core) = chunk.split_at(lead_len);
    let core_len =
        core.rfind(inner).map_or(0, |i| i + core[i..].chars().next().map_or(1, char::len_utf8));
    let (core, trail) = core.split_at(core_len);
    let parts: Vec<&str> = core.split('-').collect();
    // "forty-eight" counts as two words, "e-mail" as one.
    if parts.len() > 1 && parts.iter().all(|p| is_number(&p.to_lowercase())) {
        for (n, part) in parts.iter().enumerate() {
            words.push(Word {
                gap: if n == 0 { gap } else { "-" }.into(),
                lead: if n == 0 { lead } else { "" }.into(),
                text: (*part).into(),
                lower: part.to_lowercase(),
                trail: if n + 1 == parts.len() { trail } else { "" }.into(),
            });
        }
    } else {
        words.push(Word {
            gap: gap.into(),
            lead: lead.into(),
            text: core.into(),
            lower: core.to_lowercase().replace('’', "'"),
            trail: trail.into(),
        });
    }
}
