//! How Hindi in Devanagari is pronounced, by rules alone.
//!
//! The script writes syllables; the short a in a letter without a vowel sign is said or not. It is dropped at
//! the end of a word and, as Ohala's rule has it, between a consonant behind a vowel and one before a vowel.
//! A dot above is the nasal consonant of the sound behind it, or makes the vowel nasal. Letters of other
//! scripts have no sound here.

mod letters;

use letters::{Nasal, Quality, Sound};

/// Endings of verbs and of abstract nouns behind a stem that ends in a consonant: of two short a's before
/// them, the second is dropped ("समझ-ना").
const ENDINGS: [&str; 9] = ["ना", "ने", "नी", "ता", "ते", "ती", "तीं", "के", "कर"];
/// Second parts of compounds, inflected or not: the short a before them ends a word of its own.
const SECOND_PARTS: [&str; 16] = [
    "वा",
    "हीन",
    "शील",
    "जनक",
    "कार",
    "करण",
    "दार",
    "घर",
    "दायी",
    "पति",
    "पूर्ण",
    "पूर्वक",
    "कथा",
    "पन",
    "बाज़",
    "गार",
];
/// First parts that end in a vowel: what follows begins as a word does.
const FIRST_PARTS: [&str; 7] = ["अनु", "अभि", "अधि", "अति", "परि", "प्रति", "अर्ध"];

/// The phones of one word, as [`super::inventory`] names them; empty when it has no Devanagari letters.
pub fn pronounce(word: &str) -> Vec<&'static str> {
    let mut sounds = Vec::new();
    for part in parts(irregular(word)) {
        let mut part_sounds = letters::sounds(part);
        nasals(&mut part_sounds);
        drop_last(&mut part_sounds);
        drop_inside(&mut part_sounds, ENDINGS.iter().any(|e| part.ends_with(e)));
        sounds.append(&mut part_sounds);
    }
    if word != "कि" {
        lengthen_last(&mut sounds);
    }
    let stressed = if is_clitic(word) { None } else { stressed(&sounds) };
    write(&sounds, stressed)
}

/// The parts of a compound; most words have one.
fn parts(word: &str) -> Vec<&str> {
    let mut cuts = vec![0, word.len()];
    let first = FIRST_PARTS.iter().find_map(|p| word.strip_prefix(p).map(|rest| (p.len(), rest)));
    if let Some((at, rest)) = first
        && rest.starts_with(letters::is_consonant)
        && rest.chars().count() > 2
    {
        cuts.push(at);
    }
    for second in SECOND_PARTS {
        if let Some(at) = word.rfind(second)
            && word[..at].chars().count() >= 2
            && (word[..at].ends_with(letters::is_consonant) || is_whole(&word[..at], second))
        {
            cuts.push(at);
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|cut| &word[cut[0]..cut[1]]).collect()
}

/// Whether a second part is one behind a vowel as well: "-नेवाला", "-ीकरण".
fn is_whole(before: &str, second: &str) -> bool {
    second == "करण" || second == "वा" && before.ends_with("ने")
}

/// Words whose spelling is older than their sound, respelled.
fn irregular(word: &str) -> &str {
    match word {
        "यह" => "ये",
        "वह" => "वो",
        "छः" | "छह" => "छै",
        other => other,
    }
}

/// Words without stress of their own.
fn is_clitic(word: &str) -> bool {
    const CLITICS: [&str; 22] = [
        "का",
        "के",
        "की",
        "को",
        "ने",
        "से",
        "में",
        "पर",
        "तो",
        "ही",
        "भी",
        "है",
        "हैं",
        "था",
        "थे",
        "थी",
        "कि",
        "न",
        "या",
        "व",
        "एवं",
        "और",
    ];
    CLITICS.contains(&word)
}

/// Settles what every dot and moon above is: a nasal consonant or a nasal vowel.
fn nasals(sounds: &mut Vec<Sound>) {
    let mut i = 0;
    while i < sounds.len() {
        if let Sound::Vowel { quality, nasal: sign @ (Nasal::Dot | Nasal::Moon), .. } = sounds[i] {
            let last =
                i + 2 >= sounds.len() || i + 3 == sounds.len() && sounds[i + 2].is_inherent();
            let nasal = match sounds.get(i + 1) {
                Some(Sound::Consonant(next)) => nasal_consonant(sign, quality, next[0], last),
                _ => None,
            };
            if let Sound::Vowel { nasal: slot, .. } = &mut sounds[i] {
                *slot = if nasal.is_some() { Nasal::No } else { Nasal::Vowel };
            }
            if let Some(nasal) = nasal {
                sounds.insert(i + 1, Sound::Consonant(nasal));
            }
        }
        i += 1;
    }
}

/// The consonant that a nasal sign stands for before another one; `None` when the vowel itself is nasal.
/// `last` says that the word ends behind that consonant.
fn nasal_consonant(
    sign: Nasal,
    quality: Quality,
    next: &str,
    last: bool,
) -> Option<&'static [&'static str]> {
    let place: &'static [&'static str] = match next {
        "k" | "G" | "x" | "ɣ" | "NG" => &["NG"],
        "ʈ" | "ɖ" | "ɽ" | "ɳ" => &["ɳ"],
        "p" | "B" | "M" | "F" | "ʋ" => &["M"],
        _ => &["N"],
    };
    let (short, front) = (quality.is_short(), !matches!(quality, Quality::A | Quality::U));
    let consonant = match next {
        "G" | "JH" | "ɖ" | "d" | "B" | "ɣ" | "Z" => true,
        _ if sign == Nasal::Moon => false,
        // "कमेंट", "एजेंट" are borrowed.
        "ʈ" if quality == Quality::E => last,
        "k" | "tɕ" | "ʈ" | "t" | "p" | "x" | "F" => short || !front,
        "S" | "SH" => short || matches!(quality, Quality::A | Quality::E),
        "HH" => false,
        _ => short,
    };
    consonant.then_some(place)
}

/// Drops the short a at the end, unless two consonants before it need it ("राष्ट्र").
fn drop_last(sounds: &mut Vec<Sound>) {
    let vowels = sounds.iter().filter(|s| s.is_vowel()).count();
    if vowels < 2 || !sounds.last().is_some_and(Sound::is_inherent) {
        return;
    }
    let mut behind = sounds.iter().rev().skip(1);
    if let (Some(Sound::Consonant(last)), Some(Sound::Consonant(before))) =
        (behind.next(), behind.next())
    {
        let sonorant = matches!(before[0], "ɾ" | "L" | "M" | "N" | "NG" | "ɳ" | "Y" | "ʋ" | "S");
        let needed = match last[0] {
            "Y" | "ʋ" | "ɾ" => last != before,
            "L" | "M" | "N" | "ɳ" => !sonorant,
            _ => false,
        };
        if needed {
            return;
        }
    }
    sounds.pop();
}

/// Drops short a's inside the word (Ohala's rule), from the end on or from the beginning on.
fn drop_inside(sounds: &mut Vec<Sound>, from_end: bool) {
    if from_end {
        for i in (2..sounds.len()).rev() {
            if is_dropped(sounds, i) {
                sounds.remove(i);
            }
        }
    } else {
        let mut i = 2;
        while i < sounds.len() {
            if is_dropped(sounds, i) {
                sounds.remove(i);
            }
            i += 1;
        }
    }
}

/// Whether the short a at a place stands as V C _ C V.
fn is_dropped(sounds: &[Sound], i: usize) -> bool {
    let vowel = |j: usize| sounds.get(j).is_some_and(Sound::is_vowel);
    let consonant = |j: usize| matches!(sounds.get(j), Some(Sound::Consonant(_)));
    if i < 2 || !sounds.get(i).is_some_and(Sound::is_inherent) {
        return false;
    }
    // Learned words in -ति keep it: "अनुमति".
    let learned = i + 3 == sounds.len()
        && matches!(
            sounds[i + 2],
            Sound::Vowel { quality: Quality::Ih | Quality::Uh, nasal: Nasal::No, .. }
        );
    // A nasal before a stop of its own place counts with it: "अंगड़ाई".
    let alone =
        vowel(i - 2) || i > 2 && vowel(i - 3) && is_nasal_stop(sounds[i - 2], sounds[i - 1]);
    alone && consonant(i - 1) && consonant(i + 1) && vowel(i + 2) && !learned
}

/// Whether two consonants are a nasal and the stop of its place.
fn is_nasal_stop(nasal: Sound, stop: Sound) -> bool {
    let (Sound::Consonant(nasal), Sound::Consonant(stop)) = (nasal, stop) else { return false };
    matches!(
        (nasal[0], stop[0]),
        ("NG", "k" | "G")
            | ("ɳ", "ʈ" | "ɖ")
            | ("N", "t" | "d" | "tɕ" | "JH" | "SH")
            | ("M", "p" | "B")
    )
}

/// A short i or u at the end is said long.
fn lengthen_last(sounds: &mut [Sound]) {
    if let Some(Sound::Vowel { quality, nasal: Nasal::No, .. }) = sounds.last_mut() {
        *quality = match *quality {
            Quality::Ih => Quality::I,
            Quality::Uh => Quality::U,
            other => other,
        };
    }
}

/// The sound that carries the stress: the vowel of the heaviest syllable, of equals the last but the final.
fn stressed(sounds: &[Sound]) -> Option<usize> {
    let places: Vec<usize> = (0..sounds.len()).filter(|&i| sounds[i].is_vowel()).collect();
    let mut best: Option<(usize, usize)> = None;
    for (n, &at) in places.iter().enumerate() {
        let Sound::Vowel { quality, .. } = sounds[at] else { continue };
        let until = places.get(n + 1).copied();
        let between = until.unwrap_or(sounds.len()) - at - 1;
        // Of three consonants, two begin the next syllable ("अंग्रेज़").
        let onset = if until.is_none() { 0 } else { 1 + usize::from(between > 2) };
        let coda = between.saturating_sub(onset);
        let full = (if quality.is_short() { 1 } else { 2 } + coda).min(3);
        let last = until.is_none();
        let weight = if last { full - 1 } else { full };
        // The final syllable is one lighter than it looks and loses against equals, unless it is full.
        let better = best.is_none_or(
            |(most, _)| {
                if last && full < 3 { weight > most } else { weight >= most }
            },
        );
        if better {
            best = Some((weight, at));
        }
    }
    best.map(|(_, at)| at)
}

fn write(sounds: &[Sound], stressed: Option<usize>) -> Vec<&'static str> {
    let mut phones = Vec::with_capacity(sounds.len() + 4);
    for (i, sound) in sounds.iter().enumerate() {
        match sound {
            Sound::Consonant(symbols) => phones.extend_from_slice(symbols),
            Sound::Vowel { quality, nasal, .. } => {
                let [plain, stress, through_nose] = quality.symbols();
                phones.push(match nasal {
                    Nasal::Vowel => through_nose,
                    _ if stressed == Some(i) => stress,
                    _ => plain,
                });
            }
        }
    }
    phones
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pronounces_words() {
        for (word, phones) in [
            ("कमल", "k AH1 M AH0 L"),
            ("लड़का", "L AH1 ɽ k a0"),
            ("समझना", "S AH0 M AH1 JH ʱ N a0"),
            ("नमकीन", "N AH0 M k i1 N"),
            ("मतलबी", "M AH1 t L AH0 B i0"),
            ("अनुमति", "AH0 N UH0 M AH1 t i0"),
            ("राष्ट्र", "ɾ a1 SH ʈ ɾ AH0"),
            ("हिंदी", "HH IH1 N d i0"),
            ("हिन्दी", "HH IH1 N d i0"),
            ("में", "M e~"),
            ("पाँच", "p a~ tɕ"),
            ("क्योंकि", "k Y o~ k i0"),
            ("अंग्रेज़", "AH0 NG G ɾ e1 Z"),
            ("अच्छा", "AH1 tɕ tɕ ʰ a0"),
            ("पत्ता", "p AH1 t t a0"),
            ("ज्ञान", "G Y a1 N"),
            ("ढूँढ़ना", "ɖ ʱ u~ ɽ ʱ N a0"),
            ("ऑफ़िस", "AO1 F IH0 S"),
            ("कृपया", "k ɾ IH1 p Y a0"),
            ("न", "N AH0"),
            ("abc", ""),
        ] {
            assert_eq!(pronounce(word).join(" "), phones, "{word}");
        }
    }
}
