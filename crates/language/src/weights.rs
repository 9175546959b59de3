//! The router's weight file: what is in it and how it is read. It knows nothing
//! of intents.
//!
//! Little-endian: `HRT1`; u32 buckets, u32 dims; four score weights and a scale,
//! eight out-of-scope weights (f32); one IDF code a bucket (u8, in steps of
//! 0.05); one row scale a bucket (f32); the rows (buckets, dims) as i8.

use crate::LanguageError;
use crate::features::BUCKETS;

/// Length of an utterance's dense vector.
pub(crate) const DIMS: usize = 64;
/// Similarities between an utterance and an intent.
pub(crate) const EVIDENCE: usize = 4;
/// Features of the out-of-scope decision.
pub(crate) const OUTSIDE: usize = 8;

const MAGIC: &[u8] = b"HRT1";
const IDF_STEP: f32 = 0.05;
const FLOATS: usize = EVIDENCE + 1 + OUTSIDE;
const HEADER: usize = 12 + 4 * FLOATS;
const LENGTH: usize = HEADER + BUCKETS * (1 + 4 + DIMS);

/// The weights in memory, as in the file.
#[derive(Debug)]
pub(crate) struct Weights {
    /// Weight of each similarity.
    pub score: [f32; EVIDENCE],
    /// Sharpness of the choice between intents.
    pub scale: f32,
    /// Weight of each out-of-scope feature.
    pub outside: [f32; OUTSIDE],
    idf: Vec<u8>,
    row_scale: Vec<f32>,
    rows: Vec<i8>,
}

impl Weights {
    pub(crate) fn parse(data: &[u8]) -> Result<Self, LanguageError> {
        let bad = |what: String| LanguageError::Weights { what };
        if !data.starts_with(MAGIC) {
            return Err(bad("it does not begin with HRT1".into()));
        }
        if data.len() != LENGTH {
            return Err(bad(format!("{} bytes instead of {LENGTH}", data.len())));
        }
        let shape: Vec<u8> = [BUCKETS, DIMS]
            .iter()
            .flat_map(|&n| u32::try_from(n).unwrap_or(0).to_le_bytes())
            .collect();
        if data[4..12] != shape {
            return Err(bad(format!("its shape is not ({BUCKETS}, {DIMS})")));
        }
        let floats = read_floats(&data[12..HEADER]);
        let (idf, rest) = data[HEADER..].split_at(BUCKETS);
        let (scales, rows) = rest.split_at(4 * BUCKETS);
        let row_scale = read_floats(scales);
        if floats.iter().chain(&row_scale).any(|value| !value.is_finite()) {
            return Err(bad("a value is not finite".into()));
        }
        let mut weights = Self {
            score: [0.0; EVIDENCE],
            scale: floats[EVIDENCE],
            outside: [0.0; OUTSIDE],
            idf: idf.to_vec(),
            row_scale,
            rows: rows.iter().map(|&byte| byte.cast_signed()).collect(),
        };
        weights.score.copy_from_slice(&floats[..EVIDENCE]);
        weights.outside.copy_from_slice(&floats[EVIDENCE + 1..]);
        Ok(weights)
    }

    /// Sum of the buckets' rows, scaled to length 1 (zeros where there is none).
    pub(crate) fn dense(&self, buckets: &[u16]) -> [f32; DIMS] {
        let mut sum = [0.0; DIMS];
        for &bucket in buckets {
            let bucket = usize::from(bucket);
            let scale = self.row_scale[bucket];
            let row = &self.rows[bucket * DIMS..(bucket + 1) * DIMS];
            for (sum, &weight) in sum.iter_mut().zip(row) {
                *sum += scale * f32::from(weight);
            }
        }
        scale_to_one(&mut sum);
        sum
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

/// Scales a vector to length 1; a zero vector stays zero.
pub(crate) fn scale_to_one(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-6);
    vector.iter_mut().for_each(|x| *x /= norm);
}

fn read_floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_files_are_errors() {
        assert!(Weights::parse(b"").is_err());
        assert!(Weights::parse(b"HRT1").is_err());
        let mut file = vec![0; LENGTH];
        file[..4].copy_from_slice(MAGIC);
        assert!(Weights::parse(&file).is_err(), "shape (0, 0)");
        file[4..8].copy_from_slice(&(1_u32 << 15).to_le_bytes());
        file[8..12].copy_from_slice(&64_u32.to_le_bytes());
        assert!(Weights::parse(&file).is_ok());
        file[12..16].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(Weights::parse(&file).is_err(), "not finite");
    }
}
