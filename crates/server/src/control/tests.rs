use hearsay_dialog::{CallTime, EventKind, Pii};

use super::*;

const DESK: &str = r#"
name: desk
agents: {host: {voice: ava}}
slots: {code: {type: digits, length: 4, private: true}, name: {type: name}}
graph:
  start: ask
  nodes:
    ask: {agent: host, say: Your code please., collect: code, edges: [{on: filled, to: who}]}
    who: {agent: host, say: Your name please., collect: name, edges: [{on: filled, to: bye}]}
    bye: {agent: host, say: Goodbye., end: true}
"#;

fn told(kind: EventKind, node: &str) -> Value {
    let agent = Agent::parse(DESK).unwrap();
    event::shown("CA1", &CallEvent { at: CallTime(20), kind }, &agent, node).unwrap()
}

#[test]
fn private_values_are_masked_wherever_they_are_said() {
    let said = |text: &str| EventKind::CallerSaid { text: Pii::new(text.into()), confidence: 0.9 };
    let filled = |slot: &str, value: &str| EventKind::SlotSet {
        slot: slot.to_owned(),
        value: Pii::new(json!(value)),
    };
    assert_eq!(told(said("four two seven one"), "ask")["text"], "[private]");
    assert_eq!(told(said("Ada"), "who")["text"], "Ada");
    let pressed = EventKind::CallerPressed { digits: Pii::new("4271".into()) };
    assert_eq!(told(pressed, "ask")["digits"], "[private]");
    assert_eq!(told(filled("code", "4271"), "who")["value"], "[private]");
    assert_eq!(told(filled("name", "Ada"), "who")["value"], "Ada");
    let fields = json!({"code": "4271", "name": "Ada"});
    let fields = Pii::new(fields.as_object().cloned().unwrap());
    let noted = told(EventKind::Noted { disposition: "sold".into(), fields }, "bye");
    assert_eq!(noted["fields"], json!({"code": "[private]", "name": "Ada"}));
    let sent = Pii::new(json!({"code": "4271"}));
    let tool_call = hearsay_dialog::ToolCallId(1);
    let asked = EventKind::ToolCalled { tool_call, tool: "check".into(), arguments: sent };
    assert!(!told(asked, "who").to_string().contains("4271"));
}

#[test]
fn a_desk_without_a_key_is_closed() {
    let desk = ControlDesk::new(None, false);
    assert!(!desk.is_open() && !desk.admits(b""));
    let mut told = desk.told.subscribe();
    desk.enter(&CallInfo { id: "CA1".into(), ..CallInfo::default() });
    assert!(told.try_recv().is_err() && desk.calls.lock().unwrap().is_empty());
    let open = ControlDesk::new(Some(Secret::for_tests("key")), false);
    assert!(open.admits(b"key") && !open.admits(b"kez") && !open.admits(b""));
}

#[test]
fn what_is_wanted_of_a_call_that_ends_is_refused() {
    let desk = ControlDesk::new(Some(Secret::for_tests("key")), false);
    let mut receiver = desk.enter(&CallInfo { id: "CA1".into(), ..CallInfo::default() });
    let mut told = desk.told.subscribe();
    let say = || hearsay_dialog::Command::Say { text: Pii::new("Hello.".into()), answers: None };
    assert_eq!(desk.want(7, json!("x"), "CA1", say()), Ok(()));
    assert!(receiver.try_recv().is_ok());
    desk.leave("CA1");
    let refused = told.try_recv().unwrap();
    assert_eq!(refused.program, Some(7));
    assert!(refused.json.contains("the call is over"), "{}", refused.json);
    assert!(desk.want(7, json!("x"), "CA1", say()).is_err());
    assert!(desk.wanted.lock().unwrap().is_empty());
}

#[test]
fn a_call_takes_only_so_much_at_once() {
    let desk = ControlDesk::new(Some(Secret::for_tests("key")), false);
    let _receiver = desk.enter(&CallInfo { id: "CA1".into(), ..CallInfo::default() });
    let say = || hearsay_dialog::Command::Say { text: Pii::new("Hello.".into()), answers: None };
    let taken = (0..200).filter(|_| desk.want(7, Value::Null, "CA1", say()).is_ok()).count();
    assert_eq!(taken, COMMANDS_MAX);
    assert_eq!(desk.wanted.lock().unwrap().len(), COMMANDS_MAX);
}
