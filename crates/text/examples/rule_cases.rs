//! Runs a folder of `input~expected` cases through the rules and prints how many pass, class by class.
//!
//! `cargo run -p hearsay-text --example rule_cases -- FOLDER [--language es|hi] [--failures]` where FOLDER holds
//! `data_text_normalization` and `data_inverse_text_normalization`. A case with several accepted answers
//! (an `input~` line or `~input` line followed by answers) passes with any of them.

use std::path::Path;
use std::process::ExitCode;

use hearsay_text::itn::{ItnOptions, itn_with};
use hearsay_text::language::Language;

/// A rule set under test.
type Rewrite = fn(&str, Language) -> String;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = args.first() else {
        eprintln!("rule_cases: give the folder of the cases");
        return ExitCode::from(2);
    };
    let failures = args.iter().any(|a| a == "--failures");
    let named = args.iter().skip_while(|a| *a != "--language").nth(1);
    let language = named.and_then(|code| Language::from_code(code)).unwrap_or_default();
    let kinds: [(&str, Rewrite); 2] = [
        ("data_text_normalization", hearsay_text::normalize::normalize_text_in),
        ("data_inverse_text_normalization", |text, language| {
            itn_with(text, &ItnOptions::new(language))
        }),
    ];
    for (name, rewrite) in kinds {
        match score(&Path::new(folder).join(name), |text| rewrite(text, language), failures) {
            Ok(()) => {}
            Err(message) => {
                eprintln!("rule_cases: {folder}/{name}: {message}");
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}

/// An input and the answers that count as right.
struct Case {
    input: String,
    answers: Vec<String>,
}

fn score(folder: &Path, rewrite: impl Fn(&str) -> String, failures: bool) -> Result<(), String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map_err(|e| e.to_string())?
        .filter_map(|f| f.ok().map(|f| f.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let (mut all_passed, mut all) = (0, 0);
    println!("{}", folder.display());
    for file in files {
        let text =
            std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let cases = parse(&text);
        let mut passed = 0;
        for case in &cases {
            let got = rewrite(&case.input);
            if case.answers.iter().any(|a| same(a, &got)) {
                passed += 1;
            } else if failures {
                println!("    {:?} gave {got:?}, expected {:?}", case.input, case.answers.first());
            }
        }
        let class = file
            .file_stem()
            .map_or(String::new(), |s| s.to_string_lossy().replace("test_cases_", ""));
        println!("  {class:<32} {passed:>4} of {:>4}", cases.len());
        all_passed += passed;
        all += cases.len();
    }
    println!("  {:<32} {all_passed:>4} of {all:>4}", "total");
    Ok(())
}

/// Capitals and ASCII signs do not count, and white space counts as one space.
fn same(a: &str, b: &str) -> bool {
    let bare =
        |s: &str| s.to_lowercase().replace(|c: char| c.is_ascii_punctuation() || c == '।', " ");
    bare(a).split_whitespace().eq(bare(b).split_whitespace())
}

fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        match line.split_once('~') {
            Some(("", input)) if !input.trim().is_empty() => {
                cases.push(Case { input: input.into(), answers: Vec::new() })
            }
            Some((input, answer)) if !input.trim().is_empty() => {
                cases.push(Case {
                    input: input.into(),
                    answers: answer.split('~').map(String::from).collect(),
                });
            }
            Some(_) => {}
            None => {
                if let Some(last) = cases.last_mut() {
                    last.answers.push(line.into());
                }
            }
        }
    }
    cases.retain(|c| !c.answers.is_empty());
    cases
}
