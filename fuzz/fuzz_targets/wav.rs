//! Bytes as someone's WAV file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    drop(hearsay_audio::wav::read(bytes));
});
