//! Kaldi's filter bank against torchaudio's; `training/packs/golden_fbank.py` made the numbers.

use hearsay_audio::fbank::{Fbank, FbankConfig};

fn floats(value: &serde_json::Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

#[test]
fn frames_equal_torchaudio() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("golden_fbank.json")).unwrap();
    let signal: Vec<f32> = floats(&golden["pcm16"]).iter().map(|x| x / 32_768.0).collect();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() >= 4);
    for case in cases {
        let config = FbankConfig {
            sample_rate_hz: case["sample_rate_hz"].as_u64().unwrap() as u32,
            mels: case["mels"].as_u64().unwrap() as usize,
            low_hz: case["low_hz"].as_f64().unwrap() as f32,
            high_hz: case["high_hz"].as_f64().unwrap() as f32,
            scale: case["scale"].as_f64().unwrap() as f32,
            snip_edges: case["snip_edges"].as_bool().unwrap(),
        };
        let mut fbank = Fbank::new(config).unwrap();
        let mut got = Vec::new();
        fbank.push(&signal, &mut got);
        fbank.finish(&mut got);
        assert_eq!(fbank.frames() as u64, case["frames"].as_u64().unwrap(), "{}", case["name"]);
        let every = case["every"].as_u64().unwrap() as usize;
        let picked: Vec<f32> = got.iter().copied().step_by(every).collect();
        let want = floats(&case["values"]);
        assert_eq!(picked.len(), want.len(), "{}", case["name"]);
        for (index, (got, want)) in picked.iter().zip(&want).enumerate() {
            assert!((got - want).abs() < 2e-3, "{} {index}: {got}, {want}", case["name"]);
        }
    }
}
