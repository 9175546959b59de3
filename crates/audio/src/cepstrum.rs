//! Mel cepstra of a recording and the distance between two of them: the spectral envelope with the fundamental and the
//! loudness taken away, for comparing renderings of one sentence.
//!
//! What it is: the cosine transform of 80 log-mel bands at 16 kHz, scaled so that the mel-cepstral distortion (Kubichek
//! 1993) is the RMS difference of the two smoothed spectra in dB. What it is not: features for a model; the cepstra are not
//! those of SPTK's all-pass analysis, so distortions are comparable among themselves and not with published ones.

use crate::mel::{Floor, LogMel, MelConfig, MelError, Power};

/// Rate of the samples that [`mel_cepstra`] takes, Hz.
pub const RATE_HZ: u32 = 16_000;
/// Coefficients of a frame: 1 to 24. Coefficient 0, the loudness, is left out.
pub const COEFFICIENTS: usize = 24;
/// Samples from one frame to the next: 10 ms, as [`crate::pitch`] has it.
pub const HOP: usize = 160;
/// Samples under the window of a frame: frame t covers `[160 t, 160 t + 512)`.
pub const WINDOW: usize = 512;

const MELS: usize = 80;
/// What is added to a band's magnitude: near what noise at -70 dBFS gives, so that digital silence is as good as a quiet room.
const FLOOR: f32 = 5e-3;

/// The cepstra of samples at [`RATE_HZ`], (frames, [`COEFFICIENTS`]); empty below one window.
///
/// # Errors
/// Never in practice: the analysis is fixed and checked by the tests.
pub fn mel_cepstra(samples: &[f32]) -> Result<Vec<f32>, MelError> {
    let mut mel = LogMel::new(MelConfig {
        sample_rate_hz: RATE_HZ,
        // Twice the window, so that the narrow low bands have bins.
        fft: 2 * WINDOW,
        window: WINDOW,
        hop: HOP,
        mels: MELS,
        low_hz: 0.0,
        high_hz: RATE_HZ as f32 / 2.0,
        power: Power::Magnitude,
        floor: Floor::Add(FLOOR),
        center: false,
    })?;
    let mut bands = Vec::new();
    mel.push(samples, &mut bands);
    let cosines = cosines();
    let transform = |frame: &[f32]| -> Vec<f32> {
        let row = |row: &[f32]| row.iter().zip(frame).map(|(c, x)| c * x).sum();
        cosines.chunks_exact(MELS).map(row).collect()
    };
    Ok(bands.chunks_exact(MELS).flat_map(transform).collect())
}

/// (coefficients, mels): the cosine series of a log spectrum, `ln |H| = c0 + sum of c_m cos(m w)`.
fn cosines() -> Vec<f32> {
    let angle =
        |m: usize, k: usize| std::f64::consts::PI * m as f64 * (k as f64 + 0.5) / MELS as f64;
    let row = |m| (0..MELS).map(move |k| (2.0 / MELS as f64 * angle(m, k).cos()) as f32);
    (1..=COEFFICIENTS).flat_map(row).collect()
}

/// Mel-cepstral distortion of two frames of [`COEFFICIENTS`], dB: `10 / ln 10 * sqrt(2 * sum of squares)`.
pub fn distortion_db(a: &[f32], b: &[f32]) -> f64 {
    let squares: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    10.0 / std::f64::consts::LN_10 * (2.0 * squares).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(samples: usize) -> Vec<f32> {
        let mut seed = 5u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..samples).map(|_| next()).collect()
    }

    #[test]
    fn frames_are_counted_and_loudness_does_not_matter() {
        let loud = noise(4000);
        let soft: Vec<f32> = loud.iter().map(|x| x * 0.5).collect();
        let (a, b) = (mel_cepstra(&loud).unwrap(), mel_cepstra(&soft).unwrap());
        assert_eq!(a.len(), COEFFICIENTS * ((4000 - WINDOW) / HOP + 1));
        let frames = a.chunks_exact(COEFFICIENTS).zip(b.chunks_exact(COEFFICIENTS));
        assert!(frames.into_iter().all(|(a, b)| distortion_db(a, b) < 0.2));
        assert!(mel_cepstra(&loud[..WINDOW - 1]).unwrap().is_empty());
    }

    #[test]
    fn the_distortion_is_the_rms_difference_in_db() {
        // ln |H| differs by d cos(w): 20 / ln 10 * d / sqrt(2) dB RMS.
        let (mut a, b) = ([0.0; COEFFICIENTS], [0.0; COEFFICIENTS]);
        a[0] = 0.3;
        let rms = 20.0 / std::f64::consts::LN_10 * 0.3 / 2f64.sqrt();
        assert!((distortion_db(&a, &b) - rms).abs() < 1e-6);
        assert_eq!(distortion_db(&b, &b), 0.0);
    }

    #[test]
    fn the_transform_finds_a_cosine() {
        let cosines = cosines();
        let wave = |k: usize| (std::f64::consts::PI * 3.0 * (k as f64 + 0.5) / MELS as f64).cos();
        let found = |m: usize| -> f64 {
            let row = &cosines[(m - 1) * MELS..m * MELS];
            row.iter().enumerate().map(|(k, c)| f64::from(*c) * wave(k)).sum()
        };
        assert!((found(3) - 1.0).abs() < 1e-5);
        assert!((1..=COEFFICIENTS).filter(|m| *m != 3).all(|m| found(m).abs() < 1e-5));
    }
}
