//! Text to tokens and back, as a GGUF file's tokenizer does it.
//!
//! Two kinds: `gpt2` (pairs of bytes merged by rank, Sennrich et al. 2016; text is
//! cut first, see [`Split`]) and `llama` (characters merged by score, as
//! SentencePiece does, bytes where a character is unknown).
//!
//! Control and added tokens never come from text: a caller who says "<|end|>" is
//! read as those seven characters. They are asked for by name with [`Tokenizer::special`]
//! and control tokens have no text when tokens are decoded.

mod letters;
mod merge;
mod split;

use std::collections::HashMap;

use super::SlmError;
use super::config::VOCABULARY_MAX;
use super::gguf::{Gguf, Value};
use merge::{Symbol, merge};
pub use split::Split;

/// Bytes of one token.
const TOKEN_BYTES_MAX: usize = 1024;
/// What SentencePiece writes for a space: U+2581.
const SPACE_SIGN: &[u8] = "\u{2581}".as_bytes();

/// What a token is for, by GGUF's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Text.
    Text,
    /// Stands for what has no token.
    Unknown,
    /// Marks something for the model, never comes from text and has none.
    Control,
    /// Was added to a vocabulary: never comes from text, but has one.
    Added,
    /// A single byte of text.
    Byte,
}

/// Text to tokens and back. Immutable; share it.
pub struct Tokenizer {
    /// By token: its bytes (of a control token its name).
    bytes: Vec<Vec<u8>>,
    kinds: Vec<TokenKind>,
    /// By bytes: the token, of those that text may become.
    by_bytes: HashMap<Vec<u8>, u32>,
    /// By name: control and added tokens.
    by_name: HashMap<String, u32>,
    /// By byte: the token that stands for it alone.
    by_byte: Vec<Option<u32>>,
    unknown: Option<u32>,
    method: Method,
    begin: Option<u32>,
    adds_begin: bool,
    end: Option<u32>,
    warning: Option<String>,
}

enum Method {
    /// (left, right) to rank and the token they make.
    Ranks { split: Split, ranks: HashMap<(u32, u32), (u32, u32)> },
    /// By token: its score. Text gets a space in front, or not.
    Scores { scores: Vec<f32>, leading_space: bool },
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokenizer({} tokens)", self.bytes.len())
    }
}

/// A tokenizer's parts, from whatever file.
pub(super) struct Parts {
    pub bytes: Vec<Vec<u8>>,
    pub kinds: Vec<TokenKind>,
    pub scores: Vec<f32>,
    pub begin: Option<u32>,
    pub end: Option<u32>,
}

impl Tokenizer {
    /// From a GGUF file's metadata.
    ///
    /// # Errors
    /// Tokens, merges or scores are missing or wrong, or the kind of tokenizer is unknown.
    pub fn from_gguf(file: &Gguf<'_>) -> Result<Self, SlmError> {
        let names = match file.value("tokenizer.ggml.tokens") {
            Some(Value::Texts(names)) if !names.is_empty() && names.len() <= VOCABULARY_MAX => {
                names
            }
            _ => return Err(SlmError::file("tokenizer.ggml.tokens", "a list of texts is needed")),
        };
        if let Some(long) = names.iter().position(|name| name.len() > TOKEN_BYTES_MAX) {
            let what = format!("token {long} is longer than {TOKEN_BYTES_MAX} bytes");
            return Err(SlmError::file("tokenizer.ggml.tokens", what));
        }
        let kinds = kinds(file, names.len())?;
        let token = |name: &str| -> Result<Option<u32>, SlmError> {
            let found = file.count(&format!("tokenizer.ggml.{name}"), names.len() - 1)?;
            Ok(found.and_then(|token| u32::try_from(token).ok()))
        };
        let (begin, end) = (token("bos_token_id")?, token("eos_token_id")?);
        let parts = |bytes, scores| Parts { bytes, kinds: kinds.clone(), scores, begin, end };
        let truth = |name: &str| match file.value(name) {
            Some(Value::Truth(truth)) => Some(*truth),
            _ => None,
        };
        let adds_begin = truth("tokenizer.ggml.add_bos_token");
        match file.text("tokenizer.ggml.model")? {
            "gpt2" => {
                let bytes = names.iter().zip(&kinds).map(|(name, kind)| match kind {
                    TokenKind::Text => unmapped(name),
                    _ => name.clone(),
                });
                let mut tokenizer = Self::with_merges(parts(bytes.collect(), Vec::new()), file)?;
                tokenizer.adds_begin = adds_begin.unwrap_or(false);
                Ok(tokenizer)
            }
            "llama" => {
                let bytes = names.iter().zip(&kinds).map(|(name, kind)| match kind {
                    TokenKind::Text => spaced(name),
                    _ => name.clone(),
                });
                let scores = match file.value("tokenizer.ggml.scores") {
                    Some(Value::Floats(scores)) if scores.len() == names.len() => scores.clone(),
                    _ => {
                        let what = format!("a list of {} floats is needed", names.len());
                        return Err(SlmError::file("tokenizer.ggml.scores", what));
                    }
                };
                let mut tokenizer = Self::with_scores(parts(bytes.collect(), scores))?;
                tokenizer.adds_begin = adds_begin.unwrap_or(true);
                if let Method::Scores { leading_space, .. } = &mut tokenizer.method {
                    *leading_space = truth("tokenizer.ggml.add_space_prefix").unwrap_or(true);
                }
                Ok(tokenizer)
            }
            other => {
                let what = format!("{other} is not read; gpt2 and llama are");
                Err(SlmError::file("tokenizer.ggml.model", what))
            }
        }
    }

    /// A byte-level one whose merges the file lists.
    fn with_merges(parts: Parts, file: &Gguf<'_>) -> Result<Self, SlmError> {
        let at = "tokenizer.ggml.merges";
        let merges = match file.value(at) {
            Some(Value::Texts(merges)) => merges,
            _ => return Err(SlmError::file(at, "a list of texts is needed")),
        };
        let name = match file.value("tokenizer.ggml.pre") {
            Some(Value::Text(name)) => name.as_str(),
            _ => "default",
        };
        let split = Split::named(name);
        let warning = split.is_none().then(|| {
            format!("tokenizer.ggml.pre: {name} is not known, text is cut as for gpt-2; answers may be worse")
        });
        let split = split.unwrap_or(Split::Gpt2);
        let mut tokenizer = Self::new(parts, Method::Ranks { split, ranks: HashMap::new() })?;
        tokenizer.warning = warning;
        let mut ranks = HashMap::new();
        for (rank, pair) in (0..).zip(merges) {
            // The first byte may be a space's stand-in, never a space itself.
            let middle = pair.iter().position(|&byte| byte == b' ');
            let (left, right) = middle
                .map_or((&pair[..0], &pair[..0]), |middle| (&pair[..middle], &pair[middle + 1..]));
            let token = |bytes: &[u8]| tokenizer.by_bytes.get(bytes).copied();
            let (left, right) = (unmapped(left), unmapped(right));
            let whole = [&left[..], &right[..]].concat();
            let (Some(left), Some(right), Some(whole)) =
                (token(&left), token(&right), token(&whole))
            else {
                let pair = String::from_utf8_lossy(pair).into_owned();
                let what = format!("merge {rank} ({pair}) is not of two tokens that make a third");
                return Err(SlmError::file(at, what));
            };
            ranks.entry((left, right)).or_insert((rank, whole));
        }
        tokenizer.method = Method::Ranks { split, ranks };
        Ok(tokenizer)
    }

    /// One that merges by score, with a space in front of text and a begin token.
    pub(super) fn with_scores(mut parts: Parts) -> Result<Self, SlmError> {
        let scores = std::mem::take(&mut parts.scores);
        if scores.iter().any(|score| score.is_nan()) {
            return Err(SlmError::file("tokenizer.ggml.scores", "a score is not a number"));
        }
        let mut tokenizer = Self::new(parts, Method::Scores { scores, leading_space: true })?;
        tokenizer.adds_begin = true;
        Ok(tokenizer)
    }

    fn new(parts: Parts, method: Method) -> Result<Self, SlmError> {
        let Parts { mut bytes, kinds, begin, end, .. } = parts;
        let (mut by_bytes, mut by_name) = (HashMap::new(), HashMap::new());
        let (mut by_byte, mut unknown) = (vec![None; 256], None);
        for (token, (bytes, kind)) in (0..).zip(bytes.iter_mut().zip(&kinds)) {
            match kind {
                TokenKind::Text => {
                    if let [byte] = bytes[..] {
                        by_byte[usize::from(byte)].get_or_insert(token);
                    }
                    by_bytes.entry(bytes.clone()).or_insert(token);
                }
                TokenKind::Byte => {
                    let Some(byte) = named_byte(bytes) else {
                        let what = format!("byte token {token} is not named as <0x00> is");
                        return Err(SlmError::file("tokenizer.ggml.tokens", what));
                    };
                    *bytes = vec![byte];
                    by_byte[usize::from(byte)].get_or_insert(token);
                }
                TokenKind::Control | TokenKind::Added => {
                    by_name.entry(String::from_utf8_lossy(bytes).into_owned()).or_insert(token);
                }
                TokenKind::Unknown => unknown = unknown.or(Some(token)),
            }
        }
        if unknown.is_none()
            && let Some(byte) = by_byte.iter().position(Option::is_none)
        {
            let what = format!("no token stands for byte {byte}, and none for what is unknown");
            return Err(SlmError::file("tokenizer.ggml.tokens", what));
        }
        Ok(Self {
            bytes,
            kinds,
            by_bytes,
            by_name,
            by_byte,
            unknown,
            method,
            begin,
            adds_begin: false,
            end,
            warning: None,
        })
    }

    /// Number of tokens.
    pub fn vocabulary(&self) -> usize {
        self.bytes.len()
    }

    /// The token that text begins with, if the model was trained so.
    pub fn begin(&self) -> Option<u32> {
        self.begin.filter(|_| self.adds_begin)
    }

    /// The token that ends a text, if the file names one.
    pub fn end(&self) -> Option<u32> {
        self.end
    }

    /// A control or added token by its name, such as `<|end|>`.
    pub fn special(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// What may be worse than the model deserves, in a line for the log.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// What a token is for; none outside of the vocabulary.
    pub fn kind(&self, token: u32) -> Option<TokenKind> {
        self.kinds.get(token as usize).copied()
    }

    /// A token's text as bytes, perhaps a part of a character; empty for control tokens.
    pub fn bytes(&self, token: u32) -> &[u8] {
        match self.kind(token) {
            Some(TokenKind::Text | TokenKind::Byte | TokenKind::Added) => {
                &self.bytes[token as usize]
            }
            _ => &[],
        }
    }

    /// A token's name: of a control token what [`Tokenizer::special`] finds.
    pub fn name(&self, token: u32) -> String {
        let bytes = self.bytes.get(token as usize).map_or(&[][..], Vec::as_slice);
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Tokens of a text, without a begin token. Never gives control tokens.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let mut out = Vec::new();
        match &self.method {
            Method::Ranks { split, ranks } => {
                for piece in split.pieces(text) {
                    self.encode_by_rank(piece, ranks, &mut out);
                }
            }
            Method::Scores { scores, leading_space } => {
                let is_spaced = *leading_space && !text.is_empty();
                let text = if is_spaced { format!(" {text}") } else { text.to_string() };
                self.encode_by_score(&text, scores, &mut out);
            }
        }
        out
    }

    fn encode_by_rank(
        &self,
        piece: &str,
        ranks: &HashMap<(u32, u32), (u32, u32)>,
        out: &mut Vec<u32>,
    ) {
        let symbol = |(begin, byte): (usize, u8)| {
            let token = self.by_byte[usize::from(byte)];
            Symbol { begin, end: begin + 1, token }
        };
        let mut symbols: Vec<Symbol> = piece.bytes().enumerate().map(symbol).collect();
        merge(&mut symbols, |left, right| {
            let (rank, token) = ranks.get(&(left.token?, right.token?))?;
            Some((u64::from(*rank), *token))
        });
        out.extend(symbols.iter().filter_map(|symbol| symbol.token.or(self.unknown)));
    }

    fn encode_by_score(&self, text: &str, scores: &[f32], out: &mut Vec<u32>) {
        let find = |begin, end| self.by_bytes.get(&text.as_bytes()[begin..end]).copied();
        let ends = text.char_indices().map(|(begin, c)| (begin, begin + c.len_utf8()));
        let mut symbols: Vec<Symbol> =
            ends.map(|(begin, end)| Symbol { begin, end, token: find(begin, end) }).collect();
        merge(&mut symbols, |left, right| {
            let token = find(left.begin, right.end)?;
            Some((falling(scores[token as usize]), token))
        });
        for symbol in symbols {
            match symbol.token {
                Some(token) => out.push(token),
                None => {
                    let bytes = text.as_bytes()[symbol.begin..symbol.end].iter();
                    let tokens = bytes.map(|&byte| self.by_byte[usize::from(byte)]);
                    out.extend(tokens.filter_map(|token| token.or(self.unknown)));
                }
            }
        }
    }

    /// Text of tokens. Invalid bytes are replaced; control tokens have none.
    pub fn decode(&self, tokens: &[u32]) -> String {
        let mut stream = TokenText::new(self);
        let mut text: String = tokens.iter().map(|&token| stream.push(token)).collect();
        text.push_str(&stream.finish());
        let is_spaced = matches!(self.method, Method::Scores { leading_space: true, .. });
        if is_spaced && text.starts_with(' ') {
            text.remove(0);
        }
        text
    }
}

/// Text of tokens as they come, characters kept whole.
#[derive(Clone)]
pub struct TokenText<'a> {
    tokenizer: &'a Tokenizer,
    /// The beginning of a character.
    rest: Vec<u8>,
}

impl<'a> TokenText<'a> {
    /// Before the first token.
    pub fn new(tokenizer: &'a Tokenizer) -> Self {
        Self { tokenizer, rest: Vec::new() }
    }

    /// The text that a token completes, perhaps none.
    pub fn push(&mut self, token: u32) -> String {
        self.rest.extend_from_slice(self.tokenizer.bytes(token));
        let mut out = String::new();
        let mut read = 0;
        for chunk in self.rest.utf8_chunks() {
            out.push_str(chunk.valid());
            read += chunk.valid().len();
            let invalid = chunk.invalid();
            let is_last = read + invalid.len() == self.rest.len();
            if is_last && may_go_on(invalid) {
                break;
            }
            if !invalid.is_empty() {
                out.push(char::REPLACEMENT_CHARACTER);
                read += invalid.len();
            }
        }
        self.rest.drain(..read);
        out
    }

    /// The end: a character that never became whole, replaced.
    pub fn finish(self) -> String {
        String::from_utf8_lossy(&self.rest).into_owned()
    }
}

/// Whether bytes are the beginning of a character that more bytes could complete.
fn may_go_on(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

fn kinds(file: &Gguf<'_>, count: usize) -> Result<Vec<TokenKind>, SlmError> {
    let at = "tokenizer.ggml.token_type";
    match file.value(at) {
        None => Ok(vec![TokenKind::Text; count]),
        Some(Value::Wholes(kinds)) if kinds.len() == count => Ok(kinds
            .iter()
            .map(|kind| match kind {
                2 => TokenKind::Unknown,
                3 | 5 => TokenKind::Control,
                4 => TokenKind::Added,
                6 => TokenKind::Byte,
                _ => TokenKind::Text,
            })
            .collect()),
        Some(_) => Err(SlmError::file(at, format!("a list of {count} numbers is needed"))),
    }
}

/// The byte that a token such as `<0x0A>` names.
fn named_byte(name: &[u8]) -> Option<u8> {
    let digits = name.strip_prefix(b"<0x")?.strip_suffix(b">")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.len() == 2)?;
    u8::from_str_radix(digits, 16).ok()
}

/// Orders scores from high to low.
fn falling(score: f32) -> u64 {
    let bits = score.to_bits();
    let rising = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    u64::from(!rising)
}

/// A SentencePiece token's bytes: its sign for a space becomes one.
fn spaced(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&first, behind)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(SPACE_SIGN) {
            out.push(b' ');
            rest = after;
        } else {
            out.push(first);
            rest = behind;
        }
    }
    out
}

/// A byte-level token's bytes: GPT-2 writes each byte as a visible character, those
/// that have none as U+0100 and up. What is written otherwise stays as it is.
fn unmapped(name: &[u8]) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(name) else { return name.to_vec() };
    let bytes: Option<Vec<u8>> = text.chars().map(unmapped_char).collect();
    bytes.unwrap_or_else(|| name.to_vec())
}

fn unmapped_char(c: char) -> Option<u8> {
    let is_visible = |byte: u8| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    if let Ok(byte) = u8::try_from(c) {
        return Some(byte).filter(|&byte| is_visible(byte));
    }
    let place = (c as usize).checked_sub(0x100)?;
    (0..=u8::MAX).filter(|&byte| !is_visible(byte)).nth(place)
}

#[cfg(test)]
mod tests;
