//! Markdown: headings, paragraphs, list items, tables and quotes as CommonMark
//! and GitHub write them, as far as text goes.
//!
//! Cells of a table are put beside their column's heading, so that a row can be
//! understood alone. Code stays, since commands are knowledge too.

use hearsay_text::plain::Plain;

use super::{Block, Headings};
use crate::knowledge::Place;

/// What is read so far.
#[derive(Default)]
struct Reader {
    headings: Headings,
    blocks: Vec<Block>,
    paragraph: String,
    begin: usize,
    /// Headings of the table that is being read.
    columns: Vec<String>,
    fence: Option<char>,
    comment: bool,
}

/// Blocks of a Markdown text.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    let lines: Vec<&str> = text.lines().collect();
    let mut number = front_matter(&lines);
    while number < lines.len() {
        reader.line(&lines, number);
        number += 1;
    }
    reader.close();
    reader.blocks
}

/// Lines of a YAML heading at the file's beginning.
fn front_matter(lines: &[&str]) -> usize {
    if lines.first().is_none_or(|line| line.trim_end() != "---") {
        return 0;
    }
    lines.iter().skip(1).position(|line| line.trim_end() == "---").map_or(0, |end| end + 2)
}

impl Reader {
    fn line(&mut self, lines: &[&str], number: usize) {
        let line = lines[number].trim();
        if self.comment || line.starts_with("<!--") {
            self.comment = !line.contains("-->");
            return;
        }
        if let Some(mark) = fence(line) {
            match self.fence {
                Some(open) if open == mark => self.fence = None,
                None => self.fence = Some(mark),
                Some(_) => {}
            }
            return self.close();
        }
        if self.fence.is_some() {
            return self.item(line, number);
        }
        if line.is_empty() || rule(line) {
            self.columns.clear();
            return self.close();
        }
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if (1..=6).contains(&level) && line[level..].starts_with([' ', '\t']) {
            self.close();
            self.headings.push(level, &inline(line[level..].trim_end_matches(['#', ' '])));
        } else if let Some(level) = underlined(lines, number) {
            self.close();
            self.headings.push(level, &inline(line));
        } else if line.starts_with('|') || (line.contains(" | ") && !self.columns.is_empty()) {
            self.row(lines, number);
        } else if !underline(line) {
            self.text(line, number);
        }
    }

    /// A line of a paragraph, list or quote.
    fn text(&mut self, line: &str, number: usize) {
        let line = line.trim_start_matches(['>', ' ']);
        let item = list_item(line);
        if item.is_some() {
            self.close();
        }
        if self.paragraph.is_empty() {
            self.begin = number + 1;
        }
        self.paragraph.push_str(item.unwrap_or(line));
        self.paragraph.push(' ');
    }

    fn item(&mut self, line: &str, number: usize) {
        self.close();
        self.begin = number + 1;
        self.paragraph.push_str(line);
        self.close();
    }

    fn row(&mut self, lines: &[&str], number: usize) {
        let cells: Vec<String> = lines[number]
            .trim()
            .trim_matches('|')
            .split('|')
            .map(|cell| inline(cell.trim()))
            .collect();
        let rule =
            |cell: &String| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':' | ' '));
        if cells.iter().all(rule) {
            return;
        }
        let heads = lines.get(number + 1).is_some_and(|next| {
            next.contains("--") && next.chars().all(|c| matches!(c, '-' | ':' | '|' | ' '))
        });
        if heads {
            self.columns = cells;
            return self.close();
        }
        let named =
            cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(at, cell)| {
                match self.columns.get(at).filter(|name| !name.is_empty() && at > 0) {
                    Some(name) => format!("{name}: {cell}"),
                    None => cell.clone(),
                }
            });
        let row = named.collect::<Vec<_>>().join(", ");
        self.item(&row, number);
    }

    /// Ends the paragraph.
    fn close(&mut self) {
        let text = inline(&std::mem::take(&mut self.paragraph));
        self.blocks.extend(self.headings.block(&text, Place::Line(self.begin)));
    }
}

/// A line's text without marks.
fn inline(line: &str) -> String {
    let line = line.replace("](#", "](http://#");
    Plain::new(&line).text().trim().to_string()
}

fn fence(line: &str) -> Option<char> {
    ['`', '~'].into_iter().find(|mark| line.chars().take_while(|c| c == mark).count() >= 3)
}

/// A thematic break.
fn rule(line: &str) -> bool {
    ['*', '_'].into_iter().any(|mark| {
        line.chars().filter(|c| *c == mark).count() >= 3
            && line.chars().all(|c| c == mark || c == ' ')
    })
}

fn underline(line: &str) -> bool {
    ['=', '-'].into_iter().any(|mark| line.len() >= 2 && line.chars().all(|c| c == mark))
}

/// The level of a heading that is written by a line under it.
fn underlined(lines: &[&str], number: usize) -> Option<usize> {
    let next = lines.get(number + 1)?.trim();
    let alone = number == 0 || lines[number - 1].trim().is_empty();
    let text =
        lines[number].contains(char::is_alphanumeric) && list_item(lines[number].trim()).is_none();
    (alone && text && underline(next)).then(|| if next.starts_with('=') { 1 } else { 2 })
}

/// A list item's text.
fn list_item(line: &str) -> Option<&str> {
    for mark in ["- ", "* ", "+ "] {
        if let Some(text) = line.strip_prefix(mark) {
            return Some(text.trim_start_matches("[ ] ").trim_start_matches("[x] "));
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let item = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "));
    item.filter(|_| (1..=3).contains(&digits))
}
