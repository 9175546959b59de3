//! Bytes as a message of a program that drives calls.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = hearsay_wire::control::action(text);
});
