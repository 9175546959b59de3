//! Weight matrices as files hold them, and their products with rows of input.
//!
//! Floats are kept as floats (half ones are widened). Q8_0 is kept in [`tiles`], and
//! so are Q4_0 and Q5_0, whose whole numbers fit exactly: that takes more memory and
//! a fraction of the time. Every other format of GGUF stays as it is and uses
//! candle's dot products.
//!
//! A product runs on the calling thread alone: candle's own matrix product would
//! share one pool, and its lock, between all calls. Each row of input is computed by
//! itself, so that a row's result does not depend on how many come with it; several
//! tokens can then be verified in one pass without changing any.

mod blocks;
mod tiles;

use candle_core::quantized::GgmlDType;
use candle_core::quantized::k_quants as ggml;

use super::float::{Stored, dot};
use blocks::{BlockRows, Blocks};
use tiles::{InputBlock, Tiles};

pub(crate) use tiles::BLOCK;

/// A matrix (rows, columns): a product takes `columns` numbers and gives `rows`.
pub(crate) struct Matrix {
    rows: usize,
    columns: usize,
    weights: Weights,
}

enum Weights {
    /// (rows, columns)
    Float(Vec<f32>),
    /// Q8_0 and what fits it exactly.
    Tiles(Tiles),
    /// What candle multiplies.
    Blocks(Box<dyn BlockRows>),
}

/// Rows of input with their 8-bit twins, made when the first matrix wants them.
#[derive(Default)]
pub(crate) struct Input {
    /// (inputs, columns)
    pub values: Vec<f32>,
    rounded: Vec<InputBlock>,
}

impl Input {
    /// Makes room for new values and forgets the old ones' twins.
    pub(crate) fn reset(&mut self, length: usize) -> &mut [f32] {
        self.rounded.clear();
        self.values.resize(length, 0.0);
        &mut self.values
    }

    fn rounded(&mut self) -> &[InputBlock] {
        if self.rounded.is_empty() {
            tiles::quantize(&self.values, &mut self.rounded);
        }
        &self.rounded
    }
}

impl Matrix {
    /// From floats (rows, columns).
    pub(crate) fn from_floats((rows, columns): (usize, usize), weights: Vec<f32>) -> Self {
        debug_assert_eq!(weights.len(), rows * columns);
        Self { rows, columns, weights: Weights::Float(weights) }
    }

    /// Rounds floats (rows, columns) to Q8_0. Columns are a multiple of [`BLOCK`].
    pub(crate) fn from_floats_in_8_bits((rows, columns): (usize, usize), weights: &[f32]) -> Self {
        debug_assert!(weights.len() == rows * columns && columns.is_multiple_of(BLOCK));
        let tiles = Tiles::new((rows, columns), |row, at| {
            let block = &weights[row * columns + at * BLOCK..][..BLOCK];
            let largest = block.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            // The scale is a half float in files.
            let scale = u16::store(largest / 127.0).float();
            let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
            (scale, std::array::from_fn(|n| (block[n] * inverse).round() as i8))
        });
        Self { rows, columns, weights: Weights::Tiles(tiles) }
    }

    /// From the bytes of a tensor of a GGUF file, or what is wrong with them.
    pub(crate) fn from_bytes(
        (rows, columns): (usize, usize),
        kind: GgmlDType,
        bytes: &[u8],
    ) -> Result<Self, String> {
        let block = kind.block_size();
        if rows == 0 || columns == 0 || !columns.is_multiple_of(block) {
            return Err(format!("{columns} columns are not blocks of {block} as {kind:?} has"));
        }
        let expected = rows * (columns / block) * kind.type_size();
        if bytes.len() != expected {
            return Err(format!("{} bytes instead of {expected}", bytes.len()));
        }
        let shape = (rows, columns);
        let weights = match kind {
            GgmlDType::F32 | GgmlDType::F16 | GgmlDType::BF16 => {
                Weights::Float(floats(kind, bytes))
            }
            GgmlDType::Q8_0 => read_tiles(shape, bytes, read_8_bits),
            GgmlDType::Q4_0 => read_tiles(shape, bytes, read_4_bits),
            GgmlDType::Q5_0 => read_tiles(shape, bytes, read_5_bits),
            GgmlDType::Q4_1 => blocks::<ggml::BlockQ4_1>(columns, bytes),
            GgmlDType::Q5_1 => blocks::<ggml::BlockQ5_1>(columns, bytes),
            GgmlDType::Q2K => blocks::<ggml::BlockQ2K>(columns, bytes),
            GgmlDType::Q3K => blocks::<ggml::BlockQ3K>(columns, bytes),
            GgmlDType::Q4K => blocks::<ggml::BlockQ4K>(columns, bytes),
            GgmlDType::Q5K => blocks::<ggml::BlockQ5K>(columns, bytes),
            GgmlDType::Q6K => blocks::<ggml::BlockQ6K>(columns, bytes),
            GgmlDType::Q8_1 | GgmlDType::Q8K => {
                return Err(format!("{kind:?} is no format for weights; use Q8_0 or Q4_K"));
            }
        };
        Ok(Self { rows, columns, weights })
    }

    /// Memory of the weights.
    pub(crate) fn bytes(&self) -> usize {
        match &self.weights {
            Weights::Float(weights) => size_of_val(&weights[..]),
            Weights::Tiles(tiles) => tiles.bytes(),
            Weights::Blocks(blocks) => blocks.bytes(),
        }
    }

    /// One row as floats: a token's embedding. `row` is below `rows`.
    pub(crate) fn row(&self, row: usize, out: &mut [f32]) {
        match &self.weights {
            Weights::Float(weights) => {
                out.copy_from_slice(&weights[row * self.columns..(row + 1) * self.columns]);
            }
            Weights::Tiles(tiles) => tiles.row(row, out),
            Weights::Blocks(blocks) => blocks.row(row, out),
        }
    }

    /// Products of every row of input (inputs, columns): `out` becomes (inputs, rows).
    pub(crate) fn multiply(&self, input: &mut Input, out: &mut Vec<f32>) {
        let inputs = input.values.len() / self.columns;
        out.resize(inputs * self.rows, 0.0);
        match &self.weights {
            Weights::Float(weights) => multiply_floats(weights, self.columns, &input.values, out),
            Weights::Tiles(tiles) => tiles.multiply(input.rounded(), out),
            Weights::Blocks(blocks) => blocks.multiply(&input.values, out),
        }
    }
}

fn blocks<T: ggml::GgmlType + 'static>(columns: usize, bytes: &[u8]) -> Weights {
    Weights::Blocks(Box::new(Blocks::<T>::new(columns, bytes)))
}

/// Numbers of a tensor that is not in blocks.
pub(crate) fn floats(kind: GgmlDType, bytes: &[u8]) -> Vec<f32> {
    let pairs = || bytes.as_chunks::<2>().0.iter().map(|&two| u16::from_le_bytes(two));
    match kind {
        GgmlDType::F16 => pairs().map(Stored::float).collect(),
        GgmlDType::BF16 => pairs().map(|bits| f32::from_bits(u32::from(bits) << 16)).collect(),
        _ => bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect(),
    }
}

/// Q8_0: a half float and 32 whole numbers a block.
fn read_8_bits(block: &[u8; 2 + BLOCK]) -> (f32, [i8; BLOCK]) {
    let scale = u16::from_le_bytes([block[0], block[1]]).float();
    (scale, std::array::from_fn(|n| block[2 + n].cast_signed()))
}

/// Q4_0: a half float and 32 half bytes a block, the low ones first.
fn read_4_bits(block: &[u8; 2 + BLOCK / 2]) -> (f32, [i8; BLOCK]) {
    let scale = u16::from_le_bytes([block[0], block[1]]).float();
    (scale, std::array::from_fn(|n| half_byte(&block[2..], n).cast_signed() - 8))
}

/// Q5_0: a half float, 32 high bits and 32 half bytes a block.
fn read_5_bits(block: &[u8; 6 + BLOCK / 2]) -> (f32, [i8; BLOCK]) {
    let scale = u16::from_le_bytes([block[0], block[1]]).float();
    let high = |n: usize| block[2 + n / 8] >> (n % 8) & 1;
    (scale, std::array::from_fn(|n| (half_byte(&block[6..], n) | high(n) << 4).cast_signed() - 16))
}

fn half_byte(bytes: &[u8], n: usize) -> u8 {
    bytes[n % (BLOCK / 2)] >> (n / (BLOCK / 2) * 4) & 15
}

/// Blocks of `N` bytes as tiles.
fn read_tiles<const N: usize>(
    (rows, columns): (usize, usize),
    bytes: &[u8],
    read: impl Fn(&[u8; N]) -> (f32, [i8; BLOCK]),
) -> Weights {
    let blocks = bytes.as_chunks::<N>().0;
    let place = |row: usize, at: usize| read(&blocks[row * (columns / BLOCK) + at]);
    Weights::Tiles(Tiles::new((rows, columns), place))
}

fn multiply_floats(weights: &[f32], columns: usize, input: &[f32], out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: this processor has the instructions.
        unsafe { multiply_floats_avx2(weights, columns, input, out) };
        return;
    }
    multiply_floats_plain(weights, columns, input, out);
}

/// The same loops, compiled for wider vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn multiply_floats_avx2(weights: &[f32], columns: usize, input: &[f32], out: &mut [f32]) {
    multiply_floats_plain(weights, columns, input, out);
}

#[inline(always)]
fn multiply_floats_plain(weights: &[f32], columns: usize, input: &[f32], out: &mut [f32]) {
    let rows = weights.len() / columns;
    for (at, weights) in weights.chunks_exact(columns).enumerate() {
        for (n, input) in input.chunks_exact(columns).enumerate() {
            out[n * rows + at] = dot(input, weights);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::quantized::QTensor;
    use candle_core::{Device, Tensor};

    fn noise(count: usize) -> Vec<f32> {
        let mut state = 99_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0 - 0.5
        };
        (0..count).map(|_| next()).collect()
    }

    const KINDS: [GgmlDType; 13] = [
        GgmlDType::F32,
        GgmlDType::F16,
        GgmlDType::BF16,
        GgmlDType::Q8_0,
        GgmlDType::Q4_0,
        GgmlDType::Q4_1,
        GgmlDType::Q5_0,
        GgmlDType::Q5_1,
        GgmlDType::Q2K,
        GgmlDType::Q3K,
        GgmlDType::Q4K,
        GgmlDType::Q5K,
        GgmlDType::Q6K,
    ];
    const SHAPE: (usize, usize) = (22, 512);

    fn tensor(kind: GgmlDType, numbers: Vec<f32>) -> QTensor {
        QTensor::quantize(&Tensor::from_vec(numbers, SHAPE, &Device::Cpu).unwrap(), kind).unwrap()
    }

    /// Rows and products of every format are those of candle's dequantised tensor.
    #[test]
    fn every_format_multiplies_as_its_floats_do() {
        let (rows, columns) = SHAPE;
        let input = noise(3 * columns);
        for kind in KINDS {
            let tensor = tensor(kind, noise(rows * columns));
            let matrix = Matrix::from_bytes(SHAPE, kind, &tensor.data().unwrap()).unwrap();
            let floats: Vec<f32> =
                tensor.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap();
            let mut row = vec![0.0; columns];
            matrix.row(7, &mut row);
            assert_eq!(row, floats[7 * columns..8 * columns], "{kind:?}");
            let mut given = Input::default();
            given.reset(input.len()).copy_from_slice(&input);
            let mut out = Vec::new();
            matrix.multiply(&mut given, &mut out);
            for (n, found) in out.iter().enumerate() {
                let (input, weights) =
                    (&input[n / rows * columns..], &floats[n % rows * columns..]);
                let exact = dot(&input[..columns], &weights[..columns]);
                assert!((found - exact).abs() < 0.15, "{kind:?} {n}: {found} and {exact}");
            }
        }
    }

    #[test]
    fn a_row_of_input_gives_the_same_bits_alone_and_among_others() {
        let (rows, columns) = SHAPE;
        let input = noise(7 * columns);
        for kind in KINDS {
            let tensor = tensor(kind, noise(rows * columns));
            let matrix = Matrix::from_bytes(SHAPE, kind, &tensor.data().unwrap()).unwrap();
            let multiply = |input: &[f32]| {
                let mut given = Input::default();
                given.reset(input.len()).copy_from_slice(input);
                let mut out = Vec::new();
                matrix.multiply(&mut given, &mut out);
                out
            };
            let together = multiply(&input);
            for (n, one) in input.chunks_exact(columns).enumerate() {
                assert_eq!(multiply(one), together[n * rows..(n + 1) * rows], "{kind:?} {n}");
            }
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_errors() {
        for (shape, bytes) in [((0, 32), 0), ((2, 32), 67), ((2, 33), 68), ((2, 0), 0)] {
            assert!(Matrix::from_bytes(shape, GgmlDType::Q8_0, &vec![0; bytes]).is_err());
        }
        assert!(Matrix::from_bytes((2, 32), GgmlDType::Q8_0, &[0; 68]).is_ok());
    }
}
