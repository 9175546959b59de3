//! `hearsay text`: one line in, one line out.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use hearsay_engine::Formatting;
use hearsay_language::input_filter::InputFilter;
use hearsay_text::itn::{ItnOptions, itn_with};
use hearsay_text::language::Language;

use super::{models, text_language};
use crate::cli::{TextArgs, TextRule};
use crate::redaction::{RedactRules, Redactor};

/// Runs the command.
pub fn run(args: &TextArgs) -> Result<ExitCode, String> {
    let rule = args.rule;
    let needs_models = matches!(rule, TextRule::Phonemize | TextRule::Punctuate);
    let models = needs_models.then(models).transpose()?;
    if rule == TextRule::Punctuate && models.as_ref().is_some_and(|m| m.punctuator.is_none()) {
        return Err("this build has no punctuation model".to_string());
    }
    let redactor =
        (rule == TextRule::Redact).then(|| Redactor::new(RedactRules::default())).transpose()?;
    let filter =
        (rule == TextRule::Guard).then(|| InputFilter::load(hearsay_weights::FILTER_EN.bytes));
    let filter = filter.transpose().map_err(|e| e.to_string())?;
    let options = ItnOptions::new(text_language(args.language)).money_cents(args.cents);
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| format!("standard input: {e}; give text in UTF-8"))?;
        let rewritten = match (rule, &models) {
            (TextRule::Normalize, _) => {
                hearsay_text::normalize::normalize_text_in(&line, options.language)
            }
            (TextRule::Itn, _) => itn_with(&line, &options),
            (TextRule::Punctuate, Some(models)) => punctuated(models, &line),
            (TextRule::Redact, _) => redactor.as_ref().map_or_else(String::new, |r| r.text(&line)),
            (TextRule::Guard, _) => filter.as_ref().map_or_else(String::new, |f| guarded(f, &line)),
            (TextRule::Phonemize, Some(models)) => phones(models, &line, options.language),
            (_, None) => return Err("a model is missing".into()),
        };
        // A reader that went away, as `head` does, is no error.
        if writeln!(out, "{rewritten}").is_err() {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A line behind the threat that it is.
fn guarded(filter: &InputFilter, line: &str) -> String {
    let threat = filter.judge(line).threat().map_or("-", |threat| threat.name());
    format!("{threat}\t{line}")
}

fn punctuated(models: &hearsay_engine::Models, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    models.format(&words, &Formatting { punctuate: true, itn: None })
}

fn phones(models: &hearsay_engine::Models, line: &str, language: Language) -> String {
    let words = models.g2p.phonemize_in(line, Some(language));
    words.iter().map(|word| word.phones.join(" ")).collect::<Vec<_>>().join("  ")
}
