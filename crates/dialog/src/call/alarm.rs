//! Everything a call waits for has a time by which the waiting ends.
//!
//! There is no state without an alarm, so no call can hang in silence.

use super::Call;
use crate::endpoint;
use crate::event::EndReason;
use crate::input::{EnginePart, ToolFailure};
use crate::output::ListenCommand;
use crate::time::CallTime;
use crate::turn::Turn;

/// What is to be done when a time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// The caller paused: ask for the words so far.
    Preview,
    /// The caller's silence is long enough: the turn is over.
    Endpoint,
    /// The caller has spoken longer than allowed.
    UtteranceLimit,
    /// The sound over the agent must be judged now.
    Judge,
    /// The transcript does not come.
    FinalMissing,
    /// The understanding does not come.
    ThoughtMissing,
    /// Nobody has spoken for too long.
    Silence,
    /// The rest of a number does not come.
    KeysPause,
    /// The playback stands still.
    PlaybackStalled,
    /// A tool takes long enough for a word of its own.
    Filler,
    /// The answer is late enough for one of the agent's fillers.
    LateAnswer,
    /// The tool's answer does not come.
    ToolMissing,
    /// The call has reached its longest length.
    CallLimit,
    /// The goodbye takes too long.
    GoodbyeLimit,
}

/// A tool's own deadline is kept outside; this much later the call stops waiting for that.
const TOOL_GRACE_MS: u64 = 1_000;
/// How long after its last word an answering machine's tone is over.
const TONE_MS: u64 = 2_000;
/// Alarms that can ring one after another at one time; each changes what rings next.
const RINGS_MAX: usize = 16;

impl Call {
    pub(super) fn next_alarm(&self) -> Option<(CallTime, Alarm)> {
        let turn = self.turn_alarms();
        turn.into_iter().chain(self.standing_alarms()).flatten().min_by_key(|(at, _)| *at)
    }

    /// Alarms of the state that the call is in.
    fn turn_alarms(&self) -> [Option<(CallTime, Alarm)>; 3] {
        let limits = &self.agent.limits;
        let late_answer = self.filler_due().map(|at| (at, Alarm::LateAnswer));
        match self.turn {
            Turn::CallerSpeaking { since, .. } => self.caller_alarms(since),
            Turn::AgentPaused { since, .. } => self.judging_alarms(since),
            Turn::Finalising { since, .. } => {
                [Some((since + limits.final_ms_max, Alarm::FinalMissing)), None, None]
            }
            Turn::Thinking { .. } => [late_answer, None, None],
            Turn::Listening { since } => {
                let keys = self.keys.deadline.map(|at| (at, Alarm::KeysPause));
                let own = self.current_node().and_then(|node| node.silence_ms_max);
                let silence_ms = own.unwrap_or(limits.silence_ms_max);
                let silence_at = (since + silence_ms).max(self.hold_until.unwrap_or_default());
                [Some((silence_at, Alarm::Silence)), keys, None]
            }
            Turn::AgentSpeaking { .. } => {
                let stalled = self.speech.active.as_ref().map(|reply| {
                    (reply.progress_at + limits.playback_stall_ms_max, Alarm::PlaybackStalled)
                });
                [stalled, None, None]
            }
            Turn::Working { .. } => {
                [self.desk.filler_at().map(|at| (at, Alarm::Filler)), late_answer, None]
            }
            Turn::Idle | Turn::Ended => [None; 3],
        }
    }

    fn caller_alarms(&self, since: CallTime) -> [Option<(CallTime, Alarm)>; 3] {
        let thresholds = self.turn_taking();
        let last_voice = self.voice.burst().map_or(since, |burst| burst.last_voice);
        let mut silence_ms =
            endpoint::silence_ms(self.completeness(), self.hearing.turn_end, thresholds);
        if self.hearing.is_machine {
            // What is said before its tone is not recorded.
            silence_ms = silence_ms.max(TONE_MS);
        }
        let preview = (last_voice + thresholds.preview_silence_ms, Alarm::Preview);
        [
            (!self.hearing.preview_asked).then_some(preview),
            Some((last_voice + silence_ms, Alarm::Endpoint)),
            Some((since + self.agent.limits.utterance_ms_max, Alarm::UtteranceLimit)),
        ]
    }

    fn judging_alarms(&self, since: CallTime) -> [Option<(CallTime, Alarm)>; 3] {
        let thresholds = self.turn_taking();
        let last_voice = self.voice.burst().map_or(since, |burst| burst.last_voice);
        let preview = (last_voice + thresholds.judge_silence_ms, Alarm::Preview);
        [
            (!self.hearing.preview_asked).then_some(preview),
            Some((
                last_voice + thresholds.judge_ms_max.max(thresholds.judge_silence_ms),
                Alarm::Judge,
            )),
            Some((since + self.agent.limits.utterance_ms_max, Alarm::UtteranceLimit)),
        ]
    }

    /// Alarms of the call as a whole.
    fn standing_alarms(&self) -> [Option<(CallTime, Alarm)>; 3] {
        if let Turn::Idle | Turn::Ended = self.turn {
            return [None; 3];
        }
        let end = match self.closing {
            Some(closing) => (closing.deadline, Alarm::GoodbyeLimit),
            None => (self.connected_at + self.agent.limits.call_ms_max, Alarm::CallLimit),
        };
        let tool = self.desk.deadline().map(|at| (at + TOOL_GRACE_MS, Alarm::ToolMissing));
        // Also while a filler covers it.
        let thought = self
            .thought
            .as_ref()
            .map(|thought| (thought.since + self.patience_ms(), Alarm::ThoughtMissing));
        [Some(end), tool, thought]
    }

    /// How long an understanding may take; a model elsewhere has its own time, and then the
    /// built-in one has its.
    fn patience_ms(&self) -> u64 {
        if self.asked_outside().is_some() {
            return self.agent.limits.outside_ms_max;
        }
        let own = self.agent.limits.think_ms_max;
        let remote = self.agent.remote_model().filter(|_| self.is_composing());
        own + remote.map_or(0, |model| model.timeout_ms)
    }

    /// Rings every alarm whose time has come.
    pub(super) fn ring_alarms(&mut self) {
        for _ in 0..RINGS_MAX {
            match self.next_alarm() {
                Some((at, alarm)) if at <= self.now => self.ring(alarm),
                _ => return,
            }
            self.settle();
        }
    }

    fn ring(&mut self, alarm: Alarm) {
        match alarm {
            Alarm::Preview => {
                self.hearing.preview_asked = true;
                let utterance = self.hearing.utterance;
                self.listen(ListenCommand::Preview { utterance });
            }
            Alarm::Endpoint => self.end_of_caller_turn(),
            Alarm::UtteranceLimit => match self.turn {
                Turn::AgentPaused { .. } => self.interrupted(),
                _ => self.finalise(),
            },
            Alarm::Judge => self.judge_sound(),
            Alarm::FinalMissing => self.take_failure(EnginePart::Listen, "no transcript in time"),
            Alarm::ThoughtMissing if self.asked_outside().is_some() => self.outside_failed(),
            Alarm::ThoughtMissing => {
                self.take_failure(EnginePart::Think, "no understanding in time")
            }
            Alarm::Silence => self.on_silence(),
            Alarm::KeysPause => self.submit_keys(),
            Alarm::PlaybackStalled => {
                self.take_failure(EnginePart::Speak, "the playback stands still")
            }
            Alarm::Filler => self.say_filler(),
            Alarm::LateAnswer => self.say_late_filler(),
            Alarm::ToolMissing => self.on_tool_done(Err(ToolFailure::Timeout)),
            Alarm::CallLimit => {
                self.close(EndReason::CallLimit, &self.phrases().goodbye_limit);
            }
            Alarm::GoodbyeLimit => {
                if let Some(closing) = self.closing {
                    self.hang_up(closing.reason);
                }
            }
        }
    }

    fn take_failure(&mut self, part: EnginePart, reason: &str) {
        self.on_engine_failed(part, reason.to_owned());
    }
}
