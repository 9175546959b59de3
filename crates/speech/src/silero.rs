//! Silero's voice activity detector, in the same role as [`crate::vad::Vad`].
//!
//! What it is: the files of <https://github.com/snakers4/silero-vad> from version 5 on (MIT), at
//! 16 kHz and, where the file knows it, at 8 kHz. Each window of 32 ms is run with the end of the
//! window before it. What it is not: its older files with `h` and `c` inputs are not read, and it
//! takes audio where our own detector takes features.

use std::sync::Arc;

use hearsay_nn::{Element, Network, NnError, Tensor};

/// Length of one window in ms.
pub const WINDOW_MS: u64 = 32;
/// Length of a step of [`SileroVad::push`] in ms: our own detector's frame.
pub const STEP_MS: u64 = crate::vad::FRAME_MS;
const STATE_SHAPE: [usize; 3] = [2, 1, 128];
const INPUTS: [&str; 3] = ["input", "state", "sr"];

/// Why the detector could not be loaded or could not take a window.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SileroError {
    /// The network could not be loaded or run.
    #[error("Silero voice activity: {0}")]
    Network(#[from] NnError),
    /// The file has other inputs or outputs.
    #[error(
        "Silero voice activity: the file takes {0}; take silero_vad.onnx of version 5 or later, \
         which takes input, state and sr"
    )]
    Signature(String),
    /// The file does not know this rate.
    #[error("Silero voice activity: this file hears {can}, not {rate_hz} Hz")]
    Rate {
        /// Rate asked for.
        rate_hz: u32,
        /// Rates it knows.
        can: &'static str,
    },
    /// The window has another number of samples.
    #[error("Silero voice activity: a window has {expected} samples, got {got}")]
    Window {
        /// Samples in a window.
        expected: usize,
        /// Samples given.
        got: usize,
    },
    /// The network's output is not one probability and a state.
    #[error("Silero voice activity: the network gave {0}")]
    Output(String),
}

/// A rate that Silero's networks were trained at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SileroRate {
    /// Telephone band: windows of 256 samples after 32 of the one before.
    Hz8000,
    /// Wide band: windows of 512 samples after 64 of the one before.
    Hz16000,
}

impl SileroRate {
    /// The rate of this many Hz, if it is one.
    pub fn from_hz(rate_hz: u32) -> Option<Self> {
        match rate_hz {
            8_000 => Some(Self::Hz8000),
            16_000 => Some(Self::Hz16000),
            _ => None,
        }
    }

    /// Samples a second.
    pub fn hz(self) -> u32 {
        match self {
            Self::Hz8000 => 8_000,
            Self::Hz16000 => 16_000,
        }
    }

    /// Samples of a window.
    pub fn window(self) -> usize {
        self.hz() as usize * WINDOW_MS as usize / 1000
    }

    fn context(self) -> usize {
        self.window() / 8
    }

    fn step(self) -> usize {
        self.hz() as usize * STEP_MS as usize / 1000
    }
}

/// The network: immutable, one for all calls.
#[derive(Clone)]
pub struct SileroVad {
    network: Arc<dyn Network>,
    telephone: bool,
}

impl std::fmt::Debug for SileroVad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SileroVad").field("telephone", &self.telephone).finish_non_exhaustive()
    }
}

/// What the detector remembers of one call, about 3 kB.
#[derive(Debug, Clone)]
pub struct SileroState {
    rate: SileroRate,
    state: Tensor,
    /// The end of the last window.
    context: Vec<f32>,
    /// Samples of the window that is not full yet.
    pending: Vec<f32>,
    /// Samples of the step that is not over yet.
    step: usize,
    /// Probability of the last window.
    last: f32,
}

impl SileroState {
    /// Forgets the call.
    pub fn reset(&mut self) {
        *self = Self::new(self.rate);
    }

    /// Rate of the audio it takes.
    pub fn rate(&self) -> SileroRate {
        self.rate
    }

    fn new(rate: SileroRate) -> Self {
        Self {
            rate,
            state: Tensor::zeros(&STATE_SHAPE),
            context: vec![0.0; rate.context()],
            pending: Vec::with_capacity(rate.window()),
            step: 0,
            last: 0.0,
        }
    }
}

impl SileroVad {
    /// Loads the network from the bytes of its ONNX file and finds out which rates it knows.
    ///
    /// # Errors
    /// When the bytes are no such network.
    pub fn load(model: &[u8]) -> Result<Self, SileroError> {
        let about = hearsay_nn::describe(model)?;
        let inputs: Vec<&str> = about.inputs.iter().map(|port| port.name.as_str()).collect();
        let floats = about.inputs.iter().take(2).all(|port| port.element == Element::F32);
        if inputs != INPUTS || about.outputs.len() != 2 || !floats {
            let shown: String = inputs.join(", ").chars().take(200).collect();
            return Err(SileroError::Signature(shown));
        }
        let outputs: Vec<&str> = about.outputs.iter().map(|port| port.name.as_str()).collect();
        let network = hearsay_nn::load(model, &INPUTS, &outputs)?;
        let mut vad = Self { network, telephone: true };
        vad.telephone = vad.hears_the_rate()?;
        Ok(vad)
    }

    /// The state before the first window of a call.
    ///
    /// # Errors
    /// When the file does not know the rate: [`SileroRate`] lists those that exist, and files for
    /// 16 kHz alone do not know 8 kHz.
    pub fn state(&self, rate_hz: u32) -> Result<SileroState, SileroError> {
        let known = SileroRate::from_hz(rate_hz);
        match known.filter(|rate| self.telephone || *rate == SileroRate::Hz16000) {
            Some(rate) => Ok(SileroState::new(rate)),
            None => {
                let can = if self.telephone { "8,000 and 16,000 Hz" } else { "16,000 Hz" };
                Err(SileroError::Rate { rate_hz, can })
            }
        }
    }

    /// Takes one window of samples in [-1, 1] (32 ms) and returns the probability that somebody
    /// speaks in it.
    ///
    /// # Errors
    /// When the window has another length, or the network fails; the state is left as it was.
    pub fn step(&self, state: &mut SileroState, window: &[f32]) -> Result<f32, SileroError> {
        let (expected, got) = (state.rate.window(), window.len());
        if got != expected {
            return Err(SileroError::Window { expected, got });
        }
        let mut samples = state.context.clone();
        samples.extend(window.iter().map(|x| if x.is_finite() { *x } else { 0.0 }));
        let context = samples.get(window.len()..).unwrap_or_default().to_vec();
        let (speech, next) = self.run(samples, state.state.clone(), state.rate.hz())?;
        (state.state, state.context, state.last) = (next, context, speech);
        Ok(speech)
    }

    /// Takes samples of any number and returns one probability for each 20 ms that became
    /// complete, as our own detector does: that of the last whole window.
    ///
    /// # Errors
    /// When the network fails: then the samples are lost.
    pub fn push(&self, state: &mut SileroState, samples: &[f32]) -> Result<Vec<f32>, SileroError> {
        let (window, step) = (state.rate.window(), state.rate.step());
        let mut voiced = Vec::with_capacity(samples.len() / step + 1);
        let mut rest = samples;
        while !rest.is_empty() {
            let room = (window - state.pending.len()).min(step - state.step);
            let (now, later) = rest.split_at(room.min(rest.len()));
            rest = later;
            state.pending.extend_from_slice(now);
            state.step += now.len();
            if state.pending.len() == window {
                let full = std::mem::replace(&mut state.pending, Vec::with_capacity(window));
                self.step(state, &full)?;
            }
            if state.step == step {
                state.step = 0;
                voiced.push(state.last);
            }
        }
        Ok(voiced)
    }

    fn run(
        &self,
        samples: Vec<f32>,
        state: Tensor,
        rate_hz: u32,
    ) -> Result<(f32, Tensor), SileroError> {
        let rate = Tensor::i32(&[], vec![rate_hz as i32]);
        let inputs = vec![Tensor::f32(&[1, samples.len()], samples), state, rate];
        let outputs = self.network.run(inputs)?;
        let [speech, next] = <[Tensor; 2]>::try_from(outputs)
            .map_err(|outputs| SileroError::Output(format!("{} outputs", outputs.len())))?;
        if next.shape() != STATE_SHAPE {
            return Err(SileroError::Output(format!("a state of shape {:?}", next.shape())));
        }
        match speech.as_f32()? {
            &[speech] => Ok((speech, next)),
            other => Err(SileroError::Output(format!("{} probabilities", other.len()))),
        }
    }

    /// Whether the file hears 8 kHz: one for 16 kHz alone does not read the rate, takes any number
    /// there and would hear the voice at twice its speed.
    fn hears_the_rate(&self) -> Result<bool, SileroError> {
        // A tone, so that the two networks of a file do not agree by chance.
        let tone = |n: usize| (n as f32 * 0.3).sin() * 0.5;
        let length = |rate: SileroRate| rate.window() + rate.context();
        let run = |samples: usize, rate: SileroRate| {
            let samples = (0..samples).map(tone).collect();
            self.run(samples, Tensor::zeros(&STATE_SHAPE), rate.hz()).map(|(speech, _)| speech)
        };
        run(length(SileroRate::Hz16000), SileroRate::Hz16000)?;
        let window = length(SileroRate::Hz8000);
        let Ok(narrow) = run(window, SileroRate::Hz8000) else { return Ok(false) };
        // The network for 16 kHz may refuse so short a window, which tells the two apart as well.
        let wide = run(window, SileroRate::Hz16000);
        Ok(wide.map_or(true, |wide| (narrow - wide).abs() > 1e-6))
    }
}
