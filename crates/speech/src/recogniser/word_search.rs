//! Beam search over words: phone probabilities, a phone tree and a word trigram.
//!
//! What it is: connectionist temporal classification over phones, constrained to the words of the
//! lexicon. A hypothesis stands at a node of the tree with what the language model remembers; all
//! ways to write the same phones over the frames add up, and hypotheses whose future is equal
//! keep the better past. Its work a frame and its memory are bounded.

use std::sync::Arc;

use super::lexicon::{Lexicon, PHONES, START, Tree};
use super::trace::{Link, ROOT, Trace};
use super::word_bias::WordBias;
use super::word_lm::{History, WordModel};
use super::{PHONE_FRAME_MS, RecogniserError, Transcript, Word, word_file};

mod table;

use table::Table;

/// Least log-probability of a phone at a frame: a network's rounding must not forbid anything.
const PHONE_FLOOR: f32 = -16.0;

/// Ends this many nats behind the best do not count for a word's confidence.
const END_MARGIN: f32 = 12.0;
/// Differences between ends count this much: the frames' probabilities are not independent.
const SHARE_SCALE: f32 = 0.5;
/// Constant, weight of the phones' peaks and of the share in the log-odds that a word is right,
/// fitted to the words of every fifth file of the test sets.
const CONFIDENCE: [f32; 3] = [2.1, 1.04, 1.6];

/// Weights and widths of the word search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordTuning {
    /// Weight of the language model's log-probabilities.
    pub language: f32,
    /// What each word earns, in nats: the language model favours few words.
    pub word: f32,
    /// What each frame without a phone earns, in nats: the network favours the blank.
    pub blank: f32,
    /// A hypothesis this many nats behind the best is dropped.
    pub margin: f32,
    /// A phone this many nats less likely than the frame's likeliest is not tried.
    pub phone_margin: f32,
    /// Most hypotheses kept after a frame.
    pub hypotheses_max: usize,
}

impl Default for WordTuning {
    /// What was best on every fifth file of the test sets of `training/asr/evaluate.py`.
    fn default() -> Self {
        Self {
            language: 1.0,
            word: 0.5,
            blank: -1.2,
            margin: 12.0,
            phone_margin: 7.0,
            hypotheses_max: 1000,
        }
    }
}

/// Lexicon and language model, shared by all calls.
#[derive(Debug, Clone)]
pub(super) struct Words {
    lexicon: Lexicon,
    model: WordModel,
    tree: Tree,
    pub(super) tuning: WordTuning,
}

impl Words {
    pub fn parse(bytes: &[u8], tuning: WordTuning) -> Result<Self, RecogniserError> {
        let (lexicon, model) = word_file::parse(bytes)?;
        let tree = lexicon.tree(&model);
        Ok(Self { lexicon, model, tree, tuning })
    }

    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub fn model(&self) -> &WordModel {
        &self.model
    }

    pub fn tuning(&self) -> WordTuning {
        self.tuning
    }

    /// Log-probability of the commonest word.
    pub fn ahead_max(&self) -> f32 {
        self.tree.ahead(0)
    }

    /// Number of words: those of a bias follow from here.
    pub fn len(&self) -> u32 {
        self.model.one.len() as u32
    }
}

/// Where a hypothesis stands. Equal places have equal futures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Node of the large tree, or beyond its size of the bias's.
    node: u32,
    history: History,
    /// Node of the bias's automaton.
    bias: u32,
}

#[derive(Debug, Clone, Copy)]
struct Hypothesis {
    place: Place,
    /// Log-probability of the ways that end in a blank, with what words earned, in nats.
    blank: f32,
    /// The same of the ways that end in the last phone.
    phone: f32,
    /// The last complete word.
    link: u32,
    /// Frames of the present word's first and last phone.
    frames: (u32, u32),
    /// Sum of the peak log-probabilities of the present word's phones but the last, and the last's.
    peaks: (f32, f32),
    /// Phones of the present word.
    phones: f32,
}

impl Hypothesis {
    fn score(&self) -> f32 {
        log_add(self.blank, self.phone)
    }

    /// Geometric mean of the peak probabilities of the present word's phones.
    fn mean_peak(&self) -> f32 {
        ((self.peaks.0 + self.peaks.1) / self.phones.max(1.0)).exp().min(1.0)
    }
}

/// A hypothesis at the end of the utterance.
struct End {
    score: f32,
    link: u32,
    /// The word that ends with the utterance.
    last: Option<Link>,
}

/// The large tree and the bias's, whose nodes are numbered on from the large one's.
#[derive(Clone, Copy)]
struct Trees<'a> {
    words: &'a Words,
    bias: Option<&'a WordBias>,
}

impl<'a> Trees<'a> {
    /// The tree that a node is of, its number there, and what its tree's numbers are shifted by.
    fn tree(self, node: u32) -> (&'a Tree, u32, u32) {
        let large = &self.words.tree;
        match self.bias {
            Some(bias) if node >= large.len() => (bias.tree(), node - large.len(), large.len()),
            _ => (large, node, 0),
        }
    }

    fn phone(self, node: u32) -> usize {
        let (tree, node, _) = self.tree(node);
        usize::from(tree.phone(node))
    }

    /// What is still to come costs at least this, weighted, in nats.
    fn ahead(self, node: u32) -> f32 {
        let (tree, node, _) = self.tree(node);
        self.words.tuning.language * tree.ahead(node)
    }

    /// Nodes and phones one further.
    fn children(self, node: u32) -> impl Iterator<Item = (u32, usize)> + 'a {
        let (tree, node, shift) = self.tree(node);
        tree.children(node).map(move |child| (child + shift, usize::from(tree.phone(child))))
    }

    /// Nodes and phones that begin a word.
    fn beginnings(self) -> impl Iterator<Item = (u32, usize)> + 'a {
        let own = self.bias.map(|_| self.words.tree.len());
        self.children(0).chain(own.into_iter().flat_map(move |root| self.children(root)))
    }

    /// The ways to complete a word at the hypothesis's node: the word, what it earns, and the place
    /// after it. Words of the bias are left to its own tree.
    fn exits(self, place: Place) -> impl Iterator<Item = (u32, f32, Place)> + 'a {
        let (tree, node, shift) = self.tree(place.node);
        let doubled = move |word| shift == 0 && self.bias.is_some_and(|bias| bias.has(word));
        let words = tree.words(node).iter().filter(move |&&word| !doubled(word));
        words.map(move |&word| {
            let tuning = &self.words.tuning;
            let (known, less) = self.bias.map_or((word, 0.0), |bias| bias.scored_as(word));
            let (log_prob, history) = self.words.model.score(place.history, known);
            let (bias, bonus) = self.bias.map_or((0, 0.0), |bias| bias.step(place.bias, word));
            let earned = tuning.language * (log_prob + less) + tuning.word + bonus;
            (word, earned, Place { node: 0, history, bias })
        })
    }

    /// What ending the utterance here earns.
    fn end(self, place: Place) -> f32 {
        let (log_prob, _) = self.words.model.score(place.history, START);
        let owed = self.bias.map_or(0.0, |bias| bias.owed(place.bias));
        self.words.tuning.language * log_prob - owed
    }

    fn text(self, word: u32) -> &'a str {
        let outside = self.bias.and_then(|bias| bias.text(word));
        outside.unwrap_or_else(|| self.words.lexicon.text(word))
    }
}

/// The decoder's state within one utterance.
#[derive(Debug, Clone)]
pub(super) struct WordSearch {
    hypotheses: Vec<Hypothesis>,
    trace: Trace,
    /// Phone frames searched.
    frame: u32,
    bias: Option<Arc<WordBias>>,
    next: Table,
}

/// Phones of one frame.
struct Frame {
    log_probs: [f32; PHONES],
    tried: [bool; PHONES],
    /// Log-probability of the likeliest phone that is tried; nothing is tried when there is none.
    best: Option<f32>,
}

impl Frame {
    /// What is no probability counts as silence.
    fn new(row: &[f32], tuning: &WordTuning) -> Self {
        let mut log_probs = [PHONE_FLOOR; PHONES];
        if row.iter().any(|p| p.is_nan()) || row.iter().all(|&p| p < PHONE_FLOOR) {
            log_probs[0] = 0.0;
        } else {
            for (slot, &p) in log_probs.iter_mut().zip(row) {
                *slot = p.clamp(PHONE_FLOOR, 0.0);
            }
        }
        let floor = log_probs.iter().copied().fold(PHONE_FLOOR, f32::max) - tuning.phone_margin;
        log_probs[0] += tuning.blank;
        let mut tried = [false; PHONES];
        let mut best = None;
        for phone in 1..PHONES {
            let p = log_probs[phone];
            tried[phone] = p >= floor && p > PHONE_FLOOR;
            if tried[phone] {
                best = Some(best.map_or(p, |b: f32| b.max(p)));
            }
        }
        Self { log_probs, tried, best }
    }
}

impl WordSearch {
    pub fn new(words: &Words, bias: Option<Arc<WordBias>>) -> Self {
        let place = Place { node: 0, history: words.model.start(), bias: 0 };
        let first = Hypothesis {
            place,
            blank: 0.0,
            phone: f32::NEG_INFINITY,
            link: ROOT,
            frames: (0, 0),
            peaks: (0.0, 0.0),
            phones: 0.0,
        };
        Self {
            hypotheses: vec![first],
            trace: Trace::new(),
            frame: 0,
            bias,
            next: Table::default(),
        }
    }

    pub fn bias(&self) -> Option<Arc<WordBias>> {
        self.bias.clone()
    }

    /// Searches phone log-probabilities (frames, 40).
    pub fn advance(&mut self, words: &Words, log_probs: &[f32]) {
        for row in log_probs.chunks_exact(PHONES) {
            self.step(words, &Frame::new(row, &words.tuning));
            self.frame += 1;
        }
        if self.trace.is_full() {
            self.trace.collect(self.hypotheses.iter_mut().map(|h| &mut h.link));
        }
    }

    fn step(&mut self, words: &Words, frame: &Frame) {
        let bias = self.bias.clone();
        let trees = Trees { words, bias: bias.as_deref() };
        let mut now = std::mem::take(&mut self.hypotheses);
        self.next.clear(words.tuning.margin);
        for hypothesis in &now {
            self.stay(trees, frame, hypothesis);
        }
        if let Some(best) = frame.best {
            for hypothesis in &now {
                let score = hypothesis.score();
                if score + best + trees.ahead(hypothesis.place.node) >= self.next.floor() {
                    self.grow(trees, frame, hypothesis, score);
                }
                self.leave(trees, frame, hypothesis, score + best);
            }
        }
        self.next.take(&mut now, words.tuning.hypotheses_max);
        self.hypotheses = now;
    }

    fn add(&mut self, trees: Trees, new: Hypothesis) {
        let rank = new.score() + trees.ahead(new.place.node);
        self.next.add(&self.trace, new, rank);
    }

    /// The same phones one frame later: a blank, or the last phone going on.
    fn stay(&mut self, trees: Trees, frame: &Frame, from: &Hypothesis) {
        let mut out = *from;
        out.blank = from.score() + frame.log_probs[0];
        let phone = trees.phone(from.place.node);
        if phone != 0 {
            let log_prob = frame.log_probs[phone];
            out.phone = from.phone + log_prob;
            if out.phone > out.blank {
                out.frames.1 = self.frame;
                out.peaks.1 = out.peaks.1.max(log_prob);
            }
        }
        self.add(trees, out);
    }

    /// One phone further within the word, or into the first word.
    fn grow(&mut self, trees: Trees, frame: &Frame, from: &Hypothesis, score: f32) {
        if from.place.node == 0 {
            for (node, phone) in trees.beginnings().filter(|&(_, phone)| frame.tried[phone]) {
                self.begin(trees, frame, from, (node, phone, score));
            }
            return;
        }
        let last = trees.phone(from.place.node);
        let children = trees.children(from.place.node);
        for (node, phone) in children.filter(|&(_, phone)| frame.tried[phone]) {
            // A phone follows itself only over a blank.
            let before = if phone == last { from.blank } else { score };
            let log_prob = frame.log_probs[phone];
            let new = Hypothesis {
                place: Place { node, ..from.place },
                blank: f32::NEG_INFINITY,
                phone: before + log_prob,
                frames: (from.frames.0, self.frame),
                peaks: (from.peaks.0 + from.peaks.1, log_prob),
                phones: from.phones + 1.0,
                ..*from
            };
            self.add(trees, new);
        }
    }

    /// The first phone of a word; `from` is at a word's end and its score before is given.
    fn begin(
        &mut self,
        trees: Trees,
        frame: &Frame,
        from: &Hypothesis,
        (node, phone, before): (u32, usize, f32),
    ) {
        let log_prob = frame.log_probs[phone];
        let new = Hypothesis {
            place: Place { node, ..from.place },
            blank: f32::NEG_INFINITY,
            phone: before + log_prob,
            link: from.link,
            frames: (self.frame, self.frame),
            peaks: (0.0, log_prob),
            phones: 1.0,
        };
        self.add(trees, new);
    }

    /// Completes words at the node and begins the next with each phone that is tried. `reach` is
    /// the most that the score can be after this frame, before what the word earns.
    fn leave(&mut self, trees: Trees, frame: &Frame, from: &Hypothesis, reach: f32) {
        let last = trees.phone(from.place.node);
        for (word, earned, place) in trees.exits(from.place) {
            if reach + earned + trees.ahead(0) < self.next.floor() {
                continue;
            }
            let link = self.trace.push(from.link, word, from.frames, from.mean_peak());
            let done = Hypothesis { place, link, ..*from };
            let score = from.score() + earned;
            for (node, phone) in trees.beginnings().filter(|&(_, phone)| frame.tried[phone]) {
                let before = if phone == last { from.blank + earned } else { score };
                self.begin(trees, frame, &done, (node, phone, before));
            }
        }
    }

    /// The best words so far, and how many bytes of them every hypothesis shares.
    pub fn text(&self, words: &Words) -> (String, usize) {
        let trees = Trees { words, bias: self.bias.as_deref() };
        let rank = |h: &Hypothesis| h.score() + trees.ahead(h.place.node);
        let best = self.hypotheses.iter().max_by(|a, b| rank(a).total_cmp(&rank(b)));
        let Some(best) = best else { return (String::new(), 0) };
        let stable = self.trace.common(self.hypotheses.iter().map(|h| h.link));
        let done = self.trace.words(best.link);
        let last =
            trees.exits(best.place).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(word, ..)| word);
        let mut text = String::new();
        let mut stable_chars = 0;
        for (i, word) in done.iter().map(|link| link.word).chain(last).enumerate() {
            if i == stable {
                stable_chars = text.len();
            }
            if i > 0 {
                text.push(' ');
            }
            text.push_str(trees.text(word));
        }
        if stable >= done.len() + last.iter().count() {
            stable_chars = text.len();
        }
        (text, stable_chars)
    }

    /// The best whole words once no more frames follow.
    pub fn transcript(&self, words: &Words) -> Transcript {
        let trees = Trees { words, bias: self.bias.as_deref() };
        let ends = self.ends(trees);
        let best = ends.iter().max_by(|a, b| a.score.total_cmp(&b.score));
        // Nobody is at a word's end: leave the unfinished word out.
        let cut = || {
            let best = self.hypotheses.iter().max_by(|a, b| a.score().total_cmp(&b.score()));
            best.map_or(Vec::new(), |h| self.trace.words(h.link))
        };
        let links = best.map_or_else(cut, |end| self.links(end));
        let shares = self.shares(&ends, &links);
        let word = |(link, share): (&Link, f32)| Word {
            text: trees.text(link.word).to_owned(),
            start_ms: u64::from(link.frames.0) * PHONE_FRAME_MS,
            end_ms: (u64::from(link.frames.1) + 1) * PHONE_FRAME_MS,
            confidence: confidence(link.peaks, share),
        };
        let words: Vec<Word> = links.iter().zip(shares).map(word).collect();
        let text = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
        Transcript { text, words }
    }

    /// Every hypothesis that is whole if nothing follows.
    fn ends(&self, trees: Trees) -> Vec<End> {
        let mut out = Vec::new();
        for h in &self.hypotheses {
            if h.place.node == 0 {
                out.push(End { score: h.score() + trees.end(h.place), link: h.link, last: None });
            }
            for (word, earned, place) in trees.exits(h.place) {
                let last =
                    Link { back: h.link, word, frames: h.frames, peaks: h.mean_peak(), hash: 0 };
                let score = h.score() + earned + trees.end(place);
                out.push(End { score, link: h.link, last: Some(last) });
            }
        }
        out
    }

    /// By word of `links`: the share of all ends' probability that has that word at that time.
    fn shares(&self, ends: &[End], links: &[Link]) -> Vec<f32> {
        let best = ends.iter().map(|end| end.score).fold(f32::NEG_INFINITY, f32::max);
        let mut shares = vec![0.0; links.len()];
        let mut total = 0.0;
        for end in ends.iter().filter(|end| end.score > best - END_MARGIN) {
            let weight = (SHARE_SCALE * (end.score - best)).exp();
            total += weight;
            let other = self.links(end);
            let mut at = 0;
            for (share, link) in shares.iter_mut().zip(links) {
                while other.get(at).is_some_and(|o| o.frames.1 < link.frames.0) {
                    at += 1;
                }
                let same = other[at..]
                    .iter()
                    .take_while(|o| o.frames.0 <= link.frames.1)
                    .any(|o| o.word == link.word);
                if same {
                    *share += weight;
                }
            }
        }
        shares.iter().map(|share| share / total.max(f32::MIN_POSITIVE)).collect()
    }

    fn links(&self, end: &End) -> Vec<Link> {
        self.trace.words(end.link).into_iter().chain(end.last).collect()
    }
}

/// The probability that a word is right: a logistic model of the geometric mean of its phones' peak
/// probabilities and of its share among the ends.
fn confidence(peaks: f32, share: f32) -> f32 {
    let log = |p: f32| p.clamp(1e-4, 1.0).ln();
    let odds = CONFIDENCE[0] + CONFIDENCE[1] * log(peaks) + CONFIDENCE[2] * log(share);
    1.0 / (1.0 + (-odds).exp())
}

fn log_add(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    // The rest would be less than a thousandth of a nat.
    if high - low < 7.0 { high + (low - high).exp().ln_1p() } else { high }
}

#[cfg(test)]
mod tests;
