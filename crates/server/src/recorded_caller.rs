//! A caller made from a recording: its turns, and when to say the next one.

/// Telephone frames are 20 ms.
pub const FRAME_MS: u64 = 20;
/// Silence that separates two turns of the recording.
const TURN_GAP_MS: u64 = 600;
/// Audio kept before and after a turn.
const MARGIN_MS: u64 = 60;
/// A frame counts as silent this far below the loudest frame.
const SILENCE_BELOW_PEAK_DB: f32 = 38.0;
/// The caller answers after the agent has been quiet this long.
const ANSWER_AFTER_MS: u64 = 700;
/// An interrupting turn begins when the agent has been speaking this long.
const INTERRUPT_AFTER_MS: u64 = 1500;
/// With nothing left to say, the caller hangs up after this much quiet.
const HANG_UP_AFTER_MS: u64 = 12_000;

/// When the caller says its turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Each turn when the agent has finished.
    TurnByTurn,
    /// At the recording's own times, whatever the agent does.
    AsRecorded,
}

/// One turn: samples `[start, end)` of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Turn {
    start: usize,
    end: usize,
}

/// Plays a recording as a caller would speak it.
#[derive(Debug)]
pub struct RecordedCaller {
    samples: Vec<f32>,
    frame: usize,
    pace: Pace,
    turns: Vec<Turn>,
    next_turn: usize,
    /// Where the recording is being played, if it is.
    playing: Option<usize>,
    /// The agent said something since the last turn.
    answered: bool,
    quiet_ms: u64,
    /// How long the agent has been audible without a pause.
    audible_ms: u64,
    /// The turn, counted from 0, that is said over the agent's speech.
    interrupting: Option<usize>,
    /// Call time at which the last turn's speech ended.
    stopped_at_ms: Option<u64>,
    /// Call time at which the interrupting turn's speech began.
    interrupted_at_ms: Option<u64>,
}

/// Somebody on a line, asked for each frame when it is due.
pub trait LineCaller {
    /// Call time at which the caller last stopped speaking, ms.
    fn stopped_at_ms(&self) -> Option<u64>;
    /// The caller's next 20 ms, beginning at `now_ms`, while the agent is or is not audible.
    fn next_frame(&mut self, now_ms: u64, agent_audible: bool) -> CallerFrame;
}

impl LineCaller for RecordedCaller {
    fn stopped_at_ms(&self) -> Option<u64> {
        RecordedCaller::stopped_at_ms(self)
    }

    fn next_frame(&mut self, now_ms: u64, agent_audible: bool) -> CallerFrame {
        RecordedCaller::next_frame(self, now_ms, agent_audible)
    }
}

/// What the caller does in one frame.
#[derive(Debug, PartialEq)]
pub enum CallerFrame {
    /// 20 ms of audio.
    Audio(Vec<f32>),
    /// A telephone key, and 20 ms without a sound.
    Key(char),
    /// The caller hangs up.
    HangUp,
}

impl RecordedCaller {
    /// A caller from mono samples at `rate_hz`.
    pub fn new(samples: Vec<f32>, rate_hz: u32, pace: Pace) -> Self {
        let frame = (u64::from(rate_hz) * FRAME_MS / 1000) as usize;
        let turns = find_turns(&samples, frame);
        let playing = (pace == Pace::AsRecorded).then_some(0);
        Self {
            samples,
            frame,
            pace,
            turns,
            next_turn: 0,
            playing,
            answered: false,
            quiet_ms: 0,
            audible_ms: 0,
            interrupting: None,
            stopped_at_ms: None,
            interrupted_at_ms: None,
        }
    }

    /// The same caller, who says one turn (counted from 1) over the agent's
    /// speech instead of after it.
    #[must_use]
    pub fn interrupting(mut self, turn: usize) -> Self {
        self.interrupting = turn.checked_sub(1);
        self
    }

    /// The number of turns found in the recording.
    pub fn turns(&self) -> usize {
        self.turns.len()
    }

    /// Call time at which the caller last stopped speaking, ms.
    pub fn stopped_at_ms(&self) -> Option<u64> {
        self.stopped_at_ms
    }

    /// Call time at which the interrupting turn began, ms.
    pub fn interrupted_at_ms(&self) -> Option<u64> {
        self.interrupted_at_ms
    }

    /// The caller's next 20 ms, beginning at `now_ms`, while the agent is or
    /// is not audible.
    pub fn next_frame(&mut self, now_ms: u64, agent_audible: bool) -> CallerFrame {
        if agent_audible {
            self.answered = true;
            self.quiet_ms = 0;
            self.audible_ms += FRAME_MS;
        } else {
            self.quiet_ms += FRAME_MS;
            self.audible_ms = 0;
        }
        if self.playing.is_none() && self.should_start() {
            self.playing = Some(self.turns[self.next_turn].start);
            if self.interrupting == Some(self.next_turn) {
                self.interrupted_at_ms = Some(now_ms + MARGIN_MS);
            }
        }
        let Some(at) = self.playing else {
            return if self.done() { CallerFrame::HangUp } else { self.silence() };
        };
        let end = self.play_end();
        let mut audio = self.samples[at.min(end)..(at + self.frame).min(end)].to_vec();
        audio.resize(self.frame, 0.0);
        self.advance(at, end, now_ms);
        CallerFrame::Audio(audio)
    }

    fn should_start(&self) -> bool {
        let now = if self.interrupting == Some(self.next_turn) {
            self.audible_ms >= INTERRUPT_AFTER_MS
        } else {
            self.answered && self.quiet_ms >= ANSWER_AFTER_MS
        };
        self.next_turn < self.turns.len() && now
    }

    fn done(&self) -> bool {
        self.next_turn >= self.turns.len() && self.quiet_ms >= HANG_UP_AFTER_MS
    }

    fn silence(&self) -> CallerFrame {
        CallerFrame::Audio(vec![0.0; self.frame])
    }

    fn play_end(&self) -> usize {
        match self.pace {
            Pace::TurnByTurn => self.turns[self.next_turn].end,
            Pace::AsRecorded => self.samples.len(),
        }
    }

    fn advance(&mut self, at: usize, end: usize, now_ms: u64) {
        let next = at + self.frame;
        if let Some(turn) = self.turns.get(self.next_turn)
            && next >= turn.end
        {
            self.stopped_at_ms = Some((now_ms + FRAME_MS).saturating_sub(MARGIN_MS));
            self.next_turn += 1;
            self.answered = false;
            self.quiet_ms = 0;
            if self.pace == Pace::TurnByTurn {
                self.playing = None;
                return;
            }
        }
        self.playing = (next < end).then_some(next);
    }
}

/// The stretches of speech in a recording, with their margins, on frame
/// boundaries.
fn find_turns(samples: &[f32], frame: usize) -> Vec<Turn> {
    let power = |part: &[f32]| part.iter().map(|x| x * x).sum::<f32>() / part.len() as f32;
    let powers: Vec<f32> = samples.chunks(frame).map(power).collect();
    let peak = powers.iter().copied().fold(0.0, f32::max);
    if peak <= 0.0 {
        return Vec::new();
    }
    let threshold = peak * 10f32.powf(-SILENCE_BELOW_PEAK_DB / 10.0);
    let gap = (TURN_GAP_MS / FRAME_MS) as usize;
    let margin = (MARGIN_MS / FRAME_MS) as usize;
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (index, _) in powers.iter().enumerate().filter(|(_, power)| **power > threshold) {
        match spans.last_mut() {
            Some((_, end)) if index - *end < gap => *end = index + 1,
            _ => spans.push((index, index + 1)),
        }
    }
    let clip = |index: usize| (index * frame).min(samples.len());
    let turn = |(start, end): (usize, usize)| Turn {
        start: clip(start.saturating_sub(margin)),
        end: clip(end + margin),
    };
    spans.into_iter().map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 8000;

    fn tone(ms: usize) -> Vec<f32> {
        (0..ms * 8).map(|n| 0.3 * (n as f32 * 0.5).sin()).collect()
    }

    fn two_turns() -> Vec<f32> {
        [vec![0.0; 4000], tone(500), vec![0.0; 8000], tone(300), vec![0.0; 4000]].concat()
    }

    #[test]
    fn finds_the_turns_between_silences() {
        let caller = RecordedCaller::new(two_turns(), RATE_HZ, Pace::TurnByTurn);
        let expected = [Turn { start: 3520, end: 8480 }, Turn { start: 15520, end: 18880 }];
        assert_eq!(caller.turns, expected);
        assert_eq!(RecordedCaller::new(vec![0.0; 800], RATE_HZ, Pace::AsRecorded).turns(), 0);
    }

    #[test]
    fn waits_for_the_agent_and_then_speaks() {
        let mut caller = RecordedCaller::new(two_turns(), RATE_HZ, Pace::TurnByTurn);
        let loud = |frame: &CallerFrame| match frame {
            CallerFrame::Audio(audio) => audio.iter().any(|x| x.abs() > 0.01),
            CallerFrame::Key(_) | CallerFrame::HangUp => false,
        };
        let mut log = Vec::new();
        for n in 0..220u64 {
            // The agent speaks for one second, and again from second 2.5 to 3.
            let audible = n < 50 || (125..150).contains(&n);
            log.push(loud(&caller.next_frame(n * FRAME_MS, audible)));
        }
        let first = log.iter().position(|&x| x).unwrap();
        assert_eq!(
            first,
            50 + 34 + 3,
            "the first turn starts 700 ms after the agent, behind its margin"
        );
        assert!(!log[first + 25..150].iter().any(|&x| x), "then the caller waits");
        assert!(log[150 + 35..200].iter().any(|&x| x), "and says the second turn");
        assert_eq!(caller.stopped_at_ms(), Some((150 + 34 + 3 + 15) * FRAME_MS));
    }

    #[test]
    fn an_interrupting_turn_is_said_over_the_agent() {
        let mut caller =
            RecordedCaller::new(two_turns(), RATE_HZ, Pace::TurnByTurn).interrupting(1);
        let loud = |n: u64| match caller.next_frame(n * FRAME_MS, true) {
            CallerFrame::Audio(audio) => audio.iter().any(|x| x.abs() > 0.01),
            CallerFrame::Key(_) | CallerFrame::HangUp => false,
        };
        assert_eq!((0..200).position(loud), Some(INTERRUPT_AFTER_MS as usize / 20 - 1 + 3));
    }

    #[test]
    fn hangs_up_when_nothing_is_left_to_say() {
        let mut caller = RecordedCaller::new(tone(200), RATE_HZ, Pace::AsRecorded);
        let frames =
            (0..2000).position(|n| caller.next_frame(n * FRAME_MS, false) == CallerFrame::HangUp);
        assert_eq!(frames, Some(10 + HANG_UP_AFTER_MS as usize / 20 - 1));
    }
}
