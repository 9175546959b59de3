//! Hearing without a call: recordings in, utterances out, through the same ear
//! and the same endpointing as a call.

mod clip;
mod endpoint;
mod listener;
mod segment;
mod wav_file;

pub use clip::{Clip, Line};
pub use endpoint::Endpoints;
pub use listener::{Heard, Listener, Told};
pub use segment::onset_ms;
pub use wav_file::WavFile;
