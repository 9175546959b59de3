//! `hearsay eval router`: the open intent sets, from a few examples an intent to
//! hundreds; what the router answers, what it refuses, how long it takes.

mod sets;

use std::process::ExitCode;
use std::time::Instant;

use hearsay_language::Router;
use serde::Serialize;

use self::sets::Task;
use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalRouterArgs;
use crate::commands::{model_folder, models};
use crate::report::Percentiles;
use crate::score::{Scored, auc};

/// Share of what is in scope that may be refused where recall is measured.
const FALSE_REJECTION: f64 = 0.05;

/// Runs the command.
pub fn run(args: &EvalRouterArgs) -> Result<ExitCode, String> {
    if args.fold.is_some_and(|fold| fold >= sets::FOLDS) {
        return Err(format!("--fold: give a number below {}", sets::FOLDS));
    }
    let router = match &args.model {
        Some(path) => Router::load(&model_folder::bytes(path)?)
            .map_err(|e| format!("{}: {e}", path.display()))?,
        None => models()?.router.clone(),
    };
    let tasks = sets::read(&args.folder, args.fold)?;
    let outcomes: Vec<Outcome> =
        tasks.iter().map(|task| score(&router, task)).collect::<Result<_, _>>()?;
    if args.json {
        println!("{}", serde_json::to_string(&outcomes).map_err(|e| e.to_string())?);
    } else {
        print(&outcomes);
    }
    Ok(ExitCode::SUCCESS)
}

/// One test's outcome.
#[derive(Debug, Serialize)]
struct Outcome {
    name: String,
    intents: usize,
    examples: usize,
    asked: usize,
    /// The most probable intent is the one meant, per cent; refusals aside.
    accuracy: Option<f64>,
    /// In scope and yet refused at the router's own threshold, per cent.
    refused: Option<f64>,
    /// Out of scope and refused at the router's own threshold, per cent.
    strangers_refused: Option<f64>,
    /// Out of scope and refused where a twentieth in scope is, per cent.
    recall_at_5: Option<f64>,
    outside_auc: Option<f64>,
    prepared_ms: f64,
    decision_us: Percentiles,
}

fn score(router: &Router, task: &Task) -> Result<Outcome, String> {
    let started = Instant::now();
    let set = router.intents(&task.intents).map_err(|e| format!("{}: {e}", task.name))?;
    let prepared_ms = (started.elapsed().as_secs_f64() * 1e5).round() / 100.0;
    let (mut right, mut inside, mut times_us) = (0, Vec::new(), Vec::new());
    for (text, intent) in &task.asked {
        let started = Instant::now();
        let found = router.classify(&set, text);
        times_us.push(started.elapsed().as_secs_f64() * 1e6);
        right += usize::from(found.intents.first().is_some_and(|best| best.name == *intent));
        inside.push(found.outside);
    }
    let outside: Vec<f32> =
        task.strangers.iter().map(|text| router.classify(&set, text).outside).collect();
    let scored = |scores: &[f32], positive| -> Vec<Scored> {
        scores.iter().map(|&score| Scored { score, positive }).collect()
    };
    let both = [scored(&outside, true), scored(&inside, false)].concat();
    let refused = |scores: &[f32]| share(scores.iter().filter(|s| **s > 0.5).count(), scores.len());
    Ok(Outcome {
        name: task.name.clone(),
        intents: task.intents.len(),
        examples: task.intents.iter().map(|intent| intent.examples.len()).sum(),
        asked: task.asked.len(),
        accuracy: percent(share(right, task.asked.len())),
        refused: percent(refused(&inside)),
        strangers_refused: percent(refused(&outside)),
        recall_at_5: percent(recall(&inside, &outside)),
        outside_auc: auc(&both).map(|area| (area * 1e4).round() / 1e4),
        prepared_ms,
        decision_us: Percentiles::of(times_us),
    })
}

/// Share of `outside` above the threshold that refuses at most
/// [`FALSE_REJECTION`] of `inside`.
fn recall(inside: &[f32], outside: &[f32]) -> Option<f64> {
    let mut sorted = inside.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    // The threshold is the score that is the first not to be refused.
    let threshold = *sorted.get((inside.len() as f64 * FALSE_REJECTION) as usize)?;
    share(outside.iter().filter(|score| **score > threshold).count(), outside.len())
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn print(outcomes: &[Outcome]) {
    let mut table = Table::new(&[
        "test",
        "intents",
        "examples",
        "asked",
        "right %",
        "refused %",
        "strangers refused %",
        "at 5 % refused",
        "AUC",
        "prepared ms",
        "p50 us",
        "p95 us",
    ]);
    for outcome in outcomes {
        table.row(vec![
            outcome.name.clone(),
            outcome.intents.to_string(),
            outcome.examples.to_string(),
            outcome.asked.to_string(),
            figure(outcome.accuracy, 1),
            figure(outcome.refused, 1),
            figure(outcome.strangers_refused, 1),
            figure(outcome.recall_at_5, 1),
            figure(outcome.outside_auc, 3),
            format!("{:.0}", outcome.prepared_ms),
            format!("{:.0}", outcome.decision_us.p50),
            format!("{:.0}", outcome.decision_us.p95),
        ]);
    }
    println!("{}", table.render());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_is_taken_where_a_twentieth_is_refused() {
        let inside: Vec<f32> = (0..40_u8).map(|n| f32::from(n) / 100.0).collect();
        // Two of forty may be refused: those of 0.39 and 0.38; the threshold is 0.37.
        assert_eq!(recall(&inside, &[0.9, 0.38, 0.37, 0.1]), Some(0.5));
        assert_eq!(recall(&inside, &[]), None);
        assert_eq!(recall(&[], &[0.5]), None);
    }
}
