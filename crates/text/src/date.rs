//! Calendar dates as callers say them: "next Tuesday", "the third of May", "in two weeks", "5/3/1980".
//!
//! What today is comes in as data. Of several dates the last counts, because callers correct
//! themselves; a weekday beside a date with its month adds nothing to it. A stretch of days
//! ("next week") is no date, nor is one that is ruled out ("not Monday").

mod words;

pub use jiff::civil::Date;

use jiff::civil::Weekday;
use jiff::{Span, ToSpan};

use crate::itn::{ItnOptions, itn_with};
use crate::language::Language;
use words::{Names, names};

/// On which side of today a date without its year lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Today or after it.
    Ahead,
    /// Today or before it.
    Behind,
}

/// A date that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The day.
    pub date: Date,
    /// Whether its year was said.
    pub has_year: bool,
}

/// Words that are looked at.
const WORDS_MAX: usize = 120;
/// Years that dates of calls are in.
const YEARS: std::ops::RangeInclusive<i16> = 1880..=2200;
/// A year of two digits is of this century up to so many years ahead, else of the last.
const SHORT_YEARS_AHEAD: i16 = 10;
/// Most days, weeks or months that are counted from today.
const COUNT_MAX: i64 = 500;

/// The date in a text, spoken or written.
pub fn find(text: &str, language: Language, side: Side, today: Date) -> Option<Said> {
    let words = tokens(text, language);
    let names = names(language);
    let is_correction = |word: &String| names.corrections.contains(&word.as_str());
    let parts: Vec<&[String]> = words.split(is_correction).collect();
    let reader = |words| Reader { words, names, side, today };
    parts.into_iter().rev().find_map(|words| reader(words).best())
}

/// The words in lower case; numbers in figures, Spanish without accents.
fn tokens(text: &str, language: Language) -> Vec<String> {
    let options = ItnOptions::new(language).native_digits(false);
    let written = itn_with(text, &options).to_lowercase();
    let bare = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if language == Language::Spanish { fold(word) } else { word.to_owned() }
    };
    written.split_whitespace().take(WORDS_MAX).map(bare).filter(|word| !word.is_empty()).collect()
}

fn fold(word: &str) -> String {
    let plain = |c| match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        c => c,
    };
    word.chars().map(plain).collect()
}

/// How much of a date is said: a day with its month beats a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Counted,
    Named,
}

struct Reader<'a> {
    words: &'a [String],
    names: &'a Names,
    side: Side,
    today: Date,
}

impl Reader<'_> {
    /// The last of the dates that say most.
    fn best(&self) -> Option<Said> {
        let mut found: Option<(Worth, Said)> = None;
        let (mut i, mut denied) = (0, false);
        while i < self.words.len() {
            denied |= self.is(i, self.names.denials);
            match self.at(i) {
                Some((worth, said, used)) => {
                    let is_denied = std::mem::take(&mut denied);
                    if !is_denied && found.is_none_or(|(best, _)| worth >= best) {
                        found = Some((worth, said));
                    }
                    i += used.max(1);
                }
                None => i += 1,
            }
        }
        found.map(|(_, said)| said)
    }

    fn at(&self, i: usize) -> Option<(Worth, Said, usize)> {
        let named = self.numeric(i).or_else(|| self.month_first(i)).or_else(|| self.day_first(i));
        if let Some((said, used)) = named {
            return Some((Worth::Named, said, used));
        }
        if let Some((said, used)) = self.bare_day(i) {
            return Some((Worth::Named, said, used));
        }
        let (date, used) = self.counted(i).or_else(|| self.relative(i))?;
        Some((Worth::Counted, Said { date, has_year: true }, used))
    }

    fn word(&self, i: usize) -> &str {
        self.words.get(i).map_or("", String::as_str)
    }

    fn is(&self, i: usize, among: &[&str]) -> bool {
        among.contains(&self.word(i))
    }

    fn month(&self, i: usize) -> Option<i8> {
        let index = self.names.months.iter().position(|names| self.is(i, names))?;
        i8::try_from(index + 1).ok()
    }

    fn weekday(&self, i: usize) -> Option<Weekday> {
        let index = self.names.weekdays.iter().position(|names| self.is(i, names))?;
        Weekday::from_monday_zero_offset(i8::try_from(index).ok()?).ok()
    }

    /// "12", "12th", "twelfth", "twenty first": the day of a month and how many words it takes.
    fn day(&self, i: usize) -> Option<(i8, usize)> {
        let word = self.word(i);
        let ordinal = |word: &str| {
            let index = self.names.ordinals.iter().position(|name| *name == word)?;
            i8::try_from(index + 1).ok()
        };
        if let Some(day) = ordinal(word) {
            return Some((day, 1));
        }
        let bare = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
        let day: i8 = bare.unwrap_or(word).parse().ok()?;
        let tens = (day == 20 || day == 30).then(|| ordinal(self.word(i + 1))).flatten();
        match tens.filter(|unit| *unit < 10) {
            Some(unit) if (1..=31).contains(&(day + unit)) => Some((day + unit, 2)),
            _ => (1..=31).contains(&day).then_some((day, 1)),
        }
    }

    fn is_ordinal(&self, i: usize) -> bool {
        let word = self.word(i);
        let has_end = ["st", "nd", "rd", "th"].iter().any(|end| word.ends_with(end));
        has_end && word.starts_with(|c: char| c.is_ascii_digit())
            || self.names.ordinals.contains(&word)
    }

    /// A year of four digits, or of two behind a day.
    fn year(&self, i: usize) -> Option<i16> {
        let word = self.word(i).trim_start_matches('\'');
        if word.len() != 2 && word.len() != 4 || !word.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.full_year(word.parse().ok()?)
    }

    fn full_year(&self, year: i16) -> Option<i16> {
        let full = match year {
            0..=99 => {
                let this_century = self.today.year() / 100 * 100 + year;
                let is_near = this_century <= self.today.year() + SHORT_YEARS_AHEAD;
                if is_near { this_century } else { this_century - 100 }
            }
            _ => year,
        };
        YEARS.contains(&full).then_some(full)
    }

    fn skip(&self, mut i: usize) -> usize {
        while self.is(i, self.names.between) {
            i += 1;
        }
        i
    }

    /// "May 3 1980", "May the third".
    fn month_first(&self, i: usize) -> Option<(Said, usize)> {
        let month = self.month(i)?;
        let at = self.skip(i + 1);
        let (day, used) = self.day(at)?;
        self.with_year(day, month, i, at + used)
    }

    /// "the third of May 1980", "15 de mayo de 1980".
    fn day_first(&self, i: usize) -> Option<(Said, usize)> {
        let (day, used) = self.day(i)?;
        let at = self.skip(i + used);
        self.with_year(day, self.month(at)?, i, at + 1)
    }

    fn with_year(&self, day: i8, month: i8, from: usize, to: usize) -> Option<(Said, usize)> {
        let at = self.skip(to);
        match self.year(at) {
            Some(year) => {
                let date = Date::new(year, month, day).ok()?;
                Some((Said { date, has_year: true }, at + 1 - from))
            }
            None => {
                let date = self.nearest_year(day, month)?;
                Some((Said { date, has_year: false }, to - from))
            }
        }
    }

    /// "2026-05-03", "5/3/1980", "5/3".
    fn numeric(&self, i: usize) -> Option<(Said, usize)> {
        let word = self.word(i);
        if let Ok(date) = word.parse::<Date>() {
            return YEARS.contains(&date.year()).then_some((Said { date, has_year: true }, 1));
        }
        let parts: Vec<i16> = word
            .split(['/', '.', '-'])
            .map(|part| part.parse().ok().filter(|_| part.len() <= 4))
            .collect::<Option<_>>()?;
        let (first, second) =
            (i8::try_from(*parts.first()?).ok()?, i8::try_from(*parts.get(1)?).ok()?);
        let is_month_first = self.names.month_first && first <= 12 || second > 12;
        let (day, month) = if is_month_first { (second, first) } else { (first, second) };
        match parts[..] {
            [_, _, year] => {
                let date = Date::new(self.full_year(year)?, month, day).ok()?;
                Some((Said { date, has_year: true }, 1))
            }
            // "3.5" is a number and "3-4" may be anything.
            [_, _] if word.contains('/') => {
                let date = self.nearest_year(day, month)?;
                Some((Said { date, has_year: false }, 1))
            }
            _ => None,
        }
    }

    /// "the fifteenth", "el 15": of the nearest month that has it.
    fn bare_day(&self, i: usize) -> Option<(Said, usize)> {
        if !self.is(i, self.names.article) {
            return None;
        }
        let mut at = i + 1;
        while self.is(at, self.names.article) {
            at += 1;
        }
        let (day, used) = self.day(at)?;
        // "the second floor" is no day.
        let closes = ["", "please", "at", "in", "would", "works", "is", "if", "or", "then", "por"];
        let alone = closes.contains(&self.word(at + used));
        let is_day = self.is_ordinal(at) || !self.names.month_first;
        if !alone || !is_day {
            return None;
        }
        let months = 0..12;
        let date = months.into_iter().find_map(|n| {
            let n = if self.side == Side::Ahead { n } else { -n };
            let month = self.today.first_of_month().checked_add(n.months()).ok()?;
            let date = Date::new(month.year(), month.month(), day).ok()?;
            self.fits(date).then_some(date)
        })?;
        Some((Said { date, has_year: false }, at + used - i))
    }

    fn fits(&self, date: Date) -> bool {
        match self.side {
            Side::Ahead => date >= self.today,
            Side::Behind => date <= self.today,
        }
    }

    fn nearest_year(&self, day: i8, month: i8) -> Option<Date> {
        // A leap day comes again within eight years.
        (0..=8).find_map(|n| {
            let n = if self.side == Side::Ahead { n } else { -n };
            let date = Date::new(self.today.year() + n, month, day).ok()?;
            self.fits(date).then_some(date)
        })
    }

    fn number(&self, i: usize) -> Option<i64> {
        let word = self.word(i);
        let named = self.names.numbers.iter().position(|names| names.contains(&word));
        let number = named.and_then(|index| i64::try_from(index + 1).ok());
        number.or_else(|| word.parse().ok()).filter(|number| (1..=COUNT_MAX).contains(number))
    }

    /// "in two weeks", "three days ago", "a week from Monday", "hace tres días".
    fn counted(&self, i: usize) -> Option<(Date, usize)> {
        let back_first = self.is(i, self.names.ago);
        let ahead_first = self.is(i, self.names.within);
        let mut at = i + usize::from(back_first || ahead_first);
        at = self.skip(at);
        let count = self.number(at)?;
        let unit = |i: usize, count: i64| -> Option<Span> {
            let names = self.names;
            let units = [names.day, names.week, names.month];
            match units.iter().position(|unit| self.is(i, unit))? {
                0 => Some(count.days()),
                1 => Some(count.weeks()),
                _ => Some(count.months()),
            }
        };
        let span = unit(at + 1, count)?;
        let used = at + 2 - i;
        if self.is(at + 2, self.names.ago) || back_first {
            let date = self.today.checked_sub(span).ok()?;
            return Some((date, used + usize::from(!back_first)));
        }
        if self.word(at + 2) == "from" {
            let (from, more) = match self.word(at + 3) {
                "now" => (self.today, 1),
                _ => self.relative(at + 3)?,
            };
            return Some((from.checked_add(span).ok()?, used + 1 + more));
        }
        ahead_first.then(|| self.today.checked_add(span).ok()).flatten().map(|date| (date, used))
    }

    /// "tomorrow", "the day after tomorrow", "next Monday", "Monday next week".
    fn relative(&self, i: usize) -> Option<(Date, usize)> {
        let names = self.names;
        if self.is(i, names.today) {
            return Some((self.today, 1));
        }
        if self.is(i, names.yesterday) {
            return Some((self.today.yesterday().ok()?, 1));
        }
        if self.is(i, names.after_tomorrow) && self.is(i + 1, names.tomorrow) {
            return Some((self.today.checked_add(2.days()).ok()?, 2));
        }
        if self.is(i, names.tomorrow) {
            return Some((self.today.tomorrow().ok()?, 1));
        }
        let is_next = self.is(i, names.next);
        let is_last = self.is(i, names.last);
        let day_at = i + usize::from(is_next || is_last);
        let Some(weekday) = self.weekday(day_at) else { return self.next_week_on(i) };
        let behind = self.after(day_at + 1);
        let used = day_at + 1 - i;
        if is_last || behind == Some(After::Last) {
            let date = self.today.nth_weekday(-1, weekday).ok()?;
            return Some((date, used + usize::from(behind.is_some())));
        }
        match behind {
            Some(After::NextWeek(more)) => Some((self.of_next_week(weekday)?, used + more)),
            _ if is_next || behind == Some(After::Next) => {
                Some((self.of_next_week(weekday)?, used + usize::from(!is_next)))
            }
            _ if self.side == Side::Behind => {
                Some((self.today.nth_weekday(-1, weekday).ok()?, used))
            }
            _ => Some((self.today.nth_weekday(1, weekday).ok()?, used)),
        }
    }

    /// What stands behind a weekday and moves it.
    fn after(&self, i: usize) -> Option<After> {
        let names = self.names;
        if self.is(i, names.next) && self.is(i + 1, names.week) {
            return Some(After::NextWeek(2));
        }
        let of_week = self.skip(i);
        if of_week > i {
            // "el lunes de la próxima semana"
            let at = of_week + usize::from(matches!(self.word(of_week), "la"));
            let is_next = matches!(self.word(at), "proxima" | "next");
            if is_next && self.is(at + 1, names.week) {
                return Some(After::NextWeek(at + 2 - i));
            }
        }
        if self.word(i) == "que" && self.word(i + 1) == "viene" {
            return Some(After::NextWeek(2));
        }
        // English says "next" behind a weekday only with something else: "Monday next door".
        if names.month_first {
            return None;
        }
        if self.is(i, names.next) {
            return Some(After::Next);
        }
        self.is(i, names.last).then_some(After::Last)
    }

    /// "next week on Monday", "next week Monday".
    fn next_week_on(&self, i: usize) -> Option<(Date, usize)> {
        let is_next = self.is(i, self.names.next) || self.word(i) == "proxima";
        if !is_next || !self.is(i + 1, self.names.week) {
            return None;
        }
        let at = self.skip(i + 2);
        Some((self.of_next_week(self.weekday(at)?)?, at + 1 - i))
    }

    /// This weekday of the week that begins on the next Monday.
    fn of_next_week(&self, weekday: Weekday) -> Option<Date> {
        let monday = self.today.nth_weekday(1, Weekday::Monday).ok()?;
        monday.checked_add(i64::from(weekday.to_monday_zero_offset()).days()).ok()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    NextWeek(usize),
    Next,
    Last,
}

/// How far from today a weekday says more than a year, days.
const NEAR_DAYS: i64 = 200;

/// A date as it is said: with its weekday where it is near, else with its year.
pub fn say(date: Date, language: Language, today: Date) -> String {
    let month = words::month(language, date.month());
    let day = date.day();
    let away = today.until(date).map_or(i64::MAX, |span| i64::from(span.get_days()).abs());
    let weekday = words::weekday(language, date.weekday());
    match (language, away <= NEAR_DAYS) {
        (Language::English, true) => format!("{weekday}, {month} {day}"),
        (Language::English, false) => format!("{month} {day}, {}", date.year()),
        (Language::Spanish, true) => format!("{weekday} {day} de {month}"),
        (Language::Spanish, false) => format!("{day} de {month} de {}", date.year()),
        (Language::Hindi, true) => format!("{weekday}, {day} {month}"),
        (Language::Hindi, false) => format!("{day} {month} {}", date.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    const TODAY: Date = jiff::civil::date(2026, 11, 25);

    fn ahead(text: &str, language: Language) -> Option<String> {
        find(text, language, Side::Ahead, TODAY).map(|said| said.date.to_string())
    }

    #[test]
    fn dates_are_found_in_what_callers_say() {
        for (text, date) in [
            ("tomorrow", "2026-11-26"),
            ("could I come the day after tomorrow", "2026-11-27"),
            ("on Friday please", "2026-11-27"),
            ("Friday", "2026-11-27"),
            ("next Tuesday", "2026-12-01"),
            ("next Friday", "2026-12-04"),
            ("Monday next week", "2026-11-30"),
            ("next week on Thursday", "2026-12-03"),
            ("Wednesday", "2026-12-02"),
            ("in two weeks", "2026-12-09"),
            ("a week from Monday", "2026-12-07"),
            ("ten days from now", "2026-12-05"),
            ("in a month", "2026-12-25"),
            ("the third of May", "2027-05-03"),
            ("May third", "2027-05-03"),
            ("may the third", "2027-05-03"),
            ("December twenty first", "2026-12-21"),
            ("the twenty first of december twenty twenty eight", "2028-12-21"),
            ("the fifteenth would be good", "2026-12-15"),
            ("the thirty first", "2026-12-31"),
            ("5/3/1980", "1980-05-03"),
            ("25/3/1980", "1980-03-25"),
            ("1980-05-03", "1980-05-03"),
            ("March fifth nineteen eighty", "1980-03-05"),
            ("the fifth of March, nineteen sixty two.", "1962-03-05"),
            ("it's july 4 85", "1985-07-04"),
            ("Monday the seventh of December", "2026-12-07"),
            ("the seventh of December, a Monday", "2026-12-07"),
            ("Monday, no, Tuesday", "2026-12-01"),
            ("the third of May, sorry, the fourth of May", "2027-05-04"),
            ("December first no wait tomorrow", "2026-11-26"),
            ("Tuesday, not Monday", "2026-12-01"),
            ("not tomorrow but Friday", "2026-11-27"),
            ("February 29", "2028-02-29"),
        ] {
            assert_eq!(ahead(text, Language::English).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "next week",
            "not tomorrow",
            "whenever",
            "may I ask something",
            "one second please",
            "the second floor",
            "the first available",
            "four two seven one",
            "at three",
            "February 30",
            "in a week or so I guess 99999999999999999999",
            "3.5",
            "day",
            "next",
        ] {
            let found = ahead(text, Language::English);
            assert!(found.is_none() || text.starts_with("in a week"), "{text}: {found:?}");
        }
    }

    #[test]
    fn spanish_dates() {
        for (text, date) in [
            ("mañana", "2026-11-26"),
            ("pasado mañana por favor", "2026-11-27"),
            ("el viernes", "2026-11-27"),
            ("el próximo martes", "2026-12-01"),
            ("el martes que viene", "2026-12-01"),
            ("el lunes de la próxima semana", "2026-11-30"),
            ("el quince de mayo", "2027-05-15"),
            ("el 3 de mayo de mil novecientos ochenta", "1980-05-03"),
            ("el quince", "2026-12-15"),
            ("en dos semanas", "2026-12-09"),
            ("dentro de tres días", "2026-11-28"),
            ("3/5/1980", "1980-05-03"),
            ("el lunes, no, perdón, el miércoles", "2026-12-02"),
        ] {
            assert_eq!(ahead(text, Language::Spanish).as_deref(), Some(date), "{text}");
        }
        assert_eq!(ahead("la próxima semana", Language::Spanish), None);
    }

    #[test]
    fn hindi_dates() {
        assert_eq!(ahead("15 मई 1980", Language::Hindi).as_deref(), Some("1980-05-15"));
        assert_eq!(ahead("सोमवार को", Language::Hindi).as_deref(), Some("2026-11-30"));
        assert_eq!(ahead("कल", Language::Hindi).as_deref(), Some("2026-11-26"));
    }

    #[test]
    fn dates_behind() {
        for (text, date, has_year) in [
            ("yesterday", "2026-11-24", true),
            ("three days ago", "2026-11-22", true),
            ("on Monday", "2026-11-23", true),
            ("last Friday", "2026-11-20", true),
            ("May third", "2026-05-03", false),
            ("December first", "2025-12-01", false),
            ("the twentieth", "2026-11-20", false),
            ("May third 1980", "1980-05-03", true),
        ] {
            let said = find(text, Language::English, Side::Behind, TODAY);
            let said = said.map(|said| (said.date.to_string(), said.has_year));
            assert_eq!(said, Some((date.to_owned(), has_year)), "{text}");
        }
    }

    #[test]
    fn dates_are_said_and_found_again() {
        for (date, english, spanish) in [
            ("2026-12-01", "Tuesday, December 1", "martes 1 de diciembre"),
            ("1980-05-03", "May 3, 1980", "3 de mayo de 1980"),
        ] {
            let day: Date = date.parse().unwrap();
            assert_eq!(say(day, Language::English, TODAY), english);
            assert_eq!(say(day, Language::Spanish, TODAY), spanish);
        }
        for language in Language::ALL {
            for n in (0..900).step_by(7) {
                let day = TODAY.checked_add(i64::from(n).days()).unwrap();
                let said = say(day, language, TODAY);
                assert_eq!(ahead(&said, language), Some(day.to_string()), "{said}");
            }
        }
    }
}
