//! Streaming speech recognition: log-mel frames in, words with times out.
//!
//! What it is: a chunked conformer that gives the probabilities of phones and of word pieces, and
//! a beam search over the words of a lexicon with a trigram and phrases to favour; without a
//! lexicon, a prefix beam search over the pieces. [`Recogniser`] is the immutable part that all
//! calls share; a [`Stream`] is one call's state. Frames are those of
//! `hearsay_audio::mel::MelConfig::recogniser()`: 8 kHz, 10 ms hop, 64 mels. Whole chunks of
//! 300 ms are computed as they complete, so the text trails the voice by at most one chunk.
//! What it is not: it does not find speech (the voice activity detector does), and it writes
//! plain lower-case words without punctuation or digits.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use hearsay_speech::recogniser::Recogniser;
//! let read = |name: &str| std::fs::read(format!("models/{name}"));
//! let tokens = std::fs::read_to_string("models/asr_tokens.txt")?;
//! let recogniser = Recogniser::load(&read("asr_encoder.onnx")?, &tokens)?
//!     .with_words(&read("asr_words.bin")?)?;
//! let mut stream = recogniser.stream(None);
//! let mel_frames = vec![0.0; 30 * 64]; // (frames, mels), flattened
//! if let Some(interim) = stream.push(&recogniser, &mel_frames)? {
//!     println!("... {}", interim.text);
//! }
//! println!("{}", stream.finish(&recogniser)?.text);
//! # Ok(())
//! # }
//! ```

mod bias;
mod lexicon;
mod lm;
mod search;
mod spelling;
mod stream;
mod tokens;
mod trace;
mod word_bias;
mod word_file;
mod word_lm;
mod word_search;

use std::sync::Arc;

use hearsay_nn::{Network, NnError, Tensor};

pub use bias::Bias;
pub use stream::Stream;
pub use word_search::WordTuning;

use lexicon::PHONES;
use lm::LanguageModel;
use tokens::Tokens;
use word_search::Words;

/// Mel bands of a frame.
pub const MELS: usize = 64;
/// Mel frames (10 ms each) of a chunk: 300 ms.
pub const CHUNK_FRAMES: usize = 30;
/// Weight of the n-gram model in the search, found on a fifth of the test sets of `training/asr/evaluate.py`.
pub const LANGUAGE_WEIGHT: f32 = 0.4;
/// Encoder frames of a chunk.
const CHUNK_OUT: usize = 5;
/// Milliseconds of an encoder frame.
const OUT_FRAME_MS: u64 = 60;
/// Phone frames of a chunk.
const CHUNK_PHONES: usize = 10;
/// Milliseconds of a phone frame.
const PHONE_FRAME_MS: u64 = 30;
/// Milliseconds of a mel frame.
const MEL_FRAME_MS: u64 = 10;
/// Longest utterance in mel frames (90 s). The caller finishes the stream before that.
pub const UTTERANCE_FRAMES_MAX: usize = 9_000;

/// Why speech could not be recognised, or a recogniser not be loaded.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RecogniserError {
    /// The network failed or is not of this kind.
    #[error("recogniser encoder: {0}")]
    Network(#[source] NnError),
    /// The network gives another number of pieces than the tokens file has; they are not of one model.
    #[error(
        "recogniser encoder: {got} values where {expected} were expected; take all files from one export"
    )]
    Shape {
        /// Values expected.
        expected: usize,
        /// Values got.
        got: usize,
    },
    /// The tokens file cannot be read.
    #[error("recogniser tokens, line {line}: {why}")]
    Tokens {
        /// Line, from 1; 0 for the file as a whole.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The n-gram file cannot be used.
    #[error("recogniser language model: {0}")]
    LanguageModel(String),
    /// The file of words cannot be used.
    #[error("recogniser words: {0}")]
    Words(String),
    /// The number of values pushed is not whole frames.
    #[error("{0} values are not whole frames of {MELS} mels")]
    PartialFrame(usize),
    /// The utterance is longer than [`UTTERANCE_FRAMES_MAX`].
    #[error("utterance longer than {} s; finish the stream first", UTTERANCE_FRAMES_MAX / 100)]
    TooLong,
}

/// What has been heard so far of an utterance that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Interim {
    /// Best words so far; later chunks may change them.
    pub text: String,
    /// Bytes of `text` that will not change any more: whole words that all hypotheses share. The
    /// final text begins with them.
    pub stable_chars: usize,
    /// Audio covered, in ms since the utterance's first frame.
    pub end_ms: u64,
}

/// One recognised word.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Lower-case letters and apostrophes.
    pub text: String,
    /// Start of the frame where the word's first phone (or piece) peaks, in ms since the
    /// utterance's first frame: somewhat after the word's true start.
    pub start_ms: u64,
    /// End of the frame where the word's last phone (or piece) peaks, in ms.
    pub end_ms: u64,
    /// With the word search, the probability that the word is right, from the peak probabilities
    /// of its phones and from how many of the other hypotheses have it. Over pieces, the
    /// geometric mean of their peak probabilities, not calibrated. 0 to 1.
    pub confidence: f32,
}

/// A finished utterance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// The words, joined with spaces; empty when nothing was said.
    pub text: String,
    /// The words with their times.
    pub words: Vec<Word>,
}

/// The network, pieces and language model, shared by all calls.
pub struct Recogniser {
    encoder: Arc<dyn Network>,
    tokens: Tokens,
    language: Option<(LanguageModel, f32)>,
    words: Option<Words>,
}

/// What the encoder says of one chunk.
struct Encoded {
    /// Piece log-probabilities (5, pieces).
    pieces: Vec<f32>,
    /// Phone log-probabilities (10, 40).
    phones: Vec<f32>,
}

impl std::fmt::Debug for Recogniser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recogniser").field("pieces", &self.tokens.len()).finish_non_exhaustive()
    }
}

impl Recogniser {
    /// Loads the ONNX file and the tokens file that `training/asr/export.py` writes, and runs a
    /// silent chunk, so that files which do not belong together are refused here.
    ///
    /// # Errors
    /// When a file is not what its name says, or they are of different models.
    pub fn load(encoder: &[u8], tokens: &str) -> Result<Self, RecogniserError> {
        let tokens = Tokens::parse(tokens)?;
        let states: Vec<&str> = tokens.states().iter().map(|(name, _)| name.as_str()).collect();
        let new_states: Vec<String> = states.iter().map(|name| format!("{name}_out")).collect();
        let inputs: Vec<&str> = std::iter::once("mel").chain(states).collect();
        let outputs: Vec<&str> =
            ["pieces", "phones"].into_iter().chain(new_states.iter().map(String::as_str)).collect();
        let encoder =
            hearsay_nn::load(encoder, &inputs, &outputs).map_err(RecogniserError::Network)?;
        let recogniser = Self { encoder, tokens, language: None, words: None };
        recogniser.stream(None).push(&recogniser, &[0.0; CHUNK_FRAMES * MELS])?;
        Ok(recogniser)
    }

    /// Adds the n-gram model of `asr_lm.bin` to the search, its log-probabilities weighted by
    /// `weight`; [`LANGUAGE_WEIGHT`] is what was measured best.
    ///
    /// # Errors
    /// When the file is damaged or of other pieces.
    pub fn with_language_model(
        mut self,
        model: &[u8],
        weight: f32,
    ) -> Result<Self, RecogniserError> {
        self.language = Some((LanguageModel::parse(model, self.tokens.len())?, weight));
        Ok(self)
    }

    /// Adds the lexicon and word trigram of `asr_words.bin`: from then on the search is over words,
    /// and the n-gram model over pieces takes no part.
    ///
    /// # Errors
    /// When the file is damaged or not of this kind.
    pub fn with_words(self, bytes: &[u8]) -> Result<Self, RecogniserError> {
        self.with_words_tuned(bytes, WordTuning::default())
    }

    /// The same with other weights and widths than those that were measured best.
    ///
    /// # Errors
    /// When the file is damaged or not of this kind.
    pub fn with_words_tuned(
        mut self,
        bytes: &[u8],
        tuning: WordTuning,
    ) -> Result<Self, RecogniserError> {
        self.words = Some(Words::parse(bytes, tuning)?);
        Ok(self)
    }

    /// A stream at the start of an utterance; `bias` favours the phrases it was made of.
    #[must_use]
    pub fn stream(&self, bias: Option<Arc<Bias>>) -> Stream {
        Stream::new(self, bias)
    }

    /// Runs one chunk (30, 64), and leaves new caches in `state`.
    fn encode(&self, state: &mut Vec<Tensor>, chunk: Vec<f32>) -> Result<Encoded, RecogniserError> {
        let mut inputs = vec![Tensor::f32(&[1, CHUNK_FRAMES, MELS], chunk)];
        inputs.append(state);
        let outputs = self.encoder.run(inputs).map_err(RecogniserError::Network)?;
        let mut outputs = outputs.into_iter();
        let mut values = |expected: usize| {
            let values = outputs.next().map_or(Ok(Vec::new()), Tensor::into_f32);
            let values = values.map_err(RecogniserError::Network)?;
            match values.len() == expected {
                true => Ok(values),
                false => Err(RecogniserError::Shape { expected, got: values.len() }),
            }
        };
        let pieces = values(CHUNK_OUT * self.tokens.len())?;
        let phones = values(CHUNK_PHONES * PHONES)?;
        *state = outputs.collect();
        Ok(Encoded { pieces, phones })
    }
}
