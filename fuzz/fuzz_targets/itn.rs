//! Bytes as spoken words: word by word and whole must give the same text, in each language.
#![no_main]

use hearsay_text::itn::{ItnOptions, ItnStream, Language, itn_with};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for language in [Language::English, Language::Spanish, Language::Hindi] {
        let options = ItnOptions::new(language);
        let mut stream = ItnStream::new(options);
        let mut given: String = text.split_whitespace().map(|word| stream.push(word)).collect();
        given.push_str(&stream.finish());
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // Longer texts are cut when they come whole.
        if joined.len() < hearsay_text::normalize::TEXT_BYTES_MAX {
            assert_eq!(given, itn_with(&joined, &options));
        }
    }
});
