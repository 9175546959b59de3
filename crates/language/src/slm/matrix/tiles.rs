//! 8-bit matrices in tiles of 16 rows, and their products with few rows of
//! input, on one thread.
//!
//! The weights are those of GGUF's Q8_0 (blocks of 32 columns, one scale a
//! block and row); the input is rounded to 8 bits in the same blocks. Whole
//! numbers are summed exactly inside a block and blocks in order of columns
//! with separate multiplications and additions, so that every kernel below
//! gives the same bits, on every processor and for any number of input rows.
//! Kernels: AVX-512 VNNI, AVX2 and plain loops, chosen at run time.

/// Rows of a tile.
pub(super) const TILE_ROWS: usize = 16;
/// Columns that share a scale.
pub(crate) const BLOCK: usize = 32;
/// Columns that one step of a kernel takes.
const GROUP: usize = 4;
const GROUPS: usize = BLOCK / GROUP;
/// Input rows that a kernel takes at once.
pub(super) const INPUTS_MAX: usize = 4;

/// One block of 16 rows.
#[derive(Clone)]
#[repr(C, align(64))]
struct Tile {
    /// (group of columns, row, column): the weight + 128.
    weights: [[u8; TILE_ROWS * GROUP]; GROUPS],
    /// By row.
    scales: [f32; TILE_ROWS],
}

/// One block of one input row.
#[derive(Clone, Copy)]
pub(super) struct InputBlock {
    /// Four 8-bit values each, the first one lowest.
    groups: [i32; GROUPS],
    /// Value of one step.
    scale: f32,
    /// -128 times the sum of the values: takes the weights' 128 back.
    offset: i32,
}

/// A matrix (rows, columns) in 8 bits.
pub(super) struct Tiles {
    rows: usize,
    columns: usize,
    /// (tiles of rows, blocks of columns)
    tiles: Vec<Tile>,
}

impl Tiles {
    /// From a function that gives a block's scale and weights (-127 to 127) by row and block.
    pub(super) fn new(
        (rows, columns): (usize, usize),
        mut block: impl FnMut(usize, usize) -> (f32, [i8; BLOCK]),
    ) -> Self {
        let blocks = columns / BLOCK;
        let empty = Tile { weights: [[128; TILE_ROWS * GROUP]; GROUPS], scales: [0.0; TILE_ROWS] };
        let mut tiles = vec![empty; rows.div_ceil(TILE_ROWS) * blocks];
        for row in 0..rows {
            for at in 0..blocks {
                let (scale, weights) = block(row, at);
                let tile = &mut tiles[row / TILE_ROWS * blocks + at];
                let lane = row % TILE_ROWS;
                tile.scales[lane] = scale;
                for (column, weight) in weights.into_iter().enumerate() {
                    let place = lane * GROUP + column % GROUP;
                    tile.weights[column / GROUP][place] = weight.cast_unsigned() ^ 128;
                }
            }
        }
        Self { rows, columns, tiles }
    }

    /// Writes one row as floats.
    pub(super) fn row(&self, row: usize, out: &mut [f32]) {
        let blocks = self.columns / BLOCK;
        let lane = row % TILE_ROWS;
        let tiles = &self.tiles[row / TILE_ROWS * blocks..][..blocks];
        for (out, tile) in out.chunks_exact_mut(BLOCK).zip(tiles) {
            for (column, out) in out.iter_mut().enumerate() {
                let weight = tile.weights[column / GROUP][lane * GROUP + column % GROUP] ^ 128;
                *out = f32::from(weight.cast_signed()) * tile.scales[lane];
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.tiles.len() * size_of::<Tile>()
    }

    /// Products of input rows (inputs, columns) with every row: `out` is (inputs, rows).
    pub(super) fn multiply(&self, inputs: &[InputBlock], out: &mut [f32]) {
        self.multiply_with(Kernel::best(), inputs, out);
    }

    fn multiply_with(&self, kernel: Kernel, inputs: &[InputBlock], out: &mut [f32]) {
        let blocks = self.columns / BLOCK;
        for (number, tiles) in self.tiles.chunks_exact(blocks).enumerate() {
            let begin = number * TILE_ROWS;
            let lanes = TILE_ROWS.min(self.rows - begin);
            let several = inputs.chunks(INPUTS_MAX * blocks);
            for (inputs, out) in several.zip(out.chunks_mut(INPUTS_MAX * self.rows)) {
                let found = kernel.products(tiles, inputs);
                for (found, out) in found.iter().zip(out.chunks_exact_mut(self.rows)) {
                    // A whole tile, most of the time, is one store instead of a call.
                    match out[begin..].first_chunk_mut() {
                        Some(out) => *out = *found,
                        None => out[begin..].copy_from_slice(&found[..lanes]),
                    }
                }
            }
        }
    }
}

/// Rounds rows of input to 8 bits, appending (inputs, blocks) to `out`.
pub(super) fn quantize(input: &[f32], out: &mut Vec<InputBlock>) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has the instructions.
        return unsafe { x86::quantize(input, out) };
    }
    quantize_here(input, out);
}

#[inline(always)]
fn quantize_here(input: &[f32], out: &mut Vec<InputBlock>) {
    for block in input.as_chunks::<BLOCK>().0 {
        out.push(quantize_block(block));
    }
}

#[inline(always)]
fn quantize_block(block: &[f32; BLOCK]) -> InputBlock {
    /// Adding it leaves the nearest whole number, ties to even, in the lowest bits, for
    /// values far below 2^22: 1.5 * 2^23.
    const SHIFT: f32 = 12_582_912.0;
    let mut lanes = [0.0_f32; 8];
    for eight in block.as_chunks::<8>().0 {
        for (most, x) in lanes.iter_mut().zip(eight) {
            *most = most.max(x.abs());
        }
    }
    let largest = lanes.into_iter().fold(0.0, f32::max);
    let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
    // Within -127 to 127 by the choice of the scale; the bits of not-a-number end in 0.
    let mut steps = [0_u8; BLOCK];
    let mut sum = 0;
    for (step, x) in steps.iter_mut().zip(block) {
        *step = (x * inverse + SHIFT).to_bits() as u8;
        sum += i32::from(step.cast_signed());
    }
    let mut groups = [0; GROUPS];
    for (group, four) in groups.iter_mut().zip(steps.as_chunks::<GROUP>().0) {
        *group = i32::from_le_bytes(*four);
    }
    InputBlock { groups, scale: largest / 127.0, offset: -128 * sum }
}

type Products = [[f32; TILE_ROWS]; INPUTS_MAX];

/// How products are computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kernel {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Plain,
}

impl Kernel {
    /// Every kernel that this processor has, the fastest first.
    fn available() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let fast = [
            (Self::Avx512, is_x86_feature_detected!("avx512vnni")),
            (Self::Avx2, is_x86_feature_detected!("avx2")),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        let fast: [(Self, bool); 0] = [];
        fast.into_iter().chain([(Self::Plain, true)]).filter(|(_, has)| *has).map(|(it, _)| it)
    }

    fn best() -> Self {
        Self::available().next().unwrap_or(Self::Plain)
    }

    /// Products of one row of tiles with up to `INPUTS_MAX` rows of input.
    fn products(self, tiles: &[Tile], inputs: &[InputBlock]) -> Products {
        match inputs.len() / tiles.len() {
            1 => self.products_of::<1>(tiles, inputs),
            2 => self.products_of::<2>(tiles, inputs),
            3 => self.products_of::<3>(tiles, inputs),
            _ => self.products_of::<4>(tiles, inputs),
        }
    }

    fn products_of<const N: usize>(self, tiles: &[Tile], inputs: &[InputBlock]) -> Products {
        let blocks = tiles.len();
        let inputs: [&[InputBlock]; N] =
            std::array::from_fn(|n| &inputs[n * blocks..(n + 1) * blocks]);
        match self {
            // SAFETY: `available` found the instructions on this processor.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { x86::avx512(tiles, inputs) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::avx2(tiles, inputs) },
            Self::Plain => plain(tiles, inputs),
        }
    }
}

fn plain<const N: usize>(tiles: &[Tile], inputs: [&[InputBlock]; N]) -> Products {
    let mut sums = Products::default();
    for (at, tile) in tiles.iter().enumerate() {
        for (sums, input) in sums.iter_mut().zip(inputs) {
            let input = &input[at];
            let mut whole = [input.offset; TILE_ROWS];
            for (weights, group) in tile.weights.iter().zip(input.groups) {
                let values = group.to_le_bytes().map(|byte| i32::from(byte.cast_signed()));
                for (whole, weights) in whole.iter_mut().zip(weights.as_chunks::<GROUP>().0) {
                    for (&weight, value) in weights.iter().zip(values) {
                        *whole += i32::from(weight) * value;
                    }
                }
            }
            for ((sum, whole), scale) in sums.iter_mut().zip(whole).zip(tile.scales) {
                *sum += whole as f32 * (scale * input.scale);
            }
        }
    }
    sums
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{InputBlock, Products, Tile};

    /// The plain loops, compiled for wider vectors.
    #[target_feature(enable = "avx2")]
    pub(super) fn quantize(input: &[f32], out: &mut Vec<InputBlock>) {
        super::quantize_here(input, out);
    }

    /// Four weights times four values a lane and instruction.
    #[target_feature(enable = "avx512f,avx512vnni")]
    pub(super) fn avx512<const N: usize>(tiles: &[Tile], inputs: [&[InputBlock]; N]) -> Products {
        let mut sums = [_mm512_setzero_ps(); N];
        for (at, tile) in tiles.iter().enumerate() {
            let mut whole = [_mm512_setzero_si512(); N];
            for (whole, input) in whole.iter_mut().zip(inputs) {
                *whole = _mm512_set1_epi32(input[at].offset);
            }
            for (group, weights) in tile.weights.iter().enumerate() {
                // SAFETY: 64 bytes, aligned to 64 as the tile is.
                let weights = unsafe { _mm512_load_si512(weights.as_ptr().cast()) };
                for (whole, input) in whole.iter_mut().zip(inputs) {
                    let values = _mm512_set1_epi32(input[at].groups[group]);
                    *whole = _mm512_dpbusd_epi32(*whole, weights, values);
                }
            }
            // SAFETY: 16 floats at a place that is aligned to 64.
            let scales = unsafe { _mm512_load_ps(tile.scales.as_ptr()) };
            for ((sum, whole), input) in sums.iter_mut().zip(whole).zip(inputs) {
                let scale = _mm512_mul_ps(scales, _mm512_set1_ps(input[at].scale));
                *sum = _mm512_add_ps(*sum, _mm512_mul_ps(_mm512_cvtepi32_ps(whole), scale));
            }
        }
        let mut out = Products::default();
        for (out, sum) in out.iter_mut().zip(sums) {
            // SAFETY: 16 floats are written to an array of 16.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr(), sum) };
        }
        out
    }

    /// Weights widened to 16 bits, pairs of products summed in 32.
    #[target_feature(enable = "avx2")]
    pub(super) fn avx2<const N: usize>(tiles: &[Tile], inputs: [&[InputBlock]; N]) -> Products {
        let mut out = Products::default();
        for (out, input) in out.iter_mut().zip(inputs) {
            let mut sums = [_mm256_setzero_ps(); 2];
            for (tile, block) in tiles.iter().zip(input) {
                let offset = _mm256_set1_epi32(block.offset);
                let scale = _mm256_set1_ps(block.scale);
                for ((half, whole), sum) in
                    whole_sums(tile, block).into_iter().enumerate().zip(&mut sums)
                {
                    // SAFETY: half is 0 or 1, and a tile has 16 scales.
                    let scales = unsafe { _mm256_loadu_ps(tile.scales.as_ptr().add(8 * half)) };
                    let whole = _mm256_cvtepi32_ps(_mm256_add_epi32(whole, offset));
                    let product = _mm256_mul_ps(whole, _mm256_mul_ps(scales, scale));
                    *sum = _mm256_add_ps(*sum, product);
                }
            }
            // SAFETY: 8 floats each to the halves of an array of 16.
            unsafe {
                _mm256_storeu_ps(out.as_mut_ptr(), sums[0]);
                _mm256_storeu_ps(out.as_mut_ptr().add(8), sums[1]);
            }
        }
        out
    }

    /// Sums of weight + 128 times value of rows 0 to 7 and 8 to 15.
    #[target_feature(enable = "avx2")]
    fn whole_sums(tile: &Tile, block: &InputBlock) -> [__m256i; 2] {
        // Two sums a row, four rows a register.
        let mut pairs = [_mm256_setzero_si256(); 4];
        for (weights, &group) in tile.weights.iter().zip(&block.groups) {
            let values = _mm_cvtepi8_epi16(_mm_set1_epi32(group));
            let values = _mm256_broadcastsi128_si256(values);
            for (pair, weights) in pairs.iter_mut().zip(weights.as_chunks::<16>().0) {
                // SAFETY: 16 bytes are read from an array of 16.
                let weights = unsafe { _mm_loadu_si128(weights.as_ptr().cast()) };
                let products = _mm256_madd_epi16(_mm256_cvtepu8_epi16(weights), values);
                *pair = _mm256_add_epi32(*pair, products);
            }
        }
        // Joined pairs come as rows 0 1 4 5 2 3 6 7.
        let low = _mm256_hadd_epi32(pairs[0], pairs[1]);
        let high = _mm256_hadd_epi32(pairs[2], pairs[3]);
        [
            _mm256_permute4x64_epi64::<0b11_01_10_00>(low),
            _mm256_permute4x64_epi64::<0b11_01_10_00>(high),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern, the same every time.
    fn noise(count: usize) -> Vec<f32> {
        let mut state = 12_345_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0 - 0.5
        };
        (0..count).map(|_| next()).collect()
    }

    fn tiles(rows: usize, columns: usize) -> (Tiles, Vec<f32>) {
        let mut numbers = noise(rows * columns).into_iter();
        let mut float = Vec::new();
        let tiles = Tiles::new((rows, columns), |row, at| {
            let scale = 0.01 + (row * 7 + at) as f32 * 0.001;
            let weights = std::array::from_fn(|_| (numbers.next().unwrap() * 254.0) as i8);
            float.extend(weights.map(|weight| f32::from(weight) * scale));
            (scale, weights)
        });
        (tiles, float)
    }

    #[test]
    fn every_kernel_and_every_number_of_inputs_gives_the_same_bits() {
        let (rows, columns) = (37, 96);
        let (tiles, _) = tiles(rows, columns);
        let input = noise(6 * columns);
        let mut blocks = Vec::new();
        quantize(&input, &mut blocks);
        let mut alone = Vec::new();
        for one in blocks.chunks_exact(columns / BLOCK) {
            let mut out = vec![0.0; rows];
            tiles.multiply_with(Kernel::Plain, one, &mut out);
            alone.extend(out);
        }
        for kernel in Kernel::available() {
            for inputs in 1..=6 {
                let mut out = vec![0.0; inputs * rows];
                tiles.multiply_with(kernel, &blocks[..inputs * columns / BLOCK], &mut out);
                let same = out.iter().zip(&alone).all(|(a, b)| a.to_bits() == b.to_bits());
                assert!(same, "{kernel:?} with {inputs} inputs");
            }
        }
    }

    #[test]
    fn products_are_near_those_of_floats() {
        let (rows, columns) = (20, 64);
        let (tiles, weights) = tiles(rows, columns);
        let input = noise(columns);
        let mut blocks = Vec::new();
        quantize(&input, &mut blocks);
        let mut out = vec![0.0; rows];
        tiles.multiply(&blocks, &mut out);
        let mut row = vec![0.0; columns];
        for (n, (found, weights)) in out.iter().zip(weights.chunks_exact(columns)).enumerate() {
            let exact: f32 = weights.iter().zip(&input).map(|(w, x)| w * x).sum();
            let size: f32 = weights.iter().zip(&input).map(|(w, x)| (w * x).abs()).sum();
            assert!((found - exact).abs() < size / 100.0, "row {n}: {found} and {exact}");
            tiles.row(n, &mut row);
            assert_eq!(row, weights, "row {n}");
        }
    }

    #[test]
    fn input_that_is_not_finite_does_no_harm() {
        let mut blocks = Vec::new();
        quantize(&[f32::NAN; BLOCK], &mut blocks);
        quantize(&[f32::INFINITY; BLOCK], &mut blocks);
        quantize(&[0.0; BLOCK], &mut blocks);
        assert_eq!(blocks[2].groups, [0; GROUPS]);
        assert_eq!(blocks.len(), 3);
    }
}
