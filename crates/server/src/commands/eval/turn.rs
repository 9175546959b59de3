//! `hearsay eval turn`: pauses in callers' turns, and how long a call would
//! have waited at each.

use std::process::ExitCode;

use hearsay_language::turn_end::{Expected, TurnEnd};
use serde::Serialize;

use super::manifest::{self, TurnLine};
use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalTurnArgs;
use crate::commands::{model_folder, models};
use crate::hearing::Endpoints;
use crate::report::Percentiles;
use crate::score::{Scored, auc};

/// Endpoints that wait the same at every pause, ms, to compare with.
const FIXED_MS: [u64; 7] = [200, 300, 400, 600, 800, 1000, 1500];
/// What the call's own waits are multiplied with for the table.
const SCALES: [f64; 5] = [0.5, 0.75, 1.0, 1.5, 2.0];

/// One pause and what a call would have done.
struct Pause {
    line: TurnLine,
    /// Probability that nothing more comes.
    turn_end: Option<f32>,
    wait_ms: u64,
}

/// Runs the command.
pub fn run(args: &EvalTurnArgs) -> Result<ExitCode, String> {
    let lines = manifest::spread(manifest::turn(&args.manifest)?, args.limit);
    let turn_end = match &args.model {
        Some(path) => {
            let loaded = TurnEnd::load(&model_folder::bytes(path)?);
            Some(loaded.map_err(|e| format!("{}: {e}", path.display()))?)
        }
        None => models()?.turn_end.clone(),
    };
    let mut endpoints = Endpoints::default();
    let judged = lines.into_iter().map(|line| judge(turn_end.as_ref(), &mut endpoints, line));
    let pauses: Vec<Pause> = judged
        .collect::<Result<_, _>>()
        .map_err(|e| format!("{}: {e}", args.manifest.display()))?;
    let report = report(&pauses);
    if args.json {
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
    } else {
        print(&report);
        print_worst(&pauses, args.show);
    }
    Ok(ExitCode::SUCCESS)
}

fn judge(
    model: Option<&TurnEnd>,
    endpoints: &mut Endpoints,
    line: TurnLine,
) -> Result<Pause, String> {
    let expected = Expected::parse(&line.expect).ok_or_else(|| {
        format!(
            "expect: `{}` is not known; write any, yes_no, digits:N, date, name or money",
            line.expect
        )
    })?;
    let turn_end = model.map(|model| model.probability(&line.text, expected));
    let waited = endpoints.wait_ms(&line.text, expected, turn_end)?;
    let wait_ms = waited.ok_or("a call would never end a turn of these words")?;
    Ok(Pause { line, turn_end, wait_ms })
}

/// What an endpoint costs on both sides.
#[derive(Debug, Serialize)]
struct Cost {
    endpoint: String,
    /// Unfinished turns that are answered too early, per cent.
    cut_off: Option<f64>,
    /// Silence waited for after finished turns, ms.
    mean_delay_ms: Option<f64>,
    delay_ms: Percentiles,
}

/// What is printed as JSON.
#[derive(Debug, Serialize)]
struct Report {
    lines: usize,
    complete: usize,
    /// Unfinished turns whose pause is known.
    pauses: usize,
    roc_auc: Option<f64>,
    costs: Vec<Cost>,
}

fn report(pauses: &[Pause]) -> Report {
    let scored: Vec<Scored> = pauses
        .iter()
        .filter_map(|p| p.turn_end.map(|score| Scored { score, positive: p.line.complete }))
        .collect();
    let unfinished = |p: &&Pause| !p.line.complete && p.line.pause_ms.is_some();
    let mut costs = Vec::new();
    for scale in SCALES {
        let name = if scale == 1.0 { "call".to_string() } else { format!("call x {scale}") };
        costs.push(cost(name, pauses, |pause| pause.wait_ms as f64 * scale));
    }
    for fixed_ms in FIXED_MS {
        costs.push(cost(format!("fixed {fixed_ms} ms"), pauses, |_| fixed_ms as f64));
    }
    Report {
        lines: pauses.len(),
        complete: pauses.iter().filter(|p| p.line.complete).count(),
        pauses: pauses.iter().filter(unfinished).count(),
        roc_auc: auc(&scored).map(|area| (area * 1e4).round() / 1e4),
        costs,
    }
}

fn cost(endpoint: String, pauses: &[Pause], wait_ms: impl Fn(&Pause) -> f64) -> Cost {
    let complete = pauses.iter().filter(|pause| pause.line.complete);
    let delays: Vec<f64> = complete.map(&wait_ms).collect();
    let unfinished = pauses.iter().filter(|pause| !pause.line.complete);
    let lasting = |p: &Pause| p.line.pause_ms.map(|pause_ms| wait_ms(p) < pause_ms as f64);
    let cut: Vec<bool> = unfinished.filter_map(lasting).collect();
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
    let sum: f64 = delays.iter().sum();
    Cost {
        endpoint,
        cut_off: percent(share(cut.iter().filter(|cut| **cut).count(), cut.len())),
        mean_delay_ms: (!delays.is_empty()).then(|| (sum / delays.len() as f64).round()),
        delay_ms: Percentiles::of(delays),
    }
}

fn print(report: &Report) {
    println!(
        "{} lines, {} complete, {} unfinished with a known pause",
        report.lines, report.complete, report.pauses
    );
    println!("ROC-AUC of the words {}\n", figure(report.roc_auc, 3));
    let mut table = Table::new(&["endpoint", "cut off %", "mean delay ms", "p50", "p95"]);
    for cost in &report.costs {
        table.row(vec![
            cost.endpoint.clone(),
            figure(cost.cut_off, 1),
            figure(cost.mean_delay_ms, 0),
            format!("{:.0}", cost.delay_ms.p50),
            format!("{:.0}", cost.delay_ms.p95),
        ]);
    }
    println!("{}", table.render());
}

/// The lines whose probability is furthest from the truth.
fn print_worst(pauses: &[Pause], show: usize) {
    let wrong = |pause: &Pause| {
        let truth = if pause.line.complete { 1.0 } else { 0.0 };
        pause.turn_end.map_or(0.0, |probability| (probability - truth).abs())
    };
    let mut worst: Vec<&Pause> = pauses.iter().filter(|pause| wrong(pause) > 0.5).collect();
    worst.sort_by(|a, b| wrong(b).total_cmp(&wrong(a)));
    for pause in worst.into_iter().take(show) {
        let truth = if pause.line.complete { "complete" } else { "unfinished" };
        let probability = figure(pause.turn_end.map(f64::from), 2);
        println!("\n{truth}, taken for {probability} ({}): {}", pause.line.expect, pause.line.text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_answers_and_late_ones_are_counted() {
        let pause = |complete, pause_ms, wait_ms| Pause {
            line: TurnLine { text: String::new(), expect: "any".into(), complete, pause_ms },
            turn_end: Some(if complete { 0.8 } else { 0.3 }),
            wait_ms,
        };
        let pauses = [
            pause(true, None, 300),
            pause(true, None, 500),
            pause(false, Some(700), 1000),
            pause(false, Some(700), 400),
            pause(false, Some(250), 300),
            pause(false, None, 10),
        ];
        let report = report(&pauses);
        assert_eq!((report.lines, report.complete, report.pauses), (6, 2, 3));
        assert_eq!(report.roc_auc, Some(1.0));
        let cost = |name: &str| report.costs.iter().find(|c| c.endpoint == name).unwrap();
        assert_eq!((cost("call").cut_off, cost("call").mean_delay_ms), (Some(33.3), Some(400.0)));
        assert_eq!(cost("call x 2").cut_off, Some(0.0));
        assert_eq!(cost("fixed 200 ms").cut_off, Some(100.0));
        assert_eq!(cost("fixed 300 ms").cut_off, Some(66.7));
    }
}
