//! One call's recognition: collects frames into chunks and keeps the caches.

use std::sync::Arc;

use hearsay_nn::Tensor;

use super::search::Search;
use super::word_bias::WordBias;
use super::word_search::WordSearch;
use super::{
    Bias, CHUNK_FRAMES, Encoded, Interim, MEL_FRAME_MS, MELS, Recogniser, RecogniserError,
    Transcript, UTTERANCE_FRAMES_MAX,
};

/// Silent frames that must follow the last word for it to be emitted.
const TAIL_FRAMES_MIN: usize = 10;
/// Features of digital silence: `ln(1e-6)`.
const SILENCE: f32 = -13.815_511;

/// The search of an utterance: over words where the recogniser has them.
#[derive(Debug, Clone)]
enum Decoder {
    Pieces(Search),
    Words(WordSearch),
}

impl Decoder {
    fn new(recogniser: &Recogniser, bias: Option<Arc<Bias>>) -> Self {
        match &recogniser.words {
            Some(words) => {
                let bias = bias.map(|bias| Arc::new(WordBias::new(&bias, words)));
                Self::Words(WordSearch::new(words, bias))
            }
            None => Self::Pieces(Search::new(bias)),
        }
    }

    /// The same at the start of the next utterance.
    fn again(&self, recogniser: &Recogniser) -> Self {
        match (self, &recogniser.words) {
            (Self::Words(search), Some(words)) => {
                Self::Words(WordSearch::new(words, search.bias()))
            }
            (Self::Pieces(search), None) => Self::Pieces(Search::new(search.bias())),
            _ => Self::new(recogniser, None),
        }
    }

    fn advance(&mut self, recogniser: &Recogniser, encoded: &Encoded) {
        match (self, &recogniser.words) {
            (Self::Words(search), Some(words)) => search.advance(words, &encoded.phones),
            (Self::Pieces(search), _) => search.advance(recogniser, &encoded.pieces),
            // The stream was made by another recogniser: it hears nothing.
            (Self::Words(_), None) => {}
        }
    }

    fn text(&self, recogniser: &Recogniser) -> (String, usize) {
        match (self, &recogniser.words) {
            (Self::Words(search), Some(words)) => search.text(words),
            (Self::Pieces(search), _) => (search.text(&recogniser.tokens), 0),
            (Self::Words(_), None) => (String::new(), 0),
        }
    }

    fn transcript(&self, recogniser: &Recogniser) -> Transcript {
        match (self, &recogniser.words) {
            (Self::Words(search), Some(words)) => search.transcript(words),
            (Self::Pieces(search), _) => search.transcript(recogniser),
            (Self::Words(_), None) => Transcript::default(),
        }
    }
}

/// One utterance of one call. A clone is a snapshot: `finish` the clone to look at the final
/// text while the original goes on.
#[derive(Debug, Clone)]
pub struct Stream {
    state: Vec<Tensor>,
    /// Frames of the chunk that is not full yet (frames, 64).
    pending: Vec<f32>,
    /// Frames given to the encoder.
    frames: usize,
    /// The quietest frame heard and its sum: what the last chunk is padded with.
    quietest: (f32, Vec<f32>),
    search: Decoder,
    shown: (String, usize),
}

impl Stream {
    pub(super) fn new(recogniser: &Recogniser, bias: Option<Arc<Bias>>) -> Self {
        Self::with(recogniser, Decoder::new(recogniser, bias))
    }

    fn with(recogniser: &Recogniser, search: Decoder) -> Self {
        let states = recogniser.tokens.states();
        Self {
            state: states.iter().map(|(_, shape)| Tensor::zeros(shape)).collect(),
            pending: Vec::with_capacity(CHUNK_FRAMES * MELS),
            frames: 0,
            quietest: (f32::INFINITY, vec![SILENCE; MELS]),
            search,
            shown: (String::new(), 0),
        }
    }

    /// Takes frames (frames, 64), flattened, and computes the chunks that they complete. Returns
    /// the words so far when they changed.
    ///
    /// # Errors
    /// On a part of a frame or after 90 s without [`Stream::finish`], with nothing taken; or when
    /// a network fails: then what was heard is lost and the next `finish` starts anew.
    pub fn push(
        &mut self,
        recogniser: &Recogniser,
        mel_frames: &[f32],
    ) -> Result<Option<Interim>, RecogniserError> {
        if !mel_frames.len().is_multiple_of(MELS) {
            return Err(RecogniserError::PartialFrame(mel_frames.len()));
        }
        if self.frames_heard() + mel_frames.len() / MELS > UTTERANCE_FRAMES_MAX {
            return Err(RecogniserError::TooLong);
        }
        let mut ran = false;
        for frame in mel_frames.chunks_exact(MELS) {
            // One bad value would stay in the encoder's caches to the end of the utterance.
            let clean = frame.iter().map(|&x| if x.is_finite() { x } else { SILENCE });
            let at = self.pending.len();
            self.pending.extend(clean);
            self.note_quiet(at);
            if self.pending.len() == CHUNK_FRAMES * MELS {
                self.run_chunk(recogniser)?;
                ran = true;
            }
        }
        if !ran {
            return Ok(None);
        }
        let (text, stable_chars) = self.search.text(recogniser);
        if (&text, stable_chars) == (&self.shown.0, self.shown.1) {
            return Ok(None);
        }
        self.shown = (text.clone(), stable_chars);
        Ok(Some(Interim { text, stable_chars, end_ms: self.frames as u64 * MEL_FRAME_MS }))
    }

    /// Ends the utterance: pads with the quietest frame heard so that the last words come out,
    /// returns them all, and starts anew.
    ///
    /// # Errors
    /// When a network fails; the stream starts anew all the same.
    pub fn finish(&mut self, recogniser: &Recogniser) -> Result<Transcript, RecogniserError> {
        let outcome = self.flush(recogniser);
        let transcript = self.search.transcript(recogniser);
        *self = Self::with(recogniser, self.search.again(recogniser));
        outcome.map(|()| transcript)
    }

    /// Replaces the favoured phrases and starts a new utterance: what was heard of the present one
    /// is dropped.
    pub fn set_bias(&mut self, recogniser: &Recogniser, bias: Option<Arc<Bias>>) {
        *self = Self::new(recogniser, bias);
    }

    /// Frames pushed since the utterance began (10 ms each).
    #[must_use]
    pub fn frames_heard(&self) -> usize {
        self.frames + self.pending.len() / MELS
    }

    fn flush(&mut self, recogniser: &Recogniser) -> Result<(), RecogniserError> {
        if self.frames_heard() == 0 {
            return Ok(());
        }
        let end =
            (self.pending.len() / MELS + TAIL_FRAMES_MIN).next_multiple_of(CHUNK_FRAMES) * MELS;
        for _ in 0..end / (CHUNK_FRAMES * MELS) {
            while self.pending.len() < CHUNK_FRAMES * MELS {
                self.pending.extend_from_slice(&self.quietest.1);
            }
            self.run_chunk(recogniser)?;
        }
        Ok(())
    }

    /// Remembers the last frame of `pending`, which begins at `at`, if none was quieter.
    fn note_quiet(&mut self, at: usize) {
        let frame = &self.pending[at..];
        let sum: f32 = frame.iter().sum();
        if sum < self.quietest.0 {
            self.quietest.0 = sum;
            self.quietest.1.clear();
            self.quietest.1.extend_from_slice(frame);
        }
    }

    fn run_chunk(&mut self, recogniser: &Recogniser) -> Result<(), RecogniserError> {
        let chunk = std::mem::take(&mut self.pending);
        let encoded = recogniser.encode(&mut self.state, chunk)?;
        self.frames += CHUNK_FRAMES;
        self.search.advance(recogniser, &encoded);
        Ok(())
    }
}
