//! Counts over the whole JSON-Schema-Test-Suite: which schemas are claimed, and what may be written under them.
//!
//!     cargo run -p hearsay-language --example json_schema_suite -- FOLDER [--refused]
//!
//! FOLDER is such as JSON-Schema-Test-Suite/tests/draft2020-12. Exits with 1 where a forbidden instance can be written.

#[path = "../tests/json_schema/run.rs"]
mod run;

use std::path::Path;
use std::process::ExitCode;

use hearsay_language::grammar::Vocabulary;
use run::Counts;

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder of the suite's tests")?;
    let with_refused = std::env::args().any(|argument| argument == "--refused");
    let vocabulary = Vocabulary::of_bytes(0)?;
    let mut total = Counts::default();
    for part in ["", "optional", "optional/format"] {
        let counts = run_folder(&vocabulary, &Path::new(&folder).join(part))?;
        print(if part.is_empty() { "required" } else { part }, &counts);
        total.add(counts);
    }
    print("all", &total);
    if with_refused {
        total.refused.iter().for_each(|line| println!("refused: {line}"));
    }
    total.invalid_accepted.iter().for_each(|line| println!("FORBIDDEN, BUT WRITTEN: {line}"));
    Ok(ExitCode::from(u8::from(!total.invalid_accepted.is_empty())))
}

fn run_folder(
    vocabulary: &Vocabulary,
    folder: &Path,
) -> Result<Counts, Box<dyn std::error::Error>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    let mut counts = Counts::default();
    for file in files.iter().map(std::fs::DirEntry::path) {
        if file.extension().is_some_and(|extension| extension == "json") {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            counts.add(run::run_file(vocabulary, &name, &std::fs::read_to_string(&file)?));
        }
    }
    Ok(counts)
}

fn print(part: &str, counts: &Counts) {
    println!(
        "{part}: schemas claimed {} of {}; allowed instances written {} of {}; forbidden ones written {} of {}",
        counts.claimed,
        counts.claimed + counts.refused.len(),
        counts.valid_accepted,
        counts.valid,
        counts.invalid_accepted.len(),
        counts.invalid
    );
}
