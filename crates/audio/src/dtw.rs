//! Dynamic time warping: which frames of two renderings of one sentence belong together.
//!
//! What it is: the cheapest monotonic path through all frames of both (Sakoe and Chiba 1978) with the steps (1, 1), (1, 0)
//! and (0, 1), all of weight 1, and the Euclidean distance between frames. What it is not: there is no band and no slope
//! limit, so a clip is aligned with anything; it needs both clips whole.

/// Most cells of an alignment: 50 s against 50 s in steps of 10 ms. One byte each.
pub const CELLS_MAX: usize = 25_000_000;

/// The step by which a cell is reached.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Both,
    First,
    Second,
}

/// The pairs of frames of the cheapest path, from (0, 0) to both last frames. `first` is (frames, width), `second` is
/// (frames, width); what is left over after the last whole frame is not looked at. Among paths that cost as much, the one
/// that goes on in both is taken.
///
/// `None` when either has no frame, when `width` is 0, or when there are over [`CELLS_MAX`] pairs.
///
/// ```
/// let path = hearsay_audio::dtw::align(&[0.0, 5.0], &[0.0, 0.0, 5.0], 1).unwrap();
/// assert_eq!(path, [(0, 0), (0, 1), (1, 2)]);
/// ```
pub fn align(first: &[f32], second: &[f32], width: usize) -> Option<Vec<(usize, usize)>> {
    let frames = |values: &[f32]| values.len().checked_div(width).filter(|frames| *frames > 0);
    let (rows, columns) = (frames(first)?, frames(second)?);
    if rows.checked_mul(columns)? > CELLS_MAX {
        return None;
    }
    // steps: (rows, columns)
    let mut steps = Vec::with_capacity(rows * columns);
    let mut above = vec![f64::INFINITY; columns];
    for (row, frame) in first.chunks_exact(width).enumerate() {
        let (mut left, mut diagonal) = (f64::INFINITY, f64::INFINITY);
        for (other, cost) in second.chunks_exact(width).zip(&mut above) {
            let (before, step) = match (row, left.is_finite()) {
                (0, false) => (0.0, Step::Both),
                _ => cheapest(diagonal, *cost, left),
            };
            diagonal = *cost;
            left = before + distance(frame, other);
            *cost = left;
            steps.push(step);
        }
    }
    Some(back(&steps, rows, columns))
}

fn cheapest(both: f64, first: f64, second: f64) -> (f64, Step) {
    if both <= first && both <= second {
        (both, Step::Both)
    } else if first <= second {
        (first, Step::First)
    } else {
        (second, Step::Second)
    }
}

/// Distance of two frames; one that is no finite number is as far as a float goes, so that every path has a cost.
fn distance(a: &[f32], b: &[f32]) -> f64 {
    let squares: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    if squares.is_finite() { squares.sqrt() } else { f64::from(f32::MAX) }
}

/// The path from its end to its beginning, turned around.
fn back(steps: &[Step], rows: usize, columns: usize) -> Vec<(usize, usize)> {
    let (mut row, mut column) = (rows - 1, columns - 1);
    let mut path = vec![(row, column)];
    while row > 0 || column > 0 {
        // Along an edge there is only one way, whatever the sums were.
        let step = match (row, column) {
            (0, _) => Step::Second,
            (_, 0) => Step::First,
            _ => steps[row * columns + column],
        };
        row -= usize::from(step != Step::Second);
        column -= usize::from(step != Step::First);
        path.push((row, column));
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_frames_go_together() {
        let frames: Vec<f32> = (0..40).map(|n| (n * 7 % 11) as f32).collect();
        let path = align(&frames, &frames, 2).unwrap();
        assert_eq!(path, (0..20).map(|n| (n, n)).collect::<Vec<_>>());
    }

    #[test]
    fn a_held_frame_is_waited_for_on_either_side() {
        let (short, long) = ([1.0, 2.0, 3.0], [1.0, 2.0, 2.0, 2.0, 3.0]);
        let path = align(&short, &long, 1).unwrap();
        assert_eq!(path, [(0, 0), (1, 1), (1, 2), (1, 3), (2, 4)]);
        let turned: Vec<_> = path.into_iter().map(|(a, b)| (b, a)).collect();
        assert_eq!(align(&long, &short, 1).unwrap(), turned);
    }

    /// The cost of the cheapest path from the end, by trying all.
    fn tried(a: &[f32], b: &[f32]) -> f64 {
        let [.., x] = a else { return f64::INFINITY };
        let [.., y] = b else { return f64::INFINITY };
        let here = f64::from((x - y).abs());
        if a.len() == 1 && b.len() == 1 {
            return here;
        }
        let (less_a, less_b) = (&a[..a.len() - 1], &b[..b.len() - 1]);
        here + tried(less_a, less_b).min(tried(less_a, b)).min(tried(a, less_b))
    }

    #[test]
    fn no_path_is_cheaper() {
        let mut seed = 11u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as f32
        };
        for lengths in [(1, 1), (1, 6), (5, 1), (4, 6), (6, 6), (7, 3)] {
            let a: Vec<f32> = (0..lengths.0).map(|_| next()).collect();
            let b: Vec<f32> = (0..lengths.1).map(|_| next()).collect();
            let path = align(&a, &b, 1).unwrap();
            let cost: f64 = path.iter().map(|(i, j)| f64::from((a[*i] - b[*j]).abs())).sum();
            assert!((cost - tried(&a, &b)).abs() < 1e-6, "{lengths:?}, seed 11");
            let steps = path.windows(2).map(|w| (w[1].0 - w[0].0, w[1].1 - w[0].1));
            assert!(steps.into_iter().all(|s| matches!(s, (0, 1) | (1, 0) | (1, 1))));
            assert_eq!(path[0], (0, 0));
            assert_eq!(path[path.len() - 1], (lengths.0 - 1, lengths.1 - 1));
        }
    }

    #[test]
    fn what_cannot_be_aligned_is_refused_and_odd_numbers_are_not_fatal() {
        assert_eq!(align(&[], &[1.0], 1), None);
        assert_eq!(align(&[1.0], &[1.0], 0), None);
        assert_eq!(align(&[1.0], &[1.0, 2.0], 2), None);
        let long = vec![0.0; 6000];
        assert_eq!(align(&long, &long, 1), None);
        let odd = [f32::NAN, f32::INFINITY, 1.0];
        let path = align(&odd, &[1.0, 1.0], 1).unwrap();
        assert_eq!(path.last(), Some(&(2, 1)));
    }
}
