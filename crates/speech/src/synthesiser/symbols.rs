//! The acoustic model's symbols: pauses and ARPAbet phones, and their place in
//! a word. Mirrors `training/tts/phones.py`; the model's own list decides ids.

use std::collections::HashMap;

use super::{Pause, SpokenWord, SynthesiserError};

/// Place of a symbol in its word, as the text network was trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Pause = 0,
    Inside = 1,
    Start = 2,
    End = 3,
    Single = 4,
}

/// A sentence as the text network reads it.
#[derive(Debug, Clone, Default)]
pub(super) struct SymbolRow {
    pub ids: Vec<i32>,
    pub places: Vec<i32>,
    /// First symbol and number of symbols of each word.
    pub words: Vec<(usize, usize)>,
    /// Whether each symbol is a pause.
    pub pauses: Vec<bool>,
}

impl SymbolRow {
    fn push(&mut self, id: i32, place: Place) {
        self.ids.push(id);
        self.places.push(place as i32);
        self.pauses.push(place == Place::Pause);
    }
}

/// The model's list of symbols, by name.
#[derive(Debug)]
pub(super) struct SymbolTable {
    ids: HashMap<String, i32>,
}

impl SymbolTable {
    pub(super) fn new(symbols: &[String]) -> Self {
        let ids = symbols.iter().zip(0..).map(|(s, i)| (s.clone(), i)).collect();
        Self { ids }
    }

    /// The first pause symbol that the model lacks, if any.
    pub(super) fn missing_pause(&self) -> Option<&'static str> {
        ["sil", "comma", "period", "question"]
            .into_iter()
            .find(|name| !self.ids.contains_key(*name))
    }

    fn pause(&self, pause: Pause) -> i32 {
        let name = match pause {
            Pause::Comma => "comma",
            Pause::Period => "period",
            Pause::Question => "question",
        };
        self.ids.get(name).copied().unwrap_or(0)
    }

    /// The id of a CMUdict phone; secondary stress is spoken as stress.
    fn phone(&self, phone: &str) -> Option<i32> {
        self.ids.get(phone).or_else(|| self.ids.get(&phone.replace('2', "1"))).copied()
    }

    /// Turns words into symbols between a short silence and a closing pause.
    pub(super) fn row(&self, words: &[SpokenWord]) -> Result<SymbolRow, SynthesiserError> {
        let mut row = SymbolRow::default();
        row.push(self.ids.get("sil").copied().unwrap_or(0), Place::Pause);
        for (index, word) in words.iter().enumerate() {
            row.words.push((row.ids.len(), word.phones.len()));
            for (at, phone) in word.phones.iter().enumerate() {
                let id = self.phone(phone).ok_or_else(|| SynthesiserError::UnknownPhone {
                    word: word.text.clone(),
                    phone: phone.clone(),
                })?;
                row.push(id, place(at, word.phones.len()));
            }
            let last = index + 1 == words.len();
            if let Some(pause) = word.after.or(last.then_some(Pause::Period)) {
                row.push(self.pause(pause), Place::Pause);
            }
        }
        Ok(row)
    }
}

fn place(at: usize, length: usize) -> Place {
    match (at, length) {
        (_, 1) => Place::Single,
        (0, _) => Place::Start,
        (at, length) if at + 1 == length => Place::End,
        _ => Place::Inside,
    }
}
