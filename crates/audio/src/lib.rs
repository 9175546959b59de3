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
//! | [`cepstrum`] | spectral envelopes of recordings and how far apart they are |
//! | [`dtw`] | which frames of two renderings belong together |
//! | [`pitch`] | F0 of a recorded voice |
//! | [`dtmf`] | the sounds of telephone keys |
//! | [`wav`] | WAV bytes in and out |
//! | [`mel`] | streaming log-mel features |
//! | [`fbank`] | the same as Kaldi computes them, for models from elsewhere |
//! | [`spectrogram`] | PNG pictures |
//! | [`coding`] | speech as bytes: PCM, G.711, [Opus](opus), [MP3](mp3) |
//! | [`stereo`] | caller left, agent right |
//! | [`watermark`] | an inaudible mark in synthetic speech, and how to find it |

pub mod cepstrum;
pub mod coding;
pub mod dtmf;
pub mod dtw;
pub mod fbank;
pub mod frame;
pub mod g711;
pub mod l16;
pub mod level;
pub mod mel;
pub mod mp3;
pub mod ogg;
pub mod opus;
pub mod pacer;
pub mod pitch;
pub mod resample;
pub mod spectrogram;
pub mod stereo;
pub mod watermark;
pub mod wav;
