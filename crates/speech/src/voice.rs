//! A voice as data: a speaker vector, a style, and what people see of it.
//!
//! Built-in voices stand in the description beside the networks; cloned ones come from [`crate::cloning`] and are stored
//! as the same JSON. It holds no sound and no text.

use serde::{Deserialize, Serialize};

use crate::acoustic::{SPEAKER, STYLE, SpeakerStyle};

/// Longest name of a voice, bytes.
pub const VOICE_NAME_BYTES_MAX: usize = 64;

/// Category of a voice that was made from somebody's recording.
pub const CLONED: &str = "cloned";

/// A voice that can be asked for by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// Its name, as in [`crate::synthesiser::Prosody::voice`].
    pub name: String,
    /// `female`, `male` or `unknown`.
    pub gender: String,
    /// Language code of its recordings, such as `en`; every voice speaks all languages.
    pub language: String,
    /// `professional`, `conversational`, `narrative` or `cloned`.
    #[serde(default)]
    pub category: String,
    /// `telephony` or `high-fidelity`.
    #[serde(default)]
    pub variant: String,
    /// What it was made from.
    pub description: String,
    /// Linear gain from the model's own level to about -20 dBFS.
    pub gain: f32,
    /// Rise of the spectrum from the lowest to the highest mel band, dB: telephone variants are brighter.
    #[serde(default)]
    pub tilt_db: f32,
    /// The speaker encoder's vector, 64 values.
    pub speaker: Vec<f32>,
    /// Mean and spread of log F0, energy, rate.
    pub style: Vec<f32>,
}

impl Voice {
    /// Who speaks, or what is wrong with the vectors.
    ///
    /// # Errors
    /// When a vector has the wrong length or holds something that is no number in a voice's range.
    pub fn speaker_style(&self) -> Result<SpeakerStyle, String> {
        let speaker: [f32; SPEAKER] = sized(&self.speaker, "speaker")?;
        let style: [f32; STYLE] = sized(&self.style, "style")?;
        let sane = speaker.iter().all(|x| x.abs() < 20.0) && style.iter().all(|x| x.abs() < 20.0);
        if !sane {
            return Err(format!("voice {:?}: a value is out of range; make it again", self.name));
        }
        Ok(SpeakerStyle { speaker, style })
    }

    /// Whether a name can be a voice's: letters, digits, `-` and `_`, at most [`VOICE_NAME_BYTES_MAX`].
    pub fn is_name(name: &str) -> bool {
        (1..=VOICE_NAME_BYTES_MAX).contains(&name.len())
            && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    }
}

fn sized<const N: usize>(values: &[f32], what: &str) -> Result<[f32; N], String> {
    values
        .try_into()
        .map_err(|_| format!("{what} has {} values where {N} are needed", values.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice() -> Voice {
        Voice {
            name: "ana".into(),
            gender: "female".into(),
            language: "en".into(),
            category: "cloned".into(),
            variant: String::new(),
            description: String::new(),
            gain: 1.0,
            tilt_db: 0.0,
            speaker: vec![0.5; SPEAKER],
            style: vec![5.0, 0.2, -5.0, 0.0],
        }
    }

    #[test]
    fn a_voice_survives_json() {
        let text = serde_json::to_string(&voice()).unwrap();
        assert_eq!(serde_json::from_str::<Voice>(&text).unwrap(), voice());
        assert!(voice().speaker_style().is_ok());
    }

    #[test]
    fn wrong_vectors_are_refused() {
        let short = Voice { speaker: vec![0.0; 3], ..voice() };
        assert!(short.speaker_style().unwrap_err().contains("3 values"));
        let wild = Voice { style: vec![f32::NAN, 0.0, 0.0, 0.0], ..voice() };
        assert!(wild.speaker_style().is_err());
    }

    #[test]
    fn names_are_plain() {
        assert!(Voice::is_name("anna_2"));
        for bad in ["", "../x", "a b", "a/b", &"x".repeat(65)] {
            assert!(!Voice::is_name(bad), "{bad:?}");
        }
    }
}
