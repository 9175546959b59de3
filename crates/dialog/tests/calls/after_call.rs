//! What is noted of a call that is over.

use hearsay_dialog::Input;
use serde_json::json;

use crate::KIOSK;
use crate::script::Script;

fn kiosk(after: &str) -> Script {
    let tool = "  note: {url: \"http://museum/calls\", body: {how: \"{disposition}\", why: \"{ended}\", code: \"{code}\"}}\n";
    let yaml = KIOSK.replacen("tools:\n", &format!("tools:\n{tool}"), 1);
    Script::new(&format!("{yaml}\nafter_call:\n{after}"))
}

#[test]
fn the_first_disposition_that_holds_is_noted_and_sent() {
    let after = "  disposition:\n    - {when: \"code != null\", is: ticket}\n    \
                 - {when: \"ended == 'caller_gone'\", is: gone}\n    - {is: other}\n  \
                 fields: [code, phone]\n  tool: note\n";
    kiosk(after)
        .says(3_500, 600, "one two three four")
        .at(5_000, Input::CallerGone)
        .run_to(6_000)
        .expect_line(
            r#"tool note POST http://museum/calls {"how":"gone","why":"caller_gone","code":"1234"}"#,
        );
    kiosk(after)
        .says(3_500, 600, "a ticket")
        .means("a ticket", "ticket", 0.9)
        .says(7_000, 900, "one two three four")
        .tool("check", 100, Ok(json!({})))
        .at(9_000, Input::CallerGone)
        .run_to(10_000)
        .expect_line(r#"noted ticket {"code":"1234","phone":null}"#);
}

#[test]
fn what_was_said_and_not_asked_for_is_found() {
    kiosk("  fields: [code, phone]\n")
        .says(3_500, 900, "I am at seven seven zero one two three four")
        .at(6_000, Input::CallerGone)
        .run_to(7_000)
        .expect_line(r#"noted  {"code":null,"phone":"7701234"}"#);
}

#[test]
fn nothing_is_noted_without_the_section() {
    let script = Script::new(KIOSK).at(4_000, Input::CallerGone).run_to(5_000);
    assert!(!script.lines().iter().any(|line| line.contains("noted")));
}
