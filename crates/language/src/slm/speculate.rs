//! What may follow: drafts for a pass that verifies several tokens at once.
//!
//! A draft only saves passes. [`PromptLookup`] continues where the same words
//! stood before (Saxena 2023): read-backs, names and tool arguments repeat the
//! prompt. [`ModelDraft`] asks a smaller model (Leviathan et al. 2023).

use super::SlmError;
use super::kv::Session;
use super::sample::likeliest;

/// Guesses what follows a text. Object safe.
pub trait Draft: Send {
    /// Appends up to `most` tokens that may follow `text` to `out`; none is fine.
    ///
    /// # Errors
    /// The draft's own model failed.
    fn draft(&mut self, text: &[u32], most: usize, out: &mut Vec<u32>) -> Result<(), SlmError>;
}

/// Continues the last place where the text's last tokens stood before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromptLookup {
    /// Tokens that have to agree at least.
    pub tokens_min: usize,
    /// Tokens that are compared first.
    pub tokens_max: usize,
}

impl Default for PromptLookup {
    /// From five tokens down to three: after fewer, drafts are wrong too often to pay.
    fn default() -> Self {
        Self { tokens_min: 3, tokens_max: 5 }
    }
}

impl Draft for PromptLookup {
    fn draft(&mut self, text: &[u32], most: usize, out: &mut Vec<u32>) -> Result<(), SlmError> {
        for length in (self.tokens_min.max(1)..=self.tokens_max.min(text.len())).rev() {
            let (before, last) = text.split_at(text.len() - length);
            // The last place that has something behind it; it may overlap the end.
            let place = (0..before.len()).rev().find(|&at| text[at..at + length] == *last);
            if let Some(place) = place {
                out.extend(text[place + length..].iter().take(most));
                return Ok(());
            }
        }
        Ok(())
    }
}

/// What a smaller model with the same tokens would say.
#[derive(Debug)]
pub struct ModelDraft {
    session: Session,
}

impl ModelDraft {
    /// With a session of the smaller model.
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

impl Draft for ModelDraft {
    fn draft(&mut self, text: &[u32], most: usize, out: &mut Vec<u32>) -> Result<(), SlmError> {
        let room = self.session.window().saturating_sub(text.len());
        let Some((&last, before)) = text.split_last().filter(|_| room > 0) else { return Ok(()) };
        self.session.sync(before)?;
        let mut token = last;
        for _ in 0..most.min(room) {
            token = self.session.read(&[token], 1, |logits| likeliest(logits))?;
            out.push(token);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_and_latest_match_is_continued() {
        let draft = |text: &[u32], most| {
            let mut out = Vec::new();
            let mut lookup = PromptLookup { tokens_min: 2, tokens_max: 4 };
            lookup.draft(text, most, &mut out).unwrap();
            out
        };
        assert_eq!(draft(&[1, 2, 3, 9, 2, 3, 8, 7, 1, 2, 3], 2), [9, 2], "three before two");
        assert_eq!(draft(&[2, 3, 9, 2, 3, 8, 7, 2, 3], 8), [8, 7, 2, 3], "the later place");
        assert_eq!(draft(&[5, 5, 5], 4), [5], "an overlap");
        assert!(draft(&[1, 2, 3], 4).is_empty() && draft(&[], 4).is_empty());
    }
}
