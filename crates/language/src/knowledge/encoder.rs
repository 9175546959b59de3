//! The retrieval weights: an encoder of questions and passages, how common each
//! term is in speech, and the fitted heads that turn evidence into decisions.
//!
//! Little-endian: `HKR1`; u32 buckets, dims, heads; the heads (f32); the logarithm
//! of how many texts were counted (f32); the map from answers to questions (dims,
//! dims) as f32; one code a bucket for how rare its term is (u8, in steps of 0.05
//! of the inverse document frequency); one row scale a bucket (f32); the rows
//! (buckets, dims) as i8. It knows no passages; see [`super::index`] for those.

use std::sync::Arc;

use super::KnowledgeError;
use super::terms::{BUCKETS, features, term_bucket, words};
use crate::grounding::GROUNDS;

/// Length of a dense vector.
pub const DIMS: usize = 64;
/// Weights of the hybrid score.
pub(crate) const RANK: usize = 5;
/// Features of the decision whether the knowledge holds an answer.
pub(crate) const ANSWERABLE: usize = 22;
/// Hidden units of that decision.
pub(crate) const HIDDEN: usize = 12;
/// Floats of its net: mean and scale of each feature, the hidden layer, the output.
const ANSWERABLE_FLOATS: usize = 2 * ANSWERABLE + HIDDEN * (ANSWERABLE + 1) + HIDDEN + 1;
const HEADS: usize = RANK + ANSWERABLE_FLOATS + GROUNDS + 1;

const MAGIC: &[u8] = b"HKR1";
const IDF_STEP: f32 = 0.05;
const HEADER: usize = 16 + 4 * (HEADS + 1 + DIMS * DIMS);
const LENGTH: usize = HEADER + BUCKETS * (1 + 4 + DIMS);

/// A dense vector of length 1 (zero where the text has no word).
pub type Dense = [f32; DIMS];

/// The weights of retrieval and grounding: immutable, one for all calls; cloning
/// shares them.
#[derive(Debug, Clone)]
pub struct Encoder {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    heads: Vec<f32>,
    turn: Vec<f32>,
    idf: Vec<u8>,
    row_scale: Vec<f32>,
    rows: Vec<i8>,
}

impl Encoder {
    /// Reads the weight file that `training/retrieval` writes.
    ///
    /// # Errors
    /// When the bytes are no such file.
    pub fn load(data: &[u8]) -> Result<Self, KnowledgeError> {
        let bad = |what: String| KnowledgeError::Weights { what };
        if !data.starts_with(MAGIC) {
            return Err(bad("it does not begin with HKR1".into()));
        }
        if data.len() != LENGTH {
            return Err(bad(format!("{} bytes instead of {LENGTH}", data.len())));
        }
        let shape: Vec<u8> = [BUCKETS, DIMS, HEADS]
            .iter()
            .flat_map(|&n| u32::try_from(n).unwrap_or(0).to_le_bytes())
            .collect();
        if data[4..16] != shape {
            return Err(bad(format!("its shape is not ({BUCKETS}, {DIMS}, {HEADS})")));
        }
        let floats = read_floats(&data[16..HEADER]);
        let (idf, rest) = data[HEADER..].split_at(BUCKETS);
        let (scales, rows) = rest.split_at(4 * BUCKETS);
        let row_scale = read_floats(scales);
        if floats.iter().chain(&row_scale).any(|value| !value.is_finite()) {
            return Err(bad("a value is not finite".into()));
        }
        let shared = Shared {
            heads: floats[..HEADS].to_vec(),
            turn: floats[HEADS + 1..].to_vec(),
            idf: idf.to_vec(),
            row_scale,
            rows: rows.iter().map(|&byte| byte.cast_signed()).collect(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// As the index sees a question: its vector.
    pub fn question_vector(&self, text: &str) -> Dense {
        self.question(&words(text))
    }

    /// As the index sees a passage: its vector, on the side of the questions that it answers.
    pub fn passage_vector(&self, text: &str) -> Dense {
        self.passage(&words(text))
    }

    /// A question's vector, or that of a heading which may be asked for.
    pub(crate) fn question(&self, words: &[String]) -> Dense {
        let mut sum = [0.0; DIMS];
        for bucket in features(words) {
            let bucket = usize::from(bucket);
            let scale = self.shared.row_scale[bucket];
            let row = &self.shared.rows[bucket * DIMS..(bucket + 1) * DIMS];
            for (sum, &weight) in sum.iter_mut().zip(row) {
                *sum += scale * f32::from(weight);
            }
        }
        scale_to_one(&mut sum);
        sum
    }

    /// A passage's vector, on the side of the questions that it answers.
    pub(crate) fn passage(&self, words: &[String]) -> Dense {
        let plain = self.question(words);
        let mut turned = [0.0; DIMS];
        for (&value, row) in plain.iter().zip(self.shared.turn.chunks_exact(DIMS)) {
            for (sum, weight) in turned.iter_mut().zip(row) {
                *sum += value * weight;
            }
        }
        scale_to_one(&mut turned);
        turned
    }

    /// Inverse document frequency of a term in what people say and write: 0 for
    /// one in every text, about 11 for one never met.
    pub fn rarity(&self, term: &str) -> f32 {
        f32::from(self.shared.idf[usize::from(term_bucket(term))]) * IDF_STEP
    }

    /// Weights of the hybrid score.
    pub(crate) fn rank(&self) -> &[f32] {
        &self.shared.heads[..RANK]
    }

    /// Probability that the knowledge holds an answer, from its evidence: one
    /// hidden layer on standardised features.
    pub(crate) fn decide_answerable(&self, evidence: &[f32; ANSWERABLE]) -> f32 {
        let net = &self.shared.heads[RANK..RANK + ANSWERABLE_FLOATS];
        let (mean, rest) = net.split_at(ANSWERABLE);
        let (scale, rest) = rest.split_at(ANSWERABLE);
        let (hidden, output) = rest.split_at(HIDDEN * (ANSWERABLE + 1));
        let known: Vec<f32> = evidence
            .iter()
            .zip(mean)
            .zip(scale)
            .map(|((x, mean), scale)| (x - mean) * scale)
            .collect();
        let mut logit = output[HIDDEN];
        for (unit, weight) in hidden.chunks_exact(ANSWERABLE + 1).zip(output) {
            logit += weight * (dot(&known, &unit[..ANSWERABLE]) + unit[ANSWERABLE]).tanh();
        }
        sigmoid(logit)
    }

    /// Weights of the grounding features, the bias last.
    pub(crate) fn grounds(&self) -> &[f32] {
        &self.shared.heads[RANK + ANSWERABLE_FLOATS..]
    }

    /// Bytes that the weights take in memory.
    pub fn memory_bytes(&self) -> usize {
        let shared = &self.shared;
        4 * (shared.heads.len() + shared.turn.len() + shared.row_scale.len())
            + shared.idf.len()
            + shared.rows.len()
    }

    /// Weights for tests that need no training: random rows, plain heads.
    #[cfg(test)]
    pub(crate) fn untrained() -> Self {
        Self::load(&untrained_file()).unwrap()
    }
}

/// The logistic function.
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// Sum of products.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn scale_to_one(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-6);
    vector.iter_mut().for_each(|x| *x /= norm);
}

fn read_floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

/// A weight file whose rows are pseudo-random, which compares texts by their
/// shared features.
#[cfg(test)]
pub(crate) fn untrained_file() -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    for n in [BUCKETS, DIMS, HEADS] {
        file.extend(u32::try_from(n).unwrap().to_le_bytes());
    }
    let mut heads = vec![0.0_f32; HEADS];
    heads[..RANK].copy_from_slice(&[4.0, 1.0, 1.0, 0.0, 0.0]);
    heads.push(10.0);
    for row in 0..DIMS {
        heads.extend((0..DIMS).map(|column| if row == column { 1.0_f32 } else { 0.0 }));
    }
    file.extend(heads.iter().flat_map(|x| x.to_le_bytes()));
    file.extend(std::iter::repeat_n(100_u8, BUCKETS));
    file.extend(std::iter::repeat_n(0.01_f32.to_le_bytes(), BUCKETS).flatten());
    let mut state = 7_u32;
    file.extend((0..BUCKETS * DIMS).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    }));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_files_are_errors() {
        assert!(Encoder::load(b"").is_err());
        assert!(Encoder::load(b"HKR1").is_err());
        let mut file = untrained_file();
        assert!(Encoder::load(&file[..file.len() - 1]).is_err(), "cut");
        file[16..20].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(Encoder::load(&file).is_err(), "not finite");
        let mut file = untrained_file();
        file[4] = 1;
        assert!(Encoder::load(&file).is_err(), "shape");
    }

    #[test]
    fn vectors_have_length_one_or_none() {
        let encoder = Encoder::untrained();
        let question = encoder.question(&words("what are your hours"));
        assert!((dot(&question, &question) - 1.0).abs() < 1e-4);
        assert_eq!(encoder.question(&[]), [0.0; DIMS]);
        let near = dot(&question, &encoder.passage(&words("our hours")));
        assert!(near > dot(&question, &encoder.passage(&words("lost luggage"))));
    }
}
