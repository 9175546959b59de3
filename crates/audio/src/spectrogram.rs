//! Spectrogram pictures: time to the right, frequency up, loudness as colour, as a PNG.
//!
//! What it is: a picture to look at in a report or a console, log-STFT or log-mel. What it is not: features for a model
//! ([`crate::mel`]); there are no axes or labels in it.

use crate::mel::{Floor, LogMel, MelConfig, Power};

/// Longest sound drawn, in samples; more is an error, so that a picture cannot eat the memory.
pub const SAMPLES_MAX: usize = 100_000_000;

/// Vertical scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Frequency in Hz from 0 to half of the rate.
    Linear,
    /// Mel bands from 0 Hz to half of the rate.
    Mel,
}

/// What the picture looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// Vertical scale.
    pub scale: Scale,
    /// Height in pixels, 16 to 1024.
    pub height_px: u32,
    /// Widest allowed, in pixels, 1 to 16384; longer sounds are drawn with a larger hop.
    pub width_px_max: u32,
    /// What is this far below the loudest point is drawn in the darkest colour, in dB.
    pub range_db: f32,
}

impl Default for Picture {
    /// Mel scale, 256 pixels high, at most 4,096 wide, 80 dB.
    fn default() -> Picture {
        Picture { scale: Scale::Mel, height_px: 256, width_px_max: 4096, range_db: 80.0 }
    }
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// Too few or too many samples.
    #[error(
        "spectrogram: {samples} samples; it takes 1 to 100000000, so cut or resample the sound"
    )]
    Length {
        /// Samples given.
        samples: usize,
    },
    /// A field of [`Picture`], or the rate, that cannot work.
    #[error("spectrogram: {field} must be {allowed}")]
    Setting {
        /// Name of the field.
        field: &'static str,
        /// What it must be.
        allowed: &'static str,
    },
    /// The PNG writer failed.
    #[error("spectrogram: writing the PNG failed: {0}")]
    Png(String),
}

/// Draws mono samples as a PNG file.
pub fn png(samples: &[f32], rate_hz: u32, picture: &Picture) -> Result<Vec<u8>, PictureError> {
    check(samples, rate_hz, picture)?;
    let height = picture.height_px as usize;
    let bands = match picture.scale {
        Scale::Mel => log_mel(samples, rate_hz, picture)?,
        Scale::Linear => log_stft(samples, rate_hz, picture)?,
    };
    let width = bands.len() / height;
    let top = bands.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Natural logarithm of power to dB.
    let range = picture.range_db / 10.0 * std::f32::consts::LN_10;
    let mut pixels = vec![0u8; width * height * 3];
    for (index, pixel) in pixels.as_chunks_mut::<3>().0.iter_mut().enumerate() {
        let (row, column) = (index / width, index % width);
        let value = bands[column * height + (height - 1 - row)];
        *pixel = colour(1.0 - (top - value) / range);
    }
    encode(&pixels, width as u32, picture.height_px)
}

fn check(samples: &[f32], rate_hz: u32, picture: &Picture) -> Result<(), PictureError> {
    let setting = |field, allowed| Err(PictureError::Setting { field, allowed });
    if samples.is_empty() || samples.len() > SAMPLES_MAX {
        return Err(PictureError::Length { samples: samples.len() });
    }
    if !(1000..=384_000).contains(&rate_hz) {
        return setting("rate_hz", "from 1000 to 384000");
    }
    if !(16..=1024).contains(&picture.height_px) {
        return setting("height_px", "from 16 to 1024");
    }
    if !(1..=16_384).contains(&picture.width_px_max) {
        return setting("width_px_max", "from 1 to 16384");
    }
    if !(picture.range_db > 0.0 && picture.range_db.is_finite()) {
        return setting("range_db", "above 0");
    }
    Ok(())
}

/// Log-power bands, (frames, bands), at most `width_px_max` frames: neighbours are merged by their loudest.
fn columns(
    samples: &[f32],
    config: MelConfig,
    picture: &Picture,
) -> Result<Vec<f32>, PictureError> {
    let (hop, bands) = (config.hop, config.mels);
    let mut mel = LogMel::new(config)
        .map_err(|error| PictureError::Setting { field: error.field, allowed: error.why })?;
    let frames = 1 + samples.len() / hop;
    let merge = frames.div_ceil(picture.width_px_max as usize);
    let mut out = vec![f32::NEG_INFINITY; frames.div_ceil(merge) * bands];
    let (mut some, mut seen) = (Vec::new(), 0);
    let mut draw = |some: &mut Vec<f32>| {
        for frame in some.chunks_exact(bands) {
            let column = &mut out[seen / merge * bands..][..bands];
            column.iter_mut().zip(frame).for_each(|(old, new)| *old = old.max(*new));
            seen += 1;
        }
        some.clear();
    };
    for chunk in samples.chunks(hop * 64) {
        mel.push(chunk, &mut some);
        draw(&mut some);
    }
    mel.finish(&mut some);
    draw(&mut some);
    Ok(out)
}

fn log_mel(samples: &[f32], rate_hz: u32, picture: &Picture) -> Result<Vec<f32>, PictureError> {
    // Enough FFT bins that the narrow low bands are rarely empty.
    let fft = (rate_hz as usize / 15).next_power_of_two().clamp(256, 4096);
    columns(samples, stft_config(rate_hz, fft, picture.height_px as usize), picture)
}

fn stft_config(rate_hz: u32, fft: usize, bands: usize) -> MelConfig {
    let rate = rate_hz as usize;
    MelConfig {
        sample_rate_hz: rate_hz,
        fft,
        window: (rate / 40).clamp(2, fft),
        hop: (rate / 100).clamp(1, fft),
        mels: bands,
        low_hz: 0.0,
        high_hz: rate_hz as f32 / 2.0,
        power: Power::Power,
        floor: Floor::Max(1e-10),
        center: true,
    }
}

/// The same short-time analysis with evenly spaced bands: done on [`LogMel`]'s frames would bend the scale, so the FFT
/// is taken directly.
fn log_stft(samples: &[f32], rate_hz: u32, picture: &Picture) -> Result<Vec<f32>, PictureError> {
    let height = picture.height_px as usize;
    let config = stft_config(
        rate_hz,
        (height * 2).next_power_of_two().max((rate_hz as usize / 40).next_power_of_two()),
        height,
    );
    let (fft, window, hop) = (config.fft, config.window, config.hop);
    let plan = realfft::RealFftPlanner::<f32>::new().plan_fft_forward(fft);
    let (mut time, mut spectrum) = (plan.make_input_vec(), plan.make_output_vec());
    let frames = 1 + samples.len() / hop;
    let merge = frames.div_ceil(picture.width_px_max as usize);
    let mut out = vec![1e-10f32.ln(); frames.div_ceil(merge) * height];
    for frame in 0..frames {
        time.fill(0.0);
        for (n, slot) in time.iter_mut().enumerate().take(window) {
            let hann = 0.5 - 0.5 * (std::f32::consts::TAU * n as f32 / window as f32).cos();
            let at = (frame * hop + n).checked_sub(window / 2);
            *slot = hann * at.and_then(|at| samples.get(at)).copied().unwrap_or(0.0);
        }
        plan.process(&mut time, &mut spectrum)
            .map_err(|error| PictureError::Png(error.to_string()))?;
        for band in 0..height {
            let (first, last) = (band * fft / 2 / height, ((band + 1) * fft / 2 / height).max(1));
            let loudest = spectrum[first..last.max(first + 1)]
                .iter()
                .fold(1e-10, |most: f32, bin| most.max(bin.norm_sqr()));
            let slot = &mut out[frame / merge * height + band];
            *slot = slot.max(loudest.ln());
        }
    }
    Ok(out)
}

/// Black over purple and orange to pale yellow; 0 is darkest, 1 brightest.
fn colour(value: f32) -> [u8; 3] {
    const ANCHORS: [[f32; 3]; 6] = [
        [0.0, 0.0, 4.0],
        [40.0, 11.0, 84.0],
        [120.0, 28.0, 109.0],
        [207.0, 68.0, 70.0],
        [251.0, 154.0, 6.0],
        [252.0, 255.0, 164.0],
    ];
    let value = if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) };
    let at = value * (ANCHORS.len() - 1) as f32;
    let left = (at as usize).min(ANCHORS.len() - 2);
    let mix = at - left as f32;
    std::array::from_fn(|c| {
        (ANCHORS[left][c] + (ANCHORS[left + 1][c] - ANCHORS[left][c]) * mix).round() as u8
    })
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, PictureError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let failed = |error: png::EncodingError| PictureError::Png(error.to_string());
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width as usize, info.height as usize, pixels)
    }

    /// Row (0 at the top) of the brightest pixel of a column.
    fn brightest(width: usize, pixels: &[u8], column: usize) -> usize {
        let rows = pixels.len() / width / 3;
        let sum = |row: usize| {
            pixels[(row * width + column) * 3..][..3].iter().map(|c| u32::from(*c)).sum::<u32>()
        };
        (0..rows).max_by_key(|row| sum(*row)).unwrap()
    }

    #[test]
    fn a_rising_tone_goes_up_to_the_right() {
        let sweep: Vec<f32> = (0..16_000)
            .map(|n| {
                let t = n as f32 / 8000.0;
                (std::f32::consts::TAU * (300.0 * t + 800.0 * t * t)).sin()
            })
            .collect();
        for scale in [Scale::Linear, Scale::Mel] {
            let bytes = png(&sweep, 8000, &Picture { scale, ..Picture::default() }).unwrap();
            let (width, height, pixels) = decode(&bytes);
            assert_eq!((width, height), (201, 256));
            let rows: Vec<usize> = [20, 80, 140, 180]
                .iter()
                .map(|column| brightest(width, &pixels, *column))
                .collect();
            assert!(rows.windows(2).all(|pair| pair[1] + 10 < pair[0]), "{scale:?}: rows {rows:?}");
        }
        // Linear: at 1 s the tone is at 1,900 Hz of 4,000.
        let (width, _, pixels) = decode(
            &png(&sweep, 8000, &Picture { scale: Scale::Linear, ..Picture::default() }).unwrap(),
        );
        assert!(brightest(width, &pixels, 100).abs_diff(256 - 1900 * 256 / 4000) <= 3);
    }

    #[test]
    fn long_sounds_stay_within_the_width() {
        let (width, _, _) = decode(
            &png(&[0.1; 80_000], 8000, &Picture { width_px_max: 100, ..Picture::default() })
                .unwrap(),
        );
        assert!(width <= 100 && width > 80, "{width}");
    }

    #[test]
    fn odd_input_is_an_error_or_a_picture() {
        assert!(png(&[], 8000, &Picture::default()).unwrap_err().to_string().contains("0 samples"));
        assert!(png(&[0.0], 10, &Picture::default()).is_err());
        assert!(png(&[0.0], 8000, &Picture { height_px: 1, ..Picture::default() }).is_err());
        for scale in [Scale::Linear, Scale::Mel] {
            decode(&png(&[f32::NAN; 700], 8000, &Picture { scale, ..Picture::default() }).unwrap());
            decode(&png(&[0.0], 44_100, &Picture { scale, ..Picture::default() }).unwrap());
        }
    }
}
