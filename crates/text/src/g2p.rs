//! Words to phones: how English words are pronounced, in ARPAbet with stress.
//!
//! A word is looked up in the [`lexicon`]; if it is not there it is taken apart (possessives, plurals,
//! past tenses, letters) and at last guessed by the [`lts`] model. Words with two pronunciations are
//! settled by their neighbours in [`homograph`]. Numbers and signs are words already: [`crate::normalize`]
//! comes first, and [`G2p::phonemize`] calls it. This module makes no sound and knows no durations.

use std::ops::Range;

use crate::normalize::{Pause, normalize};

pub mod homograph;
pub mod lexicon;
pub mod lts;
mod morphology;
mod pack;
pub mod phone;

/// Why a packed file could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum G2pError {
    /// The bytes are not what they should be.
    #[error("{file}: {what}; rebuild it as the weights' card says")]
    Damaged {
        /// Which file.
        file: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// One spoken word with its pronunciation and its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenWord {
    /// The word as it is spoken.
    pub text: String,
    /// The bytes of the input that this word (maybe with others) speaks for.
    pub source: Range<usize>,
    /// ARPAbet symbols, vowels with stress; never empty.
    pub phones: Vec<&'static str>,
    /// The silence that punctuation asks for behind it.
    pub pause_after: Pause,
}

/// The pronunciation of English words: a dictionary and a model for the rest. Read-only and shared.
pub struct G2p {
    lexicon: lexicon::Lexicon,
    model: lts::LetterToSound,
}

/// Capitals that are letters in ordinary text although, in small letters, they are a word.
const LETTERS: [&str; 8] = ["US", "IT", "AM", "ID", "MA", "PA", "IDS", "WHO"];

impl G2p {
    /// Opens a packed dictionary and a letter-to-sound model.
    ///
    /// # Errors
    /// When either is damaged or something else.
    pub fn load(lexicon: &[u8], model: &[u8]) -> Result<Self, G2pError> {
        Ok(Self {
            lexicon: lexicon::Lexicon::load(lexicon)?,
            model: lts::LetterToSound::load(model)?,
        })
    }

    /// Normalises a text and pronounces every word of it.
    pub fn phonemize(&self, text: &str) -> Vec<SpokenWord> {
        let words = split_tokens(text);
        let shouting = is_shouting(&words);
        let mut spoken: Vec<SpokenWord> = Vec::with_capacity(words.len());
        for i in 0..words.len() {
            let phones = self.in_context(&words, i, shouting);
            if phones.is_empty() {
                // Nothing to say (a foreign script, say): its pause goes to the word before.
                if let Some(last) = spoken.last_mut() {
                    last.pause_after = last.pause_after.max(words[i].pause);
                }
                continue;
            }
            spoken.push(SpokenWord {
                text: words[i].text.clone(),
                source: words[i].source.clone(),
                phones: phones.into_iter().map(phone::symbol).collect(),
                pause_after: words[i].pause,
            });
        }
        article_before_vowel(&mut spoken);
        spoken
    }

    /// The phones of one word on its own, as symbols; empty only when it has no letters that can be read.
    pub fn word(&self, word: &str) -> Vec<&'static str> {
        self.word_ids(word).into_iter().map(phone::symbol).collect()
    }

    /// Every pronunciation that the dictionary lists for a word, the preferred one first; without the word in
    /// the dictionary, the one that [`G2p::word`] gives.
    pub fn pronunciations(&self, word: &str) -> Vec<Vec<&'static str>> {
        let mut variants = self.lexicon.get(&fold(word));
        if variants.is_empty() {
            variants = vec![self.word_ids(word)];
        }
        variants.retain(|v| !v.is_empty());
        variants.into_iter().map(|v| v.into_iter().map(phone::symbol).collect()).collect()
    }

    /// Whether the dictionary has the word (in any case).
    pub fn knows(&self, word: &str) -> bool {
        self.lexicon.contains(&fold(word))
    }

    fn in_context(&self, words: &[Word], i: usize, shouting: bool) -> Vec<u8> {
        let word = words[i].text.as_str();
        if let Some(letters) = self.acronym(word).filter(|_| !shouting) {
            return letters;
        }
        if word == "A" && is_letter_name(words, i) {
            return morphology::spell(word);
        }
        let lower = fold(word);
        let neighbours = homograph::Neighbours {
            before: [text_at(words, i.wrapping_sub(1)), text_at(words, i.wrapping_sub(2))],
            after: [text_at(words, i + 1), text_at(words, i + 2)],
        };
        homograph::choose(&lower, &neighbours)
            .map(|symbols| symbols.split(' ').filter_map(phone::phone_id).collect())
            .unwrap_or_else(|| self.word_ids(word))
    }

    /// The letters of a word in capitals that is no word, with its plural or possessive ending ("ATMs", "IRS's").
    fn acronym(&self, word: &str) -> Option<Vec<u8>> {
        let base = word
            .strip_suffix("'s")
            .or(word.strip_suffix("’s"))
            .or(word.strip_suffix('s'))
            .unwrap_or(word);
        let capitals = base.len() > 1 && base.chars().all(|c| c.is_ascii_uppercase());
        let letters =
            LETTERS.contains(&base) || (!self.knows(base) && morphology::reads_as_letters(base));
        if !capitals || !letters {
            return None;
        }
        let mut phones = morphology::spell(base);
        if base.len() < word.len() {
            morphology::add_s(&mut phones);
        }
        Some(phones)
    }

    fn word_ids(&self, word: &str) -> Vec<u8> {
        let lower = fold(word);
        if let Some(known) = self.lexicon.get(&lower).into_iter().next() {
            return known;
        }
        morphology::pronounce(&lower, &self.lexicon, &self.model)
    }
}

/// One word of a token.
struct Word {
    text: String,
    source: Range<usize>,
    pause: Pause,
}

fn split_tokens(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for token in normalize(text) {
        let count = token.spoken.split_whitespace().count();
        for (n, part) in token.spoken.split_whitespace().enumerate() {
            let inner = if part.ends_with(',') { Pause::Comma } else { Pause::None };
            let pause = if n + 1 == count { token.pause_after.max(inner) } else { inner };
            words.push(Word {
                text: part.trim_end_matches(',').into(),
                source: token.source.clone(),
                pause,
            });
        }
    }
    words
}

fn text_at(words: &[Word], i: usize) -> String {
    words.get(i).map_or(String::new(), |w| fold(&w.text))
}

/// Whether the text is written in capitals throughout, so that capitals say nothing about acronyms.
fn is_shouting(words: &[Word]) -> bool {
    let long = || words.iter().filter(|w| w.text.chars().filter(|c| c.is_alphabetic()).count() > 3);
    let capital = |w: &&Word| !w.text.chars().any(char::is_lowercase);
    long().count() >= 2 && long().all(|w| capital(&w))
}

/// Whether an "A" is the letter: beside another single letter, or inside a sentence.
fn is_letter_name(words: &[Word], i: usize) -> bool {
    let single = |w: Option<&Word>| {
        w.is_some_and(|w| {
            w.text.len() == 1 && w.text != "I" && w.text.chars().all(char::is_uppercase)
        })
    };
    let inside = i > 0 && words[i - 1].pause < Pause::Period;
    let last = words[i].pause > Pause::None || i + 1 == words.len();
    inside || last || single(words.get(i + 1))
}

/// "the" before a vowel is DH IY0.
fn article_before_vowel(words: &mut [SpokenWord]) {
    for i in 1..words.len() {
        let (before, here) = words.split_at_mut(i);
        let (Some(the), Some(next)) = (before.last_mut(), here.first()) else { continue };
        let vowel = next.phones.first().is_some_and(|p| p.ends_with(['0', '1', '2']));
        if vowel && the.text.eq_ignore_ascii_case("the") && the.pause_after == Pause::None {
            the.phones = vec!["DH", "IY0"];
        }
    }
}

/// Lower case without accents and with the plain apostrophe.
fn fold(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).map(unaccented).collect()
}

/// The base letter of the accented letters of western European names; other characters stay.
fn unaccented(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' | 'ß' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        '’' | 'ʼ' => '\'',
        other => other,
    }
}

#[cfg(test)]
mod tests;
