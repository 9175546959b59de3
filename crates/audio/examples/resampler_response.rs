//! Measures the resampler with tones and prints the table of docs/audio.md.
//!
//! `cargo run --release -p hearsay-audio --example resampler_response`

use hearsay_audio::resample::{Resampler, resample};
use std::f64::consts::TAU;

const RATES_HZ: [u32; 6] = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];
const SECONDS: f64 = 0.4;

fn tone(hz: f64, rate_hz: u32) -> Vec<f32> {
    let samples = (f64::from(rate_hz) * SECONDS) as usize;
    (0..samples).map(|n| (TAU * hz * n as f64 / f64::from(rate_hz)).sin() as f32).collect()
}

/// Amplitude and phase (radians) of `hz` in the middle half of `samples`, Hann-weighted.
fn measure(samples: &[f32], hz: f64, rate_hz: u32) -> (f64, f64) {
    let (start, end) = (samples.len() / 4, samples.len() * 3 / 4);
    let (mut sine, mut cosine, mut weight_sum) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate().take(end).skip(start) {
        let weight = 0.5 - 0.5 * (TAU * (n - start) as f64 / (end - start) as f64).cos();
        let angle = TAU * hz * n as f64 / f64::from(rate_hz);
        sine += weight * f64::from(*sample) * angle.sin();
        cosine += weight * f64::from(*sample) * angle.cos();
        weight_sum += weight / 2.0;
    }
    ((sine.hypot(cosine)) / weight_sum, cosine.atan2(sine))
}

fn db(amplitude: f64) -> f64 {
    20.0 * amplitude.max(1e-9).log10()
}

/// Largest difference between two gains in the pass band (dB), and the largest error in time (microseconds).
fn pass_band(from_hz: u32, to_hz: u32) -> (f64, f64) {
    let low_hz = f64::from(from_hz.min(to_hz));
    let (mut least, mut most, mut late_us) = (f64::MAX, f64::MIN, 0.0f64);
    for step in 1..=45 {
        let hz = low_hz * 0.46 * f64::from(step) / 45.0;
        let out = resample(&tone(hz, from_hz), from_hz, to_hz).unwrap_or_default();
        let (amplitude, phase) = measure(&out, hz, to_hz);
        least = least.min(db(amplitude));
        most = most.max(db(amplitude));
        late_us = late_us.max((phase / TAU / hz * 1e6).abs());
    }
    (most - least, late_us)
}

/// Loudest thing that should not be there (dB below a full-scale tone): aliases of tones above half of a lower output
/// rate, or images of tones in the pass band above half of a lower input rate.
fn stop_band(from_hz: u32, to_hz: u32) -> f64 {
    let mut loudest = f64::MIN;
    for step in 0..40 {
        let fraction = f64::from(step) / 40.0;
        let out_of = |hz| resample(&tone(hz, from_hz), from_hz, to_hz).unwrap_or_default();
        if to_hz < from_hz {
            let (low, high) = (f64::from(to_hz) / 2.0, f64::from(from_hz) / 2.0);
            let out = out_of(low + (high - low) * fraction);
            let middle = &out[out.len() / 4..out.len() * 3 / 4];
            let energy: f64 = middle.iter().map(|x| f64::from(*x).powi(2)).sum();
            loudest = loudest.max(db((2.0 * energy / middle.len() as f64).sqrt()));
        } else {
            let hz = f64::from(from_hz) * 0.46 * (fraction + 0.01);
            let image_hz = f64::from(from_hz) - hz;
            if image_hz < f64::from(to_hz) / 2.0 {
                loudest = loudest.max(db(measure(&out_of(hz), image_hz, to_hz).0));
            }
        }
    }
    -loudest
}

fn main() -> Result<(), hearsay_audio::resample::ResampleError> {
    println!(
        "| from Hz | to Hz | pass-band ripple to 0.46 of the lower rate, dB | stop-band attenuation, dB | delay, samples out | delay, ms | time error, us |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for from_hz in RATES_HZ {
        for to_hz in RATES_HZ {
            if from_hz == to_hz {
                continue;
            }
            let delay = Resampler::new(from_hz, to_hz)?.delay_samples();
            let (ripple_db, late_us) = pass_band(from_hz, to_hz);
            let delay_ms = delay as f64 * 1000.0 / f64::from(to_hz);
            let stop = stop_band(from_hz, to_hz);
            let stop = if stop == -f64::MIN { "-".to_owned() } else { format!("{stop:.1}") };
            println!(
                "| {from_hz} | {to_hz} | {ripple_db:.4} | {stop} | {delay} | {delay_ms:.1} | {late_us:.2} |"
            );
        }
    }
    Ok(())
}
