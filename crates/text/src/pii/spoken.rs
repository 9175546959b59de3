//! Personal data in words: "four one one one ..." and "john at example dot com".

use super::cues::kind_of_digits;
use super::{PiiKind, PiiSpan};
use crate::itn::{Language, digits_in, is_small_number};
use crate::normalize::english::pattern;

pattern!(
    address,
    r"(?i)\b(?:[a-z0-9]+|(?:[a-z0-9] )+[a-z0-9]*)(?: (?:dot|underscore|dash|hyphen) (?:[a-z0-9] )*[a-z0-9]+)* at (?:[a-z0-9] )*[a-z0-9]+(?:(?: dash| hyphen) [a-z0-9]+)*(?: dot (?:(?:[a-z] )+[a-z]\b|[a-z0-9]+))+"
);
pattern!(word, r"[\w']+");

/// Words that carry a digit for certain.
const SURE: [&str; 34] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "double",
    "triple",
    "niner",
    "treble",
];
/// How a language says rows of digits.
struct Said {
    language: Language,
    /// Words that may stand between digits without ending the row.
    between: &'static [&'static str],
    /// Words that make it a sum, which is no secret.
    sums: &'static [&'static str],
}

const LANGUAGES: [Said; 3] = [
    Said {
        language: Language::English,
        between: &[
            "oh", "o", "uh", "um", "er", "dash", "to", "too", "for", "ate", "won", "tree", "fife",
            "and", "then", "hyphen", "space",
        ],
        sums: &["thousand"],
    },
    Said {
        language: Language::Spanish,
        between: &["y", "eh", "este", "guion", "guión", "espacio", "luego", "después"],
        sums: &["mil", "millón", "millones"],
    },
    Said {
        language: Language::Hindi,
        between: &["और", "फिर", "डैश", "डबल"],
        sums: &["हज़ार", "हजार", "लाख", "करोड़"],
    },
];
/// The fewest words of digits that are looked at.
const WORDS_MIN: usize = 3;

impl Said {
    /// Whether a word carries a digit for certain.
    fn is_sure(&self, word: &str) -> bool {
        let spelled = match self.language {
            Language::English => SURE.contains(&word),
            // A lone "una" is an article, and a row of three of them is no number.
            Language::Spanish => {
                !matches!(word, "un" | "una") && is_small_number(word, self.language)
            }
            _ => is_small_number(word, self.language),
        };
        spelled || word.bytes().all(|b| b.is_ascii_digit())
    }

    fn is_zero(&self, word: &str) -> bool {
        self.language == Language::English && matches!(word, "oh" | "o")
    }
}

/// A word: where it is, and in lower case.
type Word = (std::ops::Range<usize>, String);

/// Spoken e-mail addresses and rows of digit words.
pub(super) fn find(text: &str) -> Vec<PiiSpan> {
    let mut spans: Vec<PiiSpan> = address()
        .find_iter(text)
        .map(|m| PiiSpan { kind: PiiKind::Email, range: m.range() })
        .collect();
    let words: Vec<Word> =
        word().find_iter(text).map(|m| (m.range(), m.as_str().to_lowercase())).collect();
    for said in &LANGUAGES {
        spans.extend(rows(text, &words, said));
    }
    spans
}

fn rows(text: &str, words: &[Word], said: &Said) -> Vec<PiiSpan> {
    let mut spans = Vec::new();
    let mut i = 0;
    while i < words.len() {
        if !said.is_sure(&words[i].1) && !said.is_zero(&words[i].1) {
            i += 1;
            continue;
        }
        let mut end = i;
        let (mut last, mut spelled) = (i, 0);
        while end < words.len() {
            let word = words[end].1.as_str();
            if said.is_sure(word) || said.is_zero(word) {
                last = end;
                spelled += usize::from(!word.bytes().all(|b| b.is_ascii_digit()));
            } else if !said.between.contains(&word) {
                break;
            }
            end += 1;
        }
        let range = words[i].0.start..words[last].0.end;
        // Rows written in figures alone are found elsewhere.
        if spelled >= WORDS_MIN && !is_sum(&words[i..=last], said) {
            let figures = digits_in(&text[range.clone()], said.language);
            if let Some(kind) = kind_of_digits(&figures, &text[..range.start]) {
                spans.push(PiiSpan { kind: phone_by_length(kind, figures.len()), range });
            }
        }
        i = end;
    }
    spans
}

/// Whether a row is a sum like "two hundred thousand".
fn is_sum(row: &[Word], said: &Said) -> bool {
    row.iter().any(|(_, word)| said.sums.contains(&word.as_str()))
        || row.iter().filter(|(_, word)| word == "hundred").count() > 1
}

/// Ten spoken digits are a phone number unless something else is known.
fn phone_by_length(kind: PiiKind, figures: usize) -> PiiKind {
    if kind == PiiKind::Number && figures == 10 { PiiKind::Phone } else { kind }
}
