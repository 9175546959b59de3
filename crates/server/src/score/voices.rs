//! How far a voice is from a human one that says the same sentence: spectrum, melody, voicing and length, along the path of
//! [`hearsay_audio::dtw`].
//!
//! These tell how a rendering differs, not how good it is: another person's recording differs too.

use hearsay_audio::cepstrum::{self, COEFFICIENTS, HOP, RATE_HZ, distortion_db, mel_cepstra};
use hearsay_audio::{dtw, pitch};

/// Windows this far below the loudest are silence, dB.
const SILENCE_DB: f64 = 40.0;
/// Fewest pairs voiced on both sides that have a melody.
const VOICED_PAIRS_MIN: usize = 10;

/// A clip as it is compared: its frames without silence, each 10 ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Frames {
    /// (frames, coefficients)
    cepstra: Vec<f32>,
    /// Hz, 0 where unvoiced; one a frame.
    f0_hz: Vec<f32>,
    /// From the first frame that is no silence to the last, seconds.
    spoken_s: f64,
}

impl Frames {
    /// Analyses mono samples at 16 kHz; `None` when there is nothing but silence.
    pub fn of(samples: &[f32]) -> Option<Self> {
        let cepstra = mel_cepstra(samples).ok()?;
        let track = pitch::track(samples, RATE_HZ);
        let energy = |at: usize| -> f64 {
            let window = samples.iter().skip(at * HOP).take(cepstrum::WINDOW);
            window.map(|x| f64::from(*x).powi(2)).sum()
        };
        let frames = cepstra.len() / COEFFICIENTS;
        let energies: Vec<f64> = (0..frames).map(energy).collect();
        let loudest = energies.iter().copied().fold(0.0, f64::max);
        let floor = loudest * 10f64.powf(-SILENCE_DB / 10.0);
        let heard: Vec<usize> =
            (0..frames).filter(|at| loudest > 0.0 && energies[*at] >= floor).collect();
        let (first, last) = (heard.first()?, heard.last()?);
        let spoken_s = ((last - first + 1) * HOP) as f64 / f64::from(RATE_HZ);
        // A window of the pitch tracker is a little longer, so its last frames may be missing.
        let f0_hz = heard.iter().map(|at| track.get(*at).copied().unwrap_or(0.0)).collect();
        let rows = heard.iter().flat_map(|at| &cepstra[at * COEFFICIENTS..][..COEFFICIENTS]);
        let cepstra = rows.copied().collect();
        Some(Self { cepstra, f0_hz, spoken_s })
    }
}

/// How a rendering differs from a reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Mel-cepstral distortion, mean over the pairs, dB.
    pub mcd_db: f64,
    /// RMS difference of the melodies where both are voiced, each without its mean, cents; `None` where hardly anything is.
    pub f0_cents: Option<f64>,
    /// Pairs of which one is voiced and the other is not, 0 to 1.
    pub voicing_error: f64,
    /// Length beside the reference's, without the silence at the ends.
    pub duration_ratio: f64,
}

/// Compares a rendering with a reference; `None` when they are too long to be aligned.
pub fn voice_distance(reference: &Frames, rendering: &Frames) -> Option<Distance> {
    let path = dtw::align(&reference.cepstra, &rendering.cepstra, COEFFICIENTS)?;
    let pairs = path.len() as f64;
    let row = |cepstra: &[f32], at: usize| cepstra[at * COEFFICIENTS..][..COEFFICIENTS].to_vec();
    let distortion = |(a, b): &(usize, usize)| {
        distortion_db(&row(&reference.cepstra, *a), &row(&rendering.cepstra, *b))
    };
    let f0 = |(a, b): &(usize, usize)| (reference.f0_hz[*a], rendering.f0_hz[*b]);
    let differ = path.iter().map(f0).filter(|(a, b)| (*a > 0.0) != (*b > 0.0)).count();
    let voiced = path.iter().map(f0).filter(|(a, b)| *a > 0.0 && *b > 0.0);
    let cents = |(a, b): (f32, f32)| 1200.0 * f64::from(b / a).log2();
    Some(Distance {
        mcd_db: path.iter().map(distortion).sum::<f64>() / pairs,
        f0_cents: spread(&voiced.map(cents).collect::<Vec<_>>()),
        voicing_error: differ as f64 / pairs,
        duration_ratio: rendering.spoken_s / reference.spoken_s,
    })
}

/// Root mean square around the mean: the difference of two melodies each without its mean is the spread of the difference.
fn spread(cents: &[f64]) -> Option<f64> {
    if cents.len() < VOICED_PAIRS_MIN {
        return None;
    }
    let mean = cents.iter().sum::<f64>() / cents.len() as f64;
    let squares: f64 = cents.iter().map(|c| (c - mean).powi(2)).sum();
    Some((squares / cents.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Buzzes of different colours, each with its own F0, with silence of `lead` samples before.
    fn babble(lead: usize, length: usize, f0_hz: impl Fn(f32) -> f32) -> Vec<f32> {
        let mut phase = 0.0f32;
        let sound = (0..length).map(|n| {
            let place = n as f32 / length as f32;
            phase = (phase + f0_hz(place) / RATE_HZ as f32).fract();
            let colour = 2.0 + 18.0 * (place * 3.0).fract();
            let part = |h: u8| {
                let h = f32::from(h);
                (-(h - colour).powi(2) / 12.0).exp() * (h * phase * std::f32::consts::TAU).sin()
            };
            0.1 * (1..=20).map(part).sum::<f32>()
        });
        std::iter::repeat_n(0.0, lead).chain(sound).collect()
    }

    fn melody(place: f32) -> f32 {
        140.0 * 2f32.powf(0.3 * (place * 6.0).sin())
    }

    fn distance(a: &[f32], b: &[f32]) -> Distance {
        voice_distance(&Frames::of(a).unwrap(), &Frames::of(b).unwrap()).unwrap()
    }

    #[test]
    fn a_clip_does_not_differ_from_itself() {
        let clip = babble(1600, 9600, melody);
        let same = distance(&clip, &clip);
        assert_eq!((same.mcd_db, same.voicing_error, same.duration_ratio), (0.0, 0.0, 1.0));
        assert_eq!(same.f0_cents, Some(0.0));
    }

    #[test]
    fn silence_before_is_aligned_away_and_another_sound_is_not() {
        let clip = babble(0, 9600, melody);
        let late = distance(&clip, &babble(20 * HOP, 9600, melody));
        assert!(late.mcd_db < 1.0, "{late:?}");
        assert!((late.duration_ratio - 1.0).abs() < 0.06, "{late:?}");
        let turned: Vec<f32> = clip.iter().rev().copied().collect();
        assert!(distance(&clip, &turned).mcd_db > 4.0 * late.mcd_db.max(0.5));
    }

    #[test]
    fn another_speed_is_seen_in_the_length_alone() {
        let slow = distance(&babble(0, 9600, melody), &babble(0, 14_400, melody));
        assert!((slow.duration_ratio - 1.5).abs() < 0.05, "{slow:?}");
        assert!(slow.mcd_db < 3.0 && slow.voicing_error < 0.1, "{slow:?}");
    }

    #[test]
    fn a_higher_voice_has_the_same_melody_and_a_flat_one_has_not() {
        let frames = |f0: &dyn Fn(usize) -> f32| Frames {
            cepstra: (0..60).flat_map(|n| vec![n as f32; COEFFICIENTS]).collect(),
            f0_hz: (0..60).map(f0).collect(),
            spoken_s: 0.6,
        };
        let tune = |n: usize| if n < 30 { 100.0 } else { 200.0 };
        let sung = frames(&tune);
        let higher = voice_distance(&sung, &frames(&|n| 1.5 * tune(n))).unwrap();
        assert!(higher.f0_cents.unwrap() < 1e-3, "{higher:?}");
        // An octave, half of it on either side of the mean.
        let flat = voice_distance(&sung, &frames(&|_| 150.0)).unwrap();
        assert!((flat.f0_cents.unwrap() - 600.0).abs() < 1e-3, "{flat:?}");
        let hoarse = voice_distance(&sung, &frames(&|n| if n < 45 { tune(n) } else { 0.0 }));
        assert!((hoarse.unwrap().voicing_error - 0.25).abs() < 1e-9);
        assert_eq!(voice_distance(&sung, &frames(&|_| 0.0)).unwrap().f0_cents, None);
    }

    #[test]
    fn silence_has_no_frames() {
        assert_eq!(Frames::of(&[0.0; 16_000]), None);
        assert_eq!(Frames::of(&[]), None);
    }
}
