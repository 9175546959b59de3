//! Vocoders of others that turn mel frames into sound, such as HiFi-GAN, behind our own acoustic model.
//!
//! What it is: an ONNX network with one input, mel frames as (1, mels, frames) or (1, frames, mels), and one output,
//! `hop` samples a frame, with a JSON beside it that says which mel frames it was trained on ([`MelGeometry`]).
//! [`MelAdapter`] brings our log-mel frames there; [`MelStream`] makes sound in chunks, the same as in one piece. What it
//! is not: a vocoder that takes pitch or a speaker, and no mel frames can be adapted without loss: the fine structure
//! that one filter bank has averaged away is not there for another.

mod adapter;

use std::sync::Arc;

use hearsay_nn::{Network, NnError, Tensor};
use serde::Deserialize;

pub use adapter::{FRAMES_HZ, MELS, MelAdapter, SAMPLE_RATE_HZ};

/// Longest utterance, in frames of ours: five minutes.
pub const FRAMES_MAX: usize = 30_000;
/// Rates that a description may state, in Hz.
const RATES_HZ: std::ops::RangeInclusive<u32> = 8000..=48_000;
/// Largest FFT, number of mel bands and context.
const FFT_MAX: usize = 8192;
const BANDS_MAX: usize = 512;
const CONTEXT_MAX: usize = 1000;
/// Frames of a trial run at load.
const TRIAL_FRAMES: usize = 8;

/// Why a vocoder cannot be loaded or cannot go on.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum MelVocoderError {
    /// The network cannot be loaded or run.
    #[error(
        "vocoder: {error} (engine: {engine}); where an operator is missing, ONNX Runtime has it: \
         set HEARSAY_ONNXRUNTIME to its library"
    )]
    Network {
        /// What the engine says.
        error: NnError,
        /// Which engine it is.
        engine: String,
    },
    /// The network is of another kind.
    #[error("vocoder: {0}; export it with mel frames in and samples out (docs/models.md)")]
    Interface(String),
    /// The description is not one that can be used.
    #[error("vocoder: its JSON: {0}")]
    Description(String),
    /// The frames given are no whole frames, or too many.
    #[error("vocoder: {0}")]
    Frames(String),
}

impl MelVocoderError {
    fn network(error: NnError) -> Self {
        Self::Network { error, engine: hearsay_nn::runtime().to_string() }
    }
}

/// The logarithm of mel values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelLog {
    /// Natural.
    Natural,
    /// To base 10.
    Log10,
    /// Decibels: 20 log10 of a magnitude, 10 log10 of a power.
    Db,
}

/// What the mel filters weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelSpectrum {
    /// The magnitude of the spectrum.
    Magnitude,
    /// Its square.
    Power,
}

/// Area of the mel filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelNorm {
    /// Each has area 1 over Hz (librosa's default).
    Slaney,
    /// Each has height 1.
    None,
}

/// The mel scale of the filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelScale {
    /// Linear to 1 kHz, logarithmic above (librosa's default).
    #[default]
    Slaney,
    /// 2595 log10(1 + f / 700).
    Htk,
}

/// Order of the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MelLayout {
    /// (1, mels, frames).
    MelsFirst,
    /// (1, frames, mels).
    FramesFirst,
}

/// Which mel frames a vocoder was trained on: the JSON beside its network.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MelGeometry {
    /// Rate of its sound, Hz.
    pub sample_rate: u32,
    /// Samples a frame.
    pub hop: usize,
    /// FFT length, samples.
    pub n_fft: usize,
    /// Length of the Hann window, samples.
    pub window: usize,
    /// Mel bands.
    pub mels: usize,
    /// Lower edge of the lowest band, Hz.
    pub fmin: f32,
    /// Upper edge of the highest band, Hz.
    pub fmax: f32,
    /// The logarithm.
    pub log: MelLog,
    /// Values below are raised to it before the logarithm.
    pub floor: f32,
    /// Magnitude or power.
    #[serde(rename = "spectrum")]
    pub spectrum: MelSpectrum,
    /// Area of the filters.
    pub norm: MelNorm,
    /// The mel scale; Slaney's, if nothing is said.
    #[serde(default)]
    pub scale: MelScale,
    /// Whether frame t is centred on sample `hop * t`; if nothing is said, on the middle of its hop, as HiFi-GAN has it.
    #[serde(default)]
    pub center: bool,
    /// Frames on each side that a frame's sound depends on; 16, if nothing is said. HiFi-GAN needs 14.
    #[serde(default = "usual_context")]
    pub context_frames: usize,
    /// Order of the input; needed only where the network leaves it open.
    #[serde(default)]
    pub layout: Option<MelLayout>,
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
}

fn usual_context() -> usize {
    16
}

impl MelGeometry {
    /// Reads and checks a description.
    ///
    /// # Errors
    /// The field that is missing or cannot be.
    pub fn parse(json: &str) -> Result<Self, MelVocoderError> {
        let geometry: Self =
            serde_json::from_str(json).map_err(|e| MelVocoderError::Description(e.to_string()))?;
        geometry.check().map_err(MelVocoderError::Description)?;
        Ok(geometry)
    }

    fn check(&self) -> Result<(), String> {
        let half = self.sample_rate as f32 / 2.0;
        let checks = [
            (RATES_HZ.contains(&self.sample_rate), "sample_rate must be from 8000 to 48000"),
            ((2..=FFT_MAX).contains(&self.n_fft), "n_fft must be from 2 to 8192"),
            ((2..=self.n_fft).contains(&self.window), "window must be from 2 to n_fft"),
            ((1..=self.n_fft).contains(&self.hop), "hop must be from 1 to n_fft"),
            ((1..=BANDS_MAX).contains(&self.mels), "mels must be from 1 to 512"),
            (self.fmin >= 0.0 && self.fmin < self.fmax, "fmin must be from 0 to below fmax"),
            (self.fmax <= half + 0.5, "fmax must not exceed half of sample_rate"),
            (self.floor > 0.0 && self.floor < 1.0, "floor must be above 0 and below 1"),
            (self.context_frames <= CONTEXT_MAX, "context_frames must be at most 1000"),
        ];
        let wrong = checks.iter().find(|(good, _)| !good);
        wrong.map_or(Ok(()), |(_, why)| Err((*why).to_string()))
    }
}

/// A loaded vocoder, shared by all calls.
#[derive(Clone)]
pub struct MelVocoder {
    network: Arc<dyn Network>,
    adapter: Arc<MelAdapter>,
    layout: MelLayout,
}

impl std::fmt::Debug for MelVocoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MelVocoder").field("geometry", self.geometry()).finish_non_exhaustive()
    }
}

impl MelVocoder {
    /// Loads the network and its description.
    ///
    /// # Errors
    /// When either is not what it should be, or a trial run says that they do not belong together.
    pub fn load(onnx: &[u8], json: &str) -> Result<Self, MelVocoderError> {
        let geometry = MelGeometry::parse(json)?;
        let info = hearsay_nn::describe(onnx).map_err(MelVocoderError::network)?;
        let ([input], [output]) = (info.inputs.as_slice(), info.outputs.as_slice()) else {
            let (inputs, outputs) = (info.inputs.len(), info.outputs.len());
            let why = format!("it has {inputs} inputs and {outputs} outputs, not one of each");
            return Err(MelVocoderError::Interface(why));
        };
        let layout = layout(&input.shape, &geometry).map_err(MelVocoderError::Interface)?;
        let network = hearsay_nn::load(onnx, &[&input.name], &[&output.name])
            .map_err(MelVocoderError::network)?;
        let vocoder = Self { network, adapter: Arc::new(MelAdapter::new(geometry)), layout };
        let silence = vec![vocoder.adapter.silence(); TRIAL_FRAMES * vocoder.geometry().mels];
        vocoder.run(&silence)?;
        Ok(vocoder)
    }

    /// Which mel frames it takes.
    pub fn geometry(&self) -> &MelGeometry {
        self.adapter.geometry()
    }

    /// Order of its input.
    pub fn layout(&self) -> MelLayout {
        self.layout
    }

    /// Rate of its samples.
    pub fn sample_rate_hz(&self) -> u32 {
        self.geometry().sample_rate
    }

    /// A stream at the start of an utterance.
    pub fn stream(&self) -> MelStream {
        MelStream { vocoder: self.clone(), ours: Vec::new(), theirs: Vec::new(), made: 0, given: 0 }
    }

    /// Sound of whole frames in the vocoder's own geometry, (frames, mels).
    ///
    /// # Errors
    /// When the network fails or gives another number of samples than `hop` a frame.
    pub fn run(&self, mel: &[f32]) -> Result<Vec<f32>, MelVocoderError> {
        let MelGeometry { mels, hop, .. } = *self.geometry();
        let frames = mel.len() / mels;
        let input = match self.layout {
            MelLayout::FramesFirst => Tensor::f32(&[1, frames, mels], mel.to_vec()),
            MelLayout::MelsFirst => {
                let turned = (0..mels).flat_map(|band| mel[band..].iter().step_by(mels).copied());
                Tensor::f32(&[1, mels, frames], turned.collect())
            }
        };
        let outputs = self.network.run(vec![input]).map_err(MelVocoderError::network)?;
        let samples = outputs.into_iter().next().map(Tensor::into_f32);
        let samples = samples.transpose().map_err(MelVocoderError::network)?.unwrap_or_default();
        if samples.len() != frames * hop {
            let why = format!("{frames} frames of hop {hop} gave {} samples", samples.len());
            return Err(MelVocoderError::Interface(why));
        }
        Ok(samples)
    }
}

/// Where the bands are in the input.
fn layout(shape: &[Option<usize>], geometry: &MelGeometry) -> Result<MelLayout, String> {
    let mels = Some(geometry.mels);
    let [_, second, third] = shape else {
        return Err(format!("its input has {} axes, not 3", shape.len()));
    };
    match (*second, *third, geometry.layout) {
        (second, third, Some(MelLayout::MelsFirst)) if second == mels || third.is_none() => {
            Ok(MelLayout::MelsFirst)
        }
        (second, third, Some(MelLayout::FramesFirst)) if third == mels || second.is_none() => {
            Ok(MelLayout::FramesFirst)
        }
        (second, None, None) if second == mels => Ok(MelLayout::MelsFirst),
        (None, third, None) if third == mels => Ok(MelLayout::FramesFirst),
        (None, None, None) => {
            Err("its input leaves the order open; write \"layout\": \"mels_first\" or \
                 \"frames_first\" into the JSON"
                .to_string())
        }
        (second, third, _) => Err(format!(
            "its input is (1, {second:?}, {third:?}), which is not {} mels and open frames",
            geometry.mels
        )),
    }
}

/// One utterance on its way out.
pub struct MelStream {
    vocoder: MelVocoder,
    /// All frames of ours so far, (frames, 96); the utterance's length bounds them.
    ours: Vec<f32>,
    /// The same in the vocoder's geometry, (frames, mels).
    theirs: Vec<f32>,
    /// Frames of theirs whose sound has been made.
    made: usize,
    /// Samples given.
    given: usize,
}

impl MelStream {
    /// Takes log-mel frames of our acoustic model, (frames, 96), and returns the samples in [-1, 1] that no later frame
    /// can change. Few frames at a time cost more, for the context is computed anew each time.
    ///
    /// # Errors
    /// When these are no whole frames, the utterance is longer than [`FRAMES_MAX`], or the network fails.
    pub fn push(&mut self, log_mel: &[f32]) -> Result<Vec<f32>, MelVocoderError> {
        if !log_mel.len().is_multiple_of(MELS) {
            let why = format!("{} values are no whole frames of {MELS}", log_mel.len());
            return Err(MelVocoderError::Frames(why));
        }
        if (self.ours.len() + log_mel.len()) / MELS > FRAMES_MAX {
            let why = format!("the utterance is longer than {FRAMES_MAX} frames; split it");
            return Err(MelVocoderError::Frames(why));
        }
        self.ours.extend_from_slice(log_mel);
        self.vocoder.adapter.extend(&self.ours, false, &mut self.theirs);
        let geometry = self.vocoder.geometry();
        let end = (self.theirs.len() / geometry.mels).saturating_sub(geometry.context_frames);
        self.make(end)
    }

    /// The rest: in all, as many samples as our frames last.
    ///
    /// # Errors
    /// When the network fails.
    pub fn finish(mut self) -> Result<Vec<f32>, MelVocoderError> {
        self.vocoder.adapter.extend(&self.ours, true, &mut self.theirs);
        let end = self.theirs.len() / self.vocoder.geometry().mels;
        let mut samples = self.make(end)?;
        let before = self.given - samples.len();
        let total = self.vocoder.adapter.samples_of(self.ours.len() / MELS);
        samples.truncate(total.saturating_sub(before));
        Ok(samples)
    }

    /// Makes sound up to frame `end` of theirs.
    fn make(&mut self, end: usize) -> Result<Vec<f32>, MelVocoderError> {
        if end <= self.made {
            return Ok(Vec::new());
        }
        let MelGeometry { mels, hop, context_frames, .. } = *self.vocoder.geometry();
        let from = self.made.saturating_sub(context_frames);
        let to = (end + context_frames).min(self.theirs.len() / mels);
        let samples = self.vocoder.run(&self.theirs[from * mels..to * mels])?;
        let kept = &samples[(self.made - from) * hop..(end - from) * hop];
        // A network that runs away must not reach a listener's ear.
        let bound = |sample: &f32| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
        let kept: Vec<f32> = kept.iter().map(bound).collect();
        self.made = end;
        self.given += kept.len();
        Ok(kept)
    }
}

#[cfg(test)]
mod tests;
