//! Bytes as requests for speech in every dialect: read or refused, never a panic.
#![no_main]

use hearsay_wire::{openai, waves};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    drop(openai::create_speech(bytes));
    drop(waves::synthesis(bytes));
    drop(waves::dictionary_items(bytes));
    drop(waves::dictionary_id(bytes));
    drop(waves::live::message(&String::from_utf8_lossy(bytes)));
});
