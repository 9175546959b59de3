//! What is said while an answer is late: the `fillers` section of an agent file.
//!
//! It holds the list and its bounds; when one is said is in `call`.

use hearsay_text::language::Language;

use super::error::Place;
use super::fields::Reader;
use super::tree::{Shape, Tree};

/// The filler that is a sound and not a word: a breath taken in.
pub const BREATH: &str = "[breath]";

/// Silence before a filler, ms, unless the file sets another.
const AFTER_MS: u64 = 900;
/// Shortest and longest silence before a filler, ms: sooner it would cover answers that are not late.
const AFTER_MS_RANGE: (u64, u64) = (300, 10_000);
/// Fewest texts: with one alone the same would be said twice in a row.
const TEXTS_MIN: usize = 2;
/// Most texts.
const TEXTS_MAX: usize = 20;
/// Longest text, characters: a filler is a word or two.
const TEXT_CHARS_MAX: usize = 80;

/// Short sounds that cover the silence of a late answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fillers {
    /// Silence after which one is said, ms, 300 to 10000.
    pub after_ms: u64,
    /// What is said in turn: 2 to 20 different texts, or [`BREATH`].
    pub texts: Vec<String>,
}

impl Fillers {
    /// The fillers of a language such as `en` or `es-MX`, if it has any.
    pub(super) fn of(language: &str) -> Option<Self> {
        let texts = match Language::from_code(language)? {
            Language::English => ["Hmm.", "Let me see.", "One moment.", BREATH],
            Language::Spanish => ["Mmm.", "A ver.", "Un momento.", BREATH],
            Language::Hindi => ["हम्म।", "ज़रा देखते हैं।", "एक मिनट।", BREATH],
        };
        Some(Self { after_ms: AFTER_MS, texts: texts.map(str::to_owned).to_vec() })
    }
}

/// Reads `fillers`: `off`, or what differs from the language's own.
pub(super) fn read_fillers(reader: &mut Reader, tree: &Tree, language: &str) -> Option<Fillers> {
    match &tree.value {
        Shape::Flag(false) => return None,
        Shape::Text(word) if word.trim() == "off" => return None,
        Shape::Map(_) => {}
        _ => {
            let what = format!("`fillers` is {}", tree.kind());
            reader.problem(tree.at, what, "write `off`, or a mapping with `after_ms` and `texts`");
            return None;
        }
    }
    let defaults = Fillers::of(language);
    let mut fields = reader.fields(tree, "`fillers`")?;
    let (min, max) = AFTER_MS_RANGE;
    let after_ms =
        fields.take("after_ms").and_then(|tree| reader.whole(tree, "`after_ms`", min, max));
    let texts = fields.take("texts").map(|tree| read_texts(reader, tree));
    fields.finish(reader);
    if texts.is_none() && defaults.is_none() {
        let what = format!("there are no fillers of the language `{language}`");
        reader.problem(tree.at, what, "add `texts:`, or write `fillers: off`");
    }
    let texts = texts.or(defaults.map(|fillers| fillers.texts))?;
    Some(Fillers { after_ms: after_ms.unwrap_or(AFTER_MS), texts })
}

fn read_texts(reader: &mut Reader, tree: &Tree) -> Vec<String> {
    let found = reader.texts(tree, "a filler");
    let count = found.len();
    if !(TEXTS_MIN..=TEXTS_MAX).contains(&count) {
        let what = format!("`texts` holds {count} fillers");
        let cure = format!("write {TEXTS_MIN} to {TEXTS_MAX}, or `fillers: off`");
        reader.problem(tree.at, what, cure);
    }
    let mut texts: Vec<String> = Vec::with_capacity(count.min(TEXTS_MAX));
    for (text, at) in found.into_iter().take(TEXTS_MAX) {
        check_text(reader, &text, at);
        if texts.contains(&text) {
            reader.problem(at, format!("the filler `{text}` is there twice"), "remove one");
        }
        texts.push(text);
    }
    texts
}

fn check_text(reader: &mut Reader, text: &str, at: Place) {
    let chars = text.chars().count();
    if chars > TEXT_CHARS_MAX {
        let what = format!("a filler of {chars} characters is too long");
        reader.problem(at, what, format!("write at most {TEXT_CHARS_MAX}"));
    } else if text.starts_with('[') && text != BREATH {
        let what = format!("the sound `{text}` does not exist");
        reader.problem(at, what, format!("write `\"{BREATH}\"` or words"));
    } else if text.contains(['{', '}']) {
        let what = format!("the filler `{text}` has a placeholder");
        reader.problem(at, what, "write it without: fillers are made before the call");
    }
}
