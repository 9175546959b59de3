//! One reply while it is said: which of its words has the caller heard?

use crate::agent::BREATH;
use crate::input::{SpeechPlanned, WordTime};
use crate::output::SpeakKind;
use crate::time::{CallTime, ReplyId};

/// Most words of a timetable; a reply is a few sentences.
const WORDS_MAX: usize = 2_000;

/// Something to be said.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub text: String,
    /// Who says it.
    pub agent: String,
    pub kind: SpeakKind,
    pub interruptible: bool,
    /// Gives way at once to an answer or to the caller's voice.
    pub yields: bool,
}

/// Longest text joined into one reply, bytes.
const JOINED_BYTES_MAX: usize = 2_000;

impl Line {
    /// Whether `next` can be said in the same breath, as one reply.
    pub fn joins(&self, next: &Line) -> bool {
        self.agent == next.agent
            && self.interruptible == next.interruptible
            && self.kind != SpeakKind::Filler
            && next.kind != SpeakKind::Filler
            && self.text.len() + next.text.len() < JOINED_BYTES_MAX
    }

    pub fn is_filler(&self) -> bool {
        self.kind == SpeakKind::Filler
    }

    /// What the transcript has of it; a sound that is no word leaves nothing.
    pub fn written(&self) -> &str {
        if self.is_filler() && self.text == BREATH { "" } else { &self.text }
    }

    pub fn join(&mut self, next: Line) {
        self.text.push(' ');
        self.text.push_str(&next.text);
        if self.kind != SpeakKind::Greeting || next.kind == SpeakKind::Goodbye {
            self.kind = next.kind;
        }
    }
}

/// A line that is being said.
#[derive(Debug)]
pub(crate) struct Reply {
    pub id: ReplyId,
    pub line: Line,
    /// Words with times from the start of the reply.
    words: Vec<WordTime>,
    planned_ms: u64,
    played_ms: u64,
    /// When the playback was last seen to go forward.
    pub progress_at: CallTime,
}

impl Reply {
    pub fn new(id: ReplyId, line: Line, now: CallTime) -> Self {
        Self { id, line, words: Vec::new(), planned_ms: 0, played_ms: 0, progress_at: now }
    }

    pub fn plan(&mut self, planned: SpeechPlanned, now: CallTime) {
        let start = self.planned_ms;
        for word in planned.words {
            if self.words.len() < WORDS_MAX {
                let (start_ms, end_ms) =
                    (start.saturating_add(word.start_ms), start.saturating_add(word.end_ms));
                self.words.push(WordTime { text: word.text, start_ms, end_ms });
            }
        }
        self.planned_ms = start.saturating_add(planned.duration_ms);
        self.progress_at = now;
    }

    /// Playback never goes backwards; an older report changes nothing.
    pub fn played(&mut self, played_ms: u64, now: CallTime) {
        if played_ms > self.played_ms {
            self.played_ms = played_ms;
            self.progress_at = now;
        }
    }

    /// The words whose last sound the caller has heard.
    pub fn heard(&self) -> String {
        let heard = self.words.iter().take_while(|word| word.end_ms <= self.played_ms);
        heard.map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// What is left to be said, from the first word not heard to its end.
    pub fn unheard(&self) -> Option<Line> {
        let heard = self.words.iter().take_while(|word| word.end_ms <= self.played_ms).count();
        let rest: Vec<&str> = self.line.text.split_whitespace().skip(heard).collect();
        (!rest.is_empty()).then(|| Line { text: rest.join(" "), ..self.line.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start_ms: u64, end_ms: u64) -> WordTime {
        WordTime { text: text.to_owned(), start_ms, end_ms }
    }

    #[test]
    fn only_whole_words_count_as_heard() {
        let line = Line {
            text: "Hello there. Good bye.".to_owned(),
            agent: "a".to_owned(),
            kind: SpeakKind::Reply,
            interruptible: true,
            yields: false,
        };
        let mut reply = Reply::new(ReplyId(1), line, CallTime(0));
        let part =
            |part, words| SpeechPlanned { reply: ReplyId(1), part, words, duration_ms: 1_000 };
        reply.plan(part(0, vec![word("Hello", 0, 400), word("there.", 400, 900)]), CallTime(0));
        reply.plan(part(1, vec![word("Good", 100, 500), word("bye.", 500, 900)]), CallTime(0));
        reply.played(899, CallTime(899));
        assert_eq!(reply.heard(), "Hello");
        reply.played(1_500, CallTime(1_500));
        reply.played(3, CallTime(1_520));
        assert_eq!(reply.heard(), "Hello there. Good");
        assert_eq!(reply.unheard().map(|line| line.text).as_deref(), Some("bye."));
    }
}
