//! What can be wrong with a provider's message, and where.

use crate::{MESSAGE_BYTES_MAX, Provider};

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireErrorKind {
    /// The message is longer than [`MESSAGE_BYTES_MAX`].
    #[error("{bytes} bytes; at most {MESSAGE_BYTES_MAX} are allowed, send shorter pieces")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The text is no JSON object.
    #[error("not a JSON object ({0})")]
    NotJson(String),
    /// A field that must be there is not.
    #[error("missing")]
    Missing,
    /// A field has the wrong type or a value that cannot be.
    #[error("must be {expected}, but is {found}")]
    Bad {
        /// What it must be.
        expected: &'static str,
        /// What it is, shortened.
        found: String,
    },
    /// Sound that is not base64.
    #[error("not base64 ({0})")]
    NotBase64(String),
    /// Sound that is not whole samples.
    #[error("{0}")]
    NotSamples(#[from] hearsay_audio::l16::OddLength),
    /// Sound in a form that is not carried here.
    #[error("sound as {0:?} is not supported; ask for audio/x-mulaw at 8000 Hz")]
    UnsupportedEncoding(String),
    /// Sound or an answer before the stream's start message.
    #[error("the stream has not started; wait for the start message")]
    NotStarted,
    /// A value that may not go into an answer document.
    #[error("{0}")]
    NotAllowed(&'static str),
}

/// A message, or an answer document, that cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{at}: {kind}", provider.map_or(String::new(), |provider| format!("{} ", provider.name())))]
pub struct WireError {
    /// What is wrong.
    pub kind: WireErrorKind,
    /// The field, as a path such as `media.payload`, or `message`.
    pub at: &'static str,
    /// Whose message it is, where that is known.
    pub provider: Option<Provider>,
}

impl WireError {
    pub(crate) fn new(kind: WireErrorKind, at: &'static str) -> WireError {
        WireError { kind, at, provider: None }
    }

    /// The same error, as that of a provider's message.
    pub(crate) fn of(self, provider: Provider) -> WireError {
        WireError { provider: Some(provider), ..self }
    }
}
