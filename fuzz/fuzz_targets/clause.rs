//! Bytes as a reply: clauses put together are the text, however it was cut, and plain text leads back to it.
#![no_main]

use hearsay_text::clause::{ClauseSplitter, split};
use hearsay_text::normalize::{normalize, normalize_text};
use hearsay_text::plain::Plain;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut splitter = ClauseSplitter::new();
    let mut clauses: Vec<_> =
        text.chars().flat_map(|c| splitter.push(c.encode_utf8(&mut [0; 4]))).collect();
    clauses.extend(splitter.finish());
    assert_eq!(clauses, split(&text));
    assert_eq!(clauses.iter().map(|c| c.text.as_str()).collect::<String>(), text);
    let plain = Plain::new(&text);
    for token in normalize(plain.text()) {
        assert!(text.get(plain.source(token.source)).is_some());
    }
    let _ = normalize_text(&text);
});
