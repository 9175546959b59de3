//! What is wrong with an agent file, and where.

use std::fmt;

/// A place in the file: line and column, both counted from 1; 0 when unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Place {
    pub line: u64,
    pub column: u64,
}

/// One thing that is wrong with an agent file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line, counted from 1; 0 when the whole file is meant.
    pub line: u64,
    /// Column, counted from 1; 0 when the whole file is meant.
    pub column: u64,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub cure: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        write!(f, "{}; {}", self.what, self.cure)
    }
}

/// Everything that is wrong with an agent file, in the order of its lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentErrors {
    /// The problems.
    pub problems: Vec<Problem>,
}

impl fmt::Display for AgentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for AgentErrors {}

/// The known name nearest to a mistyped one, when it is near enough to be meant.
pub(crate) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = 1 + wrong.chars().count() / 4;
    known
        .into_iter()
        .map(|name| (edit_distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Edit distance in characters, two swapped neighbours counting as one edit; long inputs
/// are cut, they cannot be near anything.
fn edit_distance(left: &str, right: &str) -> usize {
    const CHARS_MAX: usize = 64;
    let left: Vec<char> = left.chars().take(CHARS_MAX).collect();
    let right: Vec<char> = right.chars().take(CHARS_MAX).collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for i in 1..=left.len() {
        let mut row = vec![i; right.len() + 1];
        for j in 1..=right.len() {
            let substituted = last[j - 1] + usize::from(left[i - 1] != right[j - 1]);
            row[j] = substituted.min(last[j] + 1).min(row[j - 1] + 1);
            let swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if swapped {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_found_only_when_near() {
        let known = ["interruptible", "reprompt", "edges"];
        assert_eq!(nearest("interuptible", known), Some("interruptible"));
        assert_eq!(nearest("edgse", known), Some("edges"));
        assert_eq!(nearest("voice", known), None);
    }
}
