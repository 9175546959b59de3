//! Runs the models for many calls at once.
//!
//! [`Models`] are loaded once and shared; an [`EngineCall`] is the little that
//! one call adds: the states of its ear and its mouth, and its place in the
//! queues of the [`Engine`]'s worker threads. The engine does not know what a
//! phone call is, who speaks next, or what time it is.

mod call;
mod event;
mod fillers;
mod format;
mod lanes;
mod listen;
mod mind;
mod models;
mod speak;
mod speaker;
mod speech;
mod stream_time;
mod utterance;
mod voice;

use std::sync::Arc;

use hearsay_language::router::IntentSet;

pub use call::{EngineCall, Sink};
pub use event::{EngineEvent, Heard, HeardWord, Organ};
pub use fillers::{BREATH, FillerWish};
pub use format::Formatting;
pub use lanes::LaneFull;
pub use listen::HearCommand;
pub use mind::{ComposeJob, Composed, Purpose};
pub use models::Models;
pub use speak::{REPLIES_MAX, REPLY_BYTES_MAX, SpeakRequest};
pub use speaker::SpeechLane;
pub use speech::{
    RATES_HZ, SPEED_RANGE, SentenceTime, SpeechOptions, SpeechPiece, SpeechRequestError,
    SpeechStream, TEXT_CHARS_MAX, WordTime,
};
pub use voice::VoiceMeter;

/// The worker threads and the models they share.
pub struct Engine {
    models: Arc<Models>,
    fillers: Arc<fillers::FillerCache>,
    pool: lanes::Pool,
    /// For the language model, whose jobs are long.
    minds: lanes::Pool,
}

/// Threads of the language model, by threads of everything else.
const MINDS_SHARE: usize = 2;

impl Engine {
    /// Starts the worker threads.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(models: Arc<Models>, workers: usize) -> Result<Self, EngineError> {
        let start =
            |threads| lanes::Pool::start(threads).map_err(|e| EngineError::Threads(e.to_string()));
        let pool = start(workers)?;
        let minds = start(workers.div_ceil(MINDS_SHARE))?;
        Ok(Self { models, fillers: Arc::default(), pool, minds })
    }

    /// The shared models.
    pub fn models(&self) -> &Arc<Models> {
        &self.models
    }

    /// Gives a call its ear and mouth, both at `rate_hz`, and an understanding
    /// of `intents`. Its events go to `sink`, which must not block.
    ///
    /// # Errors
    /// When the rate cannot be converted to the models'.
    pub fn open(
        &self,
        rate_hz: u32,
        intents: Arc<IntentSet>,
        sink: Sink,
    ) -> Result<EngineCall, EngineError> {
        let fillers = self.fillers.clone();
        let pools = call::Pools { workers: &self.pool, minds: &self.minds };
        EngineCall::open(self.models.clone(), fillers, &pools, rate_hz, intents, sink)
    }

    /// Makes fillers ready at `rate_hz`, so that calls say them at once. Those that are ready or
    /// under way cost nothing; the rest is made on the workers, behind what callers wait for.
    pub fn prepare_fillers(&self, wishes: &[FillerWish], rate_hz: u32) {
        let (models, fillers) = (self.models.clone(), self.fillers.clone());
        let lane = self.pool.lane(1, Arc::default());
        fillers::Preparation::new(models, fillers, wishes, rate_hz).go_on(lane);
    }

    /// A place in the workers' queues for one stream of speech that belongs to no call.
    pub fn speech_lane(&self) -> SpeechLane {
        SpeechLane::new(&self.pool)
    }
}

/// Why the engine could not do something.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The system refused a worker thread.
    #[error("cannot start the engine's threads: {0}")]
    Threads(String),
    /// A queue is full because the machine is too slow for its calls.
    #[error(transparent)]
    Full(#[from] LaneFull),
    /// Speech was asked for that cannot be made.
    #[error(transparent)]
    Speech(#[from] SpeechRequestError),
    /// A reply's text is over [`REPLY_BYTES_MAX`].
    #[error("a reply of {bytes} bytes is over the limit of {max}", max = REPLY_BYTES_MAX)]
    ReplyTooLong {
        /// The text's length.
        bytes: usize,
    },
    /// Over [`REPLIES_MAX`] replies wait.
    #[error("too many replies wait to be said")]
    TooManyReplies,
    /// A model or its weights failed.
    #[error("{what}: {reason}")]
    Model {
        /// Which model.
        what: &'static str,
        /// Why.
        reason: String,
    },
}
