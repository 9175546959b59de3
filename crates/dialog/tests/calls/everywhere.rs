//! Rules that hold everywhere, keys as edges, decisions, transfers, and settings of one node.

use hearsay_dialog::{Agent, CallInfo, Input, Pii};
use serde_json::json;

use crate::script::Script;

const DESK: &str = r#"
name: desk
agents:
  host: {voice: ava}
  nurse: {voice: bea}
metadata: {first_name: friend, age: null}
router:
  intents:
    hours: [when do you open]
    visit: [I want to come]
    person: [a person please]
    again: [say that again]
    help: [what can I say]
slots:
  code: {type: digits, length: 4}
everywhere:
  - {on: person, key: 0, to: desk}
  - {on: again, repeat: true, say: Of course.}
  - {on: help, say: You can ask for our hours.}
  - {on: unknown, to: desk}
graph:
  start: hello
  nodes:
    hello:
      agent: host
      say: "Hello {first_name}. What can I do?"
      ask: intents
      silence_ms_max: 2000
      max_reprompts: 0
      edges:
        - {on: hours, key: 1, to: hours}
        - {on: visit, key: 2, to: age}
    age:
      agent: host
      decide:
        - {when: "age >= 18", to: code}
        - {to: child}
    hours: {agent: host, say: At nine., edges: [{on: done, to: bye}]}
    child: {agent: nurse, say: Please come with your parents., edges: [{on: done, to: bye}]}
    code:
      agent: nurse
      say: Your four digits please.
      collect: code
      turn_taking: {endpoint_complete_ms: 900, endpoint_ms: 900}
      edges: [{on: filled, to: bye}]
    desk: {agent: host, say: I put you through., transfer: "+4930{code}"}
    bye: {agent: host, say: Goodbye., end: true}
"#;

fn desk() -> Script {
    Script::new(&DESK.replace("+4930{code}", "+49301"))
}

fn caller_of_age(age: u32) -> Script {
    let agent = Agent::parse(&DESK.replace("+4930{code}", "+49301"));
    let agent = agent.unwrap_or_else(|problems| panic!("{problems}"));
    let told = json!({"first_name": "Ann", "age": age, "nobody_asked": 1});
    let metadata = Pii::new(told.as_object().cloned().unwrap_or_default());
    Script::of_caller(agent, CallInfo { metadata, ..CallInfo::default() })
}

#[test]
fn a_rule_leads_on_from_every_node_and_puts_the_caller_through() {
    desk()
        .says(2_500, 600, "a person please")
        .means("a person please", "person", 0.9)
        .run_to(9_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Hello friend. What can I do? (Greeting)
            1.860 heard: Hello friend. What can I do?
            3.460 finalize
            3.500 caller: a person please
            3.520 node desk (host)
            3.520 ava> I put you through. (Goodbye)
            4.780 heard: I put you through.
            4.780 ended transferred
            4.780 transfer to +49301
            4.780 hangup transferred
            "#,
        );
}

#[test]
fn help_is_given_and_the_question_put_again() {
    desk()
        .says(2_500, 600, "what can I say")
        .means("what can I say", "help", 0.9)
        .run_to(4_000)
        .expect_line("ava> You can ask for our hours. Hello friend. What can I do? (Reply)");
}

#[test]
fn what_was_said_last_is_said_again_and_again() {
    desk()
        .says(2_500, 600, "say that again")
        .says(6_800, 600, "say that again")
        .means("say that again", "again", 0.9)
        .run_to(10_000)
        .expect_line("3.520 ava> Of course. Hello friend. What can I do? (Reply)")
        .expect_line("7.820 ava> Of course. Hello friend. What can I do? (Reply)");
}

#[test]
fn keys_lead_along_edges_like_words() {
    desk().at(700, Input::Digit('1')).run_to(2_000).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Hello friend. What can I do? (Greeting)
            0.700 flush
            0.700 heard only: Hello friend.
            0.700 keys: 1
            0.700 node hours (host)
            0.700 node bye (host)
            0.700 ava> At nine. (Reply)
            1.360 heard: At nine.
            1.360 ava> Goodbye. (Goodbye)
            1.720 heard: Goodbye.
            1.720 ended completed
            1.720 hangup completed
            "#,
    );
    desk().at(700, Input::Digit('0')).run_to(900).expect_line("node desk (host)");
    desk().at(700, Input::Digit('0')).at(2_900, Input::Digit('9')).run_to(4_000);
}

#[test]
fn where_digits_are_collected_a_rule_has_no_key() {
    let script = caller_of_age(40).at(700, Input::Digit('2')).at(3_000, Input::Digit('0'));
    let script = script.run_to(3_500).expect_line("node code (nurse)");
    assert!(!script.lines().iter().any(|line| line.contains("node desk")));
}

#[test]
fn conditions_decide_by_what_the_line_told() {
    caller_of_age(40)
        .at(700, Input::Digit('2'))
        .run_to(900)
        .expect_line("0.000 ava> Hello Ann. What can I do? (Greeting)")
        .expect_line("node code (nurse)");
    caller_of_age(12).at(700, Input::Digit('2')).run_to(900).expect_line("node child (nurse)");
    desk().at(700, Input::Digit('2')).run_to(900).expect_line("node child (nurse)");
}

#[test]
fn a_node_has_its_own_patience() {
    let slow = caller_of_age(40).at(700, Input::Digit('2')).says(4_000, 600, "4 2 7 1");
    let slow = slow.run_to(7_000).time_of("finalize");
    assert_eq!(slow, 4_600 + 900);
    let goodbye = "ava> I can't hear you, so I will hang up now. Goodbye. (Goodbye)";
    assert_eq!(desk().run_to(5_000).time_of(goodbye), 1_860 + 2_000);
}

#[test]
fn who_is_not_understood_is_put_through() {
    desk()
        .says(2_500, 600, "blue seven")
        .run_to(5_000)
        .expect_line("node desk (host)")
        .expect_line("transfer to +49301");
}

#[test]
fn mistakes_in_rules_are_named() {
    let problems = |yaml: &str| match Agent::parse(yaml) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    };
    assert!(problems(DESK).contains("`{code}` may have no value yet at node `desk`"));
    let fixed = DESK.replace("{code}", "");
    let wrong = |from: &str, to: &str| problems(&fixed.replace(from, to));
    assert_eq!(problems(&fixed), "");
    assert!(wrong("on: unknown,", "on: filled,").contains("`filled` belongs to one node"));
    assert!(wrong("key: 2", "key: 1").contains("key `1` leads along two edges"));
    assert!(wrong("key: 2", "key: 12").contains("`12` is no telephone key"));
    assert!(
        wrong("{on: again, repeat: true,", "{on: again, repeat: true, to: bye,")
            .contains("`to` and `repeat`")
    );
    assert!(wrong(", say: You can ask for our hours.", "").contains("has no `to`"));
    assert!(wrong("        - {to: child}\n", "").contains("no way on for `done`"));
    assert!(wrong("age: null", "age: [1]").contains("`age` is no single value"));
    assert!(wrong("age: null", "visits: 1").contains("names more than one"));
}
