//! WAV files as bytes: reading what telephony and speech tools write, writing 16-bit PCM and G.711.
//!
//! What it is: RIFF/WAVE with integer PCM (8, 16, 24, 32 bits), float (32, 64 bits), mu-law and A-law, plain or
//! `WAVE_FORMAT_EXTENSIBLE`, mono or stereo, any rate. What it is not: there is no other container and no compressed
//! format; [`read`] says which one it met and how to convert it.

mod read;
mod write;

pub use read::read;
pub use write::{DataLength, header, write_g711, write_pcm16};

/// Highest sample rate believed, in Hz.
pub const RATE_HZ_MAX: u32 = 768_000;

/// How the samples lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleFormat {
    /// Integer PCM of 8 (unsigned), 16, 24 or 32 bits.
    Int {
        /// Bits of one sample's container.
        bits: u16,
    },
    /// IEEE float of 32 or 64 bits.
    Float {
        /// Bits of one sample.
        bits: u16,
    },
    /// G.711 mu-law, format tag 7.
    Mulaw,
    /// G.711 A-law, format tag 6.
    Alaw,
}

impl SampleFormat {
    /// Bytes of one sample of one channel.
    pub fn bytes(self) -> usize {
        match self {
            SampleFormat::Int { bits } | SampleFormat::Float { bits } => usize::from(bits / 8),
            SampleFormat::Mulaw | SampleFormat::Alaw => 1,
        }
    }
}

/// The sound of a WAV file.
#[derive(Debug, Clone, PartialEq)]
pub struct Wav {
    /// Sample rate in Hz.
    pub rate_hz: u32,
    /// 1 or 2.
    pub channels: u16,
    /// How the file held the samples.
    pub format: SampleFormat,
    /// (frames, channels), in [-1, 1] (a float file may exceed it); a float that is no finite number is read as 0.
    pub samples: Vec<f32>,
    /// True when the data chunk promised more than the file holds; `samples` is what there is.
    pub truncated: bool,
}

impl Wav {
    /// Samples per channel.
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.channels.max(1))
    }

    /// Length in ms, rounded down.
    pub fn duration_ms(&self) -> u64 {
        self.frames() as u64 * 1000 / u64::from(self.rate_hz.max(1))
    }

    /// One channel, 0 left, 1 right; `None` if the file has no such channel.
    pub fn channel(&self, channel: u16) -> Option<Vec<f32>> {
        let step = usize::from(self.channels.max(1));
        (channel < self.channels).then(|| {
            self.samples.iter().skip(usize::from(channel)).step_by(step).copied().collect()
        })
    }

    /// All channels averaged into one.
    pub fn mono(&self) -> Vec<f32> {
        let channels = usize::from(self.channels.max(1));
        self.samples
            .chunks_exact(channels)
            .map(|frame| frame.iter().sum::<f32>() / channels as f32)
            .collect()
    }
}

/// Why bytes are no WAV file that can be used. Each message says what, where and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WavError {
    /// No bytes at all.
    #[error("WAV: the file is empty (0 bytes); record or copy it again")]
    Empty,
    /// Another kind of file.
    #[error(
        "WAV: this is {found}, not a WAV file; convert it, for example: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav"
    )]
    NotWav {
        /// What the first bytes look like.
        found: String,
    },
    /// The file ends inside its header.
    #[error(
        "WAV: the file ends at byte {at} inside its {part}; it was cut off, copy or record it again"
    )]
    Truncated {
        /// Length of the file in bytes.
        at: usize,
        /// What was being read.
        part: &'static str,
    },
    /// A header field no player would believe.
    #[error(
        "WAV: the header says {field} = {value}, but it must be {allowed}; the header is damaged, write the file again"
    )]
    BadHeader {
        /// Name of the field.
        field: &'static str,
        /// Value found.
        value: u64,
        /// What would be right.
        allowed: &'static str,
    },
    /// A format that is not read here.
    #[error(
        "WAV: format {format} is not supported; convert it, for example: ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav"
    )]
    Unsupported {
        /// Format tag, name and bits.
        format: String,
    },
    /// The chunks hold no sound.
    #[error("WAV: the file has a header but no sound ({why}); record it again")]
    NoSound {
        /// What is missing.
        why: &'static str,
    },
}

#[cfg(test)]
mod tests;
