//! What the decision "the knowledge holds an answer" looks at.
//!
//! How near the best passages and their best sentence are, how they stand out of the rest, how far the best is ahead, which of the
//! question's words they leave uncovered, whether a number or a word that the
//! question is about is missing, and whether an answer of the kind asked for (a
//! time, an amount, a name) is there. The net that weighs it is in the weights.

use hearsay_text::sentence;

use super::Hit;
use super::encoder::{ANSWERABLE, Encoder, dot};
use super::index::Index;
use super::query::{Query, QueryTerm};
use super::terms::words;

/// Rarity of the words that questions are framed with; rarer ones are about something.
const COMMON_RARITY: f32 = 6.0;
/// Passages that the decision looks at.
pub(super) const DEPTH: usize = 3;

/// Names of the features, in the order of [`super::Knowledge::evidence`].
pub const EVIDENCE_NAMES: [&str; ANSWERABLE] = [
    "score",
    "lead",
    "sentence_near",
    "terms",
    "head",
    "body",
    "head_best",
    "body_best",
    "covered",
    "covered_by_three",
    "heaviest_missing",
    "rarest_unknown",
    "unknown_mass",
    "sounded_share",
    "number_missing",
    "kind",
    "content_terms",
    "passages",
    "has_question",
    "stands_out",
    "head_terms_covered",
    "sentence_covered",
];

/// The features of a question and its hits, best first; needs a hit.
pub(super) fn evidence(
    encoder: &Encoder,
    index: &Index,
    query: &Query,
    hits: &[Hit<'_>],
) -> [f32; ANSWERABLE] {
    let mut out = [0.0; ANSWERABLE];
    let Some(best) = hits.first() else { return out };
    let score = |at: usize| hits.get(at).map_or(best.score - 5.0, |hit| hit.score);
    let whole = query.weight();
    let near: Vec<(f32, f32)> =
        hits.iter().take(DEPTH).map(|hit| index.similarities(&query.dense, hit.number)).collect();
    let most = |of: fn(&(f32, f32)) -> f32| near.iter().map(of).fold(-1.0, f32::max);
    let here = |term: &QueryTerm| share(index, best.number, term);
    let three = |term: &QueryTerm| {
        hits.iter().take(DEPTH).map(|hit| share(index, hit.number, term)).fold(0.0, f32::max)
    };
    let missing = |term: &QueryTerm| term.weight * (1.0 - here(term));
    let unknown = |term: &&QueryTerm| term.known.is_empty();
    let sounded = |term: &&QueryTerm| term.known.first().is_some_and(|known| known.1 < 1.0);
    let sum = |of: &dyn Fn(&QueryTerm) -> f32| query.terms.iter().map(of).sum::<f32>();
    let heaviest = |terms: &mut dyn Iterator<Item = f32>| terms.fold(0.0, f32::max);
    out[0] = best.score;
    out[1] = (best.score - score(1)).min(5.0);
    out[3] =
        sum(&|term| term.weight * here(term)) / whole * terms_density(index, query, best.number);
    (out[4], out[5]) = near[0];
    out[6] = most(|pair| pair.0);
    out[7] = most(|pair| pair.1);
    out[8] = sum(&|term| term.weight * here(term)) / whole;
    out[9] = sum(&|term| term.weight * three(term)) / whole;
    out[10] = heaviest(&mut query.terms.iter().map(missing));
    out[11] = heaviest(&mut query.terms.iter().filter(unknown).map(|term| term.rarity));
    let strange = |term: &QueryTerm| (term.rarity - COMMON_RARITY).max(0.0);
    out[12] = query.terms.iter().filter(unknown).map(strange).sum::<f32>().min(12.0);
    out[13] = query.terms.iter().filter(sounded).map(|term| term.weight).sum::<f32>() / whole;
    let lost = query.terms.iter().any(|term| term.number && here(term) == 0.0);
    out[14] = f32::from(u8::from(lost));
    out[15] = kind(&query.words, &best.passage.text);
    out[16] = sum(&|term| if term.weight > 2.5 { 1.0 } else { 0.0 }).min(8.0);
    out[17] = count(index.len()).ln();
    out[18] = f32::from(u8::from(best.passage.question.is_some()));
    let (mean, deviation) = index.spread(encoder, query);
    out[19] = ((best.score - mean) / deviation.max(0.3)).clamp(0.0, 8.0);
    out[20] = head_covered(encoder, index, query, best);
    (out[2], out[21]) = best_sentence(encoder, index, query, &hits[..hits.len().min(DEPTH)]);
    out
}

/// Of the sentence that fits best in meaning and words together: its similarity,
/// and the share, by weight, of the question's terms that it or its heading has.
fn best_sentence(encoder: &Encoder, index: &Index, query: &Query, hits: &[Hit<'_>]) -> (f32, f32) {
    let whole = query.weight();
    let mut best = (0.0, 0.0);
    for hit in hits {
        let head =
            format!("{} {}", hit.passage.title, hit.passage.question.as_deref().unwrap_or(""));
        let head: Vec<u32> = ids(index, &words(&head));
        for sentence in sentence::split(&hit.passage.text) {
            let words = words(&sentence.text);
            let near = dot(&query.dense, &encoder.passage(&words));
            let mut has = ids(index, &words);
            has.extend(&head);
            let share = |term: &QueryTerm| {
                let had = term.known.iter().filter(|(id, _)| has.contains(id));
                term.weight * had.map(|&(_, share)| share).fold(0.0, f32::max)
            };
            let covered = query.terms.iter().map(share).sum::<f32>() / whole;
            if near + covered > best.0 + best.1 {
                best = (near, covered);
            }
        }
    }
    best
}

fn ids(index: &Index, words: &[String]) -> Vec<u32> {
    super::terms::terms(words).iter().filter_map(|term| index.term(term)).collect()
}

/// How much of a term a passage has: 1, the share of one by sound, or 0.
fn share(index: &Index, passage: usize, term: &QueryTerm) -> f32 {
    let had = term.known.iter().filter(|(id, _)| index.has(passage, *id));
    had.map(|&(_, share)| share).fold(0.0, f32::max)
}

/// Share of the question's telling terms that a passage has.
fn terms_density(index: &Index, query: &Query, passage: usize) -> f32 {
    let telling = query.terms.iter().filter(|term| term.weight > 2.0);
    let (had, all) = telling
        .fold((0.0, 0.0_f32), |(had, all), term| (had + share(index, passage, term), all + 1.0));
    if all > 0.0 { had / all } else { 1.0 }
}

/// Share, by weight, of the heading's or question's terms that the query has: a
/// passage whose own question asks for something else answers something else.
fn head_covered(encoder: &Encoder, index: &Index, query: &Query, best: &Hit<'_>) -> f32 {
    let Some(question) = &best.passage.question else { return 0.5 };
    let asked: Vec<u32> =
        query.terms.iter().flat_map(|term| term.known.iter().map(|known| known.0)).collect();
    let (mut had, mut all) = (0.0, 1e-6);
    for term in super::terms::terms(&words(question)) {
        let weight = index.weight(encoder, &term);
        all += weight;
        if index.term(&term).is_some_and(|id| asked.contains(&id)) {
            had += weight;
        }
    }
    had / all
}

/// What kind of answer a question asks for, and whether a passage has one: 1 it
/// has, -1 it has not, 0 where any answer will do.
fn kind(question: &[String], passage: &str) -> f32 {
    let spoken = question.join(" ");
    let asks = |patterns: &[&str]| {
        patterns.iter().any(|pattern| format!(" {spoken} ").contains(&format!(" {pattern} ")))
    };
    let passage = words(passage);
    let has = |known: &[&str]| passage.iter().any(|word| known.contains(&word.as_str()));
    let figure =
        passage.iter().any(|word| word.bytes().any(|b| b.is_ascii_digit())) || has(&NUMBERS);
    let found = if asks(&["what time", "when", "how late", "how early", "hours", "until when"]) {
        figure || has(&TIMES)
    } else if asks(&["how much", "cost", "price", "fee", "charge", "how expensive"]) {
        figure || has(&COSTS)
    } else if asks(&[
        "how many",
        "how long",
        "how old",
        "how far",
        "how often",
        "phone number",
        "what age",
    ]) {
        figure || has(&AMOUNTS)
    } else {
        return 0.0;
    };
    if found { 1.0 } else { -1.0 }
}

const NUMBERS: [&str; 22] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "sixty", "hundred", "thousand",
    "half", "once",
];
const TIMES: [&str; 24] = [
    "noon",
    "midnight",
    "morning",
    "evening",
    "afternoon",
    "night",
    "daily",
    "always",
    "anytime",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "day",
    "days",
    "hour",
    "hours",
    "week",
    "weekdays",
    "weekend",
    "closed",
];
const COSTS: [&str; 12] = [
    "free",
    "charge",
    "cost",
    "costs",
    "fee",
    "fees",
    "extra",
    "included",
    "complimentary",
    "price",
    "dollars",
    "additional",
];
const AMOUNTS: [&str; 12] = [
    "any",
    "no",
    "all",
    "every",
    "several",
    "daily",
    "always",
    "unlimited",
    "many",
    "few",
    "minutes",
    "days",
];

#[allow(clippy::cast_precision_loss)]
fn count(n: usize) -> f32 {
    n.max(1) as f32
}
