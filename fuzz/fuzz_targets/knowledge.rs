//! Bytes as a document of every kind: passages, or refused, never a panic.
#![no_main]

use std::sync::LazyLock;

use hearsay_language::knowledge::{Encoder, Knowledge, KnowledgeFile};

static ENCODER: LazyLock<Encoder> = LazyLock::new(|| {
    let weights = include_bytes!("../../crates/weights/data/retrieval_en.bin");
    Encoder::load(weights).expect("the shipped weights")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for name in ["a.md", "a.txt", "a.html", "a.pdf", "a.json"] {
        if let Ok(knowledge) = Knowledge::load(&ENCODER, &[KnowledgeFile { name, bytes }]) {
            let _ = knowledge.ask("what does it cost", 3);
        }
    }
});
