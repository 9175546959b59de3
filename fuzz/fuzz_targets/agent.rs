//! Text as an agent file: read or refused, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| drop(hearsay_dialog::Agent::parse(text)));
