//! Words that the dictionary does not have, taken apart: possessives, plurals, past tenses, hyphens and
//! letters. What cannot be taken apart goes to the letter-to-sound model. Other endings and compounds are
//! left to the model as well: on held-out words it was right where joining known parts was wrong (compounds:
//! 269 against 43 of 458 where the two differed; plurals and past tenses: 51 against 113 of 155).

use super::lexicon::Lexicon;
use super::lts::LetterToSound;
use super::phone;

/// How often an ending may be taken off before the rest must be known or guessed.
const DEPTH_MAX: usize = 3;
/// The names of the letters a to z.
const LETTER_NAMES: [&str; 26] = [
    "EY1",
    "B IY1",
    "S IY1",
    "D IY1",
    "IY1",
    "EH1 F",
    "JH IY1",
    "EY1 CH",
    "AY1",
    "JH EY1",
    "K EY1",
    "EH1 L",
    "EH1 M",
    "EH1 N",
    "OW1",
    "P IY1",
    "K Y UW1",
    "AA1 R",
    "EH1 S",
    "T IY1",
    "Y UW1",
    "V IY1",
    "D AH1 B AH0 L Y UW0",
    "EH1 K S",
    "W AY1",
    "Z IY1",
];

/// The phones of a lower-case word that is not in the lexicon.
pub(super) fn pronounce(word: &str, lexicon: &Lexicon, model: &LetterToSound) -> Vec<u8> {
    Analysis { lexicon, model }.pronounce(word, 0)
}

/// Reads letters by their names; anything else is skipped.
pub(super) fn spell(word: &str) -> Vec<u8> {
    word.bytes()
        .filter(u8::is_ascii_alphabetic)
        .flat_map(|b| ids(LETTER_NAMES[usize::from(b.to_ascii_lowercase() - b'a')]))
        .collect()
}

/// Whether an unknown word in capitals is an abbreviation rather than a word written large.
pub(super) fn reads_as_letters(word: &str) -> bool {
    let vowels = word.chars().filter(|c| "AEIOUY".contains(*c)).count();
    word.len() <= 3 || vowels == 0 || (word.len() <= 5 && vowels == 1 && !can_be_said(word))
}

/// Two consonants that an English word may begin with.
const ONSETS: [&str; 26] = [
    "BL", "BR", "CH", "CL", "CR", "DR", "FL", "FR", "GL", "GR", "PL", "PR", "SC", "SH", "SK", "SL",
    "SM", "SN", "SP", "ST", "SW", "TH", "TR", "TW", "WH", "KN",
];

/// Whether a word of one vowel can be said as a word: "SCUM" can, "HVAC" cannot.
fn can_be_said(word: &str) -> bool {
    let shape: String =
        word.chars().map(|c| if "AEIOUY".contains(c) { 'v' } else { 'c' }).collect();
    match shape.find('v') {
        Some(1) => shape.ends_with("vc"),
        Some(2) => {
            shape.ends_with("vc") && word.get(..2).is_some_and(|onset| ONSETS.contains(&onset))
        }
        _ => false,
    }
}

fn ids(symbols: &str) -> Vec<u8> {
    symbols.split(' ').filter_map(phone::phone_id).collect()
}

struct Analysis<'a> {
    lexicon: &'a Lexicon,
    model: &'a LetterToSound,
}

impl Analysis<'_> {
    fn known(&self, word: &str) -> Option<Vec<u8>> {
        self.lexicon.get(word).into_iter().next()
    }

    fn pronounce(&self, word: &str, depth: usize) -> Vec<u8> {
        if let Some(known) = self.known(word) {
            return known;
        }
        if word.contains('-') && depth == 0 {
            return word.split('-').flat_map(|part| self.pronounce(part, 1)).collect();
        }
        if depth < DEPTH_MAX
            && let Some(base) = word
                .strip_suffix("'s")
                .or_else(|| word.strip_suffix("s'"))
                .filter(|b| !b.is_empty())
        {
            let mut phones = self.pronounce(base, depth + 1);
            add_s(&mut phones);
            return phones;
        }
        if !word.contains(['a', 'e', 'i', 'o', 'u', 'y']) && word.is_ascii() {
            return spell(word);
        }
        self.inflected(word).unwrap_or_else(|| self.model.guess(word))
    }

    /// Plurals and past tenses of known words.
    fn inflected(&self, word: &str) -> Option<Vec<u8>> {
        if let Some(base) =
            word.strip_suffix('s').filter(|b| b.len() > 2 && !b.ends_with(['s', 'u', 'i']))
        {
            let base =
                self.known(base).or_else(|| self.known(&format!("{}y", base.strip_suffix("ie")?)));
            let base = base.or_else(|| {
                let short = word.strip_suffix("es")?;
                self.known(short).filter(|_| short.ends_with(['s', 'x', 'z', 'h', 'o']))
            });
            if let Some(mut phones) = base {
                add_s(&mut phones);
                return Some(phones);
            }
        }
        let stem = word.strip_suffix("ed").filter(|s| s.len() > 2)?;
        let mut phones = self
            .known(&format!("{stem}e"))
            .or_else(|| self.known(stem))
            .or_else(|| self.known(&format!("{}y", stem.strip_suffix('i')?)))
            .or_else(|| self.known(undoubled(stem)?))?;
        add_d(&mut phones);
        Some(phones)
    }
}

/// "stopp" without its doubled consonant: "stop".
fn undoubled(stem: &str) -> Option<&str> {
    let bytes = stem.as_bytes();
    let (&a, &b) = (bytes.last()?, bytes.get(bytes.len().checked_sub(2)?)?);
    (a == b && a.is_ascii_lowercase() && !b"aeiou".contains(&a)).then(|| &stem[..stem.len() - 1])
}

/// The plural or possessive ending, as the last phone asks for it.
pub(super) fn add_s(phones: &mut Vec<u8>) {
    let ending = match phones.last().map_or("", |&p| phone::symbol(p)) {
        "S" | "Z" | "SH" | "ZH" | "CH" | "JH" => "IH0 Z",
        "P" | "T" | "K" | "F" | "TH" => "S",
        "" => return,
        _ => "Z",
    };
    phones.extend(ids(ending));
}

/// The past tense ending, as the last phone asks for it.
fn add_d(phones: &mut Vec<u8>) {
    let ending = match phones.last().map_or("", |&p| phone::symbol(p)) {
        "T" | "D" => "IH0 D",
        "P" | "K" | "F" | "TH" | "S" | "SH" | "CH" => "T",
        _ => "D",
    };
    phones.extend(ids(ending));
}
