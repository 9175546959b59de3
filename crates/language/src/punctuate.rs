//! Signs and capitals for what a recogniser wrote: one written word for every
//! spoken word, so that word times stay right.
//!
//! A small net looks at the words around each word, four ahead and all before,
//! and chooses the sign after it (none, comma, full stop, question mark) and its
//! case (lower, capitalised, all capitals). [`Punctuator::restore`] is for a
//! whole turn, [`PunctuateStream`] for one that still grows; both give the same.
//!
//! It puts no word right, writes no number in digits (that is inverse text
//! normalisation, which comes after) and makes no exclamation mark. English.
//! Weights come from `training/punctuate`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::LanguageError;
use crate::word_net::{Features, Net, State, bare};

#[cfg(test)]
mod tests;

/// Words of look-ahead: a word is certain when this many more are known.
pub const LOOK_AHEAD_WORDS: usize = 4;
/// Words computed at once; a longer turn is computed in windows of this many,
/// which changes nothing but the memory it takes.
pub const WINDOW_WORDS_MAX: usize = 1000;

/// Kinds of signs: none, comma, full stop, question mark.
const SIGNS: usize = 4;
/// Kinds of cases: lower, capitalised, all capitals.
const CASES: usize = 3;
/// How a weight file begins.
const MAGIC: &str = "HPU1";

/// Words with a capital wherever they stand.
const ALWAYS: [&str; 5] = ["i", "i'm", "i'll", "i've", "i'd"];

/// The punctuation model: immutable, one for all calls.
///
/// ```no_run
/// use hearsay_language::punctuate::Punctuator;
///
/// let punctuator = Punctuator::load(&std::fs::read("punctuate_en.bin")?)?;
/// let words = ["what", "time", "do", "you", "open"];
/// assert_eq!(punctuator.restore(&words).join(" "), "What time do you open?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Punctuator {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    net: Net,
    /// Lower-case word to how it is written, where that is neither capitalised
    /// nor all capitals ("GitHub").
    mixed: HashMap<String, String>,
}

impl Punctuator {
    /// Reads the punctuation weights.
    ///
    /// # Errors
    /// When the bytes are no such file.
    pub fn load(bytes: &[u8]) -> Result<Self, LanguageError> {
        let bad = |what| LanguageError::Punctuation { what };
        let (net, rest) = Net::parse(bytes, MAGIC, &[SIGNS, CASES]).map_err(bad)?;
        let text = std::str::from_utf8(rest)
            .map_err(|error| bad(format!("its list of mixed-case words: {error}")))?;
        let mixed = text.lines().map(|word| (word.to_ascii_lowercase(), word.to_owned())).collect();
        Ok(Self { shared: Arc::new(Shared { net, mixed }) })
    }

    /// The words of a whole turn with case and signs put on: exactly one for each.
    ///
    /// A word that is not of a to z and apostrophes alone keeps how it is written
    /// and may get a sign; one that has a sign gets no other. An empty word stays
    /// empty. Any number of words may be given.
    pub fn restore(&self, words: &[&str]) -> Vec<String> {
        let mut stream = self.stream();
        let mut out = Vec::with_capacity(words.len());
        for window in words.chunks(WINDOW_WORDS_MAX) {
            out.extend(stream.take(window, false));
        }
        out.extend(stream.finish());
        out
    }

    /// A turn that still grows.
    pub fn stream(&self) -> PunctuateStream {
        PunctuateStream {
            shared: Arc::clone(&self.shared),
            state: State::new(),
            waiting: VecDeque::new(),
            begins: true,
        }
    }
}

/// One turn's words as they come. What it has given out it never changes.
///
/// A clone goes on by itself: finish a clone to see how the turn would read if it
/// ended here.
#[derive(Debug, Clone)]
pub struct PunctuateStream {
    shared: Arc<Shared>,
    state: State,
    /// Words not yet certain, at most [`LOOK_AHEAD_WORDS`] between calls.
    waiting: VecDeque<String>,
    /// Whether the next word to give out begins a sentence.
    begins: bool,
}

impl PunctuateStream {
    /// Takes the next word; gives those that became certain, none or one.
    pub fn push(&mut self, word: &str) -> Vec<String> {
        self.take(&[word], false)
    }

    /// Ends the turn; gives the words that were left.
    pub fn finish(mut self) -> Vec<String> {
        self.take(&[], true)
    }

    fn take(&mut self, words: &[&str], last: bool) -> Vec<String> {
        let features: Vec<_> = words.iter().map(|word| Features::new(word)).collect();
        self.waiting.extend(words.iter().map(|&word| word.to_owned()));
        let found = self.shared.net.advance(&mut self.state, &features, last);
        let mut out = Vec::with_capacity(found.len());
        let words = found[0].as_chunks::<SIGNS>().0.iter().zip(found[1].as_chunks::<CASES>().0);
        for (signs, cases) in words {
            let Some(word) = self.waiting.pop_front() else { break };
            out.push(self.write(word, signs, cases));
        }
        out
    }

    /// A word with its case and sign.
    fn write(&mut self, word: String, signs: &[f32], cases: &[f32]) -> String {
        let begins = self.begins;
        let bare = bare(&word);
        if bare.len() < word.len() {
            self.begins = word.ends_with(['.', '?', '!']);
            return word;
        }
        if word.is_empty() {
            return word;
        }
        let sign = [None, Some(','), Some('.'), Some('?')][best(signs)];
        self.begins = matches!(sign, Some('.' | '?'));
        let plain = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'');
        let mut out = if plain { self.cased(word, best(cases), begins) } else { word };
        out.extend(sign);
        out
    }

    fn cased(&self, word: String, case: usize, begins: bool) -> String {
        if case == 0 && !begins && !ALWAYS.contains(&word.as_str()) {
            return word;
        }
        if let Some(mixed) = self.shared.mixed.get(&word) {
            return mixed.clone();
        }
        // The ending of "the API's" is no part of the name.
        let capitals = if case == 2 { word.find('\'').unwrap_or(word.len()) } else { 1 };
        word.char_indices()
            .map(|(at, c)| if at < capitals { c.to_ascii_uppercase() } else { c })
            .collect()
    }
}

/// The place of the largest number.
pub(crate) fn best(logits: &[f32]) -> usize {
    (1..logits.len()).fold(0, |best, i| if logits[i] > logits[best] { i } else { best })
}
