//! Certificates from an authority that speaks ACME (RFC 8555), such as Let's Encrypt: asked for at the first start, kept
//! in a folder, and renewed when a third of their life is left.
//!
//! That the names are ours is proved on the port itself (TLS-ALPN-01, RFC 8737): nothing else has to listen. Until the
//! first certificate has come, and when none can be had, connections get one that nobody else has signed; calls go on
//! either way. What it is not: wildcards need another proof, and are refused.

mod client;
mod kept;
mod order;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use self::client::Client;
use crate::commands::make_private_folder;
use crate::metrics::Metrics;
use crate::tls::Certificates;

pub use kept::Kept;

/// Who is asked unless another is named.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Names in one certificate.
const DOMAINS_MAX: usize = 20;
/// Longest name, characters (RFC 1035).
const DOMAIN_CHARS_MAX: usize = 253;
/// How often the certificate's age is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3600);
/// After a failure it is tried again so much later, and twice as late each time.
const RETRY_FIRST: Duration = Duration::from_secs(60);
/// Authorities count failures by the hour.
const RETRY_LONGEST: Duration = Duration::from_secs(6 * 3600);

/// `tls.acme` as the user wrote it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcmeFile {
    /// The names that callers' providers connect to, such as voice.example.com.
    #[serde(default)]
    domains: Vec<String>,
    /// Whether the authority's terms are accepted.
    #[serde(default)]
    accept_terms: bool,
    /// Where the authority writes to before something runs out.
    email: Option<String>,
    /// Where the account and the certificate are kept, relative to the configuration.
    folder: Option<PathBuf>,
    /// The authority's directory; Let's Encrypt if it is not set.
    directory: Option<String>,
    /// PEM file with the certificate that the authority's own server is known by, for one inside the house.
    root_certificate: Option<PathBuf>,
}

/// `tls.acme`, validated.
#[derive(Debug, Clone)]
pub struct AcmeSettings {
    domains: Vec<String>,
    email: Option<String>,
    folder: PathBuf,
    directory: String,
    root_certificate: Option<PathBuf>,
}

impl AcmeFile {
    /// Validated.
    ///
    /// # Errors
    /// In one line.
    pub fn resolve(self, folder: &Path) -> Result<AcmeSettings, String> {
        let domains: Vec<String> = self.domains.iter().map(|name| name.to_lowercase()).collect();
        if domains.is_empty() || domains.len() > DOMAINS_MAX {
            return Err(format!("tls.acme.domains: name 1 to {DOMAINS_MAX}"));
        }
        if let Some(bad) = domains.iter().find(|name| !is_domain(name)) {
            let why = "is no name that can be proved here; write it as voice.example.com";
            return Err(format!("tls.acme.domains: `{bad}` {why}"));
        }
        if !self.accept_terms {
            return Err("tls.acme: read the authority's terms of service, then set \
                        accept_terms: true"
                .to_string());
        }
        if self.email.as_ref().is_some_and(|email| !is_email(email)) {
            return Err("tls.acme.email: not an address; write it as me@example.com".to_string());
        }
        let directory = self.directory.unwrap_or_else(|| LETS_ENCRYPT.to_string());
        if !directory.starts_with("https://") {
            return Err(format!("tls.acme.directory: `{directory}` does not begin with https://"));
        }
        Ok(AcmeSettings {
            domains,
            email: self.email,
            folder: folder.join(self.folder.unwrap_or_else(|| "certificates".into())),
            directory,
            root_certificate: self.root_certificate.map(|file| folder.join(file)),
        })
    }
}

impl AcmeSettings {
    /// The first name, by which the server is called.
    pub fn domain(&self) -> &str {
        &self.domains[0]
    }

    /// All names.
    pub fn domains(&self) -> &[String] {
        &self.domains
    }

    /// What can be known to fail before anybody is asked: the root is no certificate, nothing can be kept in the folder.
    ///
    /// # Errors
    /// In one line.
    pub fn check(&self) -> Result<(), String> {
        Client::new(self.root_certificate.as_deref())?;
        make_private_folder(&self.folder)
    }

    /// What an earlier run has kept, if it is for these names and has not run out.
    pub fn kept(&self) -> Option<Kept> {
        let kept = Kept::read(&self.folder)?;
        (kept.is_for(&self.domains) && !kept.has_ended(Timestamp::now())).then_some(kept)
    }
}

/// A host name with a dot, of letters, digits and hyphens (RFC 1123).
fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        let inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..=63).contains(&label.len())
            && label.chars().all(inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= DOMAIN_CHARS_MAX
        && name.contains('.')
        && name.split('.').all(is_label)
        && name.parse::<std::net::IpAddr>().is_err()
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && is_domain(&host.to_lowercase()))
        && !text.contains(char::is_whitespace)
}

/// Keeps a good certificate in `certificates`, for as long as it is polled.
pub async fn keep(settings: AcmeSettings, certificates: Arc<Certificates>, metrics: Arc<Metrics>) {
    let mut kept = settings.kept();
    let mut retry = RETRY_FIRST;
    loop {
        if kept.as_ref().is_some_and(|kept| !kept.is_due(Timestamp::now())) {
            tokio::time::sleep(LOOK_EVERY).await;
            continue;
        }
        match renew(&settings, &certificates).await {
            Ok(fresh) => {
                tracing::info!("a certificate for {} has come", settings.domain());
                kept = Some(fresh);
                retry = RETRY_FIRST;
                // However short its life is, the authority is not asked again at once.
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Err(error) => {
                metrics.acme_failed.fetch_add(1, Relaxed);
                let seconds = retry.as_secs();
                tracing::error!("tls.acme: no certificate: {error}; next try in {seconds} s");
                tokio::time::sleep(retry).await;
                retry = (retry * 2).min(RETRY_LONGEST);
            }
        }
    }
}

async fn renew(settings: &AcmeSettings, certificates: &Certificates) -> Result<Kept, String> {
    let fresh = order::certificate(settings, certificates).await?;
    if !fresh.is_for(&settings.domains) {
        return Err("what the authority sent is not for the names asked for".to_string());
    }
    if fresh.has_ended(Timestamp::now()) {
        return Err(
            "what the authority sent has ended already; is this machine's clock right?".into()
        );
    }
    certificates.replace(fresh.certified()?);
    // It is used even where it cannot be kept.
    if let Err(error) = fresh.write(&settings.folder) {
        tracing::error!("tls.acme: the certificate is lost when this server ends: {error}");
    }
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("{}", "domains"),
            ("{domains: [voice.example.com]}", "accept_terms"),
            ("{domains: ['*.example.com'], accept_terms: true}", "`*.example.com`"),
            ("{domains: [localhost], accept_terms: true}", "`localhost`"),
            ("{domains: [10.0.0.1], accept_terms: true}", "`10.0.0.1`"),
            ("{domains: ['a b.c'], accept_terms: true}", "`a b.c`"),
            ("{domains: [a.b], accept_terms: true, email: me}", "email"),
            ("{domains: [a.b], accept_terms: true, directory: 'http://a'}", "https://"),
        ] {
            let file: AcmeFile = serde_saphyr::from_str(text).unwrap();
            let error = file.resolve(Path::new(".")).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        let text = "{domains: [Voice.Example.com], accept_terms: true, email: me@example.com}";
        let file: AcmeFile = serde_saphyr::from_str(text).unwrap();
        let settings = file.resolve(Path::new("/here")).unwrap();
        assert_eq!(settings.domain(), "voice.example.com");
        assert_eq!(settings.folder, Path::new("/here/certificates"));
        assert!(settings.kept().is_none());
    }
}
