//! Lists of labelled data: JSON lines or tab-separated lines.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Longest manifest, bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A recording with its words.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsrLine {
    /// The WAV file, relative to the manifest.
    pub audio: PathBuf,
    /// What is said in it.
    pub text: String,
    /// Speaker, accent or set.
    #[serde(default)]
    pub group: Option<String>,
    /// Where the part begins, seconds.
    #[serde(default)]
    pub start: Option<f64>,
    /// Where the part ends, seconds.
    #[serde(default)]
    pub end: Option<f64>,
}

/// A recording with the places of its speech.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VadLine {
    /// The WAV file, relative to the manifest.
    pub audio: PathBuf,
    /// Start and end of each stretch of speech, ms.
    pub speech: Vec<(u64, u64)>,
    /// Condition or set.
    #[serde(default)]
    pub group: Option<String>,
}

/// What a caller had said at a pause.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnLine {
    /// The words so far.
    pub text: String,
    /// What the agent waited for, such as `any`, `yes_no` or `digits:4`.
    #[serde(default = "anything")]
    pub expect: String,
    /// Whether the caller had finished.
    pub complete: bool,
    /// How long the caller was silent before going on, ms; of unfinished ones.
    #[serde(default)]
    pub pause_ms: Option<u64>,
}

fn anything() -> String {
    "any".to_string()
}

/// Reads a list of recordings and words; a folder stands for its
/// `reference.tsv`.
pub fn asr(path: &Path) -> Result<(Vec<AsrLine>, PathBuf), String> {
    let path = if path.is_dir() { path.join("reference.tsv") } else { path.to_path_buf() };
    let lines = lines(&path, |fields| {
        let [audio, text, rest @ ..] = fields else {
            return Err("write AUDIO<TAB>TEXT".to_string());
        };
        let seconds = |index: usize| rest.get(index).map(|s| number(s)).transpose();
        let group = rest.first().filter(|group| !group.is_empty());
        Ok(AsrLine {
            audio: PathBuf::from(audio),
            text: (*text).to_string(),
            group: group.map(ToString::to_string),
            start: seconds(1)?,
            end: seconds(2)?,
        })
    })?;
    for (number, line) in &lines {
        let (start, end) = (line.start.unwrap_or(0.0), line.end.unwrap_or(f64::INFINITY));
        if !(start >= 0.0 && end > start) {
            let shown = path.display();
            return Err(format!("{shown}:{number}: {start} to {end} s is no part of a recording"));
        }
    }
    Ok((lines.into_iter().map(|(_, line)| line).collect(), folder(&path)))
}

/// Reads a list of recordings and where their speech is.
pub fn vad(path: &Path) -> Result<(Vec<VadLine>, PathBuf), String> {
    let lines = lines(path, |fields| {
        let [audio, speech, rest @ ..] = fields else {
            return Err("write AUDIO<TAB>START-END,START-END in ms".to_string());
        };
        let parts = speech.split(',').map(str::trim).filter(|part| !part.is_empty());
        let speech = parts.map(stretch).collect::<Result<_, _>>()?;
        let group = rest.first().map(ToString::to_string);
        Ok(VadLine { audio: PathBuf::from(audio), speech, group })
    })?;
    for (number, line) in &lines {
        if let Some((start, end)) = line.speech.iter().find(|(start, end)| start >= end) {
            let shown = path.display();
            return Err(format!("{shown}:{number}: speech from {start} to {end} ms has no length"));
        }
    }
    Ok((lines.into_iter().map(|(_, line)| line).collect(), folder(path)))
}

/// Reads a list of pauses in callers' turns.
pub fn turn(path: &Path) -> Result<Vec<TurnLine>, String> {
    let lines = lines(path, |_| Err("write a JSON object".to_string()))?;
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// The lines of a text file that are not empty, with their numbers.
pub fn text_lines(path: &Path) -> Result<Vec<(usize, String)>, String> {
    let shown = path.display();
    let meta = std::fs::metadata(path)
        .map_err(|e| format!("{shown}: cannot be read ({e}); give an existing file"))?;
    if meta.len() > FILE_BYTES_MAX {
        return Err(format!("{shown}: {} bytes is too long; cut it into parts", meta.len()));
    }
    let bytes = std::fs::read(path).map_err(|e| format!("{shown}: cannot be read ({e})"))?;
    lines_of(&shown.to_string(), bytes)
}

/// As [`text_lines`], of a file's bytes; `shown` names it in errors.
pub fn lines_of(shown: &str, bytes: Vec<u8>) -> Result<Vec<(usize, String)>, String> {
    let text = String::from_utf8(bytes)
        .map_err(|e| format!("{shown}: cannot be read as UTF-8 text ({})", e.utf8_error()))?;
    let lines = text.trim_start_matches('\u{FEFF}').lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let lines: Vec<(usize, String)> =
        lines.map(|(index, line)| (index + 1, line.to_string())).collect();
    if lines.is_empty() {
        return Err(format!("{shown}: there are no lines in it"));
    }
    Ok(lines)
}

/// At most `limit` of the items, spread evenly and always the same.
pub fn spread<T>(items: Vec<T>, limit: Option<usize>) -> Vec<T> {
    let count = items.len();
    let Some(limit) = limit.filter(|limit| *limit < count) else { return items };
    let chosen = |index: usize| index * limit / count != (index + 1) * limit / count;
    items.into_iter().enumerate().filter(|(index, _)| chosen(*index)).map(|(_, i)| i).collect()
}

/// The group of a recording: as written, or the part of its name before `-`.
pub fn group(written: Option<&String>, audio: &Path) -> String {
    if let Some(group) = written.filter(|group| !group.is_empty()) {
        return group.clone();
    }
    let name = audio.file_stem().unwrap_or_default().to_string_lossy();
    name.split_once('-').map_or("rest", |(group, _)| group).to_string()
}

/// Every line as a value: JSON where it begins with a brace, else by its
/// fields. A first line `audio<TAB>...` is a heading.
fn lines<T: DeserializeOwned>(
    path: &Path,
    of_fields: impl Fn(&[&str]) -> Result<T, String>,
) -> Result<Vec<(usize, T)>, String> {
    let mut values = Vec::new();
    for (number, line) in text_lines(path)? {
        let value = if line.trim_start().starts_with('{') {
            serde_json::from_str(&line).map_err(|e| e.to_string())
        } else {
            let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
            if number == 1 && fields.first().is_some_and(|first| *first == "audio") {
                continue;
            }
            of_fields(&fields)
        };
        let value = value.map_err(|e| format!("{}:{number}: {e}", path.display()))?;
        values.push((number, value));
    }
    Ok(values)
}

fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new(".")).to_path_buf()
}

fn number(text: &str) -> Result<f64, String> {
    let number: Result<f64, _> = text.parse();
    number.map_err(|_| format!("`{text}` is no number of seconds"))
}

fn stretch(part: &str) -> Result<(u64, u64), String> {
    let parsed = part
        .split_once('-')
        .and_then(|(start, end)| Some((start.trim().parse().ok()?, end.trim().parse().ok()?)));
    parsed.ok_or_else(|| format!("`{part}` is no START-END in ms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_spread_evenly() {
        let items: Vec<usize> = (0..10).collect();
        assert_eq!(spread(items.clone(), Some(3)), [3, 6, 9]);
        assert_eq!(spread(items.clone(), Some(30)).len(), 10);
        assert_eq!(spread(items.clone(), None).len(), 10);
        assert_eq!(spread(items, Some(0)).len(), 0);
    }

    #[test]
    fn groups_come_from_names_where_none_is_written() {
        assert_eq!(group(Some(&"us".to_string()), Path::new("so-001.wav")), "us");
        assert_eq!(group(None, Path::new("clips/so-001.wav")), "so");
        assert_eq!(group(None, Path::new("one.wav")), "rest");
    }

    #[test]
    fn stretches_of_speech() {
        assert_eq!(stretch("120 - 900"), Ok((120, 900)));
        assert!(stretch("120").is_err());
        assert!(stretch("a-b").is_err());
    }
}
