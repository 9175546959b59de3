//! `hearsay text`: one line in, one line out.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use super::models;
use crate::cli::TextRule;

/// Runs the command.
pub fn run(rule: TextRule) -> Result<ExitCode, String> {
    let models = (rule == TextRule::Phonemize).then(models).transpose()?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| format!("standard input: {e}; give text in UTF-8"))?;
        let rewritten = match (rule, &models) {
            (TextRule::Normalize, _) => hearsay_text::normalize::normalize_text(&line),
            (TextRule::Itn, _) => hearsay_text::itn::itn(&line),
            (TextRule::Redact, _) => hearsay_text::pii::redact(&line),
            (TextRule::Phonemize, Some(models)) => phones(models, &line),
            (TextRule::Phonemize, None) => return Err("the pronunciation model is missing".into()),
        };
        // A reader that went away, as `head` does, is no error.
        if writeln!(out, "{rewritten}").is_err() {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn phones(models: &hearsay_engine::Models, line: &str) -> String {
    let words = models.g2p.phonemize(line);
    words.iter().map(|word| word.phones.join(" ")).collect::<Vec<_>>().join("  ")
}
