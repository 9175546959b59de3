//! The router's weight file: what is in it and how it is read. It knows nothing
//! of intents.
//!
//! Little-endian: `HRT2`; u32 buckets, dims, filters; for each evidence a score
//! weight, one that grows with the number of examples and one with the trust in
//! dense evidence, then the out-of-scope weights (f32); one IDF code a bucket (u8, in steps of 0.05); one row scale a
//! bucket (f32); the rows (buckets, dims) as i8; the filters' bias and scale
//! (f32) and codes (filters, taps, dims) as i8; the pooling's scale (f32) and
//! codes (dims, 2 filters) as i8.

use crate::LanguageError;
use crate::encoder::{DIMS, Encoder, FILTERS, TAPS};
use crate::features::BUCKETS;

/// Similarities between an utterance and an intent.
pub(crate) const EVIDENCE: usize = 5;
/// Features of the out-of-scope decision.
pub(crate) const OUTSIDE: usize = 11;

const MAGIC: &[u8] = b"HRT2";
const IDF_STEP: f32 = 0.05;
const SHAPE: [usize; 3] = [BUCKETS, DIMS, FILTERS];
const FLOATS: usize = 3 * EVIDENCE + OUTSIDE;
const FILTER_CODES: usize = FILTERS * TAPS * DIMS;
const POOLED_CODES: usize = DIMS * 2 * FILTERS;
const LENGTH: usize = MAGIC.len()
    + 4 * (SHAPE.len() + FLOATS)
    + BUCKETS * (1 + 4 + DIMS)
    + (8 * FILTERS + FILTER_CODES)
    + (4 * DIMS + POOLED_CODES);

/// The weights in memory.
#[derive(Debug)]
pub(crate) struct Weights {
    /// Text to vectors.
    pub encoder: Encoder,
    /// Weight of each similarity.
    pub score: [f32; EVIDENCE],
    /// What is added to it where there are very many examples an intent.
    pub score_growth: [f32; EVIDENCE],
    /// What is added to that for a trust of 1 in the encoder, see `IntentSet`.
    pub score_trust: [f32; EVIDENCE],
    /// Weight of each out-of-scope feature.
    pub outside: [f32; OUTSIDE],
    idf: Vec<u8>,
}

impl Weights {
    pub(crate) fn parse(data: &[u8]) -> Result<Self, LanguageError> {
        let bad = |what: String| LanguageError::Weights { what };
        let Some(rest) = data.strip_prefix(MAGIC) else {
            return Err(bad("it does not begin with HRT2".into()));
        };
        if data.len() != LENGTH {
            return Err(bad(format!("{} bytes instead of {LENGTH}", data.len())));
        }
        let mut parts = Parts(rest);
        let shape = SHAPE.map(|size| u32::try_from(size).unwrap_or(0).to_le_bytes());
        if parts.bytes(4 * SHAPE.len()) != shape.as_flattened() {
            return Err(bad(format!("its shape is not {SHAPE:?}")));
        }
        let (score, score_growth, score_trust) = (parts.array(), parts.array(), parts.array());
        let outside = parts.array();
        let idf = parts.bytes(BUCKETS).to_vec();
        let (row_scale, rows) = (parts.floats(BUCKETS), parts.codes(BUCKETS * DIMS));
        let (bias, filter_scale) = (parts.floats(FILTERS), parts.floats(FILTERS));
        let filters = parts.codes(FILTER_CODES);
        let (pooled_scale, pooled) = (parts.floats(DIMS), parts.codes(POOLED_CODES));
        let scales = [&row_scale, &bias, &filter_scale, &pooled_scale];
        let decision = score.iter().chain(&score_growth).chain(&score_trust).chain(&outside);
        if decision.chain(scales.into_iter().flatten()).any(|value| !value.is_finite()) {
            return Err(bad("a value is not finite".into()));
        }
        let encoder = Encoder::from_parts(
            (&row_scale, &rows),
            (&bias, &filter_scale, &filters),
            (&pooled_scale, &pooled),
        );
        Ok(Self { encoder, score, score_growth, score_trust, outside, idf })
    }

    /// IDF of each distinct bucket in rising order, scaled to length 1.
    pub(crate) fn lexical(&self, buckets: &[u16]) -> Vec<(u16, f32)> {
        let mut distinct = buckets.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let idf = |bucket: u16| f32::from(self.idf[usize::from(bucket)]) * IDF_STEP;
        let mut weighted: Vec<(u16, f32)> =
            distinct.into_iter().map(|bucket| (bucket, idf(bucket))).collect();
        let norm = weighted.iter().map(|(_, w)| w * w).sum::<f32>().sqrt().max(1e-6);
        weighted.iter_mut().for_each(|(_, w)| *w /= norm);
        weighted
    }
}

/// What is left of a file whose length is right.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (part, rest) = self.0.split_at(count);
        self.0 = rest;
        part
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        let fours = self.bytes(4 * count).as_chunks::<4>().0;
        fours.iter().map(|&four| f32::from_le_bytes(four)).collect()
    }

    fn array<const N: usize>(&mut self) -> [f32; N] {
        let mut array = [0.0; N];
        array.copy_from_slice(&self.floats(N));
        array
    }

    fn codes(&mut self, count: usize) -> Vec<i8> {
        self.bytes(count).iter().map(|byte| byte.cast_signed()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_files_are_errors() {
        assert!(Weights::parse(b"").is_err());
        assert!(Weights::parse(b"HRT2").is_err());
        let mut file = vec![0; LENGTH];
        file[..4].copy_from_slice(MAGIC);
        assert!(Weights::parse(&file).is_err(), "shape (0, 0, 0)");
        for (place, size) in SHAPE.iter().enumerate() {
            let size = u32::try_from(*size).unwrap().to_le_bytes();
            file[4 + 4 * place..8 + 4 * place].copy_from_slice(&size);
        }
        assert!(Weights::parse(&file).is_ok());
        assert!(Weights::parse(&file[..LENGTH - 1]).is_err(), "one byte short");
        file[16..20].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(Weights::parse(&file).is_err(), "not finite");
    }

    #[test]
    fn arbitrary_bytes_are_errors() {
        let mut state = 7_u32;
        for length in [1, 3, 5, 16, 100, 4096, LENGTH] {
            let next = |_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            };
            let bytes: Vec<u8> = (0..length).map(next).collect();
            assert!(Weights::parse(&bytes).is_err(), "{length} bytes");
        }
    }
}
