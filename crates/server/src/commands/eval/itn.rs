//! `hearsay eval itn`: spoken sentences and how they should be written.

use std::path::Path;
use std::process::ExitCode;

use hearsay_text::itn::{ItnOptions, itn_with};
use serde_json::json;

use super::manifest::{spread, text_lines};
use super::percent;
use super::table::Table;
use crate::cli::EvalItnArgs;
use crate::commands::text_language;

/// One file's outcome.
struct Class {
    name: String,
    right: usize,
    total: usize,
    failures: Vec<(String, String, String)>,
}

/// Runs the command.
pub fn run(args: &EvalItnArgs) -> Result<ExitCode, String> {
    let classes: Vec<Class> =
        args.files.iter().map(|file| score(file, args)).collect::<Result<_, _>>()?;
    let (right, total) =
        classes.iter().fold((0, 0), |(right, total), c| (right + c.right, total + c.total));
    if args.json {
        let class = |c: &Class| {
            json!({ "class": c.name, "cases": c.total, "right": c.right,
                "sentence_accuracy": share(c.right, c.total) })
        };
        let classes: Vec<_> = classes.iter().map(class).collect();
        let accuracy = share(right, total);
        println!(
            "{}",
            json!({ "cases": total, "right": right, "sentence_accuracy": accuracy,
                "classes": classes })
        );
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["class", "cases", "right", "%"]);
    let all = Class { name: "all".to_string(), right, total, failures: Vec::new() };
    for class in classes.iter().chain(std::iter::once(&all)) {
        let accuracy = super::figure(share(class.right, class.total), 1);
        let counts = [class.total.to_string(), class.right.to_string(), accuracy];
        table.row(std::iter::once(class.name.clone()).chain(counts).collect());
    }
    println!("{}", table.render());
    for class in &classes {
        for (spoken, wanted, got) in class.failures.iter().take(args.show) {
            println!("\n{}: {spoken}\n  wanted  {wanted}\n  got     {got}", class.name);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn share(right: usize, total: usize) -> Option<f64> {
    percent((total > 0).then(|| right as f64 / total as f64))
}

fn score(file: &Path, args: &EvalItnArgs) -> Result<Class, String> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let options = ItnOptions::new(text_language(args.language));
    let mut class = Class { name, right: 0, total: 0, failures: Vec::new() };
    for (number, line) in spread(text_lines(file)?, args.limit) {
        let pair = line.split_once('~').or_else(|| line.split_once('\t'));
        let (spoken, wanted) = pair.ok_or_else(|| {
            format!("{}:{number}: write SPOKEN~WRITTEN or SPOKEN<TAB>WRITTEN", file.display())
        })?;
        let (got, wanted) = (tidy(&itn_with(spoken, &options)), tidy(wanted));
        class.total += 1;
        class.right += usize::from(got == wanted);
        if got != wanted {
            class.failures.push((spoken.to_string(), wanted, got));
        }
    }
    Ok(class)
}

/// White space does not count.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
