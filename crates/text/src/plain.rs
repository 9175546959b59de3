//! Text as a language model writes it, made plain: markdown, HTML and SSML marks, entities, emoji and odd
//! characters go, so that only what can be said is left.
//!
//! [`Plain`] remembers which bytes of the original each of its bytes stands for, so that a spoken word still
//! leads back to the written one. Nothing is put into words here; that is [`crate::normalize`]. It is no
//! markdown or HTML renderer either: what it does not recognise stays as it is, and marks that nobody
//! speaks (a lone `*`, the backticks around a code span) may stay too.
//!
//! | written | becomes |
//! |---|---|
//! | headings, list items, table rows | their text, ended with a full stop; cells are parted by commas |
//! | fenced code, rules, comments, `<script>`, `<think>` | nothing |
//! | links, images | their text, their alternative text |
//! | `<break time="500ms"/>` | a comma, from 700 ms on a full stop |
//! | tags of HTML and SSML | nothing, or a line break for blocks; their contents stay |
//! | other tags, such as `<sigh/>` | left as they are; [`crate::normalize`] never speaks them |
//! | emoji, arrows, control characters | nothing, a comma, nothing |
//! | `&amp;`, full-width figures, combining accents | the plain character |

use std::collections::BTreeMap;
use std::ops::Range;

use crate::normalize::bounded;

mod block;
mod character;
mod span;
mod tag;

pub(crate) use block::fence;
pub(crate) use tag::opaque as opaque_tag;

/// A text without markup, and where each part of it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plain {
    text: String,
    pieces: Vec<Piece>,
}

/// Some bytes of the plain text and the bytes of the original that they stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// Where it begins in the plain text.
    at: usize,
    /// The bytes of the original.
    source: Range<usize>,
    /// Whether the bytes are the same in both.
    verbatim: bool,
}

impl Plain {
    /// Makes a text plain. At most [`crate::normalize::TEXT_BYTES_MAX`] bytes of it are read.
    pub fn new(text: &str) -> Self {
        let mut cleaner = Cleaner::new(bounded(text));
        while cleaner.at < cleaner.text.len() {
            cleaner.step();
        }
        cleaner.end_line();
        cleaner.plain
    }

    /// The plain text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing can be said: there is no letter and no figure, as in a text of emoji only.
    pub fn is_silent(&self) -> bool {
        !self.text.contains(char::is_alphanumeric)
    }

    /// The bytes of the original that `range` of the plain text stands for. Both ends lie on characters of the
    /// original; a range outside the plain text is cut to it.
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        let (start, end) = (range.start.min(self.text.len()), range.end.min(self.text.len()));
        let first = self.piece(start);
        let from = first.map_or(0, |p| match p.verbatim {
            true => (p.source.start + (start - p.at)).min(p.source.end),
            false => p.source.start,
        });
        let last = if end > start { self.piece(end - 1) } else { first };
        let to = last.map_or(0, |p| match p.verbatim {
            true => (p.source.start + (end - p.at)).min(p.source.end),
            false => p.source.end,
        });
        from..to.max(from)
    }

    /// Takes signs off the end again.
    fn trim_end(&mut self, signs: &[char]) {
        let len = self.text.trim_end_matches(signs).len();
        self.text.truncate(len);
        while self.pieces.last().is_some_and(|p| p.at >= len) {
            self.pieces.pop();
        }
        if let Some(last) = self.pieces.last_mut().filter(|p| p.verbatim) {
            last.source.end = last.source.start + (len - last.at);
        }
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|p| p.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}

/// The state of one pass over a text.
struct Cleaner<'a> {
    text: &'a str,
    at: usize,
    plain: Plain,
    /// Where something is left out: from the key to the value (the closing `**`, a link's address).
    skips: BTreeMap<usize, usize>,
    /// The fence that is open (its sign and length).
    fence: Option<(char, usize)>,
    /// What the line that is being read is, where that matters at its end.
    line: Line,
    /// Whether the row above belongs to a table, so that rows without outer bars belong to it as well.
    in_table: bool,
}

/// The kinds of line that are treated apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Text,
    /// A heading or an item: ends as a sentence.
    Item,
    /// A table's row: bars are commas, and it ends as a sentence.
    Row,
}

impl<'a> Cleaner<'a> {
    fn new(text: &'a str) -> Self {
        let plain = Plain { text: String::with_capacity(text.len()), pieces: Vec::new() };
        let skips = BTreeMap::new();
        Self { text, at: 0, plain, skips, fence: None, line: Line::Text, in_table: false }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The character before here in the original.
    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// Takes the next mark or character.
    fn step(&mut self) {
        let begins_line = self.at == 0 || self.text[..self.at].ends_with('\n');
        if begins_line && self.block() {
            return;
        }
        if let Some(resume) = self.skips.remove(&self.at) {
            self.at = resume.max(self.at);
            return;
        }
        let Some(c) = self.rest().chars().next() else { return };
        let done = match c {
            '\n' => {
                self.end_line();
                false
            }
            '\\' => self.escape(),
            '`' => self.code_span(),
            '*' | '_' | '~' => self.emphasis(c),
            '!' | '[' => self.link(),
            '<' => self.tag(),
            '&' => self.entity(),
            '|' => self.cell(),
            _ => false,
        };
        if !done {
            self.character(c);
        }
    }

    /// Copies the next `len` bytes.
    fn keep(&mut self, len: usize) {
        let source = self.at..self.at + len;
        match self.plain.pieces.last_mut() {
            Some(last) if last.verbatim && last.source.end == source.start => {
                last.source.end = source.end;
            }
            _ => {
                let at = self.plain.text.len();
                self.plain.pieces.push(Piece { at, source: source.clone(), verbatim: true });
            }
        }
        self.plain.text.push_str(&self.text[source]);
        self.at += len;
    }

    /// Writes `text` for the next `len` bytes, which may both be nothing.
    fn put(&mut self, len: usize, text: &str) {
        let source = self.at..self.at + len;
        if !text.is_empty() {
            let at = self.plain.text.len();
            self.plain.pieces.push(Piece { at, source, verbatim: false });
            self.plain.text.push_str(text);
        }
        self.at += len;
    }

    /// Drops the next `len` bytes but keeps the words around them apart.
    fn part(&mut self, len: usize) {
        let glued = self.plain.text.ends_with(|c: char| !c.is_whitespace())
            && self.text[self.at + len..].starts_with(char::is_alphanumeric);
        self.put(len, if glued { " " } else { "" });
    }

    /// Writes a mark of punctuation for `len` bytes, unless one at least as strong ends the text already.
    fn pause(&mut self, len: usize, mark: &str) {
        let said = self.plain.text.trim_end();
        let strong = said.is_empty() || said.ends_with(['.', '!', '?', '…', '।', ':']);
        let enough = strong || mark == "," && said.ends_with([',', ';']);
        let glued = self.text[self.at + len..].starts_with(char::is_alphanumeric);
        match (enough, glued) {
            (true, true) => self.part(len),
            (true, false) => self.put(len, ""),
            (false, true) => self.put(len, &format!("{mark} ")),
            (false, false) => self.put(len, mark),
        }
    }

    /// Ends a heading, an item or a row as a sentence.
    fn end_line(&mut self) {
        if self.line != Line::Text {
            let row = self.line == Line::Row;
            self.plain.trim_end(if row { &[' ', ','] } else { &[' '] });
            let open = self
                .plain
                .text
                .trim_end_matches([' ', '"', '\'', ')', '”', '’', '*', '_', '`'])
                .ends_with(|c: char| c.is_alphanumeric() || "%°€£¢+".contains(c));
            if open {
                self.put(0, ".");
            }
        }
        self.line = Line::Text;
    }

    /// Writes a character, or what stands for it.
    fn character(&mut self, c: char) {
        let len = c.len_utf8();
        let mut after = self.rest()[len..].chars();
        if let Some((composed, mark_len)) = character::compose(c, after.as_str()) {
            return self.put(len + mark_len, composed.encode_utf8(&mut [0; 4]));
        }
        match character::shown(c, self.before(), after.next()) {
            character::Shown::Same => self.keep(len),
            character::Shown::As(text) => self.put(len, &text),
            character::Shown::Pause => self.pause(len, ","),
            character::Shown::Nothing => self.put(len, ""),
            character::Shown::Gap => self.part(len),
        }
    }
}

#[cfg(test)]
mod tests;
