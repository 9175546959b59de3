//! What a decoder asks of a grammar: which tokens may come next, and which must.
//!
//! A [`Constraint`] stands at one place of one output and moves with it, a token
//! at a time, forward and back. The decoder knows nothing of grammars, and the
//! grammar nothing of models.
//!
//! Stop tokens (end of a turn, end of text) are no part of it: the decoder lets
//! one through exactly where [`Constraint::can_stop`] is true and never passes
//! one to [`Constraint::accept`].

use thiserror::Error;

/// The grammar could not go on. The output so far is still valid as far as it goes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("constraint: {what}")]
pub struct ConstraintError {
    /// What happened and, where there is one, the cure.
    pub what: String,
}

/// Limits a model's output, token by token. Object safe.
pub trait Constraint: Send {
    /// Writes the tokens that may come next into `mask`, which arrives cleared and
    /// as wide as the vocabulary. An empty mask means that the output must stop here.
    ///
    /// # Errors
    /// The grammar hit one of its limits.
    fn allowed(&mut self, mask: &mut TokenMask) -> Result<(), ConstraintError>;

    /// Tokens that surely or very probably follow from here, first one first; may
    /// be empty. The decoder only uses them as a draft that it verifies, so that
    /// they change the speed and never the output. State stays where it is.
    fn forced(&mut self) -> Vec<u32>;

    /// Moves past a token that `allowed` named.
    ///
    /// # Errors
    /// The token is not allowed here, or the grammar hit one of its limits; the
    /// state stays where it was.
    fn accept(&mut self, token: u32) -> Result<(), ConstraintError>;

    /// Takes back the last `tokens` accepted tokens.
    ///
    /// # Errors
    /// Fewer were accepted.
    fn rollback(&mut self, tokens: usize) -> Result<(), ConstraintError>;

    /// Whether the output so far is complete, so that a stop token may come.
    fn can_stop(&mut self) -> bool;
}

impl<C: Constraint + ?Sized> Constraint for &mut C {
    fn allowed(&mut self, mask: &mut TokenMask) -> Result<(), ConstraintError> {
        (**self).allowed(mask)
    }

    fn forced(&mut self) -> Vec<u32> {
        (**self).forced()
    }

    fn accept(&mut self, token: u32) -> Result<(), ConstraintError> {
        (**self).accept(token)
    }

    fn rollback(&mut self, tokens: usize) -> Result<(), ConstraintError> {
        (**self).rollback(tokens)
    }

    fn can_stop(&mut self) -> bool {
        (**self).can_stop()
    }
}

/// One bit a token of the vocabulary: set where the token is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenMask {
    /// Token `t` is bit `t % 32` of word `t / 32`.
    words: Vec<u32>,
    vocabulary: usize,
}

impl TokenMask {
    /// A mask for so many tokens, none allowed.
    pub fn new(vocabulary: usize) -> Self {
        Self { words: vec![0; vocabulary.div_ceil(32)], vocabulary }
    }

    /// Number of tokens in the vocabulary.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// Forbids every token.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Allows a token; one outside the vocabulary is ignored.
    pub fn allow(&mut self, token: u32) {
        if (token as usize) < self.vocabulary {
            self.words[token as usize / 32] |= 1 << (token % 32);
        }
    }

    /// Forbids a token.
    pub fn forbid(&mut self, token: u32) {
        if let Some(word) = self.words.get_mut(token as usize / 32) {
            *word &= !(1 << (token % 32));
        }
    }

    /// Whether a token is allowed.
    pub fn is_allowed(&self, token: u32) -> bool {
        let word = self.words.get(token as usize / 32).copied().unwrap_or(0);
        word >> (token % 32) & 1 == 1
    }

    /// Whether no token is allowed.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The allowed tokens, rising.
    pub fn tokens(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().zip(0_u32..).flat_map(|(&word, at)| {
            (0..32).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 32 + bit)
        })
    }

    /// Copies bits from a mask of the same layout (32 tokens a word, lowest bit
    /// first); bits beyond the vocabulary are dropped, missing words are zero.
    pub fn copy_from_words(&mut self, words: &[u32]) {
        self.clear();
        let shared = self.words.len().min(words.len());
        self.words[..shared].copy_from_slice(&words[..shared]);
        let rest = self.vocabulary % 32;
        if let Some(last) = self.words.last_mut().filter(|_| rest > 0) {
            *last &= (1 << rest) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_holds_its_vocabulary_only() {
        let mut mask = TokenMask::new(35);
        assert!(mask.is_empty());
        [0, 31, 34, 35, 900].iter().for_each(|&token| mask.allow(token));
        assert_eq!(mask.tokens().collect::<Vec<_>>(), [0, 31, 34]);
        assert!(mask.is_allowed(34) && !mask.is_allowed(35) && !mask.is_allowed(u32::MAX));
        [34, 35, 900].iter().for_each(|&token| mask.forbid(token));
        assert_eq!(mask.tokens().collect::<Vec<_>>(), [0, 31]);
        mask.copy_from_words(&[0b10, u32::MAX, 7]);
        assert_eq!(mask.tokens().collect::<Vec<_>>(), [1, 32, 33, 34]);
        mask.copy_from_words(&[]);
        assert!(mask.is_empty());
    }
}
