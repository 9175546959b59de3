//! A word's rows in the tables of a word net: two hashes of the whole
//! word, one each of its ends, and one of the word with the one before. No word
//! list: every word has rows, and a word never seen still has the rows of its
//! ending. The twin of `training/punctuate/features.py`.

/// Rows for whole words.
pub(super) const WORD_ROWS: usize = 1 << 15;
/// Rows for the beginnings and ends of words.
pub(super) const AFFIX_ROWS: usize = 1 << 13;
/// Rows of the whole table.
pub(super) const ROWS: usize = WORD_ROWS + AFFIX_ROWS;
/// Rows that one word adds up.
pub(super) const ROWS_A_WORD: usize = 5;

/// Rows for a word together with the one before.
pub(super) const PAIR_ROWS: usize = 1 << 17;

/// What stands for a word with digits in it.
const DIGITS: &[u8] = b"<digits>";
/// What stands for a word with other characters than letters and apostrophes.
const OTHER: &[u8] = b"<other>";

/// What the net knows a word by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features {
    /// Its rows in the table of words.
    pub rows: [usize; ROWS_A_WORD],
    /// Its hash, which the next word's pair needs.
    hash: u64,
}

impl Features {
    /// Of a word; its case and signs after it make no difference.
    pub fn new(word: &str) -> Self {
        let bare = bare(word);
        if bare.chars().any(|c| c.is_ascii_digit()) {
            return Self::of(DIGITS);
        }
        if bare.is_empty() || bare.bytes().any(|b| !b.is_ascii_alphabetic() && b != b'\'') {
            return Self::of(OTHER);
        }
        Self::of(bare.to_ascii_lowercase().as_bytes())
    }

    fn of(word: &[u8]) -> Self {
        let whole = hash(1, word);
        let last = |count: usize| &word[word.len().saturating_sub(count)..];
        let first = &word[..word.len().min(3)];
        let affix = |kind, part| WORD_ROWS + place(hash(kind, part), AFFIX_ROWS);
        let rows = [
            place(whole & 0xffff_ffff, WORD_ROWS),
            place(whole >> 32, WORD_ROWS),
            affix(2, last(3)),
            affix(3, last(2)),
            affix(4, first),
        ];
        Self { rows, hash: whole }
    }

    /// The row of this word and the one before it.
    pub fn pair(&self, before: &Self) -> usize {
        let both = before.hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(self.hash);
        let mixed = (both ^ (both >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        place(mixed >> 47, PAIR_ROWS)
    }
}

/// A word without the signs that end it.
pub(crate) fn bare(word: &str) -> &str {
    word.trim_end_matches(['.', ',', '?', '!', ';', ':'])
}

/// A hash as a place below `rows`, which is far below 2^32.
fn place(hash: u64, rows: usize) -> usize {
    usize::try_from(hash % rows as u64).unwrap_or(0)
}

/// 64-bit FNV-1a of a kind and the bytes, mixed so that both halves are good.
fn hash(kind: u8, bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for &byte in std::iter::once(&kind).chain(bytes) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_signs_make_no_difference_but_letters_do() {
        let (card, cart) = (Features::new("card"), Features::new("cart"));
        assert_eq!(card, Features::new("Card,"));
        assert_ne!(card, cart);
        assert_eq!(card.rows[4], cart.rows[4], "the same first letters");
        assert_ne!(card.pair(&cart), cart.pair(&card), "order matters");
        assert_eq!(Features::new("4412"), Features::new("12:30"));
        assert_eq!(Features::new("é"), Features::new(""));
    }
}
