//! Personal data out of what is stored, logged or shown: the configuration's `redact`, and its use.

use std::collections::BTreeMap;

use hearsay_language::personal_data::Tagger;
use hearsay_text::pii::{self, PiiKind, PiiSpan};
use serde::Deserialize;
use serde_json::Value;

/// What a label of the user's may be long, bytes.
const LABEL_BYTES_MAX: usize = 64;
/// Deepest value that is redacted; what lies deeper is replaced whole.
const DEPTH_MAX: usize = 32;

/// `redact` as the user wrote it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactFile {
    /// Kinds that are left as they are, such as `name`.
    keep: Option<Vec<String>>,
    /// What stands in place of a kind, such as `name: "[NAME]"`; default `[NAME_REDACTED]`.
    labels: Option<BTreeMap<String, String>>,
}

/// Which kinds go, and what stands in their place.
#[derive(Debug, Clone, Default)]
pub struct RedactRules {
    keep: Vec<PiiKind>,
    labels: Vec<(PiiKind, String)>,
}

impl RedactFile {
    /// Validated.
    pub fn resolve(self) -> Result<RedactRules, String> {
        let kind = |name: &String, key: &str| {
            PiiKind::named(name).ok_or_else(|| {
                let known: Vec<_> = PiiKind::ALL.iter().map(|kind| kind.name()).collect();
                format!("redact.{key}: `{name}` is no kind; use {}", known.join(", "))
            })
        };
        let keep = self.keep.unwrap_or_default();
        let keep = keep.iter().map(|name| kind(name, "keep")).collect::<Result<_, _>>()?;
        let labels = self.labels.unwrap_or_default();
        let labels = labels.iter().map(|(name, label)| {
            if label.len() > LABEL_BYTES_MAX {
                return Err(format!("redact.labels: `{label}` is over {LABEL_BYTES_MAX} bytes"));
            }
            Ok((kind(name, "labels")?, label.clone()))
        });
        Ok(RedactRules { keep, labels: labels.collect::<Result<_, _>>()? })
    }
}

/// The built-in models of names, addresses and dates of birth.
pub fn built_in_tagger() -> Result<Tagger, String> {
    Tagger::load(hearsay_weights::PII_EN.bytes)
        .and_then(|tagger| tagger.with_spanish_and_hindi(hearsay_weights::PII_ES_HI.bytes))
        .map_err(|e| e.to_string())
}

/// Takes personal data out of texts and values. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Redactor {
    tagger: Tagger,
    rules: RedactRules,
}

impl Redactor {
    /// With the built-in model.
    ///
    /// # Errors
    /// When the weight does not fit the code, which a wrong build would cause.
    pub fn new(rules: RedactRules) -> Result<Self, String> {
        Ok(Self { tagger: built_in_tagger()?, rules })
    }

    /// Where personal data lies in the answer to a question; the question may be empty.
    pub fn find(&self, question: &str, answer: &str) -> Vec<PiiSpan> {
        let mut spans = self.tagger.find_in_answer(question, answer);
        spans.retain(|span| !self.rules.keep.contains(&span.kind));
        spans
    }

    /// A text with labels in place of personal data.
    pub fn text(&self, text: &str) -> String {
        self.answer("", text)
    }

    /// As [`Self::text`], of the answer to a question.
    pub fn answer(&self, question: &str, answer: &str) -> String {
        pii::replace(answer, &self.find(question, answer), |kind| self.label(kind))
    }

    /// All texts in a value. A number counts as a text: one of six digits is blotted out. The key of a
    /// text is the question it answers: `"date_of_birth": "1980-05-05"`.
    pub fn value(&self, value: &Value) -> Value {
        self.value_in("", value, 0)
    }

    fn value_in(&self, key: &str, value: &Value, depth: usize) -> Value {
        if depth > DEPTH_MAX {
            return Value::String("[REDACTED]".to_string());
        }
        match value {
            Value::String(text) => Value::String(self.field(key, text)),
            Value::Number(number) => {
                let written = number.to_string();
                let redacted = self.field(key, &written);
                if redacted == written { value.clone() } else { Value::String(redacted) }
            }
            Value::Array(items) => {
                items.iter().map(|item| self.value_in(key, item, depth + 1)).collect()
            }
            Value::Object(fields) => {
                let fields = fields.iter();
                fields
                    .map(|(key, item)| (key.clone(), self.value_in(key, item, depth + 1)))
                    .collect()
            }
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }

    /// A text under a key. A bare date is a date of birth only where the key says so.
    fn field(&self, key: &str, text: &str) -> String {
        let key = spoken_key(key);
        let mut spans = self.find(&key, text);
        let born = ["birth", "born", "dob"].iter().any(|word| key.contains(word));
        spans.retain(|span| {
            born || span.kind != PiiKind::BirthDate || span.range.len() < text.trim().len()
        });
        pii::replace(text, &spans, |kind| self.label(kind))
    }

    fn label(&self, kind: PiiKind) -> String {
        let own = self.rules.labels.iter().find(|(of, _)| *of == kind);
        own.map_or_else(|| kind.tag(), |(_, label)| label.clone())
    }
}

/// `date_of_birth` as words.
fn spoken_key(key: &str) -> String {
    key.replace(['_', '-', '.'], " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(rules: &str) -> Redactor {
        let file: RedactFile = serde_saphyr::from_str(rules).unwrap();
        Redactor::new(file.resolve().unwrap()).unwrap()
    }

    #[test]
    fn kinds_can_be_kept_and_labelled() {
        let text = "this is mary jones, my card is 4111 1111 1111 1111";
        assert_eq!(
            redactor("{}").text(text),
            "this is [NAME_REDACTED], my card is [CARD_REDACTED]"
        );
        assert_eq!(
            redactor("{keep: [name], labels: {card: '****'}}").text(text),
            "this is mary jones, my card is ****"
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (rules, part) in [("{keep: [surname]}", "birth_date"), ("{labels: {nam: x}}", "nam")] {
            let file: RedactFile = serde_saphyr::from_str(rules).unwrap();
            assert!(file.resolve().unwrap_err().contains(part));
        }
    }

    #[test]
    fn values_are_redacted_by_their_keys() {
        let value = serde_json::json!({
            "name": "Mary Jones", "date_of_birth": "1980-05-05", "amount": 250, "when": "2026-05-05",
            "account": 12345678, "list": [{"phone": "415-555-0199"}], "open": true,
        });
        let redacted = redactor("{}").value(&value);
        assert_eq!(redacted["name"], "[NAME_REDACTED]");
        assert_eq!(redacted["date_of_birth"], "[BIRTH_DATE_REDACTED]");
        assert_eq!((&redacted["amount"], &redacted["when"]), (&value["amount"], &value["when"]));
        assert_eq!(redacted["account"], "[NUMBER_REDACTED]");
        assert_eq!(redacted["list"][0]["phone"], "[PHONE_REDACTED]");
        assert_eq!(redacted["open"], true);
    }
}
