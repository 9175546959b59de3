//! The sounds of telephone keys, ITU-T Q.23: two tones at once, one of the row and one of the column.

use std::f32::consts::TAU;

/// Most keys and pauses in one go.
pub const KEYS_MAX: usize = 64;
/// How long a key sounds; Q.24 has receivers take 40 ms.
const TONE_MS: u32 = 100;
/// Silence behind each key.
const GAP_MS: u32 = 100;
/// What a `w` stands for.
const WAIT_MS: u32 = 500;
/// Rise and fall, so that no click is heard.
const RAMP_MS: u32 = 3;
/// Height of each of the two tones, of full scale: about -11 dBm0 a tone.
const AMPLITUDE: f32 = 0.2;
const ROWS_HZ: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS_HZ: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
const KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Keys that have no sound, or too many of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DtmfError {
    /// No such key.
    #[error(
        "`{0}` is no telephone key; write 0 to 9, *, #, A to D, and w for half a second of silence"
    )]
    NoKey(char),
    /// Too many.
    #[error("{0} keys are more than {KEYS_MAX}")]
    TooMany(usize),
}

/// The two tones of a key, Hz.
fn tones_of(key: char) -> Option<(f32, f32)> {
    let key = key.to_ascii_uppercase();
    KEYS.iter().zip(ROWS_HZ).find_map(|(row, row_hz)| {
        let column = row.iter().position(|it| *it == key)?;
        Some((row_hz, COLUMNS_HZ[column]))
    })
}

/// Keys as sound in [-1, 1]: 100 ms each with 100 ms of silence behind it; `w` is half a second of silence.
///
/// # Errors
/// [`DtmfError`] for what is no key, and for more than [`KEYS_MAX`].
pub fn tones(keys: &str, rate_hz: u32) -> Result<Vec<f32>, DtmfError> {
    let count = keys.chars().count();
    if count > KEYS_MAX {
        return Err(DtmfError::TooMany(count));
    }
    let samples_in = |ms: u32| (u64::from(rate_hz) * u64::from(ms) / 1000) as usize;
    let mut sound = Vec::new();
    for key in keys.chars() {
        if matches!(key, 'w' | 'W') {
            sound.resize(sound.len() + samples_in(WAIT_MS), 0.0);
            continue;
        }
        let (row_hz, column_hz) = tones_of(key).ok_or(DtmfError::NoKey(key))?;
        let (length, ramp) = (samples_in(TONE_MS), samples_in(RAMP_MS).max(1));
        sound.extend((0..length).map(|at| {
            let turn = TAU * at as f32 / rate_hz as f32;
            let edge = at.min(length - 1 - at).min(ramp) as f32 / ramp as f32;
            AMPLITUDE * edge * ((row_hz * turn).sin() + (column_hz * turn).sin())
        }));
        sound.resize(sound.len() + samples_in(GAP_MS), 0.0);
    }
    Ok(sound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g711::{self, Law};

    /// Power at a frequency (Goertzel 1958), of the whole.
    fn power_at(samples: &[f32], hz: f32, rate_hz: f32) -> f32 {
        let turn = TAU * hz / rate_hz;
        let (re, im) = samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (at, sample)| {
            let phase = turn * at as f32;
            (re + sample * phase.cos(), im + sample * phase.sin())
        });
        re * re + im * im
    }

    /// The key whose tones are strongest.
    fn detected(samples: &[f32], rate_hz: f32) -> char {
        let loudest = |bank: [f32; 4]| {
            let power = bank.map(|hz| power_at(samples, hz, rate_hz));
            (0..4).max_by(|a, b| power[*a].total_cmp(&power[*b])).expect("four")
        };
        KEYS[loudest(ROWS_HZ)][loudest(COLUMNS_HZ)]
    }

    #[test]
    fn every_key_is_told_from_the_others_after_a_telephone_codec() {
        for key in "0123456789*#ABCD".chars() {
            for rate_hz in [8000, 16000] {
                let sound = tones(&key.to_string(), rate_hz).expect("a key");
                let (mut codes, mut coded) = (Vec::new(), Vec::new());
                g711::encode(Law::Mu, &sound, &mut codes);
                g711::decode(Law::Mu, &codes, &mut coded);
                assert_eq!(sound.len(), rate_hz as usize / 5);
                assert_eq!(detected(&coded[..rate_hz as usize / 10], rate_hz as f32), key);
            }
        }
    }

    #[test]
    fn a_wait_is_silent_and_what_is_no_key_is_refused() {
        assert_eq!(tones("w", 8000).expect("a wait"), vec![0.0; 4000]);
        assert_eq!(tones("12x", 8000), Err(DtmfError::NoKey('x')));
        assert_eq!(tones(&"1".repeat(65), 8000), Err(DtmfError::TooMany(65)));
    }
}
