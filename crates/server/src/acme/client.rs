//! How the authority is reached.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use ureq::http::Request;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Longest answer: a chain of certificates is a few kilobytes.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// One request's time.
const WITHIN: Duration = Duration::from_secs(30);

/// HTTPS to one authority.
pub struct Client(ureq::Agent);

impl Client {
    /// Trusts the roots that everybody trusts, or this one alone.
    ///
    /// # Errors
    /// When the root's file is no certificate, in one line.
    pub fn new(root: Option<&Path>) -> Result<Self, String> {
        let roots = match root {
            None => RootCerts::WebPki,
            Some(file) => {
                let at = |e: &dyn std::fmt::Display| {
                    format!("tls.acme.root_certificate: {}: {e}", file.display())
                };
                let pem = std::fs::read(file).map_err(|e| at(&e))?;
                let root = Certificate::from_pem(&pem).map_err(|e| at(&e))?;
                RootCerts::Specific(Arc::new(vec![root]))
            }
        };
        let tls = TlsConfig::builder().root_certs(roots).build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .https_only(true)
            .max_redirects(0)
            .timeout_global(Some(WITHIN))
            .build();
        Ok(Self(config.into()))
    }
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let agent = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let limit = ANSWER_BYTES_MAX as usize;
            let body = axum::body::to_bytes(Body::new(body), limit);
            let body = body.await.map_err(|e| Error::Other(Box::new(e)))?;
            let answered = tokio::task::spawn_blocking(move || {
                let mut response = agent.run(Request::from_parts(parts, body.to_vec()))?;
                let bytes = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
                let bytes = bytes.read_to_vec()?;
                Ok((response.into_parts().0, Bytes::from(bytes)))
            });
            let answered: Result<_, ureq::Error> =
                answered.await.map_err(|e| Error::Other(Box::new(e)))?;
            let (parts, body) = answered.map_err(|e| Error::Other(Box::new(e)))?;
            Ok(BytesResponse { parts, body: Box::new(body) })
        })
    }
}
