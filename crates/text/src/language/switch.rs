//! Which language a text is in, and where it changes.

use std::ops::Range;

use super::{Language, clues};
use crate::normalize::bounded;

/// Points from which a clause counts as clearly in the other language.
const SURE_POINTS: u32 = 4;

/// Evidence in a piece of text.
#[derive(Debug, Default, Clone, Copy)]
struct Evidence {
    spanish: u32,
    english: u32,
    latin_words: usize,
    hindi_words: usize,
}

/// The language that most of a text is in: Hindi by its script, Spanish by its words and letters, else
/// English. At most [`crate::normalize::TEXT_BYTES_MAX`] bytes are read.
pub fn detect(text: &str) -> Language {
    let found = weigh(bounded(text));
    // English words in Hindi are common, so a third of Devanagari is enough.
    if found.hindi_words > 0 && found.hindi_words * 2 >= found.latin_words {
        return Language::Hindi;
    }
    if found.spanish >= 2 && found.spanish > found.english {
        Language::Spanish
    } else {
        Language::English
    }
}

/// Whether a text is clearly not in a language, so that somebody who speaks only that would not follow it: it is in
/// another script, or in the words of another language that is known here. Short texts and single foreign words are
/// no evidence. At most [`crate::normalize::TEXT_BYTES_MAX`] bytes are read.
pub fn is_foreign(text: &str, language: Language) -> bool {
    /// Words, and points of evidence in them, without which nothing is said.
    const WORDS_MIN: usize = 4;
    const POINTS_MIN: u32 = 5;
    let text = bounded(text);
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let (all, devanagari) = (letters().count(), letters().filter(|c| is_devanagari(*c)).count());
    // Latin letters end with the block Latin Extended-B; signs of Devanagari are no letters.
    let latin = letters().filter(|c| *c <= '\u{24f}').count();
    if (all - latin - devanagari) * 2 > all {
        return true;
    }
    let found = weigh(text);
    let enough = found.latin_words >= WORDS_MIN;
    let clear = |other: u32, own: u32| enough && other >= POINTS_MIN && other > 2 * own;
    match language {
        Language::Hindi => devanagari == 0 && clear(found.english.max(found.spanish), 0),
        Language::English => devanagari * 2 > all || clear(found.spanish, found.english),
        Language::Spanish => devanagari * 2 > all || clear(found.english, found.spanish),
    }
}

/// Parts of a text with the language of each, in order and without gaps. `default` is the language where
/// nothing says otherwise. Devanagari is always Hindi; inside Hindi, Latin words are English; between English
/// and Spanish a whole clause changes, and only when it is clear. At most
/// [`crate::normalize::TEXT_BYTES_MAX`] bytes are read.
pub fn spans(text: &str, default: Language) -> Vec<(Range<usize>, Language)> {
    let text = bounded(text);
    let mut found = Vec::new();
    if default == Language::Hindi {
        latin_words(text, &mut found);
    } else {
        let mut at = 0;
        while at < text.len() {
            let devanagari = devanagari_run(&text[at..]);
            if devanagari > 0 {
                push(&mut found, at..at + devanagari, Language::Hindi);
                at += devanagari;
                continue;
            }
            let len = text[at..].find(is_devanagari).unwrap_or(text.len() - at);
            clauses(text, at..at + len, default, &mut found);
            at += len;
        }
    }
    found
}

/// Whether a character is written in Devanagari only.
pub(crate) fn is_devanagari(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{963}' | '\u{966}'..='\u{97f}')
}

/// The bytes of Devanagari at the front, with what stands between its words.
fn devanagari_run(text: &str) -> usize {
    let mut len = 0;
    for (i, c) in text.char_indices() {
        if is_devanagari(c) || len > 0 && is_joiner(c) {
            len = i + c.len_utf8();
        } else if len == 0 || c.is_alphanumeric() {
            break;
        }
    }
    len
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '।' | '॥')
}

/// Hindi with the Latin words in it as English. Signs and figures between stay Hindi, and so do words that
/// belong to figures or addresses ("5 km", "a@b.com").
fn latin_words(text: &str, found: &mut Vec<(Range<usize>, Language)>) {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let space = rest.len() - rest.trim_start().len();
        let end =
            at + space + rest[space..].find(char::is_whitespace).unwrap_or(rest.len() - space);
        let chunk = &text[at + space..end];
        let word = chunk.trim_matches(|c: char| !c.is_alphanumeric() && c != '@' && c != '/');
        let plain = !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '\'' | '’' | '-'))
            && !chunk.contains(['@', '/', '\\', '$', '₹', '€', '£']);
        let counted = text[..at].trim_end().ends_with(|c: char| c.is_numeric());
        if plain && !counted {
            let start = at + space + chunk.find(word).unwrap_or(0);
            push(found, at..start, Language::Hindi);
            push(found, start..start + word.len(), Language::English);
            push(found, start + word.len()..end, Language::Hindi);
        } else {
            push(found, at..end, Language::Hindi);
        }
        at = end;
    }
}

/// Latin text clause by clause.
fn clauses(
    text: &str,
    range: Range<usize>,
    default: Language,
    found: &mut Vec<(Range<usize>, Language)>,
) {
    let mut start = range.start;
    while start < range.end {
        let end = start + clause_len(&text[start..range.end]);
        let clause = &text[start..end];
        let e = weigh(clause);
        let question = clause.contains(['¿', '¡']);
        let language = match default {
            Language::English if e.english == 0 && (e.spanish >= SURE_POINTS || question) => {
                Language::Spanish
            }
            Language::Spanish if e.spanish == 0 && !question && e.english >= SURE_POINTS => {
                Language::English
            }
            other => other,
        };
        push(found, start..end, language);
        start = end;
    }
}

/// The bytes of the first clause with the signs that end it; opening signs begin the next.
fn clause_len(text: &str) -> usize {
    let mut ended = false;
    let mut chars = text.char_indices().peekable();
    let mut words = false;
    while let Some((i, c)) = chars.next() {
        if ended && !matches!(c, '.' | ',' | '!' | '?' | ')' | '"' | '”' | '»' | '’' | '\'') {
            return i;
        }
        words |= c.is_alphanumeric();
        let free = chars.peek().is_none_or(|(_, n)| !n.is_alphanumeric());
        let before_free = !text[..i].ends_with(char::is_alphanumeric);
        match c {
            '¿' | '¡' | '(' | '“' | '«' | '‘' if words => return i,
            '"' | '\'' if before_free && words => return i,
            '"' | '\'' | '.' | ',' | ':' | ';' if free && words => ended = true,
            '!' | '?' | ')' | '”' | '»' | '—' | '–' | '…' | '\n' if words => ended = true,
            _ => {}
        }
    }
    text.len()
}

fn weigh(text: &str) -> Evidence {
    let mut e = Evidence::default();
    if text.contains(['¿', '¡']) {
        e.spanish += 3;
    }
    let inside =
        |c: char| c.is_alphabetic() || is_devanagari(c) || is_joiner(c) || matches!(c, '\'' | '’');
    for word in text.split(|c: char| !inside(c)).filter(|w| w.contains(char::is_alphabetic)) {
        if word.contains(is_devanagari) {
            e.hindi_words += 1;
            continue;
        }
        e.latin_words += 1;
        let (spanish, english) =
            clues::points(word.trim_matches(['\'', '’']).to_lowercase().as_str());
        e.spanish += spanish;
        e.english += english;
    }
    e
}

/// Adds a part, joined to the one before when that is in the same language.
fn push(found: &mut Vec<(Range<usize>, Language)>, range: Range<usize>, language: Language) {
    if range.is_empty() {
        return;
    }
    match found.last_mut() {
        Some((last, l)) if *l == language && last.end == range.start => last.end = range.end,
        _ => found.push((range, language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, default: Language) -> Vec<(&str, &'static str)> {
        spans(text, default).into_iter().map(|(r, l)| (&text[r], l.code())).collect()
    }

    #[test]
    fn detects_whole_texts() {
        for (text, code) in [
            ("Your order is on its way.", "en"),
            ("Su pedido está en camino.", "es"),
            ("¿Hola?", "es"),
            ("Buenos días", "es"),
            ("आपका ऑर्डर रास्ते में है।", "hi"),
            ("मेरा account number block करो please", "hi"),
            ("Say नमस्ते to her and her friends", "en"),
            ("Los Angeles is a city in California", "en"),
            ("", "en"),
            ("12345", "en"),
            ("OK", "en"),
        ] {
            assert_eq!(detect(text).code(), code, "{text}");
        }
    }

    #[test]
    fn switches_by_script_and_by_clear_clauses() {
        use Language::{English, Hindi, Spanish};
        assert_eq!(
            parts("Say नमस्ते जी, it costs $20.", English),
            [("Say ", "en"), ("नमस्ते जी", "hi"), (", it costs $20.", "en")]
        );
        assert_eq!(
            parts("मेरा account 5 km दूर है", Hindi),
            [("मेरा ", "hi"), ("account", "en"), (" 5 km दूर है", "hi")]
        );
        assert_eq!(
            parts("Your order, señor, está listo.", English),
            [("Your order,", "en"), (" señor, está listo.", "es")]
        );
        assert_eq!(
            parts("He said \"buenos días\" to us.", English),
            [("He said ", "en"), ("\"buenos días\"", "es"), (" to us.", "en")]
        );
        assert_eq!(parts("We flew to Los Angeles, La Jolla.", English).len(), 1);
        assert_eq!(
            parts("Hola. How are you today?", Spanish),
            [("Hola.", "es"), (" How are you today?", "en")]
        );
    }

    #[test]
    fn parts_cover_the_text() {
        for default in Language::ALL {
            for text in ["a, b\"c\" ¿d? 'é' नम 5 km", "…", " ", "'", "॥ x"] {
                let parts = parts(text, default);
                assert_eq!(parts.iter().map(|(t, _)| *t).collect::<String>(), text);
            }
        }
    }
}
