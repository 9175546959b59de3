//! Knowledge: an agent's documents, searched and cited, and the decision whether
//! they hold an answer at all.
//!
//! Files come in as bytes and names and become passages under their headings. A
//! question meets them in two ways that are added up by fitted weights: BM25 over
//! terms (Robertson and Zaragoza 2009), and vectors of hashed n-grams by a small
//! encoder of our own ([`Encoder`]). A word that the knowledge does not have is
//! tried as the known words that sound like it, since questions come from a
//! recogniser. [`Knowledge::ask`] says how probable it is that an answer is there;
//! below a threshold of the caller's an agent should say that it does not know.
//! [`crate::grounding`] checks what a model made of the passages.
//!
//! It opens no file, generates no text and changes nothing after loading: share it
//! in an `Arc`. English first; other scripts are found by their words alone.
//! Weights come from `training/retrieval`.
//!
//! ```no_run
//! use hearsay_language::knowledge::{ANSWERABLE_MIN, Encoder, Knowledge, KnowledgeFile};
//!
//! let encoder = Encoder::load(&std::fs::read("retrieval_en.bin")?)?;
//! let bytes = std::fs::read("faq.md")?;
//! let knowledge = Knowledge::load(&encoder, &[KnowledgeFile { name: "faq.md", bytes: &bytes }])?;
//! let finding = knowledge.ask("what time do you open on saturdays", 3);
//! if finding.answerable >= ANSWERABLE_MIN {
//!     println!("{}", finding.answer.unwrap_or_default());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;

use thiserror::Error;

mod encoder;
mod evidence;
mod extract;
mod index;
mod passages;
mod query;
mod read;
mod terms;
#[cfg(test)]
mod tests;

pub use encoder::{DIMS, Encoder};
pub use evidence::EVIDENCE_NAMES;
pub use extract::ANSWER_WORDS_MAX;
pub use passages::{PASSAGE_BYTES_MAX, PASSAGE_WORDS_MAX, TITLE_BYTES_MAX};

pub(crate) use encoder::sigmoid;
#[cfg(test)]
pub(crate) use encoder::untrained_file;
pub(crate) use terms::{stem, words};

use index::Index;
use query::Query;

/// Files of one agent's knowledge.
pub const FILES_MAX: usize = 1000;
/// Bytes of one file.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes of all files together.
pub const BYTES_MAX: usize = 128 * 1024 * 1024;
/// Passages of all files together.
pub const PASSAGES_MAX: usize = 50_000;
/// Probability from which an agent should answer: below it, fewer than a tenth of
/// the questions that can be answered are refused (`training/retrieval`).
pub const ANSWERABLE_MIN: f32 = 0.45;
/// Hits of one search.
pub const HITS_MAX: usize = 100;

/// Why knowledge could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KnowledgeError {
    /// The weight file is not one.
    #[error("retrieval weights: {what}; use the file that training/retrieval writes")]
    Weights {
        /// What is wrong with it.
        what: String,
    },
    /// A file cannot be read as knowledge.
    #[error("{name}: {what}")]
    File {
        /// The file's name, as given.
        name: String,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// There is nothing, or more than the bounds allow.
    #[error("knowledge: {what}")]
    Amount {
        /// What there is and what is allowed.
        what: String,
    },
}

/// A file of knowledge: Markdown, plain text, HTML, PDF or FAQ JSON by its name.
#[derive(Debug, Clone, Copy)]
pub struct KnowledgeFile<'a> {
    /// Its name or path; its ending says what it is, and citations show it.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// Where in its file a passage begins, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A line of a text.
    Line(usize),
    /// A page of a PDF.
    Page(usize),
    /// A question of a FAQ file.
    Entry(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Page(number) => write!(f, "page {number}"),
            Self::Entry(number) => write!(f, "entry {number}"),
        }
    }
}

/// A piece of knowledge that can be understood alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Name of its file.
    pub source: Arc<str>,
    /// Headings above it, outermost first, joined by ` > `; empty where there is none.
    pub title: String,
    /// The question that it answers, where the file asks one.
    pub question: Option<String>,
    /// Its text on one line.
    pub text: String,
    /// Where it begins.
    pub place: Place,
}

impl Passage {
    /// File and place, as people cite: `fees.md, line 12`.
    pub fn citation(&self) -> String {
        format!("{}, {}", self.source, self.place)
    }
}

/// A passage that was found.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    /// The passage.
    pub passage: &'a Passage,
    /// How well it fits: a fitted sum without unit, to be compared with other
    /// hits of the same question only.
    pub score: f32,
    /// Its place in the knowledge.
    number: usize,
}

impl Hit<'_> {
    /// The passage's number in [`Knowledge::passages`].
    pub fn number(&self) -> usize {
        self.number
    }
}

/// What was found for a question.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    /// The passages, best first.
    pub hits: Vec<Hit<'a>>,
    /// Probability that the passages hold the answer, 0 to 1.
    pub answerable: f32,
    /// The best passage's answer as one would say it, where there is one.
    pub answer: Option<String>,
}

/// An agent's knowledge, indexed. Immutable; share it.
#[derive(Debug)]
pub struct Knowledge {
    encoder: Encoder,
    passages: Vec<Passage>,
    index: Index,
}

/// How passages are scored; the default is the fitted sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scoring {
    /// Terms and vectors by the fitted weights.
    #[default]
    Hybrid,
    /// BM25 alone.
    Terms,
    /// Vectors alone.
    Vectors,
}

impl Knowledge {
    /// Reads and indexes files.
    ///
    /// # Errors
    /// When a file cannot be read or holds no text, when there is no file, or when
    /// there is more than [`FILES_MAX`], [`FILE_BYTES_MAX`], [`BYTES_MAX`] or
    /// [`PASSAGES_MAX`] allow.
    pub fn load(encoder: &Encoder, files: &[KnowledgeFile<'_>]) -> Result<Self, KnowledgeError> {
        check(files)?;
        let mut found = Vec::new();
        for file in files {
            let source: Arc<str> = file.name.into();
            found.extend(passages::passages(&source, read::blocks(file.name, file.bytes)?));
            if found.len() > PASSAGES_MAX {
                let what = format!(
                    "over {PASSAGES_MAX} passages up to {}; give less text to this agent",
                    file.name
                );
                return Err(KnowledgeError::Amount { what });
            }
        }
        let index = Index::new(encoder, &found);
        Ok(Self { encoder: encoder.clone(), passages: found, index })
    }

    /// The model that its vectors are from.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Every passage, in the order of the files.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The `k` passages that fit a question best, best first; none where the
    /// question has no word. At most [`HITS_MAX`].
    pub fn search(&self, question: &str, k: usize) -> Vec<Hit<'_>> {
        self.search_by(question, k, Scoring::Hybrid)
    }

    /// As [`Knowledge::search`], scored another way, to compare.
    pub fn search_by(&self, question: &str, k: usize, scoring: Scoring) -> Vec<Hit<'_>> {
        self.hits(&Query::new(&self.encoder, &self.index, question), k, scoring)
    }

    fn hits(&self, query: &Query, k: usize, scoring: Scoring) -> Vec<Hit<'_>> {
        let found = self.index.search(&self.encoder, query, k.min(HITS_MAX), scoring);
        let hit =
            |(number, score): (usize, f32)| Hit { passage: &self.passages[number], score, number };
        found.into_iter().map(hit).collect()
    }

    /// Searches, decides whether the passages hold an answer, and takes it out.
    ///
    /// The decision looks at three passages or more, so that the probability
    /// does not depend on `k`.
    pub fn ask(&self, question: &str, k: usize) -> Finding<'_> {
        let query = Query::new(&self.encoder, &self.index, question);
        let mut hits = self.hits(&query, k.max(evidence::DEPTH), Scoring::Hybrid);
        let answerable = self.decide(&query, &hits);
        let answer =
            hits.first().and_then(|hit| extract::answer(&self.encoder, &query, hit.passage));
        hits.truncate(k);
        Finding { hits, answerable, answer }
    }

    /// Probability that the hits of a question hold its answer, 0 to 1.
    pub fn answerable(&self, question: &str, hits: &[Hit<'_>]) -> f32 {
        self.decide(&Query::new(&self.encoder, &self.index, question), hits)
    }

    fn decide(&self, query: &Query, hits: &[Hit<'_>]) -> f32 {
        if query.is_empty() || hits.is_empty() {
            return 0.0;
        }
        self.encoder.decide_answerable(&self.evidence_of(query, hits))
    }

    /// What the decision of [`Knowledge::answerable`] sees, named by
    /// [`EVIDENCE_NAMES`]; for training it.
    pub fn evidence(&self, question: &str, hits: &[Hit<'_>]) -> Vec<f32> {
        self.evidence_of(&Query::new(&self.encoder, &self.index, question), hits).to_vec()
    }

    fn evidence_of(&self, query: &Query, hits: &[Hit<'_>]) -> [f32; EVIDENCE_NAMES.len()] {
        evidence::evidence(&self.encoder, &self.index, query, hits)
    }

    /// Features of the hybrid score of one passage; for training it.
    pub fn rank_features(&self, question: &str) -> Vec<[f32; encoder::RANK]> {
        let query = Query::new(&self.encoder, &self.index, question);
        self.index.rank_features(&query)
    }

    /// Bytes that passages and index take in memory, without the shared weights.
    pub fn memory_bytes(&self) -> usize {
        let texts: usize = self
            .passages
            .iter()
            .map(|p| p.title.len() + p.text.len() + p.question.as_ref().map_or(0, String::len))
            .sum();
        texts + self.passages.len() * size_of::<Passage>() + self.index.memory_bytes()
    }
}

fn check(files: &[KnowledgeFile<'_>]) -> Result<(), KnowledgeError> {
    let amount = |what: String| Err(KnowledgeError::Amount { what });
    if files.is_empty() || files.len() > FILES_MAX {
        return amount(format!("{} files; give 1 to {FILES_MAX}", files.len()));
    }
    for file in files {
        if file.bytes.len() > FILE_BYTES_MAX {
            let what =
                format!("{} bytes; give at most {FILE_BYTES_MAX} in one file", file.bytes.len());
            return Err(KnowledgeError::File { name: file.name.to_string(), what });
        }
    }
    let total: usize = files.iter().map(|file| file.bytes.len()).sum();
    if total > BYTES_MAX {
        return amount(format!("{total} bytes; give at most {BYTES_MAX} in all"));
    }
    Ok(())
}
