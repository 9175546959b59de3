//! Where one utterance ends and the next begins, when nobody answers.
//!
//! A call's dialog decides this with the agent's turns in mind; a recording has
//! no agent, but the same thresholds and the same judgement of the words so far
//! apply. Pure: its clock is the audio.

use hearsay_dialog::TurnTaking;

/// Longest utterance, as in a call.
const UTTERANCE_MS_MAX: u64 = 20_000;
/// A sound too short to be speech is forgotten after this much silence.
const FORGET_MS: u64 = 1_000;
/// Probability from which the ear keeps audio for the recogniser.
const HEARD_MIN: f32 = 0.4;

/// What to do with the open utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Tell what the transcript would be now.
    Preview,
    /// Close it and give its transcript.
    Finalize,
    /// Close it and forget it.
    Discard,
}

/// Follows one stream's voice and words.
#[derive(Debug)]
pub struct Segmenter {
    thresholds: TurnTaking,
    /// Start of the first and end of the last sound of the open utterance, ms.
    sound: Option<(u64, u64)>,
    /// Start of the present burst of voice and end of its last voiced frame.
    burst: Option<(u64, u64)>,
    speaking: bool,
    has_words: bool,
    preview: Preview,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Preview {
    NotAsked,
    Asked,
    /// The silence that ends the utterance, ms.
    Wait(u64),
    /// There are no words in it.
    Wordless,
}

impl Segmenter {
    /// At the start of a stream.
    pub fn new(thresholds: TurnTaking) -> Self {
        Self {
            thresholds,
            sound: None,
            burst: None,
            speaking: false,
            has_words: false,
            preview: Preview::NotAsked,
        }
    }

    /// The 20 ms that end at `now_ms` hold speech with this probability.
    pub fn voice(&mut self, now_ms: u64, speech: f32) -> Option<Ask> {
        let start_ms = now_ms.saturating_sub(20);
        if speech >= HEARD_MIN && self.sound.is_none() {
            self.sound = Some((start_ms, now_ms));
        }
        if speech >= self.thresholds.speech_probability_min {
            self.voiced(start_ms, now_ms);
        }
        self.due(now_ms)
    }

    fn voiced(&mut self, start_ms: u64, now_ms: u64) {
        self.preview = Preview::NotAsked;
        let (first_ms, _) = self.sound.unwrap_or((start_ms, now_ms));
        self.sound = Some((first_ms, now_ms));
        let gap_ms = self.thresholds.onset_gap_ms_max;
        let burst = self.burst.filter(|(_, end_ms)| start_ms.saturating_sub(*end_ms) <= gap_ms);
        let since_ms = burst.map_or(start_ms, |(since_ms, _)| since_ms);
        self.burst = Some((since_ms, now_ms));
        self.speaking |= now_ms - since_ms >= self.thresholds.onset_ms_min;
    }

    /// The running transcript has words.
    pub fn words(&mut self) {
        self.has_words = true;
        self.speaking = true;
    }

    /// Whether somebody counts as speaking.
    pub fn is_speaking(&self) -> bool {
        self.speaking
    }

    /// The transcript so far is known: `wait_ms` of silence ends the utterance
    /// if it goes no further. `None` when there are no words in it.
    pub fn previewed(&mut self, wait_ms: Option<u64>) {
        // An answer that voice has overtaken says nothing about now.
        if self.preview == Preview::Asked {
            self.preview = wait_ms.map_or(Preview::Wordless, Preview::Wait);
        }
    }

    /// What must be done at the end of the stream.
    pub fn end(&mut self) -> Option<Ask> {
        let ask = self.sound.map(|_| Ask::Finalize);
        self.close();
        ask
    }

    fn due(&mut self, now_ms: u64) -> Option<Ask> {
        let (first_ms, last_ms) = self.sound?;
        if now_ms - first_ms >= UTTERANCE_MS_MAX {
            self.close();
            return Some(Ask::Finalize);
        }
        let silence_ms = now_ms.saturating_sub(last_ms);
        if !self.speaking {
            let ask = (silence_ms >= FORGET_MS).then_some(Ask::Discard);
            if ask.is_some() {
                self.close();
            }
            return ask;
        }
        let wait_ms = match self.preview {
            Preview::NotAsked if silence_ms >= self.thresholds.preview_silence_ms => {
                self.preview = Preview::Asked;
                return Some(Ask::Preview);
            }
            Preview::NotAsked | Preview::Asked => self.thresholds.endpoint_incomplete_ms,
            Preview::Wait(wait_ms) => wait_ms,
            Preview::Wordless => self.thresholds.endpoint_ms,
        };
        if silence_ms < wait_ms {
            return None;
        }
        let wordless = self.preview == Preview::Wordless && !self.has_words;
        self.close();
        Some(if wordless { Ask::Discard } else { Ask::Finalize })
    }

    fn close(&mut self) {
        self.sound = None;
        self.burst = None;
        self.speaking = false;
        self.has_words = false;
        self.preview = Preview::NotAsked;
    }
}

/// When a call would know that speech which begins at `start_ms` is speech:
/// the end of the frame, counted from the start of the probabilities (one for
/// each 20 ms). `None` if it would not by `end_ms`.
pub fn onset_ms(
    thresholds: &TurnTaking,
    speech: &[f32],
    start_ms: u64,
    end_ms: u64,
) -> Option<u64> {
    let mut segmenter = Segmenter::new(thresholds.clone());
    let frames = speech.iter().zip(1u64..).map(|(speech, frame)| (*speech, frame * 20));
    let mut inside = frames.filter(|(_, now_ms)| *now_ms > start_ms && *now_ms <= end_ms + 20);
    inside.find_map(|(speech, now_ms)| {
        segmenter.voice(now_ms, speech);
        segmenter.is_speaking().then_some(now_ms)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays probabilities, each for a number of frames; answers previews with
    /// `wait_ms`; gives what was asked for and when.
    fn play(parts: &[(f32, u64)], wait_ms: Option<u64>) -> Vec<(u64, Ask)> {
        let mut segmenter = Segmenter::new(TurnTaking::default());
        let (mut now_ms, mut asked) = (0, Vec::new());
        for (speech, frames) in parts {
            for _ in 0..*frames {
                now_ms += 20;
                if let Some(ask) = segmenter.voice(now_ms, *speech) {
                    asked.push((now_ms, ask));
                    if ask == Ask::Preview {
                        segmenter.previewed(wait_ms);
                    }
                }
            }
        }
        asked.extend(segmenter.end().map(|ask| (now_ms, ask)));
        asked
    }

    #[test]
    fn an_utterance_ends_after_the_silence_that_its_words_ask_for() {
        let expected = vec![(1_180, Ask::Preview), (1_360, Ask::Finalize)];
        assert_eq!(play(&[(0.9, 50), (0.0, 60)], Some(360)), expected);
        let expected = vec![(1_180, Ask::Preview), (2_000, Ask::Finalize)];
        assert_eq!(play(&[(0.9, 50), (0.0, 60)], Some(1_000)), expected);
    }

    #[test]
    fn a_pause_does_not_end_it_and_asks_anew() {
        let asked = play(&[(0.9, 50), (0.0, 15), (0.9, 50), (0.0, 30)], Some(360));
        let expected = vec![(1_180, Ask::Preview), (2_480, Ask::Preview), (2_660, Ask::Finalize)];
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_click_and_a_wordless_sound_are_forgotten() {
        assert_eq!(play(&[(0.9, 2), (0.0, 100)], Some(360)), [(1_040, Ask::Discard)]);
        let expected = vec![(1_180, Ask::Preview), (1_360, Ask::Discard)];
        assert_eq!(play(&[(0.9, 50), (0.0, 60)], None), expected);
    }

    #[test]
    fn nothing_is_open_for_ever() {
        // Neither speech without a pause nor a murmur at the threshold's edge.
        for speech in [0.9, 0.45] {
            let asked = play(&[(speech, 2_500)], Some(360));
            let finals = asked.iter().filter(|(_, ask)| *ask != Ask::Preview).count();
            assert!(finals >= 2, "{speech}: {asked:?}");
        }
        assert_eq!(play(&[(0.0, 500)], None), []);
    }

    #[test]
    fn the_end_of_the_stream_closes_what_is_open() {
        assert_eq!(play(&[(0.9, 50)], None), [(1_000, Ask::Finalize)]);
    }
}
