//! The field's metrics, as plain arithmetic: word errors, rankings, signs.
//!
//! Nothing here knows a model or a file; every figure is tested against one
//! computed by hand.

mod ranking;
mod signs;
mod words;

pub use ranking::{Detection, Scored, auc, detection};
pub use signs::{SIGNS, SignCounts, Signs};
pub use words::{Edits, align, distance, plain_words};
