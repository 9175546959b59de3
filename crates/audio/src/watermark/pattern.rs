//! The keyed pattern: which way each band goes in each chip, and which cells carry the payload.

use super::{BAND_HZ, CHIP_MS, CHIP_SLOPE, LOW_HZ};
use std::f64::consts::TAU;

/// Bands of the pattern.
pub(super) const BANDS: usize = 31;
/// Chips until the pattern comes again: 1.92 s.
pub(super) const CHIPS: usize = 64;
/// Values of one byte of the payload.
pub(super) const VALUES: usize = 256;
/// Keeps the hashes of cells and of values apart.
const VALUE_SALT: u64 = 0x5641_4c55_4553_3031;

/// What a cell of the pattern carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// The mark alone, whatever the payload.
    Pilot,
    /// The payload's low byte, or its high one.
    Byte {
        /// Whether it is the high one.
        high: bool,
    },
}

/// The signs of one key.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    key: u64,
    cells: Vec<(Cell, f32)>,
}

impl Pattern {
    pub(super) fn new(key: u64) -> Self {
        let cell = |index| {
            let drawn = scramble(key ^ scramble(index));
            let kind = match (drawn >> 8) & 3 {
                0 | 1 => Cell::Pilot,
                other => Cell::Byte { high: other == 3 },
            };
            (kind, sign_of(drawn))
        };
        Self { key, cells: (0..(CHIPS * BANDS) as u64).map(cell).collect() }
    }

    /// What a cell carries, and its sign without a payload. `chip` is below [`CHIPS`].
    pub(super) fn cell(&self, chip: usize, band: usize) -> (Cell, f32) {
        self.cells[chip * BANDS + band]
    }

    /// A cell's sign with this payload.
    pub(super) fn sign(&self, chip: usize, band: usize, payload: Option<u16>) -> f32 {
        let (cell, plain) = self.cell(chip, band);
        match (cell, payload) {
            (Cell::Pilot, _) | (_, None) => plain,
            (Cell::Byte { high }, Some(payload)) => {
                let value = if high { payload >> 8 } else { payload & 0xff };
                self.value_sign(chip, band, value)
            }
        }
    }

    /// The sign of a cell that carries a byte of this value.
    pub(super) fn value_sign(&self, chip: usize, band: usize, value: u16) -> f32 {
        let index = (chip * BANDS + band) as u64 * VALUES as u64 + u64::from(value);
        sign_of(scramble(self.key ^ VALUE_SALT ^ scramble(index)))
    }
}

fn sign_of(drawn: u64) -> f32 {
    if drawn & 1 == 0 { -1.0 } else { 1.0 }
}

/// Spreads a number over 64 bits: the finaliser of SplitMix64.
fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Middle of a band, in Hz.
pub(super) fn centre_hz(band: usize) -> f64 {
    LOW_HZ + BAND_HZ * (band as f64 + 0.5)
}

/// The chip at this time since the start, and the place in it from 0 to 1.
pub(super) fn chip_at(ms: f64) -> (usize, f64) {
    let chips = ms / CHIP_MS as f64;
    (chips as usize, chips.fract())
}

/// How far a chip goes which way at a place in it: up in the first half, down in the second, -1 to 1.
pub(super) fn way(phase: f64) -> f32 {
    ((TAU * phase).sin() * CHIP_SLOPE).clamp(-1.0, 1.0) as f32
}
