//! Digits typed on the telephone fill the slot, over the agent's voice too.

use hearsay_dialog::Input;

use crate::KIOSK;
use crate::script::Script;

fn code_asked() -> Script {
    Script::new(KIOSK).says(3_500, 500, "a ticket").means("a ticket", "ticket", 0.9)
}

fn types(mut script: Script, keys: &str, from: u64) -> Script {
    for (i, key) in (0u64..).zip(keys.chars()) {
        script = script.at(from + i * 300, Input::Digit(key));
    }
    script
}

#[test]
fn four_keys_fill_the_slot_and_stop_the_agent() {
    types(code_asked(), "4271", 5_000).run_to(6_400).expect(
        r#"
            0.000 node hello (host)
            0.000 ava> Welcome to the museum. What can I do for you? (Greeting)
            3.060 heard: Welcome to the museum. What can I do for you?
            4.360 finalize
            4.400 caller: a ticket
            4.420 node code (host)
            4.420 ava> Your four digits please. (Reply)
            5.000 flush
            5.000 heard only: Your
            5.900 keys: 4271
            5.900 slot code = "4271"
            5.900 node check (host)
            5.900 tool check GET http://museum/check/4271
            6.400 ava> One moment please. (Filler)
            "#,
    );
}

#[test]
fn a_star_begins_again_and_a_hash_ends() {
    let yaml =
        KIOSK.replace("collect: code", "collect: phone").replace("check/{code}", "check/{phone}");
    let script = Script::new(&yaml).says(3_500, 500, "a ticket").means("a ticket", "ticket", 0.9);
    types(script, "99*123456#", 6_500).run_to(10_000).expect_line("slot phone = \"123456\"");
}

#[test]
fn too_few_keys_are_asked_for_again_after_a_pause() {
    types(code_asked(), "42", 6_500)
        .run_to(12_000)
        .expect_line("keys: 42")
        .expect_line("ava> Sorry, I did not get that. Your four digits please. (Reprompt)");
}

#[test]
fn keys_where_none_are_wanted_change_nothing() {
    let script = types(Script::new(KIOSK), "4271#*x", 500).run_to(3_300);
    assert!(!script.lines().iter().any(|line| line.contains("keys") || line.contains("flush")));
}
