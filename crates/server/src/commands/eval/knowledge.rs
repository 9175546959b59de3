//! `hearsay eval knowledge`: questions with the passage that answers them, or with
//! none; how often it is found, and how often the rest is refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hearsay_language::knowledge::{
    Encoder, FILE_BYTES_MAX, Hit, Knowledge, KnowledgeFile, Scoring,
};
use serde::{Deserialize, Serialize};

use super::manifest::spread;
use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalKnowledgeArgs;
use crate::commands::model_folder;
use crate::score::{Scored, auc};

/// Hits that count for the mean reciprocal rank.
const DEPTH: usize = 10;
/// Longest file of questions, bytes.
const QUESTIONS_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Share of answerable questions that may be refused when the best threshold is told.
const WRONG_ABSTENTIONS_MAX: f64 = 0.1;

/// A question and what should be found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    question: String,
    passage: Expected,
    /// What it is counted under.
    #[serde(default = "questions")]
    group: String,
}

fn questions() -> String {
    "questions".to_string()
}

/// Words of a passage that answers, any of several, or `none`.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Expected {
    One(String),
    Any(Vec<String>),
}

impl Expected {
    fn texts(&self) -> &[String] {
        match self {
            Self::One(text) if text.eq_ignore_ascii_case("none") => &[],
            Self::One(text) => std::slice::from_ref(text),
            Self::Any(texts) => texts,
        }
    }
}

/// Questions of one knowledge that is written beside them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    /// Names and texts of the files.
    files: Vec<(String, String)>,
    questions: Vec<Question>,
}

/// The file: questions for `--knowledge`, or sets that bring their own.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Manifest {
    Questions(Vec<Question>),
    Sets(Vec<Set>),
}

/// One question's outcome.
#[derive(Debug, Clone)]
struct Outcome {
    group: String,
    question: String,
    /// Whether the knowledge holds the answer.
    held: bool,
    /// Place of the first right passage, from 1, by each way of scoring.
    ranks: [Option<usize>; SCORINGS.len()],
    answerable: f32,
    answer: String,
    search_ms: f64,
}

const SCORINGS: [(&str, Scoring); 3] =
    [("hybrid", Scoring::Hybrid), ("terms", Scoring::Terms), ("vectors", Scoring::Vectors)];

/// Runs the command.
pub fn run(args: &EvalKnowledgeArgs) -> Result<ExitCode, String> {
    let encoder = match &args.model {
        Some(path) => Encoder::load(&model_folder::bytes(path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?,
        None => Encoder::load(hearsay_weights::RETRIEVAL.bytes).map_err(|e| e.to_string())?,
    };
    let (outcomes, size) = ask_all(&encoder, read(&args.questions)?, args)?;
    let report = report(&outcomes, size, args.threshold);
    if args.json {
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
        return Ok(ExitCode::SUCCESS);
    }
    print(&report);
    show(&outcomes, args);
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Manifest, String> {
    let shown = path.display();
    let cannot =
        |e: std::io::Error| format!("{shown}: cannot be read ({e}); give an existing file");
    if std::fs::metadata(path).map_err(cannot)?.len() > QUESTIONS_BYTES_MAX {
        return Err(format!("{shown}: over {QUESTIONS_BYTES_MAX} bytes; cut it into parts"));
    }
    let text = std::fs::read_to_string(path).map_err(cannot)?;
    serde_json::from_str(&text).map_err(|error| {
        format!(
            "{shown}: {error}; write [{{\"question\": \"...\", \"passage\": \"words of it, or none\"}}]"
        )
    })
}

/// Passages and bytes of all knowledge asked.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    knowledges: usize,
    passages: usize,
    bytes: usize,
}

fn ask_all(
    encoder: &Encoder,
    manifest: Manifest,
    args: &EvalKnowledgeArgs,
) -> Result<(Vec<Outcome>, Size), String> {
    let mut size = Size::default();
    let mut outcomes = Vec::new();
    let mut ask = |files: &[KnowledgeFile<'_>], questions: Vec<Question>| {
        let knowledge = Knowledge::load(encoder, files).map_err(|error| error.to_string())?;
        size.knowledges += 1;
        size.passages += knowledge.passages().len();
        size.bytes += knowledge.memory_bytes();
        let asked = spread(questions, args.limit).into_iter();
        outcomes.extend(asked.map(|question| outcome(&knowledge, question)));
        Ok::<(), String>(())
    };
    match manifest {
        Manifest::Questions(questions) => {
            if args.knowledge.is_empty() {
                return Err(
                    "these questions bring no knowledge; give its files with --knowledge".into()
                );
            }
            let files: Vec<(String, Vec<u8>)> =
                args.knowledge.iter().map(|path| file(path)).collect::<Result<_, _>>()?;
            let files: Vec<KnowledgeFile> =
                files.iter().map(|(name, bytes)| KnowledgeFile { name, bytes }).collect();
            ask(&files, questions)?;
        }
        Manifest::Sets(sets) => {
            for set in sets {
                let files: Vec<KnowledgeFile> = set
                    .files
                    .iter()
                    .map(|(name, text)| KnowledgeFile { name, bytes: text.as_bytes() })
                    .collect();
                ask(&files, set.questions)?;
            }
        }
    }
    if outcomes.is_empty() {
        return Err(format!("{}: there are no questions in it", args.questions.display()));
    }
    Ok((outcomes, size))
}

fn file(path: &Path) -> Result<(String, Vec<u8>), String> {
    let shown = path.display();
    let cannot =
        |e: std::io::Error| format!("{shown}: cannot be read ({e}); give an existing file");
    if std::fs::metadata(path).map_err(cannot)?.len() > FILE_BYTES_MAX as u64 {
        return Err(format!("{shown}: over {FILE_BYTES_MAX} bytes; cut it into parts"));
    }
    Ok((shown.to_string(), std::fs::read(path).map_err(cannot)?))
}

fn outcome(knowledge: &Knowledge, question: Question) -> Outcome {
    let expected = question.passage.texts();
    let right =
        |hit: &Hit<'_>| expected.iter().any(|text| hit.passage.text.contains(text.as_str()));
    let ranks = SCORINGS.map(|(_, scoring)| {
        let hits = knowledge.search_by(&question.question, DEPTH, scoring);
        hits.iter().position(right).map(|at| at + 1)
    });
    let begin = Instant::now();
    let finding = knowledge.ask(&question.question, 3);
    let search_ms = begin.elapsed().as_secs_f64() * 1000.0;
    Outcome {
        held: !expected.is_empty(),
        answerable: finding.answerable,
        answer: finding.answer.unwrap_or_default(),
        group: question.group,
        question: question.question,
        ranks,
        search_ms,
    }
}

/// How well passages are found.
#[derive(Debug, Serialize)]
struct Found {
    group: String,
    scoring: &'static str,
    questions: usize,
    recall_at_1: Option<f64>,
    recall_at_3: Option<f64>,
    mrr: Option<f64>,
}

/// How many questions are refused.
#[derive(Debug, Serialize)]
struct Refused {
    group: String,
    held: bool,
    questions: usize,
    /// Per cent below the threshold.
    abstained: Option<f64>,
    /// Per cent below the threshold that refuses a tenth of the held ones.
    abstained_at_tenth: Option<f64>,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Report {
    knowledges: usize,
    passages: usize,
    memory_bytes: usize,
    found: Vec<Found>,
    threshold: f32,
    /// The threshold that refuses a tenth of the questions that can be answered.
    threshold_at_tenth: Option<f32>,
    refused: Vec<Refused>,
    roc_auc: Option<f64>,
    ask_ms_mean: f64,
    ask_ms_max: f64,
}

fn report(outcomes: &[Outcome], size: Size, threshold: f32) -> Report {
    let tenth = threshold_at(outcomes, WRONG_ABSTENTIONS_MAX);
    let mut groups: BTreeMap<(bool, &str), Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        groups.entry((!outcome.held, &outcome.group)).or_default().push(outcome);
    }
    let whole = |held: bool| outcomes.iter().filter(|o| o.held == held).collect::<Vec<_>>();
    let held_groups = groups.keys().filter(|(none, _)| !none).count();
    let mut found = Vec::new();
    let mut refused = Vec::new();
    for ((none, name), members) in &groups {
        refused.push(refusals(name, members, threshold, tenth));
        if !none && held_groups > 1 {
            found.extend((0..SCORINGS.len()).map(|by| recall(name, members, by)));
        }
    }
    found.extend((0..SCORINGS.len()).map(|by| recall("all", &whole(true), by)));
    for held in [true, false] {
        let name = if held { "all held" } else { "all not held" };
        refused.push(refusals(name, &whole(held), threshold, tenth));
    }
    refused.retain(|row| row.questions > 0);
    let scored: Vec<Scored> =
        outcomes.iter().map(|o| Scored { score: o.answerable, positive: o.held }).collect();
    let total: f64 = outcomes.iter().map(|o| o.search_ms).sum();
    Report {
        knowledges: size.knowledges,
        passages: size.passages,
        memory_bytes: size.bytes,
        found,
        threshold,
        threshold_at_tenth: tenth,
        refused,
        roc_auc: auc(&scored).map(|area| (area * 1e4).round() / 1e4),
        ask_ms_mean: total / outcomes.len().max(1) as f64,
        ask_ms_max: outcomes.iter().map(|o| o.search_ms).fold(0.0, f64::max),
    }
}

/// The highest threshold that refuses at most this share of the held questions.
fn threshold_at(outcomes: &[Outcome], share: f64) -> Option<f32> {
    let mut held: Vec<f32> = outcomes.iter().filter(|o| o.held).map(|o| o.answerable).collect();
    held.sort_by(f32::total_cmp);
    let at = (held.len() as f64 * share) as usize;
    held.get(at).copied()
}

fn recall(group: &str, members: &[&Outcome], by: usize) -> Found {
    let count = members.len();
    let within = |k: usize| {
        let hits = members.iter().filter(|o| o.ranks[by].is_some_and(|rank| rank <= k)).count();
        (count > 0).then(|| hits as f64 / count as f64)
    };
    let reciprocal: f64 = members.iter().filter_map(|o| o.ranks[by]).map(|r| 1.0 / r as f64).sum();
    Found {
        group: group.to_string(),
        scoring: SCORINGS[by].0,
        questions: count,
        recall_at_1: percent(within(1)),
        recall_at_3: percent(within(3)),
        mrr: (count > 0).then(|| (reciprocal / count as f64 * 1000.0).round() / 1000.0),
    }
}

fn refusals(group: &str, members: &[&Outcome], threshold: f32, tenth: Option<f32>) -> Refused {
    let count = members.len();
    let below = |threshold: f32| {
        let below = members.iter().filter(|o| o.answerable < threshold).count();
        percent((count > 0).then(|| below as f64 / count as f64))
    };
    Refused {
        group: group.to_string(),
        held: members.first().is_some_and(|o| o.held),
        questions: count,
        abstained: below(threshold),
        abstained_at_tenth: tenth.and_then(below),
    }
}

fn print(report: &Report) {
    println!(
        "{} knowledge, {} passages, {:.1} MB; search and decision {:.2} ms mean, {:.2} ms at most\n",
        report.knowledges,
        report.passages,
        report.memory_bytes as f64 / 1e6,
        report.ask_ms_mean,
        report.ask_ms_max
    );
    let mut table = Table::new(&["found", "scoring", "questions", "R@1 %", "R@3 %", "MRR"]);
    for row in &report.found {
        let scoring = row.scoring.to_string();
        let counted = row.questions.to_string();
        let (one, three) = (figure(row.recall_at_1, 1), figure(row.recall_at_3, 1));
        table.row(vec![row.group.clone(), scoring, counted, one, three, figure(row.mrr, 3)]);
    }
    println!("{}\n", table.render());
    let at = format!("abstained % at {:.2}", report.threshold);
    let tenth = figure(report.threshold_at_tenth.map(f64::from), 2);
    let mut table = Table::new(&["asked", "questions", &at, &format!("at {tenth}")]);
    for row in &report.refused {
        let (now, then) = (figure(row.abstained, 1), figure(row.abstained_at_tenth, 1));
        table.row(vec![row.group.clone(), row.questions.to_string(), now, then]);
    }
    println!("{}", table.render());
    println!("ROC-AUC of the decision {}", figure(report.roc_auc, 3));
}

/// Whether an outcome at a threshold is a mistake of some kind.
type Mistake = fn(&Outcome, f32) -> bool;

/// Questions that went wrong.
fn show(outcomes: &[Outcome], args: &EvalKnowledgeArgs) {
    let kinds: [(&str, Mistake); 3] = [
        ("another passage first", |o, _| o.held && o.ranks[0] != Some(1)),
        ("refused, though it is there", |o, min| o.held && o.answerable < min),
        ("answered, though it is not there", |o, min| !o.held && o.answerable >= min),
    ];
    for (name, wrong) in kinds {
        let found = outcomes.iter().filter(|outcome| wrong(outcome, args.threshold));
        for outcome in found.take(args.show) {
            println!(
                "\n{name} ({}, {:.2}): {}\n  {}",
                outcome.group, outcome.answerable, outcome.question, outcome.answer
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(held: bool, rank: Option<usize>, answerable: f32) -> Outcome {
        Outcome {
            group: if held { "held" } else { "foreign" }.into(),
            question: String::new(),
            held,
            ranks: [rank, None, None],
            answerable,
            answer: String::new(),
            search_ms: 1.0,
        }
    }

    #[test]
    fn ranks_and_refusals_are_counted() {
        let outcomes = [
            outcome(true, Some(1), 0.9),
            outcome(true, Some(2), 0.8),
            outcome(true, None, 0.3),
            outcome(true, Some(4), 0.7),
            outcome(false, None, 0.1),
            outcome(false, None, 0.6),
        ];
        let report = report(&outcomes, Size::default(), 0.5);
        let all = &report.found[0];
        assert_eq!((all.group.as_str(), all.scoring, all.questions), ("all", "hybrid", 4));
        assert_eq!(
            (all.recall_at_1, all.recall_at_3, all.mrr),
            (Some(25.0), Some(50.0), Some(0.438))
        );
        let row = |name: &str| report.refused.iter().find(|row| row.group == name).unwrap();
        assert_eq!(row("held").abstained, Some(25.0));
        assert_eq!(row("foreign").abstained, Some(50.0));
        assert_eq!(row("all not held").questions, 2);
        assert_eq!(report.threshold_at_tenth, Some(0.3));
        assert_eq!(report.roc_auc, Some(0.875));
    }

    #[test]
    fn both_kinds_of_file_are_read() {
        let questions =
            r#"[{"question": "a", "passage": "none"}, {"question": "b", "passage": ["x", "y"]}]"#;
        let Manifest::Questions(read) = serde_json::from_str(questions).unwrap() else {
            panic!("questions")
        };
        assert_eq!(read[0].passage.texts(), [] as [&str; 0]);
        assert_eq!(read[1].passage.texts(), ["x", "y"]);
        let sets =
            r#"[{"files": [["a.txt", "x"]], "questions": [{"question": "b", "passage": "x"}]}]"#;
        assert!(
            matches!(serde_json::from_str(sets).unwrap(), Manifest::Sets(sets) if sets.len() == 1)
        );
        assert!(serde_json::from_str::<Manifest>(r#"[{"question": 1}]"#).is_err());
    }
}
