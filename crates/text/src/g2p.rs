//! Words to phones: how words are pronounced, in the symbols of [`inventory`] with stress.
//!
//! Spanish and Hindi go by rules ([`spanish`], [`hindi`]), English by a dictionary. An English word is
//! looked up in the [`lexicon`]; if it is not there it is taken apart (possessives, plurals, past tenses,
//! letters) and at last guessed by the [`lts`] model. Words with two pronunciations are settled by their
//! neighbours in [`homograph`]. Numbers and signs are words already: [`crate::normalize`]
//! comes first, and [`G2p::phonemize`] calls it. This module makes no sound and knows no durations.

use std::ops::Range;

use dictionary::PronunciationDictionary;

use crate::language::{self, Language};
use crate::normalize::{NormToken, Pause, bounded, normalize_spans_with};
use crate::plain::Plain;

pub mod dictionary;
pub mod hindi;
pub mod homograph;
pub mod inventory;
pub mod lexicon;
pub mod lts;
mod morphology;
mod pack;
pub mod phone;
pub mod spanish;

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
    /// Symbols of [`inventory`], vowels with stress; never empty. English words have ARPAbet alone.
    pub phones: Vec<&'static str>,
    /// The language that the word is pronounced in.
    pub language: Language,
    /// The silence that punctuation asks for behind it.
    pub pause_after: Pause,
}

/// The pronunciation of words: rules, and for English a dictionary and a model for the rest. Read-only and shared.
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

    /// Normalises an English text and pronounces every word of it; words in other scripts are left out.
    pub fn phonemize(&self, text: &str) -> Vec<SpokenWord> {
        self.phonemize_with(text, &PronunciationDictionary::default())
    }

    /// As [`G2p::phonemize`], where the words and phrases of `dictionary` are said as it says. Symbols in square
    /// brackets, `[SH AW1 M IY0]`, are said as they stand.
    pub fn phonemize_with(
        &self,
        text: &str,
        dictionary: &PronunciationDictionary,
    ) -> Vec<SpokenWord> {
        let plain = Plain::new(text);
        let whole = 0..bounded(plain.text()).len();
        self.phonemize_spans(&plain, &[(whole, Language::English)], dictionary)
    }

    /// Normalises a text and pronounces every word of it in its language. `language` is the language where
    /// nothing says otherwise ([`language::spans`]); without one it is detected.
    pub fn phonemize_in(&self, text: &str, language: Option<Language>) -> Vec<SpokenWord> {
        self.phonemize_as(text, language, &PronunciationDictionary::default())
    }

    /// As [`G2p::phonemize_in`], with a dictionary as in [`G2p::phonemize_with`].
    pub fn phonemize_as(
        &self,
        text: &str,
        language: Option<Language>,
        dictionary: &PronunciationDictionary,
    ) -> Vec<SpokenWord> {
        let plain = Plain::new(text);
        let default = language.unwrap_or_else(|| language::detect(plain.text()));
        self.phonemize_spans(&plain, &language::spans(plain.text(), default), dictionary)
    }

    fn phonemize_spans(
        &self,
        plain: &Plain,
        spans: &[(Range<usize>, Language)],
        dictionary: &PronunciationDictionary,
    ) -> Vec<SpokenWord> {
        let tokens = normalize_spans_with(plain.text(), spans, &|place| dictionary.hit(place));
        let words = split_tokens(plain, tokens, dictionary);
        let shouting = is_shouting(&words);
        let lower: Vec<String> = words.iter().map(|w| without_accents(&w.text)).collect();
        let pauses: Vec<bool> = words.iter().map(|w| w.pause > Pause::None).collect();
        let mut spoken: Vec<SpokenWord> = Vec::with_capacity(words.len());
        for i in 0..words.len() {
            let word = &words[i];
            let phones: Vec<&'static str> = match (&word.phones, word.language) {
                (None, Language::Spanish) => spanish::pronounce(&word.text, last_phone(&spoken)),
                (None, Language::Hindi) => hindi::pronounce(&word.text),
                _ => {
                    let ids = self.in_context(&words, i, (&lower, &pauses), shouting);
                    ids.into_iter().map(phone::symbol).collect()
                }
            };
            if phones.is_empty() {
                // Nothing to say (a foreign script, say): its pause goes to the word before.
                if let Some(last) = spoken.last_mut() {
                    last.pause_after = last.pause_after.max(word.pause);
                }
                continue;
            }
            spoken.push(SpokenWord {
                text: word.text.clone(),
                source: word.source.clone(),
                phones,
                language: word.language,
                pause_after: word.pause,
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
        let mut variants = self.lexicon.get(&without_accents(word));
        if variants.is_empty() {
            variants = vec![self.word_ids(word)];
        }
        variants.retain(|v| !v.is_empty());
        variants.into_iter().map(|v| v.into_iter().map(phone::symbol).collect()).collect()
    }

    /// Whether the dictionary has the word (in any case).
    pub fn knows(&self, word: &str) -> bool {
        self.lexicon.contains(&without_accents(word))
    }

    /// The phones of a word in its text; `around` holds the lower-case words and whether pauses follow them.
    fn in_context(
        &self,
        words: &[Word],
        i: usize,
        around: (&[String], &[bool]),
        shouting: bool,
    ) -> Vec<u8> {
        let word = words[i].text.as_str();
        if let Some(phones) = &words[i].phones {
            return phones.clone();
        }
        if let Some(letters) = self.acronym(word).filter(|_| !shouting) {
            return letters;
        }
        if word == "A" && is_letter_name(words, i) {
            return morphology::spell(word);
        }
        let spot = homograph::Spot {
            words: around.0,
            pauses: around.1,
            at: i,
            capital: word.starts_with(char::is_uppercase) && !shouting,
        };
        homograph::choose(&spot)
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
        let lower = without_accents(word);
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
    language: Language,
    /// Its pronunciation, where the text or the user's dictionary gives it.
    phones: Option<Vec<u8>>,
}

fn split_tokens(
    plain: &Plain,
    tokens: Vec<(NormToken, Language)>,
    dictionary: &PronunciationDictionary,
) -> Vec<Word> {
    let mut words = Vec::new();
    for (token, language) in tokens {
        let written = &plain.text()[token.source.clone()];
        let given = dictionary.phones(written).or_else(|| bracketed(written));
        if let Some(phones) = given {
            words.push(Word {
                text: written.trim_matches(['[', ']']).into(),
                source: plain.source(token.source),
                pause: token.pause_after,
                language,
                phones: Some(phones),
            });
            continue;
        }
        let count = token.spoken.split_whitespace().count();
        for (n, part) in token.spoken.split_whitespace().enumerate() {
            let inner = if part.ends_with(',') { Pause::Comma } else { Pause::None };
            let pause = if n + 1 == count { token.pause_after.max(inner) } else { inner };
            // A Latin word that Hindi left as it was is English.
            let latin = part.starts_with(|c: char| c.is_ascii_alphabetic());
            words.push(Word {
                text: part.trim_end_matches(',').into(),
                source: plain.source(token.source.clone()),
                pause,
                language: if latin && language == Language::Hindi {
                    Language::English
                } else {
                    language
                },
                phones: (language != Language::Spanish && is_code(written, part))
                    .then(|| morphology::spell(part)),
            });
        }
    }
    words
}

/// The last phone before the next word; none after a pause.
fn last_phone(spoken: &[SpokenWord]) -> Option<&'static str> {
    let last = spoken.last().filter(|w| w.pause_after == Pause::None)?;
    last.phones.last().copied()
}

/// Whether a word is the letters of a code such as "AB12", which are said one by one.
fn is_code(written: &str, part: &str) -> bool {
    written.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && written.contains(|c: char| c.is_ascii_digit())
        && (2..=3).contains(&part.len())
        && part.chars().all(|c| c.is_ascii_uppercase())
}

/// The phones of "[HH AH0 L OW1]".
fn bracketed(written: &str) -> Option<Vec<u8>> {
    let symbols = written.strip_prefix('[')?.strip_suffix(']')?;
    dictionary::arpabet(symbols).ok()
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
        let english = the.language == Language::English;
        if english
            && vowel
            && the.text.eq_ignore_ascii_case("the")
            && the.pause_after == Pause::None
        {
            the.phones = vec!["DH", "IY0"];
        }
    }
}

/// Lower case without accents and with the plain apostrophe, as the models know words.
pub fn without_accents(word: &str) -> String {
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
