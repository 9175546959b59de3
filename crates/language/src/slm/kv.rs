//! What the model has read: a prefix that calls share, and each call's own text.
//!
//! A [`Prefix`] (rules, persona, tools) is read once. A [`Session`] begins with
//! it and grows by itself; [`Session::sync`] makes it hold given tokens and
//! computes only what differs from what it held, which is also how text is read
//! while a caller still speaks. When the window is full, [`Session::make_room`]
//! drops the oldest turns; what follows them is read again at its new place, so
//! that the cache always equals one that read the same tokens afresh.
//!
//! Keys and values are half floats by default: their rounding moves logits by
//! far less than 8-bit weights do, and a call needs half the memory.

pub(crate) mod store;

use std::ops::Range;
use std::sync::Arc;

use super::SlmError;
use super::model::Model;
use store::Store;

/// How keys and values are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// As they are computed, four bytes each.
    Float,
    /// Half floats, two bytes each.
    #[default]
    Half,
}

/// A beginning that was read once. Cloning it is cheap.
#[derive(Clone)]
pub struct Prefix {
    model: Arc<Model>,
    tokens: Arc<[u32]>,
    store: Arc<Store>,
}

impl std::fmt::Debug for Prefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prefix({} tokens)", self.tokens.len())
    }
}

impl Prefix {
    /// Reads tokens.
    ///
    /// # Errors
    /// There are none, they do not fit the window, or one is outside of the vocabulary.
    pub fn new(model: &Arc<Model>, tokens: &[u32], precision: Precision) -> Result<Self, SlmError> {
        if tokens.is_empty() {
            return Err(SlmError::EmptyPrompt);
        }
        let mut store = Store::new(model.config(), precision);
        model.pass(tokens, &mut store, 0, |_| ())?;
        store.shrink();
        Ok(Self { model: model.clone(), tokens: tokens.into(), store: Arc::new(store) })
    }

    /// The tokens read.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// Memory of its keys and values, once for all calls.
    pub fn bytes(&self) -> usize {
        self.store.bytes()
    }
}

/// What one call has read. Printed, it shows numbers of tokens and not which.
#[derive(Clone)]
pub struct Session {
    model: Arc<Model>,
    store: Store,
    /// Every token read, the prefix's first.
    tokens: Vec<u32>,
    /// Tokens that are never dropped.
    prefix: usize,
    /// Tokens that may be held at most.
    window: usize,
    /// Where text stands that eviction keeps.
    state: Option<Range<usize>>,
    /// Where turns begin, rising.
    turns: Vec<usize>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({} of {} tokens)", self.tokens.len(), self.window)
    }
}

impl Session {
    /// One that has read nothing.
    pub fn new(model: &Arc<Model>, precision: Precision) -> Self {
        Self::with(model.clone(), Store::new(model.config(), precision), Vec::new())
    }

    /// One that has read a prefix, at no cost.
    pub fn after(prefix: &Prefix) -> Self {
        let store = Store::after(prefix.store.clone());
        Self::with(prefix.model.clone(), store, prefix.tokens.to_vec())
    }

    fn with(model: Arc<Model>, store: Store, tokens: Vec<u32>) -> Self {
        let (prefix, window) = (tokens.len(), model.config().window);
        Self { model, store, tokens, prefix, window, state: None, turns: Vec::new() }
    }

    /// Holds at most so many tokens, where the model's window is larger.
    #[must_use]
    pub fn with_window(mut self, tokens_max: usize) -> Self {
        self.window = self.window.min(tokens_max);
        self
    }

    /// The model it reads with.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Every token read, the prefix's first.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// Tokens that it may hold.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Memory of this call's own keys, values and tokens.
    pub fn bytes(&self) -> usize {
        self.store.bytes() + self.tokens.capacity() * size_of::<u32>()
    }

    /// The first layer's values of the last token, as they lie in memory; none before the first token. They depend
    /// on that token alone, so that a search of a process's memory can tell whether a text is still held.
    pub fn last_values(&self) -> Vec<u8> {
        self.store.last_values()
    }

    /// Reads more tokens.
    ///
    /// # Errors
    /// They do not fit the window, or one is outside of the vocabulary; nothing is read then.
    pub fn push(&mut self, tokens: &[u32]) -> Result<(), SlmError> {
        self.read(tokens, 0, |_| ())
    }

    /// Forgets what comes after the first `length` tokens; of the prefix only what is
    /// left stays exempt from eviction.
    pub fn rollback(&mut self, length: usize) {
        self.tokens.truncate(length);
        self.store.truncate(self.tokens.len());
        self.prefix = self.prefix.min(length);
        self.turns.retain(|&turn| turn <= length);
        self.state = self.state.take().filter(|state| state.end <= length);
    }

    /// Holds exactly these tokens: keeps those that it shares with them from the
    /// beginning on, forgets the others and reads the rest. Gives how many it kept.
    ///
    /// # Errors
    /// As [`Session::push`]; it then holds what both share.
    pub fn sync(&mut self, tokens: &[u32]) -> Result<usize, SlmError> {
        let shared = self.tokens.iter().zip(tokens).take_while(|(a, b)| a == b).count();
        self.rollback(shared);
        self.push(&tokens[shared..])?;
        Ok(shared)
    }

    /// A turn begins here: eviction drops whole turns.
    pub fn begin_turn(&mut self) {
        let here = self.tokens.len();
        if self.turns.last() != Some(&here) {
            self.turns.push(here);
        }
    }

    /// Eviction keeps these tokens (slots, the node, a summary) ahead of the turns.
    pub fn keep_state(&mut self, place: Range<usize>) {
        self.state = Some(place).filter(|it| it.start < it.end && it.end <= self.tokens.len());
    }

    /// Makes room for so many more tokens: drops the oldest turns, so far that a
    /// quarter of the window is free where that leaves a turn. The prefix, the state
    /// and the last turn stay. Gives how many tokens were dropped.
    ///
    /// # Errors
    /// What has to stay leaves no such room.
    pub fn make_room(&mut self, tokens: usize) -> Result<usize, SlmError> {
        let length = self.tokens.len();
        if length + tokens <= self.window {
            return Ok(0);
        }
        let state = self.state.clone().filter(|state| state.start >= self.prefix);
        let state = state.unwrap_or(self.prefix..self.prefix);
        // Turns that do not overlap what is kept anyway.
        let turns: Vec<usize> =
            self.turns.iter().copied().filter(|&turn| turn >= state.end && turn < length).collect();
        let kept = |turn: usize| self.prefix + state.len() + length - turn;
        let roomy = |turn: &&usize| kept(**turn) + tokens <= self.window / 4 * 3;
        let begin = match turns.iter().find(roomy).or(turns.last()) {
            Some(&begin) if kept(begin) + tokens <= self.window => begin,
            other => {
                let kept = kept(other.copied().unwrap_or(state.end));
                return Err(SlmError::Window { tokens: kept + tokens, window: self.window });
            }
        };
        let mut rest = self.tokens[..self.prefix].to_vec();
        rest.extend_from_slice(&self.tokens[state.clone()]);
        rest.extend_from_slice(&self.tokens[begin..]);
        let moved = begin - self.prefix - state.len();
        let turns = turns.iter().filter(|&&turn| turn >= begin).map(|turn| turn - moved).collect();
        self.sync(&rest)?;
        self.turns = turns;
        self.state = Some(self.prefix..self.prefix + state.len()).filter(|it| !it.is_empty());
        Ok(moved)
    }

    /// Reads one more token and gives what may follow: a logit a token of the vocabulary.
    ///
    /// # Errors
    /// As [`Session::push`].
    pub fn next_logits(&mut self, token: u32) -> Result<Vec<f32>, SlmError> {
        self.read(&[token], 1, |logits| logits.to_vec())
    }

    /// Reads more tokens and uses the logits (last, vocabulary) of the last `last`.
    pub(super) fn read<R>(
        &mut self,
        tokens: &[u32],
        last: usize,
        use_logits: impl FnOnce(&mut [f32]) -> R,
    ) -> Result<R, SlmError> {
        let length = self.tokens.len() + tokens.len();
        if length > self.window {
            return Err(SlmError::Window { tokens: length, window: self.window });
        }
        let result = self.model.pass(tokens, &mut self.store, last, use_logits)?;
        self.tokens.extend_from_slice(tokens);
        Ok(result)
    }
}
