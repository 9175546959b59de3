//! Punctuation and capitals, word by word.

use super::ranking::Detection;

/// The signs that are scored; `;`, `:` and `...` count as the nearest of them.
pub const SIGNS: [char; 3] = ['.', ',', '?'];

/// Counts of one sign: hits, misses and false alarms.
pub type SignCounts = Detection;

/// What was right and wrong over many turns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signs {
    /// In the order of [`SIGNS`].
    pub signs: [SignCounts; 3],
    /// Words compared.
    pub words: usize,
    /// Words written with the right capitals.
    pub case_right: usize,
    /// Turns compared.
    pub turns: usize,
    /// Turns written right in every sign and capital.
    pub turns_right: usize,
}

impl Signs {
    /// Compares one turn's words, as they should be and as they were written.
    /// Words that one side has more than the other are left out.
    pub fn turn(&mut self, reference: &[&str], written: &[String]) {
        let mut right = reference.len() == written.len();
        for (wanted, got) in reference.iter().zip(written) {
            let (wanted_sign, got_sign) = (sign(wanted), sign(got));
            for (index, known) in SIGNS.iter().enumerate() {
                let counts = &mut self.signs[index];
                match (wanted_sign == Some(*known), got_sign == Some(*known)) {
                    (true, true) => counts.hits += 1,
                    (true, false) => counts.misses += 1,
                    (false, true) => counts.false_alarms += 1,
                    (false, false) => counts.rejections += 1,
                }
            }
            let case_right = bare(wanted) == bare(got);
            self.words += 1;
            self.case_right += usize::from(case_right);
            right &= case_right && wanted_sign == got_sign;
        }
        self.turns += 1;
        self.turns_right += usize::from(right);
    }

    /// All signs together.
    pub fn micro(&self) -> SignCounts {
        let mut sum = SignCounts::default();
        for counts in &self.signs {
            sum.hits += counts.hits;
            sum.misses += counts.misses;
            sum.false_alarms += counts.false_alarms;
        }
        sum
    }
}

/// The sign that a word carries at its end.
fn sign(word: &str) -> Option<char> {
    let last = word.trim_end_matches(['"', '\'', ')', '\u{201D}', '\u{2019}']).chars().last()?;
    match last {
        '.' | '!' | '\u{2026}' => Some('.'),
        ',' | ';' | ':' => Some(','),
        '?' => Some('?'),
        _ => None,
    }
}

/// A word without the signs around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(reference: &str, written: &str) -> Signs {
        let mut signs = Signs::default();
        let reference: Vec<&str> = reference.split(' ').collect();
        let written: Vec<String> = written.split(' ').map(str::to_string).collect();
        signs.turn(&reference, &written);
        signs
    }

    #[test]
    fn signs_and_capitals_are_counted_by_hand() {
        let signs = compare("Yes, I am. Are you?", "Yes, i am, Are you.");
        let [period, comma, question] = signs.signs;
        assert_eq!((period.hits, period.misses, period.false_alarms), (0, 1, 1));
        assert_eq!((comma.hits, comma.misses, comma.false_alarms), (1, 0, 1));
        assert_eq!((question.hits, question.misses, question.false_alarms), (0, 1, 0));
        let micro = signs.micro();
        assert_eq!((micro.hits, micro.misses, micro.false_alarms), (1, 2, 2));
        assert_eq!(micro.f1(), Some(2.0 / 6.0));
        assert_eq!((signs.words, signs.case_right, signs.turns_right), (5, 4, 0));
    }

    #[test]
    fn a_right_turn_is_right() {
        let signs = compare("Good morning! It's Anna; hello...", "Good morning. It's Anna, hello.");
        assert_eq!((signs.turns, signs.turns_right, signs.case_right), (1, 1, 5));
        assert_eq!(signs.micro().f1(), Some(1.0));
    }
}
