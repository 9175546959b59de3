//! Arguments of `speak`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hearsay_audio::coding::Coding;

/// Arguments of `speak`.
#[derive(Debug, Args)]
pub struct SpeakArgs {
    /// What to say; `-` says the standard input while it is being written.
    pub text: String,
    /// Where to write the audio; `-` is the standard output.
    #[arg(long)]
    pub out: PathBuf,
    /// The voice; see `hearsay voices`.
    #[arg(long)]
    pub voice: Option<String>,
    /// Speed from 0.5 to 2.
    #[arg(long, default_value_t = 1.0)]
    pub speed: f32,
    /// How it is felt: neutral, happy, calm or sad.
    #[arg(long, default_value = "neutral")]
    pub emotion: String,
    /// The language of the text, such as en or hi-IN; told from the text if left out.
    #[arg(long)]
    pub language: Option<String>,
    /// Samples per second: 8000, 16000, 24000 or 44100; 8000 for G.711, else the model's own if left out.
    #[arg(long)]
    pub sample_rate: Option<u32>,
    /// How samples are coded.
    #[arg(long, value_enum, default_value_t = Encoding::PcmS16le)]
    pub encoding: Encoding,
    /// Write the samples alone.
    #[arg(long)]
    pub no_wav_header: bool,
    /// Words that are pronounced otherwise: one a line, a tab, and ARPAbet phones or words that sound like it; or the
    /// JSON of the speech API.
    #[arg(long)]
    pub dictionary: Option<PathBuf>,
    /// Put an inaudible mark into the sound, which `hearsay doctor FILE` finds; a cloned voice always has it.
    #[arg(long)]
    pub watermark: bool,
    /// Write when each word sounds here, as JSON.
    #[arg(long)]
    pub timestamps: Option<PathBuf>,
    /// Also write a picture of the sound, a log-mel spectrogram as PNG.
    #[arg(long)]
    pub spectrogram: Option<PathBuf>,
}

/// Sample codings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    /// 16-bit linear, little-endian.
    #[value(name = "pcm_s16le", alias = "pcm16")]
    PcmS16le,
    /// G.711 mu-law.
    #[value(name = "pcm_mulaw", alias = "mulaw")]
    PcmMulaw,
    /// G.711 A-law.
    #[value(name = "pcm_alaw", alias = "alaw")]
    PcmAlaw,
    /// Opus in an Ogg file.
    Opus,
    /// MPEG audio layer III.
    Mp3,
}

impl Encoding {
    /// The coding that it names.
    pub fn coding(self) -> Coding {
        match self {
            Self::PcmS16le => Coding::PcmS16le,
            Self::PcmMulaw => Coding::PcmMulaw,
            Self::PcmAlaw => Coding::PcmAlaw,
            Self::Opus => Coding::Opus,
            Self::Mp3 => Coding::Mp3,
        }
    }
}
