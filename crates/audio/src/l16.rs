//! L16: 16-bit linear PCM, little-endian bytes, as phone providers and WAV files carry it.
//!
//! What it is not: the big-endian L16 of RFC 3551 (RTP); swap the bytes before calling.

/// Bytes that are not whole 16-bit samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "L16 audio of {bytes} bytes: the count must be even (two bytes a sample); the last byte was lost or added"
)]
pub struct OddLength {
    /// The number of bytes given.
    pub bytes: usize,
}

/// One sample in [-1, 1] to 16 bits: rounded, clipped, not-a-number to 0.
pub fn to_i16(sample: f32) -> i16 {
    // `as` saturates and turns NaN into 0, which is what a line should carry.
    (sample * 32768.0).round() as i16
}

/// One 16-bit sample to [-1, 1).
pub fn to_f32(sample: i16) -> f32 {
    f32::from(sample) / 32768.0
}

/// Decodes little-endian bytes and appends the samples to `out`.
pub fn decode(bytes: &[u8], out: &mut Vec<f32>) -> Result<(), OddLength> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(OddLength { bytes: bytes.len() });
    }
    out.extend(pairs.iter().map(|pair| to_f32(i16::from_le_bytes(*pair))));
    Ok(())
}

/// Encodes samples (clipped to [-1, 1]) and appends little-endian bytes to `out`.
pub fn encode(samples: &[f32], out: &mut Vec<u8>) {
    out.extend(samples.iter().flat_map(|sample| to_i16(*sample).to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_samples_survive_the_round_trip() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(to_i16(to_f32(sample)), sample);
        }
    }

    #[test]
    fn clips_rounds_and_survives_nonsense() {
        let mut bytes = Vec::new();
        encode(&[1.5, -1.5, 0.5 / 32768.0, f32::NAN, f32::INFINITY], &mut bytes);
        let mut back = Vec::new();
        decode(&bytes, &mut back).unwrap();
        assert_eq!(
            back.iter().map(|x| to_i16(*x)).collect::<Vec<_>>(),
            [32767, -32768, 1, 0, 32767]
        );
    }

    #[test]
    fn an_odd_count_is_an_error_with_the_count() {
        let error = decode(&[0; 321], &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("321 bytes"));
    }
}
