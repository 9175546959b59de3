//! Attention of one position over a cache, grouped queries (Ainslie et al. 2023).
//!
//! Query heads that share keys are computed in pairs, so that a cached row is read
//! and widened once for two. A kernel with AVX2 and F16C and a plain one add in
//! the same order and give the same bits.

use super::float::{LANES, Stored, dot, softmax};

/// Query heads that a kernel takes at once.
const TOGETHER: usize = 2;

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

/// One position looks at all before it: `query` and `out` are (query heads, size),
/// `scores` is scratch.
pub(super) fn attend<T: Stored>(
    heads: Heads,
    query: &[f32],
    segments: &Segments<'_, T>,
    scores: &mut Vec<f32>,
    out: &mut [f32],
) {
    attend_with(Kernel::best(heads.size), heads, query, segments, scores, out);
}

fn attend_with<T: Stored>(
    kernel: Kernel,
    heads: Heads,
    query: &[f32],
    segments: &Segments<'_, T>,
    scores: &mut Vec<f32>,
    out: &mut [f32],
) {
    let row = heads.keys * heads.size;
    let length: usize = segments.iter().map(|(keys, _)| keys.len() / row).sum();
    let group = heads.queries / heads.keys * heads.size;
    let groups = query.chunks_exact(group).zip(out.chunks_exact_mut(group));
    for (number, (query, out)) in groups.enumerate() {
        let place = Place { begin: number * heads.size, size: heads.size, row, length };
        let together = TOGETHER * heads.size;
        for (query, out) in query.chunks(together).zip(out.chunks_mut(together)) {
            scores.resize(query.len() / heads.size * length, 0.0);
            kernel.scores(place, query, segments, scores);
            kernel.soften(scores, length);
            kernel.values(place, scores, segments, out);
        }
    }
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
            && is_x86_feature_detected!("f16c")
        {
            return Self::Avx2;
        }
        let _ = size;
        Self::Plain
    }

    /// Products of one or two query heads with every key, scaled: (heads, length).
    fn scores<T: Stored>(
        self,
        place: Place,
        query: &[f32],
        segments: &Segments<'_, T>,
        scores: &mut [f32],
    ) {
        let scale = 1.0 / (place.size as f32).sqrt();
        let mut at = 0;
        for (keys, _) in segments {
            match (self, query.len() / place.size) {
                // SAFETY: `best` found the instructions and that sixteen divide the size.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, 1) => unsafe { x86::scores::<T, 1>(place, query, keys, at, scores) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, _) => unsafe { x86::scores::<T, 2>(place, query, keys, at, scores) },
                (Self::Plain, _) => plain_scores(place, query, keys, at, scores),
            }
            at += keys.len() / place.row;
        }
        scores.iter_mut().for_each(|score| *score *= scale);
    }

    /// Scores (heads, length) become probabilities.
    fn soften(self, scores: &mut [f32], length: usize) {
        match self {
            // SAFETY: `best` found the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::soften(scores, length) },
            Self::Plain => scores.chunks_exact_mut(length).for_each(softmax),
        }
    }

    /// Sums of the values, weighted by (heads, length): (heads, size).
    fn values<T: Stored>(
        self,
        place: Place,
        weights: &[f32],
        segments: &Segments<'_, T>,
        out: &mut [f32],
    ) {
        out.fill(0.0);
        let mut at = 0;
        for (_, values) in segments {
            match (self, out.len() / place.size) {
                // SAFETY: `best` found the instructions and that sixteen divide the size.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, 1) => unsafe { x86::values::<T, 1>(place, weights, values, at, out) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                (Self::Avx2, _) => unsafe { x86::values::<T, 2>(place, weights, values, at, out) },
                (Self::Plain, _) => plain_values(place, weights, values, at, out),
            }
            at += values.len() / place.row;
        }
    }
}

fn plain_scores<T: Stored>(place: Place, query: &[f32], keys: &[T], at: usize, scores: &mut [f32]) {
    let scores = scores.chunks_exact_mut(place.length);
    for (query, scores) in query.chunks_exact(place.size).zip(scores) {
        for (keys, score) in keys.chunks_exact(place.row).zip(&mut scores[at..]) {
            *score = dot(query, &keys[place.begin..place.begin + place.size]);
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
                *out += weight * value.float();
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{LANES, Place, Stored, softmax};

    /// The plain loops, compiled for wider vectors.
    #[target_feature(enable = "avx2")]
    pub(super) fn soften(scores: &mut [f32], length: usize) {
        for scores in scores.chunks_exact_mut(length) {
            softmax(scores);
        }
    }

    /// Sum of sixteen lanes in two registers, halves onto halves.
    #[target_feature(enable = "avx2")]
    fn total(low: __m256, high: __m256) -> f32 {
        let eight = _mm256_add_ps(low, high);
        let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
    }

    /// `query` is (N, size); scores of these keys begin at `at` of each head's.
    #[target_feature(enable = "avx2,f16c")]
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
                        sums[0] = _mm256_add_ps(sums[0], _mm256_mul_ps(first, low));
                        sums[1] = _mm256_add_ps(sums[1], _mm256_mul_ps(second, high));
                    }
                }
            }
            for (n, [low, high]) in sums.into_iter().enumerate() {
                scores[n * place.length + position] = total(low, high);
            }
        }
    }

    /// `out` is (N, size) and is added to; weights of these values begin at `at` of each
    /// head's. Sixteen components at a time stay in registers over all positions.
    #[target_feature(enable = "avx2,f16c")]
    pub(super) fn values<T: Stored, const N: usize>(
        place: Place,
        weights: &[f32],
        values: &[T],
        at: usize,
        out: &mut [f32],
    ) {
        let positions = values.len() / place.row;
        assert!(out.len() == N * place.size && place.begin + place.size <= place.row);
        assert!(weights.len() == N * place.length && at + positions <= place.length);
        for lane in (0..place.size).step_by(LANES) {
            let mut sums = [[_mm256_setzero_ps(); 2]; N];
            // SAFETY: the lengths above, and sixteen divide the size.
            unsafe {
                for (n, sums) in sums.iter_mut().enumerate() {
                    let out = out.as_ptr().add(n * place.size + lane);
                    *sums = [_mm256_loadu_ps(out), _mm256_loadu_ps(out.add(8))];
                }
                for position in 0..positions {
                    let value = values.as_ptr().add(position * place.row + place.begin + lane);
                    let (low, high) = (T::load(value), T::load(value.add(8)));
                    for (n, sums) in sums.iter_mut().enumerate() {
                        let weight = *weights.get_unchecked(n * place.length + at + position);
                        let weight = _mm256_set1_ps(weight);
                        sums[0] = _mm256_add_ps(sums[0], _mm256_mul_ps(weight, low));
                        sums[1] = _mm256_add_ps(sums[1], _mm256_mul_ps(weight, high));
                    }
                }
                for (n, sums) in sums.into_iter().enumerate() {
                    let out = out.as_mut_ptr().add(n * place.size + lane);
                    _mm256_storeu_ps(out, sums[0]);
                    _mm256_storeu_ps(out.add(8), sums[1]);
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

    fn run<T: Stored>(kernel: Kernel, heads: Heads, lengths: [usize; 2]) -> Vec<f32> {
        let row = heads.keys * heads.size;
        let store = |count: usize, from: usize| -> Vec<T> {
            noise(from + count)[from..].iter().map(|&x| T::store(x)).collect()
        };
        let [a, b] = lengths.map(|length| length * row);
        let (keys, values) = ([store(a, 3), store(b, 77)], [store(a, 5), store(b, 99)]);
        let segments = [(&keys[0][..], &values[0][..]), (&keys[1][..], &values[1][..])];
        let query = noise(heads.queries * heads.size);
        let (mut scores, mut out) = (Vec::new(), vec![9.0; query.len()]);
        attend_with(kernel, heads, &query, &segments, &mut scores, &mut out);
        out
    }

    #[test]
    fn both_kernels_give_the_same_bits() {
        for (queries, keys, size) in [(4, 2, 64), (3, 1, 16), (2, 2, 32), (8, 1, 48)] {
            let heads = Heads { queries, keys, size };
            for lengths in [[0, 1], [5, 0], [37, 12]] {
                let best = Kernel::best(size);
                let same = |a: &[f32], b: &[f32]| {
                    a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits()))
                };
                let float = run::<f32>(Kernel::Plain, heads, lengths);
                assert!(same(&run::<f32>(best, heads, lengths), &float), "{heads:?}");
                let half = run::<u16>(Kernel::Plain, heads, lengths);
                assert!(same(&run::<u16>(best, heads, lengths), &half), "{heads:?}");
                assert!(float.iter().zip(&half).all(|(a, b)| (a - b).abs() < 2e-3));
            }
        }
        assert_eq!(Kernel::best(24), Kernel::Plain);
    }

    #[test]
    fn one_position_sees_its_own_value() {
        let heads = Heads { queries: 2, keys: 1, size: 16 };
        let out = run::<f32>(Kernel::best(16), heads, [0, 1]);
        assert_eq!([&out[..16], &out[16..]], [&noise(115)[99..]; 2]);
    }
}
