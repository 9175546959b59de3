//! Streaming log-mel features: the common front-end of the voice activity detector, the recogniser and the synthesiser.
//!
//! What it is: windowed FFT, HTK-mel triangular filters without area normalisation, natural logarithm. It gives the
//! same frames whatever the sizes of the chunks pushed. What it is not: there is no mean or variance normalisation (the
//! networks carry their own), no dither and no pre-emphasis. `training/audio/golden_mel.py` holds it to torchaudio.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Largest FFT size accepted, in samples.
pub const FFT_SAMPLES_MAX: usize = 16_384;
/// Largest number of mel bands accepted.
pub const MELS_MAX: usize = 512;

/// Which power of the spectrum's magnitude the filters weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// Magnitude squared.
    Power,
    /// Magnitude.
    Magnitude,
}

/// How the logarithm is kept away from zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Floor {
    /// `ln(x + value)`.
    Add(f32),
    /// `ln(max(x, value))`.
    Max(f32),
}

/// What a [`LogMel`] computes. All frames of one model must come from one configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct MelConfig {
    /// Rate of the samples pushed, in Hz.
    pub sample_rate_hz: u32,
    /// FFT size in samples; the window is zero-padded to it.
    pub fft: usize,
    /// Length of the periodic Hann window in samples.
    pub window: usize,
    /// Samples from one frame to the next.
    pub hop: usize,
    /// Number of mel bands.
    pub mels: usize,
    /// Lower edge of the lowest band, in Hz.
    pub low_hz: f32,
    /// Upper edge of the highest band, in Hz.
    pub high_hz: f32,
    /// Power or magnitude spectrum.
    pub power: Power,
    /// What keeps the logarithm finite.
    pub floor: Floor,
    /// False: frame t covers samples `[hop*t, hop*t + window)`. True: frame t is centred on sample `hop*t`, the signal is
    /// mirrored at both ends and `n` samples give `1 + n / hop` frames after [`LogMel::finish`], as `torch.stft` does.
    pub center: bool,
}

impl MelConfig {
    /// The front-end of the voice activity detector and the recogniser: 8 kHz, 64 mels from 60 to 3,800 Hz, 25 ms
    /// window, 10 ms hop, power spectrum, `ln(x + 1e-6)`, not centred.
    pub fn recogniser() -> MelConfig {
        MelConfig {
            sample_rate_hz: 8000,
            fft: 256,
            window: 200,
            hop: 80,
            mels: 64,
            low_hz: 60.0,
            high_hz: 3800.0,
            power: Power::Power,
            floor: Floor::Add(1e-6),
            center: false,
        }
    }

    fn check(&self) -> Result<(), MelError> {
        let fail = |field, why| Err(MelError { field, why });
        if self.sample_rate_hz == 0 {
            return fail("sample_rate_hz", "must be above 0");
        }
        if self.fft < 2 || self.fft > FFT_SAMPLES_MAX || !self.fft.is_multiple_of(2) {
            return fail("fft", "must be even, from 2 to 16384");
        }
        if self.window == 0 || self.window > self.fft {
            return fail("window", "must be from 1 to fft");
        }
        if self.hop == 0 || self.hop > self.fft {
            return fail("hop", "must be from 1 to fft");
        }
        if self.mels == 0 || self.mels > MELS_MAX {
            return fail("mels", "must be from 1 to 512");
        }
        if !(self.low_hz >= 0.0 && self.low_hz < self.high_hz) {
            return fail("low_hz", "must be from 0 to below high_hz");
        }
        if self.high_hz * 2.0 > self.sample_rate_hz as f32 {
            return fail("high_hz", "must not exceed half of sample_rate_hz");
        }
        let (Floor::Add(floor) | Floor::Max(floor)) = self.floor;
        if !(floor > 0.0 && floor.is_finite()) {
            return fail("floor", "must be above 0 and finite");
        }
        Ok(())
    }
}

/// A [`MelConfig`] that cannot work, with the field to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("mel features: {field} {why}")]
pub struct MelError {
    /// Name of the [`MelConfig`] field.
    pub field: &'static str,
    /// What that field must be.
    pub why: &'static str,
}

/// One triangular filter: weights (bins) from bin `first` of the spectrum.
struct Filter {
    first: usize,
    weights: Vec<f32>,
}

/// What never changes after construction; clones share it.
struct Tables {
    config: MelConfig,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    filters: Vec<Filter>,
}

/// Turns a stream of samples into log-mel frames. One per stream; a clone shares the tables, not the position.
pub struct LogMel {
    tables: Arc<Tables>,
    /// Samples still needed; the first has index `base` in the stream.
    pending: Vec<f32>,
    base: usize,
    frames: usize,
    /// (fft)
    time: Vec<f32>,
    /// (fft / 2 + 1)
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl LogMel {
    /// Checks the configuration and builds window, filters and FFT.
    pub fn new(config: MelConfig) -> Result<LogMel, MelError> {
        config.check()?;
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(config.fft);
        let tables =
            Tables { window: hann(config.window), filters: htk_filters(&config), fft, config };
        Ok(LogMel::from_tables(Arc::new(tables)))
    }

    fn from_tables(tables: Arc<Tables>) -> LogMel {
        LogMel {
            pending: Vec::new(),
            base: 0,
            frames: 0,
            time: vec![0.0; tables.config.fft],
            spectrum: tables.fft.make_output_vec(),
            scratch: tables.fft.make_scratch_vec(),
            tables,
        }
    }

    /// The configuration given to [`LogMel::new`].
    pub fn config(&self) -> &MelConfig {
        &self.tables.config
    }

    /// Frames given since the start or the last [`LogMel::reset`].
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Takes samples and appends every frame that is now complete to `out`, (frames, mels). Returns the frames appended.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> usize {
        self.pending.extend_from_slice(samples);
        let total = self.base + self.pending.len();
        let before = self.frames;
        while total >= self.samples_needed() {
            self.emit(total, out);
        }
        self.forget();
        self.frames - before
    }

    /// Ends the stream: with `center`, appends the frames that need the mirrored end; without, nothing is left to give.
    /// Call [`LogMel::reset`] before the next stream. Returns the frames appended.
    pub fn finish(&mut self, out: &mut Vec<f32>) -> usize {
        let total = self.base + self.pending.len();
        let before = self.frames;
        if self.tables.config.center && total > 0 {
            while self.frames * self.tables.config.hop <= total {
                self.emit(total, out);
            }
        }
        self.frames - before
    }

    /// Forgets the stream: the next sample pushed is sample 0.
    pub fn reset(&mut self) {
        self.pending.clear();
        self.base = 0;
        self.frames = 0;
    }

    /// First sample (may lie before the stream) under the window of the next frame.
    fn frame_start(&self) -> isize {
        let config = &self.tables.config;
        let start = (self.frames * config.hop) as isize;
        if config.center {
            start + ((config.fft - config.window) / 2) as isize - (config.fft / 2) as isize
        } else {
            start
        }
    }

    /// Length the stream must have before the next frame can be computed without its end.
    fn samples_needed(&self) -> usize {
        let start = self.frame_start();
        let end = start + self.tables.config.window as isize;
        end.max(1 - start).max(0) as usize
    }

    fn emit(&mut self, total: usize, out: &mut Vec<f32>) {
        let start = self.frame_start();
        let tables = Arc::clone(&self.tables);
        self.time.fill(0.0);
        for (offset, weight) in tables.window.iter().enumerate() {
            let index = mirrored(start + offset as isize, total);
            // A sample already forgotten can only be asked for by a stream far shorter than its mirror: read silence.
            let sample = index.checked_sub(self.base).and_then(|at| self.pending.get(at));
            self.time[offset] = sample.copied().unwrap_or(0.0) * weight;
        }
        // Fails only on wrong buffer lengths, and all three come from the plan itself.
        let _ =
            tables.fft.process_with_scratch(&mut self.time, &mut self.spectrum, &mut self.scratch);
        out.extend(tables.filters.iter().map(|filter| self.band(filter)));
        self.frames += 1;
    }

    fn band(&self, filter: &Filter) -> f32 {
        let config = &self.tables.config;
        let bins = &self.spectrum[filter.first..filter.first + filter.weights.len()];
        let pairs = bins.iter().zip(&filter.weights);
        let energy: f32 = match config.power {
            Power::Power => pairs.map(|(bin, weight)| bin.norm_sqr() * weight).sum(),
            Power::Magnitude => pairs.map(|(bin, weight)| bin.norm_sqr().sqrt() * weight).sum(),
        };
        match config.floor {
            Floor::Add(floor) => (energy + floor).ln(),
            Floor::Max(floor) => energy.max(floor).ln(),
        }
    }

    /// Drops samples that no later frame can reach; the mirrored end reaches back by at most one FFT length.
    fn forget(&mut self) {
        let reach = if self.tables.config.center { self.tables.config.fft as isize } else { 0 };
        let keep_from = (self.frame_start() - reach).max(0) as usize;
        let drop = keep_from.saturating_sub(self.base).min(self.pending.len());
        self.pending.drain(..drop);
        self.base += drop;
    }
}

impl Clone for LogMel {
    /// A fresh stream over the same tables: weights are shared, the position is not copied.
    fn clone(&self) -> LogMel {
        LogMel::from_tables(Arc::clone(&self.tables))
    }
}

impl std::fmt::Debug for LogMel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogMel")
            .field("config", self.config())
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

/// Index of the sample that stands at `index` when a signal of `total` samples is mirrored at both ends (the end sample
/// itself is not repeated). `total` must be above 0.
fn mirrored(index: isize, total: usize) -> usize {
    let period = 2 * (total.max(2) - 1);
    let folded = index.rem_euclid(period as isize) as usize;
    folded.min(period - folded).min(total.saturating_sub(1))
}

/// Periodic Hann window of `length` samples.
fn hann(length: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU / length as f64;
    (0..length).map(|n| (0.5 - 0.5 * (step * n as f64).cos()) as f32).collect()
}

fn hz_to_mel(hz: f64) -> f64 {
    2595.0 * (1.0 + hz / 700.0).log10()
}

fn mel_to_hz(mel: f64) -> f64 {
    700.0 * (10f64.powf(mel / 2595.0) - 1.0)
}

/// Triangles of height 1 whose corners are evenly spaced on the HTK mel scale; a band narrower than one bin may be empty.
fn htk_filters(config: &MelConfig) -> Vec<Filter> {
    let (low, high) = (hz_to_mel(config.low_hz.into()), hz_to_mel(config.high_hz.into()));
    let step = (high - low) / (config.mels + 1) as f64;
    let corner = |i: usize| mel_to_hz(low + step * i as f64);
    let bin_hz = f64::from(config.sample_rate_hz) / config.fft as f64;
    (0..config.mels)
        .map(|band| {
            let (left, peak, right) = (corner(band), corner(band + 1), corner(band + 2));
            let weight = |bin: usize| {
                let hz = bin as f64 * bin_hz;
                ((hz - left) / (peak - left)).min((right - hz) / (right - peak)).max(0.0) as f32
            };
            let first = (left / bin_hz).floor() as usize;
            let last = ((right / bin_hz).ceil() as usize).min(config.fft / 2);
            Filter { first, weights: (first..=last).map(weight).collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(samples: usize) -> Vec<f32> {
        let mut state = 1u32;
        (0..samples)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 16_777_216.0 - 0.5
            })
            .collect()
    }

    #[test]
    fn chunk_sizes_do_not_change_the_frames() {
        let signal = noise(3_217);
        for center in [false, true] {
            let config = MelConfig { center, ..MelConfig::recogniser() };
            let mut whole = LogMel::new(config.clone()).unwrap();
            let mut expected = Vec::new();
            whole.push(&signal, &mut expected);
            whole.finish(&mut expected);
            for chunk in [1, 7, 79, 160, 1000] {
                let mut mel = whole.clone();
                let mut got = Vec::new();
                for part in signal.chunks(chunk) {
                    mel.push(part, &mut got);
                }
                mel.finish(&mut got);
                assert_eq!(got, expected, "chunk {chunk}, center {center}");
            }
            let frames = if center { 1 + signal.len() / 80 } else { 1 + (signal.len() - 200) / 80 };
            assert_eq!(expected.len(), frames * 64);
        }
    }

    #[test]
    fn memory_stays_bounded_while_streaming() {
        let mut mel = LogMel::new(MelConfig { center: true, ..MelConfig::recogniser() }).unwrap();
        let mut out = Vec::new();
        for part in noise(80_000).chunks(160) {
            mel.push(part, &mut out);
            assert!(mel.pending.len() < 1000, "{} samples held", mel.pending.len());
        }
    }

    #[test]
    fn reset_starts_a_new_stream() {
        let signal = noise(900);
        let mut mel = LogMel::new(MelConfig::recogniser()).unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        mel.push(&signal, &mut first);
        mel.reset();
        mel.push(&signal, &mut second);
        assert_eq!(first, second);
        assert_eq!(mel.frames(), 9);
    }

    #[test]
    fn a_tone_lights_its_own_band() {
        let tone: Vec<f32> =
            (0..800).map(|n| (n as f32 * 1000.0 * std::f32::consts::TAU / 8000.0).sin()).collect();
        let mut mel = LogMel::new(MelConfig::recogniser()).unwrap();
        let mut out = Vec::new();
        mel.push(&tone, &mut out);
        let loudest = (0..64).max_by(|a, b| out[*a].total_cmp(&out[*b])).unwrap();
        // 1,000 Hz is 1,000 mel; bands peak at low + step * (band + 1).
        let (low, high) = (hz_to_mel(60.0), hz_to_mel(3800.0));
        let expected = ((1000.0 - low) / ((high - low) / 65.0)).round() as usize - 1;
        assert!(loudest.abs_diff(expected) <= 1, "band {loudest}, expected about {expected}");
    }

    #[test]
    fn silence_is_the_floor() {
        let mut mel = LogMel::new(MelConfig::recogniser()).unwrap();
        let mut out = Vec::new();
        mel.push(&[0.0; 200], &mut out);
        assert_eq!(out.len(), 64);
        assert!(out.iter().all(|x| (x - 1e-6f32.ln()).abs() < 1e-5));
    }

    #[test]
    fn very_short_centred_streams_do_not_panic() {
        for length in 1..300 {
            let mut mel =
                LogMel::new(MelConfig { center: true, ..MelConfig::recogniser() }).unwrap();
            let mut out = Vec::new();
            mel.push(&noise(length), &mut out);
            mel.finish(&mut out);
            assert_eq!(out.len(), (1 + length / 80) * 64);
        }
    }

    #[test]
    fn impossible_configurations_name_their_field() {
        let base = MelConfig::recogniser;
        let cases = [
            (MelConfig { sample_rate_hz: 0, ..base() }, "sample_rate_hz"),
            (MelConfig { fft: 255, ..base() }, "fft"),
            (MelConfig { window: 257, ..base() }, "window"),
            (MelConfig { hop: 0, ..base() }, "hop"),
            (MelConfig { mels: 0, ..base() }, "mels"),
            (MelConfig { low_hz: f32::NAN, ..base() }, "low_hz"),
            (MelConfig { high_hz: 4001.0, ..base() }, "high_hz"),
            (MelConfig { floor: Floor::Max(0.0), ..base() }, "floor"),
        ];
        for (config, field) in cases {
            assert_eq!(LogMel::new(config).unwrap_err().field, field);
        }
    }
}
