//! The decoder's small operations on slices of floats: norm, rotation, gate,
//! soft maximum, and half floats for the cache.
//!
//! Sums run in sixteen lanes, so that compilers make vectors of them and every
//! processor adds in the same order; nothing depends on how many positions are
//! computed together.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, _mm_loadu_si128, _mm256_cvtph_ps, _mm256_loadu_ps};

/// Lanes of a sum.
pub(super) const LANES: usize = 16;

/// Sum of products. Slices are equally long.
#[inline(always)]
pub(super) fn dot<T: Stored>(a: &[f32], b: &[T]) -> f32 {
    let mut sums = [0.0; LANES];
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane].float();
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b.float()).sum();
    total(sums) + rest
}

/// [`dot`] with fused multiplications.
#[inline(always)]
pub(super) fn dot_fused<T: Stored>(a: &[f32], b: &[T]) -> f32 {
    let mut sums = [0.0; LANES];
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] = a[lane].mul_add(b[lane].float(), sums[lane]);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b.float()).sum();
    total(sums) + rest
}

/// Sum of lanes, halves onto halves.
#[inline(always)]
fn total(mut sums: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

/// Scales `input` to a root mean square of 1 and by `weights` (Zhang and Sennrich
/// 2019). All slices are equally long.
pub(super) fn rms_norm(input: &[f32], weights: &[f32], epsilon: f32, out: &mut [f32]) {
    let scale = rms_scale(input, epsilon);
    for ((out, x), weight) in out.iter_mut().zip(input).zip(weights) {
        *out = weight * (scale * x);
    }
}

/// [`rms_norm`] in place.
pub(super) fn rms_norm_here(values: &mut [f32], weights: &[f32], epsilon: f32) {
    let scale = rms_scale(values, epsilon);
    for (x, weight) in values.iter_mut().zip(weights) {
        *x = weight * (scale * *x);
    }
}

fn rms_scale(values: &[f32], epsilon: f32) -> f32 {
    let mean = dot(values, values) / values.len() as f32;
    1.0 / (mean + epsilon).sqrt()
}

/// Which components of a head rotate together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// 0 with 1, 2 with 3, ...: GGUF's `llama`, llama2.c.
    Neighbours,
    /// The first half with the second: `qwen2`, `qwen3`.
    Halves,
}

/// Sines and cosines of every position up to a window (Su et al. 2021).
pub(super) struct Rotations {
    kind: Rotation,
    head: usize,
    /// (position, half a head): cosine and sine.
    turns: Vec<(f32, f32)>,
}

impl Rotations {
    /// For heads of `head` components (even) and angles that begin with one radian a
    /// position and fall to `1 / base`.
    pub(super) fn new(kind: Rotation, head: usize, base: f32, window: usize) -> Self {
        let half = head / 2;
        let rate = |n: usize| 1.0 / base.powf((2 * n) as f32 / head as f32);
        let rates: Vec<f32> = (0..half).map(rate).collect();
        let turns = (0..window)
            .flat_map(|position| rates.iter().map(move |rate| position as f32 * rate))
            .map(|angle| (angle.cos(), angle.sin()))
            .collect();
        Self { kind, head, turns }
    }

    /// Rotates every head of a row in place. `position` is below the window.
    pub(super) fn rotate(&self, row: &mut [f32], position: usize) {
        let half = self.head / 2;
        let turns = &self.turns[position * half..(position + 1) * half];
        for head in row.chunks_exact_mut(self.head) {
            match self.kind {
                Rotation::Neighbours => {
                    for (pair, &(cos, sin)) in head.as_chunks_mut::<2>().0.iter_mut().zip(turns) {
                        *pair = [pair[0] * cos - pair[1] * sin, pair[0] * sin + pair[1] * cos];
                    }
                }
                Rotation::Halves => {
                    let (low, high) = head.split_at_mut(half);
                    for ((a, b), &(cos, sin)) in low.iter_mut().zip(high).zip(turns) {
                        (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
                    }
                }
            }
        }
    }
}

/// e to the power of x within 2e-7 of its value, from -87 to 88; clamped outside.
/// Plain arithmetic, so that it is the same everywhere and runs in vectors.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    /// Adding it leaves the nearest whole number in the lowest bits.
    const SHIFT: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + SHIFT;
    let whole = shifted - SHIFT;
    let rest = x - whole * LN2_HIGH - whole * LN2_LOW;
    // Taylor's series to the sixth power; the rest is within ln 2 / 2.
    let high = (1.0 / 720.0 * rest + 1.0 / 120.0) * rest + 1.0 / 24.0;
    let value = (((high * rest + 1.0 / 6.0) * rest + 0.5) * rest + 1.0) * rest + 1.0;
    f32::from_bits(value.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// SwiGLU: `gate` becomes silu(gate) times `up` (Shazeer 2020).
pub(super) fn gate(gate: &mut [f32], up: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has the instructions.
        return unsafe { wide_gate(gate, up) };
    }
    gate_here(gate, up);
}

/// The same operations in wider vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide_gate(gate: &mut [f32], up: &[f32]) {
    gate_here(gate, up);
}

#[inline(always)]
fn gate_here(gate: &mut [f32], up: &[f32]) {
    for (gate, up) in gate.iter_mut().zip(up) {
        *gate = *gate / (1.0 + exp(-*gate)) * up;
    }
}

/// Adds a row to another.
#[inline(always)]
pub(super) fn add(row: &mut [f32], other: &[f32]) {
    for (x, y) in row.iter_mut().zip(other) {
        *x += y;
    }
}

/// Turns scores into probabilities in place.
#[inline(always)]
pub(super) fn softmax(scores: &mut [f32]) {
    let most = largest(scores);
    let mut sum = 0.0;
    let (chunks, rest) = scores.as_chunks_mut::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            chunk[lane] = exp(chunk[lane] - most);
            sums[lane] += chunk[lane];
        }
    }
    for score in rest {
        *score = exp(*score - most);
        sum += *score;
    }
    let inverse = 1.0 / (total(sums) + sum);
    scores.iter_mut().for_each(|score| *score *= inverse);
}

/// Logarithm of the sum of the exponentials: a score less this is a log-probability.
pub(super) fn log_sum_exp(scores: &[f32]) -> f32 {
    let most = largest(scores);
    let mut sums = [0.0; LANES];
    let (chunks, rest) = scores.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += exp(chunk[lane] - most);
        }
    }
    let rest: f32 = rest.iter().map(|score| exp(score - most)).sum();
    most + (total(sums) + rest).ln()
}

#[inline(always)]
pub(super) fn largest(scores: &[f32]) -> f32 {
    let mut most = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = scores.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            most[lane] = most[lane].max(chunk[lane]);
        }
    }
    most.iter().chain(rest).fold(f32::NEG_INFINITY, |most, &score| most.max(score))
}

/// A number as the cache keeps it: a float, or a half float's bits.
pub(crate) trait Stored: Copy + Send + Sync + 'static {
    /// Its value.
    fn float(self) -> f32;
    /// The nearest one.
    fn store(value: f32) -> Self;
    /// The values of eight.
    ///
    /// # Safety
    /// The processor has AVX and F16C, and eight numbers can be read.
    #[cfg(target_arch = "x86_64")]
    unsafe fn load(place: *const Self) -> __m256;
}

impl Stored for f32 {
    #[inline(always)]
    fn float(self) -> f32 {
        self
    }

    #[inline(always)]
    fn store(value: f32) -> Self {
        value
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn load(place: *const Self) -> __m256 {
        // SAFETY: the caller's promise.
        unsafe { _mm256_loadu_ps(place) }
    }
}

/// Binary16 of IEEE 754. Values beyond its range become the largest it has.
impl Stored for u16 {
    #[inline(always)]
    fn float(self) -> f32 {
        // Exponents are 112 apart; the product also mends the smallest numbers.
        let size = f32::from_bits(u32::from(self & 0x7fff) << 13) * f32::from_bits(239 << 23);
        f32::from_bits(size.to_bits() | u32::from(self & 0x8000) << 16)
    }

    #[inline(always)]
    fn store(value: f32) -> Self {
        let size = value.abs().min(65_504.0) * f32::from_bits(15 << 23);
        // To the nearest, ties to even.
        let bits = size.to_bits();
        let half = (bits + 0xfff + (bits >> 13 & 1)) >> 13;
        half as u16 | (value.to_bits() >> 16) as u16 & 0x8000
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn load(place: *const Self) -> __m256 {
        // SAFETY: the caller's promise.
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(place.cast())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_near() {
        for step in -8700..8800 {
            let x = step as f32 / 100.0;
            let exact = f64::from(x).exp();
            let off = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(off < 3e-7, "exp({x}) is off by {off}");
        }
        assert!(exp(-1e30) < 1e-37 && exp(1e30).is_finite());
    }

    #[test]
    fn half_floats_come_back() {
        for bits in 0..=u16::MAX {
            let value = bits.float();
            // The largest exponent means infinity or no number, which is never stored.
            if bits >> 10 & 31 != 31 {
                assert_eq!(u16::store(value), bits, "{value}");
            }
        }
        assert_eq!(u16::store(1e9).float(), 65_504.0);
        assert_eq!(u16::store(1.0 + 1.0 / 2048.0).float(), 1.0, "a tie goes to even");
        assert_eq!(u16::store(1e-12).float(), 0.0);
    }

    #[test]
    fn probabilities_sum_to_one() {
        let mut scores: Vec<f32> = (0..37).map(|n| (n * 29 % 37) as f32 / 3.0 - 40.0).collect();
        let total = log_sum_exp(&scores);
        let expected: Vec<f32> = scores.iter().map(|score| (score - total).exp()).collect();
        softmax(&mut scores);
        assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(scores.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn rotations_keep_length_and_depend_on_distance_only() {
        for kind in [Rotation::Neighbours, Rotation::Halves] {
            let rotations = Rotations::new(kind, 8, 10_000.0, 64);
            let turned = |position| {
                let mut row = [0.3, -1.0, 0.5, 2.0, 0.1, 0.2, -0.7, 1.5];
                rotations.rotate(&mut row, position);
                row
            };
            let near = dot(&turned(3), &turned(9)[..]);
            let far = dot(&turned(43), &turned(49)[..]);
            assert!((near - far).abs() < 1e-4, "{kind:?}: {near} and {far}");
            assert!(
                (dot(&turned(5), &turned(5)[..]) - dot(&turned(0), &turned(0)[..])).abs() < 1e-4
            );
        }
    }
}
