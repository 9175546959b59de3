//! Text as what a caller said: personal data lies within it, and what is blotted out is gone.
#![no_main]

use std::sync::LazyLock;

use hearsay_language::input_filter::InputFilter;
use hearsay_language::personal_data::Tagger;

static TAGGER: LazyLock<Tagger> = LazyLock::new(|| {
    let weights = include_bytes!("../../crates/weights/data/pii_en.bin");
    Tagger::load(weights).expect("the shipped weights")
});
static FILTER: LazyLock<InputFilter> = LazyLock::new(|| {
    let weights = include_bytes!("../../crates/weights/data/filter_en.bin");
    InputFilter::load(weights).expect("the shipped weights")
});

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut end = 0;
    for span in TAGGER.find(text) {
        assert!(text.get(span.range.clone()).is_some_and(|it| !it.is_empty()));
        assert!(span.range.start >= end, "spans lie one after the other");
        end = span.range.end;
    }
    drop(TAGGER.redact(text));
    drop(FILTER.judge(text));
});
