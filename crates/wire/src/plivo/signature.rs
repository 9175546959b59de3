//! `X-Plivo-Signature-V3`: base64 of HMAC-SHA256 over the URL with its query sorted, the form and a nonce.

use crate::url::{Url, query_pairs};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The request's method, which decides where its parameters stand in the signed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET and WebSocket upgrades: parameters belong to the query.
    Get,
    /// POST: form fields come after the query.
    Post,
}

/// The signature of one URL as given, as Plivo computes it. `params` are the form's fields (POST) or further query
/// parameters (GET), decoded. `None` if `url` is no URL.
pub fn sign_v3(
    method: Method,
    url: &str,
    params: &[(String, String)],
    nonce: &str,
    auth_token: &str,
) -> Option<String> {
    let text = signed_text(method, &Url::split(url)?, params);
    Some(STANDARD.encode(mac(&text, nonce, auth_token).finalize().into_bytes()))
}

fn signed_text(method: Method, url: &Url<'_>, params: &[(String, String)]) -> String {
    let mut query = query_pairs(url.query.unwrap_or_default());
    let mut form = Vec::new();
    match method {
        // A name in the URL's own query replaces the same name among the parameters.
        Method::Get => {
            let further =
                params.iter().filter(|(name, _)| !query.iter().any(|(own, _)| own == name));
            let further: Vec<_> = further.cloned().collect();
            query.extend(further);
        }
        Method::Post => form.extend_from_slice(params),
    }
    query.sort();
    form.sort();
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut text = format!("{}://{}{}", url.scheme, url.authority, url.path);
    if !query.is_empty() || !form.is_empty() {
        text.push('?');
        text.push_str(&query.join("&"));
    }
    if !query.is_empty() && !form.is_empty() {
        text.push('.');
    }
    form.iter().for_each(|(name, value)| {
        text.push_str(name);
        text.push_str(value);
    });
    text
}

fn mac(text: &str, nonce: &str, auth_token: &str) -> Hmac<Sha256> {
    // HMAC takes keys of any length; the error cannot occur.
    let mut mac = Hmac::<Sha256>::new_from_slice(auth_token.as_bytes())
        .unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(text.as_bytes());
    mac.update(b".");
    mac.update(nonce.as_bytes());
    mac
}

/// True if one of the signatures in `header` (comma-separated) is Plivo's for `url` with `params` and `nonce`. `url`
/// must be built from the configured public address, never from the request's Host header. For a WebSocket upgrade
/// Plivo may sign the `wss://` or the `https://` form, so both are tried. Takes the same time however much is right.
pub fn validate_signature_v3(
    method: Method,
    url: &str,
    params: &[(String, String)],
    nonce: &str,
    auth_token: &str,
    header: &str,
) -> bool {
    let Some(url) = Url::split(url) else { return false };
    let other = match url.scheme {
        "wss" => "https",
        "https" => "wss",
        "ws" => "http",
        _ => "ws",
    };
    let macs = [url.scheme, other]
        .map(|scheme| mac(&signed_text(method, &Url { scheme, ..url }, params), nonce, auth_token));
    let given = header.split(',').filter_map(|one| STANDARD.decode(one.trim()).ok());
    // No early exit: each signature is compared with both forms.
    given.fold(false, |valid, one| {
        macs.iter().fold(valid, |valid, mac| mac.clone().verify_slice(&one).is_ok() | valid)
    })
}
