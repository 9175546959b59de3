//! Every phone symbol that any language is spoken with. English is the ARPAbet of [`super::phone`]; this
//! module adds what Spanish and Hindi need beside it and says which symbols each language uses.
//!
//! A sound that two languages share has one symbol. Vowels end in `1` where stressed and `0` where not;
//! nasal vowels end in `~` and carry no stress. `ʰ` and `ʱ` are symbols of their own behind a stop: the
//! aspirated and the breathy release ("ख" is `k ʰ`, "भ" is `B ʱ`). Secondary stress (`2`) is English only.

use super::phone::PHONES;
use crate::language::Language;

/// The symbols beside ARPAbet: pure vowels, nasal vowels, consonants, releases.
pub const BESIDE_ARPABET: [&str; 39] = [
    // Pure vowels, long in Hindi.
    "a0", "a1", "e0", "e1", "i0", "i1", "o0", "o1", "u0", "u1", //
    // Nasal vowels.
    "a~", "e~", "i~", "o~", "u~", "AH~", "IH~", "UH~", "EH~", "AO~", //
    // Stops without breath; t and d are dental.
    "p", "t", "k", "d", //
    // Spanish approximants, jota, tap, trill and palatals.
    "β", "ɣ", "x", "ɾ", "r", "ɲ", "ʝ", //
    // Hindi retroflexes, the unaspirated affricate, the labial approximant.
    "ʈ", "ɖ", "ɳ", "ɽ", "tɕ", "ʋ", //
    // Aspirated and breathy release of the stop before.
    "ʰ", "ʱ",
];

/// What Spanish is spoken with, Latin American style (without [θ]).
pub const SPANISH: [&str; 34] = [
    "a0", "a1", "e0", "e1", "i0", "i1", "o0", "o1", "u0", "u1", //
    "B", "CH", "d", "DH", "F", "G", "k", "L", "M", "N", "NG", "p", "S", "SH", "t", "W", "x", "Y",
    "β", "ɣ", "ɾ", "r", "ɲ", "ʝ",
];

/// What Hindi is spoken with.
pub const HINDI: [&str; 60] = [
    "a0", "a1", "e0", "e1", "i0", "i1", "o0", "o1", "u0", "u1", //
    "AH0", "AH1", "IH0", "IH1", "UH0", "UH1", "EH0", "EH1", "AO0", "AO1", //
    "a~", "e~", "i~", "o~", "u~", "AH~", "IH~", "UH~", "EH~", "AO~", //
    "B", "d", "F", "G", "HH", "JH", "k", "L", "M", "N", "NG", "p", "S", "SH", "t", "x", "Y", "Z",
    "ZH", "ɣ", "ɲ", "ɾ", "ʈ", "ɖ", "ɳ", "ɽ", "tɕ", "ʋ", "ʰ", "ʱ",
];

/// Every symbol once: ARPAbet first, then [`BESIDE_ARPABET`]. The order does not change between versions;
/// new symbols go to the end.
pub fn symbols() -> impl Iterator<Item = &'static str> {
    PHONES.into_iter().chain(BESIDE_ARPABET)
}

/// The symbols of one language.
pub fn of(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &PHONES,
        Language::Spanish => &SPANISH,
        Language::Hindi => &HINDI,
    }
}

/// Whether a symbol is a vowel, of any stress or nasal.
pub fn is_vowel(symbol: &str) -> bool {
    symbol.ends_with(['0', '1', '2', '~'])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn symbols_are_unique_and_languages_use_only_them() {
        let all: Vec<&str> = symbols().collect();
        let set: HashSet<&str> = all.iter().copied().collect();
        assert_eq!(set.len(), all.len());
        for language in Language::ALL {
            for symbol in of(language) {
                assert!(set.contains(symbol), "{language:?}: {symbol}");
            }
        }
    }

    #[test]
    fn vowels_are_told_by_their_ending() {
        let vowels = symbols().filter(|s| is_vowel(s)).count();
        assert_eq!(vowels, 45 + 20);
    }
}
