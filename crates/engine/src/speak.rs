//! The mouth of one call: text in, timed audio out, sentence by sentence and
//! never far ahead of what is being played.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use hearsay_text::pii::Pii;

use crate::event::EngineEvent;
use crate::fillers::{self, FillerCache};
use crate::speech::{SpeechPiece, SpeechRequestError, SpeechStream};
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
pub(crate) const BACKLOG_MS_MIN: u64 = 600;

/// The replies of one call, said one after another.
pub(crate) struct Mouth {
    rate_hz: u32,
    fillers: Arc<FillerCache>,
    waiting: VecDeque<(SpeakRequest, Instant)>,
    current: Option<Speaking>,
}

/// A reply on its way.
struct Speaking {
    reply: u64,
    asked: Instant,
    stream: SpeechStream,
    part: u32,
}

/// Whether the mouth has more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The next step makes the first audio of a reply: somebody waits.
    First,
    /// The next step makes what follows what is nearly played: somebody would hear a gap.
    Dry,
    /// The next step makes audio for later.
    More,
    /// There is more to make once some of the audio has been played.
    Ahead,
    /// Nothing to do until something is asked.
    Rest,
}

impl Mouth {
    pub(crate) fn new(rate_hz: u32, fillers: Arc<FillerCache>) -> Self {
        Self { rate_hz, fillers, waiting: VecDeque::new(), current: None }
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
        if self.current.as_ref().is_some_and(|speaking| speaking.reply == reply) {
            self.current = None;
        }
    }

    /// What a step would do now, with `backlog_ms` of audio waiting to be
    /// played.
    pub(crate) fn progress(&self, backlog_ms: u64) -> Progress {
        match &self.current {
            None if self.waiting.is_empty() => Progress::Rest,
            None => Progress::First,
            Some(speaking) if speaking.stream.is_silent() => Progress::First,
            Some(_) if backlog_ms < BACKLOG_MS_MIN => Progress::Dry,
            Some(_) if backlog_ms >= BACKLOG_MS_MAX => Progress::Ahead,
            Some(_) => Progress::More,
        }
    }

    /// Makes the next piece of audio.
    pub(crate) fn step(
        &mut self,
        models: &Arc<Models>,
        emit: &mut dyn FnMut(EngineEvent),
    ) -> Result<(), EngineError> {
        if self.current.is_none() {
            let Some((request, asked)) = self.waiting.pop_front() else { return Ok(()) };
            if self.fillers.say(&request, self.rate_hz, asked, emit) {
                return Ok(());
            }
            self.current = Some(Speaking::new(models, request, asked, self.rate_hz)?);
        }
        let Some(mut speaking) = self.current.take() else { return Ok(()) };
        let going_on = speaking.step(emit)?;
        if going_on {
            self.current = Some(speaking);
        }
        Ok(())
    }
}

impl Speaking {
    fn new(
        models: &Arc<Models>,
        request: SpeakRequest,
        asked: Instant,
        rate_hz: u32,
    ) -> Result<Self, EngineError> {
        let reply = request.reply;
        let stream = fillers::said(models, request, rate_hz)?;
        Ok(Self { reply, asked, stream, part: 0 })
    }

    /// One piece of audio; false when the reply is complete.
    fn step(&mut self, emit: &mut dyn FnMut(EngineEvent)) -> Result<bool, EngineError> {
        let first = self.stream.is_silent();
        match self.stream.next_piece() {
            Ok(Some(piece)) => {
                self.emit(piece, first, emit);
                Ok(true)
            }
            // A reply of signs alone is said by saying nothing.
            Ok(None)
            | Err(EngineError::Speech(
                SpeechRequestError::Empty | SpeechRequestError::NothingSpeakable,
            )) => {
                emit(EngineEvent::Spoken { reply: self.reply });
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn emit(&mut self, piece: SpeechPiece, first: bool, emit: &mut dyn FnMut(EngineEvent)) {
        if let Some(sentence) = piece.sentence {
            let in_part = |ms: u64| ms.saturating_sub(sentence.start_ms);
            let words = piece.words.into_iter();
            emit(EngineEvent::Planned {
                reply: self.reply,
                part: self.part,
                words: words.map(|w| (w.text, in_part(w.start_ms), in_part(w.end_ms))).collect(),
                duration_ms: sentence.duration_ms,
            });
            self.part += 1;
        }
        if !piece.samples.is_empty() {
            let first_after = first.then(|| self.asked.elapsed());
            let samples = piece.samples;
            emit(EngineEvent::Audio { reply: self.reply, samples, first_after });
        }
    }
}
