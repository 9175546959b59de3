//! The blocks of markdown, recognised at the beginning of a line: headings, lists, quotes, rules, fenced code
//! and tables.

use super::{Cleaner, Line};

/// Marks before an item of a list.
const BULLETS: [char; 10] = ['-', '*', '+', '•', '‣', '◦', '▪', '●', '–', '·'];
/// A fence, a rule or a heading is never longer than this many signs.
const SIGNS_MAX: usize = 200;

impl<'a> Cleaner<'a> {
    /// Takes the marks at the beginning of a line; whether anything was taken.
    pub(super) fn block(&mut self) -> bool {
        let start = self.at;
        let line = self.line_here();
        if self.fenced(line) {
            return true;
        }
        // Quotes and items nest: "> - [ ] text".
        for _ in 0..8 {
            let before = self.at;
            if self.dropped_line() || self.quote() || self.heading() || self.item() {
                if self.at == before {
                    break;
                }
                continue;
            }
            break;
        }
        self.table_row();
        self.at > start
    }

    /// From here to the end of the line.
    fn line_here(&self) -> &'a str {
        self.rest().split('\n').next().unwrap_or_default()
    }

    /// The line without its indent, and the indent's bytes.
    fn indented(&self) -> (&'a str, usize) {
        let line = self.line_here();
        let trimmed = line.trim_start_matches([' ', '\t']);
        (trimmed, line.len() - trimmed.len())
    }

    /// A line inside fenced code, or one of its fences: it goes with its line end.
    fn fenced(&mut self, line: &str) -> bool {
        let trimmed = line.trim();
        let fence = fence(trimmed);
        match (self.fence, fence) {
            (Some((sign, len)), Some((s, l, ""))) if s == sign && l >= len => self.fence = None,
            (Some(_), _) => {}
            (None, Some((sign, len, _))) => self.fence = Some((sign, len)),
            (None, None) => return false,
        }
        let end = (self.at + line.len() + 1).min(self.text.len());
        self.put(end - self.at, "");
        true
    }

    /// A rule, a heading's underline, a table's delimiter row or the address of a link: the line goes.
    fn dropped_line(&mut self) -> bool {
        let line = self.line_here();
        let trimmed = line.trim();
        let definition = trimmed.starts_with('[')
            && !trimmed.starts_with("[^")
            && trimmed.split_once("]: ").is_some_and(|(id, to)| {
                !id.contains(' ') && to.contains("://") && !to.trim().contains(' ')
            });
        if !(is_rule(trimmed) || is_delimiter_row(trimmed) || definition) {
            return false;
        }
        self.put(line.len(), "");
        true
    }

    fn quote(&mut self) -> bool {
        let (trimmed, indent) = self.indented();
        let Some(after) = trimmed.strip_prefix('>') else { return false };
        // "> 5" compares.
        if after.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        self.put(indent + 1 + usize::from(after.starts_with(' ')), "");
        true
    }

    fn heading(&mut self) -> bool {
        let (trimmed, indent) = self.indented();
        let signs = trimmed.bytes().take_while(|&b| b == b'#').count();
        let after = &trimmed[signs..];
        if !(1..=6).contains(&signs) || !after.starts_with(' ') || after.trim().is_empty() {
            return false;
        }
        let line_end = self.at + indent + trimmed.len();
        let text = after.trim_end().trim_end_matches('#');
        if text.ends_with(' ') && text.len() < after.trim_end().len() {
            let shown = self.at + indent + signs + text.trim_end().len();
            self.skips.insert(shown, line_end);
        }
        let spaces = after.len() - after.trim_start().len();
        self.put(indent + signs + spaces, "");
        self.line = Line::Item;
        true
    }

    /// A bullet or a number before an item; numbers are kept, with a comma.
    fn item(&mut self) -> bool {
        let (trimmed, indent) = self.indented();
        let Some(first) = trimmed.chars().next() else { return false };
        if BULLETS.contains(&first) {
            let after = &trimmed[first.len_utf8()..];
            let text = after.trim_start_matches([' ', '\t']);
            let sum = first == '+' && text.starts_with(|c: char| c.is_ascii_digit());
            if text.len() == after.len() || text.trim().is_empty() || sum {
                return false;
            }
            let boxed = ["[ ] ", "[x] ", "[X] "].iter().any(|b| text.starts_with(b));
            let len = trimmed.len() - text.len() + if boxed { 4 } else { 0 };
            self.put(indent + len, "");
            self.line = Line::Item;
            return true;
        }
        let figures = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let after = &trimmed[figures..];
        let listed = (1..=3).contains(&figures)
            && (after.starts_with(". ") || after.starts_with(") "))
            && !after[1..].trim().is_empty();
        if listed {
            self.put(indent, "");
            self.keep(figures);
            self.put(1, ",");
            self.line = Line::Item;
        }
        // What follows a number is text, not another block.
        false
    }

    /// A row of a table, by its outer bars or by the table it stands in.
    fn table_row(&mut self) {
        let (trimmed, indent) = self.indented();
        let line_end = self.at + indent + trimmed.len();
        let next = self.text.get(line_end + 1..).and_then(|t| t.split('\n').next());
        let barred = trimmed.starts_with('|') && trimmed.trim_end().ends_with('|');
        let heads = next.is_some_and(|n| is_delimiter_row(n.trim()));
        if !trimmed.contains('|') || trimmed.len() < 3 || !(barred || heads || self.in_table) {
            // The delimiter row itself, already dropped, keeps the table going.
            let above = self.text[..self.at].rsplit('\n').next().unwrap_or_default();
            self.in_table = is_delimiter_row(above.trim());
            return;
        }
        self.in_table = true;
        self.line = Line::Row;
        if let Some(cells) = trimmed.strip_prefix('|') {
            self.put(indent + trimmed.len() - cells.trim_start().len(), "");
        }
    }

    /// A bar between two cells.
    pub(super) fn cell(&mut self) -> bool {
        if self.line != Line::Row {
            return false;
        }
        self.plain.trim_end(&[' ']);
        let begins = self.plain.text.is_empty() || self.plain.text.ends_with(['\n', ',']);
        self.put(1, if begins { "" } else { "," });
        true
    }
}

/// The sign and length of a code fence, and what is written behind it.
pub(crate) fn fence(line: &str) -> Option<(char, usize, &str)> {
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let after = line.trim_start_matches(sign);
    let len = line.len() - after.len();
    // Backticks behind backticks are a code span on one line.
    let span = sign == '`' && after.contains('`');
    ((3..SIGNS_MAX).contains(&len) && !span).then_some((sign, len, after.trim()))
}

/// "---", "***", "===": a line of one sign.
fn is_rule(line: &str) -> bool {
    let Some(sign) = line.chars().next().filter(|c| "-*_=─━═".contains(*c)) else {
        return false;
    };
    let signs = line.chars().filter(|c| *c == sign).count();
    signs >= 3 && line.chars().all(|c| c == sign || c == ' ')
}

/// "|---|:--:|": the row between a table's head and its body.
fn is_delimiter_row(line: &str) -> bool {
    line.contains('|')
        && line.contains("--")
        && line.len() < SIGNS_MAX
        && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}
