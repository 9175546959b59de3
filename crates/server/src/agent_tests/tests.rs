//! Reading, holding against, reporting.

use serde_json::json;

use super::file::{self, Expectation};
use super::junit;
use super::log::{Happened, TurnLog};
use super::run::{Failure, Verdict};

const SMALLEST: &str = "agent: agent.yaml\ntests:\n  - name: one\n    turns: [{user: hello}]\n";

fn refused(text: &str) -> String {
    file::parse(text).err().unwrap_or_default()
}

fn complaint(happened: &[Happened], expected: serde_json::Value) -> Option<String> {
    let expected: Expectation = serde_json::from_value(expected).expect("an expectation");
    TurnLog { happened: happened.to_vec(), took_ms: 40 }.complaint(&expected)
}

#[test]
fn a_file_is_read_with_one_wording_or_several() {
    let read = file::parse(SMALLEST).expect("the smallest file");
    assert_eq!(read.tests[0].turns[0].user.texts, ["hello"]);
    let several = file::parse(&SMALLEST.replace("hello", "[hello, good day]")).expect("a list");
    assert_eq!(several.tests[0].turns[0].user.texts, ["hello", "good day"]);
}

#[test]
fn mistakes_are_named_with_their_place() {
    assert!(refused("agent: a.yaml\ntests: []").contains("write at least one"));
    assert!(refused(&SMALLEST.replace("user", "says")).contains("says"));
    let both = refused(&SMALLEST.replace("user: hello", "user: hello, silence: true"));
    assert_eq!(both, "test `one`, turn 1: only one of user, dtmf, silence, hangup");
    let keys = refused(&SMALLEST.replace("user: hello", "dtmf: 12a"));
    assert_eq!(keys, "test `one`, turn 1: `dtmf` is not made of 0 to 9, * and #");
    let share = refused(&SMALLEST.replace("name: one", "name: one\n    at_least: 130"));
    assert!(share.contains("not from 0 to 100"), "{share}");
    let twice = refused(&format!("{SMALLEST}  - name: one\n    turns: [{{user: bye}}]\n"));
    assert_eq!(twice, "two tests are called `one`; rename one");
    assert!(refused(&SMALLEST.replace("[{user: hello}]", "[]")).contains("no turns"));
    let empty = refused(&SMALLEST.replace("user: hello", "user: hello}, {expect: []"));
    assert!(empty.contains("turn 2: write one of"), "{empty}");
}

#[test]
fn words_are_looked_for_in_everything_said_in_the_turn() {
    let said = [Happened::Response("Hello.".into()), Happened::Response("How can I help?".into())];
    let found = json!({"event": "response", "text_contains": ["HELLO", "help"]});
    assert_eq!(complaint(&said, found), None);
    let missing = json!({"event": "response", "text_contains": "goodbye"});
    assert_eq!(complaint(&said, missing), Some("response \"goodbye\" is missing".into()));
    assert!(complaint(&[], json!({"event": "response"})).is_some());
}

#[test]
fn calls_are_compared_by_the_fields_that_are_named() {
    let sent = [Happened::FunctionCall("verify".into(), json!({"code": "4271", "retry": 1}))];
    let with_number = json!({"event": "function_call", "name": "verify", "args": {"code": 4271}});
    assert_eq!(complaint(&sent, with_number), None);
    let wrong =
        json!({"event": "function_call", "calls": [{"name": "verify", "args": {"code": 1}}]});
    assert!(complaint(&sent, wrong).is_some());
    let both = json!({"event": "function_call", "calls": [{"name": "verify"}, {"name": "lock"}]});
    assert!(complaint(&sent, both).is_some_and(|text| text.ends_with("is missing")));
}

#[test]
fn what_must_not_happen_and_how_long_it_may_take() {
    let entered = [Happened::Node("lock".into())];
    let absent = json!({"event": "node", "name": "lock", "absent": true});
    assert_eq!(complaint(&entered, absent), Some("node lock must not happen".into()));
    let other = json!({"event": "node", "name": "greeting", "absent": true});
    assert_eq!(complaint(&entered, other), None);
    let late = json!({"event": "node", "name": "lock", "within_ms": 20});
    assert_eq!(complaint(&entered, late), Some("node lock took 40 ms, more than 20".into()));
}

#[test]
fn reports_escape_what_callers_say() {
    let failure = Failure {
        before: vec!["hello".to_owned()],
        turn: 2,
        caller: "<b> & \"so\" \u{1}".into(),
        complaints: vec!["node a is missing".into()],
        happened: vec![],
    };
    let verdict = Verdict {
        skipped: None,
        name: "1 < 2".into(),
        passed: false,
        calls: 1,
        calls_passed: 0,
        failures: vec![failure],
        took_s: 0.5,
    };
    let report = junit::report("a&b.yaml", &[verdict]);
    assert!(report.contains(r#"name="1 &lt; 2""#), "{report}");
    assert!(report.contains("a&amp;b.yaml"), "{report}");
    assert!(report.contains("&lt;b&gt; &amp; &quot;so&quot;"), "{report}");
    assert!(!report.contains('\u{1}'), "{report}");
    assert!(report.contains(r#"tests="1" failures="1" time="0.500""#), "{report}");
}
