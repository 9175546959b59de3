//! The written forms of a dictionary: JSON of two shapes, and tab-separated lines.

use serde_json::Value;

use super::{DICTIONARY_BYTES_MAX, DictionaryError, ENTRIES_MAX, Kind};

/// An entry as it is written.
pub(super) struct Raw {
    pub number: usize,
    pub word: String,
    pub said: String,
    pub kind: Kind,
}

/// The names of the field with the word.
const WORD_KEYS: [&str; 6] = ["word", "phrase", "text", "grapheme", "string_to_replace", "name"];
/// The names of the field with the pronunciation, and what it is.
const SAID_KEYS: [(&str, Kind); 7] = [
    ("pronunciation", Kind::Any),
    ("phoneme", Kind::Any),
    ("phonemes", Kind::Any),
    ("ipa", Kind::Ipa),
    ("arpabet", Kind::Arpabet),
    ("alias", Kind::Alias),
    ("replacement", Kind::Alias),
];

pub(super) fn entries(text: &str) -> Result<Vec<Raw>, DictionaryError> {
    if text.len() > DICTIONARY_BYTES_MAX {
        let what =
            format!("longer than {DICTIONARY_BYTES_MAX} bytes; keep the entries that matter");
        return Err(DictionaryError::Text(what));
    }
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().chars().next() {
        Some('{' | '[') => json(text),
        _ => lines(text),
    }
}

fn json(text: &str) -> Result<Vec<Raw>, DictionaryError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|e| DictionaryError::Text(format!("not JSON: {e}; mend it at that place")))?;
    match value {
        Value::Object(map) => {
            map.into_iter().enumerate().map(|(i, (word, said))| pair(i + 1, word, said)).collect()
        }
        Value::Array(list) => {
            list.into_iter().enumerate().map(|(i, item)| object(i + 1, &item)).collect()
        }
        _ => Err(DictionaryError::Text("write a JSON object or a list of objects".into())),
    }
}

/// `"word": "pronunciation"`, or `"word": {"ipa": "..."}`.
fn pair(number: usize, word: String, said: Value) -> Result<Raw, DictionaryError> {
    match &said {
        Value::String(said) => Ok(Raw { number, word, said: said.clone(), kind: Kind::Any }),
        Value::Object(_) => pronunciation(number, word, &said),
        _ => Err(wrong(number, word, "the pronunciation is no string; put it in quotes")),
    }
}

fn object(number: usize, item: &Value) -> Result<Raw, DictionaryError> {
    let word = WORD_KEYS.iter().find_map(|key| item.get(key)?.as_str());
    let Some(word) = word else {
        let what = "no \"word\"; write {\"word\": \"...\", \"pronunciation\": \"...\"}";
        return Err(wrong(number, String::new(), what));
    };
    pronunciation(number, word.to_string(), item)
}

fn pronunciation(number: usize, word: String, item: &Value) -> Result<Raw, DictionaryError> {
    let found = SAID_KEYS.iter().find_map(|(key, kind)| Some((item.get(key)?.as_str()?, *kind)));
    let Some((said, mut kind)) = found else {
        let what = "no \"pronunciation\", \"ipa\" or \"alias\" with a string; add one of them";
        return Err(wrong(number, word, what));
    };
    if let Some(alphabet) =
        item.get("alphabet").and_then(Value::as_str).filter(|_| kind == Kind::Any)
    {
        kind = match alphabet.to_ascii_lowercase().as_str() {
            "ipa" => Kind::Ipa,
            "arpabet" | "cmu-arpabet" | "cmu" => Kind::Arpabet,
            _ => return Err(wrong(number, word, "\"alphabet\" must be \"ipa\" or \"arpabet\"")),
        };
    }
    Ok(Raw { number, word, said: said.to_string(), kind })
}

fn lines(text: &str) -> Result<Vec<Raw>, DictionaryError> {
    let mut entries = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((word, said)) = line.split_once('\t') else {
            let what = "no tab; write the word, a tab and the pronunciation, or JSON";
            return Err(wrong(i + 1, line.to_string(), what));
        };
        if entries.len() > ENTRIES_MAX {
            break;
        }
        let (word, said) = (word.trim().to_string(), said.trim().to_string());
        entries.push(Raw { number: i + 1, word, said, kind: Kind::Any });
    }
    Ok(entries)
}

fn wrong(number: usize, word: String, what: &str) -> DictionaryError {
    let word = word.chars().take(40).collect();
    DictionaryError::Entry { number, word, what: what.into() }
}
