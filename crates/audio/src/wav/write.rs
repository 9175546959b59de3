//! Writing: a 44-byte (PCM) or 58-byte (G.711) header, then the samples.

use super::SampleFormat;
use crate::{g711, l16};

/// How many bytes of sound follow a [`header`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataLength {
    /// This many bytes.
    Bytes(u32),
    /// Not known yet: the sound is being streamed. Both lengths are written as 0xFFFFFFFF, which readers take as
    /// "to the end of the file".
    Unknown,
}

/// The header of a WAV file, up to and including the data chunk's length, for streaming.
pub fn header(format: SampleFormat, channels: u16, rate_hz: u32, data: DataLength) -> Vec<u8> {
    let (tag, bits) = match format {
        SampleFormat::Int { bits } => (1u16, bits),
        SampleFormat::Float { bits } => (3, bits),
        SampleFormat::Alaw => (6, 8),
        SampleFormat::Mulaw => (7, 8),
    };
    let block = channels.saturating_mul(bits / 8);
    // Formats other than PCM carry an extension length (0 here) and a fact chunk with the frame count.
    let plain = matches!(format, SampleFormat::Int { .. });
    let (fmt_length, head_length) = if plain { (16u32, 36u32) } else { (18, 50) };
    let (riff_length, data_length) = match data {
        DataLength::Bytes(bytes) => {
            (bytes.saturating_add(head_length).saturating_add(bytes % 2), bytes)
        }
        DataLength::Unknown => (u32::MAX, u32::MAX),
    };
    let mut out = Vec::with_capacity(head_length as usize + 8);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&riff_length.to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    out.extend_from_slice(&fmt_length.to_le_bytes());
    out.extend_from_slice(&tag.to_le_bytes());
    out.extend_from_slice(&channels.to_le_bytes());
    out.extend_from_slice(&rate_hz.to_le_bytes());
    out.extend_from_slice(&rate_hz.saturating_mul(block.into()).to_le_bytes());
    out.extend_from_slice(&block.to_le_bytes());
    out.extend_from_slice(&bits.to_le_bytes());
    if !plain {
        out.extend_from_slice(&0u16.to_le_bytes());
        out.extend_from_slice(b"fact");
        out.extend_from_slice(&4u32.to_le_bytes());
        let frames = if data == DataLength::Unknown {
            u32::MAX
        } else {
            data_length / u32::from(block.max(1))
        };
        out.extend_from_slice(&frames.to_le_bytes());
    }
    out.extend_from_slice(b"data");
    out.extend_from_slice(&data_length.to_le_bytes());
    out
}

/// A whole 16-bit PCM file from interleaved samples, (frames, channels), clipped to [-1, 1].
pub fn write_pcm16(samples: &[f32], channels: u16, rate_hz: u32) -> Vec<u8> {
    let mut sound = Vec::with_capacity(samples.len() * 2);
    l16::encode(samples, &mut sound);
    file(SampleFormat::Int { bits: 16 }, sound, channels, rate_hz)
}

/// A whole mu-law or A-law file from interleaved samples, (frames, channels), clipped to [-1, 1].
pub fn write_g711(law: g711::Law, samples: &[f32], channels: u16, rate_hz: u32) -> Vec<u8> {
    let mut sound = Vec::with_capacity(samples.len());
    g711::encode(law, samples, &mut sound);
    let format = match law {
        g711::Law::Mu => SampleFormat::Mulaw,
        g711::Law::A => SampleFormat::Alaw,
    };
    file(format, sound, channels, rate_hz)
}

fn file(format: SampleFormat, sound: Vec<u8>, channels: u16, rate_hz: u32) -> Vec<u8> {
    // A file over 4 GB cannot say its own length; streaming's "unknown" is the honest header for it.
    let length = u32::try_from(sound.len()).ok().filter(|bytes| *bytes < u32::MAX - 64);
    let mut out =
        header(format, channels, rate_hz, length.map_or(DataLength::Unknown, DataLength::Bytes));
    out.extend_from_slice(&sound);
    if !sound.len().is_multiple_of(2) {
        out.push(0);
    }
    out
}
