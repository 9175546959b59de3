//! Text-to-speech: phonemes of a sentence to 24 kHz sound in chunks.
//!
//! [`Synthesiser`] holds the networks and is shared; [`Utterance`] is one
//! sentence on its way out. All durations are known before the first sample, so
//! word times are exact. Turning text into phones is the text crate's work,
//! pacing sound to a phone line the caller's.

mod symbols;

use hearsay_nn::NnError;
use serde::Deserialize;

use std::sync::{Arc, PoisonError, RwLock};

use hearsay_text::language::Language;

use crate::acoustic::{AcousticModel, Score, SpeakerStyle};
use crate::emotion::Emotion;
use crate::vocoder::{HOP, MELS, SAMPLE_RATE_HZ, Vocoder, VocoderFrames, VocoderState};
use symbols::{SymbolRow, SymbolTable};

pub use crate::voice::Voice;

/// Symbols (phones and pauses) that one sentence may have.
pub const SYMBOLS_MAX: usize = 800;
/// Slowest and fastest speed.
pub const SPEED_RANGE: (f32, f32) = (0.5, 2.0);
/// Lowest and highest change of pitch, in semitones.
pub const PITCH_RANGE_SEMITONES: (f32, f32) = (-12.0, 12.0);
/// Lowest and highest change of loudness, in dB.
pub const ENERGY_RANGE_DB: (f32, f32) = (-24.0, 6.0);

/// Milliseconds a frame.
const FRAME_MS: usize = 10;
/// Frames of the first chunk: 20 frames give 176 ms, the rest of them waits for the filters' tails.
const FIRST_CHUNK_FRAMES: usize = 20;
/// Frames of the second chunk.
const SECOND_CHUNK_FRAMES: usize = 40;
/// Frames of every later chunk: by then sound is well ahead of the listener, and
/// long chunks recompute fewer frames of context.
const CHUNK_FRAMES: usize = 80;
/// A rest shorter than this joins the chunk before it: it would cost nearly as much as a whole one.
const REST_FRAMES: usize = 10;
/// Silence before the first phone, so that sound starts at once.
const LEADING_FRAMES: usize = 3;
/// Longest symbol, in frames; no phone or pause needs more.
const SYMBOL_FRAMES_MAX: f32 = 80.0;
/// Below this the limiter changes nothing; above, it bends towards full scale.
const LIMIT_KNEE: f32 = 0.7;
/// Natural log of a semitone.
const SEMITONE_LOG: f32 = std::f32::consts::LN_2 / 12.0;
/// Voices that the error about an unknown one names.
const VOICES_NAMED_MAX: usize = 40;
/// Seed of the breath noise when the caller gives none.
const NOISE_SEED: u64 = 1;

/// What follows a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// A short pause: comma, dash.
    Comma,
    /// The end of a statement.
    Period,
    /// The end of a question.
    Question,
}

/// One word as it is spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpokenWord {
    /// The word as the transcript shows it.
    pub text: String,
    /// Phones of [`hearsay_text::g2p::inventory`], for English ARPAbet with stress digits on vowels, such as
    /// `["HH", "AH0", "L", "OW1"]`.
    pub phones: Vec<String>,
    /// The language it is spoken in.
    pub language: Language,
    /// The pause after it, if any; the last word of a sentence gets one in any case.
    pub after: Option<Pause>,
}

/// How a sentence is to be said.
#[derive(Debug, Clone, PartialEq)]
pub struct Prosody {
    /// Name of a voice, see [`Synthesiser::voices`].
    pub voice: String,
    /// 1 is the voice's own speed, 2 twice as fast; see [`SPEED_RANGE`].
    pub speed: f32,
    /// Change of pitch; see [`PITCH_RANGE_SEMITONES`].
    pub pitch_semitones: f32,
    /// Change of loudness; see [`ENERGY_RANGE_DB`].
    pub energy_db: f32,
    /// How it is felt.
    pub emotion: Emotion,
}

impl Prosody {
    /// A voice as it is.
    pub fn plain(voice: &str) -> Self {
        Self {
            voice: voice.to_owned(),
            speed: 1.0,
            pitch_semitones: 0.0,
            energy_db: 0.0,
            emotion: Emotion::Neutral,
        }
    }
}

/// When a word sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordTime {
    /// The word as the transcript shows it.
    pub text: String,
    /// First millisecond, from the utterance's first sample.
    pub start_ms: usize,
    /// Millisecond after the last.
    pub end_ms: usize,
}

/// Why speech could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SynthesiserError {
    /// A network could not be loaded or run.
    #[error("synthesiser network: {0}")]
    Network(#[from] NnError),
    /// The description beside the networks is not one this program can use.
    #[error("synthesiser description: {0}")]
    Description(String),
    /// No such voice.
    #[error("no voice named {name:?}; there are: {known}")]
    UnknownVoice {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A word has a phone that the model does not know.
    #[error("word {word:?}: {phone:?} is not a phone of this model")]
    UnknownPhone {
        /// The word concerned.
        word: String,
        /// The phone as given.
        phone: String,
    },
    /// The sentence has no word, or a word has no phone.
    #[error("nothing to say: {0}")]
    Empty(String),
    /// The sentence has more symbols than [`SYMBOLS_MAX`].
    #[error(
        "sentence of {symbols} phones and pauses is too long (at most {SYMBOLS_MAX}); split it"
    )]
    TooLong {
        /// Phones and pauses in the sentence.
        symbols: usize,
    },
    /// A prosody value is outside its range.
    #[error("{field} of {value} is outside {low} to {high}")]
    Prosody {
        /// The field's name.
        field: &'static str,
        /// The value given.
        value: f32,
        /// Lowest value allowed.
        low: f32,
        /// Highest value allowed.
        high: f32,
    },
}

/// The description file beside the networks.
#[derive(Debug, Deserialize)]
struct Description {
    rate: u32,
    hop: usize,
    mels: usize,
    width: usize,
    frames_context: usize,
    vocoder_context: usize,
    symbols: Vec<String>,
    voices: Vec<Voice>,
}

/// The networks of one voice family, shared by all calls.
pub struct Synthesiser {
    acoustic: AcousticModel,
    vocoder: Vocoder,
    symbols: SymbolTable,
    voices: RwLock<Vec<Arc<Voice>>>,
}

/// Voices that one program holds, built-in and cloned.
pub const VOICES_MAX: usize = 10_000;

/// One sentence being spoken.
#[derive(Debug, Clone)]
pub struct Utterance {
    score: Score,
    words: Vec<WordTime>,
    frames: VocoderFrames,
    vocoder: VocoderState,
    gain: f32,
    pitch_log: f32,
    /// Rise of the spectrum from the first to the last mel band, natural log.
    tilt_log: f32,
}

impl Synthesiser {
    /// Loads the three networks (ONNX bytes) and their description (JSON).
    ///
    /// # Errors
    /// When a file is not what it should be, or they do not fit this program.
    pub fn load(
        text: &[u8],
        frames: &[u8],
        vocoder: &[u8],
        description: &str,
    ) -> Result<Self, SynthesiserError> {
        let described: Description = serde_json::from_str(description)
            .map_err(|e| SynthesiserError::Description(e.to_string()))?;
        let geometry = (described.rate, described.hop, described.mels);
        if geometry != (SAMPLE_RATE_HZ, HOP, MELS) {
            return Err(SynthesiserError::Description(format!(
                "rate, hop and mels are {geometry:?}, this program needs {:?}",
                (SAMPLE_RATE_HZ, HOP, MELS)
            )));
        }
        let symbols = SymbolTable::new(&described.symbols);
        if let Some(name) = symbols.missing_pause() {
            return Err(SynthesiserError::Description(format!("symbols lack {name:?}")));
        }
        Ok(Self {
            acoustic: AcousticModel::load(text, frames, described.width, described.frames_context)?,
            vocoder: Vocoder::load(vocoder, described.vocoder_context)?,
            symbols,
            voices: RwLock::new(described.voices.into_iter().map(Arc::new).collect()),
        })
    }

    /// The voices, the default one first.
    pub fn voices(&self) -> Vec<Arc<Voice>> {
        self.voices.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds a voice, or puts it in the place of the one of its name; sentences that have begun keep theirs.
    ///
    /// # Errors
    /// When its vectors are not this model's, or there are [`VOICES_MAX`].
    pub fn add_voice(&self, voice: Voice) -> Result<(), SynthesiserError> {
        voice.speaker_style().map_err(SynthesiserError::Description)?;
        let mut voices = self.voices.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = voices.iter().position(|v| v.name == voice.name) {
            voices[place] = Arc::new(voice);
        } else if voices.len() < VOICES_MAX {
            voices.push(Arc::new(voice));
        } else {
            let reason = format!("there are {VOICES_MAX} voices already; remove some");
            return Err(SynthesiserError::Description(reason));
        }
        Ok(())
    }

    /// Forgets a voice; false when there was none of that name.
    pub fn remove_voice(&self, name: &str) -> bool {
        let mut voices = self.voices.write().unwrap_or_else(PoisonError::into_inner);
        let before = voices.len();
        voices.retain(|v| v.name != name);
        voices.len() < before
    }

    /// Lays out a sentence in time; sound follows from [`Utterance::next_chunk`].
    ///
    /// # Errors
    /// When the voice or a phone is unknown, the prosody out of range, or the
    /// sentence empty or too long.
    pub fn begin(
        &self,
        words: &[SpokenWord],
        prosody: &Prosody,
    ) -> Result<Utterance, SynthesiserError> {
        check_prosody(prosody)?;
        let voice = self.voice(&prosody.voice)?;
        check_words(words)?;
        let row = self.symbols.row(words)?;
        let effect = prosody.emotion.effect();
        let speaker = spoken_style(&voice, prosody)?;
        let language = language_row(words);
        let encoded =
            self.acoustic.encode(row.ids.clone(), row.places.clone(), language, &speaker)?;
        let lengths = lengths(&row, &encoded.log_frames, prosody.speed * effect.speed);
        let words = word_times(words, &row, &lengths);
        let energy_db = prosody.energy_db + effect.energy_db;
        Ok(Utterance {
            score: Score { encoded, lengths, speaker },
            words,
            frames: VocoderFrames::default(),
            vocoder: VocoderState::new(NOISE_SEED),
            gain: voice.gain * 10.0_f32.powf(energy_db / 20.0),
            pitch_log: prosody.pitch_semitones * SEMITONE_LOG,
            tilt_log: (voice.tilt_db + effect.tilt_db) / 20.0 * std::f32::consts::LN_10,
        })
    }

    fn voice(&self, name: &str) -> Result<Arc<Voice>, SynthesiserError> {
        let voices = self.voices.read().unwrap_or_else(PoisonError::into_inner);
        voices.iter().find(|v| v.name == name).cloned().ok_or_else(|| {
            let known: Vec<&str> =
                voices.iter().take(VOICES_NAMED_MAX).map(|v| v.name.as_str()).collect();
            SynthesiserError::UnknownVoice { name: name.to_owned(), known: known.join(", ") }
        })
    }
}

/// The voice's style with the emotion's pitch and range.
fn spoken_style(voice: &Voice, prosody: &Prosody) -> Result<SpeakerStyle, SynthesiserError> {
    let effect = prosody.emotion.effect();
    let mut spoken = voice.speaker_style().map_err(SynthesiserError::Description)?;
    spoken.style[0] += effect.pitch_semitones * SEMITONE_LOG;
    spoken.style[1] *= effect.range;
    Ok(spoken)
}

/// The language of most words, as the text network numbers them.
fn language_row(words: &[SpokenWord]) -> i32 {
    const ROWS: [Language; 3] = [Language::English, Language::Spanish, Language::Hindi];
    let count = |language: Language| words.iter().filter(|w| w.language == language).count();
    let rows = ROWS.into_iter().zip(0_i32..3);
    // The first of equals: English.
    rows.rev().max_by_key(|(language, _)| count(*language)).map_or(0, |(_, row)| row)
}

impl Utterance {
    /// When each word sounds, known before any sound is made.
    pub fn words(&self) -> &[WordTime] {
        &self.words
    }

    /// Length of the whole utterance, in samples.
    pub fn total_samples(&self) -> usize {
        self.score.frames() * HOP
    }

    /// Length of the whole utterance, in milliseconds.
    pub fn total_ms(&self) -> usize {
        self.score.frames() * FRAME_MS
    }

    /// The next 24 kHz samples in [-1, 1], or `None` after the last.
    ///
    /// The first chunk is short so that sound starts soon.
    ///
    /// # Errors
    /// When a network fails.
    pub fn next_chunk(
        &mut self,
        synthesiser: &Synthesiser,
    ) -> Result<Option<Vec<f32>>, SynthesiserError> {
        let chunk = match self.vocoder.next_frame() {
            0 => FIRST_CHUNK_FRAMES,
            FIRST_CHUNK_FRAMES => SECOND_CHUNK_FRAMES,
            _ => CHUNK_FRAMES,
        };
        self.chunk_of(synthesiser, chunk)
    }

    /// All the samples that are left.
    ///
    /// # Errors
    /// When a network fails.
    pub fn rest(&mut self, synthesiser: &Synthesiser) -> Result<Vec<f32>, SynthesiserError> {
        Ok(self.chunk_of(synthesiser, self.score.frames())?.unwrap_or_default())
    }

    fn chunk_of(
        &mut self,
        synthesiser: &Synthesiser,
        chunk_frames: usize,
    ) -> Result<Option<Vec<f32>>, SynthesiserError> {
        let (first, total) = (self.vocoder.next_frame(), self.score.frames());
        if first >= total {
            return Ok(None);
        }
        let mut end = (first + chunk_frames).min(total);
        if total - end < REST_FRAMES {
            end = total;
        }
        let before = self.frames.len();
        let needed = end + synthesiser.vocoder.context_frames();
        synthesiser.acoustic.extend(&self.score, &mut self.frames, needed)?;
        for log_f0 in &mut self.frames.log_f0[before..] {
            *log_f0 += self.pitch_log;
        }
        tilt(&mut self.frames.mel[before * MELS..], self.tilt_log);
        let mut samples =
            synthesiser.vocoder.synthesise(&mut self.vocoder, &self.frames, end, total)?;
        for sample in &mut samples {
            *sample = limit(*sample * self.gain);
        }
        Ok(Some(samples))
    }
}

/// Turns the spectrum of mel frames (frames, 96) around a third of its height, where speech has most of its power.
fn tilt(mel: &mut [f32], rise: f32) {
    if rise == 0.0 {
        return;
    }
    for frame in mel.chunks_exact_mut(MELS) {
        for (band, value) in frame.iter_mut().enumerate() {
            *value += rise * (band as f32 / (MELS - 1) as f32 - 1.0 / 3.0);
        }
    }
}

/// Bends loud samples towards full scale instead of clipping them.
fn limit(x: f32) -> f32 {
    let over = x.abs() - LIMIT_KNEE;
    let room = 0.99 - LIMIT_KNEE;
    if over <= 0.0 { x } else { (LIMIT_KNEE + room * (over / room).tanh()).copysign(x) }
}

fn check_prosody(prosody: &Prosody) -> Result<(), SynthesiserError> {
    let checks = [
        ("speed", prosody.speed, SPEED_RANGE),
        ("pitch_semitones", prosody.pitch_semitones, PITCH_RANGE_SEMITONES),
        ("energy_db", prosody.energy_db, ENERGY_RANGE_DB),
    ];
    for (field, value, (low, high)) in checks {
        // Written so that NaN fails too.
        if !(low..=high).contains(&value) {
            return Err(SynthesiserError::Prosody { field, value, low, high });
        }
    }
    Ok(())
}

fn check_words(words: &[SpokenWord]) -> Result<(), SynthesiserError> {
    if words.is_empty() {
        return Err(SynthesiserError::Empty("the sentence has no words".to_owned()));
    }
    if let Some(word) = words.iter().find(|w| w.phones.is_empty()) {
        return Err(SynthesiserError::Empty(format!("word {:?} has no phones", word.text)));
    }
    // Each word may bring a pause, the sentence one silence before it.
    let symbols = words.iter().map(|w| w.phones.len() + 1).sum::<usize>() + 1;
    if symbols > SYMBOLS_MAX {
        return Err(SynthesiserError::TooLong { symbols });
    }
    Ok(())
}

/// Whole frames for each symbol; rounding errors are carried on, so that the
/// sentence keeps its length.
fn lengths(row: &SymbolRow, log_frames: &[f32], speed: f32) -> Vec<usize> {
    let mut carry = 0.0;
    let mut lengths = Vec::with_capacity(log_frames.len());
    for (index, &log) in log_frames.iter().enumerate() {
        if index == 0 && row.pauses[0] {
            lengths.push(LEADING_FRAMES);
            continue;
        }
        let wanted = (log.exp() / speed).clamp(1.0, SYMBOL_FRAMES_MAX) + carry;
        let whole = wanted.round().max(1.0);
        carry = (wanted - whole).clamp(-0.5, 0.5);
        lengths.push(whole as usize);
    }
    lengths
}

fn word_times(words: &[SpokenWord], row: &SymbolRow, lengths: &[usize]) -> Vec<WordTime> {
    let mut starts = vec![0];
    for &length in lengths {
        starts.push(starts[starts.len() - 1] + length);
    }
    let time = |(word, &(first, count)): (&SpokenWord, &(usize, usize))| WordTime {
        text: word.text.clone(),
        start_ms: starts[first] * FRAME_MS,
        end_ms: starts[first + count] * FRAME_MS,
    };
    words.iter().zip(&row.words).map(time).collect()
}
