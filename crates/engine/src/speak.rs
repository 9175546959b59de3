//! The mouth of one call: text in, timed audio out, sentence by sentence and
//! never far ahead of what is being played.

use std::collections::VecDeque;
use std::time::Instant;

use hearsay_audio::resample::Resampler;
use hearsay_speech::synthesiser::{self, Prosody, Utterance};
use hearsay_speech::vocoder::SAMPLE_RATE_HZ;
use hearsay_text::g2p;
use hearsay_text::normalize::Pause;
use hearsay_text::pii::Pii;

use crate::event::EngineEvent;
use crate::{EngineError, Models};

/// Longest text of one reply, bytes; about two minutes of speech.
pub const REPLY_BYTES_MAX: usize = 4000;
/// Replies waiting behind the one being said.
pub const REPLIES_MAX: usize = 8;
/// Synthesis pauses when this much audio waits to be played, ms.
pub(crate) const BACKLOG_MS_MAX: u64 = 2000;

/// Something to say.
#[derive(Debug, Clone)]
pub struct SpeakRequest {
    /// The owner's number for it.
    pub reply: u64,
    /// The words as written.
    pub text: Pii<String>,
    /// The voice's name.
    pub voice: String,
    /// 0.5 to 2, 1 is normal.
    pub speed: f32,
}

/// Below this much audio waiting to be played, the next piece is urgent: the
/// caller would hear a gap.
const BACKLOG_MS_MIN: u64 = 600;

/// The replies of one call, said one after another.
pub(crate) struct Mouth {
    rate_hz: u32,
    waiting: VecDeque<(SpeakRequest, Instant)>,
    current: Option<Speaking>,
}

/// A reply on its way.
struct Speaking {
    request: SpeakRequest,
    asked: Instant,
    sentences: VecDeque<String>,
    part: u32,
    utterance: Option<Utterance>,
    resampler: Option<Resampler>,
    /// The resampler's delay still to be cut from the front, samples.
    cut: usize,
    spoken: bool,
}

/// Whether the mouth has more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The next step makes the first audio of a reply, or what follows what is
    /// nearly played: somebody waits.
    First,
    /// The next step makes audio for later.
    More,
    /// There is more to make once some of the audio has been played.
    Ahead,
    /// Nothing to do until something is asked.
    Rest,
}

impl Mouth {
    pub(crate) fn new(rate_hz: u32) -> Self {
        Self { rate_hz, waiting: VecDeque::new(), current: None }
    }

    /// Queues a reply.
    pub(crate) fn ask(&mut self, request: SpeakRequest, asked: Instant) -> Result<(), EngineError> {
        if self.waiting.len() >= REPLIES_MAX {
            return Err(EngineError::TooManyReplies);
        }
        self.waiting.push_back((request, asked));
        Ok(())
    }

    /// Forgets a reply, said or waiting.
    pub(crate) fn cancel(&mut self, reply: u64) {
        self.waiting.retain(|(request, _)| request.reply != reply);
        if self.current.as_ref().is_some_and(|speaking| speaking.request.reply == reply) {
            self.current = None;
        }
    }

    /// What a step would do now, with `backlog_ms` of audio waiting to be
    /// played.
    pub(crate) fn progress(&self, backlog_ms: u64) -> Progress {
        match &self.current {
            None if self.waiting.is_empty() => Progress::Rest,
            None => Progress::First,
            Some(speaking) if !speaking.spoken => Progress::First,
            Some(_) if backlog_ms < BACKLOG_MS_MIN => Progress::First,
            Some(_) if backlog_ms >= BACKLOG_MS_MAX => Progress::Ahead,
            Some(_) => Progress::More,
        }
    }

    /// Makes the next piece of audio.
    pub(crate) fn step(
        &mut self,
        models: &Models,
        emit: &mut dyn FnMut(EngineEvent),
    ) -> Result<(), EngineError> {
        if self.current.is_none() {
            let Some((request, asked)) = self.waiting.pop_front() else { return Ok(()) };
            self.current = Some(Speaking::new(request, asked, self.rate_hz)?);
        }
        let Some(mut speaking) = self.current.take() else { return Ok(()) };
        let going_on = speaking.step(models, emit)?;
        if going_on {
            self.current = Some(speaking);
        }
        Ok(())
    }
}

impl Speaking {
    fn new(request: SpeakRequest, asked: Instant, rate_hz: u32) -> Result<Self, EngineError> {
        let converts = rate_hz != SAMPLE_RATE_HZ;
        let resampler = converts.then(|| Resampler::new(SAMPLE_RATE_HZ, rate_hz)).transpose()?;
        let cut = resampler.as_ref().map_or(0, Resampler::delay_samples);
        let sentences = hearsay_text::sentence::split(request.text.expose());
        let sentences = sentences.into_iter().map(|sentence| sentence.text).collect();
        Ok(Self {
            request,
            asked,
            sentences,
            part: 0,
            utterance: None,
            resampler,
            cut,
            spoken: false,
        })
    }

    /// One chunk of audio; false when the reply is complete.
    fn step(
        &mut self,
        models: &Models,
        emit: &mut dyn FnMut(EngineEvent),
    ) -> Result<bool, EngineError> {
        if self.utterance.is_none() && !self.begin_sentence(models, emit)? {
            self.finish(emit);
            return Ok(false);
        }
        let Some(utterance) = &mut self.utterance else { return Ok(true) };
        match utterance.next_chunk(&models.synthesiser)? {
            Some(samples) => self.emit_audio(&samples, emit),
            None => self.utterance = None,
        }
        Ok(true)
    }

    /// Plans the next sentence; false when there is none.
    fn begin_sentence(
        &mut self,
        models: &Models,
        emit: &mut dyn FnMut(EngineEvent),
    ) -> Result<bool, EngineError> {
        while let Some(sentence) = self.sentences.pop_front() {
            let spoken = models.g2p.phonemize(&sentence);
            if spoken.is_empty() {
                continue;
            }
            let plain = Prosody::plain(&self.request.voice);
            let prosody = Prosody { speed: self.request.speed, ..plain };
            let words: Vec<_> = spoken.iter().map(to_synthesiser).collect();
            let utterance = models.synthesiser.begin(&words, &prosody)?;
            let sources: Vec<_> = spoken.iter().map(|word| word.source.clone()).collect();
            let time = |word: &synthesiser::WordTime| (word.start_ms as u64, word.end_ms as u64);
            let times: Vec<(u64, u64)> = utterance.words().iter().map(time).collect();
            emit(EngineEvent::Planned {
                reply: self.request.reply,
                part: self.part,
                words: written_words(&sentence, &sources, &times),
                duration_ms: utterance.total_ms() as u64,
            });
            self.part += 1;
            self.utterance = Some(utterance);
            return Ok(true);
        }
        Ok(false)
    }

    fn emit_audio(&mut self, samples: &[f32], emit: &mut dyn FnMut(EngineEvent)) {
        let samples = match &mut self.resampler {
            Some(resampler) => {
                let mut out = Vec::new();
                resampler.process(samples, &mut out);
                let cut = self.cut.min(out.len());
                self.cut -= cut;
                out.drain(..cut);
                out
            }
            None => samples.to_vec(),
        };
        self.emit_samples(samples, emit);
    }

    fn emit_samples(&mut self, samples: Vec<f32>, emit: &mut dyn FnMut(EngineEvent)) {
        if samples.is_empty() {
            return;
        }
        let first_after = (!self.spoken).then(|| self.asked.elapsed());
        self.spoken = true;
        emit(EngineEvent::Audio { reply: self.request.reply, samples, first_after });
    }

    fn finish(&mut self, emit: &mut dyn FnMut(EngineEvent)) {
        if let Some(mut resampler) = self.resampler.take() {
            let mut rest = Vec::new();
            resampler.flush(&mut rest);
            self.emit_samples(rest, emit);
        }
        emit(EngineEvent::Spoken { reply: self.request.reply });
    }
}

fn to_synthesiser(word: &g2p::SpokenWord) -> synthesiser::SpokenWord {
    let after = match word.pause_after {
        Pause::None => None,
        Pause::Comma => Some(synthesiser::Pause::Comma),
        Pause::Question => Some(synthesiser::Pause::Question),
        _ => Some(synthesiser::Pause::Period),
    };
    let phones = word.phones.iter().map(|phone| (*phone).to_string()).collect();
    synthesiser::SpokenWord { text: word.text.clone(), phones, after }
}

/// The written words of a sentence with the time from the first to the last
/// spoken word that came from each ("$20" is spoken as two). A written word
/// that is not spoken, such as a dash, takes no time after its predecessor.
fn written_words(
    sentence: &str,
    sources: &[std::ops::Range<usize>],
    times: &[(u64, u64)],
) -> Vec<(String, u64, u64)> {
    let mut end_before = 0;
    let mut words = Vec::new();
    for word in sentence.split_whitespace() {
        let from = word.as_ptr() as usize - sentence.as_ptr() as usize;
        let to = from + word.len();
        let spoken = sources
            .iter()
            .zip(times)
            .filter(|(source, _)| source.start < to && source.end > from)
            .map(|(_, time)| *time);
        let (start, end) =
            spoken.reduce(|(start, _), (_, end)| (start, end)).unwrap_or((end_before, end_before));
        end_before = end;
        words.push((word.to_string(), start, end));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::written_words;

    #[test]
    fn a_written_word_spans_all_its_spoken_words() {
        let sentence = "Pay $20 - now.";
        let sources = [0..3, 4..7, 4..7, 10..13];
        let times = [(0, 200), (220, 500), (500, 900), (950, 1200)];
        let words = written_words(sentence, &sources, &times);
        let expected = [("Pay", 0, 200), ("$20", 220, 900), ("-", 900, 900), ("now.", 950, 1200)];
        assert_eq!(words.len(), expected.len());
        for (have, want) in words.iter().zip(expected) {
            assert_eq!((have.0.as_str(), have.1, have.2), want);
        }
    }
}
