//! How long loading, searching and checking an answer take, and the memory of an index.
//!
//!     cargo run --release -p hearsay-language --example knowledge_speed -- WEIGHTS FILE...
//!
//! WEIGHTS is crates/weights/data/retrieval_en.bin; each FILE is Markdown, text, HTML, PDF or FAQ JSON.

use std::time::Instant;

use hearsay_language::grounding::grounded;
use hearsay_language::knowledge::{Encoder, Knowledge, KnowledgeFile};

const QUESTIONS: [&str; 4] = [
    "what time can i check in",
    "um i was wondering is there any barking at the lensfield hotel",
    "do you take credit cards",
    "can i bring my small dog to the place and what does it cost me per night please",
];
const RUNS: u32 = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths = std::env::args().skip(1);
    let encoder = Encoder::load(&std::fs::read(paths.next().ok_or("give the weights")?)?)?;
    let files: Vec<(String, Vec<u8>)> = paths
        .map(|path| std::fs::read(&path).map(|bytes| (path, bytes)))
        .collect::<Result<_, _>>()?;
    let files: Vec<KnowledgeFile> =
        files.iter().map(|(name, bytes)| KnowledgeFile { name, bytes }).collect();
    let begin = Instant::now();
    let knowledge = Knowledge::load(&encoder, &files)?;
    println!(
        "{} passages, {:.1} MB, loaded in {:.0} ms",
        knowledge.passages().len(),
        knowledge.memory_bytes() as f64 / 1e6,
        begin.elapsed().as_secs_f64() * 1000.0
    );
    for question in QUESTIONS {
        let search = time(|| knowledge.search(question, 3).len());
        let ask = time(|| knowledge.ask(question, 3).hits.len());
        let finding = knowledge.ask(question, 3);
        let texts: Vec<&str> = finding.hits.iter().map(|hit| hit.passage.text.as_str()).collect();
        let answer = finding.answer.unwrap_or_default();
        let check = time(|| grounded(&encoder, &answer, &texts, None).unsupported.len());
        println!(
            "search {search}, with decision and answer {ask}, check {check}: {question} -> {answer}"
        );
    }
    Ok(())
}

/// Median and 95th percentile of many runs, ms.
fn time(mut run: impl FnMut() -> usize) -> String {
    let mut taken = Vec::new();
    for _ in 0..RUNS {
        let begin = Instant::now();
        std::hint::black_box(run());
        taken.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    format!("{:.3} ms (p95 {:.3})", taken[taken.len() / 2], taken[taken.len() * 95 / 100])
}
