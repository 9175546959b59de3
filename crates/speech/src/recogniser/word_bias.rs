//! A [`Bias`] made ready for the word search: phrases over word numbers, and a tree of their words.
//!
//! What it is: an Aho-Corasick automaton over words. Each word that carries a hypothesis along a
//! phrase earns a bonus by its length; leaving the phrase before its end gives the bonus back.
//! The words themselves, those outside the vocabulary too, have a phone tree of their own whose
//! look-ahead knows the bonus, so that a rare name is not given up before it is finished.

use std::collections::{BTreeMap, VecDeque};

use super::bias::Bias;
use super::lexicon::{Entry, Tree, UNKNOWN};
use super::spelling;
use super::word_search::Words;

/// A name outside the vocabulary has this many nats less than any unknown word.
const OUTSIDE_NATS: f32 = -5.0;
/// What a digit word earns where digits are expected, in nats.
const DIGIT_NATS: f32 = 2.0;
/// The words a code or number is said with.
const DIGIT_WORDS: [&str; 13] = [
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double",
    "triple",
];

#[derive(Debug, Clone, Default)]
struct Node {
    next: BTreeMap<u32, u32>,
    fail: u32,
    /// Bonus of all words on the way here, in nats.
    total: f32,
    /// The part of it that is given back when the phrase breaks here: that since the last end.
    lent: f32,
    end: bool,
}

/// What a word is worth.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    /// Inside a phrase, in nats.
    phrase: f32,
    /// Anywhere, in nats.
    always: f32,
}

/// Phrases and expectations of one utterance.
#[derive(Debug, Clone)]
pub(super) struct WordBias {
    nodes: Vec<Node>,
    worth: BTreeMap<u32, Worth>,
    /// Words outside the vocabulary; their numbers follow it.
    outside: Vec<Box<str>>,
    /// Numbers of the words of `outside`.
    outside_numbers: BTreeMap<Box<str>, u32>,
    first_outside: u32,
    tree: Tree,
}

impl WordBias {
    pub fn new(bias: &Bias, words: &Words) -> Self {
        let mut out = Self {
            nodes: vec![Node::default()],
            worth: BTreeMap::new(),
            outside: Vec::new(),
            outside_numbers: BTreeMap::new(),
            first_outside: words.len(),
            tree: Tree::default(),
        };
        let mut entries = Vec::new();
        for phrase in bias.phrases() {
            let numbers: Vec<u32> =
                phrase.iter().map(|w| out.number(bias, words, w, &mut entries)).collect();
            for (&number, word) in numbers.iter().zip(phrase) {
                let worth = out.worth.entry(number).or_default();
                worth.phrase = bias.boost() * (word.len() + 1) as f32;
            }
            out.insert(&numbers);
        }
        if bias.digits() {
            for word in DIGIT_WORDS {
                let number = out.number(bias, words, word, &mut entries);
                out.worth.entry(number).or_default().always = DIGIT_NATS;
            }
        }
        out.link();
        // No more than the commonest word, or hopes for these would crowd out what was said.
        let score = |word| {
            let worth = out.worth.get(&word).copied().unwrap_or_default();
            let hope =
                out.alone(words, word) + (worth.phrase + worth.always) / words.tuning().language;
            hope.min(words.ahead_max())
        };
        out.tree = Tree::build(entries, score);
        out
    }

    /// The number of a word; `entries` gets the ways to say it when it is new here.
    fn number(&mut self, bias: &Bias, words: &Words, word: &str, entries: &mut Vec<Entry>) -> u32 {
        let known = words.lexicon().find(word);
        let before = self.outside_numbers.get(word).copied();
        let number = known.or(before).unwrap_or(self.first_outside + self.outside.len() as u32);
        if self.worth.contains_key(&number) {
            return number;
        }
        self.worth.insert(number, Worth::default());
        if known.is_none() {
            self.outside.push(Box::from(word));
            self.outside_numbers.insert(Box::from(word), number);
        }
        let listed = words.lexicon().pronunciations(number).iter().map(|way| way.to_vec());
        let mut ways: Vec<Vec<u8>> = listed.chain(bias.said(word).iter().cloned()).collect();
        if ways.is_empty() {
            ways.push(spelling::guess(word));
        }
        entries.extend(ways.into_iter().map(|phones| Entry { phones, word: number }));
        number
    }

    fn insert(&mut self, phrase: &[u32]) {
        let mut at = 0;
        for &word in phrase {
            let fresh = self.nodes.len() as u32;
            let next = *self.nodes[at].next.entry(word).or_insert(fresh);
            if next == fresh {
                self.nodes.push(Node::default());
            }
            at = next as usize;
        }
        self.nodes[at].end = at != 0;
    }

    /// Sets what each node lends and where it falls back to, nearest the root first.
    fn link(&mut self) {
        let mut queue = VecDeque::from([0u32]);
        while let Some(at) = queue.pop_front() {
            let children: Vec<(u32, u32)> =
                self.nodes[at as usize].next.iter().map(|(&w, &n)| (w, n)).collect();
            for (word, child) in children {
                let fail = match at {
                    0 => 0,
                    _ => self.follow(self.nodes[at as usize].fail, word),
                };
                let worth = self.phrase_worth(word);
                let (total, lent) = {
                    let node = &self.nodes[at as usize];
                    (node.total + worth, node.lent + worth)
                };
                let child_node = &mut self.nodes[child as usize];
                child_node.fail = fail;
                child_node.total = total;
                // The bonus of a whole phrase is kept: nothing is lent where one ends.
                child_node.lent = if child_node.end { 0.0 } else { lent };
                queue.push_back(child);
            }
        }
    }

    fn phrase_worth(&self, word: u32) -> f32 {
        self.worth.get(&word).map_or(0.0, |w| w.phrase)
    }

    /// The node after `word`, going back to shorter suffixes where needed.
    fn follow(&self, mut at: u32, word: u32) -> u32 {
        loop {
            match self.nodes[at as usize].next.get(&word) {
                Some(&next) => return next,
                None if at == 0 => return 0,
                None => at = self.nodes[at as usize].fail,
            }
        }
    }

    /// Moves a hypothesis at node `at` over `word`: the new node and what it earns.
    pub fn step(&self, at: u32, word: u32) -> (u32, f32) {
        let worth = self.worth.get(&word).copied().unwrap_or_default();
        let here = &self.nodes[at as usize];
        if let Some(&next) = here.next.get(&word) {
            return (next, worth.phrase + worth.always);
        }
        let next = self.follow(at, word);
        (next, self.nodes[next as usize].total - here.lent + worth.always)
    }

    /// What a hypothesis must give back that ends at node `at`.
    pub fn owed(&self, at: u32) -> f32 {
        self.nodes[at as usize].lent
    }

    /// Whether the bias tree says this word, so that the large tree need not.
    pub fn has(&self, word: u32) -> bool {
        self.worth.contains_key(&word)
    }

    /// The phone tree of the bias's words.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Letters of a word outside the vocabulary.
    pub fn text(&self, word: u32) -> Option<&str> {
        let at = word.checked_sub(self.first_outside)?;
        self.outside.get(at as usize).map(|w| &**w)
    }

    /// For the language model: the word itself, or how an unknown one is scored.
    pub fn scored_as(&self, word: u32) -> (u32, f32) {
        if word < self.first_outside { (word, 0.0) } else { (UNKNOWN, OUTSIDE_NATS) }
    }

    fn alone(&self, words: &Words, word: u32) -> f32 {
        let (word, less) = self.scored_as(word);
        words.model().alone(word) + less
    }
}
