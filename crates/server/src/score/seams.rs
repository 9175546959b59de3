//! Whether the borders between pieces of synthetic speech can be heard: jumps of energy and of F0 there, against the same
//! jumps in the middle of the pieces.

use hearsay_audio::pitch;

/// Milliseconds on either side of a place whose energies are compared.
const SIDE_MS: u64 = 10;
/// Milliseconds from a place to the middles of the pitch windows before and after it, so that neither reaches over it.
const PITCH_SIDE_MS: f64 = 20.0;
/// From the beginning of a window of the pitch tracker to its middle, ms.
const PITCH_MIDDLE_MS: f64 = 16.0;
/// Sides quieter than this RMS (-60 dBFS) on both sides are a pause: nothing can be heard there.
const PAUSE_RMS: f64 = 1e-3;
/// RMS that is added to both sides, so that silence has a level (-80 dBFS).
const FLOOR_RMS: f64 = 1e-4;
/// Shufflings of the permutation test.
const SHUFFLES: u32 = 4000;

/// Jumps at borders and in between.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Jumps {
    /// One value a border.
    pub border: Vec<f64>,
    /// One value a middle.
    pub middle: Vec<f64>,
}

/// The jumps of one or more clips.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seams {
    /// Change of level from the 10 ms before to the 10 ms after, dB.
    pub energy_db: Jumps,
    /// Change of F0 from 20 ms before to 20 ms after where both are voiced, cents.
    pub f0_cents: Jumps,
}

impl Seams {
    /// Adds a clip that was made in pieces of these lengths, in samples. Its beginning and its end are no borders.
    pub fn add(&mut self, samples: &[f32], rate_hz: u32, pieces: &[usize]) {
        let f0 = pitch::track(samples, rate_hz);
        let mut start = 0;
        for (index, piece) in pieces.iter().enumerate() {
            for (place, at_border) in [(start, true), (start + piece / 2, false)] {
                if at_border && index == 0 {
                    continue;
                }
                let energy = energy_jump_db(samples, rate_hz, place);
                let pitch = f0_jump_cents(&f0, place as f64 * 1000.0 / f64::from(rate_hz));
                self.energy_db.side(at_border).extend(energy);
                self.f0_cents.side(at_border).extend(pitch);
            }
            start += piece;
        }
    }
}

impl Jumps {
    fn side(&mut self, at_border: bool) -> &mut Vec<f64> {
        if at_border { &mut self.border } else { &mut self.middle }
    }

    /// What they come to; `None` without a border or without a middle.
    pub fn compare(&self) -> Option<Compared> {
        let (border, middle) = (mean(&self.border)?, mean(&self.middle)?);
        let ratio = (middle > 0.0).then(|| border / middle);
        Some(Compared { border, middle, ratio, p_value: permutation(&self.border, &self.middle) })
    }
}

/// Borders against middles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// Mean jump at borders.
    pub border: f64,
    /// Mean jump at middles.
    pub middle: f64,
    /// The one over the other; 1 is what an inaudible border has.
    pub ratio: Option<f64>,
    /// How often shuffled places differ as much, two-sided: below 0.05 the borders are not like the middles.
    pub p_value: f64,
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn energy_jump_db(samples: &[f32], rate_hz: u32, place: usize) -> Option<f64> {
    let side = (u64::from(rate_hz) * SIDE_MS / 1000) as usize;
    let level = |part: &[f32]| {
        part.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / part.len().max(1) as f64
    };
    let before = level(samples.get(place.checked_sub(side)?..place)?);
    let after = level(samples.get(place..place + side)?);
    if before.max(after) < PAUSE_RMS.powi(2) {
        return None;
    }
    let db = |level: f64| 10.0 * (level + FLOOR_RMS.powi(2)).log10();
    Some((db(after) - db(before)).abs())
}

fn f0_jump_cents(f0: &[f32], place_ms: f64) -> Option<f64> {
    let voiced = |middle_ms: f64| {
        let index = ((middle_ms - PITCH_MIDDLE_MS) / pitch::STEP_MS as f64).round();
        let found = (index >= 0.0).then(|| f0.get(index as usize)).flatten();
        found.copied().filter(|f| *f > 0.0)
    };
    let (before, after) = (voiced(place_ms - PITCH_SIDE_MS)?, voiced(place_ms + PITCH_SIDE_MS)?);
    Some((1200.0 * f64::from(after / before).log2()).abs())
}

/// Two-sided permutation test of the difference of means (Fisher 1935; the observed order counts as one of the shufflings).
/// The same values always have the same p.
fn permutation(first: &[f64], second: &[f64]) -> f64 {
    let mut pooled: Vec<f64> = first.iter().chain(second).copied().collect();
    let total: f64 = pooled.iter().sum();
    let (n, m) = (first.len() as f64, second.len() as f64);
    let difference = |sum: f64| (sum / n - (total - sum) / m).abs();
    // What rounding makes of equal sums is no difference.
    let observed = difference(first.iter().sum()) - 1e-9 * (1.0 + total.abs());
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let mut as_far = 1u32;
    for _ in 0..SHUFFLES {
        for at in 0..first.len() {
            // xorshift64, Marsaglia 2003.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let other = at + (random % (pooled.len() - at) as u64) as usize;
            pooled.swap(at, other);
        }
        as_far += u32::from(difference(pooled[..first.len()].iter().sum()) >= observed);
    }
    f64::from(as_far) / f64::from(SHUFFLES + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 16_000;
    const PIECE: usize = 3200;

    /// A buzz whose loudness and F0 change at each border by these factors, up and down in turn.
    fn pieces(count: usize, louder: f32, higher: f32) -> Vec<f32> {
        let mut phase = 0.0f32;
        (0..count * PIECE)
            .map(|n| {
                let odd = (n / PIECE) % 2 == 1;
                let (gain, f0) = if odd { (louder, higher) } else { (1.0, 1.0) };
                phase = (phase + 120.0 * f0 / RATE_HZ as f32).fract();
                let part = |h: u8| (f32::from(h) * phase * std::f32::consts::TAU).sin();
                0.05 * gain * (1..=6).map(part).sum::<f32>()
            })
            .collect()
    }

    fn seams(louder: f32, higher: f32) -> Seams {
        let mut seams = Seams::default();
        seams.add(&pieces(12, louder, higher), RATE_HZ, &[PIECE; 12]);
        seams
    }

    #[test]
    fn steps_at_borders_are_found() {
        let seams = seams(2.0, 1.26);
        assert_eq!(seams.energy_db.border.len(), 11);
        assert_eq!(seams.energy_db.middle.len(), 12);
        let energy = seams.energy_db.compare().unwrap();
        assert!((energy.border - 6.0).abs() < 2.0, "{energy:?}");
        assert!(energy.ratio.unwrap() > 3.0 && energy.p_value < 0.01, "{energy:?}");
        let f0 = seams.f0_cents.compare().unwrap();
        assert!((f0.border - 400.0).abs() < 40.0 && f0.middle < 20.0, "{f0:?}");
        assert!(f0.p_value < 0.01);
    }

    #[test]
    fn smooth_sound_has_no_seams() {
        let mut seams = Seams::default();
        // Lengths that meet the wave at other places each time.
        let lengths: Vec<usize> = (0..11).map(|n| 3000 + 37 * n).collect();
        seams.add(&pieces(12, 1.0, 1.0), RATE_HZ, &lengths);
        let energy = seams.energy_db.compare().unwrap();
        assert!(energy.p_value > 0.05, "{energy:?}");
    }

    #[test]
    fn the_test_knows_small_samples() {
        // Of the 20 ways to choose 3 of 6, 2 are as far apart as 1, 2, 3 and 7, 8, 9.
        let p = permutation(&[1.0, 2.0, 3.0], &[7.0, 8.0, 9.0]);
        assert!((p - 0.1).abs() < 0.02, "{p}");
        assert!((permutation(&[4.0, 4.0], &[4.0, 4.0, 4.0]) - 1.0).abs() < 1e-9);
        assert!(permutation(&[1.0, 5.0], &[2.0, 4.0]) > 0.9);
    }

    #[test]
    fn pauses_and_ends_are_no_places() {
        let mut seams = Seams::default();
        seams.add(&[0.0; 3 * PIECE], RATE_HZ, &[PIECE; 3]);
        seams.add(&pieces(1, 1.0, 1.0), RATE_HZ, &[PIECE]);
        seams.add(&[0.5; 40], RATE_HZ, &[10, 10, 20]);
        seams.add(&[0.5; 40], RATE_HZ, &[usize::MAX / 2, 20]);
        assert_eq!(seams.energy_db.border, Vec::<f64>::new());
        assert_eq!(seams.energy_db.middle.len(), 1);
        assert_eq!(seams.energy_db.compare(), None);
        assert_eq!(Seams::default().f0_cents.compare(), None);
    }
}
