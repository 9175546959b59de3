//! What will probably be written next, for drafts: a wrong guess costs time and changes nothing.
//!
//! In a call: the rest of a word that was begun, the end of a value, the next parameter's name. In speech: how the
//! conversation went on behind the same beginning of a name or number, as in a read-back.

use std::collections::HashMap;

use serde_json::Value;

use super::{BORDER, Sources, Written, is_word, run};
use crate::prompt::Tool;

/// The parameters of each tool, in their order, and whether the tool needs them.
pub(super) type Parameters = HashMap<String, Vec<(String, bool)>>;

/// Characters of a name or number that must have been said before it is taken for one that was heard.
const SAID_MIN: usize = 2;
/// Longest guess in speech, in bytes.
const SPEECH_BYTES_MAX: usize = 32;

/// Of tools; a schema without properties has none.
pub(super) fn parameters(tools: &[Tool]) -> Parameters {
    let of = |tool: &Tool| {
        let required = tool.parameters.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|n| n == name));
        let named = tool.parameters.get("properties").and_then(Value::as_object);
        named.into_iter().flatten().map(|(name, _)| (name.clone(), is_required(name))).collect()
    };
    tools.iter().map(|tool| (tool.name.clone(), of(tool))).collect()
}

/// What follows in a call; may be empty.
pub(super) fn of_call(sources: &Sources, parameters: &Parameters, call: &[u8]) -> String {
    let written = Written::read(call);
    let known = written.tool.as_ref().and_then(|tool| parameters.get(tool));
    let last = written.arguments.last().map(|argument| argument.name.as_str());
    if let (Some(name), Some(known)) = (written.name, known) {
        let begun = std::str::from_utf8(&call[name]).unwrap_or_default();
        return next_name(known, last, begun).unwrap_or_default();
    }
    let Some(open) = written.open.filter(|open| !open.text.is_empty()) else {
        return String::new();
    };
    let begun = &call[open.text];
    let Some(place) = sources.places(begun).first().copied() else { return String::new() };
    if !sources.is_end(place) || goes_on(&sources.text[place..], begun) {
        let next = &sources.text[place..place + run(&sources.text[place..])];
        return text(next);
    }
    // The last value is followed by the end of the object; what else follows is the model's choice.
    let more = known.and_then(|known| next_name(known, Some(&open.parameter), ""));
    if more.is_some() { "\",\"".into() } else { "\"}}".into() }
}

/// The rest of the first parameter after `last` that begins like this; one that is needed, if there is one.
fn next_name(known: &[(String, bool)], last: Option<&str>, begun: &str) -> Option<String> {
    let done = known.iter().position(|(name, _)| Some(name.as_str()) == last);
    let rest = || known[done.map_or(0, |at| at + 1)..].iter();
    let next = rest().find(|(name, needed)| *needed && name.starts_with(begun));
    let next = next.or_else(|| rest().find(|(name, _)| name.starts_with(begun)));
    next.map(|(name, _)| name[begun.len()..].to_owned()).filter(|rest| !rest.is_empty())
}

/// Whether a name or number that was begun has another word: "San Jose", "March 8th", not "Jose for".
fn goes_on(rest: &[u8], begun: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let word = rest.strip_prefix(b" ").and_then(|rest| rest.first());
    let began = begun.rsplit(|&byte| byte == b' ').next().and_then(|word| word.first());
    word.is_some_and(is_name) && began.is_some_and(is_name)
}

/// How the conversation went on behind the name or number that was just begun; may be empty.
pub(super) fn of_speech(sources: &Sources, said: &[u8]) -> String {
    let begin = said.iter().rposition(|&byte| !is_word(byte)).map_or(0, |at| at + 1);
    let begun = &said[begin..];
    let is_name =
        begun.first().is_some_and(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if begun.len() < SAID_MIN || !is_name {
        return String::new();
    }
    let Some(place) = sources.places(begun).first().copied() else { return String::new() };
    let mut end = place;
    let rest = &sources.text[place..];
    while end - place < SPEECH_BYTES_MAX {
        let word = run(&sources.text[end..]);
        let is_over = sources.text.get(end).is_none_or(|&byte| byte == BORDER) || word == 0;
        if is_over || (end > place && sources.is_end(end) && !goes_on(&sources.text[end..], begun))
        {
            break;
        }
        end += word;
    }
    text(&rest[..end - place])
}

/// Text that is more than space.
fn text(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if text.trim().is_empty() { String::new() } else { text.to_owned() }
}
