//! The search of a stateless transducer: at most one token a frame, greedy or with a small beam.
//!
//! The beam is the "modified beam search" of icefall: every frame extends each hypothesis by the
//! blank or by one token, and hypotheses of the same tokens become one. Kuang et al., "Fast and
//! parallel decoding for transducer", 2022, <https://arxiv.org/abs/2211.00484>.

use std::sync::Arc;

use super::nets::Nets;
use super::tokens::Found;
use super::{SearchMethod, TransducerError};

/// Hypotheses kept after each frame, as sherpa-onnx does.
const PATHS_MAX: usize = 4;

/// One way to hear the utterance so far.
#[derive(Debug, Clone)]
struct Hypothesis {
    tokens: Vec<Found>,
    log_prob: f32,
    /// The predictor's output (joiner) after the last tokens; none until it is needed.
    predicted: Option<Arc<Vec<f32>>>,
}

/// The hypotheses of one utterance.
#[derive(Debug, Clone)]
pub(super) struct Search {
    method: SearchMethod,
    /// Never empty.
    hypotheses: Vec<Hypothesis>,
    frames: usize,
}

impl Search {
    pub fn new(method: SearchMethod) -> Self {
        let start = Hypothesis { tokens: Vec::new(), log_prob: 0.0, predicted: None };
        Self { method, hypotheses: vec![start], frames: 0 }
    }

    /// Takes the encoder's output of one chunk, (frames, joiner), flattened.
    pub fn advance(&mut self, nets: &Nets, encoded: &[f32]) -> Result<(), TransducerError> {
        for frame in encoded.chunks_exact(nets.joiner_dim()) {
            self.predict(nets)?;
            match self.method {
                SearchMethod::Greedy => self.take_best(nets, frame)?,
                SearchMethod::Beam => self.branch(nets, frame)?,
            }
            self.frames += 1;
        }
        Ok(())
    }

    /// The likeliest tokens so far. A beam weighs by length, as sherpa-onnx does, so that it does
    /// not favour saying little.
    pub fn best(&self, nets: &Nets) -> &[Found] {
        let context = nets.context_size() as f32;
        let score = |h: &Hypothesis| h.log_prob / (h.tokens.len() as f32 + context);
        let best = self.hypotheses.iter().max_by(|a, b| score(a).total_cmp(&score(b)));
        best.map_or(&[], |hypothesis| hypothesis.tokens.as_slice())
    }

    /// Tokens that every hypothesis begins with: no later frame changes them.
    pub fn settled(&self) -> &[Found] {
        let Some((first, others)) = self.hypotheses.split_first() else { return &[] };
        let same = |other: &Hypothesis| {
            let pairs = first.tokens.iter().zip(&other.tokens);
            pairs.take_while(|(a, b)| a.id == b.id).count()
        };
        let length = others.iter().map(same).min().unwrap_or(first.tokens.len());
        first.tokens.get(..length).unwrap_or_default()
    }

    /// Runs the predictor for the hypotheses whose tokens are new.
    fn predict(&mut self, nets: &Nets) -> Result<(), TransducerError> {
        for hypothesis in &mut self.hypotheses {
            if hypothesis.predicted.is_none() {
                let ids: Vec<i32> = hypothesis.tokens.iter().map(|token| token.id).collect();
                hypothesis.predicted = Some(Arc::new(nets.predict(&ids)?));
            }
        }
        Ok(())
    }

    /// Log-probabilities (hypotheses, vocabulary) at this frame.
    fn join(&self, nets: &Nets, frame: &[f32]) -> Result<Vec<f32>, TransducerError> {
        let mut predicted = Vec::with_capacity(self.hypotheses.len() * frame.len());
        for hypothesis in &self.hypotheses {
            predicted.extend(hypothesis.predicted.iter().flat_map(|row| row.iter()));
        }
        let mut logits = nets.join(&frame.repeat(self.hypotheses.len()), predicted)?;
        logits.chunks_exact_mut(nets.vocabulary()).for_each(log_softmax);
        Ok(logits)
    }

    fn take_best(&mut self, nets: &Nets, frame: &[f32]) -> Result<(), TransducerError> {
        let scores = self.join(nets, frame)?;
        let (id, log_prob) = likeliest(&scores);
        if let (false, Some(only)) = (nets.tokens().is_silent(id), self.hypotheses.first_mut()) {
            only.tokens.push(Found { id, frame: self.frames, log_prob });
            only.predicted = None;
        }
        Ok(())
    }

    fn branch(&mut self, nets: &Nets, frame: &[f32]) -> Result<(), TransducerError> {
        let scores = self.join(nets, frame)?;
        let mut next: Vec<Hypothesis> = Vec::with_capacity(PATHS_MAX);
        for (parent, id, log_prob) in self.top(nets, &scores) {
            let Some(parent) = self.hypotheses.get(parent) else { continue };
            let mut child = parent.clone();
            child.log_prob += log_prob;
            if !nets.tokens().is_silent(id) {
                child.tokens.push(Found { id, frame: self.frames, log_prob });
                child.predicted = None;
            }
            add(&mut next, child);
        }
        // Empty only when a net gave no number at all: then this frame says nothing.
        if !next.is_empty() {
            self.hypotheses = next;
        }
        Ok(())
    }

    /// The likeliest continuations as (hypothesis, token, log-probability), best first.
    fn top(&self, nets: &Nets, scores: &[f32]) -> Vec<(usize, i32, f32)> {
        let mut top: Vec<(f32, usize, i32, f32)> = Vec::with_capacity(PATHS_MAX + 1);
        let rows = scores.chunks_exact(nets.vocabulary());
        for (index, (hypothesis, row)) in self.hypotheses.iter().zip(rows).enumerate() {
            for (id, &log_prob) in row.iter().enumerate() {
                let total = hypothesis.log_prob + log_prob;
                let full = top.len() == PATHS_MAX;
                if total.is_nan() || (full && top.last().is_some_and(|last| total <= last.0)) {
                    continue;
                }
                let at = top.partition_point(|other| other.0 >= total);
                top.insert(at, (total, index, id as i32, log_prob));
                top.truncate(PATHS_MAX);
            }
        }
        top.into_iter().map(|(_, index, id, log_prob)| (index, id, log_prob)).collect()
    }
}

/// Adds a hypothesis; one of the same tokens takes its probability in.
fn add(all: &mut Vec<Hypothesis>, new: Hypothesis) {
    let same = |other: &&mut Hypothesis| {
        other.tokens.len() == new.tokens.len()
            && other.tokens.iter().zip(&new.tokens).all(|(a, b)| a.id == b.id)
    };
    match all.iter_mut().find(same) {
        Some(other) => {
            let (high, low) = if other.log_prob >= new.log_prob {
                (other.log_prob, new.log_prob)
            } else {
                // The likelier one knows better where its tokens were.
                other.tokens = new.tokens;
                (new.log_prob, other.log_prob)
            };
            other.log_prob = high + (low - high).exp().ln_1p();
        }
        None => all.push(new),
    }
}

fn likeliest(row: &[f32]) -> (i32, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (id, &score) in row.iter().enumerate() {
        if score > best.1 {
            best = (id as i32, score);
        }
    }
    best
}

fn log_softmax(row: &mut [f32]) {
    let high = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = row.iter().map(|x| (x - high).exp()).sum();
    let shift = high + sum.ln();
    row.iter_mut().for_each(|x| *x -= shift);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hypothesis(ids: &[i32], log_prob: f32) -> Hypothesis {
        let place = |(frame, &id)| Found { id, frame, log_prob: 0.0 };
        let tokens = ids.iter().enumerate().map(place).collect();
        Hypothesis { tokens, log_prob, predicted: None }
    }

    #[test]
    fn hypotheses_of_the_same_tokens_become_one() {
        let mut all = Vec::new();
        add(&mut all, hypothesis(&[3, 4], -1.0));
        add(&mut all, hypothesis(&[3], -1.0));
        add(&mut all, hypothesis(&[3, 4], -1.0));
        assert_eq!(all.len(), 2);
        assert!((all[0].log_prob - (-1.0 + 2f32.ln())).abs() < 1e-6);
    }

    #[test]
    fn what_all_hypotheses_share_is_settled() {
        let mut search = Search::new(SearchMethod::Beam);
        assert!(search.settled().is_empty());
        search.hypotheses = vec![
            hypothesis(&[3, 4, 5], 0.0),
            hypothesis(&[3, 4], 0.0),
            hypothesis(&[3, 4, 6], 0.0),
        ];
        let ids: Vec<i32> = search.settled().iter().map(|token| token.id).collect();
        assert_eq!(ids, [3, 4]);
    }

    #[test]
    fn probabilities_add_up_to_one() {
        let mut row = vec![1.0, 2.0, 3.0];
        log_softmax(&mut row);
        assert!((row.iter().map(|x| x.exp()).sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!(likeliest(&row).0, 2);
        let mut nothing = vec![f32::NAN; 3];
        log_softmax(&mut nothing);
        assert_eq!(likeliest(&nothing).0, 0, "no number is a blank");
    }
}
