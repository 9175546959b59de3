//! Values that cannot be: no edge opens, and the caller is asked again.

use hearsay_dialog::Input;

use crate::KIOSK;
use crate::script::Script;

fn checked() -> String {
    KIOSK.replace("code: {type: digits, length: 4}", "code: {type: digits, length: 4, check: luhn}")
}

fn asked(yaml: &str) -> Script {
    Script::new(yaml).says(3_500, 500, "a ticket").means("a ticket", "ticket", 0.9)
}

#[test]
fn a_wrong_check_digit_is_said_and_the_next_try_counts() {
    asked(&checked())
        .says(6_500, 1_200, "four two seven one")
        .says(12_500, 1_200, "four two seven five")
        .run_to(16_000)
        .expect_line("slot code must be digits with the right check digit")
        .expect_line("ava> That does not seem to be right. Your four digits please. (Reprompt)")
        .expect_line("slot code = \"4275\"")
        .expect_line("node check (host)");
}

#[test]
fn wrong_keys_are_no_better_and_enough_of_them_end_the_call() {
    let keys = |script: Script, at: u64| {
        "4271".chars().fold(script, |script, key| script.at(at, Input::Digit(key)))
    };
    let script = (0..3).fold(asked(&checked()), |script, n| keys(script, 6_500 + 6_000 * n));
    let script = script.run_to(30_000);
    let refused = |line: &&String| line.contains("slot code must be");
    assert_eq!(script.lines().iter().filter(refused).count(), 3);
    assert!(!script.lines().iter().any(|line| line.contains("node check")));
    script.expect_line("ended not_understood");
}

/// A kiosk that asks for a name where a code was asked for, and has a person.
fn named() -> String {
    KIOSK
        .replace("code: {type: digits, length: 4}", "code: {type: name}")
        .replace("    ticket: [a", "    person: [a person please]\n    ticket: [a")
        .replace("graph:\n", "everywhere:\n  - {on: person, to: bye}\ngraph:\n")
}

#[test]
fn a_wish_is_not_taken_for_a_name() {
    let wish = "i want to talk to a person";
    asked(&named())
        .says(6_500, 1_200, wish)
        .means(wish, "person", 0.9)
        .run_to(9_000)
        .expect_line("node bye (host)");
    let unlikely = "person lovelace";
    asked(&named())
        .says(6_500, 1_200, unlikely)
        .means(unlikely, "person", 0.7)
        .run_to(9_000)
        .expect_line("slot code = \"person lovelace\"");
    asked(&named())
        .says(6_500, 1_200, "my name is help wanted")
        .means("my name is help wanted", "person", 0.99)
        .run_to(9_000)
        .expect_line("slot code = \"help wanted\"");
}
