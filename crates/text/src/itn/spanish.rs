//! Spanish: the list of its rules, titles and forms of address.

use super::words::{Context, Rule, Run, Written};

mod amount;
mod code;
mod electronic;
mod measure;
mod moment;
mod number;

/// More particular rules come first.
pub(super) const RULES: [Rule; 15] = [
    electronic::email,
    electronic::web,
    electronic::network,
    moment::century,
    moment::era,
    moment::date,
    moment::time,
    measure::sum,
    amount::money,
    measure::measure,
    code::phone,
    amount::fraction,
    amount::ordinal,
    amount::figure,
    address,
];

/// Titles that are cut short before a name.
const TITLES: [(&str, &str); 8] = [
    ("señor", "sr."),
    ("señora", "sra."),
    ("señorita", "srta."),
    ("doctor", "dr."),
    ("doctora", "dra."),
    ("don", "d."),
    ("licenciado", "lic."),
    ("ingeniero", "ing."),
];
/// Words behind a title that are no name.
const NOT_NAMES: [&str; 30] = [
    "de", "del", "que", "y", "o", "en", "con", "por", "para", "a", "al", "es", "está", "no", "me",
    "se", "le", "lo", "la", "el", "dijo", "dice", "tiene", "muy", "mi", "su", "como", "mayor",
    "sí", "ya",
];

/// The digit that a word names; "un" and "una" are articles before they are numbers.
pub(super) fn digit_word(word: &str) -> Option<u8> {
    let word = number::fold(&word.to_lowercase());
    number::digit(&word).filter(|_| !matches!(word.as_str(), "un" | "una"))
}

/// Whether a word in lower case is a number below a hundred.
pub(super) fn is_small_number(word: &str) -> bool {
    number::is_below_hundred(&number::fold(word))
}

/// "usted" is "Ud."; "señor garcía" is "sr. garcía", with the capital as it was spoken.
fn address(run: Run<'_>, _: Context<'_>) -> Option<Written> {
    let first = run.word(0)?;
    match first.lower.as_str() {
        "usted" => return Written::new(1, "Ud."),
        "ustedes" => return Written::new(1, "Uds."),
        "etcétera" | "etcetera" => return Written::new(1, "etc."),
        _ => {}
    }
    let (_, short) = TITLES.iter().find(|(long, _)| *long == first.lower)?;
    let name = run.word(1).filter(|w| !NOT_NAMES.contains(&w.lower.as_str()))?;
    // Professions are titles only before a name that shows its capital.
    let profession = !first.lower.starts_with("señor");
    let capital = name.text.starts_with(char::is_uppercase);
    if profession && !capital || !name.text.starts_with(char::is_alphabetic) {
        return None;
    }
    let capital = first.text.starts_with(char::is_uppercase);
    let text = if capital {
        format!("{}{}", short[..1].to_uppercase(), &short[1..])
    } else {
        (*short).into()
    };
    Written::new(1, text)
}
