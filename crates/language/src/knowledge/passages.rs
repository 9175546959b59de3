//! Blocks to passages: what is found, cited and put before the model is never
//! longer than a caller would listen to, and never mixes two headings or two
//! entries of a FAQ.

use std::sync::Arc;

use hearsay_text::sentence;

use super::read::Block;
use super::{Passage, Place};

/// Words of a passage; blocks under one heading are joined up to this, longer ones cut at sentences.
pub const PASSAGE_WORDS_MAX: usize = 90;
/// Bytes of a passage, for text without spaces.
pub const PASSAGE_BYTES_MAX: usize = 1200;
/// Bytes of a title path or question; the rest is cut off.
pub const TITLE_BYTES_MAX: usize = 300;

/// Passages of one file.
pub(crate) fn passages(source: &Arc<str>, blocks: Vec<Block>) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    for block in blocks {
        let title = bounded(&block.titles.join(" > "), TITLE_BYTES_MAX);
        let question = block.question.map(|question| bounded(&question, TITLE_BYTES_MAX));
        for (part, text) in parts(&block.text).into_iter().enumerate() {
            let last = passages.last_mut().filter(|last| {
                part == 0
                    && !matches!(block.place, Place::Entry(_))
                    && last.title == title
                    && last.question == question
                    && fits(&last.text, &text)
            });
            if let Some(last) = last {
                let ended = last.text.ends_with(['.', '!', '?', ':', ';', ',']);
                last.text.push_str(if ended { " " } else { ". " });
                last.text.push_str(&text);
                continue;
            }
            passages.push(Passage {
                source: Arc::clone(source),
                title: title.clone(),
                question: question.clone(),
                text,
                place: block.place,
            });
        }
    }
    passages
}

fn fits(first: &str, second: &str) -> bool {
    let words = first.split_whitespace().count() + second.split_whitespace().count();
    words <= PASSAGE_WORDS_MAX && first.len() + second.len() + 2 <= PASSAGE_BYTES_MAX
}

/// A block's text in pieces that fit, cut at sentences where it can be.
fn parts(text: &str) -> Vec<String> {
    let limits = sentence::Limits { bytes_max: PASSAGE_BYTES_MAX, first_clause_bytes_min: 0 };
    let mut splitter = sentence::Splitter::new(limits);
    let mut sentences = splitter.push(text);
    sentences.extend(splitter.finish());
    let mut parts: Vec<String> = Vec::new();
    for sentence in sentences {
        let words: Vec<&str> = sentence.text.split_whitespace().collect();
        for piece in words.chunks(PASSAGE_WORDS_MAX) {
            let piece = piece.join(" ");
            match parts.last_mut().filter(|last| fits(last, &piece)) {
                Some(last) => {
                    last.push(' ');
                    last.push_str(&piece);
                }
                None => parts.push(piece),
            }
        }
    }
    parts
}

fn bounded(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].trim_end().to_string()
}
