//! Models that hear or speak: VAD, recogniser, acoustic model, vocoder.

pub mod acoustic;
pub mod recogniser;
pub mod synthesiser;
pub mod vad;
pub mod vocoder;
