//! Each coding is read back: PCM and G.711 by this crate, Opus and MP3 by the decoders of their encoders' crates.

use super::*;

/// A vowel-like tone at `rate_hz`, with silence before and after, so that delays show.
fn tone(rate_hz: u32) -> Vec<f32> {
    let rate = rate_hz as f32;
    let at = |n: u32| {
        let t = n as f32 / rate;
        let sounding = (0.2..0.8).contains(&t);
        if sounding { 0.5 * (std::f32::consts::TAU * 440.0 * t).sin() } else { 0.0 }
    };
    (0..rate_hz).map(at).collect()
}

/// All bytes of samples given in uneven pieces.
fn coded(encoder: &mut SoundEncoder, samples: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in samples.chunks(777) {
        bytes.extend(encoder.push(piece).unwrap());
    }
    bytes.extend(encoder.finish().unwrap());
    bytes
}

/// Where the tone begins and ends, in seconds.
fn sounding(samples: &[f32], rate_hz: u32) -> (f32, f32) {
    let loud = |x: &f32| x.abs() > 0.1;
    let first = samples.iter().position(loud).unwrap();
    let last = samples.iter().rposition(loud).unwrap();
    (first as f32 / rate_hz as f32, last as f32 / rate_hz as f32)
}

fn assert_in_place(samples: &[f32], rate_hz: u32, tolerance_s: f32) {
    let (start, end) = sounding(samples, rate_hz);
    assert!((start - 0.2).abs() < tolerance_s && (end - 0.8).abs() < tolerance_s, "{start} {end}");
}

#[test]
fn names_are_read_as_they_are_written() {
    for coding in Coding::ALL {
        assert_eq!(coding.name().parse(), Ok(coding));
    }
    for (name, coding) in
        [("pcm", Coding::PcmS16le), ("ulaw", Coding::PcmMulaw), ("alaw", Coding::PcmAlaw)]
    {
        assert_eq!(name.parse(), Ok(coding));
    }
    assert!("flac".parse::<Coding>().is_err());
}

#[test]
fn streamed_wav_is_read_back_and_its_header_can_be_mended() {
    for coding in [Coding::PcmS16le, Coding::PcmMulaw, Coding::PcmAlaw] {
        let samples = tone(8000);
        let mut encoder = SoundEncoder::new(coding, 8000, true).unwrap();
        let mut bytes = coded(&mut encoder, &samples[..7999]);
        let streamed = wav::read(&bytes).unwrap();
        // An odd count of one-byte samples is padded, which a reader of an endless stream cannot tell from sound.
        assert!((7999..=8000).contains(&streamed.samples.len()), "{coding}");
        let header = encoder.exact_header().unwrap();
        bytes[..header.len()].copy_from_slice(&header);
        let whole = wav::read(&bytes).unwrap();
        assert_eq!((whole.rate_hz, whole.samples.len(), whole.truncated), (8000, 7999, false));
        assert_in_place(&whole.samples, 8000, 0.005);
    }
}

#[test]
fn without_a_header_there_are_samples_alone() {
    let mut encoder = SoundEncoder::new(Coding::PcmMulaw, 24_000, false).unwrap();
    assert_eq!(encoder.push(&[0.0; 480]).unwrap(), vec![0xFF; 480]);
    assert_eq!(encoder.finish().unwrap(), Vec::<u8>::new());
    assert_eq!(encoder.exact_header(), None);
}

/// The packets of an Ogg file, and the position of its last page.
fn packets(mut bytes: &[u8]) -> (Vec<Vec<u8>>, u64) {
    let (mut packets, mut granule) = (Vec::new(), 0);
    while !bytes.is_empty() {
        assert_eq!(&bytes[..4], b"OggS");
        granule = u64::from_le_bytes(bytes[6..14].try_into().unwrap());
        let segments = usize::from(bytes[26]);
        let (lengths, mut body) = bytes[27..].split_at(segments);
        let mut packet = Vec::new();
        for length in lengths {
            let (part, rest) = body.split_at(usize::from(*length));
            packet.extend_from_slice(part);
            body = rest;
            if *length < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
        bytes = body;
    }
    (packets, granule)
}

#[test]
fn opus_keeps_length_and_place_at_every_rate() {
    for rate_hz in [8000, 16_000, 24_000, 44_100] {
        let mut encoder = SoundEncoder::new(Coding::Opus, rate_hz, false).unwrap();
        let bytes = coded(&mut encoder, &tone(rate_hz));
        let (packets, granule) = packets(&bytes);
        assert_eq!((&packets[0][..8], &packets[1][..8]), (&b"OpusHead"[..], &b"OpusTags"[..]));
        let skip = u64::from(u16::from_le_bytes([packets[0][10], packets[0][11]]));
        assert_eq!(granule - skip, 48_000, "one second at {rate_hz}");
        let mut decoder = ropus::Decoder::new(48_000, ropus::Channels::Mono).unwrap();
        let mut samples = Vec::new();
        for packet in &packets[2..] {
            let mut frame = [0.0f32; 5760];
            let count =
                decoder.decode_float(packet, &mut frame, ropus::DecodeMode::Normal).unwrap();
            samples.extend_from_slice(&frame[..count]);
        }
        let heard = &samples[skip as usize..granule as usize];
        assert_in_place(heard, 48_000, 0.01);
        assert!(bytes.len() < 8000, "{} bytes for a second", bytes.len());
    }
}

#[test]
fn opus_comes_while_it_is_made() {
    let mut encoder = SoundEncoder::new(Coding::Opus, 24_000, false).unwrap();
    assert!(!encoder.push(&[]).unwrap().is_empty(), "the headers");
    let samples = tone(24_000);
    assert!(!encoder.push(&samples[..12_000]).unwrap().is_empty(), "half a second");
}

#[test]
fn mp3_is_read_back_at_every_rate_and_comes_while_it_is_made() {
    for rate_hz in [8000, 16_000, 24_000, 44_100] {
        let mut encoder = SoundEncoder::new(Coding::Mp3, rate_hz, false).unwrap();
        let samples = tone(rate_hz);
        let mut bytes = encoder.push(&samples[..rate_hz as usize / 2]).unwrap();
        assert!(!bytes.is_empty(), "half a second at {rate_hz}");
        bytes.extend(coded(&mut encoder, &samples[rate_hz as usize / 2..]));
        let mut decoder = rusty_mp3::Mp3Decoder::new();
        decoder.push(&bytes);
        decoder.flush();
        let mut heard = Vec::new();
        while let Ok(frame) = decoder.next_frame() {
            assert_eq!((frame.sample_rate, frame.channels), (rate_hz, 1));
            heard.extend(frame.samples);
        }
        // The delays of a layer III encoder and decoder are 1105 samples and a little; nothing tells a stream's player.
        let delay = 1105.0 / rate_hz as f32;
        let (start, end) = sounding(&heard, rate_hz);
        assert!(
            (start - 0.2 - delay).abs() < 0.03 && (end - 0.8 - delay).abs() < 0.03,
            "{start} {end} {rate_hz}"
        );
    }
}
