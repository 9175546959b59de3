//! Bytes as a GGUF file: a model, or refused, never a panic and never more memory than the file is worth.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = hearsay_language::slm::load(bytes);
});
