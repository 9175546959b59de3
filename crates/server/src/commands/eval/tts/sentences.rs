//! What is to be said: plain sentences, or sentences with a human recording.

use std::path::{Path, PathBuf};

use hearsay_text::language::Language;
use serde::Deserialize;

use crate::commands::eval::manifest;

/// Most sentences of a manifest.
const SENTENCES_MAX: usize = 10_000;
/// Longest sentence, characters.
const SENTENCE_CHARS_MAX: usize = 1000;

/// One line as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    text: String,
    #[serde(default)]
    audio: Option<PathBuf>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    voice: Option<String>,
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The line of the manifest, from 1.
    pub line: usize,
    /// The words.
    pub text: String,
    /// A person saying them, relative to the manifest.
    pub recording: Option<PathBuf>,
    /// Their language.
    pub language: Language,
    /// The voice that says this one instead of those asked for.
    pub voice: Option<String>,
}

/// Reads a manifest. Recordings are given with the manifest's folder before them, and are there.
///
/// # Errors
/// One line that names the file and the line.
pub fn read(path: &Path) -> Result<Vec<Sentence>, String> {
    let shown = path.display().to_string();
    let mut sentences = parse(&shown, manifest::text_lines(path)?)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    for sentence in &mut sentences {
        let Some(recording) = &mut sentence.recording else { continue };
        *recording = folder.join(&*recording);
        if !recording.is_file() {
            let (line, missing) = (sentence.line, recording.display());
            return Err(format!(
                "{shown}:{line}: there is no recording {missing}; mend the path, which is \
                 relative to the manifest, or leave it out"
            ));
        }
    }
    Ok(sentences)
}

/// The sentences of a manifest's lines; a first line `text<TAB>...` is a heading.
fn parse(shown: &str, lines: Vec<(usize, String)>) -> Result<Vec<Sentence>, String> {
    let mut sentences = Vec::new();
    for (line, written) in lines {
        let heading = line == 1 && written.starts_with("text\t");
        if heading {
            continue;
        }
        if sentences.len() >= SENTENCES_MAX {
            return Err(format!("{shown}: over {SENTENCES_MAX} sentences; cut it into parts"));
        }
        let sentence = sentence(line, &written).map_err(|e| format!("{shown}:{line}: {e}"))?;
        sentences.push(sentence);
    }
    if sentences.is_empty() {
        return Err(format!("{shown}: there are no sentences in it; write one a line"));
    }
    Ok(sentences)
}

fn sentence(line: usize, written: &str) -> Result<Sentence, String> {
    let written = if written.trim_start().starts_with('{') {
        serde_json::from_str(written).map_err(|e| e.to_string())?
    } else {
        of_fields(written)?
    };
    let text = written.text.trim().to_string();
    if text.is_empty() {
        return Err("the sentence is empty; write TEXT, then <TAB>RECORDING if any".to_string());
    }
    // A NUL ends an argument of another program.
    if text.contains(|c: char| c.is_control()) {
        return Err("there is a control character in the sentence; take it out".to_string());
    }
    let chars = text.chars().count();
    if chars > SENTENCE_CHARS_MAX {
        return Err(format!("{chars} characters; a sentence has at most {SENTENCE_CHARS_MAX}"));
    }
    let code = written.language.filter(|code| !code.trim().is_empty());
    let language = match &code {
        Some(code) => Language::from_code(code)
            .ok_or_else(|| format!("language {code:?} is not known; write en, es or hi"))?,
        None => hearsay_text::language::detect(&text),
    };
    let recording = written.audio.filter(|path| !path.as_os_str().is_empty());
    let voice = written.voice.filter(|voice| !voice.is_empty());
    Ok(Sentence { line, text, recording, language, voice })
}

fn of_fields(line: &str) -> Result<Written, String> {
    let mut fields = line.split('\t').map(str::trim);
    let text = fields.next().unwrap_or_default().to_string();
    let mut next = || fields.next().map(str::to_string);
    let (audio, language, voice) = (next(), next(), next());
    if next().is_some() {
        return Err("write TEXT<TAB>RECORDING<TAB>LANGUAGE<TAB>VOICE, no more fields".to_string());
    }
    Ok(Written { text, audio: audio.map(PathBuf::from), language, voice })
}

#[cfg(test)]
mod tests;
