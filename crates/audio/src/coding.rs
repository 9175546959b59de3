//! Speech as bytes for a file or a stream: linear PCM, G.711, Ogg/Opus, MP3, with or without a WAV header.
//!
//! What it is: [`SoundEncoder`] takes samples while they are being made and gives bytes that can be sent at once. What
//! it is not: it does not change the speed of anything and decodes nothing.

use std::str::FromStr;

use crate::wav::{self, DataLength, SampleFormat};
use crate::{g711, l16, mp3, opus};

/// How samples become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coding {
    /// 16-bit linear PCM, little-endian.
    #[default]
    PcmS16le,
    /// G.711 mu-law, one byte a sample.
    PcmMulaw,
    /// G.711 A-law, one byte a sample.
    PcmAlaw,
    /// Opus in Ogg pages.
    Opus,
    /// MPEG audio layer III.
    Mp3,
}

impl Coding {
    /// Every coding, the default first.
    pub const ALL: [Coding; 5] =
        [Coding::PcmS16le, Coding::PcmMulaw, Coding::PcmAlaw, Coding::Opus, Coding::Mp3];

    /// Its name, as requests and flags write it.
    pub fn name(self) -> &'static str {
        match self {
            Coding::PcmS16le => "pcm_s16le",
            Coding::PcmMulaw => "pcm_mulaw",
            Coding::PcmAlaw => "pcm_alaw",
            Coding::Opus => "opus",
            Coding::Mp3 => "mp3",
        }
    }

    /// Whether it is a telephone's, for which 8000 Hz is the usual rate.
    pub fn is_g711(self) -> bool {
        matches!(self, Coding::PcmMulaw | Coding::PcmAlaw)
    }

    /// The sample format of a WAV file; `None` for what has a container of its own.
    pub fn wav_format(self) -> Option<SampleFormat> {
        match self {
            Coding::PcmS16le => Some(SampleFormat::Int { bits: 16 }),
            Coding::PcmMulaw => Some(SampleFormat::Mulaw),
            Coding::PcmAlaw => Some(SampleFormat::Alaw),
            Coding::Opus | Coding::Mp3 => None,
        }
    }

    /// The media type of a body in this coding.
    pub fn media_type(self, wav_header: bool) -> &'static str {
        match self {
            _ if wav_header && self.wav_format().is_some() => "audio/wav",
            Coding::PcmS16le => "audio/pcm",
            Coding::PcmMulaw => "audio/x-mulaw",
            Coding::PcmAlaw => "audio/x-alaw",
            Coding::Opus => "audio/ogg",
            Coding::Mp3 => "audio/mpeg",
        }
    }
}

impl std::fmt::Display for Coding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of pcm_s16le, pcm_mulaw, pcm_alaw, opus, mp3")]
pub struct UnknownCoding;

impl FromStr for Coding {
    type Err = UnknownCoding;

    /// Also by the names that other speech services use, such as `pcm` and `ulaw`.
    fn from_str(name: &str) -> Result<Coding, UnknownCoding> {
        match name {
            "pcm_s16le" | "pcm" | "pcm16" | "linear16" => Ok(Coding::PcmS16le),
            "pcm_mulaw" | "mulaw" | "ulaw" => Ok(Coding::PcmMulaw),
            "pcm_alaw" | "alaw" => Ok(Coding::PcmAlaw),
            "opus" => Ok(Coding::Opus),
            "mp3" => Ok(Coding::Mp3),
            _ => Err(UnknownCoding),
        }
    }
}

/// Why sound could not be coded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodingError {
    /// Opus failed.
    #[error(transparent)]
    Opus(#[from] opus::OpusError),
    /// MP3 failed.
    #[error(transparent)]
    Mp3(#[from] mp3::Mp3Error),
}

/// One stream of samples on its way to bytes.
pub struct SoundEncoder {
    state: State,
    rate_hz: u32,
    wav: Option<SampleFormat>,
    /// The WAV header has been given.
    begun: bool,
    /// Bytes of sound given after it.
    sound_bytes: u64,
}

enum State {
    Linear,
    Companded(g711::Law),
    Opus(Box<opus::OggOpus>),
    Mp3(Box<mp3::Mp3>),
}

impl SoundEncoder {
    /// An encoder for mono samples at `rate_hz`. A WAV header goes before linear PCM and G.711 when it is asked for;
    /// Opus and MP3 have containers of their own.
    pub fn new(
        coding: Coding,
        rate_hz: u32,
        wav_header: bool,
    ) -> Result<SoundEncoder, CodingError> {
        let state = match coding {
            Coding::PcmS16le => State::Linear,
            Coding::PcmMulaw => State::Companded(g711::Law::Mu),
            Coding::PcmAlaw => State::Companded(g711::Law::A),
            Coding::Opus => State::Opus(Box::new(opus::OggOpus::new(rate_hz)?)),
            Coding::Mp3 => State::Mp3(Box::new(mp3::Mp3::new(rate_hz)?)),
        };
        let wav = coding.wav_format().filter(|_| wav_header);
        Ok(SoundEncoder { state, rate_hz, wav, begun: false, sound_bytes: 0 })
    }

    /// Takes samples in [-1, 1] (louder ones are clipped); returns what can be sent, the header first.
    pub fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, CodingError> {
        let mut out = self.head();
        let before = out.len();
        match &mut self.state {
            State::Linear => l16::encode(samples, &mut out),
            State::Companded(law) => g711::encode(*law, samples, &mut out),
            State::Opus(file) => out.extend(file.push(samples)?),
            State::Mp3(stream) => out.extend(stream.push(samples)?),
        }
        self.sound_bytes += (out.len() - before) as u64;
        Ok(out)
    }

    /// Ends the sound: what is left to send.
    pub fn finish(&mut self) -> Result<Vec<u8>, CodingError> {
        let mut out = self.head();
        match &mut self.state {
            State::Linear | State::Companded(_) => {}
            State::Opus(file) => out.extend(file.finish()?),
            State::Mp3(stream) => out.extend(stream.finish()?),
        }
        // RIFF chunks are padded to even lengths.
        if self.wav.is_some() && !self.sound_bytes.is_multiple_of(2) {
            out.push(0);
        }
        Ok(out)
    }

    /// The WAV header with the length that was not known at first, for a file whose beginning can be written again:
    /// as many bytes as the streamed one. `None` without a header, or over 4 GB.
    pub fn exact_header(&self) -> Option<Vec<u8>> {
        // The header's own fields must not overflow.
        let bytes = u32::try_from(self.sound_bytes).ok().filter(|bytes| *bytes < u32::MAX - 64)?;
        Some(wav::header(self.wav?, 1, self.rate_hz, DataLength::Bytes(bytes)))
    }

    fn head(&mut self) -> Vec<u8> {
        match self.wav {
            Some(format) if !std::mem::replace(&mut self.begun, true) => {
                wav::header(format, 1, self.rate_hz, DataLength::Unknown)
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
