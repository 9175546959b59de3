//! Hindi in Devanagari: the list of its rules, its titles, and its figures.

use super::words::{Context, Rule, Run, Written};

mod amount;
mod code;
mod measure;
mod moment;
mod number;

pub(crate) use number::name as number_name;

/// More particular rules come first.
pub(super) const RULES: [Rule; 11] = [
    |run, context| native(code::phone(run, context), context),
    |run, context| native(moment::time(run, context), context),
    |run, context| native(moment::date(run, context), context),
    |run, context| native(amount::money(run, context), context),
    |run, context| native(measure::product(run, context), context),
    |run, context| native(measure::measure(run, context), context),
    |run, context| native(code::address(run, context), context),
    |run, context| native(amount::fraction(run, context), context),
    |run, context| native(amount::ordinal(run, context), context),
    |run, context| native(amount::figure(run, context), context),
    title,
];

/// Whether a word is a number below a hundred.
pub(super) fn is_small_number(word: &str) -> bool {
    number::small(&number::fold(word)).is_some()
}

/// Figures in Devanagari, where they are wanted.
fn native(written: Option<Written>, context: Context<'_>) -> Option<Written> {
    let written = written?;
    if !context.options.native_digits {
        return Some(written);
    }
    let digit = |c: char| match c.to_digit(10) {
        Some(d) => char::from_u32(u32::from('०') + d).unwrap_or(c),
        None => c,
    };
    Written::new(written.words, written.text.chars().map(digit).collect::<String>())
}

/// Titles and what they are cut to.
const TITLES: [(&str, &str); 13] = [
    ("श्री", "श्री."),
    ("श्रीमान", "श्री."),
    ("श्रीमती", "स्मि."),
    ("कुमारी", "कु."),
    ("मास्टर", "मा."),
    ("डॉक्टर", "डॉ."),
    ("प्रोफेसर", "प्रो."),
    ("प्रोफ़ेसर", "प्रो."),
    ("इंजीनियर", "इं."),
    ("वैज्ञानिक", "वै."),
    ("लेफ्टिनेंट", "ले."),
    ("कैप्टन", "कै."),
    ("पंडित", "पं."),
];
/// Words behind a title that are no name.
const NOT_NAMES: [&str; 16] =
    ["ने", "को", "का", "की", "के", "से", "में", "पर", "है", "हैं", "और", "जी", "भी", "ही", "तो", "साहब"];

/// "श्रीमती ज्योत्सना" is "स्मि. ज्योत्सना".
fn title(run: Run<'_>, context: Context<'_>) -> Option<Written> {
    let (_, short) = TITLES.iter().find(|(long, _)| *long == run.at(0))?;
    let alone = run.ends(1);
    if alone && !context.before.is_empty() || NOT_NAMES.contains(&run.at(1)) {
        return None;
    }
    Written::new(1, *short)
}
