//! How a final transcript is written for reading.
//!
//! The order is fixed: punctuation and casing word by word, so that no word is
//! gained or lost, then inverse normalisation of the punctuated text. The words
//! as recognised stay beside it: the dialog and its slots go on with them.

use hearsay_text::itn::{ItnOptions, Language, itn_with};

use crate::Models;

/// What is done to a final transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Formatting {
    /// Put in signs and capitals (English only; other languages stay as they
    /// are).
    pub punctuate: bool,
    /// Write numbers, amounts, dates and the like as figures.
    pub itn: Option<ItnOptions>,
}

impl Formatting {
    /// The words as they were recognised.
    pub const RAW: Self = Self { punctuate: false, itn: None };

    /// Everything on, for a language.
    pub fn of(language: Language) -> Self {
        let punctuate = language == Language::English;
        Self { punctuate, itn: Some(ItnOptions::new(language)) }
    }
}

impl Default for Formatting {
    fn default() -> Self {
        Self::of(Language::English)
    }
}

impl Models {
    /// Writes recognised words for reading.
    pub fn format(&self, words: &[&str], formatting: &Formatting) -> String {
        let text = match &self.punctuator {
            Some(punctuator) if formatting.punctuate => punctuator.restore(words).join(" "),
            _ => words.join(" "),
        };
        formatting.itn.as_ref().map_or_else(|| text.clone(), |options| itn_with(&text, options))
    }
}
