//! Zero-shot voice cloning: a clip of about ten seconds to a [`Voice`] that the synthesiser can speak with at once.
//!
//! A small network gives the speaker's vector from the clip's mel below 4 kHz, so that a telephone recording will do; the
//! mean and spread of F0 are measured. Whether the speaker agreed is not known here: who calls this asks for consent
//! first and keeps the statement.

use std::sync::Arc;

use hearsay_audio::{pitch, resample};
use hearsay_nn::{Network, NnError, Tensor};

use crate::acoustic::SPEAKER;
use crate::vocoder::{MELS, SAMPLE_RATE_HZ, sized};
use crate::voice::{CLONED, Voice};
use crate::voice_mel;

/// Shortest clip, ms: below, the vector says more about the words than about the speaker.
pub const CLIP_MS_MIN: usize = 3000;
/// Of a longer clip only this much is used, ms.
pub const CLIP_MS_MAX: usize = 30_000;

/// Mel bands that the network sees: those that a telephone leaves.
const BANDS: usize = 64;
/// Frames quieter than the loudest by more than this (natural log) are silence.
const SILENCE_BELOW: f32 = 4.5;
/// The least speech, frames of 10 ms.
const SPEECH_FRAMES_MIN: usize = 150;
/// Level that recordings of the training had, dBFS of the louder frames.
const LEVEL_DBFS: f32 = -23.0;
/// Gain of a cloned voice, linear: the mean of the built-in ones.
const GAIN: f32 = 1.6;
/// Energy that a voice at the training's level has, where it cannot be measured without its words.
const ENERGY: f32 = -5.3;
/// Spread of log F0 of a lively and of a flat reading: nothing measured outside is believed.
const SPREAD_RANGE: (f32, f32) = (0.1, 0.3);

/// Why a clip gives no voice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CloningError {
    /// The network could not be loaded or run.
    #[error("speaker encoder: {0}")]
    Network(#[from] NnError),
    /// The clip is too short or too quiet.
    #[error("{0}")]
    Clip(String),
}

/// The speaker encoder, shared by all.
pub struct SpeakerEncoder {
    network: Arc<dyn Network>,
}

impl SpeakerEncoder {
    /// Loads the network from ONNX bytes: `mel` (1, frames, 64) to `speaker` (1, 64).
    ///
    /// # Errors
    /// When the bytes are not such a network.
    pub fn load(model: &[u8]) -> Result<Self, NnError> {
        Ok(Self { network: hearsay_nn::load(model, &["mel"], &["speaker"])? })
    }

    /// The vector of whoever speaks in frames of log-mel (frames, 96).
    ///
    /// # Errors
    /// When there is too little speech, or the network fails.
    pub fn vector(&self, mel: &[f32]) -> Result<Vec<f32>, CloningError> {
        let rows = speech_rows(mel);
        let frames = rows.len() / BANDS;
        if frames < SPEECH_FRAMES_MIN {
            let seconds = frames as f32 / 100.0;
            return Err(CloningError::Clip(format!(
                "the clip has {seconds:.1} s of speech; give about ten seconds of one speaker"
            )));
        }
        let mut outputs = self.network.run(vec![Tensor::f32(&[1, frames, BANDS], rows)])?;
        Ok(sized(outputs.pop(), SPEAKER, "speaker")?)
    }

    /// A voice named `name` that sounds like the speaker of mono samples at `rate_hz`.
    ///
    /// # Errors
    /// When the clip is shorter than [`CLIP_MS_MIN`], has too little speech, or a network fails.
    pub fn clone_voice(
        &self,
        name: &str,
        samples: &[f32],
        rate_hz: u32,
    ) -> Result<Voice, CloningError> {
        let samples = clip(samples, rate_hz)?;
        let wide = resample::resample(samples, rate_hz, SAMPLE_RATE_HZ)
            .map_err(|e| CloningError::Clip(format!("the clip's rate: {e}")))?;
        let wide = levelled(wide);
        let speaker = self.vector(&voice_mel::log_mel(&wide))?;
        let f0 = pitch::track(&wide, SAMPLE_RATE_HZ);
        let (mean, spread) = pitch::log_median_and_spread(&f0).ok_or_else(|| {
            CloningError::Clip("no voiced speech in the clip; is it noise or a whisper?".to_owned())
        })?;
        let spread = spread.clamp(SPREAD_RANGE.0, SPREAD_RANGE.1);
        Ok(Voice {
            name: name.to_owned(),
            gender: "unknown".to_owned(),
            language: "en".to_owned(),
            category: CLONED.to_owned(),
            variant: "high-fidelity".to_owned(),
            description: format!(
                "cloned from {:.1} s of speech",
                samples.len() as f32 / rate_hz as f32
            ),
            gain: GAIN,
            tilt_db: 0.0,
            speaker,
            style: vec![mean, spread, ENERGY, 0.0],
        })
    }
}

fn clip(samples: &[f32], rate_hz: u32) -> Result<&[f32], CloningError> {
    let per_ms = rate_hz as usize / 1000;
    let length_ms = samples.len() / per_ms.max(1);
    if length_ms < CLIP_MS_MIN {
        return Err(CloningError::Clip(format!(
            "the clip is {length_ms} ms long; give at least {CLIP_MS_MIN} ms, better ten seconds"
        )));
    }
    Ok(&samples[..samples.len().min(CLIP_MS_MAX * per_ms)])
}

/// At the training's level: RMS of the 10 ms pieces within 30 dB of the loudest.
fn levelled(mut samples: Vec<f32>) -> Vec<f32> {
    let piece = SAMPLE_RATE_HZ as usize / 100;
    let powers: Vec<f32> = samples
        .chunks_exact(piece)
        .map(|p| p.iter().map(|x| x * x).sum::<f32>() / piece as f32)
        .collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let loud: Vec<f32> = powers.into_iter().filter(|p| *p > loudest / 1000.0).collect();
    let mean = loud.iter().sum::<f32>() / loud.len().max(1) as f32;
    if mean > 0.0 {
        let gain = 10.0_f32.powf(LEVEL_DBFS / 20.0) / mean.sqrt();
        samples.iter_mut().for_each(|x| *x *= gain);
    }
    samples
}

/// The frames with speech, their lower bands, free of level (frames, 64).
fn speech_rows(mel: &[f32]) -> Vec<f32> {
    let low = |frame: &[f32]| frame[..BANDS].iter().sum::<f32>() / BANDS as f32;
    let loudest = mel.chunks_exact(MELS).map(low).fold(f32::NEG_INFINITY, f32::max);
    let mut rows: Vec<f32> = mel
        .chunks_exact(MELS)
        .filter(|frame| low(frame) > loudest - SILENCE_BELOW)
        .flat_map(|frame| frame[..BANDS].iter().copied())
        .collect();
    let mean = rows.iter().sum::<f32>() / rows.len().max(1) as f32;
    rows.iter_mut().for_each(|x| *x = (*x - mean) / 2.0);
    rows
}

/// Cosine of the angle between two speaker vectors: 1 is the same voice.
pub fn similarity(a: &[f32], b: &[f32]) -> f32 {
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(p, q)| p * q).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-9)
}
