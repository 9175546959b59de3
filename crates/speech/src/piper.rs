//! Piper voices: other people's VITS networks that speak in place of our own.
//!
//! What it is: the `NAME.onnx` and `NAME.onnx.json` of <https://github.com/OHF-Voice/piper1-gpl> and of
//! <https://huggingface.co/rhasspy/piper-voices>, fed with our own phones, so that eSpeak NG is not needed. A sentence is
//! made whole by [`PiperVoice::begin`], for such a network does not stream, and handed out in chunks at the voice's own rate
//! ([`PiperVoice::sample_rate_hz`], 16 or 22.05 kHz).
//!
//! What it is not: repeatable (the network draws its own noise), unless the noise is turned off. Piper's files do not give
//! away when a word sounds: where the network can be asked for the lengths it rounds inside ([`PiperVoice::exact_times`]),
//! word times are those lengths, to 12 ms; else they are estimated by each word's share of the symbols, which was up
//! to 0.1 s off in sentences of 3 s.

mod symbols;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hearsay_nn::{Element, Network, NnError, Tensor};
use serde::Deserialize;

use crate::synthesiser::{SpokenWord, WordTime};
use symbols::{Habit, Marked};

/// Most ids that one sentence may have, pads included.
pub const IDS_MAX: usize = 4000;
/// Slowest and fastest speed.
pub const SPEED_RANGE: (f32, f32) = (0.5, 2.0);
/// Longest sentence that a network may make, in seconds: one that makes more is damaged.
const SECONDS_MAX: usize = 300;
/// Rates that a description may state, in Hz.
const RATES_HZ: std::ops::RangeInclusive<u32> = 8000..=48_000;
/// Most symbols of a description.
const SYMBOLS_MAX: usize = 10_000;
/// Largest value of `noise_scale`, `noise_w` and `length_scale`.
const SCALE_MAX: f32 = 10.0;

/// Before the first symbol, between symbols, after the last.
const BEGIN: &str = "^";
const PAD: &str = "_";
const END: &str = "$";
/// A node of this operator rounds each symbol's length up to whole frames; VITS has one of them.
const ROUNDS_LENGTHS: &str = "Ceil";

/// Why a Piper voice cannot be loaded or cannot speak.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PiperError {
    /// The network cannot be loaded or run.
    #[error(
        "Piper voice: {error} (engine: {engine}); where an operator is missing, ONNX Runtime has it: set \
         HEARSAY_ONNXRUNTIME to its library"
    )]
    Network {
        /// What the engine says.
        error: NnError,
        /// Which engine it is.
        engine: String,
    },
    /// The network is of another kind.
    #[error("Piper voice: {0}; take NAME.onnx of a Piper voice, not its .ckpt or another model")]
    Interface(String),
    /// The description is not one that can be used.
    #[error("Piper voice: NAME.onnx.json: {0}; take the file that belongs to the .onnx")]
    Description(String),
    /// No such speaker.
    #[error("Piper voice: no speaker {name:?}; there are: {known}")]
    UnknownSpeaker {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A phone that neither this program nor the voice has a symbol for.
    #[error(
        "Piper voice: word {word:?}: the voice has no symbol for {phone:?}; is it a voice of this language?"
    )]
    UnknownPhone {
        /// The word concerned.
        word: String,
        /// The phone as given, or the symbol for it.
        phone: String,
    },
    /// Nothing to say, or too much at once.
    #[error("Piper voice: {0}")]
    Sentence(String),
}

impl PiperError {
    fn network(error: NnError) -> Self {
        Self::Network { error, engine: hearsay_nn::runtime().to_string() }
    }
}

/// `NAME.onnx.json`, as far as it is used.
#[derive(Debug, Clone, Deserialize)]
struct Description {
    audio: Audio,
    #[serde(default)]
    espeak: Espeak,
    #[serde(default)]
    inference: Inference,
    #[serde(default)]
    phoneme_type: Option<String>,
    phoneme_id_map: HashMap<String, Vec<i32>>,
    #[serde(default = "one")]
    num_speakers: usize,
    #[serde(default)]
    speaker_id_map: BTreeMap<String, usize>,
    #[serde(default)]
    dataset: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Audio {
    sample_rate: u32,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Espeak {
    #[serde(default)]
    voice: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
struct Inference {
    noise_scale: f32,
    length_scale: f32,
    noise_w: f32,
}

impl Default for Inference {
    /// Piper's own.
    fn default() -> Self {
        Self { noise_scale: 0.667, length_scale: 1.0, noise_w: 0.8 }
    }
}

fn one() -> usize {
    1
}

/// A loaded voice, shared by all calls.
#[derive(Clone)]
pub struct PiperVoice {
    network: Arc<dyn Network>,
    description: Arc<Description>,
    /// Whether the network takes a speaker.
    speakers: bool,
    exact_times: bool,
    speaker: usize,
    inference: Inference,
    habit: Habit,
}

impl std::fmt::Debug for PiperVoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rate = self.sample_rate_hz();
        f.debug_struct("PiperVoice")
            .field("name", &self.name())
            .field("rate_hz", &rate)
            .finish_non_exhaustive()
    }
}

impl PiperVoice {
    /// Loads the network (`NAME.onnx`) and its description (`NAME.onnx.json`).
    ///
    /// # Errors
    /// When either is not what it should be, or they do not belong together.
    pub fn load(onnx: &[u8], json: &str) -> Result<Self, PiperError> {
        let description: Description =
            serde_json::from_str(json).map_err(|e| PiperError::Description(e.to_string()))?;
        check(&description)?;
        let speakers = check_interface(onnx, &description)?;
        let inputs: &[&str] = if speakers {
            &["input", "input_lengths", "scales", "sid"]
        } else {
            &["input", "input_lengths", "scales"]
        };
        let (network, exact_times) = load_network(onnx, inputs)?;
        let habit = Habit::of(&description.espeak.voice);
        let inference = description.inference.clone();
        let description = Arc::new(description);
        Ok(Self { network, description, speakers, exact_times, speaker: 0, inference, habit })
    }

    /// What the voice's data set is called, or nothing.
    pub fn name(&self) -> &str {
        self.description.dataset.as_deref().unwrap_or_default()
    }

    /// The eSpeak voice that it was trained with, such as `en-us`: its language.
    pub fn language(&self) -> &str {
        &self.description.espeak.voice
    }

    /// Rate of its samples.
    pub fn sample_rate_hz(&self) -> u32 {
        self.description.audio.sample_rate
    }

    /// Names of its speakers, where it has several.
    pub fn speakers(&self) -> impl Iterator<Item = &str> {
        self.description.speaker_id_map.keys().map(String::as_str)
    }

    /// Number of its speakers.
    pub fn speaker_count(&self) -> usize {
        self.description.num_speakers
    }

    /// Whether word times are the network's own lengths, not estimates.
    pub fn exact_times(&self) -> bool {
        self.exact_times
    }

    /// The voice with another of its speakers; the network is shared.
    ///
    /// # Errors
    /// When there is no such speaker.
    pub fn with_speaker(&self, name: &str) -> Result<Self, PiperError> {
        let known = &self.description.speaker_id_map;
        let speaker = known.get(name).copied().ok_or_else(|| PiperError::UnknownSpeaker {
            name: name.to_string(),
            known: known.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        })?;
        Ok(Self { speaker, ..self.clone() })
    }

    /// The voice with other noise: `sound` (Piper's `noise_scale`) varies the tone, `rhythm` (`noise_w`) the lengths. With
    /// 0 for both, a sentence is always the same. Values outside 0 to 10 are brought there.
    pub fn with_noise(&self, sound: f32, rhythm: f32) -> Self {
        let bound = |value: f32| if value.is_finite() { value.clamp(0.0, SCALE_MAX) } else { 0.0 };
        let inference = Inference {
            noise_scale: bound(sound),
            noise_w: bound(rhythm),
            ..self.inference.clone()
        };
        Self { inference, ..self.clone() }
    }

    /// Makes a sentence; 1 is the voice's own speed, see [`SPEED_RANGE`].
    ///
    /// # Errors
    /// When the sentence is empty, too long or has a phone that the voice does not know, the speed is out of range, or the
    /// network fails.
    pub fn begin(&self, words: &[SpokenWord], speed: f32) -> Result<PiperUtterance, PiperError> {
        // Written so that NaN fails too.
        if !(SPEED_RANGE.0..=SPEED_RANGE.1).contains(&speed) {
            let (low, high) = SPEED_RANGE;
            return Err(PiperError::Sentence(format!("speed {speed} is outside {low} to {high}")));
        }
        if words.iter().all(|word| word.phones.is_empty()) {
            return Err(PiperError::Sentence("nothing to say: there are no phones".to_string()));
        }
        let row = self.ids(words)?;
        let count = row.ids.len();
        let scales = [
            self.inference.noise_scale,
            self.inference.length_scale / speed,
            self.inference.noise_w,
        ];
        let mut inputs = vec![
            Tensor::i32(&[1, count], row.ids),
            Tensor::i32(&[1], vec![i32::try_from(count).unwrap_or(i32::MAX)]),
            Tensor::f32(&[3], scales.to_vec()),
        ];
        if self.speakers {
            inputs.push(Tensor::i32(&[1], vec![i32::try_from(self.speaker).unwrap_or(0)]));
        }
        let mut outputs = self.network.run(inputs).map_err(PiperError::network)?.into_iter();
        let samples = outputs.next().map(Tensor::into_f32);
        let samples = samples.transpose().map_err(PiperError::network)?.unwrap_or_default();
        if samples.len() > SECONDS_MAX * self.sample_rate_hz() as usize {
            return Err(PiperError::Interface(format!("it made {} samples", samples.len())));
        }
        let lengths = outputs.next().map(Tensor::into_f32);
        let lengths = lengths.transpose().map_err(PiperError::network)?;
        let words = self.word_times(words, &row.owners, lengths.as_deref(), samples.len());
        // A network that runs away must not reach a listener's ear.
        let bound = |sample: f32| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
        let samples = samples.into_iter().map(bound).collect();
        Ok(PiperUtterance { samples, words, given: 0, rate_hz: self.sample_rate_hz() })
    }

    fn ids(&self, words: &[SpokenWord]) -> Result<Row, PiperError> {
        let unknown = |word: usize, phone: String| PiperError::UnknownPhone {
            word: words[word].text.clone(),
            phone,
        };
        let marked =
            symbols::sentence(words, self.habit).map_err(|(word, phone)| unknown(word, phone))?;
        let mut row = Row::default();
        let map = &self.description.phoneme_id_map;
        row.push(map.get(BEGIN), None);
        row.push(map.get(PAD), None);
        for (symbol, owner) in marked {
            self.put((symbol, owner), &mut row)
                .map_err(|()| unknown(owner.unwrap_or(0), symbol.to_string()))?;
            if row.ids.len() > IDS_MAX {
                let why = format!("the sentence is too long (over {IDS_MAX} symbols); split it");
                return Err(PiperError::Sentence(why));
            }
        }
        row.push(map.get(END), None);
        Ok(row)
    }

    /// Puts a symbol's ids, or those of what stands in for it.
    fn put(&self, (symbol, owner): Marked, row: &mut Row) -> Result<(), ()> {
        let map = &self.description.phoneme_id_map;
        let known = |symbol: char| map.get(&*symbol.encode_utf8(&mut [0; 4]));
        let add = |ids: &Vec<i32>, row: &mut Row| {
            row.push(Some(ids), owner);
            row.push(map.get(PAD), owner);
        };
        if let Some(ids) = known(symbol) {
            add(ids, row);
            return Ok(());
        }
        let others = symbols::instead_of(symbol).ok_or(())?;
        for other in others.chars() {
            match known(other) {
                Some(ids) => add(ids, row),
                None if symbols::instead_of(other) == Some("") => {}
                None => return Err(()),
            }
        }
        Ok(())
    }

    /// When each word sounds, by lengths of the ids in frames or, without, by their number.
    fn word_times(
        &self,
        words: &[SpokenWord],
        owners: &[Option<usize>],
        lengths: Option<&[f32]>,
        samples: usize,
    ) -> Vec<WordTime> {
        let exact = lengths.filter(|lengths| lengths.len() == owners.len());
        let length = |at: usize| exact.map_or(1.0, |lengths| f64::from(lengths[at].max(0.0)));
        let total: f64 = (0..owners.len()).map(length).sum();
        let total_ms = samples as f64 * 1000.0 / f64::from(self.sample_rate_hz());
        let mut spans: Vec<Option<(f64, f64)>> = vec![None; words.len()];
        let mut at = 0.0;
        for (index, owner) in owners.iter().enumerate() {
            let end = at + length(index);
            if let Some(span) = owner.and_then(|word| spans.get_mut(word)) {
                *span = Some((span.map_or(at, |(start, _)| start), end));
            }
            at = end;
        }
        let ms = |place: f64| (place / total.max(1e-9) * total_ms).round() as usize;
        let mut last = 0;
        let mut times = Vec::with_capacity(words.len());
        for (word, span) in words.iter().zip(spans) {
            // A word without phones takes no time.
            let (start_ms, end_ms) = span.map_or((last, last), |(from, to)| (ms(from), ms(to)));
            last = end_ms;
            times.push(WordTime { text: word.text.clone(), start_ms, end_ms });
        }
        times
    }
}

/// Ids of a sentence, and the word that each belongs to.
#[derive(Default)]
struct Row {
    ids: Vec<i32>,
    owners: Vec<Option<usize>>,
}

impl Row {
    fn push(&mut self, ids: Option<&Vec<i32>>, owner: Option<usize>) {
        for id in ids.into_iter().flatten() {
            self.ids.push(*id);
            self.owners.push(owner);
        }
    }
}

/// A sentence that has been made.
#[derive(Debug, Clone)]
pub struct PiperUtterance {
    samples: Vec<f32>,
    words: Vec<WordTime>,
    given: usize,
    rate_hz: u32,
}

impl PiperUtterance {
    /// When each word sounds; see [`PiperVoice::exact_times`].
    pub fn words(&self) -> &[WordTime] {
        &self.words
    }

    /// Rate of the samples.
    pub fn sample_rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Length of the whole, in samples.
    pub fn total_samples(&self) -> usize {
        self.samples.len()
    }

    /// The next samples in [-1, 1], at most so many, or `None` after the last.
    pub fn next_chunk(&mut self, samples_max: usize) -> Option<&[f32]> {
        let start = self.given;
        self.given = (start + samples_max.max(1)).min(self.samples.len());
        (start < self.given).then(|| &self.samples[start..self.given])
    }
}

fn check(description: &Description) -> Result<(), PiperError> {
    let fail = |why: String| Err(PiperError::Description(why));
    let rate = description.audio.sample_rate;
    if !RATES_HZ.contains(&rate) {
        return fail(format!("audio.sample_rate is {rate}, it must be from 8000 to 48000"));
    }
    if let Some(kind) = description.phoneme_type.as_deref().filter(|kind| *kind != "espeak") {
        let why = format!("phoneme_type is {kind:?}; only voices of type espeak read phones");
        return fail(why);
    }
    let map = &description.phoneme_id_map;
    if map.len() > SYMBOLS_MAX || map.values().any(|ids| ids.is_empty() || ids.len() > 8) {
        return fail("phoneme_id_map is too long, or a symbol in it has no ids".to_string());
    }
    if let Some(lacking) = [BEGIN, PAD, END, " "].into_iter().find(|s| !map.contains_key(*s)) {
        return fail(format!("phoneme_id_map lacks {lacking:?}"));
    }
    let Inference { noise_scale, length_scale, noise_w } = description.inference;
    let good = [noise_scale, noise_w].iter().all(|value| (0.0..=SCALE_MAX).contains(value));
    if !good || !(0.05..=SCALE_MAX).contains(&length_scale) {
        return fail("inference has a scale below 0 or over 10".to_string());
    }
    let count = description.num_speakers;
    if count == 0 || description.speaker_id_map.values().any(|speaker| *speaker >= count) {
        return fail(format!("num_speakers is {count}, but speaker_id_map names others"));
    }
    Ok(())
}

/// Whether the network takes a speaker; an error when it is no Piper voice.
fn check_interface(onnx: &[u8], description: &Description) -> Result<bool, PiperError> {
    let info = hearsay_nn::describe(onnx).map_err(PiperError::network)?;
    let element = |name: &str| info.inputs.iter().find(|p| p.name == name).map(|p| p.element);
    let wanted =
        [("input", Element::I64), ("input_lengths", Element::I64), ("scales", Element::F32)];
    let fits = wanted.iter().all(|(name, kind)| element(name) == Some(*kind));
    let speakers = element("sid").is_some();
    if !fits || info.inputs.len() != 3 + usize::from(speakers) {
        let names: Vec<&str> = info.inputs.iter().map(|port| port.name.as_str()).take(8).collect();
        let why = format!("it takes {}, not input, input_lengths and scales", names.join(", "));
        return Err(PiperError::Interface(why));
    }
    if !info.outputs.iter().any(|port| port.name == "output") {
        return Err(PiperError::Interface("it has no output named `output`".to_string()));
    }
    if !speakers && description.num_speakers > 1 {
        let why =
            format!("num_speakers is {}, but the network takes none", description.num_speakers);
        return Err(PiperError::Description(why));
    }
    Ok(speakers)
}

/// The network, with the lengths of its symbols where it can be asked for them.
fn load_network(onnx: &[u8], inputs: &[&str]) -> Result<(Arc<dyn Network>, bool), PiperError> {
    let rounded = hearsay_nn::made_by(onnx, ROUNDS_LENGTHS).map_err(PiperError::network)?;
    // Another number of them says that this is not the rounding that is meant. ONNX Runtime gives only what the file calls
    // an output.
    if let [lengths] = rounded.as_slice()
        && let Ok(network) = hearsay_nn::load(onnx, inputs, &["output", lengths])
    {
        return Ok((network, true));
    }
    let network = hearsay_nn::load(onnx, inputs, &["output"]).map_err(PiperError::network)?;
    Ok((network, false))
}

#[cfg(test)]
mod tests;
