//! Pieces of a reply that can be spoken while the rest is still being written.
//!
//! [`ClauseSplitter`] takes the tokens of a language model as they come and gives out a [`Clause`] as soon as
//! it is certain. The first clause of a reply comes at the first comma, so that the first sound is early;
//! later ones come at the ends of sentences, and at commas only where a sentence is long. It neither rewrites
//! nor drops anything: the clauses put together are the text, byte for byte, and how the text was cut into
//! tokens makes no difference. What ends a sentence is known to [`crate::sentence`], what markup means to
//! [`crate::plain`].
//!
//! At most [`CLAUSE_CHARS_MAX`] characters are held back.

use crate::plain::fence;
use crate::sentence;

mod boundary;

use boundary::Groups;

/// No clause is longer than this many characters.
pub const CLAUSE_CHARS_MAX: usize = 240;
/// From this many characters on, the first clause may end before a conjunction or a preposition.
const FIRST_CHARS_LONG: usize = 60;
/// The same in words.
const FIRST_WORDS_LONG: usize = 10;
/// From this many characters on, a sentence is cut at its last comma.
const LONG_CHARS: usize = 120;
/// From this many characters on, a sentence without commas is cut before its last conjunction.
const VERY_LONG_CHARS: usize = 180;
/// A part cut off a long sentence is not shorter than this many characters.
const PART_CHARS_MIN: usize = 30;

/// A piece of a reply that can be spoken in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The text as it was pushed, with the white space behind it.
    pub text: String,
    /// Where it began, in bytes from the start of everything pushed.
    pub start_byte: usize,
    /// Whether a sentence (or a line) ends with it.
    pub ends_sentence: bool,
    /// Whether it belongs to a block of fenced code, which is not for speaking.
    pub code: bool,
}

/// Finds clauses in text that is still arriving.
#[derive(Debug, Clone, Default)]
pub struct ClauseSplitter {
    /// Text that is not yet part of a clause given out.
    pending: String,
    pending_chars: usize,
    /// Bytes given out before `pending`.
    consumed: usize,
    /// Whether a clause of this reply has been given out that is for speaking.
    begun: bool,
    /// The open fence of a block of code: its sign and length.
    fence: Option<(char, usize)>,
}

/// Where a clause ends, and why.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Cut {
    at: usize,
    ends_sentence: bool,
}

impl ClauseSplitter {
    /// A splitter at the beginning of a reply.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds text and returns the clauses that are now certain, in order.
    pub fn push(&mut self, token: &str) -> Vec<Clause> {
        let mut clauses = Vec::new();
        // Character by character, so that the cuts between tokens play no part.
        for c in token.chars() {
            let last = self.pending.chars().next_back();
            self.pending.push(c);
            self.pending_chars += 1;
            let decides = c.is_whitespace()
                || last.is_some_and(|l| l.is_whitespace() || boundary::needs_no_space(l))
                || self.pending_chars > CLAUSE_CHARS_MAX;
            while let Some(cut) = decides.then(|| self.cut()).flatten() {
                clauses.push(self.take(cut));
            }
        }
        clauses
    }

    /// Ends the reply and returns what is left of it; only this last clause may be white space alone. The
    /// splitter is then at the beginning of the next reply.
    pub fn finish(&mut self) -> Option<Clause> {
        let rest = Cut { at: self.pending.len(), ends_sentence: true };
        let clause = (!self.pending.is_empty()).then(|| self.take(rest));
        *self = Self::default();
        clause
    }

    /// The text that is held back.
    pub fn pending(&self) -> &str {
        &self.pending
    }

    fn take(&mut self, cut: Cut) -> Clause {
        let line = self.pending[..cut.at].trim();
        let code = match (self.fence, fence(line)) {
            (Some((sign, len)), Some((s, l, ""))) if s == sign && l >= len => {
                self.fence = None;
                true
            }
            (Some(_), _) => true,
            (None, Some((sign, len, _))) => {
                self.fence = Some((sign, len));
                true
            }
            (None, None) => false,
        };
        let text: String = self.pending.drain(..cut.at).collect();
        self.pending_chars = self.pending.chars().count();
        let start_byte = self.consumed;
        self.consumed += text.len();
        self.begun |= !code;
        Clause { text, start_byte, ends_sentence: cut.ends_sentence, code }
    }

    /// Where the pending text can be cut now.
    fn cut(&self) -> Option<Cut> {
        let text = self.pending.as_str();
        let within = |at: usize| Cut { at, ends_sentence: false };
        let content = text.trim_start();
        if content.is_empty() || self.fence.is_some() || fence(content.trim_end()).is_some() {
            let line = text.ends_with('\n') && !content.is_empty();
            let full = self.pending_chars > CLAUSE_CHARS_MAX;
            return (line || full).then_some(Cut { at: text.len(), ends_sentence: line });
        }
        let groups = Groups::new(text);
        let sentence_end = sentence::ends(text)
            .filter(|e| e.certain && !text[..e.at].trim().is_empty())
            .map(|e| after_spaces(text, e.at))
            .find(|&at| !groups.hold(at));
        let before = sentence_end.unwrap_or(text.len());
        let commas: Vec<usize> = boundary::commas(text)
            .filter(|&at| at <= before && !groups.hold(at) && at < text.len())
            .collect();
        if !self.begun
            && let Some(&at) = commas.first()
        {
            return Some(within(at));
        }
        if let Some(at) = sentence_end {
            return Some(Cut { at, ends_sentence: true });
        }
        self.long_cut(&groups, &commas).map(within)
    }

    /// Where a sentence that has no end in sight is cut.
    fn long_cut(&self, groups: &Groups, commas: &[usize]) -> Option<usize> {
        let text = self.pending.as_str();
        let chars = self.pending_chars;
        if chars < PART_CHARS_MIN {
            return None;
        }
        let joints: Vec<usize> = boundary::joints(text).filter(|&at| !groups.hold(at)).collect();
        if !self.begun
            && let Some(&at) = joints.iter().find(|&&at| {
                let head = &text[..at];
                head.chars().count() >= FIRST_CHARS_LONG
                    || head.split_whitespace().count() >= FIRST_WORDS_LONG
            })
        {
            return Some(at);
        }
        let long = |at: &&usize| text[..**at].chars().count() >= PART_CHARS_MIN;
        let comma = || commas.iter().rev().find(long).copied();
        let joint = || joints.iter().rev().find(long).copied();
        let joint_from = if self.begun { VERY_LONG_CHARS } else { LONG_CHARS };
        if chars >= LONG_CHARS
            && let Some(at) = comma()
        {
            return Some(at);
        }
        if chars >= joint_from
            && let Some(at) = joint()
        {
            return Some(at);
        }
        (chars > CLAUSE_CHARS_MAX).then(|| boundary::forced(text))
    }
}

/// Splits a whole reply.
pub fn split(text: &str) -> Vec<Clause> {
    let mut splitter = ClauseSplitter::new();
    let mut clauses = splitter.push(text);
    clauses.extend(splitter.finish());
    clauses
}

fn after_spaces(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start().len()
}

#[cfg(test)]
mod tests;
