//! Our log-mel frames as another vocoder's: a spectral envelope read from one filter bank and weighed by another.
//!
//! What it assumes: that within a band the spectrum is flat enough for its mean magnitude to stand at the band's centre,
//! and that between centres the logarithm goes straight. Frames are taken from between two of ours in the same way.

use super::{MelGeometry, MelLog, MelNorm, MelScale, MelSpectrum};
use std::f32::consts::PI;

/// Mel bands of our acoustic model.
pub const MELS: usize = 96;
/// Frames a second of our acoustic model.
pub const FRAMES_HZ: usize = 100;
/// Rate of the sound that our frames describe, Hz.
pub const SAMPLE_RATE_HZ: u32 = 24_000;

/// The rest of our geometry: Hann window inside the FFT, Slaney-normalised bands to 12 kHz, frame t centred on sample
/// 240 t, natural log of the magnitude, at least this.
const WINDOW: usize = 960;
const FFT: usize = 1536;
const HIGH_HZ: f32 = 12_000.0;
const FLOOR: f32 = 1e-5;
/// Mean square of a magnitude by its squared mean, where the spectrum is that of noise (Rayleigh).
const SQUARE_BY_MEAN: f32 = 4.0 / PI;

/// One triangular filter: weights of the FFT's bins from `first` on.
#[derive(Debug, Clone)]
struct Filter {
    first: usize,
    weights: Vec<f32>,
}

/// Turns our frames into those of one vocoder.
#[derive(Debug, Clone)]
pub struct MelAdapter {
    geometry: MelGeometry,
    /// What is taken from each of our bands' values to give the log of the mean magnitude in their spectrum.
    log_weight: Vec<f32>,
    /// For each of their bins, our band below it and the share of the next.
    places: Vec<(usize, f32)>,
    filters: Vec<Filter>,
}

impl MelAdapter {
    /// An adapter to this geometry, which must have been checked.
    pub fn new(geometry: MelGeometry) -> Self {
        let edges = edges(MelScale::Slaney, 0.0, HIGH_HZ, MELS);
        let ours = filters(&edges, FFT, SAMPLE_RATE_HZ, MelNorm::Slaney);
        let gain = window_gain(SAMPLE_RATE_HZ, WINDOW)
            / window_gain(geometry.sample_rate, geometry.window);
        let log_weight = ours
            .iter()
            .map(|filter| (filter.weights.iter().sum::<f32>().max(f32::MIN_POSITIVE) * gain).ln())
            .collect();
        let bin_hz = geometry.sample_rate as f32 / geometry.n_fft as f32;
        let places = (0..=geometry.n_fft / 2)
            .map(|bin| place(bin as f32 * bin_hz, &edges[1..=MELS]))
            .collect();
        let theirs = self::edges(geometry.scale, geometry.fmin, geometry.fmax, geometry.mels);
        let filters = filters(&theirs, geometry.n_fft, geometry.sample_rate, geometry.norm);
        Self { geometry, log_weight, places, filters }
    }

    /// The geometry it adapts to.
    pub fn geometry(&self) -> &MelGeometry {
        &self.geometry
    }

    /// Samples at their rate that so many frames of ours last.
    pub fn samples_of(&self, frames: usize) -> usize {
        frames * self.geometry.sample_rate as usize / FRAMES_HZ
    }

    /// The value of silence in their frames.
    pub fn silence(&self) -> f32 {
        self.log(0.0)
    }

    /// Whole utterance: (frames, 96) to (frames, mels).
    pub fn adapt(&self, log_mel: &[f32]) -> Vec<f32> {
        let mut theirs = Vec::new();
        self.extend(log_mel, true, &mut theirs);
        theirs
    }

    /// Appends their frames that lie between frames of ours; with `ended`, also those at the end of the utterance.
    pub(super) fn extend(&self, ours: &[f32], ended: bool, theirs: &mut Vec<f32>) {
        let count = ours.len() / MELS;
        let (rate, hop) = (self.geometry.sample_rate as usize, self.geometry.hop);
        let total = self.samples_of(count).div_ceil(hop);
        for frame in theirs.len() / self.geometry.mels.. {
            // In half samples, so that the middle of an odd hop is exact.
            let centre = 2 * frame * hop + if self.geometry.center { 0 } else { hop };
            let (whole, part) = (centre * FRAMES_HZ / (2 * rate), centre * FRAMES_HZ % (2 * rate));
            if (!ended && whole + 1 >= count) || (ended && frame >= total) {
                return;
            }
            let last = count - 1;
            let rows = [whole.min(last), (whole + 1).min(last)].map(|t| &ours[t * MELS..][..MELS]);
            let share = part as f32 / (2 * rate) as f32;
            self.put(rows, share, theirs);
        }
    }

    /// Appends the frame at `share` of the way between two of ours.
    fn put(&self, rows: [&[f32]; 2], share: f32, theirs: &mut Vec<f32>) {
        // Mean magnitude around each of our bands' centres, its logarithm.
        let mut envelope = [0.0f32; MELS];
        for (band, value) in envelope.iter_mut().enumerate() {
            let between = rows[0][band] + share * (rows[1][band] - rows[0][band]);
            let known = if between.is_finite() { between } else { FLOOR.ln() };
            *value = known.clamp(FLOOR.ln(), 20.0) - self.log_weight[band];
        }
        let bins: Vec<f32> = self
            .places
            .iter()
            .map(|&(band, part)| {
                let next = envelope[(band + 1).min(MELS - 1)];
                let magnitude = (envelope[band] + part * (next - envelope[band])).exp();
                match self.geometry.spectrum {
                    MelSpectrum::Magnitude => magnitude,
                    MelSpectrum::Power => magnitude * magnitude * SQUARE_BY_MEAN,
                }
            })
            .collect();
        theirs.extend(self.filters.iter().map(|filter| {
            let inside = bins[filter.first..].iter().zip(&filter.weights);
            self.log(inside.map(|(bin, weight)| bin * weight).sum())
        }));
    }

    fn log(&self, value: f32) -> f32 {
        let raised = value.max(self.geometry.floor);
        match (self.geometry.log, self.geometry.spectrum) {
            (MelLog::Natural, _) => raised.ln(),
            (MelLog::Log10, _) => raised.log10(),
            (MelLog::Db, MelSpectrum::Magnitude) => 20.0 * raised.log10(),
            (MelLog::Db, MelSpectrum::Power) => 10.0 * raised.log10(),
        }
    }
}

/// How large the spectrum of noise of one density comes out: the root of rate times the window's energy.
fn window_gain(rate_hz: u32, window: usize) -> f32 {
    // The sum of the squares of a periodic Hann window is three eighths of its length.
    (rate_hz as f32 * window as f32 * 0.375).sqrt()
}

/// The band whose centre lies at or below a frequency, and the share of the next.
fn place(hz: f32, centres: &[f32]) -> (usize, f32) {
    let after = centres.partition_point(|centre| *centre <= hz);
    if after == 0 {
        return (0, 0.0);
    }
    if after == centres.len() {
        return (after - 1, 0.0);
    }
    let (low, high) = (centres[after - 1], centres[after]);
    (after - 1, (hz - low) / (high - low))
}

/// Lower edge of the first band, every band's centre, upper edge of the last, in Hz.
fn edges(scale: MelScale, low_hz: f32, high_hz: f32, bands: usize) -> Vec<f32> {
    let (low, high) = (to_mel(scale, low_hz.into()), to_mel(scale, high_hz.into()));
    let step = (high - low) / (bands + 1) as f64;
    (0..bands + 2).map(|edge| to_hz(scale, low + step * edge as f64) as f32).collect()
}

/// Where Slaney's scale stops being linear, in Hz and mel; Hz of a mel below, mels of a factor of e above.
const BREAK: (f64, f64) = (1000.0, 15.0);
const HZ_PER_MEL: f64 = 200.0 / 3.0;

fn mels_per_neper() -> f64 {
    27.0 / 6.4f64.ln()
}

fn to_mel(scale: MelScale, hz: f64) -> f64 {
    match scale {
        MelScale::Htk => 2595.0 * (1.0 + hz / 700.0).log10(),
        MelScale::Slaney if hz < BREAK.0 => hz / HZ_PER_MEL,
        MelScale::Slaney => BREAK.1 + (hz / BREAK.0).ln() * mels_per_neper(),
    }
}

fn to_hz(scale: MelScale, mel: f64) -> f64 {
    match scale {
        MelScale::Htk => 700.0 * (10f64.powf(mel / 2595.0) - 1.0),
        MelScale::Slaney if mel < BREAK.1 => mel * HZ_PER_MEL,
        MelScale::Slaney => BREAK.0 * ((mel - BREAK.1) / mels_per_neper()).exp(),
    }
}

/// Triangles as librosa makes them.
fn filters(edges: &[f32], fft: usize, rate_hz: u32, norm: MelNorm) -> Vec<Filter> {
    let bin_hz = rate_hz as f32 / fft as f32;
    let triangle = |corners: &[f32]| {
        let (low, centre, high) = (corners[0], corners[1], corners[2]);
        let height = if norm == MelNorm::Slaney { 2.0 / (high - low) } else { 1.0 };
        let weight = |bin: usize| {
            let hz = bin as f32 * bin_hz;
            let side = ((hz - low) / (centre - low)).min((high - hz) / (high - centre));
            side.max(0.0) * height
        };
        let first = ((low / bin_hz) as usize).min(fft / 2);
        let last = ((high / bin_hz).ceil() as usize).min(fft / 2);
        Filter { first, weights: (first..=last).map(weight).collect() }
    };
    edges.windows(3).map(triangle).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn bands_are_librosas() {
        // librosa.mel_frequencies(98, fmin=0, fmax=12000)[1:], and sums of rows of librosa.filters.mel.
        let edges = edges(MelScale::Slaney, 0.0, HIGH_HZ, MELS);
        let wanted = [(1, 35.149_94), (28, 984.198_3), (96, 11_572.8)];
        for (edge, hz) in wanted {
            assert!((edges[edge] - hz).abs() < hz * 1e-4, "{edge}: {} {hz}", edges[edge]);
        }
        assert!((to_hz(MelScale::Htk, to_mel(MelScale::Htk, 1234.0)) - 1234.0).abs() < 1e-6);
        let ours = filters(&edges, FFT, SAMPLE_RATE_HZ, MelNorm::Slaney);
        // Area 1 over Hz: the weights' sum is one over the bins' distance.
        for filter in &ours[40..] {
            let sum: f32 = filter.weights.iter().sum();
            assert!((sum * 24_000.0 / 1536.0 - 1.0).abs() < 0.02, "{sum}");
        }
    }

    pub(in crate::mel_vocoder) fn ours_again() -> MelGeometry {
        let json = r#"{"sample_rate": 24000, "hop": 240, "n_fft": 1536, "window": 960, "mels": 96, "fmin": 0,
            "fmax": 12000, "log": "natural", "floor": 1e-5, "spectrum": "magnitude", "norm": "slaney", "center": true}"#;
        MelGeometry::parse(json).expect("a geometry")
    }

    fn bumpy(frames: usize) -> Vec<f32> {
        let value = |t: usize, band: usize| {
            -4.0 + 2.0 * (band as f32 * 0.11 + t as f32 * 0.2).sin() + (t as f32 * 0.07).cos()
        };
        (0..frames).flat_map(|t| (0..MELS).map(move |band| value(t, band))).collect()
    }

    #[test]
    fn our_own_geometry_comes_back() {
        let ours = bumpy(30);
        let again = MelAdapter::new(ours_again()).adapt(&ours);
        assert_eq!(again.len(), ours.len());
        for (index, (a, b)) in again.iter().zip(&ours).enumerate() {
            // A smooth envelope survives being interpolated and averaged again.
            assert!((a - b).abs() < 0.1, "band {}: {a} {b}", index % MELS);
        }
    }

    #[test]
    fn other_logarithms_and_levels() {
        let flat = vec![-2.0f32; MELS * 10];
        let natural = MelAdapter::new(ours_again()).adapt(&flat);
        let decibels =
            MelAdapter::new(MelGeometry { log: MelLog::Db, ..ours_again() }).adapt(&flat);
        let ten = MelAdapter::new(MelGeometry { log: MelLog::Log10, ..ours_again() }).adapt(&flat);
        let power = MelGeometry { spectrum: MelSpectrum::Power, ..ours_again() };
        let power = MelAdapter::new(MelGeometry { log: MelLog::Db, ..power }).adapt(&flat);
        for band in 20..80 {
            let e = natural[band];
            assert!((decibels[band] - e * 8.685_89).abs() < 1e-3);
            assert!((ten[band] - e * std::f32::consts::LOG10_E).abs() < 1e-4);
            // The filter's weights enter a power once and a magnitude twice.
            assert!((power[band] - decibels[band]).abs() < 40.0);
        }
        let twice = MelAdapter::new(MelGeometry { window: 480, ..ours_again() }).adapt(&flat);
        assert!((twice[50] - natural[50] + 0.5 * 2f32.ln()).abs() < 1e-4, "{}", twice[50]);
    }

    #[test]
    fn frames_in_chunks_are_the_same() {
        let ours = bumpy(57);
        let geometry = MelGeometry {
            sample_rate: 22_050,
            hop: 256,
            center: false,
            fmax: 8000.0,
            mels: 80,
            ..ours_again()
        };
        let adapter = MelAdapter::new(geometry);
        let whole = adapter.adapt(&ours);
        assert_eq!(whole.len() / 80, (57 * 22_050 / 100usize).div_ceil(256));
        let mut parts = Vec::new();
        for end in [0, 1, 2, 9, 10, 31, 57] {
            adapter.extend(&ours[..end * MELS], false, &mut parts);
            assert_eq!(parts, whole[..parts.len()]);
        }
        adapter.extend(&ours, true, &mut parts);
        assert_eq!(parts, whole);
    }
}
