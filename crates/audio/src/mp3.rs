//! MP3 (MPEG-1, 2 and 2.5 audio layer III), mono, for speech that is still being made.
//!
//! What it is: samples in, whole frames out, at a fixed share of bits; any player can start at any frame. What it is
//! not: there is no decoding and no tag with the length, which a stream does not know.

use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

use crate::resample::{ResampleError, Resampler};

/// Rates that layer III codes, in Hz; others are converted to the next higher one.
const RATES_HZ: [u32; 9] = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/// The first rate of MPEG-1, whose bits are shared between frames.
const MPEG1_HZ: u32 = 32_000;
/// Kilobits a second of speech below [`MPEG1_HZ`], and from there on.
const KBITS_PER_S: u32 = 64;
const MPEG1_KBITS_PER_S: f32 = 96.0;

/// Sound that could not be coded as MP3.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mp3Error {
    /// The rate cannot be converted to one of layer III.
    #[error(transparent)]
    Rate(#[from] ResampleError),
    /// The encoder refused.
    #[error("mp3 encoder: {0}")]
    Encoder(String),
}

/// One mono MP3 stream being written.
pub struct Mp3 {
    encoder: Mp3Encoder,
    resampler: Option<Resampler>,
    coded_hz: u32,
    /// The encoder's first packet has been thrown away: a tag with the stream's length, which is not known.
    begun: bool,
}

impl Mp3 {
    /// A stream for samples at `rate_hz`.
    pub fn new(rate_hz: u32) -> Result<Mp3, Mp3Error> {
        let last = RATES_HZ[RATES_HZ.len() - 1];
        let coded_hz = RATES_HZ.into_iter().find(|hz| *hz >= rate_hz).unwrap_or(last);
        let resampler =
            (coded_hz != rate_hz).then(|| Resampler::new(rate_hz, coded_hz)).transpose()?;
        // At a constant rate MPEG-1 frames come at the very end, because they lend bits to one another; at a variable
        // one they come at once.
        let vbr_quality = (coded_hz >= MPEG1_HZ).then_some(MPEG1_KBITS_PER_S);
        let config = Mp3EncoderConfig { bitrate_kbps: KBITS_PER_S, vbr_quality };
        Ok(Mp3 { encoder: Mp3Encoder::new(config), resampler, coded_hz, begun: false })
    }

    /// Takes samples in [-1, 1]; returns the frames that became complete.
    pub fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, Mp3Error> {
        match &mut self.resampler {
            Some(resampler) => {
                let mut converted = Vec::new();
                resampler.process(samples, &mut converted);
                self.code(&converted)?;
            }
            None => self.code(samples)?,
        }
        Ok(self.frames())
    }

    /// Ends the stream: its last frames.
    pub fn finish(&mut self) -> Result<Vec<u8>, Mp3Error> {
        if let Some(mut resampler) = self.resampler.take() {
            let mut rest = Vec::new();
            resampler.flush(&mut rest);
            self.code(&rest)?;
        }
        self.encoder.finish();
        Ok(self.frames())
    }

    fn code(&mut self, samples: &[f32]) -> Result<(), Mp3Error> {
        let coded = self.encoder.push_pcm_f32(samples, 1, self.coded_hz);
        coded.map_err(|error| Mp3Error::Encoder(error.to_string()))
    }

    fn frames(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while let Ok(packet) = self.encoder.next_packet() {
            if std::mem::replace(&mut self.begun, true) {
                out.extend_from_slice(&packet);
            }
        }
        out
    }
}
