//! A WAV file read piece by piece, so that two hours cost no more memory than
//! two seconds.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use hearsay_audio::wav::{self, SampleFormat};

/// Bytes read of a file that is refused, to say what it is.
const EVIDENCE_BYTES: u64 = 1024 * 1024;
/// Longest format chunk; real ones have 16 to 40 bytes.
const FORMAT_BYTES_MAX: u32 = 4096;
/// Most chunks before the sound.
const CHUNKS_MAX: usize = 1000;
/// The data length of a file whose writer could not know it.
const LENGTH_UNKNOWN: [u32; 2] = [0xFFFF_FFFF, 0x7FFF_FFFF];

/// An open WAV file at the beginning of its sound.
pub struct WavFile {
    shown: String,
    body: BufReader<File>,
    /// The file's own header with the data length left open: a block of sound
    /// behind it is a whole file to the decoder.
    head: Vec<u8>,
    rate_hz: u32,
    channels: u16,
    format: SampleFormat,
    /// Bytes of sound that the header promises and that were not read yet.
    left: Option<u64>,
    /// The first block, read to learn the format.
    first: Option<Vec<f32>>,
    truncated: bool,
}

impl WavFile {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// One line: the file cannot be read, or is no WAV file with sound in it.
    pub fn open(path: &Path) -> Result<Self, String> {
        let shown = path.display().to_string();
        let file = File::open(path)
            .map_err(|e| format!("{shown}: cannot be read ({e}); give an existing WAV file"))?;
        let mut body = BufReader::new(file);
        let Some((head, declared)) =
            header(&mut body).map_err(|e| format!("{shown}: cannot be read ({e})"))?
        else {
            return Err(refusal(path, &shown));
        };
        let left = (!LENGTH_UNKNOWN.contains(&declared)).then_some(u64::from(declared));
        let mut file = Self {
            shown,
            body,
            head,
            rate_hz: 0,
            channels: 1,
            format: SampleFormat::Mulaw,
            left,
            first: None,
            truncated: false,
        };
        // 3,840 bytes are whole frames of every format.
        let block = file.bytes(3840)?;
        let wav = wav::read(&[file.head.as_slice(), &block].concat())
            .map_err(|_| refusal(path, &file.shown))?;
        file.rate_hz = wav.rate_hz;
        file.channels = wav.channels;
        file.format = wav.format;
        file.first = Some(wav.samples);
        Ok(file)
    }

    /// Samples per second.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// 1 or 2.
    pub fn channels(&self) -> usize {
        usize::from(self.channels)
    }

    /// Length as the header promises, ms.
    pub fn promised_ms(&self) -> Option<u64> {
        let frame = (self.format.bytes() * self.channels()) as u64;
        let first = self.first.as_ref().map_or(0, |first| first.len() / self.channels()) as u64;
        let frames = self.left? / frame.max(1) + first;
        Some(frames * 1000 / u64::from(self.rate_hz.max(1)))
    }

    /// Whether the file ended before the length in its header.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// The next second or less, (frames, channels); `None` after the last.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn next_block(&mut self) -> Result<Option<Vec<f32>>, String> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let frame = self.format.bytes() * self.channels();
        let block = self.bytes(frame as u64 * u64::from(self.rate_hz))?;
        if block.len() < frame {
            return Ok(None);
        }
        let wav = wav::read(&[self.head.as_slice(), &block].concat());
        wav.map(|wav| Some(wav.samples)).map_err(|e| format!("{}: {e}", self.shown))
    }

    /// Up to `wanted` bytes of sound; fewer only at the end.
    fn bytes(&mut self, wanted: u64) -> Result<Vec<u8>, String> {
        let wanted = self.left.map_or(wanted, |left| left.min(wanted));
        let mut block = Vec::new();
        let read = (&mut self.body).take(wanted).read_to_end(&mut block);
        read.map_err(|e| format!("{}: cannot be read ({e})", self.shown))?;
        if let Some(left) = &mut self.left {
            *left -= block.len() as u64;
            self.truncated |= (block.len() as u64) < wanted;
        }
        Ok(block)
    }
}

/// Reads up to the sound: the header without other chunks, and the length it
/// promises. `None` when this is no WAV file that can be used.
fn header(body: &mut impl Read) -> io::Result<Option<(Vec<u8>, u32)>> {
    let mut head = vec![0; 12];
    if !filled(body, &mut head)? || !head.starts_with(b"RIFF") || !head.ends_with(b"WAVE") {
        return Ok(None);
    }
    let mut has_format = false;
    for _ in 0..CHUNKS_MAX {
        let mut chunk = [0; 8];
        if !filled(body, &mut chunk)? {
            return Ok(None);
        }
        let length = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        // Chunks start at even offsets.
        let padded = u64::from(length) + u64::from(length % 2);
        match &chunk[..4] {
            b"data" if !has_format || length == 0 => return Ok(None),
            b"data" => {
                head.extend_from_slice(b"data\xFF\xFF\xFF\xFF");
                return Ok(Some((head, length)));
            }
            b"fmt " if length > FORMAT_BYTES_MAX => return Ok(None),
            b"fmt " => {
                head.extend_from_slice(&chunk);
                let start = head.len();
                head.resize(start + padded as usize, 0);
                if !filled(body, &mut head[start..])? {
                    return Ok(None);
                }
                has_format = true;
            }
            _ => {
                io::copy(&mut body.by_ref().take(padded), &mut io::sink())?;
            }
        }
    }
    Ok(None)
}

/// False when the file ends before the buffer is full.
fn filled(body: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match body.read_exact(buffer) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        other => other.map(|()| true),
    }
}

/// What is wrong with a file that is no usable WAV file.
fn refusal(path: &Path, shown: &str) -> String {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(EVIDENCE_BYTES).read_to_end(&mut start));
    match (read, wav::read(&start)) {
        (Err(e), _) => format!("{shown}: cannot be read ({e}); give an existing WAV file"),
        (Ok(_), Err(e)) => format!("{shown}: {e}"),
        (Ok(_), Ok(_)) => format!("{shown}: WAV: the header is damaged; write the file again"),
    }
}

#[cfg(test)]
mod tests;
