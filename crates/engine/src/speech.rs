//! Speech from text that is still arriving, for whoever has no call: text in, pieces of sound and the times of their
//! words out, sentence by sentence.
//!
//! [`SpeechStream`] computes on the caller's thread when [`SpeechStream::next_piece`] is called and keeps nothing that it
//! was not asked for yet, so a reader who is slow or gone costs nothing. It has no queue, no clock and no player; the
//! mouth of a call is made of it.

mod options;
mod words;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use hearsay_audio::resample::Resampler;
use hearsay_audio::watermark::{DEFAULT_KEY, Watermarker};
use hearsay_speech::synthesiser::{self, Prosody, SYMBOLS_MAX, Utterance};
use hearsay_speech::vocoder::SAMPLE_RATE_HZ;
use hearsay_text::clause::{Clause, ClauseSplitter};
use hearsay_text::g2p::{self, dictionary::PronunciationDictionary};
use hearsay_text::normalize::Pause;

pub use options::{RATES_HZ, SPEED_RANGE, SpeechOptions, SpeechRequestError, TEXT_CHARS_MAX};

use crate::{EngineError, Models};

/// A written word and when it sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordTime {
    /// The word as the text has it, signs and all: "$20" although it is spoken as two.
    pub text: String,
    /// Its first millisecond, from the stream's first sample.
    pub start_ms: u64,
    /// The millisecond after its last.
    pub end_ms: u64,
}

/// Where a sentence lies in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentenceTime {
    /// Its first millisecond, from the stream's first sample.
    pub start_ms: u64,
    /// Its length in ms, the pause at its end included.
    pub duration_ms: u64,
}

/// The next piece of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeechPiece {
    /// Sound at the rate that was asked for, in [-1, 1].
    pub samples: Vec<f32>,
    /// The words of the sentence that begins with this piece, all of them; empty in the middle of a sentence.
    pub words: Vec<WordTime>,
    /// The sentence that begins with this piece.
    pub sentence: Option<SentenceTime>,
}

/// Text on its way to sound.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use hearsay_engine::{Models, SpeechOptions, SpeechStream};
/// # fn main() -> Result<(), hearsay_engine::EngineError> {
/// let models = Arc::new(Models::load()?);
/// let options = SpeechOptions::of(&models);
/// let mut stream = SpeechStream::new(models, options)?;
/// stream.push_text("Your card ")?;
/// stream.push_text("is locked.")?;
/// stream.finish_text();
/// while let Some(piece) = stream.next_piece()? {
///     println!("{} samples, {} words", piece.samples.len(), piece.words.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct SpeechStream {
    models: Arc<Models>,
    options: SpeechOptions,
    splitter: ClauseSplitter,
    /// Clauses that have not been looked at.
    clauses: VecDeque<Clause>,
    /// Parts of the sentence in progress that are too long for one utterance.
    parts: VecDeque<Part>,
    /// Clauses found so far.
    found: usize,
    chars: usize,
    finished: bool,
    utterance: Option<Utterance>,
    /// The beginning of the utterance, until its first piece.
    begins: Option<(SentenceTime, Vec<WordTime>)>,
    resampler: Option<Resampler>,
    watermarker: Option<Watermarker>,
    /// Length of everything planned so far, ms.
    planned_ms: u64,
    spoke: bool,
}

/// What is said in one go.
struct Part {
    sentence: Arc<str>,
    /// Bytes of the sentence whose written words begin in this part.
    range: Range<usize>,
    spoken: Vec<g2p::SpokenWord>,
}

impl SpeechStream {
    /// A stream at its beginning.
    ///
    /// # Errors
    /// When an option is out of its range; see [`SpeechOptions::check`].
    pub fn new(models: Arc<Models>, options: SpeechOptions) -> Result<Self, EngineError> {
        options.check(&models)?;
        Self::open(models, options)
    }

    /// As [`SpeechStream::new`], at any rate that can be converted to; the synthesiser checks the rest.
    pub(crate) fn open(models: Arc<Models>, options: SpeechOptions) -> Result<Self, EngineError> {
        let rate_hz = options.sample_rate_hz;
        let mark = || Watermarker::new(DEFAULT_KEY, SAMPLE_RATE_HZ);
        let watermarker = options.marks(&models).then(mark).transpose()?;
        let converts = rate_hz != SAMPLE_RATE_HZ;
        let resampler = converts.then(|| Resampler::new(SAMPLE_RATE_HZ, rate_hz)).transpose()?;
        Ok(Self {
            models,
            options,
            splitter: ClauseSplitter::new(),
            clauses: VecDeque::new(),
            parts: VecDeque::new(),
            found: 0,
            chars: 0,
            finished: false,
            utterance: None,
            begins: None,
            resampler,
            watermarker,
            planned_ms: 0,
            spoke: false,
        })
    }

    /// Adds text, which may end anywhere, in the middle of a word too.
    ///
    /// # Errors
    /// When the text is over [`TEXT_CHARS_MAX`] in all, or after [`SpeechStream::finish_text`]; nothing of it is taken.
    pub fn push_text(&mut self, text: &str) -> Result<(), EngineError> {
        if self.finished {
            return Err(SpeechRequestError::Finished.into());
        }
        let chars = self.chars + text.chars().count();
        if chars > TEXT_CHARS_MAX {
            return Err(SpeechRequestError::TextTooLong { chars }.into());
        }
        self.chars = chars;
        let clauses = self.splitter.push(text);
        self.take(clauses);
        Ok(())
    }

    /// Takes the text so far as complete sentences, although more may come.
    pub fn flush_text(&mut self) {
        let rest = self.splitter.finish();
        self.take(rest);
    }

    fn take(&mut self, clauses: impl IntoIterator<Item = Clause>) {
        // Code is not for speaking, and white space is nothing.
        let spoken = |clause: &Clause| !clause.code && !clause.text.trim().is_empty();
        for clause in clauses.into_iter().filter(spoken) {
            self.found += 1;
            self.clauses.push_back(clause);
        }
    }

    /// Clauses that the text so far has; text behind the last of them is held back until its end is certain.
    pub fn clauses(&self) -> usize {
        self.found
    }

    /// Ends the text.
    pub fn finish_text(&mut self) {
        self.flush_text();
        self.finished = true;
    }

    /// Whether [`SpeechStream::next_piece`] would compute something.
    pub fn has_work(&self) -> bool {
        let ending = self.finished && self.resampler.is_some();
        self.utterance.is_some() || !self.parts.is_empty() || !self.clauses.is_empty() || ending
    }

    /// Whether the first sound is still to come.
    pub fn is_silent(&self) -> bool {
        !self.spoke
    }

    /// Makes the next piece; `None` when the text so far has been said. The first piece of a sentence is short, so that
    /// sound starts soon.
    ///
    /// # Errors
    /// When the text has ended and nothing of it could be spoken, when an option is unusable, or when a model fails;
    /// the sentence concerned is left out.
    pub fn next_piece(&mut self) -> Result<Option<SpeechPiece>, EngineError> {
        loop {
            if self.utterance.is_none() && !self.begin_part()? {
                return self.end();
            }
            let Some(utterance) = &mut self.utterance else { continue };
            let made = utterance.next_chunk(&self.models.synthesiser);
            match made {
                Ok(Some(samples)) => {
                    let samples = self.at_rate(samples);
                    let (sentence, words) = self.begins.take().unzip();
                    self.spoke = true;
                    return Ok(Some(SpeechPiece {
                        samples,
                        words: words.unwrap_or_default(),
                        sentence,
                    }));
                }
                Ok(None) => self.utterance = None,
                Err(error) => {
                    self.utterance = None;
                    return Err(error.into());
                }
            }
        }
    }

    /// The samples that the resampler holds back, once the text has ended.
    fn end(&mut self) -> Result<Option<SpeechPiece>, EngineError> {
        if !self.finished {
            return Ok(None);
        }
        if !self.spoke {
            self.resampler = None;
            return Err(SpeechRequestError::nothing_said(self.chars).into());
        }
        let Some(mut resampler) = self.resampler.take() else { return Ok(None) };
        let mut samples = Vec::new();
        resampler.flush(&mut samples);
        let piece = SpeechPiece { samples, words: Vec::new(), sentence: None };
        Ok(Some(piece).filter(|piece| !piece.samples.is_empty()))
    }

    /// The samples with their mark, at the rate asked for.
    fn at_rate(&mut self, mut samples: Vec<f32>) -> Vec<f32> {
        if let Some(watermarker) = &mut self.watermarker {
            watermarker.mark(&mut samples);
            samples.iter_mut().for_each(|x| *x = x.clamp(-1.0, 1.0));
        }
        let Some(resampler) = &mut self.resampler else { return samples };
        let mut out = Vec::new();
        resampler.process(&samples, &mut out);
        out
    }

    /// Plans what is said next; false when there is nothing.
    fn begin_part(&mut self) -> Result<bool, EngineError> {
        while self.parts.is_empty() {
            let Some(clause) = self.clauses.pop_front() else { return Ok(false) };
            let mut spoken = self.phonemize(&clause.text)?;
            if let Some(last) = spoken.last_mut().filter(|_| !clause.ends_sentence) {
                // The sentence goes on: its melody must not fall yet.
                last.pause_after = Pause::Comma;
            }
            self.parts = parts(&clause.text, spoken);
        }
        let Some(part) = self.parts.pop_front() else { return Ok(false) };
        let prosody = Prosody {
            speed: self.options.speed,
            emotion: self.options.emotion,
            ..Prosody::plain(&self.options.voice)
        };
        let words: Vec<_> = part.spoken.iter().map(Self::pronounced).collect();
        let utterance = self.models.synthesiser.begin(&words, &prosody)?;
        let sources: Vec<_> = part.spoken.iter().map(|word| word.source.clone()).collect();
        let start_ms = self.planned_ms;
        let time = |word: &synthesiser::WordTime| {
            (start_ms + word.start_ms as u64, start_ms + word.end_ms as u64)
        };
        let times: Vec<(u64, u64)> = utterance.words().iter().map(time).collect();
        let duration_ms = utterance.total_ms() as u64;
        let words = words::written(&part.sentence, &part.range, &sources, &times, start_ms);
        self.begins = Some((SentenceTime { start_ms, duration_ms }, words));
        self.planned_ms += duration_ms;
        self.utterance = Some(utterance);
        Ok(true)
    }

    fn phonemize(&self, sentence: &str) -> Result<Vec<g2p::SpokenWord>, EngineError> {
        let language = self.options.language()?;
        let none = PronunciationDictionary::default();
        let dictionary = self.options.dictionary.as_deref().unwrap_or(&none);
        Ok(self.models.g2p.phonemize_as(sentence, language, dictionary))
    }

    /// A word as the synthesiser takes it.
    fn pronounced(word: &g2p::SpokenWord) -> synthesiser::SpokenWord {
        let phones = word.phones.iter().map(|phone| (*phone).to_string()).collect();
        let after = match word.pause_after {
            Pause::None => None,
            Pause::Comma => Some(synthesiser::Pause::Comma),
            Pause::Question => Some(synthesiser::Pause::Question),
            _ => Some(synthesiser::Pause::Period),
        };
        synthesiser::SpokenWord { text: word.text.clone(), phones, language: word.language, after }
    }
}

/// A sentence in parts that the synthesiser can take: nearly always one, but a long number is read digit by digit.
fn parts(sentence: &str, spoken: Vec<g2p::SpokenWord>) -> VecDeque<Part> {
    // Half of the room, because a dictionary may lengthen words.
    let symbols_max = SYMBOLS_MAX / 2;
    let sentence: Arc<str> = sentence.into();
    let mut parts: VecDeque<Part> = VecDeque::new();
    let mut symbols = 0;
    for word in spoken {
        let more = word.phones.len() + 1;
        match parts.back_mut() {
            Some(part) if symbols + more <= symbols_max => part.spoken.push(word),
            before => {
                // A written word over the cut belongs to the part where it begins.
                let from = before.map_or(0, |part| {
                    let end = part.spoken.last().map_or(0, |last| last.source.end);
                    part.range.end = end.max(word.source.start);
                    part.range.end
                });
                let range = from..sentence.len();
                parts.push_back(Part { sentence: sentence.clone(), range, spoken: vec![word] });
                symbols = 0;
            }
        }
        symbols += more;
    }
    parts
}
