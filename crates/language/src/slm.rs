//! The small language model: a decoder that runs on one core and is shared by
//! every call.
//!
//! [`load`] reads a GGUF file into a [`Model`] (weights, shared by all) and a
//! [`Tokenizer`]. A call has a [`kv::Session`], which begins with a shared
//! [`kv::Prefix`]; a [`generate::Generation`] continues its text token by token,
//! under a [`constraint::Constraint`] if there is one, and faster with a
//! [`speculate::Draft`], which never changes what comes out. [`llama2c`] reads
//! another, simpler file format.
//!
//! It holds no prompt format, no grammar and no idea of a call: those are the
//! caller's. Everything runs on the calling thread and reads no clock.

mod attention;
pub mod config;
pub mod constraint;
mod float;
pub mod generate;
pub mod gguf;
pub mod kv;
pub mod llama2c;
mod matrix;
pub mod model;
mod sample;
pub mod speculate;
pub mod tokenizer;

use std::sync::Arc;

use thiserror::Error;

pub use config::Config;
pub use float::Rotation;
pub use model::Model;
pub use sample::Sampling;
pub use tokenizer::Tokenizer;

/// A model and the tokenizer that belongs to it.
#[derive(Debug, Clone)]
pub struct Slm {
    /// The weights.
    pub model: Arc<Model>,
    /// Text to tokens and back.
    pub tokenizer: Arc<Tokenizer>,
}

/// Reads a GGUF file: architecture `llama`, `qwen2` or `qwen3`, tokenizer `gpt2` or `llama`.
///
/// # Errors
/// The file is broken, or asks for something that is not done here.
pub fn load(file: &[u8]) -> Result<Slm, SlmError> {
    let file = gguf::Gguf::parse(file)?;
    let tokenizer = Tokenizer::from_gguf(&file)?;
    let model = Model::from_gguf(&file)?;
    let (tokens, rows) = (tokenizer.vocabulary(), model.config().vocabulary);
    if tokens > rows {
        let what = format!("{tokens} tokens, but the model has rows for {rows}");
        return Err(SlmError::file("tokenizer.ggml.tokens", what));
    }
    Ok(Slm { model: Arc::new(model), tokenizer: Arc::new(tokenizer) })
}

/// Why a language model could not be loaded or used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SlmError {
    /// The model's file is broken or asks for something that is not done here.
    #[error("model file: {at}: {what}")]
    File {
        /// The place: a byte, a value's or a tensor's name.
        at: String,
        /// What is wrong and, where there is one, the cure.
        what: String,
    },
    /// There is nothing to read.
    #[error("the prompt is empty; give at least one token")]
    EmptyPrompt,
    /// A text does not fit.
    #[error("{tokens} tokens do not fit the model's window of {window}; shorten the prompt")]
    Window {
        /// Tokens wanted.
        tokens: usize,
        /// Tokens possible.
        window: usize,
    },
    /// A token is not of this model.
    #[error("token {token} is outside of the model's vocabulary of {vocabulary}")]
    Token {
        /// The token.
        token: u32,
        /// Tokens there are.
        vocabulary: usize,
    },
    /// The constraint could not go on.
    #[error(transparent)]
    Constraint(#[from] constraint::ConstraintError),
}

impl SlmError {
    fn file(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self::File { at: at.into(), what: what.into() }
    }
}

#[cfg(test)]
mod tests;
