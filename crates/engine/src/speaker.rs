//! A place on the engine's threads for speech that belongs to no call.

use std::sync::Arc;

use crate::EngineError;
use crate::lanes::{Lane, LaneFull, Pending, Pool, Priority};
use crate::speech::{SpeechPiece, SpeechStream};

/// One step is asked for after another, never ahead.
const SPEECH_JOBS_MAX: usize = 1;

/// Runs the steps of one [`SpeechStream`] on the workers that calls share: behind what a caller waits for, so that calls
/// go on undisturbed, and one step a turn, so that streams take turns.
///
/// The stream travels with the step and comes back with its result; between steps nothing is computed, so an owner who
/// reads slowly holds the work back, and one who goes away ends it.
pub struct SpeechLane {
    lane: Lane,
}

impl SpeechLane {
    pub(crate) fn new(pool: &Pool) -> Self {
        Self { lane: pool.lane(SPEECH_JOBS_MAX, Arc::new(Pending::default())) }
    }

    /// Makes the next piece of `stream` and gives both to `done`, on the engine's thread; `done` must not block. If the
    /// step panics, `done` is dropped unused.
    ///
    /// # Errors
    /// When a step of this lane is still waiting.
    pub fn step(
        &self,
        mut stream: Box<SpeechStream>,
        done: impl FnOnce(Box<SpeechStream>, Result<Option<SpeechPiece>, EngineError>) + Send + 'static,
    ) -> Result<(), LaneFull> {
        // The first sound is waited for as in a call; what follows is heard later.
        let priority = if stream.is_silent() { Priority::Soon } else { Priority::Ahead };
        self.lane.push(priority, move || {
            let piece = stream.next_piece();
            done(stream, piece);
        })
    }
}
