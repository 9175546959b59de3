//! Models that hear or speak: VAD, recogniser, acoustic model, vocoder.

pub mod acoustic;
pub mod pack;
pub mod recogniser;
pub mod silero;
pub mod synthesiser;
pub mod transducer;
pub mod vad;
pub mod vocoder;
