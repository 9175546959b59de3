//! The built-in models, loaded once and shared by all calls.

use hearsay_language::LanguageError;
use hearsay_language::router::{IntentExamples, IntentSet, Router};
use hearsay_speech::recogniser::{LANGUAGE_WEIGHT, Recogniser, RecogniserError};
use hearsay_speech::synthesiser::{Synthesiser, SynthesiserError, Voice};
use hearsay_speech::vad::{Vad, VadError};
use hearsay_text::g2p::{G2p, G2pError};
use hearsay_weights as weights;

use crate::EngineError;

/// Every model of the engine. Immutable.
pub struct Models {
    /// Voice activity.
    pub vad: Vad,
    /// Speech to text.
    pub recogniser: Recogniser,
    /// Text to phonemes.
    pub g2p: G2p,
    /// Phonemes to speech.
    pub synthesiser: Synthesiser,
    /// Text to intents.
    pub router: Router,
}

impl Models {
    /// Loads the models that are built in.
    ///
    /// # Errors
    /// When a weight does not fit the code, which a wrong build would cause.
    pub fn load() -> Result<Self, EngineError> {
        let utf8 = |weight: weights::Weight| {
            std::str::from_utf8(weight.bytes).map_err(|e| model(weight.name, e))
        };
        Ok(Self {
            vad: Vad::load(weights::VAD.bytes)?,
            recogniser: Recogniser::load(weights::ASR_ENCODER.bytes, utf8(weights::ASR_TOKENS)?)?
                .with_language_model(weights::ASR_LM.bytes, LANGUAGE_WEIGHT)?,
            g2p: G2p::load(weights::LEXICON_EN.bytes, weights::G2P_EN.bytes)?,
            synthesiser: Synthesiser::load(
                weights::TTS_TEXT.bytes,
                weights::TTS_FRAMES.bytes,
                weights::TTS_VOCODER.bytes,
                utf8(weights::TTS_META)?,
            )?,
            router: Router::load(weights::ROUTER.bytes)?,
        })
    }

    /// Prepares an agent's intents; those that most agents need ("yes", "no")
    /// are added unless the agent has its own.
    ///
    /// # Errors
    /// When there are too many, or one has no usable example.
    pub fn intents(&self, own: &[IntentExamples]) -> Result<IntentSet, EngineError> {
        let mut intents = own.to_vec();
        let defaults = hearsay_language::defaults::intents();
        intents.extend(defaults.into_iter().filter(|d| own.iter().all(|o| o.name != d.name)));
        Ok(self.router.intents(&intents)?)
    }

    /// The voices that can be asked for.
    pub fn voices(&self) -> &[Voice] {
        self.synthesiser.voices()
    }
}

fn model(what: &'static str, error: impl std::fmt::Display) -> EngineError {
    EngineError::Model { what, reason: error.to_string() }
}

macro_rules! model_errors {
    ($($what:literal: $error:ty),* $(,)?) => {
        $(impl From<$error> for EngineError {
            fn from(error: $error) -> Self {
                model($what, error)
            }
        })*
    };
}

model_errors! {
    "voice activity": VadError,
    "recogniser": RecogniserError,
    "pronunciation": G2pError,
    "synthesiser": SynthesiserError,
    "router": LanguageError,
    "resampler": hearsay_audio::resample::ResampleError,
    "features": hearsay_audio::mel::MelError,
}
