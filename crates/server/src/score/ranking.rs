//! How well a score tells two kinds apart.

/// A score, and whether the thing is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The higher, the more likely.
    pub score: f32,
    /// The truth.
    pub positive: bool,
}

/// Area under the receiver operating characteristic: the probability that a
/// positive scores above a negative, ties counting one half (Mann and Whitney
/// 1947). `None` unless there are both.
pub fn auc(scored: &[Scored]) -> Option<f64> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.score.total_cmp(&b.score));
    let positives = sorted.iter().filter(|s| s.positive).count() as f64;
    let negatives = sorted.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let (mut below, mut wins) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.score == b.score) {
        let here = tied.iter().filter(|s| s.positive).count() as f64;
        let others = tied.len() as f64 - here;
        wins += here * (below + others / 2.0);
        below += others;
    }
    Some(wins / (positives * negatives))
}

/// What a threshold makes of scores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Detection {
    /// Positives at or above it.
    pub hits: usize,
    /// Positives below it.
    pub misses: usize,
    /// Negatives at or above it.
    pub false_alarms: usize,
    /// Negatives below it.
    pub rejections: usize,
}

impl Detection {
    /// Harmonic mean of precision and recall, 0 to 1; `None` without positives.
    pub fn f1(self) -> Option<f64> {
        let positives = self.hits + self.misses;
        let wrong = self.misses + self.false_alarms;
        (positives > 0).then(|| 2.0 * self.hits as f64 / (2 * self.hits + wrong) as f64)
    }

    /// Positives missed, 0 to 1.
    pub fn miss_rate(self) -> Option<f64> {
        share(self.misses, self.hits + self.misses)
    }

    /// Negatives taken for positives, 0 to 1.
    pub fn false_alarm_rate(self) -> Option<f64> {
        share(self.false_alarms, self.false_alarms + self.rejections)
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Counts what lies on which side of the threshold.
pub fn detection(scored: &[Scored], threshold: f32) -> Detection {
    let mut counts = Detection::default();
    for scored in scored {
        let counter = match (scored.score >= threshold, scored.positive) {
            (true, true) => &mut counts.hits,
            (false, true) => &mut counts.misses,
            (true, false) => &mut counts.false_alarms,
            (false, false) => &mut counts.rejections,
        };
        *counter += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(positives: &[f32], negatives: &[f32]) -> Vec<Scored> {
        let of = |positive| move |score: &f32| Scored { score: *score, positive };
        positives.iter().map(of(true)).chain(negatives.iter().map(of(false))).collect()
    }

    #[test]
    fn the_area_counts_pairs_and_halves_ties() {
        for (positives, negatives, area) in [
            (&[0.9, 0.8][..], &[0.1, 0.2][..], 1.0),
            (&[0.1], &[0.9], 0.0),
            (&[0.5, 0.5], &[0.5], 0.5),
            // Of six pairs four are won and one is tied.
            (&[0.9, 0.6, 0.3], &[0.3, 0.5], 4.5 / 6.0),
        ] {
            assert_eq!(auc(&scored(positives, negatives)), Some(area));
        }
        assert_eq!(auc(&scored(&[0.5], &[])), None);
        assert_eq!(auc(&[]), None);
    }

    #[test]
    fn a_threshold_divides() {
        let counts = detection(&scored(&[0.9, 0.6, 0.3], &[0.5, 0.2, 0.1, 0.0]), 0.5);
        let expected = Detection { hits: 2, misses: 1, false_alarms: 1, rejections: 3 };
        assert_eq!(counts, expected);
        assert_eq!(counts.f1(), Some(4.0 / 6.0));
        assert_eq!(counts.miss_rate(), Some(1.0 / 3.0));
        assert_eq!(counts.false_alarm_rate(), Some(0.25));
        assert_eq!(Detection::default().f1(), None);
    }
}
