//! `hearsay eval pii`: personal data found in marked sentences.

use std::process::ExitCode;

use hearsay_language::personal_data::Tagger;
use hearsay_text::pii::PiiKind;
use serde::Deserialize;
use serde_json::json;

use super::manifest::{spread, text_lines};
use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalPiiArgs;
use crate::commands::model_folder;
use crate::redaction;
use crate::score::{Span, SpanCounts, Spans};

/// One line of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    /// Begin and end in characters, and the kind's name.
    spans: Vec<(usize, usize, String)>,
}

/// Runs the command.
pub fn run(args: &EvalPiiArgs) -> Result<ExitCode, String> {
    let tagger = match &args.model {
        Some(path) => {
            let loaded = Tagger::load(&model_folder::bytes(path)?);
            loaded.map_err(|e| format!("{}: {e}", path.display()))?
        }
        None => redaction::built_in_tagger()?,
    };
    let mut spans = Spans::default();
    let mut shown = 0;
    for (number, line) in spread(text_lines(&args.sentences)?, args.limit) {
        let line =
            parsed(&line).map_err(|e| format!("{}:{number}: {e}", args.sentences.display()))?;
        let found = tagger.find(&line.0).into_iter();
        let found: Vec<Span> =
            found.map(|span| (span.range, span.kind.name().to_string())).collect();
        if found != line.1 && shown < args.show {
            shown += 1;
            println!(
                "{}\n  wanted  {:?}\n  got     {:?}",
                line.0,
                texts(&line.0, &line.1),
                texts(&line.0, &found)
            );
        }
        spans.text(&line.0, &line.1, &found);
    }
    if args.json {
        println!("{}", report(&spans));
    } else {
        print(&spans);
    }
    Ok(ExitCode::SUCCESS)
}

/// The text and its spans in bytes.
fn parsed(line: &str) -> Result<(String, Vec<Span>), String> {
    let line: Line = serde_json::from_str(line).map_err(|e| {
        format!("{e}; a line is {{\"text\": ..., \"spans\": [[begin, end, kind]]}}")
    })?;
    let byte =
        |at: usize| line.text.char_indices().map(|(byte, _)| byte).chain([line.text.len()]).nth(at);
    let spans = line.spans.iter().map(|(begin, end, kind)| {
        let range = byte(*begin).zip(byte(*end)).filter(|(begin, end)| begin < end);
        let (begin, end) =
            range.ok_or_else(|| format!("the span {begin} to {end} is not in the text"))?;
        let known = PiiKind::named(kind);
        known.ok_or_else(|| format!("`{kind}` is no kind; docs/evaluation.md lists them"))?;
        Ok((begin..end, kind.clone()))
    });
    let mut spans: Vec<Span> = spans.collect::<Result<_, String>>()?;
    spans.sort_by_key(|(range, _)| range.start);
    Ok((line.text, spans))
}

fn texts<'t>(text: &'t str, spans: &[Span]) -> Vec<(&'t str, String)> {
    spans.iter().map(|(range, kind)| (&text[range.clone()], kind.clone())).collect()
}

fn share(part: usize, whole: usize) -> Option<f64> {
    percent((whole > 0).then(|| part as f64 / whole as f64))
}

fn report(spans: &Spans) -> serde_json::Value {
    let counts = |counts: &SpanCounts| {
        json!({ "precision": percent(counts.precision()), "recall": percent(counts.recall()),
            "f1": percent(counts.f1()), "there": counts.hits + counts.misses })
    };
    let kinds: serde_json::Map<_, _> =
        spans.words.iter().map(|(kind, each)| (kind.clone(), counts(each))).collect();
    json!({ "words": counts(&Spans::total(&spans.words)), "spans": counts(&Spans::total(&spans.spans)),
        "kinds": kinds, "covered": share(spans.covered.1, spans.covered.0),
        "clean_texts_marked": share(spans.clean.1, spans.clean.0) })
}

fn print(spans: &Spans) {
    let mut table = Table::new(&["words of", "there", "precision %", "recall %", "F1 %"]);
    let mut row = |name: &str, counts: &SpanCounts| {
        let figures = [counts.precision(), counts.recall(), counts.f1()];
        let mut cells = vec![name.to_string(), (counts.hits + counts.misses).to_string()];
        cells.extend(figures.map(|x| figure(percent(x), 1)));
        table.row(cells);
    };
    for (kind, counts) in &spans.words {
        row(kind, counts);
    }
    row("all", &Spans::total(&spans.words));
    row("whole spans", &Spans::total(&spans.spans));
    println!("{}\n", table.render());
    println!(
        "covered, whatever the kind: {} % of {} words",
        figure(share(spans.covered.1, spans.covered.0), 2),
        spans.covered.0
    );
    println!(
        "texts without personal data that were marked: {} % of {}",
        figure(share(spans.clean.1, spans.clean.0), 2),
        spans.clean.0
    );
}
