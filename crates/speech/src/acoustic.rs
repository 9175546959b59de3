//! Parallel acoustic model: symbols to durations, pitch and mel frames.
//!
//! Two networks: one reads a whole sentence of symbols, the other makes 10 ms
//! frames and sees only a few neighbours, so that frames can be made in chunks.
//! This module runs them; what a symbol is belongs to the synthesiser, sound to
//! the vocoder.

use std::sync::Arc;

use hearsay_nn::{Network, NnError, Tensor};

use crate::vocoder::{MELS, VocoderFrames, sized};

/// Values that steer a frame beside its hidden vector: its symbol's log F0 and
/// energy, the place inside the symbol (0 to 1) and the symbol's log length in frames.
const CONTROLS: usize = 4;

/// Length of a speaker vector.
pub const SPEAKER: usize = 64;
/// Values of a style: mean and spread of log F0 (natural log of Hz), mean log-mel energy, and rate (mean log length of
/// the voice's phones beside all voices').
pub const STYLE: usize = 4;

/// Who speaks, as the networks see it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeakerStyle {
    /// The speaker encoder's vector.
    pub speaker: [f32; SPEAKER],
    /// Mean and spread of log F0, energy, rate.
    pub style: [f32; STYLE],
}

impl SpeakerStyle {
    fn tensors(&self) -> [Tensor; 2] {
        [
            Tensor::f32(&[1, SPEAKER], self.speaker.to_vec()),
            Tensor::f32(&[1, STYLE], self.style.to_vec()),
        ]
    }
}

/// The two networks, shared by all calls.
pub struct AcousticModel {
    text: Arc<dyn Network>,
    frames: Arc<dyn Network>,
    width: usize,
    context_frames: usize,
}

/// What the text network says of a sentence, one row a symbol.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// (symbols, width) hidden vectors.
    pub hidden: Vec<f32>,
    /// Natural log of the length in frames.
    pub log_frames: Vec<f32>,
    /// Natural log of the mean F0 in Hz.
    pub log_f0: Vec<f32>,
    /// Mean log-mel energy.
    pub energy: Vec<f32>,
}

/// A sentence laid out in time, ready to become frames.
#[derive(Debug, Clone)]
pub struct Score {
    /// What the text network said, with any change of prosody applied.
    pub encoded: Encoded,
    /// Length of each symbol in frames.
    pub lengths: Vec<usize>,
    /// Who says it.
    pub speaker: SpeakerStyle,
}

impl Score {
    /// Frames of the whole sentence.
    pub fn frames(&self) -> usize {
        self.lengths.iter().sum()
    }
}

impl AcousticModel {
    /// Loads the text and frames networks; `width` is the size of a hidden
    /// vector, `context_frames` the frames on each side that a frame depends on.
    ///
    /// # Errors
    /// When the bytes are not such networks.
    pub fn load(
        text: &[u8],
        frames: &[u8],
        width: usize,
        context_frames: usize,
    ) -> Result<Self, NnError> {
        Ok(Self {
            text: hearsay_nn::load(
                text,
                &["ids", "place", "language", "speaker", "style"],
                &["hidden", "log_frames", "log_f0", "energy"],
            )?,
            frames: hearsay_nn::load(
                frames,
                &["hidden", "controls", "speaker", "style"],
                &["mel", "log_f0", "voiced"],
            )?,
            width,
            context_frames,
        })
    }

    /// Reads a sentence: symbol ids, their places in their words, the language's row.
    ///
    /// # Errors
    /// When the network fails.
    pub fn encode(
        &self,
        ids: Vec<i32>,
        places: Vec<i32>,
        language: i32,
        speaker: &SpeakerStyle,
    ) -> Result<Encoded, NnError> {
        let symbols = ids.len();
        let shape = [1, symbols];
        let [vector, style] = speaker.tensors();
        let mut outputs = self.text.run(vec![
            Tensor::i32(&shape, ids),
            Tensor::i32(&shape, places),
            Tensor::i32(&[1], vec![language]),
            vector,
            style,
        ])?;
        let energy = sized(outputs.pop(), symbols, "energy")?;
        let log_f0 = sized(outputs.pop(), symbols, "log_f0")?;
        let log_frames = sized(outputs.pop(), symbols, "log_frames")?;
        let hidden = sized(outputs.pop(), symbols * self.width, "hidden")?;
        Ok(Encoded { hidden, log_frames, log_f0, energy })
    }

    /// Appends frames of the score to `made` until it has `end` of them.
    ///
    /// Frames come out the same whether asked for at once or in chunks.
    ///
    /// # Errors
    /// When the network fails.
    pub fn extend(
        &self,
        score: &Score,
        made: &mut VocoderFrames,
        end: usize,
    ) -> Result<(), NnError> {
        let (first, end) = (made.len(), end.min(score.frames()));
        if first >= end {
            return Ok(());
        }
        let from = first.saturating_sub(self.context_frames);
        let to = (end + self.context_frames).min(score.frames());
        let (hidden, controls) = self.regulate(score, from, to);
        let count = to - from;
        let [vector, style] = score.speaker.tensors();
        let mut outputs = self.frames.run(vec![
            Tensor::f32(&[1, count, self.width], hidden),
            Tensor::f32(&[1, count, CONTROLS], controls),
            vector,
            style,
        ])?;
        let voiced = sized(outputs.pop(), count, "voiced")?;
        let log_f0 = sized(outputs.pop(), count, "log_f0")?;
        let mel = sized(outputs.pop(), count * MELS, "mel")?;
        let keep = first - from..end - from;
        made.mel.extend_from_slice(&mel[keep.start * MELS..keep.end * MELS]);
        made.log_f0.extend_from_slice(&log_f0[keep.clone()]);
        made.voiced.extend_from_slice(&voiced[keep]);
        Ok(())
    }

    /// Repeats each symbol's hidden vector and prosody over frames `from..to`.
    fn regulate(&self, score: &Score, from: usize, to: usize) -> (Vec<f32>, Vec<f32>) {
        let mut hidden = Vec::with_capacity((to - from) * self.width);
        let mut controls = Vec::with_capacity((to - from) * CONTROLS);
        let mut start = 0;
        for (symbol, &length) in score.lengths.iter().enumerate() {
            for frame in from.max(start)..to.min(start + length) {
                hidden.extend_from_slice(
                    &score.encoded.hidden[symbol * self.width..(symbol + 1) * self.width],
                );
                let place = ((frame - start) as f32 + 0.5) / length as f32;
                controls.extend([
                    score.encoded.log_f0[symbol],
                    score.encoded.energy[symbol],
                    place,
                    (length as f32).ln(),
                ]);
            }
            start += length;
        }
        (hidden, controls)
    }
}
