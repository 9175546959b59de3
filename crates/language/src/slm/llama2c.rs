//! Reads the files of llama2.c (github.com/karpathy/llama2.c, its first format):
//! a head of seven numbers and 32-bit floats, and a list of scored tokens.
//!
//! Small models for tests come so. Weights are kept as floats or rounded to Q8_0.

use super::SlmError;
use super::config::{Config, VOCABULARY_MAX, WINDOW_TOKENS_MAX};
use super::float::Rotation;
use super::matrix::{BLOCK, Matrix};
use super::model::{Ends, Layer, Model, Projection};
use super::tokenizer::{Parts, TokenKind, Tokenizer};

const HEAD_BYTES: usize = 7 * 4;
const TOKEN_BYTES_MAX: usize = 1024;

/// How weights are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// As they are.
    Float,
    /// Matrices in Q8_0. Rows of a layer's wide part are filled with zeros up to whole
    /// blocks of 32, which changes no result.
    EightBits,
}

/// Reads a model.
///
/// # Errors
/// The file is truncated or too long, its head is out of bounds, or for 8 bits the
/// width is no multiple of 32.
pub fn model(file: &[u8], weights: Weights) -> Result<Model, SlmError> {
    let (config, shared) = head(file)?;
    let wrong = |what: String| SlmError::file("llama2.c weights", what);
    if weights == Weights::EightBits && !config.width.is_multiple_of(BLOCK) {
        return Err(wrong(format!("rows of {} are not blocks of {BLOCK}", config.width)));
    }
    let mut reader = Floats { rest: &file[HEAD_BYTES..], weights };
    let Config { layers, width, wide, heads, head, vocabulary, window, .. } = config;
    let (all, row) = (heads * head, config.key_row());
    let embedding = reader.take(vocabulary * width)?;
    let attention_norms = reader.take(layers * width)?;
    let queries = reader.take(layers * all * width)?;
    let keys = reader.take(layers * row * width)?;
    let values = reader.take(layers * row * width)?;
    let joined = reader.take(layers * width * all)?;
    let wide_norms = reader.take(layers * width)?;
    let gates = reader.take(layers * wide * width)?;
    let downs = reader.take(layers * width * wide)?;
    let ups = reader.take(layers * wide * width)?;
    let norm = reader.take(width)?;
    // Two tables of angles, which are computed here.
    reader.take(window * head)?;
    let output = if shared { None } else { Some(reader.take(vocabulary * width)?) };
    if !reader.rest.is_empty() {
        return Err(wrong(format!("{} bytes too many", reader.rest.len())));
    }
    let projection = |all: &[f32], n, rows| {
        let matrix = reader.matrix(part(all, n, rows * width), rows, width);
        Projection { matrix, bias: None }
    };
    let layer = |n: usize| Layer {
        attention_norm: part(&attention_norms, n, width).to_vec(),
        query: projection(&queries, n, all),
        key: projection(&keys, n, row),
        value: projection(&values, n, row),
        joined: reader.matrix(part(&joined, n, width * all), width, all),
        head_norms: None,
        wide_norm: part(&wide_norms, n, width).to_vec(),
        gate: reader.widened(part(&gates, n, wide * width), wide, width),
        up: reader.widened(part(&ups, n, wide * width), wide, width),
        down: reader.lengthened(part(&downs, n, width * wide), width, wide),
    };
    let layers = (0..layers).map(layer).collect();
    let ends = Ends {
        embedding: reader.matrix(&embedding, vocabulary, width),
        norm,
        output: output.map(|weights| reader.matrix(&weights, vocabulary, width)),
    };
    Ok(Model::new(config, ends, layers))
}

/// Reads a tokenizer of `vocabulary` tokens.
///
/// # Errors
/// The file is truncated or a token is too long.
pub fn tokenizer(file: &[u8], vocabulary: usize) -> Result<Tokenizer, SlmError> {
    let wrong = |what: String| SlmError::file("llama2.c tokenizer", what);
    let mut rest = file.get(4..).ok_or_else(|| wrong("it is truncated".into()))?;
    let mut take = |length: usize| {
        let (found, after) = rest.split_at_checked(length).ok_or_else(|| {
            wrong(format!("it ends before token {vocabulary}; it is of another model"))
        })?;
        rest = after;
        Ok::<_, SlmError>(found)
    };
    if !(3..=VOCABULARY_MAX).contains(&vocabulary) {
        return Err(wrong(format!("{vocabulary} tokens; 3 to {VOCABULARY_MAX} are read")));
    }
    let mut parts = Parts {
        bytes: Vec::new(),
        kinds: Vec::new(),
        scores: Vec::new(),
        begin: Some(1),
        end: Some(2),
    };
    for token in 0..vocabulary {
        parts.scores.push(f32::from_bits(number(take(4)?)));
        let length = number(take(4)?) as usize;
        if length > TOKEN_BYTES_MAX {
            return Err(wrong(format!("token {token} has {length} bytes")));
        }
        let bytes = take(length)?.to_vec();
        parts.kinds.push(match token {
            0 => TokenKind::Unknown,
            1 | 2 => TokenKind::Control,
            _ if bytes.len() == 6 && bytes.starts_with(b"<0x") => TokenKind::Byte,
            _ => TokenKind::Text,
        });
        parts.bytes.push(match token {
            1 => b"<s>".to_vec(),
            2 => b"</s>".to_vec(),
            _ => bytes,
        });
    }
    Tokenizer::with_scores(parts)
}

fn number(four: &[u8]) -> u32 {
    four.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

/// The shape, and whether the embedding is the output too.
fn head(file: &[u8]) -> Result<(Config, bool), SlmError> {
    let wrong = |what: &str| SlmError::file("llama2.c head", what);
    let head = file.get(..HEAD_BYTES).ok_or_else(|| wrong("it is truncated"))?;
    let numbers: Vec<i32> =
        head.as_chunks::<4>().0.iter().map(|&four| i32::from_le_bytes(four)).collect();
    let shared = numbers[5] > 0;
    let counts: Vec<usize> = numbers.iter().map(|n| n.unsigned_abs() as usize).collect();
    let [width, wide, layers, heads, key_heads, vocabulary, window] = counts[..] else {
        return Err(wrong("it is truncated"));
    };
    let config = Config {
        architecture: "llama".into(),
        layers,
        width,
        wide,
        heads,
        key_heads,
        head: width.checked_div(heads).unwrap_or(0),
        vocabulary,
        window,
        rotation_base: 10_000.0,
        rotation: Rotation::Neighbours,
        epsilon: 1e-5,
    };
    config.check()?;
    // Every layer has more than a row of floats.
    let most = file.len() / 4;
    if layers > most || window > WINDOW_TOKENS_MAX || config.heads * config.head != width {
        return Err(wrong("its numbers do not go together; the file is of another format"));
    }
    Ok((config, shared))
}

/// Part `n` of equal parts.
fn part(all: &[f32], n: usize, length: usize) -> &[f32] {
    &all[n * length..(n + 1) * length]
}

struct Floats<'a> {
    rest: &'a [u8],
    weights: Weights,
}

impl Floats<'_> {
    fn take(&mut self, count: usize) -> Result<Vec<f32>, SlmError> {
        let bytes = count.checked_mul(4).and_then(|bytes| self.rest.split_at_checked(bytes));
        let Some((found, rest)) = bytes else {
            let what = format!("{count} numbers are missing at its end; it is truncated");
            return Err(SlmError::file("llama2.c weights", what));
        };
        self.rest = rest;
        Ok(found.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect())
    }

    /// Columns are a multiple of a block.
    fn matrix(&self, weights: &[f32], rows: usize, columns: usize) -> Matrix {
        match self.weights {
            Weights::Float => Matrix::from_floats((rows, columns), weights.to_vec()),
            Weights::EightBits => Matrix::from_floats_in_8_bits((rows, columns), weights),
        }
    }

    /// The wide rows of a layer, up to whole blocks.
    fn whole(&self, wide: usize) -> usize {
        match self.weights {
            Weights::Float => wide,
            Weights::EightBits => wide.next_multiple_of(BLOCK),
        }
    }

    /// A matrix with rows of zeros added.
    fn widened(&self, weights: &[f32], wide: usize, columns: usize) -> Matrix {
        let mut weights = weights.to_vec();
        weights.resize(self.whole(wide) * columns, 0.0);
        self.matrix(&weights, self.whole(wide), columns)
    }

    /// A matrix with columns of zeros added.
    fn lengthened(&self, weights: &[f32], rows: usize, wide: usize) -> Matrix {
        let whole = self.whole(wide);
        let mut out = vec![0.0; rows * whole];
        for (out, row) in out.chunks_exact_mut(whole).zip(weights.chunks_exact(wide)) {
            out[..wide].copy_from_slice(row);
        }
        self.matrix(&out, rows, whole)
    }
}
