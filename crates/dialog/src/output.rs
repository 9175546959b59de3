//! Everything a call can ask for.

use hearsay_text::pii::Pii;
use serde_json::Value;

use crate::agent::{HttpMethod, ToolKind};
use crate::event::{CallEvent, EndReason};
use crate::time::{ReplyId, ThinkId, ToolCallId, UtteranceId};

/// Something to do, from [`crate::Call::poll`].
#[derive(Debug, Clone)]
pub enum Output {
    /// Tell the recogniser something.
    Listen(ListenCommand),
    /// Understand what the caller said; answered by [`crate::Input::Thought`].
    Think(ThinkRequest),
    /// Find words, or a tool to call; answered by [`crate::Input::Composed`].
    Compose(ComposeRequest),
    /// The caller is still speaking and a request like this will probably follow, with more
    /// words at its end: what can be computed of it beforehand may be. No answer is awaited.
    Ponder(ComposeRequest),
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
    /// Put the caller through to this number or address. The hang-up follows at once.
    Transfer {
        /// As the agent file has it: `+4930123`, `sip:desk@example.com`.
        to: Pii<String>,
    },
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

/// A request for words, to a language model.
#[derive(Debug, Clone)]
pub struct ComposeRequest {
    /// Its identifier, to be repeated in the answer.
    pub think: ThinkId,
    /// Who speaks, by name.
    pub agent: String,
    /// What for.
    pub aim: Aim,
    /// What the call has collected and may be said: names and values.
    pub slots: Vec<(String, Pii<String>)>,
    /// What was said and done so far, the newest last: the caller's words, or a tool's answer.
    pub history: Vec<Exchange>,
}

impl ComposeRequest {
    /// What the caller said last; empty if they have not spoken.
    pub fn question(&self) -> &str {
        let said = self.history.iter().rev().find_map(|exchange| match exchange {
            Exchange::Caller(text) => Some(text.expose().as_str()),
            _ => None,
        });
        said.unwrap_or_default()
    }
}

/// What a language model is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// Talk towards a goal; call one of these tools if that helps.
    Talk {
        /// The goal of the node.
        goal: String,
        /// The tools, by name.
        tools: Vec<String>,
    },
    /// Answer the caller's question from the agent's knowledge, or not at all.
    Answer,
}

/// One thing that was said or done in the call.
#[derive(Debug, Clone)]
pub enum Exchange {
    /// The caller said this.
    Caller(Pii<String>),
    /// The agent said this, as far as it was heard.
    Agent(Pii<String>),
    /// A tool was called.
    Call {
        /// Its name.
        tool: String,
        /// Its arguments, an object.
        arguments: Pii<Value>,
    },
    /// What it answered, or `{"error": ...}`.
    Result(Pii<Value>),
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
    /// How it is asked.
    pub kind: ToolKind,
    /// HTTP method.
    pub method: HttpMethod,
    /// The whole address; empty for a built-in tool.
    pub url: Pii<String>,
    /// Header names and values.
    pub headers: Vec<(String, Pii<String>)>,
    /// JSON to send, where the tool has a body.
    pub body: Option<Pii<Value>>,
    /// Give up after this long, retries included.
    pub timeout_ms: u64,
    /// How often to send it again when it failed in a way that may pass.
    pub retries: u32,
}
