//! Where sentences end, so that speaking can begin before a reply is complete.
//!
//! [`Splitter`] takes text piece by piece (a token, a word, a page) and gives a sentence back as soon as it is
//! certain that it has ended; [`split`] does the same for a whole text. It does not rewrite anything: the
//! sentences put together, with the white space between them, are the input.

/// Why text is cut where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// No sentence is longer than this many bytes; a longer one is cut at a clause or a space.
    pub bytes_max: usize,
    /// The first sentence may be cut after a comma, semicolon, colon or dash once it has this many bytes, so
    /// that the first sound comes early; 0 turns this off.
    pub first_clause_bytes_min: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes_max: 300, first_clause_bytes_min: 0 }
    }
}

/// A piece of text to be spoken in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The text, without white space around it.
    pub text: String,
    /// Where it began, in bytes from the start of everything pushed.
    pub start: usize,
}

/// Finds the ends of sentences in text that is still arriving.
#[derive(Debug, Clone)]
pub struct Splitter {
    limits: Limits,
    /// Text that is not yet part of a sentence given back.
    pending: String,
    /// Bytes given back or skipped before `pending`.
    consumed: usize,
    given: usize,
}

/// The shortest bound that still lets a word pass.
const BYTES_MAX_MIN: usize = 40;

impl Splitter {
    /// A splitter at the beginning of a reply.
    pub fn new(limits: Limits) -> Self {
        let limits = Limits { bytes_max: limits.bytes_max.max(BYTES_MAX_MIN), ..limits };
        Self { limits, pending: String::new(), consumed: 0, given: 0 }
    }

    /// Adds text and returns the sentences that are now certain, in order.
    pub fn push(&mut self, piece: &str) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        let mut rest = piece;
        // Long pieces are taken in parts, so that what is pending stays bounded.
        while !rest.is_empty() {
            let mut cut = rest.floor_char_boundary(self.limits.bytes_max);
            if cut == 0 {
                cut = rest.chars().next().map_or(rest.len(), char::len_utf8);
            }
            let (part, tail) = rest.split_at(cut);
            self.pending.push_str(part);
            rest = tail;
            while let Some(end) = self.certain_end() {
                sentences.extend(self.take(end));
            }
        }
        sentences
    }

    /// Ends the text and returns what is left of it, as one or more sentences.
    pub fn finish(&mut self) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        while !self.pending.is_empty() {
            let end = self
                .certain_end()
                .or_else(|| last_end(&self.pending))
                .unwrap_or(self.pending.len());
            sentences.extend(self.take(end));
        }
        self.consumed = 0;
        self.given = 0;
        sentences
    }

    /// Removes `end` bytes from what is pending; white space alone makes no sentence.
    fn take(&mut self, end: usize) -> Option<Sentence> {
        let taken: String = self.pending.drain(..end).collect();
        let start = self.consumed + (taken.len() - taken.trim_start().len());
        self.consumed += taken.len();
        let text = taken.trim();
        if text.is_empty() {
            return None;
        }
        self.given += 1;
        Some(Sentence { text: text.to_string(), start })
    }

    fn certain_end(&self) -> Option<usize> {
        let text = self.pending.as_str();
        let end = ends(text).find(|e| e.certain).map(|e| e.at);
        if let Some(end) = end.filter(|&e| e <= self.limits.bytes_max) {
            return Some(end.min(self.early_clause(end).unwrap_or(end)));
        }
        if let Some(clause) = self.early_clause(text.len()) {
            return Some(clause);
        }
        (text.len() > self.limits.bytes_max).then(|| forced_cut(text, self.limits.bytes_max))
    }

    /// The end of the first clause, when the first sentence may be cut there.
    fn early_clause(&self, before: usize) -> Option<usize> {
        let min = self.limits.first_clause_bytes_min;
        if min == 0 || self.given > 0 {
            return None;
        }
        let text = &self.pending[..before];
        text.char_indices()
            .filter(|(_, c)| matches!(c, ',' | ';' | ':' | '—'))
            .map(|(i, c)| i + c.len_utf8())
            .find(|&i| i >= min && text[i..].starts_with(char::is_whitespace))
            .filter(|&i| i <= self.limits.bytes_max)
    }
}

/// Splits a whole text into sentences of at most `Limits::default().bytes_max` bytes.
pub fn split(text: &str) -> Vec<Sentence> {
    let mut splitter = Splitter::new(Limits::default());
    let mut sentences = splitter.push(text);
    sentences.extend(splitter.finish());
    sentences
}

/// A place after a mark that may end a sentence.
pub(crate) struct End {
    pub(crate) at: usize,
    /// Whether nothing that could still arrive would change it.
    pub(crate) certain: bool,
}

/// Every place where a sentence ends or, given what has arrived, may end.
pub(crate) fn ends(text: &str) -> impl Iterator<Item = End> + '_ {
    text.char_indices().filter_map(move |(i, c)| {
        if c == '\n' {
            return Some(End { at: i + 1, certain: true });
        }
        if !is_mark(c) || text[i + c.len_utf8()..].starts_with(is_mark) {
            return None;
        }
        let after_mark = &text[i + c.len_utf8()..];
        let closed = after_mark.trim_start_matches(['"', '\'', '”', '’', ')', ']', '»']);
        let at = text.len() - closed.len();
        match closed.chars().next() {
            None => (!never_ends(text, i)).then_some(End { at, certain: false }),
            Some(space) if space.is_whitespace() => {
                judge(text, i, c, closed).map(|certain| End { at, certain })
            }
            // "।" and "。" need no space behind them.
            Some(_) => matches!(c, '।' | '。').then_some(End { at, certain: true }),
        }
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '।' | '。')
}

/// Whether the mark at `i`, with white space behind it, ends a sentence: `None` no, else whether that is certain.
fn judge(text: &str, i: usize, mark: char, closed: &str) -> Option<bool> {
    let next = closed.trim_start().chars().next();
    let dots = mark == '…' || text[..i].ends_with('.');
    if mark != '.' && !dots {
        return Some(true);
    }
    if !dots && never_ends(text, i) {
        return None;
    }
    if !dots && is_country(word_before(text, i)) {
        return after_country(closed);
    }
    let open = dots || may_not_end(text, i);
    match next {
        None => Some(!open),
        Some(n) if open => {
            (n.is_uppercase() || n.is_numeric() && !dots || "\"“'(".contains(n)).then_some(true)
        }
        Some(n) if n.is_lowercase() && !text[..i].ends_with(|c: char| c.is_alphanumeric()) => None,
        Some(_) => Some(true),
    }
}

/// The word right before byte `i`, with inner points ("p.m", "U.S").
fn word_before(text: &str, i: usize) -> &str {
    let before = &text[..i];
    let start = before
        .rfind(|c: char| !(c.is_alphanumeric() || c == '.'))
        .map_or(0, |j| j + before[j..].chars().next().map_or(1, char::len_utf8));
    &before[start..]
}

/// "U.S" and its like: capitals with points between them.
fn is_country(word: &str) -> bool {
    word.len() > 2 && word.split('.').all(|p| p.len() == 1 && p.starts_with(char::is_uppercase))
}

/// Whether a sentence ends at "U.S.": only before a word that often begins one ("the U.S. Senate" goes on).
fn after_country(closed: &str) -> Option<bool> {
    const STARTERS: [&str; 24] = [
        "The", "It", "We", "I", "You", "He", "She", "They", "This", "That", "These", "Those",
        "But", "And", "In", "If", "What", "When", "Where", "How", "Why", "Please", "Is", "There",
    ];
    let next = closed.trim_start();
    let len = next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len());
    let word = &next[..len];
    if len < next.len() {
        return STARTERS.contains(&word).then_some(true);
    }
    STARTERS.iter().any(|s| s.starts_with(word)).then_some(false)
}

/// Abbreviations that stand before something: "Dr. Smith" never ends at its point.
fn never_ends(text: &str, i: usize) -> bool {
    const TITLES: [&str; 33] = [
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "rev",
        "gen",
        "col",
        "capt",
        "lt",
        "sgt",
        "sen",
        "gov",
        "hon",
        "mt",
        "e.g",
        "i.e",
        "vs",
        "approx",
        "fig",
        "eq",
        "cf",
        "messrs",
        "mx",
        "rs",
        "st",
        "sra",
        "srta",
        "dra",
        "sr",
        "डॉ",
        "श्री",
        "नं",
    ];
    let word = word_before(text, i);
    let lower = word.to_lowercase();
    if matches!(lower.as_str(), "st" | "sr") {
        // "Main St." and "John Smith Sr." may end a sentence, "St. Louis" and "el Sr. García" may not.
        let before = text[..i - word.len()].trim_end();
        let name = |w: &str| w.starts_with(char::is_uppercase) && !matches!(w, "El" | "The");
        return !before.rsplit(' ').next().is_some_and(name);
    }
    let initial = word.len() == 1 && word.starts_with(char::is_uppercase) && word != "I";
    let list_number = word.len() <= 2
        && !word.is_empty()
        && word.bytes().all(|b| b.is_ascii_digit())
        && text[..i - word.len()].trim().is_empty();
    TITLES.contains(&lower.as_str()) || initial || list_number
}

/// Abbreviations that may also stand at the end: only a capital letter behind tells.
fn may_not_end(text: &str, i: usize) -> bool {
    const OPEN: [&str; 25] = [
        "etc", "inc", "corp", "ltd", "co", "jr", "sr", "ave", "blvd", "rd", "no", "nos", "dept",
        "est", "ext", "apt", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "al", "min",
    ];
    let word = word_before(text, i);
    word.contains('.') && word.chars().any(char::is_alphabetic)
        || OPEN.contains(&word.to_lowercase().as_str())
}

/// The last end, certain or not, that leaves something behind it.
fn last_end(text: &str) -> Option<usize> {
    ends(text).map(|e| e.at).find(|&at| at > 0)
}

/// Where to cut a text that is too long: after the last clause mark, else at the last space, else anywhere.
fn forced_cut(text: &str, bytes_max: usize) -> usize {
    let head = &text[..text.floor_char_boundary(bytes_max)];
    let clause = head
        .char_indices()
        .filter(|(i, c)| {
            matches!(c, ',' | ';' | ':' | '—')
                && text[i + c.len_utf8()..].starts_with(char::is_whitespace)
        })
        .map(|(i, c)| i + c.len_utf8())
        .rfind(|&i| i > bytes_max / 3);
    let space = || head.rfind(char::is_whitespace).filter(|&i| i > 0);
    clause.or_else(space).unwrap_or(head.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        split(text).into_iter().map(|s| s.text).collect()
    }

    #[test]
    fn whole_texts() {
        struct Case(&'static str, &'static [&'static str]);
        for Case(text, expected) in [
            Case("", &[]),
            Case("  \n ", &[]),
            Case("Hello", &["Hello"]),
            Case("Hello. How are you?", &["Hello.", "How are you?"]),
            Case("Dr. Smith is in. Wait!", &["Dr. Smith is in.", "Wait!"]),
            Case("It costs 3.5 dollars. Fine.", &["It costs 3.5 dollars.", "Fine."]),
            Case("Write to a.b@example.com. Thanks.", &["Write to a.b@example.com.", "Thanks."]),
            Case("Well... I see. Wait... what?", &["Well...", "I see.", "Wait... what?"]),
            Case(
                "We close at 5 p.m. on Friday. At 6 p.m. We go.",
                &["We close at 5 p.m. on Friday.", "At 6 p.m.", "We go."],
            ),
            Case(
                "In the U.S. it is. J. K. Rowling wrote.",
                &["In the U.S. it is.", "J. K. Rowling wrote."],
            ),
            Case("She said \"Stop!\" Then left.", &["She said \"Stop!\"", "Then left."]),
            Case("1. Press one. 2. Press two.", &["1. Press one.", "2. Press two."]),
            Case(
                "I live on Main St. Call me. St. Louis is far.",
                &["I live on Main St.", "Call me.", "St. Louis is far."],
            ),
            Case(
                "The U.S. Senate met. We left the U.S. It was late.",
                &["The U.S. Senate met.", "We left the U.S.", "It was late."],
            ),
            Case("Habla la Sra. Ruiz con el Sr. Gil.", &["Habla la Sra. Ruiz con el Sr. Gil."]),
            Case("e.g. this, i.e. that. Ok?!", &["e.g. this, i.e. that.", "Ok?!"]),
            Case("One\nTwo", &["One", "Two"]),
        ] {
            assert_eq!(texts(text), expected, "{text:?}");
        }
    }

    #[test]
    fn byte_by_byte_gives_the_same_as_at_once() {
        let text =
            "Dr. Lee is out, e.g. at lunch. Call 555 0199... now! Is 3.5 fine? Meet at 5 p.m. Bye.";
        let mut splitter = Splitter::new(Limits::default());
        let mut pieces = Vec::new();
        for c in text.chars() {
            pieces.extend(splitter.push(c.encode_utf8(&mut [0; 4])));
        }
        pieces.extend(splitter.finish());
        assert_eq!(pieces, split(text));
        for sentence in &pieces {
            assert!(text[sentence.start..].starts_with(&sentence.text));
        }
    }

    #[test]
    fn a_sentence_comes_as_soon_as_it_is_certain() {
        let mut splitter = Splitter::new(Limits::default());
        assert!(splitter.push("Hello there.").is_empty());
        assert_eq!(splitter.push(" ")[0].text, "Hello there.");
        assert!(splitter.push("It is 5 p.m. ").is_empty(), "may go on");
        assert_eq!(splitter.push("N")[0].text, "It is 5 p.m.");
    }

    #[test]
    fn the_first_clause_comes_early_when_asked() {
        let mut splitter =
            Splitter::new(Limits { first_clause_bytes_min: 10, ..Limits::default() });
        let got = splitter.push("Sure, no problem at all, I can do that, as you wish");
        assert_eq!(
            got.iter().map(|s| s.text.as_str()).collect::<Vec<_>>(),
            ["Sure, no problem at all,"]
        );
    }

    #[test]
    fn no_sentence_is_longer_than_the_bound() {
        let long = "word ".repeat(500) + &"x".repeat(700) + &"é".repeat(300);
        let limits = Limits { bytes_max: 100, first_clause_bytes_min: 0 };
        let mut splitter = Splitter::new(limits);
        let mut all = splitter.push(&long);
        all.extend(splitter.finish());
        assert!(all.iter().all(|s| s.text.len() <= 100));
        let joined: String = all.iter().map(|s| s.text.replace(' ', "")).collect();
        assert_eq!(joined, long.replace(' ', ""));
    }
}
