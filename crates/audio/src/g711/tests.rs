use super::*;

/// Table 2a of G.711 (mu-law) written out from its segments: 14-bit decoder output values for codes 0x80..=0xFF of the
/// positive half, from the largest (0x80) down. Segment s has 16 values, `2^(s+1)` apart.
fn mulaw_table() -> [i32; 256] {
    // Decoder output of the last (smallest) interval of each segment, as printed in the Recommendation.
    let segment_lowest = [0, 33, 99, 231, 495, 1023, 2079, 4191];
    let segment_step = [2, 4, 8, 16, 32, 64, 128, 256];
    let mut table = [0; 256];
    for segment in 0..8 {
        for step in 0..16 {
            let value = segment_lowest[segment] + segment_step[segment] * step as i32;
            // Sent inverted: the smallest positive value is 0xFF, the largest 0x80.
            let positive = 0xFF - (segment * 16 + step);
            table[positive] = value * 4;
            table[positive - 0x80] = -value * 4;
        }
    }
    table
}

/// Table 1a of G.711 (A-law): 13-bit decoder output values; even bits are inverted on the line (0x55).
fn alaw_table() -> [i32; 256] {
    let segment_lowest = [1, 33, 66, 132, 264, 528, 1056, 2112];
    let segment_step = [2, 2, 4, 8, 16, 32, 64, 128];
    let mut table = [0; 256];
    for segment in 0..8 {
        for step in 0..16 {
            let value = segment_lowest[segment] + segment_step[segment] * step as i32;
            let code = segment * 16 + step;
            table[(code | 0x80) ^ 0x55] = value * 8;
            table[code ^ 0x55] = -value * 8;
        }
    }
    table
}

#[test]
fn every_code_decodes_as_the_standard_prints_it() {
    let (mu, a) = (mulaw_table(), alaw_table());
    for code in 0..=255u8 {
        assert_eq!(i32::from(mulaw_decode(code)), mu[usize::from(code)], "mu-law code {code:#04x}");
        assert_eq!(i32::from(alaw_decode(code)), a[usize::from(code)], "A-law code {code:#04x}");
    }
}

/// Values that anyone can look up: the Recommendation's extremes and character signals.
#[test]
fn well_known_codes() {
    assert_eq!(mulaw_decode(0x00), -32124);
    assert_eq!(mulaw_decode(0x80), 32124);
    assert_eq!(mulaw_decode(0xFF), 0);
    assert_eq!(mulaw_decode(0x7F), 0);
    assert_eq!(mulaw_decode(0xFE), 8);
    assert_eq!(alaw_decode(0xD5), 8);
    assert_eq!(alaw_decode(0x55), -8);
    assert_eq!(alaw_decode(0xAA), 32256);
    assert_eq!(alaw_decode(0x2A), -32256);
    assert_eq!(mulaw_encode(0), 0xFF);
    assert_eq!(alaw_encode(0), 0xD5);
    assert_eq!(mulaw_encode(i16::MAX), 0x80);
    assert_eq!(mulaw_encode(i16::MIN), 0x00);
    assert_eq!(alaw_encode(i16::MAX), 0xAA);
    assert_eq!(alaw_encode(i16::MIN), 0x2A);
}

#[test]
fn a_second_trip_changes_nothing() {
    for code in 0..=255u8 {
        assert_eq!(mulaw_decode(mulaw_encode(mulaw_decode(code))), mulaw_decode(code));
        assert_eq!(alaw_encode(alaw_decode(code)), code);
        // mu-law has two codes for zero; all others come back as they were.
        assert!(code == 0x7F || mulaw_encode(mulaw_decode(code)) == code);
    }
}

/// For each of the 65,536 samples the code chosen is the one whose interval holds the sample: the error is at most half
/// of that interval. (At a segment's edge the standard's decision value is not the midpoint, so "nearest" is not exact.)
#[test]
fn the_encoder_is_monotonic_and_off_by_half_a_step_at_most() {
    struct Case(fn(i16) -> u8, fn(u8) -> i16, fn(u32) -> i32);
    let cases = [
        Case(mulaw_encode, mulaw_decode, |segment| 4 << segment),
        Case(alaw_encode, alaw_decode, |segment| 8 << segment.saturating_sub(1)),
    ];
    for Case(encode_one, decode_one, half_step) in cases {
        let loudest = i32::from((0..=255).map(decode_one).max().unwrap());
        let mut previous = i32::MIN;
        for sample in i16::MIN..=i16::MAX {
            let code = encode_one(sample);
            let (wanted, got) = (i32::from(sample), i32::from(decode_one(code)));
            let inverted = if decode_one(0) == -32124 { !code } else { code ^ 0x55 };
            let allowed = half_step(u32::from(inverted >> 4 & 7));
            // Louder than the loudest code there is nothing to choose from.
            let error = (got - wanted.clamp(-loudest, loudest)).abs();
            assert!(error <= allowed, "sample {sample}: got {got}, allowed {allowed}");
            assert!(got >= previous);
            previous = got;
        }
    }
}

#[test]
fn slices_agree_with_single_samples() {
    let codes: Vec<u8> = (0..=255).collect();
    for law in [Law::Mu, Law::A] {
        let (mut samples, mut back) = (Vec::new(), Vec::new());
        decode(law, &codes, &mut samples);
        encode(law, &samples, &mut back);
        for (code, again) in codes.iter().zip(&back) {
            assert!(code == again || (law == Law::Mu && *code == 0x7F && *again == 0xFF));
        }
    }
    let mut bytes = Vec::new();
    encode(Law::Mu, &[2.0, -2.0, f32::NAN], &mut bytes);
    assert_eq!(bytes, [0x80, 0x00, 0xFF]);
}
