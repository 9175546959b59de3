//! What all languages share about phone numbers.

/// How many digits the country code at the front of these figures has, by the numbering plan of the
/// ITU (E.164).
pub(super) fn country_digits(figures: &str) -> usize {
    let two: u32 = figures.get(..2).and_then(|f| f.parse().ok()).unwrap_or(0);
    let length = match two {
        10..=19 | 70..=79 => 1,
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 => 2,
        90..=95 | 98 => 2,
        _ => 3,
    };
    length.min(figures.len())
}
