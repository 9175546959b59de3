//! G.711: telephone companding, one byte a sample, mu-law (North America, Japan; Twilio) and A-law (the rest).
//!
//! What it is: ITU-T G.711 with the rounding of the ITU-T G.191 reference, scaled to 16 bits. What it is not: there is
//! no packet loss concealment (appendix I) and no comfort noise (appendix II).

/// Which companding law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// mu-law, PCMU.
    Mu,
    /// A-law, PCMA.
    A,
}

const MULAW_BIAS: i16 = 33;
/// Largest 14-bit magnitude that, with the bias, still fits the top segment.
const MULAW_CLIP: i16 = 0x1FFF - MULAW_BIAS;

/// Encodes one sample as mu-law.
pub const fn mulaw_encode(sample: i16) -> u8 {
    // One's complement rather than negation: it cannot overflow, and it is what G.191 does.
    let (sign, magnitude) = if sample < 0 { (0x80u8, !sample >> 2) } else { (0, sample >> 2) };
    let clipped = if magnitude > MULAW_CLIP { MULAW_CLIP } else { magnitude };
    let biased = (clipped + MULAW_BIAS) as u16;
    // The bias makes bit 5 the lowest possible leading bit: segment 0 is bit 5, segment 7 is bit 12.
    let segment = (15 - biased.leading_zeros()) - 5;
    let step = (biased >> (segment + 1)) & 0x0F;
    !(sign | ((segment as u8) << 4) | step as u8)
}

/// Decodes one mu-law code to 16 bits.
pub const fn mulaw_decode(code: u8) -> i16 {
    let code = !code;
    let segment = (code >> 4) & 0x07;
    let step = (code & 0x0F) as i16;
    let magnitude = ((((step << 1) + MULAW_BIAS) << segment) - MULAW_BIAS) << 2;
    if code & 0x80 != 0 { -magnitude } else { magnitude }
}

/// Encodes one sample as A-law.
pub const fn alaw_encode(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0u8, !sample >> 4) } else { (0x80, sample >> 4) };
    let magnitude = magnitude as u16;
    let code = if magnitude < 32 {
        magnitude as u8
    } else {
        let segment = (15 - magnitude.leading_zeros()) - 3;
        ((segment as u8) << 4) | ((magnitude >> (segment - 1)) & 0x0F) as u8
    };
    (sign | code) ^ 0x55
}

/// Decodes one A-law code to 16 bits.
pub const fn alaw_decode(code: u8) -> i16 {
    let code = code ^ 0x55;
    let segment = (code >> 4) & 0x07;
    let step = ((code & 0x0F) as i16) << 4;
    let magnitude = match segment {
        0 => step + 8,
        _ => (step + 0x108) << (segment - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

const fn decode_table(law: Law) -> [f32; 256] {
    let mut table = [0.0; 256];
    let mut code = 0;
    while code < 256 {
        let sample = match law {
            Law::Mu => mulaw_decode(code as u8),
            Law::A => alaw_decode(code as u8),
        };
        table[code] = sample as f32 / 32768.0;
        code += 1;
    }
    table
}

static MULAW_TO_F32: [f32; 256] = decode_table(Law::Mu);
static ALAW_TO_F32: [f32; 256] = decode_table(Law::A);

/// Decodes bytes and appends the samples, in [-1, 1], to `out`.
pub fn decode(law: Law, codes: &[u8], out: &mut Vec<f32>) {
    let table = match law {
        Law::Mu => &MULAW_TO_F32,
        Law::A => &ALAW_TO_F32,
    };
    out.extend(codes.iter().map(|code| table[usize::from(*code)]));
}

/// Encodes samples in [-1, 1] (louder ones are clipped) and appends the bytes to `out`.
pub fn encode(law: Law, samples: &[f32], out: &mut Vec<u8>) {
    let encode_one: fn(i16) -> u8 = match law {
        Law::Mu => mulaw_encode,
        Law::A => alaw_encode,
    };
    out.extend(samples.iter().map(|sample| encode_one(crate::l16::to_i16(*sample))));
}

#[cfg(test)]
mod tests;
