//! Sound as numbers: everything Hearsay does to PCM that needs no model.
//!
//! PCM is mono `f32` in [-1, 1] unless a function says otherwise. This crate is pure arithmetic: it reads no clock,
//! opens no file and no socket, and knows neither a phone provider nor a network. Times are given in ms, rates in Hz,
//! lengths in samples.
//!
//! | module | does |
//! |---|---|
//! | [`g711`] | mu-law and A-law, one byte a sample |
//! | [`l16`] | 16-bit linear PCM bytes |
//! | [`resample`] | streaming change of sample rate |
//! | [`level`] | peak and RMS, normalisation, limiter |
//! | [`frame`] | any chunk sizes into 20 ms frames |
//! | [`pacer`] | when each outbound frame may leave, and what the caller has heard so far |
//! | [`wav`] | WAV bytes in and out |
//! | [`mel`] | streaming log-mel features |
//! | [`fbank`] | the same as Kaldi computes them, for models from elsewhere |
//! | [`spectrogram`] | PNG pictures |
//! | [`stereo`] | caller left, agent right |

pub mod fbank;
pub mod frame;
pub mod g711;
pub mod l16;
pub mod level;
pub mod mel;
pub mod pacer;
pub mod resample;
pub mod spectrogram;
pub mod stereo;
pub mod wav;
