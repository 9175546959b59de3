//! A user's own pronunciations: words and phrases with ARPAbet, IPA or a respelling ("SQL" is "sequel").
//!
//! [`PronunciationDictionary::parse`] reads JSON or tab-separated text and checks everything, so that a
//! dictionary that was read can be spoken. Entries are looked for in the written text, before it is
//! normalised, the longest first: "C++" and "k8s" can be entries. It is small and belongs to one agent; the
//! language's dictionary is [`super::lexicon`].

use std::collections::HashMap;

use super::{morphology, phone, without_accents};
use crate::normalize::{Hit, Place, normalize_text};

mod ipa;
mod read;

/// No dictionary has more entries.
pub const ENTRIES_MAX: usize = 10_000;
/// Neither the word nor what it is said as is longer than this many bytes.
pub const ENTRY_BYTES_MAX: usize = 256;
/// No dictionary is written with more bytes.
pub const DICTIONARY_BYTES_MAX: usize = 4 << 20;

/// Why a dictionary could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DictionaryError {
    /// The text as a whole.
    #[error("pronunciation dictionary: {0}")]
    Text(String),
    /// One of its entries.
    #[error("pronunciation dictionary, entry {number} ({word:?}): {what}")]
    Entry {
        /// Which entry, counted from 1 (in tab-separated text, which line).
        number: usize,
        /// The word, as far as it could be read.
        word: String,
        /// What is wrong with it and how to mend it.
        what: String,
    },
}

/// How an entry is said.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    /// By these phones.
    Phones(Vec<u8>),
    /// As these words.
    Words(String),
}

/// One word or phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// As written, white space collapsed; in lower case unless `exact`.
    written: String,
    /// Whether capitals must be the same.
    exact: bool,
    said: Said,
}

/// The pronunciations that a user has given. The empty one changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PronunciationDictionary {
    /// Entries by their first word, folded (empty where the first character is a sign), the longest first.
    by_head: HashMap<String, Vec<Entry>>,
    len: usize,
}

impl PronunciationDictionary {
    /// Reads a dictionary.
    ///
    /// JSON: `{"Xiaomi": "SH AW1 M IY0"}`, or a list of objects with `word` (or `phrase`, `text`, `grapheme`) and one of
    /// `pronunciation`, `phoneme`, `ipa`, `arpabet`, `alias` or `replacement`. Anything else: lines of
    /// word, tab, pronunciation; empty lines and lines that begin with `#` are skipped.
    ///
    /// A pronunciation is ARPAbet when every part of it is an ARPAbet symbol ("HH AH0 L OW1"; a vowel
    /// without a figure has no stress), IPA when it stands between slashes or brackets or has letters
    /// beyond ASCII (`/həˈloʊ/`), else a respelling. An entry counts in any case unless it has capitals
    /// beyond the first letter ("iOS"). Of two entries for one word the later counts.
    ///
    /// # Errors
    /// When the text is neither, is too long, or an entry cannot be spoken; the error says which and why.
    pub fn parse(text: &str) -> Result<Self, DictionaryError> {
        let mut dictionary = Self::default();
        for raw in read::entries(text)? {
            dictionary.add(raw)?;
        }
        for entries in dictionary.by_head.values_mut() {
            entries.sort_by_key(|e| std::cmp::Reverse((e.written.len(), e.exact)));
        }
        Ok(dictionary)
    }

    /// A dictionary of words and how they are said, as in [`PronunciationDictionary::parse`]'s tab-separated form.
    ///
    /// # Errors
    /// When a pair cannot be spoken, or there are too many.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, DictionaryError> {
        let mut dictionary = Self::default();
        for (index, (word, said)) in pairs.into_iter().enumerate() {
            let (word, said) = (word.to_string(), said.to_string());
            dictionary.add(read::Raw { number: index + 1, word, said, kind: Kind::Any })?;
        }
        for entries in dictionary.by_head.values_mut() {
            entries.sort_by_key(|e| std::cmp::Reverse((e.written.len(), e.exact)));
        }
        Ok(dictionary)
    }

    /// How many words and phrases there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn add(&mut self, raw: read::Raw) -> Result<(), DictionaryError> {
        let error = |what: &str| DictionaryError::Entry {
            number: raw.number,
            word: raw.word.chars().take(40).collect(),
            what: what.into(),
        };
        if self.len >= ENTRIES_MAX {
            return Err(error(&format!("more than {ENTRIES_MAX} entries; keep those that matter")));
        }
        if raw.word.len() > ENTRY_BYTES_MAX || raw.said.len() > ENTRY_BYTES_MAX {
            return Err(error(&format!("longer than {ENTRY_BYTES_MAX} bytes; shorten it")));
        }
        let written = raw.word.split_whitespace().collect::<Vec<_>>().join(" ");
        if !written.contains(char::is_alphanumeric) {
            return Err(error("no letter or figure in the word; give the word as it is written"));
        }
        let said = said(&raw.said, raw.kind).map_err(|what| error(&what))?;
        let exact = written.chars().skip(1).any(char::is_uppercase);
        let written = if exact { written } else { written.to_lowercase() };
        let entries = self.by_head.entry(head(&written)).or_default();
        let entry = Entry { written, exact, said };
        match entries.iter_mut().find(|e| e.written == entry.written) {
            Some(old) => *old = entry,
            None => {
                entries.push(entry);
                self.len += 1;
            }
        }
        Ok(())
    }

    /// The entry that the text at a place begins with, and its bytes there.
    fn at(&self, place: Place<'_>) -> Option<(usize, &Entry)> {
        if self.len == 0 {
            return None;
        }
        let rest = place.rest();
        let letter = |c: char| c.is_alphanumeric();
        let inside = place.before().ends_with(letter) && rest.starts_with(letter);
        if inside {
            return None;
        }
        self.by_head.get(&head(rest))?.iter().find_map(|entry| {
            let len = matched(rest, entry)?;
            let goes_on = rest[..len].ends_with(letter) && rest[len..].starts_with(letter);
            (!goes_on).then_some((len, entry))
        })
    }

    /// An entry at this place as a token of normalised text, with its possessive ending.
    pub(super) fn hit(&self, place: Place<'_>) -> Option<Hit> {
        let (len, entry) = self.at(place)?;
        let ending = possessive(&place.rest()[len..]);
        let words = match &entry.said {
            Said::Words(words) if ending > 0 => format!("{words}'s"),
            Said::Words(words) => words.clone(),
            // The phones are looked up again by the bytes of the token.
            Said::Phones(_) => place.rest()[..len + ending].to_string(),
        };
        Hit::new(len + ending, words)
    }

    /// The phones of a token that is an entry.
    pub(super) fn phones(&self, written: &str) -> Option<Vec<u8>> {
        let (len, entry) = self.at(Place { text: written, at: 0 })?;
        let ending = possessive(&written[len..]);
        let Said::Phones(phones) = &entry.said else { return None };
        if len + ending != written.len() {
            return None;
        }
        let mut phones = phones.clone();
        if ending > 0 {
            morphology::add_s(&mut phones);
        }
        Some(phones)
    }
}

/// The first run of letters and figures, folded: what entries are found by.
fn head(text: &str) -> String {
    let len = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    without_accents(&text[..len])
}

/// How many bytes of the text are this entry; any white space matches a space.
fn matched(rest: &str, entry: &Entry) -> Option<usize> {
    let mut chars = rest.char_indices().peekable();
    for wanted in entry.written.chars() {
        if wanted == ' ' {
            chars.next().filter(|(_, c)| c.is_whitespace())?;
            while chars.peek().is_some_and(|(_, c)| c.is_whitespace()) {
                chars.next();
            }
            continue;
        }
        let (_, c) = chars.next()?;
        let same = c == wanted || !entry.exact && c.to_lowercase().eq([wanted]);
        let apostrophe = wanted == '\'' && c == '’';
        if !(same || apostrophe) {
            return None;
        }
    }
    Some(chars.peek().map_or(rest.len(), |(i, _)| *i))
}

/// The bytes of an "'s" that ends a word here.
fn possessive(after: &str) -> usize {
    ["'s", "’s"]
        .into_iter()
        .find(|ending| {
            after.strip_prefix(ending).is_some_and(|t| !t.starts_with(char::is_alphanumeric))
        })
        .map_or(0, str::len)
}

/// What a pronunciation is meant as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// To be told by its looks.
    Any,
    Ipa,
    Arpabet,
    Alias,
}

fn said(written: &str, kind: Kind) -> Result<Said, String> {
    let written = written.trim();
    let slashed = written
        .strip_prefix('/')
        .and_then(|w| w.strip_suffix('/'))
        .or(written.strip_prefix('[').and_then(|w| w.strip_suffix(']')));
    let looks_ipa = slashed.is_some() || written.contains(|c: char| ipa::is_sign(c));
    match kind {
        Kind::Alias => alias(written),
        Kind::Ipa => ipa::phones(slashed.unwrap_or(written)).map(Said::Phones),
        Kind::Arpabet => arpabet(written).map(Said::Phones),
        Kind::Any if written.is_empty() => Err("no pronunciation; give one".into()),
        Kind::Any => match arpabet(slashed.unwrap_or(written)) {
            Ok(phones) => Ok(Said::Phones(phones)),
            Err(_) if looks_ipa => ipa::phones(slashed.unwrap_or(written)).map(Said::Phones),
            Err(what) if written.contains(['0', '1', '2']) && written.contains(' ') => Err(what),
            Err(_) => alias(written),
        },
    }
}

/// A respelling, as the words it is spoken with.
fn alias(written: &str) -> Result<Said, String> {
    let words = normalize_text(written).replace(['[', ']'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if !words.contains(char::is_alphabetic) {
        return Err("the respelling has nothing to say; give words".into());
    }
    Ok(Said::Words(words))
}

/// ARPAbet symbols between spaces or hyphens; vowels may lack their stress.
pub(super) fn arpabet(written: &str) -> Result<Vec<u8>, String> {
    let mut phones = Vec::new();
    let mut bare_vowels = Vec::new();
    for symbol in written.split([' ', '\t', '-', '.']).filter(|s| !s.is_empty()) {
        let upper = symbol.to_ascii_uppercase();
        let id = phone::phone_id(&upper).or_else(|| {
            bare_vowels.push(phones.len());
            phone::phone_id(&format!("{upper}0"))
        });
        let Some(id) = id.filter(|_| symbol == upper) else {
            return Err(format!(
                "{symbol:?} is no ARPAbet symbol; write symbols such as AH0 K SH, parted by spaces"
            ));
        };
        phones.push(id);
    }
    if phones.is_empty() {
        return Err("no symbol; write ARPAbet such as HH AH0 L OW1".into());
    }
    // Without any stress the first vowel has it.
    if phones.iter().all(|&p| phone::stress(p).unwrap_or(0) == 0)
        && let Some(&first) = bare_vowels.first()
    {
        phones[first] = phone::with_stress(phones[first], 1);
    }
    Ok(phones)
}

#[cfg(test)]
mod tests;
