//! Reads `turn_taking`: our own names, in milliseconds, and the peers' names for the
//! same things, in seconds, so that settings can be carried over as they are.

use super::fields::{Fields, Reader};
use super::read::to_f32;
use super::tree::Tree;
use crate::turn::TurnTaking;

/// Longest time that can be set.
const MS_MAX: u64 = 60_000;
/// Most words that can be asked for before an interruption.
const WORDS_MAX: u64 = 10;

/// A peer's name of a time in seconds, our name, and where its value goes.
type Alias = (&'static str, &'static str, fn(&mut TurnTaking) -> &mut u64);

/// LiveKit's and Pipecat's names. What "interrupts" there pauses the agent, which
/// here is `barge_in_ms_min`: the flush comes with the words.
const ALIASES: [Alias; 8] = [
    ("min_endpointing_delay", "endpoint_complete_ms", |t| &mut t.endpoint_complete_ms),
    ("max_endpointing_delay", "endpoint_incomplete_ms", |t| &mut t.endpoint_incomplete_ms),
    ("min_interruption_duration", "barge_in_ms_min", |t| &mut t.barge_in_ms_min),
    ("false_interruption_timeout", "judge_ms_max", |t| &mut t.judge_ms_max),
    ("start_secs", "onset_ms_min", |t| &mut t.onset_ms_min),
    ("stop_secs", "preview_silence_ms", |t| &mut t.preview_silence_ms),
    ("min_speech_duration", "onset_ms_min", |t| &mut t.onset_ms_min),
    ("min_silence_duration", "preview_silence_ms", |t| &mut t.preview_silence_ms),
];

/// Peers' names of the probability from which a frame is voiced.
const PROBABILITY_ALIASES: [&str; 2] = ["confidence", "activation_threshold"];

/// Thresholds as written; what is left out is as in `base`.
pub(super) fn read_turn_taking(reader: &mut Reader, tree: &Tree, base: TurnTaking) -> TurnTaking {
    let mut thresholds = base;
    let Some(mut fields) = reader.fields(tree, "`turn_taking`") else { return thresholds };
    macro_rules! threshold {
        ($($name:ident),*; $max:expr) => {$(
            let what = concat!("`", stringify!($name), "`");
            let field = fields.take(stringify!($name));
            if let Some(value) = field.and_then(|tree| reader.whole(tree, what, 0, $max)) {
                thresholds.$name = value;
            }
        )*};
    }
    let probability = fields.take("speech_probability_min");
    read_probability(reader, probability, "speech_probability_min", &mut thresholds);
    threshold!(onset_ms_min, onset_gap_ms_max, preview_silence_ms; MS_MAX);
    threshold!(endpoint_complete_ms, endpoint_ms, endpoint_incomplete_ms; MS_MAX);
    threshold!(barge_in_ms_min, interruption_ms_min, judge_silence_ms, judge_ms_max; MS_MAX);
    threshold!(interruption_words_min; WORDS_MAX);
    if let Some(tree) = fields.take("back_channels") {
        let words = reader.texts(tree, "`back_channels`");
        thresholds.back_channels = words.into_iter().map(|(word, _)| word.to_lowercase()).collect();
    }
    read_aliases(reader, &mut fields, &mut thresholds);
    // The middle wait follows when only the outer ones are set.
    let (shortest, longest) = (thresholds.endpoint_complete_ms, thresholds.endpoint_incomplete_ms);
    if !fields.has("endpoint_ms") && shortest <= longest {
        thresholds.endpoint_ms = thresholds.endpoint_ms.clamp(shortest, longest);
    }
    fields.finish(reader);
    thresholds
}

fn read_aliases(reader: &mut Reader, fields: &mut Fields<'_>, thresholds: &mut TurnTaking) {
    const SECONDS_MAX: f64 = 60.0;
    for (alias, ours, place) in ALIASES {
        let Some(tree) = alone(reader, fields, alias, ours) else { continue };
        if let Some(seconds) = reader.number(tree, &format!("`{alias}`"), 0.0, SECONDS_MAX) {
            *place(thresholds) = to_ms(seconds);
        }
    }
    for alias in PROBABILITY_ALIASES {
        let tree = alone(reader, fields, alias, "speech_probability_min");
        read_probability(reader, tree, alias, thresholds);
    }
    let (alias, ours) = ("min_interruption_words", "interruption_words_min");
    let words = alone(reader, fields, alias, ours);
    let what = format!("`{alias}`");
    if let Some(words) = words.and_then(|tree| reader.whole(tree, &what, 0, WORDS_MAX)) {
        thresholds.interruption_words_min = words;
    }
}

/// The value under a peer's name; together with our name it is a problem.
fn alone<'t>(
    reader: &mut Reader,
    fields: &mut Fields<'t>,
    alias: &'static str,
    ours: &str,
) -> Option<&'t Tree> {
    let (key, tree) = fields.take_alias(alias)?;
    if fields.has(ours) {
        let what = format!("`{alias}` and `{ours}` set the same thing");
        reader.problem(key.at, what, format!("keep `{ours}`"));
        return None;
    }
    Some(tree)
}

fn read_probability(
    reader: &mut Reader,
    tree: Option<&Tree>,
    name: &str,
    thresholds: &mut TurnTaking,
) {
    let what = format!("`{name}`");
    if let Some(probability) = tree.and_then(|tree| reader.number(tree, &what, 0.01, 0.99)) {
        thresholds.speech_probability_min = to_f32(probability);
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded seconds, never negative"
)]
fn to_ms(seconds: f64) -> u64 {
    (seconds * 1_000.0).round() as u64
}
