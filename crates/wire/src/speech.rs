//! What the speech APIs have in common: one request for speech, and a voice as it is listed.
//!
//! What it is not: values are read and their kind is checked, but whether a voice, a speed or a rate can be had is known
//! to whoever makes the speech.

use hearsay_audio::coding::Coding;

/// Longest body of a request, in bytes: a text of 100,000 characters of four bytes, escaped, and its fields.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Rate of telephone codings where none is asked for, in Hz.
const G711_RATE_HZ: u32 = 8000;
/// Rate of all others where none is asked for, in Hz.
const DEFAULT_RATE_HZ: u32 = 24_000;

/// A request for speech.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SpeechRequest {
    /// What is to be said.
    pub text: String,
    /// The voice's name; the first one if left out.
    pub voice: Option<String>,
    /// 1 is the voice's own speed.
    pub speed: Option<f32>,
    /// Samples a second, in Hz.
    pub sample_rate_hz: Option<u32>,
    /// How the sound is coded.
    pub coding: Coding,
    /// A WAV header goes before it.
    pub wav_header: bool,
    /// The name of a feeling.
    pub emotion: Option<String>,
    /// The language of the text, such as `en` or `hi-IN`.
    pub language: Option<String>,
    /// Ids of pronunciation dictionaries, the last one first in force.
    pub dictionaries: Vec<String>,
}

impl SpeechRequest {
    /// The rate asked for, or the usual one of the coding: 8000 Hz for G.711, else 24000 Hz.
    pub fn rate_hz(&self) -> u32 {
        let usual = if self.coding.is_g711() { G711_RATE_HZ } else { DEFAULT_RATE_HZ };
        self.sample_rate_hz.unwrap_or(usual)
    }
}

/// A voice as the APIs list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceEntry {
    /// Its name in requests.
    pub id: String,
    /// `female` or `male`.
    pub gender: String,
    /// Language code, such as `en`.
    pub language: String,
    /// One line for people.
    pub description: String,
}
