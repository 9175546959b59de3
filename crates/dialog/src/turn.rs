//! The states of turn-taking and every threshold it uses.
//!
//! It decides nothing by itself: `call` moves between the states in one place.

use crate::time::{CallTime, ReplyId, ThinkId, ToolCallId, UtteranceId};

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The call is not answered yet.
    Idle,
    /// Nobody speaks; the agent waits for the caller.
    Listening {
        /// Since when.
        since: CallTime,
    },
    /// The caller speaks, or has paused for less than an endpoint.
    CallerSpeaking {
        /// The utterance being heard.
        utterance: UtteranceId,
        /// When it began.
        since: CallTime,
    },
    /// The caller has finished; the final transcript is on its way.
    Finalising {
        /// The utterance that ended.
        utterance: UtteranceId,
        /// Since when.
        since: CallTime,
    },
    /// The transcript is being understood.
    Thinking {
        /// The request.
        think: ThinkId,
        /// Since when.
        since: CallTime,
    },
    /// A tool runs and nobody speaks.
    Working {
        /// The request.
        tool_call: ToolCallId,
    },
    /// The agent speaks.
    AgentSpeaking {
        /// The reply being said.
        reply: ReplyId,
    },
    /// The agent has stopped in mid-reply because the caller made a sound, and may go on.
    AgentPaused {
        /// The reply being held.
        reply: ReplyId,
        /// Since when.
        since: CallTime,
    },
    /// The call is over.
    Ended,
}

/// Thresholds of turn-taking. Each can be set under `turn_taking` in the agent file.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnTaking {
    /// A frame is voiced from this probability of speech, 0 to 1.
    pub speech_probability_min: f32,
    /// Voiced time before the caller counts as speaking, ms.
    pub onset_ms_min: u64,
    /// Unvoiced time inside a burst of voice that does not end it, ms.
    pub onset_gap_ms_max: u64,
    /// Silence before the transcript so far is asked for, ms.
    pub preview_silence_ms: u64,
    /// Silence that ends a turn when the answer is complete, ms.
    pub endpoint_complete_ms: u64,
    /// Silence that ends a turn when nothing more is known, ms.
    pub endpoint_ms: u64,
    /// Silence that ends a turn when the answer is unfinished, ms.
    pub endpoint_incomplete_ms: u64,
    /// Voiced time before the agent is paused, ms.
    pub barge_in_ms_min: u64,
    /// Voiced time from which a sound is an interruption whatever it is, ms. A hum may be
    /// longer, and so may a back-channel of several words.
    pub interruption_ms_min: u64,
    /// Words that are no back-channel and make a shorter sound an interruption. "Stop",
    /// "wait" and "no" do so alone.
    pub interruption_words_min: u64,
    /// Silence after which a sound over the agent is judged, ms.
    pub judge_silence_ms: u64,
    /// Longest wait for the words of a sound over the agent, ms of silence.
    pub judge_ms_max: u64,
    /// Words that mean "go on", lower case.
    pub back_channels: Vec<String>,
}

impl Default for TurnTaking {
    fn default() -> Self {
        Self {
            speech_probability_min: 0.5,
            onset_ms_min: 80,
            onset_gap_ms_max: 60,
            preview_silence_ms: 180,
            endpoint_complete_ms: 240,
            endpoint_ms: 360,
            endpoint_incomplete_ms: 1_000,
            barge_in_ms_min: 160,
            interruption_ms_min: 600,
            interruption_words_min: 1,
            judge_silence_ms: 200,
            judge_ms_max: 600,
            back_channels: [
                "mhm",
                "mm",
                "mmm",
                "mm hmm",
                "hmm",
                "hm",
                "uh huh",
                "uhhuh",
                "aha",
                "ah",
                "oh",
                "okay",
                "ok",
                "right",
                "yeah",
                "yep",
                "sure",
                "i see",
                "got it",
                "uh",
                "um",
                "yes",
                "yup",
                "alright",
                "all right",
                "great",
                "good",
                "perfect",
                "cool",
                "nice",
                "exactly",
                "of course",
                "makes sense",
                "go on",
                "go ahead",
                "understood",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }
}
