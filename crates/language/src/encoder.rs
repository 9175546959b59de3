//! The encoder: an utterance to a vector, so that what means the same is near.
//!
//! The vector is the sum of the rows of the utterance's features (each word, its
//! character n-grams, each two neighbours) and of what a convolution over the
//! words' vectors sees, pooled by maximum and mean; scaled to length 1, so that a
//! dot product is a cosine. It is the exact twin of `training/router/encoder.py`.
//!
//! It knows neither intents nor passages; [`crate::router`] compares its vectors,
//! and whoever else wants to may. English; other scripts have no meaning in it.

use crate::LanguageError;
use crate::features::{BUCKETS, pair_features, word_features, words};
use crate::weights::Weights;

/// Length of an utterance's vector.
pub const DIMS: usize = 128;
/// Filters of the convolution.
pub(crate) const FILTERS: usize = 128;
/// Words that a filter sees at once.
pub(crate) const TAPS: usize = 3;
/// Words of an utterance that are read; the rest is ignored.
pub const WORDS_SEEN: usize = 40;
/// What the convolution reads is scaled up by this.
const GAIN: f32 = 3.0;

/// The encoder's weights: immutable, one for all calls.
#[derive(Debug)]
pub struct Encoder {
    row_scale: Vec<f32>,
    /// (buckets, dims)
    rows: Vec<i8>,
    /// (taps, dims, filters): one input's weights lie side by side.
    filters: Vec<f32>,
    filter_bias: Vec<f32>,
    /// (2 filters, dims): first of the maxima, then of the means.
    pooled: Vec<f32>,
}

impl Encoder {
    /// Reads the encoder out of the router's weight file.
    ///
    /// # Errors
    /// When the bytes are no such file.
    pub fn load(data: &[u8]) -> Result<Self, LanguageError> {
        Ok(Weights::parse(data)?.encoder)
    }

    /// From the file's tensors: rows (buckets, dims), filters (filters, taps, dims)
    /// and pooled (dims, 2 filters), each with a scale for its first axis.
    pub(crate) fn from_parts(
        rows: (&[f32], &[i8]),
        filters: (&[f32], &[f32], &[i8]),
        pooled: (&[f32], &[i8]),
    ) -> Self {
        debug_assert_eq!(rows.1.len(), BUCKETS * DIMS);
        let (bias, filter_scale, filter_codes) = filters;
        Self {
            row_scale: rows.0.to_vec(),
            rows: rows.1.to_vec(),
            filters: transposed(filter_scale, filter_codes),
            filter_bias: bias.to_vec(),
            pooled: transposed(pooled.0, pooled.1),
        }
    }

    /// The vector of a text, of length 1; zeros where the text has no word.
    pub fn embed(&self, text: &str) -> [f32; DIMS] {
        self.embed_words(&words(text))
    }

    /// The vector of words as [`crate::features::words`] gives them.
    pub(crate) fn embed_words(&self, words: &[String]) -> [f32; DIMS] {
        let words = &words[..words.len().min(WORDS_SEEN)];
        let mut vector = [0.0; DIMS];
        if words.is_empty() {
            return vector;
        }
        let sequence: Vec<[f32; DIMS]> =
            words.iter().map(|word| self.sum(&word_features(word))).collect();
        for word in &sequence {
            vector.iter_mut().zip(word).for_each(|(sum, x)| *sum += x);
        }
        let pairs = self.sum(&pair_features(words));
        vector.iter_mut().zip(pairs).for_each(|(sum, x)| *sum += x);
        let seen = self.convolve(&sequence);
        for (value, row) in seen.iter().zip(self.pooled.as_chunks::<DIMS>().0) {
            vector.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
        }
        scale_to_one(&mut vector);
        vector
    }

    /// Sum of the buckets' rows.
    fn sum(&self, buckets: &[u16]) -> [f32; DIMS] {
        let mut sum = [0.0; DIMS];
        let rows = self.rows.as_chunks::<DIMS>().0;
        for &bucket in buckets {
            let bucket = usize::from(bucket);
            let scale = self.row_scale[bucket];
            for (sum, &weight) in sum.iter_mut().zip(&rows[bucket]) {
                *sum += scale * f32::from(weight);
            }
        }
        sum
    }

    /// Each filter's maximum over the words, then each filter's mean.
    fn convolve(&self, sequence: &[[f32; DIMS]]) -> [f32; 2 * FILTERS] {
        let mut pooled = [0.0; 2 * FILTERS];
        let (maxima, means): (&mut [f32], &mut [f32]) = pooled.split_at_mut(FILTERS);
        let filters = self.filters.as_chunks::<FILTERS>().0;
        for place in 0..sequence.len() {
            let mut seen = [0.0; FILTERS];
            seen.copy_from_slice(&self.filter_bias);
            for tap in 0..TAPS {
                // The filter's middle lies on this word; beyond the edges is nothing.
                let Some(word) =
                    (place + tap).checked_sub(TAPS / 2).and_then(|at| sequence.get(at))
                else {
                    continue;
                };
                for (x, weights) in word.iter().zip(&filters[tap * DIMS..(tap + 1) * DIMS]) {
                    let x = x * GAIN;
                    seen.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += x * weight);
                }
            }
            for ((max, mean), seen) in maxima.iter_mut().zip(&mut *means).zip(seen) {
                *max = max.max(seen);
                *mean += seen.max(0.0);
            }
        }
        // At most WORDS_SEEN, exact in f32.
        #[allow(clippy::cast_precision_loss)]
        let count = sequence.len() as f32;
        means.iter_mut().for_each(|mean| *mean /= count);
        pooled
    }
}

/// Codes (outputs, inputs) with a scale an output, as values (inputs, outputs).
fn transposed(scale: &[f32], codes: &[i8]) -> Vec<f32> {
    let (outputs, inputs) = (scale.len(), codes.len() / scale.len());
    let value = |at: usize| {
        let (input, output) = (at / outputs, at % outputs);
        f32::from(codes[output * inputs + input]) * scale[output]
    };
    (0..codes.len()).map(value).collect()
}

/// Scales a vector to length 1; a zero vector stays zero.
pub(crate) fn scale_to_one(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-6);
    vector.iter_mut().for_each(|x| *x /= norm);
}

/// The dot product of two vectors, in eight sums side by side.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposing_keeps_each_output_s_scale() {
        // Two outputs of three inputs.
        assert_eq!(
            transposed(&[1.0, 10.0], &[1, 2, 3, 4, 5, 6]),
            [1.0, 40.0, 2.0, 50.0, 3.0, 60.0]
        );
    }

    #[test]
    fn dot_is_the_sum_of_products_at_every_length() {
        for length in [0_u8, 1, 7, 8, 9, 128] {
            let a: Vec<f32> = (0..length).map(f32::from).collect();
            let expected: f32 = a.iter().map(|x| x * x).sum();
            assert!((dot(&a, &a) - expected).abs() < 1.0, "{length}");
        }
    }

    /// One filter that looks at the word before, its maximum and its mean alone.
    #[test]
    fn a_filter_sees_the_neighbours_and_nothing_beyond_the_edges() {
        let mut codes = vec![0_i8; FILTERS * TAPS * DIMS];
        codes[0] = 2; // filter 0, tap 0 (the word before), dimension 0
        let encoder = Encoder::from_parts(
            (&[1.0; BUCKETS], &vec![0; BUCKETS * DIMS]),
            (&[0.0; FILTERS], &[1.0; FILTERS], &codes),
            (&[1.0; DIMS], &[0; 2 * FILTERS * DIMS]),
        );
        let mut word = [0.0; DIMS];
        word[0] = 1.0;
        let pooled = encoder.convolve(&[word, [0.0; DIMS], [0.0; DIMS], word]);
        assert_eq!((pooled[0], pooled[FILTERS]), (2.0 * GAIN, 2.0 * GAIN / 4.0));
        assert!(pooled[1..FILTERS].iter().all(|x| *x == 0.0));
    }
}
