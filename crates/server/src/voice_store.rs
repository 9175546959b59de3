//! Cloned voices on disk: one JSON file a voice, with the statement of consent beside the vectors.
//!
//! No recording is kept, only the numbers that the synthesiser needs. The folder is `$HEARSAY_VOICES`, or
//! `~/.local/share/hearsay/voices`. Writing goes through [`crate::commands::write_new_voice`], like all writing.

use std::path::{Path, PathBuf};

use hearsay_engine::Models;
use hearsay_speech::cloning::SpeakerEncoder;
use hearsay_speech::voice::Voice;
use serde::{Deserialize, Serialize};

/// Shortest and longest statement of consent, in characters.
const STATEMENT_CHARS: std::ops::RangeInclusive<usize> = 10..=2000;
/// Largest voice file, bytes: the real ones have two thousand.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Voices read from the folder at most.
const FILES_MAX: usize = 5000;

/// A voice with the consent that it may be used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredVoice {
    /// The voice.
    pub voice: Voice,
    /// Who agreed, in their words.
    pub consent: Consent,
}

/// That the speaker agreed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Consent {
    /// The statement as it was given.
    pub statement: String,
    /// When, seconds since 1970.
    pub given_at_unix_s: u64,
}

/// Checks name and statement, and makes the voice from mono samples.
///
/// # Errors
/// One line that says what is missing.
pub fn make(
    encoder: &SpeakerEncoder,
    name: &str,
    statement: &str,
    samples: &[f32],
    rate_hz: u32,
) -> Result<StoredVoice, String> {
    if !Voice::is_name(name) {
        return Err(format!("name {name:?}: use letters, digits, - and _, at most 64"));
    }
    let statement = statement.trim();
    if !STATEMENT_CHARS.contains(&statement.chars().count()) {
        return Err(
            "consent: give the speaker's statement of consent, 10 to 2000 characters, such as \
             \"I, Ana Ruiz, agree that my voice is cloned for the clinic's phone agent\""
                .to_string(),
        );
    }
    let voice = encoder.clone_voice(name, samples, rate_hz).map_err(|e| e.to_string())?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let consent = Consent {
        statement: statement.to_string(),
        given_at_unix_s: now.map_or(0, |since| since.as_secs()),
    };
    Ok(StoredVoice { voice, consent })
}

/// Where voices lie.
pub fn folder() -> Option<PathBuf> {
    if let Some(own) = std::env::var_os("HEARSAY_VOICES") {
        return Some(PathBuf::from(own));
    }
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
    Some(Path::new(&home).join(".local/share/hearsay/voices"))
}

/// Keeps a voice in the folder and lets the models speak with it.
///
/// # Errors
/// When a built-in voice has the name, or the file cannot be written.
pub fn keep(models: &Models, stored: &StoredVoice) -> Result<PathBuf, String> {
    let name = &stored.voice.name;
    let category =
        |v: &std::sync::Arc<Voice>| v.name == *name && v.category != stored.voice.category;
    if models.voices().iter().any(category) {
        return Err(format!("name {name:?} is a built-in voice's; choose another"));
    }
    let folder = folder().ok_or("no home folder; set HEARSAY_VOICES to a folder for voices")?;
    let path = folder.join(format!("{name}.json"));
    let json = serde_json::to_string_pretty(stored).map_err(|e| e.to_string())?;
    crate::commands::write_new_voice(&folder, &path, json.as_bytes())?;
    models.synthesiser.add_voice(stored.voice.clone()).map_err(|e| e.to_string())?;
    Ok(path)
}

/// Adds the folder's voices; a file that is none is named on stderr and left out.
pub fn add_all(models: &Models) {
    let Some(folder) = folder() else { return };
    let Ok(entries) = std::fs::read_dir(&folder) else { return };
    let json = |path: &PathBuf| path.extension().is_some_and(|e| e == "json");
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(json).take(FILES_MAX).collect();
    paths.sort();
    for path in paths {
        if let Err(why) = add(models, &path) {
            eprintln!("hearsay: {}: {why}; the voice is left out", path.display());
        }
    }
}

fn add(models: &Models, path: &Path) -> Result<(), String> {
    let meta = std::fs::metadata(path).map_err(|e| e.to_string())?;
    if meta.len() > FILE_BYTES_MAX {
        return Err(format!("{} bytes are too many for a voice", meta.len()));
    }
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let stored: StoredVoice = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    models.synthesiser.add_voice(stored.voice).map_err(|e| e.to_string())
}
