//! Voice activity detection: is somebody speaking in this 20 ms frame?
//!
//! [`Vad`] is the network, loaded once and shared by all calls; [`VadState`] is
//! what it remembers of one call; [`SpeechDetector`] turns its probabilities
//! into onsets and offsets. None of them knows what the speech says, whose turn
//! it is or whether a pause ends a turn: that is for the recogniser, the dialog
//! and the turn-end model.
//!
//! The network is a causal dilated convolution with a gated recurrent unit over
//! the 64 log-mel features of `hearsay_audio::mel` (8 kHz, one vector every
//! 10 ms), trained by `training/vad`. It looks 15 ms ahead, no more than the
//! last feature window reaches.

use std::sync::Arc;

use hearsay_nn::{Network, NnError, Tensor};

/// Log-mel features of one 10 ms vector.
pub const MELS: usize = 64;
/// Feature vectors in one 20 ms frame.
pub const VECTORS_PER_FRAME: usize = 2;
/// Length of one frame in milliseconds.
pub const FRAME_MS: u64 = 20;

/// Shapes of the network's states: the last feature vectors (1, vectors, mels),
/// the convolutions' past (steps, channels), the recurrent unit (1, channels).
const STATE_SHAPES: [&[usize]; 3] = [&[1, VECTORS_PER_FRAME, MELS], &[76, 48], &[1, 48]];
const INPUTS: [&str; 4] = ["mel", "tail", "past", "hidden"];
const OUTPUTS: [&str; 4] = ["speech", "tail_next", "past_next", "hidden_next"];

/// Why the detector could not be loaded or could not take a frame.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum VadError {
    /// The network could not be loaded or run.
    #[error("voice activity detector: {0}")]
    Network(#[from] NnError),
    /// The frame has another number of features.
    #[error(
        "voice activity detector: a frame has {expected} features (2 vectors of 64 log-mel), got {got}"
    )]
    FrameLength {
        /// Features in a frame.
        expected: usize,
        /// Features given.
        got: usize,
    },
    /// The network's output is not two probabilities.
    #[error(
        "voice activity detector: the network gave {got}; expected speech (1, 2) and three states"
    )]
    Output {
        /// What came instead.
        got: String,
    },
}

/// The detector's network: immutable, one for all calls.
#[derive(Clone)]
pub struct Vad {
    network: Arc<dyn Network>,
}

/// What the detector remembers of one call, about 15 kB.
#[derive(Debug, Clone)]
pub struct VadState {
    tensors: Vec<Tensor>,
}

impl Default for VadState {
    fn default() -> Self {
        Self { tensors: STATE_SHAPES.iter().map(|shape| Tensor::zeros(shape)).collect() }
    }
}

impl VadState {
    /// The state before the first frame of a call: as after long digital silence.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets the call.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

impl Vad {
    /// Loads the network from the bytes of its ONNX file.
    ///
    /// # Errors
    /// When the bytes are no model with the detector's inputs and outputs.
    pub fn load(model: &[u8]) -> Result<Self, VadError> {
        Ok(Self { network: hearsay_nn::load(model, &INPUTS, &OUTPUTS)? })
    }

    /// Takes one 20 ms frame of log-mel features, (2 vectors, 64 mels) row by
    /// row, and returns the probability that somebody speaks in it.
    ///
    /// # Errors
    /// When the frame has another length (the state is left as it was), or the
    /// network fails (the state is reset).
    pub fn step(&self, state: &mut VadState, mel: &[f32]) -> Result<f32, VadError> {
        let [first, second] = self.step_vectors(state, mel)?;
        Ok((first + second) / 2.0)
    }

    /// As [`Vad::step`], with a probability for each of the two 10 ms vectors.
    ///
    /// # Errors
    /// As [`Vad::step`].
    pub fn step_vectors(&self, state: &mut VadState, mel: &[f32]) -> Result<[f32; 2], VadError> {
        let expected = VECTORS_PER_FRAME * MELS;
        if mel.len() != expected {
            return Err(VadError::FrameLength { expected, got: mel.len() });
        }
        let mut inputs = Vec::with_capacity(INPUTS.len());
        inputs.push(Tensor::f32(&[1, VECTORS_PER_FRAME, MELS], mel.to_vec()));
        // Moved, not copied: a failing run leaves a fresh state behind.
        inputs.append(&mut std::mem::take(state).tensors);
        let mut outputs = self.network.run(inputs)?;
        if outputs.len() != OUTPUTS.len() {
            return Err(VadError::Output { got: format!("{} outputs", outputs.len()) });
        }
        let next = outputs.split_off(1);
        let speech = match outputs.first().map(Tensor::as_f32).transpose()? {
            Some(&[first, second]) => [first, second],
            other => {
                return Err(VadError::Output {
                    got: format!("{} probabilities", other.map_or(0, <[f32]>::len)),
                });
            }
        };
        for (tensor, shape) in next.iter().zip(STATE_SHAPES) {
            if tensor.shape() != shape {
                return Err(VadError::Output {
                    got: format!("a state of shape {:?}", tensor.shape()),
                });
            }
        }
        state.tensors = next;
        Ok(speech)
    }
}

/// When probabilities count as speech. Times are in milliseconds and count in
/// whole frames of [`FRAME_MS`], rounded up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeechDetectorConfig {
    /// A frame above this may begin speech.
    pub onset_probability: f32,
    /// While somebody speaks, a frame below this counts as a pause.
    pub offset_probability: f32,
    /// Speech begins after this much of it without a pause.
    pub speech_ms_min: u64,
    /// Speech ends after a pause of this length.
    pub hangover_ms: u64,
}

impl Default for SpeechDetectorConfig {
    fn default() -> Self {
        Self {
            onset_probability: 0.5,
            offset_probability: 0.35,
            speech_ms_min: 60,
            hangover_ms: 200,
        }
    }
}

/// Speech began or ended. Times are milliseconds since the detector's first frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeechEdge {
    /// Somebody began to speak.
    Onset {
        /// Start of the first frame of speech.
        at_ms: u64,
        /// End of the frame that made it certain.
        known_ms: u64,
    },
    /// Nobody speaks any more.
    Offset {
        /// End of the last frame of speech.
        at_ms: u64,
        /// End of the frame that made it certain.
        known_ms: u64,
    },
}

/// Smooths one call's speech probabilities into edges. Pure: its only clock is
/// the number of frames it has been given.
#[derive(Debug, Clone)]
pub struct SpeechDetector {
    config: SpeechDetectorConfig,
    frames: u64,
    phase: Phase,
}

/// What the detector believes. Frame numbers count from 0.
#[derive(Debug, Clone, Copy)]
enum Phase {
    Silence,
    /// Above the onset threshold since `since`, not yet for long enough.
    Rising {
        since: u64,
    },
    /// Speech; the last frame of it so far ended before frame `end`.
    Speech {
        end: u64,
    },
}

impl SpeechDetector {
    /// A detector at the beginning of a call, in silence.
    pub fn new(config: SpeechDetectorConfig) -> Self {
        Self { config, frames: 0, phase: Phase::Silence }
    }

    /// Whether speech has begun and not ended.
    pub fn is_speech(&self) -> bool {
        matches!(self.phase, Phase::Speech { .. })
    }

    /// Time since the first frame in milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.frames * FRAME_MS
    }

    /// Takes the next frame's probability; reports an edge in the frame that
    /// makes it certain. A value that is no number counts as silence.
    pub fn push(&mut self, probability: f32) -> Option<SpeechEdge> {
        let frame = self.frames;
        self.frames += 1;
        match self.phase {
            Phase::Silence if probability > self.config.onset_probability => self.rise(frame),
            Phase::Rising { since } if probability > self.config.onset_probability => {
                self.rise(since)
            }
            Phase::Silence | Phase::Rising { .. } => {
                self.phase = Phase::Silence;
                None
            }
            Phase::Speech { .. } if probability >= self.config.offset_probability => {
                self.phase = Phase::Speech { end: self.frames };
                None
            }
            Phase::Speech { end } => self.pause(end),
        }
    }

    fn rise(&mut self, since: u64) -> Option<SpeechEdge> {
        if self.frames - since < self.config.speech_ms_min.div_ceil(FRAME_MS) {
            self.phase = Phase::Rising { since };
            return None;
        }
        self.phase = Phase::Speech { end: self.frames };
        Some(SpeechEdge::Onset { at_ms: since * FRAME_MS, known_ms: self.now_ms() })
    }

    fn pause(&mut self, end: u64) -> Option<SpeechEdge> {
        if self.frames - end < self.config.hangover_ms.div_ceil(FRAME_MS) {
            return None;
        }
        self.phase = Phase::Silence;
        Some(SpeechEdge::Offset { at_ms: end * FRAME_MS, known_ms: self.now_ms() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes runs of (probability, frames) and collects the edges.
    fn edges(config: SpeechDetectorConfig, runs: &[(f32, usize)]) -> Vec<SpeechEdge> {
        let mut detector = SpeechDetector::new(config);
        let frames =
            runs.iter().flat_map(|&(probability, count)| std::iter::repeat_n(probability, count));
        frames.filter_map(|probability| detector.push(probability)).collect()
    }

    #[test]
    fn speech_begins_at_its_first_frame_and_ends_at_its_last() {
        let found = edges(SpeechDetectorConfig::default(), &[(0.1, 10), (0.9, 20), (0.1, 30)]);
        let onset = SpeechEdge::Onset { at_ms: 200, known_ms: 260 };
        let offset = SpeechEdge::Offset { at_ms: 600, known_ms: 800 };
        assert_eq!(found, [onset, offset]);
    }

    #[test]
    fn a_click_is_no_speech() {
        let found = edges(
            SpeechDetectorConfig::default(),
            &[(0.1, 5), (0.9, 2), (0.1, 5), (0.9, 2), (0.1, 20)],
        );
        assert_eq!(found, []);
    }

    #[test]
    fn a_short_pause_does_not_end_speech() {
        let found =
            edges(SpeechDetectorConfig::default(), &[(0.9, 10), (0.1, 9), (0.9, 10), (0.1, 9)]);
        assert_eq!(found, [SpeechEdge::Onset { at_ms: 0, known_ms: 60 }]);
    }

    #[test]
    fn between_the_thresholds_the_last_decision_holds() {
        let detector = SpeechDetectorConfig::default();
        assert_eq!(edges(detector, &[(0.4, 50)]), []);
        assert_eq!(edges(detector, &[(0.9, 3), (0.4, 50)]).len(), 1);
    }

    #[test]
    fn one_frame_is_enough_where_the_config_says_so() {
        let config = SpeechDetectorConfig {
            speech_ms_min: 0,
            hangover_ms: 0,
            ..SpeechDetectorConfig::default()
        };
        let onset = SpeechEdge::Onset { at_ms: 0, known_ms: 20 };
        let offset = SpeechEdge::Offset { at_ms: 20, known_ms: 40 };
        assert_eq!(edges(config, &[(0.9, 1), (0.1, 1)]), [onset, offset]);
    }

    #[test]
    fn no_number_is_silence() {
        assert_eq!(edges(SpeechDetectorConfig::default(), &[(f32::NAN, 10)]), []);
        let found = edges(SpeechDetectorConfig::default(), &[(0.9, 10), (f32::NAN, 10)]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn is_speech_follows_the_edges() {
        let mut detector = SpeechDetector::new(SpeechDetectorConfig::default());
        for _ in 0..3 {
            assert!(!detector.is_speech());
            detector.push(0.9);
        }
        assert!(detector.is_speech());
        assert_eq!(detector.now_ms(), 60);
    }
}
