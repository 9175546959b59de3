//! One call's recognition: collects frames into chunks and keeps the caches.

use std::sync::Arc;

use hearsay_nn::Tensor;

use super::search::Search;
use super::{
    Bias, CHUNK_FRAMES, Interim, MEL_FRAME_MS, MELS, Recogniser, RecogniserError, Transcript,
    UTTERANCE_FRAMES_MAX,
};

/// Silent frames that must follow the last word for it to be emitted.
const TAIL_FRAMES_MIN: usize = 10;
/// Features of digital silence: `ln(1e-6)`.
const SILENCE: f32 = -13.815_511;

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
    search: Search,
    shown: String,
}

impl Stream {
    pub(super) fn new(recogniser: &Recogniser, bias: Option<Arc<Bias>>) -> Self {
        let states = recogniser.tokens.states();
        Self {
            state: states.iter().map(|(_, shape)| Tensor::zeros(shape)).collect(),
            pending: Vec::with_capacity(CHUNK_FRAMES * MELS),
            frames: 0,
            quietest: (f32::INFINITY, vec![SILENCE; MELS]),
            search: Search::new(bias),
            shown: String::new(),
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
        for frame in mel_frames.chunks_exact(MELS) {
            self.note_quiet(frame);
            self.pending.extend_from_slice(frame);
            if self.pending.len() == CHUNK_FRAMES * MELS {
                self.run_chunk(recogniser)?;
            }
        }
        let text = self.search.text(&recogniser.tokens);
        if text == self.shown {
            return Ok(None);
        }
        self.shown.clone_from(&text);
        Ok(Some(Interim { text, end_ms: self.frames as u64 * MEL_FRAME_MS }))
    }

    /// Ends the utterance: pads with the quietest frame heard so that the last words come out,
    /// returns them all, and starts anew.
    ///
    /// # Errors
    /// When a network fails; the stream starts anew all the same.
    pub fn finish(&mut self, recogniser: &Recogniser) -> Result<Transcript, RecogniserError> {
        let outcome = self.flush(recogniser);
        let transcript = self.search.transcript(recogniser);
        *self = Self::new(recogniser, self.search.bias());
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

    fn note_quiet(&mut self, frame: &[f32]) {
        let sum: f32 = frame.iter().sum();
        if sum < self.quietest.0 {
            self.quietest.0 = sum;
            self.quietest.1.clear();
            self.quietest.1.extend_from_slice(frame);
        }
    }

    fn run_chunk(&mut self, recogniser: &Recogniser) -> Result<(), RecogniserError> {
        let chunk = std::mem::take(&mut self.pending);
        let log_probs = recogniser.encode(&mut self.state, chunk)?;
        self.frames += CHUNK_FRAMES;
        self.search.advance(recogniser, &log_probs);
        Ok(())
    }
}
