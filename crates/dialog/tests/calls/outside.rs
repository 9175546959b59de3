//! A program outside: what it may do in a call, and what it may not.

use hearsay_dialog::{Command, Input, Pii, ThinkId};
use serde_json::{Value, json};

use crate::KIOSK;
use crate::script::Script;

/// A desk whose words come from a program.
const DESK: &str = r#"
name: desk
agents: {host: {voice: ava}}
router: {intents: {ticket: [a ticket please]}}
slots: {code: {type: digits, length: 4}}
graph:
  start: hello
  nodes:
    hello:
      agent: host
      say: Welcome.
      ask: outside
      edges:
        - {on: ticket, to: code}
        - {on: timeout, to: bye}
        - {on: failed, to: bye}
    code: {agent: host, say: Your four digits please., collect: code, edges: [{on: filled, to: bye}]}
    bye: {agent: host, say: Goodbye., end: true}
"#;

fn command(request: u64, command: Command) -> Input {
    Input::Command { request, command }
}

fn say(request: u64, text: &str, answers: Option<u64>) -> Input {
    let answers = answers.map(ThinkId);
    command(request, Command::Say { text: Pii::new(text.to_owned()), answers })
}

fn fill(request: u64, slot: &str, value: Value) -> Input {
    command(request, Command::Fill { slot: slot.to_owned(), value: Pii::new(value) })
}

fn intent(request: u64, name: &str) -> Input {
    command(request, Command::Intent(name.to_owned()))
}

#[test]
fn a_program_answers_the_caller_and_leads_the_call() {
    Script::new(DESK)
        .says(1_500, 600, "what is on today")
        .at(3_000, say(1, "An evening of\nDebussy.", None))
        .says(6_000, 600, "two tickets")
        .at(7_500, intent(2, "ticket"))
        .at(12_000, fill(3, "code", json!("1234")))
        .run_to(15_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome. (Greeting)
            0.360 heard: Welcome.
            2.460 finalize
            2.500 caller: what is on today
            2.500 outside? what is on today
            3.000 done 1
            3.000 ava> An evening of Debussy. (Reply)
            4.260 heard: An evening of Debussy.
            6.960 finalize
            7.000 caller: two tickets
            7.000 outside? two tickets
            7.500 node code (host)
            7.500 done 2
            7.500 ava> Your four digits please. (Reply)
            8.760 heard: Your four digits please.
            12.000 slot code = "1234"
            12.000 node bye (host)
            12.000 done 3
            12.000 ava> Goodbye. (Goodbye)
            12.360 heard: Goodbye.
            12.360 ended completed
            12.360 hangup completed
            "#,
        );
}

#[test]
fn a_program_that_does_not_answer_is_not_waited_for_for_ever() {
    let yaml = format!("{DESK}limits: {{outside_ms_max: 2000}}\n");
    Script::new(&yaml).says(1_500, 600, "hello").run_to(9_000).expect_line("5.140 node bye (host)");
    let undrawn =
        yaml.replace("        - {on: timeout, to: bye}\n        - {on: failed, to: bye}\n", "");
    Script::new(&undrawn)
        .says(1_500, 600, "hello")
        .run_to(9_000)
        .expect_line("person if you like. (Reprompt)");
}

#[test]
fn an_answer_that_the_caller_has_overtaken_is_refused() {
    Script::new(DESK)
        .says(1_500, 600, "hello")
        .at(3_000, say(1, "Too late.", Some(77)))
        .run_to(4_000)
        .expect_line("not done 1: the caller has gone on since that question");
}

#[test]
fn what_is_not_drawn_or_not_valid_is_refused() {
    for (input, why) in [
        (intent(1, "purchase"), "not done 1: node `hello` has no open edge for `purchase`"),
        (intent(1, "filled"), "refused filled at hello"),
        (fill(1, "code", json!("12")), "not done 1: the value is not digits of the right number"),
        (fill(1, "nothing", json!(1)), "not done 1: there is no slot `nothing`"),
        (say(1, " \n ", None), "not done 1: `text` is empty"),
    ] {
        Script::new(KIOSK).at(4_000, input).run_to(5_000).expect_line(why);
    }
}

#[test]
fn a_program_can_end_the_call_and_put_it_through() {
    let text = |text: &str| Pii::new(text.to_owned());
    Script::new(KIOSK)
        .at(4_000, command(1, Command::HangUp { say: text("We close now.") }))
        .at(4_100, say(2, "One more thing.", None))
        .run_to(8_000)
        .expect(
            r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.000 done 1
            4.000 ava> We close now. (Goodbye)
            4.100 not done 2: the call is saying its last words
            4.960 heard: We close now.
            4.960 ended hung_up
            4.960 hangup hung_up
            "#,
        );
    let to = text("+44 20 7946 0000");
    Script::new(KIOSK)
        .at(4_000, command(1, Command::Transfer { to, say: text("One moment.") }))
        .run_to(8_000)
        .expect_line("ended transferred");
}
