//! Contextual biasing: phrases the agent expects, favoured while decoding.
//!
//! What it is: the phrases, how their words are said, and, for the search over pieces, an
//! Aho-Corasick automaton over letters. Each letter that carries a hypothesis
//! along an expected phrase earns a bonus; leaving the phrase before its end gives the bonus
//! back, so that half a name wins nothing. It works on letters, so it does not matter how a
//! hypothesis is cut into pieces. The word search makes its own automaton of the phrases.

use std::collections::{BTreeMap, VecDeque};

use super::lexicon::phone_number;
use super::tokens::WORD_START;

/// Most letters of all phrases together.
const LETTERS_MAX: usize = 200_000;

#[derive(Debug, Clone, Default)]
struct Node {
    next: BTreeMap<char, u32>,
    fail: u32,
    /// Bonus lent to a hypothesis that stands here, to be given back if it leaves, in nats.
    lent: f32,
    /// A phrase ends here.
    end: bool,
}

/// Phrases to favour. Made once and shared by streams.
#[derive(Debug, Clone)]
pub struct Bias {
    nodes: Vec<Node>,
    boost: f32,
    phrases: Vec<Vec<String>>,
    /// How words are said, by the caller's word.
    said: BTreeMap<String, Vec<Vec<u8>>>,
    digits: bool,
}

impl Bias {
    /// `boost` is the bonus for each letter, in nats of log-probability; 0.3 to 1 is useful.
    /// Phrases are written as spoken ("b m w", "twenty five"); letters other than a-z and the
    /// apostrophe are taken as spaces. Letters beyond the first 200,000 are left out.
    #[must_use]
    pub fn new<S: AsRef<str>>(phrases: impl IntoIterator<Item = S>, boost: f32) -> Self {
        let mut out = Self {
            nodes: vec![Node::default()],
            boost,
            phrases: Vec::new(),
            said: BTreeMap::new(),
            digits: false,
        };
        for phrase in phrases {
            if out.insert(&letters(phrase.as_ref())) {
                out.phrases.push(words(phrase.as_ref()));
            }
        }
        out.link();
        out
    }

    /// Asks `say` how each word of the phrases is said: a list of pronunciations, each a list of
    /// ARPAbet symbols (stress digits are dropped), as `hearsay_text::g2p::G2p::pronunciations`
    /// gives them. They add to those that the recogniser's lexicon has; words in neither are guessed
    /// from their letters. A pronunciation with an unknown symbol is left out.
    #[must_use]
    pub fn with_pronunciations<S: AsRef<str>>(
        mut self,
        mut say: impl FnMut(&str) -> Vec<Vec<S>>,
    ) -> Self {
        for word in self.phrases.iter().flatten() {
            if self.said.contains_key(word) {
                continue;
            }
            let numbers = |way: Vec<S>| {
                way.iter().map(|phone| phone_number(phone.as_ref())).collect::<Option<Vec<u8>>>()
            };
            let ways = say(word).into_iter().filter_map(numbers).filter(|way| !way.is_empty());
            self.said.insert(word.clone(), ways.collect());
        }
        self
    }

    /// Favours the words of digit strings ("zero", "oh", "double", ...) wherever they are heard,
    /// for a turn where a code or a number is expected. The word search alone knows of it.
    #[must_use]
    pub fn expecting_digits(mut self, digits: bool) -> Self {
        self.digits = digits;
        self
    }

    pub(super) fn phrases(&self) -> &[Vec<String>] {
        &self.phrases
    }

    pub(super) fn boost(&self) -> f32 {
        self.boost
    }

    pub(super) fn digits(&self) -> bool {
        self.digits
    }

    /// The caller's pronunciations of a word.
    pub(super) fn said(&self, word: &str) -> &[Vec<u8>] {
        self.said.get(word).map_or(&[], Vec::as_slice)
    }

    /// Adds a phrase; false when it is empty or there is no more room.
    fn insert(&mut self, phrase: &[char]) -> bool {
        if phrase.is_empty() || self.nodes.len() + phrase.len() > LETTERS_MAX {
            return false;
        }
        let mut at = 0;
        for &letter in phrase {
            let fresh = self.nodes.len() as u32;
            let next = *self.nodes[at].next.entry(letter).or_insert(fresh);
            if next == fresh {
                self.nodes.push(Node::default());
            }
            at = next as usize;
        }
        self.nodes[at].end = true;
        true
    }

    /// Sets what each node lends and where it falls back to, nearest the root first.
    fn link(&mut self) {
        let mut queue = VecDeque::from([0u32]);
        while let Some(at) = queue.pop_front() {
            let lent = self.nodes[at as usize].lent + self.boost;
            let children: Vec<(char, u32)> =
                self.nodes[at as usize].next.iter().map(|(&c, &n)| (c, n)).collect();
            for (letter, child) in children {
                let fail =
                    if at == 0 { 0 } else { self.follow(self.nodes[at as usize].fail, letter) };
                let child_node = &mut self.nodes[child as usize];
                child_node.fail = fail;
                // The bonus of a whole phrase is kept: nothing is lent where one ends.
                child_node.lent = if child_node.end { 0.0 } else { lent };
                queue.push_back(child);
            }
        }
    }

    /// The node after `letter`, going back to shorter suffixes where needed.
    fn follow(&self, mut at: u32, letter: char) -> u32 {
        loop {
            if let Some(&next) = self.nodes[at as usize].next.get(&letter) {
                return next;
            }
            if at == 0 {
                return 0;
            }
            at = self.nodes[at as usize].fail;
        }
    }

    /// Moves a hypothesis at node `at` over the letters of `piece`: the new node and the change of score.
    pub(super) fn step(&self, mut at: u32, piece: &str) -> (u32, f32) {
        let mut score = 0.0;
        for letter in piece.chars() {
            if let Some(&next) = self.nodes[at as usize].next.get(&letter) {
                score += self.boost;
                at = next;
            } else {
                let next = self.follow(at, letter);
                score += self.nodes[next as usize].lent - self.nodes[at as usize].lent;
                at = next;
            }
        }
        (at, score)
    }

    /// What a hypothesis must give back that ends at node `at`.
    pub(super) fn owed(&self, at: u32) -> f32 {
        self.nodes[at as usize].lent
    }
}

/// The words of a phrase: letters a-z and apostrophes, in lower case.
fn words(phrase: &str) -> Vec<String> {
    let clean =
        |c: char| if c.is_ascii_alphabetic() || c == '\'' { c.to_ascii_lowercase() } else { ' ' };
    let text: String = phrase.chars().map(clean).collect();
    text.split_whitespace().map(str::to_owned).collect()
}

/// A phrase as the pieces spell it: a mark before each word.
fn letters(phrase: &str) -> Vec<char> {
    let words = words(phrase);
    words.iter().flat_map(|word| std::iter::once(WORD_START).chain(word.chars())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Total score of pieces in order, with what is owed at the end taken back.
    fn total(bias: &Bias, pieces: &[&str]) -> f32 {
        let (mut at, mut score) = (0, 0.0);
        for piece in pieces {
            let (next, change) = bias.step(at, piece);
            at = next;
            score += change;
        }
        score - bias.owed(at)
    }

    fn check(phrases: &[&str], pieces: &[&str], letters: f32) {
        let bias = Bias::new(phrases, 0.5);
        let got = total(&bias, pieces);
        assert!((got - 0.5 * letters).abs() < 1e-4, "{phrases:?} {pieces:?}: {got}");
    }

    #[test]
    fn a_whole_phrase_earns_its_letters_however_it_is_cut() {
        check(&["Okafor"], &["▁okafor"], 7.0);
        check(&["Okafor"], &["▁my", "▁", "o", "ka", "for", "▁yes"], 7.0);
        check(&["visa card"], &["▁visa", "▁c", "ard"], 10.0);
    }

    #[test]
    fn half_a_phrase_earns_nothing() {
        check(&["okafor"], &["▁oka"], 0.0);
        check(&["okafor"], &["▁okay", "▁then"], 0.0);
        check(&["visa card"], &["▁visa", "▁please"], 0.0);
    }

    #[test]
    fn a_shorter_phrase_inside_a_longer_one_is_kept() {
        check(&["visa", "visa card"], &["▁visa", "▁please"], 5.0);
        check(&["visa card", "visa"], &["▁visa", "▁card"], 10.0);
    }

    #[test]
    fn a_failed_phrase_can_start_another() {
        check(&["ab ac", "ac ad"], &["▁ab", "▁ac", "▁ad"], 12.0); // both are there
        check(&["ab ac", "ac ad"], &["▁ab", "▁a", "▁ac", "▁ad"], 6.0);
        check(&["la lb", "lb"], &["▁lb"], 3.0);
    }

    #[test]
    fn no_phrases_change_nothing() {
        check(&[], &["▁yes"], 0.0);
        check(&["", "123"], &["▁yes"], 0.0);
    }
}
