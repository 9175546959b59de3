//! The caller's side: voice, words, the end of a turn, sounds over the agent.

use super::Call;
use hearsay_text::pii::Pii;

use crate::barge_in::{self, Place, Sound, Verdict};
use crate::endpoint::{self, Completeness};
use crate::event::{EventKind, Speaker, TranscriptLine};
use crate::guard::Threat;
use crate::line;
use crate::output::{ListenCommand, Output};
use crate::time::{ReplyId, UtteranceId};
use crate::turn::Turn;

/// Voice without words from this length counts as "not understood", ms: music, another language.
const WORDLESS_MS_MIN: u64 = 1_500;
/// Over the agent it takes this much, ms: a passing lorry does not count, hold music does.
const ENDLESS_MS_MIN: u64 = 5_000;

/// What is known about the utterance that is open.
#[derive(Debug)]
pub(super) struct Hearing {
    pub utterance: UtteranceId,
    /// The running transcript.
    interim: String,
    /// The transcript after the last voice, once the recogniser gave it.
    preview: Option<String>,
    pub preview_asked: bool,
    /// Probability that the caller has finished, judged since the last voice.
    pub turn_end: Option<f32>,
    /// Whether its words so far are an answering machine's.
    pub is_machine: bool,
    /// Whether anything was heard in it.
    touched: bool,
    /// Whether it began while the agent was still speaking.
    pub began_over_agent: bool,
    /// How far the agent had got when it was last paused.
    place: Place,
    /// Agreements during a reply: "okay", "right".
    agreements: Option<(ReplyId, u32)>,
    /// Words of the same turn from an utterance that was closed too early.
    prefix: String,
    /// That utterance, while its transcript is on its way.
    prefix_awaited: Option<UtteranceId>,
    /// Voiced time of the utterance that was finalised, ms.
    voiced_ms: u64,
    /// What the words of this turn are, if they are a threat.
    pub threat: Option<Threat>,
}

impl Default for Hearing {
    fn default() -> Self {
        Self {
            utterance: UtteranceId::FIRST,
            interim: String::new(),
            preview: None,
            preview_asked: false,
            turn_end: None,
            is_machine: false,
            touched: false,
            began_over_agent: false,
            place: Place::LastSentence,
            agreements: None,
            prefix: String::new(),
            prefix_awaited: None,
            voiced_ms: 0,
            threat: None,
        }
    }
}

impl Hearing {
    /// The best knowledge of the words so far.
    fn text(&self) -> &str {
        self.preview.as_deref().filter(|text| !text.is_empty()).unwrap_or(&self.interim)
    }

    /// The utterance is closed on both sides; the next one is open.
    fn next_utterance(&mut self) {
        self.utterance = self.utterance.next();
        self.interim.clear();
        self.preview = None;
        self.preview_asked = false;
        self.turn_end = None;
        self.is_machine = false;
        self.touched = false;
    }

    /// Agreements that the reply being held has had already.
    fn agreements_in(&self, turn: Turn) -> u32 {
        let Turn::AgentPaused { reply, .. } = turn else { return 0 };
        self.agreements.filter(|(during, _)| *during == reply).map_or(0, |(_, count)| count)
    }

    pub fn forget_prefix(&mut self) {
        self.prefix.clear();
        self.prefix_awaited = None;
    }
}

impl Call {
    pub(super) fn is_final_wanted(&self, utterance: UtteranceId) -> bool {
        match self.turn {
            Turn::Finalising { utterance: awaited, .. } => {
                utterance == awaited || self.hearing.prefix_awaited == Some(utterance)
            }
            Turn::CallerSpeaking { utterance: open, .. } => {
                utterance == open || self.hearing.prefix_awaited == Some(utterance)
            }
            // A typed line, or a recogniser that ended the utterance by itself.
            Turn::Listening { .. } | Turn::Working { .. } => utterance == self.hearing.utterance,
            _ => false,
        }
    }

    pub(super) fn on_voice(&mut self, speech: f32) {
        let thresholds = self.turn_taking();
        let voiced = speech >= thresholds.speech_probability_min;
        let held = matches!(self.turn, Turn::CallerSpeaking { .. } | Turn::AgentPaused { .. });
        let (onset_ms, barge_in_ms) = (thresholds.onset_ms_min, thresholds.barge_in_ms_min);
        self.voice.frame(self.now, voiced, thresholds.onset_gap_ms_max, held);
        if voiced {
            self.hearing.touched = true;
            self.hearing.preview = None;
            self.hearing.preview_asked = false;
            self.hearing.turn_end = None;
        }
        let speaking = self.voice.burst_of(onset_ms).is_some();
        match self.turn {
            Turn::Listening { .. } | Turn::Working { .. } if speaking && self.closing.is_none() => {
                self.start_caller_turn();
            }
            Turn::Finalising { .. } | Turn::Thinking { .. } if speaking => self.caller_goes_on(),
            Turn::AgentSpeaking { .. } if self.voice.burst_of(barge_in_ms).is_some() => {
                self.pause_reply()
            }
            Turn::AgentPaused { .. } => self.judge_sound(),
            _ => {}
        }
    }

    pub(super) fn on_interim(&mut self, text: &str) {
        let chars_max = self.agent.limits.caller_chars_max;
        self.hearing.interim = text.trim().chars().take(chars_max).collect();
        if self.hearing.interim.is_empty() {
            return;
        }
        self.hearing.touched = true;
        self.hearing.is_machine = self.is_machine(self.hearing.text());
        match self.turn {
            // Too quiet for the voice detector, but words are words.
            Turn::Listening { .. } | Turn::Working { .. } if self.closing.is_none() => {
                self.voice.words_heard(self.now);
                self.start_caller_turn();
            }
            Turn::CallerSpeaking { .. } => {
                self.voice.words_heard(self.now);
                let words = self.hearing.interim.clone();
                self.ponder(&words);
            }
            Turn::AgentPaused { .. } => self.judge_sound(),
            _ => {}
        }
    }

    pub(super) fn on_preview(&mut self, text: &str) {
        // An answer to a question that voice has overtaken says nothing about now.
        if !self.hearing.preview_asked {
            return;
        }
        let chars_max = self.agent.limits.caller_chars_max;
        self.hearing.preview = Some(text.trim().chars().take(chars_max).collect());
        self.hearing.is_machine = self.is_machine(self.hearing.text());
        if let Turn::AgentPaused { .. } = self.turn {
            self.judge_sound();
        }
        let words = self.hearing.text().to_owned();
        self.ponder(&words);
    }

    pub(super) fn on_turn_end(&mut self, probability: f32) {
        // As with a preview: voice since the question makes the answer worthless.
        if self.hearing.preview_asked {
            self.hearing.turn_end = Some(probability);
        }
    }

    pub(super) fn start_caller_turn(&mut self) {
        let since = self.voice.burst().map_or(self.now, |burst| burst.since);
        self.turns_count += 1;
        self.event(EventKind::TurnStarted { turn: self.turns_count, speaker: Speaker::Caller });
        self.set_turn(Turn::CallerSpeaking { utterance: self.hearing.utterance, since });
    }

    /// The caller speaks again before the agent could answer: it is still the same turn.
    pub(super) fn caller_goes_on(&mut self) {
        let since = self.voice.burst().map_or(self.now, |burst| burst.since);
        if let Turn::Finalising { utterance, .. } = self.turn {
            self.hearing.prefix_awaited = Some(utterance);
        }
        if let Some(thought) = self.thought.take() {
            self.hearing.prefix = thought.text;
        }
        self.set_turn(Turn::CallerSpeaking { utterance: self.hearing.utterance, since });
    }

    pub(super) fn completeness(&self) -> Completeness {
        let (prefix, text) = (self.hearing.prefix.as_str(), self.hearing.text());
        if prefix.is_empty() && self.keys.digits.is_empty() {
            return endpoint::completeness(text, &self.expectation());
        }
        let whole = format!("{prefix} {} {text}", self.keys.digits);
        endpoint::completeness(&whole, &self.expectation())
    }

    pub(super) fn end_of_caller_turn(&mut self) {
        let wordless =
            self.hearing.preview.as_deref() == Some("") && self.hearing.interim.is_empty();
        if !wordless {
            return self.finalise();
        }
        let voiced_ms = self.voice.burst().map_or(0, |burst| burst.voiced_ms);
        self.discard_utterance();
        if let Some(utterance) = self.hearing.prefix_awaited.take() {
            return self.set_turn(Turn::Finalising { utterance, since: self.now });
        }
        self.heard("", 0.0, voiced_ms);
    }

    pub(super) fn finalise(&mut self) {
        let utterance = self.hearing.utterance;
        let burst = self.voice.burst();
        let last_voice = burst.map_or(self.now, |burst| burst.last_voice);
        self.hearing.voiced_ms = burst.map_or(0, |burst| burst.voiced_ms);
        self.event(EventKind::CallerStopped { utterance, last_voice });
        self.listen(ListenCommand::Finalize { utterance });
        self.hearing.next_utterance();
        self.voice.clear();
        self.set_turn(Turn::Finalising { utterance, since: self.now });
    }

    pub(super) fn discard_utterance(&mut self) {
        let utterance = self.hearing.utterance;
        self.listen(ListenCommand::Discard { utterance });
        self.hearing.next_utterance();
        self.voice.clear();
    }

    /// Throws away what was said over an agent who could not be interrupted.
    pub(super) fn discard_if_touched(&mut self) {
        if self.hearing.touched && self.voice.burst().is_none() {
            self.discard_utterance();
        }
    }

    pub(super) fn on_final(&mut self, utterance: UtteranceId, text: &str, confidence: f32) {
        let chars_max = self.agent.limits.caller_chars_max;
        let text: String = text.trim().chars().take(chars_max).collect();
        if self.hearing.prefix_awaited == Some(utterance) {
            self.hearing.prefix_awaited = None;
            // Waiting for this one alone: the utterance after it had no words.
            if !matches!(self.turn, Turn::Finalising { utterance: awaited, .. } if awaited == utterance)
            {
                self.note_caller(&text, confidence);
                join_words(&mut self.hearing.prefix, &text);
                return;
            }
        }
        if utterance == self.hearing.utterance {
            self.hearing.voiced_ms = 0;
            self.hearing.next_utterance();
            self.voice.clear();
        }
        let voiced_ms = self.hearing.voiced_ms;
        self.heard(&text, confidence, voiced_ms);
    }

    /// The caller's turn is over and these are its last words.
    fn heard(&mut self, text: &str, confidence: f32, voiced_ms: u64) {
        self.hearing.prefix_awaited = None;
        let mut whole = std::mem::take(&mut self.hearing.prefix);
        let expectation = self.expectation();
        let over_agent = std::mem::take(&mut self.hearing.began_over_agent);
        let asked = over_agent || self.hearing.place == Place::LastSentence;
        let only_hum = (over_agent || !self.speech.cut.is_empty())
            && barge_in::is_back_channel(text, &expectation, asked, self.turn_taking());
        self.set_turn(Turn::Listening { since: self.now });
        if whole.is_empty() && (text.is_empty() || only_hum) {
            self.hearing.threat = None;
            return self.nothing_said(voiced_ms);
        }
        self.speech.cut.clear();
        self.hold_until = None;
        self.note_caller(text, confidence);
        join_words(&mut whole, text);
        let chars_max = self.agent.limits.caller_chars_max;
        let whole: String = whole.chars().take(chars_max).collect();
        match self.hearing.threat.take() {
            Some(threat) => self.guard(threat),
            None if self.is_machine(&whole) => self.voicemail(),
            None if self.is_waiting_for_caller() && line::asks_to_wait(&whole) => self.hold(true),
            None => self.understand(&whole),
        }
    }

    /// It was noise after all: the agent goes on with what it was saying.
    fn nothing_said(&mut self, voiced_ms: u64) {
        let waiting = self.is_waiting_for_caller();
        if self.speech.cut.is_empty() {
            if !waiting || self.hold_until.is_some_and(|until| self.now < until) {
                return;
            }
            // Music for the first time; when it never ends, the caller is not understood.
            if voiced_ms >= ENDLESS_MS_MIN && self.hold_until.is_none() {
                self.hold(false);
            } else if voiced_ms >= WORDLESS_MS_MIN {
                self.not_understood();
            }
        } else if waiting && voiced_ms >= ENDLESS_MS_MIN && self.gives_up() {
            self.speech.cut.clear();
            self.not_understood();
        } else {
            self.speech.queue.extend(self.speech.cut.drain(..));
        }
    }

    fn note_caller(&mut self, text: &str, confidence: f32) {
        if text.is_empty() {
            return;
        }
        let said = Pii::new(text.to_owned());
        self.event(EventKind::CallerSaid { text: said.clone(), confidence });
        // Nothing that reads the memory, a language model above all, gets to see an attack.
        let text = match self.hearing.threat {
            Some(threat) => Pii::new(format!("[{}]", threat.as_str())),
            None => said,
        };
        let line = TranscriptLine {
            at: self.now,
            speaker: Speaker::Caller,
            agent: String::new(),
            text,
            interrupted: false,
        };
        self.memory.note(line);
    }

    fn pause_reply(&mut self) {
        if self.is_filling() {
            return self.speaks_over_filler();
        }
        let Some(reply) = self.speech.active.as_ref().filter(|reply| reply.line.interruptible)
        else {
            return;
        };
        let unheard = reply.unheard().map(|line| line.text).unwrap_or_default();
        let more_follows = !self.speech.queue.is_empty();
        self.hearing.place = Place::of(&reply.heard(), &unheard, more_follows);
        let reply = reply.id;
        self.push(Output::Pause { reply });
        self.set_turn(Turn::AgentPaused { reply, since: self.now });
        self.judge_sound();
    }

    pub(super) fn judge_sound(&mut self) {
        let Some(burst) = self.voice.burst() else { return self.resume_reply() };
        let sound = Sound {
            text: self.hearing.text(),
            text_is_final: self.hearing.preview.is_some(),
            voiced_ms: burst.voiced_ms,
            silence_ms: self.now.ms_since(burst.last_voice),
            place: self.hearing.place,
            agreements: self.hearing.agreements_in(self.turn),
        };
        match barge_in::judge(sound, &self.expectation(), self.turn_taking()) {
            Verdict::Wait => {}
            Verdict::GoOn => self.resume_reply(),
            Verdict::Interruption => self.interrupted(),
        }
    }

    fn resume_reply(&mut self) {
        let Turn::AgentPaused { reply, .. } = self.turn else { return };
        if barge_in::is_agreement(self.hearing.text(), self.turn_taking()) {
            let before = self.hearing.agreements_in(self.turn);
            self.hearing.agreements = Some((reply, before.saturating_add(1)));
        }
        self.push(Output::Resume { reply });
        self.event(EventKind::BackChannel { reply });
        self.discard_utterance();
        if let Some(active) = &mut self.speech.active {
            active.progress_at = self.now;
        }
        self.set_turn(Turn::AgentSpeaking { reply });
    }

    /// The caller wants to speak. What was not heard is kept until there are words.
    pub(super) fn interrupted(&mut self) {
        self.speech.cut.clear();
        // What was being thought about is not what the caller wants now.
        self.thought = None;
        let unheard = self.cut_reply();
        self.speech.cut.extend(unheard);
        self.speech.put_off();
        self.start_caller_turn();
    }

    pub(super) fn listen_failed(&mut self) {
        let caller_was_heard =
            matches!(self.turn, Turn::CallerSpeaking { .. } | Turn::Finalising { .. });
        if !caller_was_heard {
            return;
        }
        if let Turn::CallerSpeaking { .. } = self.turn {
            self.discard_utterance();
        }
        self.hearing.forget_prefix();
        self.speech.cut.clear();
        self.set_turn(Turn::Listening { since: self.now });
        // Says nothing where last words wait to be said.
        self.say_trouble();
    }
}

fn join_words(words: &mut String, more: &str) {
    if !words.is_empty() && !more.is_empty() {
        words.push(' ');
    }
    words.push_str(more);
}
