//! The caller made a sound while the agent spoke: an interruption, or only "mhm"?
//!
//! Judged from the words so far, how long the voice lasted, what is expected, how far
//! the agent had got, and whether the caller did it before. Pure functions: pausing and
//! resuming the agent is done by `call`.

use crate::output::Expectation;
use crate::slot;
use crate::turn::TurnTaking;

#[cfg(test)]
mod tests;

/// Listening noises: they never ask for the turn, drawn out or repeated as they may be.
const HUMS: [&str; 15] = [
    "mhm", "mm", "mmm", "mm hmm", "hmm", "hm", "uh huh", "uhhuh", "aha", "ah", "oh", "uh", "um",
    "huh", "wow",
];
/// Words that stop the agent whatever `interruption_words_min` is.
const STOP_WORDS: [&str; 8] = ["stop", "wait", "no", "nope", "hold", "hang", "sorry", "excuse"];
/// Beside a plain yes or no, these answer a yes-or-no question that has been heard.
const ANSWERS: [&str; 6] = ["correct", "exactly", "absolutely", "definitely", "indeed", "perfect"];
/// Each further word of a back-channel may take this long, ms.
const WORD_MS: u64 = 250;
/// A hum may be drawn out by this much, ms.
const DRAWN_OUT_MS: u64 = 400;
/// The same agreement so often in one breath is impatience: "yeah yeah yeah".
const SAME_WORDS_MAX: usize = 2;
/// Agreements during one reply; a further one inside a sentence wants the turn.
const AGREEMENTS_MAX: u32 = 2;

/// What a sound over the agent was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not known yet.
    Wait,
    /// The caller agrees, coughs or hums: the agent goes on.
    GoOn,
    /// The caller wants to speak: the agent stops.
    Interruption,
}

/// How far the agent had got when the sound came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the middle of a sentence that is not the last one.
    MidSentence,
    /// At the end of a sentence, where listeners nod; more sentences follow.
    SentenceEnd,
    /// In the last sentence or after it: what is asked has been asked.
    LastSentence,
}

impl Place {
    /// Where a reply is of which `heard` was heard and `unheard` was not. `more_follows`
    /// when other replies are waiting behind it.
    pub fn of(heard: &str, unheard: &str, more_follows: bool) -> Self {
        let ends = |word: &str| word.trim_end_matches(['"', '\'', ')']).ends_with(['.', '?', '!']);
        let mut left = unheard.split_whitespace().rev();
        // The very last word ends a sentence and says nothing.
        left.next();
        if !more_follows && !left.any(ends) {
            return Self::LastSentence;
        }
        // The sound began a word or so before it was taken for voice.
        if heard.is_empty() || heard.split_whitespace().rev().take(2).any(ends) {
            return Self::SentenceEnd;
        }
        Self::MidSentence
    }
}

/// What is known about a sound over the agent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sound<'a> {
    /// The words so far, empty when there are none.
    pub text: &'a str,
    /// Whether the words are all there are: the recogniser was asked after the silence.
    pub text_is_final: bool,
    /// Voiced time, ms.
    pub voiced_ms: u64,
    /// Silence since the last voiced frame, ms.
    pub silence_ms: u64,
    /// How far the agent had got.
    pub place: Place,
    /// Agreements ("okay", "right") that this reply had already.
    pub agreements: u32,
}

/// What the words of a sound are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    /// There are none.
    None,
    /// Listening noises, this many phrases.
    Hums(usize),
    /// Agreements and perhaps hums: phrases, and the longest run of one phrase.
    Agreements { phrases: usize, same: usize },
    /// Something to react to: this many words that are no back-channel.
    Content { words: usize, stops: bool },
}

/// Judges a sound over the agent.
pub(crate) fn judge(
    sound: Sound<'_>,
    expectation: &Expectation,
    thresholds: &TurnTaking,
) -> Verdict {
    let asked = sound.place == Place::LastSentence;
    if asked && answers(sound.text, expectation) {
        return Verdict::Interruption;
    }
    let words = classify(sound.text, thresholds);
    if wants_turn(words, sound, thresholds)
        || sound.voiced_ms >= voiced_ms_max(words, thresholds.interruption_ms_min)
    {
        return Verdict::Interruption;
    }
    let heard_out = sound.text_is_final && sound.silence_ms >= thresholds.judge_silence_ms;
    if heard_out || sound.silence_ms >= thresholds.judge_ms_max {
        return Verdict::GoOn;
    }
    Verdict::Wait
}

/// Whether the words only say "go on"; no words say it too. When the question is yes
/// or no and has been heard (`asked`), a "yeah" is an answer.
pub(crate) fn is_back_channel(
    text: &str,
    expectation: &Expectation,
    asked: bool,
    thresholds: &TurnTaking,
) -> bool {
    let content = matches!(classify(text, thresholds), Words::Content { .. });
    !(content || asked && answers(text, expectation))
}

/// Whether the words agree out loud, more than a hum does.
pub(crate) fn is_agreement(text: &str, thresholds: &TurnTaking) -> bool {
    matches!(classify(text, thresholds), Words::Agreements { .. })
}

fn answers(text: &str, expectation: &Expectation) -> bool {
    if *expectation != Expectation::YesNo {
        return false;
    }
    let words = slot::words(text);
    let first = words.first().map(String::as_str);
    slot::is_plain_answer(&words)
        || first.is_some_and(|first| ANSWERS.contains(&first))
        || words.starts_with(&["of".to_owned(), "course".to_owned()])
}

/// Whether the words alone ask for the turn.
fn wants_turn(words: Words, sound: Sound<'_>, thresholds: &TurnTaking) -> bool {
    match words {
        Words::None | Words::Hums(_) => false,
        Words::Agreements { same, .. } => {
            same > SAME_WORDS_MAX
                || (sound.agreements >= AGREEMENTS_MAX && sound.place == Place::MidSentence)
        }
        Words::Content { words, stops } => {
            stops || words as u64 >= thresholds.interruption_words_min
        }
    }
}

/// Voiced time from which these words are an interruption all the same, ms.
fn voiced_ms_max(words: Words, interruption_ms_min: u64) -> u64 {
    let more = match words {
        Words::None | Words::Content { .. } => 0,
        Words::Hums(phrases) => DRAWN_OUT_MS + WORD_MS * (phrases.max(1) as u64 - 1),
        Words::Agreements { phrases, .. } => WORD_MS * (phrases.max(1) as u64 - 1),
    };
    interruption_ms_min.saturating_add(more)
}

/// Takes the words apart into the longest back-channels they can be, from the start.
fn classify(text: &str, thresholds: &TurnTaking) -> Words {
    let words = slot::words(text);
    let mut rest = words.as_slice();
    let (mut phrases, mut agreements, mut same, mut same_max) = (0, false, 0, 0);
    let mut before: &str = "";
    while !rest.is_empty() {
        let known = thresholds.back_channels.iter().map(String::as_str).chain(HUMS);
        let Some((count, phrase)) =
            known.map(|phrase| (starts_with(rest, phrase), phrase)).max().filter(|(n, _)| *n > 0)
        else {
            let stops = words.iter().any(|word| STOP_WORDS.contains(&word.as_str()));
            return Words::Content { words: rest.len(), stops };
        };
        let hum = HUMS.contains(&phrase);
        same = if phrase == before { same + 1 } else { 1 };
        if !hum {
            agreements = true;
            same_max = same_max.max(same);
        }
        (before, rest) = (phrase, &rest[count..]);
        phrases += 1;
    }
    match phrases {
        0 => Words::None,
        _ if agreements => Words::Agreements { phrases, same: same_max },
        _ => Words::Hums(phrases),
    }
}

/// How many words the phrase takes from the start of `words`; 0 when it is not there.
fn starts_with(words: &[String], phrase: &str) -> usize {
    let count = phrase.split_whitespace().count();
    let there = words.len() >= count
        && phrase.split_whitespace().zip(words).all(|(want, word)| want == word);
    if there { count } else { 0 }
}
