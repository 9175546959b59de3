//! What a caller's words are worth as the value of a slot, and how a value is said.
//!
//! Small rules over text; no model.

use hearsay_text::clock::Time;
use hearsay_text::date::{Date, Side};
use regex::Regex;
use serde_json::Value;

use crate::agent::{DayRule, SlotCheck, SlotKind, SlotSpec};
use crate::locale::Locale;

/// Longest value of a free slot, characters.
const VALUE_CHARS_MAX: usize = 200;
/// Words in which a pattern is looked for.
const PATTERN_WORDS_MAX: usize = 40;
/// Digits from which words are taken for a misheard number and not for something else.
const SPELT_DIGITS_MIN: usize = 3;
/// Whole numbers below it are exact as floats.
const WHOLE_MAX: f64 = 9e15;

/// What words are worth to a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    /// Its value.
    Value(Value),
    /// What would be its value, but cannot be; with what it must be.
    Wrong(&'static str),
    /// Nothing that could be meant for it.
    Nothing,
}

impl Heard {
    /// The value, if there is one.
    pub(crate) fn value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Wrong(_) | Self::Nothing => None,
        }
    }
}

/// What a caller's words, or a model's text, are worth to a slot.
pub(crate) fn heard(spec: &SlotSpec, text: &str, locale: Locale) -> Heard {
    if spec.kind == SlotKind::Date {
        return day(spec, text, locale);
    }
    let found = match &spec.check {
        SlotCheck::Values(values) => named(values, text),
        SlotCheck::Pattern(pattern) => shaped(pattern, text),
        SlotCheck::Hours(from, until) => time(text, Some((*from, *until)), locale),
        _ => value(spec.kind, text, locale),
    };
    match found {
        // A number that was meant for the pattern and does not fit: a digit was misheard or left out.
        None if matches!(spec.check, SlotCheck::Pattern(_)) && spells_number(text) => {
            Heard::Wrong("of its pattern")
        }
        None => Heard::Nothing,
        Some(value) => match wrong(&spec.check, &value, locale.today) {
            None => Heard::Value(value),
            Some(wanted) => Heard::Wrong(wanted),
        },
    }
}

/// The date in a text, written as ISO 8601 has it.
fn day(spec: &SlotSpec, text: &str, locale: Locale) -> Heard {
    let SlotSpec { check, .. } = spec;
    let side = match check {
        SlotCheck::Day(DayRule::Past | DayRule::Birth) => Side::Behind,
        _ => Side::Ahead,
    };
    let Some(said) = locale.date(text, side) else { return Heard::Nothing };
    if *check == SlotCheck::Day(DayRule::Birth) && !said.has_year {
        return Heard::Wrong("a date with its year");
    }
    let value = Value::String(said.date.to_string());
    match wrong(check, &value, locale.today) {
        None => Heard::Value(value),
        Some(wanted) => Heard::Wrong(wanted),
    }
}

/// The time of day in a text, such as `19:30`.
fn time(text: &str, bounds: Option<(Time, Time)>, locale: Locale) -> Option<Value> {
    let time = locale.time(text, bounds)?;
    Some(Value::String(time.strftime("%H:%M").to_string()))
}

/// What a value must be and is not.
fn wrong(check: &SlotCheck, value: &Value, today: Date) -> Option<&'static str> {
    let text = written(value);
    let (is_right, wanted) = match check {
        SlotCheck::Any => return None,
        SlotCheck::Values(values) => (values.contains(&text), "one of its values"),
        SlotCheck::Pattern(pattern) => (pattern.is_match(&text), "of its pattern"),
        SlotCheck::Luhn => (hearsay_text::pii::luhn(&text), "digits with the right check digit"),
        SlotCheck::Range(least, most) => {
            let number = value.as_f64();
            (number.is_some_and(|it| (*least..=*most).contains(&it)), "a number within its bounds")
        }
        SlotCheck::Hours(from, until) => {
            let fits = |time: Time| (*from..=*until).contains(&time);
            (text.parse().is_ok_and(fits), "a time within its bounds")
        }
        SlotCheck::Day(rule) => {
            let wanted = match rule {
                DayRule::Past => "a day in the past",
                DayRule::Future => "a day from today on",
                DayRule::Birth => "a day on which a living person was born",
            };
            (text.parse().is_ok_and(|day| rule.allows(day, today)), wanted)
        }
    };
    (!is_right).then_some(wanted)
}

/// The value that is named in a text; of several the one that is named last, since callers correct themselves, and of
/// those that overlap the longest.
fn named(values: &[String], text: &str) -> Option<Value> {
    let said = words(text);
    let place = |value: &String| {
        let value = words(value);
        let ends = said.windows(value.len().max(1)).rposition(|window| window == value)?;
        Some((ends + value.len(), value.len()))
    };
    let found = values.iter().filter_map(|value| Some((place(value)?, value)));
    found.max_by_key(|(place, _)| *place).map(|(_, value)| Value::String(value.clone()))
}

/// The first run of written words that has the shape, without the spaces and hyphens that speech puts between letters and
/// digits where it needs that.
fn shaped(pattern: &Regex, text: &str) -> Option<Value> {
    let written = hearsay_text::itn::itn(text);
    let bare = |word: &str| word.trim_matches([',', '.', '?', '!', ';', ':']).to_owned();
    let words: Vec<String> = written.split_whitespace().map(bare).take(PATTERN_WORDS_MAX).collect();
    for first in 0..words.len() {
        for last in (first + 1..=words.len()).rev() {
            let run = &words[first..last];
            let joined = run.concat();
            let forms = [run.join(" "), joined.replace('-', ""), joined];
            if let Some(found) = forms.iter().find(|form| pattern.is_match(form)) {
                return Some(free(found));
            }
        }
    }
    None
}

/// Whether a text holds as many digits as nobody says in passing.
fn spells_number(text: &str) -> bool {
    let written = hearsay_text::itn::itn(text);
    written.chars().filter(char::is_ascii_digit).count() >= SPELT_DIGITS_MIN
}

/// The address in a text, as "jo dot smith at example dot com" says it or written.
fn email(text: &str) -> Option<Value> {
    let written = hearsay_text::itn::itn(text);
    let mut words =
        written.split_whitespace().map(|word| word.trim_end_matches(['.', ',', '?', '!']));
    let address = words.find(|word| is_email(word))?;
    Some(free(&address.to_lowercase()))
}

/// Whether a word can be an address: RFC 5321's local part of the usual signs and a host with a dot.
fn is_email(word: &str) -> bool {
    let Some((local, host)) = word.split_once('@') else { return false };
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._%+-'".contains(c);
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let is_dotted =
        |text: &str| !text.starts_with('.') && !text.ends_with('.') && !text.contains("..");
    (1..=64).contains(&local.len())
        && local.chars().all(is_local)
        && is_dotted(local)
        && host.contains('.')
        && host.split('.').all(is_part)
}

fn number(text: &str, locale: Locale) -> Option<Value> {
    let number = locale.number(text)?;
    let is_whole = number.fract() == 0.0 && number.abs() < WHOLE_MAX;
    Some(if is_whole { Value::from(number as i64) } else { Value::from(number) })
}

/// The value that `text` gives a slot of this kind; `None` when it gives none.
fn value(kind: SlotKind, text: &str, locale: Locale) -> Option<Value> {
    let text = text.trim();
    match kind {
        SlotKind::Digits { digits_min, digits_max } => {
            let said = corrected_digits(text, digits_min, locale);
            (digits_min..=digits_max).contains(&said.len()).then_some(Value::String(said))
        }
        SlotKind::YesNo => yes_no(text).map(Value::Bool),
        SlotKind::Money => locale.number(text).is_some().then(|| free(text)),
        SlotKind::Name => name(text),
        SlotKind::Email => email(text),
        SlotKind::Number => number(text, locale),
        SlotKind::Time => time(text, None, locale),
        SlotKind::Free => (!text.is_empty()).then(|| free(text)),
        // Read with its rule in `day`; filled by tools.
        SlotKind::Date | SlotKind::Flag => None,
    }
}

/// A tool's value in the form a slot of this kind keeps; the error says what was wanted.
pub(crate) fn from_tool(
    spec: &SlotSpec,
    value: &Value,
    locale: Locale,
) -> Result<Value, &'static str> {
    let value = of_kind(spec.kind, value)?;
    match wrong(&spec.check, &value, locale.today) {
        None => Ok(value),
        Some(wanted) => Err(wanted),
    }
}

fn of_kind(kind: SlotKind, value: &Value) -> Result<Value, &'static str> {
    match (kind, value) {
        (SlotKind::Number, Value::Number(_)) => Ok(value.clone()),
        (SlotKind::Number, _) => Err("a number"),
        (SlotKind::Flag | SlotKind::YesNo, Value::Bool(_)) => Ok(value.clone()),
        (SlotKind::Flag | SlotKind::YesNo, _) => Err("true or false"),
        (SlotKind::Digits { digits_min, digits_max }, Value::Number(_) | Value::String(_)) => {
            let digits = written(value);
            let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
            let fits = are_digits && (digits_min..=digits_max).contains(&digits.len());
            if fits { Ok(Value::String(digits)) } else { Err("digits of the right number") }
        }
        (SlotKind::Digits { .. }, _) => Err("digits of the right number"),
        (SlotKind::Date, Value::String(text)) => {
            let date = text.parse::<Date>().map_err(|_| "a date such as 2026-05-03")?;
            Ok(Value::String(date.to_string()))
        }
        (SlotKind::Date, _) => Err("a date such as 2026-05-03"),
        (SlotKind::Time, Value::String(text)) => {
            let time = text.parse::<Time>().map_err(|_| "a time such as 19:30")?;
            Ok(Value::String(time.strftime("%H:%M").to_string()))
        }
        (SlotKind::Time, _) => Err("a time such as 19:30"),
        (_, Value::String(text)) => Ok(free(text)),
        (_, Value::Number(number)) => Ok(Value::String(number.to_string())),
        _ => Err("text"),
    }
}

/// How a value is said: digits one by one, dates with their weekday or year, everything else as it is.
pub(crate) fn spoken(kind: Option<SlotKind>, value: &Value, locale: Locale) -> String {
    match (kind, value) {
        (Some(SlotKind::Digits { .. }), Value::String(digits)) => {
            let each: Vec<String> = digits.chars().map(String::from).collect();
            each.join(" ")
        }
        (Some(SlotKind::Date), Value::String(text)) => {
            locale.say_date(text).unwrap_or_else(|| text.clone())
        }
        (Some(SlotKind::Time), Value::String(text)) => {
            locale.say_time(text).unwrap_or_else(|| text.clone())
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(flag)) => locale.yes_no(*flag).to_owned(),
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
pub(crate) fn proposed(spec: &SlotSpec, value: &Value, locale: Locale) -> Option<Value> {
    match (spec.kind, value) {
        (SlotKind::YesNo, Value::Bool(_)) => Some(value.clone()),
        (SlotKind::Number, Value::Number(_)) => from_tool(spec, value, locale).ok(),
        (_, Value::String(_) | Value::Number(_)) => heard(spec, &written(value), locale).value(),
        _ => None,
    }
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

const YES: [&str; 30] = [
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
    // Spanish
    "sí",
    "si",
    "claro",
    "vale",
    "correcto",
    "exacto",
    "dale",
    "perfecto",
    "acuerdo",
    "supuesto",
    // Hindi
    "हाँ",
    "हां",
    "जी",
];
/// As a first word these mean yes whatever follows.
const SURELY_YES: [&str; 8] = ["yes", "yeah", "yep", "yup", "absolutely", "sí", "हाँ", "हां"];
/// An answer is in its first words; what follows is conversation.
const ANSWER_WORDS_MAX: usize = 6;
const NO: [&str; 20] = [
    "no",
    "nope",
    "nah",
    "not",
    "don't",
    "never",
    "nothing",
    "negative",
    "none",
    "isn't",
    "doesn't",
    "won't",
    "wrong",
    "incorrect",
    // Spanish
    "nada",
    "tampoco",
    "nunca",
    "incorrecto",
    // Hindi
    "नहीं",
    "ना",
];

/// Whether the words are a plain yes or no and nothing that could also mean "go on".
pub(crate) fn is_plain_answer(words: &[String]) -> bool {
    let plain = ["yes", "yeah", "yep", "yup", "no", "nope", "nah", "sure", "sí", "हाँ", "नहीं"];
    words.first().is_some_and(|first| plain.contains(&first.as_str()))
}

/// Words that may stand beside a yes or no and mean nothing by themselves.
const BESIDE: [&str; 60] = [
    "thanks",
    "thank",
    "you",
    "that",
    "that's",
    "would",
    "be",
    "great",
    "lovely",
    "i",
    "i'd",
    "do",
    "it",
    "is",
    "it's",
    "not",
    "go",
    "ahead",
    "then",
    "now",
    "very",
    "much",
    "of",
    "all",
    "sounds",
    "good",
    "fine",
    "perfect",
    "works",
    "for",
    "me",
    "oh",
    "well",
    // Spanish
    "gracias",
    "muchas",
    "por",
    "favor",
    "está",
    "bien",
    "eso",
    "es",
    "así",
    "todo",
    "más",
    "que",
    "de",
    "adelante",
    "muy",
    "bueno",
    "pues",
    "señor",
    "señora",
    "genial",
    "estupendo",
    "ese",
    "esa",
    // Hindi
    "धन्यवाद",
    "ठीक",
    "है",
    "बिल्कुल",
];

/// What answers "anything else?" without a no in it.
const NOTHING_ELSE: [&str; 8] = [
    "that's all",
    "that is all",
    "that's it",
    "that will be all",
    "i'm good",
    "i'm fine",
    "eso es todo",
    "es todo",
];
/// What agrees without a yes in it.
const AGREEMENTS: [&str; 9] = [
    "go ahead",
    "sounds good",
    "that works",
    "that's fine",
    "está bien",
    "así es",
    "adelante",
    "me parece bien",
    "ठीक है",
];

/// Whether a text holds words that a yes or no does not need: they may be a wish of their own.
pub(crate) fn says_more(text: &str) -> bool {
    let beside = |word: &String| {
        let word = word.as_str();
        YES.contains(&word) || NO.contains(&word) || BESIDE.contains(&word)
    };
    !words(text).iter().all(beside)
}

/// Yes, no, or neither. A "no" anywhere near the start wins over a later "please" or "okay".
pub(crate) fn yes_no(text: &str) -> Option<bool> {
    let words = words(text);
    let joined = words.join(" ");
    let holds = |phrases: &[&str]| phrases.iter().any(|phrase| joined.contains(phrase));
    if holds(&["why not", "no problem", "cómo no", "por qué no", "no hay problema"]) {
        return Some(true);
    }
    if holds(&["not yet sure", "don't know", "not sure", "no sé", "no lo sé", "no estoy segur"]) {
        return None;
    }
    if NOTHING_ELSE.contains(&joined.as_str()) {
        return Some(false);
    }
    let near = &words[..words.len().min(ANSWER_WORDS_MAX)];
    let said = |list: &[&str]| near.iter().any(|word| list.contains(&word.as_str()));
    match () {
        () if words.first().is_some_and(|first| SURELY_YES.contains(&first.as_str())) => Some(true),
        () if said(&NO) => Some(false),
        // "Could you please tell me ..." is a wish with a "please" in it.
        () if said(&YES) && !says_more(text) => Some(true),
        () if AGREEMENTS.contains(&joined.as_str()) => Some(true),
        () => None,
    }
}

/// The digits said in a text, in order: `"four two double seven"` is `"4277"`.
pub(crate) fn digits(text: &str) -> String {
    hearsay_text::itn::digits(text)
}

/// Words by which callers take back what they said just before.
const CORRECTIONS: [&str; 11] = [
    "no",
    "nope",
    "sorry",
    "wait",
    "rather",
    "actually",
    "oops",
    "correction",
    "mean",
    "perdón",
    "digo",
];

/// The digits that are meant after the caller's own corrections: what follows "no, sorry" stands in
/// place of the whole number, or of its last digits where it is shorter than a number can be.
fn corrected_digits(text: &str, digits_min: usize, locale: Locale) -> String {
    let mut number = String::new();
    for part in parts_between(text, &CORRECTIONS) {
        let said = locale.digits(&part);
        if said.is_empty() {
            continue;
        }
        if said.len() >= digits_min {
            number = said;
        } else if number.len() >= digits_min {
            number.truncate(number.len() - said.len());
            number.push_str(&said);
        } else {
            number.push_str(&said);
        }
    }
    number
}

/// The stretches of a text between some words.
fn parts_between(text: &str, words: &[&str]) -> Vec<String> {
    let mut parts = vec![Vec::new()];
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        match (words.contains(&bare.as_str()), parts.last_mut()) {
            (false, Some(part)) => part.push(word),
            _ => parts.push(Vec::new()),
        }
    }
    parts.iter().map(|part| part.join(" ")).collect()
}

/// Words before a name that are not of it.
const NAME_LEADS: [&str; 15] = [
    "my name is ",
    "my name's ",
    "the name is ",
    "the name's ",
    "name is ",
    "it is ",
    "it's ",
    "this is ",
    "i am ",
    "i'm ",
    "me llamo ",
    "mi nombre es ",
    "a nombre de ",
    "es ",
    "soy ",
];
/// Words around a name that mean nothing.
const BEFORE_NAME: [&str; 14] = [
    "um", "uh", "er", "well", "so", "yes", "sure", "hi", "okay", "eh", "pues", "bueno", "sí",
    "hola",
];
const AFTER_NAME: [&str; 6] = ["please", "thanks", "thank you", "speaking", "por favor", "gracias"];

fn name(text: &str) -> Option<Value> {
    const MARKS: [char; 5] = ['.', '!', '?', ',', ' '];
    let mut bare = text.trim_matches(MARKS);
    while let Some((first, rest)) = bare.split_once(' ')
        && BEFORE_NAME.contains(&first.trim_end_matches(MARKS).to_ascii_lowercase().as_str())
    {
        bare = rest.trim_matches(MARKS);
    }
    bare = &bare[name_lead(bare).unwrap_or(0)..];
    for word in AFTER_NAME {
        let lower = bare.to_ascii_lowercase();
        if let Some(rest) = lower.strip_suffix(word)
            && rest.ends_with([' ', ','])
        {
            bare = bare[..rest.len()].trim_matches(MARKS);
        }
    }
    let name = bare.trim_matches(MARKS);
    (!name.is_empty()).then(|| free(name))
}

/// The length of the words that introduce a name, where a text begins with some.
fn name_lead(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    NAME_LEADS.iter().find(|lead| lower.starts_with(**lead)).map(|lead| lead.len())
}

/// Whether a slot would take any words, so that these may as well be a wish: a name that is not
/// introduced as one, or free text.
pub(crate) fn takes_any_words(spec: &SlotSpec, text: &str) -> bool {
    let is_open = matches!(spec.kind, SlotKind::Name | SlotKind::Free);
    let is_introduced = spec.kind == SlotKind::Name && name_lead(text.trim()).is_some();
    is_open && matches!(spec.check, SlotCheck::Any) && !is_introduced
}

#[cfg(test)]
mod tests {
    use super::*;
    use hearsay_text::language::Language;
    use serde_json::json;

    /// A Wednesday.
    const LOCALE: Locale =
        Locale { language: Language::English, today: Date::constant(2026, 11, 25) };

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
        for text in [
            "yes",
            "Yeah, please.",
            "sure",
            "of course",
            "why not",
            "yes I do",
            "that's right",
            "sure, go ahead",
            "okay do it",
            "please do",
            "that would be lovely please",
            "Go ahead.",
            "sounds good",
            "okay, that works for me",
            "yes that's my number",
            "right, thank you",
        ] {
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
            "that isn't right",
            "that's wrong",
            "that doesn't work for me",
            "that's incorrect",
        ] {
            assert_eq!(yes_no(text), Some(false), "{text}");
        }
        for text in [
            "",
            "what",
            "I don't know",
            "not sure",
            "my card",
            "could you please tell me where I can park",
            "right now I would rather speak to a person",
            "okay but what does it cost",
            "please tell me about parking",
        ] {
            assert_eq!(yes_no(text), None, "{text}");
        }
    }

    #[test]
    fn yes_and_no_in_other_languages() {
        for text in [
            "sí",
            "Sí, gracias.",
            "claro",
            "claro que sí",
            "vale, perfecto",
            "de acuerdo",
            "está bien",
            "cómo no",
            "हाँ",
            "जी हाँ",
            "ठीक है",
        ] {
            assert_eq!(yes_no(text), Some(true), "{text}");
        }
        for text in
            ["no", "no, gracias", "claro que no", "nada más", "eso es todo, no", "नहीं", "जी नहीं"]
        {
            assert_eq!(yes_no(text), Some(false), "{text}");
        }
        for text in ["no sé", "quiero una mesa", "una pizza por favor"] {
            assert_eq!(yes_no(text), None, "{text}");
        }
    }

    #[test]
    fn spanish_values_are_read_and_said_in_spanish() {
        let spanish = Locale { language: Language::Spanish, ..LOCALE };
        let code = SlotKind::Digits { digits_min: 4, digits_max: 4 };
        assert_eq!(value(code, "cuatro dos siete uno", spanish), Some(json!("4271")));
        assert_eq!(value(SlotKind::Number, "una mesa para cuatro", spanish), Some(json!(4)));
        assert_eq!(
            value(SlotKind::Name, "me llamo Ana Ruiz, gracias", spanish),
            Some(json!("Ana Ruiz"))
        );
        let day = spec(SlotKind::Date, SlotCheck::Any);
        assert_eq!(heard(&day, "el próximo martes", spanish).value(), Some(json!("2026-12-01")));
        let said = spoken(Some(SlotKind::Date), &json!("2026-12-01"), spanish);
        assert_eq!(said, "martes 1 de diciembre");
        assert_eq!(spoken(None, &json!(true), spanish), "sí");
    }

    #[test]
    fn dates_are_resolved_and_checked() {
        let day = spec(SlotKind::Date, SlotCheck::Any);
        assert_eq!(heard(&day, "next Tuesday", LOCALE), Heard::Value(json!("2026-12-01")));
        assert_eq!(heard(&day, "whenever", LOCALE), Heard::Nothing);
        assert_eq!(proposed(&day, &json!("tomorrow"), LOCALE), Some(json!("2026-11-26")));
        assert_eq!(from_tool(&day, &json!("2026-12-01"), LOCALE), Ok(json!("2026-12-01")));
        assert_eq!(from_tool(&day, &json!("soon"), LOCALE), Err("a date such as 2026-05-03"));
        let said = spoken(Some(SlotKind::Date), &json!("2026-12-01"), LOCALE);
        assert_eq!(said, "Tuesday, December 1");
        let future = spec(SlotKind::Date, SlotCheck::Day(DayRule::Future));
        assert_eq!(heard(&future, "on Friday", LOCALE), Heard::Value(json!("2026-11-27")));
        assert_eq!(heard(&future, "May 3 2020", LOCALE), Heard::Wrong("a day from today on"));
        let past = spec(SlotKind::Date, SlotCheck::Day(DayRule::Past));
        assert_eq!(heard(&past, "on Friday", LOCALE), Heard::Value(json!("2026-11-20")));
        let birth = spec(SlotKind::Date, SlotCheck::Day(DayRule::Birth));
        let born = heard(&birth, "May third nineteen eighty", LOCALE);
        assert_eq!(born, Heard::Value(json!("1980-05-03")));
        assert_eq!(heard(&birth, "May third", LOCALE), Heard::Wrong("a date with its year"));
        let wanted = "a day on which a living person was born";
        assert_eq!(heard(&birth, "May 3 2031", LOCALE), Heard::Wrong(wanted));
        assert_eq!(heard(&birth, "May 3 1885", LOCALE), Heard::Wrong(wanted));
    }

    #[test]
    fn times_are_resolved_and_checked() {
        let bounds = (Time::constant(13, 0, 0, 0), Time::constant(22, 30, 0, 0));
        let table = spec(SlotKind::Time, SlotCheck::Hours(bounds.0, bounds.1));
        assert_eq!(heard(&table, "at half past eight", LOCALE), Heard::Value(json!("20:30")));
        let wanted = "a time within its bounds";
        assert_eq!(heard(&table, "at eleven", LOCALE), Heard::Wrong(wanted));
        assert_eq!(heard(&table, "a table please", LOCALE), Heard::Nothing);
        assert_eq!(proposed(&table, &json!("21:15"), LOCALE), Some(json!("21:15")));
        assert_eq!(from_tool(&table, &json!("21:15:00"), LOCALE), Ok(json!("21:15")));
        assert_eq!(from_tool(&table, &json!("23:15"), LOCALE), Err(wanted));
        assert_eq!(spoken(Some(SlotKind::Time), &json!("20:30"), LOCALE), "8:30 PM");
    }

    #[test]
    fn values_by_kind() {
        let code = SlotKind::Digits { digits_min: 4, digits_max: 4 };
        assert_eq!(value(code, "one two three four", LOCALE), Some(json!("1234")));
        assert_eq!(value(code, "one two three", LOCALE), None);
        for corrected in [
            "one two no wait one two three four",
            "one two three five, sorry, four",
            "one two nine nine I mean three four",
            "five five five five no one two three four",
            "no it's one two three four",
            "one two... sorry... three four",
        ] {
            assert_eq!(value(code, corrected, LOCALE), Some(json!("1234")), "{corrected}");
        }
        assert_eq!(
            value(SlotKind::Name, "My name is Ada Lovelace.", LOCALE),
            Some(json!("Ada Lovelace"))
        );
        for said in
            ["Ada Lovelace please", "um, it's Ada Lovelace.", "Yes, Ada Lovelace, thank you"]
        {
            assert_eq!(value(SlotKind::Name, said, LOCALE), Some(json!("Ada Lovelace")), "{said}");
        }
        assert_eq!(value(SlotKind::Name, "please", LOCALE), Some(json!("please")));
        assert_eq!(value(SlotKind::Money, "twenty pounds", LOCALE), Some(json!("twenty pounds")));
        assert_eq!(spoken(Some(code), &json!("4271"), LOCALE), "4 2 7 1");
        assert_eq!(of_kind(SlotKind::Number, &json!("5")), Err("a number"));
        assert_eq!(value(SlotKind::Number, "there are twenty two of us", LOCALE), Some(json!(22)));
        assert_eq!(value(SlotKind::Number, "minus two point five", LOCALE), Some(json!(-2.5)));
        assert_eq!(value(SlotKind::Number, "a few", LOCALE), None);
    }

    fn spec(kind: SlotKind, check: SlotCheck) -> SlotSpec {
        let (name, description) = ("it".to_owned(), String::new());
        SlotSpec { name, description, kind, check, private: false }
    }

    #[test]
    fn addresses_are_taken_out_of_what_was_said() {
        let email = |text: &str| value(SlotKind::Email, text, LOCALE);
        for (text, address) in [
            ("it's jo.smith+bank@mail.example.com.", "jo.smith+bank@mail.example.com"),
            ("Jo.Smith@Example.com, that is all", "jo.smith@example.com"),
            ("jo dot smith at example dot com", "jo.smith@example.com"),
        ] {
            assert_eq!(email(text), Some(json!(address)), "{text}");
        }
        for text in [
            "",
            "at home",
            "a@b",
            "a@@b.com",
            ".a@b.com",
            "a@-b.com",
            "a@b..com",
            "jo smith@",
            "@b.com",
        ] {
            assert_eq!(email(text), None, "{text}");
        }
    }

    #[test]
    fn of_fixed_values_the_last_named_counts() {
        let values = ["small", "large", "extra large"].map(str::to_owned).to_vec();
        let size = spec(SlotKind::Free, SlotCheck::Values(values));
        let taken = |text: &str| heard(&size, text, LOCALE).value();
        assert_eq!(taken("a Large one, please"), Some(json!("large")));
        assert_eq!(taken("small, no, extra-large"), Some(json!("extra large")));
        assert_eq!(taken("a smallish one"), None);
        assert_eq!(taken(""), None);
        assert_eq!(proposed(&size, &json!("SMALL"), LOCALE), Some(json!("small")));
        assert_eq!(from_tool(&size, &json!("huge"), LOCALE), Err("one of its values"));
    }

    #[test]
    fn patterns_fit_whole_values_in_speech_or_writing() {
        let pattern = Regex::new("^(?i:[a-z]{2}[0-9]{4})$").unwrap();
        let policy = spec(SlotKind::Free, SlotCheck::Pattern(pattern));
        let taken = |text: &str| heard(&policy, text, LOCALE).value();
        assert_eq!(taken("my number is AB1234, thanks"), Some(json!("AB1234")));
        assert_eq!(taken("A B one two three four"), Some(json!("AB1234")));
        assert_eq!(taken("AB-1234"), Some(json!("AB1234")));
        assert_eq!(heard(&policy, "AB12345", LOCALE), Heard::Wrong("of its pattern"));
        assert_eq!(heard(&policy, "I have 2 questions", LOCALE), Heard::Nothing);
        assert_eq!(from_tool(&policy, &json!("AB123"), LOCALE), Err("of its pattern"));
    }

    #[test]
    fn what_cannot_be_is_told_from_what_was_not_said() {
        let digits = SlotKind::Digits { digits_min: 13, digits_max: 19 };
        let card = spec(digits, SlotCheck::Luhn);
        assert_eq!(
            heard(&card, "4111 1111 1111 1111", LOCALE),
            Heard::Value(json!("4111111111111111"))
        );
        let wanted = "digits with the right check digit";
        assert_eq!(heard(&card, "4111 1111 1111 1112", LOCALE), Heard::Wrong(wanted));
        assert_eq!(heard(&card, "4111", LOCALE), Heard::Nothing);
        assert_eq!(from_tool(&card, &json!("4111111111111112"), LOCALE), Err(wanted));
        let guests = spec(SlotKind::Number, SlotCheck::Range(1.0, 12.0));
        assert_eq!(heard(&guests, "seven of us", LOCALE), Heard::Value(json!(7)));
        assert_eq!(heard(&guests, "forty", LOCALE), Heard::Wrong("a number within its bounds"));
        assert_eq!(heard(&guests, "hello", LOCALE), Heard::Nothing);
        assert_eq!(proposed(&guests, &json!(40), LOCALE), None);
        assert_eq!(proposed(&guests, &json!(4), LOCALE), Some(json!(4)));
    }
}
