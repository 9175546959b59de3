//! What a caller's words are worth as the value of a slot, and how a value is said.
//!
//! Small rules over text; no model.

use serde_json::Value;

use crate::agent::{SlotKind, SlotSpec};

/// Longest value of a free slot, characters.
const VALUE_CHARS_MAX: usize = 200;

/// The value that `text` gives a slot of this kind; `None` when it gives none.
pub(crate) fn value(kind: SlotKind, text: &str) -> Option<Value> {
    let text = text.trim();
    match kind {
        SlotKind::Digits { digits_min, digits_max } => {
            let said = digits(text);
            (digits_min..=digits_max).contains(&said.len()).then_some(Value::String(said))
        }
        SlotKind::YesNo => yes_no(text).map(Value::Bool),
        SlotKind::Date => holds_date(text).then(|| free(text)),
        SlotKind::Money => holds_number(text).then(|| free(text)),
        SlotKind::Name => name(text),
        SlotKind::Free => (!text.is_empty()).then(|| free(text)),
        // Tools fill these.
        SlotKind::Number | SlotKind::Flag => None,
    }
}

/// A tool's value in the form a slot of this kind keeps; the error says what was wanted.
pub(crate) fn from_tool(kind: SlotKind, value: &Value) -> Result<Value, &'static str> {
    match (kind, value) {
        (SlotKind::Number, Value::Number(_)) => Ok(value.clone()),
        (SlotKind::Number, _) => Err("a number"),
        (SlotKind::Flag | SlotKind::YesNo, Value::Bool(_)) => Ok(value.clone()),
        (SlotKind::Flag | SlotKind::YesNo, _) => Err("true or false"),
        (SlotKind::Digits { .. }, Value::Number(number)) => Ok(Value::String(number.to_string())),
        (SlotKind::Digits { .. }, Value::String(text))
            if text.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Ok(value.clone())
        }
        (SlotKind::Digits { .. }, _) => Err("digits"),
        (_, Value::String(text)) => Ok(free(text)),
        (_, Value::Number(number)) => Ok(Value::String(number.to_string())),
        _ => Err("text"),
    }
}

/// How a value is said: digits one by one, everything else as it is.
pub(crate) fn spoken(kind: Option<SlotKind>, value: &Value) -> String {
    match (kind, value) {
        (Some(SlotKind::Digits { .. }), Value::String(digits)) => {
            let each: Vec<String> = digits.chars().map(String::from).collect();
            each.join(" ")
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
        (_, Value::Null) => String::new(),
        (_, other) => other.to_string(),
    }
}

/// A value as it is written: text without quotes.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The value that a language model proposes for a slot; `None` when the slot cannot have it.
pub(crate) fn proposed(spec: &SlotSpec, value: &Value) -> Option<Value> {
    if let (SlotKind::YesNo, Value::Bool(_)) = (spec.kind, value) {
        return Some(value.clone());
    }
    let text = match value {
        Value::String(_) | Value::Number(_) => written(value),
        _ => return None,
    };
    if spec.values.is_empty() {
        return self::value(spec.kind, &text);
    }
    let same = |known: &&String| known.eq_ignore_ascii_case(text.trim());
    spec.values.iter().find(same).map(|known| Value::String(known.clone()))
}

fn free(text: &str) -> Value {
    Value::String(text.chars().take(VALUE_CHARS_MAX).collect())
}

/// The words of a text in lower case, punctuation gone; hyphens part words.
pub(crate) fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c.is_whitespace() || c == '-');
    let bare = parts.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    bare.filter(|word| !word.is_empty()).collect()
}

const YES: [&str; 17] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "yah",
    "sure",
    "please",
    "absolutely",
    "definitely",
    "correct",
    "right",
    "okay",
    "ok",
    "certainly",
    "indeed",
    "course",
    "affirmative",
];
/// As a first word these mean yes whatever follows.
const SURELY_YES: [&str; 5] = ["yes", "yeah", "yep", "yup", "absolutely"];
/// An answer is in its first words; what follows is conversation.
const ANSWER_WORDS_MAX: usize = 6;
const NO: [&str; 9] = ["no", "nope", "nah", "not", "don't", "never", "nothing", "negative", "none"];

/// Whether the words are a plain yes or no and nothing that could also mean "go on".
pub(crate) fn is_plain_answer(words: &[String]) -> bool {
    let plain = ["yes", "yeah", "yep", "yup", "no", "nope", "nah", "sure"];
    words.first().is_some_and(|first| plain.contains(&first.as_str()))
}

/// Yes, no, or neither. A "no" anywhere near the start wins over a later "please" or "okay".
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    let words = words(text);
    let joined = words.join(" ");
    if ["why not", "no problem", "not yet sure", "don't know", "not sure"]
        .iter()
        .any(|p| joined.contains(p))
    {
        return match joined.as_str() {
            known if known.contains("why not") || known.contains("no problem") => Some(true),
            _ => None,
        };
    }
    if ["that's all", "that is all", "that's it", "that will be all", "i'm good", "i'm fine"]
        .contains(&joined.as_str())
    {
        // "Anything else?" is the question these answer.
        return Some(false);
    }
    let near = &words[..words.len().min(ANSWER_WORDS_MAX)];
    let said = |list: &[&str]| near.iter().any(|word| list.contains(&word.as_str()));
    match () {
        () if words.first().is_some_and(|first| SURELY_YES.contains(&first.as_str())) => Some(true),
        () if said(&NO) => Some(false),
        () if said(&YES) => Some(true),
        () => None,
    }
}

/// The digits said in a text, in order: `"four two double seven"` is `"4277"`.
pub(crate) fn digits(text: &str) -> String {
    hearsay_text::itn::digits(text)
}

fn holds_number(text: &str) -> bool {
    const TENS: [&str; 20] = [
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
    ];
    let words = words(text);
    !digits(text).is_empty() || words.iter().any(|word| TENS.contains(&word.as_str()))
}

fn holds_date(text: &str) -> bool {
    const DAYS: [&str; 22] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "today",
        "tomorrow",
        "yesterday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let words = words(text);
    words.iter().any(|word| DAYS.contains(&word.as_str())) || holds_number(text)
}

fn name(text: &str) -> Option<Value> {
    const LEADS: [&str; 8] =
        ["my name is ", "the name is ", "name is ", "it is ", "it's ", "this is ", "i am ", "i'm "];
    let bare = text.trim().trim_end_matches(['.', '!', '?', ',']);
    let lower = bare.to_ascii_lowercase();
    let lead = LEADS.iter().find(|lead| lower.starts_with(**lead)).map_or(0, |lead| lead.len());
    let name = bare[lead..].trim();
    (!name.is_empty()).then(|| free(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn digits_are_found_in_speech_and_writing() {
        for (text, wanted) in [
            ("four two seven one", "4271"),
            ("it's 4 2 7 1.", "4271"),
            ("42-71", "4271"),
            ("double seven oh one", "7701"),
            ("one to three for", "1234"),
            ("I want to go", ""),
            ("", ""),
        ] {
            assert_eq!(digits(text), wanted, "{text}");
        }
    }

    #[test]
    fn yes_and_no_are_told_apart() {
        for text in
            ["yes", "Yeah, please.", "sure", "of course", "why not", "yes I do", "that's right"]
        {
            assert_eq!(yes_no(text), Some(true), "{text}");
        }
        for text in [
            "no",
            "No thank you",
            "nope",
            "I don't think so",
            "no that's okay",
            "that's all",
            "please don't",
            "of course not",
        ] {
            assert_eq!(yes_no(text), Some(false), "{text}");
        }
        for text in ["", "what", "I don't know", "not sure", "my card"] {
            assert_eq!(yes_no(text), None, "{text}");
        }
    }

    #[test]
    fn values_by_kind() {
        let code = SlotKind::Digits { digits_min: 4, digits_max: 4 };
        assert_eq!(value(code, "one two three four"), Some(json!("1234")));
        assert_eq!(value(code, "one two three"), None);
        assert_eq!(value(SlotKind::Name, "My name is Ada Lovelace."), Some(json!("Ada Lovelace")));
        assert_eq!(value(SlotKind::Date, "next Tuesday"), Some(json!("next Tuesday")));
        assert_eq!(value(SlotKind::Date, "whenever"), None);
        assert_eq!(value(SlotKind::Money, "twenty pounds"), Some(json!("twenty pounds")));
        assert_eq!(spoken(Some(code), &json!("4271")), "4 2 7 1");
        assert_eq!(from_tool(SlotKind::Number, &json!("5")), Err("a number"));
    }
}
