//! One certificate, from the account to the chain.

use std::path::Path;
use std::sync::Arc;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::client::Client;
use super::{AcmeSettings, Kept};
use crate::commands::write_private;
use crate::tls::Certificates;

/// Holds the account's key.
const ACCOUNT_FILE: &str = "account.json";
/// What an authority says of an account that it has forgotten (RFC 8555, section 6.7).
const NO_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

/// An account as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptAccount {
    /// The authority that knows it.
    directory: String,
    credentials: AccountCredentials,
}

/// Proves that the names are ours, and fetches a certificate for them.
///
/// # Errors
/// In one line, with what the authority said.
pub async fn certificate(
    settings: &AcmeSettings,
    certificates: &Certificates,
) -> Result<Kept, String> {
    let names: Vec<Identifier> = settings.domains.iter().cloned().map(Identifier::Dns).collect();
    let wanted = NewOrder::new(&names);
    let order = match account(settings).await?.new_order(&wanted).await {
        Err(Error::Api(problem)) if problem.r#type.as_deref() == Some(NO_ACCOUNT) => {
            new_account(settings).await?.new_order(&wanted).await
        }
        order => order,
    };
    let order = order.map_err(|e| told(&e))?;
    let result = prove_and_fetch(order, settings, certificates).await;
    certificates.forget_proofs();
    result
}

async fn prove_and_fetch(
    mut order: Order,
    settings: &AcmeSettings,
    certificates: &Certificates,
) -> Result<Kept, String> {
    prove(&mut order, certificates).await?;
    let patience = RetryPolicy::default();
    if order.poll_ready(&patience).await.map_err(|e| told(&e))? != OrderStatus::Ready {
        return Err(refusal(&mut order).await);
    }
    let mut params = CertificateParams::new(settings.domains.clone()).map_err(|e| e.to_string())?;
    params.distinguished_name = DistinguishedName::new();
    let key = KeyPair::generate().map_err(|e| e.to_string())?;
    let request = params.serialize_request(&key).map_err(|e| e.to_string())?;
    order.finalize_csr(request.der()).await.map_err(|e| told(&e))?;
    let chain = order.poll_certificate(&patience).await.map_err(|e| told(&e))?;
    Kept::new(Zeroizing::new(format!("{}{chain}", *Zeroizing::new(key.serialize_pem()))))
}

/// The account of an earlier run, or a new one.
async fn account(settings: &AcmeSettings) -> Result<Account, String> {
    let Some(kept) = kept_account(&settings.folder) else { return new_account(settings).await };
    if kept.directory != settings.directory {
        return new_account(settings).await;
    }
    let http = Box::new(Client::new(settings.root_certificate.as_deref())?);
    let account = Account::builder_with_http(http).from_credentials(kept.credentials);
    account.await.map_err(|e| told(&e))
}

fn kept_account(folder: &Path) -> Option<KeptAccount> {
    let json = Zeroizing::new(std::fs::read(folder.join(ACCOUNT_FILE)).ok()?);
    serde_json::from_slice(&json).ok()
}

async fn new_account(settings: &AcmeSettings) -> Result<Account, String> {
    let contact = settings.email.as_ref().map(|email| format!("mailto:{email}"));
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let new = NewAccount {
        contact: &contact,
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let http = Box::new(Client::new(settings.root_certificate.as_deref())?);
    let made = Account::builder_with_http(http).create(&new, settings.directory.clone(), None);
    let (account, credentials) = made.await.map_err(|e| told(&e))?;
    let kept = KeptAccount { directory: settings.directory.clone(), credentials };
    let json = Zeroizing::new(serde_json::to_vec(&kept).map_err(|e| e.to_string())?);
    write_private(&settings.folder.join(ACCOUNT_FILE), &json)?;
    Ok(account)
}

/// Shows on our port what the authority looks for, and tells it to look.
async fn prove(order: &mut Order, certificates: &Certificates) -> Result<(), String> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(|e| told(&e))?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
            return Err("the authority does not prove names by TLS-ALPN-01".to_string());
        };
        let name = challenge.identifier().to_string();
        let digest = challenge.key_authorization().digest();
        certificates.show_proof(&name, proof(&name, digest.as_ref())?);
        challenge.set_ready().await.map_err(|e| told(&e))?;
    }
    Ok(())
}

/// A certificate that answers a challenge (RFC 8737, section 3).
fn proof(name: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, String> {
    let mut params = CertificateParams::new(vec![name.to_string()]).map_err(|e| e.to_string())?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(|e| e.to_string())?;
    let certificate = params.self_signed(&key).map_err(|e| e.to_string())?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let key = any_supported_type(&key).map_err(|e| e.to_string())?;
    // Not compared with its key, as others are: the extension is one that nobody else knows.
    Ok(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)))
}

/// Why the authority is not convinced.
async fn refusal(order: &mut Order) -> String {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { continue };
        let problem = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problem {
            return format!("{}: {problem}", state.identifier());
        }
    }
    "the authority is not convinced that the names are ours".to_string()
}

fn told(error: &Error) -> String {
    error.to_string().replace(['\n', '\r'], " ")
}
