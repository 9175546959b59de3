//! Places inside a sentence where a voice may stop, and groups that it must not break.

use std::ops::Range;

/// How many bytes a group in round or square brackets may have to be kept whole.
const BRACKET_BYTES_MAX: usize = 80;
/// The same for emphasis and code spans.
const SPAN_BYTES_MAX: usize = 120;
/// The same for tags and for links with their address.
const ADDRESS_BYTES_MAX: usize = 300;

/// Words before which a long clause may end: conjunctions and prepositions of English and Spanish,
/// conjunctions of Hindi.
const JOINTS: [&str; 62] = [
    "and",
    "but",
    "or",
    "so",
    "because",
    "which",
    "who",
    "when",
    "while",
    "if",
    "although",
    "though",
    "before",
    "after",
    "until",
    "since",
    "unless",
    "whether",
    "where",
    "for",
    "with",
    "in",
    "on",
    "at",
    "from",
    "by",
    "about",
    "into",
    "during",
    "between",
    "through",
    "without",
    "within",
    "y",
    "o",
    "pero",
    "porque",
    "que",
    "cuando",
    "si",
    "aunque",
    "mientras",
    "para",
    "con",
    "en",
    "por",
    "hasta",
    "desde",
    "sobre",
    "entre",
    "sin",
    "donde",
    "और",
    "या",
    "लेकिन",
    "क्योंकि",
    "कि",
    "जब",
    "अगर",
    "तो",
    "मगर",
    "ताकि",
];
/// What stands behind a name and a comma and belongs to the name.
const SUFFIXES: [&str; 6] = ["Jr", "Sr", "PhD", "Ph", "MD", "M.D"];

/// Whether a clause may end right behind this mark, without white space.
pub(super) fn needs_no_space(c: char) -> bool {
    matches!(c, '—' | '，' | '、' | '；' | '：' | '।' | '。')
}

/// The places behind commas and their like where the next word is known to begin.
pub(super) fn commas(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.char_indices().filter_map(move |(i, c)| {
        let dash = matches!(c, '-' | '–' | '—');
        if !(dash || matches!(c, ',' | ';' | ':') || needs_no_space(c)) {
            return None;
        }
        let after = &text[i + c.len_utf8()..];
        let next = after.trim_start();
        let spaced = next.len() < after.len();
        let said = text[..i].trim_end();
        if !spaced && !needs_no_space(c) {
            return None;
        }
        // A hyphen or a short dash stands between spaces, and behind words: at the beginning it is a bullet.
        if matches!(c, '-' | '–') && !text[..i].ends_with(char::is_whitespace) {
            return None;
        }
        let first = next.chars().next()?;
        let number = first.is_numeric() && said.ends_with(char::is_numeric);
        let words = said.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        let goes_on = number || !words || (c == ',' && is_suffix(next));
        (!goes_on).then_some(text.len() - next.len())
    })
}

/// Whether the text begins, or may still begin, with a suffix of a name.
fn is_suffix(next: &str) -> bool {
    let len = next.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':'));
    let word = &next[..len.unwrap_or(next.len())];
    let known = |w: &str| SUFFIXES.contains(&w.trim_end_matches('.'));
    known(word) || (len.is_none() && SUFFIXES.iter().any(|s| s.starts_with(word)))
}

/// The places before conjunctions and prepositions that are complete and do not follow a figure.
pub(super) fn joints(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut at = 0;
    let mut words = text.split_inclusive(char::is_whitespace);
    std::iter::from_fn(move || {
        let piece = words.next()?;
        let start = at;
        at += piece.len();
        let word = piece.trim_end();
        let complete = word.len() < piece.len();
        let joins = complete && JOINTS.contains(&word.to_lowercase().as_str());
        let said = text[..start].trim_end();
        let fits = said.ends_with(|c: char| c.is_alphabetic() || is_vowel_sign(c));
        Some((joins && fits && ends_word(said)).then_some(start))
    })
    .flatten()
}

/// Signs of Devanagari that end a word without being letters.
fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{97f}')
}

/// Whether the last word can end a clause: another joint ("and in") or an article cannot.
fn ends_word(said: &str) -> bool {
    let last = said.rsplit(char::is_whitespace).next().unwrap_or_default().to_lowercase();
    !JOINTS.contains(&last.as_str())
        && !matches!(
            last.as_str(),
            "the" | "a" | "an" | "to" | "of" | "el" | "la" | "los" | "las" | "de"
        )
}

/// Where to cut a text that is too long: at the last white space outside a number, else at the last one, else
/// at the end.
pub(super) fn forced(text: &str) -> usize {
    let spaces = || {
        text.char_indices()
            .filter(|(i, c)| c.is_whitespace() && !text[..*i].trim().is_empty())
            .map(|(i, c)| i + c.len_utf8())
            .filter(|&at| at < text.len())
    };
    let outside = |&at: &usize| {
        !(text[..at].trim_end().ends_with(char::is_numeric)
            && text[at..].starts_with(char::is_numeric))
    };
    spaces().rfind(outside).or_else(|| spaces().next_back()).unwrap_or(text.len())
}

/// Brackets, links, code spans, emphasis and tags in a text that is still arriving.
pub(super) struct Groups(Vec<Range<usize>>);

impl Groups {
    /// Finds the groups; one that is still open reaches beyond the end of the text.
    pub(super) fn new(text: &str) -> Self {
        let mut groups = Vec::new();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let end = group_end(text, at, c);
            groups.extend(end.map(|end| at..end));
            // Nothing inside a code span or a tag opens anything; brackets may hold both.
            let opaque = matches!(c, '`' | '<' | '*' | '_');
            at = end.filter(|_| opaque).unwrap_or(at + c.len_utf8());
            if at >= text.len() {
                break;
            }
        }
        Self(groups)
    }

    /// Whether a cut at this byte would break a group.
    pub(super) fn hold(&self, at: usize) -> bool {
        self.0.iter().any(|g| g.start < at && at < g.end)
    }
}

/// Where a group that opens at `at` ends: `usize::MAX` while that is open, `None` for no group.
fn group_end(text: &str, at: usize, c: char) -> Option<usize> {
    let rest = &text[at..];
    match c {
        '(' => until(rest, at, ")", BRACKET_BYTES_MAX),
        '[' => {
            let end = until(rest, at, "]", BRACKET_BYTES_MAX)?;
            if end == usize::MAX || !text[end..].starts_with('(') {
                return Some(end);
            }
            until(&text[end..], end, ")", ADDRESS_BYTES_MAX)
        }
        '<' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) => {
            until(rest, at, ">", ADDRESS_BYTES_MAX)
        }
        '`' | '*' | '_' => {
            let after = rest.trim_start_matches(c);
            let run = &rest[..rest.len() - after.len()];
            let opens = !after.starts_with(char::is_whitespace)
                && !after.is_empty()
                && run.len() <= 3
                && (c == '`' || !text[..at].ends_with(char::is_alphanumeric));
            opens.then(|| until_run(after, at + run.len(), run)).flatten()
        }
        _ => None,
    }
}

/// The end of the first `close` in `rest`, which begins at byte `at` of the text.
fn until(rest: &str, at: usize, close: &str, bytes_max: usize) -> Option<usize> {
    // A blank line ends every group.
    let near = rest.split("\n\n").next().unwrap_or(rest);
    match near.find(close) {
        Some(found) => (found <= bytes_max).then_some(at + found + close.len()),
        None => (near.len() == rest.len() && rest.len() <= bytes_max).then_some(usize::MAX),
    }
}

fn until_run(after: &str, at: usize, run: &str) -> Option<usize> {
    until(after, at, run, SPAN_BYTES_MAX)
}
