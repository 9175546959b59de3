//! Models that read or write: router, punctuation, end of turn.
//!
//! [`Router`] decides which of a user's own intents an utterance means; see its
//! module for how. [`Encoder`] turns a text into a vector, near to those of like
//! meaning. [`punctuate`] puts signs and capitals into plain words,
//! [`personal_data`] finds names, addresses and dates of birth, [`input_filter`]
//! tells attacks and abuse from business, [`turn_end`] says how finished a turn
//! sounds. [`knowledge`] finds what an agent's documents say and whether they say
//! it; [`grounding`] checks an answer against them.
//! [`slm`] decodes a small language model, under a [`grammar`], from a [`prompt`]; a
//! [`responder`] makes replies with it, and [`answering`] checks them before they are spoken.
//! The crate knows text only: no audio, no dialog state.

use thiserror::Error;

pub mod answer;
pub mod answering;
pub mod copying;
pub mod defaults;
pub mod encoder;
pub mod features;
pub mod grammar;
pub mod grounding;
pub mod input_filter;
mod intent_set;
pub mod knowledge;
mod linear;
pub mod personal_data;
pub mod prompt;
pub mod punctuate;
pub mod responder;
pub mod router;
pub mod slm;
pub mod turn_end;
mod weights;
mod word_net;

pub use encoder::Encoder;
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
    /// The punctuation weight file is not one.
    #[error("punctuation weights: {what}; use the file that training/punctuate writes")]
    Punctuation {
        /// What is wrong with it.
        what: String,
    },
    /// The weight file of the tagger of personal data is not one.
    #[error("personal data weights: {what}; use the file that training/pii writes")]
    PersonalData {
        /// What is wrong with it.
        what: String,
    },
    /// The weight file of the input filter is not one.
    #[error("input filter weights: {what}; use the file that training/guard writes")]
    InputFilter {
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
