//! One call's language model: what it has read, and the queue of what it is asked.
//!
//! Its jobs run on threads of their own, because a reply takes many times longer than anything the ear does and no frame
//! of audio may wait for it. Of several requests to read ahead only the newest is done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use hearsay_language::answering::{self, Outcome};
use hearsay_language::knowledge::Knowledge;
use hearsay_language::prompt::Prompt;
use hearsay_language::responder::{Responder, Thread};
use hearsay_text::pii::Pii;
use serde_json::Value;

use crate::lanes::{Lane, LaneFull, Pending, Pool, Priority, lock};
use crate::{EngineError, Models};

/// Requests that wait.
const MIND_JOBS_MAX: usize = 16;

/// What a language model is asked for.
#[derive(Debug, Clone)]
pub struct ComposeJob {
    /// What it reads.
    pub prompt: Prompt,
    /// The agent's documents, if it has any.
    pub knowledge: Option<Arc<Knowledge>>,
    /// What for.
    pub purpose: Purpose,
}

/// What a reply is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Talk, and call tools.
    Talk,
    /// Answer from the documents or not at all.
    Answer,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Composed {
    /// To say this.
    Reply {
        /// The words.
        text: Pii<String>,
        /// Files and places that it is from.
        sources: Vec<String>,
    },
    /// To call a tool.
    Call {
        /// What to say meanwhile; may be empty.
        phrase: Pii<String>,
        /// The tool.
        tool: String,
        /// Its arguments, an object.
        arguments: Pii<Value>,
    },
    /// Nothing that can be trusted.
    Unsure,
}

impl From<Outcome> for Composed {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Reply { text, sources, .. } => Self::Reply { text: Pii::new(text), sources },
            Outcome::Call { phrase, call } => Self::Call {
                phrase: Pii::new(phrase),
                tool: call.name,
                arguments: Pii::new(call.arguments),
            },
            Outcome::Unsure { .. } => Self::Unsure,
        }
    }
}

/// One call's.
pub(crate) struct Mind {
    thread: Mutex<Thread>,
    lane: Lane,
    /// The number of the newest request.
    newest: AtomicU64,
}

impl Mind {
    pub fn new(pool: &Pool, pending: Arc<Pending>) -> Self {
        let lane = pool.lane(MIND_JOBS_MAX, pending);
        Self { thread: Mutex::default(), lane, newest: AtomicU64::new(0) }
    }

    /// Queues a job; it is told whether newer requests have come since.
    pub fn push(
        &self,
        priority: Priority,
        job: impl FnOnce(u64) + Send + 'static,
    ) -> Result<(), LaneFull> {
        let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        self.lane.push(priority, move || job(number))
    }

    /// Reads a prompt beforehand, unless a newer request waits.
    pub fn read_ahead(&self, models: &Models, number: u64, prompt: &Prompt) {
        if self.newest.load(Ordering::Relaxed) == number
            && let Some(responder) = &models.responder
        {
            // What cannot be read will be told when a reply is asked for.
            let _ = responder.read_ahead(&mut lock(&self.thread), prompt);
        }
    }

    pub fn compose(&self, models: &Models, job: &ComposeJob) -> Result<Composed, EngineError> {
        models.compose(&mut lock(&self.thread), job)
    }

    /// Memory of what it has read.
    pub fn bytes(&self) -> usize {
        lock(&self.thread).bytes()
    }
}

impl Models {
    /// Asks the language model and waits for it; `thread` is what it has read of the conversation.
    ///
    /// # Errors
    /// When this build has no model, or the prompt cannot be read.
    pub fn compose(&self, thread: &mut Thread, job: &ComposeJob) -> Result<Composed, EngineError> {
        let responder = self.responder()?;
        let (prompt, knowledge) = (&job.prompt, job.knowledge.as_deref());
        let outcome = match (job.purpose, knowledge) {
            (Purpose::Talk, _) => answering::converse(responder, thread, prompt, knowledge),
            (Purpose::Answer, Some(knowledge)) => {
                answering::answer(responder, thread, prompt, knowledge)
            }
            (Purpose::Answer, None) => return Ok(Composed::Unsure),
        };
        outcome.map(Into::into).map_err(|e| failed(&e))
    }

    /// The language model.
    ///
    /// # Errors
    /// When this build has none.
    pub fn responder(&self) -> Result<&Arc<Responder>, EngineError> {
        self.responder.as_ref().ok_or_else(|| failed(&"this build has none"))
    }
}

fn failed(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::Model { what: "language model", reason: error.to_string() }
}
