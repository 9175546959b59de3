//! Devanagari in Latin letters, as the net was taught it: letter by letter, without the vowel that is not written.
//!
//! "राहुल" is "rahul" and "कमल" "kml": no spelling for people, but the same for the same name.

/// The letters of a word; what is not Devanagari stays.
pub(super) fn romanised(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            '\u{900}'..='\u{97f}' | '\u{200c}' | '\u{200d}' => match letters(c) {
                Some(letters) => out.push_str(letters),
                None => out.push(c),
            },
            other => out.push(other),
        }
    }
    out
}

fn letters(c: char) -> Option<&'static str> {
    Some(match c {
        'अ' | 'आ' | 'ा' => "a",
        'इ' | 'ई' | 'ि' | 'ी' => "i",
        'उ' | 'ऊ' | 'ु' | 'ू' => "u",
        'ऋ' | 'ृ' => "ri",
        'ए' | 'ऍ' | 'े' | 'ॅ' => "e",
        'ऐ' | 'ै' => "ai",
        'ओ' | 'ऑ' | 'ो' | 'ॉ' => "o",
        'औ' | 'ौ' => "au",
        'क' | '\u{958}' => "k",
        'ख' | '\u{959}' => "kh",
        'ग' | '\u{95a}' => "g",
        'घ' => "gh",
        'च' => "ch",
        'छ' => "chh",
        'ज' | '\u{95b}' => "j",
        'झ' => "jh",
        'ङ' | 'ञ' | 'ण' | 'न' | '\u{929}' | 'ं' | 'ँ' => "n",
        'ट' | 'त' => "t",
        'ठ' | 'थ' => "th",
        'ड' | 'द' | '\u{95c}' => "d",
        'ढ' | 'ध' | '\u{95d}' => "dh",
        'प' => "p",
        'फ' | '\u{95e}' => "ph",
        'ब' => "b",
        'भ' => "bh",
        'म' => "m",
        'य' | '\u{95f}' => "y",
        'र' | '\u{931}' => "r",
        'ल' | 'ळ' | '\u{934}' => "l",
        'व' => "v",
        'श' | 'ष' => "sh",
        'स' => "s",
        'ह' | 'ः' => "h",
        // Nukta, virama and joiners are silent.
        '\u{93c}' | '\u{94d}' | '\u{200c}' | '\u{200d}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_the_same_however_they_are_encoded() {
        assert_eq!(romanised("राहुल शर्मा"), "rahul shrma");
        assert_eq!(romanised("ज़ोया"), "joya");
        assert_eq!(romanised("ज\u{93c}ोया"), "joya");
        assert_eq!(romanised("Anna 5 ५ ॐ"), "Anna 5 ५ ॐ");
    }
}
