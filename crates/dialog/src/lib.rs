//! Decides who speaks and what happens next in one call.
//!
//! [`Call`] is a pure state machine. It is not a model, a clock, a socket or a
//! thread, and it does not know that any of them exist: everything that happens
//! reaches it as an [`Input`] with a [`CallTime`], and everything it wants comes
//! out as an [`Output`].
//!
//! One contract binds the driver: after every [`Call::handle`], drain
//! [`Call::poll`] until it returns `None`, then arrange an [`Input::Wake`] for
//! [`Call::next_wake`].
//!
//! ```
//! use std::sync::Arc;
//! use hearsay_dialog::{Agent, Call, CallInfo, CallTime, Input, Output};
//!
//! let agent = Agent::parse(r#"
//! name: kiosk
//! agents: { host: { voice: ava } }
//! graph:
//!   start: hello
//!   nodes:
//!     hello: { agent: host, end: true, say: "We are closed today. Goodbye." }
//! "#)?;
//! let mut call = Call::new(Arc::new(agent), CallInfo::default());
//! call.handle(CallTime(0), Input::Connected);
//! let spoken = std::iter::from_fn(|| call.poll()).find_map(|output| match output {
//!     Output::Speak(speak) => Some(speak.text.expose().clone()),
//!     _ => None,
//! });
//! assert_eq!(spoken.as_deref(), Some("We are closed today. Goodbye."));
//! # Ok::<(), hearsay_dialog::AgentErrors>(())
//! ```
//!
//! Where things live: `call` holds the machine and its one `handle`; `turn` the
//! states and every threshold; `endpoint` decides that the caller has finished;
//! `barge_in` tells an interruption from an "mhm"; `reply` knows which words were
//! heard; `workflow` walks the graph; `agent` reads agent files.

mod agent;
mod barge_in;
mod call;
mod command;
mod condition;
mod endpoint;
mod event;
mod guard;
mod input;
mod line;
mod locale;
mod memory;
mod output;
mod reply;
mod slot;
mod template;
mod time;
mod tool;
mod turn;
mod voice_activity;
mod workflow;

pub use agent::{
    AfterCall, Agent, AgentErrors, Ask, BREATH, BuiltIn, DayRule, Disposition, Edge, EdgeOn,
    Fillers, HttpMethod, Intent, Limits, Node, NodeKind, Persona, Phrases, Problem, RemoteModel,
    Router, SlotCheck, SlotKind, SlotSpec, Stay, Talk, ToolKind, ToolSpec,
};
pub use call::{Call, CallInfo};
pub use command::Command;
pub use condition::Condition;
pub use event::{CallEvent, EndReason, EventKind, Speaker, TranscriptLine};
pub use guard::{Guard, GuardAction, Threat};
pub use hearsay_text::date::Date;
pub use hearsay_text::pii::Pii;
pub use input::{
    Composed, Composition, EnginePart, Input, IntentScore, SpeechPlanned, SpokenWord, Thought,
    ToolFailure, WordTime,
};
pub use memory::{Change, Source};
pub use output::{
    Aim, ComposeRequest, Exchange, Expectation, ListenCommand, Output, Speak, SpeakKind,
    ThinkRequest, ToolRequest,
};
pub use template::Template;
pub use time::{CallTime, ReplyId, ThinkId, ToolCallId, UtteranceId};
pub use turn::{Turn, TurnTaking};
