use super::*;
use crate::g711::Law;

fn signal(samples: usize) -> Vec<f32> {
    (0..samples).map(|n| (n as f32 * 0.37).sin() * 0.8).collect()
}

/// A file with any format chunk and data, built independently of the writer.
fn file(
    tag: u16,
    channels: u16,
    rate_hz: u32,
    bits: u16,
    extensible: bool,
    data: &[u8],
) -> Vec<u8> {
    let block = channels.saturating_mul(bits / 8);
    let mut fmt = Vec::new();
    fmt.extend(if extensible { 0xFFFEu16 } else { tag }.to_le_bytes());
    fmt.extend(channels.to_le_bytes());
    fmt.extend(rate_hz.to_le_bytes());
    fmt.extend(rate_hz.wrapping_mul(u32::from(block)).to_le_bytes());
    fmt.extend(block.to_le_bytes());
    fmt.extend(bits.to_le_bytes());
    if extensible {
        fmt.extend(22u16.to_le_bytes());
        fmt.extend(bits.to_le_bytes());
        fmt.extend(4u32.to_le_bytes());
        fmt.extend(tag.to_le_bytes());
        fmt.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    }
    let mut out = b"RIFF\0\0\0\0WAVE".to_vec();
    for (id, body) in [(b"fmt ", &fmt[..]), (b"LIST", &[1, 2, 3][..]), (b"data", data)] {
        out.extend_from_slice(id);
        out.extend((body.len() as u32).to_le_bytes());
        out.extend_from_slice(body);
        out.extend(std::iter::repeat_n(0, body.len() % 2));
    }
    out
}

/// A ramp of -1, -0.5, 0, 0.5 in every integer and float format, plain and extensible.
#[test]
fn every_linear_format_reads_the_same_ramp() {
    let ramp = [-1.0, -0.5, 0.0, 0.5f64];
    struct Case(u16, u16, fn(f64) -> Vec<u8>);
    let cases = [
        Case(1, 8, |x| vec![(x * 128.0 + 128.0) as u8]),
        Case(1, 16, |x| ((x * 32768.0) as i16).to_le_bytes().to_vec()),
        Case(1, 24, |x| ((x * 8_388_608.0) as i32).to_le_bytes()[..3].to_vec()),
        Case(1, 32, |x| ((x * 2_147_483_648.0) as i32).to_le_bytes().to_vec()),
        Case(3, 32, |x| (x as f32).to_le_bytes().to_vec()),
        Case(3, 64, |x| x.to_le_bytes().to_vec()),
    ];
    for Case(tag, bits, encode) in cases {
        let data: Vec<u8> = ramp.iter().flat_map(|x| encode(*x)).collect();
        for extensible in [false, true] {
            for channels in [1, 2] {
                let wav = read(&file(tag, channels, 22_050, bits, extensible, &data)).unwrap();
                assert_eq!(wav.samples, [-1.0, -0.5, 0.0, 0.5], "tag {tag}, {bits} bits");
                assert_eq!((wav.rate_hz, wav.channels, wav.truncated), (22_050, channels, false));
                assert_eq!(wav.frames(), 4 / usize::from(channels));
            }
        }
    }
}

#[test]
fn what_is_written_is_read_back() {
    let samples = signal(480);
    for channels in [1, 2] {
        let wav = read(&write_pcm16(&samples, channels, 16_000)).unwrap();
        assert_eq!((wav.channels, wav.rate_hz, wav.truncated), (channels, 16_000, false));
        assert!(wav.samples.iter().zip(&samples).all(|(a, b)| (a - b).abs() <= 0.5 / 32768.0));
        for (law, format) in [(Law::Mu, SampleFormat::Mulaw), (Law::A, SampleFormat::Alaw)] {
            let wav = read(&write_g711(law, &samples, channels, 8000)).unwrap();
            assert_eq!((wav.format, wav.channels, wav.rate_hz), (format, channels, 8000));
            // G.711's steps are at most 1/32 of the value; near zero they are fixed.
            assert!(
                wav.samples
                    .iter()
                    .zip(&samples)
                    .all(|(a, b)| (a - b).abs() <= b.abs() / 30.0 + 0.001)
            );
        }
    }
    assert_eq!(read(&write_pcm16(&samples, 1, 16_000)).unwrap().duration_ms(), 30);
}

/// The `hound` crate is an independent reader.
#[test]
fn hound_reads_what_we_write_and_we_read_what_hound_writes() {
    let samples = signal(100);
    let bytes = write_pcm16(&samples, 2, 44_100);
    let mut reader = hound::WavReader::new(&bytes[..]).unwrap();
    assert_eq!((reader.spec().channels, reader.spec().sample_rate), (2, 44_100));
    let theirs: Vec<i16> = reader.samples().map(Result::unwrap).collect();
    assert_eq!(theirs, samples.iter().map(|x| crate::l16::to_i16(*x)).collect::<Vec<_>>());

    // 24 bits makes hound write WAVE_FORMAT_EXTENSIBLE.
    for bits in [8u16, 16, 24, 32] {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8000,
            bits_per_sample: bits,
            sample_format: hound::SampleFormat::Int,
        };
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
        let scale = 2f32.powi(i32::from(bits) - 1);
        samples.iter().for_each(|x| writer.write_sample((x * scale) as i32).unwrap());
        writer.finalize().unwrap();
        let wav = read(&bytes.into_inner()).unwrap();
        assert!(
            wav.samples.iter().zip(&samples).all(|(a, b)| (a - b).abs() <= 1.0 / scale),
            "{bits} bits"
        );
    }
}

#[test]
fn channels_are_told_apart() {
    let wav = read(&write_pcm16(&[0.5, -0.5, 0.25, 0.25], 2, 8000)).unwrap();
    assert_eq!(wav.channel(0).unwrap(), [0.5, 0.25]);
    assert_eq!(wav.channel(1).unwrap(), [-0.5, 0.25]);
    assert_eq!(wav.channel(2), None);
    assert_eq!(wav.mono(), [0.0, 0.25]);
}

#[test]
fn a_cut_data_chunk_gives_what_is_there() {
    let whole = write_pcm16(&signal(100), 1, 8000);
    let wav = read(&whole[..44 + 61]).unwrap();
    assert_eq!((wav.samples.len(), wav.truncated), (30, true));
    assert!(!read(&whole).unwrap().truncated);
}

#[test]
fn a_streamed_header_lasts_to_the_end_of_the_file() {
    let mut bytes = header(SampleFormat::Int { bits: 16 }, 1, 24_000, DataLength::Unknown);
    crate::l16::encode(&signal(50), &mut bytes);
    let wav = read(&bytes).unwrap();
    assert_eq!((wav.samples.len(), wav.truncated, wav.rate_hz), (50, false, 24_000));
}

#[test]
fn every_cut_of_a_file_is_an_error_or_shorter_sound() {
    let whole = write_g711(Law::Mu, &signal(64), 1, 8000);
    for length in 0..whole.len() {
        match read(&whole[..length]) {
            Ok(wav) => assert!(wav.truncated && !wav.samples.is_empty(), "cut at {length}"),
            Err(WavError::Empty) => assert_eq!(length, 0),
            Err(error) => assert!(
                matches!(error, WavError::Truncated { .. } | WavError::NoSound { .. })
                    && length <= 58,
                "cut at {length}: {error}"
            ),
        }
    }
}

#[test]
fn messages_say_what_and_how_to_mend() {
    let text = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(text(b"").contains("empty (0 bytes)"));
    assert!(text(b"RIFF\0\0").contains("ends at byte 6 inside its RIFF header"));
    assert!(text(b"Dear all, please find attached").contains("text (\"Dear all, please find"));
    assert!(text(b"OggS\0\0\0\0\0\0\0\0\0").contains("an Ogg file, not a WAV file; convert it"));
    assert!(text(b"\0\0\0\x20ftypM4A ").contains("MP4"));
    assert!(text(&[1, 2, 3, 4, 5]).contains("[01, 02, 03, 04]"));
    assert!(text(&file(1, 9, 8000, 16, false, &[0; 4])).contains("channels = 9"));
    assert!(text(&file(1, 1, 0, 16, false, &[0; 4])).contains("sample rate = 0"));
    assert!(text(&file(1, 1, u32::MAX, 16, false, &[0; 4])).contains("sample rate = 4294967295"));
    assert!(text(&file(0x55, 1, 8000, 16, false, &[0; 4])).contains("0x0055 (MP3) of 16 bits"));
    assert!(text(&file(1, 1, 8000, 12, false, &[0; 4])).contains("(PCM) of 12 bits"));
    assert!(text(&file(1, 1, 8000, 16, false, &[])).contains("the data chunk is empty"));
    let mut odd_block = file(1, 1, 8000, 16, false, &[0; 4]);
    odd_block[32] = 7;
    assert!(text(&odd_block).contains("block align = 7"));
}

/// Thousands of damaged headers: an answer or an error, never a panic and never more samples than bytes.
#[test]
fn damaged_files_never_panic() {
    let base = file(1, 2, 8000, 24, true, &[7; 120]);
    let mut state = 0x5EED_u64;
    let mut next = move |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    println!("seed 0x5EED");
    for _ in 0..20_000 {
        let mut bytes = base.clone();
        for _ in 0..=next(4) {
            let at = next(80);
            bytes[at] = next(256) as u8;
        }
        bytes.truncate(next(base.len() + 1));
        if let Ok(wav) = read(&bytes) {
            assert!(wav.samples.len() <= bytes.len());
        }
    }
}
