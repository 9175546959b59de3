//! A question made ready: its words, its vector, and its terms with their weight
//! and the index's terms that they stand for.

use std::collections::HashSet;

use super::encoder::{Dense, Encoder};
use super::index::Index;
use super::terms::{distance, sound_key, terms, words};

/// Index terms that one unknown word may stand for.
const SOUNDS_LIKE_MAX: usize = 4;
/// What a term by sound counts, against one by letters.
const SOUND_SHARE: f32 = 0.7;
/// Shortest word that is tried by sound.
const SOUND_CHARS_MIN: usize = 4;

/// One term of a question.
#[derive(Debug, Clone)]
pub(super) struct QueryTerm {
    /// How much it tells: its rarity in speech and in the knowledge.
    pub weight: f32,
    /// How rare it is in speech, whatever the knowledge has.
    pub rarity: f32,
    /// Terms of the index that it stands for, each with its share.
    pub known: Vec<(u32, f32)>,
    /// Whether it is a number.
    pub number: bool,
}

/// A question, ready to be compared with passages.
#[derive(Debug, Clone)]
pub(super) struct Query {
    /// Its words.
    pub words: Vec<String>,
    /// Its distinct terms.
    pub terms: Vec<QueryTerm>,
    /// Its vector.
    pub dense: Dense,
}

impl Query {
    pub(super) fn new(encoder: &Encoder, index: &Index, question: &str) -> Self {
        let words = words(question);
        let dense = encoder.question(&words);
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let spelt = terms(&words);
        for (at, term) in spelt.iter().enumerate() {
            if !seen.insert(term.clone()) {
                continue;
            }
            let mut known: Vec<(u32, f32)> =
                index.term(term).map(|id| (id, 1.0)).into_iter().collect();
            if known.is_empty() {
                known = joined(index, &words, at);
            }
            if known.is_empty() {
                known = sounding(index, term);
            }
            let number = term.bytes().all(|byte| byte.is_ascii_digit());
            let (weight, rarity) = (index.weight(encoder, term), encoder.rarity(term));
            found.push(QueryTerm { weight, rarity, known, number });
        }
        Self { words, terms: found, dense }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Weight of all terms together.
    pub(super) fn weight(&self) -> f32 {
        self.terms.iter().map(|term| term.weight).sum::<f32>().max(1e-6)
    }
}

/// The known term that a word makes with one of its neighbours ("wi fi").
fn joined(index: &Index, words: &[String], at: usize) -> Vec<(u32, f32)> {
    let pair = |first: usize| {
        let (a, b) = (words.get(first)?, words.get(first + 1)?);
        index.term(&super::terms::stem(&format!("{a}{b}")))
    };
    let found = pair(at).or_else(|| at.checked_sub(1).and_then(pair));
    found.map(|id| (id, 1.0)).into_iter().collect()
}

/// Known terms that an unknown one may be, misspelt.
fn sounding(index: &Index, term: &str) -> Vec<(u32, f32)> {
    if term.len() < SOUND_CHARS_MIN {
        return Vec::new();
    }
    let most = term.len() / 3;
    let mut near: Vec<(usize, u32)> = index
        .by_sound(&sound_key(term))
        .iter()
        .map(|&id| (distance(term, index.spelling(id), most), id))
        .filter(|&(far, _)| far <= most)
        .collect();
    near.sort_unstable();
    near.truncate(SOUNDS_LIKE_MAX);
    near.into_iter().map(|(_, id)| (id, SOUND_SHARE)).collect()
}
