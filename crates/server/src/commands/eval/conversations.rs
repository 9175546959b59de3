//! `hearsay eval agent tests.yaml`: the tests that a user wrote for an agent.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use crate::agent_file;
use crate::agent_tests::audio::AudioLine;
use crate::agent_tests::run::TestLine;
use crate::agent_tests::{file, junit, run, simulated};
use crate::cli::EvalAgentArgs;
use crate::commands::progress::Progress;
use crate::commands::{FOUND_PROBLEM, engine, models, runtime, write};
use crate::drive::{Switchboard, today};
use crate::typed_call::TypedLine;

/// Whether the file holds tests and not labelled turns.
pub fn are_in(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "yaml" || end == "yml")
}

/// Runs the command.
pub fn run(args: &EvalAgentArgs) -> Result<ExitCode, String> {
    if args.model.is_some() || args.forced || args.limit.is_some() {
        return Err("--model, --forced and --limit are for JSONL files, not for tests".to_owned());
    }
    let shown = args.cases.display().to_string();
    let tests = file::read(&args.cases)?;
    let path = args.cases.parent().unwrap_or(Path::new("")).join(&tests.agent);
    let agent = agent_file::read(Some(&path))?;
    tests.check_names(&agent).map_err(|e| format!("{shown}: {e}"))?;
    let documents = agent_file::documents(Some(&path), &agent)?;
    // The demo service answers for as long as the runtime lives.
    let runtime = runtime()?;
    let ready = runtime.block_on(agent_file::with_demo(agent))?;
    if let Some(calls) = args.simulate {
        return simulate(args, &tests, ready, &documents, calls);
    }
    let (agent, at) = (Arc::new(ready.agent), |e: String| format!("{}: {e}", path.display()));
    let line = match args.audio {
        false => {
            TestLine::Typed(Box::new(TypedLine::new(agent, models()?, &documents).map_err(at)?))
        }
        true => {
            let board = Switchboard::new(engine(None)?, agent, &documents).map_err(at)?;
            TestLine::Audio(AudioLine::new(board, args.caller_voice.clone(), &args.cases)?)
        }
    };
    let mut verdicts = Vec::new();
    for test in &tests.tests {
        let verdict = run::run(&line, test, &tests.tools).map_err(|e| format!("{shown}: {e}"))?;
        if !args.json {
            print(&verdict);
        }
        verdicts.push(verdict);
    }
    if let Some(path) = &args.junit {
        write(path, junit::report(&shown, &verdicts).as_bytes())?;
    }
    let passed =
        verdicts.iter().filter(|verdict| verdict.passed && verdict.skipped.is_none()).count();
    let skipped = verdicts.iter().filter(|verdict| verdict.skipped.is_some()).count();
    if args.json {
        let report =
            json!({"file": shown, "passed": passed, "skipped": skipped, "tests": verdicts});
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
    } else {
        let and = if skipped > 0 { format!(" {skipped} skipped.") } else { String::new() };
        println!("\n{passed} of {} tests passed.{and}", verdicts.len());
    }
    let all = passed + skipped == verdicts.len();
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::from(FOUND_PROBLEM) })
}

/// Calls by simulated callers instead of the tests.
fn simulate(
    args: &EvalAgentArgs,
    tests: &file::TestFile,
    ready: agent_file::ReadyAgent,
    documents: &agent_file::Documents,
    calls: usize,
) -> Result<ExitCode, String> {
    let (agent, has_demo) = (Arc::new(ready.agent), ready.demo.is_some());
    let line = TypedLine::new(agent.clone(), models()?, documents)?;
    let setting = simulated::Setting {
        line: &line,
        agent: &agent,
        known: simulated::known_values(tests),
        mocks: &tests.tools,
        asks_services: has_demo,
        today: tests.today.unwrap_or_else(today),
    };
    let mut progress = Progress::new("calls", Some(calls as u64), args.json);
    let outcome = setting.calls(calls, args.seed, &mut |done| progress.advance_to(done as u64));
    drop(progress);
    if args.json {
        println!("{}", serde_json::to_string(&outcome).map_err(|e| e.to_string())?);
    } else {
        print!("{outcome}");
    }
    let is_sound = outcome.faults.is_empty();
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::from(FOUND_PROBLEM) })
}

fn print(verdict: &run::Verdict) {
    if let Some(why) = verdict.skipped {
        return println!("skip   {}: {why}", verdict.name);
    }
    let word = if verdict.passed { "ok    " } else { "FAILED" };
    let of = match verdict.calls {
        1 => String::new(),
        calls => format!(" ({} of {calls} wordings)", verdict.calls_passed),
    };
    println!("{word} {}{of}, {:.2} s", verdict.name, verdict.took_s);
    for line in run::details(verdict).lines() {
        println!("       {line}");
    }
}
