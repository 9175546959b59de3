//! A caller who does what a test says, in sound, when the agent has finished or over it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use crate::recorded_caller::{CallerFrame, FRAME_MS, LineCaller};

/// The caller answers after the agent has been quiet this long.
const ANSWER_AFTER_MS: u64 = 700;
/// Time between two keys.
const KEY_MS: u64 = 200;
/// With nothing left to do the caller hangs up after this much quiet.
const HANG_UP_AFTER_MS: u64 = 2_500;
/// An agent who says nothing for so long says nothing at all.
const GIVE_UP_AFTER_MS: u64 = 25_000;

/// What the caller does in one turn.
#[derive(Debug, Clone, Default)]
pub struct Doing {
    /// Sound at the line's rate.
    pub sound: Vec<f32>,
    /// Keys that are pressed.
    pub keys: String,
    /// The caller hangs up.
    pub hangs_up: bool,
    /// Begins when the agent has been speaking this long, ms, in place of waiting for its end.
    pub interrupts_after_ms: Option<u64>,
}

/// Where a scripted call is, for those who note what happens in it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Turns begun; 0 is the greeting.
    pub turn: Arc<AtomicUsize>,
    /// The script is over: what happens now is no answer to it.
    pub is_over: Arc<AtomicBool>,
}

/// The caller of one test.
pub struct ScriptedCaller {
    doings: VecDeque<Doing>,
    frame: usize,
    progress: Progress,
    sound: Vec<f32>,
    at: usize,
    keys: VecDeque<char>,
    key_in_ms: u64,
    /// The agent was heard since the last turn.
    answered: bool,
    quiet_ms: u64,
    audible_ms: u64,
    stopped_at_ms: Option<u64>,
}

impl ScriptedCaller {
    /// A caller on a line of this rate.
    pub fn new(doings: Vec<Doing>, rate_hz: u32, progress: Progress) -> Self {
        Self {
            doings: doings.into(),
            frame: (u64::from(rate_hz) * FRAME_MS / 1000) as usize,
            progress,
            sound: Vec::new(),
            at: 0,
            keys: VecDeque::new(),
            key_in_ms: 0,
            answered: false,
            quiet_ms: 0,
            audible_ms: 0,
            stopped_at_ms: None,
        }
    }

    fn is_time(&self, doing: &Doing) -> bool {
        match doing.interrupts_after_ms {
            Some(after_ms) => self.audible_ms >= after_ms.max(FRAME_MS),
            None => self.is_answered(ANSWER_AFTER_MS),
        }
    }

    /// Whether the agent has spoken and finished, or does not speak at all.
    fn is_answered(&self, quiet_ms: u64) -> bool {
        self.answered && self.quiet_ms >= quiet_ms || self.quiet_ms >= GIVE_UP_AFTER_MS
    }

    fn begin(&mut self, doing: Doing) {
        self.progress.turn.fetch_add(1, Relaxed);
        self.sound = doing.sound;
        self.at = 0;
        self.keys = doing.keys.chars().collect();
        self.key_in_ms = 0;
        self.answered = false;
        self.quiet_ms = 0;
    }

    fn next_key(&mut self) -> Option<char> {
        self.key_in_ms = self.key_in_ms.saturating_sub(FRAME_MS);
        if self.key_in_ms > 0 {
            return None;
        }
        self.key_in_ms = KEY_MS;
        self.quiet_ms = 0;
        self.answered = false;
        self.keys.pop_front()
    }

    fn next_sound(&mut self, now_ms: u64) -> CallerFrame {
        let end = self.sound.len().min(self.at + self.frame);
        let mut audio = self.sound[self.at.min(end)..end].to_vec();
        audio.resize(self.frame, 0.0);
        if self.at < self.sound.len() {
            self.at = end;
            self.quiet_ms = 0;
            self.answered = false;
            if end == self.sound.len() {
                self.stopped_at_ms = Some(now_ms + FRAME_MS);
            }
        }
        CallerFrame::Audio(audio)
    }

    fn is_busy(&self) -> bool {
        self.at < self.sound.len() || !self.keys.is_empty()
    }
}

impl LineCaller for ScriptedCaller {
    fn stopped_at_ms(&self) -> Option<u64> {
        self.stopped_at_ms
    }

    fn next_frame(&mut self, now_ms: u64, agent_audible: bool) -> CallerFrame {
        if agent_audible {
            self.answered = true;
            self.quiet_ms = 0;
            self.audible_ms += FRAME_MS;
        } else {
            self.quiet_ms += FRAME_MS;
            self.audible_ms = 0;
        }
        if !self.is_busy() {
            let is_time = self.doings.front().is_some_and(|next| self.is_time(next));
            if is_time && let Some(doing) = self.doings.pop_front() {
                let hangs_up = doing.hangs_up;
                self.begin(doing);
                if hangs_up {
                    return CallerFrame::HangUp;
                }
            } else if self.doings.is_empty() && self.is_answered(HANG_UP_AFTER_MS) {
                self.progress.is_over.store(true, Relaxed);
                return CallerFrame::HangUp;
            }
        }
        if let Some(key) = (!self.keys.is_empty()).then(|| self.next_key()).flatten() {
            return CallerFrame::Key(key);
        }
        self.next_sound(now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 8000;

    fn caller(doings: Vec<Doing>) -> (ScriptedCaller, Progress) {
        let progress = Progress::default();
        (ScriptedCaller::new(doings, RATE_HZ, progress.clone()), progress)
    }

    fn sound() -> Doing {
        Doing { sound: vec![0.5; 800], ..Doing::default() }
    }

    #[test]
    fn a_turn_waits_for_the_agent_and_the_last_one_for_its_answer() {
        let (mut caller, progress) = caller(vec![sound()]);
        // The agent speaks in the first second and in the fourth.
        let is_audible = |n: u64| n < 50 || (150..200).contains(&n);
        let frames: Vec<CallerFrame> =
            (0..400).map(|n| caller.next_frame(n * FRAME_MS, is_audible(n))).collect();
        let loud = |frame: &CallerFrame| matches!(frame, CallerFrame::Audio(x) if x[0] > 0.1);
        let first = frames.iter().position(loud).unwrap();
        assert_eq!(first, 50 + 34);
        assert_eq!(frames.iter().filter(|frame| loud(frame)).count(), 5);
        assert_eq!(caller.stopped_at_ms(), Some((first as u64 + 5) * FRAME_MS));
        let hung_up = frames.iter().position(|frame| *frame == CallerFrame::HangUp).unwrap();
        assert_eq!(hung_up, 200 + HANG_UP_AFTER_MS as usize / 20 - 1);
        assert!(progress.is_over.load(Relaxed));
        assert_eq!(progress.turn.load(Relaxed), 1);
    }

    #[test]
    fn an_interruption_and_keys_come_when_they_are_due() {
        let over = Doing { interrupts_after_ms: Some(400), ..sound() };
        let (mut speaker, _) = caller(vec![over]);
        let first = (0..100).position(|n| {
            matches!(speaker.next_frame(n * FRAME_MS, true), CallerFrame::Audio(x) if x[0] > 0.1)
        });
        assert_eq!(first, Some(19));
        let (mut typist, _) = caller(vec![Doing { keys: "42".to_owned(), ..Doing::default() }]);
        typist.next_frame(0, true);
        let keys: Vec<(u64, char)> = (1..80)
            .filter_map(|n| match typist.next_frame(n * FRAME_MS, false) {
                CallerFrame::Key(key) => Some((n * FRAME_MS, key)),
                _ => None,
            })
            .collect();
        assert_eq!(keys, [(700, '4'), (900, '2')]);
    }

    #[test]
    fn an_agent_who_never_speaks_is_not_waited_for() {
        let (mut caller, progress) = caller(vec![Doing { hangs_up: true, ..Doing::default() }]);
        let gone =
            (0..2_000).position(|n| caller.next_frame(n * FRAME_MS, false) == CallerFrame::HangUp);
        assert_eq!(gone, Some(GIVE_UP_AFTER_MS as usize / 20 - 1));
        assert!(!progress.is_over.load(Relaxed), "the script asked for it");
    }
}
