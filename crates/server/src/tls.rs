//! Certificates: from files that are read again when they change, from an authority ([`crate::acme`]), or self-signed for
//! use at home.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use serde::Deserialize;
use tokio_rustls::TlsAcceptor;

use crate::acme::{AcmeFile, AcmeSettings};

/// Names that a self-signed certificate is for.
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// What an authority asks for that proves a name (RFC 8737).
pub const ACME_ALPN: &[u8] = b"acme-tls/1";

/// `tls` as the user wrote it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFile {
    /// PEM file with the certificate and those that signed it, relative to the configuration.
    certificate: Option<PathBuf>,
    /// PEM file with the private key.
    key: Option<PathBuf>,
    /// Ask an authority for a certificate.
    acme: Option<AcmeFile>,
    /// Make a certificate at each start that nobody else has signed.
    self_signed: Option<bool>,
    /// The oldest version that is spoken: "1.3" (default) or "1.2".
    minimum: Option<String>,
}

/// `tls`, validated.
#[derive(Debug, Clone)]
pub struct TlsSettings {
    source: Source,
    oldest_12: bool,
}

#[derive(Debug, Clone)]
enum Source {
    Files { certificate: PathBuf, key: PathBuf },
    Acme(AcmeSettings),
    Own,
}

impl TlsFile {
    /// Validated; the files are read at the start.
    ///
    /// # Errors
    /// In one line.
    pub fn resolve(self, folder: &Path) -> Result<TlsSettings, String> {
        let self_signed = self.self_signed.unwrap_or(false);
        let source = match (self.certificate, self.key, self.acme, self_signed) {
            (Some(certificate), Some(key), None, false) => {
                Source::Files { certificate: folder.join(certificate), key: folder.join(key) }
            }
            (None, None, Some(acme), false) => Source::Acme(acme.resolve(folder)?),
            (None, None, None, true) => Source::Own,
            _ => {
                let ways = "certificate and key, or acme, or self_signed: true";
                return Err(format!("tls: name one of {ways}"));
            }
        };
        let oldest_12 = match self.minimum.as_deref() {
            None | Some("1.3") => false,
            Some("1.2") => true,
            Some(other) => {
                return Err(format!(
                    "tls.minimum: `{other}` is not spoken; use \"1.3\" or \"1.2\""
                ));
            }
        };
        Ok(TlsSettings { source, oldest_12 })
    }
}

/// What makes a connection secret; its certificate can change while it is used.
pub struct Tls {
    settings: TlsSettings,
    acceptor: RwLock<TlsAcceptor>,
    read_at: Mutex<Option<SystemTime>>,
    /// Those that an authority has a hand in.
    certificates: Option<Arc<Certificates>>,
}

/// The certificate that connections get, and those that prove names to an authority.
#[derive(Debug)]
pub struct Certificates {
    current: RwLock<Arc<CertifiedKey>>,
    proofs: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Certificates {
    /// Nothing is proved yet.
    pub fn new(first: Arc<CertifiedKey>) -> Self {
        Self { current: RwLock::new(first), proofs: Mutex::default() }
    }

    /// New connections get this one.
    pub fn replace(&self, fresh: Arc<CertifiedKey>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    /// Who looks for the proof of this name gets this one.
    pub fn show_proof(&self, name: &str, proof: Arc<CertifiedKey>) {
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.insert(name.to_lowercase(), proof);
    }

    /// Nothing has to be proved any more.
    pub fn forget_proofs(&self) {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello.alpn().is_some_and(|mut names| names.any(|name| name == ACME_ALPN)) {
            let name = hello.server_name()?.to_lowercase();
            let proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
            return proofs.get(&name).cloned();
        }
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Tls {
    /// Reads or makes the certificate.
    ///
    /// # Errors
    /// When there is no good one, in one line.
    pub fn new(settings: TlsSettings, address: IpAddr) -> Result<Self, String> {
        let certificates = settings.certificates(address)?;
        let acceptor = match &certificates {
            Some(certificates) => settings.acceptor_with(certificates.clone())?,
            None => settings.acceptor(address)?,
        };
        let read_at = Mutex::new(settings.changed());
        Ok(Self { settings, acceptor: RwLock::new(acceptor), read_at, certificates })
    }

    /// The authority that is to be asked, and for what.
    pub fn acme(&self) -> Option<(AcmeSettings, Arc<Certificates>)> {
        let Source::Acme(acme) = &self.settings.source else { return None };
        Some((acme.clone(), self.certificates.clone()?))
    }

    /// The way to accept a connection now.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the files again if they have changed. Files that are no good change nothing, and that is logged.
    pub fn refresh(&self, address: IpAddr) {
        let now = self.settings.changed();
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        if now == *read_at {
            return;
        }
        *read_at = now;
        match self.settings.acceptor(address) {
            Ok(fresh) => {
                *self.acceptor.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::error!("the certificate stays as it was: {error}"),
        }
    }
}

impl TlsSettings {
    fn changed(&self) -> Option<SystemTime> {
        let Source::Files { certificate, key } = &self.source else { return None };
        let times = [certificate, key]
            .map(|file| std::fs::metadata(file).and_then(|meta| meta.modified()).ok());
        times.into_iter().max().flatten()
    }

    /// The name in the certificate, where it is known.
    pub fn domain(&self) -> Option<&str> {
        let Source::Acme(acme) = &self.source else { return None };
        Some(acme.domain())
    }

    /// Where an authority is asked: what it gave before, or one of our own until it does.
    fn certificates(&self, address: IpAddr) -> Result<Option<Arc<Certificates>>, String> {
        let Source::Acme(acme) = &self.source else { return Ok(None) };
        acme.check()?;
        let kept = acme.kept().map(|kept| kept.certified()).transpose()?;
        let first = match kept {
            Some(kept) => kept,
            None => self_signed(address, acme.domains()).and_then(|(c, key)| certified(c, key))?,
        };
        Ok(Some(Arc::new(Certificates::new(first))))
    }

    fn acceptor(&self, address: IpAddr) -> Result<TlsAcceptor, String> {
        let (chain, key) = match &self.source {
            Source::Files { certificate, key } => (chain(certificate)?, private_key(key)?),
            Source::Acme(_) | Source::Own => self_signed(address, &[])?,
        };
        self.acceptor_with(Arc::new(Certificates::new(certified(chain, key)?)))
    }

    fn acceptor_with(&self, certificates: Arc<Certificates>) -> Result<TlsAcceptor, String> {
        let versions: &[&rustls::SupportedProtocolVersion] =
            if self.oldest_12 { &[&TLS13, &TLS12] } else { &[&TLS13] };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|e| format!("tls: {e}"))?
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if matches!(self.source, Source::Acme(_)) {
            config.alpn_protocols.push(ACME_ALPN.to_vec());
        }
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let at = |e: &dyn std::fmt::Display| format!("tls.certificate: {}: {e}", file.display());
    let chain = CertificateDer::pem_file_iter(file).map_err(|e| at(&e))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|e| at(&e))?;
    if chain.is_empty() { Err(at(&"holds no certificate in PEM")) } else { Ok(chain) }
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(file).map_err(|e| format!("tls.key: {}: {e}", file.display()))
}

/// A chain and its key, as connections use them.
///
/// # Errors
/// When the key is not the certificate's, or is of no known kind.
pub fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<CertifiedKey>, String> {
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain, key, &provider)
        .map(Arc::new)
        .map_err(|e| format!("tls: the certificate and the key do not go together: {e}"))
}

/// A certificate for this machine and these names that lasts as long as the process.
fn self_signed(
    address: IpAddr,
    domains: &[String],
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let mut names: Vec<String> = OWN_NAMES.map(str::to_string).to_vec();
    names.extend_from_slice(domains);
    if !address.is_unspecified() && !names.contains(&address.to_string()) {
        names.push(address.to_string());
    }
    let made = rcgen::generate_simple_self_signed(names).map_err(|e| format!("tls: {e}"))?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())
        .map_err(|e| format!("tls: {e}"))?;
    Ok((vec![made.cert.der().clone()], key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("{}", "self_signed"),
            ("{certificate: a.pem}", "certificate and key"),
            ("{self_signed: true, key: k.pem}", "certificate and key"),
            ("{self_signed: true, acme: {}}", "certificate and key"),
            ("{acme: {}}", "tls.acme.domains"),
            ("{self_signed: true, minimum: \"1.1\"}", "1.3"),
        ] {
            let file: TlsFile = serde_saphyr::from_str(text).unwrap();
            let error = file.resolve(Path::new(".")).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        let file: TlsFile = serde_saphyr::from_str("{certificate: no.pem, key: no.pem}").unwrap();
        let settings = file.resolve(Path::new("/nowhere")).unwrap();
        let error = Tls::new(settings, [127, 0, 0, 1].into()).err().unwrap();
        assert!(error.contains("/nowhere/no.pem"), "{error}");
        let acme =
            "{acme: {domains: [a.example.com], accept_terms: true, root_certificate: no.pem}}";
        let file: TlsFile = serde_saphyr::from_str(acme).unwrap();
        let settings = file.resolve(Path::new("/nowhere")).unwrap();
        let error = Tls::new(settings, [127, 0, 0, 1].into()).err().unwrap();
        assert!(error.contains("/nowhere/no.pem"), "{error}");
    }
}
