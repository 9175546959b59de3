//! Reading: walks the RIFF chunks, then decodes the data chunk.

use super::{RATE_HZ_MAX, SampleFormat, Wav, WavError};
use crate::{g711, l16};

const TAG_PCM: u16 = 1;
const TAG_FLOAT: u16 = 3;
const TAG_ALAW: u16 = 6;
const TAG_MULAW: u16 = 7;
const TAG_EXTENSIBLE: u16 = 0xFFFE;
/// Last fourteen bytes of the sub-format GUID that says "the first two are an ordinary format tag".
const GUID_TAIL: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
/// Writers that could not seek back leave one of these as a chunk's length: it lasts to the end of the file.
const LENGTH_UNKNOWN: [u32; 2] = [0xFFFF_FFFF, 0x7FFF_FFFF];

/// Reads a WAV file. A data chunk that promises more than there is gives what there is, with `truncated` set.
pub fn read(bytes: &[u8]) -> Result<Wav, WavError> {
    check_magic(bytes)?;
    let mut format = None;
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let declared = u32_at(head, 4);
        let body = &bytes[at + 8..];
        let length = (declared as usize).min(body.len());
        match &head[..4] {
            b"fmt " if body.len() < declared as usize => return Err(cut(bytes, "fmt chunk")),
            b"fmt " => format = Some(read_format(&body[..length])?),
            b"data" => {
                let format = format
                    .ok_or(WavError::NoSound { why: "no fmt chunk before the data chunk" })?;
                return read_data(format, body, declared);
            }
            _ => {}
        }
        // Chunks start at even offsets.
        at = at
            .saturating_add(8)
            .saturating_add(declared as usize)
            .saturating_add(declared as usize % 2);
    }
    match (format, at > bytes.len() || at + 8 > bytes.len() && at != bytes.len()) {
        (_, true) => Err(cut(bytes, "chunk list")),
        (None, false) => Err(cut(bytes, "header, before the fmt chunk")),
        (Some(_), false) => Err(cut(bytes, "header, before the data chunk")),
    }
}

fn cut(bytes: &[u8], part: &'static str) -> WavError {
    WavError::Truncated { at: bytes.len(), part }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn check_magic(bytes: &[u8]) -> Result<(), WavError> {
    if bytes.is_empty() {
        return Err(WavError::Empty);
    }
    if b"RIFF".starts_with(&bytes[..bytes.len().min(4)]) && bytes.len() < 12 {
        return Err(cut(bytes, "RIFF header"));
    }
    if bytes.len() >= 12 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WAVE" {
        return Ok(());
    }
    Err(WavError::NotWav { found: name_of(bytes) })
}

/// Names the file by its first bytes, so that the message helps.
fn name_of(bytes: &[u8]) -> String {
    let known: [(&[u8], &str); 10] = [
        (b"RIFX", "a big-endian RIFX file"),
        (b"RF64", "an RF64 file (over 4 GB)"),
        (b"RIFF", "a RIFF file that holds no WAVE"),
        (b"OggS", "an Ogg file"),
        (b"fLaC", "a FLAC file"),
        (b"ID3", "an MP3 file"),
        (&[0xFF, 0xFB], "an MP3 file"),
        (b"FORM", "an AIFF file"),
        (b".snd", "a Sun AU file"),
        (&[0x1A, 0x45, 0xDF, 0xA3], "a WebM or Matroska file"),
    ];
    if let Some((_, name)) = known.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return (*name).to_owned();
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return "an MP4 or M4A file".to_owned();
    }
    let start = &bytes[..bytes.len().min(24)];
    if start.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
        return format!("text ({:?}...)", String::from_utf8_lossy(start));
    }
    format!("something that starts with the bytes {:02x?}", &bytes[..bytes.len().min(4)])
}

struct Format {
    sample: SampleFormat,
    channels: u16,
    rate_hz: u32,
}

fn read_format(body: &[u8]) -> Result<Format, WavError> {
    let bad = |field, value: u64, allowed| Err(WavError::BadHeader { field, value, allowed });
    if body.len() < 16 {
        return bad("fmt chunk length", body.len() as u64, "at least 16 bytes");
    }
    let (channels, rate_hz) = (u16_at(body, 2), u32_at(body, 4));
    let (block, bits) = (u16_at(body, 12), u16_at(body, 14));
    if !(1..=2).contains(&channels) {
        return bad("channels", channels.into(), "1 or 2 (mix the others down first)");
    }
    if rate_hz == 0 || rate_hz > RATE_HZ_MAX {
        return bad("sample rate", rate_hz.into(), "from 1 to 768000 Hz");
    }
    let sample = sample_format(body, bits)?;
    let expected = sample.bytes() as u64 * u64::from(channels);
    if u64::from(block) != expected {
        return bad("block align", block.into(), "channels times bytes a sample");
    }
    Ok(Format { sample, channels, rate_hz })
}

fn sample_format(body: &[u8], bits: u16) -> Result<SampleFormat, WavError> {
    let mut tag = u16_at(body, 0);
    if tag == TAG_EXTENSIBLE {
        if body.len() < 40 {
            let value = body.len() as u64;
            return Err(WavError::BadHeader {
                field: "fmt chunk length",
                value,
                allowed: "40 bytes for this format",
            });
        }
        if body[26..40] != GUID_TAIL {
            return Err(WavError::Unsupported {
                format: format!("with sub-format GUID {:02x?}", &body[24..40]),
            });
        }
        tag = u16_at(body, 24);
    }
    match (tag, bits) {
        (TAG_PCM, 8 | 16 | 24 | 32) => Ok(SampleFormat::Int { bits }),
        (TAG_FLOAT, 32 | 64) => Ok(SampleFormat::Float { bits }),
        (TAG_MULAW, 8) => Ok(SampleFormat::Mulaw),
        (TAG_ALAW, 8) => Ok(SampleFormat::Alaw),
        _ => Err(WavError::Unsupported {
            format: format!("{tag:#06x} ({}) of {bits} bits", tag_name(tag)),
        }),
    }
}

fn tag_name(tag: u16) -> &'static str {
    match tag {
        TAG_PCM => "PCM",
        0x0002 | 0x0011 => "ADPCM",
        TAG_FLOAT => "float",
        TAG_ALAW => "A-law",
        TAG_MULAW => "mu-law",
        0x0031 => "GSM 6.10",
        0x0055 => "MP3",
        _ => "unknown",
    }
}

fn read_data(format: Format, body: &[u8], declared: u32) -> Result<Wav, WavError> {
    let unknown = LENGTH_UNKNOWN.contains(&declared);
    let length = if unknown { body.len() } else { body.len().min(declared as usize) };
    let block = format.sample.bytes() * usize::from(format.channels);
    let whole = length - length % block;
    if whole == 0 {
        let why = if declared == 0 {
            "the data chunk is empty"
        } else {
            "the file ends where the sound should begin"
        };
        return Err(WavError::NoSound { why });
    }
    Ok(Wav {
        rate_hz: format.rate_hz,
        channels: format.channels,
        format: format.sample,
        samples: decode(format.sample, &body[..whole]),
        truncated: !unknown && body.len() < declared as usize,
    })
}

fn decode(format: SampleFormat, data: &[u8]) -> Vec<f32> {
    let finite = |sample: f32| if sample.is_finite() { sample } else { 0.0 };
    let mut out = Vec::with_capacity(data.len() / format.bytes());
    match format {
        SampleFormat::Mulaw => g711::decode(g711::Law::Mu, data, &mut out),
        SampleFormat::Alaw => g711::decode(g711::Law::A, data, &mut out),
        SampleFormat::Int { bits: 8 } => {
            out.extend(data.iter().map(|b| (f32::from(*b) - 128.0) / 128.0))
        }
        SampleFormat::Int { bits: 16 } => {
            out.extend(data.as_chunks::<2>().0.iter().map(|b| l16::to_f32(i16::from_le_bytes(*b))));
        }
        SampleFormat::Int { bits: 24 } => out.extend(data.as_chunks::<3>().0.iter().map(|b| {
            // Into the top of an i32, so that the sign comes along.
            i32::from_le_bytes([0, b[0], b[1], b[2]]) as f32 / 2_147_483_648.0
        })),
        SampleFormat::Int { .. } => {
            out.extend(
                data.as_chunks::<4>()
                    .0
                    .iter()
                    .map(|b| i32::from_le_bytes(*b) as f32 / 2_147_483_648.0),
            );
        }
        SampleFormat::Float { bits: 32 } => {
            out.extend(data.as_chunks::<4>().0.iter().map(|b| finite(f32::from_le_bytes(*b))));
        }
        SampleFormat::Float { .. } => {
            out.extend(
                data.as_chunks::<8>().0.iter().map(|b| finite(f64::from_le_bytes(*b) as f32)),
            );
        }
    }
    out
}
