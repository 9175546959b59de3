//! What the engine tells the owner of an ear and a mouth.

use std::time::Duration;

use hearsay_text::pii::Pii;

use crate::mind::Composed;

/// Something the models found out or made. Numbers are the owner's own, given
/// back as they came.
#[derive(Debug, Clone)]
pub enum EngineEvent {
    /// One 20 ms frame was heard.
    Voice {
        /// Probability that it holds speech, 0 to 1.
        speech: f32,
    },
    /// The running transcript of the open utterance changed.
    Interim {
        /// Utterances are counted from 1.
        utterance: u64,
        /// Interims are counted from 1 over the whole call.
        sequence: u64,
        /// All words so far, as recognised.
        text: Pii<String>,
        /// Bytes of `text` that will not change any more.
        stable: usize,
        /// Where the utterance's voice begins, ms from the start of the stream.
        start_ms: u64,
        /// Where the audio ends that was heard, ms from the start of the stream.
        end_ms: u64,
    },
    /// What the final transcript would be now.
    Preview {
        /// The open utterance.
        utterance: u64,
        /// Its words.
        text: Pii<String>,
        /// Probability that the caller has finished, 0 to 1, judged from the
        /// words and from what is expected; none without words or model.
        turn_end: Option<f32>,
    },
    /// The transcript of an utterance that was closed. One utterance has one,
    /// and nothing is said of it afterwards.
    Final {
        /// The utterance.
        utterance: u64,
        /// Its words with times.
        transcript: Heard,
        /// From the request to this event: waiting and computing.
        took: Duration,
    },
    /// The likely intents of a text.
    Thought {
        /// The request.
        think: u64,
        /// Intents and their probabilities.
        intents: Vec<(String, f32)>,
        /// Probability that none was meant.
        out_of_scope: f32,
        /// From the request to this event.
        took: Duration,
    },
    /// What the language model proposes.
    Composed {
        /// The request.
        think: u64,
        /// The proposal.
        composed: Composed,
        /// From the request to this event.
        took: Duration,
    },
    /// The timetable of one part of a reply, before its audio.
    Planned {
        /// The reply.
        reply: u64,
        /// Parts are counted from 0.
        part: u32,
        /// Word, start and end in ms from the start of the part.
        words: Vec<(String, u64, u64)>,
        /// Length of the part, ms.
        duration_ms: u64,
    },
    /// The next piece of a reply's audio, at the mouth's rate.
    Audio {
        /// The reply.
        reply: u64,
        /// PCM in -1 to 1.
        samples: Vec<f32>,
        /// From the request to the first audio; only with the first piece.
        first_after: Option<Duration>,
    },
    /// All audio of a reply has been given.
    Spoken {
        /// The reply.
        reply: u64,
    },
    /// A model failed; what it was asked for will not come.
    Failed {
        /// Which organ.
        organ: Organ,
        /// One line.
        reason: String,
    },
}

/// An utterance as recognised.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The words joined by spaces, as recognised: lower case, numbers as words.
    pub text: Pii<String>,
    /// The same for reading, as [`crate::Formatting`] asks for.
    pub formatted: Pii<String>,
    /// Mean word confidence, 0 to 1; zero without words.
    pub confidence: f32,
    /// Where its voice begins, ms from the start of the stream.
    pub start_ms: u64,
    /// Where its voice ends, ms from the start of the stream.
    pub end_ms: u64,
    /// The words.
    pub words: Vec<HeardWord>,
}

/// One recognised word.
#[derive(Debug, Clone)]
pub struct HeardWord {
    /// The word.
    pub text: Pii<String>,
    /// Start, ms from the start of the stream.
    pub start_ms: u64,
    /// End, ms from the start of the stream.
    pub end_ms: u64,
    /// 0 to 1.
    pub confidence: f32,
}

/// A part of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organ {
    /// Voice activity and recognition.
    Ear,
    /// Understanding.
    Mind,
    /// Synthesis.
    Mouth,
}
