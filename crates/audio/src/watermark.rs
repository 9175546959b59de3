//! An inaudible mark that tells synthetic speech from a person's.
//!
//! What it is: spread-spectrum modulation. 31 bands of 100 Hz between 300 and 3,400 Hz, the part of speech that every
//! telephone line carries, become a fraction of a decibel louder for 15 ms and softer for the next 15 ms, or the other
//! way round, as a keyed pseudo-random pattern says ([`Watermarker`]). [`Detector`] looks for that pattern at every
//! offset in time, so a piece cut out of a recording is enough. The mark is shaped by the speech: it scales what is
//! there, most where a band is far below the loudest one, and adds nothing to silence. A mark may carry 16 bits.
//!
//! What it is not: a lock. Whoever has the key and this source can wear the mark down, and so can a low-rate codec, a
//! change of speed or pitch, or a recording of a few words; that no mark is found proves nothing. Its score is a
//! statistic: see [`Detection`] for how often it errs, docs/audio.md for measurements.

mod detect;
mod pattern;

pub use detect::{Detection, Detector, RECORDING_SECONDS_MAX, detect};

use pattern::{BANDS, CHIPS, Pattern};
use std::f64::consts::TAU;

/// The key of speech that Hearsay makes. It is in the source, so it keeps nobody out: with it, everyone can look.
pub const DEFAULT_KEY: u64 = 0x4865_6172_7361_7931;
/// Lowest rate that carries all bands, in Hz.
pub const RATE_HZ_MIN: u32 = 8000;
/// Highest rate, in Hz.
pub const RATE_HZ_MAX: u32 = 192_000;

/// Lower edge of the lowest band, in Hz.
const LOW_HZ: f64 = 300.0;
/// Width of a band, in Hz.
const BAND_HZ: f64 = 100.0;
/// A chip is one cell of the pattern: its first half goes one way, its second the other. Halves a second, so that a
/// rate that is no multiple of them still places every chip exactly.
const CHIP_MS: u64 = 30;
/// Change of the loudest band, in dB, and of the softest.
const STRENGTH_DB: (f32, f32) = (0.25, 1.2);
/// How the change grows as a band's power falls below the loudest band's.
const STRENGTH_POWER: f32 = 0.3;
/// Time constant of the bands' power, in seconds.
const POWER_SECONDS: f64 = 0.02;
/// Gains are computed this often a second and drawn straight between.
const GAINS_HZ: u32 = 1000;
/// Power below every signal, so that silence divides by something.
const POWER_FLOOR: f32 = 1e-14;
/// How steeply a chip crosses from one half to the other: the part of a sine that is cut off flat is above `1 / this`.
const CHIP_SLOPE: f64 = 1.6;

/// Why a mark cannot be set or looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WatermarkError {
    /// A rate that cannot carry the mark.
    #[error("watermark: a rate of {0} Hz is outside {RATE_HZ_MIN} to {RATE_HZ_MAX} Hz; resample")]
    Rate(u32),
    /// The rate cannot be brought to the detector's own.
    #[error("watermark: {0}")]
    Resample(#[from] crate::resample::ResampleError),
    /// More sound than is looked through at once.
    #[error(
        "watermark: the recording is longer than {RECORDING_SECONDS_MAX} s; look at a part of it"
    )]
    TooLong,
}

/// Marks one stream of speech, sample by sample and without delay.
///
/// A bank of peaking equalisers: each band's filter has no phase shift at its middle, so that adding a part of its
/// output makes the band louder or softer. A stream marked in chunks is the same, bit for bit, as one marked whole.
#[derive(Debug, Clone)]
pub struct Watermarker {
    rate_hz: u32,
    pattern: Pattern,
    payload: Option<u16>,
    bands: [Band; BANDS],
    /// Share of the old power that one sample keeps.
    keep: f32,
    /// Samples from one computation of the gains to the next.
    step: u64,
    /// Samples marked so far.
    at: u64,
}

/// One band's filter, power and gain.
#[derive(Debug, Clone, Copy, Default)]
struct Band {
    /// Coefficients: input, and the two of the feedback.
    input: f32,
    feedback: [f32; 2],
    state: [f32; 2],
    power: f32,
    gain: f32,
    gain_step: f32,
}

impl Band {
    fn new(centre_hz: f64, rate_hz: f64) -> Self {
        let beta = 1.0 / (1.0 + (TAU / 2.0 * BAND_HZ / rate_hz).tan());
        let cosine = (TAU * centre_hz / rate_hz).cos();
        Self {
            input: (1.0 - beta) as f32,
            feedback: [(2.0 * beta * cosine) as f32, (1.0 - 2.0 * beta) as f32],
            ..Self::default()
        }
    }

    /// The band's part of a sample, by which it follows its power too.
    fn filter(&mut self, sample: f32, keep: f32) -> f32 {
        let scaled = self.input * sample;
        let out = scaled + self.state[0];
        self.state[0] = self.state[1] + self.feedback[0] * out;
        self.state[1] = self.feedback[1] * out - scaled;
        self.power = keep * self.power + (1.0 - keep) * out * out;
        out
    }
}

impl Watermarker {
    /// A mark with this key ([`DEFAULT_KEY`], as a rule) for a stream of this rate.
    ///
    /// # Errors
    /// When the rate cannot carry it.
    pub fn new(key: u64, sample_rate_hz: u32) -> Result<Self, WatermarkError> {
        if !(RATE_HZ_MIN..=RATE_HZ_MAX).contains(&sample_rate_hz) {
            return Err(WatermarkError::Rate(sample_rate_hz));
        }
        let rate = f64::from(sample_rate_hz);
        Ok(Self {
            rate_hz: sample_rate_hz,
            pattern: Pattern::new(key),
            payload: None,
            bands: std::array::from_fn(|band| Band::new(pattern::centre_hz(band), rate)),
            keep: (-1.0 / (POWER_SECONDS * rate)).exp() as f32,
            step: u64::from((sample_rate_hz / GAINS_HZ).max(1)),
            at: 0,
        })
    }

    /// The same mark with 16 bits in it. Half of the pattern then carries them, so that more speech is needed to find
    /// the mark, and about 10 s to read the bits.
    pub fn with_payload(mut self, payload: u16) -> Self {
        self.payload = Some(payload);
        self
    }

    /// Marks samples in place; they may grow by a seventh at most. What is no finite number is left as it is.
    pub fn mark(&mut self, samples: &mut [f32]) {
        for sample in samples {
            if self.at.is_multiple_of(self.step) {
                self.steer();
            }
            self.at += 1;
            let input = if sample.is_finite() { *sample } else { 0.0 };
            let mut added = 0.0;
            for band in &mut self.bands {
                let part = band.filter(input, self.keep);
                added += band.gain * part;
                band.gain += band.gain_step;
            }
            *sample += added;
        }
    }

    /// Begins a new stream with the same key and payload.
    pub fn reset(&mut self) {
        for band in &mut self.bands {
            *band = Band { state: [0.0; 2], power: 0.0, gain: 0.0, gain_step: 0.0, ..*band };
        }
        self.at = 0;
    }

    /// Aims every gain at what it is to be one step from now.
    fn steer(&mut self) {
        let then = self.at + self.step;
        // Microseconds keep whole chips exact at rates that are no multiple of a millisecond.
        let (chip, phase) = pattern::chip_at(then as f64 * 1000.0 / f64::from(self.rate_hz));
        let way = pattern::way(phase) / DB_OF_NEPER;
        let loudest = self.bands.iter().fold(POWER_FLOOR, |most, band| most.max(band.power));
        for (index, band) in self.bands.iter_mut().enumerate() {
            let below = loudest / (band.power + POWER_FLOOR);
            let decibels = (STRENGTH_DB.0 * below.powf(STRENGTH_POWER)).min(STRENGTH_DB.1);
            let sign = self.pattern.sign(chip % CHIPS, index, self.payload);
            band.gain_step = (way * decibels * sign - band.gain) / self.step as f32;
        }
    }
}

/// Decibels of a factor of e.
const DB_OF_NEPER: f32 = 8.686;

#[cfg(test)]
mod tests;
