//! The field's metrics, as plain arithmetic: word errors, rankings, signs, voices,
//! seams.
//!
//! Nothing here knows a model or a file; every figure is tested against one
//! computed by hand.

mod ranking;
mod seams;
mod signs;
mod spans;
mod voices;
mod words;

pub use ranking::{Detection, Scored, auc, detection};
pub use seams::{Compared, Jumps, Seams};
pub use signs::{SIGNS, SignCounts, Signs};
pub use spans::{Span, SpanCounts, Spans};
pub use voices::{Distance, Frames, voice_distance};
pub use words::{Edits, align, distance, plain_words};
