//! A linear classifier that is fitted to a user's examples when they are loaded.
//!
//! Multinomial logistic regression over an utterance's lexical and dense vectors,
//! by stochastic gradient descent with a falling rate and few passes, which
//! also keeps it from learning the examples by heart. Milliseconds for an agent's
//! hundreds of examples, a second or two for fifteen thousand. The order of the
//! examples is shuffled by a fixed seed, so that the same examples always give
//! the same classifier. `training/router/runtime.py` holds its exact twin.
//!
//! It knows no text and no probability of being outside every intent.

use crate::encoder::DIMS;
use crate::features::BUCKETS;

/// Steps that are aimed at; many examples are passed over fewer times.
const STEPS: usize = 60_000;
const PASSES_MIN: usize = 5;
const PASSES_MAX: usize = 10;
/// The first step's size; the last one's is nearly 0.
const RATE: f32 = 2.0;
/// An example that is this near to certain teaches nothing more.
const ERROR_MIN: f32 = 0.01;
/// Stands for a bucket that no example has.
const NO_SLOT: u32 = u32::MAX;

/// One example as the classifier sees it.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The intent's number.
    pub intent: usize,
    /// Buckets and their weights, length 1.
    pub lexical: Vec<(u16, f32)>,
    /// Dense vector, length 1.
    pub dense: [f32; DIMS],
}

/// The fitted weights.
#[derive(Debug)]
pub(crate) struct Linear {
    intents: usize,
    /// By bucket: its row in `lexical`.
    slots: Vec<u32>,
    /// (slots, intents)
    lexical: Vec<f32>,
    /// (dims, intents)
    dense: Vec<f32>,
}

impl Linear {
    /// Fits a classifier of so many intents, at least one.
    pub(crate) fn fit(examples: &[Seen], intents: usize) -> Self {
        let mut slots = vec![NO_SLOT; BUCKETS];
        let mut count = 0;
        for (bucket, _) in examples.iter().flat_map(|example| &example.lexical) {
            let slot = &mut slots[usize::from(*bucket)];
            if *slot == NO_SLOT {
                *slot = count;
                count += 1;
            }
        }
        let mut fitted = Self {
            intents,
            slots,
            lexical: vec![0.0; count as usize * intents],
            dense: vec![0.0; DIMS * intents],
        };
        let passes = (STEPS / examples.len().max(1)).clamp(PASSES_MIN, PASSES_MAX);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut random = Shuffle(1);
        let (mut step, steps) = (0, passes * examples.len());
        for _ in 0..passes {
            random.shuffle(&mut order);
            for &number in &order {
                // Steps are bounded by EXAMPLES_MAX times PASSES_MAX, exact in f32.
                #[allow(clippy::cast_precision_loss)]
                let rate = RATE * (1.0 - step as f32 / steps as f32);
                fitted.learn(&examples[number], rate);
                step += 1;
            }
        }
        fitted
    }

    /// One step down the gradient of one example's cross-entropy.
    fn learn(&mut self, example: &Seen, rate: f32) {
        let mut error = self.scores(&example.lexical, &example.dense);
        soften(&mut error);
        error[example.intent] -= 1.0;
        if -error[example.intent] < ERROR_MIN {
            return;
        }
        error.iter_mut().for_each(|e| *e *= rate);
        for &(bucket, weight) in &example.lexical {
            let at = self.slots[usize::from(bucket)] as usize * self.intents;
            subtract(&mut self.lexical[at..at + self.intents], weight, &error);
        }
        for (row, value) in self.dense.chunks_exact_mut(self.intents).zip(example.dense) {
            subtract(row, value, &error);
        }
    }

    /// Each intent's score, an unnormalised log probability.
    pub(crate) fn scores(&self, lexical: &[(u16, f32)], dense: &[f32; DIMS]) -> Vec<f32> {
        let mut scores = vec![0.0; self.intents];
        for &(bucket, weight) in lexical {
            let slot = self.slots[usize::from(bucket)];
            if slot != NO_SLOT {
                let at = slot as usize * self.intents;
                subtract(&mut scores, -weight, &self.lexical[at..at + self.intents]);
            }
        }
        for (row, value) in self.dense.chunks_exact(self.intents).zip(dense) {
            subtract(&mut scores, -value, row);
        }
        scores
    }
}

fn subtract(from: &mut [f32], times: f32, what: &[f32]) {
    from.iter_mut().zip(what).for_each(|(x, y)| *x -= times * y);
}

/// Scores to probabilities.
fn soften(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - most).exp());
    let total: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= total);
}

/// Numerical Recipes' linear congruential generator.
struct Shuffle(u32);

impl Shuffle {
    /// Fisher and Yates' shuffle.
    fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            order.swap(last, (self.0 >> 8) as usize % (last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(intent: usize, bucket: u16, side: f32) -> Seen {
        let mut dense = [0.0; DIMS];
        dense[0] = side;
        Seen { intent, lexical: vec![(bucket, 1.0)], dense }
    }

    #[test]
    fn it_learns_from_words_and_from_meaning() {
        let examples = [seen(0, 5, 0.2), seen(0, 6, 1.0), seen(1, 7, -1.0), seen(1, 8, -0.2)];
        let fitted = Linear::fit(&examples, 2);
        let best = |bucket, side: f32| {
            let probe = seen(0, bucket, side);
            let scores = fitted.scores(&probe.lexical, &probe.dense);
            usize::from(scores[1] > scores[0])
        };
        assert_eq!((best(5, 0.0), best(8, 0.0)), (0, 1), "by known words");
        assert_eq!((best(99, 1.0), best(99, -1.0)), (0, 1), "by meaning, with a word never seen");
    }

    #[test]
    fn the_same_examples_give_the_same_classifier() {
        let examples: Vec<Seen> = (0..40_u16).map(|n| seen(usize::from(n % 3), n, 0.5)).collect();
        let (one, two) = (Linear::fit(&examples, 3), Linear::fit(&examples, 3));
        assert_eq!(one.lexical, two.lexical);
        assert_eq!(one.dense, two.dense);
    }

    #[test]
    fn a_single_intent_is_no_trouble() {
        let fitted = Linear::fit(&[seen(0, 1, 1.0)], 1);
        assert_eq!(fitted.scores(&[(1, 1.0)], &[0.0; DIMS]), [0.0]);
    }
}
