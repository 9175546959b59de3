//! Runs tests against typed calls.

use std::collections::BTreeMap;
use std::time::Instant;

use hearsay_dialog::{CallInfo, Pii, ToolFailure, ToolRequest};
use serde::Serialize;
use serde_json::Value;

use super::file::{Mock, Test, Turn};
use super::log::{Happened, TurnLog};
use crate::drive::today;
use crate::typed_call::{Told, TypedCall, TypedLine, Watcher};

/// How often a caller waits in one turn before nothing more is expected to happen.
const WAITS_MAX: usize = 4;

/// The number of the caller in every test; no subscriber has it.
const CALLER: &str = "+12025550143";

/// What came of a test.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// The test's name.
    pub name: String,
    /// Whether enough of its wordings passed.
    pub passed: bool,
    /// Calls made, one for each wording.
    pub calls: usize,
    /// Calls in which everything was as expected.
    pub calls_passed: usize,
    /// What was not as expected.
    pub failures: Vec<Failure>,
    /// Wall time of all calls, seconds.
    pub took_s: f64,
}

/// A turn at which something was not as expected; the call ends there.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// Counted from 1.
    pub turn: usize,
    /// What the caller did.
    pub caller: String,
    /// What was wrong.
    pub complaints: Vec<String>,
    /// What happened.
    pub happened: Vec<String>,
}

/// Runs a test; `tools` are answers that hold for all tests of the file.
pub fn run(line: &TypedLine, test: &Test, tools: &BTreeMap<String, Mock>) -> Verdict {
    let begun = Instant::now();
    let mut mocks = tools.clone();
    mocks.extend(test.tools.clone());
    let calls = test.turns.iter().map(|turn| turn.user.texts.len()).max().unwrap_or(0).max(1);
    let failures: Vec<Failure> =
        (0..calls).filter_map(|wording| run_call(line, test, &mocks, wording)).collect();
    let calls_passed = calls - failures.len();
    Verdict {
        name: test.name.clone(),
        passed: calls_passed as f64 * 100.0 >= test.at_least * calls as f64,
        calls,
        calls_passed,
        failures,
        took_s: begun.elapsed().as_secs_f64(),
    }
}

/// One call with each turn's wording of this number; turns with fewer begin again at their first.
fn run_call(
    line: &TypedLine,
    test: &Test,
    mocks: &BTreeMap<String, Mock>,
    wording: usize,
) -> Option<Failure> {
    let mut call = line.call(CallInfo {
        from: Pii::new(CALLER.to_owned()),
        metadata: Pii::new(test.metadata.clone()),
        today: test.today.unwrap_or_else(today),
        ..CallInfo::default()
    });
    let mut noted = Notebook { mocks, happened: Vec::new() };
    let mut begun = Instant::now();
    call.connect(&mut noted);
    for (number, turn) in (1..).zip(&test.turns) {
        let said = turn.user.texts.get(wording % turn.user.texts.len().max(1)).map(String::as_str);
        let caller = done(turn, said);
        if !caller.is_empty() {
            let unseen = noted.happened.drain(..).collect::<Vec<_>>();
            if call.is_over() {
                let complaints = vec!["the call is over".to_owned()];
                return Some(failure(number, caller, complaints, &unseen));
            }
            begun = Instant::now();
            act(&mut call, turn, said, &mut noted);
        }
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let log = TurnLog { happened: std::mem::take(&mut noted.happened), took_ms };
        let complaints: Vec<String> =
            turn.expect.iter().filter_map(|expected| log.complaint(expected)).collect();
        if !complaints.is_empty() {
            return Some(failure(number, caller, complaints, &log.happened));
        }
    }
    None
}

fn failure(turn: usize, caller: String, complaints: Vec<String>, happened: &[Happened]) -> Failure {
    Failure {
        turn,
        caller,
        complaints,
        happened: happened.iter().map(ToString::to_string).collect(),
    }
}

/// What a caller does, in words; nothing for the greeting.
fn done(turn: &Turn, said: Option<&str>) -> String {
    match (said, &turn.dtmf) {
        (Some(said), _) => said.to_owned(),
        (None, Some(keys)) => format!("[keys {keys}]"),
        (None, None) if turn.silence => "[silence]".to_owned(),
        (None, None) if turn.hangup => "[hangs up]".to_owned(),
        (None, None) => String::new(),
    }
}

fn act(call: &mut TypedCall<'_>, turn: &Turn, said: Option<&str>, noted: &mut Notebook<'_>) {
    if let Some(said) = said {
        call.line(said, noted);
    }
    for key in turn.dtmf.iter().flat_map(|keys| keys.chars()) {
        call.key(key, noted);
    }
    if turn.hangup {
        call.leave(noted);
    }
    // Keys count when no more of them come; silence is noticed after a while.
    for _ in 0..WAITS_MAX {
        let is_waiting = (turn.silence || turn.dtmf.is_some()) && noted.happened.is_empty();
        if !is_waiting || call.is_over() {
            return;
        }
        call.wait(noted);
    }
}

/// Notes what happens in a turn.
struct Notebook<'a> {
    mocks: &'a BTreeMap<String, Mock>,
    happened: Vec<Happened>,
}

impl Watcher for Notebook<'_> {
    fn told(&mut self, told: Told<'_>) {
        match told {
            Told::Says(text) => self.happened.push(Happened::Response(text.to_owned())),
            Told::Event(event) => self.happened.extend(Happened::of(&event.kind)),
            Told::Transfer(to) => self.happened.push(Happened::Transfer(to.to_owned())),
            Told::Sources(_) | Told::Elsewhere(_) | Told::HungUp(_) => {}
        }
    }

    fn answer(&mut self, request: &ToolRequest) -> Option<Result<Value, ToolFailure>> {
        self.happened.push(Happened::asked(request));
        self.mocks.get(&request.tool).map(Mock::outcome)
    }
}

/// What was not as expected, line by line.
pub fn details(verdict: &Verdict) -> String {
    let mut lines = Vec::new();
    for failure in &verdict.failures {
        let caller = match failure.caller.as_str() {
            "" => "the greeting".to_owned(),
            said => format!("caller: {said}"),
        };
        lines.push(format!("turn {}, {caller}", failure.turn));
        lines.extend(failure.complaints.iter().map(|complaint| format!("  {complaint}")));
        lines.push(format!("  happened: {}", failure.happened.join("; ")));
    }
    lines.join("\n")
}
