//! The index: BM25 postings over stemmed terms, vectors of each passage's heading,
//! sentences and whole, and words by their sound.
//!
//! A passage of many facts is as near as its nearest sentence. Vectors are kept in
//! 8 bits, so that 12,000 short passages take 1.5 MB and are
//! compared in a fraction of a millisecond; the order of the hits is decided by
//! sums whose error is far below their spread. Nothing here changes after
//! [`Index::new`].

use std::collections::HashMap;

use hearsay_text::sentence::{self, Sentence};

use super::encoder::{DIMS, Dense, Encoder, RANK};
use super::query::Query;
use super::terms::{sound_key, terms, words};
use super::{Passage, Scoring};

/// How fast the weight of a repeated term saturates.
const BM25_K: f32 = 1.2;
/// How much the length of a passage counts.
const BM25_B: f32 = 0.6;
/// What a term in the heading or question counts, in occurrences.
const HEAD_COUNT: u16 = 2;
/// Texts of everyday speech that stand beside the passages when a term's rarity is
/// estimated, so that small knowledge does not take "please" for a rare word.
const EVERYDAY_TEXTS: f32 = 60.0;
/// The rarest that a term counts, natural logarithm.
const WEIGHT_MAX: f32 = 7.0;

/// A passage's vector in steps of 1/127.
type Coded = [i8; DIMS];

/// See the module.
#[derive(Debug)]
pub(super) struct Index {
    ids: HashMap<String, u32>,
    spellings: Vec<String>,
    sounds: HashMap<String, Vec<u32>>,
    /// By term: where its postings begin; one more at the end.
    starts: Vec<u32>,
    /// Passage and count of each term's passages.
    postings: Vec<(u32, u16)>,
    /// Terms of each passage, each counted.
    lengths: Vec<f32>,
    mean_length: f32,
    /// Of the question or last heading; zero where there is none.
    heads: Vec<Coded>,
    /// By passage: where its bodies begin; one more at the end.
    body_starts: Vec<u32>,
    /// Of the whole passage, then of its sentences where there are several.
    bodies: Vec<Coded>,
}

impl Index {
    pub(super) fn new(encoder: &Encoder, passages: &[Passage]) -> Self {
        let mut ids: HashMap<String, u32> = HashMap::new();
        let mut counts: Vec<(u32, u32, u16)> = Vec::new();
        let mut lengths = Vec::with_capacity(passages.len());
        let (mut heads, mut bodies, mut body_starts) = (Vec::new(), Vec::new(), vec![0]);
        for (number, passage) in passages.iter().enumerate() {
            let mut own: HashMap<u32, u16> = HashMap::new();
            let question = passage.question.as_deref().unwrap_or_default();
            for (text, count) in
                [(&*passage.title, HEAD_COUNT), (question, HEAD_COUNT), (&*passage.text, 1)]
            {
                for term in searchable(&words(text)) {
                    let next = narrow(ids.len());
                    let id = *ids.entry(term).or_insert(next);
                    let sum = own.entry(id).or_default();
                    *sum = sum.saturating_add(count);
                }
            }
            // Counts are far below where f32 loses integers.
            lengths.push(own.values().map(|&count| f32::from(count)).sum());
            counts.extend(own.into_iter().map(|(id, count)| (id, narrow(number), count)));
            let head = passage.question.as_deref().or(passage.title.rsplit(" > ").next());
            heads.push(coded(&encoder.question(&words(head.unwrap_or_default()))));
            bodies.push(coded(&encoder.passage(&words(&passage.text))));
            let sentences = sentence::split(&passage.text);
            if sentences.len() > 1 {
                let vector = |s: &Sentence| coded(&encoder.passage(&words(&s.text)));
                bodies.extend(sentences.iter().map(vector));
            }
            body_starts.push(narrow(bodies.len()));
        }
        let mut spellings = vec![String::new(); ids.len()];
        let mut sounds: HashMap<String, Vec<u32>> = HashMap::new();
        for (term, &id) in &ids {
            spellings[id as usize].clone_from(term);
            let key = sound_key(term);
            if key.len() >= 2 {
                sounds.entry(key).or_default().push(id);
            }
        }
        // The maps' order is not the same in every run; what they hold must be.
        sounds.values_mut().for_each(|ids| ids.sort_unstable());
        counts.sort_unstable();
        let mut starts = vec![0_u32; ids.len() + 1];
        counts.iter().for_each(|&(id, ..)| starts[id as usize + 1] += 1);
        (0..ids.len()).for_each(|id| starts[id + 1] += starts[id]);
        let total: f32 = lengths.iter().sum();
        Self {
            ids,
            spellings,
            sounds,
            starts,
            postings: counts.into_iter().map(|(_, passage, count)| (passage, count)).collect(),
            mean_length: (total / count(lengths.len().max(1))).max(1.0),
            lengths,
            heads,
            body_starts,
            bodies,
        }
    }

    /// Similarity of a passage's whole or nearest sentence.
    fn body(&self, dense: &Coded, passage: usize) -> f32 {
        let own = self.body_starts[passage] as usize..self.body_starts[passage + 1] as usize;
        self.bodies[own].iter().map(|body| similarity(dense, body)).fold(-1.0, f32::max)
    }

    /// Number of passages.
    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// A term's number, where the knowledge has it.
    pub(super) fn term(&self, term: &str) -> Option<u32> {
        self.ids.get(term).copied()
    }

    pub(super) fn spelling(&self, id: u32) -> &str {
        &self.spellings[id as usize]
    }

    /// Terms that sound like that.
    pub(super) fn by_sound(&self, key: &str) -> &[u32] {
        self.sounds.get(key).map_or(&[], Vec::as_slice)
    }

    fn postings(&self, id: u32) -> &[(u32, u16)] {
        let id = id as usize;
        &self.postings[self.starts[id] as usize..self.starts[id + 1] as usize]
    }

    /// Whether a passage has a term.
    pub(super) fn has(&self, passage: usize, id: u32) -> bool {
        self.postings(id).binary_search_by_key(&narrow(passage), |&(at, _)| at).is_ok()
    }

    /// How much a term tells: the logarithm of how rare it is among the passages
    /// and some texts of everyday speech.
    pub(super) fn weight(&self, encoder: &Encoder, term: &str) -> f32 {
        let here = self.term(term).map_or(0.0, |id| count(self.postings(id).len()));
        let everyday = (-encoder.rarity(term)).exp().min(1.0);
        let share = (here + EVERYDAY_TEXTS * everyday) / (count(self.len()) + EVERYDAY_TEXTS);
        (1.0 / share.max(1e-6)).ln().clamp(0.0, WEIGHT_MAX)
    }

    /// BM25 of every passage, as a share of what a passage of just these terms has.
    fn terms_score(&self, query: &Query) -> Vec<f32> {
        let mut scores = vec![0.0_f32; self.len()];
        let whole = query.weight() * (BM25_K + 1.0);
        for term in &query.terms {
            for &(id, share) in &term.known {
                let weight = term.weight * share * (BM25_K + 1.0) / whole;
                for &(passage, times) in self.postings(id) {
                    let passage = passage as usize;
                    let times = f32::from(times);
                    let length = self.lengths[passage] / self.mean_length;
                    scores[passage] +=
                        weight * times / (times + BM25_K * (1.0 - BM25_B + BM25_B * length));
                }
            }
        }
        scores
    }

    /// Features of the hybrid score of every passage: terms, heading, body, the
    /// better of the last two, and the product of terms and the better.
    pub(super) fn rank_features(&self, query: &Query) -> Vec<[f32; RANK]> {
        let dense = coded(&query.dense);
        let by_terms = self.terms_score(query);
        let features = by_terms.into_iter().zip(&self.heads).enumerate();
        features
            .map(|(passage, (terms, head))| {
                let (head, body) = (similarity(&dense, head), self.body(&dense, passage));
                let better = head.max(body);
                [terms, head, body, better, terms * better]
            })
            .collect()
    }

    /// The best passages and their scores, best first.
    pub(super) fn search(
        &self,
        encoder: &Encoder,
        query: &Query,
        k: usize,
        scoring: Scoring,
    ) -> Vec<(usize, f32)> {
        if query.is_empty() || k == 0 {
            return Vec::new();
        }
        let rank = encoder.rank();
        let score = |features: &[f32; RANK]| match scoring {
            Scoring::Hybrid => super::encoder::dot(features, rank),
            Scoring::Terms => features[0],
            Scoring::Vectors => {
                rank[1] * features[1] + rank[2] * features[2] + rank[3] * features[3]
            }
        };
        let mut scored: Vec<(usize, f32)> =
            self.rank_features(query).iter().map(score).enumerate().collect();
        let order = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if scored.len() > k {
            scored.select_nth_unstable_by(k - 1, order);
            scored.truncate(k);
        }
        scored.sort_unstable_by(order);
        scored
    }

    /// Mean and standard deviation of the hybrid score over all passages.
    pub(super) fn spread(&self, encoder: &Encoder, query: &Query) -> (f32, f32) {
        let scores: Vec<f32> = self
            .rank_features(query)
            .iter()
            .map(|features| super::encoder::dot(features, encoder.rank()))
            .collect();
        let all = count(scores.len().max(1));
        let mean = scores.iter().sum::<f32>() / all;
        let variance = scores.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / all;
        (mean, variance.sqrt())
    }

    /// Similarity of a question to a passage's heading and body.
    pub(super) fn similarities(&self, dense: &Dense, passage: usize) -> (f32, f32) {
        let dense = coded(dense);
        (similarity(&dense, &self.heads[passage]), self.body(&dense, passage))
    }

    /// Bytes in memory, near enough.
    pub(super) fn memory_bytes(&self) -> usize {
        let spelt: usize = self.spellings.iter().map(|s| s.len() + size_of::<String>()).sum();
        let sounds: usize =
            self.sounds.iter().map(|(key, ids)| key.len() + 4 * ids.len() + 48).sum();
        2 * spelt
            + sounds
            + 4 * self.starts.len()
            + self.postings.len() * size_of::<(u32, u16)>()
            + self.len() * (4 + 4 + DIMS)
            + self.bodies.len() * DIMS
    }
}

/// Terms of a text, and words that neighbours make together ("wi-fi").
fn searchable(words: &[String]) -> Vec<String> {
    let mut found = terms(words);
    let short = |word: &String| word.len() <= 4 && word.bytes().all(|b| b.is_ascii_lowercase());
    found.extend(
        words
            .windows(2)
            .filter(|pair| short(&pair[0]) && short(&pair[1]) && pair[0].len() + pair[1].len() <= 5)
            .map(|pair| pair.concat()),
    );
    found
}

fn coded(dense: &Dense) -> Coded {
    // A component of a vector of length 1 is within one.
    #[allow(clippy::cast_possible_truncation)]
    dense.map(|x| (x * 127.0).round().clamp(-127.0, 127.0) as i8)
}

fn similarity(a: &Coded, b: &Coded) -> f32 {
    let sum: i32 = a.iter().zip(b).map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
    // At most 64 * 127 * 127, which f32 holds exactly.
    #[allow(clippy::cast_precision_loss)]
    let sum = sum as f32;
    sum / (127.0 * 127.0)
}

/// Numbers of passages and terms, bounded far below 2^32.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Counts of passages and terms, far below where f32 loses integers.
#[allow(clippy::cast_precision_loss)]
fn count(n: usize) -> f32 {
    n as f32
}
