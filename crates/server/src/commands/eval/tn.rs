//! `hearsay eval tn`: written sentences and how they should be spoken.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hearsay_text::language::Language;
use hearsay_text::normalize::normalize_text_in;
use serde_json::json;

use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalTnArgs;
use crate::commands::text_language;

/// Most class files of a folder that are read.
const FILES_MAX: usize = 256;
/// What the names of class files may begin with, which is no part of the class.
const NAME_PREFIX: &str = "test_cases_";

/// A written sentence and the answers that count as right.
#[derive(Debug, PartialEq, Eq)]
struct Case {
    written: String,
    answers: Vec<String>,
}

/// One file's outcome.
struct Class {
    name: String,
    right: usize,
    total: usize,
    failures: Vec<(String, String, String)>,
}

/// Runs the command.
pub fn run(args: &EvalTnArgs) -> Result<ExitCode, String> {
    let language = text_language(args.language);
    let files = files(&args.folder)?;
    let classes: Vec<Class> =
        files.iter().map(|file| score(file, language, args.limit)).collect::<Result<_, _>>()?;
    let (right, total) =
        classes.iter().fold((0, 0), |(right, total), c| (right + c.right, total + c.total));
    if args.json {
        let class = |c: &Class| {
            json!({ "class": c.name, "cases": c.total, "right": c.right,
                "sentence_accuracy": share(c.right, c.total) })
        };
        let classes: Vec<_> = classes.iter().map(class).collect();
        println!(
            "{}",
            json!({ "language": language.code(), "cases": total, "right": right,
                "sentence_accuracy": share(right, total), "classes": classes })
        );
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["class", "cases", "right", "%"]);
    let all = Class { name: "all".to_string(), right, total, failures: Vec::new() };
    for class in classes.iter().chain(std::iter::once(&all)) {
        let accuracy = figure(share(class.right, class.total), 1);
        let counts = [class.total.to_string(), class.right.to_string(), accuracy];
        table.row(std::iter::once(class.name.clone()).chain(counts).collect());
    }
    println!("{}", table.render());
    for class in &classes {
        for (written, wanted, got) in class.failures.iter().take(args.show) {
            println!("\n{}: {written}\n  wanted  {wanted}\n  got     {got}", class.name);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn share(right: usize, total: usize) -> Option<f64> {
    percent((total > 0).then(|| right as f64 / total as f64))
}

/// The class files of a folder in order, or the one file that was named.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    if folder.is_file() {
        return Ok(vec![folder.to_path_buf()]);
    }
    let inner = folder.join("data_text_normalization");
    let folder = if inner.is_dir() { inner.as_path() } else { folder };
    let entries = std::fs::read_dir(folder).map_err(|e| {
        format!("{}: cannot be read ({e}); give a folder of cases", folder.display())
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "txt" || e == "tsv"))
        .take(FILES_MAX)
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(format!(
            "{}: holds no .txt or .tsv file; give a folder of cases",
            folder.display()
        ));
    }
    Ok(files)
}

fn score(file: &Path, language: Language, limit: Option<usize>) -> Result<Class, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| format!("{}: cannot be read ({e}); give text in UTF-8", file.display()))?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = stem.strip_prefix(NAME_PREFIX).unwrap_or(&stem).to_string();
    let mut class = Class { name, right: 0, total: 0, failures: Vec::new() };
    let cases: Vec<(usize, Case)> = parse(&text).into_iter().enumerate().collect();
    for (_, case) in super::manifest::spread(cases, limit) {
        let got = tidy(&normalize_text_in(&case.written, language));
        let right = case.answers.iter().any(|answer| tidy(answer) == got);
        class.total += 1;
        class.right += usize::from(right);
        if !right {
            let wanted = case.answers.first().map_or(String::new(), |a| tidy(a));
            class.failures.push((case.written, wanted, got));
        }
    }
    Ok(class)
}

/// Reads `written~spoken` or TSV lines, more answers behind more `~`. A line `~written` is followed by lines that each are a right answer.
fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match line.split_once('~').or_else(|| line.split_once('\t')) {
            Some(("", written)) => {
                cases.push(Case { written: written.into(), answers: Vec::new() });
            }
            Some((written, answer)) => {
                cases.push(Case {
                    written: written.into(),
                    answers: answer.split('~').map(str::to_string).collect(),
                });
            }
            None => {
                if let Some(last) = cases.last_mut() {
                    last.answers.push(line.into());
                }
            }
        }
    }
    cases.retain(|case| !case.written.trim().is_empty() && !case.answers.is_empty());
    cases
}

/// Small letters without signs; white space counts as one space, and a Devanagari letter with its dot is
/// the same in one code or two.
fn tidy(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.to_lowercase().chars() {
        match c {
            '\u{958}'..='\u{95f}' => {
                const BASES: [char; 8] = ['क', 'ख', 'ग', 'ज', 'ड', 'ढ', 'फ', 'य'];
                plain.push(BASES[(c as usize - 0x958) % BASES.len()]);
                plain.push('\u{93c}');
            }
            '।' | '¿' | '¡' | '’' | '“' | '”' | '…' => plain.push(' '),
            c if c.is_ascii_punctuation() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cases_with_one_and_with_several_answers() {
        let cases = parse("1~one~a\n\n~2\ntwo\na pair\n~\n3\tthree\n~lost\n");
        let seen: Vec<(&str, usize)> =
            cases.iter().map(|c| (c.written.as_str(), c.answers.len())).collect();
        assert_eq!(seen, [("1", 2), ("2", 2), ("3", 1)]);
    }

    #[test]
    fn signs_capitals_and_codes_of_letters_do_not_count() {
        assert_eq!(tidy(" ¿Uno,  DOS? "), "uno dos");
        assert_eq!(tidy("ह\u{95b}ार।"), tidy("हज\u{93c}ार"));
        assert_ne!(tidy("uno"), tidy("dos"));
    }
}
