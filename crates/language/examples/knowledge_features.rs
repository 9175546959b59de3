//! Prints what the decisions of retrieval and grounding see, for fitting their weights.
//!
//!     cargo run --release -p hearsay-language --example knowledge_features -- retrieval_en.bin < sets.jsonl > features.jsonl
//!
//! Each line of the input is one of
//!
//! - `{"files": [[name, text]], "questions": [text]}`: for each question the rank features of every passage (`"rank": true`
//!   in the line), or its evidence with the best passages' numbers by all three ways of scoring;
//! - `{"answer": text, "passages": [text]}`: the grounding features and what is unsupported.

use std::io::{BufRead, Write};

use hearsay_language::grounding::{grounded, grounds};
use hearsay_language::knowledge::{Encoder, Knowledge, KnowledgeFile, Scoring};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give the weight file")?;
    let encoder = Encoder::load(&std::fs::read(path)?)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let told = if line["answer"].is_string() {
            grounding(&encoder, &line)
        } else {
            retrieval(&encoder, &line)?
        };
        writeln!(out, "{told}")?;
    }
    Ok(())
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn grounding(encoder: &Encoder, line: &Value) -> Value {
    let (answer, passages) =
        (line["answer"].as_str().unwrap_or_default(), strings(&line["passages"]));
    let verdict = grounded(encoder, answer, &passages, None);
    let missing: Vec<String> = verdict
        .unsupported
        .iter()
        .map(|u| format!("{:?} {}", u.kind, &answer[u.span.clone()]))
        .collect();
    json!({ "features": grounds(encoder, answer, &passages, None), "score": verdict.score, "missing": missing })
}

fn retrieval(encoder: &Encoder, line: &Value) -> Result<Value, Box<dyn std::error::Error>> {
    let files: Vec<Vec<&str>> =
        line["files"].as_array().into_iter().flatten().map(strings).collect();
    let files: Vec<KnowledgeFile> = files
        .iter()
        .map(|file| KnowledgeFile { name: file[0], bytes: file[1].as_bytes() })
        .collect();
    let knowledge = Knowledge::load(encoder, &files)?;
    let rank = line["rank"].as_bool().unwrap_or(false);
    let asked = strings(&line["questions"]).into_iter().map(|question| {
        if rank {
            return json!(knowledge.rank_features(question));
        }
        let by = |scoring: Scoring| {
            let hits = knowledge.search_by(question, 10, scoring);
            hits.iter().map(|hit| place(hit.passage.place)).collect::<Vec<_>>()
        };
        let finding = knowledge.ask(question, 3);
        json!({
            "evidence": knowledge.evidence(question, &finding.hits),
            "answerable": finding.answerable, "answer": finding.answer,
            "texts": finding.hits.iter().map(|hit| hit.passage.text.as_str()).collect::<Vec<_>>(),
            "hybrid": by(Scoring::Hybrid), "terms": by(Scoring::Terms), "vectors": by(Scoring::Vectors),
        })
    });
    let places: Vec<usize> = knowledge.passages().iter().map(|p| place(p.place)).collect();
    Ok(json!({ "places": places, "asked": asked.collect::<Vec<_>>() }))
}

/// Where a passage stands, as a number.
fn place(place: hearsay_language::knowledge::Place) -> usize {
    use hearsay_language::knowledge::Place::{Entry, Line, Page};
    match place {
        Entry(number) | Line(number) | Page(number) => number,
    }
}
