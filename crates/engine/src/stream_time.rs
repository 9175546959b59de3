//! Where a moment of an utterance lies in the stream.
//!
//! The recogniser counts the milliseconds of the audio it is given. That audio
//! has gaps: silence is not recognised. What a call wants is the time since its
//! first sample, so the places of the gaps are kept.

use crate::voice::MELS;

/// Milliseconds of one mel frame.
const FRAME_MS: u64 = 10;

/// Features on their way to the recogniser, with their places in the stream.
#[derive(Debug, Default)]
pub(crate) struct Features {
    /// (frames, 64), flattened.
    pub mel: Vec<f32>,
    /// The same audio as samples, where a model pack hears it.
    pub samples: Vec<f32>,
    /// Frame of `mel` before which audio was left out, and its stream time, ms.
    jumps: Vec<(u64, u64)>,
    /// Start of the first voiced step and end of the last, stream time, ms.
    voiced: Option<(u64, u64)>,
}

impl Features {
    /// The next frame that is added lies at this stream time.
    pub fn jump(&mut self, stream_ms: u64) {
        self.jumps.push(((self.mel.len() / MELS) as u64, stream_ms));
    }

    /// A voice was heard from `start_ms` to `end_ms` of the stream.
    pub fn voiced(&mut self, start_ms: u64, end_ms: u64) {
        let first_ms = self.voiced.map_or(start_ms, |(first_ms, _)| first_ms);
        self.voiced = Some((first_ms, end_ms));
    }
}

/// Turns times of one utterance into times of the stream.
#[derive(Debug, Default)]
pub(crate) struct StreamTime {
    /// Frame of the utterance and its stream time, in order.
    jumps: Vec<(u64, u64)>,
    frames: u64,
    voiced: Option<(u64, u64)>,
}

impl StreamTime {
    /// The features were given to the recogniser.
    pub fn add(&mut self, features: &Features) {
        self.jumps.extend(features.jumps.iter().map(|(frame, ms)| (self.frames + frame, *ms)));
        self.frames += (features.mel.len() / MELS) as u64;
        if let Some((start_ms, end_ms)) = features.voiced {
            let first_ms = self.voiced.map_or(start_ms, |(first_ms, _)| first_ms);
            self.voiced = Some((first_ms, end_ms));
        }
    }

    /// Start of the first voiced step of the utterance, stream ms.
    pub fn start_ms(&self) -> u64 {
        self.voiced.map_or_else(|| self.begin(0), |(start_ms, _)| start_ms)
    }

    /// End of the last voiced step of the utterance, stream ms.
    pub fn end_ms(&self) -> u64 {
        self.voiced.map_or_else(|| self.end(u64::MAX), |(_, end_ms)| end_ms)
    }

    /// Stream time of something that begins at `utterance_ms`.
    pub fn begin(&self, utterance_ms: u64) -> u64 {
        self.stream_ms(utterance_ms, |frame_ms| frame_ms <= utterance_ms)
    }

    /// Stream time of something that ends at `utterance_ms`: at a gap, before it.
    pub fn end(&self, utterance_ms: u64) -> u64 {
        self.stream_ms(utterance_ms, |frame_ms| frame_ms < utterance_ms)
    }

    fn stream_ms(&self, utterance_ms: u64, reached: impl Fn(u64) -> bool) -> u64 {
        // The recogniser pads the last chunk; nothing lies behind what was heard.
        let utterance_ms = utterance_ms.min(self.frames * FRAME_MS);
        let jumps = self.jumps.iter().rev();
        let jump = jumps.clone().find(|(frame, _)| reached(frame * FRAME_MS));
        let (frame, stream_ms) = jump.or(self.jumps.first()).copied().unwrap_or_default();
        stream_ms + utterance_ms.saturating_sub(frame * FRAME_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(features: &mut Features, count: usize) {
        features.mel.extend(std::iter::repeat_n(0.0, count * MELS));
    }

    #[test]
    fn times_skip_the_silence_that_was_not_recognised() {
        let mut time = StreamTime::default();
        let mut part = Features::default();
        part.jump(1_000);
        part.voiced(1_360, 1_380);
        frames(&mut part, 50);
        time.add(&part);
        let mut part = Features::default();
        frames(&mut part, 10);
        part.jump(9_000);
        part.voiced(9_100, 9_120);
        frames(&mut part, 40);
        time.add(&part);
        for (utterance_ms, begin, end) in
            [(0, 1_000, 1_000), (500, 1_500, 1_500), (600, 9_000, 1_600), (700, 9_100, 9_100)]
        {
            assert_eq!((time.begin(utterance_ms), time.end(utterance_ms)), (begin, end));
        }
        assert_eq!(time.end(5_000), 9_400, "padding is not in the stream");
        assert_eq!((time.start_ms(), time.end_ms()), (1_360, 9_120));
    }

    #[test]
    fn an_utterance_without_audio_is_at_the_start() {
        let time = StreamTime::default();
        assert_eq!((time.begin(100), time.end(100), time.start_ms(), time.end_ms()), (0, 0, 0, 0));
    }
}
