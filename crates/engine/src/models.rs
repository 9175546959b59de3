//! The built-in models, loaded once and shared by all calls.

use std::sync::Arc;

use hearsay_language::LanguageError;
use hearsay_language::input_filter::InputFilter;
use hearsay_language::knowledge::{Encoder, Knowledge, KnowledgeError, KnowledgeFile};
use hearsay_language::punctuate::Punctuator;
use hearsay_language::responder::{Responder, ResponderError};
use hearsay_language::router::{IntentExamples, IntentSet, Router};
use hearsay_language::turn_end::TurnEnd;
use hearsay_speech::cloning::SpeakerEncoder;
use hearsay_speech::pack::{SpeechToText, SpeechToTextError};
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
    /// Speech to text of a model pack, which then hears instead of `recogniser`.
    pub pack: Option<Arc<dyn SpeechToText>>,
    /// Text to phonemes.
    pub g2p: G2p,
    /// Phonemes to speech.
    pub synthesiser: Synthesiser,
    /// A recording to a voice.
    pub speaker_encoder: SpeakerEncoder,
    /// Text to intents.
    pub router: Router,
    /// Signs and capitals into plain words, where this build has the model.
    pub punctuator: Option<Punctuator>,
    /// Words to the end of a turn, where this build has the model.
    pub turn_end: Option<TurnEnd>,
    /// Attacks and abuse, where this build has the model.
    pub input_filter: Option<InputFilter>,
    /// The small language model, where this build has it.
    pub responder: Option<Arc<Responder>>,
    /// Questions and documents to vectors, where this build has the model.
    pub encoder: Option<Encoder>,
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
            recogniser: recogniser(utf8(weights::ASR_TOKENS)?)?,
            pack: None,
            g2p: G2p::load(weights::LEXICON_EN.bytes, weights::G2P_EN.bytes)?,
            synthesiser: Synthesiser::load(
                weights::TTS_TEXT.bytes,
                weights::TTS_FRAMES.bytes,
                weights::TTS_VOCODER.bytes,
                utf8(weights::TTS_META)?,
            )?,
            speaker_encoder: SpeakerEncoder::load(weights::TTS_SPEAKER.bytes)
                .map_err(|e| model("speaker encoder", e))?,
            router: Router::load(weights::ROUTER.bytes)?,
            punctuator: optional("punctuate_en.bin", Punctuator::load)?,
            turn_end: optional("turn_en.bin", TurnEnd::load)?,
            input_filter: optional("filter_en.bin", InputFilter::load)?,
            responder: weights::find("slm_en.gguf")
                .map(|weight| Responder::load(weight.bytes).map(Arc::new))
                .transpose()?,
            encoder: weights::find("retrieval_en.bin")
                .map(|weight| Encoder::load(weight.bytes))
                .transpose()?,
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

    /// Reads and indexes an agent's documents.
    ///
    /// # Errors
    /// When a document cannot be read, or this build cannot search.
    pub fn knowledge(&self, files: &[KnowledgeFile<'_>]) -> Result<Knowledge, EngineError> {
        let encoder =
            self.encoder.as_ref().ok_or_else(|| model("retrieval", "this build has none"))?;
        Ok(Knowledge::load(encoder, files)?)
    }

    /// The voices that can be asked for.
    pub fn voices(&self) -> Vec<Arc<Voice>> {
        self.synthesiser.voices()
    }
}

/// The search is over words where this build has them, else over pieces.
fn recogniser(tokens: &str) -> Result<Recogniser, RecogniserError> {
    let recogniser = Recogniser::load(weights::ASR_ENCODER.bytes, tokens)?;
    match weights::find("asr_words.bin") {
        Some(words) => recogniser.with_words(words.bytes),
        None => recogniser.with_language_model(weights::ASR_LM.bytes, LANGUAGE_WEIGHT),
    }
}

/// A model that a build may be without.
fn optional<M>(
    name: &str,
    load: impl Fn(&[u8]) -> Result<M, LanguageError>,
) -> Result<Option<M>, LanguageError> {
    weights::find(name).map(|weight| load(weight.bytes)).transpose()
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
    "model pack": SpeechToTextError,
    "pronunciation": G2pError,
    "synthesiser": SynthesiserError,
    "router": LanguageError,
    "language model": ResponderError,
    "retrieval": KnowledgeError,
    "resampler": hearsay_audio::resample::ResampleError,
    "watermark": hearsay_audio::watermark::WatermarkError,
    "features": hearsay_audio::mel::MelError,
}
