//! Everything that can happen to a call.

use std::fmt;

use hearsay_text::pii::Pii;

use crate::command::Command;
use crate::guard::Threat;
use crate::time::{ReplyId, ThinkId, ToolCallId, UtteranceId};

/// Something that happened, told to [`crate::Call::handle`] with its time.
#[derive(Debug, Clone)]
pub enum Input {
    /// The call is answered and audio can flow both ways.
    Connected,
    /// One 20 ms frame of caller audio was heard.
    Voice {
        /// Probability that the frame holds speech, 0 to 1.
        speech: f32,
    },
    /// The running transcript of the open utterance.
    Interim {
        /// The utterance it belongs to.
        utterance: UtteranceId,
        /// All words so far; a later interim may change them.
        text: Pii<String>,
    },
    /// Answer to [`crate::ListenCommand::Preview`].
    Preview {
        /// The utterance it belongs to.
        utterance: UtteranceId,
        /// What the final transcript would be if the caller said no more.
        text: Pii<String>,
    },
    /// How likely it is that the caller has finished, judged from the words of a preview. Comes
    /// beside [`Input::Preview`], before or after it; without it the words are judged by rules.
    TurnEnd {
        /// The utterance it belongs to.
        utterance: UtteranceId,
        /// Probability that nothing more comes, 0 to 1.
        probability: f32,
    },
    /// The words of the [`Input::Final`] that comes next are a threat.
    Threat {
        /// The utterance it belongs to.
        utterance: UtteranceId,
        /// Which.
        threat: Threat,
    },
    /// Answer to [`crate::ListenCommand::Finalize`], or a typed line from a text front end
    /// (which uses [`crate::Call::utterance`] as its utterance).
    Final {
        /// The utterance it belongs to.
        utterance: UtteranceId,
        /// The transcript.
        text: Pii<String>,
        /// The recogniser's confidence, 0 to 1.
        confidence: f32,
        /// The words with their times, where the recogniser gives them.
        words: Vec<SpokenWord>,
    },
    /// The caller pressed a telephone key: `0`-`9`, `*` or `#`.
    Digit(char),
    /// Answer to [`crate::Output::Think`].
    Thought(Thought),
    /// Answer to [`crate::Output::Compose`].
    Composed(Composed),
    /// The synthesiser knows when each word of a part of a reply is said.
    SpeechPlanned(SpeechPlanned),
    /// The caller has heard this much of a reply; sent about every 20 ms while it plays.
    Played {
        /// The reply being played.
        reply: ReplyId,
        /// Milliseconds of the whole reply heard so far.
        played_ms: u64,
    },
    /// The caller has heard a reply to its end.
    PlaybackDone {
        /// The reply that ended.
        reply: ReplyId,
    },
    /// An outside service answered or failed.
    ToolDone {
        /// The request it answers.
        tool_call: ToolCallId,
        /// The JSON it answered, or why there is none.
        outcome: Result<serde_json::Value, ToolFailure>,
    },
    /// A program outside wants something done; [`crate::EventKind::CommandDone`] tells what came of it.
    Command {
        /// The program's number for it.
        request: u64,
        /// What it wants.
        command: Command,
    },
    /// Part of the engine failed for this call.
    EngineFailed {
        /// The part.
        part: EnginePart,
        /// One line for the log.
        reason: String,
    },
    /// Time has passed; sent at [`crate::Call::next_wake`], harmless at any time.
    Wake,
    /// The caller hung up or the line broke.
    CallerGone,
}

/// One recognised word, in milliseconds from the start of its utterance.
#[derive(Debug, Clone)]
pub struct SpokenWord {
    /// The word as written.
    pub text: Pii<String>,
    /// Where it starts, ms from the start of the call.
    pub start_ms: u64,
    /// Where it ends, ms from the start of the call.
    pub end_ms: u64,
    /// The recogniser's confidence, 0 to 1.
    pub confidence: f32,
}

/// What the engine understood.
#[derive(Debug, Clone)]
pub struct Thought {
    /// The request it answers.
    pub think: ThinkId,
    /// Intents with their probabilities, in any order.
    pub intents: Vec<IntentScore>,
    /// Probability that none of them was meant, 0 to 1.
    pub out_of_scope: f32,
}

/// What a language model proposes.
#[derive(Debug, Clone)]
pub struct Composed {
    /// The request it answers.
    pub think: ThinkId,
    /// The proposal.
    pub composition: Composition,
}

/// What a language model can propose; the graph decides what comes of it.
#[derive(Debug, Clone)]
pub enum Composition {
    /// To say this.
    Reply {
        /// The words.
        text: Pii<String>,
    },
    /// To call a tool.
    Call {
        /// What to say meanwhile; may be empty.
        phrase: Pii<String>,
        /// The tool's name.
        tool: String,
        /// Its arguments, an object.
        arguments: Pii<serde_json::Value>,
    },
    /// Nothing that the model, or the check of its answer, is sure of.
    Unsure,
}

/// One intent and how likely it is.
#[derive(Debug, Clone)]
pub struct IntentScore {
    /// The intent's name in the agent file.
    pub name: String,
    /// Probability, 0 to 1.
    pub probability: f32,
}

/// The timetable of one part (sentence) of a reply.
#[derive(Debug, Clone)]
pub struct SpeechPlanned {
    /// The reply it belongs to.
    pub reply: ReplyId,
    /// Which part, counted from 0; parts are planned in order.
    pub part: u32,
    /// The words of the part, times from the start of the part.
    pub words: Vec<WordTime>,
    /// Length of the part, ms.
    pub duration_ms: u64,
}

/// When one word of a reply is said, in milliseconds from the start of its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordTime {
    /// The word as written in the reply's text, with its punctuation.
    pub text: String,
    /// Where it starts, ms from the start of the call.
    pub start_ms: u64,
    /// Where it ends, ms from the start of the call.
    pub end_ms: u64,
}

/// Why a tool gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolFailure {
    /// No answer within the tool's `timeout_ms`.
    Timeout,
    /// An HTTP status other than 2xx.
    Status(u16),
    /// The answer was not JSON; the text says why.
    BadJson(String),
    /// The JSON does not fit the tool's `answer` schema; the text says where.
    SchemaMismatch(String),
    /// No connection; the text says why.
    Unreachable(String),
    /// The answer was longer than the reader accepts.
    TooLarge,
    /// The service answered that it could not do it; the text is its own.
    Refused(String),
    /// The caller said something else before it answered.
    Cancelled,
}

impl fmt::Display for ToolFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("no answer in time"),
            Self::Status(code) => write!(f, "HTTP status {code}"),
            Self::BadJson(why) => write!(f, "the answer is not JSON: {why}"),
            Self::SchemaMismatch(why) => write!(f, "the answer does not fit its schema: {why}"),
            Self::Unreachable(why) => write!(f, "unreachable: {why}"),
            Self::TooLarge => f.write_str("the answer is too large"),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::Cancelled => f.write_str("cancelled, because the caller went on"),
        }
    }
}

/// The part of the engine that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnginePart {
    /// Hearing: voice activity or recognition.
    Listen,
    /// Understanding.
    Think,
    /// Speaking.
    Speak,
}
