//! IPA to ARPAbet, as far as English needs it: sounds of other languages become their nearest neighbours.

use super::phone;

/// Signs and the symbols they become, the longer signs first. A vowel is written without its stress.
const SIGNS: [(&str, &str); 84] = [
    ("t͡ʃ", "CH"),
    ("d͡ʒ", "JH"),
    ("tʃ", "CH"),
    ("dʒ", "JH"),
    ("ɜːɹ", "ER"),
    ("ɜːr", "ER"),
    ("ɜːʳ", "ER"),
    ("ɜː", "ER"),
    ("ɜɹ", "ER"),
    ("ɜr", "ER"),
    ("əɹ", "ER"),
    ("ər", "ER"),
    ("aɪ", "AY"),
    ("aj", "AY"),
    ("aʊ", "AW"),
    ("aw", "AW"),
    ("ɔɪ", "OY"),
    ("ɔj", "OY"),
    ("eɪ", "EY"),
    ("ej", "EY"),
    ("oʊ", "OW"),
    ("əʊ", "OW"),
    ("ow", "OW"),
    ("ʧ", "CH"),
    ("ʤ", "JH"),
    ("ts", "T S"),
    ("ɝ", "ER"),
    ("ɚ", "ER"),
    ("ɜ", "ER"),
    ("i", "IY"),
    ("ɪ", "IH"),
    ("ɨ", "IH"),
    ("ᵻ", "IH"),
    ("u", "UW"),
    ("ʊ", "UH"),
    ("ʉ", "UW"),
    ("ɯ", "UW"),
    ("ɛ", "EH"),
    ("e", "EH"),
    ("æ", "AE"),
    ("ʌ", "AH"),
    ("ɐ", "AH"),
    ("ə", "AH"),
    ("ɑ", "AA"),
    ("ɒ", "AA"),
    ("a", "AA"),
    ("ɔ", "AO"),
    ("o", "OW"),
    ("y", "UW"),
    ("ø", "ER"),
    ("œ", "ER"),
    ("p", "P"),
    ("b", "B"),
    ("t", "T"),
    ("d", "D"),
    ("ɾ", "D"),
    ("ʈ", "T"),
    ("ɖ", "D"),
    ("k", "K"),
    ("q", "K"),
    ("ɡ", "G"),
    ("g", "G"),
    ("f", "F"),
    ("v", "V"),
    ("β", "V"),
    ("ʋ", "V"),
    ("θ", "TH"),
    ("ð", "DH"),
    ("s", "S"),
    ("z", "Z"),
    ("ʃ", "SH"),
    ("ɕ", "SH"),
    ("ʒ", "ZH"),
    ("h", "HH"),
    ("ɦ", "HH"),
    ("x", "K"),
    ("m", "M"),
    ("ɲ", "N Y"),
    ("n", "N"),
    ("ŋ", "NG"),
    ("ʎ", "L Y"),
    ("l", "L"),
    ("j", "Y"),
    ("w", "W"),
];
/// More signs, of which several mean the same.
const MORE: [(&str, &str); 6] =
    [("ɫ", "L"), ("ɹ", "R"), ("r", "R"), ("ʁ", "R"), ("ç", "HH"), ("ʍ", "W")];
/// Signs that say nothing that ARPAbet could hold: length, ties, syllable ends, breath.
const SILENT: &str = "ːˑ.‿͡-ʰʲʷˠ̩̃ʔ' |‖ˀ̯";

/// Whether a character is used in IPA and in no English word.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '\u{250}'..='\u{2af}' | 'ˈ' | 'ˌ' | 'ː' | 'θ' | 'ð' | 'ŋ' | 'æ')
}

/// The phones of a word in IPA.
///
/// # Errors
/// When a character is unknown or nothing is left.
pub(super) fn phones(written: &str) -> Result<Vec<u8>, String> {
    let mut phones: Vec<u8> = Vec::new();
    let mut stress = 0;
    let mut stressed = false;
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        match c {
            'ˈ' | '\'' => stress = 1,
            'ˌ' | ',' => stress = 2,
            // A consonant that is a syllable has a short vowel before it.
            '\u{329}' => {
                let at = phones.len().saturating_sub(1);
                phones.splice(at..at, phone::phone_id("AH0"));
            }
            _ => {}
        }
        if "ˈˌ',\u{329}".contains(c) || SILENT.contains(c) {
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let found = SIGNS.iter().chain(&MORE).find(|(sign, _)| rest.starts_with(sign));
        let Some((sign, symbols)) = found else {
            return Err(format!("{c:?} is no IPA sign that English has; write the nearest one"));
        };
        rest = &rest[sign.len()..];
        for symbol in symbols.split(' ') {
            let vowel = phone::phone_id(&format!("{symbol}{stress}"));
            stressed |= vowel.is_some() && stress == 1;
            stress = if vowel.is_some() { 0 } else { stress };
            phones.extend(vowel.or_else(|| phone::phone_id(symbol)));
        }
    }
    if phones.is_empty() {
        return Err("no sound; write IPA such as həˈloʊ".into());
    }
    if !stressed {
        stress_first(&mut phones);
    }
    Ok(phones)
}

/// Stresses the first vowel that is not a schwa, else the first vowel.
fn stress_first(phones: &mut [u8]) {
    let full = |p: &u8| phone::is_vowel(*p) && phone::symbol(*p) != "AH0";
    let at = phones.iter().position(full).or(phones.iter().position(|&p| phone::is_vowel(p)));
    if let Some(at) = at {
        phones[at] = phone::with_stress(phones[at], 1);
    }
}
