use super::*;
use crate::g711::{Law, decode, encode};
use crate::resample::resample;

/// A repeatable noise source.
struct Draw(u64);

impl Draw {
    /// Uniform in [-1, 1).
    fn next(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// Noise in syllables, falling by 6 dB an octave as speech does.
fn noise(seconds: usize, rate_hz: u32, seed: u64) -> Vec<f32> {
    let (mut draw, mut last) = (Draw(seed), [0.0f32; 2]);
    let keep = 1.0 - 600.0 / rate_hz as f32;
    let syllable = |n: usize| (n as f32 / rate_hz as f32 * 11.0).sin() * 0.45 + 0.55;
    let one = |n: usize| {
        for pole in 0..2 {
            let input = if pole == 0 { draw.next() } else { last[0] };
            last[pole] = keep * last[pole] + (1.0 - keep) * input;
        }
        3.0 * last[1] * syllable(n)
    };
    (0..seconds * rate_hz as usize).map(one).collect()
}

/// Harmonics of a gliding voice over a little breath.
fn voice(seconds: usize, rate_hz: u32, seed: u64) -> Vec<f32> {
    let (mut draw, mut phase, rate) = (Draw(seed), 0.0f32, rate_hz as f32);
    let one = |n: usize| {
        let time = n as f32 / rate;
        let hz = 140.0 + 30.0 * (time * 2.3).sin();
        phase = (phase + hz / rate).fract();
        let formant =
            |k: f32| 1.0 / (1.0 + ((k * hz - 900.0 - 500.0 * (time * 5.0).sin()) / 300.0).powi(2));
        let harmonics: f32 = (1..=22)
            .map(|k| k as f32)
            .map(|k| (formant(k) + 0.05) * (TAU as f32 * k * phase).sin())
            .sum();
        0.1 * harmonics + 0.01 * draw.next()
    };
    (0..seconds * rate_hz as usize).map(one).collect()
}

fn marked(samples: &[f32], rate_hz: u32, payload: Option<u16>) -> Vec<f32> {
    let mut marker = Watermarker::new(DEFAULT_KEY, rate_hz).unwrap();
    if let Some(payload) = payload {
        marker = marker.with_payload(payload);
    }
    let mut out = samples.to_vec();
    marker.mark(&mut out);
    out
}

fn snr_db(clean: &[f32], marked: &[f32]) -> f32 {
    let power = |x: &mut dyn Iterator<Item = f32>| x.map(|v| v * v).sum::<f32>();
    let added = power(&mut clean.iter().zip(marked).map(|(a, b)| b - a));
    10.0 * (power(&mut clean.iter().copied()) / added).log10()
}

#[test]
fn a_mark_is_found_and_is_soft() {
    for (name, clean, rate) in
        [("noise", noise(6, 24_000, 1), 24_000), ("voice", voice(8, 22_050, 2), 22_050)]
    {
        let with = marked(&clean, rate, None);
        let found = detect(&with, rate).unwrap();
        assert!(found.present, "{name}: {found:?}");
        assert_eq!(found.payload, None, "{name}");
        assert!(snr_db(&clean, &with) > 27.0, "{name}: {} dB", snr_db(&clean, &with));
        let without = detect(&clean, rate).unwrap();
        assert!(!without.present, "{name}: {without:?}");
        let other = Detector::new(7).detect(&with, rate).unwrap();
        assert!(!other.present, "{name}: {other:?}");
    }
}

#[test]
fn a_mark_survives_a_telephone_line_and_a_cut() {
    let rate = 24_000;
    let with = marked(&noise(8, rate, 3), rate, None);
    // Cut at an odd sample, softer, through mu-law at 8 kHz and up again.
    let cut: Vec<f32> = with[30_011..].iter().map(|sample| sample * 0.3).collect();
    let (mut codes, mut line) = (Vec::new(), Vec::new());
    encode(Law::Mu, &resample(&cut, rate, 8000).unwrap(), &mut codes);
    decode(Law::Mu, &codes, &mut line);
    let wide = resample(&line, 8000, 16_000).unwrap();
    let found = detect(&wide, 16_000).unwrap();
    assert!(found.present, "{found:?}");
}

#[test]
fn an_utterance_in_a_long_recording_is_found() {
    let mut call = noise(40, 8000, 4);
    let with = marked(&noise(6, 8000, 5), 8000, None);
    call.splice(20_123.., with.iter().copied().chain(noise(20, 8000, 6)));
    let found = detect(&call, 8000).unwrap();
    assert!(found.present, "{found:?}");
    assert!(found.start_ms < 8500 && found.end_ms > 2500, "{found:?}");
}

#[test]
fn a_payload_comes_back() {
    for payload in [0, 0xffff, 0x1234] {
        let found = detect(&marked(&noise(12, 16_000, 8), 16_000, Some(payload)), 16_000).unwrap();
        assert_eq!((found.present, found.payload), (true, Some(payload)), "{found:?}");
    }
}

#[test]
fn chunks_make_no_difference() {
    let clean = voice(1, 22_050, 9);
    let whole = marked(&clean, 22_050, Some(3));
    for size in [1, 7, 160, 441, 4000] {
        let mut marker = Watermarker::new(DEFAULT_KEY, 22_050).unwrap().with_payload(3);
        // Whatever came before a reset is forgotten.
        marker.mark(&mut [0.5; 1001]);
        marker.reset();
        let mut out = clean.clone();
        out.chunks_mut(size).for_each(|chunk| marker.mark(chunk));
        assert!(
            out.iter().zip(&whole).all(|(a, b)| a.to_bits() == b.to_bits()),
            "chunks of {size}"
        );
    }
}

#[test]
fn silence_stays_silent_and_nonsense_does_no_harm() {
    assert!(marked(&[0.0; 8000], 8000, None).iter().all(|sample| *sample == 0.0));
    let odd = marked(&[f32::NAN, f32::INFINITY, 1.0, -1.0, 0.5], 8000, None);
    assert!(odd[0].is_nan() && odd[1].is_infinite() && odd[2..].iter().all(|s| s.is_finite()));
    for length in [0, 1, 127, 128, 129, 400, 5000] {
        for value in [0.0, 1.0, f32::NAN, f32::MAX] {
            let found = detect(&vec![value; length], 8000).unwrap();
            assert!(!found.present && found.score.is_finite(), "{length} of {value}: {found:?}");
        }
    }
}

#[test]
fn rates_that_do_not_carry_it_are_refused() {
    assert_eq!(Watermarker::new(1, 7999).unwrap_err(), WatermarkError::Rate(7999));
    assert_eq!(detect(&[0.0; 100], 0).unwrap_err(), WatermarkError::Rate(0));
    assert!(detect(&[0.0; 100], 400_000).unwrap_err().to_string().contains("resample"));
}

#[test]
fn other_recordings_score_as_the_normal_distribution_says() {
    // 60 recordings of 3 s: the best of 1,536 correlated tests lies around 3.5 and never near the threshold.
    let scores: Vec<f32> =
        (0..60).map(|seed| detect(&noise(3, 8000, 100 + seed), 8000).unwrap().score).collect();
    let mean = scores.iter().sum::<f32>() / scores.len() as f32;
    assert!((2.6..4.0).contains(&mean), "{mean}");
    assert!(scores.iter().all(|score| *score < 5.2), "{scores:?}");
}
