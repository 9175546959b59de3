//! Models that hear or speak: VAD, recogniser, acoustic model, vocoder.

pub mod acoustic;
pub mod cloning;
pub mod emotion;
pub mod mel_vocoder;
pub mod pack;
pub mod piper;
pub mod recogniser;
pub mod silero;
pub mod synthesiser;
pub mod transducer;
pub mod vad;
pub mod vocoder;
pub mod voice;
pub mod voice_mel;
