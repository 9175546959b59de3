//! Names, postal addresses and dates of birth in what a caller says: personal data that has no shape.
//!
//! A small net ([`crate::word_net`]) looks at the words around each word and says whether it belongs to
//! one of the three kinds. Numbers, which have a shape, are found by the rules of [`hearsay_text::pii`];
//! [`Tagger::find`] gives both together. The net leans towards finding: a word blotted out too many is a
//! nuisance, a name left standing is a leak. It reads words as a recogniser writes them or as people
//! type them; case and accents make no difference. One net is for English, with the commonest phrases of
//! Spanish and of Hindi in Latin letters; a second one for Spanish and for Hindi in Devanagari. Weights come
//! from `training/pii`.

mod devanagari;

use std::ops::Range;
use std::sync::Arc;

use hearsay_text::g2p::without_accents;
use hearsay_text::language::{self, Language};
use hearsay_text::pii::{self, PiiKind, PiiSpan};

use crate::LanguageError;
use crate::word_net::{Features, Net, State};
use devanagari::romanised;

/// How a weight file begins.
const MAGIC: &str = "HPI1";
/// Kinds the net knows: nothing, a name, an address, a date of birth.
const KINDS: usize = 4;
/// A word is personal when the net gives "nothing" less than this; tuned on the development set for recall.
const NOTHING_MIN: f32 = 0.6;
/// Words computed at once; a longer text is computed in windows of this many.
const WINDOW_WORDS_MAX: usize = 1000;
/// Words of the question before an answer that are looked at.
const QUESTION_WORDS: usize = 8;
/// An address goes on over so few words that were not taken for part of it.
const GAP_WORDS: usize = 1;

/// The model of personal data: immutable, one for all calls.
///
/// ```no_run
/// use hearsay_language::personal_data::Tagger;
///
/// let tagger = Tagger::load(&std::fs::read("pii_en.bin")?)?;
/// let tagger = tagger.with_spanish_and_hindi(&std::fs::read("pii_es_hi.bin")?)?;
/// assert_eq!(tagger.redact("this is mary jones"), "this is [NAME_REDACTED]");
/// assert_eq!(tagger.find_in_answer("What is your date of birth?", "may fifth nineteen eighty").len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tagger {
    net: Arc<Net>,
    /// For texts that are not English.
    other: Option<Arc<Net>>,
}

/// A word of a text, as the net knows it.
struct Word {
    range: Range<usize>,
    bare: String,
}

impl Tagger {
    /// Reads the weights of the net for all texts.
    ///
    /// # Errors
    /// When the bytes are no such file.
    pub fn load(bytes: &[u8]) -> Result<Self, LanguageError> {
        Ok(Self { net: Arc::new(net(bytes)?), other: None })
    }

    /// With these weights for texts in Spanish and in Hindi.
    ///
    /// # Errors
    /// When the bytes are no such file.
    pub fn with_spanish_and_hindi(self, bytes: &[u8]) -> Result<Self, LanguageError> {
        Ok(Self { other: Some(Arc::new(net(bytes)?)), ..self })
    }

    /// Personal data of every kind, in order and without overlaps. Any length may be given.
    pub fn find(&self, text: &str) -> Vec<PiiSpan> {
        self.find_in_answer("", text)
    }

    /// As [`Self::find`], of an answer to a question: "the fifth of may" alone is no date of birth,
    /// and after "when were you born" it is.
    pub fn find_in_answer(&self, question: &str, answer: &str) -> Vec<PiiSpan> {
        let mut spans = pii::find(answer);
        // The rules look for what was asked in the words before, too.
        let asked = format!("{question} ");
        let asked = asked
            .get(asked.ceil_char_boundary(asked.len().saturating_sub(200))..)
            .unwrap_or_default();
        let together = format!("{asked}{answer}");
        spans.extend(pii::find(&together).into_iter().filter_map(|span| {
            let start = span.range.start.checked_sub(asked.len())?;
            Some(PiiSpan { kind: span.kind, range: start..span.range.end - asked.len() })
        }));
        let net = self.net_for(&together);
        let asked = words(question);
        let asked = &asked[asked.len().saturating_sub(QUESTION_WORDS)..];
        let mut rest = words(answer);
        while !rest.is_empty() {
            let next = rest.split_off(rest.len().min(WINDOW_WORDS_MAX));
            spans.extend(tagged(net, asked, &rest));
            rest = next;
        }
        pii::merged(spans)
    }

    /// The text with tags such as `[NAME_REDACTED]` in place of personal data.
    pub fn redact(&self, text: &str) -> String {
        pii::replace(text, &self.find(text), PiiKind::tag)
    }

    /// The net for a text's language.
    fn net_for(&self, text: &str) -> &Net {
        match &self.other {
            Some(other) if language::detect(text) != Language::English => other,
            _ => &self.net,
        }
    }
}

fn net(bytes: &[u8]) -> Result<Net, LanguageError> {
    let bad = |what| LanguageError::PersonalData { what };
    let (net, rest) = Net::parse(bytes, MAGIC, &[KINDS]).map_err(bad)?;
    if !rest.is_empty() {
        return Err(bad(format!("{} bytes follow its end", rest.len())));
    }
    Ok(net)
}

/// The net's spans in the words that follow `asked`.
fn tagged(net: &Net, asked: &[Word], words: &[Word]) -> Vec<PiiSpan> {
    let features: Vec<Features> =
        asked.iter().chain(words).map(|word| Features::new(&word.bare)).collect();
    let found = net.advance(&mut State::new(), &features, true);
    let kinds = found[0].as_chunks::<KINDS>().0.iter().map(kind);
    let mut spans: Vec<PiiSpan> = Vec::new();
    let mut last = 0;
    for (n, (word, kind)) in words.iter().zip(kinds.skip(asked.len())).enumerate() {
        let Some(kind) = kind else { continue };
        let gap = if kind == PiiKind::Address { GAP_WORDS } else { 0 };
        match spans.last_mut() {
            Some(span) if span.kind == kind && n - last <= gap + 1 => {
                span.range.end = word.range.end
            }
            _ => spans.push(PiiSpan { kind, range: word.range.clone() }),
        }
        last = n;
    }
    // Letters that are said one by one ("c v v") are no name.
    let is_letters = |range: &Range<usize>| {
        let inside = words
            .iter()
            .filter(|word| range.start <= word.range.start && word.range.end <= range.end);
        inside.into_iter().all(|word| word.bare.len() < 2)
    };
    spans.retain(|span| span.kind != PiiKind::Name || !is_letters(&span.range));
    spans
}

/// What the net says of a word.
fn kind(logits: &[f32; KINDS]) -> Option<PiiKind> {
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let odds = logits.map(|x| (x - most).exp());
    let nothing = odds[0] / odds.iter().sum::<f32>();
    let best = (1..KINDS).fold(1, |best, i| if odds[i] > odds[best] { i } else { best });
    let kind = [PiiKind::Name, PiiKind::Address, PiiKind::BirthDate][best - 1];
    (nothing < NOTHING_MIN).then_some(kind)
}

/// The words of a text: parted by spaces, commas and hyphens, without signs around them.
fn words(text: &str) -> Vec<Word> {
    let parts = |c: char| c.is_whitespace() || matches!(c, ',' | '-');
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split(parts) {
        let trimmed = part.trim_matches(SIGNS);
        if !trimmed.is_empty() {
            let begin = at + part.find(trimmed).unwrap_or(0);
            found.push(Word { range: begin..begin + trimmed.len(), bare: bare(trimmed) });
        }
        at += part.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

const SIGNS: [char; 14] = ['.', ',', '?', '!', ';', ':', '"', '(', ')', '“', '”', '¿', '¡', '।'];

/// Letters without accents, without a possessive.
fn bare(word: &str) -> String {
    let plain = without_accents(&romanised(word));
    plain.strip_suffix("'s").unwrap_or(&plain).to_owned()
}

#[cfg(test)]
mod tests;
