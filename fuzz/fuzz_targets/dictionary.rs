//! Bytes as a pronunciation dictionary: read or refused, never a panic.
#![no_main]

use hearsay_text::g2p::dictionary::PronunciationDictionary;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = PronunciationDictionary::parse(&String::from_utf8_lossy(bytes));
});
