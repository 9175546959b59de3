//! Attention of one or two positions over a cache, grouped queries (Ainslie et al. 2023).
//!
//! Up to two query heads that share keys, of up to two positions, are computed together, so that a cached row is read and
//! widened once for all of them. A kernel with AVX2, FMA and F16C and a plain one add in the same order with the same fused
//! multiplications and give the same bits, alone and together.

use super::float::{LANES, Stored, dot_fused, softmax};

/// Query heads that a kernel takes at once.
const HEADS_TOGETHER: usize = 2;
/// Positions that are computed at once.
pub(super) const POSITIONS_TOGETHER: usize = 2;

/// Shape of an attention.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heads {
    /// Query heads, a multiple of the key heads.
    pub queries: usize,
    /// Key and value heads.
    pub keys: usize,
    /// Components of a head.
    pub size: usize,
}

/// Stretches of positions, each as (positions, key heads, size) of keys and of values.
pub(super) type Segments<'a, T> = [(&'a [T], &'a [T]); 2];

/// Memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// (query heads together, positions seen)
    scores: Vec<f32>,
    /// (query heads together, size)
    query: Vec<f32>,
    /// As `query`.
    out: Vec<f32>,
}

/// Up to [`POSITIONS_TOGETHER`] positions look at all before them and at themselves: `query` and `out` are (positions, query
/// heads, size); the segments end with the last position.
pub(super) fn attend<T: Stored>(
    heads: Heads,
    query: &[f32],
    segments: &Segments<'_, T>,
    scratch: &mut Scratch,
    out: &mut [f32],
) {
    attend_with(Kernel::best(heads.size), heads, query, segments, scratch, out);
}

fn attend_with<T: Stored>(
    kernel: Kernel,
    heads: Heads,
    query: &[f32],
    segments: &Segments<'_, T>,
    scratch: &mut Scratch,
    out: &mut [f32],
) {
    let (size, row) = (heads.size, heads.keys * heads.size);
    let length: usize = segments.iter().map(|(keys, _)| keys.len() / row).sum();
    let positions = query.len() / (heads.queries * size);
    // All positions see these; the last one sees what is left.
    let common = length + 1 - positions;
    let both = part(segments, row, 0, common);
    let own = part(segments, row, common, length);
    let group = heads.queries / heads.keys;
    for first in (0..heads.queries).filter(|head| (head % group).is_multiple_of(HEADS_TOGETHER)) {
        let width = HEADS_TOGETHER.min(group - first % group) * size;
        let place = Place { begin: first / group * size, size, row, length };
        let at = |position: usize| position * heads.queries * size + first * size;
        scratch.query.clear();
        (0..positions).for_each(|p| scratch.query.extend_from_slice(&query[at(p)..at(p) + width]));
        let Scratch { scores, query, out: sums } = &mut *scratch;
        scores.resize(query.len() / size * length, 0.0);
        let last = (positions - 1) * width;
        let last_scores = last / size * length;
        kernel.scores(place, query, &both, 0, scores);
        kernel.scores(place, &query[last..], &own, common, &mut scores[last_scores..]);
        for (n, scores) in scores.chunks_exact_mut(length).enumerate() {
            let seen = if n * size < last { common } else { length };
            kernel.soften(&mut scores[..seen], size);
        }
        sums.clear();
        sums.resize(query.len(), 0.0);
        kernel.values(place, scores, &both, 0, sums);
        kernel.values(place, &scores[last_scores..], &own, common, &mut sums[last..]);
        for (position, sums) in sums.chunks_exact(width).enumerate() {
            out[at(position)..at(position) + width].copy_from_slice(sums);
        }
    }
}

/// Positions `from` to `to` of segments with rows of `row` numbers.
fn part<'a, T>(segments: &Segments<'a, T>, row: usize, from: usize, to: usize) -> Segments<'a, T> {
    let first = segments[0].0.len() / row;
    let cut = |rows: &'a [T], before: usize| {
        let at = |position: usize| position.saturating_sub(before) * row;
        &rows[at(from).min(rows.len())..at(to).min(rows.len())]
    };
    let [(keys, values), (more_keys, more_values)] = *segments;
    [(cut(keys, 0), cut(values, 0)), (cut(more_keys, first), cut(more_values, first))]
}

/// A key head's numbers in the cache's rows.
#[derive(Clone, Copy)]
struct Place {
    /// Its first number in a row.
    begin: usize,
    /// Its numbers.
    size: usize,
    /// Numbers of a row.
    row: usize,
    /// Rows of both segments.
    length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kernel {
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Plain,
}

impl Kernel {
    fn best(size: usize) -> Self {
        #[cfg(target_arch = "x86_64")]
        if size.is_multiple_of(LANES)
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c")
        {
            return Self::Avx2;
        }
        let _ = size;
        Self::Plain
    }

    /// Products of one, two or four queries with keys, the first of which is at position `at`: (queries, length).
    fn scores<T: Stored>(
        self,
        place: Place,
        query: &[f32],
        segments: &Segments<'_, T>,
        mut at: usize,
        scores: &mut [f32],
    ) {
        for (keys, _) in segments {
            match (self, query.len() / place.size) {
                // SAFETY: `best` found the instructions and that sixteen divide the size.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, 1) => unsafe { x86::scores::<T, 1>(place, query, keys, at, scores) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, 2) => unsafe { x86::scores::<T, 2>(place, query, keys, at, scores) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, _) => unsafe { x86::scores::<T, 4>(place, query, keys, at, scores) },
                (Self::Plain, _) => plain_scores(place, query, keys, at, scores),
            }
            at += keys.len() / place.row;
        }
    }

    /// Products become probabilities.
    fn soften(self, scores: &mut [f32], size: usize) {
        let scale = 1.0 / (size as f32).sqrt();
        match self {
            // SAFETY: `best` found the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::soften(scores, scale) },
            Self::Plain => soften(scores, scale),
        }
    }

    /// Adds the values, weighted by (queries, length), to (queries, size).
    fn values<T: Stored>(
        self,
        place: Place,
        weights: &[f32],
        segments: &Segments<'_, T>,
        mut at: usize,
        out: &mut [f32],
    ) {
        let is_wide = place.size.is_multiple_of(2 * LANES);
        for (_, values) in segments {
            match (self, out.len() / place.size, is_wide) {
                // SAFETY: `best` found the instructions and that sixteen divide the size.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, 1, _) => unsafe {
                    x86::values::<T, 1, 2>(place, weights, values, at, out);
                },
                // SAFETY: as above; thirty-two divide it.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, 2, true) => unsafe {
                    x86::values::<T, 2, 4>(place, weights, values, at, out);
                },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, 2, false) => unsafe {
                    x86::values::<T, 2, 2>(place, weights, values, at, out);
                },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, _, _) => unsafe {
                    x86::values::<T, 4, 2>(place, weights, values, at, out);
                },
                (Self::Plain, _, _) => plain_values(place, weights, values, at, out),
            }
            at += values.len() / place.row;
        }
    }
}

#[inline(always)]
fn soften(scores: &mut [f32], scale: f32) {
    scores.iter_mut().for_each(|score| *score *= scale);
    softmax(scores);
}

fn plain_scores<T: Stored>(place: Place, query: &[f32], keys: &[T], at: usize, scores: &mut [f32]) {
    let scores = scores.chunks_exact_mut(place.length);
    for (query, scores) in query.chunks_exact(place.size).zip(scores) {
        for (keys, score) in keys.chunks_exact(place.row).zip(&mut scores[at..]) {
            *score = dot_fused(query, &keys[place.begin..place.begin + place.size]);
        }
    }
}

fn plain_values<T: Stored>(
    place: Place,
    weights: &[f32],
    values: &[T],
    at: usize,
    out: &mut [f32],
) {
    let weights = weights.chunks_exact(place.length);
    for (out, weights) in out.chunks_exact_mut(place.size).zip(weights) {
        for (values, weight) in values.chunks_exact(place.row).zip(&weights[at..]) {
            for (out, value) in out.iter_mut().zip(&values[place.begin..]) {
                *out = weight.mul_add(value.float(), *out);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{LANES, Place, Stored};

    /// The plain loops, compiled for wider vectors.
    #[target_feature(enable = "avx2")]
    pub(super) fn soften(scores: &mut [f32], scale: f32) {
        super::soften(scores, scale);
    }

    /// Sixteen lanes in two registers, halves onto halves: four are left.
    #[target_feature(enable = "avx2")]
    fn four_lanes([low, high]: [__m256; 2]) -> __m128 {
        let eight = _mm256_add_ps(low, high);
        _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight))
    }

    /// Sums of up to four times sixteen lanes, halves onto halves.
    #[target_feature(enable = "avx2")]
    fn totals<const N: usize>(sums: [[__m256; 2]; N]) -> [f32; 4] {
        let mut rows = [_mm_setzero_ps(); 4];
        for (row, sums) in rows.iter_mut().zip(sums) {
            *row = four_lanes(sums);
        }
        let [a, b, c, d] = rows;
        let (low, high) = (_mm_unpacklo_ps(a, b), _mm_unpackhi_ps(a, b));
        let (low_too, high_too) = (_mm_unpacklo_ps(c, d), _mm_unpackhi_ps(c, d));
        let first = _mm_movelh_ps(low, low_too);
        let second = _mm_movehl_ps(low_too, low);
        let third = _mm_movelh_ps(high, high_too);
        let fourth = _mm_movehl_ps(high_too, high);
        let total = _mm_add_ps(_mm_add_ps(first, third), _mm_add_ps(second, fourth));
        let mut out = [0.0; 4];
        // SAFETY: four floats are written to an array of four.
        unsafe { _mm_storeu_ps(out.as_mut_ptr(), total) };
        out
    }

    /// `query` is (N, size); scores of these keys begin at `at` of each head's.
    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) fn scores<T: Stored, const N: usize>(
        place: Place,
        query: &[f32],
        keys: &[T],
        at: usize,
        scores: &mut [f32],
    ) {
        assert!(query.len() == N * place.size && place.begin + place.size <= place.row);
        for (position, keys) in (at..).zip(keys.chunks_exact(place.row)) {
            let mut sums = [[_mm256_setzero_ps(); 2]; N];
            for lane in (0..place.size).step_by(LANES) {
                let key = keys[place.begin + lane..].as_ptr();
                // SAFETY: sixteen numbers of the key and of each query follow, since sixteen
                // divide the size.
                unsafe {
                    let (low, high) = (T::load(key), T::load(key.add(8)));
                    for (n, sums) in sums.iter_mut().enumerate() {
                        let query = query.as_ptr().add(n * place.size + lane);
                        let (first, second) =
                            (_mm256_loadu_ps(query), _mm256_loadu_ps(query.add(8)));
                        sums[0] = _mm256_fmadd_ps(first, low, sums[0]);
                        sums[1] = _mm256_fmadd_ps(second, high, sums[1]);
                    }
                }
            }
            for (n, total) in totals(sums).into_iter().take(N).enumerate() {
                scores[n * place.length + position] = total;
            }
        }
    }

    /// `out` is (N, size) and is added to; weights of these values begin at `at` of each query's. `EIGHTS` times eight
    /// components at a time, which divide the size, stay in registers over all positions.
    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) fn values<T: Stored, const N: usize, const EIGHTS: usize>(
        place: Place,
        weights: &[f32],
        values: &[T],
        at: usize,
        out: &mut [f32],
    ) {
        let positions = values.len() / place.row;
        assert!(out.len() == N * place.size && place.begin + place.size <= place.row);
        assert!(weights.len() == N * place.length && at + positions <= place.length);
        assert!(place.size.is_multiple_of(8 * EIGHTS));
        for lane in (0..place.size).step_by(8 * EIGHTS) {
            let mut sums = [[_mm256_setzero_ps(); EIGHTS]; N];
            // SAFETY: the lengths above.
            unsafe {
                for (n, sums) in sums.iter_mut().enumerate() {
                    for (eight, sum) in sums.iter_mut().enumerate() {
                        *sum = _mm256_loadu_ps(out.as_ptr().add(n * place.size + lane + 8 * eight));
                    }
                }
                for position in 0..positions {
                    let value = values.as_ptr().add(position * place.row + place.begin + lane);
                    let mut loaded = [_mm256_setzero_ps(); EIGHTS];
                    for (eight, loaded) in loaded.iter_mut().enumerate() {
                        *loaded = T::load(value.add(8 * eight));
                    }
                    for (n, sums) in sums.iter_mut().enumerate() {
                        let weight = *weights.get_unchecked(n * place.length + at + position);
                        let weight = _mm256_set1_ps(weight);
                        for (sum, loaded) in sums.iter_mut().zip(loaded) {
                            *sum = _mm256_fmadd_ps(weight, loaded, *sum);
                        }
                    }
                }
                for (n, sums) in sums.into_iter().enumerate() {
                    for (eight, sum) in sums.into_iter().enumerate() {
                        let out = out.as_mut_ptr().add(n * place.size + lane + 8 * eight);
                        _mm256_storeu_ps(out, sum);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(count: usize) -> Vec<f32> {
        (0..count).map(|n| (n * 7919 % 1009) as f32 / 500.0 - 1.0).collect()
    }

    /// What so many positions at the end see.
    fn run<T: Stored>(
        kernel: Kernel,
        heads: Heads,
        lengths: [usize; 2],
        positions: usize,
    ) -> Vec<f32> {
        let row = heads.keys * heads.size;
        let store = |count: usize, from: usize| -> Vec<T> {
            noise(from + count)[from..].iter().map(|&x| T::store(x)).collect()
        };
        let [a, b] = lengths.map(|length| length * row);
        let (keys, values) = ([store(a, 3), store(b, 77)], [store(a, 5), store(b, 99)]);
        let segments = [(&keys[0][..], &values[0][..]), (&keys[1][..], &values[1][..])];
        let query = noise(positions * heads.queries * heads.size);
        let (mut scratch, mut out) = (Scratch::default(), vec![9.0; query.len()]);
        attend_with(kernel, heads, &query, &segments, &mut scratch, &mut out);
        out
    }

    fn bits(numbers: &[f32]) -> Vec<u32> {
        numbers.iter().map(|x| x.to_bits()).collect()
    }

    const SHAPES: [(usize, usize, usize); 4] = [(4, 2, 64), (3, 1, 16), (2, 2, 32), (8, 1, 48)];

    #[test]
    fn both_kernels_give_the_same_bits() {
        for (queries, keys, size) in SHAPES {
            let heads = Heads { queries, keys, size };
            for (lengths, positions) in
                [([0, 1], 1), ([5, 0], 1), ([37, 12], 1), ([0, 2], 2), ([5, 1], 2), ([37, 12], 2)]
            {
                let best = Kernel::best(size);
                let float = run::<f32>(Kernel::Plain, heads, lengths, positions);
                let fast = run::<f32>(best, heads, lengths, positions);
                assert_eq!(bits(&fast), bits(&float), "{heads:?}");
                let half = run::<u16>(Kernel::Plain, heads, lengths, positions);
                let fast = run::<u16>(best, heads, lengths, positions);
                assert_eq!(bits(&fast), bits(&half), "{heads:?}");
                assert!(float.iter().zip(&half).all(|(a, b)| (a - b).abs() < 2e-3));
            }
        }
        assert_eq!(Kernel::best(24), Kernel::Plain);
    }

    /// The first of two positions sees what it would see alone, the last one too.
    #[test]
    fn positions_together_see_what_each_sees_alone() {
        let heads = Heads { queries: 4, keys: 2, size: 64 };
        let both = run::<u16>(Kernel::best(64), heads, [37, 12], 2);
        let first = run::<u16>(Kernel::best(64), heads, [37, 11], 1);
        assert_eq!(bits(&both[..4 * 64]), bits(&first));
    }

    #[test]
    fn one_position_sees_its_own_value() {
        let heads = Heads { queries: 2, keys: 1, size: 16 };
        let out = run::<f32>(Kernel::best(16), heads, [0, 1], 1);
        assert_eq!([&out[..16], &out[16..]], [&noise(115)[99..]; 2]);
    }
}
