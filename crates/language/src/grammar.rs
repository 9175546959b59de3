//! Grammars of what a model may write: JSON by a schema, or a spoken reply with tool calls.
//!
//! A [`Grammar`] is compiled once for a set of tools or a schema and shared by all calls; each output begins a
//! [`Follower`] of it, which is the decoder's [`Constraint`]. Masks come from `llguidance`: an Earley parser over a lexer
//! of regular-expression derivatives, walked along the tree of the vocabulary. What it is not: it knows no model, samples
//! nothing, and lets through no schema that it cannot enforce (see [`schema`]).

pub mod schema;
pub mod tool_call;
mod vocabulary;

pub use tool_call::{Tool, ToolCall, ToolChoice};
pub use vocabulary::{Encode, Piece, TOKEN_BYTES_MAX, TOKENS_MAX, Vocabulary};

use llguidance::Matcher;
use llguidance::api::TopLevelGrammar;
use serde_json::Value;
use thiserror::Error;

use crate::slm::constraint::{Constraint, ConstraintError, TokenMask};
use schema::{Objects, SchemaError, engine_schema};

/// Longest message of the engine that is repeated, in characters.
const MESSAGE_CHARS_MAX: usize = 200;

/// Why there is no grammar, or no call.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GrammarError {
    /// The schema of a structured reply cannot be used.
    #[error("{0}")]
    Schema(#[from] SchemaError),
    /// The schema of a tool's arguments cannot be used.
    #[error("tool {tool}: {error}")]
    Tool {
        /// The tool's name.
        tool: String,
        /// What is wrong with its schema.
        error: SchemaError,
    },
    /// A set of tools cannot be used.
    #[error("tools: {what}")]
    Tools {
        /// What is wrong, and the cure.
        what: String,
    },
    /// A vocabulary cannot be used.
    #[error("vocabulary: {what}")]
    Vocabulary {
        /// What is wrong.
        what: String,
    },
    /// The engine refused a grammar.
    #[error("grammar: {what}; make the schema or the set of tools smaller")]
    Engine {
        /// What it said.
        what: String,
    },
    /// What a model wrote is no call.
    #[error("tool call: {what}")]
    Call {
        /// What is wrong.
        what: String,
    },
}

/// A compiled grammar over one vocabulary. Immutable; share it.
pub struct Grammar {
    start: Matcher,
}

impl std::fmt::Debug for Grammar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Grammar")
    }
}

impl Grammar {
    /// One compact JSON value by a JSON Schema.
    ///
    /// # Errors
    /// For a schema that [`schema::check`] refuses, and where the grammar grows too big.
    pub fn json(
        vocabulary: &Vocabulary,
        schema: &Value,
        objects: Objects,
    ) -> Result<Self, GrammarError> {
        let lowered = schema::lower(schema, objects)?;
        let engine = engine_schema(&lowered.root);
        Self::compile(vocabulary, TopLevelGrammar::from_json_schema(engine))
    }

    /// A reply of an agent: said, or a call of one of the tools, see [`tool_call`]. `call_token` is the control token
    /// that begins a call, if the model has one.
    ///
    /// # Errors
    /// For tools that [`tool_call::check`] refuses, a choice that is not among them, and where the grammar grows too big.
    pub fn reply(
        vocabulary: &Vocabulary,
        tools: &[Tool],
        choice: &ToolChoice,
        call_token: Option<u32>,
    ) -> Result<Self, GrammarError> {
        if call_token.is_some_and(|token| token as usize >= vocabulary.tokens()) {
            let what = "the call token is none of its tokens".to_string();
            return Err(GrammarError::Vocabulary { what });
        }
        Self::compile(vocabulary, tool_call::grammar(tools, choice, call_token)?)
    }

    fn compile(vocabulary: &Vocabulary, grammar: TopLevelGrammar) -> Result<Self, GrammarError> {
        let mut start = Matcher::new(vocabulary.factory().create_parser(grammar));
        // The first mask shows whether the lexer stays within its limits.
        let fails = start.get_error().or_else(|| start.compute_mask().err().map(|e| e.to_string()));
        match fails {
            Some(error) => Err(GrammarError::Engine { what: first_line(&error) }),
            None => Ok(Self { start }),
        }
    }

    /// A follower at the beginning of a new output.
    pub fn begin(&self) -> Follower {
        Follower { start: self.start.clone(), matcher: self.start.clone(), accepted: Vec::new() }
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(MESSAGE_CHARS_MAX).collect()
}

/// One output's place in a grammar.
pub struct Follower {
    start: Matcher,
    matcher: Matcher,
    accepted: Vec<u32>,
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Follower({} tokens)", self.accepted.len())
    }
}

impl Follower {
    /// The engine does not go on after an error; begins anew up to the same place.
    fn recover(&mut self) -> Result<(), ConstraintError> {
        if self.matcher.is_error() {
            self.matcher = self.start.clone();
            self.matcher.consume_tokens(&self.accepted).map_err(failed)?;
        }
        Ok(())
    }
}

fn failed(error: impl std::fmt::Display) -> ConstraintError {
    ConstraintError { what: first_line(&error.to_string()) }
}

impl Constraint for Follower {
    fn allowed(&mut self, mask: &mut TokenMask) -> Result<(), ConstraintError> {
        self.recover()?;
        if self.matcher.is_stopped() {
            mask.clear();
            return Ok(());
        }
        let words = self.matcher.compute_mask().map_err(failed)?;
        mask.copy_from_words(words.as_slice());
        Ok(())
    }

    fn forced(&mut self) -> Vec<u32> {
        if self.recover().is_err() || self.matcher.is_stopped() {
            return Vec::new();
        }
        self.matcher.compute_ff_tokens()
    }

    fn accept(&mut self, token: u32) -> Result<(), ConstraintError> {
        self.recover()?;
        if self.matcher.is_stopped() || self.matcher.validate_tokens(&[token]).map_err(failed)? == 0
        {
            return Err(failed(format!("token {token} is not allowed here")));
        }
        self.matcher.consume_token(token).map_err(failed)?;
        self.accepted.push(token);
        Ok(())
    }

    fn rollback(&mut self, tokens: usize) -> Result<(), ConstraintError> {
        let left = self.accepted.len().checked_sub(tokens).ok_or_else(|| {
            failed(format!("{tokens} tokens back, but only {} were accepted", self.accepted.len()))
        })?;
        if tokens > 0 {
            // The engine's own rollback may leave it where a token is refused that its mask allows (seen where a string
            // ends and a key begins in one token); walking there anew takes microseconds and is right.
            self.accepted.truncate(left);
            self.matcher = self.start.clone();
            self.matcher.consume_tokens(&self.accepted).map_err(failed)?;
        }
        Ok(())
    }

    fn can_stop(&mut self) -> bool {
        if self.recover().is_err() {
            return false;
        }
        self.matcher.is_stopped() || self.matcher.is_accepting().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
