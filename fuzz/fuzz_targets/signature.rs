//! Text as an address, a nonce, a token and form fields: our own signature is good, and no other.
#![no_main]

use hearsay_wire::plivo::{self, Method};
use hearsay_wire::twilio;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let mut next = || lines.next().unwrap_or_default();
    let (url, token, nonce, header) = (next(), next(), next(), next());
    let params: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    // HMAC-SHA1 of 20 bytes and HMAC-SHA256 of 32 are not guessed.
    assert!(!twilio::validate_signature(token, url, &params, header));
    let signed = twilio::sign(token, url, &params);
    assert!(twilio::validate_signature(token, url, &params, &signed));
    for method in [Method::Get, Method::Post] {
        assert!(!plivo::validate_signature_v3(method, url, &params, nonce, token, header));
        if let Some(signed) = plivo::sign_v3(method, url, &params, nonce, token) {
            assert!(plivo::validate_signature_v3(method, url, &params, nonce, token, &signed));
        }
    }
});
