//! Pre-tokenizers: how text is cut into pieces before their bytes are merged.
//!
//! The patterns are those of the tokenizers' publications, written as code; a
//! test compares them with a reference implementation. Pieces joined give the text.

use super::letters::is_letter;

/// A way to cut text, by GGUF's name of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// GPT-2's: contractions, words, numbers and signs, each with a space before it.
    Gpt2,
    /// SmolLM's: each digit by itself, then GPT-2's.
    Smollm,
    /// Llama 3's: numbers of up to three digits, one sign may lead a word.
    Llama3,
    /// Qwen 2's: as Llama 3's, each digit by itself.
    Qwen2,
}

impl Split {
    /// By GGUF's name, if it is known.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "gpt-2" | "gpt2" | "default" => Self::Gpt2,
            "smollm" => Self::Smollm,
            "llama-bpe" | "llama3" | "llama-v3" => Self::Llama3,
            "qwen2" => Self::Qwen2,
            _ => return None,
        })
    }

    /// Cuts a text.
    pub(super) fn pieces(self, text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        match self {
            Self::Gpt2 => cut(text, gpt2, &mut out),
            Self::Smollm => {
                for part in digits_apart(text) {
                    cut(part, gpt2, &mut out);
                }
            }
            Self::Llama3 => cut(text, |text| llama3(text, 3), &mut out),
            Self::Qwen2 => cut(text, |text| llama3(text, 1), &mut out),
        }
        out
    }
}

/// Repeats `length`, which gives the bytes of a text's first piece.
fn cut<'a>(mut text: &'a str, length: impl Fn(&str) -> usize, out: &mut Vec<&'a str>) {
    while !text.is_empty() {
        let (piece, rest) = text.split_at(length(text));
        out.push(piece);
        text = rest;
    }
}

/// Each numeric character by itself, and what lies between.
fn digits_apart(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_numeric).flat_map(|part| {
        let last = part.chars().next_back().filter(|c| c.is_numeric());
        let (before, digit) = part.split_at(part.len() - last.map_or(0, char::len_utf8));
        [before, digit].into_iter().filter(|part| !part.is_empty())
    })
}

/// Bytes of the characters from the beginning on that are of a kind.
fn run(text: &str, is_kind: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_kind(c)).unwrap_or(text.len())
}

fn is_sign(c: char) -> bool {
    !c.is_whitespace() && !is_letter(c) && !c.is_numeric()
}

/// An apostrophe and the end of an English contraction.
fn contraction(text: &str, any_case: bool) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    ["s", "t", "re", "ve", "m", "ll", "d"].into_iter().find_map(|end| {
        let found = rest.get(..end.len())?;
        let same = found == end || (any_case && found.eq_ignore_ascii_case(end));
        same.then_some(1 + end.len())
    })
}

/// White space: all but its last character if something follows, so that a word keeps
/// the space before it.
fn space(text: &str) -> usize {
    let length = run(text, char::is_whitespace);
    let last = text[..length].chars().next_back().map_or(0, char::len_utf8);
    if length == text.len() || length == last { length } else { length - last }
}

fn gpt2(text: &str) -> usize {
    if let Some(length) = contraction(text, false) {
        return length;
    }
    let begin = usize::from(text.starts_with(' '));
    let rest = &text[begin..];
    let kinds: [fn(char) -> bool; 3] = [is_letter, char::is_numeric, is_sign];
    let found = kinds.into_iter().map(|kind| run(rest, kind)).find(|&length| length > 0);
    found.map_or_else(|| space(text), |length| begin + length)
}

fn llama3(text: &str, digits_max: usize) -> usize {
    if let Some(length) = contraction(text, true) {
        return length;
    }
    let Some(first) = text.chars().next() else { return 0 };
    let is_lead = !matches!(first, '\r' | '\n') && !is_letter(first) && !first.is_numeric();
    let begin = if is_lead { first.len_utf8() } else { 0 };
    let letters = run(&text[begin..], is_letter);
    if letters > 0 {
        return begin + letters;
    }
    if first.is_numeric() {
        let digits = text.chars().take(digits_max).take_while(|c| c.is_numeric());
        return digits.map(char::len_utf8).sum();
    }
    let begin = usize::from(first == ' ');
    let signs = run(&text[begin..], is_sign);
    if signs > 0 {
        let end = begin + signs;
        return end + run(&text[end..], |c| matches!(c, '\r' | '\n'));
    }
    let spaces = &text[..run(text, char::is_whitespace)];
    match spaces.rfind(['\r', '\n']) {
        Some(last) => last + 1,
        None => space(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text() {
        let text = "It's  12345 o'clock,\n\n  don't\u{a0}PAY €5½ नमस्ते!!\r\n 'Tis \t";
        for split in [Split::Gpt2, Split::Smollm, Split::Llama3, Split::Qwen2] {
            assert_eq!(split.pieces(text).concat(), text, "{split:?}");
            assert!(split.pieces("").is_empty());
        }
    }

    #[test]
    fn digits_go_as_each_way_has_them() {
        let text = "pay 12345 now";
        assert_eq!(Split::Gpt2.pieces(text), ["pay", " 12345", " now"]);
        assert_eq!(Split::Smollm.pieces(text), ["pay", " ", "1", "2", "3", "4", "5", " now"]);
        assert_eq!(Split::Llama3.pieces(text), ["pay", " ", "123", "45", " now"]);
        assert_eq!(Split::Qwen2.pieces(text), ["pay", " ", "1", "2", "3", "4", "5", " now"]);
    }
}
