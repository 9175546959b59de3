//! Excitation: a band-limited pulse train for the voice and white noise for the breath.
//!
//! Both are endless streams that carry their state, so that speech made in
//! chunks equals speech made at once. Neither is filtered here.

use std::f64::consts::PI;

/// Half the length of a pulse's windowed sinc, in samples.
const SINC_HALF: usize = 8;

/// Pulses of unit power: one wherever the integrated pitch passes a whole turn.
#[derive(Debug, Clone)]
pub(super) struct PulseSource {
    hop: usize,
    rate: f64,
    /// Phase in turns, within [0, 1).
    turns: f64,
    /// Taps of the newest pulses that reach past the last sample given out.
    pending: Vec<f64>,
    /// Samples that the newest pulse's first taps lie before its place.
    given: usize,
}

/// Pitch and voicing of one frame and the next, in Hz and 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct PitchStep {
    /// F0 at this frame's centre and at the next one's, in Hz.
    pub f0: [f32; 2],
    /// Whether pulses may fall in the first and in the second half of the hop.
    pub open: [bool; 2],
}

impl PulseSource {
    pub(super) fn new(rate: u32, hop: usize) -> Self {
        Self { hop, rate: f64::from(rate), turns: 0.0, pending: vec![0.0; 2 * SINC_HALF], given: 0 }
    }

    /// Adds one hop of pulses; returns the hop's worth of samples that are now
    /// complete, which lag the pulses by `SINC_HALF` samples.
    pub(super) fn hop(&mut self, step: PitchStep, out: &mut Vec<f32>) {
        // `pending[i]` is output sample `given - SINC_HALF + i` of the stream.
        self.pending.resize(self.hop + 2 * SINC_HALF, 0.0);
        let [from, to] = step.f0.map(f64::from);
        for sample in 0..self.hop {
            let freq = from + (to - from) * sample as f64 / self.hop as f64;
            let advance = freq / self.rate;
            let next = self.turns + advance;
            if next >= 1.0 {
                if step.open[usize::from(sample >= self.hop / 2)] {
                    self.pulse(
                        sample as f64 + (1.0 - self.turns) / advance,
                        (self.rate / freq).sqrt(),
                    );
                }
                self.turns = next - next.floor();
            } else {
                self.turns = next;
            }
        }
        let skip = if self.given == 0 { SINC_HALF } else { 0 };
        out.extend(self.pending[skip..self.hop].iter().map(|&x| x as f32));
        self.given += self.hop;
        self.pending.drain(..self.hop);
    }

    /// Adds one pulse at `place`, in samples after the hop's start.
    fn pulse(&mut self, place: f64, amplitude: f64) {
        let base = place.floor();
        for tap in 1 - SINC_HALF as i64..=SINC_HALF as i64 {
            let distance = base + tap as f64 - place;
            let sinc = if distance == 0.0 { 1.0 } else { (PI * distance).sin() / (PI * distance) };
            let window = 0.5 + 0.5 * (PI * distance / SINC_HALF as f64).cos();
            let at = base as i64 + tap + SINC_HALF as i64;
            if let Some(slot) = usize::try_from(at).ok().and_then(|i| self.pending.get_mut(i)) {
                *slot += amplitude * sinc * window;
            }
        }
    }
}

/// White noise of unit power, repeatable from its seed.
#[derive(Debug, Clone)]
pub(super) struct NoiseSource {
    state: u64,
}

impl NoiseSource {
    pub(super) fn new(seed: u64) -> Self {
        // A zero state would stay zero; the odd constant also spreads small seeds.
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1 }
    }

    /// One sample: four uniform parts of an xorshift word, close to Gaussian.
    pub(super) fn sample(&mut self) -> f32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let word = self.state;
        let sum: f32 = (0..4).map(|part| ((word >> (16 * part)) & 0xFFFF) as f32).sum();
        // Each part has variance 1/12 after scaling to [0, 1), four of them 1/3.
        (sum / 65536.0 - 2.0) * 3.0_f32.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_white_and_of_unit_power() {
        let mut source = NoiseSource::new(3);
        let samples: Vec<f32> = (0..50_000).map(|_| source.sample()).collect();
        let mean = samples.iter().sum::<f32>() / 50_000.0;
        let power = samples.iter().map(|x| x * x).sum::<f32>() / 50_000.0;
        let lag = samples.windows(2).map(|w| w[0] * w[1]).sum::<f32>() / 50_000.0;
        assert!(
            mean.abs() < 0.02 && (power - 1.0).abs() < 0.03 && lag.abs() < 0.02,
            "{mean} {power} {lag}"
        );
    }

    #[test]
    fn pulses_fall_once_a_period_with_unit_power() {
        let mut source = PulseSource::new(16_000, 160);
        let mut out = Vec::new();
        for _ in 0..100 {
            source.hop(PitchStep { f0: [125.0, 125.0], open: [true, true] }, &mut out);
        }
        assert_eq!(out.len(), 100 * 160 - SINC_HALF);
        let peaks: Vec<usize> = (1..out.len() - 1)
            .filter(|&i| out[i] > 5.0 && out[i] >= out[i - 1] && out[i] > out[i + 1])
            .collect();
        assert!((124..=125).contains(&peaks.len()), "{} peaks", peaks.len());
        assert!(
            peaks.windows(2).all(|p| p[1] - p[0] == 128),
            "128 samples is one period of 125 Hz"
        );
        let power = out.iter().map(|x| x * x).sum::<f32>() / out.len() as f32;
        assert!((power - 1.0).abs() < 0.05, "{power}");
    }

    #[test]
    fn a_closed_gate_is_silent_but_keeps_the_phase() {
        let mut source = PulseSource::new(16_000, 160);
        let mut out = Vec::new();
        for _ in 0..4 {
            source.hop(PitchStep { f0: [100.0, 100.0], open: [false, false] }, &mut out);
        }
        assert!(out.iter().all(|&x| x == 0.0));
    }
}
