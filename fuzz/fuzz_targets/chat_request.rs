//! Bytes as a request for a chat completion: what is read and written again reads the same.
#![no_main]

use hearsay_wire::chat::parse_request;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = parse_request(bytes) {
        let again = parse_request(request.body().as_bytes()).expect("our own writing");
        assert_eq!(format!("{request:?}"), format!("{again:?}"));
    }
});
