//! A model's tokens as the grammar engine sees them: a tree of their bytes, with control tokens kept apart from all text.
//!
//! Made once for a model and shared. It does not turn text into tokens itself; where the model's tokenizer is given, what
//! a grammar forces is written with the tokens that the tokenizer would choose.

use std::sync::Arc;

use llguidance::ParserFactory;
use toktrie::{
    INVALID_TOKEN, InferenceCapabilities, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv,
};

use super::GrammarError;
use super::schema::engine_limits;
use crate::slm::Tokenizer;
use crate::slm::tokenizer::TokenKind;

/// Most tokens of a vocabulary.
pub const TOKENS_MAX: usize = 1 << 20;
/// Longest token that can be written under a grammar, in bytes; longer ones are never allowed.
pub const TOKEN_BYTES_MAX: usize = 512;

/// What a tokenizer must give back as it is.
const ROUND_TRIP: &str = r#"{"name":"a","arguments":{}}"#;

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes of text, not always whole characters.
    Text(&'a [u8]),
    /// A control token, such as the one that begins a call: never part of text, whatever it is called.
    Control,
    /// A token that is never written.
    Unused,
}

/// Turns text into a model's tokens, as in its training.
pub type Encode = dyn Fn(&str) -> Vec<u32> + Send + Sync;

/// A model's tokens, ready for grammars. Cheap to clone.
#[derive(Clone)]
pub struct Vocabulary {
    factory: Arc<ParserFactory>,
    tokens: usize,
}

impl std::fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vocabulary({} tokens)", self.tokens)
    }
}

impl Vocabulary {
    /// Takes the pieces in the order of their numbers. With `encode`, what a grammar forces becomes drafts of tokens; it
    /// must yield numbers of this vocabulary and must not make control tokens out of text.
    ///
    /// # Errors
    /// When there is no token, or too many.
    pub fn new(pieces: &[Piece<'_>], encode: Option<Box<Encode>>) -> Result<Self, GrammarError> {
        if pieces.is_empty() || pieces.len() > TOKENS_MAX {
            let what = format!("{} tokens; a vocabulary has 1 to {TOKENS_MAX}", pieces.len());
            return Err(GrammarError::Vocabulary { what });
        }
        let words: Vec<Vec<u8>> = pieces.iter().enumerate().map(word).collect();
        // No end token: the decoder ends an output where `can_stop` says so.
        let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
        let trie = TokTrie::from(&TokRxInfo::new(count, INVALID_TOKEN), &words);
        let env: TokEnv = Arc::new(Environment { trie, encode });
        let mut factory = ParserFactory::new(
            &env,
            InferenceCapabilities::default(),
            &llguidance::earley::SlicedBiasComputer::general_slices(),
        )
        .map_err(|error| GrammarError::Vocabulary { what: error.to_string() })?;
        factory.quiet();
        *factory.limits_mut() = engine_limits();
        Ok(Self { factory: Arc::new(factory), tokens: words.len() })
    }

    /// The vocabulary of a model's tokenizer. Added tokens are kept from text as control tokens are. Where the tokenizer
    /// puts something before a text, its tokens are not those of a text's middle, and nothing is drafted.
    ///
    /// # Errors
    /// When it has no token, or too many.
    pub fn of_tokenizer(tokenizer: &Arc<Tokenizer>) -> Result<Self, GrammarError> {
        let count = u32::try_from(tokenizer.vocabulary()).unwrap_or(u32::MAX);
        let piece = |token| match tokenizer.kind(token) {
            Some(TokenKind::Text | TokenKind::Byte) => Piece::Text(tokenizer.bytes(token)),
            Some(TokenKind::Control | TokenKind::Added) => Piece::Control,
            Some(TokenKind::Unknown) | None => Piece::Unused,
        };
        let pieces: Vec<Piece<'_>> = (0..count).map(piece).collect();
        let back: Vec<u8> = tokenizer
            .encode(ROUND_TRIP)
            .iter()
            .flat_map(|&t| tokenizer.bytes(t))
            .copied()
            .collect();
        let same = tokenizer.clone();
        let encode = move |text: &str| same.encode(text);
        let encode = (back == ROUND_TRIP.as_bytes()).then(|| Box::new(encode) as Box<Encode>);
        Self::new(&pieces, encode)
    }

    /// A vocabulary of the 256 bytes, and after them `controls` control tokens: for tests, and for checking text.
    ///
    /// # Errors
    /// When there are too many.
    pub fn of_bytes(controls: usize) -> Result<Self, GrammarError> {
        let bytes: Vec<[u8; 1]> = (0..=255).map(|byte| [byte]).collect();
        let mut pieces: Vec<Piece<'_>> = bytes.iter().map(|byte| Piece::Text(byte)).collect();
        pieces.extend(std::iter::repeat_n(Piece::Control, controls.min(TOKENS_MAX)));
        let encode = |text: &str| text.bytes().map(u32::from).collect();
        Self::new(&pieces, Some(Box::new(encode)))
    }

    /// Number of tokens.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    pub(super) fn factory(&self) -> &ParserFactory {
        &self.factory
    }
}

/// A token's bytes in the tree. The byte FF marks control tokens: it is in no text, because it is in no UTF-8.
fn word((number, piece): (usize, &Piece<'_>)) -> Vec<u8> {
    match piece {
        Piece::Text(bytes) => {
            let written =
                bytes.len() <= TOKEN_BYTES_MAX && !bytes.contains(&TokTrie::SPECIAL_TOKEN_MARKER);
            if written { bytes.to_vec() } else { Vec::new() }
        }
        Piece::Control => {
            let mut word = vec![TokTrie::SPECIAL_TOKEN_MARKER];
            word.extend_from_slice(format!("<{number}>").as_bytes());
            word
        }
        Piece::Unused => Vec::new(),
    }
}

struct Environment {
    trie: TokTrie,
    encode: Option<Box<Encode>>,
}

impl TokenizerEnv for Environment {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        let Some(encode) = &self.encode else { return self.trie.greedy_tokenize(bytes) };
        let mut tokens = Vec::new();
        for chunk in bytes.utf8_chunks() {
            if !chunk.valid().is_empty() {
                tokens.extend(encode(chunk.valid()));
            }
            // A character that is not yet whole.
            tokens.extend(self.trie.greedy_tokenize(chunk.invalid()));
        }
        tokens
    }

    fn tokenize_is_canonical(&self) -> bool {
        self.encode.is_some()
    }
}
