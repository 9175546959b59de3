//! Bursts of the caller's voice, from one probability every 20 ms.
//!
//! It counts; it does not decide what a burst means.

use crate::time::CallTime;

/// Length of one frame of caller audio, ms.
pub(crate) const FRAME_MS: u64 = 20;

/// The burst of voice going on now, if any.
#[derive(Debug, Default)]
pub(crate) struct VoiceActivity {
    burst: Option<Burst>,
}

/// A stretch of voice with small gaps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Burst {
    /// Its first voiced frame.
    pub since: CallTime,
    /// Its last voiced frame so far.
    pub last_voice: CallTime,
    /// Voiced time in it, gaps left out, ms.
    pub voiced_ms: u64,
}

impl VoiceActivity {
    /// Takes in a frame. A burst ends by itself after `gap_ms_max` without voice,
    /// unless it is held: then only [`VoiceActivity::clear`] ends it.
    pub fn frame(&mut self, now: CallTime, voiced: bool, gap_ms_max: u64, held: bool) {
        match &mut self.burst {
            Some(burst) if voiced => {
                burst.last_voice = now;
                burst.voiced_ms += FRAME_MS;
            }
            Some(burst) if !held && now.ms_since(burst.last_voice) > gap_ms_max => {
                self.burst = None
            }
            None if voiced => {
                self.burst = Some(Burst { since: now, last_voice: now, voiced_ms: FRAME_MS })
            }
            _ => {}
        }
    }

    /// Voice that the frames did not show: the recogniser heard words. Once the frames
    /// show voice they alone say when it stopped, because words come late.
    pub fn words_heard(&mut self, now: CallTime) {
        let burst = self.burst.get_or_insert(Burst { since: now, last_voice: now, voiced_ms: 0 });
        if burst.voiced_ms == 0 {
            burst.last_voice = now;
        }
    }

    pub fn burst(&self) -> Option<Burst> {
        self.burst
    }

    /// The burst, when it holds at least this much voice.
    pub fn burst_of(&self, voiced_ms_min: u64) -> Option<Burst> {
        self.burst.filter(|burst| burst.voiced_ms >= voiced_ms_min)
    }

    pub fn clear(&mut self) {
        self.burst = None;
    }
}
