//! The ARPAbet symbols of CMUdict: 15 vowels with stress 0, 1 or 2, and 24 consonants.
//! It is an inventory and nothing else; pronunciations live in [`super::lexicon`] and [`super::lts`].

/// Every symbol a pronunciation may contain. A phone's id is its index here.
pub const PHONES: [&str; 69] = [
    "AA0", "AA1", "AA2", "AE0", "AE1", "AE2", "AH0", "AH1", "AH2", "AO0", "AO1", "AO2", "AW0",
    "AW1", "AW2", "AY0", "AY1", "AY2", "EH0", "EH1", "EH2", "ER0", "ER1", "ER2", "EY0", "EY1",
    "EY2", "IH0", "IH1", "IH2", "IY0", "IY1", "IY2", "OW0", "OW1", "OW2", "OY0", "OY1", "OY2",
    "UH0", "UH1", "UH2", "UW0", "UW1", "UW2", "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L",
    "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y", "Z", "ZH",
];

/// How many of [`PHONES`] are vowels (they come first, three stresses each).
const VOWELS: usize = 45;

/// The id of a symbol such as `"AH0"` or `"K"`, or `None` when it is not in [`PHONES`].
pub fn phone_id(symbol: &str) -> Option<u8> {
    let index = PHONES.iter().position(|p| *p == symbol)?;
    u8::try_from(index).ok()
}

/// Whether a phone id names a vowel (of any stress).
pub fn is_vowel(phone: u8) -> bool {
    usize::from(phone) < VOWELS
}

/// The same vowel with another stress (0, 1 or 2); a consonant comes back unchanged.
pub fn with_stress(phone: u8, stress: u8) -> u8 {
    if is_vowel(phone) { phone / 3 * 3 + stress.min(2) } else { phone }
}

/// The stress of a vowel, or `None` for a consonant.
pub fn stress(phone: u8) -> Option<u8> {
    is_vowel(phone).then_some(phone % 3)
}

/// The symbol of a phone id; ids outside the inventory never leave this crate.
pub fn symbol(phone: u8) -> &'static str {
    PHONES.get(usize::from(phone)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_symbols_round_trip() {
        for (i, p) in PHONES.iter().enumerate() {
            assert_eq!(phone_id(p).map(usize::from), Some(i));
            assert_eq!(is_vowel(i as u8), p.ends_with(['0', '1', '2']));
        }
        assert_eq!(phone_id("AH"), None);
        assert_eq!(symbol(with_stress(phone_id("IY1").unwrap_or(0), 0)), "IY0");
    }
}
