//! A certificate with its key, and the folder that it is kept in.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use yasna::models::TaggedDerValue;
use yasna::tags::TAG_UTCTIME;
use yasna::{ASN1Error, ASN1ErrorKind, BERReaderSeq, Tag};
use zeroize::Zeroizing;

use crate::commands::write_private;
use crate::tls::certified;

/// Holds the private key, and behind it the chain.
const CERTIFICATE_FILE: &str = "certificate.pem";

/// A chain of certificates, the first of which is ours, and its key.
pub struct Kept {
    pem: Zeroizing<String>,
    chain: Vec<CertificateDer<'static>>,
    begins: Timestamp,
    ends: Timestamp,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("begins", &self.begins).field("ends", &self.ends).finish()
    }
}

impl Kept {
    /// A key and a chain in PEM, one behind the other.
    ///
    /// # Errors
    /// When there is no certificate in it, or one without a time.
    pub fn new(pem: Zeroizing<String>) -> Result<Self, String> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let chain = chain.map_err(|e| format!("not certificates in PEM: {e}"))?;
        let first = chain.first().ok_or("there is no certificate in it")?;
        let (begins, ends) =
            life(first).map_err(|e| format!("a certificate cannot be read: {e}"))?;
        Ok(Self { pem, chain, begins, ends })
    }

    /// What lies in the folder; what cannot be read is as good as nothing, and logged.
    pub fn read(folder: &Path) -> Option<Self> {
        let file = folder.join(CERTIFICATE_FILE);
        let pem = Zeroizing::new(std::fs::read_to_string(&file).ok()?);
        let kept = Self::new(pem).and_then(|kept| kept.certified().map(|_| kept));
        kept.map_err(|e| tracing::warn!("{}: {e}; a new one is asked for", file.display())).ok()
    }

    /// Puts it into the folder.
    ///
    /// # Errors
    /// When it cannot be written, in one line.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        write_private(&folder.join(CERTIFICATE_FILE), self.pem.as_bytes())
    }

    /// As connections use it.
    ///
    /// # Errors
    /// When the key is none, or another's.
    pub fn certified(&self) -> Result<Arc<CertifiedKey>, String> {
        let key = PrivateKeyDer::from_pem_slice(self.pem.as_bytes())
            .map_err(|e| format!("no private key: {e}"))?;
        certified(self.chain.clone(), key)
    }

    /// Whether it is for each of these names.
    pub fn is_for(&self, domains: &[String]) -> bool {
        let Some(Ok(first)) = self.chain.first().map(ParsedCertificate::try_from) else {
            return false;
        };
        domains.iter().all(|domain| {
            let name = ServerName::try_from(domain.as_str());
            name.is_ok_and(|name| verify_server_name(&first, &name).is_ok())
        })
    }

    /// Whether it is good no more.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        now >= self.ends
    }

    /// Whether less than a third of its life is left.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let life = self.ends.as_second() - self.begins.as_second();
        now.as_second() >= self.ends.as_second() - life / 3
    }
}

/// When a certificate begins and ends (RFC 5280, section 4.1).
fn life(certificate: &[u8]) -> Result<(Timestamp, Timestamp), ASN1Error> {
    yasna::parse_der(certificate, |reader| {
        reader.read_sequence(|reader| {
            let life = reader.next().read_sequence(|reader| {
                // The version has a tag of its own and may be missing; then serial number, algorithm and issuer.
                reader.read_optional(|reader| {
                    reader.read_tagged(Tag::context(0), |reader| reader.read_der())
                })?;
                for _ in 0..3 {
                    reader.next().read_der()?;
                }
                let life =
                    reader.next().read_sequence(|reader| Ok((time(reader)?, time(reader)?)))?;
                while reader.read_optional(|reader| reader.read_der())?.is_some() {}
                Ok(life)
            })?;
            for _ in 0..2 {
                reader.next().read_der()?;
            }
            Ok(life)
        })
    })
}

fn time(reader: &mut BERReaderSeq<'_, '_>) -> Result<Timestamp, ASN1Error> {
    moment(&reader.next().read_tagged_der()?).ok_or(ASN1Error::new(ASN1ErrorKind::Invalid))
}

/// Two digits of the year until 2049, four from then on.
fn moment(time: &TaggedDerValue) -> Option<Timestamp> {
    let text = std::str::from_utf8(time.value()).ok()?;
    let text = match time.tag() {
        TAG_UTCTIME if text.get(..1)? < "5" => format!("20{text}"),
        TAG_UTCTIME => format!("19{text}"),
        _ => text.to_owned(),
    };
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate for `a.example.com` with its key, good through these days.
    fn made(from: (i32, u8, u8), to: (i32, u8, u8)) -> Kept {
        let mut params = rcgen::CertificateParams::new(vec!["a.example.com".to_string()]).unwrap();
        params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        params.not_after = rcgen::date_time_ymd(to.0, to.1, to.2);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Kept::new(Zeroizing::new(key.serialize_pem() + &certificate.pem())).unwrap()
    }

    #[test]
    fn a_certificates_life_is_read() {
        let day = |text: &str| -> Timestamp { format!("{text}T00:00:00Z").parse().unwrap() };
        let kept = made((2026, 1, 1), (2026, 4, 1));
        assert_eq!((kept.begins, kept.ends), (day("2026-01-01"), day("2026-04-01")));
        assert!(!kept.is_due(day("2026-03-01")) && kept.is_due(day("2026-03-02")));
        assert!(!kept.has_ended(day("2026-03-31")) && kept.has_ended(day("2026-04-01")));
        let late = made((1999, 12, 31), (2099, 1, 1));
        assert_eq!((late.begins, late.ends), (day("1999-12-31"), day("2099-01-01")));
    }

    #[test]
    fn a_certificate_is_for_its_names_and_its_key() {
        let kept = made((2026, 1, 1), (2036, 1, 1));
        let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        assert!(kept.is_for(&names(&["a.example.com"])));
        assert!(!kept.is_for(&names(&["a.example.com", "b.example.com"])));
        assert!(kept.certified().is_ok());
        let other = made((2026, 1, 1), (2036, 1, 1));
        let key_end = kept.pem.find("-----BEGIN CERTIFICATE").unwrap();
        let other_end = other.pem.find("-----BEGIN CERTIFICATE").unwrap();
        let mixed = format!("{}{}", &kept.pem[..key_end], &other.pem[other_end..]);
        assert!(Kept::new(Zeroizing::new(mixed)).unwrap().certified().is_err());
    }

    #[test]
    fn rubbish_is_refused() {
        let mut der = made((2026, 1, 1), (2036, 1, 1)).chain[0].to_vec();
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(Kept::new(Zeroizing::new(text.to_string())).is_err());
        }
        for at in 0..der.len() {
            der[at] ^= 0x55;
            // Whatever comes of it, it comes to an end.
            let _ = life(&der);
            der[at] ^= 0x55;
            assert!(life(&der[..at]).is_err());
        }
    }
}
