//! Both sides of a call as the caller heard them: caller left, agent right.

/// Longest recording, ms; what comes later is not kept.
const RECORDING_MS_MAX: u64 = 60 * 60 * 1000;

/// A recording in memory. Nothing is written unless somebody asks.
#[derive(Debug)]
pub struct Recorder {
    rate_hz: u32,
    caller: Vec<f32>,
    agent: Vec<f32>,
}

impl Recorder {
    /// An empty recording.
    pub fn new(rate_hz: u32) -> Self {
        Self { rate_hz, caller: Vec::new(), agent: Vec::new() }
    }

    fn samples(&self, ms: u64) -> usize {
        (ms.min(RECORDING_MS_MAX) * u64::from(self.rate_hz) / 1000) as usize
    }

    /// The caller's next samples.
    pub fn caller(&mut self, samples: &[f32]) {
        if self.caller.len() < self.samples(RECORDING_MS_MAX) {
            self.caller.extend_from_slice(samples);
        }
    }

    /// A frame of the agent that the caller hears from `plays_at_ms`.
    pub fn agent(&mut self, plays_at_ms: u64, samples: &[f32]) {
        if plays_at_ms >= RECORDING_MS_MAX {
            return;
        }
        let at = self.samples(plays_at_ms);
        if self.agent.len() < at {
            self.agent.resize(at, 0.0);
        }
        self.agent.truncate(at);
        self.agent.extend_from_slice(samples);
    }

    /// What was to be heard after `now_ms` is not.
    pub fn cut_agent(&mut self, now_ms: u64) {
        let at = self.samples(now_ms);
        self.agent.truncate(at);
    }

    /// A stereo WAV file, 16-bit.
    pub fn wav(&self) -> Vec<u8> {
        let length = self.caller.len().max(self.agent.len());
        let mut caller = self.caller.clone();
        let mut agent = self.agent.clone();
        caller.resize(length, 0.0);
        agent.resize(length, 0.0);
        let both = hearsay_audio::stereo::interleave(&caller, &agent);
        hearsay_audio::wav::write_pcm16(&both, 2, self.rate_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_lie_where_they_play() {
        let mut recorder = Recorder::new(8000);
        recorder.caller(&[0.1; 320]);
        recorder.agent(20, &[0.5; 160]);
        recorder.agent(60, &[0.5; 160]);
        recorder.cut_agent(70);
        let agent = &recorder.agent;
        assert_eq!(agent.len(), 560);
        assert!(agent[..160].iter().all(|&x| x == 0.0));
        assert!(agent[160..320].iter().all(|&x| x == 0.5));
        assert!(agent[320..480].iter().all(|&x| x == 0.0));
        let wav = hearsay_audio::wav::read(&recorder.wav()).unwrap();
        assert_eq!((wav.channels, wav.frames()), (2, 560));
    }
}
