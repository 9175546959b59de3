use super::*;

fn all(file: &mut WavFile) -> Vec<f32> {
    let mut samples = Vec::new();
    while let Some(block) = file.next_block().unwrap() {
        samples.extend(block);
    }
    samples
}

fn with_file<T>(name: &str, bytes: &[u8], check: impl FnOnce(&Path) -> T) -> T {
    let name = format!("hearsay-wav-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, bytes).unwrap();
    let out = check(&path);
    std::fs::remove_file(&path).unwrap();
    out
}

#[test]
fn pieces_are_the_whole() {
    let samples: Vec<f32> = (0..50_001).map(|n| ((n % 200) as f32 - 100.0) / 128.0).collect();
    let files = [
        wav::write_pcm16(&samples[..50_000], 2, 11_025),
        wav::write_pcm16(&samples, 1, 8000),
        wav::write_g711(hearsay_audio::g711::Law::Mu, &samples, 1, 8000),
    ];
    for (index, bytes) in files.iter().enumerate() {
        let whole = wav::read(bytes).unwrap();
        with_file(&format!("{index}.wav"), bytes, |path| {
            let mut file = WavFile::open(path).unwrap();
            let head = (file.rate_hz(), file.channels() as u16);
            assert_eq!(head, (whole.rate_hz, whole.channels));
            assert_eq!(file.promised_ms(), Some(whole.duration_ms()));
            assert!(all(&mut file) == whole.samples, "file {index}");
            assert!(!file.truncated());
        });
    }
}

#[test]
fn other_chunks_are_passed_over_and_a_cut_is_seen() {
    let bytes = wav::write_pcm16(&[0.5; 4000], 1, 8000);
    let mut odd = bytes[..36].to_vec();
    odd.extend_from_slice(b"LIST\x03\x00\x00\x00abc\x00");
    odd.extend_from_slice(&bytes[36..bytes.len() - 1000]);
    with_file("odd.wav", &odd, |path| {
        let mut file = WavFile::open(path).unwrap();
        assert_eq!(all(&mut file).len(), 3500);
        assert!(file.truncated());
    });
}

#[test]
fn what_is_no_sound_is_refused_in_one_line() {
    let good = wav::write_pcm16(&[0.5; 100], 1, 8000);
    let empty = wav::write_pcm16(&[], 1, 8000);
    for (bytes, part) in [
        (&b""[..], "empty"),
        (b"dear reader, this is a letter", "text"),
        (&good[..20], "cut off"),
        (&good[..44], "no sound"),
        (&empty, "no sound"),
    ] {
        let error = with_file("bad.wav", bytes, |path| WavFile::open(path).err().unwrap());
        assert!(error.contains(part) && !error.contains('\n'), "{error}");
    }
    assert!(WavFile::open(&std::env::temp_dir()).err().unwrap().contains("cannot be read"));
}
