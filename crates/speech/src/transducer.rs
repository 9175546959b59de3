//! Other people's streaming transducers: 16 kHz audio in, words with times out.
//!
//! What it is: the networks of icefall in the layout that sherpa-onnx reads (encoder, decoder and
//! joiner as ONNX, `tokens.txt`), Kaldi's filter bank before them and a greedy or small beam search
//! behind. [`Transducer`] is the immutable part that all calls share; a [`TransducerStream`] is one
//! utterance. What it is not: our own recogniser, which is [`crate::recogniser`] and takes
//! features; a stream here takes audio, since its features are the pack's own affair.
//!
//! The words are in lower case and separated where a token begins with `\u{2581}`: a model of a
//! language that writes no spaces gives one long word.

mod nets;
mod search;
mod tokens;

use std::sync::Arc;

use hearsay_audio::fbank::{Fbank, FbankConfig, SILENCE};
use hearsay_nn::{NnError, Tensor};

use crate::pack::{SpeechStream, SpeechToText, SpeechToTextError};
use crate::recogniser::{Interim, Transcript};
use nets::Nets;
use search::Search;

pub use tokens::TOKENS_MAX;

/// Rate of the audio that a stream takes.
pub const SAMPLE_RATE_HZ: u32 = 16_000;
/// Features of a frame.
pub const MELS: usize = 80;
/// Milliseconds of a feature frame.
const FRAME_MS: u64 = 10;
/// Longest utterance in feature frames (90 s), as our own recogniser's.
pub const UTTERANCE_FRAMES_MAX: usize = 9_000;
/// Frames of silence given after the last, so that the last words come out.
const TAIL_FRAMES: usize = 30;

/// How the search goes on from frame to frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchMethod {
    /// The likeliest token of each frame: fast, and what was said never changes.
    #[default]
    Greedy,
    /// The four likeliest ways to hear it: somewhat better, and about four times the joiner's work.
    Beam,
}

/// The contents of a model's files.
#[derive(Debug, Clone, Copy)]
pub struct TransducerFiles<'a> {
    /// ONNX: features and states to encoder frames and states.
    pub encoder: &'a [u8],
    /// ONNX: the last tokens to the predictor's output.
    pub decoder: &'a [u8],
    /// ONNX: both to the logits of every token.
    pub joiner: &'a [u8],
    /// Lines `TOKEN NUMBER`.
    pub tokens: &'a str,
    /// How to search.
    pub method: SearchMethod,
    /// What samples in [-1, 1] are multiplied by: 1 for icefall's models, 32,768 for those that
    /// were trained on 16-bit numbers.
    pub sample_scale: f32,
}

/// Why a transducer could not be loaded or could not go on.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TransducerError {
    /// A network could not be loaded or run.
    #[error("{part}: {source}")]
    Network {
        /// Which of the three.
        part: &'static str,
        /// What the runtime says.
        source: NnError,
    },
    /// The encoder names a type that is not a streaming transducer's.
    #[error(
        "encoder: model_type {0:?} is none of conformer, ebranchformer, lstm, zipformer and \
         zipformer2; only streaming transducers can be had"
    )]
    UnknownType(String),
    /// The encoder hears whole utterances only.
    #[error(
        "encoder: not a streaming model ({0}); take the files that export-onnx-streaming.py writes"
    )]
    NotStreaming(String),
    /// A network has another form than is expected, or than its neighbours have.
    #[error("{part}: {why}; take all files from one export")]
    Misfit {
        /// Which of the three.
        part: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The tokens file cannot be used.
    #[error("tokens, line {line}: {why}; take the tokens.txt of the same export")]
    Tokens {
        /// Line, from 1; 0 for the file as a whole.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The utterance is longer than [`UTTERANCE_FRAMES_MAX`].
    #[error("utterance longer than {} s; finish the stream first", UTTERANCE_FRAMES_MAX / 100)]
    TooLong,
    /// The front-end's settings are impossible.
    #[error(transparent)]
    Features(#[from] hearsay_audio::fbank::FbankError),
}

impl TransducerError {
    fn network(part: &'static str, source: NnError) -> Self {
        Self::Network { part, source }
    }

    fn encoder(why: String) -> Self {
        Self::Misfit { part: "encoder", why }
    }
}

/// The networks and tokens, shared by all calls; a clone is another handle.
#[derive(Clone)]
pub struct Transducer {
    nets: Arc<Nets>,
    /// A filter bank at its start, whose tables every stream shares.
    fbank: Fbank,
}

impl std::fmt::Debug for Transducer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transducer")
            .field("model_type", &self.nets.model_type())
            .field("vocabulary", &self.nets.vocabulary())
            .field("chunk_ms", &self.chunk_ms())
            .finish_non_exhaustive()
    }
}

impl Transducer {
    /// Loads the networks and runs a silent chunk through all three, so that files which do not
    /// belong together are refused here.
    ///
    /// # Errors
    /// When a file is not what its name says, or they are of different models.
    pub fn load(files: &TransducerFiles<'_>) -> Result<Self, TransducerError> {
        let nets = Arc::new(Nets::load(files)?);
        let config = FbankConfig { scale: nets.sample_scale, ..FbankConfig::icefall() };
        Ok(Self { nets, fbank: Fbank::new(config)? })
    }

    /// A stream at the start of an utterance.
    #[must_use]
    pub fn stream(&self) -> TransducerStream {
        TransducerStream {
            nets: Arc::clone(&self.nets),
            fresh: self.fbank.clone(),
            fbank: self.fbank.clone(),
            states: self.nets.start(),
            frames: Vec::new(),
            done: 0,
            search: Search::new(self.nets.method),
            shown: String::new(),
        }
    }

    /// What the encoder calls itself; empty when it says nothing.
    #[must_use]
    pub fn model_type(&self) -> &str {
        self.nets.model_type()
    }

    /// Number of tokens, the blank among them.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.nets.vocabulary()
    }

    /// Audio of one chunk in ms: the text trails the voice by at most this and the look-ahead.
    #[must_use]
    pub fn chunk_ms(&self) -> u64 {
        self.nets.step() as u64 * FRAME_MS
    }
}

/// One utterance of one call. A clone is a snapshot: `finish` the clone to look at the final text
/// while the original goes on.
#[derive(Clone)]
pub struct TransducerStream {
    nets: Arc<Nets>,
    fresh: Fbank,
    fbank: Fbank,
    states: Vec<Tensor>,
    /// Features not yet stepped over (frames, 80); the first is frame `done`.
    frames: Vec<f32>,
    done: usize,
    search: Search,
    shown: String,
}

impl std::fmt::Debug for TransducerStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransducerStream")
            .field("heard_ms", &self.heard_ms())
            .finish_non_exhaustive()
    }
}

impl TransducerStream {
    /// Takes samples at 16 kHz in [-1, 1] (what is no number is silence) and computes the chunks
    /// that they complete. Returns the words so far when they changed.
    ///
    /// # Errors
    /// After 90 s without [`TransducerStream::finish`], with nothing taken; or when a network
    /// fails: then what that chunk said is lost.
    pub fn push(&mut self, samples: &[f32]) -> Result<Option<Interim>, TransducerError> {
        let new_frames = samples.len() / (SAMPLE_RATE_HZ as usize / 100);
        if self.frames_heard() + new_frames > UTTERANCE_FRAMES_MAX {
            return Err(TransducerError::TooLong);
        }
        let clean = |x: &f32| if x.is_finite() { x.clamp(-1.0, 1.0) } else { 0.0 };
        let clean: Vec<f32> = samples.iter().map(clean).collect();
        self.fbank.push(&clean, &mut self.frames);
        while self.frames.len() >= self.nets.span() * MELS {
            self.run_chunk()?;
        }
        let frame_ms = self.frame_ms();
        let text = tokens::join(&self.nets.tokens().words(self.search.best(&self.nets), frame_ms));
        if text == self.shown {
            return Ok(None);
        }
        self.shown.clone_from(&text);
        let stable_chars = self.stable(&text);
        Ok(Some(Interim { text, end_ms: self.done as u64 * FRAME_MS, stable_chars }))
    }

    /// Ends the utterance: gives silence behind it so that the last words come out, returns them
    /// all, and starts anew.
    ///
    /// # Errors
    /// When a network fails; the stream starts anew all the same.
    pub fn finish(&mut self) -> Result<Transcript, TransducerError> {
        let outcome = self.flush();
        let words = self.nets.tokens().words(self.search.best(&self.nets), self.frame_ms());
        self.restart();
        outcome.map(|()| Transcript { text: tokens::join(&words), words })
    }

    /// Audio heard since the utterance began, ms.
    #[must_use]
    pub fn heard_ms(&self) -> u64 {
        self.frames_heard() as u64 * FRAME_MS
    }

    fn frames_heard(&self) -> usize {
        self.done + self.frames.len() / MELS
    }

    fn frame_ms(&self) -> u64 {
        self.nets.subsampling() as u64 * FRAME_MS
    }

    fn restart(&mut self) {
        self.fbank = self.fresh.clone();
        self.states = self.nets.start();
        self.frames.clear();
        self.done = 0;
        self.search = Search::new(self.nets.method);
        self.shown.clear();
    }

    /// Bytes of `text` that no later frame changes: whole words that all hypotheses share. The
    /// last of them may still grow.
    fn stable(&self, text: &str) -> usize {
        let mut words = self.nets.tokens().words(self.search.settled(), self.frame_ms());
        words.pop();
        let settled = tokens::join(&words);
        let same = settled.chars().zip(text.chars()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a.len_utf8()).sum()
    }

    fn flush(&mut self) -> Result<(), TransducerError> {
        self.fbank.finish(&mut self.frames);
        let heard = self.frames_heard();
        if heard == 0 {
            return Ok(());
        }
        let end = heard + TAIL_FRAMES;
        while self.done < end {
            let missing = (self.nets.span() * MELS).saturating_sub(self.frames.len());
            self.frames.extend(std::iter::repeat_n(SILENCE, missing));
            self.run_chunk()?;
        }
        Ok(())
    }

    fn run_chunk(&mut self) -> Result<(), TransducerError> {
        let chunk = self.frames.get(..self.nets.span() * MELS).unwrap_or_default().to_vec();
        // Stepped over first: a chunk that fails is lost, and not tried for ever.
        self.frames.drain(..self.nets.step() * MELS);
        self.done += self.nets.step();
        let encoded = self.nets.encode(&mut self.states, chunk)?;
        self.search.advance(&self.nets, &encoded)
    }
}

impl SpeechToText for Transducer {
    fn sample_rate_hz(&self) -> u32 {
        SAMPLE_RATE_HZ
    }

    fn stream(&self) -> Box<dyn SpeechStream> {
        Box::new(Transducer::stream(self))
    }
}

impl SpeechStream for TransducerStream {
    fn push(&mut self, samples: &[f32]) -> Result<Option<Interim>, SpeechToTextError> {
        TransducerStream::push(self, samples).map_err(SpeechToTextError::new)
    }

    fn finish(&mut self) -> Result<Transcript, SpeechToTextError> {
        TransducerStream::finish(self).map_err(SpeechToTextError::new)
    }

    fn snapshot(&self) -> Box<dyn SpeechStream> {
        Box::new(self.clone())
    }

    fn heard_ms(&self) -> u64 {
        TransducerStream::heard_ms(self)
    }
}
