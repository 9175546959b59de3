//! The router: which of a user's own intents does an utterance mean, or none?
//!
//! An intent is a name and example sentences from the agent file; nothing is
//! trained at run time. Each utterance becomes a dense vector (learnt, knows
//! that "pay" and "transfer" are near) and a lexical one (which words it has,
//! rare ones counting more). An intent's evidence is the utterance's similarity
//! to the mean of its examples and to the nearest of them, both ways; learnt
//! weights turn it into probabilities, also of being outside every intent.
//!
//! It does not know dialog state, slots or agents, and it does not decide what
//! happens next. Weights and calibration come from `training/router`.

use std::sync::Arc;

use crate::LanguageError;
use crate::answer;
use crate::defaults::{AFFIRM, DENY};
use crate::features::{BUCKETS, features};
use crate::weights::{DIMS, EVIDENCE, OUTSIDE, Weights, scale_to_one};

/// Intents in one set.
pub const INTENTS_MAX: usize = 512;
/// Examples of all intents of one set together.
pub const EXAMPLES_MAX: usize = 20_000;
/// The out-of-scope decision saw leads up to this.
const LEAD_MAX: f32 = 10.0;
/// A yes or no that the answer rules recognise leaves this to everything else.
const ANSWER_DOUBT: f32 = 0.04;

/// An intent as the agent file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentExamples {
    /// The intent's name, unique in its set.
    pub name: String,
    /// What callers say who mean it, at least one.
    pub examples: Vec<String>,
}

/// One intent's probability.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentScore {
    /// The intent's name.
    pub name: String,
    /// Probability that the utterance means it, 0 to 1.
    pub probability: f32,
}

/// What an utterance means.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Every intent of the set, most probable first.
    pub intents: Vec<IntentScore>,
    /// Probability that it means none of them. With the intents' it sums to 1.
    pub outside: f32,
}

impl Classification {
    /// The most probable intent, unless it is more probable that the utterance
    /// means none of them.
    pub fn best(&self) -> Option<&IntentScore> {
        self.intents.first().filter(|_| self.outside <= 0.5)
    }
}

/// A set of intents, ready to be compared with. Immutable; share it.
#[derive(Debug)]
pub struct IntentSet {
    names: Vec<String>,
    /// Mean of each intent's dense vectors, length 1.
    means: Vec<[f32; DIMS]>,
    /// Each example's intent and dense vector.
    examples: Vec<(usize, [f32; DIMS])>,
    /// By bucket: where `postings` of the bucket begin; one more at the end.
    posting_starts: Vec<u32>,
    /// (example, weight) of each bucket's examples.
    postings: Vec<(u32, f32)>,
    /// By bucket and then intent: weight in the mean lexical vector.
    mean_starts: Vec<u32>,
    mean_postings: Vec<(u32, f32)>,
    affirm: Option<usize>,
    deny: Option<usize>,
}

impl IntentSet {
    /// Names of the intents, in the order given.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// The router's weights: immutable, one for all calls.
#[derive(Debug, Clone)]
pub struct Router {
    weights: Arc<Weights>,
}

impl Router {
    /// Reads the router's weight file.
    ///
    /// # Errors
    /// When the bytes are no such file.
    pub fn load(data: &[u8]) -> Result<Self, LanguageError> {
        Ok(Self { weights: Arc::new(Weights::parse(data)?) })
    }

    /// Prepares a set of intents, once when an agent file is read.
    ///
    /// # Errors
    /// When there is no intent, too many, a name twice, or an intent without an
    /// example that has a word.
    pub fn intents(&self, intents: &[IntentExamples]) -> Result<IntentSet, LanguageError> {
        check(intents)?;
        let mut means = Vec::with_capacity(intents.len());
        let mut examples = Vec::new();
        let (mut by_example, mut by_intent) = (Vec::new(), Vec::new());
        for (number, intent) in intents.iter().enumerate() {
            let mut mean = [0.0; DIMS];
            let mut lexical_mean = Vec::new();
            for text in &intent.examples {
                let buckets = features(text);
                if buckets.is_empty() {
                    continue;
                }
                let dense = self.weights.dense(&buckets);
                mean.iter_mut().zip(dense).for_each(|(sum, x)| *sum += x);
                let lexical = self.weights.lexical(&buckets);
                by_example.extend(
                    lexical.iter().map(|&(bucket, weight)| (bucket, examples.len(), weight)),
                );
                lexical_mean.extend(lexical);
                examples.push((number, dense));
            }
            scale_to_one(&mut mean);
            means.push(mean);
            by_intent.extend(
                sum_by_bucket(lexical_mean)
                    .into_iter()
                    .map(|(bucket, weight)| (bucket, number, weight)),
            );
        }
        let (posting_starts, postings) = index(by_example);
        let (mean_starts, mean_postings) = index(by_intent);
        let find = |name: &str| intents.iter().position(|intent| intent.name == name);
        Ok(IntentSet {
            names: intents.iter().map(|intent| intent.name.clone()).collect(),
            means,
            examples,
            posting_starts,
            postings,
            mean_starts,
            mean_postings,
            affirm: find(AFFIRM),
            deny: find(DENY),
        })
    }

    /// What an utterance means. One without a word means none of the intents.
    ///
    /// Where the set has the intents `affirm` or `deny` of
    /// [`crate::defaults::intents`], short answers go by rules first: see
    /// [`crate::answer`].
    pub fn classify(&self, set: &IntentSet, text: &str) -> Classification {
        let buckets = features(text);
        if buckets.is_empty() {
            return ranked(set, vec![0.0; set.names.len()], 1.0);
        }
        let evidence = self.evidence(set, &buckets);
        let (mut shares, mut outside) = self.decide(set, &evidence);
        if let Some(answered) = answered(set, text) {
            // The rules are sure; what is left keeps the model's proportions.
            let rest = (1.0 - shares[answered]).max(1e-6);
            shares.iter_mut().for_each(|share| *share *= ANSWER_DOUBT / rest);
            outside *= ANSWER_DOUBT / rest;
            shares[answered] = 1.0 - ANSWER_DOUBT;
        }
        ranked(set, shares, outside)
    }

    /// Each intent's similarities to an utterance: its dense mean, nearest dense
    /// example, lexical mean, nearest lexical example.
    fn evidence(&self, set: &IntentSet, buckets: &[u16]) -> Vec<[f32; EVIDENCE]> {
        let dense = self.weights.dense(buckets);
        let lexical = self.weights.lexical(buckets);
        let mut evidence: Vec<[f32; EVIDENCE]> =
            set.means.iter().map(|mean| [dot(mean, &dense), -1.0, 0.0, 0.0]).collect();
        let mut overlap = vec![0.0_f32; set.examples.len()];
        for &(bucket, weight) in &lexical {
            for &(example, other) in bucket_postings(&set.posting_starts, &set.postings, bucket) {
                overlap[example as usize] += weight * other;
            }
            for &(intent, other) in bucket_postings(&set.mean_starts, &set.mean_postings, bucket) {
                evidence[intent as usize][2] += weight * other;
            }
        }
        for ((intent, example), lexical) in set.examples.iter().zip(overlap) {
            let found = &mut evidence[*intent];
            found[1] = found[1].max(dot(example, &dense));
            found[3] = found[3].max(lexical);
        }
        evidence
    }

    /// Probability of each intent, and of none of them.
    fn decide(&self, set: &IntentSet, evidence: &[[f32; EVIDENCE]]) -> (Vec<f32>, f32) {
        let weights = &self.weights;
        let scores: Vec<f32> =
            evidence.iter().map(|one| dot(one, &weights.score) * weights.scale).collect();
        let best =
            (0..scores.len()).fold(0, |best, i| if scores[i] > scores[best] { i } else { best });
        let second = (0..scores.len())
            .filter(|&i| i != best)
            .map(|i| scores[i])
            .fold(f32::NEG_INFINITY, f32::max);
        let lead = if scores.len() > 1 { (scores[best] - second).min(LEAD_MAX) } else { 0.0 };
        // Counts are bounded by EXAMPLES_MAX, far below where f32 loses integers.
        #[allow(clippy::cast_precision_loss)]
        let (intents, examples) = (scores.len() as f32, set.examples.len() as f32);
        let [mean, near, lexical_mean, lexical_near] = evidence[best];
        let known: [f32; OUTSIDE] = [
            mean,
            near,
            lexical_mean,
            lexical_near,
            lead,
            intents.ln(),
            (examples / intents).ln(),
            1.0,
        ];
        let outside = 1.0 / (1.0 + (-dot(&known, &weights.outside)).exp());
        let powers: Vec<f32> = scores.iter().map(|score| (score - scores[best]).exp()).collect();
        let total: f32 = powers.iter().sum();
        (powers.into_iter().map(|power| power / total * (1.0 - outside)).collect(), outside)
    }
}

fn check(intents: &[IntentExamples]) -> Result<(), LanguageError> {
    let bad = |at: &str, what: String| Err(LanguageError::Intents { at: at.into(), what });
    if intents.is_empty() || intents.len() > INTENTS_MAX {
        return bad("intents", format!("{} intents; give 1 to {INTENTS_MAX}", intents.len()));
    }
    let total: usize = intents.iter().map(|intent| intent.examples.len()).sum();
    if total > EXAMPLES_MAX {
        return bad("intents", format!("{total} examples; give at most {EXAMPLES_MAX} in all"));
    }
    for (number, intent) in intents.iter().enumerate() {
        if intents[..number].iter().any(|other| other.name == intent.name) {
            return bad(&intent.name, "the name is there twice; join the two".into());
        }
        if intent.examples.iter().all(|text| features(text).is_empty()) {
            return bad(&intent.name, "no example with a word; give at least one sentence".into());
        }
    }
    Ok(())
}

/// The intent a short answer means by the rules, where the set has it. Where the
/// set has nothing but yes and no, how the utterance begins is enough.
fn answered(set: &IntentSet, text: &str) -> Option<usize> {
    let only_answers =
        set.names.len() == usize::from(set.affirm.is_some()) + usize::from(set.deny.is_some());
    let found = answer::answer(text)
        .or_else(|| only_answers.then(|| answer::leading_answer(text)).flatten());
    match found? {
        answer::Answer::Yes => set.affirm,
        answer::Answer::No => set.deny,
    }
}

fn ranked(set: &IntentSet, shares: Vec<f32>, outside: f32) -> Classification {
    let mut intents: Vec<IntentScore> = set
        .names
        .iter()
        .zip(shares)
        .map(|(name, probability)| IntentScore { name: name.clone(), probability })
        .collect();
    intents.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    Classification { intents, outside }
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

/// (bucket, item, weight) triples as lists of (item, weight) by bucket.
fn index(mut entries: Vec<(u16, usize, f32)>) -> (Vec<u32>, Vec<(u32, f32)>) {
    entries.sort_by_key(|&(bucket, item, _)| (bucket, item));
    // Items and entries are bounded by EXAMPLES_MAX times the features of an utterance, below 2^32.
    let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut starts = vec![0; BUCKETS + 1];
    for &(bucket, ..) in &entries {
        starts[usize::from(bucket) + 1] += 1;
    }
    for bucket in 0..BUCKETS {
        starts[bucket + 1] += starts[bucket];
    }
    (starts, entries.into_iter().map(|(_, item, weight)| (narrow(item), weight)).collect())
}

fn bucket_postings<'a>(
    starts: &[u32],
    postings: &'a [(u32, f32)],
    bucket: u16,
) -> &'a [(u32, f32)] {
    let bucket = usize::from(bucket);
    &postings[starts[bucket] as usize..starts[bucket + 1] as usize]
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
