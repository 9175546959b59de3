//! Characters that are not said as they stand: accents written apart, wide and fancy forms, emoji, control
//! characters, and the entities of HTML.

use super::Cleaner;

/// What becomes of a character.
pub(super) enum Shown {
    /// It stays.
    Same,
    /// It is written as this.
    As(String),
    /// It is a short pause.
    Pause,
    /// It goes, and its neighbours join.
    Nothing,
    /// It goes, and its neighbours stay apart.
    Gap,
}

/// The accents of the first row of combining marks, with the letters they join and what comes of them
/// (canonical composition for the letters of European languages).
const ACCENTS: [(char, &str, &str); 13] = [
    ('\u{300}', "AEIOUNaeioun", "ÀÈÌÒÙǸàèìòùǹ"),
    ('\u{301}', "AEIOUYCLNRSZaeiouyclnrsz", "ÁÉÍÓÚÝĆĹŃŔŚŹáéíóúýćĺńŕśź"),
    ('\u{302}', "AEIOUCGHJSWYaeioucghjswy", "ÂÊÎÔÛĈĜĤĴŜŴŶâêîôûĉĝĥĵŝŵŷ"),
    ('\u{303}', "ANOIUanoiu", "ÃÑÕĨŨãñõĩũ"),
    ('\u{304}', "AEIOUaeiou", "ĀĒĪŌŪāēīōū"),
    ('\u{306}', "AEGIOUaegiou", "ĂĔĞĬŎŬăĕğĭŏŭ"),
    ('\u{307}', "CEGIZcegz", "ĊĖĠİŻċėġż"),
    ('\u{308}', "AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
    ('\u{30a}', "AUau", "ÅŮåů"),
    ('\u{30b}', "OUou", "ŐŰőű"),
    ('\u{30c}', "CDENRSTZcenrsz", "ČĎĚŇŘŠŤŽčěňřšž"),
    ('\u{327}', "CGKLNRSTcklnrst", "ÇĢĶĻŅŖŞŢçķļņŗşţ"),
    ('\u{328}', "AEIUaeiu", "ĄĘĮŲąęįų"),
];

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A character with the combining marks behind it as one character, and the bytes of those marks. Marks that
/// join nothing are dropped from a Latin letter and kept elsewhere.
pub(super) fn compose(c: char, after: &str) -> Option<(char, usize)> {
    let marks: usize = after.chars().take_while(|&m| is_mark(m)).map(char::len_utf8).sum();
    if marks == 0 || !c.is_alphabetic() {
        return None;
    }
    let mut composed = c;
    for mark in after[..marks].chars() {
        let joined = ACCENTS.iter().find(|a| a.0 == mark).and_then(|(_, letters, whole)| {
            letters.chars().zip(whole.chars()).find(|(l, _)| *l == composed)
        });
        composed = joined.map_or(composed, |(_, w)| w);
    }
    Some((composed, marks))
}

/// What becomes of a character between its neighbours.
pub(super) fn shown(c: char, before: Option<char>, after: Option<char>) -> Shown {
    let as_char = |c: char| Shown::As(c.to_string());
    let plus = |base: char, n: u32| {
        char::from_u32(base as u32 + n).map_or(Shown::Gap, |c| Shown::As(c.to_string()))
    };
    match c {
        '\n' | ' '..='~' => Shown::Same,
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Shown::As(" ".into())
        }
        '\r' => Shown::Nothing,
        '\u{85}' | '\u{2028}' | '\u{2029}' => Shown::As("\n".into()),
        // Joiners shape letters in the scripts of India and of Arabic; elsewhere they only hide.
        '\u{200c}' | '\u{200d}' if before.is_some_and(is_joining_script) => Shown::Same,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => Shown::Nothing,
        '\u{2060}'..='\u{2069}' | '\u{feff}' => Shown::Nothing,
        // What asks for a picture or dresses the character before.
        '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' => Shown::Nothing,
        c if is_mark(c) => Shown::Nothing,
        c if c.is_control() => Shown::Gap,
        '‐' | '‑' => as_char('-'),
        '‼' => as_char('!'),
        '⁇' => as_char('?'),
        // A sign that is a word in text is a picture before the picture selector.
        '©' | '®' | '™' if after == Some('\u{fe0f}') => Shown::Gap,
        '←'..='⇿' | '➔'..='➾' => Shown::Pause,
        'ﬀ' => Shown::As("ff".into()),
        'ﬁ' => Shown::As("fi".into()),
        'ﬂ' => Shown::As("fl".into()),
        'ﬃ' => Shown::As("ffi".into()),
        'ﬄ' => Shown::As("ffl".into()),
        '！'..='～' => plus('!', c as u32 - '！' as u32),
        '①'..='⑳' => Shown::As((c as u32 - '①' as u32 + 1).to_string()),
        '\u{1d400}'..='\u{1d6a3}' => fancy_letter((c as u32 - 0x1d400) % 52),
        '\u{1d7ce}'..='\u{1d7ff}' => plus('0', (c as u32 - 0x1d7ce) % 10),
        c if is_picture(c) => Shown::Gap,
        _ => Shown::Same,
    }
}

/// The letter behind its bold, slanted or double-struck form: 26 capitals, then 26 small ones.
fn fancy_letter(index: u32) -> Shown {
    let base = if index < 26 { u32::from(b'A') + index } else { u32::from(b'a') + index - 26 };
    char::from_u32(base).map_or(Shown::Gap, |c| Shown::As(c.to_string()))
}

fn is_joining_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{900}'..='\u{dff}')
}

/// Emoji, pictographs, drawing characters and private use.
fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{2300}'..='\u{23ff}' | '\u{2500}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' | '\u{1f000}'..='\u{1faff}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// Entities by name, beside the numbered ones.
const ENTITIES: [(&str, &str); 34] = [
    ("amp", "&"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ensp", " "),
    ("emsp", " "),
    ("shy", ""),
    ("mdash", "—"),
    ("ndash", "–"),
    ("hellip", "…"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("bull", ", "),
    ("middot", "·"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("deg", "°"),
    ("euro", "€"),
    ("pound", "£"),
    ("cent", "¢"),
    ("yen", "¥"),
    ("sect", "§"),
    ("times", "×"),
    ("divide", "÷"),
    ("minus", "−"),
    ("plusmn", "±"),
    ("frac12", "½"),
    ("frac14", "¼"),
    ("frac34", "¾"),
];
/// No entity is longer.
const ENTITY_BYTES_MAX: usize = 10;

impl Cleaner<'_> {
    /// `&amp;` and its like. Angle brackets stay only where they compare ("5 &lt; 7"), or they would make tags.
    pub(super) fn entity(&mut self) -> bool {
        let rest = self.rest();
        let Some(end) = rest.bytes().take(ENTITY_BYTES_MAX).position(|b| b == b';') else {
            return false;
        };
        let (name, after) = (&rest[1..end], &rest[end + 1..]);
        let compares = after.starts_with(|c: char| c == ' ' || c.is_ascii_digit());
        let written = match name {
            "lt" if compares => "<".to_string(),
            "gt" if compares => ">".to_string(),
            "lt" | "gt" => " ".to_string(),
            _ => match named(name).map(String::from).or_else(|| numbered(name)) {
                Some(written) => written,
                None => return false,
            },
        };
        self.put(end + 1, &written);
        true
    }
}

fn named(name: &str) -> Option<&'static str> {
    ENTITIES.iter().find(|e| e.0 == name).map(|e| e.1)
}

/// `&#39;` and `&#x27;`: the character, if it is one that is shown.
fn numbered(name: &str) -> Option<String> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    let c = char::from_u32(code)?;
    Some(match shown(c, None, None) {
        Shown::Same if c == '<' || c == '>' => " ".into(),
        Shown::Same => c.to_string(),
        Shown::As(text) => text,
        Shown::Pause => ", ".into(),
        Shown::Nothing | Shown::Gap => String::new(),
    })
}
