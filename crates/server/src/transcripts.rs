//! How transcripts are written: the `transcripts` block of a configuration.

use hearsay_engine::Formatting;
use hearsay_text::itn::{ItnOptions, Language};
use serde::Deserialize;

/// The block as the user wrote it. Every key may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranscriptsFile {
    /// Put in signs and capitals; default true.
    punctuate: Option<bool>,
    /// Write numbers, dates and the like as figures; default true.
    numerals: Option<bool>,
    /// `plain` writes "$5", `cents` writes "$5.00"; default plain.
    money: Option<String>,
    /// `en`, `es` or `hi`; default the agent's language.
    language: Option<String>,
}

/// The block with its values checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcripts {
    punctuate: bool,
    numerals: bool,
    money_cents: bool,
    language: Option<Language>,
}

impl Default for Transcripts {
    fn default() -> Self {
        Self { punctuate: true, numerals: true, money_cents: false, language: None }
    }
}

impl TranscriptsFile {
    /// Checks the values.
    ///
    /// # Errors
    /// One line that names the key and what would be right.
    pub fn resolve(self) -> Result<Transcripts, String> {
        let money_cents = match self.money.as_deref() {
            None | Some("plain") => false,
            Some("cents") => true,
            Some(other) => {
                return Err(format!(
                    "transcripts.money: `{other}` is not known; write plain or cents"
                ));
            }
        };
        let language = match self.language.as_deref() {
            None => None,
            Some(tag) => Some(Language::from_code(tag).ok_or_else(|| {
                format!("transcripts.language: `{tag}` is not known; write en, es or hi")
            })?),
        };
        let punctuate = self.punctuate.unwrap_or(true);
        Ok(Transcripts {
            punctuate,
            numerals: self.numerals.unwrap_or(true),
            money_cents,
            language,
        })
    }
}

impl Transcripts {
    /// For an agent of this language (a tag such as `en-GB`). Figures of a
    /// language without rules stay words.
    pub fn formatting(&self, agent_language: &str) -> Formatting {
        let Some(language) = self.language.or_else(|| Language::from_code(agent_language)) else {
            return Formatting::RAW;
        };
        let options = ItnOptions::new(language).money_cents(self.money_cents);
        Formatting {
            punctuate: self.punctuate && Formatting::of(language).punctuate,
            itn: self.numerals.then_some(options),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agents_language_is_the_default() {
        let all = Transcripts::default();
        assert_eq!(all.formatting("en-GB"), Formatting::default());
        let spanish = all.formatting("es");
        assert!(!spanish.punctuate);
        assert_eq!(spanish.itn.map(|options| options.language), Some(Language::Spanish));
        assert_eq!(all.formatting("xx"), Formatting::RAW);
        let file = TranscriptsFile { language: Some("hi".into()), ..TranscriptsFile::default() };
        let hindi = file.resolve().unwrap().formatting("en");
        assert_eq!(hindi.itn.map(|options| options.language), Some(Language::Hindi));
    }

    #[test]
    fn each_can_be_turned_off() {
        let file = TranscriptsFile {
            punctuate: Some(false),
            numerals: Some(false),
            ..TranscriptsFile::default()
        };
        assert_eq!(file.resolve().unwrap().formatting("en"), Formatting::RAW);
        let file = TranscriptsFile { money: Some("cents".into()), ..TranscriptsFile::default() };
        let options = file.resolve().unwrap().formatting("en").itn;
        assert!(options.is_some_and(|options| options.money_cents));
    }
}
