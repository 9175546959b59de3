//! Bytes as what a model wrote of a call: arguments within it, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for argument in hearsay_language::copying::arguments(bytes) {
        assert!(bytes.get(argument.value).is_some());
    }
});
