//! Prefix beam search over the piece probabilities, frame by frame.
//!
//! What it is: connectionist temporal classification: all ways to write the same pieces over the
//! frames add up, the language model and the phrase bonus take part in the ranking, not in
//! the confidences. It keeps a handful of texts and its work a frame is bounded.

use std::collections::HashMap;
use std::sync::Arc;

use super::bias::Bias;
use super::lm::{History, START};
use super::tokens::{BLANK, Tokens, WORD_START};
use super::{OUT_FRAME_MS, Recogniser, Transcript, Word};

/// Texts kept after each frame.
const BEAM: usize = 8;
/// A text this many nats behind the best is dropped.
const MARGIN: f32 = 12.0;
/// A piece this many nats less likely than the frame's likeliest is not tried.
const PIECE_MARGIN: f32 = 7.0;
/// What a piece earns when a language model takes part, which otherwise favours short texts, in nats.
const PIECE_BONUS: f32 = 1.4;
/// Most pieces tried at a frame.
const PIECES_MAX: usize = 24;

/// One piece of a hypothesis.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Emission {
    piece: u16,
    /// First and last encoder frame of the piece's run.
    frames: (u32, u32),
    /// Its log-probability at its best frame.
    log_prob: f32,
}

#[derive(Debug, Clone)]
struct Hypothesis {
    emissions: Vec<Emission>,
    /// Identifies the pieces, for merging.
    hash: u64,
    /// Log-probability of the ways that end in a blank, in nats.
    blank: f32,
    /// Log-probability of the ways that end in the last piece, in nats.
    piece: f32,
    /// Bonus of phrases and language model, in nats.
    bonus: f32,
    /// Node of the bias automaton.
    at: u32,
}

impl Hypothesis {
    fn empty() -> Self {
        Self {
            emissions: Vec::new(),
            hash: 0,
            blank: 0.0,
            piece: f32::NEG_INFINITY,
            bonus: 0.0,
            at: 0,
        }
    }

    fn score(&self) -> f32 {
        log_add(self.blank, self.piece)
    }

    fn rank(&self) -> f32 {
        self.score() + self.bonus
    }

    fn last(&self) -> u16 {
        self.emissions.last().map_or(BLANK, |e| e.piece)
    }

    fn history(&self) -> History {
        let mut out = START;
        for (slot, emission) in out.iter_mut().rev().zip(self.emissions.iter().rev()) {
            *slot = emission.piece;
        }
        out
    }
}

/// The decoder's state within one utterance.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// Best first.
    beam: Vec<Hypothesis>,
    /// Encoder frames searched.
    frame: u32,
    bias: Option<Arc<Bias>>,
}

impl Search {
    pub fn new(bias: Option<Arc<Bias>>) -> Self {
        Self { beam: vec![Hypothesis::empty()], frame: 0, bias }
    }

    pub fn bias(&self) -> Option<Arc<Bias>> {
        self.bias.clone()
    }

    /// Searches piece log-probabilities (frames, pieces).
    pub fn advance(&mut self, recogniser: &Recogniser, log_probs: &[f32]) {
        for row in log_probs.chunks_exact(recogniser.tokens.len()) {
            self.step(recogniser, row);
            self.frame += 1;
        }
    }

    fn step(&mut self, recogniser: &Recogniser, row: &[f32]) {
        let tried = likeliest(row);
        let mut next = Merged::default();
        for hypothesis in &self.beam {
            next.add(self.stay(hypothesis, row));
            for &piece in &tried {
                next.add(self.extend(recogniser, hypothesis, piece, row[usize::from(piece)]));
            }
        }
        self.beam = next.pruned();
    }

    /// The same text one frame later: a blank, or the last piece going on.
    fn stay(&self, hypothesis: &Hypothesis, row: &[f32]) -> Hypothesis {
        let mut out = hypothesis.clone();
        out.blank = hypothesis.score() + row[usize::from(BLANK)];
        if let Some(last) = out.emissions.last_mut() {
            let log_prob = row[usize::from(last.piece)];
            out.piece = hypothesis.piece + log_prob;
            if out.piece > out.blank {
                last.frames.1 = self.frame;
                last.log_prob = last.log_prob.max(log_prob);
            }
        }
        out
    }

    /// The text longer by `piece`; a piece follows itself only over a blank.
    fn extend(
        &self,
        recogniser: &Recogniser,
        hypothesis: &Hypothesis,
        piece: u16,
        log_prob: f32,
    ) -> Hypothesis {
        let from = if piece == hypothesis.last() { hypothesis.blank } else { hypothesis.score() };
        let mut out =
            Hypothesis { blank: f32::NEG_INFINITY, piece: from + log_prob, ..hypothesis.clone() };
        out.hash = (hypothesis.hash ^ u64::from(piece))
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(23);
        out.emissions.push(Emission { piece, frames: (self.frame, self.frame), log_prob });
        if let Some((language, weight)) = &recogniser.language {
            out.bonus += weight * language.log_prob(&hypothesis.history(), piece) + PIECE_BONUS;
        }
        if let Some(bias) = &self.bias {
            let (at, bonus) = bias.step(out.at, recogniser.tokens.text(piece));
            out.at = at;
            out.bonus += bonus;
        }
        out
    }

    /// The best words so far.
    pub fn text(&self, tokens: &Tokens) -> String {
        self.beam.first().map_or(String::new(), |h| join_words(&words(tokens, &h.emissions)))
    }

    /// The best words with their times, once no more frames follow.
    pub fn transcript(&self, recogniser: &Recogniser) -> Transcript {
        let last = |h: &Hypothesis| {
            let owed = self.bias.as_ref().map_or(0.0, |bias| bias.owed(h.at));
            let end = recogniser
                .language
                .as_ref()
                .map_or(0.0, |(lm, weight)| weight * lm.log_prob(&h.history(), BLANK));
            h.rank() - owed + end
        };
        let best = self.beam.iter().max_by(|a, b| last(a).total_cmp(&last(b)));
        let words = best.map_or(Vec::new(), |h| words(&recogniser.tokens, &h.emissions));
        Transcript { text: join_words(&words), words }
    }
}

/// The pieces worth trying at a frame.
fn likeliest(row: &[f32]) -> Vec<u16> {
    let floor = row.iter().copied().fold(f32::NEG_INFINITY, f32::max) - PIECE_MARGIN;
    let mut out: Vec<u16> =
        (1u16..).zip(&row[1..]).filter(|&(_, &p)| p >= floor).map(|(piece, _)| piece).collect();
    out.sort_by(|&a, &b| row[usize::from(b)].total_cmp(&row[usize::from(a)]));
    out.truncate(PIECES_MAX);
    out
}

/// Hypotheses of one frame, those with the same pieces added up.
#[derive(Default)]
struct Merged {
    list: Vec<Hypothesis>,
    at: HashMap<u64, usize>,
}

impl Merged {
    fn add(&mut self, new: Hypothesis) {
        match self.at.get(&new.hash) {
            Some(&i) => {
                let old = &mut self.list[i];
                let blank = log_add(old.blank, new.blank);
                let piece = log_add(old.piece, new.piece);
                if new.score() > old.score() {
                    *old = new;
                }
                (old.blank, old.piece) = (blank, piece);
            }
            None => {
                self.at.insert(new.hash, self.list.len());
                self.list.push(new);
            }
        }
    }

    /// The best few, best first.
    fn pruned(mut self) -> Vec<Hypothesis> {
        self.list.sort_by(|a, b| b.rank().total_cmp(&a.rank()));
        self.list.truncate(BEAM);
        let floor = self.list.first().map_or(f32::NEG_INFINITY, Hypothesis::rank) - MARGIN;
        self.list.retain(|h| h.rank() >= floor);
        self.list
    }
}

fn log_add(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f32::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

/// Joins pieces to words: a word begins where a piece has the mark.
fn words(tokens: &Tokens, emissions: &[Emission]) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut pieces = 0.0f32;
    for emission in emissions {
        let text = tokens.text(emission.piece);
        let start_ms = u64::from(emission.frames.0) * OUT_FRAME_MS;
        if text.starts_with(WORD_START) || out.is_empty() {
            finish_word(&mut out, pieces);
            pieces = 0.0;
            out.push(Word { text: String::new(), start_ms, end_ms: start_ms, confidence: 0.0 });
        }
        if let Some(word) = out.last_mut() {
            word.text.extend(text.chars().filter(|&c| c != WORD_START));
            word.end_ms = (u64::from(emission.frames.1) + 1) * OUT_FRAME_MS;
            word.confidence += emission.log_prob; // the sum until the word is finished
            pieces += 1.0;
        }
    }
    finish_word(&mut out, pieces);
    out.retain(|word| !word.text.is_empty());
    out
}

fn finish_word(words: &mut [Word], pieces: f32) {
    if let Some(word) = words.last_mut() {
        word.confidence = (word.confidence / pieces.max(1.0)).exp();
    }
}

fn join_words(words: &[Word]) -> String {
    words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
