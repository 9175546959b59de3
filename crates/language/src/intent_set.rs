//! A user's intents made ready: vectors of their examples, an index of their
//! features, and the classifier fitted to them; and how similar an utterance is
//! to each. What follows from that, [`crate::router`] decides.

use crate::defaults::{AFFIRM, DENY};
use crate::encoder::{DIMS, dot, scale_to_one};
use crate::features::{BUCKETS, features_of, words};
use crate::linear::{Linear, Seen};
use crate::router::IntentExamples;
use crate::weights::{EVIDENCE, Weights};

/// An intent is as near as the mean of so many of its nearest examples.
const NEAREST: usize = 3;
/// Examples that are left out in turn to learn how far the encoder can be trusted.
const LEFT_OUT_MAX: usize = 200;

/// A set of intents, ready to be compared with. Immutable; share it.
#[derive(Debug)]
pub struct IntentSet {
    names: Vec<String>,
    /// Mean of each intent's dense vectors, length 1.
    means: Vec<[f32; DIMS]>,
    /// Each example's dense vector, intent by intent.
    examples: Vec<[f32; DIMS]>,
    /// Where each intent's examples begin; one more at the end.
    starts: Vec<usize>,
    by_example: Postings,
    /// The mean lexical vectors.
    by_intent: Postings,
    linear: Linear,
    /// How much oftener the nearest dense examples than the nearest lexical ones
    /// name the intent of an example that is left out, -1 to 1.
    pub(crate) trust: f32,
    pub(crate) affirm: Option<usize>,
    pub(crate) deny: Option<usize>,
}

impl IntentSet {
    /// Names of the intents, in the order given.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Examples of all intents together.
    pub(crate) fn examples_len(&self) -> usize {
        self.examples.len()
    }

    pub(crate) fn build(weights: &Weights, intents: &[IntentExamples]) -> Self {
        let (mut seen, mut starts) = (Vec::new(), vec![0]);
        for (number, intent) in intents.iter().enumerate() {
            let texts = intent.examples.iter().map(|text| words(text));
            for words in texts.filter(|words| !words.is_empty()) {
                let lexical = weights.lexical(&features_of(&words));
                let dense = weights.encoder.embed_words(&words);
                seen.push(Seen { intent: number, lexical, dense });
            }
            starts.push(seen.len());
        }
        let (mut means, mut by_example, mut by_intent) = (Vec::new(), Vec::new(), Vec::new());
        for (number, ends) in starts.windows(2).enumerate() {
            let mut mean = [0.0; DIMS];
            let mut lexical = Vec::new();
            for (example, one) in (ends[0]..).zip(&seen[ends[0]..ends[1]]) {
                mean.iter_mut().zip(one.dense).for_each(|(sum, x)| *sum += x);
                by_example.extend(one.lexical.iter().map(|&(bucket, w)| (bucket, example, w)));
                lexical.extend_from_slice(&one.lexical);
            }
            scale_to_one(&mut mean);
            means.push(mean);
            by_intent.extend(sum_by_bucket(lexical).into_iter().map(|(b, w)| (b, number, w)));
        }
        let find = |name: &str| intents.iter().position(|intent| intent.name == name);
        let mut set = Self {
            names: intents.iter().map(|intent| intent.name.clone()).collect(),
            means,
            linear: Linear::fit(&seen, intents.len()),
            examples: seen.iter().map(|one| one.dense).collect(),
            starts,
            by_example: Postings::new(by_example),
            by_intent: Postings::new(by_intent),
            trust: 0.0,
            affirm: find(AFFIRM),
            deny: find(DENY),
        };
        set.trust = set.measure_trust(&seen);
        set
    }

    /// Leaves examples out one by one, spread evenly over those whose intent has
    /// others.
    fn measure_trust(&self, seen: &[Seen]) -> f32 {
        let has_others = |one: &&Seen| self.starts[one.intent + 1] - self.starts[one.intent] > 1;
        let numbers: Vec<usize> =
            (0..seen.len()).filter(|number| has_others(&&seen[*number])).collect();
        let step = numbers.len().div_ceil(LEFT_OUT_MAX).max(1);
        let (mut dense_right, mut lexical_right, mut asked) = (0.0, 0.0, 0.0_f32);
        for &number in numbers.iter().step_by(step) {
            let (one, left_out) = (&seen[number], Some(number));
            let dense: Vec<f32> =
                self.examples.iter().map(|other| dot(other, &one.dense)).collect();
            let overlap = self.by_example.overlap(&one.lexical, self.examples.len());
            let right = |similarities: &[f32]| {
                let found = largest(&self.nearest_of_each(similarities, left_out));
                if found == one.intent { 1.0 } else { 0.0 }
            };
            dense_right += right(&dense);
            lexical_right += right(&overlap);
            asked += 1.0;
        }
        (dense_right - lexical_right) / asked.max(1.0)
    }

    /// By intent: mean similarity of its nearest examples.
    fn nearest_of_each(&self, similarities: &[f32], left_out: Option<usize>) -> Vec<f32> {
        let of = |ends: &[usize]| {
            let own = (ends[0]..ends[1]).filter(|number| Some(*number) != left_out);
            nearest(own.map(|number| similarities[number]))
        };
        self.starts.windows(2).map(of).collect()
    }

    /// Each intent's similarities to an utterance of at least one word: its dense
    /// mean, nearest dense examples, lexical mean, nearest lexical examples, and
    /// the classifier's score.
    pub(crate) fn evidence(&self, weights: &Weights, words: &[String]) -> Vec<[f32; EVIDENCE]> {
        let dense = weights.encoder.embed_words(words);
        let lexical = weights.lexical(&features_of(words));
        let overlap = self.by_example.overlap(&lexical, self.examples.len());
        let mean_overlap = self.by_intent.overlap(&lexical, self.names.len());
        let linear = self.linear.scores(&lexical, &dense);
        let similar: Vec<f32> = self.examples.iter().map(|one| dot(one, &dense)).collect();
        let near = self.nearest_of_each(&similar, None);
        let lexical_near = self.nearest_of_each(&overlap, None);
        let of = |number: usize| {
            let mean = dot(&self.means[number], &dense);
            let (near, lexical_near) = (near[number], lexical_near[number]);
            [mean, near, mean_overlap[number], lexical_near, linear[number]]
        };
        (0..self.names.len()).map(of).collect()
    }
}

/// Place of the largest value, the first of equal ones.
pub(crate) fn largest(values: &[f32]) -> usize {
    (0..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}

/// Mean of the [`NEAREST`] largest similarities, or of all where there are fewer.
fn nearest(similarities: impl Iterator<Item = f32>) -> f32 {
    let mut top = [f32::NEG_INFINITY; NEAREST];
    for mut similarity in similarities {
        for kept in &mut top {
            if similarity > *kept {
                std::mem::swap(kept, &mut similarity);
            }
        }
    }
    let there = || top.iter().filter(|kept| kept.is_finite());
    // At most NEAREST, exact in f32.
    #[allow(clippy::cast_precision_loss)]
    let count = there().count().max(1) as f32;
    there().sum::<f32>() / count
}

/// Lists of (item, weight) by bucket.
#[derive(Debug)]
struct Postings {
    /// Where each bucket's list begins; one more at the end.
    starts: Vec<u32>,
    entries: Vec<(u32, f32)>,
}

impl Postings {
    /// From (bucket, item, weight) triples.
    fn new(mut triples: Vec<(u16, usize, f32)>) -> Self {
        triples.sort_by_key(|&(bucket, item, _)| (bucket, item));
        // Items and entries are bounded by EXAMPLES_MAX times the features of an utterance, below 2^32.
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut starts = vec![0; BUCKETS + 1];
        for &(bucket, ..) in &triples {
            starts[usize::from(bucket) + 1] += 1;
        }
        for bucket in 0..BUCKETS {
            starts[bucket + 1] += starts[bucket];
        }
        let entries = triples.into_iter().map(|(_, item, weight)| (narrow(item), weight)).collect();
        Self { starts, entries }
    }

    /// Each item's dot product with a lexical vector.
    fn overlap(&self, lexical: &[(u16, f32)], items: usize) -> Vec<f32> {
        let mut overlap = vec![0.0; items];
        for &(bucket, weight) in lexical {
            let bucket = usize::from(bucket);
            let list = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
            for &(item, other) in &self.entries[list] {
                overlap[item as usize] += weight * other;
            }
        }
        overlap
    }
}

/// Adds up the weights of each bucket and scales the result to length 1.
fn sum_by_bucket(mut weighted: Vec<(u16, f32)>) -> Vec<(u16, f32)> {
    weighted.sort_by_key(|&(bucket, _)| bucket);
    let mut summed: Vec<(u16, f32)> = Vec::with_capacity(weighted.len());
    for (bucket, weight) in weighted {
        match summed.last_mut() {
            Some((last, sum)) if *last == bucket => *sum += weight,
            _ => summed.push((bucket, weight)),
        }
    }
    let norm = summed.iter().map(|(_, w)| w * w).sum::<f32>().sqrt().max(1e-6);
    summed.iter_mut().for_each(|(_, w)| *w /= norm);
    summed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_averaged_and_few_are_enough() {
        assert_eq!(nearest([0.25, 1.0, -1.0, 0.5, 0.75].into_iter()), 0.75);
        assert_eq!(nearest([0.5, 0.25].into_iter()), 0.375);
        assert_eq!(nearest([-0.5].into_iter()), -0.5);
    }

    #[test]
    fn overlap_is_the_dot_product_with_each_item() {
        let postings = Postings::new(vec![(7, 1, 0.5), (3, 0, 1.0), (7, 0, 2.0)]);
        assert_eq!(postings.overlap(&[(7, 2.0), (9, 5.0)], 3), [4.0, 1.0, 0.0]);
    }

    #[test]
    fn weights_of_a_bucket_are_summed_and_scaled() {
        assert_eq!(sum_by_bucket(vec![(2, 2.0), (1, 3.0), (2, 2.0)]), [(1, 0.6), (2, 0.8)]);
    }

    /// Four examples of two intents, of which the dense vectors are told apart by
    /// their side and the lexical ones by nothing.
    fn four(sides: [f32; 4]) -> Vec<Seen> {
        let one = |(number, side): (usize, f32)| {
            let mut dense = [0.0; DIMS];
            dense[0] = side;
            Seen { intent: number / 2, lexical: vec![(5, 1.0)], dense }
        };
        sides.into_iter().enumerate().map(one).collect()
    }

    fn set_of(seen: &[Seen]) -> IntentSet {
        let triples = seen.iter().enumerate().map(|(number, _)| (5, number, 1.0)).collect();
        IntentSet {
            names: vec!["left".into(), "right".into()],
            means: Vec::new(),
            examples: seen.iter().map(|one| one.dense).collect(),
            starts: vec![0, 2, 4],
            by_example: Postings::new(triples),
            by_intent: Postings::new(Vec::new()),
            linear: Linear::fit(seen, 2),
            trust: 0.0,
            affirm: None,
            deny: None,
        }
    }

    #[test]
    fn trust_is_what_meaning_explains_beyond_words() {
        // By words every example looks like the first intent: half are right.
        let told_apart = four([-1.0, -1.0, 1.0, 1.0]);
        assert_eq!(set_of(&told_apart).measure_trust(&told_apart), 0.5);
        let alike = four([1.0, 1.0, 1.0, 1.0]);
        assert_eq!(set_of(&alike).measure_trust(&alike), 0.0);
        let crossed = four([-1.0, 1.0, -1.0, 1.0]);
        assert_eq!(set_of(&crossed).measure_trust(&crossed), -0.5);
    }

    #[test]
    fn a_left_out_example_does_not_vouch_for_itself() {
        let set = set_of(&four([0.0; 4]));
        assert_eq!(set.nearest_of_each(&[1.0, 0.5, 0.25, 0.75], Some(0)), [0.5, 0.5]);
        assert_eq!(set.nearest_of_each(&[1.0, 0.5, 0.25, 0.75], None), [0.75, 0.5]);
    }
}
