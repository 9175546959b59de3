use super::*;

const RATES_HZ: [u32; 6] = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];

fn tone(hz: f64, rate_hz: u32, samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|n| (std::f64::consts::TAU * hz * n as f64 / f64::from(rate_hz)).sin() as f32)
        .collect()
}

/// All pairs: a tone in the pass band comes out as the same tone at the same times, to -70 dB.
#[test]
fn a_tone_keeps_level_frequency_and_time_at_every_pair_of_rates() {
    for from_hz in RATES_HZ {
        for to_hz in RATES_HZ {
            let hz = 0.4 * f64::from(from_hz.min(to_hz));
            let out = resample(&tone(hz, from_hz, from_hz as usize / 4), from_hz, to_hz).unwrap();
            assert_eq!(
                out.len(),
                (from_hz as usize / 4 * to_hz as usize).div_ceil(from_hz as usize)
            );
            let expected = tone(hz, to_hz, out.len());
            let margin = out.len() / 8;
            for n in margin..out.len() - margin {
                assert!(
                    (out[n] - expected[n]).abs() < 3e-4,
                    "{from_hz} to {to_hz}, sample {n}: {} {}",
                    out[n],
                    expected[n]
                );
            }
        }
    }
}

/// Going down, what would fold back is gone; going up, the mirror images are.
#[test]
fn aliases_and_images_are_80_db_down() {
    for (from_hz, to_hz, hz) in [
        (16_000, 8000, 4050.0),
        (48_000, 8000, 4100.0),
        (44_100, 16_000, 8200.0),
        (24_000, 8000, 11_000.0),
    ] {
        let out = resample(&tone(hz, from_hz, from_hz as usize / 4), from_hz, to_hz).unwrap();
        let middle = &out[out.len() / 4..out.len() * 3 / 4];
        assert!(
            crate::level::rms_dbfs(middle) < -80.0 - 3.0,
            "{from_hz} to {to_hz}: {}",
            crate::level::rms_dbfs(middle)
        );
    }
    let up = resample(&tone(1000.0, 8000, 4000), 8000, 16_000).unwrap();
    let image: f64 = up[2000..6000]
        .iter()
        .enumerate()
        .map(|(n, x)| f64::from(*x) * (std::f64::consts::TAU * 7000.0 * n as f64 / 16_000.0).cos())
        .sum::<f64>();
    let image_sine: f64 = up[2000..6000]
        .iter()
        .enumerate()
        .map(|(n, x)| f64::from(*x) * (std::f64::consts::TAU * 7000.0 * n as f64 / 16_000.0).sin())
        .sum::<f64>();
    assert!(20.0 * (image.hypot(image_sine) / 2000.0).log10() < -80.0);
}

#[test]
fn chunk_sizes_do_not_change_the_output() {
    let signal = tone(700.0, 24_000, 5000);
    for (from_hz, to_hz) in [(24_000, 8000), (8000, 24_000), (44_100, 16_000), (8000, 8000)] {
        let whole = resample(&signal, from_hz, to_hz).unwrap();
        for chunk in [1, 13, 160, 441, 4999] {
            let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
            let mut out = Vec::new();
            for part in signal.chunks(chunk) {
                resampler.process(part, &mut out);
                assert!(resampler.pending.len() <= 2 * resampler.half + 6, "memory is bounded");
            }
            resampler.flush(&mut out);
            assert_eq!(out, whole, "{from_hz} to {to_hz} in chunks of {chunk}");
        }
    }
}

#[test]
fn the_lag_is_what_delay_samples_says() {
    for from_hz in RATES_HZ {
        for to_hz in RATES_HZ {
            let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
            let mut out = Vec::new();
            resampler.process(&vec![0.0; from_hz as usize], &mut out);
            let lag = to_hz as usize - out.len();
            assert!(
                lag.abs_diff(resampler.delay_samples()) <= 1 + to_hz as usize / from_hz as usize,
                "{from_hz} to {to_hz}: {lag}"
            );
        }
    }
}

#[test]
fn a_constant_stays_constant_and_flush_starts_anew() {
    let mut resampler = Resampler::new(8000, 24_000).unwrap();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for out in [&mut first, &mut second] {
        resampler.process(&[0.5; 800], out);
        resampler.flush(out);
    }
    assert_eq!(first, second);
    assert!(first[400..2000].iter().all(|x| (x - 0.5).abs() < 1e-6));
}

#[test]
fn impossible_rates_are_errors() {
    assert!(Resampler::new(0, 8000).unwrap_err().to_string().contains("from 0 Hz to 8000 Hz"));
    assert!(Resampler::new(8000, u32::MAX).is_err());
    assert!(Resampler::new(44_101, 48_000).unwrap_err().to_string().contains("too large terms"));
    assert!(resample(&[], 8000, 16_000).unwrap().is_empty());
}
