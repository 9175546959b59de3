//! Streaming change of sample rate by a polyphase windowed-sinc filter.
//!
//! What it is: output sample `k` stands at input time `k * from / to` exactly (the filter has linear phase and its delay
//! is taken out), whatever the chunk sizes; it comes out [`Resampler::delay_samples`] later because the filter looks
//! ahead. The pass band reaches 0.46 of the lower rate; from 0.5 of it on, everything is at least 80 dB down
//! (docs/audio.md has the measured table). What it is not: there is no clock-drift correction; the ratio is exact.

/// Filter length on one side of its middle, in samples of the lower rate: 8 ms at 8 kHz. It buys the 0.04 wide transition.
const HALF_LENGTH_LOW_RATE: f64 = 64.0;
/// Kaiser window shape for 80 dB of stop-band attenuation with a little to spare.
const KAISER_BETA: f64 = 8.3;
/// Middle of the transition band as a fraction of the lower rate: it ends at one half.
const CUTOFF_LOW_RATE: f64 = 0.48;
/// Most filter coefficients kept for one ratio (4 bytes each).
const TAPS_MAX: u64 = 500_000;
/// Highest rate accepted, in Hz.
const RATE_HZ_MAX: u32 = 384_000;

/// Rates that cannot be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("resampling from {from_hz} Hz to {to_hz} Hz: {why}")]
pub struct ResampleError {
    /// Rate of the input.
    pub from_hz: u32,
    /// Rate asked for.
    pub to_hz: u32,
    /// What is wrong.
    pub why: &'static str,
}

/// Converts one mono stream from one rate to another.
#[derive(Debug, Clone)]
pub struct Resampler {
    /// Output samples per `down` input samples, in lowest terms.
    up: u64,
    down: u64,
    /// Input samples looked at on either side of an output sample.
    half: usize,
    /// (up, 2 * half), earliest input sample first; each row sums to 1.
    taps: Vec<f32>,
    /// Input from stream position `base - (half - 1)` on, where negative positions are silence.
    pending: Vec<f32>,
    base: u64,
    /// Input samples taken and output samples given since the start.
    taken: u64,
    given: u64,
}

impl Resampler {
    /// A resampler from `from_hz` to `to_hz`. Equal rates copy. Every pair of 8, 16, 22.05, 24, 32, 44.1 and 48 kHz works;
    /// a ratio in lowest terms with huge numbers (8000 to 8001) does not.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Resampler, ResampleError> {
        let fail = |why| ResampleError { from_hz, to_hz, why };
        if !(1..=RATE_HZ_MAX).contains(&from_hz) || !(1..=RATE_HZ_MAX).contains(&to_hz) {
            return Err(fail("rates must be from 1 to 384000 Hz"));
        }
        let divisor = gcd(from_hz, to_hz);
        let (up, down) = (u64::from(to_hz / divisor), u64::from(from_hz / divisor));
        // Going down, the filter is as much longer in input samples as the input is faster.
        let half = (HALF_LENGTH_LOW_RATE * (down as f64 / up as f64).max(1.0)).ceil() as usize;
        if up * 2 * half as u64 > TAPS_MAX {
            return Err(fail(
                "the ratio has too large terms; go through a usual rate such as 48000 Hz",
            ));
        }
        let half = if up == down { 1 } else { half };
        let taps = if up == down { vec![1.0, 0.0] } else { design(up, down, half) };
        let mut resampler =
            Resampler { up, down, half, taps, pending: Vec::new(), base: 0, taken: 0, given: 0 };
        resampler.reset();
        Ok(resampler)
    }

    /// How far the output lags behind the input, in output samples (rounded up): sound at the end of a chunk comes out
    /// whole this much later. Positions in time are not shifted.
    pub fn delay_samples(&self) -> usize {
        if self.up == self.down {
            0
        } else {
            (self.half as u64 * self.up).div_ceil(self.down) as usize
        }
    }

    /// Takes a chunk of any size and appends what can be computed to `out`.
    pub fn process(&mut self, input: &[f32], out: &mut Vec<f32>) {
        self.taken += input.len() as u64;
        if self.up == self.down {
            out.extend_from_slice(input);
            return;
        }
        self.pending.extend_from_slice(input);
        self.emit(u64::MAX, out);
        self.forget();
    }

    /// Ends the stream: appends the samples that were waiting for input to come. `n` samples in give
    /// `ceil(n * to / from)` out in all. The resampler is then as new.
    pub fn flush(&mut self, out: &mut Vec<f32>) {
        if self.up != self.down {
            let total = (self.taken * self.up).div_ceil(self.down);
            self.pending.extend(std::iter::repeat_n(0.0, self.half));
            self.emit(total, out);
        }
        self.reset();
    }

    /// Forgets the stream.
    pub fn reset(&mut self) {
        self.pending.clear();
        self.pending.resize(self.half - 1, 0.0);
        self.base = 0;
        self.taken = 0;
        self.given = 0;
    }

    /// Computes output samples below number `limit` as far as the input reaches.
    fn emit(&mut self, limit: u64, out: &mut Vec<f32>) {
        let width = 2 * self.half;
        while self.given < limit {
            let position = self.given * self.down;
            let start = (position / self.up - self.base) as usize;
            let Some(input) = self.pending.get(start..start + width) else { return };
            let row = (position % self.up) as usize * width;
            out.push(dot(input, &self.taps[row..row + width]));
            self.given += 1;
        }
    }

    fn forget(&mut self) {
        let drop = (self.given * self.down / self.up - self.base).min(self.pending.len() as u64);
        self.pending.drain(..drop as usize);
        self.base += drop;
    }
}

/// Converts a whole recording.
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Result<Vec<f32>, ResampleError> {
    let mut resampler = Resampler::new(from_hz, to_hz)?;
    let mut out = Vec::with_capacity(
        (samples.len() as u64 * u64::from(to_hz) / u64::from(from_hz)) as usize + 1,
    );
    resampler.process(samples, &mut out);
    resampler.flush(&mut out);
    Ok(out)
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Sum of products in eight lanes, which the compiler turns into vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (a_chunks, a_rest) = a.as_chunks::<8>();
    let (b_chunks, b_rest) = b.as_chunks::<8>();
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum::<f32>()
}

/// Windowed-sinc coefficients, (up, 2 * half): row `p` is for output samples `p / up` of an input sample after the
/// one at column `half - 1`.
fn design(up: u64, down: u64, half: usize) -> Vec<f32> {
    // In cycles per input sample.
    let cutoff = CUTOFF_LOW_RATE * (up as f64 / down as f64).min(1.0);
    let window_scale = 1.0 / bessel_i0(KAISER_BETA);
    let mut taps = Vec::with_capacity(up as usize * 2 * half);
    for phase in 0..up {
        let fraction = phase as f64 / up as f64;
        let row: Vec<f64> = (0..2 * half)
            .map(|column| {
                let t = column as f64 - (half as f64 - 1.0) - fraction;
                let edge = (1.0 - (t / half as f64).powi(2)).max(0.0).sqrt();
                2.0 * cutoff * sinc(2.0 * cutoff * t) * bessel_i0(KAISER_BETA * edge) * window_scale
            })
            .collect();
        // Rows that sum to 1 keep a constant exactly constant.
        let sum: f64 = row.iter().sum();
        taps.extend(row.iter().map(|tap| (tap / sum) as f32));
    }
    taps
}

fn sinc(x: f64) -> f64 {
    let angle = std::f64::consts::PI * x;
    if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle }
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..60 {
        term *= quarter / f64::from(k * k);
        sum += term;
        if term < sum * 1e-15 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests;
