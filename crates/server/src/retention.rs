//! What is kept of a call when it is over: nothing (`retention: none`, the default), or an encrypted record.
//!
//! Keeping is done by one thread beside the calls, so that a slow disk holds up nobody. What cannot be kept at
//! once, because the disk is full or the database busy, is tried again as long as there is room to wait.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hearsay_dialog::{Agent, Pii};
use hearsay_vault::{MasterKey, NewCall, Place, Vault};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::http::random_name;
use crate::metrics::Metrics;
use crate::recorder::Recorder;
use crate::redaction::{RedactRules, Redactor};
use crate::report::CallReport;

/// Finished calls that wait to be kept.
const WAITING_MAX: usize = 256;
/// How often calls whose time is over are looked for.
const EXPIRY_EVERY: Duration = Duration::from_secs(60);
/// Between two tries to keep a call.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// Tries that a call has left when the server stops.
const TRIES_AT_THE_END: u32 = 3;
/// So long after it broke off a call can go on, ms.
const RESUME_MS: i64 = 15 * 60 * 1000;
/// A provider that asks how a call goes on waits no longer for the database.
const TAKE_WITHIN: Duration = Duration::from_secs(3);
/// Deepest value that is looked into.
const DEPTH_MAX: usize = 64;
/// What stands in place of answers to secret questions.
const PRIVATE: &str = "[PRIVATE]";
/// Bytes of a call's name, before it is written in hex.
const NAME_BYTES: usize = 12;
/// Days that a call is kept when nothing else is said.
const DAYS: u64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Most days that can be asked for: a hundred years.
const DAYS_MAX: u64 = 36_500;
/// Longest output of a key command, or key file, bytes.
const KEY_BYTES_MAX: u64 = 4096;
/// Who writes, in the journal.
const SERVER: &str = "server";

/// `store` as the user wrote it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreFile {
    /// The database; default the file `calls.db`.
    database: Option<DatabaseFile>,
    /// Where the master key comes from.
    key: Option<KeyFile>,
    /// Keys under which older calls were kept.
    old_keys: Option<Vec<KeyFile>>,
    /// Days until a call is forgotten; default 30, 0 is never.
    days: Option<u64>,
    /// Whether the sound is kept. Default false.
    recordings: Option<bool>,
    /// Whether personal data is blotted out before anything is kept. Default true.
    redact: Option<bool>,
    /// Whether calls go on after a crash: their state is kept while they last. Default false.
    resume: Option<bool>,
}

/// Where the database is, as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a file, postgres://user:password@host/database, or {env: NAME}")]
enum DatabaseFile {
    /// A file, relative to the configuration, or `postgres://...`.
    Written(String),
    /// Where the address stands, for it has a password in it.
    Elsewhere(AddressFile),
}

/// An address that is not in the configuration itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressFile {
    /// Name of an environment variable.
    env: String,
}

impl DatabaseFile {
    fn resolve(self, folder: &Path) -> Result<Place, String> {
        let is_postgres = |text: &str| {
            ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme))
        };
        match self {
            Self::Written(text) if is_postgres(&text) => Ok(Place::Postgres(text.into())),
            Self::Written(text) => Ok(Place::File(folder.join(text))),
            Self::Elsewhere(AddressFile { env }) => {
                let text = std::env::var(&env).map(Zeroizing::new).unwrap_or_default();
                if !is_postgres(&text) {
                    return Err(format!(
                        "store.database: the environment variable {env} holds no address of \
                         PostgreSQL; set it to postgres://user:password@host/database"
                    ));
                }
                Ok(Place::Postgres(text))
            }
        }
    }
}

/// Where a key comes from: one of these.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Name of an environment variable.
    env: Option<String>,
    /// A file that nobody else can read.
    file: Option<PathBuf>,
    /// A program that prints it, such as a key management service's client, with its arguments.
    command: Option<Vec<String>>,
}

/// Where and how calls are kept.
#[derive(Debug, Clone)]
pub struct Store {
    /// Where the database is.
    pub database: Place,
    key: MasterKey,
    old_keys: Vec<MasterKey>,
    days: u64,
    /// Whether the sound is kept.
    pub recordings: bool,
    redact: bool,
    /// Whether calls go on after a crash.
    pub resume: bool,
}

/// `retention` and `store`, validated. The keys are read here: a server that could not keep a call does not start.
///
/// # Errors
/// In one line.
pub fn resolve(
    retention: Option<&str>,
    store: Option<StoreFile>,
    folder: &Path,
) -> Result<Option<Store>, String> {
    match (retention.unwrap_or("none"), store) {
        ("none", None) => Ok(None),
        ("none", Some(_)) => Err(
            "store: nothing is kept without `retention: encrypted`; add it or leave `store` out"
                .into(),
        ),
        ("encrypted", store) => store.unwrap_or_default().resolve(folder).map(Some),
        (other, _) => Err(format!("retention: `{other}` is unknown; use none or encrypted")),
    }
}

impl StoreFile {
    fn resolve(self, folder: &Path) -> Result<Store, String> {
        let key = self.key.ok_or(
            "store.key: missing; name where the key comes from, such as `key: {env: HEARSAY_KEY}`, \
             and make one with `openssl rand -hex 32`",
        )?;
        let old_keys = self.old_keys.unwrap_or_default();
        let old_keys = old_keys.iter().map(|key| key.read("store.old_keys", folder));
        let days = self.days.unwrap_or(DAYS);
        if days > DAYS_MAX {
            return Err(format!(
                "store.days: {days} is more than {DAYS_MAX}; 0 keeps calls for ever"
            ));
        }
        Ok(Store {
            database: self
                .database
                .unwrap_or_else(|| DatabaseFile::Written("calls.db".to_string()))
                .resolve(folder)?,
            key: key.read("store.key", folder)?,
            old_keys: old_keys.collect::<Result<_, _>>()?,
            days,
            recordings: self.recordings.unwrap_or(false),
            redact: self.redact.unwrap_or(true),
            resume: self.resume.unwrap_or(false),
        })
    }
}

impl KeyFile {
    fn read(&self, at: &str, folder: &Path) -> Result<MasterKey, String> {
        let text = match (&self.env, &self.file, &self.command) {
            (Some(name), None, None) => std::env::var(name).map_err(|_| {
                format!("{at}: the environment variable {name} is not set; set it to the key")
            }),
            (None, Some(file), None) => {
                let file = folder.join(file);
                read_private(&file).map_err(|e| format!("{at}: {}: {e}", file.display()))
            }
            (None, None, Some(command)) => printed(command).map_err(|e| format!("{at}: {e}")),
            _ => Err(format!("{at}: name one of env, file and command")),
        };
        MasterKey::parse(&Zeroizing::new(text?)).map_err(|e| format!("{at}: {e}"))
    }
}

/// A key file, which must be its owner's alone.
fn read_private(file: &Path) -> Result<String, String> {
    let meta = std::fs::metadata(file).map_err(|e| format!("cannot be read ({e})"))?;
    if meta.len() > KEY_BYTES_MAX {
        return Err(format!("{} bytes are no key", meta.len()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if meta.permissions().mode() & 0o077 != 0 {
            return Err("others can read it; run chmod 600 on it".to_string());
        }
    }
    std::fs::read_to_string(file).map_err(|e| format!("cannot be read ({e})"))
}

/// What a program prints.
fn printed(command: &[String]) -> Result<String, String> {
    let (program, arguments) = command.split_first().ok_or("the command is empty")?;
    let output = std::process::Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|e| format!("{program} cannot be run ({e})"))?;
    if !output.status.success() {
        return Err(format!("{program} ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{program} printed no text"))
}

impl Store {
    /// Opens the database.
    ///
    /// # Errors
    /// In one line.
    pub fn open(&self) -> Result<Vault, String> {
        let open = || Vault::open(self.database.clone(), self.key.clone(), self.old_keys.clone());
        // PostgreSQL's client waits for its answers by itself, which no thread of the sockets may.
        let opened = std::thread::scope(|scope| scope.spawn(open).join());
        let opened = opened.map_err(|_| format!("{}: cannot be opened", self.database))?;
        opened.map_err(|e| format!("{}: {e}", self.database))
    }
}

/// A call that is over.
pub struct OverCall {
    /// The caller's number, to erase all calls of one caller.
    pub from: Pii<String>,
    /// The provider's name for the call.
    pub provider_id: String,
    /// What happened.
    pub report: CallReport,
    /// The sound, where it is kept.
    pub recorder: Option<Recorder>,
    /// When it began, ms since 1970.
    pub started_ms: i64,
}

/// What the thread is asked to do.
enum Job {
    /// Keep a call that is over.
    Keep(Box<OverCall>),
    /// Write down how far a call has come, by its provider's name for it.
    Save { call_id: String, state: Zeroizing<Vec<u8>> },
    /// Tell how far a call had come, and forget it.
    Take { call_id: String, answer: oneshot::Sender<Pii<Value>> },
    /// A call is over: forget how far it had come.
    Forget { call_id: String },
}

/// Keeps calls on a thread of its own.
pub struct Keeper {
    queue: Mutex<Option<SyncSender<Job>>>,
    /// Whether calls go on after a crash.
    resumes: bool,
    thread: Mutex<Option<JoinHandle<()>>>,
    metrics: Arc<Metrics>,
    stopping: Arc<AtomicBool>,
}

impl Keeper {
    /// Opens the database and starts the thread.
    ///
    /// # Errors
    /// When the database cannot be used, in one line.
    pub fn start(
        store: &Store,
        redact: RedactRules,
        agent: &Agent,
        metrics: Arc<Metrics>,
    ) -> Result<Self, String> {
        let private = agent.slots().filter(|slot| slot.private);
        let (queue, calls) = sync_channel(WAITING_MAX);
        let stopping = Arc::new(AtomicBool::new(false));
        let desk = Desk {
            vault: store.open()?,
            redactor: store.redact.then(|| Redactor::new(redact)).transpose()?,
            days: store.days,
            private_slots: private.map(|slot| slot.name.clone()).collect(),
            metrics: metrics.clone(),
            stopping: stopping.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("keeper".to_string())
            .spawn(move || desk.run(&calls))
            .map_err(|e| format!("the thread that keeps calls cannot be started ({e})"))?;
        let (queue, thread) = (Mutex::new(Some(queue)), Mutex::new(Some(thread)));
        Ok(Self { queue, resumes: store.resume, thread, metrics, stopping })
    }

    /// Whether calls go on after a crash.
    pub fn resumes(&self) -> bool {
        self.resumes
    }

    /// Writes down how far a call has come, some time soon; when there is no room, the next time will do.
    pub fn save(&self, call_id: &str, state: &Pii<Value>) {
        let state = Zeroizing::new(state.expose().to_string().into_bytes());
        self.ask(Job::Save { call_id: call_id.to_string(), state });
    }

    /// A call is over, and nobody is to go on with it.
    pub fn forget(&self, call_id: &str) {
        self.ask(Job::Forget { call_id: call_id.to_string() });
    }

    /// How far a call had come whose line broke off, if anybody wrote it down; only who asks first is told.
    pub async fn take(&self, call_id: &str) -> Option<Pii<Value>> {
        let (answer, told) = oneshot::channel();
        self.ask(Job::Take { call_id: call_id.to_string(), answer }).then_some(())?;
        tokio::time::timeout(TAKE_WITHIN, told).await.ok()?.ok()
    }

    fn ask(&self, job: Job) -> bool {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref().filter(|_| self.resumes) else { return false };
        self.metrics.keeper_waiting.fetch_add(1, Relaxed);
        let asked = queue.try_send(job).is_ok();
        if !asked {
            self.metrics.keeper_waiting.fetch_sub(1, Relaxed);
        }
        asked
    }

    /// Keeps a call, some time soon. Never waits: a call that finds no room is lost, and that is an error in
    /// the log and in the metrics.
    pub fn keep(&self, call: OverCall) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref() else { return };
        let job = Job::Keep(Box::new(call));
        self.metrics.keeper_waiting.fetch_add(1, Relaxed);
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = queue.try_send(job) {
            self.metrics.keeper_waiting.fetch_sub(1, Relaxed);
            self.metrics.calls_not_kept.fetch_add(1, Relaxed);
            tracing::error!(
                "a call is not kept: {WAITING_MAX} are waiting already; is the disk full?"
            );
        }
    }

    /// Keeps what waits and ends the thread.
    pub fn finish(&self) {
        self.stopping.store(true, Relaxed);
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that keeps calls has failed");
        }
    }
}

/// What the thread has.
struct Desk {
    vault: Vault,
    redactor: Option<Redactor>,
    days: u64,
    private_slots: Vec<String>,
    metrics: Arc<Metrics>,
    stopping: Arc<AtomicBool>,
}

impl Desk {
    fn run(mut self, jobs: &Receiver<Job>) {
        self.expire();
        loop {
            let is_over = match jobs.recv_timeout(EXPIRY_EVERY) {
                Ok(job) => self.work(job),
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if is_over {
                self.expire();
            }
        }
    }

    /// Does a job; true for a call that is over.
    fn work(&mut self, job: Job) -> bool {
        let is_over = matches!(job, Job::Keep(_));
        match job {
            Job::Keep(call) => self.keep(*call),
            job => self.resume(job),
        }
        self.metrics.keeper_waiting.fetch_sub(1, Relaxed);
        is_over
    }

    /// Sees to calls that are not over. What fails here costs a call that crashes its way back, and nothing else.
    fn resume(&mut self, job: Job) {
        let done = match job {
            Job::Save { call_id, state } => self.vault.save_open(&call_id, &state, now_ms()),
            Job::Forget { call_id } => self.vault.forget_open(&call_id),
            Job::Take { call_id, answer } => {
                let taken = self.vault.take_open(&call_id, now_ms() - RESUME_MS);
                taken.map(|state| {
                    let state = state.and_then(|state| serde_json::from_slice(&state).ok());
                    // Who asked may have gone.
                    state.map(|state| answer.send(Pii::new(state)));
                })
            }
            Job::Keep(_) => Ok(()),
        };
        if let Err(error) = done {
            tracing::error!("a call could not go on after a crash: {error}");
        }
    }

    fn expire(&mut self) {
        if let Err(error) = self.vault.expire_open(now_ms() - RESUME_MS) {
            tracing::error!("calls that broke off are not forgotten: {error}");
        }
        match self.vault.expire(SERVER, now_ms()) {
            Ok(0) => {}
            Ok(count) => tracing::info!("{count} calls are forgotten: their time is over"),
            Err(error) => tracing::error!("calls whose time is over are not forgotten: {error}"),
        }
    }

    /// Keeps one call; while that fails, others wait in the queue.
    fn keep(&mut self, mut call: OverCall) {
        if let (Some(recorder), Some(redactor)) = (&mut call.recorder, &self.redactor) {
            recorder.mask(redactor);
        }
        let recording = call.recorder.take().map(|recorder| Zeroizing::new(recorder.wav()));
        let record = record(&call, self.redactor.as_ref(), &self.private_slots);
        let record = Zeroizing::new(record.to_string().into_bytes());
        let Some(id) = random_name(NAME_BYTES) else {
            return tracing::error!("a call is not kept: the system has no random numbers");
        };
        let days = i64::try_from(self.days).unwrap_or(0);
        let expires_ms = (days > 0).then(|| call.started_ms + days * DAY_MS);
        let caller = Some(call.from.expose().as_str()).filter(|caller| !caller.is_empty());
        let new = NewCall {
            id: &id,
            started_ms: call.started_ms,
            expires_ms,
            caller,
            record: &record,
            recording: recording.as_ref().map(|wav| wav.as_slice()),
        };
        let mut tries_left = TRIES_AT_THE_END;
        while let Err(error) = self.vault.keep(&new, SERVER, now_ms()) {
            if self.stopping.load(Relaxed) {
                tries_left -= 1;
            }
            if tries_left == 0 {
                self.metrics.calls_not_kept.fetch_add(1, Relaxed);
                return tracing::error!("a call is not kept, and the server stops: {error}");
            }
            tracing::error!("a call is not kept yet, and tried again: {error}");
            std::thread::park_timeout(RETRY_AFTER);
        }
        self.metrics.calls_kept.fetch_add(1, Relaxed);
    }
}

/// What is kept of a call, as JSON: personal data blotted out, if so wished.
fn record(call: &OverCall, redactor: Option<&Redactor>, private_slots: &[String]) -> Value {
    let mut report = serde_json::to_value(&call.report).unwrap_or_default();
    if let Some(redactor) = redactor {
        let private = call.report.turns.iter().map(|turn| turn.private).collect::<Vec<_>>();
        hide_private(&mut report, &private, private_slots);
        redact_report(&mut report, redactor);
    }
    let from = redactor.map_or_else(|| json!(call.from.expose()), |_| Value::Null);
    json!({ "provider_id": call.provider_id, "from": from, "started_ms": call.started_ms, "report": report })
}

/// Hides answers to secret questions and the values of private slots, whatever they look like.
fn hide_private(report: &mut Value, private: &[bool], slots: &[String]) {
    let turns = report["turns"].as_array_mut();
    for (turn, is_private) in turns.into_iter().flatten().zip(private) {
        for field in ["text", "formatted"] {
            if *is_private && turn[field].is_string() {
                turn[field] = json!(PRIVATE);
            }
        }
        hide_slots(turn, slots, 0);
    }
    if let Some(after) = report.get_mut("after_call") {
        hide_slots(after, slots, 0);
    }
}

/// The values under the names of private slots, at any depth: what tools were sent has them too.
fn hide_slots(value: &mut Value, slots: &[String], depth: usize) {
    if depth > DEPTH_MAX {
        *value = json!(PRIVATE);
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if slots.contains(name) && !value.is_null() {
                    *value = json!(PRIVATE);
                } else {
                    hide_slots(value, slots, depth + 1);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide_slots(item, slots, depth + 1)),
        _ => {}
    }
}

/// Blots personal data out of a report: texts in the light of what was asked before them.
fn redact_report(report: &mut Value, redactor: &Redactor) {
    let mut question = String::new();
    for turn in report["turns"].as_array_mut().into_iter().flatten() {
        let is_caller = turn["speaker"] == "caller";
        let asked = if is_caller { std::mem::take(&mut question) } else { String::new() };
        for field in ["text", "formatted"] {
            if let Some(text) = turn[field].as_str() {
                let redacted = redactor.answer(&asked, text);
                if !is_caller && field == "text" {
                    question = text.to_string();
                }
                turn[field] = json!(redacted);
            }
        }
        for field in ["slots", "tools", "handoffs"] {
            if let Some(value) = turn.get_mut(field) {
                *value = redactor.value(value);
            }
        }
    }
    if let Some(after) = report.get_mut("after_call") {
        *after = redactor.value(after);
    }
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
