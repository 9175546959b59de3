//! Markdown inside a line: emphasis, code spans, links, images, escapes.

use super::Cleaner;

/// How far away the other end of a mark may be, in bytes.
const SPAN_BYTES_MAX: usize = 500;
/// How many bytes the address of a link may have.
const ADDRESS_BYTES_MAX: usize = 2000;
/// Marks that a backslash takes their meaning from.
const ESCAPED: &str = "\\`*_{}[]()#+-.!|~<>";

impl<'a> Cleaner<'a> {
    /// What lies within reach of a mark: the paragraph, up to a bound.
    fn reach(&self, bytes_max: usize) -> &'a str {
        let rest = self.rest();
        let near = &rest[..rest.floor_char_boundary(bytes_max)];
        near.split("\n\n").next().unwrap_or(near)
    }

    pub(super) fn escape(&mut self) -> bool {
        let Some(next) = self.rest()[1..].chars().next().filter(|c| ESCAPED.contains(*c)) else {
            return false;
        };
        self.put(1, "");
        self.keep(next.len_utf8());
        true
    }

    /// A code span is copied as it is, with its backticks: they are silent, and nothing inside is a mark.
    pub(super) fn code_span(&mut self) -> bool {
        let near = self.reach(SPAN_BYTES_MAX);
        let ticks = near.len() - near.trim_start_matches('`').len();
        let mut at = ticks;
        while let Some(found) = near[at..].find('`') {
            let run = &near[at + found..];
            let len = run.len() - run.trim_start_matches('`').len();
            at += found + len;
            if len == ticks {
                self.keep(at);
                return true;
            }
        }
        self.keep(ticks);
        true
    }

    /// One to three `*`, one to three `_` or two `~` around something.
    pub(super) fn emphasis(&mut self, sign: char) -> bool {
        let near = self.reach(SPAN_BYTES_MAX);
        let after = near.trim_start_matches(sign);
        let len = near.len() - after.len();
        let run = &near[..len];
        let right_length = if sign == '~' { len == 2 } else { len <= 3 };
        let before = self.before();
        let inside_word = before.is_some_and(char::is_alphanumeric)
            && (sign != '*' || before.is_some_and(|c| c.is_ascii_digit()));
        let opens = right_length && !inside_word && after.starts_with(|c: char| !c.is_whitespace());
        let close = opens.then(|| closing(after, run, sign)).flatten();
        let Some(close) = close else {
            self.keep(len);
            return true;
        };
        let at = self.at + len + close;
        self.skips.insert(at, at + len);
        self.put(len, "");
        true
    }

    /// `[text](address)`, `![alternative](address)`, `[text][name]` and `[^note]`.
    pub(super) fn link(&mut self) -> bool {
        let near = self.reach(SPAN_BYTES_MAX);
        let mark = usize::from(near.starts_with('!'));
        let Some(inner) = near[mark..].strip_prefix('[') else { return false };
        let Some(close) = closing_bracket(inner, '[', ']') else { return false };
        let start = mark + 1;
        let text = &inner[..close];
        let after = &self.rest()[start + close + 1..];
        if mark == 0 && text.starts_with('^') && !text.contains(' ') {
            self.put(start + close + 1, "");
            return true;
        }
        let Some(address) = address_len(after) else { return false };
        if text.trim().is_empty() {
            self.part(start + close + 1 + address);
            return true;
        }
        let end = self.at + start + close;
        self.skips.insert(end, end + 1 + address);
        self.put(start, "");
        true
    }
}

/// Where the closing run begins in `after`: right behind something, and not part of a longer run.
fn closing(after: &str, run: &str, sign: char) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = after[at..].find(sign) {
        let from = at + found;
        let tail = &after[from..];
        let len = tail.len() - tail.trim_start_matches(sign).len();
        let head = &after[..from];
        let touches = head.ends_with(|c: char| !c.is_whitespace());
        let word_goes_on = sign == '_' && tail[len..].starts_with(char::is_alphanumeric);
        if touches && !word_goes_on && (len == run.len() || len > run.len() && len <= 3) {
            return Some(from + len - run.len());
        }
        at = from + len;
    }
    None
}

/// The bracket that closes one which is open already.
fn closing_bracket(inner: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0u8;
    for (i, c) in inner.char_indices() {
        if c == open {
            depth = depth.checked_add(1)?;
        } else if c == close {
            if depth == 0 {
                return Some(i);
            }
            depth -= 1;
        }
    }
    None
}

/// The bytes of "(address "title")" or "[name]" behind a link's text.
fn address_len(after: &str) -> Option<usize> {
    let near = &after[..after.floor_char_boundary(ADDRESS_BYTES_MAX)];
    let line = near.split('\n').next()?;
    if let Some(inner) = line.strip_prefix('(') {
        let close = closing_bracket(inner, '(', ')')?;
        let address = inner[..close].trim();
        let title = address.split_once(char::is_whitespace).map_or("\"", |(_, title)| title.trim());
        return title.starts_with(['"', '\'']).then_some(close + 2);
    }
    let inner = line.strip_prefix('[')?;
    let close = inner.find(']').filter(|&c| c < 60)?;
    Some(close + 2)
}
