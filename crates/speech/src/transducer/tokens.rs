//! `tokens.txt`: the text of every token, and words made of them.

use std::borrow::Cow;

use crate::recogniser::Word;

/// Most tokens of a model.
pub const TOKENS_MAX: usize = 1 << 17;
/// Index of the blank in every icefall model: no token at this frame.
pub(super) const BLANK: i32 = 0;
/// Marks the start of a word in a token's text.
const WORD_START: char = '\u{2581}';

/// The texts of a model's tokens, as bytes: a byte-level token is a part of a character.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    texts: Vec<Vec<u8>>,
    unknown: Option<i32>,
}

/// A token that the search found, the encoder frame where it was, and its log-probability there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// The token.
    pub id: i32,
    /// Encoder frame since the start of the utterance.
    pub frame: usize,
    /// Natural logarithm of its probability.
    pub log_prob: f32,
}

impl Tokens {
    /// Parses lines `TEXT NUMBER` for a model of `vocabulary` tokens. A line of a number alone is
    /// the token of a space; texts of `#0`, `#1` and so on may follow beyond the vocabulary.
    ///
    /// # Errors
    /// What is wrong, and in which line (from 1; 0 for the file as a whole).
    pub fn parse(text: &str, vocabulary: usize) -> Result<Self, (usize, String)> {
        if !(2..=TOKENS_MAX).contains(&vocabulary) {
            let why = format!("the model claims {vocabulary} tokens; 2 to {TOKENS_MAX} are usual");
            return Err((0, why));
        }
        let mut texts: Vec<Option<Vec<u8>>> = vec![None; vocabulary];
        let mut unknown = None;
        for (index, line) in text.lines().enumerate() {
            let fail = |why: String| Err((index + 1, why));
            let line = line.trim_end_matches(['\r', ' ', '\t']);
            if line.is_empty() {
                continue;
            }
            let (token, number) = line.rsplit_once([' ', '\t']).unwrap_or((" ", line));
            let token = if token.trim().is_empty() { " " } else { token.trim() };
            let Ok(number) = number.parse::<usize>() else {
                return fail(format!("{number:?} is not a number; a line is `TOKEN NUMBER`"));
            };
            let Some(slot) = texts.get_mut(number) else {
                if token.starts_with('#') {
                    continue;
                }
                return fail(format!("token {number} is beyond the model's {vocabulary} tokens"));
            };
            if slot.is_some() {
                return fail(format!("a second token numbered {number}"));
            }
            if token == "<unk>" {
                unknown = i32::try_from(number).ok();
            }
            *slot = Some(spoken(token));
        }
        if let Some(missing) = texts.iter().position(Option::is_none) {
            let why = format!("the model has {vocabulary} tokens, but token {missing} is missing");
            return Err((0, why));
        }
        Ok(Self { texts: texts.into_iter().flatten().collect(), unknown })
    }

    /// Whether the search takes `id` for a frame without a token.
    pub fn is_silent(&self, id: i32) -> bool {
        id == BLANK || Some(id) == self.unknown
    }

    fn text(&self, id: i32) -> &[u8] {
        usize::try_from(id).ok().and_then(|id| self.texts.get(id)).map_or(&[], Vec::as_slice)
    }

    /// The words of what was found, in lower case; `frame_ms` is the length of an encoder frame.
    pub fn words(&self, found: &[Found], frame_ms: u64) -> Vec<Word> {
        let mut words: Vec<Growing> = Vec::new();
        let mut fresh = true;
        for token in found {
            let bytes = self.text(token.id);
            // A token begins a word, or is a space that ends one; no token holds a space inside.
            let starts = bytes.starts_with(b" ");
            fresh |= starts;
            let rest = bytes.strip_prefix(b" ").unwrap_or(bytes);
            if rest.is_empty() {
                continue;
            }
            match words.last_mut() {
                Some(word) if !fresh => word.add(rest, token),
                _ => words.push(Growing::new(rest, token)),
            }
            fresh = false;
        }
        words.iter().filter_map(|word| word.finish(frame_ms)).collect()
    }
}

/// The words, joined with spaces.
pub(super) fn join(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The bytes that a token's text stands for.
fn spoken(token: &str) -> Vec<u8> {
    if let Some(byte) = byte_of(token) {
        return vec![byte];
    }
    // <blk>, <sos/eos>, <unk>: marks, not text.
    if token.len() > 2 && token.starts_with('<') && token.ends_with('>') {
        return Vec::new();
    }
    token.replace(WORD_START, " ").into_bytes()
}

/// The byte of a byte-level token, `<0xE2>`.
fn byte_of(token: &str) -> Option<u8> {
    let hex = token.strip_prefix("<0x")?.strip_suffix('>')?;
    (hex.len() == 2).then(|| u8::from_str_radix(hex, 16).ok()).flatten()
}

/// A word while its tokens are put together.
struct Growing {
    bytes: Vec<u8>,
    first: usize,
    last: usize,
    log_prob: f32,
    tokens: f32,
}

impl Growing {
    fn new(bytes: &[u8], token: &Found) -> Self {
        let (first, last) = (token.frame, token.frame);
        Self { bytes: bytes.to_vec(), first, last, log_prob: token.log_prob, tokens: 1.0 }
    }

    fn add(&mut self, bytes: &[u8], token: &Found) {
        self.bytes.extend_from_slice(bytes);
        self.last = token.frame;
        self.log_prob += token.log_prob;
        self.tokens += 1.0;
    }

    /// `None` while the bytes are only the beginning of a character.
    fn finish(&self, frame_ms: u64) -> Option<Word> {
        let whole: Cow<str> = String::from_utf8_lossy(&self.bytes);
        let text = whole.trim_end_matches('\u{fffd}').to_lowercase();
        (!text.is_empty()).then(|| Word {
            text,
            start_ms: self.first as u64 * frame_ms,
            end_ms: (self.last as u64 + 1) * frame_ms,
            confidence: (self.log_prob / self.tokens).exp().clamp(0.0, 1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ids: &[i32]) -> Vec<Found> {
        let place = |(frame, &id)| Found { id, frame, log_prob: -0.5 };
        ids.iter().enumerate().map(place).collect()
    }

    fn text(file: &str, vocabulary: usize, ids: &[i32]) -> String {
        join(&Tokens::parse(file, vocabulary).expect("tokens").words(&found(ids), 40))
    }

    #[test]
    fn pieces_spaces_and_bytes_make_words() {
        let pieces = "<blk> 0\n<sos/eos> 1\n<unk> 2\n\u{2581}HE 3\nLLO 4\n\u{2581} 5\nMOON 6\n";
        assert_eq!(text(pieces, 7, &[3, 4, 5, 6]), "hello moon");
        assert_eq!(text(pieces, 7, &[4, 3, 2, 4]), "llo hello");
        // A line with a number alone is the space, as when its text was trimmed away.
        assert_eq!(text("<blk> 0\n 1\na 2\n", 3, &[2, 2, 1, 2]), "aa a");
        assert_eq!(text("<blk> 0\n1\na 2\n", 3, &[2, 1, 2]), "a a");
        let bytes = "<blk> 0\n<0xC3> 1\n<0xA9> 2\n\u{2581}caf 3\n";
        assert_eq!(text(bytes, 4, &[3, 1, 2]), "caf\u{e9}");
        assert_eq!(text(bytes, 4, &[3, 1]), "caf", "half a character is not shown");
        assert_eq!(text(bytes, 4, &[9, -1]), "");
    }

    #[test]
    fn words_have_times_and_confidence() {
        let tokens = Tokens::parse("<blk> 0\n\u{2581}a 1\nb 2\n", 3).expect("tokens");
        let words = tokens.words(&found(&[1, 2, 1]), 40);
        assert_eq!((words[0].start_ms, words[0].end_ms), (0, 80));
        assert_eq!((words[1].start_ms, words[1].end_ms), (80, 120));
        assert!((words[0].confidence - (-0.5f32).exp()).abs() < 1e-6);
    }

    #[test]
    fn disambiguation_symbols_may_follow() {
        assert!(Tokens::parse("<blk> 0\na 1\n#0 2\n#1 3\n", 2).is_ok());
    }

    #[test]
    fn refuses_what_does_not_belong_to_the_model() {
        for (file, vocabulary, line) in [
            ("", 2, 0),
            ("<blk> 0\n", 2, 0),
            ("<blk> 0\na 1\nb 2\n", 2, 3),
            ("<blk> 0\na x\n", 2, 2),
            ("<blk> 0\na 0\n", 2, 2),
            ("<blk> 0\na 1\n", 1, 0),
            ("<blk> 0\na 1\n", usize::MAX, 0),
        ] {
            match Tokens::parse(file, vocabulary) {
                Err((got, _)) => assert_eq!(got, line, "{file:?}"),
                Ok(_) => panic!("{file:?} is accepted"),
            }
        }
    }
}
