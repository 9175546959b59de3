//! A guess at how an English name is said, letter by letter.
//!
//! What it is: one table of letter groups, the longest that fits first. It is the last resort for
//! words that neither the lexicon nor the caller of `Bias::with_pronunciations` knows.
//! What it is not: as good as `hearsay_text::g2p`.

use super::lexicon::phone_number;

/// Letters and what they stand for; longer groups come before their own beginnings.
const GROUPS: [(&str, &str); 62] = [
    ("tion", "SH AH N"),
    ("sch", "SH"),
    ("tch", "CH"),
    ("igh", "AY"),
    ("ai", "EY"),
    ("ay", "EY"),
    ("au", "AO"),
    ("aw", "AO"),
    ("ah", "AA"),
    ("ar", "AA R"),
    ("ch", "CH"),
    ("ck", "K"),
    ("ee", "IY"),
    ("ea", "IY"),
    ("ei", "AY"),
    ("ey", "IY"),
    ("er", "ER"),
    ("ew", "UW"),
    ("gh", "G"),
    ("ie", "IY"),
    ("ir", "ER"),
    ("kn", "N"),
    ("ng", "NG"),
    ("oo", "UW"),
    ("ou", "AW"),
    ("ow", "OW"),
    ("oy", "OY"),
    ("oi", "OY"),
    ("or", "AO R"),
    ("ph", "F"),
    ("qu", "K W"),
    ("sh", "SH"),
    ("th", "TH"),
    ("ur", "ER"),
    ("wh", "W"),
    ("wr", "R"),
    ("a", "AA"),
    ("b", "B"),
    ("c", "K"),
    ("d", "D"),
    ("e", "EH"),
    ("f", "F"),
    ("g", "G"),
    ("h", "HH"),
    ("i", "IH"),
    ("j", "JH"),
    ("k", "K"),
    ("l", "L"),
    ("m", "M"),
    ("n", "N"),
    ("o", "OW"),
    ("p", "P"),
    ("q", "K"),
    ("r", "R"),
    ("s", "S"),
    ("t", "T"),
    ("u", "UW"),
    ("v", "V"),
    ("w", "W"),
    ("x", "K S"),
    ("y", "IY"),
    ("z", "Z"),
];

/// Phones of a lower-case word; empty when it has no letters a-z.
pub(super) fn guess(word: &str) -> Vec<u8> {
    let letters: String = word.chars().filter(char::is_ascii_lowercase).collect();
    let mut rest = letters.as_str();
    let mut out: Vec<u8> = Vec::new();
    while let Some(first) = rest.chars().next() {
        let silent = first == 'e' && rest.len() == 1 && letters.len() > 3;
        let soft = first == 'c' && rest[1..].starts_with(['e', 'i', 'y']);
        let group = GROUPS.iter().find(|(group, _)| rest.starts_with(group));
        let (used, said) = match group {
            _ if silent => (1, ""),
            _ if soft => (1, "S"),
            Some((group, said)) => (group.len(), *said),
            None => (1, ""),
        };
        out.extend(said.split_whitespace().filter_map(phone_number));
        rest = &rest[used..];
        // A doubled consonant is one sound.
        if used == 1 && !"aeiou".contains(first) && rest.starts_with(first) {
            rest = &rest[1..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_sayable() {
        for (word, said) in [
            ("okafor", "OW K AA F AO R"),
            ("anna", "AA N AA"),
            ("schmidt", "SH M IH D T"),
            ("nguyen", "NG UW IY EH N"),
            ("cecile", "S EH S IH L"),
            ("", ""),
            ("42", ""),
        ] {
            let want: Vec<u8> = said.split_whitespace().filter_map(phone_number).collect();
            assert_eq!(guess(word), want, "{word}");
        }
    }
}
