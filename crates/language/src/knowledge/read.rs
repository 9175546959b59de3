//! A file of knowledge, by its name, to blocks of text under their headings.
//!
//! Markdown, plain text, HTML, PDF and FAQ JSON. It opens no file, follows no link
//! and renders nothing: what is no text (pictures, scripts, styles) is left out.

use super::{KnowledgeError, Place};

mod faq;
mod html;
mod markdown;
mod pdf;
mod plain;

/// A paragraph, list item, table row or answer, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// Headings above it, outermost first.
    pub titles: Vec<String>,
    /// The question that it answers, where the file asks one.
    pub question: Option<String>,
    /// Its text on one line.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// Blocks of one file, bounds aside.
pub(crate) fn blocks(name: &str, bytes: &[u8]) -> Result<Vec<Block>, KnowledgeError> {
    let bad = |what: String| KnowledgeError::File { name: name.to_string(), what };
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    let blocks = match extension.as_str() {
        "md" | "markdown" => markdown::blocks(&text(bytes).map_err(bad)?),
        "txt" | "text" => plain::blocks(&text(bytes).map_err(bad)?),
        "html" | "htm" | "xhtml" => html::blocks(&String::from_utf8_lossy(bytes)),
        "json" => faq::blocks(&text(bytes).map_err(bad)?).map_err(bad)?,
        "pdf" => pdf::blocks(bytes).map_err(bad)?,
        _ => {
            let what = format!("`.{extension}` is not read; give .md, .txt, .html, .pdf or .json");
            return Err(bad(what));
        }
    };
    if blocks.is_empty() {
        return Err(bad("there is no text in it; give a file with text".into()));
    }
    Ok(blocks)
}

/// UTF-8 text without a byte order mark.
fn text(bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("it is no UTF-8 text ({error}); save it as UTF-8"))?;
    Ok(text.trim_start_matches('\u{feff}').to_string())
}

/// White space as single spaces.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Headings by level: a new one ends those of its level and below.
#[derive(Debug, Default)]
struct Headings {
    open: Vec<(usize, String)>,
}

impl Headings {
    fn push(&mut self, level: usize, title: &str) {
        self.open.retain(|(other, _)| *other < level);
        let title = squeezed(title);
        if !title.is_empty() {
            self.open.push((level, title));
        }
    }

    /// A block under the headings; the innermost is its question if it asks one.
    fn block(&self, text: &str, place: Place) -> Option<Block> {
        let text = squeezed(text);
        if !text.contains(char::is_alphanumeric) {
            return None;
        }
        let mut titles: Vec<String> = self.open.iter().map(|(_, title)| title.clone()).collect();
        let asks = titles.last().is_some_and(|title| title.ends_with('?'));
        let question = if asks { titles.pop() } else { None };
        Some(Block { titles, question, text, place })
    }
}

#[cfg(test)]
mod tests;
