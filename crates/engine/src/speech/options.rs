//! What can be asked of speech, and what is refused with field, value and range.

use std::sync::Arc;

use hearsay_speech::emotion::{Emotion, UnknownEmotion};
use hearsay_speech::synthesiser;
use hearsay_speech::vocoder::SAMPLE_RATE_HZ;
use hearsay_speech::voice::{CLONED, Voice};
use hearsay_text::g2p::dictionary::PronunciationDictionary;
use hearsay_text::language::Language;

use crate::Models;

/// Longest text of one stream, in characters: about two hours of speech.
pub const TEXT_CHARS_MAX: usize = 100_000;
/// Rates that can be asked for, in Hz.
pub const RATES_HZ: [u32; 4] = [8000, 16_000, 24_000, 44_100];
/// Slowest and fastest speed.
pub const SPEED_RANGE: (f32, f32) = synthesiser::SPEED_RANGE;
/// Characters of a bad value that are repeated in an error.
const SHOWN_CHARS_MAX: usize = 40;

/// How a text is to be spoken.
#[derive(Debug, Clone)]
pub struct SpeechOptions {
    /// The voice's name; see [`Models::voices`].
    pub voice: String,
    /// 1 is the voice's own speed; see [`SPEED_RANGE`].
    pub speed: f32,
    /// How it is felt.
    pub emotion: Emotion,
    /// The language of the text, such as `en` or `hi-IN`; told from the text if left out. Every voice speaks all of them.
    pub language_code: Option<String>,
    /// Words that are pronounced otherwise.
    pub dictionary: Option<Arc<PronunciationDictionary>>,
    /// Rate of the sound, in Hz.
    pub sample_rate_hz: u32,
    /// Whether the sound carries the watermark ([`hearsay_audio::watermark`]); a cloned voice's always does.
    pub watermark: bool,
}

/// Why speech was refused before any was made. Each message names the field, its value and what it may be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechRequestError {
    /// There is no text.
    #[error("nothing to say: text is empty; give at least one word")]
    Empty,
    /// Text without a word.
    #[error("nothing to say: text has nothing that can be spoken; give at least one word")]
    NothingSpeakable,
    /// Text over the limit.
    #[error("text of {chars} characters is over the limit of {TEXT_CHARS_MAX}")]
    TextTooLong {
        /// Its length so far.
        chars: usize,
    },
    /// Text after its end.
    #[error("text has ended already; begin another stream")]
    Finished,
    /// No such voice.
    #[error("voice {name:?} is unknown; the voices are {known}")]
    Voice {
        /// The name asked for, shortened.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Too slow or too fast.
    #[error("speed {value} is outside {:?} to {:?}", SPEED_RANGE.0, SPEED_RANGE.1)]
    Speed {
        /// The speed asked for.
        value: f32,
    },
    /// A rate that is not made here.
    #[error("sample_rate {value} is not one of 8000, 16000, 24000, 44100")]
    SampleRate {
        /// The rate asked for, in Hz.
        value: u32,
    },
    /// A feeling that is not known here.
    #[error(transparent)]
    Emotion(#[from] UnknownEmotion),
    /// A language that is not spoken here.
    #[error("language {code:?} is not one of en, es, hi (with a region or without: \"en-US\")")]
    Language {
        /// The code asked for, shortened.
        code: String,
    },
}

impl SpeechRequestError {
    /// The field concerned, as requests name it.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Empty | Self::NothingSpeakable | Self::TextTooLong { .. } | Self::Finished => {
                "text"
            }
            Self::Voice { .. } => "voice",
            Self::Speed { .. } => "speed",
            Self::SampleRate { .. } => "sample_rate",
            Self::Emotion(_) => "emotion",
            Self::Language { .. } => "language",
        }
    }

    pub(super) fn nothing_said(chars: usize) -> Self {
        if chars == 0 { Self::Empty } else { Self::NothingSpeakable }
    }
}

impl SpeechOptions {
    /// The first voice as it is, at the model's own rate.
    pub fn of(models: &Models) -> Self {
        Self {
            voice: models.voices().first().map(|voice| voice.name.clone()).unwrap_or_default(),
            speed: 1.0,
            emotion: Emotion::Neutral,
            language_code: None,
            dictionary: None,
            sample_rate_hz: SAMPLE_RATE_HZ,
            watermark: false,
        }
    }

    /// Whether the sound is to be marked: because it was asked for, or because the voice is a copy of somebody's.
    pub(super) fn marks(&self, models: &Models) -> bool {
        let cloned = |voice: &Arc<Voice>| voice.name == self.voice && voice.category == CLONED;
        self.watermark || models.voices().iter().any(cloned)
    }

    /// Whether all of it can be done.
    ///
    /// # Errors
    /// For the first field that cannot.
    pub fn check(&self, models: &Models) -> Result<(), SpeechRequestError> {
        let voices = models.voices();
        if voices.iter().all(|voice| voice.name != self.voice) {
            let known: Vec<&str> = voices.iter().map(|v| v.name.as_str()).collect();
            let (name, known) = (shown(&self.voice), known.join(", "));
            return Err(SpeechRequestError::Voice { name, known });
        }
        // Written so that NaN fails too.
        if !(SPEED_RANGE.0..=SPEED_RANGE.1).contains(&self.speed) {
            return Err(SpeechRequestError::Speed { value: self.speed });
        }
        if !RATES_HZ.contains(&self.sample_rate_hz) {
            return Err(SpeechRequestError::SampleRate { value: self.sample_rate_hz });
        }
        self.language()?;
        Ok(())
    }

    /// The language that the text is in, if it was said.
    pub(super) fn language(&self) -> Result<Option<Language>, SpeechRequestError> {
        self.language_code.as_deref().map(language).transpose()
    }
}

/// The language of a code such as `hi` or `hi-IN`.
fn language(code: &str) -> Result<Language, SpeechRequestError> {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    let plain = code.split(['-', '_']).all(part) && code.len() <= SHOWN_CHARS_MAX;
    let known = Language::from_code(code).filter(|_| plain);
    known.ok_or_else(|| SpeechRequestError::Language { code: shown(code) })
}

fn shown(value: &str) -> String {
    value.chars().take(SHOWN_CHARS_MAX).collect()
}
