//! One recording of a manifest, made ready as asked for.

use std::path::Path;

use hearsay_audio::g711::{self, Law};
use hearsay_audio::resample::resample;

use super::WavFile;
use crate::cli::Codec;

/// Longest recording that is scored, seconds.
const CLIP_S_MAX: u64 = 900;
/// The rate of telephone codecs.
const TELEPHONE_HZ: u32 = 8000;

/// A mono recording in memory.
pub struct Clip {
    /// Samples in [-1, 1].
    pub samples: Vec<f32>,
    /// Samples per second.
    pub rate_hz: u32,
}

/// What a recording passes through before it is heard.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line {
    /// A rate, Hz.
    pub rate_hz: Option<u32>,
    /// A codec.
    pub codec: Option<Codec>,
}

impl Clip {
    /// Reads the part of a recording from `start` to `end` seconds.
    ///
    /// # Errors
    /// One line that names the file: it cannot be read or is too long.
    pub fn read(path: &Path, start: Option<f64>, end: Option<f64>) -> Result<Self, String> {
        let mut file = WavFile::open(path)?;
        let (rate_hz, channels) = (file.rate_hz(), file.channels());
        let sample = |seconds: f64| (seconds * f64::from(rate_hz)).round() as u64;
        let first = start.map_or(0, sample);
        let last = end.map_or(u64::MAX, sample);
        let (mut at, mut samples) = (0u64, Vec::new());
        while let Some(block) = file.next_block()?.filter(|_| at < last) {
            for frame in block.chunks_exact(channels) {
                if (first..last).contains(&at) {
                    samples.push(frame.iter().sum::<f32>() / channels as f32);
                }
                at += 1;
            }
            if samples.len() as u64 > CLIP_S_MAX * u64::from(rate_hz) {
                let shown = path.display();
                return Err(format!("{shown}: over {CLIP_S_MAX} s; give parts with start and end"));
            }
        }
        if samples.is_empty() {
            let (shown, start) = (path.display(), start.unwrap_or(0.0));
            return Err(format!("{shown}: it ends before the part at {start} s begins"));
        }
        Ok(Self { samples, rate_hz })
    }

    /// The recording as it comes out of a line.
    ///
    /// # Errors
    /// When a rate cannot be converted.
    pub fn through(self, line: Line) -> Result<Self, String> {
        let mut clip = self;
        let telephone = line.codec.map(|_| TELEPHONE_HZ);
        for rate_hz in [line.rate_hz, telephone].into_iter().flatten() {
            if rate_hz != clip.rate_hz {
                let samples = resample(&clip.samples, clip.rate_hz, rate_hz);
                clip = Self { samples: samples.map_err(|e| e.to_string())?, rate_hz };
            }
        }
        if let Some(codec) = line.codec {
            let law = match codec {
                Codec::Mulaw => Law::Mu,
                Codec::Alaw => Law::A,
            };
            let (mut codes, mut decoded) = (Vec::new(), Vec::new());
            g711::encode(law, &clip.samples, &mut codes);
            g711::decode(law, &codes, &mut decoded);
            clip.samples = decoded;
        }
        Ok(clip)
    }

    /// Length, seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate_hz.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_line_halves_the_rate_and_rounds_to_its_codes() {
        let samples: Vec<f32> = (0..1600).map(|n| 0.4 * (n as f32 * 0.1).sin()).collect();
        let clip = Clip { samples, rate_hz: 16_000 };
        let line = Line { rate_hz: None, codec: Some(Codec::Mulaw) };
        let heard = clip.through(line).unwrap();
        assert_eq!((heard.rate_hz, heard.samples.len()), (8000, 800));
        let codes: std::collections::BTreeSet<u32> =
            heard.samples.iter().map(|x| x.to_bits()).collect();
        assert!(codes.len() <= 256);
        let error = heard.samples.iter().enumerate().skip(100).take(600);
        let worst =
            error.map(|(n, x)| (x - 0.4 * (n as f32 * 0.2).sin()).abs()).fold(0.0, f32::max);
        assert!(worst < 0.02, "{worst}");
    }

    #[test]
    fn a_rate_that_cannot_be_had_is_named() {
        let clip = Clip { samples: vec![0.0; 10], rate_hz: 16_000 };
        let line = Line { rate_hz: Some(0), codec: None };
        assert!(clip.through(line).err().unwrap().contains("0 Hz"));
    }
}
