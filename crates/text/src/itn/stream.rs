//! Inverse normalisation of words as they come: what no later word can change is given out at once.

use std::cell::Cell;

use super::words::{self, Context, Word};
use super::{BEFORE_WORDS_MAX, ItnOptions, put, rewrite};
use crate::normalize::bounded;

/// Rewrites words one by one. The texts that [`ItnStream::push`] and [`ItnStream::finish`] give,
/// put together, are what [`super::itn_with`] makes of the words joined by spaces, and text that
/// was given out never changes.
///
/// A word is held back while a rule still wants to see what follows: "twenty" waits for "five",
/// "john" for "at". A sign after a word ("five dollars.") ends the wait. Never more than
/// [`super::RUN_WORDS_MAX`] words are held.
///
/// ```
/// use hearsay_text::itn::{ItnOptions, ItnStream};
/// let mut stream = ItnStream::new(ItnOptions::default());
/// let mut text = String::new();
/// for word in ["send", "twenty", "five", "dollars", "today"] {
///     text.push_str(&stream.push(word));
/// }
/// assert_eq!(text, "send $25");
/// text.push_str(&stream.finish());
/// assert_eq!(text, "send $25 today");
/// ```
#[derive(Debug, Clone)]
pub struct ItnStream {
    options: ItnOptions,
    /// The last words that were given out, for rules that look back.
    before: Vec<Word>,
    /// Words whose text may still change.
    held: Vec<Word>,
    started: bool,
}

impl ItnStream {
    /// A stream at the start of an utterance.
    pub fn new(options: ItnOptions) -> Self {
        Self { options, before: Vec::new(), held: Vec::new(), started: false }
    }

    /// Takes the next word, with the punctuation that belongs to it, and returns the text that is
    /// now certain; it may be empty. Spaces between words are part of the text. A word is read up
    /// to [`crate::normalize::TEXT_BYTES_MAX`] bytes; one with spaces inside counts as several.
    pub fn push(&mut self, word: &str) -> String {
        let word = bounded(word).trim();
        if word.is_empty() {
            return String::new();
        }
        let mut words = self.options.split(word);
        if let Some(first) = words.first_mut().filter(|_| self.started) {
            first.gap = " ".into();
        }
        self.started = true;
        self.held.append(&mut words);
        self.commit(false)
    }

    /// The rest of the text, at the end of the utterance.
    pub fn finish(mut self) -> String {
        self.commit(true)
    }

    /// How many words are held back at the moment.
    pub fn held_words(&self) -> usize {
        self.held.len()
    }

    fn commit(&mut self, last: bool) -> String {
        let mut out = String::new();
        let mut done = 0;
        while done < self.held.len() {
            let missed = Cell::new(false);
            let run = words::unbroken(&self.held[done..], (!last).then_some(&missed));
            let context = Context { before: &self.before, options: &self.options };
            let written = rewrite(run, context);
            if missed.get() {
                break;
            }
            let count = put(&mut out, &self.held[done..], written);
            self.before.extend_from_slice(&self.held[done..done + count]);
            let surplus = self.before.len().saturating_sub(BEFORE_WORDS_MAX);
            self.before.drain(..surplus);
            done += count;
        }
        self.held.drain(..done);
        out
    }
}
