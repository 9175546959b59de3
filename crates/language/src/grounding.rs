//! Whether an answer is supported by the passages it was made from, decided
//! before it is spoken.
//!
//! Figures, dates and times, addresses and names must stand in the passages
//! ("nine thirty" is 9:30); the rest is weighed: how much of the answer's content
//! is covered, by all passages and by one sentence, in the same order, with the
//! same negation, and how sure the model was of its tokens. The weights are fitted
//! on labelled answers of the BEGIN benchmark (Dziri et al. 2022). It compares
//! words and vectors; it does not reason, so a wrong conclusion from right words
//! can pass. An answer that claims nothing ("one moment") is supported.

use std::ops::Range;

use hearsay_text::sentence;

use crate::knowledge::{Encoder, sigmoid, stem, words};

mod facts;
#[cfg(test)]
mod tests;

/// Features of the decision.
pub(crate) const GROUNDS: usize = 14;
/// Names of the features, in the order of [`grounds`].
pub const GROUND_NAMES: [&str; GROUNDS] = [
    "covered",
    "covered_by_one",
    "pairs_covered",
    "rarest_missing",
    "numbers_missing",
    "names_missing",
    "negation",
    "similarity",
    "first_person",
    "asks",
    "content",
    "longest_run",
    "mean_confidence",
    "least_confidence",
];
/// An answer with a figure or address that no passage has scores at most this.
pub const FACT_MISSING_SCORE_MAX: f32 = 0.2;
/// Passages that are looked at.
pub const PASSAGES_MAX: usize = 16;
/// Bytes of the answer and of each passage that are looked at.
pub const BYTES_MAX: usize = 8 * 1024;
/// Share of what a sentence with figures says, by rarity, that has to stand beside them in one sentence.
const TOGETHER_MIN: f32 = 0.5;
/// Rarity from which a word carries content.
const CONTENT_RARITY: f32 = 3.0;
/// Log-probability at which a token's confidence neither helps nor harms.
const MEAN_CONFIDENCE: f32 = -0.35;
const LEAST_CONFIDENCE: f32 = -2.5;

/// What of an answer is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactKind {
    /// A figure, amount, date or time.
    Number,
    /// An e-mail or web address.
    Address,
    /// A name.
    Name,
    /// The passage says so and the answer says not, or the other way round.
    Negation,
}

/// A part of an answer that no passage supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// What it is.
    pub kind: FactKind,
    /// Where it stands in the answer, bytes.
    pub span: Range<usize>,
}

/// What is to be thought of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Probability that the passages support it, 0 to 1.
    pub score: f32,
    /// What is not in them, in the order of the answer.
    pub unsupported: Vec<Unsupported>,
}

/// Checks an answer against passages. Give what the caller asked or the passage's
/// own question among the passages, since an answer may repeat it.
///
/// `token_log_probabilities` are those of the answer's tokens (natural logarithm),
/// where a model wrote it. Texts are read up to [`BYTES_MAX`], [`PASSAGES_MAX`] of them.
pub fn grounded(
    encoder: &Encoder,
    answer: &str,
    passages: &[&str],
    token_log_probabilities: Option<&[f32]>,
) -> Verdict {
    let (features, unsupported, claims) = look(encoder, answer, passages, token_log_probabilities);
    if !claims {
        return Verdict { score: 1.0, unsupported };
    }
    let weights = encoder.grounds();
    let sum: f32 = features.iter().zip(weights).map(|(x, weight)| x * weight).sum();
    let score = sigmoid(sum + weights[GROUNDS]);
    let most = if unsupported.iter().any(is_figure) { FACT_MISSING_SCORE_MAX } else { 1.0 };
    Verdict { score: score.min(most), unsupported }
}

/// Figures, addresses and names of an answer that stand in none of the texts, however many
/// these are; what an agent says beside the point of any document is checked by this alone.
pub fn unsupported(answer: &str, texts: &[String]) -> Vec<Unsupported> {
    let texts: Vec<&str> = texts.iter().map(|text| bounded(text)).collect();
    facts::missing(bounded(answer), &texts)
}

/// The features that [`grounded`] weighs, named by [`GROUND_NAMES`]; for training.
pub fn grounds(
    encoder: &Encoder,
    answer: &str,
    passages: &[&str],
    token_log_probabilities: Option<&[f32]>,
) -> [f32; GROUNDS] {
    look(encoder, answer, passages, token_log_probabilities).0
}

/// A sentence's stems and whether it negates.
struct Sentence {
    stems: Vec<String>,
    words: Vec<String>,
    negates: bool,
}

impl Sentence {
    fn new(text: &str) -> Self {
        let words = words(text);
        let stems = words.iter().map(|word| stem(word)).collect();
        Self { stems, negates: facts::negates(&words), words }
    }
}

/// Features, what is missing, and whether the answer claims anything.
fn look(
    encoder: &Encoder,
    answer: &str,
    passages: &[&str],
    log_probabilities: Option<&[f32]>,
) -> ([f32; GROUNDS], Vec<Unsupported>, bool) {
    let answer = bounded(answer);
    let passages: Vec<&str> =
        passages.iter().take(PASSAGES_MAX).map(|text| bounded(text)).collect();
    let source: Vec<Sentence> = passages
        .iter()
        .flat_map(|text| sentence::split(text))
        .map(|sentence| Sentence::new(&sentence.text))
        .collect();
    let said = Sentence::new(answer);
    let mut unsupported = facts::missing(answer, &passages);
    let missing = |kind: FactKind| unsupported.iter().filter(|u| u.kind == kind).count().min(3);
    let mut out = [0.0; GROUNDS];
    out[4] = small(missing(FactKind::Number) + missing(FactKind::Address));
    out[5] = small(missing(FactKind::Name));
    let content = content(encoder, &said.stems);
    coverage(&content, &said, &source, &mut out);
    let against = negations(encoder, answer, &source);
    out[6] = small(against.len().min(3));
    unsupported.extend(against);
    unsupported.sort_by_key(|found| found.span.start);
    let dense = encoder.question(&said.words);
    out[7] =
        source.iter().map(|s| product(&dense, &encoder.question(&s.words))).fold(0.0, f32::max);
    let own =
        said.words.iter().filter(|word| matches!(word.as_str(), "i" | "im" | "ive" | "my" | "me"));
    out[8] = small(own.count()) / small(said.words.len().max(1));
    out[9] = if answer.contains('?') { 1.0 } else { 0.0 };
    out[10] = (1.0 + small(content.len())).ln();
    out[11] = longest_run(&said.stems, &source) / small(said.stems.len().max(1));
    (out[12], out[13]) = confidence(log_probabilities);
    unsupported.extend(torn(encoder, answer, &passages));
    let claims = !content.is_empty() || !unsupported.is_empty();
    (out, unsupported, claims)
}

/// Sentences of the answer whose figures all stand in the passages, but in no one sentence that also
/// says what they are of: "a replacement costs £2" of "cash abroad costs £2" and "a replacement costs £8".
fn torn(encoder: &Encoder, answer: &str, passages: &[&str]) -> Vec<Unsupported> {
    let lines = passages.iter().flat_map(|text| text.lines());
    let sources: Vec<String> =
        lines.flat_map(sentence::split).map(|sentence| sentence.text.to_string()).collect();
    let has_all_figures =
        |said: &str, source: &str| !facts::missing(said, &[source]).iter().any(is_figure);
    let mut found = Vec::new();
    for part in sentence::split(answer) {
        let figures = facts::missing(&part.text, &[]).into_iter().filter(is_figure);
        let spans: Vec<Range<usize>> = figures.map(|figure| figure.span).collect();
        if spans.is_empty() || !has_all_figures(&part.text, &passages.join("\n")) {
            continue;
        }
        let content = content(encoder, &Sentence::new(&without(&part.text, &spans)).stems);
        let all: f32 = content.iter().map(|(_, rarity)| rarity).sum();
        let says = |source: &str| {
            let source = Sentence::new(source);
            let shared = content.iter().filter(|(stem, _)| source.stems.contains(stem));
            shared.map(|(_, rarity)| rarity).sum::<f32>() >= TOGETHER_MIN * all
        };
        if !sources.iter().any(|source| has_all_figures(&part.text, source) && says(source)) {
            let span = part.start..part.start + part.text.len();
            found.push(Unsupported { kind: FactKind::Number, span });
        }
    }
    found
}

/// A text without some of its parts, which are in order.
fn without(text: &str, parts: &[Range<usize>]) -> String {
    let starts = std::iter::once(0).chain(parts.iter().map(|part| part.end));
    let ends = parts.iter().map(|part| part.start).chain([text.len()]);
    starts.zip(ends).filter_map(|(start, end)| text.get(start..end)).collect::<Vec<_>>().join(" ")
}

fn is_figure(found: &Unsupported) -> bool {
    matches!(found.kind, FactKind::Number | FactKind::Address)
}

fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(BYTES_MAX)]
}

/// Distinct stems that carry content, with their rarity.
fn content(encoder: &Encoder, stems: &[String]) -> Vec<(String, f32)> {
    let mut found: Vec<(String, f32)> = stems
        .iter()
        .map(|stem| (stem.clone(), encoder.rarity(stem)))
        .filter(|(_, rarity)| *rarity >= CONTENT_RARITY)
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.dedup_by(|a, b| a.0 == b.0);
    found
}

/// How much of the content stands in the passages, in one sentence, and in order.
fn coverage(
    content: &[(String, f32)],
    said: &Sentence,
    source: &[Sentence],
    out: &mut [f32; GROUNDS],
) {
    let all: f32 = content.iter().map(|(_, rarity)| rarity).sum::<f32>().max(1e-6);
    let has = |s: &Sentence, stem: &String| s.stems.contains(stem);
    let weigh = |found: &dyn Fn(&String) -> bool| {
        content.iter().filter(|(stem, _)| found(stem)).map(|(_, rarity)| rarity).sum::<f32>() / all
    };
    out[0] = weigh(&|stem| source.iter().any(|s| has(s, stem)));
    out[1] = source.iter().map(|s| weigh(&|stem| has(s, stem))).fold(0.0, f32::max);
    let missing = content.iter().filter(|(stem, _)| !source.iter().any(|s| has(s, stem)));
    out[3] = missing.map(|(_, rarity)| rarity / 10.0).fold(0.0, f32::max);
    let pairs: Vec<&[String]> = said.stems.windows(2).collect();
    let follows = |pair: &[String]| source.iter().any(|s| s.stems.windows(2).any(|p| p == pair));
    let known = pairs.iter().filter(|pair| follows(pair)).count();
    out[2] = if pairs.is_empty() { out[0] } else { small(known) / small(pairs.len()) };
}

/// Sentences of the answer that say not what a passage says, or the other way round.
fn negations(encoder: &Encoder, answer: &str, source: &[Sentence]) -> Vec<Unsupported> {
    let mut found = Vec::new();
    for part in sentence::split(answer) {
        let said = Sentence::new(&part.text);
        let content = content(encoder, &said.stems);
        let all: f32 = content.iter().map(|(_, rarity)| rarity).sum();
        let shared = |s: &Sentence| {
            let had = content.iter().filter(|(stem, _)| s.stems.contains(stem));
            had.map(|(_, rarity)| rarity).sum::<f32>()
        };
        // A question claims nothing, so it cannot be denied.
        let claims = source.iter().filter(|s| !facts::asks(&s.words));
        let best = claims.max_by(|a, b| shared(a).total_cmp(&shared(b)));
        if best.is_some_and(|s| all > 0.0 && shared(s) >= 0.5 * all && s.negates != said.negates) {
            let span = part.start..part.start + part.text.len();
            found.push(Unsupported { kind: FactKind::Negation, span });
        }
    }
    found
}

/// Stems in a row that the answer shares with one sentence, at most.
fn longest_run(said: &[String], source: &[Sentence]) -> f32 {
    let mut longest = 0;
    for other in source {
        let mut row = vec![0_usize; other.stems.len() + 1];
        for stem in said {
            for at in (0..other.stems.len()).rev() {
                row[at + 1] = if other.stems[at] == *stem { row[at] + 1 } else { 0 };
                longest = longest.max(row[at + 1]);
            }
        }
    }
    small(longest)
}

/// How sure the model was: mean and least log-probability from where they neither
/// help nor harm, bounded; 0 where it is not known.
fn confidence(log_probabilities: Option<&[f32]>) -> (f32, f32) {
    let known: Vec<f32> =
        log_probabilities.unwrap_or_default().iter().copied().filter(|p| p.is_finite()).collect();
    if known.is_empty() {
        return (0.0, 0.0);
    }
    let mean = known.iter().sum::<f32>() / small(known.len());
    let least = known.iter().copied().fold(0.0, f32::min);
    ((mean - MEAN_CONFIDENCE).clamp(-2.0, 0.35), (least - LEAST_CONFIDENCE).clamp(-4.0, 2.5))
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Counts of words, far below where f32 loses integers.
#[allow(clippy::cast_precision_loss)]
fn small(n: usize) -> f32 {
    n as f32
}
