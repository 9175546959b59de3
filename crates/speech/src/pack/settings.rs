//! `pack.yaml`: what the files of a pack cannot say themselves. It may be missing.
//!
//! One `key: value` on a line, `#` begins a comment: the flat part of YAML, and no more of it.

use std::collections::BTreeMap;

use super::files::{self, Folder, Weights};
use super::{PackError, PackErrorKind};
use crate::transducer::SearchMethod;

/// The file's name.
const FILE: &str = "pack.yaml";
/// Longest value, characters.
const VALUE_CHARS_MAX: usize = 500;

/// What `pack.yaml` sets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub name: Option<String>,
    pub licence: Option<String>,
    pub search: SearchMethod,
    pub weights: Weights,
    pub sample_scale: f32,
    /// Names of files by part.
    pub files: BTreeMap<&'static str, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: None,
            licence: None,
            search: SearchMethod::Greedy,
            weights: Weights::Usual,
            sample_scale: 1.0,
            files: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Reads the folder's `pack.yaml`; without one, everything is as usual.
    pub fn read(folder: &Folder) -> Result<Self, PackError> {
        let Some(path) = folder.named(FILE) else { return Ok(Self::default()) };
        let text = files::read_text(&path)?;
        Self::parse(&text)
            .map_err(|(line, why)| PackError::new(path, PackErrorKind::Settings { line, why }))
    }

    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut settings = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.split_once(" #").map_or(line, |(before, _)| before).trim_end();
            if line.trim().is_empty() || line.starts_with('#') || line == "---" {
                continue;
            }
            settings.set(line).map_err(|why| (index + 1, why))?;
        }
        Ok(settings)
    }

    fn set(&mut self, line: &str) -> Result<(), String> {
        let (key, value) =
            line.split_once(':').ok_or("a line is `key: value`; lists and blocks are not read")?;
        let value = value.trim().trim_matches(['"', '\'']).to_string();
        if value.is_empty() || value.chars().count() > VALUE_CHARS_MAX {
            return Err(format!("`{key}` needs a value of at most {VALUE_CHARS_MAX} characters"));
        }
        let oneof = |choices: &str| format!("`{key}` is one of {choices}, not {value:?}");
        match key {
            "name" => self.name = Some(value),
            "licence" | "license" => self.licence = Some(value),
            "search" => {
                self.search = match value.as_str() {
                    "greedy" => SearchMethod::Greedy,
                    "beam" => SearchMethod::Beam,
                    _ => return Err(oneof("greedy, beam")),
                }
            }
            "weights" => {
                self.weights = match value.as_str() {
                    "float" => Weights::Float,
                    "int8" => Weights::Int8,
                    _ => return Err(oneof("float, int8")),
                }
            }
            "samples" => {
                self.sample_scale = match value.as_str() {
                    "unit" => 1.0,
                    "int16" => 32_768.0,
                    _ => return Err(oneof("unit, int16")),
                }
            }
            _ => {
                let parts = [
                    files::ENCODER,
                    files::DECODER,
                    files::JOINER,
                    files::TOKENS,
                    files::VAD,
                    files::PIPER,
                    files::VOCODER,
                ];
                let part = parts.iter().find(|part| part.name == key).ok_or_else(|| {
                    format!(
                        "unknown key `{key}`; known are name, licence, search, weights, samples, \
                         encoder, decoder, joiner, tokens, vad, voice, vocoder"
                    )
                })?;
                self.files.insert(part.name, value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_flat_keys_and_comments() {
        let text = "# ours\n---\nname: \"Small one\"\nlicence: Apache-2.0 # stated by its card\n\n\
                    search: beam\nweights: float\nsamples: int16\nencoder: e.onnx\n";
        let settings = Settings::parse(text).expect("settings");
        assert_eq!(settings.name.as_deref(), Some("Small one"));
        assert_eq!(settings.licence.as_deref(), Some("Apache-2.0"));
        assert_eq!(settings.search, SearchMethod::Beam);
        assert_eq!((settings.weights, settings.sample_scale), (Weights::Float, 32_768.0));
        assert_eq!(settings.files.get("encoder").map(String::as_str), Some("e.onnx"));
        assert_eq!(Settings::parse(""), Ok(Settings::default()));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, line) in [
            ("name", 1),
            ("name:", 1),
            ("\nsearch: quick", 2),
            ("weights: 4bit", 1),
            ("samples: loud", 1),
            ("name: a\nencoders: b", 2),
            ("  - a", 1),
        ] {
            assert_eq!(Settings::parse(text).expect_err(text).0, line, "{text:?}");
        }
    }
}
