//! Marked spans of a text against found ones: precision, recall and F1 of words and of
//! whole spans by kind, and how much of what was marked is covered at all.

use std::collections::BTreeMap;
use std::ops::Range;

/// A span of characters' bytes with the name of its kind.
pub type Span = (Range<usize>, String);

/// What was counted of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpanCounts {
    /// Found and right.
    pub hits: usize,
    /// Found and wrong.
    pub false_alarms: usize,
    /// Not found.
    pub misses: usize,
}

impl SpanCounts {
    /// Of those found, how many were right.
    pub fn precision(&self) -> Option<f64> {
        share(self.hits, self.hits + self.false_alarms)
    }

    /// Of those there, how many were found.
    pub fn recall(&self) -> Option<f64> {
        share(self.hits, self.hits + self.misses)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)
    }

    fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.false_alarms += other.false_alarms;
        self.misses += other.misses;
    }
}

/// All counts of a file.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    /// Words by kind.
    pub words: BTreeMap<String, SpanCounts>,
    /// Whole spans by kind: both ends and the kind are right.
    pub spans: BTreeMap<String, SpanCounts>,
    /// Words of marked spans, and those of them that lie in a found span of any kind.
    pub covered: (usize, usize),
    /// Texts without a marked span, and those of them in which something was found.
    pub clean: (usize, usize),
}

impl Spans {
    /// Takes in one text.
    pub fn text(&mut self, text: &str, marked: &[Span], found: &[Span]) {
        for word in words(text) {
            let kind = |spans: &[Span]| {
                let inside = spans.iter().find(|(range, _)| overlap(range, &word));
                inside.map(|(_, kind)| kind.clone())
            };
            let (truth, guess) = (kind(marked), kind(found));
            self.covered.0 += usize::from(truth.is_some());
            self.covered.1 += usize::from(truth.is_some() && guess.is_some());
            count(&mut self.words, truth, guess);
        }
        for span in marked {
            let guess = found.contains(span).then(|| span.1.clone());
            count(&mut self.spans, Some(span.1.clone()), guess);
        }
        for span in found.iter().filter(|span| !marked.contains(span)) {
            count(&mut self.spans, None, Some(span.1.clone()));
        }
        self.clean.0 += usize::from(marked.is_empty());
        self.clean.1 += usize::from(marked.is_empty() && !found.is_empty());
    }

    /// Of all kinds together.
    pub fn total(counts: &BTreeMap<String, SpanCounts>) -> SpanCounts {
        let mut sum = SpanCounts::default();
        counts.values().for_each(|each| sum.add(*each));
        sum
    }
}

fn count(counts: &mut BTreeMap<String, SpanCounts>, truth: Option<String>, guess: Option<String>) {
    match (truth, guess) {
        (Some(truth), Some(guess)) if truth == guess => counts.entry(truth).or_default().hits += 1,
        (truth, guess) => {
            if let Some(truth) = truth {
                counts.entry(truth).or_default().misses += 1;
            }
            if let Some(guess) = guess {
                counts.entry(guess).or_default().false_alarms += 1;
            }
        }
    }
}

/// Where the words of a text are: parted by spaces, without the signs around them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut out = Vec::new();
    for part in text.split(char::is_whitespace) {
        let bare = part.trim_matches(|c: char| !c.is_alphanumeric());
        let begin = at + part.find(bare).unwrap_or(0);
        if !bare.is_empty() {
            out.push(begin..begin + bare.len());
        }
        at += part.len() + text[at + part.len()..].chars().next().map_or(0, char::len_utf8);
    }
    out
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_spans_are_counted_by_kind() {
        let mut spans = Spans::default();
        let span = |range, kind: &str| (range, kind.to_string());
        // "mary jones" is a name, of which only "mary" is found; "may" is found wrongly.
        let text = "i am mary jones, may i?";
        spans.text(text, &[span(5..15, "name")], &[span(5..9, "name"), span(17..20, "date")]);
        spans.text("hello there", &[], &[]);
        let name = spans.words["name"];
        assert_eq!((name.hits, name.misses, name.false_alarms), (1, 1, 0));
        assert_eq!(name.recall(), Some(0.5));
        assert_eq!(spans.words["date"].false_alarms, 1);
        assert_eq!(spans.spans["name"].f1(), Some(0.0));
        assert_eq!(spans.covered, (2, 1));
        assert_eq!(spans.clean, (1, 0));
        let all = Spans::total(&spans.words);
        assert_eq!((all.hits, all.false_alarms, all.misses), (1, 1, 1));
        assert_eq!(all.f1(), Some(0.5));
        assert_eq!(all.precision(), Some(0.5));
    }
}
