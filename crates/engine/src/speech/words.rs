//! The times of written words from those of spoken ones.

use std::ops::Range;

use super::WordTime;

/// The written words of a sentence that begin within `range`, with the time from the first to the last spoken word that
/// came from each ("$20" is spoken as two). A written word that is not spoken, such as a dash, takes no time after its
/// predecessor, and at the beginning it stands at `start_ms`. `sources` and `times` go together.
pub(super) fn written(
    sentence: &str,
    range: &Range<usize>,
    sources: &[Range<usize>],
    times: &[(u64, u64)],
    start_ms: u64,
) -> Vec<WordTime> {
    let mut end_before = start_ms;
    let mut words = Vec::new();
    for word in sentence.split_whitespace() {
        let from = word.as_ptr() as usize - sentence.as_ptr() as usize;
        let to = from + word.len();
        if !range.contains(&from) {
            continue;
        }
        let spoken = sources
            .iter()
            .zip(times)
            .filter(|(source, _)| source.start < to && source.end > from)
            .map(|(_, time)| *time);
        let (start_ms, end_ms) =
            spoken.reduce(|(start, _), (_, end)| (start, end)).unwrap_or((end_before, end_before));
        end_before = end_ms;
        words.push(WordTime { text: word.to_string(), start_ms, end_ms });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_word_spans_all_its_spoken_words() {
        let sentence = "Pay $20 - now.";
        let sources = [0..3, 4..7, 4..7, 10..13];
        let times = [(0, 200), (220, 500), (500, 900), (950, 1200)];
        let words = written(sentence, &(0..sentence.len()), &sources, &times, 0);
        let expected = [("Pay", 0, 200), ("$20", 220, 900), ("-", 900, 900), ("now.", 950, 1200)];
        assert_eq!(words.len(), expected.len());
        for (have, want) in words.iter().zip(expected) {
            assert_eq!((have.text.as_str(), have.start_ms, have.end_ms), want);
        }
    }

    #[test]
    fn only_words_that_begin_in_the_range_are_given() {
        let words =
            written("one two three", &(4..7), &[4..7, 8..13], &[(1030, 1200), (1200, 1500)], 1000);
        assert_eq!(words, [WordTime { text: "two".into(), start_ms: 1030, end_ms: 1200 }]);
    }
}
