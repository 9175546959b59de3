//! Text to words, terms and hashed n-grams: the view of a text that the index
//! and the encoder share.
//!
//! A term is a word with a light English stem; words of other scripts stay whole.
//! For words that the knowledge does not hold there is a key by sound, since most
//! of them are known words that a recogniser misspelt. It is the twin of
//! `training/retrieval/features.py`; a golden test holds the two together.

/// Number of hash buckets.
pub const BUCKETS: usize = 1 << 15;
/// Characters of a text that are looked at; the rest is ignored.
pub const TEXT_CHARS_MAX: usize = 4000;
/// Words of a text that are looked at.
pub const WORDS_MAX: usize = 400;
/// Characters of one word that are looked at.
pub const WORD_CHARS_MAX: usize = 40;

/// Lower-cased words. Apostrophes vanish ("don't" is "dont"); everything else
/// that is no letter, digit or mark separates.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut chars = 0;
    for char in text.chars().take(TEXT_CHARS_MAX) {
        if matches!(char, '\'' | '\u{2019}') {
            continue;
        }
        if is_word_char(char) {
            for lower in char.to_lowercase() {
                chars += 1;
                if chars <= WORD_CHARS_MAX {
                    word.push(lower);
                }
            }
        } else if !word.is_empty() {
            found.push(std::mem::take(&mut word));
            chars = 0;
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found.truncate(WORDS_MAX);
    found
}

fn is_word_char(char: char) -> bool {
    match u32::from(char) {
        0..0x80 => char.is_ascii_alphanumeric(),
        0x80..0xc0 | 0xd7 | 0xf7 | 0x2000..=0x2bff | 0x3000..=0x303f | 0xfeff => false,
        _ => true,
    }
}

/// A light stem of an English word: plurals, -ing, -ed, -ment, -ation and a last
/// e go; short words and those with other letters than a to z stay as they are.
pub fn stem(word: &str) -> String {
    if word.len() <= 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_string();
    }
    let mut stem = singular(word);
    if let Some(head) = stem.strip_suffix("ing").filter(|_| stem.len() >= 6) {
        stem = undoubled(head);
    } else if let Some(head) =
        stem.strip_suffix("ed").filter(|_| stem.len() >= 5 && !stem.ends_with("eed"))
    {
        stem = undoubled(head);
    } else if let Some(head) = stem.strip_suffix("ation").filter(|_| stem.len() >= 9) {
        stem = undoubled(head);
    } else if let Some(head) = stem.strip_suffix("ment").filter(|_| stem.len() >= 7) {
        stem = head.to_string();
    }
    if stem.len() >= 5 && stem.ends_with('e') {
        stem.pop();
    }
    stem
}

fn singular(word: &str) -> String {
    if let Some(head) = word.strip_suffix("ies").filter(|_| word.len() > 4) {
        return format!("{head}y");
    }
    if ["sses", "ches", "shes", "xes", "zes", "ses"].iter().any(|end| word.ends_with(end)) {
        return word[..word.len() - 2].to_string();
    }
    let plural = word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if plural { word[..word.len() - 1].to_string() } else { word.to_string() }
}

fn undoubled(word: &str) -> String {
    let bytes = word.as_bytes();
    let [.., before, last] = bytes else { return word.to_string() };
    let double = bytes.len() > 3 && before == last && !b"lsz".contains(last);
    let cut = usize::from(double || word.ends_with("ell"));
    word[..word.len() - cut].to_string()
}

/// Terms of a list of words, one for each.
pub fn terms(words: &[String]) -> Vec<String> {
    words.iter().map(|word| stem(word)).collect()
}

/// FNV-1a over 32 bits, folded to a bucket as its authors advise.
fn bucket(pieces: &[&str]) -> u16 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in pieces.iter().flat_map(|piece| piece.bytes()) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    // The mask keeps 15 bits, so nothing is lost.
    #[allow(clippy::cast_possible_truncation)]
    let bucket = ((hash ^ (hash >> 15)) as usize & (BUCKETS - 1)) as u16;
    bucket
}

/// The bucket under which a term's share of texts is recorded.
pub fn term_bucket(term: &str) -> u16 {
    bucket(&["s", term])
}

/// Buckets of a text's words, with repeats: each word's with its digits read as
/// 0, its stem's and its character 3-5-grams', then each pair of neighbours'.
pub fn features(words: &[String]) -> Vec<u16> {
    let mut found = Vec::new();
    for word in words {
        push_word(word, &mut found);
    }
    let terms = terms(words);
    found.extend(terms.windows(2).map(|pair| bucket(&["b", &pair[0], " ", &pair[1]])));
    found
}

fn push_word(word: &str, found: &mut Vec<u16>) {
    let plain: String =
        word.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
    found.push(bucket(&["w", &plain]));
    found.push(term_bucket(&stem(&plain)));
    let edged = format!("<{plain}>");
    let mut ends: Vec<usize> = edged.char_indices().map(|(at, _)| at).collect();
    ends.push(edged.len());
    for size in 3..=5 {
        found
            .extend(ends.windows(size + 1).map(|edge| bucket(&["c", &edged[edge[0]..edge[size]]])));
    }
}

/// How a word sounds, roughly: consonants without voice, neighbours that are the
/// same joined, vowels only at the beginning. Words that recognisers confuse
/// mostly share it ("cancelation", "kansellation"). Empty for other scripts.
pub fn sound_key(word: &str) -> String {
    let mut key = String::new();
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return key;
    }
    let spelt = word.replace("ph", "f").replace("ck", "k").replace("gh", "").replace("tion", "shn");
    let letters = spelt.as_bytes();
    for (at, &letter) in letters.iter().enumerate() {
        let sound = match letter {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' if at == 0 => 'a',
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' => continue,
            b'b' | b'p' => 'p',
            b'd' | b't' => 't',
            b'v' | b'f' => 'f',
            b'z' | b's' => 's',
            b'c' if matches!(letters.get(at + 1), Some(b'e' | b'i' | b'y')) => 's',
            b'c' | b'g' | b'k' | b'q' => 'k',
            b'm' | b'n' => 'n',
            b'l' | b'r' => 'l',
            other => char::from(other),
        };
        if !key.ends_with(sound) {
            key.push(sound);
        }
    }
    key
}

/// Insertions, deletions and replacements between two words, at most `most` + 1.
pub fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()].min(most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_digits_and_lose_signs() {
        assert_eq!(
            words("Don't pay $45.20 at 9:30!"),
            ["dont", "pay", "45", "20", "at", "9", "30"]
        );
        assert!(words("... !?").is_empty());
        assert_eq!(words(&"a".repeat(9000))[0].len(), WORD_CHARS_MAX);
        assert!(words(&"b c ".repeat(9000)).len() <= WORDS_MAX);
    }

    #[test]
    fn inflections_share_a_stem() {
        for family in [
            &["close", "closes", "closed", "closing"][..],
            &["fee", "fees"],
            &["policy", "policies"],
            &["cancel", "canceled", "cancelled", "cancellation"],
            &["stop", "stopped", "stopping"],
            &["pay", "pays", "paying", "payment", "payments"],
        ] {
            let stems: Vec<String> = family.iter().map(|word| stem(word)).collect();
            assert!(stems.iter().all(|other| *other == stems[0]), "{family:?}: {stems:?}");
        }
        assert_eq!(stem("need"), "need");
        assert_eq!(stem("मेरा"), "मेरा");
    }

    #[test]
    fn misheard_words_sound_alike() {
        assert_eq!(sound_key("cancel"), sound_key("kansell"));
        assert_eq!(sound_key("balance"), sound_key("palence"));
        assert_ne!(sound_key("parking"), sound_key("breakfast"));
        assert_eq!(sound_key("día"), "");
        assert_eq!(distance("parking", "barking", 2), 1);
        assert_eq!(distance("wifi", "parking", 2), 3);
    }

    #[test]
    fn features_see_words_grams_and_neighbours() {
        // <no>: the word, its stem, two 3-grams, one 4-gram.
        assert_eq!(features(&words("no")).len(), 2 + 2 + 1);
        assert_eq!(features(&words("no no")).len(), 2 * 5 + 1);
        assert!(features(&[]).is_empty());
    }
}
