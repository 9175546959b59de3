//! JSON Schemas of tools and structured replies: which keywords are claimed, and which are refused aloud.
//!
//! Draft 2020-12 is meant (drafts 7 and 2019-09 where they say the same). What the grammar engine would ignore, read
//! differently, or could only enforce in part is refused when the agent file is checked, with its place and the cure, so
//! that what a model writes under a schema that passed is valid under it. Every keyword that is claimed is enforced; the
//! other way round some valid values are never written: properties come in the order in which the schema names them,
//! numbers under bounds have no exponent, characters that need `\u` are left out. It validates no instance.

mod compile;
mod finite;
pub mod format;
mod lower;
pub mod pattern;

use serde_json::Value;
use thiserror::Error;

pub(crate) use compile::{engine_limits, engine_schema};
pub(crate) use lower::Lowered;

/// Longest schema, in bytes of compact JSON.
pub const SCHEMA_BYTES_MAX: usize = 64 * 1024;
/// Deepest nesting of a schema.
pub const SCHEMA_DEPTH_MAX: usize = 32;
/// Schemas inside one schema, itself counted.
pub const SUBSCHEMAS_MAX: usize = 512;
/// Values in one `enum`.
pub const ENUM_VALUES_MAX: usize = 512;
/// Largest bound on a text's characters, a list's items or an object's properties.
pub const LENGTH_MAX: u64 = 4096;
/// Largest size of a number in a schema: all whole numbers up to it are exact.
pub const NUMBER_MAX: f64 = 9_007_199_254_740_992.0;
/// Decimals of a number in a schema.
pub const DECIMALS_MAX: usize = 9;

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("schema at {path}: {what}")]
pub struct SchemaError {
    /// Where, as a JSON pointer from `#`.
    pub path: String,
    /// What is wrong there, and the cure.
    pub what: String,
}

impl SchemaError {
    fn new(path: &str, what: impl Into<String>) -> Self {
        Self { path: path.to_string(), what: what.into() }
    }
}

/// Which properties an object may have that its schema does not name and says nothing of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objects {
    /// Any, as the standard has it.
    Open,
    /// None. An object without `properties` stays open, and so does every object of a schema that joins schemas
    /// (`allOf`, or `$ref`, `anyOf` and `oneOf` beside other keywords).
    Closed,
}

/// Checks a schema: keywords, sizes, and that something can satisfy it and each of its parts.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn check(schema: &Value) -> Result<(), SchemaError> {
    lower(schema, Objects::Closed).map(drop)
}

/// Checks a schema and rewrites it for the grammar engine.
pub(crate) fn lower(schema: &Value, objects: Objects) -> Result<Lowered, SchemaError> {
    let bytes = schema.to_string().len();
    if bytes > SCHEMA_BYTES_MAX {
        return Err(SchemaError::new(
            "#",
            format!("{bytes} bytes; at most {SCHEMA_BYTES_MAX} are allowed"),
        ));
    }
    let lowered = lower::lower(schema, objects)?;
    finite::check(&lowered)?;
    compile::check(&lowered)?;
    Ok(lowered)
}

#[cfg(test)]
mod tests;
