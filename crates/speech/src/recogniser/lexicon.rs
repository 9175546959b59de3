//! Words, how they are said, and the phone tree that the word search walks.
//!
//! What it is: the first half of `asr_words.bin` ([`super::word_file`] reads it). Phones are
//! numbered as in `training/asr/data.py`: 1 to 39, the ARPAbet symbols without stress in
//! alphabetical order; 0 is the blank.

use super::word_lm::WordModel;

/// Number of the start of an utterance, and as a prediction of its end.
pub(super) const START: u32 = 0;
/// Number of any word outside the vocabulary.
pub(super) const UNKNOWN: u32 = 1;
/// Phones with the blank.
pub(super) const PHONES: usize = 40;
/// Most phones of a pronunciation.
pub(super) const PRONUNCIATION_PHONES_MAX: usize = 64;

/// The ARPAbet symbols, in the order of their numbers from 1.
const SYMBOLS: [&str; PHONES - 1] = [
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH",
    "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH",
    "UW", "V", "W", "Y", "Z", "ZH",
];

/// The number of an ARPAbet symbol, with or without its stress digit.
pub(super) fn phone_number(symbol: &str) -> Option<u8> {
    let plain = symbol.trim_end_matches(|c: char| c.is_ascii_digit());
    SYMBOLS.iter().position(|s| *s == plain).map(|at| at as u8 + 1)
}

/// One way to say one word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Phones, 1 to 39 each.
    pub phones: Vec<u8>,
    /// Word number.
    pub word: u32,
}

/// The vocabulary with its pronunciations.
#[derive(Debug, Clone)]
pub(super) struct Lexicon {
    words: Vec<Box<str>>,
    said: Vec<Vec<Box<[u8]>>>,
}

impl Lexicon {
    /// `words` are the two marks and then the words in rising order; `said` is as long.
    pub fn new(words: Vec<Box<str>>, said: Vec<Vec<Box<[u8]>>>) -> Self {
        Self { words, said }
    }

    /// The word's letters; empty for a number outside.
    pub fn text(&self, word: u32) -> &str {
        self.words.get(word as usize).map_or("", |w| w)
    }

    /// The number of a lower-case word.
    pub fn find(&self, word: &str) -> Option<u32> {
        let real = self.words.get(2..)?;
        real.binary_search_by(|w| (**w).cmp(word)).ok().map(|at| at as u32 + 2)
    }

    /// The ways to say a word.
    pub fn pronunciations(&self, word: u32) -> &[Box<[u8]>] {
        self.said.get(word as usize).map_or(&[], Vec::as_slice)
    }

    /// The tree of all words, looking ahead with their probabilities without history.
    pub fn tree(&self, model: &WordModel) -> Tree {
        let ways = (0u32..).zip(&self.said).flat_map(|(word, ways)| {
            ways.iter().map(move |way| Entry { phones: way.to_vec(), word })
        });
        Tree::build(ways.collect(), |word| model.alone(word))
    }
}

/// A prefix tree over phones. Node 0 is the root; a node's children have consecutive numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    phones: Vec<u8>,
    /// By node, and one more: the first child.
    children: Vec<u32>,
    /// By node, and one more: its words' place in `words`.
    ends: Vec<u32>,
    words: Vec<u32>,
    /// By node: log-probability of the likeliest word at or below it.
    ahead: Vec<f32>,
}

impl Tree {
    /// Builds the tree of `entries`; `score` gives a word's log-probability to look ahead with.
    pub fn build(mut entries: Vec<Entry>, score: impl Fn(u32) -> f32) -> Self {
        entries.retain(|e| !e.phones.is_empty() && e.phones.len() <= PRONUNCIATION_PHONES_MAX);
        entries.sort();
        entries.dedup();
        let mut tree = Self { phones: vec![0], ..Self::default() };
        // Entries of each node, in the order of the nodes: those below it are a range.
        let mut ranges = vec![(0, entries.len(), 0)];
        let mut parents = vec![0u32];
        let mut node = 0;
        while let Some(&(begin, end, depth)) = ranges.get(node) {
            tree.children.push(tree.phones.len() as u32);
            tree.ends.push(tree.words.len() as u32);
            let below = entries.get(begin..end).unwrap_or_default();
            let own = below.iter().take_while(|e| e.phones.len() == depth).count();
            tree.words.extend(below.iter().take(own).map(|e| e.word));
            let mut at = begin + own;
            while let Some(phone) = entries.get(at).filter(|_| at < end).map(|e| e.phones[depth]) {
                let run = entries[at..end].iter().take_while(|e| e.phones[depth] == phone).count();
                tree.phones.push(phone);
                ranges.push((at, at + run, depth + 1));
                parents.push(node as u32);
                at += run;
            }
            node += 1;
        }
        tree.children.push(tree.phones.len() as u32);
        tree.ends.push(tree.words.len() as u32);
        tree.look_ahead(&parents, score);
        tree
    }

    /// Children come after their parent, so one pass from the last node up is enough.
    fn look_ahead(&mut self, parents: &[u32], score: impl Fn(u32) -> f32) {
        self.ahead = vec![f32::NEG_INFINITY; self.phones.len()];
        for node in (0..self.phones.len()).rev() {
            let own = self.words(node as u32).iter().map(|&w| score(w));
            let best = own.fold(self.ahead[node], f32::max);
            self.ahead[node] = best;
            let parent = parents[node] as usize;
            self.ahead[parent] = self.ahead[parent].max(best);
        }
    }

    /// Number of nodes with the root.
    pub fn len(&self) -> u32 {
        self.phones.len() as u32
    }

    /// The phone that leads to a node; 0 at the root.
    pub fn phone(&self, node: u32) -> u8 {
        self.phones[node as usize]
    }

    /// The nodes one phone further.
    pub fn children(&self, node: u32) -> std::ops::Range<u32> {
        self.children[node as usize]..self.children[node as usize + 1]
    }

    /// The words that are complete at a node.
    pub fn words(&self, node: u32) -> &[u32] {
        &self.words[self.ends[node as usize] as usize..self.ends[node as usize + 1] as usize]
    }

    /// Log-probability of the likeliest word at or below a node.
    pub fn ahead(&self, node: u32) -> f32 {
        self.ahead[node as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(phones: &[u8], word: u32) -> Entry {
        Entry { phones: phones.to_vec(), word }
    }

    /// The node that phones lead to.
    fn walk(tree: &Tree, phones: &[u8]) -> Option<u32> {
        phones.iter().try_fold(0, |node, &p| tree.children(node).find(|&c| tree.phone(c) == p))
    }

    #[test]
    fn words_share_their_beginnings() {
        let all = vec![entry(&[1, 2], 2), entry(&[1, 2, 3], 3), entry(&[1, 2], 4), entry(&[5], 2)];
        let tree = Tree::build(all, |word| -(word as f32));
        assert_eq!(tree.len(), 5);
        let ab = walk(&tree, &[1, 2]).expect("a node");
        assert_eq!(tree.words(ab), [2, 4]);
        assert_eq!(tree.words(walk(&tree, &[1, 2, 3]).expect("a node")), [3]);
        assert_eq!(walk(&tree, &[2]), None);
        assert_eq!(tree.ahead(ab), -2.0);
        assert_eq!(tree.ahead(walk(&tree, &[1, 2, 3]).expect("a node")), -3.0);
        assert_eq!(tree.ahead(0), -2.0);
    }

    #[test]
    fn an_empty_tree_has_a_root_and_no_more() {
        let tree = Tree::build(vec![entry(&[], 2)], |_| 0.0);
        assert_eq!((tree.len(), tree.children(0).len(), tree.words(0).len()), (1, 0, 0));
    }

    #[test]
    fn symbols_have_numbers_with_or_without_stress() {
        assert_eq!(phone_number("AA"), Some(1));
        assert_eq!(phone_number("AH0"), Some(3));
        assert_eq!(phone_number("ZH"), Some(39));
        assert_eq!(phone_number(""), None);
        assert_eq!(phone_number("Q"), None);
    }
}
