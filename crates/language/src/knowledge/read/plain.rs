//! Plain text: paragraphs parted by blank lines, "Q:" and "A:" pairs.

use super::{Block, squeezed};
use crate::knowledge::Place;

/// Blocks of a plain text.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut question: Option<String> = None;
    let mut paragraph = String::new();
    let mut begin = 1;
    for (number, line) in text.lines().chain([""]).enumerate() {
        let line = line.trim();
        let asked = labelled(line, &["q", "question"]);
        let answered = labelled(line, &["a", "answer"]).filter(|_| question.is_some());
        if line.is_empty() || asked.is_some() || answered.is_some() {
            push(&mut blocks, question.as_ref(), &mut paragraph, begin);
        }
        if line.is_empty() {
            continue;
        }
        if let Some(asked) = asked {
            question = Some(squeezed(asked));
            continue;
        }
        if answered.is_none() && paragraph.is_empty() && !blocks_follow(&blocks, question.as_ref())
        {
            question = None;
        }
        if paragraph.is_empty() {
            begin = number + 1;
        }
        paragraph.push_str(answered.unwrap_or(line));
        paragraph.push(' ');
    }
    blocks
}

/// Whether the question still waits for its answer.
fn blocks_follow(blocks: &[Block], question: Option<&String>) -> bool {
    question.is_some() && blocks.last().is_none_or(|last| last.question.as_ref() != question)
}

fn push(blocks: &mut Vec<Block>, question: Option<&String>, paragraph: &mut String, line: usize) {
    let text = squeezed(&std::mem::take(paragraph));
    if text.contains(char::is_alphanumeric) {
        let place = Place::Line(line);
        blocks.push(Block { titles: Vec::new(), question: question.cloned(), text, place });
    }
}

/// What follows one of the labels and a colon or full stop.
fn labelled<'a>(line: &'a str, labels: &[&str]) -> Option<&'a str> {
    let (label, rest) = line.split_once([':', '.'])?;
    let rest = rest.trim();
    let known = labels.iter().any(|known| label.trim().eq_ignore_ascii_case(known));
    (known && !rest.is_empty()).then_some(rest)
}
