//! F0 of speech, frame by frame: the difference function of YIN (de Cheveigné and Kawahara 2002) with its cumulative
//! mean and parabolic interpolation, octave errors mended around the clip's median.
//!
//! It needs the whole clip and is for measuring voices, not for a live call.

/// Lowest F0 looked for, Hz.
pub const F0_HZ_MIN: f32 = 60.0;
/// Highest F0 looked for, Hz.
pub const F0_HZ_MAX: f32 = 500.0;
/// Milliseconds from one value to the next.
pub const STEP_MS: usize = 10;

/// Aperiodicity below which a frame counts as voiced.
const VOICED_BELOW: f32 = 0.22;
/// Frames quieter than this beside the loudest, in dB, are unvoiced.
const QUIET_DB: f32 = -38.0;

/// F0 in Hz every 10 ms, 0 where nothing is voiced; empty for a clip shorter than one window (about 50 ms).
///
/// ```
/// let tone: Vec<f32> = (0..8000).map(|i| (i as f32 * 0.1).sin()).collect(); // 0.1 rad a sample at 8 kHz is 127 Hz
/// let f0 = hearsay_audio::pitch::track(&tone, 8000);
/// assert!(f0[20..60].iter().all(|f| (f - 127.3).abs() < 2.0));
/// ```
pub fn track(samples: &[f32], rate_hz: u32) -> Vec<f32> {
    let first = pass(samples, rate_hz, F0_HZ_MIN, F0_HZ_MAX);
    match median(&first) {
        // Within an octave and a half around the median the second search finds no octave errors.
        Some(middle) => {
            let (low, high) = ((middle * 0.55).max(F0_HZ_MIN), (middle * 1.9).min(F0_HZ_MAX));
            pass(samples, rate_hz, low, high)
        }
        None => first,
    }
}

/// Median and spread of the natural log of the voiced values; `None` below ten of them. The spread is the standard
/// deviation that a normal distribution with the same tenth and ninetieth percentile has, so that a few frames with
/// octave errors do not count.
pub fn log_median_and_spread(f0: &[f32]) -> Option<(f32, f32)> {
    /// From the tenth to the ninetieth percentile of a normal distribution, in standard deviations.
    const INTERDECILE: f32 = 2.563;
    let mut logs: Vec<f32> = f0.iter().filter(|f| **f > 0.0).map(|f| f.ln()).collect();
    if logs.len() < 10 {
        return None;
    }
    logs.sort_by(f32::total_cmp);
    let part = |tenth: usize| logs[(logs.len() - 1) * tenth / 10];
    Some((part(5), (part(9) - part(1)) / INTERDECILE))
}

fn median(f0: &[f32]) -> Option<f32> {
    let mut voiced: Vec<f32> = f0.iter().copied().filter(|f| *f > 0.0).collect();
    voiced.sort_by(f32::total_cmp);
    voiced.get(voiced.len() / 2).copied()
}

fn pass(samples: &[f32], rate_hz: u32, low_hz: f32, high_hz: f32) -> Vec<f32> {
    let rate = rate_hz as f32;
    let (lag_min, lag_max) = ((rate / high_hz) as usize, (rate / low_hz).ceil() as usize + 1);
    let width = (rate * 0.025) as usize;
    let hop = (rate_hz as usize * STEP_MS / 1000).max(1);
    let reach = width + lag_max;
    if lag_min < 2 || samples.len() < reach {
        return Vec::new();
    }
    let power = |at: usize| samples[at..at + width].iter().map(|x| x * x).sum::<f32>();
    let starts: Vec<usize> = (0..=samples.len() - reach).step_by(hop).collect();
    let loudest = starts.iter().map(|&at| power(at)).fold(1e-9, f32::max);
    let quiet = loudest * 10.0_f32.powf(QUIET_DB / 10.0);
    let mut difference = vec![0.0; lag_max + 1];
    let one = |at: usize| {
        if power(at) < quiet {
            return 0.0;
        }
        differences(&samples[at..at + reach], width, &mut difference);
        best_lag(&difference, lag_min).map_or(0.0, |lag| rate / lag)
    };
    starts.into_iter().map(one).collect()
}

/// YIN's cumulative-mean-normalised difference of each lag.
fn differences(frame: &[f32], width: usize, out: &mut [f32]) {
    out[0] = 1.0;
    let mut sum = 0.0;
    for lag in 1..out.len() {
        let pairs = frame[..width].iter().zip(&frame[lag..lag + width]);
        let d: f32 = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
        sum += d;
        out[lag] = if sum > 0.0 { d * lag as f32 / sum } else { 1.0 };
    }
}

/// The first dip below the threshold, between samples.
fn best_lag(difference: &[f32], lag_min: usize) -> Option<f32> {
    let last = difference.len() - 1;
    let mut lag = (lag_min..last).find(|&lag| difference[lag] < VOICED_BELOW)?;
    while lag + 1 < last && difference[lag + 1] < difference[lag] {
        lag += 1;
    }
    let (a, b, c) = (difference[lag - 1], difference[lag], difference[lag + 1]);
    let curve = a - 2.0 * b + c;
    let shift = if curve > 0.0 { (0.5 * (a - c) / curve).clamp(-0.5, 0.5) } else { 0.0 };
    Some(lag as f32 + shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A buzz with ten harmonics whose F0 glides.
    fn glide(from_hz: f32, to_hz: f32, rate_hz: u32, samples: usize) -> Vec<f32> {
        let mut phase = 0.0_f32;
        (0..samples)
            .map(|i| {
                let f0 = from_hz + (to_hz - from_hz) * i as f32 / samples as f32;
                phase += f0 / rate_hz as f32;
                (1..=10)
                    .map(|h| (std::f32::consts::TAU * phase * h as f32).sin() / h as f32)
                    .sum::<f32>()
                    * 0.2
            })
            .collect()
    }

    #[test]
    fn follows_a_glide_without_octave_errors() {
        for rate in [8000, 16_000, 24_000] {
            let n = rate as usize;
            let f0 = track(&glide(100.0, 180.0, rate, n), rate);
            assert!(f0.len() > 90);
            for (frame, f) in f0.iter().enumerate().skip(5).take(80) {
                let want = 100.0 + 80.0 * (frame * 10 + 20) as f32 / 1000.0;
                assert!((f - want).abs() < 5.0, "{rate} Hz frame {frame}: {f} for {want}");
            }
        }
    }

    #[test]
    fn silence_noise_and_short_clips_are_unvoiced() {
        assert!(track(&[0.0; 100], 8000).is_empty());
        assert!(track(&[0.0; 8000], 8000).iter().all(|f| *f == 0.0));
        let mut state = 1_u32;
        let noise: Vec<f32> = (0..16_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect();
        let f0 = track(&noise, 16_000);
        let voiced = f0.iter().filter(|f| **f > 0.0).count();
        assert!(voiced * 20 < f0.len(), "{voiced} of {}", f0.len());
        assert!(log_median_and_spread(&[0.0; 50]).is_none());
    }
}
