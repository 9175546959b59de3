//! The ear of one call: voice activity on every frame, recognition while
//! somebody speaks.
//!
//! An utterance is always open. Its recognition begins at the first voiced
//! frame, with the audio just before it, so that silence costs nothing but the
//! voice-activity net; after a long silence it rests until the voice is back.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use hearsay_language::turn_end::Expected;
use hearsay_speech::recogniser::{Bias, Transcript, UTTERANCE_FRAMES_MAX};
use hearsay_text::pii::Pii;

use crate::event::{EngineEvent, Heard, HeardWord};
use crate::format::Formatting;
use crate::stream_time::{Features, StreamTime};
use crate::utterance::{PackAudio, Utterance};
use crate::voice::{MELS, STEP_FRAMES, STEP_MS, VoiceMeter};
use crate::{EngineError, Models};

/// Audio heard before the first voiced frame that belongs to the utterance.
const PREROLL_FRAMES: usize = 36;
/// A frame with at least this probability starts or continues recognition.
const VOICED_MIN: f32 = 0.4;
/// Recognition rests after this much silence (mel frames of 10 ms).
const REST_AFTER_FRAMES: usize = 150;
/// Mel frames of one recogniser chunk.
const CHUNK_FRAMES: usize = 30;
/// Bonus for each letter of a favoured phrase, nats.
const FAVOUR_NATS: f32 = 0.5;

/// Voice activity and features of one call: the cheap, urgent half of the ear.
pub(crate) struct Ear {
    meter: VoiceMeter,
    pack: Option<PackAudio>,
    gate: Gate,
}

impl Ear {
    /// An ear for audio at `rate_hz`.
    pub(crate) fn new(models: &Models, rate_hz: u32) -> Result<Self, EngineError> {
        let pack = models.pack.as_ref().map(|pack| PackAudio::new(rate_hz, pack.sample_rate_hz()));
        Ok(Self {
            meter: VoiceMeter::new(rate_hz)?,
            pack: pack.transpose()?,
            gate: Gate::default(),
        })
    }

    /// Hears one frame; returns the speech probability of each 20 ms that
    /// became complete.
    pub(crate) fn hear(&mut self, models: &Models, frame: &[f32]) -> Result<Vec<f32>, EngineError> {
        let (meter, gate, pack) = (&mut self.meter, &mut self.gate, &mut self.pack);
        if let Some(pack) = pack {
            pack.push(frame);
        }
        let mut voiced = Vec::new();
        meter.steps(&models.vad, frame, |step, speech| {
            let samples = pack.as_mut().map(PackAudio::take_step).unwrap_or_default();
            gate.follow(step, &samples, speech);
            voiced.push(speech);
        })?;
        Ok(voiced)
    }

    /// Features for the recogniser, once a chunk is full.
    pub(crate) fn take_chunks(&mut self) -> Option<Features> {
        let full = self.gate.outbox.mel.len() >= CHUNK_FRAMES * MELS;
        full.then(|| self.take_all())
    }

    /// All features for the recogniser, full chunk or not.
    pub(crate) fn take_all(&mut self) -> Features {
        std::mem::take(&mut self.gate.outbox)
    }

    /// The utterance was closed: the next begins at the next voiced frame.
    pub(crate) fn rest(&mut self) {
        self.gate.awake = false;
        self.gate.outbox = Features::default();
    }
}

/// Decides what the recogniser hears.
#[derive(Default)]
struct Gate {
    preroll: VecDeque<f32>,
    /// The samples of the preroll, step by step, where a model pack hears.
    preroll_samples: VecDeque<Vec<f32>>,
    /// Features on their way to the recogniser.
    outbox: Features,
    awake: bool,
    silent_frames: usize,
    /// Stream time at the end of the newest step.
    heard_ms: u64,
}

impl Gate {
    /// Decides whether the newest step goes to the recogniser.
    fn follow(&mut self, step: &[f32], samples: &[f32], speech: f32) {
        let start_ms = self.heard_ms;
        self.heard_ms += STEP_MS;
        if speech >= VOICED_MIN {
            self.silent_frames = 0;
            if !self.awake {
                self.wake(start_ms);
            }
            self.outbox.voiced(start_ms, self.heard_ms);
        } else {
            self.silent_frames += STEP_FRAMES;
            if self.silent_frames > REST_AFTER_FRAMES {
                self.awake = false;
            }
        }
        if self.awake {
            self.outbox.mel.extend_from_slice(step);
            self.outbox.samples.extend_from_slice(samples);
        } else {
            self.preroll.extend(step);
            while self.preroll.len() > PREROLL_FRAMES * MELS {
                self.preroll.drain(..STEP_FRAMES * MELS);
            }
            if !samples.is_empty() {
                self.preroll_samples.push_back(samples.to_vec());
            }
            while self.preroll_samples.len() > PREROLL_FRAMES / STEP_FRAMES {
                self.preroll_samples.pop_front();
            }
        }
    }

    fn wake(&mut self, start_ms: u64) {
        self.awake = true;
        let preroll_ms = (self.preroll.len() / MELS) as u64 * 10;
        self.outbox.jump(start_ms.saturating_sub(preroll_ms));
        self.outbox.mel.extend(self.preroll.drain(..));
        self.outbox.samples.extend(self.preroll_samples.drain(..).flatten());
    }
}

/// The recognition of one call: the expensive half of the ear.
pub(crate) struct Recognition {
    stream: Utterance,
    bias: Option<Arc<Bias>>,
    expected: Expected,
    formatting: Formatting,
    utterance: u64,
    time: StreamTime,
    /// Text and stable bytes.
    last_interim: (String, usize),
    /// Interims are counted from 1 over the whole call.
    interims: u64,
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
        Self {
            stream: Utterance::open(models, None),
            bias: None,
            expected: Expected::Anything,
            formatting: Formatting::default(),
            utterance: 1,
            time: StreamTime::default(),
            last_interim: (String::new(), 0),
            interims: 0,
        }
    }

    /// Recognises what came; an event when the running transcript changed.
    pub(crate) fn push(
        &mut self,
        models: &Models,
        features: &Features,
    ) -> Result<Option<EngineEvent>, EngineError> {
        self.make_room(models, features);
        self.time.add(features);
        let Some(interim) = self.stream.push(models, features)? else {
            return Ok(None);
        };
        if (&interim.text, interim.stable_chars) == (&self.last_interim.0, self.last_interim.1) {
            return Ok(None);
        }
        self.last_interim = (interim.text.clone(), interim.stable_chars);
        self.interims += 1;
        Ok(Some(EngineEvent::Interim {
            utterance: self.utterance,
            sequence: self.interims,
            text: Pii::new(interim.text),
            stable: interim.stable_chars,
            start_ms: self.time.start_ms(),
            end_ms: self.time.end(interim.end_ms),
        }))
    }

    /// An utterance without words that grew too long begins anew: noise at the
    /// threshold of the voice is no reason to fail.
    fn make_room(&mut self, models: &Models, features: &Features) {
        let frames = self.stream.heard_ms() as usize / 10 + features.mel.len() / MELS;
        if frames > UTTERANCE_FRAMES_MAX && self.last_interim.0.is_empty() {
            self.stream = Utterance::open(models, self.bias.clone());
            self.time = StreamTime::default();
        }
    }

    /// Carries out a command on the utterance numbered `utterance`; a command
    /// for another one is late and answered with nothing, so that an utterance
    /// has one final and nothing after it.
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
                let text = self.stream.preview(models)?.text;
                let turn_end = (models.turn_end.as_ref().filter(|_| !text.is_empty()))
                    .map(|model| model.probability(&text, self.expected));
                Ok(Some(EngineEvent::Preview { utterance, text: Pii::new(text), turn_end }))
            }
            HearCommand::Finalize => {
                let closed = self.stream.finish(models);
                let time = self.open_next(models);
                let transcript = self.heard(models, &time, closed?);
                Ok(Some(EngineEvent::Final { utterance, transcript, took: asked.elapsed() }))
            }
            HearCommand::Discard => {
                self.open_next(models);
                Ok(None)
            }
        }
    }

    /// Favours these phrases, and digits where they are expected; at once if
    /// nothing of the open utterance has been heard, else from the next one on.
    pub(crate) fn favour(&mut self, models: &Models, phrases: &[String], expected: Expected) {
        self.expected = expected;
        let digits = matches!(expected, Expected::Digits { .. });
        let wanted = !phrases.is_empty() || digits;
        self.bias = wanted.then(|| {
            let said = |word: &str| models.g2p.pronunciations(word);
            let bias = Bias::new(phrases, FAVOUR_NATS).with_pronunciations(said);
            Arc::new(bias.expecting_digits(digits))
        });
        if self.stream.heard_ms() == 0 {
            self.stream = Utterance::open(models, self.bias.clone());
        }
    }

    /// Final transcripts are written this way from now on.
    pub(crate) fn set_formatting(&mut self, formatting: Formatting) {
        self.formatting = formatting;
    }

    /// Opens the next utterance and gives back the times of the last one.
    fn open_next(&mut self, models: &Models) -> StreamTime {
        self.stream = Utterance::open(models, self.bias.clone());
        self.utterance += 1;
        self.last_interim = (String::new(), 0);
        std::mem::take(&mut self.time)
    }

    fn heard(&self, models: &Models, time: &StreamTime, transcript: Transcript) -> Heard {
        let plain: Vec<&str> = transcript.words.iter().map(|word| word.text.as_str()).collect();
        let formatted = Pii::new(models.format(&plain, &self.formatting));
        let word = |word: hearsay_speech::recogniser::Word| HeardWord {
            start_ms: time.begin(word.start_ms),
            end_ms: time.end(word.end_ms),
            text: Pii::new(word.text),
            confidence: word.confidence,
        };
        let words: Vec<HeardWord> = transcript.words.into_iter().map(word).collect();
        let total: f32 = words.iter().map(|word| word.confidence).sum();
        let confidence = if words.is_empty() { 0.0 } else { total / words.len() as f32 };
        let (start_ms, end_ms) = (time.start_ms(), time.end_ms());
        let text = Pii::new(transcript.text);
        Heard { text, formatted, confidence, start_ms, end_ms, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preroll_lies_before_the_first_voiced_step() {
        let mut gate = Gate::default();
        let step = [0.0; STEP_FRAMES * MELS];
        for _ in 0..100 {
            gate.follow(&step, &[], 0.0);
        }
        for _ in 0..20 {
            gate.follow(&step, &[], 0.9);
        }
        let mut time = StreamTime::default();
        time.add(&gate.outbox);
        assert_eq!(time.begin(0), 2_000 - 360);
        assert_eq!((time.start_ms(), time.end_ms()), (2_000, 2_400));
        assert_eq!(gate.outbox.mel.len() / MELS, PREROLL_FRAMES + 40);
    }

    #[test]
    fn a_long_silence_is_not_recognised() {
        let mut gate = Gate::default();
        let step = [0.0; STEP_FRAMES * MELS];
        gate.follow(&step, &[], 0.9);
        for _ in 0..1000 {
            gate.follow(&step, &[], 0.0);
        }
        let rested = gate.outbox.mel.len();
        assert_eq!(rested / MELS, 2 + REST_AFTER_FRAMES);
        gate.follow(&step, &[], 0.9);
        let mut time = StreamTime::default();
        time.add(&gate.outbox);
        assert_eq!(time.end_ms(), 1002 * STEP_MS);
        assert_eq!(time.end(u64::MAX), 1002 * STEP_MS);
    }
}
