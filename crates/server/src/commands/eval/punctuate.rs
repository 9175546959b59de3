//! `hearsay eval punctuate`: correctly written turns, stripped and restored.

use std::path::Path;
use std::process::ExitCode;

use hearsay_language::punctuate::Punctuator;
use serde_json::json;

use super::manifest::{spread, text_lines};
use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalPunctuateArgs;
use crate::commands::{model_folder, models};
use crate::score::{SIGNS, SignCounts, Signs};

/// Most words of one turn.
const TURN_WORDS_MAX: usize = 1000;

/// One file's outcome.
struct Outcome {
    name: String,
    signs: Signs,
    wrong: Vec<(String, String)>,
}

/// Runs the command.
pub fn run(args: &EvalPunctuateArgs) -> Result<ExitCode, String> {
    let punctuator = match &args.model {
        Some(path) => {
            let loaded = Punctuator::load(&model_folder::bytes(path)?);
            Some(loaded.map_err(|e| format!("{}: {e}", path.display()))?)
        }
        None => models()?.punctuator.clone(),
    };
    let punctuator =
        punctuator.ok_or("this build has no punctuation model; give one with --model")?;
    let outcomes: Vec<Outcome> =
        args.files.iter().map(|file| score(&punctuator, file, args)).collect::<Result<_, _>>()?;
    if args.json {
        let files: Vec<_> = outcomes.iter().map(report).collect();
        println!("{}", json!({ "files": files }));
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(&["file", "turns", "words", "F1 .", "F1 ,", "F1 ?", "F1", "case %", "turns %"]);
    for outcome in &outcomes {
        let signs = &outcome.signs;
        let f1 = |counts: SignCounts| figure(percent(counts.f1()), 1);
        let mut row = vec![outcome.name.clone(), signs.turns.to_string(), signs.words.to_string()];
        row.extend(signs.signs.iter().map(|counts| f1(*counts)));
        row.push(f1(signs.micro()));
        row.push(figure(percent(share(signs.case_right, signs.words)), 1));
        row.push(figure(percent(share(signs.turns_right, signs.turns)), 1));
        table.row(row);
    }
    println!("{}", table.render());
    for outcome in &outcomes {
        for (wanted, got) in outcome.wrong.iter().take(args.show) {
            println!("\n{}\n  wanted  {wanted}\n  got     {got}", outcome.name);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn report(outcome: &Outcome) -> serde_json::Value {
    let signs = &outcome.signs;
    let sign = |(sign, counts): (&char, &SignCounts)| {
        let precision = share(counts.hits, counts.hits + counts.false_alarms);
        let recall = share(counts.hits, counts.hits + counts.misses);
        json!({ "sign": sign.to_string(), "precision": percent(precision),
            "recall": percent(recall), "f1": percent(counts.f1()) })
    };
    let each: Vec<_> = SIGNS.iter().zip(&signs.signs).map(sign).collect();
    json!({ "file": outcome.name, "turns": signs.turns, "words": signs.words, "signs": each,
        "micro_f1": percent(signs.micro().f1()),
        "case_accuracy": percent(share(signs.case_right, signs.words)),
        "turn_accuracy": percent(share(signs.turns_right, signs.turns)) })
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn score(
    punctuator: &Punctuator,
    file: &Path,
    args: &EvalPunctuateArgs,
) -> Result<Outcome, String> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut outcome = Outcome { name, signs: Signs::default(), wrong: Vec::new() };
    for (number, line) in spread(text_lines(file)?, args.limit) {
        let written: Vec<&str> = line.split_whitespace().filter(|word| has_letter(word)).collect();
        if written.len() > TURN_WORDS_MAX {
            let shown = file.display();
            return Err(format!("{shown}:{number}: over {TURN_WORDS_MAX} words; cut the turn"));
        }
        let plain: Vec<String> = written.iter().map(|word| as_recognised(word)).collect();
        let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
        let restored = punctuator.restore(&plain);
        let right = outcome.signs.turns_right;
        outcome.signs.turn(&written, &restored);
        if outcome.signs.turns_right == right {
            outcome.wrong.push((written.join(" "), restored.join(" ")));
        }
    }
    Ok(outcome)
}

fn has_letter(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// A word as the recogniser writes it: without signs around it, lower case.
fn as_recognised(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().replace('\u{2019}', "'")
}
