//! API keys: hashed in a file, each with what it opens, until when, and how much of it.
//!
//! The file holds SHA-256 of the keys, never the keys; `hearsay keys new` makes one. It is read again when it
//! changes, so that keys are rotated without a restart. A key that is asked for is found by its hash, so that
//! the time of an answer tells nothing about other keys.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use ring::digest;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::bucket::Bucket;
use crate::config::Secret;
use crate::http::random_name;
use crate::shared_limits::{Lease, Limits, SharedLimits};

/// Most keys in a file.
const KEYS_MAX: usize = 10_000;
/// Largest file, bytes.
const FILE_BYTES_MAX: u64 = 8 << 20;
/// Random bytes of a new key.
const KEY_BYTES: usize = 24;
/// Bytes of a key's hash that name it among servers.
const ID_BYTES: usize = 16;
/// What a key may do at once and in a minute when nothing else is said.
const CALLS_MAX: usize = 100;
const REQUESTS_PER_MINUTE: u32 = 600;
const BYTES_PER_MINUTE: u32 = 64 << 20;
const TOKENS_PER_MINUTE: u32 = 100_000;

/// What a key can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The speech APIs.
    Speech,
    /// The chat API.
    Chat,
    /// The control socket.
    Control,
    /// The metrics.
    Metrics,
}

/// `keys.yaml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    keys: Vec<KeyEntry>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    /// For logs and metrics.
    name: String,
    /// SHA-256 of the key, 64 hexadecimal digits.
    sha256: String,
    /// What it opens.
    scopes: Vec<Scope>,
    /// The last day on which it is good, such as 2027-01-31.
    expires: Option<jiff::civil::Date>,
    /// Requests and sockets at once; default 100.
    calls_max: Option<usize>,
    /// Default 600.
    requests_per_minute: Option<u32>,
    /// Bytes sent to us; default 64 MiB.
    bytes_per_minute: Option<u32>,
    /// Tokens that the language model reads and writes; default 100,000.
    tokens_per_minute: Option<u32>,
}

/// Whoever has a key.
#[derive(Debug)]
pub struct Client {
    /// What the file says of it.
    entry: KeyEntry,
    /// What other servers know it by: the beginning of its hash.
    id: String,
    places: Arc<Semaphore>,
    requests: Mutex<Bucket>,
    bytes: Mutex<Bucket>,
    tokens: Mutex<Bucket>,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// There is no key, or it is unknown or expired: which of them is not told.
    Unknown,
    /// The key does not open this.
    Scope,
    /// The key has used up what it may; try again after so long.
    TooMuch(Duration),
}

/// A place that a client holds while it is served.
#[derive(Debug)]
pub struct Place {
    client: Arc<Client>,
    /// The place over all servers, where they share their limits.
    lease: Option<Lease>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// Whose it is, as the file of keys has it.
    pub fn name(&self) -> &str {
        &self.client.entry.name
    }

    /// The same place over all servers that share their limits.
    ///
    /// # Errors
    /// When the key has used up its share there.
    pub async fn shared(self, limits: &Arc<SharedLimits>, bytes: usize) -> Result<Self, Denied> {
        let entry = &self.client.entry;
        let most = Limits {
            places: entry.calls_max.unwrap_or(CALLS_MAX),
            requests: entry.requests_per_minute.unwrap_or(REQUESTS_PER_MINUTE),
            bytes: entry.bytes_per_minute.unwrap_or(BYTES_PER_MINUTE),
            tokens: entry.tokens_per_minute.unwrap_or(TOKENS_PER_MINUTE),
        };
        let lease = limits.enter(&self.client.id, most, bytes).await?;
        Ok(Self { lease, ..self })
    }

    /// Counts bytes that came after the request itself.
    ///
    /// # Errors
    /// How long the client has to wait.
    pub fn spend(&self, now: Instant, bytes: usize) -> Result<(), Duration> {
        if self.lease.as_ref().is_some_and(|lease| !lease.spend(bytes)) {
            return Err(Duration::from_secs(1));
        }
        let mut bucket = self.client.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(now, bytes as f64)
    }

    /// Whether the client has tokens of the language model left.
    ///
    /// # Errors
    /// How long it has to wait.
    pub fn has_tokens(&self, now: Instant) -> Result<(), Duration> {
        self.tokens().take(now, 1.0)
    }

    /// Counts tokens after they were used: how many an answer takes is not known before.
    pub fn spend_tokens(&self, now: Instant, tokens: u64) {
        if let Some(lease) = &self.lease {
            lease.spend_tokens(tokens);
        }
        self.tokens().owe(now, tokens as f64);
    }

    fn tokens(&self) -> MutexGuard<'_, Bucket> {
        self.client.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    fn new(entry: &KeyEntry, sum: &[u8; 32]) -> Self {
        Self {
            entry: entry.clone(),
            id: sum[..ID_BYTES].iter().map(|byte| format!("{byte:02x}")).collect(),
            places: Arc::new(Semaphore::new(entry.calls_max.unwrap_or(CALLS_MAX))),
            requests: Mutex::new(Bucket::per_minute(
                entry.requests_per_minute.unwrap_or(REQUESTS_PER_MINUTE),
            )),
            bytes: Mutex::new(Bucket::per_minute(
                entry.bytes_per_minute.unwrap_or(BYTES_PER_MINUTE),
            )),
            tokens: Mutex::new(Bucket::per_minute(
                entry.tokens_per_minute.unwrap_or(TOKENS_PER_MINUTE),
            )),
        }
    }

    /// Lets a request of so many bytes in. A key whose time is over is as good as none.
    fn enter(
        self: &Arc<Self>,
        scope: Scope,
        bytes: usize,
        today: jiff::civil::Date,
        now: Instant,
    ) -> Result<Place, Denied> {
        if self.entry.expires.is_some_and(|last| today > last) {
            return Err(Denied::Unknown);
        }
        if !self.entry.scopes.contains(&scope) {
            return Err(Denied::Scope);
        }
        let permit = self.places.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Denied::TooMuch(Duration::from_secs(1)))?;
        for (bucket, much) in [(&self.requests, 1.0), (&self.bytes, bytes as f64)] {
            let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
            bucket.take(now, much).map_err(Denied::TooMuch)?;
        }
        Ok(Place { client: self.clone(), lease: None, _permit: permit })
    }
}

type Known = HashMap<[u8; 32], Arc<Client>>;

/// All keys.
#[derive(Debug)]
pub struct KeyRing {
    file: PathBuf,
    /// Single keys of the configuration.
    single: Vec<(Secret, Vec<Scope>)>,
    known: RwLock<Arc<Known>>,
    read_at: Mutex<Option<SystemTime>>,
}

impl KeyRing {
    /// Reads a file of keys; single keys of the configuration are good beside it.
    ///
    /// # Errors
    /// When the file cannot be used, in one line.
    pub fn load(file: &Path, single: Vec<(Secret, Vec<Scope>)>) -> Result<Self, String> {
        let read_at = Mutex::new(changed(file));
        let known = RwLock::new(Arc::new(read(file, &single)?));
        Ok(Self { file: file.to_path_buf(), single, known, read_at })
    }

    /// Reads the file again if it has changed. A file that cannot be used changes nothing, and that is logged.
    /// Clients whose entry is as before keep what they hold.
    pub fn refresh(&self) {
        let now = changed(&self.file);
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        if now == *read_at {
            return;
        }
        *read_at = now;
        match read(&self.file, &self.single) {
            Ok(mut fresh) => {
                let count = fresh.len();
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                for (sum, client) in &mut fresh {
                    if let Some(before) = known.get(sum).filter(|old| old.entry == client.entry) {
                        *client = before.clone();
                    }
                }
                *known = Arc::new(fresh);
                tracing::info!("{}: {count} keys", self.file.display());
            }
            Err(error) => tracing::error!("the keys stay as they were: {error}"),
        }
    }

    /// Lets a request in that carries this key.
    ///
    /// # Errors
    /// Why it is not let in.
    pub fn admit(
        &self,
        key: Option<&[u8]>,
        scope: Scope,
        bytes: usize,
        today: jiff::civil::Date,
        now: Instant,
    ) -> Result<Place, Denied> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let client = key.and_then(|key| known.get(&hash(key))).ok_or(Denied::Unknown)?;
        client.enter(scope, bytes, today, now)
    }
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|meta| meta.modified()).ok()
}

/// A new key and its entry for the file.
///
/// # Errors
/// When the system has no random numbers.
pub fn new(
    name: &str,
    scopes: &[Scope],
    expires: Option<jiff::civil::Date>,
) -> Result<(String, String), String> {
    let random = random_name(KEY_BYTES).ok_or("the system has no random numbers")?;
    let key = format!("hs_{random}");
    let sum: String = hash(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let scopes: Vec<String> =
        scopes.iter().map(|scope| format!("{scope:?}").to_lowercase()).collect();
    let expires = expires.map(|last| format!(", expires: {last}")).unwrap_or_default();
    // A name in quotes, as JSON has it, is YAML too.
    let name = serde_json::Value::from(name);
    let entry =
        format!("  - {{name: {name}, sha256: {sum}, scopes: [{}]{expires}}}", scopes.join(", "));
    Ok((key, entry))
}

/// SHA-256 of a key. Keys are long and random, so that no slow hash is needed.
pub fn hash(key: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, key).as_ref());
    out
}

fn read(file: &Path, single: &[(Secret, Vec<Scope>)]) -> Result<Known, String> {
    let at = |what: String| format!("{}: {what}", file.display());
    let meta = std::fs::metadata(file)
        .map_err(|e| at(format!("cannot be read ({e}); make a key with `hearsay keys new`")))?;
    if meta.len() > FILE_BYTES_MAX {
        return Err(at(format!("{} bytes are too long", meta.len())));
    }
    let text = std::fs::read_to_string(file).map_err(|e| at(format!("cannot be read ({e})")))?;
    let mut known = parse(&text).map_err(at)?;
    for (key, scopes) in single {
        let entry = KeyEntry {
            name: "configuration".to_string(),
            sha256: String::new(),
            scopes: scopes.clone(),
            expires: None,
            calls_max: None,
            requests_per_minute: None,
            bytes_per_minute: None,
            tokens_per_minute: None,
        };
        let sum = hash(key.expose().as_bytes());
        known.entry(sum).or_insert_with(|| Arc::new(Client::new(&entry, &sum)));
    }
    Ok(known)
}

fn parse(text: &str) -> Result<Known, String> {
    let file: KeysFile = serde_saphyr::from_str(text)
        .map_err(|e| e.to_string().lines().next().unwrap_or("not valid YAML").to_string())?;
    if file.keys.len() > KEYS_MAX {
        return Err(format!("{} keys are more than {KEYS_MAX}", file.keys.len()));
    }
    let mut known = Known::new();
    for entry in &file.keys {
        let digits: Vec<u8> = entry
            .sha256
            .chars()
            .filter_map(|c| c.to_digit(16))
            .filter_map(|d| d.try_into().ok())
            .collect();
        if digits.len() != 64 || entry.sha256.len() != 64 {
            return Err(format!(
                "key `{}`: sha256 is not 64 hexadecimal digits; `hearsay keys new` writes them",
                entry.name
            ));
        }
        if entry.scopes.is_empty() {
            return Err(format!("key `{}` opens nothing; add scopes", entry.name));
        }
        let mut sum = [0; 32];
        sum.iter_mut().zip(digits.chunks(2)).for_each(|(byte, two)| *byte = two[0] << 4 | two[1]);
        if known.insert(sum, Arc::new(Client::new(entry, &sum))).is_some() {
            return Err(format!("key `{}` is there twice", entry.name));
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests;
