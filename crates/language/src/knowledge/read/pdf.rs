//! PDF: the text of each page, put into lines, paragraphs and headings by where
//! and how large it stands.
//!
//! Text drawn inside pictures or forms and scanned pages have no characters to
//! read. The parser may meet anything, so a panic in it is caught and told as a
//! broken file, and what a page unpacks to is bounded.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::content::Content;
use lopdf::{Document, Encoding, Object};

use super::{Block, Headings};
use crate::knowledge::Place;

/// Pages that are read; a longer book is refused.
const PAGES_MAX: usize = 2000;
/// What one page or one font's table may unpack to, bytes.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Pieces of text of one page; what goes beyond is no page of text.
const PIECES_MAX: usize = 50_000;
/// How much larger than the text a heading is.
const HEADING_SCALE: f32 = 1.15;
/// Words of a heading.
const HEADING_WORDS_MAX: usize = 14;

/// A line of text and how large it is, points.
#[derive(Debug, Clone)]
struct Line {
    text: String,
    size: f32,
    y: f32,
    page: usize,
}

/// Blocks of a PDF file.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<Block>, String> {
    let lines = catch_unwind(AssertUnwindSafe(|| lines(bytes)))
        .map_err(|_| "it is a broken PDF; print it to a new one".to_string())??;
    if lines.is_empty() {
        return Err(
            "there is no text in this PDF (a scan?); give one whose text can be marked".into()
        );
    }
    Ok(paragraphs(&lines))
}

fn lines(bytes: &[u8]) -> Result<Vec<Line>, String> {
    let document = Document::load_mem(bytes)
        .map_err(|error| format!("it is no readable PDF ({error}); print it to a new one"))?;
    if document.is_encrypted() {
        return Err("this PDF is locked by a password; save it without one".into());
    }
    let pages = document.get_pages();
    if pages.len() > PAGES_MAX {
        return Err(format!("{} pages; give at most {PAGES_MAX} in one file", pages.len()));
    }
    let mut lines = Vec::new();
    for (number, id) in (1..).zip(pages.into_values()) {
        let fonts = document.get_page_fonts(id).unwrap_or_default();
        let encodings: BTreeMap<Vec<u8>, Encoding> = fonts
            .into_iter()
            .filter_map(|(name, font)| {
                Some((name, font.get_font_encoding_with_limit(&document, PAGE_BYTES_MAX).ok()?))
            })
            .collect();
        let content = document
            .get_page_content_with_limit(id, PAGE_BYTES_MAX)
            .and_then(|content| Content::decode(&content))
            .map_err(|error| format!("page {number} cannot be read ({error})"))?;
        let mut page = Page { encodings, number, ..Page::default() };
        content.operations.iter().for_each(|step| page.step(&step.operator, &step.operands));
        lines.extend(page.lines);
    }
    lines.retain(|line: &Line| !line.text.trim().is_empty());
    Ok(lines)
}

/// A transformation as PDF writes it: a b c d e f.
type Matrix = [f32; 6];
const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `a`, then `b`.
fn product(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// The state of a page while its content is walked.
struct Page<'a> {
    encodings: BTreeMap<Vec<u8>, Encoding<'a>>,
    number: usize,
    lines: Vec<Line>,
    pieces: usize,
    font: Vec<u8>,
    size: f32,
    leading: f32,
    /// Where the line of text begins.
    line: Matrix,
    space: Matrix,
    saved: Vec<Matrix>,
    moved: bool,
}

impl Default for Page<'_> {
    fn default() -> Self {
        Self {
            encodings: BTreeMap::new(),
            number: 0,
            lines: Vec::new(),
            pieces: 0,
            font: Vec::new(),
            size: 10.0,
            leading: 12.0,
            line: UNIT,
            space: UNIT,
            saved: Vec::new(),
            moved: false,
        }
    }
}

impl Page<'_> {
    fn step(&mut self, operator: &str, operands: &[Object]) {
        let number = |at: usize| operands.get(at).and_then(|o| o.as_float().ok()).unwrap_or(0.0);
        let matrix = || std::array::from_fn(number);
        match operator {
            "q" if self.saved.len() < 64 => self.saved.push(self.space),
            "Q" => self.space = self.saved.pop().unwrap_or(self.space),
            "cm" => self.space = product(&matrix(), &self.space),
            "BT" => self.place(UNIT),
            "Tm" => self.place(matrix()),
            "Td" => self.shift(number(0), number(1)),
            "TD" => {
                self.leading = -number(1);
                self.shift(number(0), number(1));
            }
            "TL" => self.leading = number(0),
            "T*" => self.shift(0.0, -self.leading),
            "Tf" => {
                self.font = operands.first().and_then(|o| o.as_name().ok()).unwrap_or(b"").to_vec();
                self.size = number(1);
            }
            "Tj" | "TJ" => self.show(operands),
            "'" | "\"" => {
                self.shift(0.0, -self.leading);
                self.show(operands);
            }
            _ => {}
        }
    }

    fn place(&mut self, matrix: Matrix) {
        self.line = matrix;
        self.moved = true;
    }

    fn shift(&mut self, x: f32, y: f32) {
        self.place(product(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line));
    }

    fn show(&mut self, operands: &[Object]) {
        self.pieces += 1;
        if self.pieces > PIECES_MAX {
            return;
        }
        let mut text = String::new();
        self.collect(operands, &mut text);
        let at = product(&self.line, &self.space);
        let size = (self.size * at[1].hypot(at[3]).max(at[2].hypot(at[3]))).abs();
        let moved = std::mem::replace(&mut self.moved, false);
        match self.lines.last_mut() {
            Some(last) if (last.y - at[5]).abs() < 0.4 * size.max(1.0) => {
                if moved && !last.text.ends_with(' ') && !text.starts_with(' ') {
                    last.text.push(' ');
                }
                last.text.push_str(&text);
                last.size = last.size.max(size);
            }
            _ => self.lines.push(Line { text, size, y: at[5], page: self.number }),
        }
    }

    /// Strings, and a space where the next is set off from the last.
    fn collect(&self, operands: &[Object], text: &mut String) {
        for operand in operands {
            match operand {
                Object::String(bytes, _) => {
                    let decoded = self
                        .encodings
                        .get(&self.font)
                        .and_then(|encoding| Document::decode_text(encoding, bytes).ok());
                    text.push_str(&decoded.unwrap_or_default());
                }
                Object::Array(items) => self.collect(items, text),
                // Thousandths of the font's size; letters are kerned by less.
                Object::Integer(back) if *back < -180 => text.push(' '),
                Object::Real(back) if *back < -180.0 => text.push(' '),
                _ => {}
            }
        }
    }
}

/// Lines joined where they stand close and are as large; large short ones are headings.
fn paragraphs(lines: &[Line]) -> Vec<Block> {
    let body = body_size(lines);
    let mut headings = Headings::default();
    let mut blocks = Vec::new();
    let mut open: Option<(String, &Line)> = None;
    for line in lines {
        if let Some((text, last)) = &mut open {
            let step = (last.y - line.y).abs();
            let follows = last.page == line.page
                && step < 1.7 * last.size
                && (last.size - line.size).abs() < 0.08 * last.size
                && !begins_item(&line.text);
            if follows {
                join(text, &line.text);
                *last = line;
                continue;
            }
        }
        close(open.take(), body, &mut headings, &mut blocks);
        open = Some((line.text.trim().to_string(), line));
    }
    close(open, body, &mut headings, &mut blocks);
    blocks
}

fn close(
    open: Option<(String, &Line)>,
    body: f32,
    headings: &mut Headings,
    blocks: &mut Vec<Block>,
) {
    let Some((text, line)) = open else { return };
    let words = text.split_whitespace().count();
    if line.size >= HEADING_SCALE * body && words <= HEADING_WORDS_MAX {
        // The larger, the higher: a level for every tenth above the text.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let above = ((line.size / body - 1.0) * 10.0).clamp(0.0, 50.0) as usize;
        headings.push(60 - above, &text);
    } else {
        blocks.extend(headings.block(&text, Place::Page(line.page)));
    }
}

/// The size that most characters have.
fn body_size(lines: &[Line]) -> f32 {
    let mut by_size: BTreeMap<u32, usize> = BTreeMap::new();
    for line in lines {
        // Sizes are points: tenths are fine enough.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let tenths = (line.size.clamp(0.1, 1000.0) * 10.0) as u32;
        *by_size.entry(tenths).or_default() += line.text.len();
    }
    let most = by_size.into_iter().max_by_key(|(_, chars)| *chars);
    // A size is far below where f32 loses integers.
    #[allow(clippy::cast_precision_loss)]
    let size = most.map_or(10.0, |(tenths, _)| tenths as f32 / 10.0);
    size
}

fn begins_item(text: &str) -> bool {
    text.trim_start().starts_with(['\u{2022}', '\u{25aa}', '\u{2013}', '\u{b7}', '-'])
}

/// Adds a line to a paragraph; a word that was cut by a hyphen is put together.
fn join(text: &mut String, line: &str) {
    let line = line.trim();
    let cut = text.ends_with('-') && line.starts_with(|c: char| c.is_lowercase());
    if cut {
        text.pop();
    } else {
        text.push(' ');
    }
    text.push_str(line);
}
