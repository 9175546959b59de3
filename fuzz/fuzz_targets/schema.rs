//! Bytes as a JSON Schema: enforced or refused, never a panic.
#![no_main]

use std::sync::LazyLock;

use hearsay_language::grammar::schema::{self, Objects};
use hearsay_language::grammar::{Grammar, Vocabulary};

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::of_bytes(0).expect("256 bytes"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = serde_json::from_slice(bytes)
        && schema::check(&value).is_ok()
    {
        let _ = Grammar::json(&VOCABULARY, &value, Objects::Closed);
    }
});
