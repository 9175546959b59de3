//! `hearsay eval agent`: what a language model does at labelled turns of conversations: does it call, the right tool,
//! with the right values, and does it stay silent where nothing is to be called.
//!
//! One JSON object a line: `system`, `tools` (name, description, parameters), `turns` (`{"caller"}`, `{"agent"}`,
//! `{"call": {"name", "arguments"}}`, `{"result"}`), and what is right after them: `expect`, `{"call": name, "accept":
//! {slot: [values]}}` or `"reply"`; `group` parts the table. `training/slm/build_eval.py` makes such files.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hearsay_language::grammar::{ToolCall, ToolChoice};
use hearsay_language::prompt::{Context, Prompt, Tool, Turn};
use hearsay_language::responder::{Form, Thread, Wanted};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::table::Table;
use super::{figure, percent};
use crate::cli::EvalAgentArgs;
use crate::commands::model_folder;
use crate::report::Percentiles;

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    group: String,
    system: String,
    tools: Vec<CaseTool>,
    turns: Vec<CaseTurn>,
    #[serde(default)]
    facts: Vec<String>,
    expect: Expect,
}

#[derive(Deserialize)]
struct CaseTool {
    name: String,
    #[serde(default)]
    description: String,
    parameters: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum CaseTurn {
    Caller(String),
    Agent(String),
    Call { name: String, arguments: Value },
    Result(Value),
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expect must be \"reply\" or {\"call\": name, \"accept\": {slot: [values]}}"
)]
enum Expect {
    Call { call: String, accept: BTreeMap<String, Vec<String>> },
    Words(Words),
}

/// Words and no call.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Words {
    Reply,
}

/// What happened at the turns of one group.
#[derive(Debug, Default, Serialize)]
struct Tally {
    calls: usize,
    called: usize,
    right_tool: usize,
    all_slots: usize,
    replies: usize,
    false_calls: usize,
    slots: usize,
    right_slots: usize,
}

/// Runs the command.
pub fn run(args: &EvalAgentArgs) -> Result<ExitCode, String> {
    if args.junit.is_some() || args.audio || args.caller_voice.is_some() {
        let flags = "--junit, --audio and --caller-voice";
        return Err(format!("{flags} are for tests (YAML), not for JSONL files"));
    }
    let responder = model_folder::responder(args.model.as_deref())?;
    let cases = super::manifest::spread(read(&args.cases)?, args.limit);
    let mut groups: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut thread, mut took, mut shown) = (Thread::default(), Vec::new(), 0);
    for (number, case) in cases.iter().enumerate() {
        let begun = Instant::now();
        let form = match (&case.expect, args.forced) {
            (Expect::Call { .. }, true) => ToolChoice::Required,
            _ => ToolChoice::Auto,
        };
        let wanted = Wanted { form: Form::Reply(form), ..Wanted::default() };
        let prompt = prompt(case);
        let answer =
            responder.respond(&mut thread, &prompt, &wanted, &mut |_| ControlFlow::Continue(()));
        let answer =
            answer.map_err(|e| format!("{}: case {}: {e}", args.cases.display(), number + 1))?;
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
        let tally = groups.entry(case.group.clone()).or_default();
        let right = judge(tally, &case.expect, answer.call.as_ref());
        if !right && shown < args.show {
            shown += 1;
            show(case, &answer.text, answer.call.as_ref());
        }
    }
    print(&groups, took, args.json)?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Vec<Case>, String> {
    let file = std::fs::File::open(path)
        .map_err(|e| format!("{}: cannot be read ({e})", path.display()))?;
    let mut cases = Vec::new();
    for (number, line) in std::io::BufReader::new(file).lines().enumerate() {
        let at = |e: &dyn std::fmt::Display| format!("{}:{}: {e}", path.display(), number + 1);
        let line = line.map_err(|e| at(&e))?;
        if !line.trim().is_empty() {
            cases.push(serde_json::from_str(&line).map_err(|e| at(&e))?);
        }
    }
    if cases.is_empty() {
        return Err(format!("{}: holds no case; give one JSON object a line", path.display()));
    }
    Ok(cases)
}

fn prompt(case: &Case) -> Prompt {
    let tool = |tool: &CaseTool| Tool {
        name: tool.name.clone(),
        description: tool.description.clone(),
        parameters: tool.parameters.clone(),
    };
    let turn = |turn: &CaseTurn| match turn {
        CaseTurn::Caller(text) => Turn::Caller(text.clone()),
        CaseTurn::Agent(text) => Turn::Agent(text.clone()),
        CaseTurn::Call { name, arguments } => {
            Turn::Call { phrase: String::new(), name: name.clone(), arguments: arguments.clone() }
        }
        CaseTurn::Result(value) => Turn::Result(value.clone()),
    };
    Prompt {
        system: case.system.clone(),
        tools: case.tools.iter().map(tool).collect(),
        turns: case.turns.iter().map(turn).collect(),
        context: Context { facts: case.facts.clone(), ..Context::default() },
    }
}

/// Counts a turn; true when it was all right.
fn judge(tally: &mut Tally, expect: &Expect, call: Option<&ToolCall>) -> bool {
    let Expect::Call { call: name, accept } = expect else {
        tally.replies += 1;
        tally.false_calls += usize::from(call.is_some());
        return call.is_none();
    };
    tally.calls += 1;
    tally.called += usize::from(call.is_some());
    tally.slots += accept.len();
    let Some(call) = call.filter(|call| call.name == *name) else { return false };
    tally.right_tool += 1;
    let fits = |(slot, values): (&String, &Vec<String>)| {
        call.arguments.get(slot).is_some_and(|value| values.iter().any(|known| same(value, known)))
    };
    let right = accept.iter().filter(|entry| fits(*entry)).count();
    tally.right_slots += right;
    let given = call.arguments.as_object().map_or(0, serde_json::Map::len);
    let all = right == accept.len() && given == accept.len();
    tally.all_slots += usize::from(all);
    all
}

/// A value, in whatever case it was said.
fn same(value: &Value, known: &str) -> bool {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.trim().eq_ignore_ascii_case(known.trim())
}

fn show(case: &Case, text: &str, call: Option<&ToolCall>) {
    let wanted = match &case.expect {
        Expect::Call { call, accept } => json!({"call": call, "accept": accept}).to_string(),
        Expect::Words(Words::Reply) => "words".to_string(),
    };
    let said = case.turns.iter().rev().find_map(|turn| match turn {
        CaseTurn::Caller(text) => Some(text.as_str()),
        _ => None,
    });
    let call = call.map(|call| format!(" {} {}", call.name, call.arguments)).unwrap_or_default();
    println!("caller: {}\n  wanted {wanted}\n  found  {text}{call}", said.unwrap_or_default());
}

fn print(groups: &BTreeMap<String, Tally>, took: Vec<f64>, as_json: bool) -> Result<(), String> {
    let latency = Percentiles::of(took);
    if as_json {
        let report =
            json!({"groups": groups, "reply_ms": {"p50": latency.p50, "p95": latency.p95}});
        println!("{}", serde_json::to_string(&report).map_err(|e| e.to_string())?);
        return Ok(());
    }
    let heading = [
        "group",
        "calls",
        "called %",
        "right tool %",
        "all slots %",
        "slots %",
        "replies",
        "false calls %",
    ];
    let mut table = Table::new(&heading);
    let share =
        |part: usize, of: usize| figure(percent((of > 0).then(|| part as f64 / of as f64)), 1);
    for (name, tally) in groups {
        table.row(vec![
            if name.is_empty() { "all".into() } else { name.clone() },
            tally.calls.to_string(),
            share(tally.called, tally.calls),
            share(tally.right_tool, tally.calls),
            share(tally.all_slots, tally.calls),
            share(tally.right_slots, tally.slots),
            tally.replies.to_string(),
            share(tally.false_calls, tally.replies),
        ]);
    }
    println!("{}", table.render());
    println!("whole reply: p50 {:.0} ms, p95 {:.0} ms", latency.p50, latency.p95);
    Ok(())
}
