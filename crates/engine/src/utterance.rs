//! The recognition of one utterance, by the built-in recogniser or by one of a
//! model pack.

use std::collections::VecDeque;
use std::sync::Arc;

use hearsay_audio::resample::Resampler;
use hearsay_speech::pack::SpeechStream;
use hearsay_speech::recogniser::{Bias, Interim, Stream, Transcript};

use crate::stream_time::Features;
use crate::voice::audible;
use crate::{EngineError, Models};

/// Steps of the ear in a second.
const STEPS_PER_S: u32 = 50;

/// One utterance of one call.
pub(crate) enum Utterance {
    /// Heard by the built-in recogniser.
    Own(Box<Stream>),
    /// Heard by a model pack's, which takes samples and knows no phrases.
    Pack(Box<dyn SpeechStream>),
}

impl Utterance {
    /// At its start; `bias` favours phrases.
    pub fn open(models: &Models, bias: Option<Arc<Bias>>) -> Self {
        match &models.pack {
            Some(pack) => Self::Pack(pack.stream()),
            None => Self::Own(Box::new(models.recogniser.stream(bias))),
        }
    }

    /// Hears more; the words so far when they changed.
    pub fn push(
        &mut self,
        models: &Models,
        features: &Features,
    ) -> Result<Option<Interim>, EngineError> {
        match self {
            Self::Own(stream) => Ok(stream.push(&models.recogniser, &features.mel)?),
            Self::Pack(stream) => Ok(stream.push(&features.samples)?),
        }
    }

    /// Ends it.
    pub fn finish(&mut self, models: &Models) -> Result<Transcript, EngineError> {
        match self {
            Self::Own(stream) => Ok(stream.finish(&models.recogniser)?),
            Self::Pack(stream) => Ok(stream.finish()?),
        }
    }

    /// What its transcript would be now.
    pub fn preview(&self, models: &Models) -> Result<Transcript, EngineError> {
        match self {
            Self::Own(stream) => Ok(stream.clone().finish(&models.recogniser)?),
            Self::Pack(stream) => Ok(stream.snapshot().finish()?),
        }
    }

    /// Audio heard since it began, ms.
    pub fn heard_ms(&self) -> u64 {
        match self {
            Self::Own(stream) => stream.frames_heard() as u64 * 10,
            Self::Pack(stream) => stream.heard_ms(),
        }
    }
}

/// The call's audio at the rate of a model pack's recogniser, in the steps of
/// the ear.
pub(crate) struct PackAudio {
    resampler: Option<Resampler>,
    waiting: VecDeque<f32>,
    step: usize,
}

impl PackAudio {
    /// From the call's rate to the pack's.
    pub fn new(rate_hz: u32, pack_hz: u32) -> Result<Self, EngineError> {
        let resampler =
            (rate_hz != pack_hz).then(|| Resampler::new(rate_hz, pack_hz)).transpose()?;
        let step = (pack_hz / STEPS_PER_S) as usize;
        Ok(Self { resampler, waiting: VecDeque::new(), step })
    }

    /// Takes audio of the call.
    pub fn push(&mut self, frame: &[f32]) {
        let clean: Vec<f32> = frame.iter().map(|x| audible(*x)).collect();
        match &mut self.resampler {
            Some(resampler) => {
                let mut out = Vec::new();
                resampler.process(&clean, &mut out);
                self.waiting.extend(out);
            }
            None => self.waiting.extend(clean),
        }
    }

    /// The samples of the next step. The features of a step look further ahead
    /// than the resampler, so they are there.
    pub fn take_step(&mut self) -> Vec<f32> {
        let ready = self.step.min(self.waiting.len());
        self.waiting.drain(..ready).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_samples_in_order() {
        let mut audio = PackAudio::new(16_000, 16_000).unwrap();
        let samples: Vec<f32> = (0..1_000).map(|n| n as f32 / 1_000.0).collect();
        audio.push(&samples);
        assert_eq!(audio.take_step(), samples[..320]);
        assert_eq!(audio.take_step(), samples[320..640]);
        assert_eq!((audio.take_step().len(), audio.take_step().len()), (320, 40));
        let mut audio = PackAudio::new(8_000, 16_000).unwrap();
        audio.push(&[0.0; 8_000]);
        let steps: usize = (0..49).map(|_| audio.take_step().len()).sum();
        assert_eq!(steps, 49 * 320);
    }
}
