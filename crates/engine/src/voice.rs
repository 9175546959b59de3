//! The voice meter: audio at any rate in, the probability of speech of every
//! 20 ms out, with the features that the recogniser shares.

use hearsay_audio::mel::{LogMel, MelConfig};
use hearsay_audio::resample::Resampler;
use hearsay_speech::vad::{Vad, VadState};

use crate::EngineError;

/// Mel bands of the shared features.
pub(crate) const MELS: usize = 64;
/// Mel frames of one 20 ms step.
pub(crate) const STEP_FRAMES: usize = 2;
/// Milliseconds of one step.
pub(crate) const STEP_MS: u64 = 20;
/// Level of the noise that is added to what is heard, RMS of full scale (-70
/// dBFS): no microphone gives digital silence, and the nets have never met it.
const DITHER: f32 = 3e-4;

/// Measures one stream's voice activity, as the ear of a call does.
///
/// ```no_run
/// # fn main() -> Result<(), hearsay_engine::EngineError> {
/// let models = hearsay_engine::Models::load()?;
/// let mut meter = hearsay_engine::VoiceMeter::new(16_000)?;
/// let probabilities = meter.hear(&models.vad, &[0.0; 16_000])?; // one for each 20 ms
/// # Ok(())
/// # }
/// ```
pub struct VoiceMeter {
    resampler: Option<Resampler>,
    dither: Dither,
    mel: LogMel,
    vad: VadState,
    /// Features not yet seen by the voice-activity net.
    fresh: Vec<f32>,
}

impl VoiceMeter {
    /// A meter for audio at `rate_hz`.
    ///
    /// # Errors
    /// When the rate cannot be converted to the models'.
    pub fn new(rate_hz: u32) -> Result<Self, EngineError> {
        let config = MelConfig::recogniser();
        let ear_hz = config.sample_rate_hz;
        let resampler = (rate_hz != ear_hz).then(|| Resampler::new(rate_hz, ear_hz)).transpose()?;
        Ok(Self {
            resampler,
            dither: Dither::default(),
            mel: LogMel::new(config)?,
            vad: VadState::new(),
            fresh: Vec::new(),
        })
    }

    /// Hears samples in [-1, 1] (louder ones are clipped, those that are no
    /// finite number are silence); returns the speech probability of each 20 ms
    /// that became complete.
    ///
    /// # Errors
    /// When the voice-activity net fails.
    pub fn hear(&mut self, vad: &Vad, samples: &[f32]) -> Result<Vec<f32>, EngineError> {
        let mut voiced = Vec::with_capacity(samples.len() / 160 + 1);
        self.steps(vad, samples, |_, speech| voiced.push(speech))?;
        Ok(voiced)
    }

    /// As [`VoiceMeter::hear`], with the features (2, 64) of each step.
    pub(crate) fn steps(
        &mut self,
        vad: &Vad,
        samples: &[f32],
        mut each: impl FnMut(&[f32], f32),
    ) -> Result<(), EngineError> {
        let clean: Vec<f32> = samples.iter().map(|x| audible(*x)).collect();
        let mut narrow = match &mut self.resampler {
            Some(resampler) => {
                let mut narrow = Vec::with_capacity(clean.len());
                resampler.process(&clean, &mut narrow);
                narrow
            }
            None => clean,
        };
        self.dither.add(&mut narrow);
        self.mel.push(&narrow, &mut self.fresh);
        let step = STEP_FRAMES * MELS;
        let mut done = 0;
        while let Some(features) = self.fresh.get(done..done + step) {
            let speech = vad.step(&mut self.vad, features)?;
            each(features, speech);
            done += step;
        }
        self.fresh.drain(..done);
        Ok(())
    }
}

/// A sample as a microphone could have given it: one NaN would poison the
/// states of every net behind it for the rest of the call.
pub(crate) fn audible(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

/// Repeatable white noise: the same audio is always heard the same.
struct Dither(u32);

impl Default for Dither {
    fn default() -> Self {
        Self(0x9E37_79B9)
    }
}

impl Dither {
    fn add(&mut self, samples: &mut [f32]) {
        // Uniform noise between -a and a has an RMS of a / sqrt(3).
        let scale = DITHER * 3f32.sqrt() / 2f32.powi(31);
        for sample in samples {
            // xorshift32, Marsaglia 2003.
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 17;
            self.0 ^= self.0 << 5;
            *sample += (self.0 as f32 - 2f32.powi(31)) * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_that_no_microphone_gives_are_mended() {
        let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -3.0, 0.25];
        assert_eq!(odd.map(audible), [0.0, 0.0, 0.0, 1.0, -1.0, 0.25]);
    }
}
