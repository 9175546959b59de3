//! Calls kept on purpose: encrypted, expiring, erasable, in an embedded database (SQLite) or in PostgreSQL.
//!
//! Envelope encryption: every call has a data key of its own, which is wrapped by the user's [`MasterKey`];
//! all that is kept of the call is sealed with its data key (AES-256-GCM, NIST SP 800-38D). To forget a call,
//! its wrapped key is destroyed: what is left cannot be read by anybody. Master keys are rotated by wrapping
//! the data keys anew, without touching what they seal.
//!
//! Every keeping, reading and forgetting is written to a journal whose entries are chained by HMAC, so that a
//! call that somebody changed, took away or slipped in is found by [`Vault::verify`].
//!
//! | module | does |
//! |---|---|
//! | [`key`] | master keys: from text, wrapping and unwrapping of data keys |
//! | [`seal`] | AES-256-GCM of one piece, bound to where it belongs |
//! | [`journal`] | the chain of what happened |
//! | `database` | SQLite or PostgreSQL, with the same statements |
//! | [`vault`] | the vault itself: keep, list, read, erase, expire, rotate, verify |
//! | [`open_call`] | how far calls have come that are not over |
//!
//! The crate knows bytes: what a call's record means is its user's affair. Time is an argument, milliseconds
//! since 1970.

mod database;
pub mod journal;
pub mod key;
pub mod open_call;
mod schema;
pub mod seal;
pub mod vault;

pub use database::Place;
pub use journal::{Action, Entry};
pub use key::MasterKey;
pub use vault::{Kept, NewCall, Part, Vault, Verified};

use thiserror::Error;

/// Why calls could not be kept or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The text of a master key is not one.
    #[error(
        "the key is not 32 bytes in hexadecimal (64 digits) or base64; make one with `openssl rand -hex 32`"
    )]
    Key,
    /// The system has no random numbers to give.
    #[error("the system gives no random numbers")]
    Random,
    /// A sealed piece does not open: another key, or somebody changed it.
    #[error("{what} cannot be opened: it was changed, or sealed with another key")]
    Sealed {
        /// Which piece.
        what: String,
    },
    /// A call's state is too large to be written down.
    #[error("the state of a call has {bytes} bytes; at most {most} are written down")]
    TooLargeState {
        /// Its size.
        bytes: usize,
        /// The bound.
        most: usize,
    },
    /// None of the given master keys wrapped this data key.
    #[error("call {call} was kept under the master key {key_id}; add that key to `old_keys`")]
    UnknownKey {
        /// The call.
        call: String,
        /// Which key, see [`MasterKey::id`].
        key_id: String,
    },
    /// There is no such call, or it was erased.
    #[error("there is no call `{0}`; `hearsay calls list` shows those that are kept")]
    NoCall(String),
    /// A call is larger than what is kept.
    #[error("the {part:?} of the call has {bytes} bytes, more than {most}")]
    TooLarge {
        /// Which part.
        part: Part,
        /// Its length.
        bytes: usize,
        /// What is kept at most.
        most: usize,
    },
    /// The database is of a later version.
    #[error("the database has version {0}, this program knows {known}; use a newer one", known = schema::VERSION)]
    Version(i64),
    /// The database failed.
    #[error("the database of calls: {0}")]
    Database(#[from] rusqlite::Error),
    /// PostgreSQL failed, or cannot be reached.
    #[error("the database of calls: {}", with_cause(.0))]
    Postgres(#[source] postgres::Error),
    /// A table is not as this program makes it.
    #[error("the database of calls: column {0} is of another kind")]
    Column(usize),
}

/// PostgreSQL's own words, which the error of the client has as its cause.
fn with_cause(error: &postgres::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}
