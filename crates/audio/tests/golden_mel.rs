//! Log-mel frames equal torchaudio's to 1e-3. `training/audio/golden_mel.py` wrote the expected values.

use hearsay_audio::mel::{Floor, LogMel, MelConfig, Power};

/// The same formula as in golden_mel.py: a chirp plus noise of a linear congruential generator.
fn signal(rate_hz: u32, samples: usize) -> Vec<f32> {
    let mut state = 1u32;
    (0..samples)
        .map(|n| {
            let t = n as f64 / f64::from(rate_hz);
            let chirp = 0.4 * (std::f64::consts::TAU * (100.0 * t + 750.0 * t * t)).sin();
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = 0.1 * (f64::from(state >> 8) / 16_777_216.0 - 0.5);
            (chirp + noise) as f32
        })
        .collect()
}

fn config(name: &str) -> MelConfig {
    let synthesiser = |sample_rate_hz, window, hop| MelConfig {
        sample_rate_hz,
        fft: 1024,
        window,
        hop,
        mels: 80,
        low_hz: 0.0,
        high_hz: sample_rate_hz as f32 / 2.0,
        power: Power::Magnitude,
        floor: Floor::Max(1e-5),
        center: true,
    };
    match name {
        "recogniser" => MelConfig::recogniser(),
        "synthesiser_16k" => synthesiser(16_000, 800, 200),
        "synthesiser_24k" => synthesiser(24_000, 1024, 256),
        other => panic!("no configuration called {other}"),
    }
}

#[test]
fn log_mel_equals_torchaudio_to_a_thousandth() {
    let golden: serde_json::Value = serde_json::from_str(include_str!("golden_mel.json")).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let config = config(name);
        let samples = signal(config.sample_rate_hz, case["samples"].as_u64().unwrap() as usize);
        let mels = config.mels;
        let mut mel = LogMel::new(config).unwrap();
        let mut frames = Vec::new();
        // In telephone-sized chunks, as it is used.
        samples.chunks(160).for_each(|chunk| {
            mel.push(chunk, &mut frames);
        });
        mel.finish(&mut frames);
        assert_eq!(frames.len() / mels, case["frames"].as_u64().unwrap() as usize, "{name}");
        let mut largest = 0.0f64;
        for (frame, expected) in case["rows"].as_object().unwrap() {
            let frame: usize = frame.parse().unwrap();
            for (band, value) in expected.as_array().unwrap().iter().enumerate() {
                let got = f64::from(frames[frame * mels + band]);
                largest = largest.max((got - value.as_f64().unwrap()).abs());
            }
        }
        println!("{name}: largest difference {largest:.6}");
        assert!(largest < 1e-3, "{name}: largest difference {largest}");
    }
}
