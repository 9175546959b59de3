//! What a call tells the log, the report and the console. Not commands: nothing
//! needs to be done about an event.

use std::fmt;

use hearsay_text::pii::Pii;
use serde_json::{Map, Value};

use crate::guard::Threat;
use crate::input::{EnginePart, ToolFailure};
use crate::output::SpeakKind;
use crate::time::{CallTime, ReplyId, ThinkId, ToolCallId, UtteranceId};

/// Something that happened in the call, with its time.
#[derive(Debug, Clone)]
pub struct CallEvent {
    /// When.
    pub at: CallTime,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum EventKind {
    /// Somebody began to speak.
    TurnStarted {
        /// Counted from 1 over both speakers.
        turn: u64,
        /// Who.
        speaker: Speaker,
    },
    /// The caller stopped and the endpoint fired.
    CallerStopped {
        /// The utterance that ended.
        utterance: UtteranceId,
        /// When the last voiced frame was heard: latency counts from here.
        last_voice: CallTime,
    },
    /// The transcript of a caller's turn.
    CallerSaid {
        /// The words.
        text: Pii<String>,
        /// The recogniser's confidence, 0 to 1.
        confidence: f32,
    },
    /// The caller pressed keys.
    CallerPressed {
        /// The digits.
        digits: Pii<String>,
    },
    /// A reply ended; the text is what the caller really heard.
    AgentSaid {
        /// The reply.
        reply: ReplyId,
        /// The words heard.
        text: Pii<String>,
        /// Whether the caller cut it short.
        interrupted: bool,
        /// What the reply was for.
        kind: SpeakKind,
    },
    /// The caller made a sound over the agent and it was no interruption.
    BackChannel {
        /// The reply that went on.
        reply: ReplyId,
    },
    /// The call goes on where an earlier line broke off.
    Resumed,
    /// Somebody asked for a moment, or music plays: silence is waited out.
    OnHold,
    /// An answering machine took the call.
    Voicemail,
    /// The understanding of a caller's turn.
    Understood {
        /// The best intent, if any.
        intent: Option<String>,
        /// Its probability, 0 to 1.
        probability: f32,
    },
    /// The call is at a node of the graph.
    NodeEntered {
        /// The agent who speaks there.
        agent: String,
        /// The node.
        node: String,
    },
    /// Another agent took over.
    Handoff {
        /// The agent who leaves.
        from: String,
        /// The agent who comes.
        to: String,
        /// The outcome that led there: an intent, `done`, ...
        reason: String,
        /// What is passed on: `context`, `user_profile`, `slot_details` (private ones masked) and
        /// `conversation_history`.
        context: Pii<Value>,
    },
    /// A slot has a value.
    SlotSet {
        /// The slot.
        slot: String,
        /// The value.
        value: Pii<Value>,
    },
    /// What would be a slot's value cannot be: a wrong check digit, a number out of bounds.
    SlotRefused {
        /// The slot.
        slot: String,
        /// What its value must be.
        wanted: String,
    },
    /// A transition was proposed that is not drawn, or whose conditions are not met.
    EdgeRefused {
        /// The node the call stays at.
        node: String,
        /// What was proposed.
        proposed: String,
    },
    /// The caller's words were taken for a threat.
    Guarded {
        /// Which.
        threat: Threat,
        /// Warnings that the caller had before.
        warnings: u32,
    },
    /// A reply that a language model wrote is not spoken.
    ReplyRefused {
        /// Why; no word of it.
        why: &'static str,
    },
    /// A program outside is asked for an answer to the caller's words.
    OutsideAsked {
        /// The question; [`crate::Command::Say`] names it.
        think: ThinkId,
        /// The words.
        text: Pii<String>,
    },
    /// What a program outside wanted was done, or was refused.
    CommandDone {
        /// The program's number for it.
        request: u64,
        /// Why it was not done.
        refused: Option<String>,
    },
    /// An outside service was asked.
    ToolCalled {
        /// The request.
        tool_call: ToolCallId,
        /// The tool.
        tool: String,
        /// What was sent.
        arguments: Pii<Value>,
    },
    /// An outside service answered or failed.
    ToolReturned {
        /// The request.
        tool_call: ToolCallId,
        /// The tool.
        tool: String,
        /// The JSON, or why there is none.
        outcome: Result<Pii<Value>, ToolFailure>,
        /// How long it took, ms.
        took_ms: u64,
    },
    /// Part of the engine failed and the call went on or ended gracefully.
    EngineFailed {
        /// The part.
        part: EnginePart,
        /// One line.
        reason: String,
    },
    /// The call is over.
    Ended {
        /// Why.
        reason: EndReason,
    },
    /// What the agent file wants noted of a call that is over.
    Noted {
        /// How it turned out; empty where no condition holds.
        disposition: String,
        /// Slots with their values, null for those that have none.
        fields: Pii<Map<String, Value>>,
    },
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The person on the line.
    Caller,
    /// One of the agents.
    Agent,
}

impl Speaker {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Agent => "agent",
        }
    }
}

/// One line of the transcript.
#[derive(Debug, Clone)]
pub struct TranscriptLine {
    /// When it was complete.
    pub at: CallTime,
    /// Who.
    pub speaker: Speaker,
    /// The agent's name; empty for the caller.
    pub agent: String,
    /// The words said by the caller, or heard by the caller.
    pub text: Pii<String>,
    /// Whether it was cut short.
    pub interrupted: bool,
}

/// Why a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndReason {
    /// The graph reached its end.
    Completed,
    /// The caller hung up.
    CallerGone,
    /// Nobody answered the reprompts.
    Silence,
    /// The caller could not be understood after the reprompts.
    NotUnderstood,
    /// The call reached its longest allowed length.
    CallLimit,
    /// A tool failed and the graph has no way on.
    ToolFailed,
    /// The caller was put through to somebody else.
    Transferred,
    /// A node's `requires` or an edge's `when` left no way on.
    Blocked,
    /// The engine failed too often.
    EngineFailed,
    /// A program outside ended it.
    HungUp,
    /// The caller was warned too often.
    Guarded,
    /// An answering machine took the call, and no edge is drawn for that.
    Voicemail,
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completed => "completed",
            Self::CallerGone => "caller_gone",
            Self::Silence => "silence",
            Self::NotUnderstood => "not_understood",
            Self::CallLimit => "call_limit",
            Self::ToolFailed => "tool_failed",
            Self::Transferred => "transferred",
            Self::Blocked => "blocked",
            Self::EngineFailed => "engine_failed",
            Self::HungUp => "hung_up",
            Self::Guarded => "guarded",
            Self::Voicemail => "voicemail",
        })
    }
}
