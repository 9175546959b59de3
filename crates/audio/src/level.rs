//! Loudness: peak and RMS in dBFS, normalisation, a limiter that never lets a sample over its ceiling.
//!
//! What it is: whole-signal functions for recordings, references and prompts. What it is not: a streaming automatic gain
//! control; loudness here is plain RMS, not the gated ITU-R BS.1770 measure. 0 dBFS is a constant 1.0, so a full-scale
//! sine has a peak of 0 dBFS and an RMS of -3 dBFS. Silence is minus infinity.

/// How far ahead and back the limiter looks, in ms.
const LIMITER_MS: u32 = 5;

/// An amplitude as dBFS.
pub fn dbfs(amplitude: f32) -> f32 {
    20.0 * amplitude.abs().log10()
}

/// dBFS as an amplitude.
pub fn amplitude(dbfs: f32) -> f32 {
    10f32.powf(dbfs / 20.0)
}

/// Largest magnitude.
pub fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// Root mean square; 0 for no samples.
pub fn rms(samples: &[f32]) -> f32 {
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (energy / samples.len().max(1) as f64).sqrt() as f32
}

/// Peak in dBFS.
pub fn peak_dbfs(samples: &[f32]) -> f32 {
    dbfs(peak(samples))
}

/// RMS in dBFS.
pub fn rms_dbfs(samples: &[f32]) -> f32 {
    dbfs(rms(samples))
}

/// Scales so that the peak is `target_dbfs`. Silence stays silent. Returns the gain used, in dB.
pub fn normalise_peak(samples: &mut [f32], target_dbfs: f32) -> f32 {
    scale(samples, amplitude(target_dbfs) / peak(samples))
}

/// Scales so that the RMS is `target_dbfs`, then limits peaks to `ceiling_dbfs`. Where the limiter works, the RMS ends
/// a little below the target. Silence stays silent. Returns the gain used before the limiter, in dB.
pub fn normalise_rms(
    samples: &mut [f32],
    rate_hz: u32,
    target_dbfs: f32,
    ceiling_dbfs: f32,
) -> f32 {
    let gain_db = scale(samples, amplitude(target_dbfs) / rms(samples));
    limit(samples, rate_hz, ceiling_dbfs);
    gain_db
}

fn scale(samples: &mut [f32], gain: f32) -> f32 {
    // Silence asks for an infinite gain, damaged input for NaN: both are left alone.
    if !gain.is_finite() {
        return 0.0;
    }
    samples.iter_mut().for_each(|sample| *sample *= gain);
    dbfs(gain)
}

/// Turns the gain down smoothly around peaks so that no sample exceeds `ceiling_dbfs`; other samples stay as they are.
pub fn limit(samples: &mut [f32], rate_hz: u32, ceiling_dbfs: f32) {
    let ceiling = amplitude(ceiling_dbfs);
    if ceiling.is_nan() || peak(samples) <= ceiling {
        return;
    }
    let reach = (rate_hz * LIMITER_MS / 1000).max(1) as usize;
    let needed: Vec<f32> = samples.iter().map(|sample| (ceiling / sample.abs()).min(1.0)).collect();
    // The smallest gain within reach, averaged over the same reach, is never above what any sample needs.
    let gains = moving_mean(&moving_min(&needed, reach), reach);
    for (sample, gain) in samples.iter_mut().zip(gains) {
        *sample = (*sample * gain).clamp(-ceiling, ceiling);
    }
}

/// Minimum over `reach` values on either side.
fn moving_min(values: &[f32], reach: usize) -> Vec<f32> {
    let mut rising: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
    let mut out = Vec::with_capacity(values.len());
    for end in 0..values.len() + reach {
        if let Some(value) = values.get(end) {
            while rising.back().is_some_and(|last| values[*last] >= *value) {
                rising.pop_back();
            }
            rising.push_back(end);
        }
        let Some(at) = end.checked_sub(reach) else { continue };
        while rising.front().is_some_and(|first| first + reach < at) {
            rising.pop_front();
        }
        out.push(rising.front().map_or(1.0, |first| values[*first]));
    }
    out
}

/// Mean over `reach` values on either side; beyond the ends the end value is repeated.
fn moving_mean(values: &[f32], reach: usize) -> Vec<f32> {
    let last = values.len().saturating_sub(1);
    let at = |index: isize| f64::from(values[index.clamp(0, last as isize) as usize]);
    let (reach, width) = (reach as isize, (2 * reach + 1) as f64);
    let mut sum: f64 = if values.is_empty() { 0.0 } else { (-reach..=reach).map(at).sum() };
    (0..values.len() as isize)
        .map(|middle| {
            let mean = sum / width;
            sum += at(middle + reach + 1) - at(middle - reach);
            mean as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(samples: usize, amplitude: f32) -> Vec<f32> {
        (0..samples).map(|n| amplitude * (n as f32 * std::f32::consts::TAU / 80.0).sin()).collect()
    }

    #[test]
    fn a_full_scale_sine_is_0_dbfs_peak_and_minus_3_rms() {
        let tone = sine(8000, 1.0);
        assert!(peak_dbfs(&tone).abs() < 0.01);
        assert!((rms_dbfs(&tone) + 3.0103).abs() < 0.01);
        assert_eq!(rms_dbfs(&[0.0; 10]), f32::NEG_INFINITY);
        assert_eq!(peak_dbfs(&[]), f32::NEG_INFINITY);
    }

    #[test]
    fn normalises_to_the_target() {
        let mut tone = sine(8000, 0.01);
        let gain_db = normalise_peak(&mut tone, -6.0);
        assert!((peak_dbfs(&tone) + 6.0).abs() < 0.01 && (gain_db - 34.0).abs() < 0.01);
        normalise_rms(&mut tone, 8000, -20.0, -1.0);
        assert!((rms_dbfs(&tone) + 20.0).abs() < 0.01);
        let mut silence = [0.0; 100];
        assert_eq!(normalise_rms(&mut silence, 8000, -20.0, -1.0), 0.0);
        assert_eq!(silence, [0.0; 100]);
    }

    #[test]
    fn the_limiter_holds_its_ceiling_and_leaves_the_rest_alone() {
        let mut signal = sine(8000, 0.3);
        signal[4000] = 2.0;
        signal[4010] = -1.7;
        let before = signal.clone();
        limit(&mut signal, 8000, -1.0);
        assert!(peak(&signal) <= amplitude(-1.0) && peak(&signal) > amplitude(-1.0) * 0.999);
        assert_eq!(signal[..3900], before[..3900]);
        assert_eq!(signal[4120..], before[4120..]);
        // No sample changes sign: the gain only shrinks.
        assert!(
            signal
                .iter()
                .zip(&before)
                .all(|(after, old)| after * old >= 0.0 && after.abs() <= old.abs())
        );
    }

    #[test]
    fn loud_targets_are_limited_not_clipped_through() {
        let mut signal = sine(8000, 0.1);
        signal[100] = 1.0;
        normalise_rms(&mut signal, 8000, -9.0, -1.0);
        assert!(peak_dbfs(&signal) <= -0.999);
    }
}
