//! In which language and on which day words are read and said.

use hearsay_text::clock::{self, Time};
use hearsay_text::date::{self, Date, Side};
use hearsay_text::itn;
use hearsay_text::language::Language;

/// What the value of the same words depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Locale {
    /// The language of the agent who listens and speaks.
    pub language: Language,
    /// Today, where the call is.
    pub today: Date,
}

impl Locale {
    /// The digits in words, in order.
    pub fn digits(self, text: &str) -> String {
        itn::digits_in(text, self.language)
    }

    /// The number in words.
    pub fn number(self, text: &str) -> Option<f64> {
        itn::number_in(text, self.language)
    }

    /// The date in words, and whether its year was said.
    pub fn date(self, text: &str, side: Side) -> Option<date::Said> {
        date::find(text, self.language, side, self.today)
    }

    /// How a date is said that is written `2026-05-03`; `None` for other texts.
    pub fn say_date(self, text: &str) -> Option<String> {
        Some(date::say(text.parse().ok()?, self.language, self.today))
    }

    /// The time of day in words, within the bounds where it can be.
    pub fn time(self, text: &str, bounds: Option<(Time, Time)>) -> Option<Time> {
        clock::find(text, self.language).map(|said| said.nearest(bounds))
    }

    /// How a time is said that is written `19:30`; `None` for other texts.
    pub fn say_time(self, text: &str) -> Option<String> {
        Some(clock::say(text.parse().ok()?, self.language))
    }

    /// How yes and no are said.
    pub fn yes_no(self, yes: bool) -> &'static str {
        match (self.language, yes) {
            (Language::English, true) => "yes",
            (Language::English | Language::Spanish, false) => "no",
            (Language::Spanish, true) => "sí",
            (Language::Hindi, true) => "हाँ",
            (Language::Hindi, false) => "नहीं",
        }
    }
}
