//! `X-Twilio-Signature`: base64 of HMAC-SHA1 over the URL and the sorted form parameters.

use crate::url::{Url, query_pairs};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The signature of one URL as given, as Twilio computes it. `params` are the form's fields, decoded.
pub fn sign(auth_token: &str, url: &str, params: &[(String, String)]) -> String {
    STANDARD.encode(mac(auth_token, url, params).finalize().into_bytes())
}

fn mac(auth_token: &str, url: &str, params: &[(String, String)]) -> Hmac<Sha1> {
    let mut sorted: Vec<&(String, String)> = params.iter().collect();
    sorted.sort();
    // A name sent twice counts once for each different value.
    sorted.dedup();
    // HMAC takes keys of any length; the error cannot occur.
    let mut mac = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes())
        .unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac
}

/// True if `header` is Twilio's signature of `url` with `params` (decoded form fields; empty for GET and WebSocket
/// upgrades). `url` must be built from the configured public address, never from the request's Host header. Twilio
/// signs with or without the port, so both are tried. Takes the same time however much of the header is right.
pub fn validate_signature(
    auth_token: &str,
    url: &str,
    params: &[(String, String)],
    header: &str,
) -> bool {
    let Ok(given) = STANDARD.decode(header.trim()) else { return false };
    let variants = Url::split(url).map_or_else(Vec::new, |url| url.port_variants().to_vec());
    let verify = |url: &str| mac(auth_token, url, params).verify_slice(&given).is_ok();
    // No early exit: each variant is computed.
    variants.iter().fold(verify(url), |valid, variant| verify(variant) | valid)
}

/// For requests with a JSON body: the URL's query carries `bodySHA256`, the hex digest of the body, and the signature
/// covers the URL alone.
pub fn validate_signature_with_body(
    auth_token: &str,
    url: &str,
    body: &[u8],
    header: &str,
) -> bool {
    let query = Url::split(url).and_then(|url| url.query).unwrap_or_default();
    let promised = query_pairs(query)
        .into_iter()
        .find(|(name, _)| name == "bodySHA256")
        .map(|(_, value)| value);
    let mut digest = String::with_capacity(64);
    for byte in Sha256::digest(body) {
        // Writing to a String cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    // The digest is no secret: it stands in the URL.
    promised.is_some_and(|promised| promised.eq_ignore_ascii_case(&digest))
        && validate_signature(auth_token, url, &[], header)
}
