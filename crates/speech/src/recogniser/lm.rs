//! The n-gram model over pieces that helps the beam search.
//!
//! What it is: one sorted table of n-grams with back-off, read from `asr_lm.bin`, which
//! `training/asr/lm.py` writes. The blank's index stands for both ends of an utterance.
//! What it is not: a word model; it knows no vocabulary.

use super::RecogniserError;
use super::tokens::BLANK;

const MAGIC: &[u8; 4] = b"HSLM";
const VERSION: u32 = 1;
/// Highest order: a key of four pieces of 16 bits fills 64.
const ORDER_MAX: usize = 4;
const HEADER_BYTES: usize = 16;
const ROW_BYTES: usize = 12;

/// Pieces before the next one, oldest first.
pub(super) type History = [u16; ORDER_MAX - 1];

/// The history at the start of an utterance.
pub(super) const START: History = [BLANK; ORDER_MAX - 1];

/// The table.
#[derive(Debug, Clone)]
pub(super) struct LanguageModel {
    order: usize,
    keys: Vec<u64>,
    /// Log-probabilities and back-off weights in 1/1000 nat.
    rows: Vec<(i16, i16)>,
}

impl LanguageModel {
    /// Reads the table and checks that every piece of a vocabulary of `pieces` is in it.
    pub fn parse(bytes: &[u8], pieces: usize) -> Result<Self, RecogniserError> {
        let fail = |why: &str| RecogniserError::LanguageModel(why.to_owned());
        let word =
            |at: usize| bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        if bytes.get(..4) != Some(MAGIC) || word(4) != Some(VERSION) {
            return Err(fail("not an n-gram file of version 1"));
        }
        let order = word(8).map_or(0, |n| n as usize);
        if !(1..=ORDER_MAX).contains(&order) {
            return Err(fail("its order is not 1 to 4"));
        }
        let count = word(12).map_or(0, |n| n as usize);
        let body = bytes.get(HEADER_BYTES..).unwrap_or_default();
        if count.checked_mul(ROW_BYTES) != Some(body.len()) {
            return Err(fail("it is cut short or too long"));
        }
        let (keys, rows) = body.split_at(count * 8);
        let (scores, weights) = rows.split_at(count * 2);
        let milli = |b: &[u8]| i16::from_le_bytes([b[0], b[1]]);
        let rows =
            scores.chunks_exact(2).map(milli).zip(weights.chunks_exact(2).map(milli)).collect();
        let keys: Vec<u64> = keys
            .chunks_exact(8)
            .map(|b| b.iter().rev().fold(0, |n, &x| n << 8 | u64::from(x)))
            .collect();
        let out = Self { order, keys, rows };
        if !out.keys.is_sorted() || (0..pieces).any(|piece| out.row(&[piece as u16]).is_none()) {
            return Err(fail("its pieces are not those of the tokens file"));
        }
        Ok(out)
    }

    fn row(&self, gram: &[u16]) -> Option<(i16, i16)> {
        let key = gram.iter().fold(0, |n, &piece| n << 16 | (u64::from(piece) + 1));
        self.keys.binary_search(&key).ok().map(|at| self.rows[at])
    }

    /// Log-probability of `piece` after `history`, in nats.
    pub fn log_prob(&self, history: &History, piece: u16) -> f32 {
        let mut gram = [0; ORDER_MAX];
        gram[..ORDER_MAX - 1].copy_from_slice(history);
        gram[ORDER_MAX - 1] = piece;
        let mut milli = 0i32;
        for start in ORDER_MAX - self.order..ORDER_MAX {
            if let Some((score, _)) = self.row(&gram[start..]) {
                return (milli + i32::from(score)) as f32 / 1000.0;
            }
            let shorter = &gram[start..ORDER_MAX - 1];
            milli += self.row(shorter).map_or(0, |(_, weight)| i32::from(weight));
        }
        milli as f32 / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blank -1.0, piece 1 -2.0 (back-off -0.5), piece 2 -3.0, and "1 2" -0.25.
    fn table() -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for n in [VERSION, 4, 4] {
            out.extend(n.to_le_bytes());
        }
        for key in [1u64, 2, 3, 2 << 16 | 3] {
            out.extend(key.to_le_bytes());
        }
        for milli in [-1000i16, -2000, -3000, -250, 0, -500, 0, 0] {
            out.extend(milli.to_le_bytes());
        }
        out
    }

    #[test]
    fn backs_off_to_what_it_has_seen() {
        let lm = LanguageModel::parse(&table(), 3).expect("a table");
        assert_eq!(lm.log_prob(&[0, 0, 1], 2), -0.25);
        assert_eq!(lm.log_prob(&[0, 0, 2], 1), -2.0);
        assert_eq!(lm.log_prob(&[0, 0, 1], 1), -2.5);
    }

    #[test]
    fn refuses_damaged_files() {
        let good = table();
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        for bad in [
            vec![],
            good[..10].to_vec(),
            good[..good.len() - 1].to_vec(),
            with(0, 0),
            with(4, 9),
            with(8, 7),
            with(15, 255),
            with(16, 9),
        ] {
            assert!(LanguageModel::parse(&bad, 3).is_err());
        }
        assert!(LanguageModel::parse(&good, 4).is_err(), "a piece that is not in the table");
    }
}
