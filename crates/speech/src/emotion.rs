//! How a sentence is felt: the emotions that a voice can be asked for, by name.
//!
//! Each is a change of what the voice does anyway ([`Effect`]): pitch, its range, rate, loudness and brightness, the
//! cues of vocal affect that hold across speakers (Scherer 2003, "Vocal communication of emotion"). It makes no sound;
//! the synthesiser does.

use std::fmt;
use std::str::FromStr;

/// The feeling that a sentence is said with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emotion {
    /// The voice as it is.
    #[default]
    Neutral,
    /// Lively and bright.
    Happy,
    /// Slow and even.
    Calm,
    /// Low and slow.
    Sad,
}

impl Emotion {
    /// Every emotion, the default first.
    pub const ALL: [Emotion; 4] = [Self::Neutral, Self::Happy, Self::Calm, Self::Sad];

    /// Its name, in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Happy => "happy",
            Self::Calm => "calm",
            Self::Sad => "sad",
        }
    }
}

/// What an emotion changes of a voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Mean pitch, semitones.
    pub pitch_semitones: f32,
    /// Factor of the pitch's range around its mean.
    pub range: f32,
    /// Factor of the speed.
    pub speed: f32,
    /// Loudness, dB.
    pub energy_db: f32,
    /// Rise of the spectrum from the lowest to the highest mel band, dB.
    pub tilt_db: f32,
}

impl Emotion {
    /// What it changes.
    pub fn effect(self) -> Effect {
        let effect = |pitch_semitones, range, speed, energy_db, tilt_db| Effect {
            pitch_semitones,
            range,
            speed,
            energy_db,
            tilt_db,
        };
        match self {
            Self::Neutral => effect(0.0, 1.0, 1.0, 0.0, 0.0),
            Self::Happy => effect(2.0, 1.35, 1.07, 3.0, 4.0),
            Self::Calm => effect(-0.8, 0.8, 0.91, -3.0, -3.0),
            Self::Sad => effect(-1.7, 0.6, 0.84, -5.5, -6.0),
        }
    }
}

impl fmt::Display for Emotion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no emotion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("emotion {0:?} is not one of neutral, happy, calm, sad")]
pub struct UnknownEmotion(pub String);

impl FromStr for Emotion {
    type Err = UnknownEmotion;

    /// In any case.
    fn from_str(name: &str) -> Result<Self, UnknownEmotion> {
        let known = Self::ALL.into_iter().find(|e| e.name().eq_ignore_ascii_case(name.trim()));
        known.ok_or_else(|| UnknownEmotion(name.chars().take(NAME_SHOWN_CHARS_MAX).collect()))
    }
}

/// Characters of a wrong name that are repeated in the error.
const NAME_SHOWN_CHARS_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for emotion in Emotion::ALL {
            assert_eq!(emotion.to_string().parse(), Ok(emotion));
            assert_eq!(emotion.name().to_uppercase().parse(), Ok(emotion));
        }
        let error = "angry".parse::<Emotion>().unwrap_err().to_string();
        for part in ["angry", "neutral", "happy", "calm", "sad"] {
            assert!(error.contains(part), "{error}");
        }
    }
}
