//! The pronouncing dictionary: sorted words, front-coded in blocks, with one or more pronunciations each.
//! It answers exact look-ups; guessing unknown words is the business of [`super::lts`].
//!
//! Two byte streams stand side by side. *Words*, in blocks of [`BLOCK`]: shared-prefix length, suffix
//! length, suffix. *Phones*: phone ids plus 2, [`VARIANT`] between pronunciations, [`END`] after a word.

use super::{G2pError, pack, phone};

const MAGIC: &[u8; 4] = b"HLX1";
const FILE: &str = "lexicon";
/// Words between two full spellings; a look-up scans at most this many.
const BLOCK: usize = 16;
/// Ends a word's pronunciations in the phone stream.
const END: u8 = 0;
/// Separates two pronunciations of one word in the phone stream.
const VARIANT: u8 = 1;
/// Added to a phone id in the phone stream, to leave room for the two marks.
const PHONE_BASE: u8 = 2;
/// A longer word is not in any dictionary.
const WORD_BYTES_MAX: usize = 63;

/// A read-only dictionary from lower-case words to pronunciations.
pub struct Lexicon {
    words: Vec<u8>,
    phones: Vec<u8>,
    /// For each block, where it starts in `words` and in `phones`.
    blocks: Vec<(u32, u32)>,
    len: usize,
}

impl Lexicon {
    /// Opens a packed dictionary (see [`encode`]).
    ///
    /// # Errors
    /// When the bytes are not a packed dictionary or are damaged.
    pub fn load(bytes: &[u8]) -> Result<Self, G2pError> {
        let damaged = |what| G2pError::Damaged { file: FILE, what };
        let mut streams = pack::read(FILE, MAGIC, bytes)?.into_iter();
        let (Some(words), Some(phones)) = (streams.next(), streams.next()) else {
            return Err(damaged("fewer than two streams"));
        };
        if phones.iter().any(|&p| usize::from(p) >= phone::PHONES.len() + usize::from(PHONE_BASE)) {
            return Err(damaged("a phone outside the inventory"));
        }
        let mut blocks = Vec::new();
        let (mut w, mut p, mut len) = (0, 0, 0);
        while w < words.len() {
            if len % BLOCK == 0 {
                blocks.push((w as u32, p as u32));
            }
            let suffix = words.get(w + 1).map(|&n| usize::from(n)).ok_or(damaged("cut short"))?;
            w += 2 + suffix;
            let end = phones.get(p..).and_then(|rest| rest.iter().position(|&b| b == END));
            p += end.ok_or(damaged("a word without phones"))? + 1;
            len += 1;
        }
        if w != words.len() {
            return Err(damaged("cut short"));
        }
        Ok(Self { words, phones, blocks, len })
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no word at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The pronunciations of a lower-case word as phone ids, the preferred one first; empty when unknown.
    pub fn get(&self, word: &str) -> Vec<Vec<u8>> {
        self.find(word.as_bytes()).map(|at| self.variants(at)).unwrap_or_default()
    }

    /// Whether the lower-case word is in the dictionary.
    pub fn contains(&self, word: &str) -> bool {
        self.find(word.as_bytes()).is_some()
    }

    /// Where the word's pronunciations start in `phones`.
    fn find(&self, word: &[u8]) -> Option<usize> {
        if word.is_empty() || word.len() > WORD_BYTES_MAX {
            return None;
        }
        let after = self.blocks.partition_point(|&(w, _)| self.head(w as usize) <= word);
        let &(w, p) = self.blocks.get(after.checked_sub(1)?)?;
        let (mut w, mut p) = (w as usize, p as usize);
        let mut current: Vec<u8> = Vec::with_capacity(WORD_BYTES_MAX);
        for _ in 0..BLOCK {
            let (&prefix, &suffix) = (self.words.get(w)?, self.words.get(w + 1)?);
            current.truncate(usize::from(prefix));
            let end = w + 2 + usize::from(suffix);
            current.extend_from_slice(self.words.get(w + 2..end)?);
            match current.as_slice().cmp(word) {
                std::cmp::Ordering::Equal => return Some(p),
                std::cmp::Ordering::Greater => return None,
                std::cmp::Ordering::Less => {}
            }
            w = end;
            p += self.phones.get(p..)?.iter().position(|&b| b == END)? + 1;
        }
        None
    }

    /// The full spelling of a block's first word.
    fn head(&self, w: usize) -> &[u8] {
        let suffix = self.words.get(w + 1).map_or(0, |&n| usize::from(n));
        self.words.get(w + 2..w + 2 + suffix).unwrap_or_default()
    }

    fn variants(&self, at: usize) -> Vec<Vec<u8>> {
        let entry = self.phones[at..].split(|&b| b == END).next().unwrap_or_default();
        entry
            .split(|&b| b == VARIANT)
            .map(|v| v.iter().map(|&b| b - PHONE_BASE).collect())
            .collect()
    }
}

/// Packs words (lower case, sorted by bytes, none twice) with their pronunciations as phone ids.
///
/// # Errors
/// When the words are not sorted, one is empty or too long, or one has no phone.
pub fn encode(entries: &[(String, Vec<Vec<u8>>)]) -> Result<Vec<u8>, G2pError> {
    let damaged = |what| G2pError::Damaged { file: FILE, what };
    let (mut words, mut phones) = (Vec::new(), Vec::new());
    let mut last: &[u8] = b"";
    for (i, (word, variants)) in entries.iter().enumerate() {
        let word = word.as_bytes();
        if word <= last || word.len() > WORD_BYTES_MAX {
            return Err(damaged("words must be sorted, distinct and at most 63 bytes"));
        }
        if variants.is_empty() || variants.iter().any(Vec::is_empty) {
            return Err(damaged("a word without phones"));
        }
        let shared = last.iter().zip(word).take_while(|(a, b)| a == b).count();
        let prefix = if i % BLOCK == 0 { 0 } else { shared };
        words.extend_from_slice(&[prefix as u8, (word.len() - prefix) as u8]);
        words.extend_from_slice(&word[prefix..]);
        for (v, variant) in variants.iter().enumerate() {
            if v > 0 {
                phones.push(VARIANT);
            }
            phones.extend(variant.iter().map(|&p| p + PHONE_BASE));
        }
        phones.push(END);
        last = word;
    }
    Ok(pack::write(MAGIC, &[words, phones]))
}

/// Reads the text form of CMUdict: `word P1 P2 ...`, variants as `word(2)`, comments after `#`.
/// Entries whose phones are not in the inventory are left out.
pub fn parse_cmudict(text: &str) -> Vec<(String, Vec<Vec<u8>>)> {
    let mut entries: std::collections::BTreeMap<Vec<u8>, Vec<Vec<u8>>> =
        std::collections::BTreeMap::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut fields = line.split_whitespace();
        let Some(word) = fields.next() else { continue };
        let word = word.split('(').next().unwrap_or_default().to_lowercase();
        let phones: Option<Vec<u8>> = fields.map(phone::phone_id).collect();
        match phones {
            Some(p) if !p.is_empty() && !word.is_empty() && word.len() <= WORD_BYTES_MAX => {
                entries.entry(word.into_bytes()).or_default().push(p);
            }
            _ => {}
        }
    }
    entries.into_iter().filter_map(|(w, v)| Some((String::from_utf8(w).ok()?, v))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "a AH0\na(2) EY1\nread R EH1 D\nread(2) R IY1 D # verb\nreads R IY1 D Z\n";

    #[test]
    fn packs_and_finds_every_word() -> Result<(), G2pError> {
        let mut text = SAMPLE.to_string();
        for i in 0..200 {
            let (a, b) = (char::from(b'a' + (i / 26) as u8), char::from(b'a' + (i % 26) as u8));
            text.push_str(&format!("wo{a}{b} W OW1 {}\n", if i % 2 == 0 { "B" } else { "D" }));
        }
        let entries = parse_cmudict(&text);
        let lexicon = Lexicon::load(&encode(&entries)?)?;
        assert_eq!(lexicon.len(), 203);
        for (word, variants) in &entries {
            assert_eq!(&lexicon.get(word), variants, "{word}");
        }
        for absent in ["", "aa", "rea", "readz", "zzz", "wo", "é"] {
            assert!(!lexicon.contains(absent), "{absent}");
        }
        Ok(())
    }

    #[test]
    fn damaged_bytes_are_an_error() -> Result<(), G2pError> {
        let good = encode(&parse_cmudict(SAMPLE))?;
        for cut in 0..good.len() {
            assert!(Lexicon::load(&good[..cut]).is_err(), "cut at {cut}");
        }
        Ok(())
    }
}
