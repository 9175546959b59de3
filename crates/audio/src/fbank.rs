//! Kaldi's log-mel filter bank, the front-end of models that others trained.
//!
//! What it is: `compute-fbank-feats` of Kaldi without dither, streaming: 25 ms windows every 10 ms,
//! mean removed, pre-emphasis 0.97, Povey window, power spectrum, triangles on Kaldi's mel scale,
//! natural logarithm. The same frames come whatever the sizes of the chunks pushed. What it is not:
//! our own models' front-end, which is [`crate::mel`]. `training/packs/golden_fbank.py` holds it to
//! `torchaudio.compliance.kaldi.fbank`.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

use crate::mel::MELS_MAX;

/// Window and hop in ms.
const WINDOW_MS: u32 = 25;
const HOP_MS: u32 = 10;
const PREEMPHASIS: f32 = 0.97;
/// Exponent that makes a Hann window Povey's.
const POVEY: f64 = 0.85;
/// A frame of digital silence: the logarithm of [`f32::EPSILON`], Kaldi's floor.
pub const SILENCE: f32 = -15.942_385;

/// Parameters of a [`Fbank`].
#[derive(Debug, Clone, PartialEq)]
pub struct FbankConfig {
    /// Rate of the samples pushed, 8,000 to 48,000 Hz in whole hundreds.
    pub sample_rate_hz: u32,
    /// Number of mel bands.
    pub mels: usize,
    /// Lower edge of the lowest band, Hz.
    pub low_hz: f32,
    /// Upper edge of the highest band, Hz; at most 0 counts down from half the sample rate.
    pub high_hz: f32,
    /// Samples in [-1, 1] are multiplied by this before all else: 1, or 32,768 for models that were
    /// trained on 16-bit numbers.
    pub scale: f32,
    /// Whether frames lie wholly within the signal; otherwise its ends are mirrored and a signal of
    /// n hops has n frames.
    pub snip_edges: bool,
}

impl FbankConfig {
    /// What icefall trains with and sherpa-onnx computes: 16 kHz, 80 bands from 20 Hz to 7,600 Hz,
    /// mirrored ends.
    pub fn icefall() -> FbankConfig {
        FbankConfig {
            sample_rate_hz: 16_000,
            mels: 80,
            low_hz: 20.0,
            high_hz: -400.0,
            scale: 1.0,
            snip_edges: false,
        }
    }

    fn high_hz(&self) -> f32 {
        let nyquist = self.sample_rate_hz as f32 / 2.0;
        if self.high_hz > 0.0 { self.high_hz } else { nyquist + self.high_hz }
    }

    fn check(&self) -> Result<(), FbankError> {
        let fail = |field, why| Err(FbankError { field, why });
        let rate = self.sample_rate_hz;
        if !(8_000..=48_000).contains(&rate) || !rate.is_multiple_of(100) {
            return fail("sample_rate_hz", "must be from 8,000 to 48,000 in whole hundreds");
        }
        if self.mels == 0 || self.mels > MELS_MAX {
            return fail("mels", "must be from 1 to 512");
        }
        let high = self.high_hz();
        if !(self.low_hz >= 0.0 && self.low_hz < high) {
            return fail("low_hz", "must be from 0 to below high_hz");
        }
        if high > rate as f32 / 2.0 {
            return fail("high_hz", "must not exceed half of sample_rate_hz");
        }
        if !(self.scale > 0.0 && self.scale.is_finite()) {
            return fail("scale", "must be above 0 and finite");
        }
        Ok(())
    }
}

/// A [`FbankConfig`] that cannot work, with the field to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("filter bank: {field} {why}")]
pub struct FbankError {
    /// Name of the [`FbankConfig`] field.
    pub field: &'static str,
    /// What that field must be.
    pub why: &'static str,
}

/// One triangle: weights from bin `first` of the power spectrum.
struct Filter {
    first: usize,
    weights: Vec<f32>,
}

struct Tables {
    config: FbankConfig,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    hop: usize,
    filters: Vec<Filter>,
}

/// Turns a stream of samples into log-mel frames. A clone goes on from the same place on its own.
#[derive(Clone)]
pub struct Fbank {
    tables: Arc<Tables>,
    /// Samples still needed; the first has index `base` in the stream.
    pending: Vec<f32>,
    base: usize,
    frames: usize,
}

impl Fbank {
    /// Checks the configuration and builds window, filters and FFT.
    ///
    /// # Errors
    /// When a field is out of its range.
    pub fn new(config: FbankConfig) -> Result<Fbank, FbankError> {
        config.check()?;
        let length = (config.sample_rate_hz * WINDOW_MS / 1000) as usize;
        let hop = (config.sample_rate_hz * HOP_MS / 1000) as usize;
        let size = length.next_power_of_two();
        let tables = Tables {
            fft: RealFftPlanner::<f32>::new().plan_fft_forward(size),
            window: povey(length),
            hop,
            filters: filters(&config, size),
            config,
        };
        Ok(Fbank { tables: Arc::new(tables), pending: Vec::new(), base: 0, frames: 0 })
    }

    /// The configuration given to [`Fbank::new`].
    pub fn config(&self) -> &FbankConfig {
        &self.tables.config
    }

    /// Frames given since the start or the last [`Fbank::reset`].
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Takes samples in [-1, 1] and appends every frame that is now complete to `out`, (frames,
    /// mels). Returns the frames appended.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> usize {
        let scale = self.tables.config.scale;
        self.pending.extend(samples.iter().map(|x| x * scale));
        let (total, before) = (self.total(), self.frames);
        while self.frame_start() + self.tables.window.len() as isize <= total as isize {
            self.emit(total, out);
        }
        self.forget(total);
        self.frames - before
    }

    /// Ends the stream: without `snip_edges`, appends the frames that need the mirrored end. Call
    /// [`Fbank::reset`] before the next stream. Returns the frames appended.
    pub fn finish(&mut self, out: &mut Vec<f32>) -> usize {
        let (total, before) = (self.total(), self.frames);
        if !self.tables.config.snip_edges && total > 0 {
            while self.frames < (total + self.tables.hop / 2) / self.tables.hop {
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

    fn total(&self) -> usize {
        self.base + self.pending.len()
    }

    /// First sample (may lie before the stream) under the window of the next frame.
    fn frame_start(&self) -> isize {
        let tables = &self.tables;
        let start = (self.frames * tables.hop) as isize;
        if tables.config.snip_edges {
            start
        } else {
            start + (tables.hop / 2) as isize - (tables.window.len() / 2) as isize
        }
    }

    fn emit(&mut self, total: usize, out: &mut Vec<f32>) {
        let start = self.frame_start();
        let tables = Arc::clone(&self.tables);
        let mut time = tables.fft.make_input_vec();
        let length = tables.window.len();
        for (offset, slot) in time.iter_mut().take(length).enumerate() {
            let index = mirrored(start + offset as isize, total);
            let sample = index.checked_sub(self.base).and_then(|at| self.pending.get(at));
            *slot = sample.copied().unwrap_or(0.0);
        }
        shape(&mut time[..length], &tables.window);
        let mut spectrum = tables.fft.make_output_vec();
        // Fails only on wrong buffer lengths, and both come from the plan itself.
        let _ = tables.fft.process(&mut time, &mut spectrum);
        out.extend(tables.filters.iter().map(|filter| band(filter, &spectrum)));
        self.frames += 1;
    }

    /// Drops samples that no later frame can reach; the mirrored end reaches back by less than one
    /// window.
    fn forget(&mut self, total: usize) {
        let reach = total.saturating_sub(self.tables.window.len());
        let keep_from = usize::try_from(self.frame_start()).unwrap_or(0).min(reach);
        let drop = keep_from.saturating_sub(self.base).min(self.pending.len());
        self.pending.drain(..drop);
        self.base += drop;
    }
}

impl std::fmt::Debug for Fbank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fbank")
            .field("config", self.config())
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

/// Mean removal, pre-emphasis and window, in place.
fn shape(samples: &mut [f32], window: &[f32]) {
    let mean = samples.iter().sum::<f32>() / samples.len().max(1) as f32;
    let mut last = samples.first().map_or(0.0, |first| first - mean);
    for (sample, weight) in samples.iter_mut().zip(window) {
        let centred = *sample - mean;
        *sample = (centred - PREEMPHASIS * last) * weight;
        last = centred;
    }
}

fn band(filter: &Filter, spectrum: &[Complex<f32>]) -> f32 {
    let bins = spectrum.iter().skip(filter.first);
    let energy: f32 = bins.zip(&filter.weights).map(|(bin, weight)| bin.norm_sqr() * weight).sum();
    energy.max(f32::EPSILON).ln()
}

/// Index of the sample that stands at `index` when a signal of `total` samples is mirrored at both
/// ends, the end sample repeated. `total` must be above 0.
fn mirrored(index: isize, total: usize) -> usize {
    let period = 2 * total.max(1);
    let folded = index.rem_euclid(period as isize) as usize;
    folded.min(period - 1 - folded)
}

/// Povey's window: a symmetric Hann window to the power of 0.85.
fn povey(length: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU / (length.max(2) - 1) as f64;
    (0..length).map(|n| (0.5 - 0.5 * (step * n as f64).cos()).powf(POVEY) as f32).collect()
}

fn hz_to_mel(hz: f64) -> f64 {
    1127.0 * (1.0 + hz / 700.0).ln()
}

/// Kaldi's triangles: straight on the mel scale, not on that of Hz; the highest bin (half the rate)
/// has no weight.
fn filters(config: &FbankConfig, size: usize) -> Vec<Filter> {
    let (low, high) = (hz_to_mel(config.low_hz.into()), hz_to_mel(config.high_hz().into()));
    let step = (high - low) / (config.mels + 1) as f64;
    let bin_hz = f64::from(config.sample_rate_hz) / size as f64;
    (0..config.mels)
        .map(|index| {
            let left = low + index as f64 * step;
            let (peak, right) = (left + step, left + 2.0 * step);
            let weight = |bin: usize| {
                let mel = hz_to_mel(bin as f64 * bin_hz);
                ((mel - left) / (peak - left)).min((right - mel) / (right - peak)).max(0.0) as f32
            };
            let weights: Vec<f32> = (0..size / 2).map(weight).collect();
            let first = weights.iter().position(|w| *w > 0.0).unwrap_or(0);
            let end = weights.iter().rposition(|w| *w > 0.0).map_or(first, |last| last + 1);
            Filter { first, weights: weights.get(first..end).unwrap_or_default().to_vec() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(samples: usize) -> Vec<f32> {
        let mut state = 7u32;
        (0..samples)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 16_777_216.0 - 0.5
            })
            .collect()
    }

    fn all(config: &FbankConfig, signal: &[f32], chunk: usize) -> Vec<f32> {
        let mut fbank = Fbank::new(config.clone()).unwrap();
        let mut out = Vec::new();
        for part in signal.chunks(chunk) {
            fbank.push(part, &mut out);
        }
        fbank.finish(&mut out);
        assert_eq!(out.len(), fbank.frames() * config.mels);
        out
    }

    #[test]
    fn chunk_sizes_do_not_change_the_frames() {
        let signal = noise(5_013);
        for snip_edges in [false, true] {
            let config = FbankConfig { snip_edges, ..FbankConfig::icefall() };
            let whole = all(&config, &signal, signal.len());
            for chunk in [1, 79, 160, 401] {
                assert_eq!(all(&config, &signal, chunk), whole, "chunk {chunk}, {snip_edges}");
            }
            let frames = if snip_edges { 1 + (5_013 - 400) / 160 } else { (5_013 + 80) / 160 };
            assert_eq!(whole.len(), frames * 80);
        }
    }

    #[test]
    fn a_clone_goes_on_from_the_same_place() {
        let signal = noise(3_000);
        let mut first = Fbank::new(FbankConfig::icefall()).unwrap();
        first.push(&signal[..1_234], &mut Vec::new());
        let mut second = first.clone();
        let (mut one, mut two) = (Vec::new(), Vec::new());
        first.push(&signal[1_234..], &mut one);
        second.push(&signal[1_234..], &mut two);
        assert_eq!(one, two);
        assert!(!one.is_empty());
    }

    #[test]
    fn silence_is_the_floor_at_either_scale() {
        for scale in [1.0, 32_768.0] {
            let config = FbankConfig { scale, ..FbankConfig::icefall() };
            let out = all(&config, &[0.0; 1_600], 160);
            assert_eq!(out.len(), 800);
            assert!(out.iter().all(|x| (x - SILENCE).abs() < 1e-5));
        }
    }

    #[test]
    fn memory_stays_bounded_and_short_streams_do_not_panic() {
        let mut fbank = Fbank::new(FbankConfig::icefall()).unwrap();
        for part in noise(80_000).chunks(320) {
            fbank.push(part, &mut Vec::new());
            assert!(fbank.pending.len() < 800, "{} samples held", fbank.pending.len());
        }
        for length in 0..500 {
            let out = all(&FbankConfig::icefall(), &noise(length), 100);
            assert_eq!(out.len(), (length + 80) / 160 * 80);
        }
    }

    #[test]
    fn impossible_configurations_name_their_field() {
        let base = FbankConfig::icefall;
        for (config, field) in [
            (FbankConfig { sample_rate_hz: 7_999, ..base() }, "sample_rate_hz"),
            (FbankConfig { mels: 0, ..base() }, "mels"),
            (FbankConfig { low_hz: f32::NAN, ..base() }, "low_hz"),
            (FbankConfig { high_hz: -8_000.0, ..base() }, "low_hz"),
            (FbankConfig { high_hz: 9_000.0, ..base() }, "high_hz"),
            (FbankConfig { scale: 0.0, ..base() }, "scale"),
        ] {
            assert_eq!(Fbank::new(config).unwrap_err().field, field);
        }
    }
}
