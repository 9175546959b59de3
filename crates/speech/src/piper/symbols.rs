//! Our phones as the letters of the phonetic alphabet that Piper's voices were trained on.
//!
//! Piper's voices read what eSpeak NG writes with `--ipa`, one Unicode character a symbol: the stress mark stands before
//! the vowel, not before the syllable, length is a character of its own, and each language has its habits (dental stops
//! are plain `t` and `d`; Hindi's palatals are `c` and `ɟ`). What it is not: a converter to IPA as linguists write it.

use crate::synthesiser::{Pause, SpokenWord};

/// Languages whose habits differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    English,
    Hindi,
    /// Five plain vowels without length; Spanish among them.
    Plain,
}

impl Habit {
    /// By the name of an eSpeak voice, such as `en-us`.
    pub(super) fn of(voice: &str) -> Self {
        match voice.split(['-', '_']).next().unwrap_or_default() {
            "en" => Self::English,
            "hi" => Self::Hindi,
            _ => Self::Plain,
        }
    }
}

/// English words of one syllable that carry no stress in a sentence, as a rule.
const UNSTRESSED: [&str; 51] = [
    "a", "an", "the", "of", "to", "in", "on", "at", "is", "it", "its", "and", "or", "but", "for",
    "from", "with", "as", "by", "be", "been", "was", "were", "are", "am", "do", "does", "can",
    "could", "will", "would", "shall", "should", "has", "have", "had", "he", "she", "they", "we",
    "you", "i", "me", "him", "her", "us", "them", "my", "your", "our", "their",
];

/// The same in Spanish.
const UNSTRESSED_SPANISH: [&str; 33] = [
    "a", "al", "con", "de", "del", "e", "el", "en", "la", "las", "le", "les", "lo", "los", "me",
    "mi", "mis", "nos", "o", "os", "por", "que", "se", "si", "sin", "su", "sus", "te", "tu", "tus",
    "u", "un", "y",
];

/// A symbol and the word that it belongs to.
pub(super) type Marked = (char, Option<usize>);

/// A sentence in symbols; the word's number is there for those that belong to a word.
///
/// # Errors
/// The word and the phone that no symbol is known for.
pub(super) fn sentence(words: &[SpokenWord], habit: Habit) -> Result<Vec<Marked>, (usize, String)> {
    let mut out = Vec::new();
    for (number, word) in words.iter().enumerate() {
        let text = spell(word, habit).map_err(|phone| (number, phone))?;
        out.extend(text.chars().map(|symbol| (symbol, Some(number))));
        let last = number + 1 == words.len();
        if let Some(mark) = mark_after(word.after, last) {
            out.push((mark, None));
        }
        if !last {
            out.push((' ', None));
        }
    }
    Ok(out)
}

fn mark_after(pause: Option<Pause>, last: bool) -> Option<char> {
    match pause {
        Some(Pause::Comma) if !last => Some(','),
        Some(Pause::Question) => Some('?'),
        None if !last => None,
        _ => Some('.'),
    }
}

/// One phone taken apart.
#[derive(Clone, Copy)]
struct Phone<'a> {
    /// Without stress and nasality.
    base: &'a str,
    vowel: bool,
    stress: Option<char>,
    nasal: bool,
}

impl<'a> Phone<'a> {
    fn parse(text: &'a str) -> Self {
        let stressed = text.strip_suffix(['0', '1', '2']);
        let nasal = text.strip_suffix('~');
        let stress = stressed.and_then(|_| text.chars().last());
        let base = stressed.or(nasal).unwrap_or(text);
        Self { base, vowel: stressed.or(nasal).is_some(), stress, nasal: nasal.is_some() }
    }
}

/// One word in symbols.
fn spell(word: &SpokenWord, habit: Habit) -> Result<String, String> {
    let phones: Vec<Phone> = word.phones.iter().map(|phone| Phone::parse(phone)).collect();
    let syllables = phones.iter().filter(|phone| phone.vowel).count();
    let unstressed: &[&str] = match habit {
        Habit::English => &UNSTRESSED,
        Habit::Plain => &UNSTRESSED_SPANISH,
        Habit::Hindi => &[],
    };
    let quiet = syllables == 1 && unstressed.contains(&word.text.to_lowercase().as_str());
    let mut out = String::new();
    for (at, phone) in phones.iter().enumerate() {
        match phone.stress {
            Some('1') if !quiet => out.push('ˈ'),
            Some('2') if !quiet => out.push('ˌ'),
            _ => {}
        }
        if habit == Habit::English && flaps(&phones, at) {
            out.push('ɾ');
            continue;
        }
        out.push_str(symbols(phone, habit, quiet).ok_or_else(|| word.phones[at].clone())?);
        if phone.nasal {
            // The mark goes on the vowel, before its length.
            let long = out.ends_with('ː').then(|| out.pop()).flatten();
            out.push('\u{303}');
            out.extend(long);
        }
    }
    Ok(out)
}

/// Whether an American t here is a tap: between a vowel and one without stress.
fn flaps(phones: &[Phone], at: usize) -> bool {
    let before = at.checked_sub(1).is_some_and(|before| phones[before].vowel);
    let after = phones.get(at + 1).is_some_and(|next| next.vowel && next.stress == Some('0'));
    phones[at].base == "T" && before && after
}

/// The characters of a phone.
fn symbols(phone: &Phone, habit: Habit, quiet: bool) -> Option<&'static str> {
    let stressed = phone.stress != Some('0') && !quiet;
    if habit == Habit::Hindi
        && let Some(own) = hindi(phone.base, stressed)
    {
        return Some(own);
    }
    let own = match phone.base {
        "AA" => "ɑː",
        "AE" => "æ",
        "AH" if stressed && !phone.nasal => "ʌ",
        "AH" => "ə",
        "AO" => "ɔː",
        "AW" => "aʊ",
        "AY" => "aɪ",
        "EH" => "ɛ",
        "ER" if stressed => "ɜː",
        "ER" => "ɚ",
        "EY" => "eɪ",
        "IH" => "ɪ",
        "IY" if stressed => "iː",
        "IY" => "i",
        "OW" => "oʊ",
        "OY" => "ɔɪ",
        "UH" => "ʊ",
        "UW" => "uː",
        "a" => "a",
        "e" => "e",
        "i" => "i",
        "o" => "o",
        "u" => "u",
        other => return consonant(other),
    };
    Some(own)
}

/// What eSpeak's Hindi writes in its own way.
fn hindi(base: &str, stressed: bool) -> Option<&'static str> {
    Some(match base {
        "a" => "aː",
        "e" => "eː",
        "i" => "iː",
        "o" => "oː",
        "u" => "uː",
        "EH" => "ɛː",
        "AH" if stressed => "ʌ",
        "JH" => "ɟ",
        "tɕ" | "CH" => "c",
        // Breath is one symbol, voiced or not.
        "ʱ" => "ʰ",
        _ => return None,
    })
}

fn consonant(base: &str) -> Option<&'static str> {
    Some(match base {
        "B" => "b",
        "CH" | "tɕ" => "tʃ",
        "D" | "d" => "d",
        "DH" => "ð",
        "F" => "f",
        "G" => "ɡ",
        "HH" => "h",
        "JH" => "dʒ",
        "K" | "k" => "k",
        "L" => "l",
        "M" => "m",
        "N" => "n",
        "NG" => "ŋ",
        "P" | "p" => "p",
        "R" => "ɹ",
        "S" => "s",
        "SH" => "ʃ",
        "T" | "t" => "t",
        "TH" => "θ",
        "V" => "v",
        "W" => "w",
        "Y" => "j",
        "Z" => "z",
        "ZH" => "ʒ",
        "β" => "β",
        "ɣ" => "ɣ",
        "x" => "x",
        "ɾ" => "ɾ",
        "r" => "r",
        "ɲ" => "ɲ",
        "ʝ" => "ʝ",
        "ʈ" => "ʈ",
        "ɖ" => "ɖ",
        "ɳ" => "ɳ",
        "ɽ" => "ɽ",
        "ʋ" => "ʋ",
        "ʰ" => "ʰ",
        "ʱ" => "ʱ",
        _ => return None,
    })
}

/// What stands in for a symbol that a voice was not trained on; an empty string passes it over.
pub(super) fn instead_of(symbol: char) -> Option<&'static str> {
    Some(match symbol {
        'ɚ' => "əɹ",
        'ɜ' => "ə",
        'ʝ' => "j",
        'β' => "b",
        'ɾ' => "r",
        'ɹ' => "r",
        'ʋ' => "v",
        'ʱ' => "ʰ",
        'ɟ' => "dʒ",
        'ɡ' => "g",
        'ˈ' | 'ˌ' | 'ː' | 'ʰ' | '\u{303}' | '\u{32a}' | ',' | '.' | '?' => "",
        _ => return None,
    })
}
