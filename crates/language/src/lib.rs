//! Models that read or write: router.
//!
//! [`Router`] decides which of a user's own intents an utterance means; see its
//! module for how. The crate knows text only: no audio, no dialog state.

use thiserror::Error;

pub mod answer;
pub mod defaults;
pub mod features;
pub mod router;
mod weights;

pub use router::{Classification, IntentExamples, IntentScore, IntentSet, Router};

/// Why a language model could not be loaded or used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LanguageError {
    /// The router's weight file is not one.
    #[error("router weights: {what}; use the file that training/router writes")]
    Weights {
        /// What is wrong with it.
        what: String,
    },
    /// A set of intents cannot be used.
    #[error("intent {at}: {what}")]
    Intents {
        /// The intent's name, or `intents` for the whole set.
        at: String,
        /// What is wrong and how to mend it.
        what: String,
    },
}
