//! What the filter sees of a text: hashed n-grams of words and of letters. The twin of
//! `training/guard/features.py`.

use hearsay_text::g2p::without_accents;

/// Buckets of n-grams.
pub(super) const BUCKETS: usize = 1 << 17;
/// A longer text is judged in windows of this many words, half overlapping.
pub(super) const WINDOW_WORDS: usize = 60;
/// Letters said one by one are one word from so many on.
const SPELLED_MIN: usize = 4;
/// Figures and signs that stand for letters: "1gn0re".
const LEET: [(char, char); 10] = [
    ('0', 'o'),
    ('1', 'i'),
    ('3', 'e'),
    ('4', 'a'),
    ('5', 's'),
    ('7', 't'),
    ('8', 'b'),
    ('@', 'a'),
    ('$', 's'),
    ('!', 'i'),
];

/// The words of a text; disguised ones as they are meant, numbers as `0`.
pub(super) fn words(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "@$!'".contains(c);
    let plain = without_accents(text);
    let parts = plain.split(|c| !is_part(c)).filter(|part| !part.is_empty());
    let meant = parts.filter_map(|part| {
        if part.bytes().any(|b| b.is_ascii_lowercase()) {
            return Some(undisguised(part.trim_end_matches('!')));
        }
        part.bytes().any(|b| b.is_ascii_digit()).then(|| "0".to_string())
    });
    joined(meant.filter(|word| !word.is_empty()))
}

fn undisguised(word: &str) -> String {
    let letter = |c: char| LEET.iter().find(|(sign, _)| *sign == c).map(|(_, letter)| *letter);
    if !word.chars().any(|c| letter(c).is_some()) {
        return word.trim_matches('\'').to_string();
    }
    word.chars().map(|c| letter(c).unwrap_or(c)).collect()
}

/// Letters one by one put together: "i g n o r e".
fn joined(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut run: Vec<String> = Vec::new();
    for word in words.chain([String::new()]) {
        if word.len() == 1 && word.bytes().all(|b| b.is_ascii_lowercase()) {
            run.push(word);
            continue;
        }
        if run.len() >= SPELLED_MIN {
            out.push(run.concat());
            run.clear();
        } else {
            out.append(&mut run);
        }
        out.push(word);
    }
    out.pop();
    out
}

/// The distinct buckets of a window of words.
pub(super) fn grams(words: &[String]) -> Vec<usize> {
    let padded: Vec<&str> =
        std::iter::once("<").chain(words.iter().map(String::as_str)).chain([">"]).collect();
    let mut buckets = Vec::new();
    let mut add = |kind: u8, part: &str| buckets.push(bucket(kind, part));
    for size in 1..=3 {
        padded.windows(size).for_each(|gram| add(b'w', &gram.join(" ")));
    }
    // Two words with another between them; the last such pair is left out, as the twin does.
    padded.windows(4).for_each(|gram| add(b's', &format!("{} {}", gram[0], gram[2])));
    for word in words {
        let marked = format!("<{word}>");
        for size in [4, 5] {
            (0..(marked.len() + 1).saturating_sub(size))
                .for_each(|at| add(b'c', &marked[at..at + size]));
        }
    }
    buckets.sort_unstable();
    buckets.dedup();
    buckets
}

fn bucket(kind: u8, part: &str) -> usize {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for &byte in std::iter::once(&kind).chain(part.as_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    usize::try_from(hash % BUCKETS as u64).unwrap_or(0)
}
