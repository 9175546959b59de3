//! The languages that the rules know, and which of them a text is in.
//!
//! A [`Language`] is named by a tag ([`Language::from_code`]). Regions and variants of a language are
//! read and forgotten: "es-MX" and "es-ES" are the same Spanish here. [`detect`] tells the language of a
//! whole text, [`spans`] where it changes inside one, [`is_foreign`] whether a text is clearly in another. All
//! look at the script first, then at function words and letters; they know no other languages, and when in
//! doubt they stay with English or the default.

mod clues;
mod switch;

pub(crate) use switch::is_devanagari;
pub use switch::{detect, is_foreign, spans};

/// A language that is written or spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English; decimal point, dollars by default.
    #[default]
    English,
    /// Spanish; decimal comma, the long scale ("un billón" is ten to the twelfth).
    Spanish,
    /// Hindi in Devanagari; lakh and crore, the fractions "सवा", "डेढ़", "ढाई".
    Hindi,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::English, Self::Spanish, Self::Hindi];

    /// The language of a tag such as "en", "es-MX" or "hi_IN", in any case; `None` for others.
    pub fn from_code(code: &str) -> Option<Self> {
        let main = code.split(['-', '_']).next().unwrap_or(code);
        match main.trim().to_ascii_lowercase().as_str() {
            "en" | "english" => Some(Self::English),
            "es" | "spanish" => Some(Self::Spanish),
            "hi" | "hindi" => Some(Self::Hindi),
            _ => None,
        }
    }

    /// The two letters of ISO 639-1: "en", "es", "hi".
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::Hindi => "hi",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_name_languages() {
        for language in Language::ALL {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        for (code, language) in [
            ("hi-IN", Some(Language::Hindi)),
            ("es_MX", Some(Language::Spanish)),
            ("EN-us", Some(Language::English)),
            ("fr", None),
            ("", None),
        ] {
            assert_eq!(Language::from_code(code), language, "{code}");
        }
    }
}
