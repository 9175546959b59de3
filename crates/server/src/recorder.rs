//! Both sides of a call as the caller heard them: caller left, agent right; and when each word was said, so that
//! what is personal can be masked.

use hearsay_dialog::WordTime;

use crate::redaction::Redactor;

/// Longest recording, ms; what comes later is not kept.
const RECORDING_MS_MAX: u64 = 60 * 60 * 1000;
/// Length of a frame of the agent, ms.
const FRAME_MS: u64 = 20;
/// Masked before and after a word, ms: word times are known to about this.
const MARGIN_MS: u64 = 150;
/// A telephone key is told about this long after its tone began, ms.
const KEY_MS: u64 = 300;
/// The tone in place of what is masked.
const BLEEP_HZ: f32 = 1000.0;
const BLEEP_LEVEL: f32 = 0.1;

/// A recording in memory. Nothing is written unless somebody asks.
#[derive(Debug)]
pub struct Recorder {
    rate_hz: u32,
    caller: Vec<f32>,
    agent: Vec<f32>,
    lines: Vec<Line>,
}

/// One turn of the caller, or one reply.
#[derive(Debug)]
enum Line {
    /// Words with their times in the call.
    Caller {
        words: Vec<WordTime>,
        private: bool,
    },
    Agent(Reply),
}

/// A reply: its words by their place in it, and when each of its frames was heard.
#[derive(Debug, Default)]
struct Reply {
    words: Vec<WordTime>,
    planned_ms: u64,
    frames_at: Vec<u64>,
}

impl Reply {
    /// When the caller heard this place of the reply, if they did.
    fn heard_at(&self, ms: u64) -> Option<u64> {
        let frame = usize::try_from(ms / FRAME_MS).ok()?;
        self.frames_at.get(frame).map(|at| at + ms % FRAME_MS)
    }
}

impl Recorder {
    /// An empty recording.
    pub fn new(rate_hz: u32) -> Self {
        Self { rate_hz, caller: Vec::new(), agent: Vec::new(), lines: Vec::new() }
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

    /// The words of a caller's turn; a private one was the answer to a question for a secret.
    pub fn heard(&mut self, words: Vec<WordTime>, private: bool) {
        self.lines.push(Line::Caller { words, private });
    }

    /// The caller pressed a key about now; its tone may be in the sound.
    pub fn key(&mut self, now_ms: u64) {
        let tone = WordTime {
            text: "key".to_string(),
            start_ms: now_ms.saturating_sub(KEY_MS),
            end_ms: now_ms,
        };
        self.heard(vec![tone], true);
    }

    /// A reply begins: words and frames that come now are of it.
    pub fn reply_begins(&mut self) {
        self.lines.push(Line::Agent(Reply::default()));
    }

    /// The next part of the reply, its words counted from its own beginning.
    pub fn planned(&mut self, words: &[WordTime], duration_ms: u64) {
        let Some(reply) = self.reply() else { return };
        let from = reply.planned_ms;
        reply.words.extend(words.iter().map(|word| WordTime {
            text: word.text.clone(),
            start_ms: from + word.start_ms,
            end_ms: from + word.end_ms,
        }));
        reply.planned_ms += duration_ms;
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
        if let Some(reply) = self.reply() {
            reply.frames_at.push(plays_at_ms);
        }
    }

    /// What was to be heard after `now_ms` is not; of a held reply it comes again.
    pub fn cut_agent(&mut self, now_ms: u64) {
        let at = self.samples(now_ms);
        self.agent.truncate(at);
        if let Some(reply) = self.reply() {
            // A frame of which most was heard does not come again.
            reply.frames_at.retain(|at| at + FRAME_MS / 2 <= now_ms);
        }
    }

    fn reply(&mut self) -> Option<&mut Reply> {
        self.lines.iter_mut().rev().find_map(|line| match line {
            Line::Agent(reply) => Some(reply),
            Line::Caller { .. } => None,
        })
    }

    /// Puts a tone over everything personal, on both channels; gives how many places.
    pub fn mask(&mut self, redactor: &Redactor) -> usize {
        let places = self.personal(redactor);
        for (from_ms, to_ms) in &places {
            let (from, to) = (self.samples(*from_ms), self.samples(*to_ms));
            let step = std::f32::consts::TAU * BLEEP_HZ / self.rate_hz as f32;
            for channel in [&mut self.caller, &mut self.agent] {
                let end = to.min(channel.len());
                for (n, sample) in channel[from.min(end)..end].iter_mut().enumerate() {
                    *sample = BLEEP_LEVEL * (n as f32 * step).sin();
                }
            }
        }
        places.len()
    }

    /// From when to when something personal is said, ms.
    fn personal(&self, redactor: &Redactor) -> Vec<(u64, u64)> {
        let mut places = Vec::new();
        let mut question = String::new();
        for line in &self.lines {
            match line {
                Line::Caller { words, private } => {
                    let text = joined(words);
                    let spans = redactor.find(&question, &text).into_iter().map(|span| span.range);
                    let whole = Some(0..text.len()).filter(|_| *private);
                    let times = spans.chain(whole).filter_map(|range| times(words, &range));
                    places.extend(
                        times.map(|(from, to)| (from.saturating_sub(MARGIN_MS), to + MARGIN_MS)),
                    );
                }
                Line::Agent(reply) => {
                    question = joined(&reply.words);
                    let spans = redactor.find("", &question).into_iter();
                    let times = spans.filter_map(|span| times(&reply.words, &span.range));
                    // Of what was cut off, the part that was heard.
                    let last = reply.frames_at.last().map_or(0, |at| at + FRAME_MS);
                    places.extend(times.filter_map(|(from, to)| {
                        let to = reply.heard_at(to).unwrap_or(last);
                        Some((reply.heard_at(from)?.saturating_sub(MARGIN_MS), to + MARGIN_MS))
                    }));
                }
            }
        }
        places
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

fn joined(words: &[WordTime]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The time from the first to the last word that lies in these bytes of the joined words.
fn times(words: &[WordTime], range: &std::ops::Range<usize>) -> Option<(u64, u64)> {
    let mut at = 0;
    let inside = words.iter().filter(|word| {
        let begin = at;
        at += word.text.len() + 1;
        begin < range.end && range.start < begin + word.text.len()
    });
    inside.fold(None, |all, word| {
        let (from, to) = all.unwrap_or((word.start_ms, word.end_ms));
        Some((from.min(word.start_ms), to.max(word.end_ms)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::RedactRules;

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

    /// Words of 200 ms one after another.
    fn spoken(text: &str, from_ms: u64) -> Vec<WordTime> {
        let words = text.split(' ').zip(0u64..);
        let word = |(text, n): (&str, u64)| WordTime {
            text: text.to_string(),
            start_ms: from_ms + n * 200,
            end_ms: from_ms + n * 200 + 180,
        };
        words.map(word).collect()
    }

    /// The milliseconds of a channel that were replaced.
    fn masked(channel: &[f32]) -> Vec<u64> {
        let is_whole = |chunk: &[f32]| chunk.iter().all(|&x| x == 0.5);
        let chunks = channel.chunks(8).zip(0u64..);
        chunks.filter(|(chunk, _)| !is_whole(chunk)).map(|(_, ms)| ms).collect()
    }

    #[test]
    fn what_is_personal_is_masked_on_both_sides_and_nothing_else() {
        let redactor = Redactor::new(RedactRules::default()).unwrap();
        let mut recorder = Recorder::new(8000);
        recorder.caller(&[0.5; 8 * 8000]);
        // "yes it is" before, the number from 600 to 3,780 ms, "thanks" after.
        let card =
            "yes it's four one one one one one one one one one one one one one one one thanks";
        recorder.heard(spoken(card, 200), false);
        recorder.reply_begins();
        recorder.planned(&spoken("Thank you", 0), 400);
        recorder.planned(&spoken("call 415-555-0199 please now.", 0), 800);
        for n in 0..60 {
            recorder.agent(5000 + n * 20, &[0.5; 160]);
        }
        assert_eq!(recorder.mask(&redactor), 2);
        let caller = masked(&recorder.caller);
        assert_eq!((caller[0], *caller.last().unwrap()), (600 - 150, 5000 + 400 + 380 + 150 - 1));
        let of_card = caller.iter().filter(|ms| **ms < 4500).count();
        assert_eq!(of_card, (600 - 150..3780 + 150).count());
        let agent = masked(&recorder.agent[5000 * 8..]);
        assert_eq!((agent[0], agent.len()), (400 + 200 - 150, 150 + 180 + 150));
    }

    #[test]
    fn an_answer_to_a_secret_question_is_masked_whole() {
        let redactor = Redactor::new(RedactRules::default()).unwrap();
        let mut recorder = Recorder::new(8000);
        recorder.caller(&[0.5; 8000]);
        recorder.heard(spoken("for ate too", 300), true);
        recorder.heard(Vec::new(), true);
        assert_eq!(recorder.mask(&redactor), 1);
        assert_eq!(masked(&recorder.caller).len(), 150 + 580 + 120);
    }

    #[test]
    fn a_held_reply_is_masked_where_it_was_heard() {
        let redactor = Redactor::new(RedactRules::default()).unwrap();
        let mut recorder = Recorder::new(8000);
        recorder.reply_begins();
        recorder.planned(&spoken("Well call 415-555-0199 now", 0), 800);
        for n in 0..10 {
            recorder.agent(n * 20, &[0.5; 160]);
        }
        // Held after 100 ms for a second; the rest of the reply comes then.
        recorder.cut_agent(100);
        for n in 5..40 {
            recorder.agent(1000 + n * 20, &[0.5; 160]);
        }
        recorder.mask(&redactor);
        let agent = masked(&recorder.agent);
        let tone: Vec<u64> = agent.into_iter().filter(|ms| *ms >= 1100).collect();
        assert_eq!((tone[0], tone.len()), (1000 + 400 - 150, 150 + 180 + 150));
    }
}
