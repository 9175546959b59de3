//! How Spanish is pronounced, by rules alone: Latin American (c before e and i, and z, are [s]; ll is y).
//!
//! Letters become sounds, weak vowels beside others become glides, stress goes where the spelling says, and
//! b, d, g open between vowels. What stands before a word decides about its first sound, so [`pronounce`]
//! takes it. Foreign words are read by the same rules, but for a short list that everyone says otherwise.

mod letters;
mod lexicon;

use super::inventory::is_vowel;
use letters::Sound;

/// The phones of one word, as [`super::inventory`] names them. `previous` is the last phone of the word
/// before, `None` after a pause or at the beginning. Empty when the word has no letters of Spanish.
pub fn pronounce(word: &str, previous: Option<&str>) -> Vec<&'static str> {
    let lower = word.to_lowercase();
    if is_spelled(word, &lower) {
        return spell(&lower, previous);
    }
    let respelled = lexicon::respelling(&lower);
    let parts = respelled.split(' ').flat_map(|part| match adverb_stem(part) {
        Some(stem) => [stem, "mente"],
        None => [part, ""],
    });
    let mut phones: Vec<&'static str> = Vec::new();
    for part in parts.filter(|p| !p.is_empty()) {
        let before = phones.last().copied().or(previous);
        let sounds = glides(letters::sounds(part));
        let stressed = if lexicon::is_clitic(part) { None } else { stressed(part, &sounds) };
        phones.extend(allophones(&sounds, stressed, before));
    }
    phones
}

/// Whether a word is read letter by letter: a lone consonant, or capitals that cannot be said.
fn is_spelled(word: &str, lower: &str) -> bool {
    let mut letters = lower.chars();
    let (first, second) = (letters.next(), letters.next());
    if second.is_none() {
        return first.is_some_and(|c| c.is_alphabetic() && !"aeiouyáéíóú".contains(c));
    }
    let capitals = word.chars().all(|c| c.is_ascii_uppercase()) && word.len() <= 6;
    capitals && lexicon::is_initialism(lower)
}

/// The names of letters, one after the other.
fn spell(letters: &str, previous: Option<&str>) -> Vec<&'static str> {
    let mut phones: Vec<&'static str> = Vec::new();
    for name in letters.chars().filter_map(lexicon::letter_name) {
        let before = phones.last().copied().or(previous);
        for part in name.split(' ') {
            let sounds = glides(letters::sounds(part));
            let before = phones.last().copied().or(before);
            phones.extend(allophones(&sounds, stressed(part, &sounds), before));
        }
    }
    phones
}

/// The adjective inside an adverb in "-mente", which keeps its own stress.
fn adverb_stem(word: &str) -> Option<&str> {
    let stem = word.strip_suffix("mente")?;
    (stem.chars().count() >= 4 && stem.ends_with(['a', 'e', 'l', 'r', 'z', 'n'])).then_some(stem)
}

/// Makes glides of weak vowels beside other vowels.
fn glides(mut sounds: Vec<Sound>) -> Vec<Sound> {
    let vowel = |s: Option<&Sound>| match s {
        Some(Sound::Vowel { quality, .. }) => Some(*quality),
        _ => None,
    };
    for i in 0..sounds.len() {
        let Sound::Vowel { quality, weak: true, .. } = sounds[i] else { continue };
        let glide = if quality == 'i' { "Y" } else { "W" };
        let next = vowel(sounds.get(i + 1)).is_some_and(|q| q != quality);
        let before = i.checked_sub(1).and_then(|j| vowel(sounds.get(j)));
        if next || before.is_some_and(|q| q != quality) {
            sounds[i] = Sound::Consonant(glide);
        }
    }
    sounds
}

/// Which vowel (counted among the vowels) carries the stress.
fn stressed(word: &str, sounds: &[Sound]) -> Option<usize> {
    let vowels = || sounds.iter().filter(|s| matches!(s, Sound::Vowel { .. }));
    if let Some(marked) = vowels().position(|s| matches!(s, Sound::Vowel { marked: true, .. })) {
        return Some(marked);
    }
    let count = vowels().count();
    let letters: Vec<char> = word.chars().collect();
    let last = letters.last().copied().unwrap_or(' ');
    let open = match last {
        'n' | 's' => letters.len() > 1 && "aeiouyáéíóúü".contains(letters[letters.len() - 2]),
        c => "aeiou".contains(c),
    };
    count.checked_sub(if open && count > 1 { 2 } else { 1 })
}

/// Writes the sounds as phones: stress, open or closed b d g, nasals like the consonant behind them.
fn allophones(
    sounds: &[Sound],
    stressed: Option<usize>,
    previous: Option<&str>,
) -> Vec<&'static str> {
    let mut phones: Vec<&'static str> = Vec::with_capacity(sounds.len());
    let mut vowels = 0;
    for sound in sounds {
        let before = phones.last().copied().or(previous);
        let phone = match sound {
            Sound::Vowel { quality, .. } => {
                vowels += 1;
                vowel_symbol(*quality, stressed == Some(vowels - 1))
            }
            Sound::Consonant(c) => opened(c, before),
        };
        if phones.last() == Some(&phone) && !is_vowel(phone) && !matches!(phone, "N" | "r") {
            continue;
        }
        if let Some(last) = phones.last_mut().filter(|p| **p == "N") {
            *last = match phone {
                "B" | "p" | "M" => "M",
                "k" | "G" | "x" => "NG",
                _ => "N",
            };
        }
        phones.push(phone);
    }
    phones
}

/// A voiced stop as it sounds behind another phone.
fn opened(consonant: &'static str, before: Option<&str>) -> &'static str {
    let closed = before.is_none_or(|b| matches!(b, "M" | "N" | "NG" | "ɲ"));
    match consonant {
        "B" if !closed => "β",
        "d" if !closed && before != Some("L") => "DH",
        "G" if !closed => "ɣ",
        other => other,
    }
}

fn vowel_symbol(quality: char, stressed: bool) -> &'static str {
    match (quality, stressed) {
        ('a', false) => "a0",
        ('a', true) => "a1",
        ('e', false) => "e0",
        ('e', true) => "e1",
        ('i', false) => "i0",
        ('i', true) => "i1",
        ('o', false) => "o0",
        ('o', true) => "o1",
        (_, false) => "u0",
        (_, true) => "u1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pronounces_words() {
        for (word, phones) in [
            ("casa", "k a1 S a0"),
            ("guerra", "G e1 r a0"),
            ("pingüino", "p i0 NG G W i1 N o0"),
            ("ciudad", "S Y u0 DH a1 DH"),
            ("rápidamente", "r a1 p i0 DH a0 M e1 N t e0"),
            ("hielo", "ʝ e1 L o0"),
            ("hueso", "W e1 S o0"),
            ("excelente", "e0 k S e0 L e1 N t e0"),
            ("México", "M e1 x i0 k o0"),
            ("rey", "r e1 Y"),
            ("envidia", "e0 M B i1 DH Y a0"),
            ("alrededor", "a0 L r e0 DH e0 DH o1 ɾ"),
            ("país", "p a0 i1 S"),
            ("acción", "a0 k S Y o1 N"),
            ("búho", "B u1 o0"),
            ("DNI", "d e1 e1 N e0 i1"),
            ("IVA", "i1 β a0"),
            ("whatsapp", "G W a0 t S a1 p"),
            ("de", "d e0"),
            ("数", ""),
        ] {
            assert_eq!(pronounce(word, None).join(" "), phones, "{word}");
        }
    }

    #[test]
    fn what_stands_before_opens_a_stop() {
        assert_eq!(pronounce("vaca", Some("a0")).join(" "), "β a1 k a0");
        assert_eq!(pronounce("vaca", Some("N")).join(" "), "B a1 k a0");
        assert_eq!(pronounce("dos", Some("L")).join(" "), "d o1 S");
        assert_eq!(pronounce("dos", Some("a0")).join(" "), "DH o1 S");
    }
}
