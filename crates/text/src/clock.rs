//! Times of the day as callers say them: "half past seven", "at eight", "a las ocho y media".
//!
//! "Eight" may be in the morning or in the evening; whoever asked knows which is meant, so
//! [`Said::nearest`] takes the hours in which it can be. Of several times the last counts.

use jiff::ToSpan;
pub use jiff::civil::Time;

use crate::itn::{ItnOptions, itn_with, number_in};
use crate::language::Language;

/// A time that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The time; before noon where the half of the day was not said.
    pub time: Time,
    /// Whether it is clear which half of the day is meant.
    pub is_sure: bool,
}

impl Said {
    /// The time that is meant if it must be from one time to another, both included. Without
    /// bounds people mean hours in which they are awake, 7:00 to 18:59.
    pub fn nearest(self, bounds: Option<(Time, Time)>) -> Time {
        let later = self.time.wrapping_add(12.hours());
        let (from, until) =
            bounds.unwrap_or((Time::constant(7, 0, 0, 0), Time::constant(18, 59, 0, 0)));
        let fits = |time: Time| (from..=until).contains(&time);
        if self.is_sure || fits(self.time) || !fits(later) { self.time } else { later }
    }
}

/// Words that are looked at.
const WORDS_MAX: usize = 120;
/// How many words behind a time may say the half of the day.
const HALF_WORDS_MAX: usize = 4;
/// A number alone is a time in so short a text.
const ALONE_WORDS_MAX: usize = 2;

/// The time in a text, spoken or written.
pub fn find(text: &str, language: Language) -> Option<Said> {
    let options = ItnOptions::new(language).native_digits(false);
    let written = itn_with(text, &options).to_lowercase();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).replace('.', "");
    let words: Vec<String> = written.split_whitespace().take(WORDS_MAX).map(bare).collect();
    (0..words.len()).rev().find_map(|i| at(&words, i, language))
}

fn at(words: &[String], i: usize, language: Language) -> Option<Said> {
    let word = |i: usize| words.get(i).map_or("", String::as_str);
    match word(i) {
        "noon" | "midday" | "mediodía" | "mediodia" if i == 0 || word(i - 1) != "del" => {
            return Some(Said { time: Time::constant(12, 0, 0, 0), is_sure: true });
        }
        "midnight" | "medianoche" => return Some(Said { time: Time::midnight(), is_sure: true }),
        _ => {}
    }
    let half = half_of_day(words.get(i + 1..).unwrap_or_default());
    let (hour, minute) = match word(i).split_once(':') {
        Some((hour, minute)) => (hour.parse().ok()?, minute.parse().ok()?),
        None => {
            let before = i.checked_sub(1).map_or("", word);
            let leads = ["at", "by", "around", "about", "las", "la", "sobre"].contains(&before);
            let closes = ["o'clock", "oclock", "h", "horas", "hrs", "बजे"].contains(&word(i + 1));
            if !(leads || closes || half.is_some() || words.len() <= ALONE_WORDS_MAX) {
                return None;
            }
            (whole_hour(word(i), language)?, 0)
        }
    };
    let time: Time = Time::new(hour, minute, 0, 0).ok()?;
    let is_sure = half.is_some() || hour == 0 || hour > 12;
    let time = match half {
        Some(Half::Before) if hour == 12 => time.wrapping_add(12.hours()),
        Some(Half::After) if (1..12).contains(&hour) => time.wrapping_add(12.hours()),
        _ => time,
    };
    // Twelve without more is noon; the other reading is midnight.
    Some(Said { time, is_sure: is_sure || hour == 12 })
}

fn whole_hour(word: &str, language: Language) -> Option<i8> {
    let is_number = |word: &&str| !["a", "an", "un"].contains(word);
    let number = number_in(Some(word).filter(is_number)?, language)?;
    (1..=24).find(|hour| f64::from(*hour) == number).map(|hour: i8| hour % 24)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Before,
    After,
}

/// The half of the day that is said behind a time, before another number comes.
fn half_of_day(words: &[String]) -> Option<Half> {
    let near = words.iter().take(HALF_WORDS_MAX);
    let mut said = near.take_while(|word| !word.contains(|c: char| c.is_ascii_digit()));
    said.find_map(|word| match word.as_str() {
        "am" | "morning" | "mañana" | "madrugada" | "सुबह" => Some(Half::Before),
        "pm" | "afternoon" | "evening" | "tonight" | "night" | "tarde" | "noche" | "शाम"
        | "रात" => Some(Half::After),
        _ => None,
    })
}

/// A time as it is said.
pub fn say(time: Time, language: Language) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    let of_twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    match (language, minute) {
        (Language::English, _) if (hour, minute) == (12, 0) => "noon".to_owned(),
        (Language::English, 0) => format!("{of_twelve} {}", if hour < 12 { "AM" } else { "PM" }),
        (Language::English, _) => {
            format!("{of_twelve}:{minute:02} {}", if hour < 12 { "AM" } else { "PM" })
        }
        (Language::Spanish, _) => {
            let part = match hour {
                0..=5 => "de la madrugada",
                6..=11 => "de la mañana",
                12 => "del mediodía",
                13..=19 => "de la tarde",
                _ => "de la noche",
            };
            format!("{of_twelve}:{minute:02} {part}")
        }
        (Language::Hindi, _) => format!("{hour}:{minute:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENING: Option<(Time, Time)> =
        Some((Time::constant(13, 0, 0, 0), Time::constant(23, 0, 0, 0)));

    fn meant(text: &str, language: Language, bounds: Option<(Time, Time)>) -> Option<String> {
        let time = find(text, language)?.nearest(bounds);
        Some(time.strftime("%H:%M").to_string())
    }

    #[test]
    fn times_are_found_in_what_callers_say() {
        for (text, by_day, in_the_evening) in [
            ("at eight", "08:00", "20:00"),
            ("half past seven", "07:30", "19:30"),
            ("quarter to nine in the evening", "20:45", "20:45"),
            ("eight thirty pm", "20:30", "20:30"),
            ("at two", "14:00", "14:00"),
            ("noon", "12:00", "12:00"),
            ("a table for four at eight please", "08:00", "20:00"),
            ("seven, no, at eight", "08:00", "20:00"),
            ("20:30", "20:30", "20:30"),
            ("nine o'clock", "09:00", "21:00"),
            ("eight in the morning", "08:00", "08:00"),
            ("eight", "08:00", "20:00"),
            ("12:15", "12:15", "12:15"),
        ] {
            assert_eq!(meant(text, Language::English, None).as_deref(), Some(by_day), "{text}");
            let evening = meant(text, Language::English, EVENING);
            assert_eq!(evening.as_deref(), Some(in_the_evening), "{text}");
        }
        for text in ["", "for two people please", "a table", "25:00", "at ninety", "next week"] {
            assert_eq!(find(text, Language::English), None, "{text}");
        }
    }

    #[test]
    fn spanish_times() {
        for (text, time) in [
            ("a las ocho", "20:00"),
            ("a las nueve y media", "21:30"),
            ("a las dos menos cuarto de la tarde", "13:45"),
            ("a la una", "13:00"),
            ("a las diez de la noche", "22:00"),
            ("a las veintiuna horas", "21:00"),
            ("mañana a las nueve", "21:00"),
        ] {
            assert_eq!(meant(text, Language::Spanish, EVENING).as_deref(), Some(time), "{text}");
        }
        assert_eq!(find("una mesa para dos", Language::Spanish), None);
    }

    #[test]
    fn times_are_said_and_found_again() {
        for language in [Language::English, Language::Spanish] {
            for hour in 1..24 {
                let time = Time::constant(hour, 30, 0, 0);
                let said = say(time, language);
                assert_eq!(find(&said, language).map(|said| said.time), Some(time), "{said}");
            }
        }
        assert_eq!(say(Time::constant(20, 0, 0, 0), Language::English), "8 PM");
    }
}
