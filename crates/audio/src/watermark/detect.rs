//! Looking for the mark: how well a recording's bands follow the pattern, at every offset.
//!
//! The signs of the pattern are independent of the recording, so the correlation divided by the root of the summed
//! squares has, without a mark, the normal distribution with deviation 1, whatever the recording. The best of all offsets
//! and stretches is taken; the threshold knows how many there were.

use super::pattern::{self, BANDS, CHIPS, Cell, Pattern, VALUES};
use super::{BAND_HZ, CHIP_MS, DEFAULT_KEY, RATE_HZ_MAX, RATE_HZ_MIN, WatermarkError};
use crate::resample::resample;
use realfft::RealFftPlanner;
use std::f32::consts::TAU;
use std::ops::Range;

/// Longest recording, in seconds.
pub const RECORDING_SECONDS_MAX: usize = 3 * 3600;

/// Rate at which bands are measured, in Hz: all that a telephone keeps.
const RATE_HZ: u32 = 8000;
/// Samples of the analysis window, of its FFT, and from one to the next.
const WINDOW: usize = 128;
const FFT: usize = 256;
const HOP: usize = 20;
/// Hops of a chip, and of the whole pattern; so many offsets there are.
const CHIP_HOPS: usize = CHIP_MS as usize * RATE_HZ as usize / 1000 / HOP;
const OFFSETS: usize = CHIPS * CHIP_HOPS;
/// Power to which band powers are raised before they are averaged: nearly a logarithm, but a loud moment still counts more.
const ROOT: f32 = 0.15;
/// Bands on each side over which a cell's difference is levelled, for onsets move all bands alike.
const LEVELLED: usize = 3;
/// Difference, in dB, from which a cell counts ever less than in proportion.
const BENT_DB: f32 = 2.0;
/// Frames so far below the loud ones, in dB, are pauses and count nothing.
const PAUSE_DB: f32 = 35.0;
/// Noise floor below the loud frames, in dB.
const FLOOR_DB: f32 = 60.0;
/// Stretches that are looked at on their own beside the whole, in hops: 4 s and 16 s, each by half its length. Speech may
/// be a small part of a recording, and each utterance begins the pattern anew.
const STRETCHES: [usize; 2] = [1600, 6400];
/// How often a recording without the mark is taken for one with it, at most.
const FALSE_ALARMS: f64 = 1e-4;
/// A byte of the payload is read from this score on, and by this lead over the second best.
const BYTE_SCORE_MIN: f32 = 4.5;
const BYTE_LEAD_MIN: f32 = 1.0;

/// What a recording says about the mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Best correlation with the pattern, in standard deviations of what a recording without a mark gives at one offset.
    pub score: f32,
    /// The score from which on the mark is there. It grows a little with the length, since more places are looked at;
    /// a recording without the mark reaches it in fewer than one of 10,000 cases.
    pub threshold: f32,
    /// Whether the mark is there.
    pub present: bool,
    /// The 16 bits, where the mark carries some and they are beyond doubt.
    pub payload: Option<u16>,
    /// The stretch with the best score, in ms.
    pub start_ms: u64,
    /// Its end, in ms.
    pub end_ms: u64,
}

/// Looks for the mark of [`DEFAULT_KEY`] in samples of this rate.
///
/// # Errors
/// When the rate is outside 8 to 192 kHz, or the recording too long.
pub fn detect(samples: &[f32], rate_hz: u32) -> Result<Detection, WatermarkError> {
    Detector::new(DEFAULT_KEY).detect(samples, rate_hz)
}

/// Looks for the mark of one key.
#[derive(Debug, Clone)]
pub struct Detector {
    pattern: Pattern,
}

/// The best offset of one stretch.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    score: f32,
    offset: usize,
}

impl Detector {
    /// A detector for the marks of this key.
    pub fn new(key: u64) -> Self {
        Self { pattern: Pattern::new(key) }
    }

    /// Looks for the mark in samples in [-1, 1] of this rate, with or without a payload.
    ///
    /// # Errors
    /// When the rate is outside 8 to 192 kHz, or the recording too long.
    pub fn detect(&self, samples: &[f32], rate_hz: u32) -> Result<Detection, WatermarkError> {
        if !(RATE_HZ_MIN..=RATE_HZ_MAX).contains(&rate_hz) {
            return Err(WatermarkError::Rate(rate_hz));
        }
        if samples.len() / rate_hz as usize >= RECORDING_SECONDS_MAX {
            return Err(WatermarkError::TooLong);
        }
        let finite: Vec<f32> =
            samples.iter().map(|s| if s.is_finite() { s.clamp(-8.0, 8.0) } else { 0.0 }).collect();
        let narrow = resample(&finite, rate_hz, RATE_HZ)?;
        let differences = differences(&powers(&narrow));
        let stretches = stretches(differences.len());
        let tests = stretches.len() * OFFSETS * 2;
        let threshold = threshold(tests);
        let mut best = (Found { score: 0.0, offset: 0 }, 0..0);
        for stretch in stretches {
            let found = self.search(&fold(&differences, stretch.clone()));
            if found.score > best.0.score {
                best = (found, stretch);
            }
        }
        let (found, stretch) = best;
        let present = found.score >= threshold;
        let folded = present.then(|| fold(&differences, stretch.clone()));
        let hop_ms = |hop: usize| (hop * HOP) as u64 * 1000 / u64::from(RATE_HZ);
        Ok(Detection {
            score: found.score,
            threshold,
            present,
            payload: folded.and_then(|folded| self.payload(&folded, found.offset)),
            start_ms: hop_ms(stretch.start),
            end_ms: hop_ms(stretch.end),
        })
    }

    /// The best offset; the mark may or may not carry a payload.
    fn search(&self, folded: &[[f32; BANDS]]) -> Found {
        let mut best = Found::default();
        for offset in 0..OFFSETS {
            // Sums of the cells that are the same with every payload, and of the others.
            let (mut pilot, mut rest) = ([0.0f32; 2], [0.0f32; 2]);
            for (chip, row) in rows(folded, offset).enumerate() {
                for (band, &value) in row.iter().enumerate() {
                    let (cell, sign) = self.pattern.cell(chip, band);
                    let sums = if cell == Cell::Pilot { &mut pilot } else { &mut rest };
                    sums[0] += sign * value;
                    sums[1] += value * value;
                }
            }
            let whole = score(pilot[0] + rest[0], pilot[1] + rest[1]);
            let score = whole.max(score(pilot[0], pilot[1]));
            if score > best.score {
                best = Found { score, offset };
            }
        }
        best
    }

    /// The payload at a known offset.
    fn payload(&self, folded: &[[f32; BANDS]], offset: usize) -> Option<u16> {
        let low = self.byte(folded, offset, false)?;
        let high = self.byte(folded, offset, true)?;
        Some(high << 8 | low)
    }

    fn byte(&self, folded: &[[f32; BANDS]], offset: usize, high: bool) -> Option<u16> {
        // The last one is the pattern without a payload.
        let mut sums = [0.0f32; VALUES + 1];
        let mut squares = 0.0;
        for (chip, row) in rows(folded, offset).enumerate() {
            for (band, &value) in row.iter().enumerate() {
                let (cell, plain) = self.pattern.cell(chip, band);
                if cell != (Cell::Byte { high }) {
                    continue;
                }
                squares += value * value;
                sums[VALUES] += plain * value;
                for (sum, number) in sums.iter_mut().zip(0..VALUES as u16) {
                    *sum += self.pattern.value_sign(chip, band, number) * value;
                }
            }
        }
        let mut order: Vec<usize> = (0..=VALUES).collect();
        order.sort_unstable_by(|a, b| sums[*b].total_cmp(&sums[*a]));
        let [first, second] = [order[0], order[1]].map(|value| score(sums[value], squares));
        let sure = first >= BYTE_SCORE_MIN && first - second >= BYTE_LEAD_MIN;
        (sure && order[0] < VALUES).then_some(order[0] as u16)
    }
}

/// The folded differences of each chip when the pattern begins at `offset`.
fn rows(folded: &[[f32; BANDS]], offset: usize) -> impl Iterator<Item = &[f32; BANDS]> {
    (0..CHIPS).map(move |chip| &folded[(offset + chip * CHIP_HOPS) % OFFSETS])
}

fn score(sum: f32, squares: f32) -> f32 {
    if squares > 0.0 { sum / squares.sqrt() } else { 0.0 }
}

/// Band powers of every hop, (hops, BANDS), each raised to [`ROOT`] above a floor, and whether the hop is in a pause.
struct Powers {
    rooted: Vec<[f32; BANDS]>,
    floor: f32,
    pause: Vec<bool>,
}

fn powers(samples: &[f32]) -> Powers {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(FFT);
    let (mut time, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let mut scratch = fft.make_scratch_vec();
    let window: Vec<f32> =
        (0..WINDOW).map(|n| 0.5 - 0.5 * (TAU * n as f32 / WINDOW as f32).cos()).collect();
    let weights = weights();
    let hops = samples.len().saturating_sub(WINDOW) / HOP + usize::from(samples.len() >= WINDOW);
    let mut bands: Vec<[f32; BANDS]> = Vec::with_capacity(hops);
    for hop in 0..hops {
        time.fill(0.0);
        let frame = &samples[hop * HOP..hop * HOP + WINDOW];
        for ((to, sample), weight) in time.iter_mut().zip(frame).zip(&window) {
            *to = sample * weight;
        }
        let _ = fft.process_with_scratch(&mut time, &mut spectrum, &mut scratch);
        bands.push(std::array::from_fn(|band| {
            weights[band].iter().map(|(bin, weight)| spectrum[*bin].norm_sqr() * weight).sum()
        }));
    }
    let totals: Vec<f32> = bands.iter().map(|row| row.iter().sum()).collect();
    let mut sorted = totals.clone();
    sorted.sort_unstable_by(f32::total_cmp);
    let loud = sorted.get(sorted.len() * 19 / 20).copied().unwrap_or(0.0);
    let quiet = loud * 10.0f32.powf(-PAUSE_DB / 10.0);
    let pause = totals.iter().map(|total| *total <= quiet).collect();
    let rooted = bands.iter().map(|row| row.map(|power| power.powf(ROOT))).collect();
    let floor = (loud * 10.0f32.powf(-FLOOR_DB / 10.0)).powf(ROOT);
    Powers { rooted, floor, pause }
}

/// The bins of each band and how much of each is in it.
fn weights() -> [Vec<(usize, f32)>; BANDS] {
    let bin_hz = RATE_HZ as f32 / FFT as f32;
    std::array::from_fn(|band| {
        let centre = pattern::centre_hz(band) as f32;
        // A tenth wider than the band: a window this short knows it no better.
        let half = BAND_HZ as f32 * 0.55;
        let weight = |bin: usize| 0.5 + (half - (bin as f32 * bin_hz - centre).abs()) / bin_hz;
        (0..FFT / 2)
            .map(|bin| (bin, weight(bin).clamp(0.0, 1.0)))
            .filter(|(_, weight)| *weight > 0.0)
            .collect()
    })
}

/// For a chip that would begin at each hop: how much louder its first half is than its second, (hops, BANDS), in dB,
/// levelled over bands and bent.
fn differences(powers: &Powers) -> Vec<[f32; BANDS]> {
    let ways: [f32; CHIP_HOPS] =
        std::array::from_fn(|hop| pattern::way(hop as f64 / CHIP_HOPS as f64));
    let count = (powers.rooted.len() + 1).saturating_sub(CHIP_HOPS);
    // Half the hops are in pauses: not a chip to hear.
    let counts = |hop: usize| {
        powers.pause[hop..hop + CHIP_HOPS].iter().filter(|pause| **pause).count() * 2 < CHIP_HOPS
    };
    let difference = |hop: usize| {
        let mut halves = [[powers.floor; BANDS]; 2];
        for (row, way) in powers.rooted[hop..hop + CHIP_HOPS].iter().zip(ways) {
            let half = &mut halves[usize::from(way < 0.0)];
            for (sum, value) in half.iter_mut().zip(row) {
                *sum += way.abs() * value;
            }
        }
        let [up, down] = halves;
        let ratio = |band: usize| {
            let least = f32::MIN_POSITIVE;
            10.0 / ROOT * ((up[band] + least) / (down[band] + least)).log10()
        };
        levelled(&std::array::from_fn(ratio))
    };
    let silent = [0.0; BANDS];
    (0..count).map(|hop| if counts(hop) { difference(hop) } else { silent }).collect()
}

/// Each band's difference from the mean of its neighbourhood, bent.
fn levelled(row: &[f32; BANDS]) -> [f32; BANDS] {
    std::array::from_fn(|band| {
        let near = &row[band.saturating_sub(LEVELLED)..(band + LEVELLED + 1).min(BANDS)];
        let own = row[band] - near.iter().sum::<f32>() / near.len() as f32;
        own / (1.0 + (own / BENT_DB).powi(2)).sqrt()
    })
}

/// Adds up what lies a whole number of patterns apart, (OFFSETS, BANDS).
fn fold(differences: &[[f32; BANDS]], stretch: Range<usize>) -> Vec<[f32; BANDS]> {
    let mut folded = vec![[0.0; BANDS]; OFFSETS];
    for hop in stretch {
        for (sum, value) in folded[hop % OFFSETS].iter_mut().zip(&differences[hop]) {
            *sum += value;
        }
    }
    folded
}

/// The whole, and the stretches of each length that are shorter than it.
fn stretches(hops: usize) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    all.push(0..hops);
    for length in STRETCHES {
        if hops * 2 > length * 3 {
            all.extend(
                (0..hops - length / 2)
                    .step_by(length / 2)
                    .map(|start| start..(start + length).min(hops)),
            );
        }
    }
    all
}

/// The score that the best of so many tests of a recording without a mark exceeds in [`FALSE_ALARMS`] of all cases, at most.
fn threshold(tests: usize) -> f32 {
    let wanted = FALSE_ALARMS / tests as f64;
    let (mut low, mut high) = (0.0f64, 20.0f64);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if upper_tail(middle) > wanted { low = middle } else { high = middle }
    }
    high as f32
}

/// Probability that a normal variable exceeds `z`, from above: the bound of Mills' ratio, within 4 % from z = 5 on.
fn upper_tail(z: f64) -> f64 {
    let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    density / z.max(1e-9)
}
