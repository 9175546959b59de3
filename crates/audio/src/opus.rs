//! Ogg/Opus, as browsers and players read it (RFC 6716 in RFC 7845), mono, for speech that is still being made.
//!
//! What it is: samples in, whole Ogg pages out; the file's length is exactly that of the samples. What it is not: there
//! is no decoding, no stereo and no music tuning.

use ropus::{Application, Bitrate, Channels, Encoder, Signal};

use crate::ogg::{PACKET_BYTES_MAX, Pages};
use crate::resample::{ResampleError, Resampler};

/// Rates that Opus codes, in Hz; others are converted to the next higher one.
const RATES_HZ: [u32; 5] = [8000, 12_000, 16_000, 24_000, 48_000];
/// Opus counts time in samples of this rate, whatever rate it codes.
const CLOCK_HZ: u32 = 48_000;
/// Frames a second: 20 ms each, which is what telephony and browsers use.
const FRAMES_PER_S: u32 = 50;
/// Frames that a page gathers: 200 ms, so that streamed sound comes soon and pages cost little.
const FRAMES_PER_PAGE: usize = 10;
/// Bits a second: wide-band speech is transparent to most ears at this rate.
const BITS_PER_S: u32 = 32_000;
/// Effort of the search, of 10: what costs little and gives most of the quality.
const COMPLEXITY: u8 = 5;
/// Name of the writer in the file's tags.
const VENDOR: &[u8] = b"hearsay";

/// Sound that could not be coded as Opus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpusError {
    /// The rate cannot be converted to one of Opus.
    #[error(transparent)]
    Rate(#[from] ResampleError),
    /// The encoder refused.
    #[error("opus encoder: {0}")]
    Encoder(String),
}

/// One mono Ogg/Opus file being written.
pub struct OggOpus {
    encoder: Encoder,
    resampler: Option<Resampler>,
    pages: Pages,
    /// Samples of one frame at the coded rate.
    frame: usize,
    /// Clock ticks of one sample at the coded rate.
    ticks_per_sample: u64,
    /// Samples not yet coded.
    waiting: Vec<f32>,
    /// Packets not yet on a page.
    packets: Vec<Vec<u8>>,
    /// Clock ticks of the coder's delay, which players skip.
    pre_skip: u64,
    /// Samples taken at the coded rate, and frames coded.
    taken: u64,
    frames: u64,
    /// The file's two header pages have been given.
    begun: bool,
    rate_hz: u32,
}

impl OggOpus {
    /// A file for samples at `rate_hz`.
    pub fn new(rate_hz: u32) -> Result<OggOpus, OpusError> {
        let coded_hz = RATES_HZ.into_iter().find(|hz| *hz >= rate_hz).unwrap_or(CLOCK_HZ);
        let resampler =
            (coded_hz != rate_hz).then(|| Resampler::new(rate_hz, coded_hz)).transpose()?;
        let encoder = Encoder::builder(coded_hz, Channels::Mono, Application::Voip)
            .bitrate(Bitrate::Bits(BITS_PER_S))
            .complexity(COMPLEXITY)
            .signal(Signal::Voice)
            .build()
            .map_err(|error| OpusError::Encoder(error.to_string()))?;
        let ticks_per_sample = u64::from(CLOCK_HZ / coded_hz);
        Ok(OggOpus {
            pre_skip: u64::from(encoder.lookahead()) * ticks_per_sample,
            encoder,
            resampler,
            // A file holds one stream, so any number serves.
            pages: Pages::new(1),
            frame: (coded_hz / FRAMES_PER_S) as usize,
            ticks_per_sample,
            waiting: Vec::new(),
            packets: Vec::new(),
            taken: 0,
            frames: 0,
            begun: false,
            rate_hz,
        })
    }

    /// Takes samples in [-1, 1]; returns the pages that became complete.
    pub fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, OpusError> {
        let mut out = self.head();
        self.take(samples);
        self.code(&mut out)?;
        Ok(out)
    }

    /// Ends the file: its last pages.
    pub fn finish(&mut self) -> Result<Vec<u8>, OpusError> {
        let mut out = self.head();
        if let Some(resampler) = &mut self.resampler {
            let before = self.waiting.len();
            resampler.flush(&mut self.waiting);
            self.taken += (self.waiting.len() - before) as u64;
        }
        // The last samples come out of the coder `pre_skip` later: silence pushes them out.
        let ticks = self.taken * self.ticks_per_sample + self.pre_skip;
        let frames = ticks.div_ceil(u64::from(CLOCK_HZ / FRAMES_PER_S)).max(1);
        let missing = (frames - self.frames) as usize * self.frame - self.waiting.len();
        self.waiting.extend(std::iter::repeat_n(0.0, missing));
        self.code(&mut out)?;
        // The last page's position cuts the padding off again.
        let packets = std::mem::take(&mut self.packets);
        out.extend(self.pages.page(&packets, ticks, true));
        Ok(out)
    }

    fn take(&mut self, samples: &[f32]) {
        let before = self.waiting.len();
        match &mut self.resampler {
            Some(resampler) => resampler.process(samples, &mut self.waiting),
            None => self.waiting.extend_from_slice(samples),
        }
        self.taken += (self.waiting.len() - before) as u64;
    }

    /// Codes whole frames; a full page goes to `out` as soon as another packet follows it, so that the last page is
    /// never empty.
    fn code(&mut self, out: &mut Vec<u8>) -> Result<(), OpusError> {
        let mut done = 0;
        while let Some(frame) = self.waiting.get(done..done + self.frame) {
            let mut packet = vec![0; PACKET_BYTES_MAX];
            let coded = self.encoder.encode_float(frame, &mut packet);
            let bytes = coded.map_err(|error| OpusError::Encoder(error.to_string()))?;
            packet.truncate(bytes);
            if self.packets.len() >= FRAMES_PER_PAGE {
                let granule = self.frames * u64::from(CLOCK_HZ / FRAMES_PER_S);
                let packets = std::mem::take(&mut self.packets);
                out.extend(self.pages.page(&packets, granule, false));
            }
            self.packets.push(packet);
            self.frames += 1;
            done += self.frame;
        }
        self.waiting.drain(..done);
        Ok(())
    }

    /// The identification and comment headers, each on a page of its own, once.
    fn head(&mut self) -> Vec<u8> {
        if std::mem::replace(&mut self.begun, true) {
            return Vec::new();
        }
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend_from_slice(&(self.pre_skip as u16).to_le_bytes());
        head.extend_from_slice(&self.rate_hz.to_le_bytes());
        // No gain; one channel needs no mapping table.
        head.extend_from_slice(&[0, 0, 0]);
        let mut tags = b"OpusTags".to_vec();
        tags.extend_from_slice(&(VENDOR.len() as u32).to_le_bytes());
        tags.extend_from_slice(VENDOR);
        tags.extend_from_slice(&0u32.to_le_bytes());
        let mut out = self.pages.page(&[head], 0, false);
        out.extend(self.pages.page(&[tags], 0, false));
        out
    }
}
