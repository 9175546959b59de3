//! Text to hashed n-grams, the router's only view of an utterance.
//!
//! Words without case and punctuation; word 1-2-grams with the utterance's
//! edges, and character 3-5-grams inside each word with the word's edges, so
//! that a misheard or inflected word still shares most of its features. Each
//! feature is hashed by FNV-1a 32 and folded to 15 bits. It is the exact twin of
//! `training/router/features.py`; a golden test holds the two together.

/// Number of hash buckets.
pub const BUCKETS: usize = 1 << 15;
/// Characters of an utterance that are looked at; the rest is ignored.
pub const UTTERANCE_CHARS_MAX: usize = 2000;
/// Words of an utterance that are looked at.
pub const WORDS_MAX: usize = 200;
/// Characters of one word that are looked at.
pub const WORD_CHARS_MAX: usize = 40;

/// FNV-1a over 32 bits, fed piece by piece.
#[derive(Clone, Copy)]
struct Fnv(u32);

impl Fnv {
    fn new() -> Self {
        Self(0x811c_9dc5)
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        Self(
            bytes
                .iter()
                .fold(self.0, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)),
        )
    }

    fn chars(self, chars: &[char]) -> Self {
        chars.iter().fold(self, |hash, char| hash.bytes(char.encode_utf8(&mut [0; 4]).as_bytes()))
    }

    /// Folds 32 bits to a bucket, as FNV's authors advise.
    fn bucket(self) -> u16 {
        // The mask keeps 15 bits, so nothing is lost.
        #[allow(clippy::cast_possible_truncation)]
        let bucket = ((self.0 ^ (self.0 >> 15)) as usize & (BUCKETS - 1)) as u16;
        bucket
    }
}

/// Lower-cased words of an utterance. Apostrophes vanish ("don't" is "dont")
/// and every ASCII digit reads 0; all other punctuation separates.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word: Vec<char> = Vec::new();
    for char in text.chars().take(UTTERANCE_CHARS_MAX) {
        if matches!(char, '\'' | '\u{2019}') {
            continue;
        }
        if is_word_char(char) {
            word.extend(
                char.to_lowercase().map(|lower| if lower.is_ascii_digit() { '0' } else { lower }),
            );
        } else {
            close(&mut word, &mut found);
        }
    }
    close(&mut word, &mut found);
    found.truncate(WORDS_MAX);
    found
}

fn close(word: &mut Vec<char>, found: &mut Vec<String>) {
    if !word.is_empty() {
        found.push(word.iter().take(WORD_CHARS_MAX).collect());
        word.clear();
    }
}

/// Letters, digits and marks of any script, by a rule simple enough to be the
/// same in every language and Unicode version.
fn is_word_char(char: char) -> bool {
    match u32::from(char) {
        0..0x80 => char.is_ascii_alphanumeric(),
        0x80..0xc0 | 0xd7 | 0xf7 | 0x2000..=0x2bff | 0x3000..=0x303f | 0xfeff => false,
        _ => true,
    }
}

/// Buckets of an utterance's features, with repeats; empty where it has no word.
pub fn features(text: &str) -> Vec<u16> {
    features_of(&words(text))
}

/// Buckets of the features of words as [`words`] gives them.
pub(crate) fn features_of(words: &[String]) -> Vec<u16> {
    let mut found: Vec<u16> = words.iter().flat_map(|word| word_features(word)).collect();
    if !words.is_empty() {
        found.extend(pair_features(words));
    }
    found
}

/// Buckets of each two neighbours, the utterance's edges being `^` and `$`.
pub(crate) fn pair_features(words: &[String]) -> Vec<u16> {
    let mut before = "^";
    let mut found = Vec::with_capacity(words.len() + 1);
    for word in words.iter().map(String::as_str).chain(std::iter::once("$")) {
        let pair = Fnv::new().bytes(b"b").bytes(before.as_bytes()).bytes(b" ");
        found.push(pair.bytes(word.as_bytes()).bucket());
        before = word;
    }
    found
}

/// Buckets of one word: itself, then its character 3-, 4- and 5-grams.
pub(crate) fn word_features(word: &str) -> Vec<u16> {
    let mut found = vec![Fnv::new().bytes(b"w").bytes(word.as_bytes()).bucket()];
    let edged: Vec<char> =
        std::iter::once('<').chain(word.chars()).chain(std::iter::once('>')).collect();
    for size in 3..=5 {
        found.extend(edged.windows(size).map(|gram| Fnv::new().bytes(b"c").chars(gram).bucket()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_case_punctuation_and_digits() {
        assert_eq!(words("Don't charge $45.20, OK?"), ["dont", "charge", "00", "00", "ok"]);
        assert_eq!(words("¿Dónde está mi TARJETA…?"), ["dónde", "está", "mi", "tarjeta"]);
        assert_eq!(words("मेरा कार्ड खो गया"), ["मेरा", "कार्ड", "खो", "गया"]);
        assert!(words(" ... !? ").is_empty());
    }

    #[test]
    fn case_and_punctuation_do_not_change_features() {
        assert_eq!(features("I lost my card."), features("i lost my card"));
    }

    #[test]
    fn a_word_has_itself_its_grams_and_its_neighbours() {
        // <no>: two 3-grams and one 4-gram; the word; two pairs with the edges.
        assert_eq!(features("no").len(), 1 + 3 + 2);
        assert!(features("").is_empty());
    }

    #[test]
    fn fnv_is_the_published_one() {
        assert_eq!(Fnv::new().bytes(b"foobar").0, 0xbf9c_f968);
    }

    #[test]
    fn endless_text_is_bounded() {
        let endless = "supercalifragilistic ".repeat(10_000);
        assert!(words(&endless).len() <= WORDS_MAX);
        assert_eq!(words(&"a".repeat(100_000))[0].len(), WORD_CHARS_MAX);
    }
}
