//! The ear of one call: voice activity on every frame, recognition while
//! somebody speaks.
//!
//! An utterance is always open. Its recognition begins at the first voiced
//! frame, with the audio just before it, so that silence costs nothing but the
//! voice-activity net; after a long silence it rests until the voice is back.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use hearsay_audio::mel::{LogMel, MelConfig};
use hearsay_audio::resample::Resampler;
use hearsay_speech::recogniser::{Bias, Stream, Transcript};
use hearsay_speech::vad::VadState;
use hearsay_text::pii::Pii;

use crate::event::{EngineEvent, Heard, HeardWord};
use crate::{EngineError, Models};

/// Mel bands of the shared features.
const MELS: usize = 64;
/// Mel frames of one 20 ms audio frame.
const STEP_FRAMES: usize = 2;
/// Audio heard before the first voiced frame that belongs to the utterance.
const PREROLL_FRAMES: usize = 36;
/// A frame with at least this probability starts or continues recognition.
const VOICED_MIN: f32 = 0.4;
/// Recognition rests after this much silence (mel frames of 10 ms).
const REST_AFTER_FRAMES: usize = 150;
/// Mel frames of one recogniser chunk.
const CHUNK_FRAMES: usize = 30;
/// Level of the noise that is added to what is heard, RMS of full scale (-70
/// dBFS): no microphone gives digital silence, and the nets have never met it.
const DITHER: f32 = 3e-4;
/// Bonus for each letter of a favoured phrase, nats.
const FAVOUR_NATS: f32 = 0.5;

/// Voice activity and features of one call: the cheap, urgent half of the ear.
pub(crate) struct Ear {
    resampler: Option<Resampler>,
    dither: Dither,
    mel: LogMel,
    vad: VadState,
    /// Features not yet seen by the voice-activity net.
    fresh: Vec<f32>,
    preroll: VecDeque<f32>,
    /// Features on their way to the recogniser.
    outbox: Vec<f32>,
    awake: bool,
    silent_frames: usize,
}

impl Ear {
    /// An ear for audio at `rate_hz`.
    pub(crate) fn new(rate_hz: u32) -> Result<Self, EngineError> {
        let config = MelConfig::recogniser();
        let ear_hz = config.sample_rate_hz;
        let resampler = (rate_hz != ear_hz).then(|| Resampler::new(rate_hz, ear_hz)).transpose()?;
        Ok(Self {
            resampler,
            dither: Dither::default(),
            mel: LogMel::new(config)?,
            vad: VadState::new(),
            fresh: Vec::new(),
            preroll: VecDeque::with_capacity((PREROLL_FRAMES + STEP_FRAMES) * MELS),
            outbox: Vec::new(),
            awake: false,
            silent_frames: 0,
        })
    }

    /// Hears one frame; returns the speech probability of each 20 ms that
    /// became complete.
    pub(crate) fn hear(&mut self, models: &Models, frame: &[f32]) -> Result<Vec<f32>, EngineError> {
        let mut narrow = Vec::with_capacity(frame.len());
        match &mut self.resampler {
            Some(resampler) => resampler.process(frame, &mut narrow),
            None => narrow.extend_from_slice(frame),
        }
        self.dither.add(&mut narrow);
        self.mel.push(&narrow, &mut self.fresh);
        let mut voiced = Vec::new();
        let step = STEP_FRAMES * MELS;
        while self.fresh.len() >= step {
            let speech = models.vad.step(&mut self.vad, &self.fresh[..step])?;
            self.follow(speech);
            self.fresh.drain(..step);
            voiced.push(speech);
        }
        Ok(voiced)
    }

    /// Decides whether the newest step goes to the recogniser.
    fn follow(&mut self, speech: f32) {
        let step = &self.fresh[..STEP_FRAMES * MELS];
        if speech >= VOICED_MIN {
            self.silent_frames = 0;
            if !self.awake {
                self.awake = true;
                self.outbox.extend(self.preroll.drain(..));
            }
        } else {
            self.silent_frames += STEP_FRAMES;
            if self.silent_frames > REST_AFTER_FRAMES {
                self.awake = false;
            }
        }
        if self.awake {
            self.outbox.extend_from_slice(step);
        } else {
            self.preroll.extend(step);
            while self.preroll.len() > PREROLL_FRAMES * MELS {
                self.preroll.drain(..STEP_FRAMES * MELS);
            }
        }
    }

    /// Features for the recogniser, once a chunk is full.
    pub(crate) fn take_chunks(&mut self) -> Option<Vec<f32>> {
        (self.outbox.len() >= CHUNK_FRAMES * MELS).then(|| std::mem::take(&mut self.outbox))
    }

    /// All features for the recogniser, full chunk or not.
    pub(crate) fn take_all(&mut self) -> Vec<f32> {
        std::mem::take(&mut self.outbox)
    }

    /// The utterance was closed: the next begins at the next voiced frame.
    pub(crate) fn rest(&mut self) {
        self.awake = false;
        self.outbox.clear();
    }
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

/// The recognition of one call: the expensive half of the ear.
pub(crate) struct Recognition {
    stream: Stream,
    bias: Option<Arc<Bias>>,
    utterance: u64,
    last_interim: String,
}

/// What to do with the open utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HearCommand {
    /// Tell what the final transcript would be now.
    Preview,
    /// Close it and give the transcript.
    Finalize,
    /// Close it and forget it.
    Discard,
}

impl Recognition {
    pub(crate) fn new(models: &Models) -> Self {
        let stream = models.recogniser.stream(None);
        Self { stream, bias: None, utterance: 1, last_interim: String::new() }
    }

    /// Recognises what came; an event when the running transcript changed.
    pub(crate) fn push(
        &mut self,
        models: &Models,
        mel: &[f32],
    ) -> Result<Option<EngineEvent>, EngineError> {
        let Some(interim) = self.stream.push(&models.recogniser, mel)? else { return Ok(None) };
        if interim.text == self.last_interim {
            return Ok(None);
        }
        self.last_interim.clone_from(&interim.text);
        Ok(Some(EngineEvent::Interim { utterance: self.utterance, text: Pii::new(interim.text) }))
    }

    /// Carries out a command on the utterance numbered `utterance`; a command
    /// for another one is late and answered with nothing.
    pub(crate) fn command(
        &mut self,
        models: &Models,
        command: HearCommand,
        utterance: u64,
        asked: Instant,
    ) -> Result<Option<EngineEvent>, EngineError> {
        if utterance != self.utterance {
            return Ok(None);
        }
        match command {
            HearCommand::Preview => {
                let transcript = self.stream.clone().finish(&models.recogniser)?;
                Ok(Some(EngineEvent::Preview { utterance, text: Pii::new(transcript.text) }))
            }
            HearCommand::Finalize => {
                let closed = self.stream.finish(&models.recogniser);
                self.open_next(models);
                let transcript = heard(closed?);
                Ok(Some(EngineEvent::Final { utterance, transcript, took: asked.elapsed() }))
            }
            HearCommand::Discard => {
                self.open_next(models);
                Ok(None)
            }
        }
    }

    /// Favours these phrases; at once if nothing of the open utterance has been
    /// heard, else from the next one on.
    pub(crate) fn favour(&mut self, models: &Models, phrases: &[String]) {
        self.bias = (!phrases.is_empty()).then(|| Arc::new(Bias::new(phrases, FAVOUR_NATS)));
        if self.stream.frames_heard() == 0 {
            self.stream = models.recogniser.stream(self.bias.clone());
        }
    }

    fn open_next(&mut self, models: &Models) {
        self.stream = models.recogniser.stream(self.bias.clone());
        self.utterance += 1;
        self.last_interim.clear();
    }
}

fn heard(transcript: Transcript) -> Heard {
    let words: Vec<HeardWord> = transcript
        .words
        .into_iter()
        .map(|word| HeardWord {
            text: Pii::new(word.text),
            start_ms: word.start_ms,
            end_ms: word.end_ms,
            confidence: word.confidence,
        })
        .collect();
    let total: f32 = words.iter().map(|word| word.confidence).sum();
    let confidence = if words.is_empty() { 0.0 } else { total / words.len() as f32 };
    Heard { text: Pii::new(transcript.text), confidence, words }
}
