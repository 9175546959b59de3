//! Everything a call can ask for.

use hearsay_text::pii::Pii;
use serde_json::Value;

use crate::agent::HttpMethod;
use crate::event::{CallEvent, EndReason};
use crate::time::{ReplyId, ThinkId, ToolCallId, UtteranceId};

/// Something to do, from [`crate::Call::poll`].
#[derive(Debug, Clone)]
pub enum Output {
    /// Tell the recogniser something.
    Listen(ListenCommand),
    /// Understand what the caller said; answered by [`crate::Input::Thought`].
    Think(ThinkRequest),
    /// Say something. At most one reply is being said at any time.
    Speak(Speak),
    /// Stop this reply now and forget what is left of it, on the wire too.
    Flush {
        /// The reply to stop.
        reply: ReplyId,
    },
    /// End this filler because its answer follows at once: fade it out over a frame, or drop it
    /// if it has not begun.
    CutFiller {
        /// The filler to end.
        reply: ReplyId,
    },
    /// Hold this reply's audio and keep it: the caller made a sound.
    Pause {
        /// The reply to hold.
        reply: ReplyId,
    },
    /// Go on with a held reply from where it stopped.
    Resume {
        /// The reply to go on with.
        reply: ReplyId,
    },
    /// Ask an outside service; answered by [`crate::Input::ToolDone`].
    Tool(ToolRequest),
    /// End the call. Comes once and last, unless the caller has gone before.
    Hangup {
        /// Why.
        reason: EndReason,
    },
    /// Something worth a line in the log, the report or the console.
    Event(CallEvent),
}

/// A command to the recogniser.
#[derive(Debug, Clone, PartialEq)]
pub enum ListenCommand {
    /// Say what the final transcript would be now; keep the utterance open.
    Preview {
        /// The open utterance.
        utterance: UtteranceId,
    },
    /// Close the utterance, give its final transcript, open the next.
    Finalize {
        /// The open utterance.
        utterance: UtteranceId,
    },
    /// Close the utterance, throw it away, open the next.
    Discard {
        /// The open utterance.
        utterance: UtteranceId,
    },
    /// What the caller is likely to say from now on.
    Expect {
        /// The kind of answer.
        expectation: Expectation,
        /// Words and names worth favouring.
        phrases: Vec<String>,
    },
}

/// The kind of answer the agent is waiting for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// Nothing in particular.
    Anything,
    /// This many digits.
    Digits {
        /// Fewest.
        digits_min: usize,
        /// Most.
        digits_max: usize,
    },
    /// Yes or no.
    YesNo,
    /// A calendar date.
    Date,
    /// A person's name.
    Name,
    /// An amount of money.
    Money,
}

/// A request to understand.
#[derive(Debug, Clone)]
pub struct ThinkRequest {
    /// Its identifier, to be repeated in the answer.
    pub think: ThinkId,
    /// What the caller said.
    pub text: Pii<String>,
    /// The intents that can be taken here, by name.
    pub intents: Vec<String>,
}

/// Something for the agent to say.
#[derive(Debug, Clone)]
pub struct Speak {
    /// Its identifier, repeated in everything about it.
    pub reply: ReplyId,
    /// The words, as written for reading; they may hold what the caller said.
    pub text: Pii<String>,
    /// The voice's name.
    pub voice: String,
    /// Speed, 1.0 is normal.
    pub speed: f32,
    /// Style name, empty for neutral.
    pub style: String,
    /// What it is for.
    pub kind: SpeakKind,
}

/// What a reply is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeakKind {
    /// The first words of the call.
    Greeting,
    /// An answer or a question.
    Reply,
    /// Said while a tool runs or an answer is late; no answer itself.
    Filler,
    /// Said because the caller was silent or was not understood.
    Reprompt,
    /// The last words of the call.
    Goodbye,
}

/// A request to an outside service, with every placeholder filled in.
#[derive(Debug, Clone)]
pub struct ToolRequest {
    /// Its identifier, to be repeated in the answer.
    pub tool_call: ToolCallId,
    /// The tool's name in the agent file.
    pub tool: String,
    /// HTTP method.
    pub method: HttpMethod,
    /// The whole address.
    pub url: Pii<String>,
    /// Header names and values.
    pub headers: Vec<(String, Pii<String>)>,
    /// JSON to send, where the tool has a body.
    pub body: Option<Pii<Value>>,
    /// Give up after this long.
    pub timeout_ms: u64,
}
