//! The word trigram of the search.
//!
//! What it is: the second half of `asr_words.bin`, interpolated n-grams with back-off in sorted
//! tables of one byte a probability. A [`History`] says as much of the words before as the tables
//! can tell apart, so hypotheses with equal histories have equal futures and may be merged.

use super::lexicon::START;

/// What the tables know of the words before: a word, or beyond the vocabulary's size a pair's row.
pub(super) type History = u32;

/// Rows of the tables. The reader has checked that they fit each other.
#[derive(Debug, Clone, Default)]
pub(super) struct WordModel {
    /// By word: log-probability and back-off weight, quantised.
    pub one: Vec<(u8, u8)>,
    /// By word and one more: the first of its pairs.
    pub begins: Vec<u32>,
    /// By pair: second word, log-probability, back-off weight.
    pub pairs: Vec<u16>,
    pub two: Vec<(u8, u8)>,
    /// By pair and one more: the first of its triples.
    pub fans: Vec<u32>,
    /// By triple: third word, log-probability.
    pub triples: Vec<u16>,
    pub three: Vec<u8>,
}

/// A quantised log-probability in nats.
fn nats(quantised: u8) -> f32 {
    -f32::from(quantised) / 15.0
}

/// A quantised back-off weight in nats.
fn weight_nats(quantised: u8) -> f32 {
    (32.0 - f32::from(quantised)) / 16.0
}

impl WordModel {
    /// The history at the start of an utterance.
    pub fn start(&self) -> History {
        START
    }

    /// Log-probability of a word without history.
    pub fn alone(&self, word: u32) -> f32 {
        nats(self.one[word as usize].0)
    }

    /// Log-probability of `word` after `history`, and the history after it.
    pub fn score(&self, history: History, word: u32) -> (f32, History) {
        let words = self.one.len() as u32;
        if history < words {
            return self.pair_score(history, word);
        }
        let row = (history - words) as usize;
        let fan = self.fans[row] as usize..self.fans[row + 1] as usize;
        let (lower, next) = self.pair_score(u32::from(self.pairs[row]), word);
        match self.triples[fan.clone()].binary_search(&(word as u16)) {
            Ok(at) => (nats(self.three[fan.start + at]), next),
            Err(_) => (weight_nats(self.two[row].1) + lower, next),
        }
    }

    fn pair_score(&self, first: u32, word: u32) -> (f32, History) {
        let range = self.begins[first as usize] as usize..self.begins[first as usize + 1] as usize;
        match self.pairs[range.clone()].binary_search(&(word as u16)) {
            Ok(at) => {
                let row = range.start + at;
                (nats(self.two[row].0), (self.one.len() + row) as u32)
            }
            Err(_) => (weight_nats(self.one[first as usize].1) + self.alone(word), word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words 0 to 3; pairs "0 2" and "2 3"; triple "0 2 3".
    fn model() -> WordModel {
        WordModel {
            one: vec![(15, 48), (30, 32), (45, 48), (60, 32)],
            begins: vec![0, 1, 1, 2, 2],
            pairs: vec![2, 3],
            two: vec![(8, 64), (20, 32)],
            fans: vec![0, 1, 1],
            triples: vec![3],
            three: vec![3],
        }
    }

    #[test]
    fn scores_triples_pairs_and_words() {
        let lm = model();
        let (p, after) = lm.score(lm.start(), 2);
        assert!((p + 8.0 / 15.0).abs() < 1e-6);
        let (p, after) = lm.score(after, 3);
        assert!((p + 3.0 / 15.0).abs() < 1e-6, "a triple");
        let (p, _) = lm.score(after, 1);
        assert!((p + 2.0).abs() < 1e-6, "a pair without triples, and no weight of word 3: {p}");
        let (p, _) = lm.score(2, 3);
        assert!((p + 20.0 / 15.0).abs() < 1e-6, "a pair");
        assert_eq!(lm.score(lm.start(), 1), (-1.0 - 2.0, 1), "backed off");
        let (_, pair) = lm.score(lm.start(), 2);
        assert_eq!(lm.score(pair, 1).0, -2.0 - 1.0 - 2.0, "backed off twice");
    }
}
