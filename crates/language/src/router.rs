//! The router: which of a user's own intents does an utterance mean, or none?
//!
//! An intent is a name and example sentences from the agent file. Each utterance
//! becomes a dense vector (learnt, knows that "pay" and "transfer" are near) and a
//! lexical one (which words it has, rare ones counting more). An intent's evidence
//! is the utterance's similarity to the mean of its examples and to the nearest of
//! them, both ways, and the score of a linear classifier that is fitted to the
//! examples while they are loaded. Learnt weights turn it into probabilities, also
//! of being outside every intent; they depend on how many examples there are and
//! on which nearness, by words or by meaning, explains these examples better.
//!
//! It does not know dialog state, slots or agents, and it does not decide what
//! happens next. Weights and calibration come from `training/router`.

use std::sync::Arc;

use crate::LanguageError;
use crate::answer;
use crate::encoder::{Encoder, dot};
use crate::features::words;
pub use crate::intent_set::IntentSet;
use crate::intent_set::largest;
use crate::weights::{EVIDENCE, OUTSIDE, Weights};

/// Intents in one set.
pub const INTENTS_MAX: usize = 512;
/// Examples of all intents of one set together.
pub const EXAMPLES_MAX: usize = 20_000;
/// The out-of-scope decision saw leads up to this.
const LEAD_MAX: f32 = 10.0;
/// ln(examples an intent) at which half of the weights' growth is reached.
const LOG_SHOTS_HALF: f32 = 2.5;
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

    /// The encoder inside, for whoever compares texts by meaning.
    pub fn encoder(&self) -> &Encoder {
        &self.weights.encoder
    }

    /// Prepares a set of intents, once when an agent file is read.
    ///
    /// # Errors
    /// When there is no intent, too many, a name twice, or an intent without an
    /// example that has a word.
    pub fn intents(&self, intents: &[IntentExamples]) -> Result<IntentSet, LanguageError> {
        check(intents)?;
        Ok(IntentSet::build(&self.weights, intents))
    }

    /// What an utterance means. One without a word means none of the intents.
    ///
    /// Where the set has the intents `yes` or `no` of
    /// [`crate::defaults::intents`], short answers go by rules first: see
    /// [`crate::answer`].
    pub fn classify(&self, set: &IntentSet, text: &str) -> Classification {
        self.classify_where(set, text, |_| true)
    }

    /// What an utterance means where only some intents are expected. Where yes or no was not asked
    /// for they are left out: "that's all" is then what the other intents' examples make of it.
    pub fn classify_where(
        &self,
        set: &IntentSet,
        text: &str,
        is_expected: impl Fn(&str) -> bool,
    ) -> Classification {
        let words = words(text);
        if words.is_empty() {
            return ranked(set, vec![0.0; set.names().len()], 1.0);
        }
        let evidence = set.evidence(&self.weights, &words);
        let answers = [set.affirm, set.deny].into_iter().flatten();
        let unasked: Vec<usize> = answers.filter(|&i| !is_expected(&set.names()[i])).collect();
        if unasked.len() == set.names().len() {
            return ranked(set, vec![0.0; set.names().len()], 1.0);
        }
        let (mut shares, mut outside) = self.decide(set, &evidence, &unasked);
        if let Some(answered) = answered(set, text).filter(|answer| !unasked.contains(answer)) {
            // The rules are sure; what is left keeps the model's proportions.
            let rest = (1.0 - shares[answered]).max(1e-6);
            shares.iter_mut().for_each(|share| *share *= ANSWER_DOUBT / rest);
            outside *= ANSWER_DOUBT / rest;
            shares[answered] = 1.0 - ANSWER_DOUBT;
        }
        ranked(set, shares, outside)
    }

    /// Probability of each intent but those left out, and of none of them.
    fn decide(
        &self,
        set: &IntentSet,
        evidence: &[[f32; EVIDENCE]],
        left_out: &[usize],
    ) -> (Vec<f32>, f32) {
        let weights = &self.weights;
        // Counts are bounded by EXAMPLES_MAX, far below where f32 loses integers.
        #[allow(clippy::cast_precision_loss)]
        let (intents, examples) = (evidence.len() as f32, set.examples_len() as f32);
        let log_shots = (examples / intents).ln().max(0.0);
        let plenty = log_shots / (log_shots + LOG_SHOTS_HALF);
        let mut score = weights.score;
        for ((weight, growth), trust) in
            score.iter_mut().zip(weights.score_growth).zip(weights.score_trust)
        {
            *weight += plenty * (growth + set.trust * trust);
        }
        let mut scores: Vec<f32> = evidence.iter().map(|one| dot(one, &score)).collect();
        left_out.iter().for_each(|&intent| scores[intent] = f32::NEG_INFINITY);
        let best = largest(&scores);
        let second = (0..scores.len())
            .filter(|&i| i != best)
            .map(|i| scores[i])
            .fold(f32::NEG_INFINITY, f32::max);
        let lead = if scores.len() > 1 { (scores[best] - second).min(LEAD_MAX) } else { 0.0 };
        let [mean, near, lexical_mean, lexical_near, linear] = evidence[best];
        let known: [f32; OUTSIDE] = [
            mean,
            near,
            lexical_mean,
            lexical_near,
            linear,
            lead,
            intents.ln(),
            log_shots,
            near * log_shots,
            lexical_near * log_shots,
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
        if intent.examples.iter().all(|text| words(text).is_empty()) {
            return bad(&intent.name, "no example with a word; give at least one sentence".into());
        }
    }
    Ok(())
}

/// The intent a short answer means by the rules, where the set has it. Where the
/// set has nothing but yes and no, how the utterance begins is enough.
fn answered(set: &IntentSet, text: &str) -> Option<usize> {
    let only_answers =
        set.names().len() == usize::from(set.affirm.is_some()) + usize::from(set.deny.is_some());
    let found = answer::answer(text)
        .or_else(|| only_answers.then(|| answer::leading_answer(text)).flatten());
    match found? {
        answer::Answer::Yes => set.affirm,
        answer::Answer::No => set.deny,
    }
}

fn ranked(set: &IntentSet, shares: Vec<f32>, outside: f32) -> Classification {
    let mut intents: Vec<IntentScore> = set
        .names()
        .iter()
        .zip(shares)
        .map(|(name, probability)| IntentScore { name: name.clone(), probability })
        .collect();
    intents.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    Classification { intents, outside }
}
