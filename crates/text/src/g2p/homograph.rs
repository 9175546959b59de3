//! Words that are written alike and spoken differently ("read", "live", "record"), settled by the words
//! around them: a linear model over neighbours, whose weights are a table in `homograph/table.rs`.
//!
//! Most pairs are a verb and a noun or adjective; they share the weights of what stands next to them, and differ
//! in a prior. The others ("bass", "wind", "Polish") have weights of their own for the words nearby. It knows
//! neither grammar nor meaning. `training/g2p/homographs.py` makes the table.

#[rustfmt::skip]
mod table;

use table::{
    AFTER, AFTER_ENDINGS, BEFORE, BEFORE_ENDINGS, CLASSES, EARLIER, HOMOGRAPHS, LATER, NEARBY,
};

/// A word with what stands around it.
pub struct Spot<'a> {
    /// The lower-case words of the text.
    pub words: &'a [String],
    /// Whether a pause follows each of them.
    pub pauses: &'a [bool],
    /// Which of the words it is.
    pub at: usize,
    /// Whether it is written with a capital.
    pub capital: bool,
}

/// A word with two readings.
struct Homograph {
    word: &'static str,
    /// The first reading: the verb, where there is one.
    first: &'static str,
    /// The second reading.
    second: &'static str,
    /// How much speaks for the first reading before looking around.
    prior: i8,
    /// Whether the first reading is a verb and the second is not, so that the shared weights count.
    grammar: bool,
}

/// A verb against a noun or adjective.
const fn verb(
    word: &'static str,
    first: &'static str,
    second: &'static str,
    prior: i8,
) -> Homograph {
    Homograph { word, first, second, prior, grammar: true }
}

/// Two words that have nothing to do with each other.
const fn sense(
    word: &'static str,
    first: &'static str,
    second: &'static str,
    prior: i8,
) -> Homograph {
    Homograph { word, first, second, prior, grammar: false }
}

/// Weights by word or word ending.
type Weights = [(&'static str, i8)];

/// How many words to each side are near.
const NEAR: usize = 7;
/// Stands for the missing word at the beginning of a phrase.
const BEGINNING: &str = "^";
/// Stands for the missing word at the end of a phrase.
const END: &str = "$";

/// Words after which a verb stands.
const BEFORE_VERB: [&str; 39] = [
    "to", "i", "you", "we", "they", "can", "could", "will", "would", "shall", "should", "may",
    "might", "must", "not", "don't", "doesn't", "didn't", "can't", "couldn't", "won't", "wouldn't",
    "i'll", "you'll", "we'll", "they'll", "i'd", "you'd", "we'd", "let's", "please", "who", "also",
    "do", "did", "does", "never", "always", "cannot",
];
/// Words after which a noun or adjective stands.
const BEFORE_NOUN: [&str; 34] = [
    "a", "an", "the", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our",
    "their", "no", "any", "some", "each", "every", "of", "in", "on", "for", "with", "by", "at",
    "from", "under", "new", "full", "is", "are", "first", "very",
];
/// Words after which "read" rhymes with "seed".
const BEFORE_PRESENT: [&str; 29] = [
    "to", "can", "could", "will", "would", "should", "may", "might", "must", "please", "don't",
    "do", "did", "didn't", "doesn't", "can't", "cannot", "couldn't", "won't", "not", "let", "i'll",
    "you'll", "we'll", "i'd", "a", "good", "does", "let's",
];
/// Words after which "read" rhymes with "bed"; the first eight also with a word between.
const BEFORE_PAST: [&str; 23] = [
    "have", "has", "had", "i've", "you've", "we've", "they've", "was", "were", "is", "be", "been",
    "being", "he", "she", "it", "haven't", "hasn't", "already", "ever", "just", "having", "i",
];
/// What a command has behind its verb: "close the account", "record a message".
const OBJECTS: [&str; 16] = [
    "the", "a", "an", "your", "my", "this", "that", "these", "those", "it", "them", "me", "us",
    "all", "any", "our",
];

/// The pronunciation that the text around it asks for, as symbols separated by spaces; `None` for words that
/// are not homographs here.
pub fn choose(spot: &Spot<'_>) -> Option<&'static str> {
    let word = spot.words.get(spot.at)?;
    let entry = HOMOGRAPHS.iter().find(|h| h.word == word)?;
    let votes = if entry.grammar { spot.grammar() } else { spot.nearby(entry.word) };
    Some(if i32::from(entry.prior) + votes > 0 { entry.first } else { entry.second })
}

impl Spot<'_> {
    /// The word `offset` away, unless a pause or the end of the text stands between.
    fn neighbour(&self, offset: isize) -> Option<&str> {
        let to = self.at.checked_add_signed(offset)?;
        let (from, until) = (self.at.min(to), self.at.max(to));
        if self.pauses.get(from..until)?.contains(&true) {
            return None;
        }
        self.words.get(to).map(String::as_str)
    }

    /// What speaks for a verb.
    fn grammar(&self) -> i32 {
        let before = self.neighbour(-1).unwrap_or(BEGINNING);
        let earlier = self.neighbour(-2).unwrap_or(BEGINNING);
        let after = self.neighbour(1).unwrap_or(END);
        let later = self.neighbour(2).unwrap_or(END);
        // The sentences behind the weights command nobody; an agent's do.
        if before == BEGINNING && OBJECTS.contains(&after) {
            return i32::from(i8::MAX);
        }
        let mut votes = weight(BEFORE, before)
            + weight(EARLIER, earlier)
            + weight(AFTER, after)
            + weight(LATER, later)
            + ending(BEFORE_ENDINGS, before)
            + ending(AFTER_ENDINGS, after);
        let earlier_verb = BEFORE_VERB.contains(&earlier) && before.ends_with("ly");
        for (class, holds) in [
            ("verb", BEFORE_VERB.contains(&before)),
            ("noun", BEFORE_NOUN.contains(&before)),
            ("adverb", earlier_verb),
            ("capital", self.capital && self.at > 0),
        ] {
            votes += if holds { weight(CLASSES, class) } else { 0 };
        }
        votes
    }

    /// What speaks for the first reading in the words nearby.
    fn nearby(&self, word: &str) -> i32 {
        let Some((_, weights)) = NEARBY.iter().find(|(w, _)| *w == word) else { return 0 };
        let at = |offset: isize| {
            let i = self.at.checked_add_signed(offset)?;
            self.words.get(i).map(String::as_str)
        };
        let (before, after) = (at(-1).unwrap_or(BEGINNING), at(1).unwrap_or(BEGINNING));
        let earlier = at(-2).unwrap_or(BEGINNING);
        let mut votes = if self.capital && self.at > 0 { weight(weights, BEGINNING) } else { 0 };
        votes += weight(weights, &format!("<{before}")) + weight(weights, &format!(">{after}"));
        if word == "read" {
            let present = BEFORE_PRESENT.contains(&before) || before == "me" && earlier == "let";
            let past = BEFORE_PAST.contains(&before) || BEFORE_PAST[..8].contains(&earlier);
            votes += match (present, past) {
                (true, _) => weight(weights, "=present"),
                (false, true) => weight(weights, "=past"),
                (false, false) => 0,
            };
        }
        let from = self.at.saturating_sub(NEAR);
        let until = (self.at + NEAR + 1).min(self.words.len());
        let near = self.words[from..self.at].iter().chain(&self.words[self.at + 1..until]);
        let mut seen: Vec<&str> = Vec::with_capacity(2 * NEAR);
        for word in near {
            if !seen.contains(&word.as_str()) {
                seen.push(word);
                votes += weight(weights, word);
            }
        }
        votes
    }
}

fn weight(weights: &Weights, key: &str) -> i32 {
    weights.iter().find(|(k, _)| *k == key).map_or(0, |(_, w)| i32::from(*w))
}

/// The weights of all endings that a word of more than three letters has.
fn ending(weights: &Weights, word: &str) -> i32 {
    if word.len() <= 3 {
        return 0;
    }
    weights.iter().filter(|(k, _)| word.ends_with(k)).map(|(_, w)| i32::from(*w)).sum()
}

#[cfg(test)]
mod tests;
