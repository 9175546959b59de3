//! Runs tests against typed calls.

use std::collections::BTreeMap;
use std::time::Instant;

use hearsay_dialog::{CallInfo, Pii, ToolFailure, ToolRequest};
use serde::Serialize;
use serde_json::Value;

use super::audio::AudioLine;
use super::file::{Mock, Sense, Test, Turn};
use super::log::{Happened, TurnLog};
use crate::drive::today;
use crate::typed_call::{Told, TypedCall, TypedLine, Watcher};

/// How often a caller waits in one turn before nothing more is expected to happen.
const WAITS_MAX: usize = 4;

/// The number of the caller in every test; no subscriber has it.
pub const CALLER: &str = "+12025550143";

/// What came of a test.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// The test's name.
    pub name: String,
    /// Whether enough of its wordings passed.
    pub passed: bool,
    /// Calls made, one for each wording.
    pub calls: usize,
    /// Why no call was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<&'static str>,
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
    /// What the caller had done before, and how it was heard where that differs.
    pub before: Vec<String>,
    /// What happened.
    pub happened: Vec<String>,
}

/// Over which line the calls of a test go.
pub enum TestLine {
    /// Typed: what is written is what is heard.
    Typed(Box<TypedLine>),
    /// In sound.
    Audio(AudioLine),
}

impl TestLine {
    fn sense(&self) -> Sense {
        match self {
            Self::Typed(_) => Sense::Typed,
            Self::Audio(_) => Sense::Audio,
        }
    }
}

/// Runs a test; `tools` are answers that hold for all tests of the file.
///
/// # Errors
/// When a call cannot be placed at all.
pub fn run(
    line: &TestLine,
    test: &Test,
    tools: &BTreeMap<String, Mock>,
) -> Result<Verdict, String> {
    let begun = Instant::now();
    let mut mocks = tools.clone();
    mocks.extend(test.tools.clone());
    let calls = test.turns.iter().map(|turn| turn.user.texts.len()).max().unwrap_or(0).max(1);
    let skipped = test.needs().filter(|needed| *needed != line.sense());
    let mut failures = Vec::new();
    for wording in (0..calls).filter(|_| skipped.is_none()) {
        let logs = match line {
            TestLine::Typed(line) => place(line, test, &mocks, wording),
            TestLine::Audio(line) => line.place(test, &mocks, wording)?,
        };
        failures.extend(judge(test, wording, &logs));
    }
    let calls_passed = calls - failures.len();
    Ok(Verdict {
        skipped: skipped.map(|needed| match needed {
            Sense::Audio => "needs --audio",
            Sense::Typed => "typed only",
        }),
        name: test.name.clone(),
        passed: calls_passed as f64 * 100.0 >= test.at_least * calls as f64,
        calls,
        calls_passed,
        failures,
        took_s: begun.elapsed().as_secs_f64(),
    })
}

/// The first turn of a call that was not as expected.
fn judge(test: &Test, wording: usize, logs: &[TurnLog]) -> Option<Failure> {
    let mut before = Vec::new();
    for (index, turn) in test.turns.iter().enumerate() {
        let caller = done(turn, turn.user.wording(wording));
        let (complaints, happened) = match logs.get(index) {
            Some(log) => (complaints(turn, log), log.happened.as_slice()),
            None => (vec!["the call is over".to_owned()], [].as_slice()),
        };
        if !complaints.is_empty() {
            let happened = happened.iter().map(ToString::to_string).collect();
            return Some(Failure { turn: index + 1, caller, complaints, before, happened });
        }
        before.push(understood(&caller, happened));
    }
    None
}

fn complaints(turn: &Turn, log: &TurnLog) -> Vec<String> {
    turn.expect.iter().filter_map(|expected| log.complaint(expected)).collect()
}

/// What a caller did, and how it was heard if that is something else.
fn understood(caller: &str, happened: &[Happened]) -> String {
    let heard = happened.iter().filter_map(|it| match it {
        Happened::Heard(text) => Some(text.as_str()),
        _ => None,
    });
    let heard = heard.collect::<Vec<_>>().join(" ");
    match heard.is_empty() || heard == caller {
        true => caller.to_owned(),
        false => format!("{caller} (heard {heard:?})"),
    }
}

/// One typed call with each turn's wording of this number: what happened in each turn until it was over.
fn place(
    line: &TypedLine,
    test: &Test,
    mocks: &BTreeMap<String, Mock>,
    wording: usize,
) -> Vec<TurnLog> {
    let mut call = line.call(CallInfo {
        from: Pii::new(CALLER.to_owned()),
        metadata: Pii::new(test.metadata.clone()),
        today: test.today.unwrap_or_else(today),
        ..CallInfo::default()
    });
    let mut noted = Notebook { mocks, happened: Vec::new() };
    let mut begun = Instant::now();
    call.connect(&mut noted);
    let mut logs = Vec::new();
    for turn in &test.turns {
        if turn.does_something() {
            noted.happened.clear();
            if call.is_over() {
                return logs;
            }
            begun = Instant::now();
            act(&mut call, turn, turn.user.wording(wording), &mut noted);
        }
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        logs.push(TurnLog { happened: std::mem::take(&mut noted.happened), took_ms });
    }
    logs
}

/// What a caller does, in words; nothing for the greeting.
fn done(turn: &Turn, said: Option<&str>) -> String {
    let recording = turn.user_audio.as_ref().map(|file| format!("[{}]", file.display()));
    match (said.map(str::to_owned).or(recording), &turn.dtmf) {
        (Some(said), _) => said,
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
        let before = failure.before.iter().filter(|done| !done.is_empty());
        let before: Vec<&str> = before.map(String::as_str).collect();
        if !before.is_empty() {
            lines.push(format!("  after: {}", before.join("; ")));
        }
        lines.extend(failure.complaints.iter().map(|complaint| format!("  {complaint}")));
        lines.push(format!("  happened: {}", failure.happened.join("; ")));
    }
    lines.join("\n")
}
