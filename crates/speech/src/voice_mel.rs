//! The synthesiser's own log-mel of a recording: what the acoustic model was trained to make.
//!
//! Natural log of max(mel-weighted magnitude, 1e-5): Hann window of 960 samples centred on sample `240 t` inside an FFT of
//! 1536, 96 area-normalised bands on Slaney's mel scale from 0 to 12 kHz. Whole clips only; the recogniser's streaming
//! features are `hearsay_audio::mel`.

use std::f32::consts::TAU;

use realfft::RealFftPlanner;

use crate::vocoder::{FFT, HOP, MELS, SAMPLE_RATE_HZ, WINDOW};

const FLOOR: f32 = 1e-5;
/// The synthesiser's frames never go below this.
const MEL_FLOOR: f32 = -10.0;

/// 24 kHz samples to log-mel (frames, 96), one frame for each started hop of 10 ms.
pub fn log_mel(samples: &[f32]) -> Vec<f32> {
    let forward = RealFftPlanner::<f32>::new().plan_fft_forward(FFT);
    let window: Vec<f32> =
        (0..WINDOW).map(|i| 0.5 - 0.5 * (TAU * i as f32 / WINDOW as f32).cos()).collect();
    let filters = filters();
    let (mut time, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
    let frames = samples.len().div_ceil(HOP);
    let mut out = Vec::with_capacity(frames * MELS);
    for frame in 0..frames {
        time.fill(0.0);
        for (offset, w) in window.iter().enumerate() {
            let at = (frame * HOP + offset).checked_sub(WINDOW / 2);
            time[offset] = at.and_then(|i| samples.get(i)).map_or(0.0, |x| x * w);
        }
        // The buffers are the plan's own, so this cannot fail.
        let _ = forward.process(&mut time, &mut spectrum);
        for (first, weights) in &filters {
            let bins = spectrum[*first..].iter().zip(weights);
            let sum: f32 = bins.map(|(bin, weight)| bin.norm() * weight).sum();
            out.push(sum.max(FLOOR).ln().max(MEL_FLOOR));
        }
    }
    out
}

/// Slaney's scale: linear to 1 kHz, then 27 steps for a factor of 6.4.
fn hz(mel: f32) -> f32 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * (6.4_f32.ln() / 27.0 * (mel - 15.0)).exp() }
}

fn mel(hz: f32) -> f32 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + (hz / 1000.0).ln() * 27.0 / 6.4_f32.ln() }
}

/// First bin and weights of each band's triangle of area one.
fn filters() -> Vec<(usize, Vec<f32>)> {
    let top = mel(SAMPLE_RATE_HZ as f32 / 2.0);
    let edge = |i: usize| hz(top * i as f32 / (MELS + 1) as f32);
    let bin_hz = SAMPLE_RATE_HZ as f32 / FFT as f32;
    (0..MELS)
        .map(|band| {
            let (low, centre, high) = (edge(band), edge(band + 1), edge(band + 2));
            let first = (low / bin_hz).ceil() as usize;
            let last = ((high / bin_hz).floor() as usize).min(FFT / 2);
            let weight = |bin: usize| {
                let f = bin as f32 * bin_hz;
                let up = (f - low) / (centre - low);
                let down = (high - f) / (high - centre);
                up.min(down).max(0.0) * 2.0 / (high - low)
            };
            (first, (first..=last).map(weight).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lights_its_band() {
        let tone: Vec<f32> =
            (0..24_000).map(|i| (TAU * 1000.0 * i as f32 / 24_000.0).sin()).collect();
        let mel = log_mel(&tone);
        assert_eq!(mel.len(), 100 * MELS);
        let frame = &mel[50 * MELS..51 * MELS];
        let loudest = (0..MELS).max_by(|a, b| frame[*a].total_cmp(&frame[*b])).unwrap();
        // Bands are half a step of the scale apart; 1 kHz is step 15.
        let expected = (15.0 / self::mel(12_000.0) * (MELS + 1) as f32 - 1.0).round() as usize;
        assert!(loudest.abs_diff(expected) <= 1, "{loudest} for {expected}");
    }

    #[test]
    fn silence_is_the_floor() {
        assert!(log_mel(&[0.0; 2400]).iter().all(|x| (*x - MEL_FLOOR).abs() < 1e-6));
        assert!(log_mel(&[]).is_empty());
    }
}
