//! DDSP vocoder: mel, pitch and voicing to 24 kHz sound.
//!
//! A small network turns frames into two filters; here they are applied to a
//! pulse train and to noise in the Fourier domain and overlap-added. The
//! network is shared; what one utterance needs is its [`VocoderState`]. It does
//! not know text, voices or word times.

mod source;

use std::f32::consts::PI;
use std::sync::Arc;

use hearsay_nn::{Network, NnError, NnErrorKind, Tensor};
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use source::{NoiseSource, PitchStep, PulseSource};

/// Samples a second that the vocoder makes.
pub const SAMPLE_RATE_HZ: u32 = 24_000;
/// Samples a frame: 10 ms.
pub const HOP: usize = 240;
/// Mel bands a frame.
pub const MELS: usize = 96;
/// Analysis window, in samples, centred on sample `240 t` of frame `t`.
pub(crate) const WINDOW: usize = 960;
/// FFT length: the window and room for the filters' tails.
pub(crate) const FFT: usize = 1536;
/// Where the window lies inside the FFT frame.
const OFFSET: usize = 96;
const BINS: usize = FFT / 2 + 1;
/// Samples from the start of an FFT frame to its frame's centre.
const LEAD: usize = OFFSET + WINDOW / 2;
/// A Hann window of four hops overlap-adds to two.
const OVERLAP: f32 = 2.0;

/// Frames for the vocoder, one value or row a frame.
#[derive(Debug, Clone, Default)]
pub struct VocoderFrames {
    /// Natural-log mel magnitudes, (frames, 96).
    pub mel: Vec<f32>,
    /// Natural log of F0 in Hz, also through unvoiced frames.
    pub log_f0: Vec<f32>,
    /// Probability that the frame is voiced.
    pub voiced: Vec<f32>,
}

impl VocoderFrames {
    /// Number of frames.
    pub fn len(&self) -> usize {
        self.log_f0.len()
    }

    /// Whether there are no frames.
    pub fn is_empty(&self) -> bool {
        self.log_f0.is_empty()
    }
}

/// The vocoder's network and FFTs, shared by all calls.
pub struct Vocoder {
    network: Arc<dyn Network>,
    context_frames: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
}

/// One utterance's sources and overlap-add memory.
#[derive(Debug, Clone)]
pub struct VocoderState {
    pulses: PulseSource,
    noise: NoiseSource,
    /// Source samples from `source_start` on, each kind.
    pulse_samples: Vec<f32>,
    noise_samples: Vec<f32>,
    /// Sample index of the first stored source sample; negative before the utterance.
    source_start: i64,
    /// Hops of source made so far.
    hops: usize,
    /// Sums of pieces that later frames will still add to; starts at `240 * next - LEAD`.
    tail: Vec<f32>,
    /// Next frame to synthesise.
    next: usize,
}

impl VocoderState {
    /// A fresh state; the same seed gives the same noise.
    pub fn new(seed: u64) -> Self {
        let before = WINDOW / 2;
        Self {
            pulses: PulseSource::new(SAMPLE_RATE_HZ, HOP),
            noise: NoiseSource::new(seed),
            pulse_samples: vec![0.0; before],
            noise_samples: vec![0.0; before],
            source_start: -(before as i64),
            hops: 0,
            tail: vec![0.0; FFT],
            next: 0,
        }
    }

    /// Next frame that [`Vocoder::synthesise`] will make.
    pub fn next_frame(&self) -> usize {
        self.next
    }

    /// Makes source samples for the hops of frames before `end`.
    fn extend_sources(&mut self, frames: &VocoderFrames, end: usize) {
        for t in self.hops..end {
            let last = frames.len() - 1;
            let f0 = [t, (t + 1).min(last)].map(|i| frames.log_f0[i].exp().clamp(40.0, 600.0));
            let open = [t, (t + 1).min(last)].map(|i| is_open(&frames.voiced, i));
            self.pulses.hop(PitchStep { f0, open }, &mut self.pulse_samples);
            self.noise_samples.extend((0..HOP).map(|_| self.noise.sample()));
            self.hops = t + 1;
        }
    }

    /// Forgets source samples that no later frame's window reaches.
    fn drop_old_sources(&mut self) {
        let keep_from = (self.next * HOP) as i64 - (WINDOW / 2) as i64;
        let drop = usize::try_from(keep_from - self.source_start)
            .unwrap_or(0)
            .min(self.pulse_samples.len());
        self.pulse_samples.drain(..drop);
        self.noise_samples.drain(..drop);
        self.source_start += drop as i64;
    }
}

/// Whether pulses may sound at a frame: it or a neighbour is voiced.
fn is_open(voiced: &[f32], t: usize) -> bool {
    let around = t.saturating_sub(1)..(t + 2).min(voiced.len());
    voiced[around].iter().any(|&v| v > 0.5)
}

impl Vocoder {
    /// Loads the network from ONNX bytes; `context_frames` is the number of
    /// frames on each side that its output depends on.
    ///
    /// # Errors
    /// When the bytes are not such a network.
    pub fn load(model: &[u8], context_frames: usize) -> Result<Self, NnError> {
        let network =
            hearsay_nn::load(model, &["mel", "log_f0", "voiced"], &["pulse", "phase", "noise"])?;
        let mut planner = RealFftPlanner::<f32>::new();
        let window =
            (0..WINDOW).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f32 / WINDOW as f32).cos()).collect();
        Ok(Self {
            network,
            context_frames,
            forward: planner.plan_fft_forward(FFT),
            inverse: planner.plan_fft_inverse(FFT),
            window,
        })
    }

    /// Frames past `end` that [`Vocoder::synthesise`] wants to see, where the
    /// utterance has them.
    pub fn context_frames(&self) -> usize {
        self.context_frames
    }

    /// Makes the sound of frames up to `end` of an utterance of `total` frames.
    ///
    /// `frames` holds the utterance's frames from 0 on, at least up to
    /// `min(total, end + context_frames)`. Returns the samples that are now
    /// complete; all of the rest when `end` is `total`.
    ///
    /// # Errors
    /// When the network fails.
    pub fn synthesise(
        &self,
        state: &mut VocoderState,
        frames: &VocoderFrames,
        end: usize,
        total: usize,
    ) -> Result<Vec<f32>, NnError> {
        let (first, end) = (state.next, end.min(total).min(frames.len()));
        if first >= end {
            return Ok(Vec::new());
        }
        // The last frame's window reaches two hops ahead, a pulse's taps a little more.
        state.extend_sources(frames, (end + 3).min(frames.len()));
        let filters = self.filters(frames, first, end)?;
        let mut scratch = Scratch::new(self);
        let mut out = Vec::with_capacity((end - first) * HOP + FFT);
        for (row, t) in (first..end).enumerate() {
            self.piece(state, &filters, row, t, &mut scratch);
            let done = if t + 1 == total { HOP + LEAD } else { HOP };
            emit(state, t, done, &mut out);
        }
        state.next = end;
        state.drop_old_sources();
        Ok(out)
    }

    /// Runs the network on frames `first..end` with their context.
    fn filters(
        &self,
        frames: &VocoderFrames,
        first: usize,
        end: usize,
    ) -> Result<Filters, NnError> {
        let from = first.saturating_sub(self.context_frames);
        let to = (end + self.context_frames).min(frames.len());
        let flat = [1, to - from];
        let mut outputs = self.network.run(vec![
            Tensor::f32(&[1, to - from, MELS], frames.mel[from * MELS..to * MELS].to_vec()),
            Tensor::f32(&flat, frames.log_f0[from..to].to_vec()),
            // The network was trained on hard decisions.
            Tensor::f32(
                &flat,
                frames.voiced[from..to].iter().map(|&v| if v > 0.5 { 1.0 } else { 0.0 }).collect(),
            ),
        ])?;
        let size = (to - from) * BINS;
        let noise = sized(outputs.pop(), size, "noise")?;
        let phase = sized(outputs.pop(), size, "phase")?;
        let pulse = sized(outputs.pop(), size, "pulse")?;
        Ok(Filters { pulse, phase, noise, skip: first - from })
    }

    /// Filters frame `t`'s sources and adds the piece to the state's tail.
    fn piece(
        &self,
        state: &mut VocoderState,
        filters: &Filters,
        row: usize,
        t: usize,
        scratch: &mut Scratch,
    ) {
        let row = (row + filters.skip) * BINS;
        let (pulse, phase, noise) = (
            &filters.pulse[row..row + BINS],
            &filters.phase[row..row + BINS],
            &filters.noise[row..row + BINS],
        );
        self.minimum_phase(pulse, scratch);
        let start = (t * HOP) as i64 - (WINDOW / 2) as i64 - state.source_start;
        self.spectrum(&state.noise_samples, start, scratch);
        for ((sum, bin), gain) in scratch.sum.iter_mut().zip(&scratch.spectrum).zip(noise) {
            *sum = bin * gain.exp();
        }
        self.spectrum(&state.pulse_samples, start, scratch);
        for k in 0..BINS {
            scratch.sum[k] += scratch.spectrum[k]
                * Complex32::from_polar(pulse[k].exp(), scratch.minimum[k] + phase[k]);
        }
        // A real signal's first and last bins are real.
        scratch.sum[0].im = 0.0;
        scratch.sum[BINS - 1].im = 0.0;
        // Lengths are the plan's own, so this cannot fail.
        let _ = self.inverse.process_with_scratch(
            &mut scratch.sum,
            &mut scratch.wave,
            &mut scratch.inverse,
        );
        let scale = 1.0 / (FFT as f32 * OVERLAP);
        for (sum, &x) in state.tail.iter_mut().zip(&scratch.wave) {
            *sum += x * scale;
        }
    }

    /// Windowed spectrum of the source samples from `start` on into `scratch.spectrum`.
    fn spectrum(&self, samples: &[f32], start: i64, scratch: &mut Scratch) {
        scratch.wave.fill(0.0);
        let start = usize::try_from(start).unwrap_or(0).min(samples.len());
        for ((slot, &x), &w) in
            scratch.wave[OFFSET..].iter_mut().zip(&samples[start..]).zip(&self.window)
        {
            *slot = x * w;
        }
        let _ = self.forward.process_with_scratch(
            &mut scratch.wave,
            &mut scratch.spectrum,
            &mut scratch.forward,
        );
    }

    /// Phase of the minimum-phase filter with the given log magnitudes, into `scratch.minimum`.
    fn minimum_phase(&self, log_magnitude: &[f32], scratch: &mut Scratch) {
        for (bin, &value) in scratch.spectrum.iter_mut().zip(log_magnitude) {
            *bin = Complex32::new(value, 0.0);
        }
        let _ = self.inverse.process_with_scratch(
            &mut scratch.spectrum,
            &mut scratch.wave,
            &mut scratch.inverse,
        );
        // Folding the cepstrum makes it causal; its spectrum's imaginary part is the phase.
        let scale = 2.0 / FFT as f32;
        scratch.wave[0] = 0.0;
        scratch.wave[1..FFT / 2].iter_mut().for_each(|x| *x *= scale);
        scratch.wave[FFT / 2..].fill(0.0);
        let _ = self.forward.process_with_scratch(
            &mut scratch.wave,
            &mut scratch.spectrum,
            &mut scratch.forward,
        );
        for (phase, bin) in scratch.minimum.iter_mut().zip(&scratch.spectrum) {
            *phase = bin.im;
        }
    }
}

/// The floats of an output that must have `size` of them.
///
/// A model file of the wrong shape is an error here, not a panic further on.
pub(crate) fn sized(output: Option<Tensor>, size: usize, name: &str) -> Result<Vec<f32>, NnError> {
    let data = output.map_or_else(|| Ok(Vec::new()), Tensor::into_f32)?;
    if data.len() != size {
        let kind = NnErrorKind::Tensor(format!("{} values where {size} were expected", data.len()));
        return Err(NnError { kind, at: format!("output {name}") });
    }
    Ok(data)
}

/// Moves the first `done` samples of the tail to `out`, leaving out what lies
/// before the utterance's first sample.
fn emit(state: &mut VocoderState, t: usize, done: usize, out: &mut Vec<f32>) {
    let before = LEAD.saturating_sub(t * HOP).min(done);
    out.extend_from_slice(&state.tail[before..done]);
    state.tail.drain(..HOP);
    state.tail.resize(FFT, 0.0);
}

/// The network's output rows, (frames, 769) each.
struct Filters {
    pulse: Vec<f32>,
    phase: Vec<f32>,
    noise: Vec<f32>,
    /// Rows of left context before the first frame wanted.
    skip: usize,
}

/// Buffers for one chunk's FFTs.
struct Scratch {
    wave: Vec<f32>,
    spectrum: Vec<Complex32>,
    sum: Vec<Complex32>,
    minimum: Vec<f32>,
    forward: Vec<Complex32>,
    inverse: Vec<Complex32>,
}

impl Scratch {
    fn new(vocoder: &Vocoder) -> Self {
        let zero = Complex32::new(0.0, 0.0);
        Self {
            wave: vec![0.0; FFT],
            spectrum: vec![zero; BINS],
            sum: vec![zero; BINS],
            minimum: vec![0.0; BINS],
            forward: vocoder.forward.make_scratch_vec(),
            inverse: vocoder.inverse.make_scratch_vec(),
        }
    }
}
