//! Pronunciation dictionaries that clients leave here, in memory, until the server stops.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hearsay_text::g2p::dictionary::PronunciationDictionary;
use hearsay_wire::waves::Dictionary;

use super::error::ApiError;
use crate::http::random_name;

/// Dictionaries that are kept.
const DICTIONARIES_MAX: usize = 200;
/// Words of one dictionary.
const WORDS_MAX: usize = 5000;
/// Words of all dictionaries together.
const WORDS_MAX_IN_ALL: usize = 100_000;
/// Bytes of an id before they are written in hex.
const ID_BYTES: usize = 12;

/// The dictionaries, the oldest first.
#[derive(Default)]
pub struct Dictionaries {
    kept: Mutex<Vec<Kept>>,
}

/// A dictionary as it is shown and as it is used.
struct Kept {
    shown: Dictionary,
    words: Arc<PronunciationDictionary>,
}

impl Dictionaries {
    /// Keeps a new dictionary.
    pub fn add(&self, items: Vec<(String, String)>) -> Result<Dictionary, ApiError> {
        let words = Arc::new(words(&items)?);
        let id = random_name(ID_BYTES).ok_or_else(|| ApiError::internal("no random numbers"))?;
        let shown = Dictionary { id, items, created_at: rfc3339(SystemTime::now()) };
        let mut kept = self.lock();
        if kept.len() >= DICTIONARIES_MAX {
            let message = format!("{DICTIONARIES_MAX} dictionaries are kept; remove one first");
            return Err(ApiError::invalid("items", message));
        }
        room(&kept, None, words.len())?;
        kept.push(Kept { shown: shown.clone(), words });
        Ok(shown)
    }

    /// Gives a dictionary other words. Requests under way keep the ones they began with.
    pub fn change(&self, id: &str, items: Vec<(String, String)>) -> Result<Dictionary, ApiError> {
        let words = Arc::new(words(&items)?);
        let mut kept = self.lock();
        room(&kept, Some(id), words.len())?;
        let own = kept.iter_mut().find(|own| own.shown.id == id).ok_or_else(unknown)?;
        own.shown.items = items;
        own.words = words;
        Ok(own.shown.clone())
    }

    /// Forgets a dictionary.
    pub fn remove(&self, id: &str) -> Result<(), ApiError> {
        let mut kept = self.lock();
        let at = kept.iter().position(|own| own.shown.id == id).ok_or_else(unknown)?;
        kept.remove(at);
        Ok(())
    }

    /// One dictionary.
    pub fn get(&self, id: &str) -> Result<Dictionary, ApiError> {
        let kept = self.lock();
        let own = kept.iter().find(|own| own.shown.id == id).ok_or_else(unknown)?;
        Ok(own.shown.clone())
    }

    /// All of them.
    pub fn all(&self) -> Vec<Dictionary> {
        self.lock().iter().map(|own| own.shown.clone()).collect()
    }

    /// The words of all named dictionaries, later ones in force before earlier ones.
    pub fn merged(&self, ids: &[String]) -> Result<Option<Arc<PronunciationDictionary>>, ApiError> {
        let kept = self.lock();
        let find = |id: &String| {
            kept.iter().find(|own| own.shown.id == *id).ok_or_else(|| {
                let message = format!("pronunciation_dicts: there is no dictionary {id:?}");
                ApiError::invalid("pronunciation_dicts", message)
            })
        };
        match ids {
            [] => Ok(None),
            [id] => Ok(Some(find(id)?.words.clone())),
            ids => {
                let mut all = Vec::new();
                for id in ids {
                    all.extend(find(id)?.shown.items.iter().cloned());
                }
                words(&all).map(|words| Some(Arc::new(words)))
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown() -> ApiError {
    ApiError::not_found("there is no dictionary with this id")
}

/// Whether this many words more can be kept, those of `instead` being given up.
fn room(kept: &[Kept], instead: Option<&str>, more: usize) -> Result<(), ApiError> {
    let others = kept.iter().filter(|own| Some(own.shown.id.as_str()) != instead);
    let words = others.map(|own| own.words.len()).sum::<usize>() + more;
    if words <= WORDS_MAX_IN_ALL {
        return Ok(());
    }
    let message = format!("items: all dictionaries may have {WORDS_MAX_IN_ALL} words; remove one");
    Err(ApiError::invalid("items", message))
}

fn words(items: &[(String, String)]) -> Result<PronunciationDictionary, ApiError> {
    if items.is_empty() || items.len() > WORDS_MAX {
        let message = format!("items: {} words are not between 1 and {WORDS_MAX}", items.len());
        return Err(ApiError::invalid("items", message));
    }
    let pairs = items.iter().map(|(word, said)| (word.as_str(), said.as_str()));
    PronunciationDictionary::from_pairs(pairs)
        .map_err(|error| ApiError::invalid("items", format!("items: {error}")))
}

/// A time as RFC 3339 writes it, in UTC and whole seconds.
fn rfc3339(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // The Gregorian calendar repeats after 146,097 days; years are counted from March, so that leap days come last.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, shown) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_735_689_600, "2025-01-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)), shown);
        }
    }
}
