//! Reading and writing of the packed files behind [`super::G2p`]: a magic, then named deflated streams.
//! It knows bytes only; what they mean is the business of [`super::lexicon`] and [`super::lts`].

use super::G2pError;

/// No single stream may inflate beyond this, whatever the file claims.
const STREAM_BYTES_MAX: usize = 16 << 20;
/// No file may hold more streams than this.
const STREAMS_MAX: usize = 64;

/// Deflates streams into one file: `magic`, stream count (u8), then per stream the raw length and the
/// packed length (u32, little endian) and the packed bytes.
pub fn write(magic: &[u8; 4], streams: &[Vec<u8>]) -> Vec<u8> {
    let mut out = magic.to_vec();
    out.push(streams.len().min(STREAMS_MAX) as u8);
    for raw in streams.iter().take(STREAMS_MAX) {
        let packed = miniz_oxide::deflate::compress_to_vec(raw, 10);
        out.extend_from_slice(&(raw.len() as u32).to_le_bytes());
        out.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        out.extend_from_slice(&packed);
    }
    out
}

/// Inflates the streams of a file made by [`write`].
///
/// # Errors
/// When the magic differs, the file is cut short, or a stream does not inflate to its stated length.
pub fn read(file: &'static str, magic: &[u8; 4], bytes: &[u8]) -> Result<Vec<Vec<u8>>, G2pError> {
    let damaged = |what| G2pError::Damaged { file, what };
    let mut rest = bytes.strip_prefix(magic).ok_or(damaged("wrong first four bytes"))?;
    let (&count, tail) = rest.split_first().ok_or(damaged("cut short"))?;
    if usize::from(count) > STREAMS_MAX {
        return Err(damaged("too many streams"));
    }
    rest = tail;
    let mut streams = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let raw_len = take_u32(&mut rest).ok_or(damaged("cut short"))? as usize;
        let packed_len = take_u32(&mut rest).ok_or(damaged("cut short"))? as usize;
        if raw_len > STREAM_BYTES_MAX || packed_len > rest.len() {
            return Err(damaged("cut short or too large"));
        }
        let (packed, tail) = rest.split_at(packed_len);
        rest = tail;
        let raw = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, raw_len)
            .map_err(|_| damaged("a stream does not inflate"))?;
        if raw.len() != raw_len {
            return Err(damaged("a stream has the wrong length"));
        }
        streams.push(raw);
    }
    Ok(streams)
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    let (head, tail) = rest.split_first_chunk::<4>()?;
    *rest = tail;
    Some(u32::from_le_bytes(*head))
}

/// Appends an unsigned number, seven bits a byte, low bits first.
pub fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a number written by [`put_varint`]; `None` at the end of the bytes or beyond 32 bits.
pub fn take_varint(rest: &mut &[u8]) -> Option<u32> {
    let mut value = 0u32;
    for shift in (0..32).step_by(7) {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}
