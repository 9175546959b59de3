//! Word errors: how a reference becomes a hypothesis.

use std::ops::AddAssign;

/// Most cells of an alignment: references and hypotheses of 5,000 words.
pub const CELLS_MAX: usize = 25_000_000;

/// The errors of one or more hypotheses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edits {
    /// Words of the references.
    pub reference: usize,
    /// Words taken for others.
    pub substitutions: usize,
    /// Words that are missing.
    pub deletions: usize,
    /// Words that were not said.
    pub insertions: usize,
}

impl Edits {
    /// All errors.
    pub fn errors(self) -> usize {
        self.substitutions + self.deletions + self.insertions
    }

    /// Errors per hundred words of the reference; `None` without a reference.
    pub fn percent(self) -> Option<f64> {
        (self.reference > 0).then(|| 100.0 * self.errors() as f64 / self.reference as f64)
    }
}

impl AddAssign for Edits {
    fn add_assign(&mut self, other: Self) {
        self.reference += other.reference;
        self.substitutions += other.substitutions;
        self.deletions += other.deletions;
        self.insertions += other.insertions;
    }
}

/// The step by which a cell of the alignment was reached.
#[derive(Clone, Copy)]
enum Step {
    Pair,
    Deletion,
    Insertion,
}

/// The fewest errors that turn the reference into the hypothesis (Levenshtein,
/// all errors weigh 1). Among ways with as few, pairs are preferred to
/// deletions and deletions to insertions, from the end backwards. `None` when
/// the two are too long to be aligned.
pub fn align<T: PartialEq>(reference: &[T], hypothesis: &[T]) -> Option<Edits> {
    let width = hypothesis.len() + 1;
    if (reference.len() + 1).checked_mul(width)? > CELLS_MAX {
        return None;
    }
    // steps: (reference + 1, hypothesis + 1)
    let mut steps = vec![Step::Insertion; width];
    let mut costs: Vec<u32> = (0..width as u32).collect();
    for word in reference {
        let mut diagonal = costs[0];
        costs[0] += 1;
        steps.push(Step::Deletion);
        for (column, said) in hypothesis.iter().enumerate() {
            let pair = diagonal + u32::from(word != said);
            let (deletion, insertion) = (costs[column + 1] + 1, costs[column] + 1);
            diagonal = costs[column + 1];
            let (cost, step) = if pair <= deletion && pair <= insertion {
                (pair, Step::Pair)
            } else if deletion <= insertion {
                (deletion, Step::Deletion)
            } else {
                (insertion, Step::Insertion)
            };
            costs[column + 1] = cost;
            steps.push(step);
        }
    }
    Some(count(&steps, reference, hypothesis))
}

fn count<T: PartialEq>(steps: &[Step], reference: &[T], hypothesis: &[T]) -> Edits {
    let width = hypothesis.len() + 1;
    let mut edits = Edits { reference: reference.len(), ..Edits::default() };
    let (mut row, mut column) = (reference.len(), hypothesis.len());
    while row > 0 || column > 0 {
        match steps[row * width + column] {
            Step::Pair => {
                row -= 1;
                column -= 1;
                edits.substitutions += usize::from(reference[row] != hypothesis[column]);
            }
            Step::Deletion => {
                row -= 1;
                edits.deletions += 1;
            }
            Step::Insertion => {
                column -= 1;
                edits.insertions += 1;
            }
        }
    }
    edits
}

/// The number of errors alone, in the memory of one row.
pub fn distance<T: PartialEq>(reference: &[T], hypothesis: &[T]) -> usize {
    let mut costs: Vec<usize> = (0..=hypothesis.len()).collect();
    for symbol in reference {
        let mut diagonal = costs[0];
        costs[0] += 1;
        for (column, said) in hypothesis.iter().enumerate() {
            let best = (diagonal + usize::from(symbol != said))
                .min(costs[column + 1] + 1)
                .min(costs[column] + 1);
            diagonal = costs[column + 1];
            costs[column + 1] = best;
        }
    }
    costs[hypothesis.len()]
}

/// A text as it is compared: figures spelled out, lower case, without signs;
/// hyphens part words, apostrophes inside them stay.
pub fn plain_words(text: &str) -> Vec<String> {
    let spelled = if text.chars().any(|c| c.is_ascii_digit()) {
        hearsay_text::normalize::normalize_text(text)
    } else {
        text.to_string()
    };
    let lower = spelled.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'");
    let kept = |c: char| c.is_alphanumeric() || c == '\'' || is_mark(c);
    lower
        .split(|c: char| !kept(c))
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(str::to_string)
        .collect()
}

/// Vowel signs and other marks that belong to the letter before (Devanagari
/// and combining accents).
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reference: &str, hypothesis: &str, parts: (usize, usize, usize)) {
        let (reference, hypothesis) = (plain_words(reference), plain_words(hypothesis));
        let edits = align(&reference, &hypothesis).unwrap();
        let got = (edits.substitutions, edits.deletions, edits.insertions);
        assert_eq!(got, parts, "{reference:?} {hypothesis:?}");
        assert_eq!(edits.errors(), distance(&reference, &hypothesis));
        assert_eq!(edits.reference, reference.len());
    }

    #[test]
    fn errors_are_counted_by_kind() {
        check("i lost my card", "i lost my card", (0, 0, 0));
        check("i lost my card", "i lost the card", (1, 0, 0));
        check("i lost my card", "lost my card", (0, 1, 0));
        check("i lost my card", "i have lost my card", (0, 0, 1));
        check("i lost my card", "", (0, 4, 0));
        check("", "hello there", (0, 0, 2));
        check("a b c d", "b c d e", (0, 1, 1));
        check("the cat sat on the mat", "a cat sat mat please", (3, 1, 0));
        check("kitten sitting", "sitting kitten", (2, 0, 0));
    }

    #[test]
    fn rates_add_up_over_clips() {
        let mut all = Edits::default();
        assert_eq!(all.percent(), None);
        for (reference, hypothesis) in [("a b c d", "a x c d"), ("e f g h", "e f")] {
            all += align(&plain_words(reference), &plain_words(hypothesis)).unwrap();
        }
        assert_eq!((all.reference, all.errors()), (8, 3));
        assert_eq!(all.percent(), Some(37.5));
    }

    #[test]
    fn both_ways_of_counting_agree_on_random_texts() {
        let mut seed = 7u32;
        let mut next = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % below
        };
        for _ in 0..300 {
            let mut text = |length: u32| (0..length).map(|_| next(3)).collect::<Vec<u32>>();
            let (a, b) = (text(9), text(11));
            let edits = align(&a[..], &b[..]).unwrap();
            assert_eq!(edits.errors(), distance(&a, &b), "seed 7");
            assert_eq!(a.len() + edits.insertions, b.len() + edits.deletions);
        }
    }

    #[test]
    fn texts_are_compared_without_signs_case_and_figures() {
        let cases = [
            ("Hello, World!", "hello world"),
            ("It's the so-called 'best' one.", "it's the so called best one"),
            ("I paid $20", "i paid twenty dollars"),
            ("don\u{2019}t", "don't"),
            ("\u{00BF}Qu\u{00E9} tal?", "qu\u{00E9} tal"),
            ("  ", ""),
        ];
        for (written, plain) in cases {
            assert_eq!(plain_words(written).join(" "), plain);
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        let long = vec![0u8; 6_000];
        assert_eq!(align(&long, &long), None);
    }
}
