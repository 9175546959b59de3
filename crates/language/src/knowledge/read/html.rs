//! HTML: the text that a reader sees, under its headings.
//!
//! The tokenizer is that of the standard, so entities and broken tags read as in
//! a browser; scripts, styles, navigation and controls are left out. A summary or
//! term that asks a question is the question of what follows it.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};

use super::{Block, Headings, squeezed};
use crate::knowledge::Place;

/// Elements whose text no reader sees as knowledge.
const LEFT_OUT: [&str; 10] = [
    "script", "style", "noscript", "template", "nav", "svg", "button", "select", "iframe",
    "textarea",
];
/// Elements that end a paragraph.
const BLOCKS: [&str; 26] = [
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "br",
    "tr",
    "table",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "blockquote",
    "pre",
    "dl",
    "dd",
    "dt",
    "hr",
    "form",
    "figure",
    "details",
    "summary",
    "body",
    "caption",
];

#[derive(Default)]
struct Reader {
    headings: Headings,
    blocks: Vec<Block>,
    paragraph: String,
    begin: usize,
    /// The element whose text is left out, and how deep inside it we are.
    left_out: Option<(String, usize)>,
    /// Level of the heading that is open.
    heading: Option<usize>,
    /// Column headings of the table, and the row's cells.
    columns: Vec<String>,
    cells: Vec<(bool, String)>,
    question: Option<String>,
    title: bool,
}

/// Blocks of an HTML page.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    let (mut line, mut seen) = (1, 0);
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                reader.open(&name, tag.self_closing);
            }
            Token::EndTag(tag) => reader.shut(&String::from_utf8_lossy(&tag.name)),
            Token::String(piece) => {
                let start = piece.span.start.clamp(seen, text.len());
                line += text.as_bytes()[seen..start].iter().filter(|byte| **byte == b'\n').count();
                seen = start;
                reader.text(&String::from_utf8_lossy(&piece.value), line);
            }
            _ => {}
        }
    }
    reader.close();
    reader.blocks
}

impl Reader {
    fn open(&mut self, name: &str, self_closing: bool) {
        if let Some((open, depth)) = &mut self.left_out {
            if open == name && !self_closing {
                *depth += 1;
            }
            return;
        }
        if LEFT_OUT.contains(&name) && !self_closing {
            self.left_out = Some((name.to_string(), 1));
        } else if let Some(level) = level(name) {
            self.close();
            self.heading = Some(level);
        } else if name == "title" {
            self.title = true;
        } else if matches!(name, "td" | "th") {
            self.cell();
            self.cells.push((name == "th", String::new()));
        } else if BLOCKS.contains(&name) {
            self.close();
            if name == "table" {
                self.columns.clear();
            }
        }
    }

    fn shut(&mut self, name: &str) {
        if let Some((open, depth)) = &mut self.left_out {
            if open == name {
                *depth -= 1;
                if *depth == 0 {
                    self.left_out = None;
                }
            }
            return;
        }
        if level(name).is_some() || matches!(name, "dt" | "summary" | "title") {
            self.named(name);
        } else if name == "tr" {
            self.row();
        } else if BLOCKS.contains(&name) {
            self.close();
            if matches!(name, "dd" | "details") {
                self.question = None;
            }
        }
    }

    fn text(&mut self, piece: &str, line: usize) {
        if self.left_out.is_some() {
            return;
        }
        if self.paragraph.trim().is_empty() {
            let skipped = piece.len() - piece.trim_start().len();
            self.begin = line + piece[..skipped].matches('\n').count();
        }
        self.paragraph.push_str(piece);
    }

    /// A heading, the page's title or something asked for has ended.
    fn named(&mut self, name: &str) {
        let text = squeezed(&std::mem::take(&mut self.paragraph));
        if name == "title" {
            // A title is for the list of tabs; a first heading says it better.
            self.title = false;
        } else if let Some(level) = self.heading.take() {
            self.question = None;
            self.headings.push(level, &text);
        } else if text.ends_with('?') || name == "dt" {
            self.question = Some(text);
        } else {
            self.headings.push(6, &text);
        }
    }

    /// What was read since the last cell belongs to that cell.
    fn cell(&mut self) {
        let text = squeezed(&std::mem::take(&mut self.paragraph));
        match self.cells.last_mut() {
            Some((_, cell)) => *cell = text,
            None => {
                self.paragraph = text;
                self.flush();
            }
        }
    }

    fn row(&mut self) {
        self.cell();
        let cells = std::mem::take(&mut self.cells);
        if !cells.is_empty() && cells.iter().all(|(heads, _)| *heads) {
            self.columns = cells.into_iter().map(|(_, cell)| cell).collect();
            return;
        }
        let named = cells.iter().enumerate().filter(|(_, (_, cell))| !cell.is_empty());
        let named = named.map(|(at, (_, cell))| {
            match self.columns.get(at).filter(|name| !name.is_empty() && at > 0) {
                Some(name) => format!("{name}: {cell}"),
                None => cell.clone(),
            }
        });
        self.paragraph = named.collect::<Vec<_>>().join(", ");
        self.flush();
    }

    /// Ends a paragraph, unless it is inside a cell.
    fn close(&mut self) {
        if self.cells.is_empty() && self.heading.is_none() {
            self.flush();
        } else {
            self.paragraph.push(' ');
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        if self.title {
            return;
        }
        if let Some(mut block) = self.headings.block(&text, Place::Line(self.begin)) {
            block.question = self.question.clone().or(block.question);
            self.blocks.push(block);
        }
    }
}

fn level(name: &str) -> Option<usize> {
    let digit = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&digit).then_some(digit)
}
