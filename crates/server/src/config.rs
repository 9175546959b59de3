//! The server's configuration: as written ([`ConfigFile`]), then validated and
//! immutable ([`Config`]).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::redaction::{RedactFile, RedactRules};
use crate::retention::{self, Store, StoreFile};
use crate::tls::{TlsFile, TlsSettings};
use crate::transcripts::{Transcripts, TranscriptsFile};

/// The largest `calls_max` that is accepted.
const CALLS_MAX: usize = 10_000;
/// Calls at once that come by one provider, where nothing else is said.
const CALLS_PER_KEY: usize = 100;
/// New connections a second from one address, where nothing else is said, and the most that can be.
const CONNECTIONS_PER_SECOND: u32 = 500;
const CONNECTIONS_PER_SECOND_MAX: u32 = 1_000_000;
/// The largest `speech.requests_max` that is accepted.
const SPEECH_REQUESTS_MAX: usize = 10_000;

/// `hearsay.yaml` as the user wrote it. Every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Address and port to listen on; default `127.0.0.1:8080`.
    listen: Option<String>,
    /// Where providers reach this server from outside, such as
    /// `https://voice.example.com`; signatures are checked against it.
    public_url: Option<String>,
    /// The agent file, relative to the configuration; default the built-in bank.
    agent: Option<PathBuf>,
    /// Calls at once; more are refused. Default 50.
    calls_max: Option<usize>,
    /// Threads for the models; default one for each core.
    workers: Option<usize>,
    /// How transcripts are written.
    transcripts: Option<TranscriptsFile>,
    /// Twilio's account.
    twilio: Option<ProviderFile>,
    /// Plivo's account.
    plivo: Option<ProviderFile>,
    /// The speech APIs.
    speech: Option<SpeechFile>,
    /// Programs that follow and drive calls.
    control: Option<ControlFile>,
    /// What is kept of calls: `none` (default) or `encrypted`.
    retention: Option<String>,
    /// Where and how calls are kept, with `retention: encrypted`.
    store: Option<StoreFile>,
    /// Which personal data is blotted out, and what stands in its place.
    redact: Option<RedactFile>,
    /// HTTPS and WSS instead of HTTP and WS.
    tls: Option<TlsFile>,
    /// The file of API keys, relative to the configuration.
    keys: Option<PathBuf>,
    /// Calls at once that come by one provider; default 100.
    calls_per_key: Option<usize>,
    /// New connections a second from one address; default 500.
    connections_per_second: Option<u32>,
    /// Limits of keys and providers over several servers.
    shared_limits: Option<SharedLimitsFile>,
}

/// Where limits are shared, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SharedLimitsFile {
    /// Name of the environment variable that holds the address of Redis, with its password.
    redis_url_env: String,
    /// What its names begin with; default `hearsay`.
    prefix: Option<String>,
}

/// Where limits are shared.
#[derive(Debug, Clone)]
pub struct SharedStore {
    /// The address of Redis.
    pub redis_url: Secret,
    /// What its names begin with.
    pub prefix: String,
}

/// Who may follow and drive calls, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ControlFile {
    /// Name of the environment variable that holds the key. Without this section nobody may.
    api_key_env: String,
}

/// The speech APIs as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpeechFile {
    /// Name of the environment variable that holds the key; without it anybody who reaches the server may ask.
    api_key_env: Option<String>,
    /// Whether all speech carries the watermark that `hearsay doctor FILE` finds. Default false; cloned voices always do.
    watermark: Option<bool>,
    /// Texts spoken at once; more are refused. Default eight for each worker.
    requests_max: Option<usize>,
}

/// A phone provider's account as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderFile {
    /// Name of the environment variable that holds the authentication token.
    auth_token_env: String,
}

/// The server's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The public address without a slash at its end.
    pub public_url: Option<String>,
    /// The agent file; `None` is the built-in bank.
    pub agent: Option<PathBuf>,
    /// Calls at once.
    pub calls_max: usize,
    /// Threads for the models.
    pub workers: usize,
    /// How transcripts are written.
    pub transcripts: Transcripts,
    /// Twilio's token: webhooks without its signature are refused.
    pub twilio_token: Option<Secret>,
    /// Plivo's token: webhooks without its signature are refused.
    pub plivo_token: Option<Secret>,
    /// The key of the speech APIs: requests without it are refused.
    pub speech_key: Option<Secret>,
    /// The key of programs that follow and drive calls; without it nobody may.
    pub control_key: Option<Secret>,
    /// How connections are made secret; `None` is plain HTTP.
    pub tls: Option<TlsSettings>,
    /// The file of API keys; with it every API for programs asks for one.
    pub keys: Option<PathBuf>,
    /// Calls at once that come by one provider.
    pub calls_per_key: usize,
    /// New connections a second from one address.
    pub connections_per_second: u32,
    /// Where limits are shared with other servers.
    pub shared_limits: Option<SharedStore>,
    /// Where calls are kept; `None` keeps nothing.
    pub store: Option<Store>,
    /// Which personal data is blotted out of what is kept.
    pub redact: RedactRules,
    /// Texts spoken at once by the speech APIs.
    pub speech_requests_max: usize,
    /// Whether all speech of the speech APIs carries the watermark; cloned voices always do.
    pub speech_watermark: bool,
}

/// A secret that does not print.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    #[cfg(test)]
    pub fn for_tests(secret: &str) -> Self {
        Self(secret.to_string())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

/// What is wrong with a configuration, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct ConfigError {
    file: String,
    what: String,
}

impl Config {
    /// Reads and validates a file, or gives the defaults without one.
    ///
    /// # Errors
    /// When the file cannot be read, a key is unknown or a value is unusable.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return ConfigFile::default().resolve(Path::new(".")) };
        let file = path.display().to_string();
        let fail = |what: String| ConfigError { file: file.clone(), what };
        let text = std::fs::read_to_string(path)
            .map_err(|e| fail(format!("cannot be read ({e}); give an existing file")))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let parsed: ConfigFile = parse(&text).map_err(fail)?;
        let resolved = parsed.resolve(folder);
        resolved.map_err(|e| ConfigError { file: file.clone(), what: e.what })
    }
}

/// Parses a configuration's text.
fn parse(text: &str) -> Result<ConfigFile, String> {
    if text.trim().is_empty() {
        return Ok(ConfigFile::default());
    }
    serde_saphyr::from_str(text).map_err(|e| {
        let message = e.to_string();
        message.lines().next().unwrap_or("not valid YAML").to_string()
    })
}

impl ConfigFile {
    fn resolve(self, folder: &Path) -> Result<Config, ConfigError> {
        let fail = |what: String| ConfigError { file: "configuration".to_string(), what };
        let listen = self.listen.as_deref().unwrap_or("127.0.0.1:8080");
        let listen: SocketAddr = listen.parse().map_err(|_| {
            fail(format!(
                "listen: `{listen}` is not an address; write host:port, such as 0.0.0.0:8080"
            ))
        })?;
        let calls_max = self.calls_max.unwrap_or(50);
        if calls_max == 0 || calls_max > CALLS_MAX {
            return Err(fail(format!("calls_max: {calls_max} is not between 1 and {CALLS_MAX}")));
        }
        let calls_per_key = self.calls_per_key.unwrap_or(CALLS_PER_KEY);
        if calls_per_key == 0 || calls_per_key > CALLS_MAX {
            return Err(fail(format!(
                "calls_per_key: {calls_per_key} is not between 1 and {CALLS_MAX}"
            )));
        }
        let connections_per_second = self.connections_per_second.unwrap_or(CONNECTIONS_PER_SECOND);
        if !(1..=CONNECTIONS_PER_SECOND_MAX).contains(&connections_per_second) {
            return Err(fail(format!(
                "connections_per_second: {connections_per_second} is not between 1 and \
                 {CONNECTIONS_PER_SECOND_MAX}"
            )));
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = self.workers.unwrap_or(cores);
        if workers == 0 || workers > 256 {
            return Err(fail(format!("workers: {workers} is not between 1 and 256")));
        }
        let speech = self.speech.unwrap_or_default();
        let speech_requests_max = speech.requests_max.unwrap_or(workers * 8);
        if speech_requests_max == 0 || speech_requests_max > SPEECH_REQUESTS_MAX {
            return Err(fail(format!(
                "speech.requests_max: {speech_requests_max} is not between 1 and \
                 {SPEECH_REQUESTS_MAX}"
            )));
        }
        let tls = self.tls.map(|tls| tls.resolve(folder)).transpose().map_err(fail)?;
        let domain = tls.as_ref().and_then(TlsSettings::domain);
        let by_domain = domain.map(|domain| format!("https://{domain}"));
        Ok(Config {
            listen,
            public_url: self.public_url.or(by_domain).map(public_url).transpose().map_err(fail)?,
            agent: self.agent.map(|path| folder.join(path)),
            calls_max,
            workers,
            transcripts: self.transcripts.unwrap_or_default().resolve().map_err(fail)?,
            twilio_token: token("twilio", self.twilio).map_err(fail)?,
            plivo_token: token("plivo", self.plivo).map_err(fail)?,
            speech_key: speech_key(speech.api_key_env).map_err(fail)?,
            control_key: control_key(self.control).map_err(fail)?,
            tls,
            keys: self.keys.map(|path| folder.join(path)),
            calls_per_key,
            connections_per_second,
            shared_limits: shared_limits(self.shared_limits).map_err(fail)?,
            store: retention::resolve(self.retention.as_deref(), self.store, folder)
                .map_err(fail)?,
            redact: self.redact.unwrap_or_default().resolve().map_err(fail)?,
            speech_requests_max,
            speech_watermark: speech.watermark.unwrap_or(false),
        })
    }
}

fn public_url(url: String) -> Result<String, String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ']) => {
            Ok(url.trim_end_matches('/').to_string())
        }
        _ => Err(format!("public_url: `{url}` is not a web address; write https://host")),
    }
}

fn token(provider: &str, file: Option<ProviderFile>) -> Result<Option<Secret>, String> {
    let Some(file) = file else { return Ok(None) };
    secret(&file.auth_token_env, &format!("{provider}.auth_token_env"), "the account's auth token")
}

fn speech_key(variable: Option<String>) -> Result<Option<Secret>, String> {
    let Some(variable) = variable else { return Ok(None) };
    secret(&variable, "speech.api_key_env", "the key that clients send")
}

fn control_key(file: Option<ControlFile>) -> Result<Option<Secret>, String> {
    let Some(file) = file else { return Ok(None) };
    secret(&file.api_key_env, "control.api_key_env", "the key that programs send")
}

fn shared_limits(file: Option<SharedLimitsFile>) -> Result<Option<SharedStore>, String> {
    let Some(file) = file else { return Ok(None) };
    let what = "the address of Redis, such as redis://:password@10.0.0.5:6379/0";
    let redis_url = secret(&file.redis_url_env, "shared_limits.redis_url_env", what)?;
    let prefix = file.prefix.unwrap_or_else(|| "hearsay".to_string());
    if prefix.is_empty() || !prefix.chars().all(|c| c.is_ascii_alphanumeric() || "-_:".contains(c))
    {
        return Err(format!(
            "shared_limits.prefix: `{prefix}` is not of letters, digits, - _ and :"
        ));
    }
    Ok(redis_url.map(|redis_url| SharedStore { redis_url, prefix }))
}

fn secret(variable: &str, key: &str, what: &str) -> Result<Option<Secret>, String> {
    match std::env::var(variable) {
        Ok(value) if !value.is_empty() => Ok(Some(Secret(value))),
        _ => {
            Err(format!("{key}: the environment variable {variable} is not set; set it to {what}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, String> {
        parse(text).and_then(|f| f.resolve(Path::new("/etc")).map_err(|e| e.to_string()))
    }

    #[test]
    fn defaults_and_values() {
        let config = load("").unwrap();
        assert_eq!(config.listen.port(), 8080);
        let config =
            load("listen: 0.0.0.0:99\nagent: a.yaml\npublic_url: https://x.org/\n").unwrap();
        assert_eq!(config.listen.port(), 99);
        assert_eq!(config.agent.unwrap(), Path::new("/etc/a.yaml"));
        assert_eq!(config.public_url.unwrap(), "https://x.org");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("lisen: 1", "lisen"),
            ("listen: nowhere", "host:port"),
            ("calls_max: 0", "between 1 and"),
            ("transcripts: {money: gold}", "plain or cents"),
            ("transcripts: {language: xx}", "en, es or hi"),
            ("transcripts: {punctuation: true}", "punctuation"),
            ("public_url: voice.example.com", "https://host"),
            ("speech: {requests_max: 0}", "between 1 and"),
            ("control: {}", "api_key_env"),
            ("tls: {}", "self_signed"),
            ("calls_per_key: 0", "between 1 and"),
            ("connections_per_second: 0", "between 1 and"),
            ("shared_limits: {redis_url_env: HEARSAY_NO_SUCH_VARIABLE}", "redis://"),
            ("retention: some", "none or encrypted"),
            ("store: {days: 3}", "retention: encrypted"),
            ("retention: encrypted", "openssl rand -hex 32"),
            ("{retention: encrypted, store: {key: {env: HEARSAY_NO_SUCH_VARIABLE}}}", "not set"),
            ("{retention: encrypted, store: {key: {file: no-such-file}}}", "cannot be read"),
            ("{retention: encrypted, store: {key: {command: [echo, short]}}}", "32 bytes"),
            ("{retention: encrypted, store: {key: {command: [\"false\"]}}}", "ended with"),
            ("{retention: encrypted, store: {key: {}}}", "one of env, file and command"),
            ("{retention: encrypted, store: {database: 5}}", "postgres://"),
            (
                "{retention: encrypted, store: {database: {env: HEARSAY_NO_SUCH_VARIABLE}, key: {command: [echo, \
                 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f]}}}",
                "postgres://user:password@host/database",
            ),
            ("redact: {keep: [names]}", "birth_date"),
            ("control: {api_key_env: HEARSAY_NO_SUCH_VARIABLE}", "control.api_key_env"),
            ("speech: {api_key_env: HEARSAY_NO_SUCH_VARIABLE}", "speech.api_key_env"),
            ("twilio: {auth_token_env: HEARSAY_NO_SUCH_VARIABLE}", "HEARSAY_NO_SUCH_VARIABLE"),
        ] {
            let error = load(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
