//! Matrices in candle's block formats, multiplied row by row with its dot products.

use candle_core::quantized::k_quants::GgmlType;

/// A matrix in some block format.
pub(super) trait BlockRows: Send + Sync {
    /// Products of input rows (inputs, columns): `out` is (inputs, rows).
    fn multiply(&self, input: &[f32], out: &mut [f32]);
    /// Writes one row as floats.
    fn row(&self, row: usize, out: &mut [f32]);
    /// Memory.
    fn bytes(&self) -> usize;
}

pub(super) struct Blocks<T> {
    columns: usize,
    /// (rows, blocks of columns)
    blocks: Vec<T>,
}

impl<T: GgmlType> Blocks<T> {
    /// From a tensor's bytes, whose number is a multiple of a block's.
    pub(super) fn new(columns: usize, bytes: &[u8]) -> Self {
        let mut blocks = vec![T::zeros(); bytes.len() / size_of::<T>()];
        // SAFETY: the blocks are plain numbers in the layout of the file (`repr(C)`, any bits
        // are valid), and there is room for exactly these bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                blocks.as_mut_ptr().cast::<u8>(),
                blocks.len() * size_of::<T>(),
            );
        }
        Self { columns, blocks }
    }
}

impl<T: GgmlType> BlockRows for Blocks<T> {
    fn multiply(&self, input: &[f32], out: &mut [f32]) {
        let width = self.columns / T::BLCK_SIZE;
        let rows = self.blocks.len() / width;
        let inputs = input.len() / self.columns;
        let each = self.columns / T::VecDotType::BLCK_SIZE;
        let mut rounded = vec![T::VecDotType::zeros(); inputs * each];
        for (input, rounded) in input.chunks_exact(self.columns).zip(rounded.chunks_exact_mut(each))
        {
            T::VecDotType::from_float(input, rounded);
        }
        for (at, weights) in self.blocks.chunks_exact(width).enumerate() {
            for (n, input) in rounded.chunks_exact(each).enumerate() {
                out[n * rows + at] = T::vec_dot(self.columns, weights, input);
            }
        }
    }

    fn row(&self, row: usize, out: &mut [f32]) {
        let width = self.columns / T::BLCK_SIZE;
        T::to_float(&self.blocks[row * width..(row + 1) * width], out);
    }

    fn bytes(&self) -> usize {
        size_of_val(&self.blocks[..])
    }
}
