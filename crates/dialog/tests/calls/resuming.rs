//! A call whose line broke off, gone on with by another process.

use hearsay_dialog::{Agent, CallInfo, Pii};
use serde_json::{Value, json};

use crate::KIOSK;
use crate::script::Script;

/// A call that has come to the museum's question for the code, after a question about hours.
fn broken_off() -> Pii<Value> {
    let script = Script::new(KIOSK)
        .says(3_500, 900, "when do you open")
        .means("when do you open", "hours", 0.9)
        .says(9_000, 500, "yes")
        .run_to(12_000);
    assert_eq!(script.call.node(), "code");
    script.call.saved().expect("the caller is waited for")
}

fn resumed(yaml: &str, saved: Pii<Value>) -> Script {
    let info = CallInfo { saved: Some(saved), ..CallInfo::default() };
    Script::of_caller(Agent::parse(yaml).unwrap(), info)
}

#[test]
fn it_goes_on_where_it_was_and_remembers() {
    let script = resumed(KIOSK, broken_off())
        .says(5_000, 2_000, "four two four two")
        .tool("check", 100, Ok(json!({"ok": true})))
        .run_to(11_000);
    script.expect(
        r#"
            0.000 node code (host)
            0.000 ava> We were cut off. Let us go on. Your four digits please. (Greeting)
            3.660 heard: We were cut off. Let us go on. Your four digits please.
            7.240 finalize
            7.280 caller: four two four two
            7.280 slot code = "4242"
            7.280 node check (host)
            7.280 tool check GET http://museum/check/4242
            7.380 tool check answered in 100 ms
            7.380 node bye (host)
            7.380 ava> Your ticket is ready. (Reply)
            8.640 heard: Your ticket is ready.
            8.640 ava> Goodbye. (Goodbye)
            9.000 heard: Goodbye.
            9.000 ended completed
            9.000 hangup completed
            "#,
    );
}

#[test]
fn what_was_said_is_still_known() {
    let before: Vec<String> = vec!["when do you open".into(), "yes".into()];
    let call = resumed(KIOSK, broken_off()).call;
    let said = call.transcript().iter().map(|line| line.text.expose().clone());
    let said: Vec<String> = said.collect();
    assert!(before.iter().all(|words| said.contains(words)), "{said:?}");
}

#[test]
fn what_does_not_fit_begins_anew() {
    let saved = broken_off().into_exposed();
    let other_file = KIOSK.replace("name: kiosk", "name: other");
    assert_eq!(resumed(&other_file, Pii::new(saved.clone())).call.node(), "hello");
    for (field, value) in [("node", "nowhere"), ("node", "check"), ("memory", "lost")] {
        let mut saved = saved.clone();
        saved[field] = json!(value);
        assert_eq!(resumed(KIOSK, Pii::new(saved)).call.node(), "hello", "{field}: {value}");
    }
    for rubbish in [json!(null), json!([]), json!({"node": "code"})] {
        assert_eq!(resumed(KIOSK, Pii::new(rubbish)).call.node(), "hello");
    }
}

#[test]
fn nothing_is_saved_while_a_tool_works() {
    let script = Script::new(KIOSK)
        .says(3_500, 900, "a ticket please")
        .means("a ticket please", "ticket", 0.9)
        .says(8_000, 2_000, "four two four two")
        .tool("check", 1_900, Ok(json!({"ok": true})))
        .run_to(11_500);
    assert_eq!(script.call.node(), "check");
    assert!(script.call.saved().is_none());
}
