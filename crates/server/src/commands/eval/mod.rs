//! `hearsay eval`: the field's metrics on labelled data, as a table or JSON.

mod agent;
mod asr;
mod conversations;
mod itn;
mod knowledge;
mod manifest;
mod pii;
mod punctuate;
mod router;
mod table;
mod tn;
mod tts;
mod turn;
mod vad;

use std::process::ExitCode;

use crate::cli::EvalCommand;

/// Runs the command.
pub fn run(what: &EvalCommand) -> Result<ExitCode, String> {
    match what {
        EvalCommand::Asr(args) => asr::run(args),
        EvalCommand::Vad(args) => vad::run(args),
        EvalCommand::Tts(args) => tts::run(args),
        EvalCommand::Turn(args) => turn::run(args),
        EvalCommand::Itn(args) => itn::run(args),
        EvalCommand::Tn(args) => tn::run(args),
        EvalCommand::Agent(args) if conversations::are_in(&args.cases) => conversations::run(args),
        EvalCommand::Agent(args) => agent::run(args),
        EvalCommand::Pii(args) => pii::run(args),
        EvalCommand::Punctuate(args) => punctuate::run(args),
        EvalCommand::Knowledge(args) => knowledge::run(args),
        EvalCommand::Router(args) => router::run(args),
    }
}

/// A share in per cent with one decimal; `None` stays unknown.
fn percent(share: Option<f64>) -> Option<f64> {
    share.map(|share| (share * 1000.0).round() / 10.0)
}

/// A figure with so many decimals, or a dash.
fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_string(), |value| format!("{value:.decimals$}"))
}
