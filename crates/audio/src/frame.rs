//! Framing: chunks of any size in, 20 ms frames out, the unit of every telephone leg.
//!
//! What it is not: it does not resample and does not pace; see [`crate::resample`] and [`crate::pacer`].

/// Length of a telephone frame in ms.
pub const FRAME_MS: u32 = 20;

/// A rate that does not divide into whole 20 ms frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "framing: {rate_hz} Hz has no whole number of samples in 20 ms; resample to a multiple of 50 Hz first"
)]
pub struct FrameError {
    /// The rate asked for.
    pub rate_hz: u32,
}

/// Cuts one stream into 20 ms frames. It holds less than one frame between calls.
#[derive(Debug, Clone)]
pub struct Framer {
    samples_per_frame: usize,
    pending: Vec<f32>,
}

impl Framer {
    /// A framer for samples at `rate_hz`.
    pub fn new(rate_hz: u32) -> Result<Framer, FrameError> {
        let per_second = 1000 / FRAME_MS;
        if rate_hz == 0 || !rate_hz.is_multiple_of(per_second) {
            return Err(FrameError { rate_hz });
        }
        Ok(Framer { samples_per_frame: (rate_hz / per_second) as usize, pending: Vec::new() })
    }

    /// Samples in one frame.
    pub fn samples_per_frame(&self) -> usize {
        self.samples_per_frame
    }

    /// Takes any number of samples and hands every frame that is now complete to `each`, in order.
    pub fn push(&mut self, mut samples: &[f32], mut each: impl FnMut(&[f32])) {
        if !self.pending.is_empty() {
            let missing = self.samples_per_frame - self.pending.len();
            let (head, rest) = samples.split_at(missing.min(samples.len()));
            self.pending.extend_from_slice(head);
            samples = rest;
            if self.pending.len() < self.samples_per_frame {
                return;
            }
            each(&self.pending);
            self.pending.clear();
        }
        let frames = samples.chunks_exact(self.samples_per_frame);
        self.pending.extend_from_slice(frames.remainder());
        frames.for_each(each);
    }

    /// Ends the stream: a part of a frame that is left is filled with silence and handed to `each`.
    pub fn flush(&mut self, mut each: impl FnMut(&[f32])) {
        if !self.pending.is_empty() {
            self.pending.resize(self.samples_per_frame, 0.0);
            each(&self.pending);
            self.pending.clear();
        }
    }

    /// Drops what is left of the stream.
    pub fn clear(&mut self) {
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_chunk_size_gives_the_same_frames_and_the_tail_is_padded() {
        let signal: Vec<f32> = (1..=1000).map(|n| n as f32).collect();
        for chunk in [1, 3, 159, 160, 161, 480, 1000] {
            let mut framer = Framer::new(8000).unwrap();
            let mut got = Vec::new();
            for part in signal.chunks(chunk) {
                framer.push(part, |frame| {
                    assert_eq!(frame.len(), 160);
                    got.extend_from_slice(frame);
                });
                assert!(framer.pending.len() < 160);
            }
            assert_eq!(got, signal[..960], "chunk {chunk}");
            framer.flush(|frame| got.extend_from_slice(frame));
            assert_eq!(got[..1000], signal);
            assert_eq!(got[1000..], [0.0; 120]);
            framer.flush(|_| panic!("nothing is left"));
        }
    }

    #[test]
    fn rates() {
        for (rate_hz, samples) in
            [(8000, 160), (16_000, 320), (22_050, 441), (24_000, 480), (44_100, 882)]
        {
            assert_eq!(Framer::new(rate_hz).unwrap().samples_per_frame(), samples);
        }
        assert!(Framer::new(11_025).unwrap_err().to_string().contains("11025 Hz"));
        assert!(Framer::new(0).is_err());
    }

    #[test]
    fn clear_forgets_the_part() {
        let mut framer = Framer::new(8000).unwrap();
        framer.push(&[1.0; 100], |_| panic!("not a whole frame"));
        framer.clear();
        framer.flush(|_| panic!("nothing is left"));
    }
}
